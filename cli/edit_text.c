/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A text in the user's editor, again and again until it is good or given up. */
#include "config.h"

#include "base/file.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/edit_text.h"

#include <errno.h>
#include <poll.h>
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

static void mask_interrupt(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(how, &set, NULL);
}

/* Runs the editor on our terminal; keys such as ^C are its own meanwhile. From its end on ^C is held back: where the user is asked, it is an answer,
 * and before that it must not end us with a text that nobody has named. */
static bool run_editor(char *const *argv, struct error *err)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old_int, old_quit;
	int status = 0;
	pid_t pid;

	fflush(stdout);
	sigaction(SIGINT, &ignore, &old_int);
	sigaction(SIGQUIT, &ignore, &old_quit);
	mask_interrupt(SIG_UNBLOCK);
	pid = fork();
	if (pid == 0) {
		/* a handler of ours is not inherited by what is executed */
		sigaction(SIGINT, &old_int, NULL);
		sigaction(SIGQUIT, &old_quit, NULL);
		execvp(argv[0], argv);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	mask_interrupt(SIG_BLOCK);
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

/* One text on its way. */
struct session {
	struct cli *cli;
	const struct edit *edit;
	char *path;    /* owned: the file that the editor has */
	char *comment; /* owned: what stands on top of it and is not the user's */
	char *text;    /* owned: as saved last, without the comment */
	bool kept;     /* the file stays */
};

/* The file for the editor: the text, with the reason of a refusal on top. */
static bool put_file(struct session *session, const char *reason, struct error *err)
{
	free(session->comment);
	session->comment = reason && session->edit->xml ? note_comment(reason) : xstrdup("");
	_cleanup_free_ char *content = strf("%s%s", session->comment, session->text);

	return file_write(session->path, content, strlen(content), 0600, err);
}

static bool get_file(struct session *session, struct error *err)
{
	_cleanup_free_ char *content = NULL;
	bool commented;

	if (!file_read(session->path, EDIT_LIMIT, &content, NULL, err))
		return false;
	commented = session->comment[0] && text_starts(content, session->comment);
	free(session->text);
	session->text = xstrdup(commented ? content + strlen(session->comment) : content);
	return true;
}

/* The text stays behind in its file, without what was put on top of it. */
static void keep(struct session *session, bool refused, struct error *err)
{
	session->kept = true;
	put_file(session, NULL, NULL);
	if (session->edit->later && refused)
		error_hint(err, _("what you wrote is kept in %s; once it is mended there, '%s %s' takes it"), session->path, session->edit->later,
			   session->path);
	else if (session->edit->later)
		error_hint(err, _("what you wrote is kept in %s; '%s %s' takes it"), session->path, session->edit->later, session->path);
	else
		error_hint(err, _("what you wrote is kept in %s"), session->path);
}

static void on_interrupt(int number)
{
	(void)number;
}

/* A line of what is typed; false at its end, and at ^C, also one that came before we asked. */
static bool read_answer(char *line, int size)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	sigset_t open;

	sigprocmask(SIG_SETMASK, NULL, &open);
	sigdelset(&open, SIGINT);
	/* the terminal gives whole lines: what is there can be read without waiting */
	bool read = ppoll(&input, 1, NULL, &open) > 0 && fgets(line, size, stdin) != NULL;

	clearerr(stdin);
	if (!read)
		putchar('\n');
	return read;
}

/* 'y', 'n' or, where that is an answer, 'f'. */
static char ask_again(bool force)
{
	char line[64];

	printf(_("y edits it again; n gives up, and keeps what you wrote in a file.\n"));
	for (;;) {
		/* What was typed ahead was meant for the editor. */
		tcflush(STDIN_FILENO, TCIFLUSH);
		printf("%s ", force ? _("Failed. Try again? [y,n,f,?]:") : _("Failed. Try again? [y,n,?]:"));
		fflush(stdout);
		if (!read_answer(line, sizeof line))
			return 'n';
		if (line[0] == 'y' || line[0] == 'n' || (force && line[0] == 'f'))
			return line[0];
		printf(_("y - yes, edit it again\nn - no, give up: what you wrote is kept in a file\n"));
		if (force)
			printf(_("f - force, put mine in place of what others changed meanwhile\n"));
	}
}

