/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Defaults of single devices, and the devices that libvirt gives every machine: mice, keyboard, video, balloon. */
#include "hv/domain_settle.h"

#include "base/memory.h"
#include "base/text.h"
#include "hv/caps.h"
#include "hv/domain_schema.h"

#include <string.h>

/* libvirt's rule; except that a q35 machine, which has no IDE, takes an "hd" without a bus for a SATA disk. */
static enum disk_bus default_bus(const char *target, enum chipset chipset)
{
	if (text_starts(target, "hd"))
		return chipset == CHIPSET_Q35 ? DISK_BUS_SATA : DISK_BUS_IDE;
	if (text_starts(target, "sd"))
		return DISK_BUS_SCSI;
	if (text_starts(target, "fd"))
		return DISK_BUS_FDC;
	if (text_starts(target, "xvd"))
		return DISK_BUS_XEN;
	return DISK_BUS_VIRTIO;
}

void settle_disks(struct domain *domain)
{
	enum chipset chipset = domain_chipset(domain);

	for (size_t i = 0; i < domain->disk_count; i++) {
		struct disk *disk = &domain->disks[i];

		if (disk->bus == DISK_BUS_ABSENT)
			schema_set(&disk_schema, disk, "target/@bus",
				   enum_word(&disk_bus_words, (int)default_bus(disk->target, chipset)), NULL);
		if (disk->kind == DISK_CDROM && !disk->readonly)
			schema_set(&disk_schema, disk, "readonly", "yes", NULL);
	}
}

static bool has_mac(const struct domain *domain, const char *mac)
{
	for (size_t i = 0; i < domain->interface_count; i++)
		if (text_equal(domain->interfaces[i].mac, mac))
			return true;
	return false;
}

static void settle_interfaces(struct domain *domain, const struct qemu_caps *caps)
{
	/* libvirt's default on a PC */
	const char *model = caps != NULL && !caps_has(caps, CAP_RTL8139) ? "e1000" : "rtl8139";

	for (size_t i = 0; i < domain->interface_count; i++) {
		struct interface *interface = &domain->interfaces[i];

		if (interface->mac == NULL) {
			char mac[MAC_TEXT_SIZE];

			/* 24 bits are not so many that two of some hundred cards would never meet */
			do
				mac_make(mac);
			while (has_mac(domain, mac));
			schema_set(&interface_schema, interface, "mac/@address", mac, NULL);
		}
		if (interface->model == NULL && interface->type != INTERFACE_HOSTDEV &&
		    interface->type != INTERFACE_VDPA)
			schema_set(&interface_schema, interface, "model/@type",
				   domain_chipset(domain) == CHIPSET_OTHER ? "virtio" : model, NULL);
	}
}

void settle_graphics(struct domain *domain)
{
	for (size_t i = 0; i < domain->graphics_count; i++) {
		struct graphics *graphics = &domain->graphics[i];

		if (graphics->type != GRAPHICS_VNC || graphics->socket != NULL || graphics->listen_type == LISTEN_NONE)
			continue;
		bool tcp = graphics->port != NULL || graphics->listen != NULL || graphics->autoport != TRI_ABSENT ||
			   graphics->listen_type != LISTEN_ABSENT;

		if (!tcp) {
			/* nothing was said of where: a unix socket, of which only the host's user knows */
			schema_set(&graphics_schema, graphics, "listen/@type", "socket", NULL);
			graphics->socket = xstrdup("");
			continue;
		}
		if (graphics->port == NULL)
			schema_set(&graphics_schema, graphics, "@port", graphics->autoport == TRI_NO ? "5900" : "-1",
				   NULL);
		if (graphics->autoport == TRI_ABSENT)
			schema_set(&graphics_schema, graphics, "@autoport",
				   strcmp(graphics->port, "-1") == 0 ? "yes" : "no", NULL);
	}
}

static bool has_input(const struct domain *domain, enum input_type type)
{
	for (size_t i = 0; i < domain->input_count; i++)
		if (domain->inputs[i].type == type && domain->inputs[i].bus == INPUT_PS2)
			return true;
	return false;
}

static void add_ps2(struct domain *domain, enum input_type type)
{
	if (has_input(domain, type))
		return;
	struct input *input = schema_add(&domain_schema, domain, "devices/input");

	schema_set(&input_schema, input, "@type", enum_word(&input_type_words, (int)type), NULL);
	schema_set(&input_schema, input, "@bus", "ps2", NULL);
}

static void settle_inputs(struct domain *domain)
{
	bool pc = domain_chipset(domain) != CHIPSET_OTHER;

	for (size_t i = 0; i < domain->input_count; i++) {
		struct input *input = &domain->inputs[i];

		if (input->bus != INPUT_BUS_ABSENT || input->type == INPUT_EVDEV)
			continue;
		const char *bus = input->type == INPUT_PASSTHROUGH     ? "virtio"
				  : input->type == INPUT_TABLET || !pc ? "usb"
								       : "ps2";

		schema_set(&input_schema, input, "@bus", bus, NULL);
	}
	if (pc) {
		add_ps2(domain, INPUT_MOUSE);
		add_ps2(domain, INPUT_KEYBOARD);
	}
}

static void settle_videos(struct domain *domain)
{
	const char *model = domain_chipset(domain) == CHIPSET_OTHER ? "virtio" : "vga";

	if (domain->video_count == 0 && domain->graphics_count > 0) {
		struct video *video = schema_add(&domain_schema, domain, "devices/video");

		schema_set(&video_schema, video, "model/@type", model, NULL);
		if (strcmp(model, "vga") == 0)
			schema_set(&video_schema, video, "model/@vram", "16384", NULL);
		schema_set(&video_schema, video, "model/@heads", "1", NULL);
		schema_set(&video_schema, video, "model/@primary", "yes", NULL);
	}
	for (size_t i = 0; i < domain->video_count; i++)
		if (domain->videos[i].model == NULL)
			schema_set(&video_schema, &domain->videos[i], "model/@type", model, NULL);
}

void settle_other_devices(struct domain *domain, const struct qemu_caps *caps)
{
	settle_interfaces(domain, caps);
	settle_inputs(domain);
	settle_videos(domain);
	if (domain->memballoon.device.node == NULL && domain_chipset(domain) != CHIPSET_OTHER) {
		struct memballoon *balloon = schema_open(&domain_schema, domain, "devices/memballoon");

		schema_set(&memballoon_schema, balloon, "@model", "virtio", NULL);
	}
}
