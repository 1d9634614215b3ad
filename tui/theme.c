/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of styles. */
#include "tui/theme.h"

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, OWN = -1 };

const struct style_look theme[STYLE_COUNT] = {
	[STYLE_NORMAL] = { .foreground = OWN, .background = OWN },
	[STYLE_DIM] = { .foreground = OWN, .background = OWN, .dim = 1 },
	[STYLE_HEAD] = { .foreground = WHITE, .background = BLUE, .bold = 1, .mono_reverse = 1 },
	[STYLE_TITLE] = { .foreground = CYAN, .background = OWN, .bold = 1, .mono_bold = 1 },
	[STYLE_SELECTED] = { .foreground = BLACK, .background = CYAN, .mono_reverse = 1 },
	[STYLE_MATCH] = { .foreground = BLACK, .background = YELLOW, .mono_reverse = 1 },
	[STYLE_RUNNING] = { .foreground = GREEN, .background = OWN, .mono_bold = 1 },
	[STYLE_PAUSED] = { .foreground = YELLOW, .background = OWN },
	[STYLE_CRASHED] = { .foreground = RED, .background = OWN, .bold = 1, .mono_bold = 1 },
	[STYLE_BUSY] = { .foreground = MAGENTA, .background = OWN, .mono_underline = 1 },
	[STYLE_KEY] = { .foreground = OWN, .background = OWN, .bold = 1, .mono_bold = 1 },
	[STYLE_LABEL] = { .foreground = BLACK, .background = CYAN, .mono_reverse = 1 },
	[STYLE_OFF_LABEL] = { .foreground = OWN, .background = OWN, .dim = 1 },
	[STYLE_STATUS] = { .foreground = OWN, .background = OWN },
	[STYLE_ERROR] = { .foreground = RED, .background = OWN, .bold = 1, .mono_bold = 1 },
	[STYLE_DIALOG] = { .foreground = OWN, .background = OWN },
	[STYLE_BUTTON] = { .foreground = OWN, .background = OWN },
	[STYLE_BUTTON_MARKED] = { .foreground = BLACK, .background = CYAN, .mono_reverse = 1 },
};
