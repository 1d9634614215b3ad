/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes: identity, running a program, passing descriptors. */
#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGV(...) ((char *const[]){ __VA_ARGS__, NULL })
#define SHELL(script) ARGV((char *)"/bin/sh", (char *)"-c", (char *)(script))

/* A child that waits until its parent's end of the pipe goes; *ret_end is that end. */
static pid_t waiting_child(int *ret_end, const char *name)
{
	int ends[2], ready[2];
	char byte = 0;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(pipe(ready), 0);
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		close(ends[1]);
		if (name != NULL)
			prctl(PR_SET_NAME, name);
		_exit(write(ready[1], "x", 1) == 1 && read(ends[0], &byte, 1) >= 0 ? 0 : 1);
	}
	close(ends[0]);
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	*ret_end = ends[1];
	return pid;
}

START_TEST(identity)
{
	struct process_id self = process_self();
	struct process_id again = process_of(getpid());
	struct process_id other = { .pid = self.pid, .start = self.start + 1 };

	ck_assert_int_eq(self.pid, getpid());
	ck_assert_uint_gt(self.start, 0);
	ck_assert_uint_eq(self.start, again.start);
	ck_assert(process_alive(&self) && !process_stopped(&self));
	/* the pid lives on in another process */
	ck_assert(!process_alive(&other));
	ck_assert_int_eq(process_parent(getpid()), getppid());
	ck_assert_int_eq(process_parent(0x7fffffff), 0);
	ck_assert_int_eq(process_of(0).pid, 0);
	ck_assert_int_eq(process_of(-1).pid, 0);
	ck_assert_int_eq(process_of(0x7fffffff).pid, 0);
	ck_assert(!process_alive(&(struct process_id){ 0 }));
}
END_TEST

START_TEST(strange_names)
{
	static const char *const names[] = { "a) R 1 2 3 (", ") Z 1", "x y", "))", "" };

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		int end;
		pid_t pid = waiting_child(&end, names[i]);
		struct process_id id = process_of(pid);
		_cleanup_free_ char *name = process_name(pid);

		ck_assert_int_eq(id.pid, pid);
		ck_assert_uint_ge(id.start, process_self().start);
		ck_assert(process_alive(&id));
		ck_assert_str_eq(name, names[i]);
		close(end);
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
		ck_assert(!process_alive(&id));
	}
}
END_TEST

START_TEST(zombie_is_dead)
{
	int end;
	pid_t pid = waiting_child(&end, NULL);
	struct process_id id = process_of(pid);
	siginfo_t info;

	close(end);
	/* ended, but not reaped */
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	ck_assert(!process_alive(&id));
	ck_assert_int_eq(process_of(pid).pid, 0);
	ck_assert(!process_usage(pid, NULL, NULL, NULL));
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	_cleanup_free_ char *name = process_name(pid);

	ck_assert_str_eq(name, "?");
}
END_TEST

START_TEST(stopped)
{
	int end;
	pid_t pid = waiting_child(&end, NULL);
	struct process_id id = process_of(pid);
	int status;

	kill(pid, SIGSTOP);
	ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
	ck_assert(process_stopped(&id) && process_alive(&id));
	kill(pid, SIGCONT);
	close(end);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(!process_stopped(&id));
}
END_TEST

START_TEST(usage)
{
	uint64_t user, system, rss;
	struct rusage self;

	/* work until the clock that is asked has moved */
	do
		ck_assert(process_usage(getpid(), &user, &system, &rss));
	while (user + system == 0);
	ck_assert_uint_gt(rss, 100);
	ck_assert_int_eq(getrusage(RUSAGE_SELF, &self), 0);
	uint64_t want = (uint64_t)(self.ru_utime.tv_sec + self.ru_stime.tv_sec) * 1000000000ULL +
			(uint64_t)(self.ru_utime.tv_usec + self.ru_stime.tv_usec) * 1000ULL;

	ck_assert_uint_le(user + system, want + 100000000ULL);
	ck_assert(!process_usage(0x7fffffff, &user, &system, &rss));
}
END_TEST

