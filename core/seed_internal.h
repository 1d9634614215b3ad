/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of seeds share. */
#ifndef CORE_SEED_INTERNAL_H
#define CORE_SEED_INTERNAL_H

#include "core/seed.h"

/* Is it a crypt() hash already? */
bool seed_is_hash(const char *password);
/* One, with a salt of its own. Owned; NULL on error. */
char *seed_hash(const char *password, struct error *err);

#endif
