/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses that are numbered ports of a controller: USB and virtio-serial. */
#include "hv/domain_settle.h"

#include "base/memory.h"
#include "base/text.h"
#include "hv/domain_schema.h"

#include <stdlib.h>

#define SERIAL_PORTS 31 /* of a virtio-serial controller */

/* All addresses of one kind that somebody has. */
struct ports {
	struct domain *domain;
	struct address *foreign; /* owned */
	size_t foreign_count;
};

/* Does the address hold that port of that controller? A port behind a hub holds no port of the controller itself. */
static bool holds(const struct address *address, enum address_type type, uint64_t controller, uint64_t port)
{
	uint64_t number = 0;

	if (address->type != type || address->port == NULL || !text_to_uint(address->port, false, &number) ||
	    number != port)
		return false;
	return (type == ADDRESS_USB ? address->bus.value : address->controller.value) == controller;
}

static bool is_taken(const struct ports *ports, enum address_type type, uint64_t controller, uint64_t port)
{
	const struct domain *domain = ports->domain;

	for (size_t i = 0; i < ports->foreign_count; i++)
		if (holds(&ports->foreign[i], type, controller, port))
			return true;
	for (size_t i = 0; i < domain->disk_count; i++)
		if (holds(&domain->disks[i].device.address, type, controller, port))
			return true;
	for (size_t i = 0; i < domain->input_count; i++)
		if (holds(&domain->inputs[i].device.address, type, controller, port))
			return true;
	for (size_t i = 0; i < domain->console_count; i++)
		if (holds(&domain->consoles[i].device.address, type, controller, port))
			return true;
	for (size_t i = 0; i < domain->channel_count; i++)
		if (holds(&domain->channels[i].device.address, type, controller, port))
			return true;
	for (size_t i = 0; i < domain->serial_count; i++)
		if (holds(&domain->serials[i].device.address, type, controller, port))
			return true;
	return false;
}

/* Ports that QEMU's model has, when the document says nothing. */
static unsigned int usb_ports(const struct controller *controller)
{
	static const struct {
		const char *model;
		unsigned int ports;
	} table[] = {
		{ "qemu-xhci", 4 },  { "nec-xhci", 4 }, { "ehci", 6 },
		{ "ich9-ehci1", 6 }, { "pci-ohci", 3 }, { "none", 0 },
	};

	if (controller->ports.set)
		return (unsigned int)controller->ports.value;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++)
		if (text_equal(controller->model, table[i].model))
			return table[i].ports;
	return 2;
}

static bool assign_usb_on(const struct ports *ports, const struct device_ref *ref, const struct controller *controller)
{
	unsigned int bus = (unsigned int)controller->index.value;
	unsigned int count = usb_ports(controller);

	for (unsigned int port = 1; port <= count; port++) {
		if (is_taken(ports, ADDRESS_USB, bus, port))
			continue;
		address_put_usb(ref, bus, port);
		return true;
	}
	return false;
}

/* The first free port of any controller; where all are taken, one more controller like the first. */
static void assign_usb(const struct ports *ports, const struct device_ref *ref)
{
	struct domain *domain = ports->domain;
	const char *model = NULL;

	for (size_t i = 0; i < domain->controller_count; i++) {
		const struct controller *controller = &domain->controllers[i];

		if (controller->type != CONTROLLER_USB || controller->master_startport != NULL)
			continue;
		if (assign_usb_on(ports, ref, controller))
			return;
		if (model == NULL)
			model = controller->model;
	}
	uint64_t index = controller_next_index(domain, CONTROLLER_USB);

	if (model == NULL || text_equal(model, "none") || index > CONTROLLER_INDEX_MAX)
		return;
	_cleanup_free_ char *copy = xstrdup(text_starts(model, "ich9-") ? "qemu-xhci" : model);

	assign_usb_on(ports, ref, controller_add(domain, CONTROLLER_USB, index, copy));
}

/* Does it want a port? An address of another type is the user's word. */
static bool wants(const struct device *device, enum address_type type)
{
	return device->address.type == ADDRESS_ABSENT || (device->address.type == type && device->address.port == NULL);
}

void settle_usb_addresses(struct domain *domain)
{
	struct ports ports = { .domain = domain };

	ports.foreign = domain_foreign_addresses(domain, &ports.foreign_count);
	for (size_t i = 0; i < domain->disk_count; i++) {
		struct disk *disk = &domain->disks[i];

		if (disk->bus == DISK_BUS_USB && wants(&disk->device, ADDRESS_USB))
			assign_usb(&ports, &(struct device_ref){ &disk_schema, &disk->device });
	}
	for (size_t i = 0; i < domain->input_count; i++) {
		struct input *input = &domain->inputs[i];

		if (input->bus == INPUT_USB && wants(&input->device, ADDRESS_USB))
			assign_usb(&ports, &(struct device_ref){ &input_schema, &input->device });
	}
	for (size_t i = 0; i < domain->serial_count; i++) {
		struct chardev *serial = &domain->serials[i];

		if (serial->serial_target == SERIAL_USB && wants(&serial->device, ADDRESS_USB))
			assign_usb(&ports, &(struct device_ref){ &serial_schema, &serial->device });
	}
	foreign_addresses_free(ports.foreign, ports.foreign_count);
}

/* Port 0 is for consoles alone, and of the first controller (a rule of QEMU's). */
static void assign_serial(const struct ports *ports, const struct device_ref *ref)
{
	bool is_console = ref->schema == &console_schema;

	for (unsigned int controller = 0; controller <= CONTROLLER_INDEX_MAX; controller++) {
		const struct controller *stated = controller_find(ports->domain, CONTROLLER_VIRTIO_SERIAL, controller);
		uint64_t count = stated != NULL && stated->ports.set ? stated->ports.value : SERIAL_PORTS;

		for (unsigned int port = controller == 0 && is_console ? 0 : 1; port < count; port++) {
			if (is_taken(ports, ADDRESS_VIRTIO_SERIAL, controller, port))
				continue;
			address_put_serial(ref, controller, port);
			return;
		}
	}
}

/* Gives it a port where it has none; *last is then at least its controller. */
static void settle_serial(const struct ports *ports, const struct device_ref *ref, bool *any, uint64_t *last)
{
	const struct address *address = &ref->device->address;

	if (wants(ref->device, ADDRESS_VIRTIO_SERIAL))
		assign_serial(ports, ref);
	*any = true;
	if (address->controller.value > *last && address->controller.value <= CONTROLLER_INDEX_MAX)
		*last = address->controller.value;
}

void settle_serial_addresses(struct domain *domain)
{
	struct ports ports = { .domain = domain };
	bool any = false;
	uint64_t last = 0;

	ports.foreign = domain_foreign_addresses(domain, &ports.foreign_count);
	for (size_t i = 0; i < domain->console_count; i++)
		if (domain->consoles[i].console_target == CONSOLE_VIRTIO)
			settle_serial(&ports, &(struct device_ref){ &console_schema, &domain->consoles[i].device }, &any, &last);
	for (size_t i = 0; i < domain->channel_count; i++)
		if (domain->channels[i].channel_target == CHANNEL_VIRTIO)
			settle_serial(&ports, &(struct device_ref){ &channel_schema, &domain->channels[i].device }, &any, &last);
	if (any)
		controller_fill(domain, CONTROLLER_VIRTIO_SERIAL, last, NULL);
	foreign_addresses_free(ports.foreign, ports.foreign_count);
}
