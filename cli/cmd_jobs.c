/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty jobs`: what takes long, how far it is, and its end. */
#include "config.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/output_table.h"
#include "cli/storage.h"
#include "core/image_work.h"

#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ENDED_SHOWN 20	/* of those that have ended, without --all */
#define RULE_COLUMNS 100 /* of a table that goes into a file, whatever the reasons in it */

static struct json_object *job_json(const struct job *job, int64_t now_ms)
{
	struct json_object *object = json_object_new_object();
	uint64_t rate = job_rate(job, now_ms);
	int64_t left_s = job_left_s(job, now_ms);

	json_set_int(object, "id", job->id);
	json_set_string(object, "kind", enum_word(&job_kind_words, (int)job->kind));
	json_set_string(object, "state", enum_word(&job_state_words, (int)job->state));
	json_set_string(object, "subject", job->subject);
	json_set_int(object, "done", (int64_t)job->bytes_done);
	json_set_int(object, "total", (int64_t)job->bytes_total);
	json_set_int(object, "started", job->started_ms);
	json_set_int(object, "ended", job->ended_ms);
	json_set(object, "rate", rate == 0 ? NULL : json_object_new_int64((int64_t)rate));
	json_set(object, "left_s", left_s < 0 ? NULL : json_object_new_int64(left_s));
	json_set_string(object, "reason", job->reason);
	if (job->result != NULL)
		json_set(object, "result", json_parse("result", job->result, strlen(job->result), NULL));
	return object;
}

/* What a check or a comparison came to; NULL: it is another job. Owned. */
static char *outcome(const struct job *job)
{
	struct image_compare_result compared;
	struct image_check_result checked;

	if (job->result == NULL)
		return NULL;
	if (job->kind == JOB_CHECK && image_check_read(job->result, &checked, NULL))
		return image_check_text(&checked);
	if (job->kind == JOB_COMPARE && image_compare_read(job->result, &compared, NULL))
		return xstrdup(compared.identical ? _("identical") : _("different"));
	return NULL;
}

/* "1.5 GiB of 10 GiB", or why there is no more to come. Owned. */
static char *how_far(const struct job *job)
{
	_cleanup_free_ char *done = size_format(job->bytes_done), *total = size_format(job->bytes_total);
	char *result = outcome(job);

	if (result != NULL)
		return result;
	if (job->state == JOB_FAILED && job->reason != NULL)
		return xstrdup(job->reason);
	if (job->state == JOB_DONE || job->bytes_total == 0)
		return xstrdup(done);
	return strf(_("%s of %s"), done, total);
}

static void add_row(struct output_table *table, const struct job *job, int64_t now_ms)
{
	int64_t until = job->ended_ms != 0 ? job->ended_ms : now_ms, left_s = job_left_s(job, now_ms);
	uint64_t bytes = job->state == JOB_RUNNING ? job_rate(job, now_ms) : 0;
	_cleanup_free_ char *id = strf("%" PRId64, job->id), *time = clock_duration(until - job->started_ms),
			    *far = how_far(job), *size = size_format(bytes),
			    *rate = bytes > 0 ? strf(_("%s/s"), size) : NULL,
			    *left = left_s >= 0 ? clock_duration(left_s * 1000) : NULL;

	output_table_row(table, id, enum_word(&job_kind_words, (int)job->kind), job->subject,
			 enum_word(&job_state_words, (int)job->state), time, rate, left, far);
}

/* A reason is cut at the end of a terminal's line, and whole in a file. */
static void fit(struct output_table *table)
{
	struct winsize size;

	table->cut = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
	table->line = table->cut ? size.ws_col : RULE_COLUMNS;
}

/* How many are shown: those that run, which come first, and the last few of the others. */
static size_t shown(const struct cli *cli, const struct job *jobs, size_t count)
{
	size_t running = 0;

	while (running < count && jobs[running].ended_ms == 0)
		running++;
	return cli_flag(cli, "all") || count - running <= ENDED_SHOWN ? count : running + ENDED_SHOWN;
}

static bool print_jobs(struct cli *cli, struct error *err)
{
	_cleanup_table_ struct output_table table = { 0 };
	struct json_object *array = json_object_new_array();
	int64_t now_ms = clock_wall_ms();
	struct job *jobs = NULL;
	size_t count = 0;

	if (!job_list(cli->manager, &jobs, &count, err)) {
		json_object_put(array);
		return false;
	}
	size_t some = shown(cli, jobs, count);

	output_table_init(&table, _("Id"), _("Work"), _("On"), _("State"), _("Time"), _("Rate"), _("Left"), _("Done"), NULL);
	fit(&table);
	for (size_t i = 0; i < some; i++) {
		json_object_array_add(array, job_json(&jobs[i], now_ms));
		add_row(&table, &jobs[i], now_ms);
	}
	if (cli->json) {
		cli_json(array);
	} else {
		json_object_put(array);
		output_table_print(&table, stdout, cli->quiet);
		if (some < count)
			cli_note(cli, _("%zu more ended in the last day: --all lists them\n"), count - some);
	}
	jobs_free(jobs, count);
	return true;
}

static bool run_jobs(struct cli *cli, struct error *err)
{
	int64_t cancel = argument_int(&cli->arguments, "cancel", 0), wait = argument_int(&cli->arguments, "wait", 0);

	int64_t forget = argument_int(&cli->arguments, "forget", 0);

	if (!cli_exclusive(cli, err, "cancel", "wait", "forget", "forget-ended", "all", NULL) || !cli_manager(cli, err) ||
	    !job_reap(cli->manager, err))
		return false;
	if (forget != 0 || cli_flag(cli, "forget-ended"))
		return job_forget(cli->manager, forget, err);
	if (cancel != 0) {
		if (!job_abort(cli->manager, cancel, err))
			return false;
		cli_note(cli, _("Job %" PRId64 " cancelled\n"), cancel);
		return true;
	}
	return wait != 0 ? cli_job(cli, wait, err) : print_jobs(cli, err);
}

static const struct option jobs_options[] = {
	OPTION_SIMPLE("all", N_("all that ended in the last day, not the last 20 alone")),
	{ "cancel", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("ID"),
	  N_("end this one; what it made is taken away") },
	{ "wait", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("ID"), N_("wait for this one, and end as it ends") },
	{ "forget", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("ID"), N_("list this one no longer; it has ended") },
	OPTION_SIMPLE("forget-ended", N_("list none any more that has ended")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_jobs = {
	.name = "jobs",
	.group = GROUP_VOLUME,
	.summary = N_("what is being copied, converted or made"),
	.description = N_("Prints the jobs that run, and the last 20 of those that ended in the last day. A job goes on when the "
			  "command that began it is ended by a "
			  "closed terminal; --wait waits for it, --cancel ends it, --forget takes one that has ended "
			  "from the list."),
	.options = jobs_options,
	.run = run_jobs,
};