START_TEST(cpu_time)
{
	uint64_t before, after, user, system;

	ck_assert(process_cpu_time(getpid(), &before));
	/* finer than a tick: any work moves it */
	for (volatile int i = 0; i < 100000; i++)
		;
	ck_assert(process_cpu_time(getpid(), &after));
	ck_assert_uint_gt(after, before);
	ck_assert(process_usage(getpid(), &user, &system, NULL));
	ck_assert(process_cpu_time(getpid(), &after));
	ck_assert_uint_ge(after, user + system);
	ck_assert(!process_cpu_time(0, &after));
	ck_assert(!process_cpu_time(0x7fffffff, &after));
}
END_TEST

START_TEST(boot_id)
{
	const char *id = process_boot_id();

	ck_assert_uint_eq(strlen(id), 36);
	ck_assert_ptr_eq(id, process_boot_id());
}
END_TEST

START_TEST(runs)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *out = NULL;
	_cleanup_free_ char *errors = NULL;
	int status;

	ck_assert_ok(process_run(SHELL("cat; echo out; echo err >&2; exit 3"), 10000, &out, &errors, &status, &err), &err);
	ck_assert_str_eq(out, "out\n");
	ck_assert_str_eq(errors, "err\n");
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	/* by PATH, without output, for as long as it takes */
	ck_assert_ok(process_run(ARGV((char *)"true"), -1, NULL, NULL, &status, &err), &err);
	ck_assert_int_eq(status, 0);
	ck_assert(!process_run(ARGV((char *)"no-such-program"), 1000, NULL, NULL, &status, &err));
	ck_assert_error(&err, ERROR_NOT_FOUND, "'no-such-program'");
	ck_assert(!process_run(ARGV((char *)"/etc/passwd"), 1000, NULL, NULL, &status, &err));
	ck_assert(error_is_set(&err));
}
END_TEST

START_TEST(run_leaks_no_descriptor)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *out = NULL;

	/* the shell's own listing holds 0, 1, 2 and the directory it reads */
	ck_assert_ok(process_run_ok(SHELL("ls /proc/self/fd | wc -l"), 10000, &out, &err), &err);
	ck_assert_int_eq(atol(out), 4);
}
END_TEST

START_TEST(run_resets_signals)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *out = NULL;
	sigset_t set, old;

	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, &old);
	signal(SIGPIPE, SIG_IGN);
	bool ran = process_run_ok(SHELL("grep -E '^Sig(Blk|Ign)' /proc/self/status"), 10000, &out, &err);

	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &old, NULL);
	ck_assert_ok(ran, &err);
	ck_assert_ptr_nonnull(strstr(out, "SigBlk:\t0000000000000000"));
	/* bit 12 is signal 13 */
	char *ignored = strstr(out, "SigIgn:\t");

	ck_assert_ptr_nonnull(ignored);
	ck_assert_uint_eq(strtoull(ignored + 8, NULL, 16) & 0x1000, 0);
}
END_TEST

START_TEST(run_big_output)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *out = NULL;
	_cleanup_free_ char *errors = NULL;
	int status;

	/* both streams beyond a pipe's and our own limit: nobody may block */
	ck_assert_ok(process_run(SHELL("head -c 18000000 /dev/zero | tr '\\0' a; head -c 17000000 /dev/zero | tr '\\0' b >&2"), 60000, &out,
				 &errors, &status, &err),
		     &err);
	ck_assert_uint_eq(strlen(out), 16 * 1024 * 1024);
	ck_assert_uint_eq(strspn(out, "a"), 16 * 1024 * 1024);
	ck_assert_uint_eq(strspn(errors, "b"), 16 * 1024 * 1024);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(run_timeout)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *out = NULL;
	int status = -1;
	int64_t start = clock_monotonic_ms();

	ck_assert(!process_run(ARGV((char *)"sleep", (char *)"100"), 50, &out, NULL, &status, &err));
	ck_assert_error(&err, ERROR_TIMEOUT, "sleep did not end within 50 ms");
	ck_assert_ptr_null(out);
	int64_t took = clock_monotonic_ms() - start;

	ck_assert_int_ge(took, 50);
	ck_assert_int_lt(took, 20000);
	/* it was reaped */
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(run_with_daemon)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *out = NULL;
	int64_t start = clock_monotonic_ms();

	/* a descendant that keeps stdout does not hold us up */
	ck_assert_ok(process_run_ok(SHELL("sleep 30 & echo $!"), 20000, &out, &err), &err);
	ck_assert_int_lt(clock_monotonic_ms() - start, 15000);
	pid_t pid = (pid_t)atol(out);

	ck_assert_int_gt(pid, 1);
	kill(pid, SIGKILL);
}
END_TEST

