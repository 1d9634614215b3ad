/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be there once only: everything that devices claim is sorted, and neighbours that are equal are named, both.
 */
#include "hv/domain_validate.h"

#include "base/memory.h"
#include "base/xml.h"
#include "hv/domain_schema.h"
#include "hv/domain_settle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* In the order in which duplicates are told: aliases last, for most of them follow from the others. */
enum claim_kind {
	CLAIM_TARGET,
	CLAIM_MAC,
	CLAIM_BOOT,
	CLAIM_CONTROLLER,
	CLAIM_SERIAL_PORT,
	CLAIM_CHANNEL,
	CLAIM_VNC_PORT,
	CLAIM_PCI,
	CLAIM_DRIVE,
	CLAIM_USB,
	CLAIM_VIRTIO_SERIAL,
	CLAIM_ALIAS,
};

/* number and text (either may be unused) are what is claimed; order is the place in the document's lists. */
struct claim {
	enum claim_kind kind;
	uint64_t number;
	const char *text; /* "" : unused */
	const xmlNode *node;
	size_t order;
};

struct claims {
	struct claim *items; /* owned */
	size_t count;
};

static void add(struct claims *claims, enum claim_kind kind, uint64_t number, const char *text, const xmlNode *node)
{
	if (text == NULL)
		return;
	struct claim *claim = ARRAY_ADD(claims->items, claims->count);

	*claim = (struct claim){ kind, number, text, node, claims->count };
}

static void add_number(struct claims *claims, enum claim_kind kind, const struct opt_uint *number, const xmlNode *node)
{
	if (number->set)
		add(claims, kind, number->value, "", node);
}

/* The device that an address belongs to. bus tells drives of different buses apart. */
static void add_address(struct claims *claims, const struct address *address, const xmlNode *node, enum disk_bus bus)
{
	if (address->type == ADDRESS_PCI && (address->slot.set || address->bus.set))
		add(claims, CLAIM_PCI,
		    address->domain.value << 16 | address->bus.value << 8 | address->slot.value << 3 |
			    address->function.value,
		    "", node);
	else if (address->type == ADDRESS_DRIVE)
		add(claims, CLAIM_DRIVE,
		    (uint64_t)bus << 56 | address->controller.value << 40 | address->bus.value << 32 |
			    address->target.value << 16 | address->unit.value,
		    "", node);
	else if (address->type == ADDRESS_USB)
		add(claims, CLAIM_USB, address->bus.value, address->port, node);
	else if (address->type == ADDRESS_VIRTIO_SERIAL)
		add(claims, CLAIM_VIRTIO_SERIAL, address->controller.value, address->port, node);
}

static void collect_devices(const struct domain *domain, struct claims *claims)
{
	size_t count = 0;
	_cleanup_free_ struct device_ref *refs = domain_devices(domain, &count);

	for (size_t i = 0; i < count; i++) {
		const struct device *device = refs[i].device;
		const void *object = device;
		enum disk_bus bus = DISK_BUS_ABSENT;

		if (refs[i].schema == &disk_schema)
			bus = ((const struct disk *)object)->bus;
		/* a console that is a serial port is that device, not one more */
		if (refs[i].schema == &console_schema && ((const struct chardev *)object)->same_as_serial)
			continue;
		/* companions of a USB controller share its alias */
		if (refs[i].schema != &controller_schema ||
		    ((const struct controller *)object)->master_startport == NULL)
			add(claims, CLAIM_ALIAS, 0, device->alias, device->node);
		add_number(claims, CLAIM_BOOT, &device->boot_order, device->node);
		add_address(claims, &device->address, device->node, bus);
	}
}

