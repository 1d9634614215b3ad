/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an ISO says of itself: its ISO 9660 volume descriptors and its El Torito boot catalog, read natively and bounded.
 * A hostile file: every place that it names is checked, and what it is called is made fit to be shown. */
#ifndef STORAGE_ISO_H
#define STORAGE_ISO_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define ISO_SECTOR	2048u
#define ISO_DESCRIPTORS 64u /* as many as are looked at */
#define ISO_TEXT	128u /* the longest of its texts */

struct iso {
	/* UTF-8 without control characters and without blanks at the end; NULL: empty. Owned. */
	char *label; /* the volume identifier */
	char *system, *publisher, *application;
	uint64_t volume_bytes;	 /* as the descriptor says; the file may be shorter or longer */
	int64_t created_s;	 /* since 1970; 0: not said */
	bool boots_bios, boots_uefi; /* has an entry for it */
};
#define _cleanup_iso_ _cleanup_(iso_clear)
void iso_clear(struct iso *iso);

/* Where an ISO's bytes come from: reads exactly so many from a place, false when it cannot. */
struct iso_source {
	bool (*read)(void *userdata, uint64_t at, void *bytes, size_t length);
	void *userdata;
};

/* Reads an open file. path is for messages. ERROR_INVALID: it is no ISO 9660 image, or a broken one. */
bool iso_read(int fd, const char *path, struct iso *ret, struct error *err);
/* The same from any source. */
bool iso_parse(const struct iso_source *source, const char *path, struct iso *ret, struct error *err);

#endif
