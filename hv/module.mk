# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libhv.a
libhv_a_SOURCES = \
	hv/accel.c hv/accel.h \
	hv/address_drive.c \
	hv/address_pci.c hv/address_pci.h \
	hv/address_pci_fixed.c \
	hv/address_pci_need.c \
	hv/address_port.c \
	hv/address_put.c \
	hv/arch.c hv/arch.h \
	hv/caps.c hv/caps.h \
	hv/caps_flags.c hv/caps_flags.h \
	hv/caps_probe.c \
	hv/domain.h \
	hv/domain_alias.c \
	hv/domain_device.c hv/domain_device.h \
	hv/domain_interface.c hv/domain_interface.h \
	hv/domain_devices.c \
	hv/domain_format.c \
	hv/domain_parse.c \
	hv/domain_patch.c \
	hv/domain_schema.c hv/domain_schema.h \
	hv/domain_schema_chardev.c \
	hv/domain_schema_device.c \
	hv/domain_schema_disk.c \
	hv/domain_schema_interface.c \
	hv/domain_schema_iotune.c \
	hv/domain_schema_os.c \
	hv/domain_settle.c hv/domain_settle.h \
	hv/domain_unmodelled.c hv/domain_unmodelled.h \
	hv/domain_validate.c hv/domain_validate.h \
	hv/domain_warnings.c \
	hv/domain_words.c \
	hv/engine.c \
	hv/firmware.c hv/firmware.h \
	hv/hotplug.c hv/hotplug.h \
	hv/iotune.c hv/iotune.h \
	hv/keycodes.c hv/keycodes.h \
	hv/keycodes_table.c hv/keycodes_table.h \
	hv/keymap.c hv/keymap.h \
	hv/keymap_dead.c \
	hv/keymap_internal.h \
	hv/keymap_read.c \
	hv/keysyms.c hv/keysyms.h \
	hv/launch.c hv/launch.h \
	hv/launch_blockdev.c \
	hv/launch_build.c hv/launch_build.h \
	hv/launch_channel.c \
	hv/launch_chardev.c \
	hv/launch_console.c \
	hv/launch_controller.c \
	hv/launch_cpu.c \
	hv/launch_device.c \
	hv/launch_disk.c \
	hv/launch_display.c \
	hv/launch_guest.c \
	hv/launch_interface.c \
	hv/launch_machine.c \
	hv/launch_network.c \
	hv/port_forwarding.c hv/port_forwarding.h \
	hv/qmp.c hv/qmp.h \
	hv/qmp_call.c \
	hv/qmp_reply.c hv/qmp_reply.h \
	hv/qmp_scan.c hv/qmp_scan.h \
	hv/settle_chardev.c \
	hv/settle_controller.c \
	hv/settle_devices.c \
	hv/validate_address.c \
	hv/validate_claims.c \
	hv/validate_device.c \
	hv/validate_disk.c \
	hv/validate_fail.c
