/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The document of an installation, built as a tree: nothing that a user typed is ever pasted into text. */
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/forward.h"
#include "core/install_internal.h"
#include "hv/arch.h"
#include "hv/caps.h"
#include "hv/port_forwarding.h"

#include <inttypes.h>

/* Where virtty keeps what it was told of a machine and libvirt's own elements have no place for. */
#define VIRTTY_NAMESPACE "urn:virtty:domain:1"
#define LIBOSINFO_NAMESPACE "http://libosinfo.org/xmlns/libvirt/domain/1.0"

/* An element with attributes: names and values in turn, NULL at the end; a NULL value leaves its attribute out. */
static xmlNode *add(xmlNode *parent, const char *name, const char *text, const char *const *attributes)
{
	xmlNode *node = xml_add_child(parent, name, text);

	for (; attributes && attributes[0]; attributes += 2)
		if (attributes[1])
			xml_set_attribute(node, attributes[0], attributes[1]);
	return node;
}

#define ATTRIBUTES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void add_number(xmlNode *parent, const char *name, uint64_t number, const char *const *attributes)
{
	_cleanup_free_ char *text = strf("%" PRIu64, number);

	add(parent, name, text, attributes);
}

/* The system by the name that was said or found, and, where libosinfo knows it, as virt-manager and its kind write it. */
static void add_os_name(const struct installation *installation, xmlNode *root)
{
	xmlNode *metadata = add(root, "metadata", NULL, NULL);
	xmlNode *node = xml_add_child(metadata, "os", NULL);

	xmlSetNs(node, xmlNewNs(node, BAD_CAST VIRTTY_NAMESPACE, BAD_CAST "virtty"));
	xml_set_attribute(node, "name", installation->os_name);
	if (!installation->system || installation->os_older)
		return;
	node = xml_add_child(metadata, "libosinfo", NULL);
	xmlNs *libosinfo = xmlNewNs(node, BAD_CAST LIBOSINFO_NAMESPACE, BAD_CAST "libosinfo");

	xmlSetNs(node, libosinfo);
	node = xml_add_child(node, "os", NULL);
	xmlSetNs(node, libosinfo);
	xml_set_attribute(node, "id", installation->system->id);
}

static void add_os(const struct installation *installation, xmlNode *root)
{
	const struct install_boot *boot = &installation->boot;
	const char *machine = install_machine(installation);
	xmlNode *os = add(root, "os", NULL, ATTRIBUTES("firmware", boot->uefi ? "efi" : NULL));

	add(os, "type", "hvm", ATTRIBUTES("arch", installation->arch->name, "machine", machine));
	if (boot->kernel)
		add(os, "kernel", boot->kernel, NULL);
	if (boot->initrd)
		add(os, "initrd", boot->initrd, NULL);
	if (boot->kernel_args)
		add(os, "cmdline", boot->kernel_args, NULL);
	for (size_t i = 0; i < boot->count; i++)
		add(os, "boot", NULL, ATTRIBUTES("dev", enum_word(&boot_dev_words, (int)boot->order[i])));
	if (boot->menu)
		add(os, "bootmenu", NULL, ATTRIBUTES("enable", yes_or_no(boot->menu)));
}

static void add_cpu(const struct installation *installation, xmlNode *root)
{
	const char *wanted = installation->request->cpu;
	xmlNode *cpu;

	if (!wanted)
		wanted = installation->kvm ? "host-passthrough" : "maximum";
	if (text_equal(wanted, "host"))
		wanted = "host-passthrough";
	if (enum_value(&cpu_mode_words, wanted) > 0) {
		add(root, "cpu", NULL, ATTRIBUTES("mode", wanted));
		return;
	}
	cpu = add(root, "cpu", NULL, ATTRIBUTES("mode", "custom", "match", "exact"));
	add(cpu, "model", wanted, ATTRIBUTES("fallback", "forbid"));
}

static void add_clock(const struct installation *installation, xmlNode *root)
{
	xmlNode *clock = add(root, "clock", NULL, ATTRIBUTES("offset", installation->windows ? "localtime" : "utc"));

	add(clock, "timer", NULL, ATTRIBUTES("name", "rtc", "tickpolicy", "catchup"));
	add(clock, "timer", NULL, ATTRIBUTES("name", "pit", "tickpolicy", "delay"));
	add(clock, "timer", NULL, ATTRIBUTES("name", "hpet", "present", "no"));
}

