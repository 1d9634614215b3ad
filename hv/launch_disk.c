/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks as the guest sees them: a device on a bus in front of the image's block nodes. */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "hv/iotune.h"
#include "hv/launch_build.h"

bool disk_is_empty(const struct disk *disk)
{
	return !disk->source.file && !disk->source.dev && !disk->source.volume &&
	       (disk->source.type == DISK_FILE || disk->source.type == DISK_BLOCK ||
		disk->source.type == DISK_TYPE_ABSENT);
}

static bool check_disk(struct builder *b, const struct disk *disk)
{
	bool removable = disk->kind == DISK_CDROM || disk->kind == DISK_FLOPPY;

	_cleanup_free_ char *what = strf("disk '%s'", disk->target ? disk->target : "");

	if (!disk->target)
		return build_invalid(b, NULL, "a disk has no target");
	if (!iotune_check(&disk->iotune, what, b->err))
		return false;
	if (disk->kind == DISK_LUN)
		return build_unsupported(b, "use device='disk'", "disk '%s': device 'lun' is not supported yet",
					 disk->target);
	if (disk->transient)
		return build_unsupported(b, "remove <transient/>", "disk '%s': <transient/> is not supported yet",
					 disk->target);
	if (disk_is_empty(disk) && !removable)
		return build_invalid(b, "give it a <source>", "disk '%s' has no source", disk->target);
	if (disk->readonly && disk->kind == DISK_DISK && (disk->bus == DISK_BUS_IDE || disk->bus == DISK_BUS_SATA))
		return build_unsupported(b, "use bus='virtio' or 'scsi', or remove <readonly/>",
					 "disk '%s': a disk on the %s bus cannot be read-only", disk->target,
					 enum_word(&disk_bus_words, (int)disk->bus));
	if (disk->kind == DISK_CDROM && disk->bus == DISK_BUS_VIRTIO)
		return build_unsupported(b, "use bus='sata' or 'scsi'",
					 "disk '%s': a CD-ROM cannot be on the virtio bus", disk->target);
	return true;
}

static const struct controller *drive_controller(struct builder *b, enum controller_type type, const struct disk *disk)
{
	const struct controller *controller = find_controller(b->domain, type, disk->device.address.controller.value);

	if (!controller)
		build_invalid(b, NULL, "disk '%s': there is no %s controller with index %llu", disk->target,
			      enum_word(&controller_type_words, (int)type),
			      (unsigned long long)disk->device.address.controller.value);
	else if (device_check_alias(b, &controller->device, "a controller"))
		return controller;
	return NULL;
}

/* "ide.<bus>", unit: the chipset's own two channels. */
static bool add_ide(struct builder *b, const struct disk *disk, struct json_object *json)
{
	const struct address *address = &disk->device.address;
	_cleanup_free_ char *bus = strf("ide.%llu", (unsigned long long)address->bus.value);

	if (machine_is_q35(b->domain) || address->controller.value != 0)
		return build_unsupported(b, "use bus='sata'", "disk '%s': this machine type has no such IDE controller",
					 disk->target);
	json_set_string(json, "bus", bus);
	json_set_int(json, "unit", (int64_t)address->unit.value);
	return true;
}

/* "<controller>.<unit>": each disk has a port of its own. q35's own controller is called "ide" by QEMU. */
static bool add_sata(struct builder *b, const struct disk *disk, struct json_object *json)
{
	const struct address *address = &disk->device.address;
	bool built_in = machine_is_q35(b->domain) && address->controller.value == 0;
	const struct controller *controller = built_in ? NULL : drive_controller(b, CONTROLLER_SATA, disk);
	_cleanup_free_ char *bus = NULL;

	if (!built_in && !controller)
		return false;
	bus = strf("%s.%llu", built_in ? "ide" : controller->device.alias, (unsigned long long)address->unit.value);
	json_set_string(json, "bus", bus);
	return true;
}

