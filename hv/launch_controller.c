/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Controllers: PCI ports and bridges, USB, SCSI, SATA, virtio-serial. What a machine type brings by itself is not
 * printed. */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "hv/launch_build.h"

/* Which device a model is, the usual one first; NULL drivers are part of the machine. */
static const struct model {
	enum controller_type type;
	const char *model;
	const char *driver;
} models[] = {
	{ CONTROLLER_PCI, "pci-root", NULL },
	{ CONTROLLER_PCI, "pcie-root", NULL },
	{ CONTROLLER_PCI, "pcie-root-port", "pcie-root-port" },
	{ CONTROLLER_PCI, "pcie-root-port", "ioh3420" },
	{ CONTROLLER_PCI, "pci-bridge", "pci-bridge" },
	{ CONTROLLER_PCI, "dmi-to-pci-bridge", "i82801b11-bridge" },
	{ CONTROLLER_PCI, "pcie-to-pci-bridge", "pcie-pci-bridge" },
	{ CONTROLLER_PCI, "pcie-switch-upstream-port", "x3130-upstream" },
	{ CONTROLLER_PCI, "pcie-switch-downstream-port", "xio3130-downstream" },
	{ CONTROLLER_USB, "none", NULL },
	{ CONTROLLER_USB, "qemu-xhci", "qemu-xhci" },
	{ CONTROLLER_USB, "nec-xhci", "nec-usb-xhci" },
	{ CONTROLLER_USB, "piix3-uhci", "piix3-usb-uhci" },
	{ CONTROLLER_USB, "piix4-uhci", "piix4-usb-uhci" },
	{ CONTROLLER_USB, "ehci", "usb-ehci" },
	{ CONTROLLER_USB, "ich9-ehci1", "ich9-usb-ehci1" },
	{ CONTROLLER_USB, "ich9-uhci1", "ich9-usb-uhci1" },
	{ CONTROLLER_USB, "ich9-uhci2", "ich9-usb-uhci2" },
	{ CONTROLLER_USB, "ich9-uhci3", "ich9-usb-uhci3" },
	{ CONTROLLER_USB, "pci-ohci", "pci-ohci" },
	{ CONTROLLER_SCSI, "virtio-scsi", "virtio-scsi-pci" },
	{ CONTROLLER_SCSI, "lsilogic", "lsi53c895a" },
	{ CONTROLLER_SCSI, "lsisas1078", "megasas" },
	{ CONTROLLER_VIRTIO_SERIAL, NULL, "virtio-serial-pci" },
	{ CONTROLLER_VIRTIO_SERIAL, "virtio", "virtio-serial-pci" },
	{ CONTROLLER_SATA, NULL, "ich9-ahci" },
	{ CONTROLLER_FDC, NULL, "isa-fdc" },
};

static const struct model *find_model(const struct controller *controller)
{
	for (size_t i = 0; i < ARRAY_LENGTH(models); i++) {
		const struct model *row = &models[i];

		if (row->type == controller->type && text_equal(row->model, controller->model) &&
		    (!controller->model_name || !row->driver || strcmp(controller->model_name, row->driver) == 0))
			return row;
	}
	return NULL;
}

/* Part of the chipset: q35 has one SATA controller, i440fx one IDE and one floppy controller. */
static bool is_built_in(const struct domain *domain, const struct controller *controller)
{
	bool first = !controller->index.set || controller->index.value == 0;

	switch (controller->type) {
	case CONTROLLER_SATA:
		return first && machine_is_q35(domain);
	case CONTROLLER_IDE:
	case CONTROLLER_FDC:
		return first && !machine_is_q35(domain);
	case CONTROLLER_ABSENT:
	case CONTROLLER_PCI:
	case CONTROLLER_SCSI:
	case CONTROLLER_USB:
	case CONTROLLER_VIRTIO_SERIAL:
	case CONTROLLER_CCID:
	case CONTROLLER_ISA:
	case CONTROLLER_XENBUS:
	case CONTROLLER_TYPE_COUNT:
		break;
	}
	return false;
}

/* Ports have a chassis and a number that the guest sees. Where the document is silent, libvirt's own choice. */
static void add_pci_target(const struct controller *controller, const char *model, struct json_object *json)
{
	const struct address *address = &controller->device.address;
	uint64_t chassis = controller->target_chassis.set ? controller->target_chassis.value : controller->index.value;
	uint64_t port = controller->target_port.set ? controller->target_port.value
						    : (address->slot.value << 3 | address->function.value);

	if (strcmp(model, "pcie-root-port") == 0 || strcmp(model, "pcie-switch-downstream-port") == 0) {
		json_set_int(json, "port", (int64_t)port);
		json_set_int(json, "chassis", (int64_t)chassis);
	} else if (strcmp(model, "pci-bridge") == 0) {
		json_set_int(json, "chassis_nr",
			     (int64_t)(controller->target_chassis_nr.set ? controller->target_chassis_nr.value
									 : controller->index.value));
	}
}

