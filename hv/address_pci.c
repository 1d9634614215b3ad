/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI addresses by libvirt's placement: what is stated is reserved first, then the rest is tried out on as few buses as
 * it takes, and the ports and bridges that were missing are added to the document. */
#include "hv/address_pci.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "hv/domain_schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SPARE_PORTS 4 /* on a PCI Express machine whose document has no ports of its own: for hot-plug */

/* A device to place. bus_number: what bus a PCI controller makes, for it cannot stand behind itself. */
struct want {
	struct device_ref ref;
	enum pci_need need;
	unsigned int bus_number;
	struct pci_place place;
};

struct plan {
	struct domain *domain;
	enum chipset chipset;
	struct pci_bus *buses; /* what is stated and what the chipset dictates */
	unsigned int bus_count;
	const char *extra[PCI_BUSES]; /* models of controllers to add, from bus_count on */
	unsigned int extra_count;
	struct pci_place extra_places[PCI_BUSES];
	struct want *wants; /* owned: PCI controllers first, by index */
	size_t want_count;
};

static void add_want(struct plan *plan, struct device_ref ref, enum pci_need need, unsigned int bus_number)
{
	if (need == PCI_NEED_NONE || !pci_is_unplaced(ref.device))
		return;
	struct want *want = ARRAY_ADD(plan->wants, plan->want_count);

	*want = (struct want){ .ref = ref, .need = need, .bus_number = bus_number };
}

/* The PCI controllers by their index; the first of an index counts. */
static void index_controllers(const struct domain *domain, struct controller *ret[PCI_BUSES])
{
	memset(ret, 0, PCI_BUSES * sizeof *ret);
	for (size_t i = 0; i < domain->controller_count; i++) {
		struct controller *controller = &domain->controllers[i];

		if (controller->type == CONTROLLER_PCI && controller->index.value < PCI_BUSES &&
		    ret[controller->index.value] == NULL)
			ret[controller->index.value] = controller;
	}
}

/* Everything without an address, in libvirt's order. */
static void collect_wants(struct plan *plan)
{
	static const struct schema *const order[] = { &interface_schema,  &controller_schema, &disk_schema,
						      &memballoon_schema, &rng_schema,	      &video_schema,
						      &input_schema,	  &serial_schema };
	struct controller *controllers[PCI_BUSES];
	size_t count = 0;
	_cleanup_free_ struct device_ref *refs = domain_devices(plan->domain, &count);

	free(plan->wants);
	plan->wants = NULL;
	plan->want_count = 0;
	index_controllers(plan->domain, controllers);
	for (unsigned int i = 0; i < PCI_BUSES; i++)
		if (controllers[i] != NULL)
			add_want(plan, (struct device_ref){ &controller_schema, &controllers[i]->device },
				 pci_controller_need(controllers[i]->model), i);
	for (size_t kind = 0; kind < ARRAY_LENGTH(order); kind++)
		for (size_t i = 0; i < count; i++)
			if (refs[i].schema == order[kind])
				add_want(plan, refs[i], pci_need_of(&refs[i], plan->chipset), PCI_BUSES);
}

static void reserve_address(struct plan *plan, const struct address *address, bool root_port)
{
	if (address->type != ADDRESS_PCI || (!address->slot.set && !address->bus.set))
		return;
	struct pci_place place = { (unsigned int)address->bus.value, (unsigned int)address->slot.value,
				   (unsigned int)address->function.value };

	pci_reserve(plan->buses, &place, root_port);
	if (place.bus >= plan->bus_count)
		plan->bus_count = place.bus + 1;
}

static void reserve_stated(struct plan *plan)
{
	size_t count = 0;
	size_t foreign_count = 0;
	_cleanup_free_ struct device_ref *refs = domain_devices(plan->domain, &count);
	struct address *foreign = domain_foreign_addresses(plan->domain, &foreign_count);

	for (size_t i = 0; i < count; i++) {
		const struct device *device = refs[i].device;
		bool is_controller = refs[i].schema == &controller_schema;
		bool root_port = is_controller &&
				 text_equal(((const struct controller *)(const void *)device)->model, "pcie-root-port");

		reserve_address(plan, &device->address, root_port);
	}
	for (size_t i = 0; i < foreign_count; i++)
		reserve_address(plan, &foreign[i], false);
	foreign_addresses_free(foreign, foreign_count);
}

/* Buses that addresses name and no controller makes are made, as libvirt does. */
static void add_missing_buses(struct plan *plan)
{
	struct controller *controllers[PCI_BUSES];

	index_controllers(plan->domain, controllers);
	for (unsigned int i = 0; i < PCI_BUSES; i++) {
		if (controllers[i] != NULL) {
			plan->buses[i].kind = pci_bus_kind(controllers[i]->model);
			if (i >= plan->bus_count)
				plan->bus_count = i + 1;
		}
	}
	for (unsigned int i = 1; i < plan->bus_count; i++) {
		if (plan->buses[i].kind != PCI_BUS_NONE)
			continue;
		const char *model = plan->chipset == CHIPSET_I440FX ? "pci-bridge" : "pcie-root-port";

		for (unsigned int slot = 1; slot < PCI_SLOTS; slot++)
			if (plan->chipset == CHIPSET_Q35 && plan->buses[i].used[slot] != 0)
				model = "pcie-to-pci-bridge";
		plan->buses[i].kind = pci_bus_kind(model);
		controller_add(plan->domain, CONTROLLER_PCI, i, model);
	}
}

