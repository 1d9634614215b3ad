/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the argv builder share: internal to hv/launch*.c. */
#ifndef HV_LAUNCH_BUILD_H
#define HV_LAUNCH_BUILD_H

#include "base/json.h"
#include "hv/caps.h"
#include "hv/domain.h"
#include "hv/launch.h"

struct strbuf;

/* One build under way. Everything but launch and err is read only. */
struct builder {
	const struct domain *domain;
	const struct qemu_caps *caps;
	const struct launch_resources *resources;
	const struct qemu_machine *machine;
	struct launch *launch;
	struct json_object *hot; /* not NULL: QMP commands for a running machine are gathered here, and no arguments */
	struct error *err;
};

/* Errors; each returns false. hint may be NULL. */
bool build_unsupported(struct builder *b, const char *hint, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool build_invalid(struct builder *b, const char *hint, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Arguments. */
void build_arg(struct builder *b, const char *option, const char *value); /* value may be NULL */
void build_argf(struct builder *b, const char *option, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Prints a JSON object (taken over) behind the option; hot, it is the argument of the option's QMP command. */
void build_json(struct builder *b, const char *option, struct json_object *object);
/* Prints a -device (taken over), after asking whether this QEMU has its driver. */
bool build_device(struct builder *b, struct json_object *device);
/* A QMP command to send before the guest runs; arguments are taken over. */
void build_setup(struct builder *b, const char *command, struct json_object *arguments);
void build_file(struct builder *b, const char *path, bool readonly, bool create);
/* A copy with every comma doubled, as key=value options want it. Owned. */
char *build_escape(const char *text);

/* {"driver": driver} and, with an alias, "id" as well. */
struct json_object *device_new(const char *driver);
/* Is the alias there and fit to be a QEMU id? what names the device in the message. */
bool device_check_alias(struct builder *b, const struct device *device, const char *what);
/* Adds what the <address> says: "bus", "addr", "port", "nr". A device that needs one and has none is an error. */
bool device_add_address(struct builder *b, const struct device *device, const char *what, struct json_object *json);
/* A device's turn at boot, from 1: of <boot order=>, or of <os><boot> for the first device of its kind. 0: none. */
int64_t device_boot_index(struct builder *b, const struct device *device, enum boot_dev kind, bool first);
/* Adds it as "bootindex". */
void device_add_boot(struct builder *b, const struct device *device, enum boot_dev kind, bool first,
		     struct json_object *json);

bool machine_is_q35(const struct domain *domain);
/* The controller of that type and index, or NULL; USB companions are passed over. */
const struct controller *find_controller(const struct domain *domain, enum controller_type type, uint64_t index);

/* The sections, in the order of the command line. */
bool build_machine(struct builder *b); /* name, firmware, machine, accelerator, CPU, memory, SMP, UUID */
bool build_cpu(struct builder *b);
bool build_monitor(struct builder *b);
bool build_clock(struct builder *b);
bool build_lifecycle(struct builder *b);
bool build_boot(struct builder *b);
bool build_controllers(struct builder *b);
bool build_disks(struct builder *b);
bool build_interfaces(struct builder *b);
bool build_chardevs(struct builder *b);
bool build_channels(struct builder *b);
bool build_inputs(struct builder *b);
bool build_graphics(struct builder *b);
bool build_videos(struct builder *b);
bool build_memballoon(struct builder *b);
bool build_rngs(struct builder *b);

/* Does the keeper serve it to viewers? */
bool chardev_is_console(const struct chardev *chardev);
/* Adds a log that QEMU itself writes beside what it passes on. */
void build_chardev_log(struct builder *b, struct strbuf *text, const char *path, bool append);
/* Adds what is towards the host where virtty serves nobody: a user's own socket, a file, nothing. */
bool build_chardev_backend(struct builder *b, struct strbuf *text, const struct chardev *chardev, const char *what);

/* Refuses what the document asks for and virtty would have to leave out. */
bool build_check_unmodelled(struct builder *b);
/* One disk, its block nodes numbered from number on; and its throughput's limits, once it has a medium. */
bool build_disk(struct builder *b, const struct disk *disk, unsigned number);
void build_iotune(struct builder *b, const struct disk *disk);
/* One interface; port NULL: taps by their names. first: the first of the machine, for its turn at boot. */
bool build_interface(struct builder *b, const struct interface *interface, const struct launch_port *port, bool first);
/* A drive without a medium. */
bool disk_is_empty(const struct disk *disk);
bool build_controller(struct builder *b, const struct controller *controller);

/* Prints the -blockdev nodes of a disk; number is the first free one. The top node is "libvirt-<number>-format". */
bool build_blockdevs(struct builder *b, const struct disk *disk, unsigned number);
/* The node that reaches a server, without what all storage nodes have; with the object of its password before it. NULL on error. */
struct json_object *build_network(struct builder *b, const struct disk *disk, const struct disk_source *source, const char *node);
/* The object of a password or passphrase, which goes by the name of the file that holds it. */
void build_secret(struct builder *b, const char *id, const char *file);
/* How many numbers a disk takes: one for its head, one for each stated layer below. */
unsigned blockdev_count(const struct disk *disk);

#endif
