/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs: what a failed command said becomes an error again; children are run, heard and reaped by the loop. */
#include "base/paths.h"
#include "base/process.h"
#include "tests/harness/wait.h"
#include "tests/unit/unit.h"
#include "tui/job.h"

#include <event2/event.h>
#include <sys/stat.h>
#include <unistd.h>

static void check_parse(const char *text, const char *message, const char *hint)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	job_parse_error(text, "exit status 1", &err);
	ck_assert_str_eq(error_text(&err), message);
	if (hint == NULL)
		ck_assert_ptr_null(err.hint);
	else
		ck_assert_str_eq(err.hint, hint);
}

START_TEST(parsing)
{
	check_parse("error: cannot start 'x': no\nhint: do\n", "cannot start 'x': no", "do");
	check_parse("warning: w\nerror: no\n", "no", NULL);
	check_parse("error: first\nerror: second\n", "first", NULL);
	check_parse("error: first\n  more of it\n\nwarning: w\nnot of it\nhint: h\n\n", "first\n  more of it", "h");
	check_parse("something else\n\n", "something else", NULL);
	check_parse("warning: it was slow\n", "exit status 1", NULL);
	check_parse("", "exit status 1", NULL);
	check_parse(NULL, "exit status 1", NULL);
	check_parse("error: 100%s of %n\n", "100%s of %n", NULL);
}
END_TEST

START_TEST(warnings)
{
	_cleanup_free_ char *some = job_parse_warnings("warning: one\nerror: no\nwarning: two\n"), *none = job_parse_warnings(NULL);

	ck_assert_str_eq(some, "one\ntwo");
	ck_assert_str_eq(none, "");
}
END_TEST

struct heard {
	struct event_base *base;
	bool ok;
	char *output, *message, *warnings; /* owned */
	int freed;
};

static void done(const struct job_result *result, void *userdata)
{
	struct heard *heard = userdata;

	heard->ok = result->ok;
	heard->output = xstrdup(result->output);
	heard->warnings = xstrdup(result->warnings);
	heard->message = xstrdup(result->ok ? "" : error_text(&result->error));
	event_base_loopbreak(heard->base);
}

static void forget(struct heard *heard)
{
	free(heard->output);
	free(heard->message);
	free(heard->warnings);
}

static void freed(void *userdata)
{
	((struct heard *)userdata)->freed++;
}

/* The program that jobs run is the `virtty` beside this test program: one is put there for the time of the test, unless it is built there. */
static char *stand_in(void)
{
	_cleanup_free_ char *here = realpath("/proc/self/exe", NULL);
	char *slash = strrchr(here, '/');

	*slash = '\0';
	return strf("%s/virtty", here);
}

START_TEST(running)
{
	static const char script[] = "#!/bin/sh\n"
				     "[ \"$1\" = start ] || { echo 'error: no such verb' >&2; echo 'hint: start' >&2; exit 1; }\n"
				     "[ \"$2\" = --domain ] && echo \"has started $3\"; exec 5<&- ; read line && exit 9; exit 0\n";
	const char *const good[] = { "start", "--domain", "-odd name", NULL };
	const char *const bad[] = { "stop", NULL };
	const struct timeval limit = { 20, 0 };
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *path = stand_in();
	struct heard heard = { .base = event_base_new() };

	ck_assert_ok(file_write(path, script, strlen(script), 0755, &err), &err);
	struct job_list *jobs = job_list_new(heard.base, &err);

	ck_assert_ptr_nonnull(jobs);
	ck_assert_ok(job_run(jobs, good, done, freed, &heard, &err), &err);
	event_base_loopexit(heard.base, &limit);
	event_base_dispatch(heard.base);
	ck_assert_ptr_nonnull(heard.output);
	ck_assert_msg(heard.ok, "%s", heard.message);
	ck_assert_str_eq(heard.output, "has started -odd name");
	ck_assert_int_eq(heard.freed, 1);
	forget(&heard);
	ck_assert_ok(job_run(jobs, bad, done, freed, &heard, &err), &err);
	event_base_dispatch(heard.base);
	ck_assert(!heard.ok);
	ck_assert_str_eq(heard.message, "no such verb");
	forget(&heard);
	/* a job that is forgotten is neither waited for nor leaked */
	ck_assert_ok(job_run(jobs, good, done, freed, &heard, &err), &err);
	job_list_free(jobs);
	ck_assert_int_eq(heard.freed, 3);
	event_base_free(heard.base);
	unlink(path);
	libevent_global_shutdown();
}
END_TEST

