/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The consoles that are open, whether looked at or not: the tabs. */
#ifndef TUI_CONSOLES_H
#define TUI_CONSOLES_H

#include "tui/console_session.h"
#include "tui/widget_tabs.h"

#define CONSOLES_LIMIT 16

struct console_set {
	struct ui *ui;
	struct console_session *sessions[CONSOLES_LIMIT];
	struct tabs tabs; /* its current one is the one that the console's screen shows */
	char *copied;     /* owned; what was copied last, from any of them; NULL: nothing */
	uint64_t looks;
};

/* Opens a console of a machine (index: which of its consoles; SIZE_MAX: the one that was looked at last, or the first), or turns to it when it is open.
 * Where there are too many already, the one that was not looked at for longest goes. */
void consoles_open(struct ui *ui, const struct machine *machine, size_t index);
/* The current one; NULL when none is open. */
struct console_session *consoles_current(const struct ui *ui);
/* The current one is looked at, the others are not; shown false: none is. */
void consoles_look(struct ui *ui, bool shown);
/* Closes the current one. */
void consoles_close_current(struct ui *ui);
/* Has the machine a console that is open? */
bool consoles_has(const struct ui *ui, int64_t id);
/* For each tick, and when the state has changed: those that have no connection try to get one. */
void consoles_poll(struct ui *ui);
/* Closes all. */
void consoles_free(struct ui *ui);

#endif
