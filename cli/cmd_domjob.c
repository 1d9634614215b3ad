/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty domjobinfo` and `virtty domjobabort`: what works on a machine right now. */
#include "config.h"

#include "base/json.h"
#include "base/text.h"
#include "cli/cli.h"
#include "core/machine_job.h"

#include <inttypes.h>

static void print_size(const char *label, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = (double)bytes;
	size_t unit = 0;

	for (; value >= 1024 && unit + 1 < ARRAY_LENGTH(units); unit++)
		value /= 1024;
	printf("%-17s %-.3f %s\n", label, value, units[unit]);
}

static void print_job(const struct machine_job *job)
{
	printf("%-17s %-12s\n", _("Job type:"), job->total ? _("Bounded") : _("Unbounded"));
	printf("%-17s %-12s\n", _("Operation:"), job->operation);
	if (job->subject) {
		_cleanup_free_ char *subject = cli_clean(job->subject);

		printf("%-17s %-12s\n", _("Works on:"), subject);
	}
	if (job->elapsed_ms >= 0)
		printf("%-17s %-12" PRId64 " ms\n", _("Time elapsed:"), job->elapsed_ms);
	print_size(_("Data processed:"), job->done);
	if (job->total) {
		print_size(_("Data remaining:"), job->total > job->done ? job->total - job->done : 0);
		print_size(_("Data total:"), job->total);
	}
}

static struct json_object *job_json(const struct machine_job *job)
{
	static const char *const kinds[] = { "migration", "block", "virtty" };
	struct json_object *object = json_object_new_object();

	json_set_string(object, "kind", kinds[job->kind]);
	json_set_string(object, "id", job->id);
	json_set_string(object, "operation", job->operation);
	json_set_string(object, "subject", job->subject);
	json_set_int(object, "done", (int64_t)job->done);
	json_set_int(object, "total", (int64_t)job->total);
	if (job->elapsed_ms >= 0)
		json_set_int(object, "elapsed_ms", job->elapsed_ms);
	return object;
}

static bool run_domjobinfo(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	struct machine_job *jobs = NULL;
	struct json_object *array;
	size_t count = 0;

	if (!cli_machine(cli, &machine, err) || !machine_jobs(cli->manager, &machine, &jobs, &count, err))
		return false;
	array = json_object_new_array();
	for (size_t i = 0; i < count; i++) {
		json_object_array_add(array, job_json(&jobs[i]));
		if (!cli->json) {
			if (i > 0)
				putchar('\n');
			print_job(&jobs[i]);
		}
	}
	if (count == 0 && !cli->json)
		printf("%-17s %-12s\n", _("Job type:"), _("None"));
	if (cli->json)
		cli_json(array);
	else
		json_object_put(array);
	machine_jobs_free(jobs, count);
	return true;
}

static bool run_domjobabort(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	struct machine_job *jobs = NULL;
	size_t count = 0;
	bool done;

	if (!cli_machine(cli, &machine, err) || !machine_jobs(cli->manager, &machine, &jobs, &count, err))
		return false;
	done = count > 0 ||
	       error_set(err, ERROR_STATE, _("nothing works on '%s': there is no job to end"), machine.name);
	for (size_t i = 0; done && i < count; i++)
		done = machine_job_abort(cli->manager, &machine, &jobs[i], err);
	machine_jobs_free(jobs, count);
	return done;
}

static const struct option domjobinfo_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_domjobinfo = {
	.name = "domjobinfo",
	.group = GROUP_MONITOR,
	.summary = N_("what works on a machine right now"),
	.description = N_("Prints QEMU's block jobs and its migration, and what virtty itself copies, converts or "
			  "wipes of the machine's images."),
	.options = domjobinfo_options,
	.run = run_domjobinfo,
};

static const struct option domjobabort_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_END,
};

const struct command command_domjobabort = {
	.name = "domjobabort",
	.group = GROUP_DOMAIN,
	.summary = N_("end what works on a machine"),
	.description = N_("Ends what domjobinfo shows; what it had made of its own is taken away."),
	.options = domjobabort_options,
	.run = run_domjobabort,
};
