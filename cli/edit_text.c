/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A text in the user's editor and back. */
#include "config.h"

#include "base/file.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define EDIT_LIMIT (64 * 1024 * 1024)

/* The words of $VISUAL, $EDITOR or vi, and the file. Options are split at blanks: no shell is involved. */
static char **editor_argv(const char *path)
{
	const char *editor = getenv("VISUAL");
	char **argv;

	if (text_empty(editor))
		editor = getenv("EDITOR");
	argv = strv_split(text_empty(editor) ? "vi" : editor, " \t");
	if (strv_length(argv) == 0)
		argv = strv_add(argv, "vi");
	return strv_add(argv, path);
}

/* Runs the editor on our terminal; keys such as ^C are its own meanwhile. */
static bool run_editor(char *const *argv, struct error *err)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old_int, old_quit;
	int status = 0;
	pid_t pid;

	fflush(stdout);
	sigaction(SIGINT, &ignore, &old_int);
	sigaction(SIGQUIT, &ignore, &old_quit);
	pid = fork();
	if (pid == 0) {
		sigaction(SIGINT, &old_int, NULL);
		sigaction(SIGQUIT, &old_quit, NULL);
		execvp(argv[0], argv);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGQUIT, &old_quit, NULL);
	if (pid < 0)
		return error_set_errno(err, errno, _("cannot start the editor '%s'"), argv[0]);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
		error_set(err, ERROR_NOT_FOUND, _("the editor '%s' cannot be run"), argv[0]);
		return error_hint(err, _("set VISUAL or EDITOR to an editor that is installed"));
	}
	_cleanup_free_ char *text = process_status_text(status);

	return error_set(err, ERROR_FAILED, _("the editor '%s' ended with %s"), argv[0], text);
}

/* The message as a comment of XML, which "--" would end. */
static char *note_comment(const char *note)
{
	struct strbuf b = STRBUF_INIT;
	_cleanup_free_ char *clean = cli_clean(note);

	strbuf_puts(&b, "<!-- virtty: ");
	for (const char *c = clean; *c; c++) {
		strbuf_putc(&b, *c);
		if (c[0] == '-' && c[1] == '-')
			strbuf_putc(&b, ' ');
	}
	strbuf_puts(&b, " -->\n");
	return strbuf_take(&b);
}

static char *temporary_file(const char *suffix, const char *content, struct error *err)
{
	const char *directory = getenv("TMPDIR");
	_cleanup_free_ char *path = strf("%s/virtty-XXXXXX%s", text_empty(directory) ? "/tmp" : directory, suffix);
	_cleanup_close_ int fd = mkstemps(path, (int)strlen(suffix));

	if (fd < 0) {
		error_set_errno(err, errno, _("cannot make a file to edit in '%s'"),
				text_empty(directory) ? "/tmp" : directory);
		return NULL;
	}
	if (!write_all(fd, content, strlen(content))) {
		error_set_errno(err, errno, _("cannot write '%s'"), path);
		unlink(path);
		return NULL;
	}
	return TAKE_POINTER(path);
}

bool cli_edit(const char *text, const char *suffix, const char *note, char **ret, struct error *err)
{
	_cleanup_free_ char *comment = note ? note_comment(note) : xstrdup("");
	_cleanup_free_ char *content = strf("%s%s", comment, text);
	_cleanup_free_ char *path = temporary_file(suffix, content, err);
	_cleanup_strv_ char **argv = path ? editor_argv(path) : NULL;
	_cleanup_free_ char *edited = NULL;
	bool good;

	if (!path)
		return false;
	good = run_editor(argv, err) && file_read(path, EDIT_LIMIT, &edited, NULL, err);
	unlink(path);
	if (good)
		*ret = xstrdup(comment[0] && text_starts(edited, comment) ? edited + strlen(comment) : edited);
	return good;
}

char cli_ask_again(bool force)
{
	char line[64];

	for (;;) {
		if (!isatty(STDIN_FILENO))
			return 'n';
		/* What was typed ahead was meant for the editor. */
		tcflush(STDIN_FILENO, TCIFLUSH);
		printf("%s ", force ? _("Failed. Try again? [y,n,f,?]:") : _("Failed. Try again? [y,n,?]:"));
		fflush(stdout);
		if (!fgets(line, sizeof line, stdin))
			return 'n';
		if (line[0] == 'y' || line[0] == 'n' || (force && line[0] == 'f'))
			return line[0];
		printf(_("y - yes, start the editor again\nn - no, throw away my changes\n"));
		if (force)
			printf(_("f - force, put mine in place of what others changed meanwhile\n"));
	}
}
