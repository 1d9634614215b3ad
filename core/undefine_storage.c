/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What storage a machine has, and which of it may go with it. */
#include "base/memory.h"
#include "base/text.h"
#include "core/manager_internal.h"
#include "core/undefine.h"
#include "hv/domain.h"

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

/* Why an image stays; NULL: it may be deleted. Owned. */
static char *kept_because(struct manager *manager, const struct machine *machine, const struct disk *disk, const char *path, uint64_t *ret_bytes)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct stat st;

	if (stat(path, &st) < 0)
		return xstrdup(errno == ENOENT ? "it is not there" : "it cannot be reached");
	*ret_bytes = (uint64_t)st.st_blocks * 512;
	if (!S_ISREG(st.st_mode))
		return xstrdup("it is not a file");
	if (disk->kind != DISK_DISK)
		return xstrdup("it is a medium");
	if (disk->readonly || disk->shareable)
		return xstrdup(disk->readonly ? "the machine only reads it" : "it is shared with others");
	if (!image_check_unused(manager, machine->id, path, &err))
		return xstrdup(err.code == ERROR_BUSY ? "another machine uses it" : error_text(&err));
	return NULL;
}

bool machine_storage(struct manager *manager, const struct machine *machine, struct storage_image **ret, size_t *ret_count, struct error *err)
{
	_cleanup_domain_ struct domain *domain = domain_load(manager, machine, false, err);
	struct storage_image *images = NULL;
	size_t count = 0;

	if (!domain)
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
		image->kept = kept_because(manager, machine, disk, path, &image->bytes);
	}
	*ret = images;
	*ret_count = count;
	return true;
}
