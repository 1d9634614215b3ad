/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The details of a machine on a terminal: search, the editor and its way back, what lives. */
#include "base/file.h"
#include "base/memory.h"
#include "core/db.h"
#include "core/manager.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"
#include "tests/terminal/stage.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ENTER  "\r"
#define ESCAPE "\033"
#define UUID   "11111111-2222-4333-8444-555555555555"

static struct stage *stage;

static const char document[] =
	"<domain type='qemu'>\n"
	"  <name>web1</name>\n"
	"  <uuid>" UUID "</uuid>\n"
	"  <title>The shop</title>\n"
	"  <description>Runs the shop. Ask Ærla (漢字) before a reboot; this line is long enough to be wrapped on a terminal of eighty columns.\n"
	"\n"
	"Second paragraph.</description>\n"
	"  <memory unit='GiB'>2</memory>\n"
	"  <vcpu>2</vcpu>\n"
	"  <os>\n"
	"    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n"
	"    <boot dev='cdrom'/>\n"
	"    <boot dev='hd'/>\n"
	"  </os>\n"
	"  <features>\n"
	"    <acpi/>\n"
	"    <apic/>\n"
	"  </features>\n"
	"  <cpu mode='custom'>\n"
	"    <model>qemu64</model>\n"
	"  </cpu>\n"
	"  <devices>\n"
	"    <emulator>/usr/bin/qemu-system-x86_64</emulator>\n"
	"    <disk type='file' device='disk'>\n"
	"      <driver name='qemu' type='qcow2'/>\n"
	"      <source file='/srv/vm/web1-system-with-a-rather-long-name.qcow2'/>\n"
	"      <target dev='vda' bus='virtio'/>\n"
	"    </disk>\n"
	"    <disk type='file' device='cdrom'>\n"
	"      <target dev='sda' bus='sata'/>\n"
	"      <readonly/>\n"
	"    </disk>\n"
	"    <interface type='user'>\n"
	"      <mac address='52:54:00:11:22:33'/>\n"
	"      <model type='virtio'/>\n"
	"    </interface>\n"
	"    <serial type='pty'/>\n"
	"    <graphics type='vnc'/>\n"
	"    <video>\n"
	"      <model type='vga'/>\n"
	"    </video>\n"
	"    <input type='tablet' bus='usb'/>\n"
	"    <tpm model='tpm-tis'>\n"
	"      <backend type='emulator'/>\n"
	"    </tpm>\n"
	"  </devices>\n"
	"</domain>\n";

/* A history of fixed times: 2026-01-02 03:04:05 UTC and on. */
static void tell_history(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_machine_ struct machine machine = { 0 };
	struct manager *manager = NULL;

	ck_assert_msg(manager_open(&manager, &err), "%s", error_text(&err));
	struct db *db = manager_db(manager);

	ck_assert_msg(machine_find(manager, "web1", &machine, &err), "%s", error_text(&err));
	ck_assert_msg(history_add(db, machine.id, "lifecycle", "Started Booted", NULL, &err) &&
			      history_add(db, machine.id, "io-error", "vda: No space left on device", NULL, &err) &&
			      history_add(db, machine.id, "lifecycle", "Stopped Crashed",
					  "exit status 1\nqemu-system-x86_64: -device virtio-blk-pci: the drive is gone, and this line is so "
					  "long that it has to be wrapped\nqemu-system-x86_64: last words",
					  &err),
		      "%s", error_text(&err));
	ck_assert_msg(db_run(db, NULL, &err, "UPDATE event SET at_ms = 1767323045000 + id * 1000", ""), "%s", error_text(&err));
	manager_close(manager);
}

static void setup(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	stage = stage_new();
	_cleanup_free_ char *path = strf("%s/web1.xml", getenv("VIRTTY_HOME"));

	ck_assert_msg(file_write(path, document, strlen(document), 0600, &err), "%s", error_text(&err));
	expect_ok(virtty("define", path, NULL), NULL);
	tell_history();
}

static void teardown(void)
{
	stage_free(stage);
}

/* A shell script as an editor: the file's name is $1. Owned: "EDITOR=path". */
static char *editor(const char *script)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *path = strf("%s/editor", getenv("VIRTTY_HOME"));
	_cleanup_free_ char *text = strf("#!/bin/sh\nhome='%s'\n%s\n", getenv("VIRTTY_HOME"), script);

	ck_assert_msg(file_write(path, text, strlen(text), 0700, &err), "%s", error_text(&err));
	return strf("EDITOR=%s", path);
}

