/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices other than disks: each sound by itself and with its machine. */
#include "hv/domain_validate.h"

#include "base/text.h"
#include "hv/domain_settle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ISA_SERIALS_MAX	 4
#define VNC_PORT_FIRST	 5900
#define ALIAS_MAX	 64

static bool validate_controllers(const struct check *check)
{
	enum chipset chipset = domain_chipset(check->domain);

	for (size_t i = 0; i < check->domain->controller_count; i++) {
		const struct controller *controller = &check->domain->controllers[i];
		const xmlNode *node = controller->device.node;
		bool is_pci = controller->type == CONTROLLER_PCI;

		if (controller->index.set && controller->index.value > CONTROLLER_INDEX_MAX)
			return check_fail(check, node, "index '%" PRIu64 "' is too large; at most %d",
					  controller->index.value, CONTROLLER_INDEX_MAX);
		if (controller->type == CONTROLLER_IDE && chipset == CHIPSET_Q35)
			return check_fail(check, node, "a q35 machine has no IDE; use type 'sata'");
		if (controller->type == CONTROLLER_IDE && controller->index.value > 0)
			return check_fail(check, node, "a machine has only one ide controller, number 0");
		if (!is_pci || chipset == CHIPSET_OTHER || controller->model == NULL)
			continue;
		bool is_root = text_ends(controller->model, "-root");
		const char *root = chipset == CHIPSET_Q35 ? "pcie-root" : "pci-root";

		if (is_root != (controller->index.value == 0) || (is_root && strcmp(controller->model, root) != 0))
			return check_fail(check, node,
					  "pci controller %" PRIu64
					  " cannot be a '%s'; number 0 is the '%s' of this machine type",
					  controller->index.value, controller->model, root);
		if (chipset == CHIPSET_I440FX && text_starts(controller->model, "pcie-"))
			return check_fail(check, node, "model '%s' needs PCI Express: a machine type like q35",
					  controller->model);
	}
	return true;
}

/* Is there USB to be had? */
static bool has_usb(const struct domain *domain)
{
	for (size_t i = 0; i < domain->controller_count; i++)
		if (domain->controllers[i].type == CONTROLLER_USB && !text_equal(domain->controllers[i].model, "none"))
			return true;
	return domain_chipset(domain) == CHIPSET_OTHER || controller_find(domain, CONTROLLER_USB, 0) == NULL;
}

static bool validate_usb(const struct check *check)
{
	const struct domain *domain = check->domain;
	const struct device *device = NULL;

	if (has_usb(domain))
		return true;
	for (size_t i = 0; i < domain->disk_count; i++)
		if (domain->disks[i].bus == DISK_BUS_USB)
			device = &domain->disks[i].device;
	for (size_t i = 0; i < domain->input_count; i++)
		if (domain->inputs[i].bus == INPUT_USB)
			device = &domain->inputs[i].device;
	return device == NULL ||
	       check_fail(check, device->node, "is on USB, which <controller type='usb' model='none'> takes away");
}

static bool validate_chardev(const struct check *check, const struct chardev *chardev)
{
	if (chardev->type == CHARDEV_FILE && text_empty(chardev->path))
		return check_fail(check, chardev->device.node, "type 'file' needs <source path=>");
	if (chardev->path != NULL && *chardev->path == '\0')
		return check_fail(check, chardev->device.node, "<source path=> is empty");
	return true;
}

static bool validate_chardevs(const struct check *check)
{
	const struct domain *domain = check->domain;

	for (size_t i = 0; i < domain->serial_count; i++) {
		const struct chardev *serial = &domain->serials[i];

		if (!validate_chardev(check, serial))
			return false;
		if (serial->serial_target == SERIAL_ISA && serial->port.set && serial->port.value >= ISA_SERIALS_MAX)
			return check_fail(check, serial->device.node,
					  "port %" PRIu64 " is too large; a PC has %d serial ports", serial->port.value,
					  ISA_SERIALS_MAX);
	}
	for (size_t i = 0; i < domain->console_count; i++) {
		const struct chardev *console = &domain->consoles[i];

		if (!console->same_as_serial && !validate_chardev(check, console))
			return false;
		if (console->console_target == CONSOLE_SERIAL && !console->same_as_serial)
			return check_fail(check, console->device.node,
					  "only the first console can be a serial port; add a <serial> instead");
	}
	return true;
}

