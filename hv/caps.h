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

/* One flag a capability, never a version comparison. Up to CAP_LAST_DEVICE each is a device type and its word is QEMU's name for it
 * (qom-list-types); what follows is asked of the QMP schema, the command line options or a query, by a row in caps_flags.c. */
enum cap {
	CAP_VIRTIO_BLK, CAP_VIRTIO_NET, CAP_VIRTIO_SCSI, CAP_VIRTIO_BALLOON, CAP_VIRTIO_RNG, CAP_VIRTIO_SERIAL, CAP_VIRTIO_GPU,
	CAP_VIRTIO_VGA, CAP_VIRTIO_KEYBOARD, CAP_VIRTIO_MOUSE, CAP_VIRTIO_INPUT, CAP_VIRTCONSOLE, CAP_VIRTSERIALPORT, CAP_AHCI, CAP_LSI_SCSI,
	CAP_MEGASAS, CAP_E1000, CAP_E1000E, CAP_RTL8139, CAP_NE2K_PCI, CAP_PCNET, CAP_I82551, CAP_I82557B, CAP_I82559ER, CAP_VMXNET3,
	CAP_QEMU_XHCI, CAP_NEC_XHCI, CAP_PIIX3_USB, CAP_PIIX4_USB, CAP_EHCI, CAP_ICH9_EHCI, CAP_ICH9_UHCI1, CAP_ICH9_UHCI2, CAP_ICH9_UHCI3,
	CAP_PCI_OHCI, CAP_PCIE_ROOT_PORT, CAP_IOH3420, CAP_PCI_BRIDGE, CAP_DMI_TO_PCI_BRIDGE, CAP_PCIE_PCI_BRIDGE, CAP_UPSTREAM_PORT,
	CAP_DOWNSTREAM_PORT, CAP_IDE_HD, CAP_IDE_CD, CAP_SCSI_HD, CAP_SCSI_CD, CAP_FLOPPY, CAP_USB_STORAGE, CAP_ISA_SERIAL,
	CAP_PCI_SERIAL, CAP_USB_SERIAL, CAP_USB_TABLET, CAP_USB_MOUSE, CAP_USB_KBD, CAP_VGA, CAP_QXL, CAP_QXL_VGA, CAP_CIRRUS, CAP_BOCHS,
	CAP_RAMFB, CAP_VMWARE_SVGA, CAP_ISA_FDC, CAP_LAST_DEVICE = CAP_ISA_FDC,
	CAP_KVM, CAP_NETDEV_USER, CAP_NETDEV_STREAM, CAP_IO_URING, CAP_AIO_NATIVE, CAP_SANDBOX, CAP_SET_ACTION, CAP_COUNT
};
ENUM_DECLARE(cap);

struct qemu_machine {
	char *name;  /* "pc-q35-7.2" */
	char *alias; /* "q35", may be NULL */
	char *default_cpu; /* "qemu64", may be NULL */
	char *ram_id;      /* "pc.ram", may be NULL: the machine takes no memory backend */
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
/* Has this QEMU the device type of that name? False as well for types that no flag stands for. */
bool caps_has_device(const struct qemu_caps *caps, const char *driver);
/* The machine type of that name or alias, or NULL. Borrowed. */
const struct qemu_machine *caps_machine(const struct qemu_caps *caps, const char *name);

#endif
