/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries that people do not type: the keeper's preparations, the shell's completion, the manual page; and the way to
 * the terminal program. */
#include "config.h"

#include "base/paths.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/internal.h"
#include "core/job.h"
#include "core/prepare.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The process of a job: what it does and how it went is in its row, and nobody reads what it prints. */
static int run_job(const char *id)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct manager *manager = NULL;
	int64_t number = 0;
	bool ok = text_to_int(id, &number) && manager_open(&manager, &err) && job_run(manager, number, &err);

	manager_close(manager);
	return ok ? 0 : 1;
}

int internal_main(int argc, char **argv)
{
	const char *what = argc > 0 ? argv[0] : "";

	if (strcmp(what, "prepare") == 0 || strcmp(what, "release") == 0)
		return prepare_serve(argc, argv);
	if (strcmp(what, "job") == 0)
		return run_job(argc > 1 ? argv[1] : "");
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
