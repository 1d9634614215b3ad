/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What plugs a device into a running machine: the same objects as on the command line, as QMP commands. Pure, as
 * hv/launch.h. */
#ifndef HV_HOTPLUG_H
#define HV_HOTPLUG_H

#include "hv/launch.h"

struct disk;
struct interface;
struct controller;

/* Commands ({"execute", "arguments"}) in their order, and which files QEMU opens by them. */
struct hotplug {
	struct json_object *commands; /* owned array */
	struct launch_file *files;    /* owned array */
	size_t file_count;
	char *node; /* owned: the top block node; NULL: none (an empty drive, no disk) */
};
void hotplug_free(struct hotplug *hotplug);

/* A whole disk of a settled document, its block nodes numbered from number on: free ones. ERROR_UNSUPPORTED: a bus that
 * takes nothing while the machine runs, an address that is no place for it. NULL on error. */
struct hotplug *hotplug_disk(const struct domain *domain, const struct disk *disk, const struct qemu_caps *caps,
			     unsigned number, struct error *err);
/* The block nodes of a medium alone, for a drive that is there. */
struct hotplug *hotplug_medium(const struct domain *domain, const struct disk *disk, const struct qemu_caps *caps,
			       unsigned number, struct error *err);
/* A controller that the document has got for a device to come: virtio-scsi. */
struct hotplug *hotplug_controller(const struct domain *domain, const struct controller *controller,
				   const struct qemu_caps *caps, struct error *err);
/* A network card of a settled document; what is behind it on the host is in port, whose descriptors QEMU was given by their names. */
struct hotplug *hotplug_interface(const struct domain *domain, const struct interface *interface,
				  const struct launch_port *port, const struct qemu_caps *caps, struct error *err);
/* May the disk, or the card, be taken out while the machine runs? */
bool hotplug_check_removal(const struct domain *domain, const struct disk *disk, struct error *err);
bool hotplug_check_interface_removal(const struct domain *domain, const struct interface *interface, struct error *err);

/* What takes a command back: device_del for device_add, blockdev-del for blockdev-add, ... Owned; NULL: nothing does.
 */
struct json_object *hotplug_reverse(struct json_object *command);

#endif
