/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's hardware in an envelope: items by CIM's numbers, which name each other by their instance ids. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/uuid.h"
#include "storage/ovf_internal.h"

#include <stdlib.h>
#include <string.h>

/* CIM_ResourceAllocationSettingData.ResourceType */
enum resource {
	RESOURCE_PROCESSOR = 3,
	RESOURCE_MEMORY = 4,
	RESOURCE_IDE = 5,
	RESOURCE_SCSI = 6,
	RESOURCE_ETHERNET = 10,
	RESOURCE_FLOPPY = 14,
	RESOURCE_CD = 15,
	RESOURCE_DVD = 16,
	RESOURCE_DISK = 17,
	RESOURCE_STORAGE = 20, /* SATA and NVMe, as VMware and VirtualBox write them */
	RESOURCE_USB = 23,
	RESOURCE_GRAPHICS = 24,
};

struct item {
	const xmlNode *node;
	uint64_t type;
	char *id, *parent, *subtype, *host, *label; /* owned */
	uint64_t address, place;
	bool chosen; /* it says that it is of the chosen configuration */
};

struct items {
	struct item *items;
	size_t count;
};

static void items_clear(struct items *items)
{
	for (size_t i = 0; i < items->count; i++) {
		free(items->items[i].id);
		free(items->items[i].parent);
		free(items->items[i].subtype);
		free(items->items[i].host);
		free(items->items[i].label);
	}
	free(items->items);
}

/* ---- reading ---- */

static bool child_number(const char *source, const xmlNode *node, const char *name, uint64_t *ret, struct error *err)
{
	_cleanup_free_ char *text = ovf_child_text(node, name);

	return text == NULL || text_to_uint(text, false, ret) || ovf_wrong(source, node, err, "<%s> is no number", name);
}

static bool read_item(const char *source, const xmlNode *node, struct item *ret, struct error *err)
{
	ret->node = node;
	ret->id = ovf_child_text(node, "InstanceID");
	ret->parent = ovf_child_text(node, "Parent");
	ret->subtype = ovf_child_text(node, "ResourceSubType");
	ret->host = ovf_child_text(node, "HostResource");
	ret->label = ovf_child_text(node, "ElementName");
	_cleanup_free_ char *address = ovf_child_text(node, "Address");

	/* of a controller its number; of a card it may be a MAC address */
	if (address != NULL)
		(void)text_to_uint(address, false, &ret->address);
	return child_number(source, node, "ResourceType", &ret->type, err) &&
	       child_number(source, node, "AddressOnParent", &ret->place, err);
}

/* Is an item one of the configuration that was chosen? "ovf:configuration='small large'"; without the attribute it is of all. Limits
 * ("ovf:bound='min'") are no hardware. */
static bool is_wanted(const xmlNode *node, const char *configuration, bool *ret_chosen)
{
	_cleanup_free_ char *bound = ovf_attribute(node, "bound"), *of = ovf_attribute(node, "configuration");
	_cleanup_strv_ char **words = of != NULL ? strv_split(of, " ") : NULL;

	*ret_chosen = of != NULL;
	return (bound == NULL || strcmp(bound, "normal") == 0) && (of == NULL || (configuration != NULL && strv_contains(words, configuration)));
}

/* One that is only for the chosen configuration stands for the common one of its id. */
static struct item *place_for(struct items *items, const char *id, bool chosen)
{
	for (size_t i = 0; id != NULL && i < items->count; i++)
		if (text_equal(items->items[i].id, id) && chosen != items->items[i].chosen)
			return &items->items[i];
	return NULL;
}

