/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wizard's network card: what it can be joined to here, to and from a request. */
#ifndef TUI_WIZARD_NETWORK_H
#define TUI_WIZARD_NETWORK_H

#include "tui/wizard_model.h"

/* What this host has, taken over. The first time the choice is what was given or, where nothing was, what is proposed; later it stays what it is,
 * as long as that is there. */
void wizard_take_networks(struct wizard *wizard, struct network_choices *networks);
/* What is chosen; NULL: what the command line said, which has no choice of its own. Borrowed. */
const struct network_choice *wizard_network(const struct wizard *wizard);
/* Chooses by network_choice_option(); false: there is no such choice. */
bool wizard_choose_network(struct wizard *wizard, const char *option);
/* The words of the choice. Owned vector. */
char **wizard_network_choices(const struct wizard *wizard);

/* From the request as it was given, and into one. */
void wizard_take_network(struct wizard *wizard);
void wizard_put_network(const struct wizard *wizard, struct install_request *request);

#endif
