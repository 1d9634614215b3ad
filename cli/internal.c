/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries that people do not type: the keeper's preparations, the shell's completion, the manual page; and the way to
 * the terminal program. */
#include "config.h"

#include "base/paths.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/internal.h"
#include "core/job.h"
#include "core/network.h"
#include "core/prepare.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define TMUX_LIMIT_MS 2000

/* May it hand on what only the terminal understands, to which one, and where in that is our pane? */
static const char tmux_format[] =
	"#{allow-passthrough} #{client_termname} #{client_termfeatures} #{pane_top} #{pane_left} #{status} #{status-position}";

/* What tmux says of the terminal that it shows us in, for the terminal program, which waits for nobody. */
static int ask_tmux(void)
{
	char *argv[] = { (char *)"tmux", (char *)"display-message", (char *)"-p", (char *)(uintptr_t)tmux_format, NULL };
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *line = NULL;

	if (!process_run_ok(argv, TMUX_LIMIT_MS, &line, &err))
		return 1;
	fputs(line, stdout);
	return 0;
}

/* The process of a job: what it does and how it went is in its row, and nobody reads what it prints. */
static int run_job(const char *id)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct manager *manager = NULL;
	int64_t number = 0;
	bool ok = text_to_int(id, &number) && manager_open(&manager, &err) && job_work(manager, number, &err);

	manager_close(manager);
	return ok ? 0 : 1;
}

/* What a network's keeper runs when somebody has cleared the host's packet filter. */
static int run_mend(const char *network)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct manager *manager = NULL;
	bool ok = manager_open(&manager, &err) && network_restore_rules(manager, network, &err);

	if (!ok)
		fprintf(stderr, "%s\n", error_text(&err));
	manager_close(manager);
	return ok ? 0 : 1;
}

int internal_main(int argc, char **argv)
{
	const char *what = argc > 0 ? argv[0] : "";

	if (strcmp(what, "prepare") == 0 || strcmp(what, "release") == 0 || strcmp(what, "catch-up") == 0)
		return prepare_serve(argc, argv);
	if (strcmp(what, "tmux") == 0)
		return ask_tmux();
	if (strcmp(what, "job") == 0)
		return run_job(argc > 1 ? argv[1] : "");
	if (strcmp(what, "mend") == 0)
		return run_mend(argc > 1 ? argv[1] : "");
	if (strcmp(what, "complete") == 0) {
		bool dashes = argc > 1 && strcmp(argv[1], "--") == 0;

		complete_words(argc - 1 - dashes, argv + 1 + dashes);
		return 0;
	}
	if (strcmp(what, "man") == 0) {
		manual_page(stdout);
		return 0;
	}
	fprintf(stderr,
		_("error: 'virtty internal' is for virtty's own parts\nhint: 'virtty help' lists the commands\n"));
	return 2;
}

bool internal_run_tui(char *const *words, struct error *err)
{
	_cleanup_free_ char *path = paths_helper("virtty-tui");
	_cleanup_strv_ char **argv = strv_add(NULL, path);

	for (size_t i = 0; words && words[i]; i++)
		argv = strv_add(argv, words[i]);
	fflush(stdout);
	execv(path, argv);
	error_set_errno(err, errno, _("cannot run '%s'"), path);
	return error_hint(err, _("'virtty help' lists the commands that need no terminal program"));
}
