/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The capabilities of a QEMU binary as a value: its words, looking things up, the cached form. */
#include "hv/caps.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"

/* Raised when the cached form or the meaning of a flag changes: older caches are probed again. */
#define CAPS_FORMAT 2

ENUM_WORDS(cap, CAP_COUNT,
	[CAP_VIRTIO_BLK] = "virtio-blk-pci",
	[CAP_VIRTIO_NET] = "virtio-net-pci",
	[CAP_VIRTIO_SCSI] = "virtio-scsi-pci",
	[CAP_VIRTIO_BALLOON] = "virtio-balloon-pci",
	[CAP_VIRTIO_RNG] = "virtio-rng-pci",
	[CAP_VIRTIO_SERIAL] = "virtio-serial-pci",
	[CAP_VIRTIO_GPU] = "virtio-gpu-pci",
	[CAP_VIRTIO_VGA] = "virtio-vga",
	[CAP_VIRTIO_KEYBOARD] = "virtio-keyboard-pci",
	[CAP_VIRTIO_MOUSE] = "virtio-mouse-pci",
	[CAP_VIRTIO_INPUT] = "virtio-tablet-pci",
	[CAP_VIRTCONSOLE] = "virtconsole",
	[CAP_VIRTSERIALPORT] = "virtserialport",
	[CAP_AHCI] = "ich9-ahci",
	[CAP_LSI_SCSI] = "lsi53c895a",
	[CAP_MEGASAS] = "megasas",
	[CAP_E1000] = "e1000",
	[CAP_E1000E] = "e1000e",
	[CAP_RTL8139] = "rtl8139",
	[CAP_NE2K_PCI] = "ne2k_pci",
	[CAP_PCNET] = "pcnet",
	[CAP_I82551] = "i82551",
	[CAP_I82557B] = "i82557b",
	[CAP_I82559ER] = "i82559er",
	[CAP_VMXNET3] = "vmxnet3",
	[CAP_QEMU_XHCI] = "qemu-xhci",
	[CAP_NEC_XHCI] = "nec-usb-xhci",
	[CAP_PIIX3_USB] = "piix3-usb-uhci",
	[CAP_PIIX4_USB] = "piix4-usb-uhci",
	[CAP_EHCI] = "usb-ehci",
	[CAP_ICH9_EHCI] = "ich9-usb-ehci1",
	[CAP_ICH9_UHCI1] = "ich9-usb-uhci1",
	[CAP_ICH9_UHCI2] = "ich9-usb-uhci2",
	[CAP_ICH9_UHCI3] = "ich9-usb-uhci3",
	[CAP_PCI_OHCI] = "pci-ohci",
	[CAP_PCIE_ROOT_PORT] = "pcie-root-port",
	[CAP_IOH3420] = "ioh3420",
	[CAP_PCI_BRIDGE] = "pci-bridge",
	[CAP_DMI_TO_PCI_BRIDGE] = "i82801b11-bridge",
	[CAP_PCIE_PCI_BRIDGE] = "pcie-pci-bridge",
	[CAP_UPSTREAM_PORT] = "x3130-upstream",
	[CAP_DOWNSTREAM_PORT] = "xio3130-downstream",
	[CAP_IDE_HD] = "ide-hd",
	[CAP_IDE_CD] = "ide-cd",
	[CAP_SCSI_HD] = "scsi-hd",
	[CAP_SCSI_CD] = "scsi-cd",
	[CAP_FLOPPY] = "floppy",
	[CAP_USB_STORAGE] = "usb-storage",
	[CAP_ISA_SERIAL] = "isa-serial",
	[CAP_PCI_SERIAL] = "pci-serial",
	[CAP_USB_SERIAL] = "usb-serial",
	[CAP_USB_TABLET] = "usb-tablet",
	[CAP_USB_MOUSE] = "usb-mouse",
	[CAP_USB_KBD] = "usb-kbd",
	[CAP_VGA] = "VGA",
	[CAP_QXL] = "qxl",
	[CAP_QXL_VGA] = "qxl-vga",
	[CAP_CIRRUS] = "cirrus-vga",
	[CAP_BOCHS] = "bochs-display",
	[CAP_RAMFB] = "ramfb",
	[CAP_VMWARE_SVGA] = "vmware-svga",
	[CAP_ISA_FDC] = "isa-fdc",
	[CAP_KVM] = "kvm",
	[CAP_NETDEV_USER] = "netdev-user",
	[CAP_NETDEV_STREAM] = "netdev-stream",
	[CAP_IO_URING] = "aio-io_uring",
	[CAP_AIO_NATIVE] = "aio-native",
	[CAP_SANDBOX] = "sandbox",
	[CAP_SET_ACTION] = "set-action");

bool caps_has(const struct qemu_caps *caps, enum cap cap)
{
	return cap < CAP_COUNT && caps->flags[cap];
}

bool caps_has_device(const struct qemu_caps *caps, const char *driver)
{
	int cap = enum_value(&cap_words, driver);

	return cap >= 0 && cap <= CAP_LAST_DEVICE && caps->flags[cap];
}

const struct qemu_machine *caps_machine(const struct qemu_caps *caps, const char *name)
{
	if (!name)
		return NULL;
	for (size_t i = 0; i < caps->machine_count; i++) {
		const struct qemu_machine *machine = &caps->machines[i];

		if (strcmp(machine->name, name) == 0 || (machine->alias && strcmp(machine->alias, name) == 0))
			return machine;
	}
	return NULL;
}

