/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking for a machine's new name. */
#ifndef TUI_RENAME_H
#define TUI_RENAME_H

#include "tui/batch.h"

/* Asks, and then renames; takes the one target over. */
void rename_ask(struct ui *ui, struct batch_target *target);
/* What is wrong with a name for this machine; owned, NULL: nothing. */
char *rename_wrong(const struct model *model, const struct batch_target *target, const char *name);

#endif
