/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user should hear when a machine is defined: it is kept, but this host cannot start it as it is now. */
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/prepare_internal.h"
#include "hv/caps.h"
#include "hv/domain.h"
#include "hv/domain_interface.h"

#include <stdlib.h>
#include <string.h>

/* Warnings of one document, as they are gathered. */
struct gathering {
	struct manager *manager;
	const struct domain *domain;
	const char *source;
	char **warnings;
};

static void warn_missing(struct gathering *g, const xmlNode *node, const char *what, const char *path)
{
	if (path && path[0] && path[0] != '/')
		g->warnings =
			strv_addf(g->warnings, "%s:%ld: %s '%s' is not an absolute path: the machine will not start with it",
				  g->source, node ? xmlGetLineNo(node) : 0, what, path);
	else if (path && path[0] && !path_exists(path))
		g->warnings =
			strv_addf(g->warnings, "%s:%ld: %s '%s' does not exist: the machine will not start without it",
				  g->source, node ? xmlGetLineNo(node) : 0, what, path);
}

static void warn_disks(struct gathering *g)
{
	for (size_t i = 0; i < g->domain->disk_count; i++) {
		const struct disk *disk = &g->domain->disks[i];
		const char *path = disk->source.type == DISK_BLOCK ? disk->source.dev : disk->source.file;

		warn_missing(g, disk->device.node, disk->kind == DISK_CDROM ? "CD-ROM image" : "disk", path);
	}
}

static void warn_interfaces(struct gathering *g)
{
	for (size_t i = 0; i < g->domain->interface_count; i++) {
		const struct interface *interface = &g->domain->interfaces[i];
		_cleanup_free_ char *passt = interface_uses_passt(interface) ? process_find("passt") : NULL;

		if (interface_uses_passt(interface) && !passt)
			g->warnings = strv_addf(g->warnings,
						"%s:%ld: the program 'passt' of a network card is missing: the machine will not start "
						"without the package passt", g->source, xmlGetLineNo(interface->device.node));
	}
}

static void warn_firmware(struct gathering *g, const struct qemu_caps *caps)
{
	const struct domain_os *os = &g->domain->os;

	warn_missing(g, os->node, "firmware", os->loader);
	/* The template is only needed while the machine has no variables of its own. */
	if (!os->nvram || !path_exists(os->nvram))
		warn_missing(g, os->node, "firmware template", os->nvram_template);
	warn_missing(g, os->node, "kernel", os->kernel);
	warn_missing(g, os->node, "initrd", os->initrd);
	warn_missing(g, os->node, "device tree", os->dtb);
	if (os->firmware == FIRMWARE_EFI && !os->loader && caps) {
		struct firmware_request request = { .arch = os->arch,
						    .machine = os->machine,
						    .secure = os->loader_secure == TRI_YES };
		_cleanup_error_ struct error err = ERROR_INIT;
		struct firmware *firmware = firmware_choose(&request, &err);

		if (!firmware)
			g->warnings = strv_addf(g->warnings, "%s: %s", g->source, error_text(&err));
		firmware_free(firmware);
	}
}

static void warn_memory(struct gathering *g)
{
	const struct domain *domain = g->domain;
	const xmlNode *node = xml_child(domain->node, "memory");
	uint64_t host_kib = host_memory_kib();

	if (host_kib && domain->memory_kib > host_kib) {
		_cleanup_free_ char *wanted = size_format(domain->memory_kib * 1024), *there = size_format(host_kib * 1024);

		g->warnings = strv_addf(g->warnings, "%s:%ld: its memory, %s, is more than this host has (%s)", g->source, node ? xmlGetLineNo(node) : 0,
					wanted, there);
	}
}

static void warn_host(struct gathering *g, const struct qemu_caps *caps)
{
	const struct domain *domain = g->domain;
	const char *reason;

	if (domain->type == DOMAIN_KVM && !manager_kvm(g->manager, &reason))
		g->warnings = strv_addf(
			g->warnings,
			"%s: KVM is not usable here (%s): the machine will start only as <domain type='qemu'>",
			g->source, reason);
	if (caps && domain->os.machine && !caps_machine(caps, domain->os.machine))
		g->warnings = strv_addf(g->warnings,
					"%s: machine type '%s' is unknown to %s: the machine will not start with it",
					g->source, domain->os.machine, caps->binary);
}

/* The line of "source:12: ..."; 0: it is about the whole. */
static unsigned long line_of(const char *warning, const char *source)
{
	size_t length = strlen(source);

	return strncmp(warning, source, length) == 0 && warning[length] == ':' ? strtoul(warning + length + 1, NULL, 10) : 0;
}

/* Who mends a document goes through it from the top. Those of one line stay in their order. */
static void sort_by_line(char **warnings, const char *source)
{
	size_t count = strv_length(warnings);

	for (size_t i = 1; i < count; i++) {
		char *one = warnings[i];
		size_t at = i;

		for (; at > 0 && line_of(warnings[at - 1], source) > line_of(one, source); at--)
			warnings[at] = warnings[at - 1];
		warnings[at] = one;
	}
}

char **definition_warnings(struct manager *manager, const struct domain *domain, const char *source, char **warnings)
{
	struct gathering g = { manager, domain, source, warnings };
	_cleanup_strv_ char **unknown = domain_warnings(domain, source);
	const struct qemu_caps *caps = domain->emulator ? manager_caps(manager, domain->emulator, NULL) : NULL;

	for (size_t i = 0; unknown && unknown[i]; i++)
		g.warnings = strv_add(g.warnings, unknown[i]);
	warn_memory(&g);
	warn_host(&g, caps);
	warn_firmware(&g, caps);
	warn_disks(&g);
	warn_interfaces(&g);
	sort_by_line(g.warnings, source);
	return g.warnings;
}
