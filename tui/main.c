/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtty-tui: what `virtty` becomes on a terminal. */
#include "config.h"

#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/locale.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/install_json.h"
#include "core/manager.h"
#include "tui/dialog.h"
#include "tui/job.h"
#include "tui/loop.h"
#include "tui/model.h"
#include "tui/network_model.h"
#include "tui/screen.h"
#include "tui/screen_list.h"
#include "tui/screen_wizard.h"
#include "tui/settings.h"
#include "tui/storage_model.h"
#include "tui/terminal.h"

#include <event2/event.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE   2
#define REQUEST_LIMIT ((size_t)64 * 1024)
#define GOODBYE_LIMIT 5 /* seconds */

static int fail(const struct error *err, int status)
{
	fprintf(stderr, _("error: %s\n"), error_text(err));
	if (err->hint != NULL)
		fprintf(stderr, _("hint: %s\n"), err->hint);
	return status;
}

/* What the command line asks for. */
struct options {
	bool wizard; /* begin with it */
	struct install_request request;
	bool autostart;
};

/* The request that `virtty install` hands over by a descriptor, which is closed. */
static bool read_request(const char *number, struct options *options, struct error *err)
{
	uint64_t fd;
	_cleanup_free_ char *text = NULL;
	_cleanup_json_ struct json_object *object = NULL;
	size_t length;

	if (!text_to_uint(number, false, &fd) || fd <= STDERR_FILENO || fd > INT_MAX)
		return error_set(err, ERROR_INVALID, _("--wizard=%s: this is no descriptor"), number);
	_cleanup_free_ char *path = strf("/proc/self/fd/%u", (unsigned)fd);
	bool ok = file_read(path, REQUEST_LIMIT, &text, &length, err);

	close((int)fd);
	if (!ok || (object = json_parse("--wizard", text, length, err)) == NULL ||
	    !install_request_from_json(object, &options->request, err))
		return false;
	options->autostart = json_get_bool(object, "autostart", false);
	return true;
}

/* What was wrong in the configuration file; the rest of it holds. */
static void show_problems(struct ui *ui, char **problems)
{
	if (problems == NULL)
		return;
	_cleanup_free_ char *lines = strv_join(problems, "\n");
	_cleanup_free_ char *text = strf(_("%s\n\nThese lines are left out; the rest of the file holds."), lines);

	ui_push(ui, dialog_message(_("The configuration file"), STYLE_ERROR, text));
}

static bool run(struct ui *ui, struct options *options, struct error *err)
{
	_cleanup_strv_ char **problems = NULL;

	settings_load(manager_paths(ui->manager)->config, &problems);
	/* before the screens: one that begins with an ISO asks at once what it holds */
	ui->jobs = job_list_new(ui->base, err);
	if (ui->jobs == NULL || !terminal_start(&ui->term, err)) {
		job_list_free(TAKE_POINTER(ui->jobs));
		return false;
	}
	ui_push(ui, list_screen(ui));
	if (options->wizard)
		ui_push(ui, wizard_screen(ui, &options->request, options->autostart, true));
	show_problems(ui, problems);
	bool fine = loop_run(ui, err);

	/* a terminal that no longer takes bytes must not keep us from ending */
	signal(SIGALRM, SIG_DFL);
	alarm(GOODBYE_LIMIT);
	terminal_stop(ui->term);
	job_list_free(TAKE_POINTER(ui->jobs));
	return fine;
}

static struct event_base *base_new(struct error *err)
{
	struct event_base *base = event_base_new();

	/* 0: keys, signals, time; 1: guests' output and all else */
	if (base == NULL || event_base_priority_init(base, 2) < 0) {
		error_set(err, ERROR_SYSTEM, _("cannot set up the event loop"));
		return NULL;
	}
	return base;
}

static int tui(struct options *options)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct model model = { 0 };
	struct ui ui = { .model = &model };
	bool fine = false;

	ui.storage = storage_model_new(&ui);
	ui.networks = network_model_new(&ui);
	if (manager_open(&ui.manager, &err) && model_open(&model, ui.manager, &err) && (ui.base = base_new(&err)) != NULL)
		fine = run(&ui, options, &err);
	storage_model_free(ui.storage);
	network_model_free(ui.networks);
	model_close(&model);
	if (ui.base != NULL)
		event_base_free(ui.base);
	if (ui.manager != NULL)
		manager_close(ui.manager);
	libevent_global_shutdown();
	return fine ? 0 : fail(&err, 1);
}

int main(int argc, char **argv)
{
	locale_take();
	bindtextdomain(PACKAGE, LOCALEDIR);
	textdomain(PACKAGE);
	signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		printf(_("Usage: virtty-tui [--wizard[=FD]]\nThe terminal screens of virtty; run by 'virtty' without arguments.\n"
			 "--wizard begins with a new machine; FD holds what is known of it, as JSON ('virtty install --wizard').\n"));
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("virtty-tui %s\n", PACKAGE_VERSION);
		return 0;
	}
	_cleanup_error_ struct error err = ERROR_INIT;

	struct options options = { 0 };
	int status;

	if (argc > 1 && !text_starts(argv[1], "--wizard")) {
		error_set(&err, ERROR_INVALID, _("virtty-tui takes no argument like '%s'"), argv[1]);
		error_hint(&err, _("'virtty help' shows the commands"));
		return fail(&err, EXIT_USAGE);
	}
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		error_set(&err, ERROR_INVALID, _("standard input or output is not a terminal"));
		error_hint(&err, _("the commands work without one: 'virtty list --all', 'virtty help'"));
		return fail(&err, EXIT_USAGE);
	}
	options.wizard = argc > 1;
	if (argc > 1 && text_starts(argv[1], "--wizard=") && !read_request(argv[1] + strlen("--wizard="), &options, &err))
		status = fail(&err, EXIT_USAGE);
	else
		status = tui(&options);
	install_request_clear(&options.request);
	return status;
}
