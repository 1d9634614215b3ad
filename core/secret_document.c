/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's document of a secret. */
#include "core/secret_internal.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/uuid.h"
#include "base/xml.h"

#include <string.h>

/* What a secret may be used for, and the element that says for which. */
static const struct {
	const char *type, *element;
} usages[] = {
	{ "none", NULL },  { "volume", "volume" }, { "ceph", "name" }, { "iscsi", "target" },
	{ "tls", "name" }, { "vtpm", "name" },	   { "vnc", "name" },
};

static bool fail(const char *source, const xmlNode *node, const char *what, struct error *err)
{
	return error_set(err, ERROR_INVALID, "%s:%ld: <secret>: %s", source, xml_line(node), what);
}

static bool read_flag(const char *source, xmlNode *root, const char *name, bool *ret, struct error *err)
{
	_cleanup_free_ char *text = xml_attribute(root, name);

	*ret = text_equal(text, "yes");
	if (text == NULL || *ret || text_equal(text, "no"))
		return true;
	return error_set(err, ERROR_INVALID, "%s:%ld: <secret>: attribute '%s' is '%s'; allowed: yes, no", source,
			 xml_line(root), name, text);
}

static bool read_usage(const char *source, xmlNode *root, struct secret *secret, struct error *err)
{
	xmlNode *usage = xml_child(root, "usage");

	if (usage == NULL) {
		secret->usage_type = xstrdup("none");
		return true;
	}
	secret->usage_type = xml_attribute(usage, "type");
	for (size_t i = 0; i < ARRAY_LENGTH(usages); i++) {
		if (!text_equal(usages[i].type, secret->usage_type))
			continue;
		xmlNode *id = usages[i].element != NULL ? xml_child(usage, usages[i].element) : NULL;

		secret->usage_id = id != NULL ? xml_text(id) : NULL;
		if (usages[i].element != NULL && text_empty(secret->usage_id))
			return error_set(err, ERROR_INVALID, "%s:%ld: <usage>: <%s> is missing", source,
					 xml_line(usage), usages[i].element);
		return true;
	}
	return error_set(err, ERROR_INVALID,
			 "%s:%ld: <usage>: type '%s' is unknown; allowed: none, volume, ceph, iscsi, tls, vtpm, vnc",
			 source, xml_line(usage), secret->usage_type != NULL ? secret->usage_type : "");
}

bool secret_read_document(const char *source, xmlDoc *doc, struct secret *secret, struct error *err)
{
	xmlNode *root = xmlDocGetRootElement(doc);
	char uuid[UUID_TEXT_SIZE];

	if (strcmp((const char *)root->name, "secret") != 0 || root->ns != NULL)
		return error_set(err, ERROR_INVALID,
				 "%s:%ld: <%s>: not a secret's definition, which begins with <secret>", source,
				 xml_line(root), (const char *)root->name);
	if (!read_flag(source, root, "ephemeral", &secret->ephemeral, err) ||
	    !read_flag(source, root, "private", &secret->private_, err) || !read_usage(source, root, secret, err))
		return false;
	xmlNode *node = xml_child(root, "uuid");
	_cleanup_free_ char *stated = node != NULL ? xml_text(node) : NULL;

	if (stated != NULL && !uuid_parse(stated, uuid))
		return fail(source, node, "<uuid> is not a UUID", err);
	if (stated == NULL) {
		uuid_make(uuid);
		xml_set_text(xml_add_child(root, "uuid", NULL), uuid);
	}
	secret->uuid = xstrdup(uuid);
	node = xml_child(root, "description");
	secret->description = node != NULL ? xml_text(node) : NULL;
	return true;
}