/* "vda", "sdb", "hda": the prefix belongs to the bus; letters are counted per prefix, past z as libvirt counts them (aa). Owned. */
static char *target_name(const char *bus, unsigned counters[3])
{
	unsigned kind = text_equal(bus, "virtio") ? 0 : text_equal(bus, "ide") ? 1 : 2;
	static const char *const prefixes[] = { "vd", "hd", "sd" };
	unsigned index = counters[kind]++;

	if (index < 26)
		return strf("%s%c", prefixes[kind], 'a' + (int)index);
	return strf("%s%c%c", prefixes[kind], 'a' + (int)(index / 26) - 1, 'a' + (int)(index % 26));
}

static void add_disk(const struct install_image *image, xmlNode *devices, unsigned counters[3])
{
	_cleanup_free_ char *target = target_name(image->bus, counters);
	const struct install_disk *request = image->request;
	const char *type = image->as_volume ? "volume" : image->block ? "block" : "file";
	xmlNode *disk = add(devices, "disk", NULL, ATTRIBUTES("type", type, "device", image->cdrom ? "cdrom" : "disk"));
	/* What a guest trims in a new sparse image is given back to the host. */
	bool sparse = image->create && !(request && request->full);
	const char *discard = request && request->discard ? request->discard : sparse ? "unmap" : NULL;

	add(disk, "driver", NULL,
	    ATTRIBUTES("name", "qemu", "type", image->format, "cache", request ? request->cache : NULL, "io", request ? request->io : NULL,
		       "discard", discard));
	if (image->as_volume)
		add(disk, "source", NULL, ATTRIBUTES("pool", image->pool, "volume", image->volume));
	else
		add(disk, "source", NULL, ATTRIBUTES(image->block ? "dev" : "file", image->path));
	add(disk, "target", NULL, ATTRIBUTES("dev", target, "bus", image->bus));
	if (image->readonly || image->cdrom)
		add(disk, "readonly", NULL, NULL);
}

static void add_graphics(const struct installation *installation, xmlNode *devices)
{
	const struct install_graphics *graphics = &installation->graphics;
	xmlNode *node;

	if (graphics->none) {
		add(add(devices, "video", NULL, NULL), "model", NULL, ATTRIBUTES("type", "none"));
		return;
	}
	add(devices, "input", NULL, ATTRIBUTES("type", "tablet", "bus", "usb"));
	if (graphics->listen) {
		bool automatic = !graphics->port || text_equal(graphics->port, "-1");

		node = add(devices, "graphics", NULL,
			   ATTRIBUTES("type", "vnc", "port", graphics->port ? graphics->port : "-1", "autoport", automatic ? "yes" : "no", "passwd",
				      installation->request->password, "keymap", graphics->keymap));
		add(node, "listen", NULL, ATTRIBUTES("type", "address", "address", graphics->listen));
	} else {
		node = add(devices, "graphics", NULL, ATTRIBUTES("type", "vnc", "passwd", installation->request->password, "keymap", graphics->keymap));
		add(node, "listen", NULL, ATTRIBUTES("type", "socket"));
	}
	/* Every system has a driver for plain VGA; virtio's is better where it can be had. */
	add(add(devices, "video", NULL, NULL), "model", NULL,
	    ATTRIBUTES("type", caps_has(installation->caps, CAP_VIRTIO_GPU) && install_virtio_gpu(installation) ? "virtio" : "vga"));
}

static void add_serial(xmlNode *devices)
{
	xmlNode *serial = add(devices, "serial", NULL, ATTRIBUTES("type", "pty"));
	xmlNode *console = add(devices, "console", NULL, ATTRIBUTES("type", "pty"));

	add(serial, "target", NULL, ATTRIBUTES("port", "0"));
	add(console, "target", NULL, ATTRIBUTES("type", "serial", "port", "0"));
}

