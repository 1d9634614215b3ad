/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking up what commands about storage name, and waiting for their jobs. */
#include "config.h"

#include "cli/storage.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/xml.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BAR_COLUMNS 30
#define LINE_MS	    2000 /* between two lines where there is no terminal */

bool cli_pool(struct cli *cli, struct pool_row *ret, struct error *err)
{
	return cli_manager(cli, err) && pool_find(cli->manager, cli_string(cli, "pool"), ret, err);
}

bool cli_volume_in(struct cli *cli, const char *key, const char *pool, struct volume *ret, struct pool_row *ret_pool,
		   struct error *err)
{
	struct pool_row row = { 0 };

	*ret_pool = row;
	if (!cli_manager(cli, err) || (pool != NULL && !pool_find(cli->manager, pool, &row, err)))
		return false;
	bool found = volume_find(cli->manager, pool != NULL ? &row : NULL, key, ret, ret_pool, err);

	pool_row_clear(&row);
	return found;
}

bool cli_volume(struct cli *cli, struct volume *ret, struct pool_row *ret_pool, struct error *err)
{
	if (!cli_volume_in(cli, cli_string(cli, "vol"), cli_string(cli, "pool"), ret, ret_pool, err))
		return false;
	if (pool_check_active(ret_pool, err))
		return true;
	volume_clear(ret);
	pool_row_clear(ret_pool);
	return false;
}

bool cli_document(const char *path, char **ret_text, char **ret_source, struct error *err)
{
	if (!file_read(path, XML_SIZE_LIMIT + 1, ret_text, NULL, err))
		return false;
	*ret_source = xstrdup(strcmp(path, "-") == 0 ? "stdin" : path);
	return true;
}

/* "options:5: <format>: " is a place in a document that nobody wrote: what it was made of. NULL: not from one option. */
static const char *option_of(const char *element, size_t length)
{
	static const struct {
		const char *element, *option;
	} places[] = { { "name", "name" }, { "format", "format" }, { "capacity", "capacity" }, { "allocation", "allocation" },
		       { "path", "target" } };

	for (size_t i = 0; i < ARRAY_LENGTH(places); i++)
		if (strlen(places[i].element) == length && strncmp(places[i].element, element, length) == 0)
			return places[i].option;
	return NULL;
}

bool cli_options_error(struct error *err)
{
	char *at = err->message != NULL ? strstr(err->message, CLI_OPTIONS ":") : NULL;
	const char *rest = at != NULL ? at + strlen(CLI_OPTIONS ":") : NULL;
	size_t digits = rest != NULL ? strspn(rest, "0123456789") : 0;

	if (at == err->message && at != NULL && rest[0] == ' ')
		memmove(at, rest + 1, strlen(rest + 1) + 1);
	if (digits == 0 || !text_starts(rest + digits, ": <") || strstr(rest, ">: ") == NULL)
		return false;
	rest += digits + strlen(": <");
	size_t length = strcspn(rest, ">");
	const char *option = option_of(rest, length);
	char *message = strf("%.*s%s%s%s%s", (int)(at - err->message), err->message, option != NULL ? "--" : "",
			     option != NULL ? option : "", option != NULL ? ": " : "", rest + length + strlen(">: "));

	free(err->message);
	err->message = message;
	return false;
}

char *cli_size(uint64_t bytes, bool plain)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = (double)bytes;
	size_t unit = 0;

	if (plain)
		return strf("%" PRIu64, bytes);
	for (; value >= 1024 && unit + 1 < ARRAY_LENGTH(units); unit++)
		value /= 1024;
	return strf("%.2f %s", value, units[unit]);
}

bool cli_option_size(struct cli *cli, const char *name, uint64_t *ret, struct error *err)
{
	const char *text = cli_string(cli, name);

	*ret = 0;
	if (text == NULL || size_parse(text, "b", ret, err))
		return true;
	cli->usage = true;
	return error_wrap(err, "--%s", name);
}

/* ---- jobs ---- */

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

/* Time left at the rate so far; NULL while that is a guess. Owned. */
static char *time_left(const struct job *job)
{
	int64_t left_s = job->bytes_total > job->bytes_done ? job_left_s(job, clock_wall_ms()) : -1;

	return left_s < 0 ? NULL : clock_duration(left_s * 1000);
}

static void print_bar(const struct job *job)
{
	unsigned filled = job->bytes_total != 0
				  ? (unsigned)((double)job->bytes_done / (double)job->bytes_total * BAR_COLUMNS)
				  : 0;
	_cleanup_free_ char *done = size_format(job->bytes_done), *left = time_left(job);
	char bar[BAR_COLUMNS + 1];

	/* a check says nothing of how far it is */
	if (job->bytes_total == 0 && job->bytes_done == 0) {
		_cleanup_free_ char *subject = cli_clean(job->subject);

		fprintf(stderr, "\r%s: %s...\033[K", enum_word(&job_kind_words, (int)job->kind), subject);
		return;
	}
	memset(bar, ' ', BAR_COLUMNS);
	memset(bar, '=', filled > BAR_COLUMNS ? BAR_COLUMNS : filled);
	bar[BAR_COLUMNS] = '\0';
	fprintf(stderr, "\r%s [%s] %3u %%  %s%s%s\033[K", enum_word(&job_kind_words, (int)job->kind), bar,
		job->bytes_total != 0 ? (unsigned)((double)job->bytes_done / (double)job->bytes_total * 100) : 0, done,
		left != NULL ? ", " : "", left != NULL ? left : "");
}

struct job_watch job_watch_begin(const struct cli *cli)
{
	return (struct job_watch){ .terminal = !cli->quiet && isatty(STDERR_FILENO) };
}

void job_watch_end(const struct job_watch *watch)
{
	if (watch->shown)
		fprintf(stderr, "\r\033[K");
}

void job_watch_show(struct job_watch *watch, const struct job *job)
{
	int64_t now = clock_monotonic_ms();

	if (job->state != JOB_RUNNING || job->changed_ms == watch->changed_ms)
		return;
	watch->changed_ms = job->changed_ms;
	if (watch->terminal) {
		print_bar(job);
		watch->shown = true;
	} else if (now - watch->line_ms >= LINE_MS) {
		_cleanup_free_ char *done = size_format(job->bytes_done), *total = size_format(job->bytes_total);

		/* the first one is not worth a line: most jobs are done by then */
		if (watch->line_ms != 0 && job->bytes_total != 0)
			fprintf(stderr, _("%s: %s of %s\n"), job->subject, done, total);
		watch->line_ms = now;
	}
}

static bool on_progress(const struct job *job, void *userdata)
{
	/* nobody watches a quiet one, which can be interrupted all the same */
	if (!interrupted && userdata != NULL)
		job_watch_show(userdata, job);
	return !interrupted;
}

bool cli_job(struct cli *cli, int64_t id, struct error *err)
{
	struct job_watch watch = job_watch_begin(cli);
	struct sigaction action = { .sa_handler = on_interrupt }, before;

	if (id == 0)
		return true;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, &before);
	bool done = job_wait(cli->manager, id, on_progress, cli->quiet ? NULL : &watch, err);

	sigaction(SIGINT, &before, NULL);
	job_watch_end(&watch);
	return done;
}
