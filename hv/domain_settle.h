/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of domain_settle(), a file each; and what they share: the kind of machine, all devices as one list. */
#ifndef HV_DOMAIN_SETTLE_H
#define HV_DOMAIN_SETTLE_H

#include "hv/domain.h"
#include "base/schema.h"

#define CONTROLLER_INDEX_MAX 255 /* more are neither made nor accepted */

#include <stdbool.h>
#include <stddef.h>

struct qemu_caps;

/* What places devices: the machine's chipset. OTHER: virtty does not place them (microvm, isapc, machines it does not know). */
enum chipset { CHIPSET_OTHER, CHIPSET_I440FX, CHIPSET_Q35 };
enum chipset domain_chipset(const struct domain *domain);

/* A device and the table that describes it. */
struct device_ref {
	const struct schema *schema;
	struct device *device; /* the first member of its struct: also the object of schema */
};

/* Every modelled device in document order by kind. Borrowed pointers: good until a device is added. Owned array. */
struct device_ref *domain_devices(const struct domain *domain, size_t *ret_count);

/* Addresses of devices that no table describes: nobody else may take them. Owned. */
struct address *domain_foreign_addresses(const struct domain *domain, size_t *ret_count);
void foreign_addresses_free(struct address *addresses, size_t count);

/* "hda" is 0, "sdb" 1, "vdaa" 26; -1 for what is no disk's name. */
int disk_target_index(const char *target);

/* Adds the controllers of a type from index 0 to last that are missing; model as in controller_add(). */
void controller_fill(struct domain *domain, enum controller_type type, uint64_t last, const char *model);
/* Appends a controller with its type, index and model (NULL: none stated). Borrowed until the next one is added. */
struct controller *controller_add(struct domain *domain, enum controller_type type, uint64_t index, const char *model);
/* The controller of that type and index that is no companion, or NULL. */
struct controller *controller_find(const struct domain *domain, enum controller_type type, uint64_t index);
/* One more than the highest index of that type. */
uint64_t controller_next_index(const struct domain *domain, enum controller_type type);

/* Writes attributes of a device's address, and sees them in the view. */
void address_put_pci(const struct device_ref *ref, unsigned int bus, unsigned int slot, unsigned int function);
void address_put_drive(const struct device_ref *ref, unsigned int controller, unsigned int bus, unsigned int unit);
void address_put_usb(const struct device_ref *ref, unsigned int bus, unsigned int port);
void address_put_serial(const struct device_ref *ref, unsigned int controller, unsigned int port);

/* The steps, in their order. */
void settle_disks(struct domain *domain);
void settle_chardevs(struct domain *domain);
void settle_graphics(struct domain *domain);
void settle_other_devices(struct domain *domain, const struct qemu_caps *caps);
void settle_controllers(struct domain *domain);
void settle_drive_addresses(struct domain *domain);
void settle_usb_addresses(struct domain *domain);
void settle_serial_addresses(struct domain *domain);
bool settle_pci_addresses(struct domain *domain, struct error *err);
void settle_aliases(struct domain *domain);

#endif
