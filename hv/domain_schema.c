/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of <domain>: what is modelled, in the order in which it is written. */
#include "hv/domain_schema.h"

#define SCHEMA_TYPE struct domain
static const struct schema_row domain_rows[] = {
	ROW_WORD("@type", type, domain_type_words, "Type", "kvm: the host's processor runs the guest; qemu: in software",
		 .required = true),
	ROW_KNOWN("@id"),
	ROW_RAW("name", name, "Name", "The machine's name", .required = true),
	{ .path = "uuid", .kind = SCHEMA_UUID, .offset = offsetof(struct domain, uuid), .label = "UUID",
	  .help = "The machine's identity, made at random when none is given" },
	ROW_RAW("title", title, "Title", "A short description, one line"),
	ROW_RAW("description", description, "Description", "Notes"),
	{ .path = "metadata", .kind = SCHEMA_NODE, .offset = offsetof(struct domain, metadata) },
	{ .path = "memory", .kind = SCHEMA_KIB_PLAIN, .offset = offsetof(struct domain, memory_kib), .required = true,
	  .label = "Memory", .help = "Memory that the machine boots with" },
	{ .path = "currentMemory", .kind = SCHEMA_KIB, .offset = offsetof(struct domain, current_memory_kib),
	  .label = "Memory in use", .help = "What the balloon leaves to the guest" },
	ROW_UINT("vcpu", vcpu, 1, UINT16_MAX, "Processors", "Virtual processors at most", .default_value = "1"),
	ROW_KNOWN("vcpu/@placement"),
	ROW_UINT("vcpu/@current", vcpu_current, 1, UINT16_MAX, NULL, "Virtual processors at boot"),
	ROW_NESTED("os", os, os_schema),
	ROW_NESTED("features", features, features_schema),
	ROW_NESTED("cpu", cpu, cpu_schema),
	ROW_NESTED("clock", clock, clock_schema),
	ROW_WORD("on_poweroff", on_poweroff, lifecycle_action_words, "On power off", "When the guest powers off",
		 .default_value = "destroy"),
	ROW_WORD("on_reboot", on_reboot, lifecycle_action_words, "On reboot", "When the guest reboots", .default_value = "restart"),
	ROW_WORD("on_crash", on_crash, lifecycle_action_words, "On crash", "When the guest panics or QEMU dies",
		 .default_value = "destroy"),
	ROW_STRING("devices/emulator", emulator, "Emulator", "Path of the QEMU binary"),
	ROW_LIST("devices/disk", disks, disk_count, disk_schema),
	ROW_LIST("devices/controller", controllers, controller_count, controller_schema),
	ROW_LIST("devices/interface", interfaces, interface_count, interface_schema),
	ROW_LIST("devices/serial", serials, serial_count, serial_schema),
	ROW_LIST("devices/console", consoles, console_count, console_schema),
	ROW_LIST("devices/input", inputs, input_count, input_schema),
	ROW_LIST("devices/graphics", graphics, graphics_count, graphics_schema),
	ROW_LIST("devices/video", videos, video_count, video_schema),
	ROW_NESTED("devices/memballoon", memballoon, memballoon_schema),
	ROW_LIST("devices/rng", rngs, rng_count, rng_schema),
};
SCHEMA_DEFINE(domain_schema, "domain", domain_rows, node);
