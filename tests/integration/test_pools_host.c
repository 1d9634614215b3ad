/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools that need a host of their own: LVM, mounts, iSCSI sessions. A little host under QEMU (tests/guest/make-host) runs a
 * script of tests/guest/host for each test, and says line by line what held. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "tests/harness/home.h"
#include "tests/harness/task.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOST_MS	   540000 /* emulated, sanitized, on a busy machine */
#define DISK_BYTES ((off_t)256 << 20)
#define LOG_BYTES  ((size_t)16 << 20)
#define LOG_SHOWN  ((size_t)5000)
#define SAID_SHOWN ((size_t)1000)

/* The directory of the little host's files; NULL when it cannot be made here: the reason was given. Owned. */
static char *host_files(void)
{
	_cleanup_free_ char *directory =
		path_absolute(getenv("VIRTTY_TEST_HOST") != NULL ? getenv("VIRTTY_TEST_HOST") : "tests/host-files");
	_cleanup_free_ char *script = strf("%s/tests/guest/make-host", getenv("srcdir") != NULL ? getenv("srcdir") : ".");
	_cleanup_outcome_ struct outcome made = run_program((const char *const[]){ script, directory, ".", NULL });

	if (made.status == 0)
		return TAKE_POINTER(directory);
	skip_test("the little host cannot be made: %s", made.err);
	return NULL;
}

static char *disk(const char *home, const char *name)
{
	_cleanup_free_ char *path = strf("%s/%s", home, name);
	_cleanup_close_ int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	ck_assert(fd >= 0 && ftruncate(fd, DISK_BYTES) == 0);
	return strf("if=virtio,format=raw,file=%s", path);
}

/* Runs the host with a script; the lines that it said. */
static struct outcome run_host(const char *home, const char *files, const char *name, const char *log)
{
	_cleanup_free_ char *script =
		strf("name=opt/virtty/script,file=%s/tests/guest/host/%s.sh", getenv("srcdir") != NULL ? getenv("srcdir") : ".", name);
	_cleanup_free_ char *kernel = strf("%s/vmlinux", files), *initrd = strf("%s/initrd.img", files);
	_cleanup_free_ char *serial = strf("file:%s", log), *first = disk(home, "first.raw"), *second = disk(home, "second.raw");
	const char *const argv[] = { "/usr/bin/env", "qemu-system-x86_64", "-accel", "tcg", "-machine", "q35", "-m", "1024",
				     "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-kernel", kernel,
				     "-initrd", initrd, "-append", "console=ttyS0 quiet panic=-1", "-fw_cfg", script,
				     "-drive", first, "-drive", second, "-serial", serial, "-serial", "stdio", NULL };
	_cleanup_task_ struct task task = task_start(argv);

	task_close_input(&task);
	return task_wait(&task, HOST_MS);
}

/* The end of what the host said on its console. Owned. */
static char *log_tail(const char *path)
{
	size_t length = 0;
	char *text = NULL;

	if (!file_read(path, LOG_BYTES, &text, &length, NULL))
		return xstrdup("(no log)");
	if (length > LOG_SHOWN)
		memmove(text, text + length - LOG_SHOWN, LOG_SHOWN + 1);
	return text;
}

/* Check has no room for long messages. Borrowed. */
static const char *last_part(const char *text)
{
	size_t length = strlen(text);

	return length > SAID_SHOWN ? text + length - SAID_SHOWN : text;
}

/* Each line is a check of its own; "done" tells that the script came to its end. */
static void expect_lines(const char *name, const char *text, const char *log)
{
	_cleanup_strv_ char **lines = strv_split(text, "\r\n");
	_cleanup_free_ char *tail = log_tail(log);
	bool done = false;

	for (size_t i = 0; lines != NULL && lines[i] != NULL; i++) {
		if (text_starts(lines[i], "skip "))
			skip_test("%s: %s", name, lines[i] + strlen("skip "));
		ck_assert_msg(!text_starts(lines[i], "not ok "), "%s: %.1000s\n%s", name, lines[i], tail);
		done = done || strcmp(lines[i], "done 0") == 0;
	}
	ck_assert_msg(done, "%s did not come to its end; it said last:\n%s\n%s", name, last_part(text), tail);
}

static void run_script(const char *name)
{
	char *home = home_new();
	_cleanup_free_ char *files = host_files(), *log = strf("%s/console.log", home);

	if (files != NULL) {
		_cleanup_outcome_ struct outcome outcome = run_host(home, files, name, log);

		ck_assert_msg(outcome.status == 0, "%s: the host ended with %d: %s", name, outcome.status, outcome.err);
		expect_lines(name, outcome.out, log);
	}
	home_end(home);
}

START_TEST(up)
{
	run_script("up");
}
END_TEST

START_TEST(logical)
{
	run_script("logical");
}
END_TEST

START_TEST(iscsi)
{
	run_script("iscsi");
}
END_TEST

START_TEST(logical_snapshot)
{
	run_script("logical-snapshot");
}
END_TEST

START_TEST(logical_thin)
{
	run_script("logical-thin");
}
END_TEST

START_TEST(netfs)
{
	run_script("netfs");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("pools of a host");
	TCase *t = tcase_create("host");

	tcase_set_timeout(t, 600);
	tcase_add_test(t, up);
	tcase_add_test(t, logical);
	tcase_add_test(t, iscsi);
	tcase_add_test(t, logical_snapshot);
	tcase_add_test(t, netfs);
	tcase_add_test(t, logical_thin);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return suite_main(suite());
}
