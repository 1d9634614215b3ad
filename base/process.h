/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes: who they are beyond a pid, how to run one with an argv (never through a shell), how to pass descriptors. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A process is known by pid and start time (field 22 of /proc/PID/stat, clock ticks since boot). */
struct process_id {
	pid_t pid; /* 0: none */
	uint64_t start;
};

struct process_id process_self(void);
/* Identity of a live pid; pid 0 in the answer when there is none. */
struct process_id process_of(pid_t pid);
/* Does this very process live? A zombie is dead. */
bool process_alive(const struct process_id *id);
/* Writes who we are into a file, "PID START"; also between fork and exec. False with errno. */
bool process_record(const char *path);
/* Who wrote such a file; pid 0: nobody. It need not live any more. */
struct process_id process_recorded(const char *path);
/* Its parent; 0 when it is gone. */
pid_t process_parent(pid_t pid);
/* Is it stopped (SIGSTOP, a debugger)? */
bool process_stopped(const struct process_id *id);
/* Signals it and waits until it is gone; false when it is still there after timeout_ms. A pid that is somebody else's by now is left alone:
 * the descriptor is taken first, then the start time compared. */
bool process_end(const struct process_id *id, int signal_number, int timeout_ms);
/* Its comm name, for messages; owned, "?" when gone. */
char *process_name(pid_t pid);
/* User and system time in nanoseconds (as fine as the clock's ticks: 10 ms), resident KiB; false when gone. Any ret may be NULL. */
bool process_usage(pid_t pid, uint64_t *ret_user_ns, uint64_t *ret_system_ns, uint64_t *ret_rss_kib);
/* All its processor time, to the nanosecond: what happens within a second is told from it. False when gone. */
bool process_cpu_time(pid_t pid, uint64_t *ret_ns);
/* The kernel's boot_id, 36 characters. Borrowed, the same for the life of the process. */
const char *process_boot_id(void);

/* Runs argv to its end with stdin from /dev/null, gathering stdout and stderr (each at most 16 MiB; either ret may be NULL:
 * then that stream goes to /dev/null). Returns true when it was run and ended within timeout_ms (< 0: no limit);
 * *ret_status is the wait status. A child that outlives the limit is killed, and not waited for when even that does not end it: ERROR_TIMEOUT. */
bool process_run(char *const *argv, int timeout_ms, char **ret_stdout, char **ret_stderr, int *ret_status, struct error *err);
/* As process_run(), with a text for its stdin (NULL: nothing). */
bool process_run_input(char *const *argv, const char *input, int timeout_ms, char **ret_stdout, char **ret_stderr,
		       int *ret_status, struct error *err);
/* As process_run(), with a descriptor (the caller's; -1: nothing) for its stdin, which the child has until it ends: a lock on that file is
 * held as long, whatever becomes of the caller. */
bool process_run_from(char *const *argv, int input, int timeout_ms, char **ret_stdout, char **ret_stderr, int *ret_status,
		      struct error *err);
/* As process_run(), and fails with the child's last stderr line when it exits with anything but 0. */
bool process_run_ok(char *const *argv, int timeout_ms, char **ret_stdout, struct error *err);
/* "exit status 1", "killed by signal 9 (Killed)". Owned. */
char *process_status_text(int status);
/* Absolute path of a program on PATH (plus /usr/sbin:/sbin), or NULL. Owned. */
char *process_find(const char *name);

/* Sends one message: 4 bytes of length (big endian), the text, and count descriptors by SCM_RIGHTS with its first bytes. Blocking. */
bool message_send(int fd, const char *text, size_t length, const int *fds, size_t count, struct error *err);
/* Receives one such message; at most limit bytes and max_fds descriptors (close-on-exec, owned by the caller).
 * A peer that closes first is ERROR_PROTOCOL. timeout_ms < 0 waits for ever. */
bool message_receive(int fd, size_t limit, int timeout_ms, char **ret_text, int *ret_fds, size_t max_fds, size_t *ret_count,
		     struct error *err);

#endif
