/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of <address> and of the devices that are neither disks nor character devices. */
#include "hv/domain_schema.h"

SCHEMA_CHOICES(pci_models, "pci-root", "pcie-root", "pcie-root-port", "pci-bridge", "pcie-to-pci-bridge", "dmi-to-pci-bridge",
	       "pcie-switch-upstream-port", "pcie-switch-downstream-port", "pci-expander-bus", "pcie-expander-bus");
SCHEMA_CHOICES(usb_models, "piix3-uhci", "piix4-uhci", "ehci", "ich9-ehci1", "ich9-uhci1", "ich9-uhci2", "ich9-uhci3", "vt82c686b-uhci",
	       "pci-ohci", "nec-xhci", "qemu-xhci", "qusb1", "qusb2", "none");
SCHEMA_CHOICES(scsi_models, "virtio-scsi", "virtio-transitional", "virtio-non-transitional", "auto", "buslogic", "lsilogic", "lsisas1068",
	       "lsisas1078", "vmpvscsi", "ibmvscsi", "ncr53c90", "dc390", "am53c974");
SCHEMA_CHOICES(virtio_models, "virtio", "virtio-transitional", "virtio-non-transitional");
SCHEMA_CHOICES(balloon_models, "virtio", "virtio-transitional", "virtio-non-transitional", "none", "xen");
SCHEMA_CHOICES(rng_backends, "random", "egd", "builtin");
SCHEMA_CHOICES(video_models, "vga", "virtio", "qxl", "cirrus", "bochs", "ramfb", "vmvga", "xen", "vbox", "parallels", "gop", "none");

#define SCHEMA_TYPE struct address
#define IS_PCI SCHEMA_WHEN(type, BIT(ADDRESS_PCI))
#define IS_DRIVE SCHEMA_WHEN(type, BIT(ADDRESS_DRIVE))
#define IS_USB SCHEMA_WHEN(type, BIT(ADDRESS_USB))
#define IS_SERIAL SCHEMA_WHEN(type, BIT(ADDRESS_VIRTIO_SERIAL))
#define IS_ISA SCHEMA_WHEN(type, BIT(ADDRESS_ISA))

