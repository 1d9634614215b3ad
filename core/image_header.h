/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the head of an image says of other files. A hostile file: bounded, and nothing is followed here. */
#ifndef CORE_IMAGE_HEADER_H
#define CORE_IMAGE_HEADER_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define IMAGE_HEADER_BYTES ((size_t)64 * 1024) /* as much of the file as is looked at */

struct image_header {
	bool qcow2;
	uint64_t virtual_size;
	bool external_data;   /* its guest data lies in another file */
	char *backing_file;   /* owned, as written; NULL: none */
	char *backing_format; /* owned; NULL: not stated */
};
#define _cleanup_image_header_ _cleanup_(image_header_clear)
void image_header_clear(struct image_header *header);

/* Reads the head of an open file. Anything that is not qcow2 is fine: qcow2 false, the rest empty. ERROR_INVALID for a broken qcow2 head. */
bool image_header_read(int fd, const char *path, struct image_header *ret, struct error *err);
/* The same on bytes. */
bool image_header_parse(const uint8_t *bytes, size_t length, const char *path, struct image_header *ret, struct error *err);

#endif
