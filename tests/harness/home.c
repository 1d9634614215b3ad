/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A home for one test: a short-lived VIRTTY_HOME, the processes that belong to it, and proof that none is left behind. */
#include "tests/harness/home.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "tests/harness/task.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROC_LIMIT (4 * 1024 * 1024)
#define KILL_LIMIT_MS 10000
/* A keeper gives its last answer before it ends, and one that got no plan ends when it notices: on a busy host that takes a while. */
#define END_LIMIT_MS  20000

/* The directory of this test program; homes are below it. */
static char *program_directory;

static char *make_directory(const char *parent)
{
	char *path = strf("%s/vXXXXXX", parent);

	if (mkdtemp(path) == NULL) {
		fprintf(stderr, "cannot make a directory in %s: %s\n", parent, strerror(errno));
		exit(1);
	}
	return path;
}

char *home_new(void)
{
	char *home = make_directory(program_directory);

	setenv("VIRTTY_HOME", home, 1);
	return home;
}

static bool file_names(pid_t pid, const char *file, const char *text)
{
	_cleanup_free_ char *path = strf("/proc/%d/%s", (int)pid, file);
	_cleanup_free_ char *bytes = NULL;
	size_t length = 0;

	return file_read(path, PROC_LIMIT, &bytes, &length, NULL) && memmem(bytes, length, text, strlen(text)) != NULL;
}

static bool is_ours(pid_t pid, const char *home, const char *comm)
{
	_cleanup_free_ char *name = process_name(pid);
	struct process_id id = process_of(pid);

	if (strncmp(name, comm, strlen(comm)) != 0 || !process_alive(&id))
		return false;
	return file_names(pid, "environ", home) || file_names(pid, "cmdline", home);
}

size_t home_processes(const char *home, const char *comm, pid_t *ret, size_t max)
{
	DIR *proc = opendir("/proc");
	size_t count = 0;

	/* also called when no test runs: no assertion of Check's here */
	if (proc == NULL) {
		perror("/proc");
		abort();
	}
	for (struct dirent *entry = readdir(proc); entry != NULL; entry = readdir(proc)) {
		pid_t pid = isdigit((unsigned char)entry->d_name[0]) ? (pid_t)strtol(entry->d_name, NULL, 10) : 0;

		if (pid <= 0 || pid == getpid() || !is_ours(pid, home, comm))
			continue;
		if (count < max)
			ret[count] = pid;
		count++;
	}
	closedir(proc);
	return count;
}

pid_t home_process(const char *home, const char *comm)
{
	pid_t pid = 0;
	size_t count = home_processes(home, comm, &pid, 1);

	ck_assert_msg(count == 1, "%zu processes %s* of %s instead of one", count, comm, home);
	return pid;
}

/* SIGKILL to what is there, again and again: a process may be starting another. False when some outlive it. */
static bool kill_all(const char *home, const char *comm)
{
	int64_t deadline = clock_monotonic_ms() + KILL_LIMIT_MS;
	pid_t pids[64];

	for (;;) {
		size_t count = home_processes(home, comm, pids, ARRAY_LENGTH(pids));

		if (count == 0)
			return true;
		if (clock_monotonic_ms() > deadline)
			return false;
		for (size_t i = 0; i < count && i < ARRAY_LENGTH(pids); i++)
			kill(pids[i], SIGKILL);
		poll(NULL, 0, 2);
	}
}

void home_kill(const char *home, const char *comm)
{
	ck_assert_msg(kill_all(home, comm), "processes %s* of %s outlive SIGKILL", comm, home);
}

void home_end(char *home)
{
	wait_processes(home, "qemu-system", 0, END_LIMIT_MS);
	wait_processes(home, "virtty-keeper", 0, END_LIMIT_MS);
	free(home);
}

struct process_count {
	const char *home, *comm;
	size_t wanted, seen;
};

static bool has_count(void *data)
{
	struct process_count *count = data;

	count->seen = home_processes(count->home, count->comm, NULL, 0);
	return count->seen == count->wanted;
}

void wait_processes(const char *home, const char *comm, size_t count, int timeout_ms)
{
	struct process_count state = { .home = home, .comm = comm, .wanted = count };

	ck_assert_msg(wait_for(has_count, &state, timeout_ms), "%zu processes %s* of %s instead of %zu", state.seen, comm, home, count);
}

void skip_test(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fputs("SKIP: ", stdout);
	vprintf(format, ap);
	putchar('\n');
	fflush(stdout);
	va_end(ap);
}

int suite_main(Suite *suite)
{
	const char *base = getenv("VIRTTY_TEST_BASE");
	SRunner *runner = srunner_create(suite);

	program_directory = make_directory(base != NULL ? base : "/tmp");
	/* Nothing of the one who runs the tests may reach them. */
	unsetenv("VIRTTY_HOME");
	unsetenv("LANGUAGE"); /* it goes before LC_ALL */
	/* A test that speaks to core itself starts the keepers of the program under test. */
	_cleanup_free_ char *libexec = xstrndup(virtty_path(), (size_t)(strrchr(virtty_path(), '/') - virtty_path()));

	setenv("VIRTTY_LIBEXEC", libexec, 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("TZ", "UTC", 1);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	if (!kill_all(program_directory, "")) {
		fprintf(stderr, "processes of %s outlive SIGKILL\n", program_directory);
		failed++;
	}
	_cleanup_error_ struct error err = ERROR_INIT;

	/* VIRTTY_TEST_KEEP=1 leaves databases and logs to be looked at. */
	if (getenv("VIRTTY_TEST_KEEP") == NULL && !directory_remove(program_directory, &err)) {
		fprintf(stderr, "%s\n", error_text(&err));
		failed++;
	}
	cleanup_free(&program_directory);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
