/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI placement: buses with their slots, and what each device needs of one. */
#ifndef HV_ADDRESS_PCI_H
#define HV_ADDRESS_PCI_H

#include "hv/domain_settle.h"

#include <stdint.h>

#define PCI_BUSES 256
#define PCI_SLOTS 32

enum pci_bus_kind {
	PCI_BUS_NONE,
	PCI_BUS_ROOT, /* pci-root: conventional slots */
	PCI_BUS_PCIE_ROOT,
	PCI_BUS_PORT,	  /* behind a root or downstream port: one PCI Express slot that takes hot-plug */
	PCI_BUS_BRIDGE,	  /* conventional slots behind a bridge */
	PCI_BUS_UPSTREAM, /* takes downstream ports only */
	PCI_BUS_OTHER,	  /* an expander: nothing is placed on it unasked */
};

enum pci_need {
	PCI_NEED_NONE,
	PCI_NEED_CONVENTIONAL,
	PCI_NEED_PCIE,		  /* an endpoint behind a port */
	PCI_NEED_ROOT_PORT,	  /* a function of a slot of the root, shared with other root ports */
	PCI_NEED_ROOT_SLOT,	  /* a slot of the root */
	PCI_NEED_DOWNSTREAM_PORT, /* a slot behind an upstream port */
};

struct pci_bus {
	enum pci_bus_kind kind;
	uint8_t used[PCI_SLOTS]; /* a bit a function */
	bool shared[PCI_SLOTS];	 /* root ports only: more may join */
};

struct pci_place {
	unsigned int bus, slot, function;
};

/* The bus that a PCI controller of that model makes. */
enum pci_bus_kind pci_bus_kind(const char *model);
unsigned int pci_first_slot(enum pci_bus_kind kind);
unsigned int pci_last_slot(enum pci_bus_kind kind);

/* What a device without an address needs on a chipset; a PCI controller's own need by its model. */
enum pci_need pci_need_of(const struct device_ref *ref, enum chipset chipset);
enum pci_need pci_controller_need(const char *model);

/* Is the device on PCI, or has it no address yet? */
bool pci_is_unplaced(const struct device *device);

/* Marks an address as taken; root_port: more root ports may share its slot. */
void pci_reserve(struct pci_bus *buses, const struct pci_place *place, bool root_port);
/* Finds a place for a need among the first count buses and takes it; below: only bus numbers smaller than that (a
 * bridge cannot stand behind itself). */
bool pci_take(struct pci_bus *buses, unsigned int count, enum pci_need need, unsigned int below, struct pci_place *ret);

/* What the chipset itself has: its fixed slots are reserved, and its own IDE, SATA, USB and the first video get theirs.
 */
void pci_place_fixed(struct domain *domain, enum chipset chipset, struct pci_bus *buses);
/* Slots where several functions belong to the chipset itself. */
bool pci_is_builtin_slot(enum chipset chipset, unsigned int bus, unsigned int slot);

#endif
