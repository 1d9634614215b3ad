/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Storage by keys, with real pools, real images and real jobs: every action does to the files what it says, and what is refused says who is in the
 * way. */
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/home.h"
#include "tests/harness/task.h"
#include "tests/terminal/stage.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTER  "\r"
#define ESCAPE "\033"
#define TAB    "\t"
#define F2     "\033OQ"
#define ANEW   "\005\025" /* ^E ^U: an empty line */
#define MANY   10000
#define LIMIT_MS 20000
#define JOB_MS   100000 /* a copy, or a key that is derived from a passphrase, on a busy host */

static struct stage *stage;
static struct pty *pty;

static void setup(void)
{
	stage = stage_new();
	pty = NULL;
}

static void teardown(void)
{
	pty_free(pty);
	stage_free(stage);
}

static char *in_home(const char *name)
{
	return strf("%s/%s", getenv("VIRTTY_HOME"), name);
}

static char *image(const char *name)
{
	return strf("%s/images/%s", getenv("VIRTTY_HOME"), name);
}

static void open_storage_in(int rows, int columns)
{
	pty = stage_tui(stage, rows, columns, NULL);
	pty_expect(pty, "n New");
	pty_send(pty, "S");
	pty_expect(pty, "default");
}

/* At the pools; default is the first. */
static void open_storage(void)
{
	open_storage_in(24, 100);
}

static void open_volumes(const char *first)
{
	open_storage();
	pty_send(pty, ENTER);
	pty_expect(pty, first);
}

#define press(keys, text)      pty_press(pty, keys, text)
#define press_gone(keys, text) pty_press_gone(pty, keys, text)

static void quit(void)
{
	pty_terminate(pty);
	pty = NULL;
}

/* What virtty prints of a volume holds the text. */
static void expect_volume(const char *pool, const char *name, const char *text)
{
	_cleanup_free_ char *out = NULL;

	expect_ok(virtty("vol-info", "--pool", pool, "--vol", name, "--json", NULL), &out);
	ck_assert_msg(strstr(out, text) != NULL, "%s/%s: '%s' is not in %s", pool, name, text, out);
}

static void expect_pool(const char *name, const char *text)
{
	_cleanup_free_ char *out = NULL;

	expect_ok(virtty("pool-info", "--pool", name, "--json", NULL), &out);
	ck_assert_msg(strstr(out, text) != NULL, "%s: '%s' is not in %s", name, text, out);
}

static void fill_file(const char *path, size_t length, unsigned char first)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *bytes = xcalloc(1, length);

	for (size_t i = 0; i < length; i++)
		bytes[i] = (char)(unsigned char)(first + i % 251);
	ck_assert_msg(file_write(path, bytes, length, 0600, &err), "%s", error_text(&err));
}

static void expect_same(const char *a, const char *b)
{
	expect_ok(run_program((const char *[]){ "/usr/bin/env", "cmp", a, b, NULL }), NULL);
}

/* ---- pools ---- */

START_TEST(pool_made)
{
	_cleanup_free_ char *path = in_home("pools/stock");

	open_storage();
	press("n", "a directory of this host");
	/* nothing is typed yet: it is needed, and said where */
	press(ENTER, "Name: something is needed here");
	press("default", "another pool is named 'default'");
	press(ANEW "a/b", "Name");
	press(ENTER, "Name: ");
	press(ANEW "stock", "pools/stock");
	press(ENTER, "stock: is there");
	pty_expect(pty, "active");
	ck_assert(path_exists(path));
	expect_pool("stock", "\"autostart\":true");
	expect_pool("stock", "\"state\":\"active\"");
	quit();
}
END_TEST

/* What cannot be started is not left defined. */
START_TEST(pool_not_made)
{
	_cleanup_free_ char *file = in_home("file");

	fill_file(file, 10, 'a');
	open_storage();
	press("n", "a directory of this host");
	pty_send(pty, TAB "broken" TAB);
	pty_send(pty, file);
	pty_send(pty, "/below");
	press(ENTER, "broken: cannot be made");
	press_gone(ENTER, "cannot be made");
	expect_error(virtty("pool-info", "broken", NULL), 1, "no pool is named", NULL);
	quit();
}
END_TEST

