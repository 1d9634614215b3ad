/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user copies, as the sequence that puts it into the clipboard of the terminal (OSC 52). */
#ifndef TUI_CLIPBOARD_H
#define TUI_CLIPBOARD_H

#include <stdbool.h>
#include <stddef.h>

#define CLIPBOARD_LIMIT (54 * 1024) /* terminals take about 74,000 bytes of base64 */

enum clipboard_way {
	CLIPBOARD_PLAIN,
	CLIPBOARD_TMUX,   /* as the terminal's own, which tmux takes by 'set-clipboard on', and passed through, which 'allow-passthrough on' lets */
	CLIPBOARD_SCREEN, /* passed through in pieces that GNU screen takes */
};

/* The way out of what stands between us and the terminal, from TMUX and STY of the environment. */
enum clipboard_way clipboard_way(void);
/* The sequence, NULL when the text is longer than CLIPBOARD_LIMIT. Owned. */
char *clipboard_sequence(const char *text, size_t length, enum clipboard_way way);

#endif
