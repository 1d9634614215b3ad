/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that run beside us: what they get of ours, and what not. */
#include "base/file.h"
#include "base/spawn.h"
#include "base/strbuf.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHELL(script) ((char *const[]){ (char *)"/bin/sh", (char *)"-c", (char *)(script), NULL })

/* What a script says at its descriptor 1 before it ends well. Owned. */
static char *said(const char *script, int in, int extra, enum spawn_group group)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct strbuf text = STRBUF_INIT;
	int ends[2], status;
	char bytes[512];
	ssize_t length;
	pid_t pid;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_ok(spawn(SHELL(script), (const int[SPAWN_FDS]){ in, ends[1], -1, extra }, group, &pid, &err), &err);
	close(ends[1]);
	while ((length = read(ends[0], bytes, sizeof bytes)) > 0)
		strbuf_add(&text, bytes, (size_t)length);
	close(ends[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	return strbuf_take(&text);
}

/* Those of a range that the shell has from us; what it opens itself is gone when this is asked. */
#define LIST_FDS "for fd in 0 1 2 3 4 5 19 20 21; do [ ! -e /proc/$$/fd/$fd ] || echo $fd; done"

START_TEST(descriptors)
{
	/* one that would leak, because it is not close-on-exec */
	int leaking = fcntl(STDERR_FILENO, F_DUPFD, 20), ends[2];
	_cleanup_free_ char *three = said(LIST_FDS, -1, -1, SPAWN_GROUP);
	_cleanup_free_ char *null = said("readlink /proc/$$/fd/0 /proc/$$/fd/2", -1, -1, SPAWN_GROUP);

	ck_assert_int_ge(leaking, 20);
	ck_assert_str_eq(null, "/dev/null\n/dev/null\n");
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert(write_all(ends[1], "word\nmore\n", 10));
	close(ends[1]);
	_cleanup_free_ char *four = said(LIST_FDS " && read a && read b <&3 && echo $a $b", ends[0], ends[0], SPAWN_GROUP);

	ck_assert_str_eq(three, "0\n1\n2\n");
	ck_assert_str_eq(four, "0\n1\n2\n3\nword more\n");
	close(ends[0]);
	close(leaking);
}
END_TEST

/* Ours may have any numbers, those of the child in another order too, when one was closed as we were started. */
START_TEST(numbers)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	int kept[3], in[2], out[2], status;
	char bytes[64] = "";
	pid_t pid;

	for (int i = 0; i < 3; i++)
		kept[i] = fcntl(i, F_DUPFD_CLOEXEC, 30);
	ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	ck_assert(write_all(in[1], "0 1 3\n", 6));
	/* the input is our 1 and the output our 0 */
	ck_assert_int_eq(dup2(in[0], 1), 1);
	ck_assert_int_eq(dup2(out[1], 0), 0);
	bool ok = spawn(SHELL("read a && echo $a"), (const int[SPAWN_FDS]){ 1, 0, -1, 0 }, SPAWN_GROUP, &pid, &err);

	for (int i = 0; i < 3; i++) {
		dup2(kept[i], i);
		close(kept[i]);
	}
	ck_assert_ok(ok, &err);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(read(out[0], bytes, sizeof bytes), 6);
	ck_assert_str_eq(bytes, "0 1 3\n");
	for (int i = 0; i < 2; i++) {
		close(in[i]);
		close(out[i]);
	}
}
END_TEST

/* Nothing blocked and nothing ignored, whatever we do ourselves. */
START_TEST(signals)
{
	const char *script = "while read name value; do case $name in SigBlk:|SigIgn:) echo $value;; esac; done </proc/$$/status";
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
	sigset_t block, before;

	sigemptyset(&block);
	sigaddset(&block, SIGTERM);
	sigaction(SIGHUP, &ignore, &old);
	sigprocmask(SIG_BLOCK, &block, &before);
	_cleanup_free_ char *text = said(script, -1, -1, SPAWN_SESSION);

	sigprocmask(SIG_SETMASK, &before, NULL);
	sigaction(SIGHUP, &old, NULL);
	/* 32 and above are the C library's own */
	ck_assert_uint_eq(strtoull(text, NULL, 16) & 0x7fffffff, 0);
	ck_assert_uint_eq(strtoull(strchr(text, '\n'), NULL, 16) & 0x7fffffff, 0);
}
END_TEST

START_TEST(groups)
{
	/* is the pid that of its group, of its session? from /proc/PID/stat */
	const char *script = "read pid name state parent group session rest </proc/$$/stat;"
			     "echo $((pid == group)) $((pid == session))";
	_cleanup_free_ char *group = said(script, -1, -1, SPAWN_GROUP), *session = said(script, -1, -1, SPAWN_SESSION);

	ck_assert_str_eq(group, "1 0\n");
	ck_assert_str_eq(session, "1 1\n");
}
END_TEST

START_TEST(not_there)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	char *const argv[] = { (char *)"/no/such/program", NULL };
	pid_t pid;

	ck_assert(!spawn(argv, (const int[SPAWN_FDS]){ -1, -1, -1, -1 }, SPAWN_GROUP, &pid, &err));
	ck_assert_error(&err, ERROR_SYSTEM, "cannot run '/no/such/program': No such file or directory");
	/* nor does a descriptor that is closed end in a child without it */
	ck_assert(!spawn(SHELL("exit 0"), (const int[SPAWN_FDS]){ 1000, -1, -1, -1 }, SPAWN_GROUP, &pid, &err));
	ck_assert_error(&err, ERROR_SYSTEM, "Bad file descriptor");
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("spawn");
	TCase *tcase = tcase_create("spawn");

	tcase_add_test(tcase, descriptors);
	tcase_add_test(tcase, numbers);
	tcase_add_test(tcase, signals);
	tcase_add_test(tcase, groups);
	tcase_add_test(tcase, not_there);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return unit_run(suite());
}
