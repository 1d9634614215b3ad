/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices of a document added, taken away and put in another's place, as nodes. */
#include "hv/domain_device.h"

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/unmodelled.h"
#include "base/xml.h"
#include "hv/domain_schema.h"
#include "hv/iotune.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A disk that was read alone, and the document that its nodes are of. */
struct lone_disk {
	struct disk disk;
	xmlDoc *doc;
};

char *device_text_element(const struct device_text *text, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = xml_parse(text->source, text->text, text->length, err);

	return doc != NULL ? xstrdup((const char *)xmlDocGetRootElement(doc)->name) : NULL;
}

struct disk *disk_parse(const struct device_text *text, struct error *err)
{
	struct schema_reader reader = { text->source, unmodelled_ignore, NULL };
	xmlDoc *doc = xml_parse(text->source, text->text, text->length, err);
	struct lone_disk *lone;

	if (doc == NULL)
		return NULL;
	lone = xcalloc(1, sizeof *lone);
	lone->doc = doc;
	if (!schema_parse(&disk_schema, xmlDocGetRootElement(doc), &lone->disk, &reader, err)) {
		disk_free(&lone->disk);
		return NULL;
	}
	lone->disk.source.node = lone->disk.device.node;
	return &lone->disk;
}

void disk_free(struct disk *disk)
{
	struct lone_disk *lone = (struct lone_disk *)disk;

	if (disk == NULL)
		return;
	schema_free(&disk_schema, &lone->disk);
	xmlFreeDoc(lone->doc);
	free(lone);
}

/* ---- the document ---- */

/* The same element in a copy of the document. */
static xmlNode *counterpart(const xmlNode *node, xmlDoc *copy)
{
	xmlNode *parent, *twin;

	if (node->parent == NULL || node->parent->type != XML_ELEMENT_NODE)
		return xmlDocGetRootElement(copy);
	parent = counterpart(node->parent, copy);
	twin = parent->children;
	for (const xmlNode *before = node->prev; before != NULL; before = before->prev)
		twin = twin->next;
	return twin;
}

/* Where a new device goes behind: the last of its kind, or what libvirt has before the first. NULL: to the end. */
static xmlNode *place_after(xmlNode *devices, const char *name)
{
	static const char *const before_disks[] = { "emulator" };
	xmlNode *last = NULL;

	for (xmlNode *node = xml_child(devices, name); node != NULL; node = xml_next(node, name))
		last = node;
	if (last == NULL && strcmp(name, "disk") == 0)
		for (size_t i = 0; i < ARRAY_LENGTH(before_disks) && last == NULL; i++)
			last = xml_child(devices, before_disks[i]);
	return last;
}

static struct domain *read_again(const struct domain *domain, xmlDoc *doc, struct error *err)
{
	_cleanup_free_ char *text = xml_format(doc);

	return domain_parse(domain->source, text, strlen(text), err);
}

/* Lines of the inserted text begin where its neighbours' do. */
static void indent_lines(xmlNode *node, const char *indent)
{
	for (xmlNode *child = node->children; child != NULL; child = child->next) {
		if (child->type == XML_ELEMENT_NODE)
			indent_lines(child, indent);
		if (child->type != XML_TEXT_NODE || xmlIsBlankNode(child) != 1 || child->content == NULL)
			continue;
		_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

		for (const char *c = (const char *)child->content; *c != '\0'; c++) {
			strbuf_putc(&text, *c);
			if (*c == '\n')
				strbuf_puts(&text, indent);
		}
		if (text.data != NULL)
			xml_set_text(child, text.data);
	}
}

#define DEVICE_INDENT "    "

/* The root of a device's text, out of its document. NULL with err. */
static xmlNode *take_root(const struct device_text *text, xmlDoc *into, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = xml_parse(text->source, text->text, text->length, err);
	xmlNode *copy = doc != NULL ? xmlDocCopyNode(xmlDocGetRootElement(doc), into, 1) : NULL;

	if (copy != NULL)
		indent_lines(copy, DEVICE_INDENT);
	return copy;
}

