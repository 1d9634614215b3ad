/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of import share. */
#ifndef CORE_IMPORT_INTERNAL_H
#define CORE_IMPORT_INTERNAL_H

#include "core/import.h"

/* Fills in what an image is; path, name, offset, length and stored_bytes are there. */
bool import_look_at(int fd, enum image_format stated, struct import_image *ret, struct error *err);

#endif
