/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A system of libosinfo's as JSON: names, dates, what it wants, what it has drivers for. */
#include "osinfo/system.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

#define PCI "http://pcisig.com/pci/"

/* Devices that a machine may be given, by what they are on the bus: libosinfo's names of them differ from one of its versions to the next. */
static const struct {
	const char *id, *word;
} devices[] = {
	{ PCI "1af4/1000", "virtio-net" },     { PCI "1af4/1041", "virtio-net" },     { PCI "1af4/1041", "virtio1" },
	{ PCI "1af4/1001", "virtio-block" },   { PCI "1af4/1042", "virtio-block" },   { PCI "1af4/1042", "virtio1" },
	{ PCI "1af4/1004", "virtio-scsi" },    { PCI "1af4/1048", "virtio-scsi" },    { PCI "1af4/1048", "virtio1" },
	{ PCI "1af4/1002", "virtio-balloon" }, { PCI "1af4/1045", "virtio-balloon" }, { PCI "1af4/1003", "virtio-console" },
	{ PCI "1af4/1043", "virtio-console" }, { PCI "1af4/1005", "virtio-rng" },     { PCI "1af4/1044", "virtio-rng" },
	{ PCI "1af4/1050", "virtio-gpu" },     { PCI "1af4/1052", "virtio-input" },   { PCI "1af4/105a", "virtio-fs" },
	{ PCI "8086/10d3", "e1000e" },	       { PCI "8086/100e", "e1000" },	      { PCI "10ec/8139", "rtl8139" },
	{ PCI "1b36/0004", "qemu-xhci" },      { PCI "1b36/000d", "qemu-xhci" },      { PCI "1033/0194", "nec-xhci" },
	{ PCI "1234/1111", "vga" },	       { PCI "1b36/0100", "qxl" },	      { "http://qemu.org/chipset/x86/q35", "q35" },
	{ "http://usb.org/usb/80ee/0021", "tablet" },
};

/* The resources of this architecture, else those of all; NULL: none. */
static OsinfoResources *find_resources(OsinfoResourcesList *list, const char *arch)
{
	OsinfoResources *general = NULL;

	for (gint i = 0; i < osinfo_list_get_length(OSINFO_LIST(list)); i++) {
		OsinfoResources *resources = OSINFO_RESOURCES(osinfo_list_get_nth(OSINFO_LIST(list), i));
		const char *of = osinfo_resources_get_architecture(resources);

		if (text_equal(of, arch))
			return resources;
		if (text_equal(of, "all"))
			general = resources;
	}
	return general;
}

static void put_positive(struct json_object *object, const char *key, int64_t number)
{
	if (number > 0)
		json_set_int(object, key, number);
}

static void put_resources(struct json_object *object, const char *key, OsinfoResourcesList *list, const char *arch)
{
	OsinfoResources *resources = list != NULL ? find_resources(list, arch) : NULL;

	if (resources != NULL) {
		struct json_object *numbers = json_object_new_object();

		put_positive(numbers, "memory", osinfo_resources_get_ram(resources));
		put_positive(numbers, "disk", osinfo_resources_get_storage(resources));
		put_positive(numbers, "cpus", osinfo_resources_get_n_cpus(resources));
		json_set(object, key, numbers);
	}
	if (list != NULL)
		g_object_unref(list);
}

static bool has_word(struct json_object *words, const char *word)
{
	for (size_t i = 0; i < json_object_array_length(words); i++)
		if (text_equal(json_object_get_string(json_object_array_get_idx(words, i)), word))
			return true;
	return false;
}

/* Those of the systems that it derives from count, too. */
static struct json_object *device_words(OsinfoOs *os)
{
	OsinfoDeviceList *list = osinfo_os_get_all_devices(os, NULL);
	struct json_object *words = json_object_new_array();

	for (size_t i = 0; i < ARRAY_LENGTH(devices); i++)
		if (osinfo_list_find_by_id(OSINFO_LIST(list), devices[i].id) != NULL && !has_word(words, devices[i].word))
			json_object_array_add(words, json_object_new_string(devices[i].word));
	g_object_unref(list);
	return words;
}

/* BIOS unless it is ruled out; UEFI where it is said. */
static struct json_object *firmware_words(OsinfoOs *os, const char *arch)
{
	OsinfoFirmwareList *list = osinfo_os_get_complete_firmware_list(os, NULL);
	struct json_object *words = json_object_new_array();
	bool bios = true, efi = false;

	for (gint i = 0; i < osinfo_list_get_length(OSINFO_LIST(list)); i++) {
		OsinfoFirmware *firmware = OSINFO_FIRMWARE(osinfo_list_get_nth(OSINFO_LIST(list), i));
		const char *type = osinfo_firmware_get_firmware_type(firmware);

		if (!text_equal(osinfo_firmware_get_architecture(firmware), arch))
			continue;
		if (text_equal(type, "bios"))
			bios = osinfo_firmware_is_supported(firmware);
		if (text_equal(type, "efi"))
			efi = osinfo_firmware_is_supported(firmware);
	}
	if (bios)
		json_object_array_add(words, json_object_new_string("bios"));
	if (efi)
		json_object_array_add(words, json_object_new_string("efi"));
	g_object_unref(list);
	return words;
}

struct json_object *system_json(OsinfoOs *os, const char *arch)
{
	struct json_object *object = json_object_new_object();
	OsinfoProduct *product = OSINFO_PRODUCT(os);

	json_set_string(object, "id", osinfo_entity_get_id(OSINFO_ENTITY(os)));
	json_set_string(object, "short-id", osinfo_product_get_short_id(product));
	json_set_string(object, "name", osinfo_product_get_name(product));
	json_set_string(object, "version", osinfo_product_get_version(product));
	json_set_string(object, "vendor", osinfo_product_get_vendor(product));
	json_set_string(object, "family", osinfo_os_get_family(os));
	json_set_string(object, "distro", osinfo_os_get_distro(os));
	json_set_string(object, "codename", osinfo_product_get_codename(product));
	json_set_string(object, "release-date", osinfo_product_get_release_date_string(product));
	json_set_string(object, "eol-date", osinfo_product_get_eol_date_string(product));
	put_resources(object, "recommended", osinfo_os_get_recommended_resources(os), arch);
	put_resources(object, "minimum", osinfo_os_get_minimum_resources(os), arch);
	json_set(object, "devices", device_words(os));
	json_set(object, "firmware", firmware_words(os, arch));
	return object;
}

static const char *variant_name(OsinfoMedia *media, OsinfoOsVariantList **ret_list)
{
	*ret_list = osinfo_media_get_os_variants(media);
	if (*ret_list == NULL || osinfo_list_get_length(OSINFO_LIST(*ret_list)) < 1)
		return NULL;
	return osinfo_os_variant_get_name(OSINFO_OS_VARIANT(osinfo_list_get_nth(OSINFO_LIST(*ret_list), 0)));
}

struct json_object *system_media_json(OsinfoMedia *media)
{
	struct json_object *object = json_object_new_object();
	OsinfoOsVariantList *variants = NULL;

	json_set_string(object, "arch", osinfo_media_get_architecture(media));
	json_set_string(object, "variant", variant_name(media, &variants));
	json_set_bool(object, "live", osinfo_media_get_live(media));
	json_set_bool(object, "installer", osinfo_media_get_installer(media));
	json_set_bool(object, "installer-script", osinfo_media_supports_installer_script(media));
	json_set_string(object, "kernel", osinfo_media_get_kernel_path(media));
	json_set_string(object, "initrd", osinfo_media_get_initrd_path(media));
	if (variants != NULL)
		g_object_unref(variants);
	return object;
}
