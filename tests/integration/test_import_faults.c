/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever kills, fills up or cancels an import leaves all of it or nothing. */
#include "base/file.h"
#include "tests/harness/elsewhere.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"

#include <check.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* What unpacks to more than there is. In a mount namespace of this test's own. */
START_TEST(bombs)
{
	char *home = home_new();
	_cleanup_free_ char *small = strf("%s/images", home), *zeroes = strf("%s/zeroes.gz", home), *noise = strf("%s/noise.raw.xz", home);
	_cleanup_free_ char *plain = strf("%s/plain", home);

	ck_assert_int_eq(mkdir(small, 0700), 0);
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount("tmpfs", small, "tmpfs", 0, "size=48m") < 0) {
		skip_test("no file system can be mounted here: %s", strerror(errno));
		home_end(home);
		return;
	}
	SHELL("head -c 3G /dev/zero | gzip -1 > '%s'; head -c 64M /dev/urandom | xz -0 > '%s'; head -c 64M /dev/urandom > '%s'", zeroes,
	      noise, plain);
	/* holes take no room, but no file is larger than all of it */
	expect_error(virtty("import", zeroes, "--name", "a", NULL), 1, "all that its file system holds", NULL);
	/* more than there is room for, known from the start, or only on the way */
	expect_error(virtty("import", noise, "--name", "a", NULL), 1, "no room for", NULL);
	expect_error(virtty("import", plain, "--name", "a", NULL), 1, "no room for", NULL);
	SHELL("cd '%s'; head -c 20M /dev/urandom > part; cat part part part part | zstd -q --long=27 > noise.zst", home);
	_cleanup_free_ char *twice = strf("%s/noise.zst", home);

	expect_error(virtty("import", twice, "--name", "a", NULL), 1, "room", NULL);
	expect_nothing(home);
	(void)umount(small);
	home_end(home);
}
END_TEST

static unsigned kill_rounds(void)
{
	const char *text = getenv("VIRTTY_JOB_ROUNDS");

	return text != NULL ? (unsigned)strtoul(text, NULL, 10) : 20;
}

/* kill -9 at any moment, to the job, or to the command that waits for it: a machine with its whole disk, or nothing but what is a whole volume. */
START_TEST(killed)
{
	char *home = home_new();
	_cleanup_free_ char *source = source_image(home, 64), *packed = strf("%s/src.raw.xz", home), *disk = strf("%s/images/a.qcow2", home);
	unsigned whole = 0;

	SHELL("xz -0 '%s' -c > '%s'", source, packed);
	srand(1);
	for (unsigned round = 0; round < kill_rounds(); round++) {
		struct timespec pause = { 0, rand() % 1000 * 1000000 };
		_cleanup_task_ struct task task = task_virtty("import", packed, "--name", "a", NULL);

		nanosleep(&pause, NULL);
		pid_t all[8];
		size_t count = home_processes(home, "virtty", all, 8);

		/* in turn: the job, the command, both */
		for (size_t i = 0; i < count && i < 8; i++)
			if ((all[i] == task.pid) != (round % 3 == 0) || round % 3 == 2)
				kill(all[i], SIGKILL);
		struct outcome ended = task_wait(&task, SOON_MS);

		outcome_clear(&ended);
		/* by whatever name: a program that is being started is not called so yet */
		wait_processes(home, "", 0, SOON_MS);
		OK("jobs");
		whole += count_machines();
		if (count_machines() > 0) {
			expect_identical(disk, source);
			forget("a");
		} else if (path_exists(disk)) {
			expect_identical(disk, source);
			OK("vol-delete", "a.qcow2", "--pool", "default");
		}
		expect_nothing(home);
	}
	printf("%u of %u machines were whole before they were killed\n", whole, kill_rounds());
	home_end(home);
}
END_TEST

/* Two at once for one name: one gets it, with its whole disk, and the other takes nothing of it away. */
START_TEST(a_race)
{
	char *home = home_new();
	_cleanup_free_ char *source = source_image(home, 32), *packed = strf("%s/src.raw.xz", home), *disk = strf("%s/images/a.qcow2", home);
	unsigned done = 0;

	SHELL("xz -0 '%s' -c > '%s'", source, packed);
	{
		struct task tasks[2] = { task_virtty("import", packed, "--name", "a", NULL), task_virtty("import", packed, "--name", "a", NULL) };

		for (size_t i = 0; i < 2; i++) {
			struct outcome ended = task_wait(&tasks[i], BOOT_MS);

			done += ended.status == 0;
			ck_assert_msg(ended.status == 0 || strstr(ended.err, "exists already") != NULL, "%s", ended.err);
			outcome_clear(&ended);
			task_clear(&tasks[i]);
		}
	}
	ck_assert_uint_eq(done, 1);
	ck_assert_uint_eq(count_machines(), 1);
	expect_identical(disk, source);
	forget("a");
	expect_nothing(home);
	home_end(home);
}
END_TEST

/* A decompressor that unpacks the head, which the command looks at, and then takes its time. */
static void slow_xz(const char *home)
{
	_cleanup_free_ char *path = strf("%s/bin:%s", home, getenv("PATH"));

	SHELL("mkdir '%s/bin'; printf '#!/bin/sh\\nif mkdir \"%s/bin/first\" 2>/dev/null; then exec /usr/bin/xz \"$@\"; fi\\n"
	      "exec sleep 1000\\n' > '%s/bin/xz'; chmod +x '%s/bin/xz'",
	      home, home, home, home);
	setenv("PATH", path, 1);
}

static bool job_runs(void *data)
{
	_cleanup_free_ char *list = NULL;

	(void)data;
	expect_ok(virtty("jobs", NULL), &list);
	return strstr(list, "running") != NULL;
}

static const int ends[] = { SIGINT, SIGTERM, 0 };

/* Ctrl-C, a polite end, and `jobs --cancel` from elsewhere. */
START_TEST(cancelled)
{
	char *home = home_new();
	_cleanup_free_ char *source = source_image(home, 4), *packed = strf("%s/src.raw.xz", home), *jobs = NULL;
	_cleanup_task_ struct task task = { 0 };

	SHELL("xz -0 -k '%s'", source);
	slow_xz(home);
	task = task_virtty("import", packed, "--name", "a", NULL);
	ck_assert(wait_for(job_runs, NULL, SOON_MS));
	if (ends[_i] != 0)
		kill(task.pid, ends[_i]);
	else
		OK("jobs", "--cancel", "1");
	struct outcome ended = task_wait(&task, SOON_MS);

	ck_assert_int_eq(ended.status, 1);
	ck_assert_msg(strstr(ended.err, "cancelled") != NULL, "%s", ended.err);
	outcome_clear(&ended);
	expect_ok(virtty("jobs", NULL), &jobs);
	ck_assert_ptr_nonnull(strstr(jobs, "cancelled"));
	wait_processes(home, "sleep", 0, SOON_MS);
	expect_nothing(home);
	home_end(home);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("import faults");
	TCase *t = tcase_create("import faults");

	tcase_set_timeout(t, 600);
	tcase_add_test(t, bombs);
	tcase_add_test(t, killed);
	tcase_add_test(t, a_race);
	tcase_add_loop_test(t, cancelled, 0, ARRAY_LENGTH(ends));
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return suite_main(suite());
}