static struct pty *open_details(int rows, int columns, const char *const *extra)
{
	struct pty *pty = stage_tui(stage, rows, columns, extra);

	pty_expect(pty, "? Help");
	pty_send(pty, "i");
	pty_expect(pty, "1 Overview");
	return pty;
}

static struct pty *open_with_editor(const char *script)
{
	_cleanup_free_ char *chosen = editor(script);
	const char *const extra[] = { chosen, "VISUAL", NULL };

	return open_details(24, 80, extra);
}

static void quit(struct pty *pty)
{
	pty_send(pty, ESCAPE);
	pty_expect(pty, "n New");
	pty_quit(pty);
}

START_TEST(tabs_by_keys_and_mouse)
{
	struct pty *pty = open_details(24, 80, NULL);

	pty_expect(pty, "Processors");
	pty_send(pty, "\t");
	pty_expect(pty, "Disk vda");
	pty_send(pty, "\033[C");
	pty_expect(pty, "Defined Added");
	pty_send(pty, "\033[D");
	pty_expect(pty, "Disk vda");
	pty_send(pty, "\033[Z\033[Z"); /* Shift-Tab, around the end */
	pty_expect(pty, "Second paragraph");
	pty_send(pty, "\t");
	pty_expect(pty, "Processors");
	int row, column;

	ck_assert(pty_find(pty, "3 Events", &row, &column));
	_cleanup_free_ char *click = strf("\033[<0;%d;%dM\033[<0;%d;%dm", column + 1, row + 1, column + 1, row + 1);

	pty_send(pty, click);
	pty_expect(pty, "Defined Added");
	pty_send(pty, "4");
	pty_expect(pty, "<name>web1</name>");
	pty_send(pty, "\033[<65;10;10M"); /* the wheel */
	pty_expect_gone(pty, "<name>web1</name>");
	pty_send(pty, "\033[<64;10;10M");
	pty_expect(pty, "<name>web1</name>");
	quit(pty);
}
END_TEST

START_TEST(devices)
{
	struct pty *pty = open_details(24, 80, NULL);

	pty_send(pty, "2");
	pty_expect(pty, " Disk vda");
	pty_send(pty, ENTER);
	pty_expect(pty, "Image: /srv/vm/web1-system-with-a-rather-long-name.qcow2");
	pty_expect(pty, "Enter Close");
	pty_send(pty, ESCAPE);
	pty_expect_gone(pty, "Enter Close");
	pty_send(pty, "jj");
	pty_expect(pty, "MAC address: 52:54:00:11:22:33");
	pty_send(pty, "G");
	pty_expect(pty, "Controller");
	pty_send(pty, "g" ENTER);
	pty_expect(pty, "Enter Close");
	pty_send(pty, "q");
	pty_expect_gone(pty, "Enter Close");
	quit(pty);
}
END_TEST

START_TEST(search)
{
	struct pty *pty = open_details(24, 80, NULL);
	int row, column;

	pty_send(pty, "4");
	pty_expect(pty, "<domain type");
	pty_send(pty, "/TABLET");
	pty_expect(pty, "not found");
	pty_send(pty, "\025tablet"); /* ^U */
	pty_expect(pty, "<input type='tablet' bus='usb'>");
	pty_expect_gone(pty, "not found");
	ck_assert(pty_find(pty, "tablet' bus", &row, &column));
	pty_expect_background(pty, row, column, 6);
	pty_expect_cursor(pty, 23, 7);
	pty_send(pty, ENTER);
	pty_expect(pty, "/ Search");
	pty_send(pty, "n"); /* it is the only one */
	pty_expect(pty, "<input type='tablet' bus='usb'>");
	pty_send(pty, "/pcie-root-port");
	pty_expect(pty, "model='pcie-root-port'");
	pty_send(pty, ESCAPE);
	pty_expect(pty, "tablet");
	/* q is a letter while one types */
	pty_send(pty, "/q");
	pty_expect(pty, "/q");
	pty_send(pty, "\003");
	pty_expect(pty, "/ Search");
	pty_send(pty, "g#");
	pty_expect(pty, " 1 <domain type");
	quit(pty);
}
END_TEST

