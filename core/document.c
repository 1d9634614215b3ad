/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The document as it is shown: the definition, or what runs with the facts of this run put in. */
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/manager_internal.h"
#include "hv/domain.h"
#include "hv/domain_schema.h"
#include "hv/launch.h"

#include <inttypes.h>
#include <string.h>

/* The pseudo-terminal of a console in the run's details, borrowed; NULL: none. */
static const char *console_pty(struct json_object *detail, const char *alias)
{
	struct json_object *array = json_get(detail, "consoles");

	if (!alias || !json_object_is_type(array, json_type_array))
		return NULL;
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct json_object *object = json_object_array_get_idx(array, i);

		if (text_equal(json_get_string(object, "name", NULL), alias))
			return json_get_string(object, "pty", NULL);
	}
	return NULL;
}

static void put_pty(const struct chardev *chardev, const char *pty)
{
	if (chardev->type == CHARDEV_PTY && pty)
		xml_set_attribute(xml_make_path(chardev->device.node, "source"), "path", pty);
}

/* <serial> and <console> name their pty; a console has it as tty= too, as virsh's readers expect. */
static void put_consoles(struct domain *domain, struct json_object *detail)
{
	const char *first = NULL;

	for (size_t i = 0; i < domain->serial_count; i++) {
		const char *pty = console_pty(detail, domain->serials[i].device.alias);

		first = i == 0 ? pty : first;
		put_pty(&domain->serials[i], pty);
	}
	for (size_t i = 0; i < domain->console_count; i++) {
		const struct chardev *console = &domain->consoles[i];
		const char *pty = console->same_as_serial ? first : console_pty(detail, console->device.alias);

		put_pty(console, pty);
		if (console->type == CHARDEV_PTY && pty)
			xml_set_attribute(console->device.node, "tty", pty);
	}
}

/* Where QEMU listens for what speaks to the guest's agent, and its like. */
static void put_channels(struct domain *domain, const char *run_directory)
{
	for (size_t i = 0; i < domain->channel_count; i++) {
		struct chardev *channel = &domain->channels[i];
		_cleanup_free_ char *path = launch_channel_socket(domain, channel, run_directory);
		xmlNode *source;

		if (!path || channel->path)
			continue;
		source = schema_element(&channel_schema, channel, "source/@path");
		xml_set_attribute(source, "mode", "bind");
		xml_set_attribute(source, "path", path);
	}
}

/* "unix:/path" or "address:port" of the first VNC server. */
static void put_graphics(struct domain *domain, const char *vnc)
{
	const char *colon = vnc ? strrchr(vnc, ':') : NULL;
	const struct graphics *graphics = NULL;
	xmlNode *listen;

	for (size_t i = 0; i < domain->graphics_count && !graphics; i++)
		if (domain->graphics[i].type == GRAPHICS_VNC)
			graphics = &domain->graphics[i];
	if (!graphics || !colon)
		return;
	if (text_starts(vnc, "unix:")) {
		xml_set_attribute(graphics->device.node, "socket", vnc + 5);
		for (listen = xml_child(graphics->device.node, "listen"); listen; listen = xml_next(listen, "listen")) {
			_cleanup_free_ char *type = xml_attribute(listen, "type");

			if (text_equal(type, "socket"))
				xml_set_attribute(listen, "socket", vnc + 5);
		}
		return;
	}
	xml_set_attribute(graphics->device.node, "port", colon + 1);
}

static void put_run(struct domain *domain, const struct run *run)
{
	_cleanup_json_ struct json_object *detail = run->detail ? json_parse("run", run->detail, strlen(run->detail), NULL) : NULL;
	_cleanup_free_ char *id = strf("%" PRId64, run->run_id);

	xml_set_attribute(domain->node, "id", id);
	if (!detail)
		return;
	put_consoles(domain, detail);
	put_graphics(domain, json_get_string(detail, "vnc", NULL));
}

bool domain_xml(struct manager *manager, const struct machine *machine, unsigned flags, char **ret, struct error *err)
{
	bool live = machine_is_active(machine) && !(flags & XML_INACTIVE);
	_cleanup_domain_ struct domain *domain = domain_load(manager, machine, live, err);

	*ret = NULL;
	if (!domain)
		return false;
	if (live) {
		_cleanup_free_ char *directory = machine_run_directory(manager, machine->id);

		put_run(domain, &machine->run);
		put_channels(domain, directory);
	}
	*ret = domain_format(domain, (flags & XML_SECURE) != 0);
	return true;
}
