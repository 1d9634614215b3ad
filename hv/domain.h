/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a machine is: a typed view of a libvirt domain document, which stays the truth. */
#ifndef HV_DOMAIN_H
#define HV_DOMAIN_H

#include "base/enum.h"
#include "base/error.h"
#include "base/optional.h"
#include "base/uuid.h"

#include <libxml/tree.h>
#include <stddef.h>
#include <stdint.h>

/* Conventions of the view.
 *  - Every string is owned by its struct; NULL is "absent in the document", which is not the same as the default.
 *  - An enum's value 0 is "absent"; its words are in NAME_words.
 *  - `node` is the element a struct was read from (owned by the document): changes patch it.
 *  - hv/domain_schema.c describes every element once; parse, validation, help and forms come from there.
 * The four steps: domain_parse() -> domain_settle() (defaults, written into the document) -> domain_validate() -> domain_format(). */

enum domain_type { DOMAIN_TYPE_ABSENT, DOMAIN_KVM, DOMAIN_QEMU, DOMAIN_TYPE_COUNT };
ENUM_DECLARE(domain_type);

enum boot_dev { BOOT_ABSENT, BOOT_HD, BOOT_CDROM, BOOT_NETWORK, BOOT_FD, BOOT_COUNT };
ENUM_DECLARE(boot_dev);
enum firmware_kind { FIRMWARE_ABSENT, FIRMWARE_BIOS, FIRMWARE_EFI, FIRMWARE_COUNT };
ENUM_DECLARE(firmware_kind);
enum loader_type { LOADER_ABSENT, LOADER_ROM, LOADER_PFLASH, LOADER_COUNT };
ENUM_DECLARE(loader_type);

/* <os><firmware><feature name= enabled=/>: what the firmware to choose must have, or must not. */
enum firmware_feature_name { FIRMWARE_FEATURE_ABSENT, FIRMWARE_SECURE_BOOT, FIRMWARE_ENROLLED_KEYS, FIRMWARE_FEATURE_COUNT };
ENUM_DECLARE(firmware_feature_name);

struct firmware_feature {
	xmlNode *node;
	enum firmware_feature_name name;
	enum tristate enabled;
};

struct domain_os {
	xmlNode *node;
	enum firmware_kind firmware;
	char *type; /* "hvm" */
	char *arch, *machine;
	enum boot_dev boot[4];
	size_t boot_count;
	enum tristate bootmenu;
	struct opt_uint bootmenu_timeout_ms;
	char *loader; /* path */
	enum tristate loader_readonly, loader_secure;
	enum loader_type loader_type;
	char *loader_format, *nvram_format; /* "raw", "qcow2" */
	char *nvram, *nvram_template;
	char *kernel, *initrd, *cmdline, *dtb;
	struct firmware_feature *firmware_features;
	size_t firmware_feature_count;
};

/* Presence elements (<acpi/>) and switches (<pae state='off'/>): an element without state is YES. */
struct domain_features {
	xmlNode *node;
	enum tristate acpi, apic, pae, smm, vmport, kvm_hidden, pmu;
	enum tristate hv_relaxed, hv_vapic, hv_spinlocks, hv_vpindex, hv_runtime, hv_synic, hv_stimer, hv_reset, hv_frequencies;
	struct opt_uint hv_spinlock_retries;
};

enum cpu_mode { CPU_MODE_ABSENT, CPU_CUSTOM, CPU_HOST_MODEL, CPU_HOST_PASSTHROUGH, CPU_MAXIMUM, CPU_MODE_COUNT };
ENUM_DECLARE(cpu_mode);
enum cpu_feature_policy { CPU_POLICY_ABSENT, CPU_FORCE, CPU_REQUIRE, CPU_OPTIONAL, CPU_DISABLE, CPU_FORBID, CPU_POLICY_COUNT };
ENUM_DECLARE(cpu_feature_policy);

struct cpu_feature {
	xmlNode *node;
	char *name;
	enum cpu_feature_policy policy;
};

struct domain_cpu {
	xmlNode *node; /* NULL: no <cpu> */
	enum cpu_mode mode;
	char *match, *check, *model, *model_fallback, *migratable;
	struct opt_uint sockets, dies, cores, threads;
	struct cpu_feature *features; /* owned array, as every array here */
	size_t feature_count;
};