START_TEST(pool_life)
{
	_cleanup_free_ char *beside = image("beside.img");

	OK("vol-create-as", "default", "a.img", "1M");
	open_storage();
	press("s", "the pool is active already");
	press("d", "default: stop?");
	press_gone("n", "default: stop?");
	press("d", "default: stop?");
	press("y", "default: was stopped");
	pty_expect(pty, "inactive");
	press("r", "the pool is not active: s starts it");
	press(ENTER, "its volumes are not known");
	press("n", "the pool is not active: s starts it");
	press("q", "Pool▲");
	press("s", "default: has started");
	press("a", "default: no longer starts with the host");
	expect_pool("default", "\"autostart\":false");
	press("a", "default: starts with the host from now on");
	expect_pool("default", "\"autostart\":true");
	/* made beside us */
	press(ENTER, "a.img");
	fill_file(beside, 4096, 'b');
	press("r", "beside.img");
	pty_expect(pty, "default: is up to date");
	quit();
}
END_TEST

START_TEST(pool_edited)
{
	_cleanup_free_ char *editor = in_home("editor");
	_cleanup_free_ char *setting = strf("EDITOR=%s", editor);
	_cleanup_error_ struct error err = ERROR_INIT;
	/* the second time it finds nothing to change */
	static const char script[] = "#!/bin/sh\ngrep -q 0711 \"$1\" || exec sed -i 's/<permissions>/&/; s/<target>/<target><permissions>"
				     "<mode>0711<\\/mode><\\/permissions>/' \"$1\"\n";

	ck_assert_msg(file_write(editor, script, strlen(script), 0700, &err), "%s", error_text(&err));
	OK("pool-list");
	pty = stage_tui(stage, 24, 100, (const char *const[]){ setting, "VISUAL", NULL });
	press("S", "default");
	press("e", "default: edited");
	press("e", "default: nothing was changed");
	_cleanup_free_ char *out = NULL;

	expect_ok(virtty("pool-dumpxml", "default", NULL), &out);
	ck_assert_ptr_nonnull(strstr(out, "<mode>0711</mode>"));
	press("i", "Autostart");
	pty_expect(pty, "0711");
	quit();
}
END_TEST

START_TEST(pool_forgotten_and_deleted)
{
	_cleanup_free_ char *path = in_home("pools/stock"), *volume = in_home("pools/stock/v.img");

	OK("pool-define-as", "stock", "dir", "--target", path);
	OK("pool-build", "stock");
	OK("pool-start", "stock");
	OK("vol-create-as", "stock", "v.img", "1M");
	open_storage();
	pty_expect(pty, "stock");
	/* forgotten: all is where it was */
	press("jD", "stock: forget or delete the pool");
	pty_expect(pty, "All that lies in it stays");
	press(ENTER, "stock: is forgotten");
	pty_expect_gone(pty, "active    ▏");
	ck_assert(path_exists(volume));
	expect_error(virtty("pool-info", "stock", NULL), 1, "no pool is named", NULL);
	OK("pool-define-as", "stock", "dir", "--target", path);
	pty_expect(pty, "inactive");
	/* of what is in one that is not active nobody knows */
	press("G", "stock");
	press("D ", "so that nobody knows what is in it");
	press(ENTER, "What happens:");
	press_gone(ESCAPE, "What happens");
	press("s", "stock: has started");
	press("D ", "1 volume");
	press(ENTER, "stock: delete with all that is in it?");
	press("y", "stock: is deleted");
	ck_assert(!path_exists(volume) && !path_exists(path));
	quit();
}
END_TEST

/* ---- volumes ---- */