START_TEST(search_not_begun)
{
	struct pty *pty = open_details(24, 80, NULL);

	pty_send(pty, "4n");
	pty_expect(pty, "nothing is searched for yet");
	pty_send(pty, "t");
	pty_expect(pty, "there is only what is stored");
	quit(pty);
}
END_TEST

/* What is stored is warned of, until a key is pressed: the editor's own screen was gone too soon. */
static void mind(struct pty *pty)
{
	pty_expect(pty, "web1 was changed, but");
	pty_expect(pty, "the machine will not start without it");
	pty_send(pty, ENTER);
	pty_expect_gone(pty, "web1 was changed, but");
}

START_TEST(edit_changes)
{
	struct pty *pty = open_with_editor("sed -i 's/The shop/The new shop/' \"$1\"");

	pty_expect(pty, "The shop");
	pty_send(pty, "e");
	mind(pty);
	pty_expect(pty, "The new shop");
	ck_assert(pty_alternate(pty));
	quit(pty);
}
END_TEST

START_TEST(edit_leaves_it)
{
	struct pty *pty = open_with_editor("true");

	pty_send(pty, "4e");
	pty_expect(pty, "web1: nothing was changed");
	pty_expect(pty, "<domain type");
	quit(pty);
}
END_TEST

/* What is wrong is said, and the editor opens again with it. */
START_TEST(edit_mends)
{
	struct pty *pty = open_with_editor("if [ -e $home/second ]; then grep -q 'virtty: .*vritio' \"$1\" && sed -i s/vritio/virtio/ \"$1\"\n"
					   "else touch $home/second; sed -i \"s/dev='vda' bus='virtio'/dev='vdb' bus='vritio'/\" \"$1\"; fi");

	pty_send(pty, "e");
	pty_expect(pty, "Try again?");
	pty_expect(pty, "bus 'vritio' is unknown");
	ck_assert(!pty_alternate(pty));
	ck_assert(pty_cursor_shown(pty));
	pty_send(pty, "y\r");
	mind(pty);
	pty_send(pty, "2");
	pty_expect(pty, "Disk vdb");
	quit(pty);
}
END_TEST

/* Who gives up reads why, and finds everything as it was. */
START_TEST(edit_given_up)
{
	struct pty *pty = open_with_editor("echo '<domain>' > \"$1\"");

	pty_send(pty, "e");
	pty_expect(pty, "Try again?");
	pty_send(pty, "n\r");
	pty_expect(pty, "was not changed");
	pty_expect(pty, "Press Enter");
	pty_send(pty, "\r");
	pty_expect(pty, "web1: nothing was changed");
	pty_expect(pty, "The shop");
	quit(pty);
}
END_TEST

START_TEST(edit_without_an_editor)
{
	const char *const extra[] = { "EDITOR=/no/such/editor", "VISUAL", NULL };
	struct pty *pty = open_details(24, 80, extra);

	pty_send(pty, "e");
	pty_expect(pty, "the editor '/no/such/editor' cannot be run");
	pty_expect(pty, "Press Enter");
	pty_send(pty, "\r");
	pty_expect(pty, "1 Overview");
	quit(pty);
}
END_TEST

/* ^C is the editor's, and the editor has a terminal that echoes and edits lines. */
START_TEST(edit_has_the_terminal)
{
	struct pty *pty = open_with_editor("trap 'echo interrupted' INT\nprintf 'type: '; read -r line || read -r line; echo \"got $line\"\n"
					   "sed -i \"s/The shop/$line/\" \"$1\"; read -r line");

	pty_send(pty, "e");
	pty_expect(pty, "type:");
	ck_assert(pty_modes_restored(pty));
	pty_send(pty, "\003");
	pty_expect(pty, "interrupted");
	pty_send(pty, "wordx\177s\r");
	pty_expect(pty, "got words");
	pty_resize(pty, 30, 100);
	pty_send(pty, "\r");
	mind(pty);
	pty_expect(pty, "words");
	ck_assert(!pty_modes_restored(pty));
	quit(pty);
}
END_TEST

/* ^Z where no shell waits for the terminal: the editor goes on. */
START_TEST(edit_stopped)
{
	struct pty *pty = open_with_editor("printf 'type: '; read -r line; sed -i \"s/The shop/$line/\" \"$1\"");

	pty_send(pty, "e");
	pty_expect(pty, "type:");
	pty_send(pty, "\032");
	pty_expect(pty, "^Z");
	pty_send(pty, "after a stop\r");
	mind(pty);
	pty_expect(pty, "after a stop");
	quit(pty);
}
END_TEST

