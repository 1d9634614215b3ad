/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an ISO's system asks for, as the wizard's defaults: put into fields that still hold what the wizard itself put there. */
#ifndef TUI_WIZARD_SYSTEM_H
#define TUI_WIZARD_SYSTEM_H

#include "tui/wizard_model.h"

/* Notes what the wizard's fields hold by themselves: for its beginning. */
void wizard_own(struct wizard *wizard);
/* Takes what is known of an ISO (the info is left empty; NULL: nothing) and fills the fields that nobody has touched: with what is recommended, or
 * with what they held before. host_memory_kib and cpus bound it (0: not known). */
void wizard_take_iso(struct wizard *wizard, struct iso_info *info, uint64_t host_memory_kib, unsigned cpus);
/* Does the field hold what is recommended for the system? Then its name, borrowed; else NULL. */
const char *wizard_recommended_for(const struct wizard *wizard, enum wizard_field field);
/* What the ISO holds: "Debian 11 (x86_64), 389 MiB"; NULL: that is not known. Owned. */
char *wizard_iso_note(const struct wizard *wizard);
/* Why the ISO may not be what is wanted on this host; NULL: it may. Owned. */
char *wizard_iso_doubt(const struct wizard *wizard);

#endif
