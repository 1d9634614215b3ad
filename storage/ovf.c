/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The envelope: files, disks, and the machine but for its hardware. */
#include "storage/ovf_internal.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

ENUM_WORDS(ovf_bus, OVF_BUS_COUNT, NULL, "ide", "scsi", "sata", "nvme");

void ovf_clear(struct ovf *ovf)
{
	for (size_t i = 0; i < ovf->file_count; i++) {
		free(ovf->files[i].id);
		free(ovf->files[i].href);
	}
	for (size_t i = 0; i < ovf->disk_count; i++) {
		free(ovf->disks[i].id);
		free(ovf->disks[i].file);
		free(ovf->disks[i].parent);
	}
	for (size_t i = 0; i < ovf->drive_count; i++)
		free(ovf->drives[i].controller);
	for (size_t i = 0; i < ovf->nic_count; i++) {
		free(ovf->nics[i].model);
		free(ovf->nics[i].network);
		free(ovf->nics[i].mac);
	}
	free(ovf->files);
	free(ovf->disks);
	free(ovf->drives);
	free(ovf->nics);
	free(ovf->id);
	free(ovf->name);
	free(ovf->description);
	free(ovf->product);
	free(ovf->vendor);
	free(ovf->product_version);
	free(ovf->os_text);
	free(ovf->os_type);
	strv_free(ovf->notes);
	*ovf = (struct ovf){ 0 };
}

/* ---- references and disks ---- */

