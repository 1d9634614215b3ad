/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of prepare_start(), a file each. */
#ifndef CORE_PREPARE_INTERNAL_H
#define CORE_PREPARE_INTERNAL_H

#include "core/manager_internal.h"
#include "core/prepare.h"
#include "hv/firmware.h"

struct disk;
struct domain;

#define ENCRYPTION_EXAMPLE "<encryption format='luks'><secret type='passphrase' usage='...'/></encryption>"

/* Is there a place for every file that a serial port or console writes? */
bool prepare_chardevs(const struct domain *domain, struct error *err);
/* Checks every image that the machine opens: it is there, may be used, its chain is stated, nobody else has it. */
bool prepare_disks(struct manager *manager, int64_t domain_id, const struct domain *domain, struct error *err);

/* The same for one disk alone, among the others of its machine. */
bool prepare_disk(struct manager *manager, int64_t domain_id, const struct domain *domain, size_t index, struct error *err);
/* Is its image another disk's of the machine, or what another one reads through? alone: the others are not looked at by
 * themselves, and what they read through is. Part of both above. */
bool prepare_pairs(const struct domain *domain, const struct disk *disk, bool alone, struct error *err);
/* The same of a definition that is about to be stored, whose volumes are resolved. A target that it has not passes. */
bool prepare_stored_disk(const struct domain *domain, const char *target, struct error *err);
/* A line for each file system that the machine's sparse images may fill, added to the vector. */
char **prepare_room_warnings(const struct domain *domain, char **warnings);
/* Finds the password that a network disk is opened with; resolve_disk_volume() does it for all. */
bool network_login(struct manager *manager, struct disk *disk, struct error *err);
/* The same for the passphrase of an encrypted one. */
bool disk_unlock(struct manager *manager, struct disk *disk, struct error *err);
/* No other machine of ours may run with it: the server keeps no locks that tell. Another kind of disk passes. */
bool prepare_network_disk(struct manager *manager, int64_t domain_id, const struct disk *disk, struct error *err);

/* The firmware of one start. All NULL: the machine's BIOS. */
struct prepared_firmware {
	char *code, *code_format;   /* owned */
	char *nvram, *nvram_format; /* owned */
	char *template, *template_format; /* owned: what nvram is made of where it is missing; NULL: nothing */
	bool requires_smm;
};
void prepared_firmware_clear(struct prepared_firmware *firmware);
/* What a document asks of its firmware: kind, Secure Boot, enrolled keys. Borrows from it. */
struct firmware_request firmware_request_of(const struct domain *domain);
/* Chooses code and variables as a pair, honouring what the document states; makes nothing. */
bool prepare_firmware(struct manager *manager, const struct domain *domain, struct prepared_firmware *ret, struct error *err);
/* Makes the machine's own variables where they are missing: *ret_made. Records them in the document: *ret_changed. */
bool prepare_nvram(const struct prepared_firmware *firmware, struct domain *domain, bool *ret_made, bool *ret_changed, struct error *err);

#endif