/* LSI addresses a disk by its unit alone, the others by target and unit. */
static bool add_scsi(struct builder *b, const struct disk *disk, struct json_object *json)
{
	const struct address *a = &disk->device.address;
	const struct controller *controller = drive_controller(b, CONTROLLER_SCSI, disk);
	unsigned long long index = a->controller.value, bus = a->bus.value, target = a->target.value,
			   unit = a->unit.value;
	_cleanup_free_ char *bus_name = NULL, *id = NULL;

	if (!controller)
		return false;
	bus_name = strf("%s.0", controller->device.alias);
	json_set_string(json, "bus", bus_name);
	if (text_equal(controller->model, "lsilogic")) {
		json_set_int(json, "scsi-id", (int64_t)unit);
		id = strf("drive-scsi%llu-%llu-%llu", index, bus, unit);
	} else {
		json_set_int(json, "channel", (int64_t)bus);
		json_set_int(json, "scsi-id", (int64_t)target);
		json_set_int(json, "lun", (int64_t)unit);
		id = strf("drive-scsi%llu-%llu-%llu-%llu", index, bus, target, unit);
	}
	json_set_string(json, "device_id", id);
	return true;
}

static bool add_drive_address(struct builder *b, const struct disk *disk, struct json_object *json)
{
	if (disk->device.address.type != ADDRESS_DRIVE)
		return build_invalid(b, "'virtty edit' and saving settles the machine",
				     "disk '%s' has no drive address yet", disk->target);
	switch (disk->bus) {
	case DISK_BUS_IDE:
		return add_ide(b, disk, json);
	case DISK_BUS_SATA:
		return add_sata(b, disk, json);
	case DISK_BUS_SCSI:
		return add_scsi(b, disk, json);
	case DISK_BUS_FDC:
		json_set_int(json, "unit", (int64_t)disk->device.address.unit.value);
		return true;
	case DISK_BUS_ABSENT:
	case DISK_BUS_VIRTIO:
	case DISK_BUS_USB:
	case DISK_BUS_SD:
	case DISK_BUS_XEN:
	case DISK_BUS_COUNT:
		break;
	}
	return build_unsupported(b, NULL, "disk '%s': bus '%s' is not supported", disk->target,
				 enum_word(&disk_bus_words, (int)disk->bus));
}

/* QEMU's device for a kind of disk on a bus, or NULL. */
static const char *disk_driver(const struct disk *disk)
{
	bool cdrom = disk->kind == DISK_CDROM;

	switch (disk->bus) {
	case DISK_BUS_VIRTIO:
		return "virtio-blk-pci";
	case DISK_BUS_IDE:
	case DISK_BUS_SATA:
		return cdrom ? "ide-cd" : "ide-hd";
	case DISK_BUS_SCSI:
		return cdrom ? "scsi-cd" : "scsi-hd";
	case DISK_BUS_USB:
		return "usb-storage";
	case DISK_BUS_FDC:
		return "floppy";
	case DISK_BUS_ABSENT:
	case DISK_BUS_SD:
	case DISK_BUS_XEN:
	case DISK_BUS_COUNT:
		break;
	}
	return NULL;
}

static enum boot_dev boot_kind(const struct disk *disk)
{
	if (disk->kind == DISK_CDROM)
		return BOOT_CDROM;
	return disk->kind == DISK_FLOPPY ? BOOT_FD : BOOT_HD;
}

/* libvirt keeps disks by bus, in the order the buses first appear, and by target on each bus ("sdz" before "sdaa"). */
static bool is_before(const struct domain *domain, const struct disk *a, const struct disk *b)
{
	size_t a_length = strlen(a->target ? a->target : ""), b_length = strlen(b->target ? b->target : "");

	if (a->bus != b->bus) {
		const struct disk *first = domain->disks;

		while (first->bus != a->bus && first->bus != b->bus)
			first++;
		return first->bus == a->bus;
	}
	return a_length != b_length ? a_length < b_length
				    : strcmp(a->target ? a->target : "", b->target ? b->target : "") < 0;
}

/* <boot dev='cdrom'/> is the first CD-ROM in that order. */
static bool is_first_of_kind(const struct domain *domain, const struct disk *disk)
{
	for (size_t i = 0; i < domain->disk_count; i++)
		if (boot_kind(&domain->disks[i]) == boot_kind(disk) && is_before(domain, &domain->disks[i], disk))
			return false;
	return true;
}

