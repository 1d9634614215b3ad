/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of styles. */
#include "tui/theme.h"

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, OWN = -1 };

const struct style_look theme[STYLE_COUNT] = {
	[STYLE_NORMAL] = { OWN, OWN },
	[STYLE_DIM] = { OWN, OWN, .dim = 1 },
	[STYLE_HEAD] = { WHITE, BLUE, .bold = 1, .mono_reverse = 1 },
	[STYLE_TITLE] = { CYAN, OWN, .bold = 1, .mono_bold = 1 },
	[STYLE_SELECTED] = { BLACK, CYAN, .mono_reverse = 1 },
	[STYLE_RUNNING] = { GREEN, OWN, .mono_bold = 1 },
	[STYLE_PAUSED] = { YELLOW, OWN },
	[STYLE_CRASHED] = { RED, OWN, .bold = 1, .mono_bold = 1 },
	[STYLE_BUSY] = { MAGENTA, OWN, .mono_underline = 1 },
	[STYLE_KEY] = { OWN, OWN, .bold = 1, .mono_bold = 1 },
	[STYLE_LABEL] = { BLACK, CYAN, .mono_reverse = 1 },
	[STYLE_OFF_LABEL] = { OWN, OWN, .dim = 1 },
	[STYLE_STATUS] = { OWN, OWN },
	[STYLE_ERROR] = { RED, OWN, .bold = 1, .mono_bold = 1 },
	[STYLE_DIALOG] = { OWN, OWN },
	[STYLE_BUTTON] = { OWN, OWN },
	[STYLE_BUTTON_MARKED] = { BLACK, CYAN, .mono_reverse = 1 },
};
