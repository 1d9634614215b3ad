/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a tab of the details screen is, and what all of them share. */
#ifndef TUI_DETAILS_TAB_H
#define TUI_DETAILS_TAB_H

#include "core/manager.h"
#include "tui/screen.h"
#include "tui/widget_tabs.h"
#include "tui/widget_text.h"

struct details_tab;

#define DETAILS_TABS 5

/* The screen. */
struct details {
	struct screen screen;
	struct tabs tabs;
	struct details_tab *all[DETAILS_TABS]; /* owned */
	int64_t id; /* of the machine */
	char *name, *uuid; /* owned */
};

/* What a kind of tab does. Members may be NULL but for title, keys, open, load and close: then it is a text, if it has one. */
struct details_tab_class {
	const char *title; /* N_() */
	const struct key_table *keys;
	struct details_tab *(*open)(void);
	/* Reads the state anew: before the tab is drawn, whenever the state has changed. */
	void (*load)(struct details_tab *tab, const struct machine *machine);
	/* False when it is none of its own commands. */
	bool (*command)(struct details_tab *tab, enum command command);
	const char *(*refuses)(const struct details_tab *tab, const struct machine *machine, enum command command);
	void (*mouse)(struct details_tab *tab, const struct mouse *mouse);
	/* A second has passed, and the tab is seen. */
	void (*tick)(struct details_tab *tab, const struct machine *machine);
	/* What stands at the right of the tabs; owned, NULL: nothing. */
	char *(*note)(const struct details_tab *tab);
	void (*draw)(struct details_tab *tab, struct terminal *term, int row, int rows, int columns);
	void (*close)(struct details_tab *tab);
};

/* The head of every tab's own struct. */
struct details_tab {
	const struct details_tab_class *class;
	struct details *details;
	struct text_view text;
	bool fresh; /* what was read is still so */
};

extern const struct details_tab_class details_overview, details_devices, details_events, details_xml, details_notes;

/* NULL: it is no more. */
const struct machine *details_machine(const struct details *details);
/* Puts an error in the place of a tab's text. */
void details_failed(struct text_view *text, const struct error *err);

#endif