START_TEST(volume_made)
{
	open_storage();
	press(ENTER, "there is no volume here");
	press("D", "there is no volume here yet");
	press("n", "default: new volume");
	press("web.qcow2" ENTER, "Size: something is needed here");
	/* the focus has gone there */
	press("lots", "a number of GiB");
	press(ANEW "2" ENTER, "web.qcow2: is there");
	expect_volume("default", "web.qcow2", "\"format\":\"qcow2\",\"capacity\":2147483648");
	/* one that is read through it: the picker shows it, its size is proposed */
	press("n", "default: new volume");
	press("web.qcow2", "has a volume of that name");
	press(ANEW "over.qcow2" TAB F2, "Choose the image below");
	press("web", "1 of 1");
	press(ENTER, "qcow2, 2 GiB");
	press(ENTER, "over.qcow2: is there");
	expect_volume("default", "over.qcow2", "\"capacity\":2147483648");
	expect_volume("default", "over.qcow2", "images/web.qcow2\",\"backing-format\":\"qcow2\"");
	pty_expect(pty, "over.qcow2");
	/* taken at once */
	press("n", "default: new volume");
	press("full.img" TAB TAB "4M" TAB " " TAB " ", "all of it now");
	press(ENTER, "full.img: is there");
	expect_volume("default", "full.img", "\"format\":\"raw\",\"capacity\":4194304,\"allocation\":4194304");
	quit();
}
END_TEST

START_TEST(volume_encrypted)
{
	expect_ok(virtty_input("<secret><description>d</description><usage type='volume'><volume>shop</volume></usage></secret>",
			       "secret-define", "-", NULL),
		  NULL);
	_cleanup_free_ char *list = NULL;

	expect_ok(virtty("secret-list", NULL), &list);
	const char *uuid = strstr(list, "-\n");
	char word[37] = "";

	ck_assert_msg(uuid != NULL && sscanf(uuid + 2, " %36s", word) == 1, "%s", list);
	expect_ok(virtty_input("geheim", "secret-set-value", word, "--file", "-", "--plain", NULL), NULL);
	open_storage();
	press(ENTER, "there is no volume here");
	press("n", "Encryption");
	press("safe.qcow2" TAB TAB "10M" TAB TAB TAB " ", "LUKS, secret shop");
	pty_send(pty, ENTER);
	pty_expect_for(pty, "safe.qcow2: is there", JOB_MS);
	expect_volume("default", "safe.qcow2", "\"encrypted\":true");
	quit();
}
END_TEST

START_TEST(volume_cloned_and_converted)
{
	_cleanup_free_ char *raw = image("raw.img"), *clone = image("raw-clone.img"), *compressed = image("raw.qcow2");

	OK("vol-create-as", "default", "raw.img", "8M");
	fill_file(raw, 8 << 20, 1);
	open_volumes("raw.img");
	press("c", "raw-clone.img");
	press(ANEW "raw.img", "this is its own name");
	press(ENTER, "this is its own name");
	pty_send(pty, ANEW "raw-clone.img" ENTER);
	pty_expect_for(pty, "raw-clone.img: is there", JOB_MS);
	expect_same(raw, clone);
	press("G", "raw.img");
	press("x", "raw.qcow2");
	press(TAB TAB TAB " ", "[x]");
	pty_send(pty, ENTER);
	pty_expect_for(pty, "raw.qcow2: is there", JOB_MS);
	expect_ok(run_program((const char *[]){ "/usr/bin/env", "qemu-img", "compare", raw, compressed, NULL }), NULL);
	struct stat st;

	ck_assert(stat(compressed, &st) == 0);
	ck_assert_int_lt(st.st_size, 4 << 20);
	/* both are jobs that have ended */
	press("J", "converting");
	pty_expect(pty, "cloning");
	press("X", "nothing is being copied");
	quit();
}
END_TEST

/* Where a busy host leaves the job's end and that of the command behind it to be found at one look, the user is told what he has done, not that
 * some job has ended. */
