/* SPDX-License-Identifier: GPL-2.0-or-later */
/* net-update: a piece of a network's document added, deleted or changed, in its definition and in what runs. */
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/network_internal.h"

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
	return xml_add_child(above, name, NULL);
}

/* ---- which ---- */

static bool has_all(const xmlNode *node, const xmlNode *piece)
{
	for (const xmlAttr *attribute = piece->properties; attribute != NULL; attribute = attribute->next) {
		const char *name = (const char *)attribute->name;
		_cleanup_free_ char *wanted = xml_attribute(piece, name), *has = xml_attribute(node, name);

		if (!text_equal(wanted, has))
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

		return text_equal(wanted, has);
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

/* The document with the change in it: judged as a whole. Owned. */
static struct network *changed(const struct change *change, const char *name, const char *text, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = xml_parse(name, text, strlen(text), err);

	if (doc == NULL || !apply(change, xmlDocGetRootElement(doc), err))
		return NULL;
	_cleanup_free_ char *after = xml_format(doc);
	_cleanup_network_ struct network *network = network_parse(name, after, strlen(after), err);

	return network != NULL && network_validate(network, err) ? TAKE_POINTER(network) : NULL;
}

static bool change_running(struct manager *manager, const struct network_work *work, const struct change *change, struct error *err)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	_cleanup_network_ struct network *network = NULL;
	const struct network_row *row = &work->row;

	if (!network_row_xml(manager, row->id, true, &before, err))
		return false;
	network = changed(change, row->name, before, err);
	if (network == NULL)
		return false;
	after = network_format(network);
	if (!network_row_set_live(manager, row->id, true, after, err))
		return false;
	if (!network_needs_dnsmasq(network) || network_dnsmasq_renew(manager, row, network, work->lock, err))
		return true;
	/* a name server that does not take it goes on as it was */
	_cleanup_network_ struct network *old = network_parse(row->name, before, strlen(before), NULL);

	(void)network_row_set_live(manager, row->id, true, before, NULL);
	if (old != NULL)
		(void)network_dnsmasq_renew(manager, row, old, work->lock, NULL);
	return false;
}

static bool change_definition(struct manager *manager, const struct network_row *row, const struct change *change, struct error *err)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	_cleanup_network_ struct network *network = NULL;
	struct network_row stored = *row;

	if (!network_row_xml(manager, row->id, false, &before, err))
		return false;
	network = changed(change, row->name, before, err);
	if (network == NULL)
		return false;
	after = network_format(network);
	return network_row_put(manager, &stored, after, false, err);
}

bool network_update(struct manager *manager, const struct network_row *row, const char *command, const char *section, int parent,
		    const char *text, unsigned flags, struct error *err)
{
	_cleanup_network_work_ struct network_work work = { .lock = -1 };
	_cleanup_xmldoc_ xmlDoc *piece = NULL;
	struct change change = { .command = command, .section = find_section(section, err), .parent = parent };

	if (change.section == NULL)
		return false;
	if (text_equal(command, "modify") && change.section->keys[0] == NULL)
		return error_set(err, ERROR_UNSUPPORTED, "a <%s> cannot be modified: delete it and add another", change.section->element);
	piece = xml_parse(section, text, strlen(text), err);
	if (piece == NULL || !network_work_begin(manager, row->id, &work, err))
		return false;
	change.piece = xmlDocGetRootElement(piece);
	if (!text_equal((const char *)change.piece->name, change.section->element))
		return error_set(err, ERROR_INVALID, "section '%s' takes a <%s>, not a <%s>", section, change.section->element,
				 (const char *)change.piece->name);
	if (flags == 0)
		flags = work.row.active ? NETWORK_LIVE : NETWORK_CONFIG;
	if ((flags & NETWORK_LIVE) && !work.row.active)
		return error_set(err, ERROR_STATE, "network '%s' is not active", row->name);
	if ((flags & NETWORK_CONFIG) && !work.row.persistent)
		return error_set(err, ERROR_STATE, "network '%s' is not defined: it goes when it stops", row->name);
	/* what runs first: it can still refuse */
	return (!(flags & NETWORK_LIVE) || change_running(manager, &work, &change, err)) &&
	       (!(flags & NETWORK_CONFIG) || change_definition(manager, &work.row, &change, err));
}
