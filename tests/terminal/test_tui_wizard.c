/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wizard on a terminal: from the list to a guest's READY by keys alone, what is refused, what is kept, what can be mended. */
#include "base/file.h"
#include "base/memory.h"
#include "base/paths.h"
#include "tests/harness/home.h"
#include "tests/harness/iso.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"
#include "tests/terminal/shop.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENTER	  "\r"
#define ESCAPE	  "\033"
#define TAB	  "\t"
#define BACK	  "\033[5~"
#define FORWARD	  "\033[6~"
#define RIGHT	  "\033[C"
#define DOWN	  "\033[B"
#define F2	  "\033OQ"
#define F3	  "\033OR"
#define F4	  "\033OS"
#define ERASE_ALL "\005\025" /* ^E ^U */
#define LEAVE	  "\035"     /* ^] */

#define SELECTED 6 /* the background of the selected row */

static struct stage *stage;
static char *isos; /* a directory */

static void setup(void)
{
	stage = stage_new();
	isos = shop_isos();
}

static void teardown(void)
{
	free(isos);
	stage_free(stage);
}

/* Opens the wizard from the list. */
static struct pty *open_wizard(int rows, int columns, const char *const *extra)
{
	struct pty *pty = stage_tui(stage, rows, columns, extra);

	pty_expect(pty, "n New");
	pty_send(pty, "n");
	pty_expect(pty, "ISO file");
	return pty;
}

static void end(struct pty *pty)
{
	pty_send(pty, ESCAPE);
	pty_expect(pty, "Leave without a new machine?");
	pty_send(pty, "y");
	pty_expect(pty, "n New");
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	ck_assert(pty_modes_restored(pty));
	pty_free(pty);
}

START_TEST(files)
{
	struct pty *pty = open_wizard(24, 80, NULL);

	pty_send(pty, isos);
	pty_expect(pty, "this is a directory");
	pty_send(pty, F2);
	pty_expect(pty, "demo-1.0.iso");
	pty_send(pty, F3);
	pty_expect(pty, "notes.txt");
	pty_send(pty, F4);
	pty_expect(pty, ".hidden.iso");
	pty_send(pty, F3 F4 "ANO");
	pty_expect_gone(pty, "demo-1.0.iso");
	pty_expect_gone(pty, "notes.txt");
	pty_send(pty, ENTER);
	pty_expect(pty, "Another.ISO");
	pty_expect(pty, "ISO file");
	/* and from then on it is remembered where ISOs live: those there are known by their names */
	pty_send(pty, ERASE_ALL ENTER);
	pty_expect(pty, "demo-1.0.iso");
	pty_expect(pty, "F2 Files");
	pty_send(pty, F2);
	pty_expect(pty, "In: ");
	pty_send(pty, "\033[D");
	pty_expect(pty, "isos/");
	pty_send(pty, isos);
	pty_send(pty, "/demo-1.0.iso" ENTER);
	pty_expect(pty, "demo-1.0.iso");
	pty_expect(pty, "ISO file");
	pty_send(pty, F2);
	pty_expect(pty, "Choose an ISO");
	pty_send(pty, F2);
	pty_expect(pty, "In: ");
	pty_send(pty, "/nowhere" ENTER);
	pty_expect(pty, "there is no '/nowhere'");
	pty_send(pty, ESCAPE);
	pty_expect(pty, "F2 Files");
	pty_send(pty, ESCAPE);
	pty_expect(pty, "ISO file");
	end(pty);
}
END_TEST

