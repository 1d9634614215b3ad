/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All devices of a machine as one list, and small questions about them. */
#include "hv/domain_settle.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/unmodelled.h"
#include "base/xml.h"
#include "hv/domain_schema.h"

#include <stdlib.h>
#include <string.h>

#define TARGET_LETTERS_MAX 4

enum chipset domain_chipset(const struct domain *domain)
{
	static const char *const q35[] = { "pc-q35", "ubuntu-q35" };
	static const char *const i440fx[] = { "pc-i440fx", "pc-0.", "pc-1.", "rhel", "ubuntu" };
	const char *machine = domain->os.machine;
	const char *arch = domain->os.arch;

	if (machine == NULL || arch == NULL || (strcmp(arch, "x86_64") != 0 && strcmp(arch, "i686") != 0))
		return CHIPSET_OTHER;
	if (strcmp(machine, "q35") == 0)
		return CHIPSET_Q35;
	if (strcmp(machine, "pc") == 0)
		return CHIPSET_I440FX;
	for (size_t i = 0; i < ARRAY_LENGTH(q35); i++)
		if (text_starts(machine, q35[i]))
			return CHIPSET_Q35;
	for (size_t i = 0; i < ARRAY_LENGTH(i440fx); i++)
		if (text_starts(machine, i440fx[i]))
			return CHIPSET_I440FX;
	return CHIPSET_OTHER;
}

struct device_ref *domain_devices(const struct domain *domain, size_t *ret_count)
{
	size_t total = 0;
	size_t next = 0;

	for (size_t i = 0; i < domain_schema.count; i++)
		if (domain_schema.rows[i].kind == SCHEMA_LIST)
			total += schema_count(&domain_schema.rows[i], domain);
	struct device_ref *refs = xcalloc(total + 1, sizeof *refs);

	for (size_t i = 0; i < domain_schema.count; i++) {
		const struct schema_row *row = &domain_schema.rows[i];

		if (row->kind != SCHEMA_LIST)
			continue;
		char *items = schema_pointer(row, domain);
		size_t count = schema_count(row, domain);

		for (size_t n = 0; n < count; n++) {
			refs[next].schema = row->schema;
			refs[next++].device = (struct device *)(void *)(items + n * row->schema->size);
		}
	}
	if (domain->memballoon.device.node != NULL) {
		refs[next].schema = &memballoon_schema;
		refs[next++].device = (struct device *)(uintptr_t)&domain->memballoon.device;
	}
	*ret_count = next;
	return refs;
}

int disk_target_index(const char *target)
{
	static const char *const prefixes[] = { "fd", "hd", "sd", "vd", "xvd", "ubd" };
	int index = 0;

	for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++) {
		if (!text_starts(target, prefixes[i]))
			continue;
		const char *letters = target + strlen(prefixes[i]);
		size_t count = strspn(letters, "abcdefghijklmnopqrstuvwxyz");

		if (count == 0 || count > TARGET_LETTERS_MAX || letters[count] != '\0')
			return -1;
		for (size_t n = 0; n < count; n++)
			index = index * 26 + (letters[n] - 'a') + (n + 1 < count);
		return index;
	}
	return -1;
}

struct controller *controller_find(const struct domain *domain, enum controller_type type, uint64_t index)
{
	for (size_t i = 0; i < domain->controller_count; i++) {
		struct controller *controller = &domain->controllers[i];

		if (controller->type == type && controller->index.set && controller->index.value == index &&
		    controller->master_startport == NULL)
			return controller;
	}
	return NULL;
}

uint64_t controller_next_index(const struct domain *domain, enum controller_type type)
{
	uint64_t next = 0;

	for (size_t i = 0; i < domain->controller_count; i++) {
		const struct controller *controller = &domain->controllers[i];

		if (controller->type == type && controller->index.set && controller->index.value >= next)
			next = controller->index.value + 1;
	}
	return next;
}

struct controller *controller_add(struct domain *domain, enum controller_type type, uint64_t index, const char *model)
{
	struct controller *controller = schema_add(&domain_schema, domain, "devices/controller");
	_cleanup_free_ char *number = strf("%u", (unsigned int)index);

	schema_set(&controller_schema, controller, "@type", enum_word(&controller_type_words, (int)type), NULL);
	schema_set(&controller_schema, controller, "@index", number, NULL);
	if (model != NULL)
		schema_set(&controller_schema, controller, "@model", model, NULL);
	return controller;
}

void controller_fill(struct domain *domain, enum controller_type type, uint64_t last, const char *model)
{
	for (uint64_t index = 0; index <= last && last <= CONTROLLER_INDEX_MAX; index++)
		if (controller_find(domain, type, index) == NULL)
			controller_add(domain, type, index, model);
}

/* Is an element below <devices> one that no row describes? */
static bool is_foreign(const xmlNode *node)
{
	if (node->ns != NULL)
		return true;
	_cleanup_free_ char *path = strf("devices/%s", (const char *)node->name);

	return schema_find(&domain_schema, NULL, path) == NULL;
}

struct address *domain_foreign_addresses(const struct domain *domain, size_t *ret_count)
{
	static const struct schema_reader reader = { "", unmodelled_ignore, NULL };
	struct address *addresses = NULL;

	*ret_count = 0;
	if (domain->unmodelled_count == 0)
		return NULL;
	for (xmlNode *node = xml_child(xml_child(domain->node, "devices"), NULL); node != NULL;
	     node = xml_next(node, NULL)) {
		xmlNode *address = is_foreign(node) ? xml_child(node, "address") : NULL;

		if (address == NULL)
			continue;
		struct address *item = ARRAY_ADD(addresses, *ret_count);

		/* what is wrong in there is not ours to refuse */
		if (!schema_parse(&address_schema, address, item, &reader, NULL))
			item->type = ADDRESS_ABSENT;
	}
	return addresses;
}

void foreign_addresses_free(struct address *addresses, size_t count)
{
	for (size_t i = 0; i < count; i++)
		schema_free(&address_schema, &addresses[i]);
	free(addresses);
}