static const struct schema_row address_rows[] = {
	ROW_WORD("@type", type, address_type_words, NULL, "The kind of address", .key = true, .required = true),
	ROW_UINT("@domain", domain, 0, UINT16_MAX, NULL, "PCI domain", IS_PCI),
	ROW_UINT("@bus", bus, 0, 255, NULL, "PCI bus: the controller of that index", IS_PCI),
	ROW_UINT("@slot", slot, 0, 31, NULL, "PCI slot", IS_PCI),
	ROW_UINT("@function", function, 0, 7, NULL, "PCI function", IS_PCI),
	ROW_WORD("@multifunction", multifunction, onoff_words, NULL, "on at function 0 of a slot with more functions", IS_PCI),
	ROW_UINT("@controller", controller, 0, UINT16_MAX, NULL, "Index of the controller", IS_DRIVE),
	ROW_UINT("@bus", bus, 0, 255, NULL, "Bus of the controller", IS_DRIVE),
	ROW_UINT("@target", target, 0, 16383, NULL, "SCSI target", IS_DRIVE),
	ROW_UINT("@unit", unit, 0, 16383, NULL, "Unit on the bus", IS_DRIVE),
	ROW_UINT("@bus", bus, 0, 255, NULL, "USB bus: the controller of that index", IS_USB),
	ROW_STRING("@port", port, NULL, "USB port: 1, or 1.2 behind a hub", IS_USB),
	ROW_UINT("@controller", controller, 0, UINT16_MAX, NULL, "Index of the controller", IS_SERIAL),
	ROW_UINT("@bus", bus, 0, 255, NULL, "Always 0", IS_SERIAL),
	ROW_STRING("@port", port, NULL, "Port of the controller", IS_SERIAL),
	ROW_UINT("@iobase", iobase, 0, UINT16_MAX, NULL, "I/O port", IS_ISA),
	ROW_UINT("@irq", irq, 0, 255, NULL, "Interrupt", IS_ISA),
};
SCHEMA_DEFINE(address_schema, "address", address_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct controller
#define IS_PCI_CONTROLLER SCHEMA_WHEN(type, BIT(CONTROLLER_PCI))
static const struct schema_row controller_rows[] = {
	ROW_WORD("@type", type, controller_type_words, "Type", "What the controller connects", .key = true, .required = true),
	ROW_UINT("@index", index, 0, UINT16_MAX, "Index", "Number among the controllers of its type"),
	ROW_CHOICE("@model", model, pci_models, "Model", "What the controller is on the PCI tree", IS_PCI_CONTROLLER),
	ROW_CHOICE("@model", model, usb_models, "Model", "qemu-xhci is USB 3", SCHEMA_WHEN(type, BIT(CONTROLLER_USB))),
	ROW_CHOICE("@model", model, scsi_models, "Model", "virtio-scsi is fastest", SCHEMA_WHEN(type, BIT(CONTROLLER_SCSI))),
	ROW_STRING("@model", model, "Model", "QEMU's kind of controller",
		   SCHEMA_WHEN(type, ~(BIT(CONTROLLER_PCI) | BIT(CONTROLLER_USB) | BIT(CONTROLLER_SCSI)))),
	ROW_UINT("@ports", ports, 1, 255, "Ports", "Number of ports",
		 SCHEMA_WHEN(type, BIT(CONTROLLER_USB) | BIT(CONTROLLER_VIRTIO_SERIAL))),
	ROW_STRING("model/@name", model_name, NULL, "QEMU's device", IS_PCI_CONTROLLER),
	ROW_UINT("target/@chassisNr", target_chassis_nr, 1, 255, NULL, "Number of a PCI bridge", IS_PCI_CONTROLLER),
	ROW_UINT("target/@chassis", target_chassis, 0, 255, NULL, "Chassis of a root port", IS_PCI_CONTROLLER),
	ROW_UINT("target/@port", target_port, 0, 255, NULL, "Number of a root port", IS_PCI_CONTROLLER),
	ROW_STRING("master/@startport", master_startport, NULL, "First port of a companion", SCHEMA_WHEN(type, BIT(CONTROLLER_USB))),
	DEVICE_ROWS,
};
SCHEMA_DEFINE(controller_schema, "controller", controller_rows, device.node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct input
static const struct schema_row input_rows[] = {
	ROW_WORD("@type", type, input_type_words, "Type", "A tablet keeps the pointer where the viewer's is", .required = true),
	ROW_WORD("@bus", bus, input_bus_words, "Bus", "How the guest sees it"),
	DEVICE_ROWS,
};
SCHEMA_DEFINE(input_schema, "input", input_rows, device.node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct video
static const struct schema_row video_rows[] = {
	ROW_CHOICE("model/@type", model, video_models, "Model", "vga works everywhere; virtio is modern"),
	ROW_UINT("model/@vram", vram_kib, 1, UINT32_MAX, "Video memory", "KiB"),
	ROW_UINT("model/@heads", heads, 1, 16, "Heads", "Number of screens"),
	ROW_WORD("model/@primary", primary, yesno_words, NULL, "The one that shows the boot"),
	ROW_UINT("model/resolution/@x", resolution_x, 1, 65535, "Width", "Preferred width in pixels"),
	ROW_UINT("model/resolution/@y", resolution_y, 1, 65535, "Height", "Preferred height in pixels"),
	DEVICE_ROWS,
};
SCHEMA_DEFINE(video_schema, "video", video_rows, device.node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct memballoon
static const struct schema_row memballoon_rows[] = {
	ROW_CHOICE("@model", model, balloon_models, "Model", "virtio, or none", .required = true),
	ROW_WORD("@autodeflate", autodeflate, onoff_words, NULL, "Give memory back before the guest kills processes"),
	ROW_WORD("@freePageReporting", free_page_reporting, onoff_words, NULL, "Free pages of the guest return to the host"),
	ROW_UINT("stats/@period", stats_period_s, 0, INT32_MAX, "Statistics", "Seconds between two looks at the guest's memory"),
	DEVICE_ROWS,
};
SCHEMA_DEFINE(memballoon_schema, "memballoon", memballoon_rows, device.node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct rng
static const struct schema_row rng_rows[] = {
	ROW_CHOICE("@model", model, virtio_models, "Model", "virtio", .required = true),
	ROW_UINT("rate/@bytes", rate_bytes, 1, UINT32_MAX, "Rate", "Bytes in a period"),
	ROW_UINT("rate/@period", rate_period_ms, 1, UINT32_MAX, "Period", "Milliseconds, 1000 unless said otherwise"),
	ROW_STRING("backend", backend_path, "Source", "Device that random bytes are read from"),
	ROW_CHOICE("backend/@model", backend_model, rng_backends, "Backend", "random or builtin", .required = true),
	DEVICE_ROWS,
};
SCHEMA_DEFINE(rng_schema, "rng", rng_rows, device.node);
#undef SCHEMA_TYPE
