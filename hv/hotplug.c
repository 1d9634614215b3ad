/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices for a running machine, by the builder of the command line. */
#include "hv/hotplug.h"

#include "base/memory.h"
#include "base/text.h"
#include "hv/launch_build.h"

#include <stdlib.h>
#include <string.h>

void hotplug_free(struct hotplug *hotplug)
{
	if (!hotplug)
		return;
	json_object_put(hotplug->commands);
	for (size_t i = 0; i < hotplug->file_count; i++)
		free(hotplug->files[i].path);
	free(hotplug->files);
	free(hotplug->node);
	free(hotplug);
}

/* ---- what may come and go ---- */

/* Is the PCI address one where a device may come and go? */
static bool check_pci(const struct domain *domain, const struct device *device, const char *what, const char *doing, struct error *err)
{
	const struct address *address = &device->address;
	const struct controller *bus = find_controller(domain, CONTROLLER_PCI, address->bus.value);

	if (address->type != ADDRESS_PCI)
		return error_set(err, ERROR_INVALID, "%s has no PCI address", what);
	if (bus && text_equal(bus->model, "pcie-root")) {
		error_set(err, ERROR_UNSUPPORTED,
			  "%s stands on the PCI Express root itself, where nothing can be %s", what, doing);
		return error_hint(err, "one behind a pcie-root-port can; or change the stored definition: --config");
	}
	if (bus && text_equal(bus->model, "pci-root") && domain->features.acpi != TRI_YES) {
		error_set(err, ERROR_UNSUPPORTED,
			  "%s: nothing can be %s on PCI while a machine without ACPI runs", what, doing);
		return error_hint(
			err, "<features><acpi/></features> in its definition gives it ACPI, from the next start on");
	}
	if (address->function.value != 0 || address->multifunction == TRI_YES) {
		error_set(err, ERROR_UNSUPPORTED, "%s shares its PCI slot with others: it cannot be %s alone", what,
			  doing);
		return error_hint(err, "change the stored definition: --config");
	}
	return true;
}

static bool check_interface_slot(const struct domain *domain, const struct interface *interface, const char *doing,
				 struct error *err)
{
	_cleanup_free_ char *what = strf("interface '%s'", interface->device.alias);

	return check_pci(domain, &interface->device, what, doing, err);
}

static bool check_bus(const struct domain *domain, const struct disk *disk, const char *doing, struct error *err)
{
	_cleanup_free_ char *what = strf("disk '%s'", disk->target);

	switch (disk->bus) {
	case DISK_BUS_VIRTIO:
		return check_pci(domain, &disk->device, what, doing, err);
	case DISK_BUS_SCSI:
	case DISK_BUS_USB:
		return true;
	case DISK_BUS_SATA:
	case DISK_BUS_IDE:
	case DISK_BUS_FDC:
	case DISK_BUS_SD:
	case DISK_BUS_XEN:
	case DISK_BUS_ABSENT:
	case DISK_BUS_COUNT:
		break;
	}
	error_set(err, ERROR_UNSUPPORTED, "disk '%s': a disk on the %s bus cannot be %s while the machine runs",
		  disk->target, enum_word(&disk_bus_words, (int)disk->bus), doing);
	return error_hint(err, "one on bus virtio, scsi or usb can; --config changes the stored definition");
}

bool hotplug_check_removal(const struct domain *domain, const struct disk *disk, struct error *err)
{
	return check_bus(domain, disk, "detached", err);
}

bool hotplug_check_interface_removal(const struct domain *domain, const struct interface *interface, struct error *err)
{
	return check_interface_slot(domain, interface, "detached", err);
}

/* ---- building ---- */

struct build {
	struct launch launch;
	struct launch_resources resources;
	struct builder builder;
};

