/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys as the kitty keyboard protocol sends them (sw.kovidgoyal.net/kitty/keyboard-protocol): with their release, and
 * modifiers as keys of their own. */
#ifndef TUI_KITTY_KEYS_H
#define TUI_KITTY_KEYS_H

#include "tui/keys.h"

#include <stddef.h>

/* Asks for it (disambiguated, with events, with the unshifted key beside the shifted one, all keys), and takes that
 * back. Terminals keep a stack. */
#define KITTY_KEYS_ON  "\033[>15u"
#define KITTY_KEYS_OFF "\033[<u"

/* A whole sequence without its "ESC [" and with its final byte: "97:65;2:3u". False when it is none of this protocol,
 * or says nothing that is a key. */
bool kitty_key(const char *text, size_t length, struct key *ret);

#endif