static bool gather(const char *source, const xmlNode *section, const char *configuration, struct items *ret, struct error *err)
{
	static const char *const names[] = { "Item", "StorageItem", "EthernetPortItem" };

	for (const xmlNode *node = ovf_child(section, NULL); node != NULL; node = ovf_next(node, NULL)) {
		bool is_item = false, chosen;

		for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
			is_item = is_item || ovf_is(node, names[i]);
		if (!is_item || !is_wanted(node, configuration, &chosen))
			continue;
		_cleanup_free_ char *id = ovf_child_text(node, "InstanceID");
		struct item *item = place_for(ret, id, chosen);

		if (item != NULL && item->chosen)
			continue;
		if (item != NULL) {
			struct items old = { .items = xmalloc(sizeof *item), .count = 1 };

			old.items[0] = *item;
			items_clear(&old);
			*item = (struct item){ 0 };
		} else if (ret->count == OVF_ITEMS) {
			return ovf_wrong(source, node, err, "there are more than %d pieces of hardware", OVF_ITEMS);
		} else {
			item = ARRAY_ADD(ret->items, ret->count);
		}
		item->chosen = chosen;
		if (!read_item(source, node, item, err))
			return false;
	}
	return true;
}

/* ---- processors and memory ---- */

static bool take_memory(const char *source, const struct item *item, struct ovf *ret, struct error *err)
{
	_cleanup_free_ char *units = ovf_child_text(item->node, "AllocationUnits");
	uint64_t quantity = 0, unit;

	if (!child_number(source, item->node, "VirtualQuantity", &quantity, err))
		return false;
	/* without a unit: MiB, as all mean it */
	if (!ovf_unit(units != NULL ? units : "byte * 2^20", &unit))
		return ovf_wrong(source, item->node, err, "its memory has an unknown unit, '%s'", units);
	if (__builtin_mul_overflow(quantity, unit, &quantity) || quantity > INT64_MAX)
		return ovf_wrong(source, item->node, err, "its memory is out of range");
	ret->memory_bytes = quantity;
	return true;
}

/* ---- drives ---- */

static const struct item *find_item(const struct items *items, const char *id)
{
	for (size_t i = 0; id != NULL && i < items->count; i++)
		if (text_equal(items->items[i].id, id))
			return &items->items[i];
	return NULL;
}

static enum ovf_bus bus_of(const struct item *controller)
{
	switch (controller != NULL ? controller->type : 0) {
	case RESOURCE_IDE:
		return OVF_BUS_IDE;
	case RESOURCE_SCSI:
		return OVF_BUS_SCSI;
	case RESOURCE_STORAGE:
		return controller->subtype != NULL && strcasestr(controller->subtype, "nvme") != NULL ? OVF_BUS_NVME : OVF_BUS_SATA;
	default:
		return OVF_BUS_NONE;
	}
}

static const struct ovf_file *find_file(const struct ovf *ovf, const char *id)
{
	for (size_t i = 0; id != NULL && i < ovf->file_count; i++)
		if (strcmp(ovf->files[i].id, id) == 0)
			return &ovf->files[i];
	return NULL;
}

/* "ovf:/disk/vmdisk1", "/disk/vmdisk1", "ovf:/file/file2": what a drive holds. */
static bool take_host_resource(const char *source, const struct item *item, struct ovf *ovf, struct ovf_drive *drive, struct error *err)
{
	const char *at = item->host;

	if (at == NULL)
		return true;
	if (text_starts(at, "ovf:"))
		at += 4;
	at += strspn(at, "/");
	if (text_starts(at, "file/")) {
		drive->file = find_file(ovf, at + 5);
		return drive->file != NULL || ovf_wrong(source, item->node, err, "there is no file '%s'", at + 5);
	}
	if (!text_starts(at, "disk/"))
		return ovf_wrong(source, item->node, err, "'%s' is neither a disk nor a file", item->host);
	for (size_t i = 0; i < ovf->disk_count; i++)
		if (strcmp(ovf->disks[i].id, at + 5) == 0)
			drive->disk = &ovf->disks[i];
	if (drive->disk == NULL)
		return ovf_wrong(source, item->node, err, "there is no disk '%s'", at + 5);
	if (drive->disk->parent != NULL) {
		error_set(err, ERROR_UNSUPPORTED, "%s: disk '%s' is only the difference to disk '%s'", source, drive->disk->id, drive->disk->parent);
		return error_hint(err, "export the machine without snapshots");
	}
	drive->file = find_file(ovf, drive->disk->file);
	return drive->disk->file == NULL || drive->file != NULL ||
	       ovf_wrong(source, item->node, err, "disk '%s' is in a file '%s' that is not there", drive->disk->id, drive->disk->file);
}