static void begin(struct build *build, const struct domain *domain, const struct qemu_caps *caps, struct error *err)
{
	*build = (struct build){ .resources = { .qmp_fd = -1, .first_console_fd = -1, .first_channel_fd = -1 } };
	build->builder = (struct builder){
		.domain = domain,
		.caps = caps,
		.resources = &build->resources,
		.launch = &build->launch,
		.hot = json_object_new_array(),
		.err = err,
	};
}

/* The commands and files, or NULL when it did not go well. */
static struct hotplug *finish(struct build *build, bool ok, const char *node)
{
	struct hotplug *hotplug = xcalloc(1, sizeof *hotplug);

	hotplug->commands = build->builder.hot;
	hotplug->files = build->launch.files;
	hotplug->file_count = build->launch.file_count;
	hotplug->node = xstrdup_null(node);
	if (ok)
		return hotplug;
	hotplug_free(hotplug);
	return NULL;
}

struct hotplug *hotplug_disk(const struct domain *domain, const struct disk *disk, const struct qemu_caps *caps,
			     unsigned number, struct error *err)
{
	_cleanup_free_ char *node = strf("libvirt-%u-format", number);
	struct build build;

	if (!check_bus(domain, disk, "attached", err))
		return NULL;
	begin(&build, domain, caps, err);
	return finish(&build, build_disk(&build.builder, disk, number) && build_check_unmodelled(&build.builder),
		      disk_is_empty(disk) ? NULL : node);
}

struct hotplug *hotplug_medium(const struct domain *domain, const struct disk *disk, const struct qemu_caps *caps,
			       unsigned number, struct error *err)
{
	_cleanup_free_ char *node = strf("libvirt-%u-format", number);
	struct build build;

	begin(&build, domain, caps, err);
	return finish(&build, build_blockdevs(&build.builder, disk, number) && build_check_unmodelled(&build.builder),
		      node);
}

struct hotplug *hotplug_controller(const struct domain *domain, const struct controller *controller,
				   const struct qemu_caps *caps, struct error *err)
{
	struct build build;

	if (controller->type != CONTROLLER_SCSI || !text_equal(controller->model, "virtio-scsi")) {
		error_set(err, ERROR_UNSUPPORTED,
			  "a running machine cannot get the %s controller %llu that this would need",
			  enum_word(&controller_type_words, (int)controller->type),
			  (unsigned long long)controller->index.value);
		error_hint(err, "--config puts it into the stored definition, for the next start");
		return NULL;
	}
	begin(&build, domain, caps, err);
	return finish(&build, build_controller(&build.builder, controller), NULL);
}

struct hotplug *hotplug_interface(const struct domain *domain, const struct interface *interface,
				  const struct launch_port *port, const struct qemu_caps *caps, struct error *err)
{
	struct build build;

	if (!check_interface_slot(domain, interface, "attached", err))
		return NULL;
	begin(&build, domain, caps, err);
	return finish(&build, build_interface(&build.builder, interface, port, false) && build_check_unmodelled(&build.builder),
		      NULL);
}

/* ---- the way back ---- */

struct json_object *hotplug_reverse(struct json_object *command)
{
	static const struct {
		const char *command, *reverse, *given, *wanted;
	} rows[] = {
		{ "blockdev-add", "blockdev-del", "node-name", "node-name" },
		{ "object-add", "object-del", "id", "id" },
		{ "netdev_add", "netdev_del", "id", "id" },
		{ "chardev-add", "chardev-remove", "id", "id" },
		{ "device_add", "device_del", "id", "id" },
	};
	const char *name = json_get_string(command, "execute", "");

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct json_object *reverse, *arguments;

		if (strcmp(name, rows[i].command) != 0)
			continue;
		reverse = json_object_new_object();
		arguments = json_object_new_object();
		json_set_string(arguments, rows[i].wanted,
				json_get_string(json_get(command, "arguments"), rows[i].given, NULL));
		json_set_string(reverse, "execute", rows[i].reverse);
		json_set(reverse, "arguments", arguments);
		return reverse;
	}
	return NULL;
}
