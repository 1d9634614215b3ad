/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Storage as the screens see it: pools, who uses which path, jobs, and what this program is doing with any of it now. */
#ifndef TUI_STORAGE_MODEL_H
#define TUI_STORAGE_MODEL_H

#include "core/storage.h"
#include "tui/busy_list.h"
#include "tui/screen.h"

struct storage_model {
	struct ui *ui;
	size_t wanted; /* screens that show pools: they are read while there are any */
	struct pool_row *pools; /* owned, by name */
	size_t pool_count;
	struct path_use *uses; /* owned, by path */
	size_t use_count;
	struct job *jobs; /* owned: running ones first, then by their end */
	size_t job_count;
	size_t running; /* of the jobs */
	bool jobs_read; /* once at least: an end that is new can be told */
	struct busy_list busy; /* subjects: "pool", "pool/volume" */
	struct busy_list done; /* what was busy until the jobs were read last: whoever began it tells its end */
	int64_t reaping_id; /* the job whose process was found dead, which is being seen to; 0: none */
	char **refreshed;   /* owned: pools that this program has asked to be looked into */
};

struct storage_model *storage_model_new(struct ui *ui);
void storage_model_free(struct storage_model *model);
/* Reads what is wanted anew. What it was stays where that fails. Tells of jobs that have ended. */
void storage_model_refresh(struct storage_model *model);
/* Once a second: a job's process that is dead writes nothing. */
void storage_model_tick(struct storage_model *model);
/* A screen that shows pools comes (it is read at once) or goes. */
void storage_model_want(struct storage_model *model, bool wanted);
/* Has `virtty` look into an active pool, once while this program runs. */
void storage_model_look_into(struct storage_model *model, const struct pool_row *pool);

/* NULL: there is none of that name. */
const struct pool_row *storage_pool(const struct storage_model *model, const char *name);
/* The job that works on a volume now; NULL: none. */
const struct job *storage_job(const struct storage_model *model, const char *pool, const char *volume);
/* Was the last job on a volume given up by somebody? Reads the jobs anew. */
bool storage_was_cancelled(struct storage_model *model, const char *pool, const char *volume);
/* What is being done with a pool (volume NULL) or a volume, as a state; NULL: nothing. A constant. */
const char *storage_busy_word(const struct storage_model *model, const char *pool, const char *volume);
void storage_busy_begin(struct storage_model *model, const char *pool, const char *volume, const char *word);
void storage_busy_end(struct storage_model *model, const char *pool, const char *volume);
/* Who uses a path: "web1, db1 and 2 volumes"; NULL: nobody. *ret_running (may be NULL): a machine that runs does. Owned. */
char *storage_users_text(const struct storage_model *model, const char *path, bool *ret_running);

/* All of them by name: "machine web1, volume default/web2.qcow2"; NULL: nobody. Owned. */
char *storage_users_list(const struct storage_model *model, const char *path);

/* Words for people. Constants. */
const char *storage_job_word(enum job_kind kind); /* "converting" */
const char *storage_job_state_word(const struct job *job, enum style *ret_style);
/* "5 s left, 12 MiB/s", as much as is known. Owned. */
char *storage_job_pace(const struct job *job);

#endif
