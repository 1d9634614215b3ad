/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the lvm2 tools answer with --reportformat json: volume groups, logical and physical volumes. Pure readers: the
 * labels on a disk, which a guest may have written, stand behind every word of it. */
#ifndef STORAGE_LVM_REPORT_H
#define STORAGE_LVM_REPORT_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* What is asked for. */
#define LVM_GROUP_FIELDS    "vg_name,vg_size,vg_free,vg_extent_size,vg_attr"
#define LVM_VOLUME_FIELDS   "lv_name,lv_uuid,lv_attr,lv_size,origin,origin_size,pool_lv,data_percent,lv_layout,lv_role,lv_tags"
#define LVM_PHYSICAL_FIELDS "pv_name,vg_name"

#define LVM_VOLUMES_LIMIT 100000

struct lvm_group {
	char *name; /* owned */
	uint64_t bytes, free_bytes, extent_bytes;
	bool partial; /* a disk of it is missing */
};
void lvm_group_clear(struct lvm_group *group);

enum lvm_kind {
	LVM_THICK,     /* linear, striped, raid, cached: all of it is there */
	LVM_SNAPSHOT,  /* of another, with a store of its own size */
	LVM_SPARSE,    /* a snapshot of nothing: a virtual size on a small store */
	LVM_THIN,      /* in a thin pool */
	LVM_THIN_POOL, /* where those are */
	LVM_HIDDEN,    /* a part of others */
};
struct lvm_volume {
	char *name, *uuid;	   /* owned */
	char *origin, *thin_pool; /* owned, NULL: none */
	enum lvm_kind kind;
	char state; /* 'a' active, '-' not, 'I' and 'S' a snapshot whose store overflowed; as lvs(8) */
	bool open, unfinished;
	uint64_t bytes;	       /* of its own; of a snapshot: of its store */
	uint64_t origin_bytes; /* of a snapshot: what it shows */
	unsigned filled;       /* of a snapshot's store, a thin volume or pool: per 10,000 */
};
void lvm_volumes_free(struct lvm_volume *volumes, size_t count);

struct lvm_physical {
	char *path;  /* owned */
	char *group; /* owned; NULL: in none */
};
void lvm_physicals_free(struct lvm_physical *physicals, size_t count);

/* The tag of a volume whose contents are still being written: it is no volume of a pool until it has lost it. */
#define LVM_UNFINISHED "virtty_unfinished"

/* May it be a group's name (and a tag's, and a volume's, but for what LVM keeps for itself)? Letters, digits and
 * + _ . -, not "-" first, not "." or "..", 127 at most. */
bool lvm_name_valid(const char *name);
/* The one group of an answer of vgs. ERROR_NOT_FOUND: it names none. */
bool lvm_read_group(const char *text, size_t length, struct lvm_group *ret, struct error *err);
/* All of lvs, by name; those whose names LVM could not have given are left out. Owned array. */
bool lvm_read_volumes(const char *text, size_t length, struct lvm_volume **ret, size_t *ret_count, struct error *err);
/* All of pvs, in its order. Owned array. */
bool lvm_read_physicals(const char *text, size_t length, struct lvm_physical **ret, size_t *ret_count,
			struct error *err);

#endif