/* The ISOs of the host are there at once, and what libosinfo says of them comes in; the one chosen fills what nobody has touched. */
START_TEST(isos_by_name)
{
	_cleanup_free_ char *images = strf("%s/images", getenv("VIRTTY_HOME")), *one = strf("%s/one.iso", images), *two = strf("%s/two.iso", images);
	_cleanup_free_ char *program = paths_helper("virtty-osinfo");
	_cleanup_error_ struct error err = ERROR_INIT;

	if (access(program, X_OK) < 0 || !path_exists("/usr/share/osinfo/os")) {
		skip_test("virtty was built without libosinfo, or osinfo-db is not installed");
		return;
	}
	ck_assert(path_exists(images) || directory_make(images, 0700, &err));
	if (!make_iso(one, "Debian 11.5.0 amd64 n", NULL, NULL, NULL, true) ||
	    !make_iso(two, "CCCOMA_X64FREE_EN-US_DV9", "MICROSOFT CORPORATION", NULL, NULL, true))
		return;
	struct pty *pty = open_wizard(24, 100, NULL);

	pty_send(pty, F2);
	pty_expect(pty, "two.iso");
	pty_expect(pty, "Debian 11");
	pty_expect(pty, "Microsoft Windows 11");
	pty_send(pty, "windows");
	pty_expect_gone(pty, "Debian 11");
	pty_send(pty, ERASE_ALL "nothing");
	pty_expect(pty, "no ISO has that");
	pty_send(pty, ERASE_ALL "one.i");
	pty_expect(pty, "wants 1 GiB of memory");
	pty_send(pty, ENTER);
	pty_expect(pty, "Debian 11 (x86_64)");
	pty_send(pty, ENTER);
	pty_expect(pty, "[debian11 ");
	pty_expect(pty, "[1024 ");
	pty_expect(pty, "recommended for Debian 11");
	/* what was typed is nobody else's */
	pty_send(pty, TAB TAB TAB ERASE_ALL "700" BACK);
	pty_expect(pty, "page 1 of 5");
	pty_send(pty, F2);
	pty_expect(pty, "two.iso");
	pty_send(pty, DOWN ENTER);
	pty_expect(pty, "Windows 11 (x86_64)");
	pty_send(pty, FORWARD);
	pty_expect(pty, "[win11 ");
	pty_expect(pty, "[700 ");
	pty_send(pty, FORWARD);
	pty_expect(pty, "[128 ");
	pty_send(pty, FORWARD);
	pty_expect(pty, "< UEFI >");
	/* an ISO that nobody knows gives the defaults back */
	pty_send(pty, BACK BACK BACK ERASE_ALL);
	pty_send(pty, isos);
	pty_send(pty, "/demo-1.0.iso" FORWARD);
	pty_expect(pty, "page 2 of 5");
	pty_expect_gone(pty, "win11");
	pty_send(pty, FORWARD);
	pty_expect(pty, "[20 ");
	end(pty);
}
END_TEST

/* Whatever becomes of virtty-osinfo, the list is there, and left at once; an answer that comes later finds nobody. */
START_TEST(isos_without_an_answer)
{
	static const char script[] = "#!/bin/sh\nexec sleep 600\n"; /* it hangs: whoever waits for it must give up */
	_cleanup_free_ char *directory = strf("%s/libexec", getenv("VIRTTY_HOME")), *program = strf("%s/virtty-osinfo", directory);
	_cleanup_free_ char *images = strf("%s/images", getenv("VIRTTY_HOME")), *one = strf("%s/one.iso", images),
			    *told = strf("VIRTTY_LIBEXEC=%s", directory);
	const char *const extra[] = { told, NULL };
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert(directory_make(directory, 0700, &err) && file_write(program, script, strlen(script), 0700, &err));
	ck_assert(path_exists(images) || directory_make(images, 0700, &err));
	if (!make_iso(one, "Debian 11.5.0 amd64 n", NULL, NULL, NULL, true))
		return;
	struct pty *pty = open_wizard(24, 100, extra);

	pty_send(pty, F2);
	pty_expect(pty, "looking into it...");
	pty_expect(pty, "one.iso");
	pty_send(pty, ENTER);
	pty_expect(pty, "page 1 of 5");
	pty_expect(pty, "one.iso ");
	pty_send(pty, ENTER);
	pty_expect(pty, "page 2 of 5");
	pty_expect(pty, "[2048 ");
	end(pty);
}
END_TEST