START_TEST(volume_told_late)
{
	OK("vol-create-as", "default", "raw.img", "1M");
	open_volumes("raw.img");
	press("c", "raw-clone.img");
	stage_begin(stage);
	pty_send(pty, ENTER);
	wait_processes(getenv("VIRTTY_HOME"), "virtty", 2, LIMIT_MS);
	ck_assert_int_eq(kill(pty_pid(pty), SIGSTOP), 0);
	stage_commit(stage);
	/* the TUI alone is left */
	wait_processes(getenv("VIRTTY_HOME"), "virtty", 1, LIMIT_MS);
	ck_assert_int_eq(kill(pty_pid(pty), SIGCONT), 0);
	pty_expect(pty, "raw-clone.img: is there");
	quit();
}
END_TEST

START_TEST(volume_resized)
{
	OK("vol-create-as", "default", "a.img", "4M", "--allocation", "0");
	open_volumes("a.img");
	press("z", "now 4 MiB");
	press("4M", "this is its size now");
	press(ANEW "8M" ENTER, "a.img: has its new size");
	expect_volume("default", "a.img", "\"capacity\":8388608");
	press("z2M", "what lies beyond the new size is lost");
	press(ENTER, "a.img: make it smaller?");
	/* no is what is marked */
	press_gone(ENTER, "make it smaller?");
	expect_volume("default", "a.img", "\"capacity\":8388608");
	press("z2M" ENTER, "a.img: make it smaller?");
	press("y", "a.img: has its new size");
	expect_volume("default", "a.img", "\"capacity\":2097152");
	quit();
}
END_TEST

START_TEST(volume_carried)
{
	_cleanup_free_ char *file = in_home("file.img"), *uploaded = image("file.img"), *down = in_home("down.img"), *old = image("old.img");

	fill_file(file, 1 << 20, 7);
	OK("vol-create-as", "default", "old.img", "1M");
	OK("vol-create-as", "default", "small.img", "1k");
	open_volumes("old.img");
	press("<", "default: upload");
	press("/nowhere/x", "there is no such file");
	pty_send(pty, ANEW);
	pty_send(pty, file);
	press("", "raw, 1 MiB");
	press(ENTER, "file.img: is there");
	expect_same(file, uploaded);
	/* over one that is there */
	press("jj", "small.img");
	press("<", "default: upload");
	pty_send(pty, file);
	press(TAB " ", "larger than the volume");
	press_gone(ESCAPE, "default: upload");
	press("k<", "default: upload");
	pty_send(pty, file);
	press(TAB " " ENTER, "old.img: write over it?");
	press("y", "old.img: is there");
	expect_same(file, old);
	/* and out again */
	press(">", "old.img: download");
	pty_send(pty, ANEW);
	pty_send(pty, file);
	press("", "it is not overwritten");
	pty_send(pty, ANEW);
	pty_send(pty, down);
	press(ENTER, "old.img: is downloaded");
	expect_same(old, down);
	quit();
}
END_TEST

START_TEST(volume_wiped)
{
	_cleanup_free_ char *path = image("a.img"), *zeros = in_home("zeros");
	_cleanup_free_ char *nothing = xcalloc(1, 1 << 20);
	_cleanup_error_ struct error err = ERROR_INIT;

	OK("vol-create-as", "default", "a.img", "1M");
	fill_file(path, 1 << 20, 1);
	ck_assert(file_write(zeros, nothing, 1 << 20, 0600, &err));
	open_volumes("a.img");
	press("w", "a.img: wipe?");
	press("y", "a.img: is wiped");
	expect_same(path, zeros);
	quit();
}
END_TEST

/* A head that is none has no format. */
START_TEST(volume_broken)
{
	static const char head[512] = "QFI\xfb";
	_cleanup_free_ char *broken = image("broken.qcow2");

	OK("vol-create-as", "default", "aaa.img", "1M");
	ck_assert(file_write(broken, head, sizeof head, 0600, NULL));
	OK("pool-refresh", "default");
	open_volumes("aaa.img");
	pty_expect(pty, "trouble");
	pty_expect_gone(pty, "(null)");
	press("G", "broken.qcow2");
	press(ENTER, "default/broken.qcow2");
	pty_expect(pty, "is a broken qcow2 image");
	pty_expect_gone(pty, "(null)");
	quit();
}
END_TEST

