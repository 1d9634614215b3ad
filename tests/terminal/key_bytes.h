/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an xterm sends for a key, so that tests press the keys that the key tables name. */
#ifndef TESTS_TERMINAL_KEY_BYTES_H
#define TESTS_TERMINAL_KEY_BYTES_H

#include "tui/keys.h"

/* Owned; NULL: this terminal has no such key. */
char *key_bytes(const struct key *key);

#endif