static bool take_drive(const char *source, const struct items *items, const struct item *item, struct ovf *ret, struct error *err)
{
	const struct item *controller = find_item(items, item->parent);
	struct ovf_drive *drive = ARRAY_ADD(ret->drives, ret->drive_count);

	drive->kind = item->type == RESOURCE_DISK ? OVF_DRIVE_DISK : item->type == RESOURCE_FLOPPY ? OVF_DRIVE_FLOPPY : OVF_DRIVE_CDROM;
	drive->bus = bus_of(controller);
	drive->place = item->place;
	if (controller != NULL) {
		drive->controller = xstrdup_null(controller->subtype);
		drive->controller_number = controller->address;
	}
	return take_host_resource(source, item, ret, drive, err);
}

/* As the firmware meets them: by bus, controller and place. */
static int compare_drives(const void *a, const void *b)
{
	const struct ovf_drive *one = a, *two = b;

	if (one->kind != two->kind)
		return one->kind < two->kind ? -1 : 1;
	if (one->bus != two->bus)
		return one->bus < two->bus ? -1 : 1;
	if (one->controller_number != two->controller_number)
		return one->controller_number < two->controller_number ? -1 : 1;
	return (one->place > two->place) - (one->place < two->place);
}

/* ---- the rest ---- */

static void take_nic(const struct item *item, struct ovf *ret)
{
	_cleanup_free_ char *address = ovf_child_text(item->node, "Address");
	struct ovf_nic *nic = ARRAY_ADD(ret->nics, ret->nic_count);
	char mac[MAC_TEXT_SIZE];

	nic->model = xstrdup_null(item->subtype);
	nic->network = ovf_child_text(item->node, "Connection");
	if (address != NULL && mac_parse(address, mac))
		nic->mac = xstrdup(mac);
}

/* VMware's settings: "<vmw:Config vmw:key='firmware' vmw:value='efi'/>". */
static void take_settings(const xmlNode *section, struct ovf *ret)
{
	for (const xmlNode *node = ovf_child(section, "Config"); node != NULL; node = ovf_next(node, "Config")) {
		_cleanup_free_ char *key = ovf_attribute(node, "key"), *value = ovf_attribute(node, "value");

		if (text_equal(key, "firmware"))
			ret->efi = text_equal(value, "efi");
		if (text_equal(key, "bootOptions.efiSecureBootEnabled"))
			ret->secure_boot = text_equal(value, "true");
	}
}

static bool take_item(const char *source, const struct items *items, const struct item *item, struct ovf *ret, struct error *err)
{
	switch (item->type) {
	case RESOURCE_PROCESSOR:
		return child_number(source, item->node, "VirtualQuantity", &ret->vcpus, err);
	case RESOURCE_MEMORY:
		return take_memory(source, item, ret, err);
	case RESOURCE_ETHERNET:
		take_nic(item, ret);
		return true;
	case RESOURCE_FLOPPY:
	case RESOURCE_CD:
	case RESOURCE_DVD:
	case RESOURCE_DISK:
		return take_drive(source, items, item, ret, err);
	case RESOURCE_IDE:
	case RESOURCE_SCSI:
	case RESOURCE_STORAGE:
	case RESOURCE_USB:
	case RESOURCE_GRAPHICS:
		return true;
	default:
		ret->notes = strv_addf(ret->notes, "hardware: %s", item->label != NULL ? item->label : item->subtype != NULL ? item->subtype : "?");
		return true;
	}
}

bool ovf_read_hardware(const char *source, const xmlNode *section, const char *configuration, struct ovf *ret, struct error *err)
{
	struct items items = { 0 };
	bool good = gather(source, section, configuration, &items, err);

	for (size_t i = 0; good && i < items.count; i++)
		good = take_item(source, &items, &items.items[i], ret, err);
	items_clear(&items);
	if (!good)
		return false;
	take_settings(section, ret);
	if (ret->drive_count > 1)
		qsort(ret->drives, ret->drive_count, sizeof *ret->drives, compare_drives);
	return true;
}
