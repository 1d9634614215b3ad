/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes as /proc shows them: identity beyond a pid, state, use of time and memory. */
#include "base/process.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PID_LIMIT (4 * 1024 * 1024) /* the kernel's PID_MAX_LIMIT */

/* What virtty reads of /proc/PID/stat. */
struct stat_line {
	char state;
	pid_t parent;
	uint64_t user_ticks;
	uint64_t system_ticks;
	uint64_t start;
};

/* The fields' numbers in proc(5). */
enum { FIELD_STATE = 3, FIELD_PARENT = 4, FIELD_UTIME = 14, FIELD_STIME = 15, FIELD_START = 22 };

static bool stat_read(pid_t pid, struct stat_line *ret)
{
	char path[64];

	if (pid <= 0)
		return false;
	snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	_cleanup_free_ char *line = file_read_line(path);
	/* the name in parentheses may hold blanks and parentheses of its own: the fields start after the last ')' */
	const char *p = line != NULL ? strrchr(line, ')') : NULL;
	int field = FIELD_STATE;

	if (p == NULL || *++p != ' ')
		return false;
	*ret = (struct stat_line){ .state = p[1] };
	for (; p != NULL; p = strchr(p + 1, ' '), field++) {
		if (field == FIELD_PARENT)
			ret->parent = (pid_t)strtol(p, NULL, 10);
		else if (field == FIELD_UTIME)
			ret->user_ticks = strtoull(p, NULL, 10);
		else if (field == FIELD_STIME)
			ret->system_ticks = strtoull(p, NULL, 10);
		else if (field == FIELD_START) {
			ret->start = strtoull(p, NULL, 10);
			return true;
		}
	}
	return false;
}

static bool is_dead(char state)
{
	return state == 'Z' || state == 'X' || state == 'x';
}

struct process_id process_self(void)
{
	return process_of(getpid());
}

struct process_id process_of(pid_t pid)
{
	struct stat_line stat;

	if (!stat_read(pid, &stat) || is_dead(stat.state))
		return (struct process_id){ 0 };
	return (struct process_id){ .pid = pid, .start = stat.start };
}

bool process_alive(const struct process_id *id)
{
	struct process_id now = process_of(id->pid);

	return now.pid != 0 && now.start == id->start;
}

bool process_record(const char *path)
{
	struct process_id self = process_self();
	char text[64];
	int length = snprintf(text, sizeof text, "%ld %" PRIu64 "\n", (long)self.pid, self.start);
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	return fd >= 0 && write_all(fd, text, (size_t)length);
}

struct process_id process_recorded(const char *path)
{
	_cleanup_free_ char *text = file_read_line(path);
	struct process_id id = { 0 };
	long pid = 0;

	if (text != NULL && sscanf(text, "%ld %" SCNu64, &pid, &id.start) == 2)
		id.pid = (pid_t)pid;
	return id;
}

pid_t process_parent(pid_t pid)
{
	struct stat_line stat;

	return stat_read(pid, &stat) ? stat.parent : 0;
}

bool process_stopped(const struct process_id *id)
{
	struct stat_line stat;

	return stat_read(id->pid, &stat) && stat.start == id->start && (stat.state == 'T' || stat.state == 't');
}

bool process_end(const struct process_id *id, int signal_number, int timeout_ms)
{
	_cleanup_close_ int fd = (int)syscall(SYS_pidfd_open, id->pid, 0);
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	int64_t deadline = clock_monotonic_ms() + timeout_ms;

	if (fd < 0 || !process_alive(id))
		return !process_alive(id);
	if (syscall(SYS_pidfd_send_signal, fd, signal_number, NULL, 0) < 0)
		return errno == ESRCH;
	for (;;) {
		int64_t left = deadline - clock_monotonic_ms();
		int n = left > 0 ? poll(&pollfd, 1, (int)left) : 0;

		if (n > 0)
			return true;
		if (n == 0 || errno != EINTR)
			return !process_alive(id);
	}
}

char *process_name(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%ld/comm", (long)pid);
	char *name = pid > 0 ? file_read_line(path) : NULL;

	return name != NULL ? name : xstrdup("?");
}

static uint64_t ticks_to_ns(uint64_t ticks)
{
	long per_second = sysconf(_SC_CLK_TCK);

	return ticks * (1000000000ULL / (uint64_t)(per_second > 0 ? per_second : 100));
}

static bool resident_kib(pid_t pid, uint64_t *ret)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
	_cleanup_free_ char *line = file_read_line(path);
	const char *blank = line != NULL ? strchr(line, ' ') : NULL;

	if (blank == NULL)
		return false;
	*ret = strtoull(blank, NULL, 10) * ((uint64_t)sysconf(_SC_PAGESIZE) / 1024);
	return true;
}

bool process_usage(pid_t pid, uint64_t *ret_user_ns, uint64_t *ret_system_ns, uint64_t *ret_rss_kib)
{
	struct stat_line stat;
	uint64_t rss_kib = 0;

	if (!stat_read(pid, &stat) || is_dead(stat.state) || !resident_kib(pid, &rss_kib))
		return false;
	if (ret_user_ns != NULL)
		*ret_user_ns = ticks_to_ns(stat.user_ticks);
	if (ret_system_ns != NULL)
		*ret_system_ns = ticks_to_ns(stat.system_ticks);
	if (ret_rss_kib != NULL)
		*ret_rss_kib = rss_kib;
	return true;
}

bool process_cpu_time(pid_t pid, uint64_t *ret_ns)
{
	struct timespec used;
	clockid_t clock;

	/* a greater number would be shifted out of the clock's id and name the caller's own */
	if (pid <= 0 || pid > PID_LIMIT || clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) < 0)
		return false;
	*ret_ns = (uint64_t)used.tv_sec * 1000000000ULL + (uint64_t)used.tv_nsec;
	return true;
}

const char *process_boot_id(void)
{
	static char boot_id[37];

	if (boot_id[0] == '\0') {
		_cleanup_free_ char *line = file_read_line("/proc/sys/kernel/random/boot_id");

		snprintf(boot_id, sizeof boot_id, "%s", line != NULL ? line : "00000000-0000-0000-0000-000000000000");
	}
	return boot_id;
}
