/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a program to its end with its output gathered and its time limited. */
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_LIMIT (16 * 1024 * 1024)
/* How often to look for the child's end where the kernel has no pidfd. */
#define LOOK_MS 20
/* How long a killed child may take to be gone. */
#define GIVE_UP_MS 2000

/* other libcs do not have it */
#ifndef __GLIBC_PREREQ
#define __GLIBC_PREREQ(major, minor) 0
#endif

extern char **environ;

/* One of the child's two output streams. */
struct stream {
	int fd; /* the reading end, owned; -1: not wanted, or at its end */
	struct strbuf text;
};

struct child {
	pid_t pid;
	int pidfd; /* owned; -1 where there is none */
	int input; /* its stdin, the caller's; -1: /dev/null */
	bool ended;
	int status;
	struct stream streams[2]; /* stdout, stderr */
};

static void child_clear(struct child *child)
{
	for (size_t i = 0; i < 2; i++) {
		cleanup_close(&child->streams[i].fd);
		strbuf_clear(&child->streams[i].text);
	}
	cleanup_close(&child->pidfd);
}

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

char *process_find(const char *name)
{
	if (text_empty(name))
		return NULL;
	if (strchr(name, '/') != NULL)
		return is_program(name) ? path_absolute(name) : NULL;
	const char *path = getenv("PATH");
	_cleanup_free_ char *places = strf("%s:/usr/sbin:/sbin", text_empty(path) ? "/usr/local/bin:/usr/bin:/bin" : path);
	_cleanup_strv_ char **directories = strv_split(places, ":");

	for (char **d = directories; d != NULL && *d != NULL; d++) {
		_cleanup_free_ char *candidate = strf("%s/%s", *d, name);

		/* a relative entry would run whatever lies in the working directory */
		if (**d == '/' && is_program(candidate))
			return TAKE_POINTER(candidate);
	}
	return NULL;
}

/* Adds where the child's descriptor target goes; ends[] are the pipe's two ends, -1 when it goes to /dev/null. */
static int add_output(posix_spawn_file_actions_t *actions, int target, bool wanted, int ends[2])
{
	if (!wanted)
		return posix_spawn_file_actions_addopen(actions, target, "/dev/null", O_WRONLY, 0);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return errno;
	return posix_spawn_file_actions_adddup2(actions, ends[1], target);
}

static int add_signals(posix_spawnattr_t *attributes)
{
	sigset_t set;

	/* the child starts with nothing blocked and without the signals that we ignore for our own sake */
	sigemptyset(&set);
	int errnum = posix_spawnattr_setsigmask(attributes, &set);

	sigaddset(&set, SIGPIPE);
	sigaddset(&set, SIGCHLD);
	if (errnum == 0)
		errnum = posix_spawnattr_setsigdefault(attributes, &set);
	if (errnum == 0)
		errnum = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	return errnum;
}

/* posix_spawn() does not copy our memory as fork() would. Returns an errno. */
static int spawn(struct child *child, const char *program, char *const *argv, const bool wanted[2])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int ends[2][2] = { { -1, -1 }, { -1, -1 } };
	int errnum = posix_spawn_file_actions_init(&actions);

	if (errnum != 0)
		return errnum;
	errnum = posix_spawnattr_init(&attributes);
	if (errnum != 0) {
		posix_spawn_file_actions_destroy(&actions);
		return errnum;
	}
	errnum = child->input >= 0 ?
			 posix_spawn_file_actions_adddup2(&actions, child->input, STDIN_FILENO) :
			 posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	for (int i = 0; errnum == 0 && i < 2; i++)
		errnum = add_output(&actions, i + 1, wanted[i], ends[i]);
#if __GLIBC_PREREQ(2, 34)
	/* ours are close-on-exec; this is for those that we were started with */
	if (errnum == 0)
		errnum = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
#endif
	if (errnum == 0)
		errnum = add_signals(&attributes);
	if (errnum == 0)
		errnum = posix_spawn(&child->pid, program, &actions, &attributes, argv, environ);
	for (int i = 0; i < 2; i++) {
		child->streams[i].fd = ends[i][0];
		cleanup_close(&ends[i][1]);
	}
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return errnum;
}

/* Reads what is there. What exceeds the limit is read and dropped, so that the child never blocks on a full pipe. */
static void stream_read(struct stream *stream)
{
	char buffer[16384];
	ssize_t n = read(stream->fd, buffer, sizeof buffer);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		close(TAKE_FD(stream->fd));
		return;
	}
	size_t room = OUTPUT_LIMIT - stream->text.length;

	strbuf_add(&stream->text, buffer, (size_t)n < room ? (size_t)n : room);
}

static bool reap(struct child *child, int flags, struct error *err)
{
	pid_t pid;

	do
		pid = waitpid(child->pid, &child->status, flags);
	while (pid < 0 && errno == EINTR);
	if (pid < 0)
		return error_set_errno(err, errno, "cannot wait for process %ld", (long)child->pid);
	child->ended = pid == child->pid;
	return true;
}

/* Waits until something happens or the time is up. */
static void wait_for_news(struct child *child, int timeout_ms)
{
	struct pollfd polls[3] = {
		{ .fd = child->streams[0].fd, .events = POLLIN },
		{ .fd = child->streams[1].fd, .events = POLLIN },
		{ .fd = child->pidfd, .events = POLLIN },
	};

	if (child->pidfd < 0 && (timeout_ms < 0 || timeout_ms > LOOK_MS))
		timeout_ms = LOOK_MS;
	if (poll(polls, ARRAY_LENGTH(polls), timeout_ms) <= 0)
		return;
	for (size_t i = 0; i < 2; i++)
		if (polls[i].revents != 0)
			stream_read(&child->streams[i]);
}