static void collect(const struct domain *domain, struct claims *claims)
{
	collect_devices(domain, claims);
	for (size_t i = 0; i < domain->disk_count; i++)
		add(claims, CLAIM_TARGET, 0, domain->disks[i].target, domain->disks[i].device.node);
	for (size_t i = 0; i < domain->interface_count; i++)
		add(claims, CLAIM_MAC, 0, domain->interfaces[i].mac, domain->interfaces[i].device.node);
	for (size_t i = 0; i < domain->controller_count; i++) {
		const struct controller *controller = &domain->controllers[i];

		if (controller->index.set && controller->master_startport == NULL)
			add(claims, CLAIM_CONTROLLER, (uint64_t)controller->type << 32 | controller->index.value, "",
			    controller->device.node);
	}
	for (size_t i = 0; i < domain->serial_count; i++)
		add_number(claims, CLAIM_SERIAL_PORT, &domain->serials[i].port, domain->serials[i].device.node);
	for (size_t i = 0; i < domain->channel_count; i++)
		add(claims, CLAIM_CHANNEL, 0, domain->channels[i].channel_name, domain->channels[i].device.node);
	for (size_t i = 0; i < domain->graphics_count; i++) {
		const struct graphics *graphics = &domain->graphics[i];

		if (graphics->port != NULL && strcmp(graphics->port, "-1") != 0 && graphics->autoport != TRI_YES)
			add(claims, CLAIM_VNC_PORT, 0, graphics->port, graphics->device.node);
	}
}

static int compare(const void *left, const void *right)
{
	const struct claim *a = left;
	const struct claim *b = right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	int text = strcmp(a->text, b->text);

	if (text != 0)
		return text;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* What is claimed, for a person. Owned. */
static char *describe(const struct claim *claim)
{
	unsigned int low = (unsigned int)claim->number;

	switch (claim->kind) {
	case CLAIM_ALIAS:
		return strf("alias '%s'", claim->text);
	case CLAIM_TARGET:
		return strf("target '%s'", claim->text);
	case CLAIM_MAC:
		return strf("MAC address '%s'", claim->text);
	case CLAIM_BOOT:
		return strf("boot order %u", low);
	case CLAIM_CONTROLLER:
		return strf("%s controller index %u", enum_word(&controller_type_words, (int)(claim->number >> 32)),
			    low);
	case CLAIM_SERIAL_PORT:
		return strf("port %u", low);
	case CLAIM_CHANNEL:
		return strf("the name '%s'", claim->text);
	case CLAIM_VNC_PORT:
		return strf("port %s", claim->text);
	case CLAIM_PCI:
		return strf("PCI address %04x:%02x:%02x.%x", low >> 16, low >> 8 & 0xff, low >> 3 & 0x1f, low & 7);
	case CLAIM_DRIVE:
		return strf("drive address controller %u, bus %u, target %u, unit %u",
			    (unsigned int)(claim->number >> 40) & 0xffff, (unsigned int)(claim->number >> 32) & 0xff,
			    low >> 16, low & 0xffff);
	case CLAIM_USB:
		return strf("USB port %s of bus %u", claim->text, low);
	case CLAIM_VIRTIO_SERIAL:
		return strf("port %s of virtio-serial controller %u", claim->text, low);
	}
	return xstrdup("this");
}

bool validate_claims(const struct check *check)
{
	struct claims claims = { NULL, 0 };
	size_t foreign_count = 0;
	struct address *foreign = domain_foreign_addresses(check->domain, &foreign_count);
	bool ok = true;

	collect(check->domain, &claims);
	for (size_t i = 0; i < foreign_count; i++)
		if (foreign[i].type != ADDRESS_DRIVE)
			add_address(&claims, &foreign[i], foreign[i].node->parent, DISK_BUS_ABSENT);
	if (claims.count > 0)
		qsort(claims.items, claims.count, sizeof *claims.items, compare);
	for (size_t i = 1; i < claims.count && ok; i++) {
		const struct claim *first = &claims.items[i - 1];
		const struct claim *second = &claims.items[i];

		if (first->kind != second->kind || first->number != second->number ||
		    strcmp(first->text, second->text) != 0)
			continue;
		_cleanup_free_ char *what = describe(second);

		ok = check_fail(check, second->node, "%s is taken by the <%s> at line %ld", what,
				(const char *)first->node->name, xml_line(first->node));
	}
	free(claims.items);
	foreign_addresses_free(foreign, foreign_count);
	return ok;
}
