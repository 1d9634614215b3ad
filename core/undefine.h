/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who else uses an image? */
#ifndef CORE_UNDEFINE_H
#define CORE_UNDEFINE_H

#include "core/manager.h"

/* False with ERROR_BUSY when a machine other than except (a row id; 0: none) names this image or has it below one of its own, or a volume stands on it. */
bool image_check_unused(struct manager *manager, int64_t except, const char *image, struct error *err);

/* A disk of a machine, as somebody who may delete it with the machine wants to see it. */
struct storage_image {
	char *target; /* owned, "vda" */
	char *path;   /* owned */
	uint64_t bytes; /* on the host's disk */
	char *kept;   /* owned: why it cannot be deleted with the machine; NULL: it can */
};
/* The disks of the stored definition that have a file or device, ISOs too. Owned array. */
bool machine_storage(struct manager *manager, const struct machine *machine, struct storage_image **ret, size_t *ret_count, struct error *err);
void storage_images_free(struct storage_image *images, size_t count);

#endif