/* A TUI that is ended meanwhile takes the editor along, and leaves a sane terminal. */
START_TEST(ended_while_editing)
{
	struct pty *pty = open_with_editor("printf 'editing'; read -r line");

	pty_send(pty, "e");
	pty_expect(pty, "editing");
	kill(pty_pid(pty), SIGTERM);
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	ck_assert(pty_modes_restored(pty));
	ck_assert(!pty_alternate(pty));
	wait_processes(getenv("VIRTTY_HOME"), "editor", 0, SOON_MS);
	wait_processes(getenv("VIRTTY_HOME"), "virtty", 0, SOON_MS);
	pty_free(pty);
}
END_TEST

START_TEST(notes)
{
	struct pty *pty = open_with_editor("printf 'New <notes> & more\\nin two lines\\n' > \"$1\"");

	pty_send(pty, "5");
	pty_expect(pty, "Second paragraph");
	pty_send(pty, "e");
	pty_expect(pty, "New <notes> & more");
	pty_expect(pty, "in two lines");
	pty_expect_gone(pty, "Second paragraph");
	quit(pty);
	char *text;

	expect_ok(virtty("desc", "web1", NULL), &text);
	ck_assert_str_eq(text, "New <notes> & more\nin two lines\n");
	free(text);
}
END_TEST

START_TEST(notes_taken_away)
{
	struct pty *pty = open_with_editor(": > \"$1\"");

	pty_send(pty, "5e");
	pty_expect(pty, "no notes on this machine yet");
	quit(pty);
}
END_TEST

/* What others do shows at once; the machine that goes takes the screen along. */
START_TEST(lives)
{
	struct pty *pty = open_details(24, 80, NULL);

	pty_send(pty, "3");
	pty_expect(pty, "last words");
	expect_ok(virtty("domrename", "web1", "web2", NULL), NULL);
	pty_expect(pty, "Defined Renamed");
	pty_expect(pty, " web2");
	expect_ok(virtty("desc", "--title", "web2", "Moved", NULL), NULL);
	pty_send(pty, "1");
	pty_expect(pty, "Moved");
	expect_ok(virtty("undefine", "web2", NULL), NULL);
	pty_expect(pty, "web2 is no more");
	pty_expect(pty, "n New");
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
}
END_TEST

/* A real one: figures, the pseudo-terminal, what runs beside what is stored, and its end. */
START_TEST(of_a_running_machine)
{
	const char *home = getenv("VIRTTY_HOME");
	_cleanup_free_ char *path = bare_machine(home, "alive", "<title>It lives</title>", "<serial type='pty'/>");

	define_start(home, "alive", path);
	struct pty *pty = open_details(50, 160, NULL);

	pty_expect(pty, "It lives");
	pty_expect(pty, "running (booted)");
	pty_expect(pty, "of the host's memory");
	pty_expect(pty, "of one CPU");
	pty_expect(pty, "TCG (in software)");
	pty_send(pty, "2");
	pty_expect(pty, "pty /dev/pts/");
	pty_send(pty, "4");
	pty_expect(pty, "what runs now");
	pty_expect(pty, "<domain type='qemu' id='");
	pty_send(pty, "t");
	pty_expect(pty, "what is stored");
	pty_expect_gone(pty, " id='1'");
	pty_send(pty, "3");
	pty_expect(pty, "Started Booted");
	expect_ok(virtty("destroy", "alive", NULL), NULL);
	pty_expect(pty, "Stopped Destroyed");
	pty_send(pty, "1");
	pty_expect(pty, "shut off (destroyed)");
	quit(pty);
}
END_TEST

/* The list's keys work here too, on this machine; what cannot be done says why. */
START_TEST(keys_of_the_list)
{
	struct pty *pty = open_details(24, 80, NULL);

	pty_send(pty, "d");
	pty_expect(pty, "the machine is off already");
	pty_send(pty, "f");
	pty_expect(pty, "the machine is off already");
	pty_send(pty, "s");
	pty_expect(pty, "web1: cannot start");
	pty_expect(pty, "error: cannot start 'web1': ");
	pty_expect(pty, "put it there, or change the machine");
	pty_send(pty, ENTER);
	pty_expect_gone(pty, "web1: cannot start");
	pty_send(pty, "a");
	pty_expect(pty, "web1: starts with the host from now on");
	pty_expect(pty, "with the host; order 0");
	pty_send(pty, "m");
	pty_expect(pty, "web1: rename");
	pty_send(pty, "\025web2" ENTER);
	pty_expect(pty, "web1: has another name");
	pty_expect(pty, " web2 ");
	/* the console of a machine that is off is one that waits for it */
	pty_send(pty, "c");
	pty_expect(pty, "^] Leave");
	pty_send(pty, "\035");
	pty_expect(pty, "1 Overview");
	pty_send(pty, "D");
	pty_expect(pty, "web2: delete?");
	pty_send(pty, "y");
	pty_expect(pty, "There is no machine yet");
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
}
END_TEST

