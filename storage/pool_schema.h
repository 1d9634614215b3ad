/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables that pools and volumes share. */
#ifndef STORAGE_POOL_SCHEMA_H
#define STORAGE_POOL_SCHEMA_H

#include "storage/volume.h"

extern const struct schema pool_schema, permissions_schema, volume_schema;

/* A line about something that is kept and not looked at, for a vector of them: context is a char ***. */
struct unmodelled_lines {
	const char *source;
	char **lines; /* owned by who reads */
};
void unmodelled_line(void *context, const xmlNode *node, const xmlAttr *attribute);

#endif
