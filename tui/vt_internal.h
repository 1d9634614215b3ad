/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's terminal from within: for vt.c and vt_keys.c only. */
#ifndef TUI_VT_INTERNAL_H
#define TUI_VT_INTERNAL_H

#include "tui/scrollback.h"
#include "tui/vt.h"
#include "tui/vt_filter.h"

#include <vterm.h>

struct vt {
	struct lines lines; /* the head */
	VTerm *vterm;
	VTermScreen *screen;
	VTermState *state;
	struct vt_filter filter;
	struct scrollback *scrollback;
	struct cell *line; /* owned; one row, for packing */
	size_t line_size;
	const struct vt_callbacks *callbacks;
	void *userdata;
	bool mute, cursor_shown, alternate;
	int window; /* rows that are to be seen; 0: all */
	int pan;    /* rows above those */
	int mouse; /* VTERM_PROP_MOUSE_... */
	size_t scrolled;
	uint64_t pushed; /* lines that have left the screen */
	char edge[32]; /* the character that stands at the right margin since it was just written there, for marks that
			  combine with it */
	size_t edge_length;
	int pressed; /* the button that is down for the guest; 0: none */
};

/* Bytes for the guest, unless it is mute now. userdata is the vt. */
void vt_say(const char *bytes, size_t length, void *userdata);

#endif
