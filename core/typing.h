/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys and text sent to a machine's keyboard over QMP, at a pace that guests can follow. */
#ifndef CORE_TYPING_H
#define CORE_TYPING_H

#include "core/manager.h"

/* Presses keys together for hold_ms and releases them (0: QEMU's 100 ms). */
bool domain_send_keys(struct manager *manager, const struct machine *machine, const uint32_t *qnums, size_t count,
		      unsigned hold_ms, struct error *err);

struct type_result {
	size_t typed;	/* characters */
	char **untyped; /* owned: those that the layout cannot make, each once, as "'€' (U+20AC)" */
};
void type_result_clear(struct type_result *result);
/* Types text, layout NULL: the machine's (its <graphics keymap=>, else en-us). pace_ms between two characters (0: 20).
 * What cannot be typed is left out and said; with all_or_none nothing is typed then (ERROR_INVALID). Blocks until it is
 * typed. */
bool domain_type(struct manager *manager, const struct machine *machine, const char *text, size_t length,
		 const char *layout, unsigned pace_ms, bool all_or_none, struct type_result *ret, struct error *err);

/* The screen as QEMU's display hands it out, written to fd as PNG, or PPM. head: which of several screens. */
enum screenshot_format { SCREENSHOT_PNG, SCREENSHOT_PPM };
bool domain_screenshot(struct manager *manager, const struct machine *machine, enum screenshot_format format,
		       unsigned head, int fd, struct error *err);

/* How viewers reach its graphics: "vnc://127.0.0.1:1", "vnc+unix:///path" (domdisplay); ":1", "127.0.0.1:1", the
 * socket's path (vncdisplay). Owned. ERROR_STATE when it is not running, ERROR_UNSUPPORTED without graphics. */
char *domain_display_uri(struct manager *manager, const struct machine *machine, bool with_password, struct error *err);
char *domain_vnc_display(struct manager *manager, const struct machine *machine, struct error *err);

#endif
