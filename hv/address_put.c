/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing a device's <address>: in the document and in the view at once. */
#include "hv/domain_settle.h"

#include "base/memory.h"
#include "base/xml.h"
#include "hv/domain_schema.h"

#include <stdio.h>
#include <stdlib.h>

/* The <address> to write to, of the type given. It comes last in every device, as libvirt has it. */
static struct address *open_address(const struct device_ref *ref, enum address_type type)
{
	struct address *address = &ref->device->address;

	if (address->node == NULL)
		address->node = xml_add_child(ref->device->node, "address", NULL);
	if (address->type != type)
		xml_set_attribute(address->node, "type", enum_word(&address_type_words, (int)type));
	address->type = type;
	return address;
}

/* digits > 0: hexadecimal, with so many digits at least; 0: decimal. */
static void put(struct address *address, struct opt_uint *field, const char *name, int digits, unsigned int value)
{
	char text[16];

	if (digits > 0)
		snprintf(text, sizeof text, "0x%0*x", digits, value);
	else
		snprintf(text, sizeof text, "%u", value);
	xml_set_attribute(address->node, name, text);
	*field = (struct opt_uint){ .set = true, .value = value };
}

void address_put_pci(const struct device_ref *ref, unsigned int bus, unsigned int slot, unsigned int function)
{
	struct address *address = open_address(ref, ADDRESS_PCI);

	put(address, &address->domain, "domain", 4, 0);
	put(address, &address->bus, "bus", 2, bus);
	put(address, &address->slot, "slot", 2, slot);
	put(address, &address->function, "function", 1, function);
}

void address_put_drive(const struct device_ref *ref, unsigned int controller, unsigned int bus, unsigned int unit)
{
	struct address *address = open_address(ref, ADDRESS_DRIVE);

	put(address, &address->controller, "controller", 0, controller);
	put(address, &address->bus, "bus", 0, bus);
	put(address, &address->target, "target", 0, 0);
	put(address, &address->unit, "unit", 0, unit);
}

static void put_port(struct address *address, unsigned int port)
{
	free(address->port);
	address->port = strf("%u", port);
	xml_set_attribute(address->node, "port", address->port);
}

void address_put_usb(const struct device_ref *ref, unsigned int bus, unsigned int port)
{
	struct address *address = open_address(ref, ADDRESS_USB);

	put(address, &address->bus, "bus", 0, bus);
	put_port(address, port);
}

void address_put_serial(const struct device_ref *ref, unsigned int controller, unsigned int port)
{
	struct address *address = open_address(ref, ADDRESS_VIRTIO_SERIAL);

	put(address, &address->controller, "controller", 0, controller);
	put(address, &address->bus, "bus", 0, 0);
	put_port(address, port);
}
