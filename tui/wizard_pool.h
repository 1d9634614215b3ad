/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pools that the wizard can make its new disk in. */
#ifndef TUI_WIZARD_POOL_H
#define TUI_WIZARD_POOL_H

#include "core/storage.h"
#include "tui/wizard_model.h"

/* The active ones but for that of virtty's own images, which is where a disk goes by itself. The choice stays what it is, as long as that
 * is there. */
void wizard_take_pools(struct wizard *wizard, const struct pool_row *pools, size_t count);
void wizard_pools_clear(struct wizard *wizard);
/* The one that is chosen; NULL: none, a path says the place. Borrowed. */
const struct wizard_pool *wizard_pool(const struct wizard *wizard);
/* What was given on the command line: a pool that nobody has looked at yet. */
void wizard_give_pool(struct wizard *wizard, const char *name);
/* The words of the choice. Owned vector. */
char **wizard_pool_choices(const struct wizard *wizard);

#endif