START_TEST(volume_deleted)
{
	_cleanup_free_ char *base = image("base.qcow2");

	OK("vol-create-as", "default", "base.qcow2", "1G", "--format", "qcow2");
	OK("vol-create-as", "default", "over.qcow2", "1G", "--format", "qcow2", "--backing-vol", "base.qcow2", "--backing-vol-format", "qcow2");
	OK("vol-create-as", "default", "used.img", "1M");
	_cleanup_free_ char *document = strf("<domain type='qemu'><name>web1</name><memory unit='MiB'>64</memory><os>"
					     "<type arch='x86_64'>hvm</type></os><devices>"
					     "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='%s/images/used.img'/>"
					     "<target dev='vda'/></disk></devices></domain>",
					     getenv("VIRTTY_HOME"));

	stage_define(stage, document);
	open_volumes("base.qcow2");
	pty_expect(pty, "web1");
	press("D", "base.qcow2 cannot be deleted");
	pty_expect(pty, "used by volume default/over.qcow2");
	press_gone(ENTER, "cannot be deleted");
	press("GD", "used by machine web1");
	press_gone(ENTER, "cannot be deleted");
	/* all marked: one can go */
	press("*", "3 marked");
	press("D", "1 volume: delete?");
	pty_expect(pty, "These stay:");
	press("y", "over.qcow2: is deleted");
	press("u", "base.qcow2");
	/* nothing is read through it any more */
	press("gD", "base.qcow2: delete?");
	press("y", "base.qcow2: is deleted");
	ck_assert(!path_exists(base));
	quit();
}
END_TEST

/* The list knows names; the command knows files, and has the last word. */
START_TEST(volume_used_by_another_name)
{
	_cleanup_free_ char *path = image("a.img"), *link_name = in_home("link.img");

	OK("vol-create-as", "default", "a.img", "1M");
	ck_assert_int_eq(symlink(path, link_name), 0);
	_cleanup_free_ char *document = strf("<domain type='qemu'><name>web1</name><memory unit='MiB'>64</memory><os>"
					     "<type arch='x86_64'>hvm</type></os><devices>"
					     "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='%s'/>"
					     "<target dev='vda'/></disk></devices></domain>",
					     link_name);

	stage_define(stage, document);
	open_volumes("a.img");
	press("D", "a.img: delete?");
	press("y", "it is used by machine 'web1'");
	ck_assert(path_exists(path));
	press_gone(ENTER, "cannot be deleted");
	/* its details say it too */
	press(ENTER, "machine 'web1'");
	pty_expect(pty, "<volume");
	quit();
}
END_TEST

START_TEST(volume_used)
{
	OK("vol-create-as", "default", "disk.qcow2", "1G", "--format", "qcow2");
	open_volumes("disk.qcow2");
	press("m", "images/disk.qcow2");
	pty_expect(pty, "page 1 of 5");
	press_gone(ESCAPE, "page 1 of 5");
	press("y", "copied: ");
	quit();
}
END_TEST

/* The wizard's image comes from the picker, or by Tab from the files. */
START_TEST(picked)
{
	OK("vol-create-as", "default", "disk.qcow2", "1G", "--format", "qcow2");
	pty = stage_tui(stage, 24, 100, NULL);
	press("n", "ISO file");
	press("\033[A ", "Disk image");
	press(TAB F2, "Choose a disk image");
	pty_expect(pty, "disk.qcow2");
	press(TAB, "Filter, or a path");
	press(ESCAPE, "1 of 1");
	press(ENTER, "images/disk.qcow2");
	quit();
}
END_TEST

