/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One network card of a document, and its text as a change makes it. */
#include "hv/domain_interface.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/unmodelled.h"
#include "base/uuid.h"
#include "base/xml.h"
#include "hv/domain_schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A card that was read alone, and the document that its nodes are of. */
struct lone_interface {
	struct interface interface;
	xmlDoc *doc;
};

struct interface *interface_parse(const struct device_text *text, struct error *err)
{
	struct schema_reader reader = { text->source, unmodelled_ignore, NULL };
	xmlDoc *doc = xml_parse(text->source, text->text, text->length, err);
	struct lone_interface *lone;

	if (doc == NULL)
		return NULL;
	lone = xcalloc(1, sizeof *lone);
	lone->doc = doc;
	if (schema_parse(&interface_schema, xmlDocGetRootElement(doc), &lone->interface, &reader, err))
		return &lone->interface;
	interface_free(&lone->interface);
	return NULL;
}

void interface_free(struct interface *interface)
{
	struct lone_interface *lone = (struct lone_interface *)interface;

	if (interface == NULL)
		return;
	schema_free(&interface_schema, &lone->interface);
	xmlFreeDoc(lone->doc);
	free(lone);
}

struct interface *domain_find_interface(const struct domain *domain, const char *key)
{
	char mac[MAC_TEXT_SIZE];
	bool is_mac = key != NULL && mac_parse(key, mac);

	for (size_t i = 0; key != NULL && i < domain->interface_count; i++) {
		struct interface *interface = &domain->interfaces[i];

		if (text_equal(interface->target, key) || text_equal(interface->device.alias, key) ||
		    (is_mac && text_equal(interface->mac, mac)))
			return interface;
	}
	return NULL;
}

bool interface_uses_passt(const struct interface *interface)
{
	return interface->type == INTERFACE_USER && text_equal(interface->backend, "passt");
}

static bool same_range(const struct port_range *a, const struct port_range *b)
{
	return a->start.value == b->start.value && a->end.value == b->end.value && a->to.value == b->to.value && a->exclude == b->exclude;
}

static bool same_forwarding(const struct port_forwarding *a, const struct port_forwarding *b)
{
	bool same = text_equal(a->proto, b->proto) && text_equal(a->address, b->address) && text_equal(a->dev, b->dev) &&
		    a->range_count == b->range_count;

	for (size_t i = 0; same && i < a->range_count; i++)
		same = same_range(&a->ranges[i], &b->ranges[i]);
	return same;
}

static bool same_forwardings(const struct interface *a, const struct interface *b)
{
	bool same = a->forwarding_count == b->forwarding_count;

	for (size_t i = 0; same && i < a->forwarding_count; i++)
		same = same_forwarding(&a->forwardings[i], &b->forwardings[i]);
	return same;
}