enum clock_offset { CLOCK_ABSENT, CLOCK_UTC, CLOCK_LOCALTIME, CLOCK_TIMEZONE, CLOCK_VARIABLE, CLOCK_ABSOLUTE, CLOCK_COUNT };
ENUM_DECLARE(clock_offset);
enum timer_tickpolicy { TICK_ABSENT, TICK_DELAY, TICK_CATCHUP, TICK_MERGE, TICK_DISCARD, TICK_COUNT };
ENUM_DECLARE(timer_tickpolicy);

struct clock_timer {
	xmlNode *node;
	char *name; /* rtc, pit, hpet, kvmclock, hypervclock, tsc */
	enum tristate present;
	enum timer_tickpolicy tickpolicy;
};

struct domain_clock {
	xmlNode *node;
	enum clock_offset offset;
	char *timezone, *adjustment, *start;
	struct clock_timer *timers;
	size_t timer_count;
};

enum lifecycle_action {
	LIFECYCLE_ABSENT, LIFECYCLE_DESTROY, LIFECYCLE_RESTART, LIFECYCLE_RENAME_RESTART, LIFECYCLE_PRESERVE,
	LIFECYCLE_COREDUMP_DESTROY, LIFECYCLE_COREDUMP_RESTART, LIFECYCLE_COUNT
};
ENUM_DECLARE(lifecycle_action);

enum address_type {
	ADDRESS_ABSENT, ADDRESS_PCI, ADDRESS_DRIVE, ADDRESS_USB, ADDRESS_VIRTIO_SERIAL, ADDRESS_ISA, ADDRESS_VIRTIO_MMIO,
	ADDRESS_UNASSIGNED, ADDRESS_CCID, ADDRESS_SPAPR_VIO, ADDRESS_CCW, ADDRESS_DIMM, ADDRESS_COUNT
};
ENUM_DECLARE(address_type);

/* One struct for all kinds: which members matter follows from type. */
struct address {
	xmlNode *node; /* NULL: no <address> */
	enum address_type type;
	struct opt_uint domain, bus, slot, function;  /* pci; bus also drive and usb */
	enum tristate multifunction;                  /* onoff */
	struct opt_uint controller, target, unit;     /* drive: controller, bus, target, unit */
	char *port;                                   /* usb: "1.2"; virtio-serial: number */
	struct opt_uint iobase, irq;                  /* isa */
};

/* What every device has. alias is libvirt's name for it ("net0") and the id QEMU gets. */
struct device {
	xmlNode *node;
	char *alias;
	struct address address;
	struct opt_uint boot_order;
};

enum disk_type { DISK_TYPE_ABSENT, DISK_FILE, DISK_BLOCK, DISK_DIR, DISK_NETWORK, DISK_VOLUME, DISK_NVME, DISK_VHOSTUSER, DISK_TYPE_COUNT };
ENUM_DECLARE(disk_type);
enum disk_device { DISK_DEVICE_ABSENT, DISK_DISK, DISK_CDROM, DISK_FLOPPY, DISK_LUN, DISK_DEVICE_COUNT };
ENUM_DECLARE(disk_device);
enum disk_bus { DISK_BUS_ABSENT, DISK_BUS_VIRTIO, DISK_BUS_SATA, DISK_BUS_SCSI, DISK_BUS_IDE, DISK_BUS_USB, DISK_BUS_FDC, DISK_BUS_SD, DISK_BUS_XEN, DISK_BUS_COUNT };
ENUM_DECLARE(disk_bus);
enum disk_format {
	FORMAT_ABSENT, FORMAT_RAW, FORMAT_QCOW2, FORMAT_VMDK, FORMAT_VDI, FORMAT_VHDX, FORMAT_VPC, FORMAT_QED,
	/* libvirt's words that no engine here runs: parsed, refused at start */
	FORMAT_QCOW, FORMAT_BOCHS, FORMAT_CLOOP, FORMAT_DMG, FORMAT_ISO, FORMAT_LUKS, FORMAT_FAT, FORMAT_DIR, FORMAT_PLOOP, FORMAT_COUNT
};
ENUM_DECLARE(disk_format);
enum disk_cache { CACHE_ABSENT, CACHE_DEFAULT, CACHE_NONE, CACHE_WRITETHROUGH, CACHE_WRITEBACK, CACHE_DIRECTSYNC, CACHE_UNSAFE, CACHE_COUNT };
ENUM_DECLARE(disk_cache);
enum disk_io { IO_ABSENT, IO_THREADS, IO_NATIVE, IO_URING, IO_COUNT };
ENUM_DECLARE(disk_io);
enum disk_discard { DISCARD_ABSENT, DISCARD_UNMAP, DISCARD_IGNORE, DISCARD_COUNT };
ENUM_DECLARE(disk_discard);
enum detect_zeroes { ZEROES_ABSENT, ZEROES_OFF, ZEROES_ON, ZEROES_UNMAP, ZEROES_COUNT };
ENUM_DECLARE(detect_zeroes);