/* Side by side: what is pressed gets the keys. */
START_TEST(mouse)
{
	OK("vol-create-as", "default", "a.img", "2M");
	OK("vol-create-as", "default", "b.img", "1M");
	OK("pool-define-as", "other", "dir", "--target", "/nowhere");
	open_storage_in(50, 160);
	pty_expect(pty, "b.img");
	pty_expect(pty, "d Stop");
	/* the second volume */
	press("\033[<0;70;4M\033[<0;70;4m", "c Clone");
	press("c", "b.img: clone");
	press_gone(ESCAPE, "b.img: clone");
	/* the other pool, and back by the wheel */
	press("\033[<0;5;4M\033[<0;5;4m", "d Stop");
	pty_expect(pty, "storage: other, not active");
	press("\033[<64;5;4M", "storage: default, 2 volumes");
	/* a title sorts: sizes from the largest, and the other way round */
	press("\033[<0;98;2M\033[<0;98;2m", "Size▼");
	press("\033[<0;98;2M\033[<0;98;2m", "Size▲");
	/* twice: its details */
	press("\033[<0;70;3M\033[<0;70;3m\033[<0;70;3M\033[<0;70;3m", "default/b.img");
	pty_expect(pty, "<volume");
	quit();
}
END_TEST

/* ---- live ---- */

START_TEST(live)
{
	OK("vol-create-as", "default", "a.img", "1M");
	open_storage_in(50, 160);
	press(ENTER, "a.img");
	OK("vol-create-as", "default", "b.img", "3M");
	pty_expect(pty, "b.img");
	pty_expect(pty, "3 MiB");
	OK("vol-delete", "b.img", "--pool", "default");
	pty_expect_gone(pty, "b.img");
	OK("pool-define-as", "other", "dir", "--target", "/nowhere");
	pty_expect(pty, "other");
	OK("pool-undefine", "other");
	pty_expect_gone(pty, "other");
	quit();
}
END_TEST

/* A job that waits for bytes as long as the test likes: its end of a pipe is the test's. */
START_TEST(cancelled)
{
	OK("vol-create-as", "default", "a.img", "1M");
	_cleanup_task_ struct task upload = task_virtty("vol-upload", "a.img", "-", "--pool", "default", NULL);

	task_send(&upload, "some bytes");
	open_volumes("a.img");
	pty_expect(pty, "1 job runs");
	press("D", "the volume is being seen to already");
	press("J", "running");
	press("D", "the job runs: it is cancelled first");
	press("c", "uploading default/a.img: cancel?");
	press("y", "default/a.img: uploading: cancelled");
	press("c", "the job has ended already");
	press("D", "nothing is being copied");
	struct outcome outcome = task_wait(&upload, LIMIT_MS);

	ck_assert_int_ne(outcome.status, 0);
	outcome_clear(&outcome);
	press("q", "a.img");
	quit();
}
END_TEST

/* What others' jobs come to is told once, wherever one is. */
START_TEST(told)
{
	OK("vol-create-as", "default", "a.img", "1M");
	_cleanup_task_ struct task upload = task_virtty("vol-upload", "a.img", "-", "--pool", "default", NULL);

	task_send(&upload, "some bytes");
	pty = stage_tui(stage, 24, 100, NULL);
	pty_expect(pty, ", 1 job");
	task_close_input(&upload);
	pty_expect(pty, "default/a.img: uploading has ended");
	pty_expect_gone(pty, ", 1 job");
	expect_ok(task_wait(&upload, LIMIT_MS), NULL);
	quit();
}
END_TEST