/* What the child wrote before its end is in the pipes. A descendant may hold them open: do not wait for more. */
static void drain(struct child *child)
{
	for (size_t i = 0; i < 2; i++) {
		struct stream *stream = &child->streams[i];

		if (stream->fd < 0 || !fd_set_nonblock(stream->fd, true))
			continue;
		struct pollfd readable = { .fd = stream->fd, .events = POLLIN };

		while (stream->fd >= 0 && stream->text.length < OUTPUT_LIMIT && poll(&readable, 1, 0) > 0)
			stream_read(stream);
	}
}

/* A process that sleeps in the kernel, as on a server that went away, ends when it wakes up: nobody waits for that. */
static void give_up(struct child *child)
{
	int64_t deadline = clock_monotonic_ms() + GIVE_UP_MS;

	kill(child->pid, SIGKILL);
	while (!child->ended && clock_monotonic_ms() < deadline) {
		wait_for_news(child, LOOK_MS);
		if (!reap(child, WNOHANG, NULL))
			return;
	}
}

static bool follow(struct child *child, const char *name, int timeout_ms, struct error *err)
{
	int64_t deadline = clock_monotonic_ms() + timeout_ms;

	child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	while (!child->ended) {
		int64_t left = timeout_ms < 0 ? -1 : deadline - clock_monotonic_ms();

		if (timeout_ms >= 0 && left <= 0) {
			give_up(child);
			return error_set(err, ERROR_TIMEOUT, "%s did not end within %d ms", name, timeout_ms);
		}
		wait_for_news(child, (int)left);
		if (!reap(child, WNOHANG, err))
			return false;
	}
	drain(child);
	return true;
}

/* A file in memory: the child reads it at its own pace, and nobody has to write meanwhile. -1 on error. */
static int make_input(const char *text, size_t length, struct error *err)
{
	_cleanup_close_ int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0 || !write_all(fd, text, length) || lseek(fd, 0, SEEK_SET) < 0) {
		error_set_errno(err, errno, "cannot make a file in memory");
		return -1;
	}
	return TAKE_FD(fd);
}

bool process_run_from(char *const *argv, int input, int timeout_ms, char **ret_stdout, char **ret_stderr, int *ret_status,
		      struct error *err)
{
	_cleanup_(child_clear) struct child child = {
		.pidfd = -1, .input = input, .streams = { { .fd = -1 }, { .fd = -1 } }
	};
	_cleanup_free_ char *program = process_find(argv[0]);
	const bool wanted[2] = { ret_stdout != NULL, ret_stderr != NULL };

	if (program == NULL) {
		error_set(err, ERROR_NOT_FOUND, "the program '%s' was not found", argv[0]);
		return error_hint(err, "install it, or put its directory on PATH");
	}
	int errnum = spawn(&child, program, argv, wanted);

	if (errnum != 0)
		return error_set_errno(err, errnum, "cannot run '%s'", program);
	if (!follow(&child, argv[0], timeout_ms, err))
		return false;
	if (ret_stdout != NULL)
		*ret_stdout = strbuf_take(&child.streams[0].text);
	if (ret_stderr != NULL)
		*ret_stderr = strbuf_take(&child.streams[1].text);
	if (ret_status != NULL)
		*ret_status = child.status;
	return true;
}

bool process_run_input(char *const *argv, const char *input, int timeout_ms, char **ret_stdout, char **ret_stderr,
		       int *ret_status, struct error *err)
{
	_cleanup_close_ int fd = input != NULL ? make_input(input, strlen(input), err) : -1;

	return (input == NULL || fd >= 0) && process_run_from(argv, fd, timeout_ms, ret_stdout, ret_stderr, ret_status, err);
}

bool process_run(char *const *argv, int timeout_ms, char **ret_stdout, char **ret_stderr, int *ret_status, struct error *err)
{
	return process_run_from(argv, -1, timeout_ms, ret_stdout, ret_stderr, ret_status, err);
}

/* The last line with something on it, fit for a message; owned, NULL when there is none. */
static char *last_line(const char *text)
{
	size_t end = strlen(text);

	while (end > 0 && strchr(" \t\r\n", text[end - 1]) != NULL)
		end--;
	size_t start = end;

	while (start > 0 && text[start - 1] != '\n')
		start--;
	if (start == end)
		return NULL;
	char *line = xstrndup(text + start, end - start);

	for (char *p = line; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	return line;
}

bool process_run_ok(char *const *argv, int timeout_ms, char **ret_stdout, struct error *err)
{
	_cleanup_free_ char *output = NULL;
	_cleanup_free_ char *errors = NULL;
	int status;

	if (!process_run(argv, timeout_ms, ret_stdout != NULL ? &output : NULL, &errors, &status, err))
		return false;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		if (ret_stdout != NULL)
			*ret_stdout = TAKE_POINTER(output);
		return true;
	}
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash != NULL ? slash + 1 : argv[0];
	_cleanup_free_ char *line = last_line(errors);
	_cleanup_free_ char *ending = process_status_text(status);

	if (line == NULL)
		return error_set(err, ERROR_FAILED, "%s: %s", name, ending);
	/* most programs name themselves */
	if (text_starts(line, name) && line[strlen(name)] == ':')
		return error_set(err, ERROR_FAILED, "%s", line);
	return error_set(err, ERROR_FAILED, "%s: %s", name, line);
}

char *process_status_text(int status)
{
	if (WIFEXITED(status))
		return strf("exit status %d", WEXITSTATUS(status));
	if (WIFSIGNALED(status))
		return strf("killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	return strf("wait status 0x%x", (unsigned)status);
}
