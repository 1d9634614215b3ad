/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compressed files: recognised by their first bytes, unpacked by the program that made the format. */
#ifndef STORAGE_PACKING_H
#define STORAGE_PACKING_H

#include "base/enum.h"

#include <stddef.h>
#include <stdint.h>

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_XZ, PACKING_ZSTD, PACKING_COUNT };
ENUM_DECLARE(packing); /* NULL, "gzip", "xz", "zstd": names of the programs, too */

enum packing packing_recognise(const uint8_t *bytes, size_t length);
/* What unpacks standard input to standard output, bounded in memory. Owned vector. */
char **packing_argv(enum packing packing);
/* Debian's package of the program, for hints. */
const char *packing_package(enum packing packing);
/* A file's name without the ending that says how it is compressed ("disk.img.xz": "disk.img"). Owned. */
char *packing_plain_name(const char *name);

#endif