/* How a server is reached, for <source> of a network disk. */
enum disk_protocol {
	PROTOCOL_ABSENT, PROTOCOL_NBD, PROTOCOL_ISCSI, PROTOCOL_HTTP, PROTOCOL_HTTPS, PROTOCOL_FTP, PROTOCOL_FTPS, PROTOCOL_TFTP, PROTOCOL_RBD,
	PROTOCOL_GLUSTER, PROTOCOL_SHEEPDOG, PROTOCOL_VXHS, PROTOCOL_NFS, PROTOCOL_SSH, PROTOCOL_COUNT
};
ENUM_DECLARE(disk_protocol);
struct disk_host {
	xmlNode *node;
	char *name;
	struct opt_uint port;
	char *transport; /* "tcp", "unix", "rdma"; NULL: tcp */
	char *socket;    /* of unix */
};
struct disk_auth {
	xmlNode *node;
	char *username, *secret_type, *secret_usage, *secret_uuid;
};
/* What an image is encrypted with. */
struct disk_encryption {
	xmlNode *node; /* NULL: none stated */
	char *format, *engine, *secret_type, *secret_usage, *secret_uuid;
	char *key_file; /* owned, of no document: what holds the passphrase, found by core before a start */
};

/* Where an image is: the head of a disk, and again each <backingStore> below it. */
struct disk_source {
	xmlNode *node;
	enum disk_type type;
	enum disk_format format;      /* of <driver type=> at the head, of <format type=> in a backing store */
	char *file;                   /* type file */
	char *dev;                    /* type block */
	char *pool, *volume, *mode;   /* type volume; mode "host", "direct": of a volume of an iSCSI pool */
	enum disk_protocol protocol;  /* type network, as what follows */
	char *name, *query, *tls;     /* "iqn.../1", an export, a path; tls "yes", "no" */
	struct disk_host *hosts;
	size_t host_count;
	char *initiator;
	struct disk_auth auth;
	char *secret_file;            /* owned, of no document: what holds the password of auth, found by core before a start */
	struct disk_encryption encryption; /* of the head alone */
	struct disk_source *backing;  /* owned; NULL: none stated */
	bool backing_end;             /* an empty <backingStore/>: the chain ends here */
};

/* <iotune>: limits of a disk; absent and 0 are none. hv/iotune.h knows them as a table. */
struct disk_iotune {
	xmlNode *node; /* NULL: no <iotune> */
	struct opt_uint total_bytes_sec, read_bytes_sec, write_bytes_sec;
	struct opt_uint total_iops_sec, read_iops_sec, write_iops_sec;
	struct opt_uint total_bytes_sec_max, read_bytes_sec_max, write_bytes_sec_max;
	struct opt_uint total_iops_sec_max, read_iops_sec_max, write_iops_sec_max;
	struct opt_uint size_iops_sec;
	char *group_name; /* disks of one name share their limits */
	struct opt_uint total_bytes_sec_max_length, read_bytes_sec_max_length, write_bytes_sec_max_length; /* seconds */
	struct opt_uint total_iops_sec_max_length, read_iops_sec_max_length, write_iops_sec_max_length;
};

struct disk {
	struct device device;
	enum disk_device kind;
	struct disk_auth auth;     /* where it stands beside <source>, as it once did */
	struct disk_encryption encryption; /* the same */
	struct disk_source source; /* source.file == NULL with a cdrom: an empty drive */
	char *driver_name;
	enum disk_cache cache;
	enum disk_io io;
	enum disk_discard discard;
	enum detect_zeroes zeroes;
	struct opt_uint queues;
	char *target; /* "vda" */
	enum disk_bus bus;
	enum tristate tray_open; /* YES: tray='open' */
	bool readonly, shareable, transient;
	char *serial;
	struct disk_iotune iotune;
};