/* How many devices in a row from the failed one on need a port each, now that none is free. */
static unsigned int ports_needed(const struct plan *plan, size_t failed)
{
	unsigned int run = 1;

	while (failed + run < plan->want_count && plan->wants[failed + run].need == PCI_NEED_PCIE)
		run++;
	return run;
}

/* Adds what makes room for a need, of the device at place failed among the wants; false when nothing can. */
static bool grow(struct plan *plan, const struct pci_bus *buses, enum pci_need need, size_t failed)
{
	unsigned int count = plan->bus_count + plan->extra_count;
	struct pci_place ignored;

	if (need != PCI_NEED_CONVENTIONAL && need != PCI_NEED_PCIE)
		return false;
	if (plan->bus_count + plan->extra_count + 2 > PCI_BUSES ||
	    (need == PCI_NEED_PCIE && plan->chipset != CHIPSET_Q35))
		return false;
	if (plan->chipset == CHIPSET_I440FX) {
		plan->extra[plan->extra_count++] = "pci-bridge";
		return true;
	}
	if (need == PCI_NEED_CONVENTIONAL) {
		/* the bridge stands behind a port itself */
		_cleanup_free_ struct pci_bus *trial = xcalloc(PCI_BUSES, sizeof *trial);

		memcpy(trial, buses, count * sizeof *trial);
		if (!pci_take(trial, count, PCI_NEED_PCIE, PCI_BUSES, &ignored))
			plan->extra[plan->extra_count++] = "pcie-root-port";
		plan->extra[plan->extra_count++] = "pcie-to-pci-bridge";
		return true;
	}
	for (unsigned int n = ports_needed(plan, failed); n > 0 && plan->bus_count + plan->extra_count < PCI_BUSES; n--)
		plan->extra[plan->extra_count++] = "pcie-root-port";
	return true;
}

/* Ports stand on the root and cannot form a circle; a bridge behind a bridge could. */
static unsigned int limit_of(enum pci_need need, unsigned int bus_number)
{
	return need == PCI_NEED_CONVENTIONAL ? bus_number : PCI_BUSES;
}

/* Tries to place all on the buses there are and the extra ones; false with the need that found no place, and whose it
 * is: a place among the wants, want_count for an extra bus. */
static bool try_once(struct plan *plan, struct pci_bus *buses, enum pci_need *ret_need, size_t *ret_failed)
{
	unsigned int count = plan->bus_count + plan->extra_count;
	size_t next = 0;

	memcpy(buses, plan->buses, plan->bus_count * sizeof *buses);
	memset(buses + plan->bus_count, 0, plan->extra_count * sizeof *buses);
	for (unsigned int i = 0; i < plan->extra_count; i++)
		buses[plan->bus_count + i].kind = pci_bus_kind(plan->extra[i]);
	for (; next < plan->want_count && plan->wants[next].bus_number < PCI_BUSES; next++) {
		struct want *want = &plan->wants[next];

		*ret_need = want->need;
		*ret_failed = next;
		if (!pci_take(buses, count, want->need, limit_of(want->need, want->bus_number), &want->place))
			return false;
	}
	for (unsigned int i = 0; i < plan->extra_count; i++) {
		*ret_need = pci_controller_need(plan->extra[i]);
		*ret_failed = plan->want_count;
		if (!pci_take(buses, count, *ret_need, limit_of(*ret_need, plan->bus_count + i),
			      &plan->extra_places[i]))
			return false;
	}
	for (; next < plan->want_count; next++) {
		struct want *want = &plan->wants[next];

		*ret_need = want->need;
		*ret_failed = next;
		if (!pci_take(buses, count, want->need, PCI_BUSES, &want->place))
			return false;
	}
	return true;
}

/* Grows until all have a place. buses is left as it is then. */
static bool try_all(struct plan *plan, struct pci_bus *buses, struct error *err)
{
	enum pci_need need = PCI_NEED_NONE;
	size_t failed = 0;

	while (!try_once(plan, buses, &need, &failed)) {
		if (grow(plan, buses, need, failed))
			continue;
		const struct device *device = failed < plan->want_count ? plan->wants[failed].ref.device : NULL;

		/* that is most often a document which is not sound: then that is said */
		if (!domain_validate(plan->domain, plan->domain->source, err))
			return false;
		const xmlNode *node = device != NULL ? device->node : plan->domain->node;

		error_set(err, ERROR_INVALID, "%s:%ld: <%s>: no PCI slot is left for %s", plan->domain->source,
			  xml_line(node), (const char *)node->name, device != NULL ? "it" : "a PCI bridge");
		return error_hint(err, "give it an <address> yourself, or add PCI controllers that it fits");
	}
	return true;
}

