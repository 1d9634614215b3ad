/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handlers of fatal signals. What they need lies ready in static storage: a handler can be given nothing else. */
#include "tui/rescue.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
static char farewell[1001];
static volatile sig_atomic_t farewell_length;
static struct termios found_modes;

static void last_words(int number)
{
	ssize_t ignored = write(STDOUT_FILENO, farewell, (size_t)farewell_length);

	(void)ignored;
	tcsetattr(STDIN_FILENO, TCSANOW, &found_modes);
	raise(number); /* SA_RESETHAND: the default action now */
}

void rescue_set(const struct termios *modes, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	int length = vsnprintf(farewell, sizeof farewell, format, ap);
	va_end(ap);
	found_modes = *modes;
	farewell_length = length < 0 ? 0 : length < (int)sizeof farewell ? length : (int)sizeof farewell - 1;
	for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
		struct sigaction old;
		struct sigaction new = { .sa_handler = last_words, .sa_flags = (int)SA_RESETHAND };

		sigemptyset(&new.sa_mask);
		if (sigaction(fatal[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			sigaction(fatal[i], &new, NULL);
	}
}

void rescue_clear(void)
{
	for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
		struct sigaction old;

		if (sigaction(fatal[i], NULL, &old) == 0 && old.sa_handler == last_words)
			signal(fatal[i], SIG_DFL);
	}
	farewell_length = 0;
}