static bool validate_channels(const struct check *check)
{
	const struct domain *domain = check->domain;

	for (size_t i = 0; i < domain->channel_count; i++) {
		const struct chardev *channel = &domain->channels[i];
		const struct address *address = &channel->device.address;

		if (!validate_chardev(check, channel))
			return false;
		if (channel->type == CHARDEV_UNIX && text_equal(channel->mode, "connect") && channel->path == NULL)
			return check_fail(check, channel->device.node, "mode 'connect' needs <source path=>");
		if (address->type == ADDRESS_VIRTIO_SERIAL && text_equal(address->port, "0"))
			return check_fail(check, channel->device.node, "port 0 of a virtio-serial controller is for consoles alone");
	}
	return true;
}

static bool validate_inputs(const struct check *check)
{
	for (size_t i = 0; i < check->domain->input_count; i++) {
		const struct input *input = &check->domain->inputs[i];

		if (input->type == INPUT_TABLET && input->bus == INPUT_PS2)
			return check_fail(check, input->device.node,
					  "a tablet cannot be on bus 'ps2'; allowed: usb, virtio");
	}
	return true;
}

static bool validate_vnc(const struct check *check, const struct graphics *graphics)
{
	const xmlNode *node = graphics->device.node;
	int64_t port = 0;

	if (graphics->port != NULL && (!text_to_int(graphics->port, &port) || port < -1 || port > 65535))
		return check_fail(check, node, "port '%s' is not a number from 5900 to 65535, or -1 for any free one",
				  graphics->port);
	/* with autoport the number is that of an earlier run */
	if (graphics->port != NULL && port >= 0 && port < VNC_PORT_FIRST && graphics->autoport != TRI_YES)
		return check_fail(check, node, "port '%s' is too small; VNC begins at %d", graphics->port,
				  VNC_PORT_FIRST);
	if (graphics->password != NULL && strlen(graphics->password) > VNC_PASSWORD_MAX)
		return check_fail(check, node, "the password is longer than VNC's %d characters", VNC_PASSWORD_MAX);
	if (graphics->listen_address != NULL && graphics->listen != NULL &&
	    strcmp(graphics->listen, graphics->listen_address) != 0)
		return check_fail(check, node, "listen '%s' and <listen address='%s'> differ", graphics->listen,
				  graphics->listen_address);
	if (graphics->listen_socket != NULL && graphics->socket != NULL &&
	    strcmp(graphics->socket, graphics->listen_socket) != 0)
		return check_fail(check, node, "socket '%s' and <listen socket='%s'> differ", graphics->socket,
				  graphics->listen_socket);
	return true;
}

static bool validate_displays(const struct check *check)
{
	const struct domain *domain = check->domain;
	const struct video *primary = NULL;

	for (size_t i = 0; i < domain->graphics_count; i++)
		if (domain->graphics[i].type == GRAPHICS_VNC && !validate_vnc(check, &domain->graphics[i]))
			return false;
	for (size_t i = 0; i < domain->video_count; i++) {
		const struct video *video = &domain->videos[i];

		if (text_equal(video->model, "none") && domain->video_count > 1)
			return check_fail(check, video->device.node, "model 'none' must be the only <video>");
		if (video->primary != TRI_YES)
			continue;
		if (primary != NULL)
			return check_fail(check, video->device.node, "only one <video> can be primary");
		primary = video;
	}
	return true;
}

/* A device's alias is its id in QEMU, which has rules for those. */
static bool validate_aliases(const struct check *check)
{
	size_t count = 0;
	struct device_ref *refs = domain_devices(check->domain, &count);
	bool ok = true;

	for (size_t i = 0; i < count && ok; i++) {
		const char *alias = refs[i].device->alias;

		if (alias == NULL)
			continue;
		size_t length = strspn(alias, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

		if (length == 0 || alias[length] != '\0' || length > ALIAS_MAX ||
		    strchr("0123456789-_.", *alias) != NULL)
			ok = check_fail(
				check, refs[i].device->node,
				"alias '%s' must begin with a letter and have only letters, digits, '-', '_' and '.'",
				alias);
	}
	free(refs);
	return ok;
}

static bool validate_peak(const struct check *check, const struct bandwidth_limit *limit)
{
	return !limit->peak.set || limit->peak.value >= limit->average.value ||
	       check_fail(check, limit->node, "peak='%" PRIu64 "' is below average='%" PRIu64 "'", limit->peak.value, limit->average.value);
}

static bool validate_interfaces(const struct check *check)
{
	for (size_t i = 0; i < check->domain->interface_count; i++)
		if (!validate_peak(check, &check->domain->interfaces[i].inbound) || !validate_peak(check, &check->domain->interfaces[i].outbound))
			return false;
	return true;
}

bool validate_devices(const struct check *check)
{
	return validate_controllers(check) && validate_usb(check) && validate_chardevs(check) &&
	       validate_channels(check) && validate_interfaces(check) && validate_inputs(check) && validate_displays(check) &&
	       validate_aliases(check);
}