/* One typed by hand is looked into as well; without libosinfo it is known by its label. */
START_TEST(iso_by_label)
{
	_cleanup_free_ char *path = strf("%s/mine.iso", isos), *still = strf("%s/still.iso", isos);
	static const char *const nothing[] = { "VIRTTY_LIBEXEC=/nonexistent", NULL };

	if (!make_iso(path, "My own system 7", NULL, NULL, NULL, true) || !make_iso(still, "Pictures", NULL, NULL, NULL, false))
		return;
	struct pty *pty = open_wizard(24, 80, nothing);

	pty_send(pty, path);
	pty_expect(pty, "My own system 7, ");
	pty_send(pty, ERASE_ALL);
	pty_send(pty, still);
	pty_expect(pty, "it has nothing to boot from");
	pty_send(pty, ENTER);
	pty_expect(pty, "[2048 ");
	end(pty);
}
END_TEST

/* `virtty install --wizard --cdrom ISO` looks into it before the form is there. */
START_TEST(iso_from_the_start)
{
	static const char *const environment[] = { "TERM=xterm-256color", "LC_ALL=C.UTF-8", "LANGUAGE=C", "VIRTTY_KVM=no", "LINES", "COLUMNS", NULL };
	_cleanup_free_ char *path = strf("%s/mine.iso", isos);
	const char *const argv[] = { virtty_path(), "install", "--wizard", "--cdrom", path, NULL };

	if (!make_iso(path, "My own system 7", NULL, NULL, NULL, true))
		return;
	struct pty *pty = pty_start(argv, environment, 24, 80);

	pty_expect(pty, "page 1 of 5");
	pty_expect(pty, "My own system 7, ");
	pty_send(pty, ESCAPE);
	/* nothing was typed: it does not ask */
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	ck_assert(pty_modes_restored(pty));
	pty_free(pty);
}
END_TEST

/* Each page keeps what was typed, and Enter stops at what is wrong. */
START_TEST(kept_and_refused)
{
	struct pty *pty = open_wizard(24, 80, NULL);

	stage_add(stage, "taken", NULL, 64, 1);
	pty_send(pty, "/nowhere.iso");
	pty_expect(pty, "there is no such file");
	pty_send(pty, ENTER);
	pty_expect(pty, "ISO file: there is no such file");
	pty_send(pty, ERASE_ALL);
	pty_send(pty, isos);
	pty_send(pty, "/demo-1.0.iso" ENTER);
	pty_expect(pty, "page 2 of 5");
	/* proposed after the ISO; taken by a key and changed */
	pty_expect(pty, "[demo-1.0 ");
	pty_send(pty, RIGHT "\b\bX");
	pty_expect(pty, "[demo-1X ");
	pty_send(pty, ERASE_ALL "taken");
	pty_expect(pty, "there is a machine of this name already");
	pty_send(pty, ENTER);
	pty_expect(pty, "Name: there is a machine");
	pty_send(pty, "2" TAB "A title" TAB TAB ERASE_ALL "lots");
	pty_expect(pty, "lots");
	pty_send(pty, ERASE_ALL "512" BACK);
	pty_expect(pty, "page 1 of 5");
	pty_expect(pty, "demo-1.0.iso");
	pty_send(pty, FORWARD);
	pty_expect(pty, "[taken2 ");
	pty_expect(pty, "[A title ");
	pty_expect(pty, "[512 ");
	pty_send(pty, FORWARD);
	pty_expect(pty, "page 3 of 5");
	pty_send(pty, TAB ERASE_ALL "0" TAB TAB);
	pty_expect(pty, "at least 1 MiB");
	pty_send(pty, isos);
	pty_send(pty, "/notes.txt");
	pty_expect(pty, "it exists already");
	/* the last page shows all, and leads to what is wrong */
	pty_send(pty, FORWARD FORWARD);
	pty_expect(pty, "page 5 of 5");
	pty_send(pty, ENTER);
	pty_expect(pty, "Size: at least 1 MiB");
	pty_send(pty, ERASE_ALL "2");
	pty_expect_gone(pty, "at least 1 MiB");
	pty_send(pty, ENTER);
	pty_expect(pty, "Place: it exists already");
	/* Esc asks, and no is no */
	pty_send(pty, ESCAPE);
	pty_expect(pty, "What you typed here is lost");
	pty_send(pty, "n");
	pty_expect_gone(pty, "What you typed here is lost");
	pty_expect(pty, "[taken2 ");
	end(pty);
}
END_TEST

