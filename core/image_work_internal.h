/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of work on images share. */
#ifndef CORE_IMAGE_WORK_INTERNAL_H
#define CORE_IMAGE_WORK_INTERNAL_H

#include "core/image_uses.h"
#include "core/image_work.h"
#include "core/storage_internal.h"

/* As qemu-img takes it: borrows. */
struct image_source image_source_of(const struct image_name *name);
/* "default/web1.qcow2", or the path: what people know it by. Owned. */
char *image_subject(const struct image_name *name);
/* The file of the passphrase that is kept for an image: of the secret whose usage is a volume of this path, as libvirt
 * has it; NULL: there is none. Owned. */
char *image_usual_secret(struct manager *manager, const char *path);
/* qemu-img leaves out of a copy with a backing file what the source has from below: that must be the same file. below,
 * backing NULL: there is none. */
bool image_check_delta(const char *source, const char *below, const char *backing, struct error *err);
/* Nobody has it open in a way that reading it (writing it) needs it not to be: ERROR_BUSY says who. verb: "resize". */
bool image_check_free(struct manager *manager, const char *path, const char *verb, bool writing, struct error *err);
/* Who has an open file open: "machine 'web1'", "pid 12, qemu-img". Owned. */
char *image_holder(struct manager *manager, const char *path, int pid);
/* Is it a running machine's own disk, and not below one? */
bool image_runs_on(struct manager *manager, const char *path);
/* The chain as it may be read through: every layer is what it is stated to be, and nobody writes it. */
bool image_chain_check(struct manager *manager, const struct image_name *name, const char *verb,
		       struct image_layer **ret, size_t *ret_count, struct error *err);
/* The same without the question who writes it: a look may be a moment old. */
bool image_check_stated(struct manager *manager, const struct image_name *name, const char *verb, struct error *err);
/* How large the disk is, as its driver says: heads of foreign formats may not. */
bool image_virtual_bytes(const struct image_name *name, uint64_t *ret, struct error *err);
/* Is it the same file? */
bool image_same_file(const char *a, const char *b);
/* The volumes' rows become what their files are now. */
void image_note_change(struct manager *manager, const struct image_name *name);

#endif
