/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An installation between its request and its machine: every choice made, nothing made on disk yet. */
#ifndef CORE_INSTALL_INTERNAL_H
#define CORE_INSTALL_INTERNAL_H

#include "base/uuid.h"
#include "core/install.h"
#include "core/manager_internal.h"
#include "core/seed.h"
#include "core/osinfo.h"
#include "hv/domain.h"

struct qemu_caps;
struct arch;

struct install_image {
	char *path;          /* owned, absolute */
	char *format, *bus;  /* owned */
	char *pool, *volume; /* owned: where it is, or is to be made, if that is a pool; NULL: a file by itself */
	bool as_volume;      /* its document names pool and volume: there is no path, or none that stays */
	bool block, create;  /* a block device; to be made */
	bool cdrom, readonly;
	char *backing;       /* owned, absolute: below one to be made; NULL: none */
	char *backing_format; /* owned */
	struct import_image *content; /* owned: what one to be made is filled with; NULL: nothing */
	uint64_t size_bytes; /* of one to be made */
	const struct install_disk *request; /* cache, io, discard; NULL: the ISO */
};

struct install_network {
	char *network, *bridge, *device; /* owned: what it joins, one of them; none: user networking */
	bool passt;                      /* user networking by passt */
	char *mode;                      /* owned: of a device, "bridge" */
	char *model, *mac; /* owned, may be NULL */
	struct forward *forwards; /* owned array: ports of the host that lead to it */
	size_t forward_count;
};

struct install_graphics {
	bool none;
	char *listen, *port, *keymap; /* owned, may be NULL */
};

struct install_boot {
	bool uefi;
	char *menu; /* owned: "on", "off"; NULL: not said */
	enum boot_dev order[4];
	size_t count;
	char *kernel, *initrd, *kernel_args; /* owned, may be NULL */
};

struct installation {
	const struct install_request *request;
	char *name, *emulator; /* owned */
	const struct arch *arch;
	const struct qemu_caps *caps;
	bool kvm, windows;
	char *os_name; /* owned; NULL: neither said nor found */
	bool os_detected, os_required; /* its ISO is asked; not to know it is an error */
	bool iso_uefi_alone; /* nothing else starts it */
	bool os_older; /* what is known is not it, but the newest one before it */
	struct os_system *system; /* owned; NULL: nobody knows it */
	uint64_t memory_mib;
	unsigned vcpus;
	struct install_image *images; /* owned array: disks, then the ISO */
	size_t image_count;
	struct install_disk default_disk; /* where none was asked for: its size alone is set */
	bool default_network; /* what a machine without --network joins; else user networking */
	struct install_network *networks; /* owned array */
	size_t network_count;
	struct install_graphics graphics;
	struct install_boot boot;
	/* with a seed: the machine's identity is chosen with it, since its file is named so */
	bool has_seed;
	char uuid[UUID_TEXT_SIZE];
	struct seed_texts seed;
	char **warnings; /* owned */
};
void installation_clear(struct installation *installation);

/* The request's compound texts (networks, graphics, boot, osinfo) into choices. */
bool install_read_options(struct installation *installation, struct error *err);
/* Cards that no machine can have are refused; what they would join and is not there is a warning: it may come until the machine starts. */
bool install_check_networks(struct manager *manager, struct installation *installation, struct error *err);
/* libvirt's word for an "on" or "off" that a person typed; NULL: it is neither. */
const char *yes_or_no(const char *word);
/* --osinfo's words. */
bool install_read_osinfo(struct installation *installation, struct error *err);
/* Which system it is, by its name or its ISO. */
bool install_resolve_system(struct manager *manager, struct installation *installation, struct error *err);
/* What a machine for its system is given where nothing was said; without a system, what suits most. Borrowed. */
uint64_t install_system_memory(const struct os_system *system, uint64_t host_bytes); /* MiB; 0: not said */
const char *install_machine(const struct installation *installation);
const char *install_disk_bus(const struct installation *installation, bool cdrom);
const char *install_card(const struct installation *installation);
bool install_virtio_gpu(const struct installation *installation);
/* Which images there are and which are to be made, and where. Looks at files, makes none. */
bool install_resolve_images(struct manager *manager, struct installation *installation, struct error *err);
/* Warns of new images that may outgrow their file system. A start says it by itself. */
void install_warn_space(struct installation *installation);
/* Every choice: names, paths, formats, emulator. Looks at files, makes none. */
bool install_resolve(struct manager *manager, const struct install_request *request, struct installation *ret, struct error *err);
/* Looks at what a new image is to be filled with; its size and the room for it. */
bool install_resolve_content(const struct install_disk *disk, struct install_image *image, struct error *err);
/* What cloud-init will be told, and the drive that it finds it in. */
bool install_resolve_seed(struct manager *manager, struct installation *installation, struct error *err);
/* Starts the job that fills it, and waits for its end. */
bool install_fill_image(struct manager *manager, const struct installation *installation, const struct install_image *image, struct error *err);
/* Images that were made, to be taken back when the rest fails. */
struct made_images {
	struct made_image *items; /* owned */
	size_t count;
};
/* Makes one, in its pool where it has one; noted as made from before it is begun. */
bool install_make_image(struct manager *manager, const struct installation *installation, struct install_image *image, struct made_images *made,
			struct error *err);
void install_unmake_images(struct manager *manager, const struct made_images *made);
void made_images_clear(struct made_images *made);
/* The document, built as a tree. Owned text. */
char *install_document(const struct installation *installation);

#endif
