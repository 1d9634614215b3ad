/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses: each within its bus, and the bus there. */
#include "hv/domain_validate.h"

#include "base/text.h"
#include "hv/address_pci.h"
#include "hv/domain_schema.h"

#include <inttypes.h>
#include <stdlib.h>

/* What the chipset has there whether a document names it or not: bridge, disk controller and management. */
static bool is_chipset_function(enum chipset chipset, const struct address *address)
{
	uint64_t function = address->function.value;

	return pci_is_builtin_slot(chipset, (unsigned int)address->bus.value, (unsigned int)address->slot.value) &&
	       (function == 0 || function == 3 || function == (chipset == CHIPSET_Q35 ? 2 : 1));
}

/* The controllers that a chipset brings may be named, at their place. */
static bool is_chipset_controller(const struct device_ref *ref)
{
	const void *object = ref->device;
	const struct controller *controller = object;

	return ref->schema == &controller_schema &&
	       (controller->type == CONTROLLER_IDE || controller->type == CONTROLLER_SATA);
}

static bool validate_pci(const struct check *check, const struct device_ref *ref)
{
	const struct address *address = &ref->device->address;
	enum chipset chipset = domain_chipset(check->domain);

	if (chipset == CHIPSET_OTHER || (!address->slot.set && !address->bus.set))
		return true;
	if (address->domain.value != 0)
		return check_fail(check, address->node,
				  "PCI domain %" PRIu64 " does not exist; the machine has domain 0 only",
				  address->domain.value);
	const struct controller *controller = controller_find(check->domain, CONTROLLER_PCI, address->bus.value);

	/* before settling the buses may still be missing */
	if (controller == NULL)
		return true;
	enum pci_bus_kind kind = pci_bus_kind(controller->model);
	unsigned int first = pci_first_slot(kind);
	unsigned int last = pci_last_slot(kind);

	if (address->slot.value < first || address->slot.value > last)
		return check_fail(check, address->node,
				  "slot %" PRIu64 " does not exist on PCI bus %" PRIu64 ", a '%s'; it has %u to %u",
				  address->slot.value, address->bus.value, controller->model, first, last);
	if (is_chipset_function(chipset, address) && !is_chipset_controller(ref))
		return check_fail(check, address->node,
				  "PCI address 0000:00:%02x.%x is taken by the machine's own chipset",
				  (unsigned int)address->slot.value, (unsigned int)address->function.value);
	return true;
}

static bool validate_port(const struct check *check, const struct address *address, enum controller_type type,
			  uint64_t index)
{
	uint64_t number = 0;
	const char *word = enum_word(&controller_type_words, (int)type);

	if (address->port == NULL)
		return true;
	if (type == CONTROLLER_VIRTIO_SERIAL && !text_to_uint(address->port, false, &number))
		return check_fail(check, address->node, "port '%s' is not a number", address->port);
	if (domain_chipset(check->domain) != CHIPSET_OTHER && controller_find(check->domain, type, index) == NULL)
		return check_fail(check, address->node, "there is no %s controller with index %" PRIu64, word, index);
	return true;
}

bool validate_addresses(const struct check *check)
{
	size_t count = 0;
	struct device_ref *refs = domain_devices(check->domain, &count);
	bool ok = true;

	for (size_t i = 0; i < count && ok; i++) {
		const struct address *address = &refs[i].device->address;

		if (address->type == ADDRESS_PCI)
			ok = validate_pci(check, &refs[i]);
		else if (address->type == ADDRESS_USB)
			ok = validate_port(check, address, CONTROLLER_USB, address->bus.value);
		else if (address->type == ADDRESS_VIRTIO_SERIAL)
			ok = validate_port(check, address, CONTROLLER_VIRTIO_SERIAL, address->controller.value);
	}
	free(refs);
	return ok;
}
