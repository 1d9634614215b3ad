/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of a machine's devices: of the running machine, of its stored definition, or of both. One live change at a
 * time to a machine, under the change lock that its keeper grants; a failure takes back what was done; whatever is
 * killed half way, the live document follows what QEMU has. */
#ifndef CORE_DEVICE_CHANGE_H
#define CORE_DEVICE_CHANGE_H

#include "core/manager.h"
#include "hv/domain_interface.h"

/* Which of the two is changed. None of the first three: the running machine where it runs, else the definition (virsh's
 * --current). */
enum {
	CHANGE_LIVE = 1 << 0,	    /* ERROR_STATE when it does not run */
	CHANGE_CONFIG = 1 << 1,	    /* ERROR_STATE when it is transient */
	CHANGE_PERSISTENT = 1 << 2, /* the definition, and the running machine where it runs */
	CHANGE_FORCE = 1 << 3,	    /* a locked tray is opened all the same */
};

/* How long a guest may take to let go of a device or to open a tray, unless something else is said. */
#define DEVICE_WAIT_MS 20000

/* A device by its own XML. Kinds that cannot be changed while the machine runs are refused by name. */
bool domain_attach_device(struct manager *manager, const struct machine *machine, const struct device_text *text,
			  unsigned flags, struct error *err);
/* The guest is asked to let go: ERROR_TIMEOUT when it has not within wait_ms; the document still has the device then. A
 * disk is found by its target, a network card by its MAC. */
bool domain_detach_device(struct manager *manager, const struct machine *machine, const struct device_text *text,
			  unsigned flags, int wait_ms, struct error *err);
bool domain_detach_alias(struct manager *manager, const struct machine *machine, const char *alias, unsigned flags,
			 int wait_ms, struct error *err);
/* What can be changed of a device that stays: of a disk its medium (a drive's) and its limits; of a network card its link,
 * bridge, bandwidth and filter. */
bool domain_update_device(struct manager *manager, const struct machine *machine, const struct device_text *text,
			  unsigned flags, struct error *err);

/* ---- disks ---- */

/* Why a machine would not start with the disk of this text: its file or volume is not there. Another device: none. Owned. */
char **domain_disk_warnings(struct manager *manager, const struct device_text *text);

/* Puts a medium (source's <source>, type and format) into a drive, in the place of what is in it; a disk without a
 * source empties it. */
bool domain_change_medium(struct manager *manager, const struct machine *machine, const struct device_text *text,
			  unsigned flags, struct error *err);

struct disk_iotune;
/* Sets the limits of a disk, all of them as they stand in iotune. */
bool domain_set_iotune(struct manager *manager, const struct machine *machine, const char *disk,
		       const struct disk_iotune *iotune, unsigned flags, struct error *err);
/* The limits of a disk: what QEMU keeps to (live), or what the definition says. The caller frees ret->group_name. */
bool domain_get_iotune(struct manager *manager, const struct machine *machine, const char *disk, unsigned flags,
		       struct disk_iotune *ret, struct error *err);

/* Makes the disk of a running machine larger, or (shrink) smaller: what lies beyond is lost then. bytes 0: as large as
 * its block device is. */
bool domain_block_resize(struct manager *manager, const struct machine *machine, const char *disk, uint64_t bytes,
			 bool shrink, struct error *err);

struct block_size {
	uint64_t capacity;   /* what the guest sees */
	uint64_t allocation; /* what it takes on the host */
	uint64_t physical;   /* how large file or device are */
};
/* Of the disk of a document that domain_disks() gave; live: as QEMU has it. ERROR_STATE for an empty drive. */
bool domain_block_size(struct manager *manager, const struct machine *machine, const struct disk *disk, bool live,
		       struct block_size *ret, struct error *err);
/* The document (live or not) with its volumes looked up, as far as they are there. Owned. */
struct domain *domain_disks(struct manager *manager, const struct machine *machine, bool live, struct error *err);
/* query-block and query-blockstats: entry of the device with that alias, borrowed from the answer; NULL: none. */
struct json_object *block_entry(struct json_object *answer, const char *alias);

/* ---- network cards: by the host's end, alias or MAC ---- */

/* The cable of a card: in, or pulled. */
bool domain_set_link(struct manager *manager, const struct machine *machine, const char *interface, bool up,
		     unsigned flags, struct error *err);
/* How fast its guest receives (inbound) and sends; average 0: as fast as it can. NULL: that side stays as it is. */
bool domain_set_bandwidth(struct manager *manager, const struct machine *machine, const char *interface,
			  const struct interface_limit *inbound, const struct interface_limit *outbound, unsigned flags,
			  struct error *err);

/* ---- the keeper's part ---- */

/* Brings the live document in step with what QEMU has: after a change whose author died, and after a guest that let go
 * late. */
bool domain_catch_up(struct manager *manager, int64_t domain_id, struct error *err);

#endif
