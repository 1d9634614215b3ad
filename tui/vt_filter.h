/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A gate in front of libvterm: whole characters and known-good sequences pass, nothing else.
 *
 * A guest is hostile, and libvterm 0.1 trusts it: more than 16 parameters overrun its array, a repeat without a character before it never ends, a C1
 * control in UTF-8 while inserting writes outside of the screen, and so do double-width lines after a resize; some device-control strings make it
 * read through wild pointers, and UTF-8 can be switched off. Titles, clipboard and device-control strings have no business here anyway. And since only
 * whole things pass, libvterm is never in the midst of one when it is resized. */
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
