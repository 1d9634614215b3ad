/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tabs: serial consoles and screens of machines that are open, whether looked at or not. */
#ifndef TUI_CONSOLES_H
#define TUI_CONSOLES_H

#include "tui/console_session.h"
#include "tui/view_session.h"
#include "tui/widget_tabs.h"

#define CONSOLES_LIMIT 16

enum tab_kind { TAB_CONSOLE, TAB_VIEW };

struct console_tab {
	enum tab_kind kind;
	struct console_session *console; /* owned; NULL: it is another kind */
	struct view_session *view;	 /* the same */
	uint64_t seen_at;		 /* the higher, the later it was looked at */
};

struct console_set {
	struct ui *ui;
	struct console_tab open[CONSOLES_LIMIT];
	struct tabs tabs; /* its current one is the one that is shown */
	char *copied;	  /* owned; what was copied last, from any of them; NULL: nothing */
	uint64_t looks;
};

/* Opens a console of a machine (index: which of its consoles; SIZE_MAX: the one that was looked at last, or the first),
 * or turns to it when it is open. Where there are too many already, the one that was not looked at for longest goes. */
void consoles_open(struct ui *ui, const struct machine *machine, size_t index);
/* The same for its graphical screen. */
void consoles_open_view(struct ui *ui, const struct machine *machine);
/* The current one; NULL when none is open, or it is of the other kind. */
struct console_session *consoles_current(const struct ui *ui);
struct view_session *consoles_current_view(const struct ui *ui);
/* The machine of the current one, 0: none is open. */
int64_t consoles_machine(const struct ui *ui);
/* The current one is looked at, the others are not; shown false: none is. */
void consoles_look(struct ui *ui, bool shown);
/* Has the machine a tab that is open? */
bool consoles_has(const struct ui *ui, int64_t id);
/* Closes the current one. */
void consoles_close_current(struct ui *ui);
/* For each tick, and when the state has changed: those that have no connection try to get one. */
void consoles_poll(struct ui *ui);
/* Closes all. */
void consoles_free(struct ui *ui);

#endif
