/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs: `virtty` run as a child for what takes time, so that the screen never waits. A job outlives the terminal: it has a session of its own. */
#ifndef TUI_JOB_H
#define TUI_JOB_H

#include "base/error.h"

#include <stdint.h>

struct event_base;
struct job_list;

struct job_result {
	bool ok;             /* exit status 0 */
	struct error error;  /* what its "error:" and "hint:" lines said; borrowed */
	const char *output;  /* its stdout without the last newline */
	const char *warnings; /* what its "warning:" lines said, a line each; "": nothing */
};

/* Called once when the job has ended, with the userdata of job_run(). */
typedef void job_done(const struct job_result *result, void *userdata);

/* NULL on error (no SIGCHLD to be had). */
struct job_list *job_list_new(struct event_base *base, struct error *err);
/* Forgets the jobs that still run: they go on. Their done functions are not called. */
void job_list_free(struct job_list *jobs);

/* Runs virtty with these arguments (argv[0] is put before them). The userdata is the job's from now on, and freed with it by userdata_free (which may
 * be NULL), after done or without it; on failure it stays the caller's. */
bool job_run(struct job_list *jobs, const char *const *arguments, job_done *done, void (*userdata_free)(void *userdata),
	     void *userdata, struct error *err);

/* As job_run(), with a text on its standard input (PIPE_BUF bytes at most; NULL: /dev/null): that is where a password goes. *ret_id (may be NULL)
 * names it for job_cancel(). */
bool job_run_input(struct job_list *jobs, const char *const *arguments, const char *input, uint64_t *ret_id, job_done *done,
		   void (*userdata_free)(void *userdata), void *userdata, struct error *err);
/* Asks a job, and what it has begun, to end (SIGTERM); how it ended is told by done as always. One that is over is left alone. */
void job_cancel(struct job_list *jobs, uint64_t id);

/* Reads "error: ..." and "hint: ..." as the command line prints them; lines behind an error that begin with neither belong to its message.
 * Without any, the text's last line is the message. */
void job_parse_error(const char *text, const char *status, struct error *ret);
/* What the lines "warning: ..." say, a line each. Owned, never NULL. */
char *job_parse_warnings(const char *text);

#endif