char *interface_difference(const struct interface *interface, const struct interface *given)
{
	static const struct {
		const char *path, *name;
	} rows[] = {
		{ "model/@type", "model" },	{ "target/@dev", "tap" },
		{ "driver/@name", "driver" },	{ "driver/@queues", "queues" },
		{ "mtu/@size", "MTU" },		{ "boot/@order", "boot order" },
		{ "backend/@type", "backend" }, { "driver/@rx_queue_size", "size of queues" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		_cleanup_free_ char *now = schema_get(&interface_schema, interface, rows[i].path),
				    *wanted = schema_get(&interface_schema, given, rows[i].path);

		if (wanted != NULL && !text_equal(now, wanted))
			return strf("%s ('%s', not '%s')", rows[i].name, now != NULL ? now : "none", wanted);
	}
	if (given->forwarding_count > 0 && !same_forwardings(interface, given))
		return xstrdup("port forwards");
	return NULL;
}

/* ---- texts ---- */

/* The card as a document of its own. */
static xmlDoc *own_document(const struct interface *interface, struct error *err)
{
	_cleanup_free_ char *text = device_node_text(interface->device.node);

	return xml_parse("interface", text, strlen(text), err);
}

/* An element of one document in the place of another's; it goes where from has none. */
static void bring_child(xmlNode *to, const xmlNode *from, const char *name)
{
	xmlNode *old = xml_child(to, name), *child = xml_child(from, name);
	xmlNode *copy = child != NULL ? xmlDocCopyNode(child, to->doc, 1) : NULL;

	if (copy != NULL && old != NULL)
		xml_adopt_after(old, copy);
	else if (copy != NULL)
		xml_adopt_child(to, copy);
	if (old != NULL)
		xml_remove(old);
}

char *interface_text_changed(const struct interface *interface, const struct device_text *text, struct error *err)
{
	static const char *const parts[] = { "source", "bandwidth", "filterref", "link", "port" };
	_cleanup_xmldoc_ xmlDoc *given = xml_parse(text->source, text->text, text->length, err);
	_cleanup_xmldoc_ xmlDoc *doc = given != NULL ? own_document(interface, err) : NULL;
	_cleanup_free_ char *type = NULL;
	xmlNode *root;

	if (doc == NULL)
		return NULL;
	root = xmlDocGetRootElement(doc);
	type = xml_attribute(xmlDocGetRootElement(given), "type");
	xml_set_attribute(root, "type", type);
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		bring_child(root, xmlDocGetRootElement(given), parts[i]);
	return xml_format_node(root);
}

char *interface_text_placed(const struct interface *interface, const struct device_text *text, struct error *err)
{
	static const char *const kept[] = { "mac", "alias", "address" };
	_cleanup_xmldoc_ xmlDoc *doc = xml_parse(text->source, text->text, text->length, err);
	xmlNode *root;

	if (doc == NULL)
		return NULL;
	root = xmlDocGetRootElement(doc);
	for (size_t i = 0; i < ARRAY_LENGTH(kept); i++) {
		xmlNode *own = xml_child(interface->device.node, kept[i]);

		if (own != NULL && xml_child(root, kept[i]) == NULL)
			xml_adopt_child(root, xmlDocCopyNode(own, doc, 1));
	}
	return xml_format_node(root);
}

char *interface_text_link(const struct interface *interface, bool up, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = own_document(interface, err);
	xmlNode *root;

	if (doc == NULL)
		return NULL;
	root = xmlDocGetRootElement(doc);
	xml_set_attribute(xml_make_path(root, "link"), "state", up ? "up" : "down");
	return xml_format_node(root);
}

/* What it is joined to, and nothing of what it was joined to before. */
static void put_source(xmlNode *root, const struct interface_form *form)
{
	static const char *const parts[] = { "source", "virtualport", "backend", "target", "portForward" };
	bool direct = text_equal(form->type, "direct");
	bool forwards = text_equal(form->type, "user") || text_equal(form->type, "network");

	for (size_t i = 0; i < ARRAY_LENGTH(parts) - forwards; i++) {
		xmlNode *child;

		while ((child = xml_child(root, parts[i])) != NULL)
			xml_remove(child);
	}
	xml_set_attribute(root, "type", form->type);
	if (form->backend != NULL)
		xml_set_attribute(xml_make_path(root, "backend"), "type", form->backend);
	if (form->source == NULL)
		return;
	xmlNode *source = xml_make_path(root, "source");

	xml_set_attribute(source, direct ? "dev" : form->type, form->source);
	if (direct)
		xml_set_attribute(source, "mode", "bridge");
}

char *interface_text_formed(const struct interface *interface, const struct interface_form *form, struct error *err)
{
	static const char blank[] = "<interface type='user'/>";
	_cleanup_xmldoc_ xmlDoc *doc = interface != NULL ? own_document(interface, err) : xml_parse("interface", blank, strlen(blank), err);
	bool was_up = interface == NULL || interface->link != TRI_NO;
	xmlNode *root;

	if (doc == NULL)
		return NULL;
	root = xmlDocGetRootElement(doc);
	if (form->mac != NULL)
		xml_set_attribute(xml_make_path(root, "mac"), "address", form->mac);
	if (form->type != NULL)
		put_source(root, form);
	if (form->model != NULL)
		xml_set_attribute(xml_make_path(root, "model"), "type", form->model);
	/* up is what is meant where nothing is said */
	if (form->up != was_up)
		xml_set_attribute(xml_make_path(root, "link"), "state", form->up ? "up" : "down");
	return xml_format_node(root);
}

static void put_number(xmlNode *node, const char *name, uint64_t number)
{
	_cleanup_free_ char *text = number != 0 ? strf("%" PRIu64, number) : NULL;

	xml_set_attribute(node, name, text);
}

static void put_limit(xmlNode *bandwidth, const char *side, const struct interface_limit *limit)
{
	xmlNode *node = xml_make_path(bandwidth, side);

	if (limit->average == 0) {
		xml_remove(node);
		return;
	}
	put_number(node, "average", limit->average);
	put_number(node, "peak", limit->peak);
	put_number(node, "burst", limit->burst);
}

char *interface_text_limits(const struct interface *interface, const struct interface_limit *inbound,
			    const struct interface_limit *outbound, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = own_document(interface, err);
	xmlNode *root, *bandwidth;

	if (doc == NULL)
		return NULL;
	root = xmlDocGetRootElement(doc);
	bandwidth = xml_make_path(root, "bandwidth");
	if (inbound != NULL)
		put_limit(bandwidth, "inbound", inbound);
	if (outbound != NULL)
		put_limit(bandwidth, "outbound", outbound);
	if (xml_child(bandwidth, NULL) == NULL)
		xml_remove(bandwidth);
	return xml_format_node(root);
}