/* Order and delay, typed and checked; shown where the machine is. */
START_TEST(when_it_starts)
{
	struct pty *pty = open_details(24, 80, NULL);
	char *out = NULL;

	pty_expect(pty, "Autostart       no");
	pty_send(pty, "A");
	pty_expect(pty, "web1: start with the host");
	pty_expect(pty, "[x]");
	pty_send(pty, "\t\025-7\t\0251x");
	pty_expect(pty, "a whole number of seconds");
	pty_send(pty, ENTER);
	pty_expect(pty, "a whole number of seconds");
	pty_send(pty, "\177" "5" ENTER);
	pty_expect(pty, "with the host; order -7, the next one 15 s later");
	pty_expect(pty, "web1: starts with the host from now on"); /* until then it is seen to already */
	expect_ok(virtty("autostart", "--json", NULL), &out);
	ck_assert_ptr_nonnull(strstr(out, "\"autostart_order\":-7"));
	free(out);
	/* filled in with what it has; the mark alone goes */
	pty_send(pty, "A");
	pty_expect(pty, "[-7 ");
	pty_send(pty, " ");
	pty_expect_gone(pty, "[-7 ");
	pty_send(pty, ENTER);
	pty_expect(pty, "Autostart       no");
	pty_expect(pty, "web1: no longer starts with the host");
	pty_send(pty, "A");
	pty_expect(pty, "[-7 ");
	pty_expect_gone(pty, "Autostart  ");
	pty_send(pty, ESCAPE);
	pty_expect(pty, "Autostart       no");
	quit(pty);
}
END_TEST

/* No size is too small, none too large. */
START_TEST(any_size)
{
	static const int sizes[][2] = { { 1, 1 }, { 2, 12 }, { 3, 20 }, { 4, 10 }, { 5, 13 }, { 6, 30 }, { 10, 40 }, { 12, 79 }, { 120, 300 } };
	struct pty *pty = open_details(24, 80, NULL);

	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++)
		for (const char *tab = "12345"; *tab != '\0'; tab++) {
			const char keys[] = { *tab, 'G', 'g', 'l', '#', '/', 'e', 'x', '\r', 'n', 'N', '\0' };

			pty_resize(pty, sizes[i][0], sizes[i][1]);
			pty_send(pty, *tab == '2' ? "2GgjjkG" : keys);
			pty_read(pty, 20);
		}
	pty_resize(pty, 24, 80);
	pty_send(pty, "1");
	pty_expect(pty, "1 Overview");
	pty_expect(pty, "Processors");
	quit(pty);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui details");
	TCase *tcase = tcase_create("details");
	TCase *live = tcase_create("live");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 180);
	tcase_add_test(tcase, tabs_by_keys_and_mouse);
	tcase_add_test(tcase, devices);
	tcase_add_test(tcase, search);
	tcase_add_test(tcase, search_not_begun);
	tcase_add_test(tcase, edit_changes);
	tcase_add_test(tcase, edit_leaves_it);
	tcase_add_test(tcase, edit_mends);
	tcase_add_test(tcase, edit_given_up);
	tcase_add_test(tcase, edit_without_an_editor);
	tcase_add_test(tcase, edit_has_the_terminal);
	tcase_add_test(tcase, edit_stopped);
	tcase_add_test(tcase, ended_while_editing);
	tcase_add_test(tcase, notes);
	tcase_add_test(tcase, notes_taken_away);
	tcase_add_test(tcase, keys_of_the_list);
	tcase_add_test(tcase, when_it_starts);
	tcase_add_test(tcase, any_size);
	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(live, setup, teardown);
	tcase_set_timeout(live, 180);
	tcase_add_test(live, lives);
	tcase_add_test(live, of_a_running_machine);
	suite_add_tcase(suite, live);
	return suite_main(suite);
}
