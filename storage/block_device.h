/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Block devices of the host: how large, who uses them, what lies on them, under which names they are known. */
#ifndef STORAGE_BLOCK_DEVICE_H
#define STORAGE_BLOCK_DEVICE_H

#include "base/error.h"

#include <stdint.h>

/* ERROR_INVALID: no block device. */
bool device_size(const char *path, uint64_t *ret_bytes, struct error *err);
/* Do two paths lead to one device? */
bool device_same(const char *a, const char *b);
/* Does somebody hold it: is it mounted, swapped to, part of a volume group, an array? Owned words ("mounted at '/srv'",
 * "held by dm-3"); NULL: nobody. A program that merely has it open does not count: QEMU's locks tell of that. */
char *device_user(const char *path);
/* What lies on it by its first blocks ("ext4", "LVM2_member", "a gpt partition table"), as blkid tells. *ret is owned;
 * NULL: nothing that is known. False: it cannot be told, so it must not be taken for empty. */
bool device_content(const char *path, char **ret, struct error *err);
/* Forgets all of that. */
bool device_wipe_signatures(const char *path, struct error *err);
/* The name under which directory (/dev/disk/by-id, say) knows a device; its own when that is /dev or has none. Owned. */
char *device_stable_path(const char *directory, const char *path);
/* Tells the kernel of one partition of a disk, whose others it leaves alone. ERROR_BUSY: it is in use. Deleting one that
 * it does not know is fine. */
bool device_partition_add(const char *disk, unsigned number, uint64_t start, uint64_t bytes, struct error *err);
bool device_partition_resize(const char *disk, unsigned number, uint64_t start, uint64_t bytes, struct error *err);
bool device_partition_delete(const char *disk, unsigned number, struct error *err);
/* Waits until a device appears, or is gone: the kernel and udev make it a moment after it was asked for. */
bool device_wait(const char *path, bool there, int timeout_ms);

#endif
