/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The looks of virtty's own screens: a table of styles, in colour and without. */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include "base/error.h"

enum style {
	STYLE_NORMAL,
	STYLE_DIM,
	STYLE_HEAD,     /* the line at the top */
	STYLE_TITLE,    /* column titles, sections of the help */
	STYLE_SELECTED,
	STYLE_MATCH,    /* what a search has found */
	STYLE_RUNNING,
	STYLE_PAUSED,
	STYLE_CRASHED,
	STYLE_BUSY,
	STYLE_KEY,      /* a key in the footer */
	STYLE_LABEL,    /* and its word */
	STYLE_OFF_LABEL, /* the word of what cannot be done now */
	STYLE_STATUS,
	STYLE_ERROR,
	STYLE_DIALOG,
	STYLE_BUTTON,
	STYLE_BUTTON_MARKED,
	STYLE_COUNT,
};

struct style_look {
	int foreground, background; /* 0 to 255, as xterm numbers them; -1: the terminal's own */
	unsigned bold : 1, reverse : 1, dim : 1, underline : 1;
	unsigned mono_bold : 1, mono_reverse : 1, mono_underline : 1; /* without colours */
};

const struct style_look *theme_look(enum style style);
/* A style's word in the configuration file ("button-marked"). */
const char *theme_name(enum style style);
/* Sets a style by name: "FOREGROUND[, BACKGROUND][, bold][, dim][, reverse][, underline]". A colour is default, one of the 8 names, bright- before
 * one, or a number to 255. What is not said is the terminal's own. */
bool theme_set(const char *name, const char *look, struct error *err);
/* The looks that are built in again. */
void theme_reset(void);

#endif