START_TEST(untouched)
{
	struct pty *pty = open_wizard(24, 80, NULL);

	pty_send(pty, ENTER);
	pty_expect(pty, "Choose an ISO");
	pty_send(pty, ESCAPE);
	pty_expect(pty, "page 1 of 5");
	pty_send(pty, ESCAPE);
	pty_expect(pty, "There is no machine yet");
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
}
END_TEST

START_TEST(help)
{
	struct pty *pty = open_wizard(24, 80, NULL);

	pty_send(pty, "\033OP");
	pty_expect(pty, "the page before; what was typed stays");
	pty_send(pty, "q");
	pty_expect(pty, "page 1 of 5");
	/* '?' is typed, not asked */
	pty_send(pty, "?");
	pty_expect(pty, "[? ");
	end(pty);
}
END_TEST

/* A whole MAC is seen as it is typed, and whose it is already. */
START_TEST(mac_of_another)
{
	struct pty *pty = open_wizard(24, 80, NULL);

	stage_define(stage, "<domain type='qemu'><name>web1</name><memory unit='MiB'>64</memory><os><type arch='x86_64'>hvm</type></os><devices>"
			    "<interface type='user'><mac address='52:54:00:AA:00:01'/></interface></devices></domain>");
	pty_send(pty, FORWARD FORWARD FORWARD);
	pty_expect(pty, "page 4 of 5");
	pty_send(pty, TAB TAB "52:54:00:aa:00:0");
	pty_expect(pty, "no address of one card");
	pty_send(pty, "1");
	pty_expect(pty, "[52:54:00:aa:00:01 ]");
	pty_expect(pty, "machine web1 has it already");
	pty_send(pty, "\b2");
	pty_expect(pty, "[52:54:00:aa:00:02 ]");
	pty_expect_gone(pty, "web1 has it");
	end(pty);
}
END_TEST

START_TEST(mouse)
{
	struct pty *pty = open_wizard(24, 80, NULL);

	pty_send(pty, "\033[<0;25;2M\033[<0;25;2m");
	pty_expect(pty, "page 3 of 5");
	/* the disk's choice, twice: none */
	pty_send(pty, "\033[<0;22;4M\033[<0;22;4m");
	pty_expect(pty, "an image that exists");
	pty_send(pty, "\033[<0;22;4M\033[<0;22;4m");
	pty_expect(pty, "< none >");
	end(pty);
}
END_TEST

START_TEST(pasted)
{
	struct pty *pty = open_wizard(24, 80, NULL);

	pty_send(pty, "\033[200~/srv/my\r\n.iso\033[201~");
	pty_expect(pty, "[/srv/my.iso ");
	pty_expect(pty, "there is no such file");
	end(pty);
}
END_TEST

/* What is longer than its field: where the cursor is it is seen from its end, elsewhere from its beginning. */
START_TEST(long_value)
{
	struct pty *pty = open_wizard(24, 80, NULL);

	pty_send(pty, "/begin-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-end");
	pty_expect(pty, "xxx-end ]");
	pty_send(pty, TAB);
	pty_expect(pty, "[/begin-xxx");
	pty_expect(pty, "xxx…]");
	pty_send(pty, TAB);
	pty_expect(pty, "xxx-end ]");
	end(pty);
}
END_TEST