/* Where the guest's agent tells its addresses, once it is installed: a Linux of any age has a driver for it where it has one for virtio disks. */
static void add_agent(const struct installation *installation, xmlNode *devices)
{
	const struct os_system *system = installation->system;
	bool fits = system ? text_equal(system->family, "linux") && os_has(system, OS_VIRTIO_BLOCK) : !installation->windows;

	if (!fits || installation->request->no_agent || !caps_has(installation->caps, CAP_VIRTSERIALPORT))
		return;
	add(add(devices, "channel", NULL, ATTRIBUTES("type", "unix")), "target", NULL,
	    ATTRIBUTES("type", "virtio", "name", GUEST_AGENT_CHANNEL));
}

static void add_interface(const struct installation *installation, xmlNode *devices, const struct install_network *network)
{
	const char *type = network->network ? "network" : network->bridge ? "bridge" : network->device ? "direct" : "user";
	xmlNode *interface = add(devices, "interface", NULL, ATTRIBUTES("type", type));

	if (network->mac)
		add(interface, "mac", NULL, ATTRIBUTES("address", network->mac));
	if (network->passt)
		add(interface, "backend", NULL, ATTRIBUTES("type", "passt"));
	if (network->network)
		add(interface, "source", NULL, ATTRIBUTES("network", network->network));
	if (network->bridge)
		add(interface, "source", NULL, ATTRIBUTES("bridge", network->bridge));
	if (network->device)
		add(interface, "source", NULL, ATTRIBUTES("dev", network->device, "mode", network->mode ? network->mode : "bridge"));
	add(interface, "model", NULL, ATTRIBUTES("type", network->model ? network->model : install_card(installation)));
	for (size_t i = 0; i < network->forward_count; i++) {
		const struct forward *forward = &network->forwards[i];

		port_forwarding_add(interface, forward->proto, forward->address,
				    &(struct port_run){ forward->host_port, forward->guest_port, forward->count });
	}
}

static void add_devices(const struct installation *installation, xmlNode *root)
{
	xmlNode *devices = add(root, "devices", NULL, NULL);
	const struct os_system *system = installation->system;
	unsigned counters[3] = { 0 };

	add(devices, "emulator", installation->emulator, NULL);
	for (size_t i = 0; i < installation->image_count; i++)
		add_disk(&installation->images[i], devices, counters);
	/* without one the machine gets what it had in its time */
	if (caps_has(installation->caps, CAP_QEMU_XHCI) && (!system || os_has(system, OS_XHCI)))
		add(devices, "controller", NULL, ATTRIBUTES("type", "usb", "model", "qemu-xhci", "ports", "15"));
	for (size_t i = 0; i < installation->network_count; i++)
		add_interface(installation, devices, &installation->networks[i]);
	if (!installation->request->no_serial)
		add_serial(devices);
	add_agent(installation, devices);
	add_graphics(installation, devices);
	add(devices, "memballoon", NULL, ATTRIBUTES("model", "virtio"));
	if (!system || os_has(system, OS_VIRTIO_RNG))
		add(add(devices, "rng", NULL, ATTRIBUTES("model", "virtio")), "backend", "/dev/urandom", ATTRIBUTES("model", "random"));
}

char *install_document(const struct installation *installation)
{
	_cleanup_xmldoc_ xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	const struct install_request *request = installation->request;
	xmlNode *root = xmlNewNode(NULL, BAD_CAST "domain"), *features;

	xmlDocSetRootElement(doc, root);
	xml_set_attribute(root, "type", installation->kvm ? "kvm" : "qemu");
	add(root, "name", installation->name, NULL);
	if (installation->has_seed)
		add(root, "uuid", installation->uuid, NULL);
	if (!text_empty(request->title))
		add(root, "title", request->title, NULL);
	if (!text_empty(request->description))
		add(root, "description", request->description, NULL);
	if (installation->os_name)
		add_os_name(installation, root);
	add_number(root, "memory", installation->memory_mib, ATTRIBUTES("unit", "MiB"));
	add_number(root, "vcpu", installation->vcpus, NULL);
	add_os(installation, root);
	features = add(root, "features", NULL, NULL);
	if (installation->arch->has_acpi)
		add(features, "acpi", NULL, NULL);
	if (text_equal(installation->arch->name, "x86_64"))
		add(features, "apic", NULL, NULL);
	add_cpu(installation, root);
	add_clock(installation, root);
	/* for the first run alone: install_run() takes it away from what is stored */
	if (request->noreboot)
		add(root, "on_reboot", "destroy", NULL);
	add_devices(installation, root);
	return xml_format(doc);
}