/* Stores the text; while it is refused and the user wants to force it, again. *ret_answer: 'y' edit it again, 'n' give up. */
static bool store(struct session *session, char *ret_answer, struct error *err)
{
	const struct edit *edit = session->edit;
	bool force = false, moved;

	*ret_answer = 'n';
	do {
		moved = false;
		error_clear(err);
		if (edit->store(session->cli, session->text, force, &moved, edit->userdata, err))
			return true;
		if (!isatty(STDIN_FILENO))
			return false;
		cli_print_error(err);
		*ret_answer = ask_again(moved);
		force = *ret_answer == 'f';
	} while (force);
	return false;
}

/* The editor failed. True: what it saved is to be edited again. */
static bool go_on_after_failure(struct session *session, struct error *err)
{
	const struct edit *edit = session->edit;

	/* nothing of the user's is in the file */
	if (!get_file(session, NULL) || strcmp(session->text, edit->begin ? edit->begin : edit->stored) == 0)
		return false;
	if (isatty(STDIN_FILENO)) {
		cli_print_error(err);
		if (ask_again(false) == 'y')
			return true;
	}
	keep(session, false, err);
	return false;
}

/* The editor is done. True: its text is to be edited again; else *ret_end says what became of it. */
static bool go_on_after_edit(struct session *session, enum edit_end *ret_end, struct error *err)
{
	const struct edit *edit = session->edit;
	_cleanup_free_ char *reason = NULL;
	char answer;

	*ret_end = EDIT_FAILED;
	if (!get_file(session, err)) {
		session->kept = true;
		return error_hint(err, _("it is kept in %s"), session->path);
	}
	if (strcmp(session->text, edit->stored) == 0) {
		*ret_end = EDIT_UNCHANGED;
		return false;
	}
	if (store(session, &answer, err)) {
		*ret_end = EDIT_STORED;
		return false;
	}
	reason = xstrdup(error_text(err));
	if (answer == 'y' && put_file(session, reason, err))
		return true;
	/* on a terminal the reason has been read */
	if (answer == 'n' && isatty(STDIN_FILENO))
		error_set(err, ERROR_FAILED, _("%s was not changed"), edit->what);
	keep(session, true, err);
	return false;
}

static enum edit_end edit_until_good(struct session *session, struct error *err)
{
	_cleanup_strv_ char **argv = editor_argv(session->path);
	enum edit_end end = EDIT_FAILED;

	for (;;) {
		bool again = run_editor(argv, err) ? go_on_after_edit(session, &end, err) : go_on_after_failure(session, err);

		if (!again)
			return end;
		error_clear(err);
	}
}

enum edit_end cli_edit(struct cli *cli, const struct edit *edit, struct error *err)
{
	const char *begin = edit->begin ? edit->begin : edit->stored;
	struct session session = { .cli = cli, .edit = edit, .comment = xstrdup(""), .text = xstrdup(begin) };
	enum edit_end end = EDIT_FAILED;

	/* no SA_RESTART: a wait for an answer ends */
	struct sigaction interrupt = { .sa_handler = on_interrupt }, before;

	sigaction(SIGINT, &interrupt, &before);
	session.path = temporary_file(edit->suffix, begin, err);
	if (session.path)
		end = edit_until_good(&session, err);
	mask_interrupt(SIG_UNBLOCK);
	sigaction(SIGINT, &before, NULL);
	if (session.path && !session.kept)
		unlink(session.path);
	free(session.path);
	free(session.comment);
	free(session.text);
	return end;
}
