/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who uses an image: machines that name it, machines and volumes that read it through others. Gathered once, asked for
 * any number of images. */
#ifndef CORE_IMAGE_USES_H
#define CORE_IMAGE_USES_H

#include "core/storage.h"

#include <sys/stat.h>

/* One reason why an image is needed. */
struct image_use {
	char *path; /* owned: the image that is needed */
	bool there; /* then what it is, under whatever name */
	dev_t device;
	ino_t inode;
	char *above;	 /* owned: the image right above it; NULL: it is named itself */
	char *top;	 /* owned: that of the machine, or of the pool, through which it is needed; NULL as above */
	int64_t machine; /* its row; 0: it is a volume that needs it */
	char *name;	 /* owned: "web1", "default/web2.qcow2" */
	bool running;	 /* the machine runs with it, or did when its keeper was last heard of */
};
struct image_uses {
	struct image_use *items; /* owned */
	size_t count, room;
};
#define _cleanup_image_uses_ _cleanup_(image_uses_clear)
/* From the state, and the heads of the images that it names: of machines (stored and running hardware, and the backing
 * stores that documents state), and of volumes with something below them, as their pools' last refresh found them. */
bool image_uses_load(struct manager *manager, struct image_uses *ret, struct error *err);
void image_uses_clear(struct image_uses *uses);
/* The next use of an image after index *at (begin with 0); NULL: there is no more. */
const struct image_use *image_uses_next(const struct image_uses *uses, const char *path, const struct stat *st,
					size_t *at);
/* Looks again into active pools that are directories, so that what was made beside us counts. What cannot be read stays
 * as it was. */
void storage_look_again(struct manager *manager);

/* False with ERROR_BUSY when anybody but the machine except (a row id; 0: nobody) and but the images of but (may be
 * NULL) needs this image. */
bool image_check_unneeded(const struct image_uses *uses, int64_t except, char *const *but, const char *image,
			  struct error *err);
/* "machine 'web1'", "volume 'default/web2.qcow2'", with the image between where there is one. Owned. */
char *image_use_text(const struct image_use *use);

#endif
