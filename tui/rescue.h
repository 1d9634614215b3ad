/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal's last rescue: should virtty-tui die of a fault of its own, the user's shell still gets a sane terminal. */
#ifndef TUI_RESCUE_H
#define TUI_RESCUE_H

#include <termios.h>

/* From now on a fatal signal writes this text (at most 1,000 bytes) to stdout and sets these modes before it kills. Signals that something else handles
 * already (a sanitizer) are left alone. */
void rescue_set(const struct termios *modes, const char *format, ...) __attribute__((format(printf, 2, 3)));
void rescue_clear(void);

#endif
