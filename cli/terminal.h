/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user's own terminal in raw mode, given back as it was on every way out. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "base/error.h"

#include <stdbool.h>

/* Puts the terminal on stdin into raw mode (does nothing where stdin is none). From then on a normal exit, a fatal
 * signal and a crash give it back. Signals that ask to end or to stop do not act by themselves any more: they make
 * terminal_signal_fd() readable. */
bool terminal_raw(struct error *err);
/* Gives the terminal back, undoes the modes that a guest's output may have set, and puts the signals back. */
void terminal_restore(void);
/* A descriptor that is readable once a signal came. */
int terminal_signal_fd(void);
/* The signal that came (SIGTERM, SIGHUP, SIGINT, SIGQUIT), or 0. SIGTSTP and SIGCONT are dealt with here: the terminal
 * is lent to the shell meanwhile. */
int terminal_signal(void);

#endif