START_TEST(run_ok_messages)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	char *out = NULL;

	ck_assert(!process_run_ok(SHELL("echo first >&2; printf 'sh: it\\033 broke\\n\\n' >&2; exit 1"), 10000, &out, &err));
	ck_assert_str_eq(err.message, "sh: it? broke");
	ck_assert_error(&err, ERROR_FAILED, "broke");
	ck_assert(!process_run_ok(SHELL("echo broke >&2; exit 1"), 10000, &out, &err));
	ck_assert_str_eq(err.message, "sh: broke");
	ck_assert(!process_run_ok(SHELL("exit 7"), 10000, NULL, &err));
	ck_assert_str_eq(err.message, "sh: exit status 7");
	ck_assert(!process_run_ok(SHELL("kill -9 $$"), 10000, NULL, &err));
	ck_assert_str_eq(err.message, "sh: killed by signal 9 (Killed)");
	ck_assert_ptr_null(out);
}
END_TEST

START_TEST(find)
{
	_cleanup_free_ char *shell = process_find("sh");
	_cleanup_free_ char *direct = process_find("/bin/sh");

	ck_assert_ptr_nonnull(shell);
	ck_assert(shell[0] == '/' && text_ends(shell, "/sh"));
	ck_assert_str_eq(direct, "/bin/sh");
	ck_assert_ptr_null(process_find("no-such-program"));
	ck_assert_ptr_null(process_find("/etc/passwd"));
	ck_assert_ptr_null(process_find(""));
	ck_assert_ptr_null(process_find("/bin"));
}
END_TEST

static void pair(int fds[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
}

START_TEST(messages)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	int sockets[2], ends[2], got[2];
	size_t count = 9;
	char byte = 0;
	char *text = NULL;

	pair(sockets);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_ok(message_send(sockets[0], "{\"a\":1}", 7, ends, 2, &err), &err);
	ck_assert_ok(message_send(sockets[0], "", 0, NULL, 0, &err), &err);
	ck_assert_ok(message_receive(sockets[1], 100, 1000, &text, got, 2, &count, &err), &err);
	ck_assert_str_eq(text, "{\"a\":1}");
	free(text);
	ck_assert_uint_eq(count, 2);
	/* they are the same pipe, and ours alone */
	ck_assert((fcntl(got[0], F_GETFD) & FD_CLOEXEC) != 0);
	ck_assert_int_eq(write(got[1], "x", 1), 1);
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	ck_assert_int_eq(byte, 'x');
	ck_assert_ok(message_receive(sockets[1], 0, -1, &text, NULL, 0, NULL, &err), &err);
	ck_assert_str_eq(text, "");
	free(text);
	for (int i = 0; i < 2; i++) {
		close(ends[i]);
		close(got[i]);
		close(sockets[i]);
	}
}
END_TEST

