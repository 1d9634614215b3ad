/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which devices can be changed, a row a kind; and the operations on any of them, which only find their kind. */
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/device_internal.h"

#include <string.h>

static const struct device_kind *const kinds[] = { &disk_kind, &interface_kind };

/* libvirt's other devices: known by name, so that a word is not taken for a mistake. */
static const char *const others[] = {
	"controller", "filesystem", "input",	  "graphics", "video", "hostdev", "redirdev", "smartcard",
	"sound",      "watchdog",   "memballoon", "rng",      "tpm",   "shmem",	  "panic",    "memory",
	"console",    "serial",	    "parallel",	  "channel",  "vsock", "lease",	  "iommu",
};

const struct device_kind *device_kind_of(const xmlNode *node)
{
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (strcmp((const char *)node->name, kinds[i]->element) == 0)
			return kinds[i];
	return NULL;
}

const struct device_kind *device_kind_find(const char *element, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (strcmp(element, kinds[i]->element) == 0)
			return kinds[i];
	for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
		if (strcmp(element, others[i]) != 0)
			continue;
		error_set(err, ERROR_UNSUPPORTED, "a <%s> cannot be attached, detached or changed on its own yet",
			  element);
		error_hint(err, "'virtty edit' changes the stored definition, for the next start");
		return NULL;
	}
	error_set(err, ERROR_INVALID, "<%s> is no device", element);
	error_hint(err, "the document of a device begins with its element: <disk type='file'>...</disk>");
	return NULL;
}

/* ---- operations ---- */

static const struct device_kind *kind_of_text(const struct device_text *text, struct error *err)
{
	_cleanup_free_ char *element = device_text_element(text, err);

	return element ? device_kind_find(element, err) : NULL;
}

bool domain_attach_device(struct manager *manager, const struct machine *machine, const struct device_text *text,
			  unsigned flags, struct error *err)
{
	const struct device_kind *kind = kind_of_text(text, err);
	struct device_change change = { .fd = -1, .events = -1 };
	bool ok = kind && change_begin(&change, manager, machine, flags, err) && kind->attach(&change, text, err);

	change_end(&change);
	return ok;
}

bool domain_detach_device(struct manager *manager, const struct machine *machine, const struct device_text *text,
			  unsigned flags, int wait_ms, struct error *err)
{
	const struct device_kind *kind = kind_of_text(text, err);
	struct device_change change = { .fd = -1, .events = -1 };
	bool ok = kind && change_begin(&change, manager, machine, flags, err) &&
		  kind->detach(&change, text, wait_ms, err);

	change_end(&change);
	return ok;
}

bool domain_update_device(struct manager *manager, const struct machine *machine, const struct device_text *text,
			  unsigned flags, struct error *err)
{
	const struct device_kind *kind = kind_of_text(text, err);
	struct device_change change = { .fd = -1, .events = -1 };
	bool ok = kind && change_begin(&change, manager, machine, flags, err) && kind->update(&change, text, err);

	change_end(&change);
	return ok;
}

/* The device's own text, of whichever document is changed. Owned. */
static char *text_of_alias(struct device_change *change, const char *alias, const struct device_kind **ret_kind,
			   struct error *err)
{
	const struct domain *domain = change->live ? change->live : change->stored;
	xmlNode *node = domain_find_alias(domain, alias);

	if (!node) {
		error_set(err, ERROR_NOT_FOUND, "'%s' has no device with alias '%s'", change->machine.name, alias);
		error_hint(err, "'virtty dumpxml %s' shows them: <alias name='...'/>", change->machine.name);
		return NULL;
	}
	*ret_kind = device_kind_find((const char *)node->name, err);
	return *ret_kind ? device_node_text(node) : NULL;
}

bool domain_detach_alias(struct manager *manager, const struct machine *machine, const char *alias, unsigned flags,
			 int wait_ms, struct error *err)
{
	struct device_change change = { .fd = -1, .events = -1 };
	const struct device_kind *kind = NULL;
	_cleanup_free_ char *xml = NULL;
	bool ok = change_begin(&change, manager, machine, flags, err);

	if (ok)
		xml = text_of_alias(&change, alias, &kind, err);
	ok = ok && xml && kind->detach(&change, &(struct device_text){ alias, xml, strlen(xml) }, wait_ms, err);
	change_end(&change);
	return ok;
}
