/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a tar archive (ustar, GNU, pax) holds and where: its members are found, never extracted by their names. */
#ifndef STORAGE_TAR_H
#define STORAGE_TAR_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAR_BLOCK	((size_t)512)
#define TAR_MEMBERS	4096	     /* files of one archive */
#define TAR_EXTRA_BYTES (64 * 1024) /* of a long name, or of a pax header */

/* A regular file inside. */
struct tar_member {
	char *name;	       /* owned: relative, without "." and ".." parts, UTF-8 without control characters */
	uint64_t offset, size; /* of its bytes, inside the archive */
};
struct tar {
	struct tar_member *members; /* owned array, in the archive's order */
	size_t count;
};
#define _cleanup_tar_ _cleanup_(tar_clear)
void tar_clear(struct tar *tar);

/* Where an archive's bytes come from. read() gives exactly length bytes from offset on, which lie inside size. */
struct tar_source {
	const char *path; /* for messages */
	uint64_t size;
	bool (*read)(void *userdata, uint64_t offset, void *bytes, size_t length, struct error *err);
	void *userdata;
};

/* Is this block the beginning of an archive? (Its checksum is right.) */
bool tar_recognise(const uint8_t block[TAR_BLOCK]);
/* Finds all members. Refused: names that lead out of a directory, two members of one name, links, devices and sparse
 * files, sizes that go past the end, an archive that ends in the middle. */
bool tar_read(const struct tar_source *source, struct tar *ret, struct error *err);
/* The same of an open file. */
bool tar_read_file(int fd, const char *path, struct tar *ret, struct error *err);
/* By its name; NULL: there is none. Borrowed. */
const struct tar_member *tar_find(const struct tar *tar, const char *name);

#endif