/* Keys in any order, in a form that is never empty; without an emulator, whatever is made fails and is shown. */
START_TEST(random_keys)
{
	static const char *const keys[] = {
		ENTER, ENTER, ESCAPE, TAB, TAB, BACK, FORWARD, RIGHT, "\033[D", DOWN, "\033[A", F2, F3, F4, ERASE_ALL, "\b", "\033[3~", "\033[H",
		"\033[F", "\027", "\001", "n", "a", "9", " ", "/", "~", "数", "e\xcc\x81", "-", "%", "\033[Z", "\033OP", "\f",
		"\033[<0;9;4M", "\033[<0;40;6M", "\033[<0;12;2M", "\033[<64;9;9M", "\033[<65;9;9M", "\033[200~x y\r\033[201~",
	};
	static const char *const nothing[] = { "PATH=/nonexistent", NULL };
	uint32_t state = (uint32_t)_i * 7919 + 17;
	struct pty *pty = open_wizard(24, 80, nothing);

	for (int i = 0; i < 1500; i++) {
		state = state * 1664525 + 1013904223;
		pty_send(pty, keys[(state >> 8) % ARRAY_LENGTH(keys)]);
		if (state >> 24 < 4)
			pty_resize(pty, 1 + (int)(state >> 4) % 40, 1 + (int)(state >> 12) % 120);
		if (state >> 24 > 250)
			pty_read(pty, 30); /* so that an escape is a key, now and then */
		if (pty_find(pty, "n New", NULL, NULL))
			pty_send(pty, "n");
		ck_assert_msg(pty_read(pty, 0) || pty_find(pty, "n New", NULL, NULL), "it has ended after %d keys", i);
	}
	pty_terminate(pty);
}
END_TEST

/* ---- with QEMU ---- */

/* The way of a new user: n, a path, Enter until the machine is there. */
START_TEST(to_ready)
{
	_cleanup_free_ char *iso = guest_file("guest.iso");

	if (iso == NULL)
		return;
	struct pty *pty = open_wizard(24, 80, NULL);

	pty_send(pty, iso);
	pty_send(pty, ENTER);
	pty_expect(pty, "page 2 of 5");
	pty_send(pty, "first" TAB TAB TAB ERASE_ALL "256" ENTER);
	pty_expect(pty, "page 3 of 5");
	pty_send(pty, TAB ERASE_ALL "1" ENTER);
	pty_expect(pty, "page 4 of 5");
	pty_send(pty, ENTER);
	pty_expect(pty, "--name first --memory 256");
	pty_send(pty, ENTER);
	pty_expect_for(pty, "READY", BOOT_MS);
	pty_send(pty, "echo MARK$((6*7))" ENTER);
	pty_expect(pty, "MARK42");
	pty_send(pty, LEAVE);
	pty_expect(pty, "n New");
	pty_expect(pty, "running");
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
	expect_ok(virtty("destroy", "first", NULL), NULL);
	wait_processes(getenv("VIRTTY_HOME"), "virtty-keeper", 0, SOON_MS);
	expect_ok(virtty("undefine", "first", "--remove-all-storage", NULL), NULL);
}
END_TEST

