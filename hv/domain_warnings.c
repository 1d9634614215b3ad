/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user should hear when a machine is defined: what is kept but not known, not run yet, or open to the world. */
#include "hv/domain.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"

#include <string.h>

/* "<tpm>" for an element, "<vcpu cpuset=>" for an attribute, from its path. Owned. */
static char *describe(const char *path)
{
	const char *last = strrchr(path, '/');

	if (last[1] != '@')
		return strf("<%s>", last + 1);
	const char *start = last;

	while (start > path && start[-1] != '/')
		start--;
	return strf("<%.*s %s=>", (int)(last - start), start, last + 2);
}

static char **warn_unmodelled(char **warnings, const struct domain *domain, const char *source)
{
	for (size_t i = 0; i < domain->unmodelled_count; i++) {
		const struct unmodelled *unmodelled = &domain->unmodelled[i];

		if (unmodelled->of_unrun)
			continue;
		_cleanup_free_ char *what = describe(unmodelled->path);
		const char *start = unmodelled->blocks_start ? ", and cannot start the machine with it" : "";

		warnings = strv_addf(warnings, "%s:%ld: %s is kept, but virtty does not know it yet%s", source,
				     unmodelled->line, what, start);
	}
	return warnings;
}

static char **warn_type(char **warnings, const char *source, const xmlNode *node, const char *type)
{
	return strv_addf(warnings, "%s:%ld: <%s>: type '%s' is kept, but virtty cannot start a machine with it yet",
			 source, xml_line(node), (const char *)node->name, type);
}

static char **warn_chardevs(char **warnings, const char *source, const struct chardev *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (items[i].type > CHARDEV_NULL && !items[i].same_as_serial)
			warnings = warn_type(warnings, source, items[i].device.node,
					     enum_word(&chardev_type_words, (int)items[i].type));
	return warnings;
}

static char **warn_channels(char **warnings, const struct domain *domain, const char *source)
{
	for (size_t i = 0; i < domain->channel_count; i++) {
		const struct chardev *channel = &domain->channels[i];

		if (!chardev_is_channel(channel))
			warnings = warn_type(warnings, source, channel->device.node,
					     channel->channel_target == CHANNEL_VIRTIO
						     ? enum_word(&chardev_type_words, (int)channel->type)
						     : enum_word(&channel_target_words, (int)channel->channel_target));
	}
	return warnings;
}

/* A server that everybody can reach and nobody is asked for a password. */
static bool is_open(const struct graphics *graphics)
{
	const char *listen = graphics->listen;

	if (graphics->type != GRAPHICS_VNC || listen == NULL || graphics->password != NULL || graphics->socket != NULL)
		return false;
	return *listen != '\0' && !text_starts(listen, "127.") && strcmp(listen, "::1") != 0 &&
	       strcmp(listen, "localhost") != 0;
}

static char **warn_graphics(char **warnings, const struct domain *domain, const char *source)
{
	for (size_t i = 0; i < domain->graphics_count; i++) {
		const struct graphics *graphics = &domain->graphics[i];
		const xmlNode *node = graphics->device.node;

		if (graphics->type != GRAPHICS_VNC)
			warnings =
				warn_type(warnings, source, node, enum_word(&graphics_type_words, (int)graphics->type));
		else if (is_open(graphics))
			warnings = strv_addf(warnings, "%s:%ld: <graphics>: VNC listens on '%s' without a password",
					     source, xml_line(node), graphics->listen);
	}
	return warnings;
}

static bool is_run(enum interface_type type)
{
	return type == INTERFACE_USER || type == INTERFACE_NETWORK || type == INTERFACE_BRIDGE || type == INTERFACE_DIRECT ||
	       type == INTERFACE_ETHERNET;
}

char **domain_warnings(const struct domain *domain, const char *source)
{
	char **warnings = warn_unmodelled(NULL, domain, source);

	for (size_t i = 0; i < domain->disk_count; i++)
		if (domain->disks[i].source.type > DISK_BLOCK && domain->disks[i].source.type != DISK_VOLUME &&
		    domain->disks[i].source.type != DISK_NETWORK)
			warnings = warn_type(warnings, source, domain->disks[i].device.node,
					     enum_word(&disk_type_words, (int)domain->disks[i].source.type));
	for (size_t i = 0; i < domain->interface_count; i++)
		if (!is_run(domain->interfaces[i].type))
			warnings = warn_type(warnings, source, domain->interfaces[i].device.node,
					     enum_word(&interface_type_words, (int)domain->interfaces[i].type));
	warnings = warn_chardevs(warnings, source, domain->serials, domain->serial_count);
	warnings = warn_chardevs(warnings, source, domain->consoles, domain->console_count);
	warnings = warn_channels(warnings, domain, source);
	return warn_graphics(warnings, domain, source);
}
