/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of the domain model's enums, libvirt's spelling: whole vocabularies, so that what libvirt defines is parsed here. */
#include "hv/domain.h"

ENUM_WORDS(domain_type, DOMAIN_TYPE_COUNT, NULL, "kvm", "qemu");
ENUM_WORDS(boot_dev, BOOT_COUNT, NULL, "hd", "cdrom", "network", "fd");
ENUM_WORDS(firmware_kind, FIRMWARE_COUNT, NULL, "bios", "efi");
ENUM_WORDS(firmware_feature_name, FIRMWARE_FEATURE_COUNT, NULL, "secure-boot", "enrolled-keys");
ENUM_WORDS(loader_type, LOADER_COUNT, NULL, "rom", "pflash");

ENUM_WORDS(cpu_mode, CPU_MODE_COUNT, NULL, "custom", "host-model", "host-passthrough", "maximum");
ENUM_WORDS(cpu_feature_policy, CPU_POLICY_COUNT, NULL, "force", "require", "optional", "disable", "forbid");

ENUM_WORDS(clock_offset, CLOCK_COUNT, NULL, "utc", "localtime", "timezone", "variable", "absolute");
ENUM_WORDS(timer_tickpolicy, TICK_COUNT, NULL, "delay", "catchup", "merge", "discard");

ENUM_WORDS(lifecycle_action, LIFECYCLE_COUNT, NULL, "destroy", "restart", "rename-restart", "preserve", "coredump-destroy",
	   "coredump-restart");

ENUM_WORDS(address_type, ADDRESS_COUNT, NULL, "pci", "drive", "usb", "virtio-serial", "isa", "virtio-mmio", "unassigned", "ccid",
	   "spapr-vio", "ccw", "dimm");

ENUM_WORDS(disk_type, DISK_TYPE_COUNT, NULL, "file", "block", "dir", "network", "volume", "nvme", "vhostuser");
ENUM_WORDS(disk_device, DISK_DEVICE_COUNT, NULL, "disk", "cdrom", "floppy", "lun");
ENUM_WORDS(disk_bus, DISK_BUS_COUNT, NULL, "virtio", "sata", "scsi", "ide", "usb", "fdc", "sd", "xen");
ENUM_WORDS(disk_format, FORMAT_COUNT, NULL, "raw", "qcow2", "vmdk", "vdi", "vhdx", "vpc", "qed", "qcow", "bochs", "cloop", "dmg",
	   "iso", "luks", "fat", "dir", "ploop");
ENUM_WORDS(disk_cache, CACHE_COUNT, NULL, "default", "none", "writethrough", "writeback", "directsync", "unsafe");
ENUM_WORDS(disk_protocol, PROTOCOL_COUNT, NULL, "nbd", "iscsi", "http", "https", "ftp", "ftps", "tftp", "rbd", "gluster", "sheepdog", "vxhs", "nfs",
	   "ssh");
ENUM_WORDS(disk_io, IO_COUNT, NULL, "threads", "native", "io_uring");
ENUM_WORDS(disk_discard, DISCARD_COUNT, NULL, "unmap", "ignore");
ENUM_WORDS(detect_zeroes, ZEROES_COUNT, NULL, "off", "on", "unmap");

ENUM_WORDS(interface_type, INTERFACE_TYPE_COUNT, NULL, "user", "network", "bridge", "direct", "ethernet", "hostdev", "vhostuser",
	   "vdpa", "udp", "mcast", "server", "client", "internal", "null", "vds");

ENUM_WORDS(controller_type, CONTROLLER_TYPE_COUNT, NULL, "pci", "ide", "sata", "scsi", "usb", "virtio-serial", "fdc", "ccid", "isa",
	   "xenbus");

ENUM_WORDS(chardev_type, CHARDEV_TYPE_COUNT, NULL, "pty", "unix", "file", "null", "tcp", "stdio", "dev", "pipe", "vc", "udp",
	   "spicevmc", "spiceport", "nmdm", "dbus", "qemu-vdagent");
ENUM_WORDS(serial_target, SERIAL_TARGET_COUNT, NULL, "isa-serial", "pci-serial", "usb-serial", "system-serial", "spapr-vio-serial",
	   "sclp-serial", "isa-debug");
ENUM_WORDS(channel_target, CHANNEL_TARGET_COUNT, NULL, "virtio", "guestfwd", "xen");
ENUM_WORDS(console_target, CONSOLE_TARGET_COUNT, NULL, "serial", "virtio", "sclp", "sclplm", "xen");

ENUM_WORDS(input_type, INPUT_TYPE_COUNT, NULL, "tablet", "mouse", "keyboard", "passthrough", "evdev");
ENUM_WORDS(input_bus, INPUT_BUS_COUNT, NULL, "ps2", "usb", "virtio", "xen");

ENUM_WORDS(graphics_type, GRAPHICS_TYPE_COUNT, NULL, "vnc", "spice", "sdl", "egl-headless", "rdp", "desktop", "dbus");
ENUM_WORDS(listen_type, LISTEN_TYPE_COUNT, NULL, "address", "socket", "network", "none");
