/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command that has the terminal: its process group, its stops and its end. */
#include "tui/foreground.h"

#include "base/file.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/spawn.h"
#include "base/strbuf.h"
#include "tui/input.h"
#include "tui/screen.h"
#include "tui/terminal.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct foreground {
	struct ui *ui;
	struct event *sigchld;
	pid_t pid; /* 0: it has ended, and its words are still being read */
	bool ok;
	void (*done)(struct ui *ui, bool ok, void *userdata);
	void (*userdata_free)(void *userdata);
	void *userdata;
};

/* Who is not in the foreground may change it only with SIGTTOU out of the way. Without a controlling terminal there is nothing to give. */
static void give_terminal(pid_t group)
{
	sigset_t block, old;

	sigemptyset(&block);
	sigaddset(&block, SIGTTOU);
	sigprocmask(SIG_BLOCK, &block, &old);
	tcsetpgrp(STDIN_FILENO, group);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void foreground_free(struct foreground *foreground)
{
	event_free(foreground->sigchld);
	if (foreground->userdata_free != NULL)
		foreground->userdata_free(foreground->userdata);
	free(foreground);
}

static void finish(struct foreground *foreground)
{
	struct ui *ui = foreground->ui;

	ui->foreground = NULL;
	terminal_resume(ui->term);
	ui->stale = true;
	ui_dirty(ui);
	foreground->done(ui, foreground->ok, foreground->userdata);
	foreground_free(foreground);
}

/* It was stopped: so are we, for the shell to have the terminal; where there is none, nothing stops. */
static void stopped(struct foreground *foreground, int signal_number)
{
	if (signal_number == SIGTSTP || signal_number == SIGSTOP) {
		struct sigaction standard = { .sa_handler = SIG_DFL }, ours;

		give_terminal(getpgrp());
		sigaction(SIGTSTP, &standard, &ours);
		raise(SIGTSTP);
		sigaction(SIGTSTP, &ours, NULL);
	}
	give_terminal(foreground->pid);
	kill(-foreground->pid, SIGCONT);
}

static void child_changed(evutil_socket_t number, short what, void *userdata)
{
	static const char ask[] = N_("\nPress Enter to go back to virtty. ");
	struct foreground *foreground = userdata;
	int status;

	(void)number;
	(void)what;
	if (foreground->pid <= 0 || waitpid(foreground->pid, &status, WNOHANG | WUNTRACED) != foreground->pid)
		return;
	if (WIFSTOPPED(status)) {
		stopped(foreground, WSTOPSIG(status));
		return;
	}
	foreground->pid = 0;
	foreground->ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	give_terminal(getpgrp());
	input_pause(foreground->ui->input, false);
	if (foreground->ok) {
		finish(foreground);
		return;
	}
	terminal_calm(foreground->ui->term); /* an editor that died leaves modes of its own */
	write_all(STDOUT_FILENO, _(ask), strlen(_(ask)));
}

static bool run(const char *const *arguments, pid_t *ret_pid, struct error *err)
{
	_cleanup_free_ char *program = paths_program();
	char *argv[8] = { program };

	for (size_t i = 0; arguments[i] != NULL && i < ARRAY_LENGTH(argv) - 2; i++)
		argv[i + 1] = (char *)(uintptr_t)arguments[i];
	return spawn(argv, (const int[SPAWN_FDS]){ STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, -1 }, SPAWN_GROUP, ret_pid, err);
}

/* What runs, as at a shell's prompt: the terminal still shows what earlier ones said. */
static void show_command(const char *const *arguments)
{
	struct strbuf line = STRBUF_INIT;

	strbuf_puts(&line, "\n$ virtty");
	for (; *arguments != NULL; arguments++) {
		strbuf_putc(&line, ' ');
		strbuf_puts_quoted(&line, *arguments);
	}
	strbuf_putc(&line, '\n');
	write_all(STDOUT_FILENO, line.data, line.length);
	strbuf_clear(&line);
}

bool foreground_run(struct ui *ui, const char *const *arguments, void (*done)(struct ui *ui, bool ok, void *userdata),
		    void (*userdata_free)(void *userdata), void *userdata, struct error *err)
{
	struct foreground *foreground;

	if (ui->foreground != NULL)
		return error_set(err, ERROR_BUSY, _("something else has the terminal"));
	foreground = xcalloc(1, sizeof *foreground);
	foreground->ui = ui;
	foreground->sigchld = evsignal_new(ui->base, SIGCHLD, child_changed, foreground);
	input_pause(ui->input, true);
	terminal_suspend(ui->term);
	show_command(arguments);
	if (event_add(foreground->sigchld, NULL) < 0 || !run(arguments, &foreground->pid, err)) {
		terminal_resume(ui->term);
		input_pause(ui->input, false);
		foreground_free(foreground);
		return error_is_set(err) ? false : error_set(err, ERROR_SYSTEM, _("cannot wait for child processes"));
	}
	foreground->done = done;
	foreground->userdata_free = userdata_free;
	foreground->userdata = userdata;
	ui->foreground = foreground;
	give_terminal(foreground->pid);
	return true;
}

bool foreground_key(struct ui *ui)
{
	if (ui->foreground == NULL)
		return false;
	if (ui->foreground->pid == 0)
		finish(ui->foreground);
	return true;
}

void foreground_end(struct ui *ui)
{
	struct foreground *foreground = TAKE_POINTER(ui->foreground);

	if (foreground == NULL)
		return;
	if (foreground->pid > 0) {
		kill(-foreground->pid, SIGHUP);
		kill(-foreground->pid, SIGCONT);
		give_terminal(getpgrp());
	}
	foreground_free(foreground);
}
