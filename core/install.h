/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A new machine from a few choices: makes its disks and its document, defines and starts it, or takes everything back. */
#ifndef CORE_INSTALL_H
#define CORE_INSTALL_H

#include "core/manager.h"

struct import_image;
struct job;

#define INSTALL_PASSWORD_MAX 8 /* characters of VNC's password */

struct install_disk {
	char *path;        /* NULL: a new image in the default pool, named after the machine */
	/* Instead of a path: a pool alone, in which a new volume is made; with a volume, that one, or where there is a size a new one of this name. */
	char *pool, *volume;
	uint64_t size_bytes; /* 0: it exists already, or (with a backing) is as large as that */
	char *format;      /* NULL: qcow2 for a new image, by its header for an existing one */
	char *backing;     /* what a new overlay reads through: a path; NULL: none */
	char *backing_format; /* NULL: by the head of the backing */
	/* What a new one is filled with: an image of any format, compressed or not; NULL: nothing. As large as that, or size_bytes if that is more. */
	char *copy;
	struct import_image *content; /* owned: the same, looked at already (core/import.h); NULL: copy is looked at */
	bool full;         /* a new one takes all of its space at once (sparse=no) */
	char *bus;         /* NULL: virtio */
	char *cache, *discard, *io;
	bool readonly, cdrom;
};

void install_disk_clear(struct install_disk *disk);
/* Is it one that is to be made? */
bool install_disk_is_new(const struct install_disk *disk);

struct install_request {
	char *name;            /* NULL: made from the ISO's or image's name */
	char *proposed_name;   /* what that is made from instead; NULL: from those */
	uint64_t memory_mib;   /* 0: 2048 */
	unsigned vcpus;        /* 0: 2, or the host's CPUs if fewer */
	char *cdrom;           /* an ISO; NULL: none */
	bool import;           /* boot the first disk */
	struct install_disk *disks;
	size_t disk_count;
	bool no_disks;         /* --disk none */
	bool no_serial;        /* no serial console: its screen is all that it has */
	bool no_agent;         /* no channel for the guest's agent, which a Linux guest has otherwise */
	bool noreboot;         /* the reboot at the end of the installation turns it off; later ones do not */
	/* Texts made of parts: a comma inside a part is written twice (strv_split_parts()). */
	char **networks;       /* "user[,model=,mac=,forward=tcp:2222:22]", "network=NAME", "bridge=NAME", "direct=DEVICE", "none" */
	char *graphics;        /* "vnc[,listen=,port=,keymap=]", "none"; NULL: vnc on a unix socket */
	char *password;        /* VNC's; NULL: none. Apart from the rest, because it is never part of a command line */
	char *boot;            /* "uefi", "hd,cdrom,network", "menu=on", "kernel=,initrd=,kernel_args=" */
	char *virt_type;       /* "kvm", "qemu"; NULL: KVM where usable */
	char *machine;         /* NULL: the architecture's modern machine */
	char *cpu;             /* NULL: host-passthrough under KVM, maximum under TCG */
	char *osinfo;
	char *title, *description;
	/* For a cloud image: what cloud-init is told at the first start (core/seed.h), as parts; NULL: nothing. The passwords apart, because they
	 * are never part of a command line: of its user, and of root. */
	char *cloud_init, *cloud_password, *cloud_root_password;
	/* Asked between steps: true gives the installation up, and what it made is taken back. NULL: never. */
	bool (*cancelled)(void);
	/* Told how far a job is that fills a disk; NULL: not wanted. */
	void (*progress)(const struct job *job, void *userdata);
	void *progress_userdata;
};
void install_request_clear(struct install_request *request);

/* The name that a request without one gets: after its ISO or first image, with a number where that name is taken. Owned; NULL on error. */
char *install_propose_name(struct manager *manager, const struct install_request *request, struct error *err);
/* Where a new image without a path would be made: in the default pool, under a name that is free. Owned. */
char *install_propose_image(struct manager *manager, const char *name, const char *format);

/* The document for a request, without making anything (disks that would be made get the path they would have). Owned text.
 * ret_warnings may be NULL. */
bool install_xml(struct manager *manager, const struct install_request *request, char **ret_xml, char ***ret_warnings, struct error *err);
/* Makes, defines and starts; on failure deletes what it made. ret_name and ret_warnings owned. start false: define only. */
bool install_run(struct manager *manager, const struct install_request *request, bool start, char **ret_name, char ***ret_warnings, struct error *err);

#endif