/* What cannot be made is taken back, said, and mended with all that was typed still there. `virtty install` opens the form filled in. */
START_TEST(fails_and_is_mended)
{
	const char *const argv[] = { virtty_path(), "install", "--wizard", "--name", "broken", "--memory", "64", "--vcpus", "1", "--boot", "network",
				     "--disk", "path=/proc/none.qcow2,size=1", NULL };
	static const char *const environment[] = { "TERM=xterm-256color", "LC_ALL=C.UTF-8", "LANGUAGE=C", "VIRTTY_KVM=no", "LINES", "COLUMNS", NULL };
	struct pty *pty = pty_start(argv, environment, 24, 80);
	_cleanup_free_ char *place = strf("%s/images/broken.qcow2", getenv("VIRTTY_HOME"));

	pty_expect(pty, "boot from the network");
	pty_send(pty, FORWARD);
	pty_expect(pty, "[broken ");
	pty_send(pty, FORWARD);
	pty_expect(pty, "[/proc/none.qcow2 ");
	pty_send(pty, FORWARD FORWARD ENTER);
	pty_expect(pty, "broken was not made");
	pty_expect(pty, "disk '/proc/none.qcow2' cannot be made");
	expect_error(virtty("domstate", "broken", NULL), 1, "no machine", NULL);
	pty_send(pty, ENTER);
	pty_expect_gone(pty, "was not made");
	pty_send(pty, BACK BACK);
	pty_expect(pty, "page 3 of 5");
	pty_send(pty, TAB TAB TAB ERASE_ALL FORWARD FORWARD);
	pty_expect(pty, "page 5 of 5");
	pty_send(pty, ENTER);
	pty_expect(pty, "^] Leave");
	wait_state("broken", "running", SOON_MS);
	ck_assert(path_exists(place));
	pty_send(pty, LEAVE);
	pty_expect(pty, "n New");
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
	expect_ok(virtty("destroy", "broken", NULL), NULL);
	wait_processes(getenv("VIRTTY_HOME"), "virtty-keeper", 0, SOON_MS);
}
END_TEST

/* A qemu-img that says what it was run by, and then takes for ever; PATH=... with it. */
static char *slow_qemu_img(void)
{
	static const char script[] = "#!/bin/sh\n"
				     "tr '\\0' ' ' </proc/$PPID/cmdline >\"$VIRTTY_HOME/parent.new\"\n"
				     "mv \"$VIRTTY_HOME/parent.new\" \"$VIRTTY_HOME/parent\"\n"
				     "exec sleep 600\n";
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *directory = strf("%s/bin", getenv("VIRTTY_HOME"));
	_cleanup_free_ char *path = strf("%s/qemu-img", directory);

	ck_assert(directory_make(directory, 0700, &err) && file_write(path, script, strlen(script), 0700, &err));
	return strf("PATH=%s:%s", directory, getenv("PATH"));
}

static bool has_begun(void *data)
{
	return path_exists(data);
}

/* No image is there, and no part of one. */
static void expect_no_images(const char *path)
{
	DIR *directory = opendir(path);

	for (const struct dirent *entry = directory != NULL ? readdir(directory) : NULL; entry != NULL; entry = readdir(directory))
		ck_assert_msg(strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0, "%s is left in %s", entry->d_name, path);
	if (directory != NULL)
		closedir(directory);
}

/* Esc while the machine is being made takes back what there is; and a password was in nobody's arguments, nor on the screen. */
START_TEST(cancelled)
{
	_cleanup_free_ char *path = slow_qemu_img();
	_cleanup_free_ char *begun = strf("%s/parent", getenv("VIRTTY_HOME"));
	_cleanup_free_ char *images = strf("%s/images", getenv("VIRTTY_HOME"));
	const char *const extra[] = { path, NULL };
	struct pty *pty = open_wizard(24, 80, extra);

	pty_send(pty, "\033[A  " ENTER);
	pty_expect(pty, "page 2 of 5");
	pty_send(pty, "web" FORWARD FORWARD);
	pty_expect(pty, "page 4 of 5");
	/* to the screen: an address for others, open at first, then with a password */
	pty_send(pty, TAB TAB TAB "  ");
	pty_expect(pty, "VNC on an address");
	pty_send(pty, TAB "::1" TAB);
	pty_expect(pty, "[::1 ");
	pty_send(pty, "\033[Z" ERASE_ALL "0.0.0.0" TAB);
	pty_expect(pty, "everybody who reaches 0.0.0.0");
	pty_send(pty, "hush,7");
	pty_expect(pty, "[****** ");
	pty_expect_gone(pty, "everybody who reaches");
	pty_send(pty, FORWARD);
	pty_expect(pty, "vnc,listen=0.0.0.0,password-file=-");
	pty_send(pty, ENTER);
	pty_expect(pty, "Creating and starting web");
	ck_assert(wait_for(has_begun, begun, SOON_MS));
	pty_send(pty, ESCAPE);
	pty_expect(pty, "Cancelled: what had been made was taken back");
	expect_no_images(images);
	expect_error(virtty("domstate", "web", NULL), 1, "no machine", NULL);
	_cleanup_free_ char *parent = file_read_line(begun);

	ck_assert_ptr_nonnull(strstr(parent, "password-file=-"));
	ck_assert_ptr_null(strstr(parent, "hush"));
	ck_assert_ptr_null(memmem(pty_bytes(pty)->data, pty_bytes(pty)->length, "hush", 4));
	pty_send(pty, ENTER);
	pty_expect_gone(pty, "was not made");
	pty_expect(pty, "page 5 of 5");
	end(pty);
}
END_TEST