struct domain *domain_with_device(const struct domain *domain, const struct device_text *text, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = xmlCopyDoc(domain->doc, 1);
	xmlNode *node = take_root(text, doc, err), *devices, *place;

	if (node == NULL)
		return NULL;
	devices = xml_make_path(xmlDocGetRootElement(doc), "devices");
	place = place_after(devices, (const char *)node->name);
	if (place != NULL)
		xml_adopt_after(place, node);
	else
		xml_adopt_child(devices, node);
	return read_again(domain, doc, err);
}

struct domain *domain_with_device_for(const struct domain *domain, const xmlNode *node, const struct device_text *text,
				      struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = xmlCopyDoc(domain->doc, 1);
	xmlNode *old = counterpart(node, doc), *other = take_root(text, doc, err);

	if (other == NULL)
		return NULL;
	xml_adopt_after(old, other);
	xml_remove(old);
	return read_again(domain, doc, err);
}

struct domain *domain_without_device(const struct domain *domain, const xmlNode *node, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = xmlCopyDoc(domain->doc, 1);

	xml_remove(counterpart(node, doc));
	return read_again(domain, doc, err);
}

/* How deep the element stands: the blanks before its closing tag. */
static size_t depth_of(const xmlNode *node)
{
	const xmlNode *last = node->last;
	const char *line = last != NULL && last->type == XML_TEXT_NODE && xmlIsBlankNode(last) == 1
				   ? strrchr((const char *)last->content, '\n')
				   : NULL;

	return line != NULL ? strlen(line + 1) : 0;
}

char *device_node_text(const xmlNode *node)
{
	_cleanup_free_ char *text = xml_format_node((xmlNode *)(uintptr_t)node);
	_cleanup_strbuf_ struct strbuf plain = STRBUF_INIT;
	size_t depth = depth_of(node);

	for (const char *c = text; *c != '\0'; c++) {
		size_t blanks = 0;

		strbuf_putc(&plain, *c);
		if (*c != '\n')
			continue;
		while (blanks < depth && c[1] == ' ') {
			blanks++;
			c++;
		}
	}
	strbuf_putc(&plain, '\n');
	return strbuf_take(&plain);
}

/* ---- finding ---- */

struct disk *domain_find_disk_alias(const struct domain *domain, const char *alias)
{
	for (size_t i = 0; alias != NULL && i < domain->disk_count; i++)
		if (text_equal(domain->disks[i].device.alias, alias))
			return &domain->disks[i];
	return NULL;
}

struct disk *domain_find_disk(const struct domain *domain, const char *key)
{
	for (size_t i = 0; i < domain->disk_count; i++)
		if (text_equal(domain->disks[i].target, key))
			return &domain->disks[i];
	for (size_t i = 0; i < domain->disk_count; i++) {
		const struct disk_source *source = &domain->disks[i].source;

		if (text_equal(source->file, key) || text_equal(source->dev, key))
			return &domain->disks[i];
	}
	return domain_find_disk_alias(domain, key);
}

xmlNode *domain_find_alias(const struct domain *domain, const char *alias)
{
	for (xmlNode *node = xml_child(xml_child(domain->node, "devices"), NULL); node != NULL;
	     node = xml_next(node, NULL)) {
		_cleanup_free_ char *name = xml_attribute(xml_child(node, "alias"), "name");

		if (text_equal(name, alias))
			return node;
	}
	return NULL;
}

/* ---- one disk ---- */

bool disk_has_medium(const struct disk *disk)
{
	const struct disk_source *source = &disk->source;

	return source->file != NULL || source->dev != NULL || source->volume != NULL ||
	       source->protocol != PROTOCOL_ABSENT;
}

bool disk_set(struct disk *disk, const char *path, const char *value, struct error *err)
{
	return schema_set(&disk_schema, disk, path, value, err);
}

void disk_put_iotune(struct disk *disk, const struct disk_iotune *iotune)
{
	struct disk_iotune *own;

	if (!iotune_any(iotune)) {
		if (disk->iotune.node != NULL)
			xml_remove(disk->iotune.node);
		schema_free(&iotune_schema, &disk->iotune);
		return;
	}
	own = schema_open(&disk_schema, disk, "iotune");
	for (size_t i = 0; i < iotune_row_count; i++) {
		const struct iotune_row *row = &iotune_rows[i];
		uint64_t value = iotune_value(iotune, row);
		_cleanup_free_ char *text =
			row->family == IOTUNE_GROUP ? xstrdup_null(iotune->group_name) : strf("%" PRIu64, value);

		schema_set(&iotune_schema, own, row->name, row->family != IOTUNE_GROUP && value == 0 ? NULL : text,
			   NULL);
	}
}