static void add_write_cache(const struct disk *disk, struct json_object *json)
{
	if (disk->cache == CACHE_ABSENT || disk->cache == CACHE_DEFAULT || disk_is_empty(disk) || disk->kind == DISK_FLOPPY)
		return;
	json_set_string(json, "write-cache",
			disk->cache == CACHE_WRITETHROUGH || disk->cache == CACHE_DIRECTSYNC ? "off" : "on");
}

/* The device as JSON, its properties in libvirt's order; NULL on error. */
static struct json_object *disk_device(struct builder *b, const struct disk *disk, const char *drive)
{
	const char *driver = disk_driver(disk);
	_cleanup_free_ char *what = strf("disk '%s'", disk->target);
	struct json_object *json;
	bool ok;

	if (!driver) {
		build_unsupported(b, "use bus='virtio', 'sata', 'scsi' or 'usb'", "%s: bus '%s' is not supported", what,
				  disk->bus ? enum_word(&disk_bus_words, (int)disk->bus) : "(none)");
		return NULL;
	}
	if (!device_check_alias(b, &disk->device, what))
		return NULL;
	json = device_new(driver);
	if (disk->bus == DISK_BUS_VIRTIO && disk->queues.set)
		json_set_int(json, "num-queues", (int64_t)disk->queues.value);
	if (disk->bus == DISK_BUS_VIRTIO || disk->bus == DISK_BUS_USB)
		ok = device_add_address(b, &disk->device, what, json);
	else
		ok = add_drive_address(b, disk, json);
	if (!ok) {
		json_object_put(json);
		return NULL;
	}
	if (disk->shareable)
		json_set_bool(json, "share-rw", true);
	json_set_string(json, "drive", drive);
	json_set_string(json, "id", disk->device.alias);
	if (disk->kind != DISK_FLOPPY)
		device_add_boot(b, &disk->device, boot_kind(disk), is_first_of_kind(b->domain, disk), json);
	if (disk->bus == DISK_BUS_USB)
		json_set_bool(json, "removable", false);
	add_write_cache(disk, json);
	json_set_string(json, "serial", disk->serial);
	return json;
}

/* A floppy's turn at boot is its controller's property. */
static void build_floppy_boot(struct builder *b, const struct disk *disk)
{
	int64_t index = device_boot_index(b, &disk->device, BOOT_FD, is_first_of_kind(b->domain, disk));

	if (index > 0)
		build_argf(b, "-global", "isa-fdc.bootindex%c=%lld", disk->device.address.unit.value == 0 ? 'A' : 'B',
			   (long long)index);
}

void build_iotune(struct builder *b, const struct disk *disk)
{
	/* an empty drive has no throughput: its limits come with the medium */
	if (iotune_any(&disk->iotune) && !disk_is_empty(disk))
		build_setup(b, "block_set_io_throttle", iotune_arguments(disk, &disk->iotune));
}

bool build_disk(struct builder *b, const struct disk *disk, unsigned number)
{
	_cleanup_free_ char *drive = disk_is_empty(disk) ? NULL : strf("libvirt-%u-format", number);
	struct json_object *json;

	if (!check_disk(b, disk))
		return false;
	if (disk_is_empty(disk) && disk->bus == DISK_BUS_USB)
		return build_unsupported(b, "use bus='sata', or give it a <source>",
					 "disk '%s': an empty drive on the USB bus is not supported", disk->target);
	if (drive && !build_blockdevs(b, disk, number))
		return false;
	json = disk_device(b, disk, drive);
	if (!json || !build_device(b, json))
		return false;
	if (disk->kind == DISK_FLOPPY)
		build_floppy_boot(b, disk);
	build_iotune(b, disk);
	if (disk->tray_open == TRI_YES) {
		struct json_object *arguments = json_object_new_object();

		json_set_string(arguments, "id", disk->device.alias);
		build_setup(b, "blockdev-open-tray", arguments);
	}
	return true;
}

bool build_disks(struct builder *b)
{
	/* libvirt numbers the nodes from the last disk to the first. */
	unsigned number = 1;

	for (size_t i = 0; i < b->domain->disk_count; i++)
		number += blockdev_count(&b->domain->disks[i]);
	for (size_t i = 0; i < b->domain->disk_count; i++) {
		number -= blockdev_count(&b->domain->disks[i]);
		if (!build_disk(b, &b->domain->disks[i], number))
			return false;
	}
	return true;
}
