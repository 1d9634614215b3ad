/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables that pools and volumes share. */
#ifndef STORAGE_POOL_SCHEMA_H
#define STORAGE_POOL_SCHEMA_H

#include "base/unmodelled.h"
#include "storage/volume.h"

extern const struct schema pool_schema, permissions_schema, volume_schema;

/* Can they be set? What is wrong names its place in the document, which source names. */
bool permissions_check(const struct pool_permissions *permissions, const char *source, struct error *err);

#endif
