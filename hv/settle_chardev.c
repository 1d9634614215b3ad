/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Serial ports and consoles: libvirt's rule that the first console of a serial kind is the first serial port seen
 * again. */
#include "hv/domain_settle.h"

#include "base/memory.h"
#include "base/xml.h"
#include "hv/domain_schema.h"

#include <inttypes.h>
#include <string.h>

/* Copies elements of one chardev into another as they stand. */
static void copy_elements(const xmlNode *from, xmlNode *to)
{
	static const char *const names[] = { "source", "protocol", "log" };

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const xmlNode *node = xml_child(from, names[i]);
		xmlNode *copy = node != NULL ? xmlDocCopyNode((xmlNode *)(uintptr_t)node, to->doc, 1) : NULL;

		if (copy != NULL)
			xml_adopt_child(to, copy);
	}
}

/* The serial port that a lone <console> stands for. */
static void add_serial(struct domain *domain)
{
	struct chardev *serial = schema_add(&domain_schema, domain, "devices/serial");
	const struct chardev *console = &domain->consoles[0];

	schema_set(&serial_schema, serial, "@type", enum_word(&chardev_type_words, (int)console->type), NULL);
	copy_elements(console->device.node, serial->device.node);
	serial->path = xstrdup_null(console->path);
	serial->mode = xstrdup_null(console->mode);
	serial->append = xstrdup_null(console->append);
	serial->log_file = xstrdup_null(console->log_file);
	serial->log_append = xstrdup_null(console->log_append);
}

/* A console before all others, in the document too. */
static struct chardev *insert_console(struct domain *domain)
{
	if (domain->console_count == 0)
		return schema_add(&domain_schema, domain, "devices/console");
	xmlNode *first = domain->consoles[0].device.node;
	xmlNode *node = xmlNewDocNode(domain->doc, NULL, BAD_CAST "console", NULL);

	if (node == NULL)
		memory_exhausted();
	xmlAddPrevSibling(first, node);
	if (node->prev != NULL && xmlIsBlankNode(node->prev) == 1)
		xmlAddNextSibling(node, xmlDocCopyNode(node->prev, domain->doc, 0));
	ARRAY_ADD(domain->consoles, domain->console_count);
	memmove(&domain->consoles[1], &domain->consoles[0], (domain->console_count - 1) * sizeof *domain->consoles);
	memset(&domain->consoles[0], 0, sizeof *domain->consoles);
	domain->consoles[0].device.node = node;
	return &domain->consoles[0];
}

/* The console that the first serial port is. */
static void add_console(struct domain *domain)
{
	struct chardev *console = insert_console(domain);
	const struct chardev *serial = &domain->serials[0];

	schema_set(&console_schema, console, "@type", enum_word(&chardev_type_words, (int)serial->type), NULL);
	copy_elements(serial->device.node, console->device.node);
	console->path = xstrdup_null(serial->path);
	console->mode = xstrdup_null(serial->mode);
	console->append = xstrdup_null(serial->append);
	console->log_file = xstrdup_null(serial->log_file);
	console->log_append = xstrdup_null(serial->log_append);
	schema_set(&console_schema, console, "target/@type", "serial", NULL);
	schema_set(&console_schema, console, "target/@port", "0", NULL);
	console->same_as_serial = true;
}

/* Numbers for those that have none: one more than the highest of their kind. */
static void settle_ports(const struct schema *schema, struct chardev *items, size_t count)
{
	uint64_t next = 0;

	for (size_t i = 0; i < count; i++)
		if (items[i].port.set && items[i].port.value >= next)
			next = items[i].port.value + 1;
	for (size_t i = 0; i < count; i++) {
		if (items[i].port.set)
			continue;
		_cleanup_free_ char *port = strf("%" PRIu64, next);

		if (schema_set(schema, &items[i], "target/@port", port, NULL))
			next++;
	}
}

/* The QEMU device of each kind of serial port. */
static const char *serial_model(enum serial_target target)
{
	switch (target) {
	case SERIAL_ISA:
		return "isa-serial";
	case SERIAL_PCI:
		return "pci-serial";
	case SERIAL_USB:
		return "usb-serial";
	case SERIAL_TARGET_ABSENT:
	case SERIAL_SYSTEM:
	case SERIAL_SPAPR_VIO:
	case SERIAL_SCLP:
	case SERIAL_ISA_DEBUG:
	case SERIAL_TARGET_COUNT:
		break;
	}
	return NULL;
}

static void settle_serial(struct chardev *serial, enum chipset chipset)
{
	if (serial->serial_target == SERIAL_TARGET_ABSENT && chipset != CHIPSET_OTHER)
		schema_set(&serial_schema, serial, "target/@type", "isa-serial", NULL);
	if (serial->target_model == NULL && serial_model(serial->serial_target) != NULL)
		schema_set(&serial_schema, serial, "target/model/@name", serial_model(serial->serial_target), NULL);
}

/* A socket in libvirt's own directory is no place of the user's: libvirt writes it into what runs, and forgets it again. */
static void settle_channel(struct chardev *channel)
{
	if (channel->type == CHARDEV_UNIX && channel->path != NULL && strstr(channel->path, "/libvirt/qemu/channel/") != NULL)
		schema_set(&channel_schema, channel, "source/@path", NULL, NULL);
}

void settle_chardevs(struct domain *domain)
{
	enum chipset chipset = domain_chipset(domain);

	for (size_t i = 0; i < domain->console_count; i++)
		if (domain->consoles[i].console_target == CONSOLE_TARGET_ABSENT)
			schema_set(&console_schema, &domain->consoles[i], "target/@type", "serial", NULL);
	if (domain->serial_count == 0 && domain->console_count > 0 && domain->consoles[0].same_as_serial)
		add_serial(domain);
	for (size_t i = 0; i < domain->serial_count; i++)
		settle_serial(&domain->serials[i], chipset);
	settle_ports(&serial_schema, domain->serials, domain->serial_count);
	if (domain->console_count > 0 && domain->consoles[0].same_as_serial && !domain->consoles[0].port.set)
		schema_set(&console_schema, &domain->consoles[0], "target/@port", "0", NULL);
	settle_ports(&console_schema, domain->consoles, domain->console_count);
	for (size_t i = 0; i < domain->channel_count; i++)
		settle_channel(&domain->channels[i]);
	bool shown = domain->console_count > 0 && domain->consoles[0].console_target == CONSOLE_SERIAL;

	if (domain->serial_count > 0 && !shown && domain->serials[0].serial_target == SERIAL_ISA)
		add_console(domain);
}
