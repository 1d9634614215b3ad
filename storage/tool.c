/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs one of the host's storage tools, and says what lacks when it cannot. */
#include "storage/tool.h"

#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_MS 120000

/* A line fit for a message; NULL when it says nothing of why. Owned. */
static char *fit(const char *line)
{
	line += strspn(line, " \t");
	if (*line == '\0' || text_starts(line, "WARNING") || text_starts(line, "Run `") ||
	    text_starts(line, "Syncing disks"))
		return NULL;
	char *text = xstrdup(line);

	for (char *at = text; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = '?';
	return text;
}

/* The last line that is neither a warning nor advice, which LVM prints after the reason. Owned. */
static char *reason(const char *errors, int status)
{
	_cleanup_strv_ char **lines = strv_split(errors, "\r\n");

	for (size_t i = strv_length(lines); i > 0; i--) {
		char *line = fit(lines[i - 1]);

		if (line != NULL)
			return line;
	}
	return process_status_text(status);
}

bool tool_run(const char *package, char *const *argv, const char *input, char **ret_output, struct error *err)
{
	_cleanup_free_ char *program = process_find(argv[0]), *output = NULL, *errors = NULL, *named = NULL;
	int status = 0;

	if (program == NULL) {
		error_set(err, ERROR_NOT_FOUND, "%s is not installed", argv[0]);
		return error_hint(err, "it comes in the package %s", package);
	}
	if (!process_run_input(argv, input, LIMIT_MS, &output, &errors, &status, err))
		return false;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		if (ret_output != NULL)
			*ret_output = TAKE_POINTER(output);
		return true;
	}
	_cleanup_free_ char *why = reason(errors, status);

	named = strf("%s:", argv[0]);
	error_set(err, ERROR_FAILED, "%s%s%s", text_starts(why, named) ? "" : named, text_starts(why, named) ? "" : " ",
		  why);
	if (geteuid() != 0)
		error_hint(err, "%s needs root: it changes what all of this host uses", argv[0]);
	return false;
}