static bool is_there(void *path)
{
	return path_exists(path);
}

static bool is_gone(void *process)
{
	return !process_alive(process);
}

/* Its input is there before it runs; one that is cancelled takes what it has begun along, and its end is told. */
START_TEST(input_and_cancelling)
{
	static const char script[] = "#!/bin/sh\n"
				     "IFS= read -r line; echo \"$line\"; echo 'warning: slow' >&2\n"
				     "[ \"$1\" = quick ] || { sleep 600 & echo $! >\"$2.new\"; mv \"$2.new\" \"$2\"; wait; }\n";
	_cleanup_free_ char *path = stand_in(), *begun = strf("%s.begun", path), *too_much = xcalloc(8192, 1), *pid = NULL;
	const char *const quick[] = { "quick", NULL }, *const slow[] = { "slow", begun, NULL };
	const struct timeval limit = { 20, 0 };
	_cleanup_error_ struct error err = ERROR_INIT;
	struct heard heard = { .base = event_base_new() };
	uint64_t id = 0;

	ck_assert_ok(file_write(path, script, strlen(script), 0755, &err), &err);
	struct job_list *jobs = job_list_new(heard.base, &err);

	ck_assert_ok(job_run_input(jobs, quick, "a secret\n", &id, done, NULL, &heard, &err), &err);
	event_base_loopexit(heard.base, &limit);
	event_base_dispatch(heard.base);
	ck_assert_msg(heard.ok, "%s", heard.message);
	ck_assert_str_eq(heard.output, "a secret");
	ck_assert_str_eq(heard.warnings, "slow");
	forget(&heard);
	job_cancel(jobs, id); /* it is over: nothing happens */
	unlink(begun);
	ck_assert_ok(job_run_input(jobs, slow, "x\n", &id, done, NULL, &heard, &err), &err);
	ck_assert(wait_for(is_there, begun, 20000));
	pid = file_read_line(begun);
	ck_assert_ptr_nonnull(pid);
	struct process_id child = process_of((pid_t)strtol(pid, NULL, 10));

	ck_assert(process_alive(&child));
	job_cancel(jobs, id);
	event_base_loopexit(heard.base, &limit);
	event_base_dispatch(heard.base);
	ck_assert(!heard.ok);
	ck_assert_msg(strstr(heard.message, "Terminated") != NULL, "%s", heard.message);
	ck_assert(wait_for(is_gone, &child, 20000));
	unlink(begun);
	forget(&heard);
	memset(too_much, 'x', 8191);
	ck_assert(!job_run_input(jobs, quick, too_much, NULL, done, NULL, &heard, &err));
	ck_assert_error(&err, ERROR_INVALID, "too much");
	job_list_free(jobs);
	event_base_free(heard.base);
	unlink(path);
	libevent_global_shutdown();
}
END_TEST

START_TEST(missing_program)
{
	const char *const arguments[] = { "start", NULL };
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *program = paths_program();

	if (access(program, X_OK) == 0)
		return; /* an installed virtty is found instead, and rightly so */
	struct event_base *base = event_base_new();
	struct job_list *jobs = job_list_new(base, &err);

	ck_assert(!job_run(jobs, arguments, done, NULL, NULL, &err));
	ck_assert_error(&err, ERROR_SYSTEM, "cannot run");
	job_list_free(jobs);
	event_base_free(base);
	libevent_global_shutdown();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui job");
	TCase *tests = tcase_create("job");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, parsing);
	tcase_add_test(tests, running);
	tcase_add_test(tests, warnings);
	tcase_add_test(tests, input_and_cancelling);
	tcase_add_test(tests, missing_program);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