enum interface_type {
	INTERFACE_ABSENT, INTERFACE_USER, INTERFACE_NETWORK, INTERFACE_BRIDGE, INTERFACE_DIRECT, INTERFACE_ETHERNET, INTERFACE_HOSTDEV,
	INTERFACE_VHOSTUSER, INTERFACE_VDPA, INTERFACE_UDP, INTERFACE_MCAST, INTERFACE_SERVER, INTERFACE_CLIENT, INTERFACE_INTERNAL,
	INTERFACE_NULL, INTERFACE_VDS, INTERFACE_TYPE_COUNT
};
ENUM_DECLARE(interface_type);

/* A port of the host that leads to the guest: of user networking, and of NAT networks. */
struct port_range {
	struct opt_uint start, end, to; /* end absent: start alone; to absent: the same ports */
	enum tristate exclude;
	xmlNode *node;
};
struct port_forwarding {
	char *proto;   /* "tcp", "udp" */
	char *address; /* of the host; NULL: any */
	char *dev;
	struct port_range *ranges;
	size_t range_count;
	xmlNode *node;
};
struct interface_ip { /* the guest's own, in user networking */
	char *family, *address;
	struct opt_uint prefix;
	xmlNode *node;
};
struct filter_parameter {
	char *name, *value; /* "IP", "192.168.122.5" */
	xmlNode *node;
};
struct bandwidth_limit {
	struct opt_uint average, peak; /* KiB/s */
	struct opt_uint burst;         /* KiB */
	xmlNode *node;
};

struct interface {
	struct device device;
	enum interface_type type;
	char *mac;
	char *source; /* the network, bridge or device named in <source> */
	char *mode;   /* direct: "vepa", "bridge", "private", "passthrough" */
	char *model;  /* virtio, e1000, e1000e, rtl8139, ... */
	char *target; /* the tap's name: at run time, or as the document wants it */
	enum tristate target_managed;
	char *driver; /* "vhost", "qemu" */
	struct opt_uint queues, rx_queue_size, tx_queue_size;
	enum tristate link; /* YES: up; NO: down */
	struct opt_uint mtu;
	char *backend;          /* user: "passt", "default"; NULL: QEMU's own */
	char *backend_log;
	struct port_forwarding *forwardings;
	size_t forwarding_count;
	struct interface_ip *ips;
	size_t ip_count;
	struct bandwidth_limit inbound, outbound;
	enum tristate port_isolated;
	char *filter; /* the <filterref>'s name: "clean-traffic" */
	struct filter_parameter *parameters;
	size_t parameter_count;
};

enum controller_type { CONTROLLER_ABSENT, CONTROLLER_PCI, CONTROLLER_IDE, CONTROLLER_SATA, CONTROLLER_SCSI, CONTROLLER_USB, CONTROLLER_VIRTIO_SERIAL, CONTROLLER_FDC, CONTROLLER_CCID, CONTROLLER_ISA, CONTROLLER_XENBUS, CONTROLLER_TYPE_COUNT };
ENUM_DECLARE(controller_type);

struct controller {
	struct device device;
	enum controller_type type;
	struct opt_uint index;
	char *model; /* pcie-root, pcie-root-port, virtio-scsi, qemu-xhci, ... */
	char *model_name; /* pci: the QEMU device, when the document names one (pcie-root-port, pcie-pci-bridge, ioh3420, ...) */
	struct opt_uint target_chassis, target_port, target_chassis_nr; /* pci */
	struct opt_uint ports;                                         /* usb, virtio-serial */
	char *master_startport;                                        /* usb companions */
};

enum chardev_type {
	CHARDEV_ABSENT, CHARDEV_PTY, CHARDEV_UNIX, CHARDEV_FILE, CHARDEV_NULL, CHARDEV_TCP, CHARDEV_STDIO, CHARDEV_DEV, CHARDEV_PIPE,
	CHARDEV_VC, CHARDEV_UDP, CHARDEV_SPICEVMC, CHARDEV_SPICEPORT, CHARDEV_NMDM, CHARDEV_DBUS, CHARDEV_QEMU_VDAGENT, CHARDEV_TYPE_COUNT
};
ENUM_DECLARE(chardev_type);
enum serial_target {
	SERIAL_TARGET_ABSENT, SERIAL_ISA, SERIAL_PCI, SERIAL_USB, SERIAL_SYSTEM, SERIAL_SPAPR_VIO, SERIAL_SCLP, SERIAL_ISA_DEBUG,
	SERIAL_TARGET_COUNT
};
ENUM_DECLARE(serial_target);
enum console_target { CONSOLE_TARGET_ABSENT, CONSOLE_SERIAL, CONSOLE_VIRTIO, CONSOLE_SCLP, CONSOLE_SCLPLM, CONSOLE_XEN, CONSOLE_TARGET_COUNT };
ENUM_DECLARE(console_target);