void caps_free(struct qemu_caps *caps)
{
	if (!caps)
		return;
	for (size_t i = 0; i < caps->machine_count; i++) {
		free(caps->machines[i].name);
		free(caps->machines[i].alias);
		free(caps->machines[i].default_cpu);
		free(caps->machines[i].ram_id);
	}
	free(caps->machines);
	strv_free(caps->cpu_models);
	free(caps->binary);
	free(caps->arch);
	free(caps->version);
	free(caps->package);
	free(caps);
}

static struct json_object *machine_to_json(const struct qemu_machine *machine)
{
	struct json_object *json = json_object_new_object();

	json_set_string(json, "name", machine->name);
	json_set_string(json, "alias", machine->alias);
	json_set_string(json, "cpu", machine->default_cpu);
	json_set_string(json, "ram", machine->ram_id);
	json_set_int(json, "cpus", machine->cpu_max);
	if (machine->is_default)
		json_set_bool(json, "default", true);
	if (machine->deprecated)
		json_set_bool(json, "deprecated", true);
	return json;
}

struct json_object *caps_to_json(const struct qemu_caps *caps)
{
	struct json_object *json = json_object_new_object();
	struct json_object *machines = json_object_new_array();
	struct json_object *models = json_object_new_array();
	struct json_object *flags = json_object_new_array();

	json_set_int(json, "format", CAPS_FORMAT);
	json_set_string(json, "binary", caps->binary);
	json_set_string(json, "arch", caps->arch);
	json_set_string(json, "version", caps->version);
	json_set_string(json, "package", caps->package);
	for (size_t i = 0; i < caps->machine_count; i++)
		json_object_array_add(machines, machine_to_json(&caps->machines[i]));
	json_set(json, "machines", machines);
	for (size_t i = 0; caps->cpu_models && caps->cpu_models[i]; i++)
		json_object_array_add(models, json_object_new_string(caps->cpu_models[i]));
	json_set(json, "cpu-models", models);
	for (int i = 0; i < CAP_COUNT; i++)
		if (caps->flags[i])
			json_object_array_add(flags, json_object_new_string(enum_word(&cap_words, i)));
	json_set(json, "flags", flags);
	return json;
}

/* The array of that name; an object of another type or a missing one is not what caps_to_json() wrote. */
static struct json_object *get_array(struct json_object *json, const char *key)
{
	struct json_object *array = json_get(json, key);

	return json_object_is_type(array, json_type_array) ? array : NULL;
}

static bool machines_from_json(struct qemu_caps *caps, struct json_object *array)
{
	for (size_t i = 0; array && i < json_object_array_length(array); i++) {
		struct json_object *json = json_object_array_get_idx(array, i);
		const char *name = json_get_string(json, "name", NULL);
		int64_t cpus = json_get_int(json, "cpus", -1);
		struct qemu_machine *machine;

		if (!name || cpus < 0 || cpus > UINT32_MAX)
			return false;
		machine = ARRAY_ADD(caps->machines, caps->machine_count);
		machine->name = xstrdup(name);
		machine->alias = xstrdup_null(json_get_string(json, "alias", NULL));
		machine->default_cpu = xstrdup_null(json_get_string(json, "cpu", NULL));
		machine->ram_id = xstrdup_null(json_get_string(json, "ram", NULL));
		machine->cpu_max = (uint32_t)cpus;
		machine->is_default = json_get_bool(json, "default", false);
		machine->deprecated = json_get_bool(json, "deprecated", false);
	}
	return array != NULL;
}

static bool models_from_json(struct qemu_caps *caps, struct json_object *array)
{
	for (size_t i = 0; array && i < json_object_array_length(array); i++) {
		struct json_object *model = json_object_array_get_idx(array, i);

		if (!json_object_is_type(model, json_type_string))
			return false;
		caps->cpu_models = strv_add(caps->cpu_models, json_object_get_string(model));
	}
	return array != NULL;
}

static bool flags_from_json(struct qemu_caps *caps, struct json_object *array)
{
	for (size_t i = 0; array && i < json_object_array_length(array); i++) {
		struct json_object *flag = json_object_array_get_idx(array, i);
		int cap = json_object_is_type(flag, json_type_string) ? enum_value(&cap_words, json_object_get_string(flag)) : -1;

		if (cap < 0)
			return false;
		caps->flags[cap] = true;
	}
	return array != NULL;
}

struct qemu_caps *caps_from_json(struct json_object *json)
{
	struct qemu_caps *caps;

	if (!json_object_is_type(json, json_type_object) || json_get_int(json, "format", 0) != CAPS_FORMAT)
		return NULL;
	caps = xcalloc(1, sizeof *caps);
	caps->binary = xstrdup_null(json_get_string(json, "binary", NULL));
	caps->arch = xstrdup_null(json_get_string(json, "arch", NULL));
	caps->version = xstrdup_null(json_get_string(json, "version", NULL));
	caps->package = xstrdup_null(json_get_string(json, "package", NULL));
	if (!caps->binary || !caps->arch || !caps->version || !caps->package ||
	    !machines_from_json(caps, get_array(json, "machines")) || !models_from_json(caps, get_array(json, "cpu-models")) ||
	    !flags_from_json(caps, get_array(json, "flags"))) {
		caps_free(caps);
		return NULL;
	}
	return caps;
}
