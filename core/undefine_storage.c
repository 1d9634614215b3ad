/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What storage a machine has, and which of it may go with it. */
#include "base/memory.h"
#include "base/text.h"
#include "core/image_uses.h"
#include "core/manager_internal.h"
#include "core/undefine.h"
#include "core/volume_device.h"
#include "hv/domain.h"
#include "storage/remote.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

void storage_images_free(struct storage_image *images, size_t count)
{
	for (size_t i = 0; images && i < count; i++) {
		free(images[i].target);
		free(images[i].path);
		free(images[i].kept);
	}
	free(images);
}

/* The first who needs it beside the machine; NULL: nobody. Owned. */
static char *other_user(const struct image_uses *uses, int64_t machine, const char *path, const struct stat *st)
{
	const struct image_use *use;
	size_t at = 0;

	while ((use = image_uses_next(uses, path, st, &at)))
		if (use->machine != machine)
			return use->machine ? strf("machine '%s' uses it", use->name) : strf("volume '%s' stands on it", use->name);
	return NULL;
}

/* Why an image stays; NULL: it may be deleted. Owned. */
static char *kept_because(struct manager *manager, const struct image_uses *uses, const struct machine *machine, const struct disk *disk, const char *path, uint64_t *ret_bytes)
{
	struct stat st;

	if (remote_stat(path, &st) < 0)
		return xstrdup(errno == ENOENT ? "it is not there" : "it cannot be reached");
	*ret_bytes = (uint64_t)st.st_blocks * 512;
	if (!S_ISREG(st.st_mode) && !(S_ISBLK(st.st_mode) && volume_device_owned(manager, path, ret_bytes)))
		return xstrdup("it is not a file");
	if (disk->kind != DISK_DISK)
		return xstrdup("it is a medium");
	if (disk->readonly || disk->shareable)
		return xstrdup(disk->readonly ? "the machine only reads it" : "it is shared with others");
	return other_user(uses, machine->id, path, &st);
}

bool machine_storage(struct manager *manager, const struct machine *machine, struct storage_image **ret, size_t *ret_count, struct error *err)
{
	_cleanup_domain_ struct domain *domain = domain_load(manager, machine, false, err);
	_cleanup_image_uses_ struct image_uses uses = { 0 };
	struct storage_image *images = NULL;
	size_t count = 0;

	if (!domain || !image_uses_load(manager, &uses, err))
		return false;
	(void)resolve_volumes(manager, domain, NULL);
	for (size_t i = 0; i < domain->disk_count; i++) {
		const struct disk *disk = &domain->disks[i];
		const char *path = disk->source.type == DISK_BLOCK ? disk->source.dev : disk->source.file;

		if (text_empty(path))
			continue;
		struct storage_image *image = ARRAY_ADD(images, count);

		image->target = xstrdup(disk->target ? disk->target : "");
		image->path = xstrdup(path);
		image->kept = kept_because(manager, &uses, machine, disk, path, &image->bytes);
	}
	*ret = images;
	*ret_count = count;
	return true;
}