enum channel_target { CHANNEL_TARGET_ABSENT, CHANNEL_VIRTIO, CHANNEL_GUESTFWD, CHANNEL_XEN, CHANNEL_TARGET_COUNT };
ENUM_DECLARE(channel_target);

/* A <serial>, a <console> or a <channel>. The first <console>, when its target is "serial", is the first <serial> seen again
 * (libvirt's rule): same_as_serial is true then and it makes no device of its own. */
struct chardev {
	struct device device;
	enum chardev_type type;
	char *path;              /* unix: socket; file: the file; pty: filled in at run time */
	char *mode;              /* unix: "bind" or "connect" */
	char *append;            /* file: "on", "off" */
	char *log_file, *log_append;
	enum serial_target serial_target;   /* of a <serial> */
	enum console_target console_target; /* of a <console> */
	enum channel_target channel_target; /* of a <channel> */
	char *channel_name;                 /* the same: what the guest finds it by, "org.qemu.guest_agent.0" */
	char *target_model;                 /* isa-serial, ... */
	struct opt_uint port;
	bool same_as_serial;
};

enum input_type { INPUT_ABSENT, INPUT_TABLET, INPUT_MOUSE, INPUT_KEYBOARD, INPUT_PASSTHROUGH, INPUT_EVDEV, INPUT_TYPE_COUNT };
ENUM_DECLARE(input_type);
enum input_bus { INPUT_BUS_ABSENT, INPUT_PS2, INPUT_USB, INPUT_VIRTIO, INPUT_BUS_XEN, INPUT_BUS_COUNT };
ENUM_DECLARE(input_bus);

struct input {
	struct device device;
	enum input_type type;
	enum input_bus bus;
};

enum graphics_type { GRAPHICS_ABSENT, GRAPHICS_VNC, GRAPHICS_SPICE, GRAPHICS_SDL, GRAPHICS_EGL_HEADLESS, GRAPHICS_RDP, GRAPHICS_DESKTOP, GRAPHICS_DBUS, GRAPHICS_TYPE_COUNT };
ENUM_DECLARE(graphics_type);
enum listen_type { LISTEN_ABSENT, LISTEN_ADDRESS, LISTEN_SOCKET, LISTEN_NETWORK, LISTEN_NONE, LISTEN_TYPE_COUNT };
ENUM_DECLARE(listen_type);

#define VNC_PASSWORD_MAX 8 /* characters: its protocol has no room for more */

struct graphics {
	struct device device;
	enum graphics_type type;
	char *port;       /* "-1" or a number; NULL */
	enum tristate autoport;
	char *listen;     /* address, from the attribute or <listen type='address'>; NULL with a TCP port: 127.0.0.1 */
	char *socket;     /* unix socket path, from the attribute or <listen type='socket'>; "" : stated, path chosen at start */
	enum listen_type listen_type;          /* of the first <listen>; what it says is in listen and socket too */
	char *listen_address, *listen_socket;
	char *keymap;
	char *password;   /* secret: never printed but with --security-info */
	char *share_policy;
};

struct video {
	struct device device;
	char *model; /* vga, virtio, qxl, cirrus, bochs, ramfb, none */
	struct opt_uint vram_kib, heads;
	struct opt_uint resolution_x, resolution_y;
	enum tristate primary;
};

struct memballoon {
	struct device device; /* device.node NULL: none in the document */
	char *model;          /* virtio, none, ... */
	enum tristate autodeflate, free_page_reporting;
	struct opt_uint stats_period_s;
};

struct rng {
	struct device device;
	char *model;         /* virtio */
	char *backend_model; /* random, egd, builtin */
	char *backend_path;  /* /dev/urandom */
	struct opt_uint rate_bytes, rate_period_ms;
};

/* Something in the document that no row of the schema describes: kept, and named. */
struct unmodelled {
	char *path; /* "/domain/devices/tpm", "/domain/memoryBacking/hugepages", "/domain/vcpu/@cpuset" */
	long line;
	bool blocks_start; /* below devices, os, cpu, features or memoryBacking, and not on the harmless list */
	bool of_unrun;	   /* in a device whose type cannot be run yet: domain_warnings() says that once */
};

