/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a network card can be joined to, in words: a name for it, whom a guest reaches there, what is in the way. */
#ifndef TUI_NETWORK_WORDS_H
#define TUI_NETWORK_WORDS_H

#include "core/network_choice.h"
#include "tui/form.h"

/* "network default: NAT, 192.168.122.0/24", "bridge br0: eth0". Owned. */
char *network_words_label(const struct network_choice *choice);
/* "NAT", "isolated", "bridge", "macvtap", "user". Constant. */
const char *network_words_mode(const struct network_choice *choice);
/* A line or two: who reaches whom. Not translated yet (N_()): a field's help. Constant. */
const char *network_words_meaning(const struct network_choice *choice);
/* A fact that is no trouble: that it will be started. Owned; NULL: none. */
char *network_words_note(const struct network_choice *choice);
/* What keeps a machine from starting on it, and the way out, in *ret_message (owned; NULL: nothing does). */
enum field_verdict network_words_check(const struct network_choice *choice, char **ret_message);

/* What is to be said against a new card of that MAC: a machine that has it. Owned; NULL: nothing. */
char *network_words_mac(struct manager *manager, const char *mac);

#endif
