/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two ends of a job share: its plan as text, its row, the work itself. */
#ifndef CORE_JOB_INTERNAL_H
#define CORE_JOB_INTERNAL_H

#include "core/job.h"

struct json_object;

/* The plan as the row keeps it, and back: the strings of ret lie in plan. Owned. */
char *job_plan_text(const struct job_plan *plan, bool has_fd);
struct job_reading {
	struct job_plan plan;
	struct json_object *json; /* owned */
	char **argv;		  /* owned, as those two */
	char **source_argv, **target_argv;
	bool has_fd;
};
bool job_plan_read(const char *text, struct job_reading *ret, struct error *err);
void job_reading_clear(struct job_reading *reading);

/* Did a child that ended so, having said so much, do its work? ret: what the row keeps of it, NULL: nothing. Owned. */
bool job_outcome(enum job_kind kind, int status, const char *said, char **ret);

/* Told of progress; false: stop, the job was cancelled. */
struct job_progress {
	bool (*done)(uint64_t bytes, void *userdata);
	void *userdata;
};

/* A part of a job's work: from which byte of its progress on, and how many bytes long. */
struct job_span {
	uint64_t begin, bytes;
	const struct job_progress *progress;
};

/* Another program that does a part of a job. */
struct job_child {
	char *const *argv;
	enum job_kind kind; /* what its end means: job_outcome() */
	struct job_span span;
	const char *growing; /* a file whose blocks say how far it is where it says nothing itself; NULL: none */
};
/* Runs it to its end; what qemu-img says of its progress is passed on. Its last words are the reason when it fails.
 * *ret_result as job_outcome() has it; owned. */
bool job_child_run(const struct job_child *child, char **ret_result, struct error *err);
/* The steps of JOB_IMPORT, up to a whole target. */
bool job_import_run(const struct job_plan *plan, const struct job_progress *progress, struct error *err);
/* Compares the digest of a piece of a file (length 0: to its end). span NULL: it is short. */
bool import_check_digest(int fd, uint64_t offset, uint64_t length, enum digest digest, const char *hex,
			 const struct job_span *span, struct error *err);
/* Takes away what a job made that is not in its place. */
void job_remove_unfinished(struct manager *manager, const struct job_plan *plan);

/* Copies length bytes (0: to the end) between two files at their offsets. Holes stay holes where both can, zeroes that
 * come onto a hole leave it one, a whole file is a reflink where the file system can. */
struct job_copy {
	int source, target;
	uint64_t source_offset, target_offset, length;
	bool whole;  /* the target is new: holes need not be written */
	bool device; /* the target is a block device: zeroes are asked of it, not written, where it can */
	bool stream; /* one of them cannot be sought in */
};
bool job_copy_run(const struct job_copy *copy, const struct job_progress *progress, struct error *err);
/* A program that prints what is copied or (reads) takes it. Closing waits for its end, which it comes to by itself once the pipe is closed:
 * false when it failed, or when the copy did; its words are the better reason. */
struct job_stream {
	pid_t pid;
	int fd, words; /* owned: our end of its data, of its stderr */
};
bool job_stream_open(char *const *argv, bool reads, struct job_stream *ret, struct error *err);
bool job_stream_close(struct job_stream *stream, bool copied, struct error *err);
/* Overwrites a file or device with zeroes, passes times. */
bool job_wipe_run(int fd, unsigned passes, const struct job_progress *progress, struct error *err);

#endif
