/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UEFI firmware by QEMU's firmware descriptors: code and variable template always chosen as a pair. */
#ifndef HV_FIRMWARE_H
#define HV_FIRMWARE_H

#include "base/error.h"

#include <stdbool.h>

struct firmware {
	char *code;            /* executable image, opened read-only */
	char *code_format;     /* "raw", "qcow2" */
	char *vars_template;   /* NULL: the firmware keeps no variables */
	char *vars_format;
	bool secure_boot, enrolled_keys, requires_smm;
};

/* What is asked for. machine is the versioned name ("pc-q35-7.2"), matched by the descriptors' globs. code: only the descriptor with
 * that executable (to find its variables), or NULL. */
struct firmware_request {
	const char *arch, *machine, *code;
	bool secure; /* wants Secure Boot (and SMM) */
	bool no_secure;             /* wants none */
	bool enrolled, no_enrolled; /* wants the vendor's keys enrolled in the variables' template; wants none there */
};

/* Reads the descriptors of $XDG_CONFIG_HOME/qemu/firmware, /etc/qemu/firmware, /usr/share/qemu/firmware (same name: the first wins,
 * an empty file masks), sorted by name, and gives the first that fits and whose files exist; when Secure Boot is not asked for, one
 * without it is preferred. NULL with a hint naming the package to
 * install (ovmf) when none does. Owned by the caller. */
struct firmware *firmware_choose(const struct firmware_request *request, struct error *err);
/* The same over directories of the caller's choice, in order of precedence. */
struct firmware *firmware_choose_in(char *const *directories, const struct firmware_request *request, struct error *err);
void firmware_free(struct firmware *firmware);

#endif