/* A job whose process is killed writes nothing more: it is seen all the same. */
START_TEST(killed)
{
	OK("vol-create-as", "default", "a.img", "1M");
	_cleanup_task_ struct task upload = task_virtty("vol-upload", "a.img", "-", "--pool", "default", NULL);
	pid_t pids[8];

	task_send(&upload, "some bytes");
	pty = stage_tui(stage, 24, 100, NULL);
	pty_expect(pty, ", 1 job");
	size_t count = home_processes(getenv("VIRTTY_HOME"), "virtty", pids, ARRAY_LENGTH(pids));

	for (size_t i = 0; i < count && i < ARRAY_LENGTH(pids); i++) {
		_cleanup_free_ char *path = strf("/proc/%d/cmdline", (int)pids[i]);
		_cleanup_free_ char *words = NULL;
		size_t length = 0;

		if (file_read(path, 4096, &words, &length, NULL) && memmem(words, length, "internal\0job", 12) != NULL)
			kill(pids[i], SIGKILL);
	}
	pty_expect(pty, "its process was killed");
	pty_expect_gone(pty, ", 1 job");
	struct outcome outcome = task_wait(&upload, LIMIT_MS);

	outcome_clear(&outcome);
	quit();
}
END_TEST

/* ---- many ---- */

static void make_many(void)
{
	_cleanup_free_ char *images = in_home("images");

	OK("vol-list", "default");
	for (int i = 0; i < MANY; i++) {
		_cleanup_free_ char *path = strf("%s/disk-%05d.img", images, i);
		int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(ftruncate(fd, (off_t)(i + 1) << 10), 0);
		close(fd);
	}
	OK("pool-refresh", "default");
}

/* From a key to what it shows, in milliseconds. */
static int64_t measure(const char *keys, const char *text)
{
	int64_t begin = clock_monotonic_ms();

	press(keys, text);
	return clock_monotonic_ms() - begin;
}

START_TEST(many)
{
	make_many();
	open_storage();
	pty_expect(pty, "10000");
	int64_t first = measure(ENTER, "disk-00000.img");

	int64_t last = measure("G", "disk-09999.img");
	int64_t filtered = measure("/-0777", "10 of 10000");

	press_gone(ENTER, "Enter Keep");
	press_gone(ESCAPE, "10 of 10000");
	int64_t marked = measure("*", "10000 marked");
	int64_t sorted = measure("o", "Format");

	press_gone("u", "marked");
	/* by size, from the largest */
	int64_t largest = measure("og", "disk-09999.img");
	int64_t begin = clock_monotonic_ms();

	for (int i = 0; i < 100; i++)
		pty_send(pty, "j");
	press("", "disk-09899.img");
	int64_t moved = clock_monotonic_ms() - begin;

	printf("10,000 volumes: first screen %lld ms, last %lld, filter %lld, mark all %lld, sort %lld and %lld, 100 keys %lld\n", (long long)first,
	       (long long)last, (long long)filtered, (long long)marked, (long long)sorted, (long long)largest, (long long)moved);
	quit();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui storage");
	TCase *tests = tcase_create("storage");

	/* more than JOB_MS: what does not come fails where it is waited for, with the screen */
	tcase_set_timeout(tests, 240);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, pool_made);
	tcase_add_test(tests, pool_not_made);
	tcase_add_test(tests, pool_life);
	tcase_add_test(tests, pool_edited);
	tcase_add_test(tests, pool_forgotten_and_deleted);
	tcase_add_test(tests, volume_made);
	tcase_add_test(tests, volume_encrypted);
	tcase_add_test(tests, volume_cloned_and_converted);
	tcase_add_test(tests, volume_told_late);
	tcase_add_test(tests, volume_resized);
	tcase_add_test(tests, volume_carried);
	tcase_add_test(tests, volume_wiped);
	tcase_add_test(tests, volume_broken);
	tcase_add_test(tests, volume_deleted);
	tcase_add_test(tests, volume_used_by_another_name);
	tcase_add_test(tests, volume_used);
	tcase_add_test(tests, picked);
	tcase_add_test(tests, mouse);
	tcase_add_test(tests, live);
	tcase_add_test(tests, cancelled);
	tcase_add_test(tests, told);
	tcase_add_test(tests, killed);
	tcase_add_test(tests, many);
	suite_add_tcase(suite, tests);
	return suite_main(suite);
}