/* USB 1 companions of an EHCI controller share its bus and have no id; the others have one. */
static bool add_usb(struct builder *b, const struct controller *controller, struct json_object *json)
{
	bool xhci = text_ends(controller->model, "xhci");
	const struct controller *master;
	_cleanup_free_ char *bus = NULL;
	uint64_t port;

	if (xhci && controller->ports.set) {
		json_set_int(json, "p2", (int64_t)controller->ports.value);
		json_set_int(json, "p3", (int64_t)controller->ports.value);
	}
	if (!controller->master_startport) {
		json_set_string(json, "id", controller->device.alias);
		return true;
	}
	master = find_controller(b->domain, CONTROLLER_USB, controller->index.value);
	if (!master || !device_check_alias(b, &master->device, "a USB controller"))
		return master ? false
			      : build_invalid(b, NULL, "USB companion '%s' has no master with index %llu",
					      controller->model, (unsigned long long)controller->index.value);
	if (!text_to_uint(controller->master_startport, false, &port))
		return build_invalid(b, NULL, "USB controller '%s': startport '%s' is not a number", controller->model,
				     controller->master_startport);
	bus = strf("%s.0", master->device.alias);
	json_set_string(json, "masterbus", bus);
	json_set_int(json, "firstport", (int64_t)port);
	return true;
}

static bool add_details(struct builder *b, const struct controller *controller, const char *what,
			struct json_object *json)
{
	if (controller->type == CONTROLLER_USB)
		return add_usb(b, controller, json) && device_add_address(b, &controller->device, what, json);
	if (controller->type == CONTROLLER_PCI)
		add_pci_target(controller, controller->model, json);
	if (controller->type == CONTROLLER_FDC)
		return true;
	json_set_string(json, "id", controller->device.alias);
	if (controller->type == CONTROLLER_VIRTIO_SERIAL && controller->ports.set)
		json_set_int(json, "max_ports", (int64_t)controller->ports.value);
	return device_add_address(b, &controller->device, what, json);
}

bool build_controller(struct builder *b, const struct controller *controller)
{
	const char *type = enum_word(&controller_type_words, (int)controller->type);
	_cleanup_free_ char *what = strf("%s controller %llu", type, (unsigned long long)controller->index.value);
	const struct model *model;
	struct json_object *json;

	if (is_built_in(b->domain, controller))
		return true;
	model = find_model(controller);
	if (!model)
		return build_unsupported(
			b, "choose another model with 'virtty edit'", "%s: model '%s'%s%s is not supported yet", what,
			controller->model ? controller->model : "(none)", controller->model_name ? " name " : "",
			controller->model_name ? controller->model_name : "");
	if (!model->driver)
		return true;
	if (!controller->master_startport && !device_check_alias(b, &controller->device, what))
		return false;
	json = device_new(model->driver);
	if (!add_details(b, controller, what, json)) {
		json_object_put(json);
		return false;
	}
	return build_device(b, json);
}

/* Controllers of one type; PCI by index, for a bridge behind another has the higher one, and companions after their
 * masters. */
static bool build_type(struct builder *b, enum controller_type type, bool companions)
{
	for (size_t i = 0; i < b->domain->controller_count; i++) {
		const struct controller *controller = &b->domain->controllers[i];

		if (controller->type == type && (controller->master_startport != NULL) == companions &&
		    !build_controller(b, controller))
			return false;
	}
	return true;
}

static bool build_pci(struct builder *b)
{
	for (uint64_t index = 0; index < 256; index++) {
		const struct controller *pci = find_controller(b->domain, CONTROLLER_PCI, index);

		if (pci && !build_controller(b, pci))
			return false;
	}
	return true;
}

bool build_controllers(struct builder *b)
{
	static const enum controller_type order[] = { CONTROLLER_SCSI, CONTROLLER_FDC,		 CONTROLLER_IDE,
						      CONTROLLER_SATA, CONTROLLER_VIRTIO_SERIAL, CONTROLLER_CCID,
						      CONTROLLER_ISA,  CONTROLLER_XENBUS };

	if (!build_pci(b) || !build_type(b, CONTROLLER_USB, false) || !build_type(b, CONTROLLER_USB, true))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(order); i++)
		if (!build_type(b, order[i], false))
			return false;
	return true;
}
