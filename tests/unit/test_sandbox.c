/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sandbox: what it takes works on, anything else ends the process. */
#include "base/sandbox.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#else
#define SANITIZED false
#endif

/* Runs a function in a child, in the sandbox or before it. The wait status. */
static int in_child(void (*function)(void), bool confined)
{
	pid_t child = fork();
	int status;

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		/* What is not forbidden shows by this status. */
		if (confined && !sandbox_enter(NULL))
			_exit(99);
		function();
		_exit(42);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

static void expect_killed(const char *what, void (*function)(void))
{
	int status = in_child(function, true);

	ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "%s: wait status %#x", what, (unsigned)status);
}

static void expect_fine(const char *what, void (*function)(void), bool confined)
{
	int status = in_child(function, confined);

	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 42, "%s: wait status %#x", what, (unsigned)status);
}

static void must(bool holds)
{
	if (!holds)
		_exit(1);
}

static void open_file(void)
{
	(void)open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static void make_socket(void)
{
	(void)socket(AF_INET, SOCK_STREAM, 0);
}

static void connect_somewhere(void)
{
	struct sockaddr address = { .sa_family = AF_UNIX };

	(void)connect(0, &address, sizeof address);
}

static void execute(void)
{
	execl("/bin/true", "true", (char *)NULL);
}

static void remove_file(void)
{
	(void)unlink("/tmp/no such file");
}

static void bind_socket(void)
{
	struct sockaddr address = { .sa_family = AF_UNIX };

	(void)bind(0, &address, sizeof address);
}

static void raise_limits(void)
{
	struct rlimit limit = { 0, 0 };

	(void)setrlimit(RLIMIT_FSIZE, &limit);
}

static void fork_once(void)
{
	if (fork() == 0)
		_exit(0);
}

static void map_code(void)
{
	(void)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void signal_parent(void)
{
	(void)kill(getppid(), 0);
}

START_TEST(test_forbidden)
{
	expect_killed("socket", make_socket);
	expect_killed("connect", connect_somewhere);
	expect_killed("bind", bind_socket);
	expect_killed("execve", execute);
	expect_killed("unlink", remove_file);
	/* The sanitizers' run-time takes these itself. */
	if (SANITIZED)
		return;
	expect_killed("open", open_file);
	expect_killed("setrlimit", raise_limits);
	expect_killed("fork", fork_once);
	expect_killed("mmap of code", map_code);
	expect_killed("kill", signal_parent);
}
END_TEST

/* What was made before the sandbox, and is used in it. */
static int pair[2];

static void move_bytes(void)
{
	char bytes[16];
	void *memory = malloc(8 << 20);

	must(memory != NULL);
	memset(memory, 1, 8 << 20);
	free(memory);
	must(send(pair[0], "hello", 5, MSG_NOSIGNAL) == 5);
	must(recv(pair[1], bytes, sizeof bytes, MSG_DONTWAIT) == 5);
	must(shutdown(pair[0], SHUT_RDWR) == 0 && close(pair[0]) == 0);
	must(read(pair[1], bytes, sizeof bytes) == 0);
}

static void abort_itself(void)
{
	abort();
}

static void eat_memory(void)
{
	for (size_t i = 0; i < 64; i++) {
		char *block = malloc(32 << 20);

		if (block == NULL)
			_exit(42);
		memset(block, 1, 32 << 20);
	}
	_exit(1);
}

START_TEST(test_allowed)
{
	int status;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	expect_fine("moving bytes", move_bytes, true);
	/* A process that gives up says so, and not that it was an attack. */
	status = in_child(abort_itself, true);
	ck_assert_msg(SANITIZED || (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT), "abort: wait status %#x",
		      (unsigned)status);
	if (!SANITIZED)
		expect_fine("memory is bounded", eat_memory, true);
	close(pair[0]);
	close(pair[1]);
}
END_TEST

/* ---- threads that were there before ---- */

static pthread_barrier_t entered;

static void *forbidden_thread(void *data)
{
	pthread_barrier_wait(&entered);
	make_socket();
	return data;
}

static void with_thread(void)
{
	pthread_t thread;

	pthread_barrier_init(&entered, NULL, 2);
	must(pthread_create(&thread, NULL, forbidden_thread, NULL) == 0);
	must(sandbox_enter(NULL));
	pthread_barrier_wait(&entered);
	pthread_join(thread, NULL);
}

START_TEST(test_threads)
{
	int status = in_child(with_thread, false);

	ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "wait status %#x", (unsigned)status);
}
END_TEST

static void close_from(void)
{
	int kept = open("/dev/null", O_RDONLY), inherited = dup(kept), far = fcntl(kept, F_DUPFD, 500);

	must(kept >= 0 && inherited == kept + 1 && far == 500);
	sandbox_close_from(inherited);
	must(fcntl(kept, F_GETFD) >= 0 && fcntl(inherited, F_GETFD) < 0 && fcntl(far, F_GETFD) < 0);
}

START_TEST(test_descriptors)
{
	expect_fine("closing what was inherited", close_from, false);
}
END_TEST

static Suite *suite(void)
{
	Suite *all = suite_create("sandbox");
	TCase *tests = tcase_create("sandbox");

	tcase_add_test(tests, test_forbidden);
	tcase_add_test(tests, test_allowed);
	tcase_add_test(tests, test_threads);
	tcase_add_test(tests, test_descriptors);
	tcase_set_timeout(tests, 60);
	suite_add_tcase(all, tests);
	return all;
}

int main(void)
{
	return unit_run(suite());
}
