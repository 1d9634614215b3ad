/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine in words: what it is and what it has, as rows for people, made of its document by the schema's labels. */
#ifndef CORE_DESCRIBE_H
#define CORE_DESCRIBE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct domain;
struct machine;
struct manager;

enum describe_group {
	DESCRIBE_MACHINE, /* facts: label and value alone */
	DESCRIBE_RUN,     /* facts of this run; none of a machine that is off */
	DESCRIBE_DEVICE,
};

/* Those that front ends change by forms of their own. */
enum describe_kind { DESCRIBE_OTHER, DESCRIBE_CARD, DESCRIBE_DRIVE /* whose medium is changed */ };

/* One fact or device. Everything is owned; NULL: nothing to say. */
struct describe_row {
	enum describe_group group;
	char *label;    /* "Firmware"; of a device: "Disk vda", "Network net0" */
	char *value;    /* "UEFI"; of a device: what it is: "virtio, qcow2" */
	char *source;   /* of a device: what is behind it on the host: an image, a bridge, a socket */
	char *address;  /* of a device: where the guest finds it: "pci 0000:03:00.0" */
	/* of a device that can be changed by itself: */
	enum describe_kind kind;
	char *key;	/* what commands find it by: a drive's target, a card's MAC */
	char **details; /* of a device: all that is known of it, "Label: value" each, by the schema's labels; without secrets */
};

struct description {
	struct describe_row *rows; /* owned */
	size_t count;
	char *notes; /* owned: the document's <description>; NULL: none */
};
#define _cleanup_description_ _cleanup_(description_clear)
void description_clear(struct description *description);

/* Describes the stored definition or, live, what runs of an active machine. Devices: disks first, controllers last, those that virtty does
 * not know between them by their element's name. */
bool domain_describe(struct manager *manager, const struct machine *machine, bool live, struct description *ret, struct error *err);

/* The same of a document alone: no facts of a run. */
void describe_document(const struct domain *domain, struct description *ret);

#endif