static bool has_own_ports(const struct domain *domain)
{
	for (size_t i = 0; i < domain->controller_count; i++)
		if (domain->controllers[i].type == CONTROLLER_PCI && domain->controllers[i].index.value > 0)
			return true;
	return false;
}

/* Ports that stay free, for devices plugged in while the machine runs. */
static void add_spares(struct plan *plan, struct pci_bus *buses)
{
	enum pci_need need = PCI_NEED_NONE;
	size_t failed = 0;
	unsigned int before = plan->extra_count;

	while (plan->extra_count < before + SPARE_PORTS && plan->bus_count + plan->extra_count + 1 < PCI_BUSES)
		plan->extra[plan->extra_count++] = "pcie-root-port";
	if (try_once(plan, buses, &need, &failed))
		return;
	/* no room on the root: then there are none */
	plan->extra_count = before;
	try_once(plan, buses, &need, &failed);
}

static void put(struct controller *controller, const char *path, char *text)
{
	schema_set(&controller_schema, controller, path, text, NULL);
	free(text);
}

/* What a PCI controller says of itself to the guest: libvirt's device and numbers. */
static void finish_controller(struct controller *controller)
{
	const struct address *address = &controller->device.address;
	bool root_port = text_equal(controller->model, "pcie-root-port");
	bool bridge = text_equal(controller->model, "pci-bridge");

	if (controller->model_name == NULL && text_equal(controller->model, "pcie-to-pci-bridge"))
		schema_set(&controller_schema, controller, "model/@name", "pcie-pci-bridge", NULL);
	if (controller->model_name == NULL && (root_port || bridge))
		schema_set(&controller_schema, controller, "model/@name", controller->model, NULL);
	if (bridge && !controller->target_chassis_nr.set)
		put(controller, "target/@chassisNr", strf("%" PRIu64, controller->index.value));
	if (root_port && !controller->target_chassis.set)
		put(controller, "target/@chassis", strf("%" PRIu64, controller->index.value));
	if (root_port && !controller->target_port.set && address->slot.set)
		put(controller, "target/@port", strf("0x%" PRIx64, address->slot.value << 3 | address->function.value));
}

/* Function 0 of a slot with more functions has to say so. */
static void mark_multifunction(const struct plan *plan, const struct pci_bus *buses)
{
	size_t count = 0;
	_cleanup_free_ struct device_ref *refs = domain_devices(plan->domain, &count);

	for (size_t i = 0; i < count; i++) {
		struct address *address = &refs[i].device->address;
		unsigned int bus = (unsigned int)address->bus.value;
		unsigned int slot = (unsigned int)address->slot.value;

		if (address->type != ADDRESS_PCI || address->function.value != 0 ||
		    address->multifunction != TRI_ABSENT)
			continue;
		if (pci_is_builtin_slot(plan->chipset, bus, slot) || __builtin_popcount(buses[bus].used[slot]) < 2)
			continue;
		schema_set(&address_schema, address, "@multifunction", "on", NULL);
	}
}

static void apply(struct plan *plan, const struct pci_bus *buses)
{
	for (unsigned int i = 0; i < plan->extra_count; i++)
		controller_add(plan->domain, CONTROLLER_PCI, plan->bus_count + i, plan->extra[i]);
	/* the places found stay with the wants, whose devices may have moved in memory */
	_cleanup_free_ struct want *found = TAKE_POINTER(plan->wants);
	size_t count = plan->want_count;
	size_t next = 0;
	unsigned int extra = 0;

	collect_wants(plan);
	for (size_t i = 0; i < plan->want_count; i++) {
		const struct want *want = &plan->wants[i];
		bool is_extra = want->bus_number < PCI_BUSES && want->bus_number >= plan->bus_count;
		const struct pci_place *place = is_extra ? &plan->extra_places[extra++] : &found[next++].place;

		if (next > count || extra > plan->extra_count)
			break;
		address_put_pci(&want->ref, place->bus, place->slot, place->function);
	}
	for (size_t i = 0; i < plan->domain->controller_count; i++)
		if (plan->domain->controllers[i].type == CONTROLLER_PCI)
			finish_controller(&plan->domain->controllers[i]);
	mark_multifunction(plan, buses);
}

bool settle_pci_addresses(struct domain *domain, struct error *err)
{
	struct plan plan = { .domain = domain, .chipset = domain_chipset(domain) };

	if (plan.chipset == CHIPSET_OTHER)
		return true;
	_cleanup_free_ struct pci_bus *stated = xcalloc(PCI_BUSES, sizeof *stated);
	_cleanup_free_ struct pci_bus *buses = xcalloc(PCI_BUSES, sizeof *buses);
	bool own_ports = has_own_ports(domain);

	plan.buses = stated;
	plan.bus_count = 1;
	reserve_stated(&plan);
	add_missing_buses(&plan);
	pci_place_fixed(domain, plan.chipset, stated);
	collect_wants(&plan);
	bool ok = try_all(&plan, buses, err);

	if (ok && plan.chipset == CHIPSET_Q35 && !own_ports)
		add_spares(&plan, buses);
	if (ok)
		apply(&plan, buses);
	free(plan.wants);
	return ok;
}
