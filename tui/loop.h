/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop: everything that happens comes through here, and only it draws. */
#ifndef TUI_LOOP_H
#define TUI_LOOP_H

#include "base/error.h"

struct ui;

/* Runs until the user quits, the last screen closes, a signal asks for it or the terminal goes away. base, manager, model, jobs, term and the first screen are
 * set in ui. False only when it could not begin. */
bool loop_run(struct ui *ui, struct error *err);

#endif