/* A cloud image by keys alone: what cloud-init is told is on the command line that the summary shows, and in the machine that is made. */
START_TEST(a_cloud_image)
{
	_cleanup_free_ char *base = strf("%s/base.qcow2", getenv("VIRTTY_HOME")), *key = strf("%s/id.pub", getenv("VIRTTY_HOME"));
	_cleanup_free_ char *xml = NULL;
	struct pty *pty;

	expect_ok(run_program((const char *const[]){ "/usr/bin/env", "qemu-img", "create", "-q", "-f", "qcow2", base, "64M", NULL }), NULL);
	ck_assert(file_write(key, "ssh-ed25519 AAAAC3 ana@here\n", 28, 0600, NULL));
	pty = open_wizard(40, 120, NULL);
	pty_send(pty, "\033[A" RIGHT RIGHT RIGHT);
	pty_expect(pty, "a cloud image");
	pty_expect(pty, "SSH key");
	pty_send(pty, TAB);
	pty_send(pty, base);
	pty_send(pty, TAB);
	pty_expect(pty, "an overlay");
	pty_send(pty, TAB "Ana");
	pty_expect(pty, "is no user's name");
	pty_send(pty, ERASE_ALL "ana" TAB ERASE_ALL);
	pty_expect_gone(pty, "is no user's name");
	pty_send(pty, key);
	pty_send(pty, TAB "cloud-1" TAB "git htop" ENTER);
	pty_expect(pty, "page 2 of 5");
	pty_send(pty, "cloudy" FORWARD);
	pty_expect(pty, "page 3 of 5");
	pty_expect(pty, "images/cloudy.qcow2");
	pty_send(pty, FORWARD FORWARD);
	pty_expect(pty, "page 5 of 5");
	pty_expect(pty, "backing_store=");
	pty_expect(pty, "package=htop");
	pty_send(pty, ENTER);
	pty_expect(pty, "^] Leave");
	expect_ok(virtty("dumpxml", "cloudy", "--inactive", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, "/seed/"));
	ck_assert_ptr_nonnull(strstr(xml, "images/cloudy.qcow2"));
	pty_send(pty, LEAVE);
	pty_expect(pty, "n New");
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
	expect_ok(virtty("destroy", "cloudy", NULL), NULL);
	wait_processes(getenv("VIRTTY_HOME"), "virtty-keeper", 0, SOON_MS);
}
END_TEST

