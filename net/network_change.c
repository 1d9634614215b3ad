/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A piece of a network's document added, deleted or changed. */
#include "net/network_change.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/uuid.h"
#include "base/xml.h"

#include <stdlib.h>
#include <string.h>

#define KEYS_MAX 4

/* What can be changed in place: which elements, below which. */
struct section {
	const char *name;
	const char *element;
	const char *parent;	    /* below <network>; "ip/dhcp": of the <ip> that is meant */
	const char *keys[KEYS_MAX]; /* by which the one to be modified is found: the first that the piece has */
};
static const struct section sections[] = {
	{ "ip-dhcp-host", "host", "ip/dhcp", { "mac", "id", "name", "ip" } },
	{ "ip-dhcp-range", "range", "ip/dhcp", { NULL } },
	{ "forward-interface", "interface", "forward", { NULL } },
	{ "dns-host", "host", "dns", { "ip" } },
	{ "dns-txt", "txt", "dns", { "name" } },
	{ "dns-srv", "srv", "dns", { NULL } },
};

static const struct section *find_section(const char *name, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(sections); i++)
		if (text_equal(sections[i].name, name))
			return &sections[i];
	error_set(err, ERROR_UNSUPPORTED, "section '%s' of a network cannot be changed in place", name);
	error_hint(err, "ip-dhcp-host, ip-dhcp-range, forward-interface, dns-host, dns-txt and dns-srv can; 'virtty net-edit' changes the rest");
	return NULL;
}

/* ---- where ---- */

static bool ip_holds(xmlNode *ip, const char *text)
{
	_cleanup_free_ char *address = xml_attribute(ip, "address"), *netmask = xml_attribute(ip, "netmask"), *prefix = xml_attribute(ip, "prefix");
	struct ip_address wanted;
	struct subnet subnet;
	uint64_t bits = 0;
	bool has_prefix = prefix != NULL && text_to_uint(prefix, false, &bits);

	return address != NULL && address_parse(text, &wanted) &&
	       subnet_parse("address", address, netmask, has_prefix, bits, &subnet, NULL) && subnet_has(&subnet, &wanted);
}

/* The <ip> of that number; else the one that the piece's address is in; else the first that lends addresses. */
static xmlNode *find_ip(xmlNode *root, const xmlNode *piece, int index, struct error *err)
{
	_cleanup_free_ char *ip = xml_attribute(piece, "ip"), *start = xml_attribute(piece, "start");
	const char *address = ip != NULL ? ip : start;
	xmlNode *with_dhcp = NULL;
	int at = 0;

	for (xmlNode *node = xml_child(root, "ip"); node != NULL; node = xml_next(node, "ip"), at++) {
		if (index >= 0 ? at == index : address != NULL && ip_holds(node, address))
			return node;
		if (with_dhcp == NULL && xml_child(node, "dhcp") != NULL)
			with_dhcp = node;
	}
	if (index < 0 && address == NULL && with_dhcp != NULL)
		return with_dhcp;
	if (index >= 0)
		error_set(err, ERROR_NOT_FOUND, "the network has no <ip> number %d", index);
	else
		error_set(err, ERROR_INVALID, "'%s' is in none of the network's addresses", address != NULL ? address : "");
	return NULL;
}

static xmlNode *find_parent(xmlNode *root, const struct section *section, const xmlNode *piece, int index, bool make, struct error *err)
{
	bool of_ip = text_equal(section->parent, "ip/dhcp");
	const char *name = of_ip ? "dhcp" : section->parent;
	xmlNode *above = of_ip ? find_ip(root, piece, index, err) : root;
	xmlNode *parent = above != NULL ? xml_child(above, name) : NULL;

	if (above == NULL || parent != NULL || !make)
		return parent;
	/* with a <forward> it would be another kind of network */
	if (text_equal(name, "forward")) {
		error_set(err, ERROR_INVALID, "the network has no <forward>: its guests do not leave it");
		return NULL;
	}
	return xml_add_child(above, name, NULL);
}

/* ---- which ---- */

/* MACs and addresses, however they are written. */
static bool same_value(const char *a, const char *b)
{
	char mac[MAC_TEXT_SIZE], other_mac[MAC_TEXT_SIZE];
	struct ip_address address, other;

	if (a == NULL || b == NULL)
		return a == b;
	if (mac_parse(a, mac) && mac_parse(b, other_mac))
		return text_equal(mac, other_mac);
	if (address_parse(a, &address) && address_parse(b, &other))
		return address.family == other.family && address_compare(&address, &other) == 0;
	return text_equal(a, b);
}

