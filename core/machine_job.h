/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What works on a machine right now: QEMU's block jobs and migration, and jobs of virtty's on an image of the machine.
 */
#ifndef CORE_MACHINE_JOB_H
#define CORE_MACHINE_JOB_H

#include "core/manager.h"

enum machine_job_kind { MACHINE_JOB_MIGRATION, MACHINE_JOB_BLOCK, MACHINE_JOB_VIRTTY };

struct machine_job {
	enum machine_job_kind kind;
	char *id;	      /* owned: QEMU's, or the number of virtty's */
	char *operation;      /* owned, for people: "Outgoing migration", "mirror", "convert" */
	char *subject;	      /* owned: what it works on; NULL: the machine as a whole */
	uint64_t done, total; /* bytes; total 0: not known */
	int64_t elapsed_ms;   /* -1: not known */
};
void machine_jobs_free(struct machine_job *jobs, size_t count);

/* Those of now, QEMU's first. Owned array; none is no error. */
bool machine_jobs(struct manager *manager, const struct machine *machine, struct machine_job **ret, size_t *ret_count,
		  struct error *err);
/* Ends it; what it made of its own is taken away. */
bool machine_job_abort(struct manager *manager, const struct machine *machine, const struct machine_job *job,
		       struct error *err);

#endif
