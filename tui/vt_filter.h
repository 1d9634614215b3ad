/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A gate in front of libvterm: it lets whole, known-good sequences through and nothing else. libvterm 0.1 loops for ever on a repeat without a
 * character before it, writes outside of its screen for a C1 control in UTF-8 while inserting and for double-width lines after a resize, and can be
 * switched out of UTF-8; titles, clipboard and device-control strings have no business here at all. Since only whole characters and sequences pass,
 * libvterm is never in the midst of one when it is resized. */
#ifndef TUI_VT_FILTER_H
#define TUI_VT_FILTER_H

#include <stddef.h>

#define VT_FILTER_HELD 128 /* a longer sequence is no sequence */

struct vt_filter {
	enum { VT_GROUND, VT_CHARACTER, VT_ESCAPE, VT_CSI, VT_STRING } state; /* VT_GROUND is 0: a zeroed filter is ready */
	char held[VT_FILTER_HELD];
	size_t held_length;
	size_t string_length;
	unsigned char last; /* the byte that was let through last */
};

/* Sorts bytes; what may pass is handed on, in order, piece by piece. */
void vt_filter(struct vt_filter *filter, const char *bytes, size_t length,
	       void (*pass)(const char *bytes, size_t length, void *userdata), void *userdata);

#endif