static bool has_all(const xmlNode *node, const xmlNode *piece)
{
	for (const xmlAttr *attribute = piece->properties; attribute != NULL; attribute = attribute->next) {
		const char *name = (const char *)attribute->name;
		_cleanup_free_ char *wanted = xml_attribute(piece, name), *has = xml_attribute(node, name);

		if (!same_value(wanted, has))
			return false;
	}
	return true;
}

static bool has_key(const xmlNode *node, const xmlNode *piece, const struct section *section)
{
	for (size_t i = 0; i < KEYS_MAX && section->keys[i] != NULL; i++) {
		_cleanup_free_ char *wanted = xml_attribute(piece, section->keys[i]);

		if (wanted == NULL)
			continue;
		_cleanup_free_ char *has = xml_attribute(node, section->keys[i]);

		return same_value(wanted, has);
	}
	return false;
}

static xmlNode *find_piece(xmlNode *parent, const struct section *section, const xmlNode *piece, bool by_key)
{
	if (parent == NULL)
		return NULL;
	for (xmlNode *node = xml_child(parent, section->element); node != NULL; node = xml_next(node, section->element))
		if (by_key ? has_key(node, piece, section) : has_all(node, piece))
			return node;
	return NULL;
}

/* ---- what ---- */

struct change {
	const char *command;
	const struct section *section;
	const xmlNode *piece;
	int parent;
};

static xmlNode *copy_piece(const struct change *change, xmlDoc *doc)
{
	xmlNode *copy = xmlDocCopyNode((xmlNode *)(uintptr_t)change->piece, doc, 1);

	if (copy == NULL)
		memory_exhausted();
	return copy;
}

static bool apply_add(const struct change *change, xmlNode *root, struct error *err)
{
	xmlNode *parent = find_parent(root, change->section, change->piece, change->parent, true, err);

	if (parent == NULL)
		return false;
	if (find_piece(parent, change->section, change->piece, false) != NULL)
		return error_set(err, ERROR_EXISTS, "the network has that <%s> already", change->section->element);
	bool first = text_equal(change->command, "add-first");
	xmlNode *sibling = first ? xml_child(parent, change->section->element) : NULL;
	xmlNode *copy = copy_piece(change, parent->doc);

	if (sibling != NULL)
		xmlAddPrevSibling(sibling, copy);
	else
		xml_adopt_child(parent, copy);
	return true;
}

static bool apply(const struct change *change, xmlNode *root, struct error *err)
{
	if (text_starts(change->command, "add"))
		return apply_add(change, root, err);
	bool modify = text_equal(change->command, "modify");
	xmlNode *parent = find_parent(root, change->section, change->piece, change->parent, false, err);
	xmlNode *found = find_piece(parent, change->section, change->piece, modify);

	if (found == NULL) {
		if (err != NULL)
			error_clear(err);
		return error_set(err, ERROR_NOT_FOUND, "the network has no such <%s>", change->section->element);
	}
	if (modify)
		xmlFreeNode(xmlReplaceNode(found, copy_piece(change, root->doc)));
	else
		xml_remove(found);
	return true;
}

/* The section and the piece of a request, which fit together. doc keeps the piece. */
static bool read_request(const struct network_change *request, struct change *ret, xmlDoc **doc, struct error *err)
{
	struct change change = { .command = request->command, .section = find_section(request->section, err), .parent = request->parent };

	if (change.section == NULL)
		return false;
	if (text_equal(change.command, "modify") && change.section->keys[0] == NULL)
		return error_set(err, ERROR_UNSUPPORTED, "a <%s> cannot be modified: delete it and add another", change.section->element);
	*doc = xml_parse(request->section, request->text, strlen(request->text), err);
	if (*doc == NULL)
		return false;
	change.piece = xmlDocGetRootElement(*doc);
	if (!text_equal((const char *)change.piece->name, change.section->element))
		return error_set(err, ERROR_INVALID, "section '%s' takes a <%s>, not a <%s>", request->section, change.section->element,
				 (const char *)change.piece->name);
	*ret = change;
	return true;
}

struct network *network_changed(const char *name, const char *text, const struct network_change *request, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = NULL, *piece = NULL;
	struct change change = { 0 };

	if (!read_request(request, &change, &piece, err))
		return NULL;
	doc = xml_parse(name, text, strlen(text), err);
	if (doc == NULL || !apply(&change, xmlDocGetRootElement(doc), err))
		return NULL;
	_cleanup_free_ char *after = xml_format(doc);
	_cleanup_network_ struct network *network = network_parse(name, after, strlen(after), err);

	return network != NULL && network_validate(network, err) ? TAKE_POINTER(network) : NULL;
}
