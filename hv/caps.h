/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one QEMU binary can do, reduced to what virtty asks: version, machine types, CPU models, flags. */
#ifndef HV_CAPS_H
#define HV_CAPS_H

#include "base/enum.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

/* One flag a capability, asked of qom-list-types, query-qmp-schema, device-list-properties or query-command-line-options when probed.
 * The engine's author adds rows to the table in caps.c; never a version comparison. */
enum cap {
	CAP_VIRTIO_BLK, CAP_VIRTIO_NET, CAP_VIRTIO_SCSI, CAP_VIRTIO_BALLOON, CAP_VIRTIO_RNG, CAP_VIRTIO_SERIAL, CAP_VIRTIO_GPU,
	CAP_VIRTIO_INPUT, CAP_AHCI, CAP_E1000, CAP_E1000E, CAP_RTL8139, CAP_QEMU_XHCI, CAP_PIIX3_USB, CAP_EHCI, CAP_PCIE_ROOT_PORT,
	CAP_VGA, CAP_QXL, CAP_CIRRUS, CAP_BOCHS, CAP_RAMFB, CAP_LSI_SCSI, CAP_KVM, CAP_NETDEV_USER, CAP_NETDEV_STREAM, CAP_IO_URING,
	CAP_SANDBOX, CAP_SET_ACTION, CAP_COUNT
};
ENUM_DECLARE(cap);

struct qemu_machine {
	char *name;  /* "pc-q35-7.2" */
	char *alias; /* "q35", may be NULL */
	uint32_t cpu_max;
	bool is_default, deprecated;
};

struct qemu_caps {
	char *binary;
	char *arch;    /* "x86_64", from query-target */
	char *version; /* "7.2.22" */
	char *package; /* "Debian 1:7.2+dfsg-7+deb12u18", may be "" */
	struct qemu_machine *machines;
	size_t machine_count;
	char **cpu_models; /* sorted */
	bool flags[CAP_COUNT];
};

/* Starts the binary with -machine none, asks it over QMP and ends it: about 0.1 s. Bounded in time (20 s) and bytes. NULL on error:
 * a missing or wrong binary is named, with QEMU's own last stderr line. */
struct qemu_caps *caps_probe(const char *binary, struct error *err);
/* To and from the cached form. caps_from_json() gives NULL for anything it did not write itself (then probe again). */
struct json_object *caps_to_json(const struct qemu_caps *caps);
struct qemu_caps *caps_from_json(struct json_object *json);
void caps_free(struct qemu_caps *caps);

bool caps_has(const struct qemu_caps *caps, enum cap cap);
/* The machine type of that name or alias, or NULL. Borrowed. */
const struct qemu_machine *caps_machine(const struct qemu_caps *caps, const char *name);

#endif
