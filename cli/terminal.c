/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user's own terminal in raw mode, given back as it was on every way out: leaving, errors, signals, crashes. */
#include "config.h"

#include "base/file.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Signal handlers need their state here: there is one terminal in a process. */
static struct {
	struct termios saved;
	volatile sig_atomic_t raw;     /* saved is to be put back */
	volatile sig_atomic_t pending; /* the signal that asks to end */
	volatile sig_atomic_t stop;    /* SIGTSTP came */
	int pipe[2];		       /* handlers write, the loop polls */
	bool installed;
} terminal = { .pipe = { -1, -1 } };

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
static const int crash_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

/* What a guest may have left on: alternate screen, attributes, character sets, hidden cursor, mouse reports, bracketed
 * paste. */
static const char reset_text[] =
	"\033[!p\033[?47l\033[m\017\033[?25h\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?2004l";

/* Only what a signal handler may call. */
static void give_back(void)
{
	if (!terminal.raw)
		return;
	terminal.raw = 0;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal.saved);
}

static void on_ending(int number)
{
	int saved_errno = errno;

	if (number == SIGTSTP)
		terminal.stop = 1;
	else
		terminal.pending = number;
	if (write(terminal.pipe[1], "", 1) < 0) {
		/* Full: the loop has been told already. */
	}
	errno = saved_errno;
}

static void on_crash(int number)
{
	if (terminal.raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &terminal.saved);
	/* The handler was for once (SA_RESETHAND): now the signal does what it does. */
	raise(number);
}

static bool make_pipe(struct error *err)
{
	if (terminal.pipe[0] >= 0)
		return true;
	if (pipe2(terminal.pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		return error_set_errno(err, errno, _("cannot make a pipe"));
	return true;
}

static void install_handlers(void)
{
	/* No SA_RESTART: a write that blocks on a stopped terminal must end. */
	struct sigaction ending = { .sa_handler = on_ending };
	struct sigaction crash = { .sa_handler = on_crash, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER) };
	struct sigaction old;

	for (size_t i = 0; i < ARRAY_LENGTH(ending_signals); i++) {
		/* nohup and background jobs of old shells: ignored stays ignored. */
		if (sigaction(ending_signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(ending_signals[i], &ending, NULL);
	}
	sigaction(SIGTSTP, &ending, NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(crash_signals); i++) {
		if (sigaction(crash_signals[i], NULL, &old) == 0 && !(old.sa_flags & SA_SIGINFO) &&
		    old.sa_handler == SIG_DFL)
			sigaction(crash_signals[i], &crash, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
	terminal.installed = true;
}

static bool enter_raw(struct error *err)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &terminal.saved) < 0)
		return error_set_errno(err, errno, _("cannot read the terminal's settings"));
	raw = terminal.saved;
	cfmakeraw(&raw);
	terminal.raw = 1;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) < 0) {
		terminal.raw = 0;
		return error_set_errno(err, errno, _("cannot set the terminal"));
	}
	return true;
}

bool terminal_raw(struct error *err)
{
	static bool at_exit;

	if (!make_pipe(err))
		return false;
	install_handlers();
	if (!isatty(STDIN_FILENO))
		return true;
	if (!at_exit)
		atexit(give_back);
	at_exit = true;
	return enter_raw(err);
}

void terminal_restore(void)
{
	if (terminal.raw && isatty(STDOUT_FILENO))
		write_all(STDOUT_FILENO, reset_text, sizeof reset_text - 1);
	give_back();
	if (!terminal.installed)
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(ending_signals); i++)
		signal(ending_signals[i], SIG_DFL);
	for (size_t i = 0; i < ARRAY_LENGTH(crash_signals); i++) {
		struct sigaction old;

		if (sigaction(crash_signals[i], NULL, &old) == 0 && !(old.sa_flags & SA_SIGINFO) &&
		    old.sa_handler == on_crash)
			signal(crash_signals[i], SIG_DFL);
	}
	signal(SIGTSTP, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	terminal.installed = false;
}

int terminal_signal_fd(void)
{
	return terminal.pipe[0];
}

/* Stops as the shell expects it, and takes the terminal again afterwards. */
static void stop_for_now(void)
{
	bool was_raw = terminal.raw;

	give_back();
	raise(SIGSTOP);
	if (was_raw)
		enter_raw(NULL);
}

int terminal_signal(void)
{
	char drain[64];

	while (terminal.pipe[0] >= 0 && read(terminal.pipe[0], drain, sizeof drain) > 0)
		;
	if (terminal.stop) {
		terminal.stop = 0;
		stop_for_now();
	}
	return terminal.pending;
}
