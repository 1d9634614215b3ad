/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What front ends remember from one time to the next (the directory of the last ISO): a few texts in the state. */
#ifndef CORE_PREFERENCE_H
#define CORE_PREFERENCE_H

#include "core/manager.h"

/* The text kept under a key ("iso-directory"); NULL: none, or the state cannot be read. Owned. */
char *preference_get(struct manager *manager, const char *key);
/* Keeps it; NULL forgets it. */
bool preference_set(struct manager *manager, const char *key, const char *value, struct error *err);

#endif