/* What the making was warned of stands on the console until a key is pressed; the password is where it belongs. */
START_TEST(warned)
{
	static const char *const environment[] = { "TERM=xterm-256color", "LC_ALL=C.UTF-8", "LANGUAGE=C", "VIRTTY_KVM=no", "LINES", "COLUMNS", NULL };
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *file = strf("%s/password", getenv("VIRTTY_HOME"));
	_cleanup_free_ char *graphics = strf("vnc,password-file=%s", file);
	const char *const argv[] = { virtty_path(), "install", "--wizard", "--name", "vast", "--memory", "64", "--vcpus", "1", "--boot", "network",
				     "--disk", "size=200T", "--graphics", graphics, NULL };
	_cleanup_free_ char *xml = NULL;

	ck_assert(file_write(file, "hush,7\n", 7, 0600, &err));
	stage_add(stage, "another", NULL, 256, 1);
	struct pty *pty = pty_start(argv, environment, 24, 80);

	pty_expect(pty, "boot from the network");
	pty_send(pty, FORWARD FORWARD FORWARD FORWARD);
	pty_expect(pty, "page 5 of 5");
	pty_send(pty, ENTER);
	pty_expect(pty, "vast runs, but");
	pty_expect(pty, "may grow by"); /* how much may be on the next line */
	pty_send(pty, ENTER);
	pty_expect_gone(pty, "vast runs, but");
	pty_expect(pty, "^] Leave");
	expect_ok(virtty("dumpxml", "vast", "--inactive", "--security-info", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, "passwd='hush,7'"));
	ck_assert_ptr_null(memmem(pty_bytes(pty)->data, pty_bytes(pty)->length, "hush", 4));
	pty_send(pty, LEAVE);
	pty_expect(pty, "n New");
	/* the next key is for the machine that was just made */
	pty_expect_background(pty, 3, 0, SELECTED);
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
	expect_ok(virtty("destroy", "vast", NULL), NULL);
	wait_processes(getenv("VIRTTY_HOME"), "virtty-keeper", 0, SOON_MS);
}
END_TEST

/* Too few options on a terminal open the form; leaving it leaves virtty. */
START_TEST(install_without_enough)
{
	const char *const argv[] = { virtty_path(), "install", "--name", "half", NULL };
	static const char *const environment[] = { "TERM=xterm-256color", "LC_ALL=C.UTF-8", "LANGUAGE=C", "LINES", "COLUMNS", NULL };
	struct pty *pty = pty_start(argv, environment, 24, 80);

	pty_expect(pty, "install from an ISO");
	pty_send(pty, FORWARD);
	pty_expect(pty, "[half ");
	pty_send(pty, ESCAPE);
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	ck_assert(pty_modes_restored(pty));
	pty_free(pty);
	/* a script is told what it lacks */
	expect_error(virtty("install", "--name", "half", NULL), 2, "needs something to boot", NULL);
	expect_error(virtty("install", "--wizard", NULL), 2, "terminal", NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui wizard");
	TCase *tests = tcase_create("pages");
	TCase *machines = tcase_create("machines");

	/* the random keys are 1500 a test, each with a look at the whole screen */
	tcase_set_timeout(tests, 300);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, files);
	tcase_add_test(tests, isos_by_name);
	tcase_add_test(tests, isos_without_an_answer);
	tcase_add_test(tests, iso_by_label);
	tcase_add_test(tests, iso_from_the_start);
	tcase_add_test(tests, kept_and_refused);
	tcase_add_test(tests, untouched);
	tcase_add_test(tests, help);
	tcase_add_test(tests, mac_of_another);
	tcase_add_test(tests, mouse);
	tcase_add_test(tests, pasted);
	tcase_add_test(tests, long_value);
	tcase_add_loop_test(tests, random_keys, 0, 3);
	suite_add_tcase(suite, tests);
	tcase_set_timeout(machines, 180);
	tcase_add_checked_fixture(machines, setup, teardown);
	tcase_add_test(machines, to_ready);
	tcase_add_test(machines, fails_and_is_mended);
	tcase_add_test(machines, cancelled);
	tcase_add_test(machines, a_cloud_image);
	tcase_add_test(machines, warned);
	tcase_add_test(machines, install_without_enough);
	suite_add_tcase(suite, machines);
	return suite_main(suite);
}
