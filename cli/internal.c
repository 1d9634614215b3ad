/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries that people do not type: the keeper's preparations, the shell's completion, the manual page; and the way to
 * the terminal program. */
#include "config.h"

#include "base/paths.h"
#include "base/strv.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/internal.h"
#include "core/prepare.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int internal_main(int argc, char **argv)
{
	const char *what = argc > 0 ? argv[0] : "";

	if (strcmp(what, "prepare") == 0 || strcmp(what, "release") == 0)
		return prepare_serve(argc, argv);
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