struct domain {
	char *source;  /* as given to domain_parse(), for messages */
	xmlDoc *doc;   /* owned */
	xmlNode *node; /* <domain> */
	enum domain_type type;
	char *name, *uuid, *title, *description; /* uuid in canonical form */
	xmlNode *metadata;
	uint64_t memory_kib;                  /* 0: absent */
	struct opt_uint current_memory_kib;
	struct opt_uint vcpu, vcpu_current;
	struct domain_os os;
	struct domain_features features;
	struct domain_cpu cpu;
	struct domain_clock clock;
	enum lifecycle_action on_poweroff, on_reboot, on_crash;
	char *emulator;
	struct disk *disks;
	size_t disk_count;
	struct interface *interfaces;
	size_t interface_count;
	struct controller *controllers;
	size_t controller_count;
	struct chardev *serials;
	size_t serial_count;
	struct chardev *consoles;
	size_t console_count;
	struct chardev *channels;
	size_t channel_count;
	struct input *inputs;
	size_t input_count;
	struct graphics *graphics;
	size_t graphics_count;
	struct video *videos;
	size_t video_count;
	struct memballoon memballoon;
	struct rng *rngs;
	size_t rng_count;
	struct unmodelled *unmodelled;
	size_t unmodelled_count;
};

/* What the guest's agent (qemu-ga) finds its channel by. */
#define GUEST_AGENT_CHANNEL "org.qemu.guest_agent.0"

#define _cleanup_domain_ _cleanup_(cleanup_domain)
void cleanup_domain(struct domain **domain);

/* Step 1: text to view. Errors (bad XML, an unknown word, a number out of range, a missing name) read
 * "web.xml:12: <disk>: bus 'vritio' is unknown; allowed: virtio, sata, scsi, ide". source stands before ':'; NULL on error. */
struct domain *domain_parse(const char *source, const char *text, size_t length, struct error *err);
void domain_free(struct domain *domain);

struct qemu_caps;

/* Step 2: defaults and what must stay the same at every start, written into the document and then seen in the view: uuid, type, arch,
 * machine (its versioned name), emulator, vcpu, currentMemory, clock, lifecycle actions, implicit controllers (libvirt's), MACs, models,
 * aliases, addresses (libvirt's placement). caps may be NULL (the emulator is missing): what depends on it is left for the first start.
 * Idempotent: a settled document comes out byte for byte the same. */
bool domain_settle(struct domain *domain, const struct qemu_caps *caps, struct error *err);
/* Has everything been settled that depends on the emulator? */
bool domain_is_settled(const struct domain *domain);

/* Step 3: is the whole sound? Duplicate targets, addresses, boot orders, aliases, MACs; buses a machine has not; sizes; topology; names
 * (name_check()). Messages as domain_parse()'s. Knows nothing of files or the host. */
bool domain_validate(const struct domain *domain, const char *source, struct error *err);

/* Can the <channel> be run: a virtio port onto a socket, a file or nothing? */
bool chardev_is_channel(const struct chardev *chardev);
/* Which image a disk's source is, by a name that is the same wherever it is the same image: its path, or where the network has it ("ip-
 * HOST:PORT-iscsi-TARGET-lun-N", as storage names LUNs; a URL). NULL: an empty drive, an unresolved volume. Owned. */
char *disk_source_text(const struct disk_source *source);
/* The <encryption> of a disk, in <source> or beside it; NULL: none. */
struct disk_encryption *disk_encryption(struct disk *disk);

/* Step 4: the document as text. secure: with passwords; else <graphics passwd=> is left out. Owned. */
char *domain_format(const struct domain *domain, bool secure);

/* What a user should hear at define: one line each ("web.xml:9: <tpm> is kept, but virtty does not know it yet"). Owned vector. */
char **domain_warnings(const struct domain *domain, const char *source);

/* Patches of the document that the manager makes. The view follows. */
bool domain_set_name(struct domain *domain, const char *name, struct error *err);
void domain_set_uuid(struct domain *domain, const char *uuid);
/* NULL or "" removes the element. */
void domain_set_title(struct domain *domain, const char *title);
void domain_set_description(struct domain *domain, const char *description);
/* Metadata by namespace URI: get (owned text, without the prefix, or NULL), set (xml is one element; it gets the namespace), remove. */
char *domain_get_metadata(const struct domain *domain, const char *uri);
bool domain_set_metadata(struct domain *domain, const char *uri, const char *prefix, const char *xml, struct error *err);
bool domain_remove_metadata(struct domain *domain, const char *uri, struct error *err);

#endif
