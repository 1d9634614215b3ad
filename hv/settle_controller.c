/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Controllers that every machine of a chipset has, and the models and numbers of those that say none. */
#include "hv/domain_settle.h"

#include "base/memory.h"
#include "base/text.h"
#include "hv/domain_schema.h"

#include <inttypes.h>

static bool has_controller(const struct domain *domain, enum controller_type type)
{
	for (size_t i = 0; i < domain->controller_count; i++)
		if (domain->controllers[i].type == type)
			return true;
	return false;
}

/* The index of the USB controller whose companion this one is; companions share it. */
static bool companion_index(const struct domain *domain, const struct controller *controller, uint64_t *ret)
{
	if (controller->type != CONTROLLER_USB ||
	    !text_starts(text_empty(controller->model) ? "" : controller->model, "ich9-uhci"))
		return false;
	for (size_t i = 0; i < domain->controller_count; i++) {
		const struct controller *other = &domain->controllers[i];

		if (other->index.set && text_equal(other->model, "ich9-ehci1")) {
			*ret = other->index.value;
			return true;
		}
	}
	return false;
}

static void settle_index(struct domain *domain, struct controller *controller)
{
	uint64_t index = 0;

	if (controller->index.set)
		return;
	if (!companion_index(domain, controller, &index))
		index = controller_next_index(domain, controller->type);
	_cleanup_free_ char *number = strf("%" PRIu64, index);

	schema_set(&controller_schema, controller, "@index", number, NULL);
}

static const char *default_model(const struct controller *controller, enum chipset chipset)
{
	if (controller->type == CONTROLLER_SCSI)
		return "virtio-scsi";
	if (chipset == CHIPSET_OTHER)
		return NULL;
	if (controller->type == CONTROLLER_USB)
		return chipset == CHIPSET_Q35 ? "qemu-xhci" : "piix3-uhci";
	if (controller->type != CONTROLLER_PCI)
		return NULL;
	if (controller->index.value == 0)
		return chipset == CHIPSET_Q35 ? "pcie-root" : "pci-root";
	return chipset == CHIPSET_Q35 ? "pcie-root-port" : "pci-bridge";
}

void settle_controllers(struct domain *domain)
{
	enum chipset chipset = domain_chipset(domain);

	for (size_t i = 0; i < domain->controller_count; i++)
		settle_index(domain, &domain->controllers[i]);
	if (chipset != CHIPSET_OTHER && !has_controller(domain, CONTROLLER_USB))
		controller_add(domain, CONTROLLER_USB, 0, NULL);
	if (chipset == CHIPSET_Q35 && controller_find(domain, CONTROLLER_SATA, 0) == NULL)
		controller_add(domain, CONTROLLER_SATA, 0, NULL);
	if (chipset != CHIPSET_OTHER && controller_find(domain, CONTROLLER_PCI, 0) == NULL)
		controller_add(domain, CONTROLLER_PCI, 0, NULL);
	for (size_t i = 0; i < domain->controller_count; i++) {
		struct controller *controller = &domain->controllers[i];
		/* "auto" is libvirt's old word for the default */
		bool open = controller->model == NULL || text_equal(controller->model, "auto");
		const char *model = open ? default_model(controller, chipset) : NULL;

		if (model != NULL)
			schema_set(&controller_schema, controller, "@model", model, NULL);
	}
}