/* ---- texts of drives ---- */

/* An element of one document as a child of another's, behind <driver> where there is one. */
static void bring_child(xmlNode *to, const xmlNode *from, const char *name)
{
	xmlNode *old = xml_child(to, name), *child = xml_child(from, name), *driver = xml_child(to, "driver"), *copy;

	if (old != NULL)
		xml_remove(old);
	if (child == NULL)
		return;
	copy = xmlDocCopyNode(child, to->doc, 1);
	if (driver != NULL)
		xml_adopt_after(driver, copy);
	else
		xml_adopt_child(to, copy);
}

static void bring_attribute(xmlNode *to, const xmlNode *from, const char *element, const char *name)
{
	_cleanup_free_ char *value = xml_attribute(element != NULL ? xml_child(from, element) : from, name);

	if (value != NULL)
		xml_set_attribute(element != NULL ? xml_make_path(to, element) : to, name, value);
}

char *disk_text_medium(const struct disk *disk, const struct device_text *medium, bool open, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *given =
		medium != NULL ? xml_parse(medium->source, medium->text, medium->length, err) : NULL;
	_cleanup_free_ char *own = device_node_text(disk->device.node);
	_cleanup_xmldoc_ xmlDoc *doc = NULL;
	xmlNode *root, *from = NULL;

	if (medium != NULL && given == NULL)
		return NULL;
	doc = xml_parse("disk", own, strlen(own), err);
	if (doc == NULL)
		return NULL;
	root = xmlDocGetRootElement(doc);
	if (given != NULL)
		from = xmlDocGetRootElement(given);
	bring_child(root, from, "backingStore");
	bring_child(root, from, "source");
	xml_set_attribute(root, "type", "file");
	if (from != NULL) {
		bring_attribute(root, from, NULL, "type");
		bring_attribute(root, from, "driver", "name");
		bring_attribute(root, from, "driver", "type");
	}
	xml_set_attribute(xml_make_path(root, "target"), "tray", open ? "open" : NULL);
	return xml_format_node(root);
}

char *disk_text_placed(const struct disk *disk, const struct device_text *text, struct error *err)
{
	static const char *const kept[] = { "alias", "address" };
	_cleanup_xmldoc_ xmlDoc *doc = xml_parse(text->source, text->text, text->length, err);
	xmlNode *root;

	if (doc == NULL)
		return NULL;
	root = xmlDocGetRootElement(doc);
	for (size_t i = 0; i < ARRAY_LENGTH(kept); i++) {
		xmlNode *own = xml_child(disk->device.node, kept[i]);

		if (own != NULL && xml_child(root, kept[i]) == NULL)
			xml_adopt_child(root, xmlDocCopyNode(own, doc, 1));
	}
	return xml_format_node(root);
}

char *disk_difference(const struct disk *disk, const struct disk *given)
{
	static const struct {
		const char *path, *name;
	} rows[] = {
		{ "@device", "device" },	  { "target/@bus", "bus" },
		{ "driver/@cache", "cache" },	  { "driver/@io", "io" },
		{ "driver/@discard", "discard" }, { "driver/@detect_zeroes", "detect_zeroes" },
		{ "driver/@queues", "queues" },	  { "serial", "serial" },
		{ "boot/@order", "boot order" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		_cleanup_free_ char *now = schema_get(&disk_schema, disk, rows[i].path),
				    *wanted = schema_get(&disk_schema, given, rows[i].path);

		if (wanted != NULL && !text_equal(now, wanted))
			return strf("%s ('%s', not '%s')", rows[i].name, now != NULL ? now : "none", wanted);
	}
	if (given->shareable != disk->shareable)
		return xstrdup("whether it is shareable");
	if (given->readonly != disk->readonly && disk->kind != DISK_CDROM)
		return xstrdup("whether it is read-only");
	return NULL;
}