/* A file beside the envelope, and no other. */
static bool href_is_plain(const char *href)
{
	_cleanup_strv_ char **parts = strv_split(href, "/");

	if (href[0] == '\0' || href[0] == '/' || strstr(href, "://") != NULL || strchr(href, '\\') != NULL)
		return false;
	for (const char *at = href; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return false;
	for (char **part = parts; part != NULL && *part != NULL; part++)
		if (strcmp(*part, "..") == 0)
			return false;
	return true;
}

static bool read_file(const char *source, const xmlNode *node, struct ovf *ret, struct error *err)
{
	_cleanup_free_ char *compression = ovf_attribute(node, "compression"), *chunk = ovf_attribute(node, "chunkSize");
	_cleanup_free_ char *size = ovf_attribute(node, "size"), *id = ovf_attribute(node, "id"), *href = ovf_attribute(node, "href");
	struct ovf_file *file;

	if (text_empty(id) || text_empty(href))
		return ovf_wrong(source, node, err, "a file has no id or no href");
	if (!href_is_plain(href))
		return ovf_wrong(source, node, err, "file '%s' is not one that lies beside it", id);
	if (!text_empty(chunk))
		return ovf_wrong(source, node, err, "file '%s' is in pieces (chunkSize), which is not supported", id);
	if (!text_empty(compression) && strcmp(compression, "gzip") != 0 && strcmp(compression, "identity") != 0)
		return ovf_wrong(source, node, err, "file '%s' is compressed by '%s', which is not supported", id, compression);
	if (ret->file_count == OVF_ITEMS)
		return ovf_wrong(source, node, err, "there are more than %d files", OVF_ITEMS);
	file = ARRAY_ADD(ret->files, ret->file_count);
	file->gzip = text_equal(compression, "gzip");
	file->id = TAKE_POINTER(id);
	file->href = TAKE_POINTER(href);
	return text_empty(size) || text_to_uint(size, false, &file->size) ||
	       ovf_wrong(source, node, err, "the size of file '%s' is no number", file->id);
}

static bool read_capacity(const char *source, const xmlNode *node, struct ovf_disk *disk, struct error *err)
{
	_cleanup_free_ char *capacity = ovf_attribute(node, "capacity"), *units = ovf_attribute(node, "capacityAllocationUnits");
	uint64_t unit;

	/* "${size}": chosen at deployment, which is not done here */
	if (text_empty(capacity) || text_starts(capacity, "${"))
		return true;
	if (!text_to_uint(capacity, false, &disk->capacity))
		return ovf_wrong(source, node, err, "the capacity of disk '%s' is no number", disk->id);
	if (!ovf_unit(units != NULL ? units : "", &unit))
		return ovf_wrong(source, node, err, "the capacity of disk '%s' has an unknown unit, '%s'", disk->id, units);
	if (__builtin_mul_overflow(disk->capacity, unit, &disk->capacity) || disk->capacity > INT64_MAX)
		return ovf_wrong(source, node, err, "the capacity of disk '%s' is out of range", disk->id);
	return true;
}

static bool read_disk(const char *source, const xmlNode *node, struct ovf *ret, struct error *err)
{
	_cleanup_free_ char *id = ovf_attribute(node, "diskId"), *file = ovf_attribute(node, "fileRef");
	struct ovf_disk *disk;

	if (text_empty(id))
		return ovf_wrong(source, node, err, "a disk has no diskId");
	if (ret->disk_count == OVF_ITEMS)
		return ovf_wrong(source, node, err, "there are more than %d disks", OVF_ITEMS);
	disk = ARRAY_ADD(ret->disks, ret->disk_count);
	disk->id = TAKE_POINTER(id);
	disk->parent = ovf_attribute(node, "parentRef");
	if (!text_empty(file))
		disk->file = TAKE_POINTER(file);
	return read_capacity(source, node, disk, err);
}

static bool read_references(const char *source, const xmlNode *envelope, struct ovf *ret, struct error *err)
{
	const xmlNode *references = ovf_child(envelope, "References"), *section = ovf_child(envelope, "DiskSection");

	for (const xmlNode *node = references != NULL ? ovf_child(references, "File") : NULL; node != NULL; node = ovf_next(node, "File"))
		if (!read_file(source, node, ret, err))
			return false;
	for (const xmlNode *node = section != NULL ? ovf_child(section, "Disk") : NULL; node != NULL; node = ovf_next(node, "Disk"))
		if (!read_disk(source, node, ret, err))
			return false;
	return true;
}

/* ---- the machine ---- */

/* Its name in messages. Owned. */
static char *system_name(const xmlNode *system)
{
	_cleanup_free_ char *name = ovf_child_text(system, "Name"), *id = ovf_attribute(system, "id"), *line = id != NULL ? ovf_one_line(id) : NULL;

	if (name != NULL)
		return TAKE_POINTER(name);
	return text_empty(line) ? xstrdup("?") : TAKE_POINTER(line);
}

/* All virtual systems below a node: collections hold collections. */
static void find_systems(const xmlNode *node, const xmlNode **ret_first, char ***ret_names)
{
	for (const xmlNode *child = ovf_child(node, NULL); child != NULL; child = ovf_next(child, NULL)) {
		if (ovf_is(child, "VirtualSystemCollection"))
			find_systems(child, ret_first, ret_names);
		if (!ovf_is(child, "VirtualSystem"))
			continue;
		if (*ret_first == NULL)
			*ret_first = child;
		*ret_names = strv_take(*ret_names, system_name(child));
	}
}

static bool find_system(const char *source, const xmlNode *envelope, const xmlNode **ret, struct error *err)
{
	_cleanup_strv_ char **names = NULL;

	*ret = NULL;
	find_systems(envelope, ret, &names);
	if (*ret == NULL)
		return ovf_wrong(source, envelope, err, "it describes no machine");
	if (strv_length(names) == 1)
		return true;
	_cleanup_free_ char *list = strv_join(names, "', '");

	error_set(err, ERROR_UNSUPPORTED, "%s describes %zu machines ('%s'): only one can be imported", source, strv_length(names), list);
	return error_hint(err, "their disks can be imported one by one, as images");
}

static void read_product(const xmlNode *section, struct ovf *ret)
{
	size_t properties = 0;

	if (ret->product == NULL) {
		ret->product = ovf_child_text(section, "Product");
		ret->vendor = ovf_child_text(section, "Vendor");
		ret->product_version = ovf_child_text(section, "FullVersion");
		if (ret->product_version == NULL)
			ret->product_version = ovf_child_text(section, "Version");
	}
	for (const xmlNode *node = ovf_child(section, "Property"); node != NULL; node = ovf_next(node, "Property"))
		properties++;
	if (properties > 0)
		ret->notes = strv_addf(ret->notes, "%zu properties for its first start (OVF environment): it is told none", properties);
}

static bool read_os(const char *source, const xmlNode *section, struct ovf *ret, struct error *err)
{
	_cleanup_free_ char *id = ovf_attribute(section, "id");
	char *type = ovf_attribute(section, "osType"); /* VMware's */

	if (!text_empty(id) && !text_to_uint(id, false, &ret->os_id)) {
		free(type);
		return ovf_wrong(source, section, err, "the number of its system is no number");
	}
	free(ret->os_text);
	free(ret->os_type);
	ret->os_text = ovf_child_text(section, "Description");
	ret->os_type = type != NULL ? type : ovf_child_text(section, "OSType"); /* VirtualBox' */
	return true;
}

/* VirtualBox writes its own document into the envelope. */
static void read_virtualbox(const xmlNode *machine, struct ovf *ret)
{
	const xmlNode *hardware = ovf_child(machine, "Hardware");
	const xmlNode *firmware = hardware != NULL ? ovf_child(hardware, "Firmware") : NULL;
	_cleanup_free_ char *type = firmware != NULL ? ovf_attribute(firmware, "type") : NULL;

	if (type != NULL && strncasecmp(type, "EFI", 3) == 0)
		ret->efi = true;
}

/* Sections that say nothing which a machine here could be given. */
static bool is_harmless(const xmlNode *section)
{
	static const char *const names[] = { "Info", "Name", "AnnotationSection", "StartupSection", "InstallSection",
					     "ResourceAllocationSection", "ScaleOutSection", "PlacementSection", "PlacementGroupSection" };

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (ovf_is(section, names[i]))
			return true;
	return false;
}

static bool read_section(const char *source, const xmlNode *section, const char *configuration, struct ovf *ret, bool *ret_hardware,
			 struct error *err)
{
	if (ovf_is(section, "VirtualHardwareSection")) {
		if (*ret_hardware) {
			ret->notes = strv_add(ret->notes, "a second choice of hardware");
			return true;
		}
		*ret_hardware = true;
		return ovf_read_hardware(source, section, configuration, ret, err);
	}
	if (ovf_is(section, "OperatingSystemSection"))
		return read_os(source, section, ret, err);
	if (ovf_is(section, "ProductSection"))
		read_product(section, ret);
	else if (ovf_is(section, "EulaSection"))
		ret->notes = strv_add(ret->notes, "a licence that one is asked to agree to: it is in the envelope, read it there");
	else if (ovf_is(section, "Machine"))
		read_virtualbox(section, ret);
	else if (!is_harmless(section))
		ret->notes = strv_addf(ret->notes, "<%s>", (const char *)section->name);
	return true;
}

/* The configuration that is the default one of several, by its id. Owned; NULL: there are none. */
static char *default_configuration(const xmlNode *envelope)
{
	const xmlNode *section = ovf_child(envelope, "DeploymentOptionSection");
	char *first = NULL;

	for (const xmlNode *node = section != NULL ? ovf_child(section, "Configuration") : NULL; node != NULL;
	     node = ovf_next(node, "Configuration")) {
		_cleanup_free_ char *chosen = ovf_attribute(node, "default"), *id = ovf_attribute(node, "id");

		if (first != NULL && !text_equal(chosen, "true") && !text_equal(chosen, "1"))
			continue;
		free(first);
		first = TAKE_POINTER(id);
		if (text_equal(chosen, "true") || text_equal(chosen, "1"))
			break;
	}
	return first;
}

static bool read_system(const char *source, const xmlNode *envelope, const xmlNode *system, struct ovf *ret, struct error *err)
{
	_cleanup_free_ char *configuration = default_configuration(envelope);
	const xmlNode *annotation = ovf_child(system, "AnnotationSection");
	bool has_hardware = false;

	ret->id = ovf_attribute(system, "id");
	ret->name = ovf_child_text(system, "Name");
	ret->description = annotation != NULL ? ovf_child_text(annotation, "Annotation") : NULL;
	if (configuration != NULL)
		ret->notes = strv_addf(ret->notes, "its other configurations: '%s' is taken", configuration);
	for (const xmlNode *section = ovf_child(system, NULL); section != NULL; section = ovf_next(section, NULL))
		if (!read_section(source, section, configuration, ret, &has_hardware, err))
			return false;
	return has_hardware || ovf_wrong(source, system, err, "it says nothing of the machine's hardware");
}

/* By the namespace, which is what a version is. */
static bool read_version(const char *source, const xmlNode *envelope, struct ovf *ret, struct error *err)
{
	const char *name = envelope->ns != NULL && envelope->ns->href != NULL ? (const char *)envelope->ns->href : "";

	if (!ovf_is(envelope, "Envelope"))
		return ovf_wrong(source, envelope, err, "it is no OVF envelope");
	if (strcmp(name, "http://schemas.dmtf.org/ovf/envelope/1") == 0)
		ret->version = 1;
	else if (strcmp(name, "http://schemas.dmtf.org/ovf/envelope/2") == 0)
		ret->version = 2;
	else
		return ovf_wrong(source, envelope, err, "it is an OVF envelope of a version that is not known ('%s'); known are 1 and 2", name);
	return true;
}

bool ovf_parse(const char *source, const char *text, size_t length, struct ovf *ret, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = xml_parse(source, text, length, err);
	const xmlNode *envelope = doc != NULL ? xmlDocGetRootElement(doc) : NULL, *system;

	*ret = (struct ovf){ 0 };
	if (envelope == NULL)
		return false;
	if (read_version(source, envelope, ret, err) && read_references(source, envelope, ret, err) &&
	    find_system(source, envelope, &system, err) && read_system(source, envelope, system, ret, err))
		return true;
	ovf_clear(ret);
	return false;
}
