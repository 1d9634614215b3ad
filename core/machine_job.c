/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What works on a machine right now, and its end. */
#include "core/machine_job.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/device_change.h"
#include "core/storage.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define QUERY_TIMEOUT_MS 10000

void machine_jobs_free(struct machine_job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(jobs[i].id);
		free(jobs[i].operation);
		free(jobs[i].subject);
	}
	free(jobs);
}

/* The list on its way. */
struct gathering {
	struct machine_job *jobs;
	size_t count;
};

static struct machine_job *add(struct gathering *gathering, enum machine_job_kind kind, const char *id,
			       const char *operation)
{
	struct machine_job *job = ARRAY_ADD(gathering->jobs, gathering->count);

	*job = (struct machine_job){
		.kind = kind, .id = xstrdup(id), .operation = xstrdup(operation), .elapsed_ms = -1
	};
	return job;
}

static void add_migration(struct gathering *gathering, struct json_object *answer)
{
	static const char *const running[] = { "setup",	 "active",	"postcopy-active", "pre-switchover",
					       "device", "wait-unplug", "cancelling" };
	const char *status = json_get_string(answer, "status", "none");
	struct machine_job *job;

	for (size_t i = 0; i < ARRAY_LENGTH(running); i++) {
		if (strcmp(status, running[i]) != 0)
			continue;
		job = add(gathering, MACHINE_JOB_MIGRATION, "migration", "Outgoing migration");
		job->done = (uint64_t)json_get_int(answer, "ram/transferred", 0);
		job->total = job->done + (uint64_t)json_get_int(answer, "ram/remaining", 0);
		job->elapsed_ms = json_get_int(answer, "total-time", -1);
	}
}

static void add_block_jobs(struct gathering *gathering, struct json_object *answer)
{
	for (size_t i = 0; json_object_is_type(answer, json_type_array) && i < json_object_array_length(answer); i++) {
		struct json_object *item = json_object_array_get_idx(answer, i);
		const char *status = json_get_string(item, "status", "");
		struct machine_job *job;

		if (strcmp(status, "concluded") == 0 || strcmp(status, "null") == 0)
			continue;
		job = add(gathering, MACHINE_JOB_BLOCK, json_get_string(item, "id", ""),
			  json_get_string(item, "type", "job"));
		job->done = (uint64_t)json_get_int(item, "current-progress", 0);
		job->total = (uint64_t)json_get_int(item, "total-progress", 0);
	}
}

static bool ask_qemu(struct manager *manager, const struct machine *machine, struct gathering *gathering,
		     struct error *err)
{
	_cleanup_json_ struct json_object *migration = NULL, *jobs = NULL;

	if (!domain_qmp(manager, machine, "query-migrate", NULL, QUERY_TIMEOUT_MS, &migration, err) ||
	    !domain_qmp(manager, machine, "query-jobs", NULL, QUERY_TIMEOUT_MS, &jobs, err))
		return false;
	add_migration(gathering, migration);
	add_block_jobs(gathering, jobs);
	return true;
}

/* A job names what it works on as a path, or as POOL/VOLUME. */
static bool works_on(struct manager *manager, const struct disk *disk, const char *subject)
{
	const char *path = disk->source.file ? disk->source.file : disk->source.dev;
	struct volume volume = { 0 };
	struct pool_row pool = { 0 };
	bool same = false;

	if (!path || text_equal(path, subject))
		return path != NULL;
	if (volume_find(manager, NULL, path, &volume, &pool, NULL)) {
		_cleanup_free_ char *name = strf("%s/%s", pool.name, volume.name);

		same = text_equal(name, subject);
	}
	volume_clear(&volume);
	pool_row_clear(&pool);
	return same;
}

static bool add_own_jobs(struct manager *manager, const struct domain *domain, struct gathering *gathering,
			 struct error *err)
{
	struct job *jobs = NULL;
	size_t count = 0;

	if (!job_list(manager, &jobs, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *id = strf("%" PRId64, jobs[i].id);
		bool ours = false;

		if (jobs[i].state != JOB_RUNNING && jobs[i].state != JOB_WAITING)
			continue;
		for (size_t d = 0; d < domain->disk_count && !ours; d++)
			ours = works_on(manager, &domain->disks[d], jobs[i].subject);
		if (!ours)
			continue;
		struct machine_job *job =
			add(gathering, MACHINE_JOB_VIRTTY, id, enum_word(&job_kind_words, (int)jobs[i].kind));

		job->subject = xstrdup(jobs[i].subject);
		job->done = jobs[i].bytes_done;
		job->total = jobs[i].bytes_total;
		job->elapsed_ms = clock_wall_ms() - jobs[i].started_ms;
	}
	jobs_free(jobs, count);
	return true;
}

bool machine_jobs(struct manager *manager, const struct machine *machine, struct machine_job **ret, size_t *ret_count,
		  struct error *err)
{
	bool active = machine_is_active(machine);
	_cleanup_domain_ struct domain *domain = domain_disks(manager, machine, active, err);
	struct gathering gathering = { 0 };
	bool ok = domain && (!active || ask_qemu(manager, machine, &gathering, err)) &&
		  add_own_jobs(manager, domain, &gathering, err);

	if (!ok) {
		machine_jobs_free(gathering.jobs, gathering.count);
		gathering = (struct gathering){ 0 };
	}
	*ret = gathering.jobs;
	*ret_count = gathering.count;
	return ok;
}

bool machine_job_abort(struct manager *manager, const struct machine *machine, const struct machine_job *job,
		       struct error *err)
{
	struct json_object *arguments;
	int64_t id;

	switch (job->kind) {
	case MACHINE_JOB_MIGRATION:
		return domain_qmp(manager, machine, "migrate_cancel", NULL, QUERY_TIMEOUT_MS, NULL, err);
	case MACHINE_JOB_BLOCK:
		arguments = json_object_new_object();
		json_set_string(arguments, "id", job->id);
		return domain_qmp(manager, machine, "job-cancel", arguments, QUERY_TIMEOUT_MS, NULL, err);
	case MACHINE_JOB_VIRTTY:
		break;
	}
	return text_to_int(job->id, &id) && job_abort(manager, id, err);
}
