/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Architectures as rows: what differs between the guests that an engine can run. */
#ifndef HV_ARCH_H
#define HV_ARCH_H

#include <stdbool.h>

struct arch {
	const char *name;            /* "x86_64": libvirt's and QEMU's word */
	const char *emulator;        /* "qemu-system-x86_64" */
	const char *default_machine; /* alias: "pc" (libvirt's default for XML without one) */
	const char *modern_machine;  /* alias: "q35" (what virtty install takes) */
	const char *panic_device;    /* reserved for rows that need one, may be NULL */
	bool has_acpi, has_bios;
};

/* Every architecture that a libvirt document may name, blanks between: those without a row are kept, and not run yet. */
extern const char arch_words[];

/* The row of that name, or NULL. */
const struct arch *arch_find(const char *name);
/* The host's own row; NULL when virtty has none for it. */
const struct arch *arch_host(void);

#endif
