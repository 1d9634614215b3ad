/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of operating systems and of ISOs: by libosinfo where virtty-osinfo is installed, by the ISO's own words in any case. An answer is
 * kept in the state while the file (path, size, time, inode) and libosinfo's data are the same, and then given without a process. */
#ifndef CORE_OSINFO_H
#define CORE_OSINFO_H

#include "base/enum.h"
#include "core/manager.h"

/* ---- systems ---- */

/* Devices and traits that decide what a machine for a system is given. Words as virtty-osinfo's. */
enum os_device {
	OS_VIRTIO_NET,
	OS_VIRTIO_BLOCK,
	OS_VIRTIO_SCSI,
	OS_VIRTIO_BALLOON,
	OS_VIRTIO_RNG,
	OS_VIRTIO_GPU,
	OS_VIRTIO_1, /* drivers of virtio 1.0, which PCI Express takes */
	OS_E1000E,
	OS_E1000,
	OS_RTL8139,
	OS_XHCI,
	OS_TABLET,
	OS_Q35,
	OS_DEVICE_COUNT,
};
ENUM_DECLARE(os_device);

struct os_resources {
	uint64_t memory_bytes, disk_bytes; /* 0: not said */
	unsigned cpus;
};

struct os_system {
	/* owned; all but the id and the name may be NULL */
	char *id, *short_id, *name, *version, *vendor, *family, *distro, *codename, *release_date, *eol_date;
	struct os_resources recommended, minimum; /* for this host's architecture, or the ISO's */
	unsigned devices;			  /* 1 << enum os_device each */
	bool bios, uefi;			  /* it starts from */
};
#define _cleanup_os_ _cleanup_(os_system_clear)
void os_system_clear(struct os_system *system);
void os_systems_free(struct os_system *systems, size_t count);
bool os_has(const struct os_system *system, enum os_device device);
bool os_is_windows(const struct os_system *system);
/* What a new machine gets: what is recommended, or twice the least that will do, as virt-install reckons. 0: not said. */
struct os_resources os_wants(const struct os_system *system);
/* "Debian 11 (debian11)". Owned. */
char *os_title(const struct os_system *system);

struct os_answer {
	bool found;
	bool older;		 /* not this one: the newest of its series that libosinfo's data has */
	struct os_system system; /* when found or older */
	char *near;		 /* owned: a name that may have been meant; NULL: none */
	struct json_object *json; /* owned: the system, as --json shows it */
};
#define _cleanup_os_answer_ _cleanup_(os_answer_clear)
void os_answer_clear(struct os_answer *answer);
/* By short name ("debian11", "rhel6") or id. Not to be found is no error: see the answer. ERROR_UNSUPPORTED: there is no libosinfo here. */
bool os_find(struct manager *manager, const char *name, struct os_answer *ret, struct error *err);
/* All systems whose names have these words (NULL: all), by short name. ret_json (may be NULL): the same as an array, owned. */
bool os_list(const char *words, struct os_system **ret, size_t *ret_count, struct json_object **ret_json, struct error *err);

/* ---- ISOs ---- */

struct iso_info {
	char *path; /* owned, absolute */
	uint64_t size_bytes;
	int64_t changed_s;
	bool known;    /* somebody has looked into it; else all below is empty */
	char *trouble; /* owned: why it cannot be read as an ISO; NULL: it can */
	char *label;   /* owned: its volume's name; NULL: none */
	int64_t created_s; /* 0: not said */
	bool boots_bios, boots_uefi;
	struct os_system *system; /* owned; NULL: libosinfo does not know it, or is not there */
	char *arch, *variant, *kernel, *initrd; /* owned; NULL: not said */
	bool live, installer, installer_script;
	struct json_object *json; /* owned: all of it, as --json shows it */
};
#define _cleanup_iso_info_ _cleanup_(iso_info_clear)
void iso_info_clear(struct iso_info *info);
void iso_infos_free(struct iso_info *infos, size_t count);
/* What to call it: the system's name, else its label, else the file's name. Owned. */
char *iso_title(const struct iso_info *info);

enum { ISO_KEPT = 1 << 0 }; /* only what is known already: no file is opened and no process started */
/* Fills infos whose path alone is set, all in one go. A file that is none has its trouble; where libosinfo could not be asked, *why (may be NULL) says so,
 * and what the ISOs say of themselves is there all the same. */
void iso_describe(struct manager *manager, struct iso_info *infos, size_t count, unsigned flags, struct error *why);
/* The ISOs of this host, by title: files *.iso of its directory pools (and volumes there that are ISOs), of the directory where one was chosen last, and of
 * iso_directories(). */
bool iso_list(struct manager *manager, unsigned flags, struct iso_info **ret, size_t *ret_count, struct error *why, struct error *err);
/* Where ISOs are looked for beside pools: "directories" of section [iso] in virtty.conf, else the usual places. Owned vector. */
char **iso_directories(struct manager *manager);

#endif
