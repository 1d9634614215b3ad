/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading passwords, and hiding those that were typed where everybody can see them. */
#include "config.h"

#include "base/file.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/secret.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define SECRET_LIMIT 4096 /* of a file that holds one line */

static void warn_readable(const char *path)
{
	struct stat st;

	if (strcmp(path, "-") == 0 || stat(path, &st) < 0 || !S_ISREG(st.st_mode) || (st.st_mode & (S_IRGRP | S_IROTH)) == 0)
		return;
	_cleanup_free_ char *text = strf(_("'%s' holds a password, and others may read it: 'chmod 600' makes it yours"), path);

	cli_warnings((char *const[]){ text, NULL });
}

/* A line typed at the terminal, unseen. */
static char *ask(const char *question, struct error *err)
{
	struct termios before, silent;
	char line[SECRET_LIMIT] = "";
	bool hidden = tcgetattr(STDIN_FILENO, &before) == 0;

	if (hidden) {
		silent = before;
		silent.c_lflag &= ~(tcflag_t)ECHO;
		hidden = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
	}
	fprintf(stderr, "%s ", question);
	fflush(stderr);
	bool read = fgets(line, sizeof line, stdin) != NULL;

	if (hidden) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputs("\n", stderr);
	}
	if (read)
		return xstrdup(line);
	error_set(err, ERROR_INVALID, _("no password was typed"));
	return NULL;
}

char *secret_read(const char *path, const char *question, struct error *err)
{
	char *text = NULL;

	if (strcmp(path, "-") == 0 && isatty(STDIN_FILENO))
		text = ask(question, err);
	else if (!file_read(path, SECRET_LIMIT, &text, NULL, err))
		text = NULL;
	if (!text)
		return NULL;
	warn_readable(path);
	text[strcspn(text, "\r\n")] = '\0';
	if (*text != '\0')
		return text;
	free(text);
	error_set(err, ERROR_INVALID, _("the password is empty"));
	return NULL;
}

void secret_hide(const char *argument, const char *key)
{
	size_t length = strlen(key);
	char *at = (char *)(uintptr_t)argument;

	/* part by part, as strv_split_parts() sees them */
	while (*at) {
		bool meant = strncmp(at, key, length) == 0 && at[length] == '=';

		at += meant ? length + 1 : 0;
		while (*at && (*at != ',' || at[1] == ',')) {
			size_t step = *at == ',' ? 2 : 1;

			if (meant)
				memset(at, 'x', step);
			at += step;
		}
		at += *at == ',';
	}
}
