/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Step 1: a domain document's text becomes a view of it, by the tables. No default is filled in here. */
#include "hv/domain.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "hv/domain_schema.h"
#include "hv/domain_unmodelled.h"

#include <stdlib.h>
#include <string.h>

void cleanup_domain(struct domain **domain)
{
	domain_free(*domain);
}

void domain_free(struct domain *domain)
{
	if (domain == NULL)
		return;
	xmlDoc *doc = domain->doc;
	char *source = domain->source;
	struct unmodelled *unmodelled = domain->unmodelled;
	size_t count = domain->unmodelled_count;

	for (size_t i = 0; i < domain->disk_count; i++) {
		free(domain->disks[i].source.secret_file);
		free(domain->disks[i].source.encryption.key_file);
		free(domain->disks[i].encryption.key_file);
	}
	schema_free(&domain_schema, domain);
	for (size_t i = 0; i < count; i++)
		free(unmodelled[i].path);
	free(unmodelled);
	xmlFreeDoc(doc);
	free(source);
	free(domain);
}

/* The first <console> of a serial kind shows the first <serial> again. */
static void finish_consoles(struct domain *domain)
{
	for (size_t i = 0; i < domain->console_count; i++) {
		struct chardev *console = &domain->consoles[i];
		bool serial =
			console->console_target == CONSOLE_SERIAL || console->console_target == CONSOLE_TARGET_ABSENT;

		console->same_as_serial = i == 0 && serial;
	}
}

/* What a <listen> child says counts as if the attributes said it. */
static void finish_graphics(struct domain *domain)
{
	for (size_t i = 0; i < domain->graphics_count; i++) {
		struct graphics *graphics = &domain->graphics[i];

		if (graphics->listen == NULL && graphics->listen_type == LISTEN_ADDRESS)
			graphics->listen = xstrdup_null(graphics->listen_address);
		if (graphics->socket == NULL && graphics->listen_type == LISTEN_SOCKET)
			graphics->socket = xstrdup(graphics->listen_socket != NULL ? graphics->listen_socket : "");
	}
}

static void finish(struct domain *domain)
{
	for (size_t i = 0; i < domain->disk_count; i++)
		domain->disks[i].source.node = domain->disks[i].device.node;
	finish_consoles(domain);
	finish_graphics(domain);
}

/* What says which machine this is must say it once: whichever of two is meant, the other is not. */
static bool refuse_doubles(const char *source, xmlNode *root, struct error *err)
{
	static const char *const names[] = { "name", "uuid" };

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		xmlNode *first = xml_child(root, names[i]);
		xmlNode *second = first != NULL ? xml_next(first, names[i]) : NULL;

		if (second != NULL)
			return error_set(err, ERROR_INVALID, "%s:%ld: a second <%s>; the first is in line %ld", source, xml_line(second), names[i],
					 xml_line(first));
	}
	return true;
}

static bool parse_root(struct domain *domain, const char *source, struct error *err)
{
	xmlNode *root = xmlDocGetRootElement(domain->doc);
	struct schema_reader reader = { source, unmodelled_add, domain };

	if (strcmp((const char *)root->name, "domain") != 0 || root->ns != NULL)
		return error_set(err, ERROR_INVALID,
				 "%s:%ld: <%s>: not a machine's definition, which begins with <domain>", source,
				 xml_line(root), (const char *)root->name);
	if (!refuse_doubles(source, root, err) || !schema_parse(&domain_schema, root, domain, &reader, err))
		return false;
	finish(domain);
	return true;
}

struct domain *domain_parse(const char *source, const char *text, size_t length, struct error *err)
{
	_cleanup_domain_ struct domain *domain = xcalloc(1, sizeof *domain);

	domain->source = xstrdup(source);
	domain->doc = xml_parse(source, text, length, err);
	if (domain->doc == NULL || !parse_root(domain, source, err))
		return NULL;
	return TAKE_POINTER(domain);
}
