/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every device has: its id, its place on a bus, its turn at boot. */
#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "hv/launch_build.h"

#define SETTLE_HINT "'virtty edit' and saving settles the machine; its emulator must be installed"

struct json_object *device_new(const char *driver)
{
	struct json_object *json = json_object_new_object();

	json_set_string(json, "driver", driver);
	return json;
}

/* QEMU's rule for ids, which also keeps commas out of key=value options. */
static bool is_qemu_id(const char *text)
{
	if (!isalpha((unsigned char)*text))
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr("-._", *text))
			return false;
	return true;
}

bool device_check_alias(struct builder *b, const struct device *device, const char *what)
{
	if (!device->alias)
		return build_invalid(b, SETTLE_HINT, "%s has no alias yet", what);
	if (!is_qemu_id(device->alias))
		return build_invalid(b, "an alias begins with a letter and has letters, digits, '-', '.' and '_' only",
				     "%s: alias '%s' cannot be an id of QEMU's", what, device->alias);
	return true;
}

bool machine_is_q35(const struct domain *domain)
{
	const char *machine = domain->os.machine;

	return text_equal(machine, "q35") || (machine && text_starts(machine, "pc-q35"));
}

const struct controller *find_controller(const struct domain *domain, enum controller_type type, uint64_t index)
{
	for (size_t i = 0; i < domain->controller_count; i++) {
		const struct controller *controller = &domain->controllers[i];

		if (controller->type == type && controller->index.set && controller->index.value == index &&
		    !controller->master_startport)
			return controller;
	}
	return NULL;
}

static bool has_model(const struct controller *controller, const char *model)
{
	return text_equal(controller->model, model);
}

static bool add_pci(struct builder *b, const struct address *address, const char *what, struct json_object *json)
{
	const struct controller *bus = find_controller(b->domain, CONTROLLER_PCI, address->bus.value);
	_cleanup_free_ char *slot = NULL;

	if (address->domain.value != 0)
		return build_unsupported(b, NULL, "%s: PCI domain %llu is not supported", what,
					 (unsigned long long)address->domain.value);
	if (!bus)
		return build_invalid(b, SETTLE_HINT, "%s: there is no PCI controller with index %llu", what,
				     (unsigned long long)address->bus.value);
	/* The roots are part of the machine and have names of their own, whatever alias they carry. */
	if (has_model(bus, "pcie-root"))
		json_set_string(json, "bus", "pcie.0");
	else if (has_model(bus, "pci-root"))
		json_set_string(json, "bus", "pci.0");
	else if (device_check_alias(b, &bus->device, "a PCI controller"))
		json_set_string(json, "bus", bus->device.alias);
	else
		return false;
	if (address->multifunction != TRI_ABSENT)
		json_set_bool(json, "multifunction", address->multifunction == TRI_YES);
	slot = address->function.value == 0 ? strf("0x%llx", (unsigned long long)address->slot.value)
					    : strf("0x%llx.0x%llx", (unsigned long long)address->slot.value,
						   (unsigned long long)address->function.value);
	json_set_string(json, "addr", slot);
	return true;
}

/* The bus "<alias>.0" of the controller of that type and index. */
static bool add_controller_bus(struct builder *b, enum controller_type type, uint64_t index, const char *what,
			       struct json_object *json)
{
	const struct controller *controller = find_controller(b->domain, type, index);
	_cleanup_free_ char *bus = NULL;

	if (!controller)
		return build_invalid(b, SETTLE_HINT, "%s: there is no %s controller with index %llu", what,
				     enum_word(&controller_type_words, (int)type), (unsigned long long)index);
	if (!device_check_alias(b, &controller->device, what))
		return false;
	bus = strf("%s.0", controller->device.alias);
	json_set_string(json, "bus", bus);
	return true;
}

static bool add_virtio_serial(struct builder *b, const struct address *address, const char *what,
			      struct json_object *json)
{
	uint64_t port = 0;

	if (address->port && !text_to_uint(address->port, true, &port))
		return build_invalid(b, NULL, "%s: port '%s' is not a number", what, address->port);
	if (!add_controller_bus(b, CONTROLLER_VIRTIO_SERIAL, address->controller.value, what, json))
		return false;
	json_set_int(json, "nr", (int64_t)port);
	return true;
}

static void add_isa(const struct address *address, struct json_object *json)
{
	if (address->iobase.set)
		json_set_int(json, "iobase", (int64_t)address->iobase.value);
	if (address->irq.set)
		json_set_int(json, "irq", (int64_t)address->irq.value);
}

bool device_add_address(struct builder *b, const struct device *device, const char *what, struct json_object *json)
{
	const struct address *address = &device->address;

	switch (address->type) {
	case ADDRESS_PCI:
		return add_pci(b, address, what, json);
	case ADDRESS_USB:
		if (!add_controller_bus(b, CONTROLLER_USB, address->bus.value, what, json))
			return false;
		json_set_string(json, "port", address->port);
		return true;
	case ADDRESS_VIRTIO_SERIAL:
		return add_virtio_serial(b, address, what, json);
	case ADDRESS_ISA:
		add_isa(address, json);
		return true;
	case ADDRESS_ABSENT:
		return build_invalid(b, SETTLE_HINT, "%s has no address yet", what);
	case ADDRESS_DRIVE:
	case ADDRESS_VIRTIO_MMIO:
	case ADDRESS_UNASSIGNED:
	case ADDRESS_CCID:
	case ADDRESS_SPAPR_VIO:
	case ADDRESS_CCW:
	case ADDRESS_DIMM:
	case ADDRESS_COUNT:
		break;
	}
	return build_unsupported(b, NULL, "%s: an address of type '%s' is not supported here", what,
				 enum_word(&address_type_words, (int)address->type));
}

static bool any_boot_order(const struct domain *domain)
{
	for (size_t i = 0; i < domain->disk_count; i++)
		if (domain->disks[i].device.boot_order.set)
			return true;
	for (size_t i = 0; i < domain->interface_count; i++)
		if (domain->interfaces[i].device.boot_order.set)
			return true;
	return false;
}

int64_t device_boot_index(struct builder *b, const struct device *device, enum boot_dev kind, bool first)
{
	const struct domain_os *os = &b->domain->os;

	if (device->boot_order.set)
		return (int64_t)device->boot_order.value;
	/* a machine that runs has booted: who comes now has a turn only where one is stated */
	if (!first || b->hot || any_boot_order(b->domain))
		return 0;
	for (size_t i = 0; i < os->boot_count; i++)
		if (os->boot[i] == kind)
			return (int64_t)i + 1;
	/* Nothing stated is "hd", unless the kernel is given and no disk needs to boot. */
	return os->boot_count == 0 && kind == BOOT_HD && !os->kernel ? 1 : 0;
}

void device_add_boot(struct builder *b, const struct device *device, enum boot_dev kind, bool first,
		     struct json_object *json)
{
	int64_t index = device_boot_index(b, device, kind, first);

	if (index > 0)
		json_set_int(json, "bootindex", index);
}
