/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slow work: each job is a process of its own (`virtty internal job ID`, in its own session), with its progress in the
 * database, which anybody may watch, wait for or end.
 *
 * A job writes to names that nobody else takes for finished ones, and puts them in their place at the end by a rename.
 * What it makes is in its row before it is made: whoever meets the row of a job whose process is dead takes that away
 * (job_reap()), so a kill -9 leaves nothing. */
#ifndef CORE_JOB_H
#define CORE_JOB_H

#include "core/manager.h"
#include "storage/image.h"
#include "storage/ovf.h"
#include "storage/packing.h"

enum job_kind {
	JOB_CREATE,
	JOB_CONVERT,
	JOB_CLONE,
	JOB_UPLOAD,
	JOB_DOWNLOAD,
	JOB_WIPE,
	JOB_CHECK,
	JOB_RESIZE,
	JOB_IMPORT,
	JOB_REBASE,
	JOB_COMMIT,
	JOB_COMPARE,
	JOB_KIND_COUNT
};
enum job_state { JOB_WAITING, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED, JOB_STATE_COUNT };
extern const struct enum_words job_kind_words, job_state_words;

struct job {
	int64_t id;
	enum job_kind kind;
	enum job_state state;		  /* corrected by whether its process lives */
	char *subject;			  /* owned: "default/web1.qcow2", "/srv/a.ova": what it works on, for people */
	uint64_t bytes_done, bytes_total; /* total 0: not known */
	int64_t started_ms, ended_ms, changed_ms; /* wall clock */
	char *reason;				  /* owned: why it failed */
	char *result; /* owned: what a check or a comparison came to, see core/image_work.h; NULL: none, or not done */
	struct process_id process;
};
void job_clear(struct job *job);
void jobs_free(struct job *jobs, size_t count);

/* What is to be done, as the process reads it: argv runs (its progress read from stdout when it is qemu-img), or a copy
 * by virtty itself. All paths are absolute. Owned by the caller. */
struct job_plan {
	enum job_kind kind;
	const char *subject;
	char **argv; /* to run; NULL: source is copied to target by virtty, reflink where the file system can, holes
			kept */
	const char *source, *target;
	char **source_argv, **target_argv; /* of a copy, instead of a file: a program that prints it, one that reads it */
	uint64_t source_offset, target_offset, length; /* of a copy; length 0: to the end */
	const char *final;	  /* target is renamed to this when all went well; NULL: it is in its place already */
	bool replace;		  /* final may be there: it is replaced, unless somebody has it open by then */
	bool target_is_ours;	  /* it is deleted when the job does not succeed */
	/* what target_is_ours has at the end; NULL: 0600, and whoever runs it. Checked, as a volume's document has them */
	const char *mode, *owner, *group;
	uint64_t bytes_total;	  /* for the progress; 0: not known */
	enum image_format format; /* of what is made: stated in its row */
	/* A device that the driver of pool made for this job as its target: it is finished at the job's end, or deleted */
	const char *volume, *volume_key;
	bool target_zero; /* nothing of it is allocated yet: it reads as zeroes, which are then not written */
	const char *pool;	  /* refreshed for this one volume at the end; NULL: none */
	const char *also_pool;	  /* refreshed as well; NULL: none */
	uint64_t size_bytes;	  /* that the disk of a copy or an import is to have at least; 0: as it is */
	unsigned wipe_passes;	  /* JOB_WIPE */
	bool tied; /* the descriptor that comes along is a pipe: the job is cancelled when its other end is closed */
	/* JOB_IMPORT: source (from source_offset on, length bytes) is an image, which becomes target in format */
	enum image_format source_format; /* of the image, unpacked */
	enum packing packing;
	enum digest digest; /* of the bytes as they are stored; DIGEST_NONE: not known */
	const char *digest_hex;
	const char *scratch; /* where it may be unpacked on the way; deleted in any case */
};

/* Starts it; the id is the row's. descriptors (stdin of an upload, say) go along: fd -1: none. */
bool job_start(struct manager *manager, const struct job_plan *plan, int fd, int64_t *ret_id, struct error *err);
/* The same in two steps, where the target must be made in between: the row names it first, so that whoever finds us dead
 * takes it away. The plan may have changed since (volume_key is known). */
bool job_reserve(struct manager *manager, const struct job_plan *plan, int64_t *ret_id, struct error *err);
bool job_start_reserved(struct manager *manager, int64_t id, const struct job_plan *plan, struct error *err);
/* The row of one that is not started after all: what it names is the caller's to take away. */
void job_unreserve(struct manager *manager, int64_t id);
/* Waits until it has ended, calling progress (may be NULL) at every look, several times a second, changed or not. False
 * when it failed or was cancelled, with its reason. progress returning false cancels it. */
bool job_wait(struct manager *manager, int64_t id, bool (*progress)(const struct job *job, void *userdata),
	      void *userdata, struct error *err);
bool job_find(struct manager *manager, int64_t id, struct job *ret, struct error *err);
/* Those that run, then those that ended in the last day. Owned array. */
bool job_list(struct manager *manager, struct job **ret, size_t *ret_count, struct error *err);
/* Bytes per second over its life up to now_ms (wall clock) or its end; 0: too young, or nothing done, to tell. */
uint64_t job_rate(const struct job *job, int64_t now_ms);
/* Seconds until a running one is done, at that rate; -1: not known, or it does not run. */
int64_t job_left_s(const struct job *job, int64_t now_ms);
/* Ends it, and waits until what it made is gone. */
bool job_abort(struct manager *manager, int64_t id, struct error *err);
/* Is a live job making this file, to be put there at its end, or filling this device? Its id, 0: none is. */
bool job_making(struct manager *manager, const char *path, int64_t *ret_id, struct error *err);
/* Forgets one that has ended; id 0: all of them. ERROR_STATE: it runs. */
bool job_forget(struct manager *manager, int64_t id, struct error *err);
/* Takes away what dead jobs left. Cheap when there are none; every storage operation begins with it. */
bool job_reap(struct manager *manager, struct error *err);
/* The process itself, which finds in its row what to do. Handles signals; for `virtty internal job` alone. */
bool job_work(struct manager *manager, int64_t id, struct error *err);

#endif