START_TEST(message_big)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	size_t length = 3 * 1024 * 1024;
	int sockets[2], got[1];
	size_t count;
	_cleanup_free_ char *text = NULL;

	pair(sockets);
	pid_t pid = fork();

	if (pid == 0) {
		_cleanup_free_ char *big = xmalloc(length);
		int null = open("/dev/null", O_RDONLY);

		/* a non-blocking sender waits as well */
		memset(big, 'z', length);
		fd_set_nonblock(sockets[0], true);
		_exit(message_send(sockets[0], big, length, &null, 1, NULL) ? 0 : 1);
	}
	close(sockets[0]);
	ck_assert_ok(message_receive(sockets[1], length, 30000, &text, got, 1, &count, &err), &err);
	ck_assert_uint_eq(strspn(text, "z"), length);
	ck_assert_uint_eq(count, 1);
	close(got[0]);
	close(sockets[1]);
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* A message that a bad peer sends; the receiver must refuse it with that code and keep no descriptor. */
static void assert_refused(const void *bytes, size_t length, const int *fds, size_t count, enum error_code code, const char *part)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	int sockets[2], got[1];
	char *text = NULL;

	pair(sockets);
	int lowest = fcntl(sockets[0], F_DUPFD_CLOEXEC, 0);

	close(lowest);
	if (fds != NULL)
		ck_assert(message_send(sockets[0], bytes, length, fds, count, NULL));
	else
		ck_assert(write_all(sockets[0], bytes, length));
	shutdown(sockets[0], SHUT_WR);
	ck_assert(!message_receive(sockets[1], 10, 5000, &text, got, 1, NULL, &err));
	ck_assert_error(&err, code, part);
	ck_assert_ptr_null(text);
	int again = fcntl(sockets[0], F_DUPFD_CLOEXEC, 0);

	ck_assert_int_eq(again, lowest);
	close(again);
	close(sockets[0]);
	close(sockets[1]);
}

START_TEST(message_errors)
{
	const int fds[2] = { STDERR_FILENO, STDERR_FILENO };

	assert_refused("", 0, NULL, 0, ERROR_PROTOCOL, "closed");
	assert_refused("\0\0", 2, NULL, 0, ERROR_PROTOCOL, "closed");
	assert_refused("\0\0\0\5abc", 7, NULL, 0, ERROR_PROTOCOL, "closed");
	assert_refused("\0\0\0\13abcdefghijk", 15, NULL, 0, ERROR_PROTOCOL, "11 bytes, more than 10");
	assert_refused("\377\377\377\377", 4, NULL, 0, ERROR_PROTOCOL, "more than 10");
	assert_refused("\0\0\0\3a\0b", 7, NULL, 0, ERROR_PROTOCOL, "NUL");
	assert_refused("hello", 5, fds, 2, ERROR_PROTOCOL, "more than 1 descriptors");
	assert_refused("hello too long", 14, fds, 1, ERROR_PROTOCOL, "more than 10");
}
END_TEST

START_TEST(message_timeout)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	int sockets[2];
	char *text = NULL;

	pair(sockets);
	ck_assert(!message_receive(sockets[1], 10, 20, &text, NULL, 0, NULL, &err));
	ck_assert_error(&err, ERROR_TIMEOUT, "in time");
	/* half a message is none */
	ck_assert(write_all(sockets[0], "\0\0\0\4ab", 6));
	ck_assert(!message_receive(sockets[1], 10, 20, &text, NULL, 0, NULL, &err));
	ck_assert_error(&err, ERROR_TIMEOUT, "in time");
	close(sockets[1]);
	/* and nobody there is an error, not a signal */
	ck_assert(!message_send(sockets[0], "x", 1, NULL, 0, &err));
	ck_assert_error(&err, ERROR_SYSTEM, "cannot send");
	close(sockets[0]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("base: processes");
	TCase *identities = tcase_create("identity");
	TCase *running = tcase_create("running");
	TCase *passing = tcase_create("messages");

	tcase_add_test(identities, identity);
	tcase_add_test(identities, strange_names);
	tcase_add_test(identities, zombie_is_dead);
	tcase_add_test(identities, stopped);
	tcase_add_test(identities, usage);
	tcase_add_test(identities, cpu_time);
	tcase_add_test(identities, boot_id);
	tcase_add_test(running, runs);
	tcase_add_test(running, run_leaks_no_descriptor);
	tcase_add_test(running, run_resets_signals);
	tcase_add_test(running, run_big_output);
	tcase_add_test(running, run_timeout);
	tcase_add_test(running, run_with_daemon);
	tcase_add_test(running, run_ok_messages);
	tcase_add_test(running, find);
	tcase_add_test(passing, messages);
	tcase_add_test(passing, message_big);
	tcase_add_test(passing, message_errors);
	tcase_add_test(passing, message_timeout);
	suite_add_tcase(suite, identities);
	suite_add_tcase(suite, running);
	suite_add_tcase(suite, passing);
	return unit_run(suite);
}
