/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a settled machine to what starts it: QEMU's argument vector, the descriptors it inherits, the QMP commands before its first step. */
#ifndef HV_LAUNCH_H
#define HV_LAUNCH_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chardev;
struct domain;
struct qemu_caps;
struct json_object;

/* A guest's character device that the keeper serves to viewers: a serial port or virtio console of type pty or unix (without a path
 * of the user's own). QEMU listens on it, the keeper connects. */
struct launch_console {
	char *name;   /* "serial0", "console0": the device's alias */
	char *id;     /* QEMU's chardev: "charserial0" */
	char *socket; /* where QEMU listens: RUN/q0, RUN/q1, ... (short: a socket's path has little room) */
	char *viewer; /* where the keeper serves viewers: RUN/c0, ... */
	char *log;    /* QEMU appends everything here: LOG/<name>.log, or the <log file=> of the document */
	bool pty;     /* the document says type='pty': the keeper offers a pseudo-terminal too */
};

/* Channels that QEMU listens for on a socket of virtty's: those of type unix without a path of the user's own. Who speaks to what is in the guest
 * (its agent) connects there; no keeper stands in between. */
size_t launch_channel_count(const struct domain *domain);
/* The socket of a <channel> of the machine: RUN/g0, RUN/g1, ..., or the user's own. Owned; NULL: it has none. */
char *launch_channel_socket(const struct domain *domain, const struct chardev *channel, const char *run_directory);

/* How a network card reaches the host, as the manager arranged it. */
struct launch_port {
	enum launch_port_kind { PORT_USER, PORT_TAP, PORT_SOCKET } kind;
	unsigned queues;      /* PORT_TAP: 1 or more; PORT_SOCKET: 1 */
	unsigned mtu;         /* PORT_TAP: the network's, told to a virtio card whose document says none; 0: not known */
	int first_fd;         /* queue i is first_fd + i, as QEMU's child will see it; PORT_SOCKET: passt is at its other end */
	int first_vhost_fd;   /* the same of /dev/vhost-net; < 0: without it */
	const char *fd_names; /* of a running QEMU: it was given them by getfd, by this name and the number; NULL: by number alone */
};

/* What the manager settled for this start; the builder makes no system call, no clock, no random number. */
struct launch_resources {
	bool kvm;                  /* accelerator: KVM, else TCG */
	const char *run_directory; /* sockets go here */
	const char *log_directory; /* console logs go here: LOG/<name>.log */
	const char *firmware_code, *firmware_code_format; /* NULL: SeaBIOS */
	const char *nvram;         /* the machine's own variables (qcow2 or raw as nvram_format says), NULL: none */
	const char *nvram_format;
	bool firmware_requires_smm; /* of struct firmware: its variables are kept by SMM code only */
	int64_t wall_s;            /* seconds since 1970: only <clock offset='variable' adjustment=> looks at it */
	int qmp_fd;                /* a listening socket, as QEMU's child will see it; < 0 (domxml-to-native): path form */
	int first_console_fd;      /* console i's listening socket is first_console_fd + i, in the order of launch_consoles(); < 0: path form */
	int first_channel_fd;      /* the same for those that launch_channel_count() counts */
	const struct launch_port *ports; /* one for each interface; NULL (domxml-to-native): taps and sockets by their names */
	bool paused;               /* always started with -S; kept for the record in the launch */
};

struct launch_file {
	char *path;
	bool readonly;
	bool create; /* QEMU makes it where it is missing (logs): no error when it does not exist */
};

struct launch {
	char **argv;               /* owned; argv[0] is the emulator */
	struct json_object *setup; /* owned array of QMP commands ({"execute":..., "arguments":...}) to send before `cont`: passwords... */
	struct launch_file *files; /* every file QEMU will open by path */
	size_t file_count;
	char *vnc;                 /* how to reach the first VNC server: "unix:/path" or "address:port" (port >= 5900); NULL: none;
	                              an automatic TCP port is asked of QEMU (query-vnc) after start: "address:auto" */
};

/* The consoles of a machine, in document order (serial ports, then consoles), with their socket paths under the two directories. Owned array. */
struct launch_console *launch_consoles(const struct domain *domain, const char *run_directory, const char *log_directory, size_t *ret_count);
void launch_consoles_free(struct launch_console *consoles, size_t count);

/* Pure: the same input gives the same launch. Errors: something virtty does not run yet (an unmodelled element that blocks start,
 * an interface type without support), a device this QEMU has not, named with the way out. NULL on error. */
struct launch *launch_build(const struct domain *domain, const struct qemu_caps *caps, const struct launch_resources *resources, struct error *err);
void launch_free(struct launch *launch);

/* Is it the model of a network card that a machine can have? As the XML words it. */
bool launch_knows_card(const char *model);
#define LAUNCH_CARDS_HINT "use virtio, e1000e, e1000 or rtl8139"

/* Text as a shell takes it, one line, quoted where needed (domxml-to-native). Owned. */
char *launch_command_line(const struct launch *launch);

/* The engines, a row a <domain type>. */
struct engine {
	const char *type; /* "kvm", "qemu" */
	bool needs_kvm;
	struct qemu_caps *(*probe)(const char *binary, struct error *err);
	struct launch *(*build)(const struct domain *, const struct qemu_caps *, const struct launch_resources *, struct error *);
};
/* The row of a domain type, or NULL. */
const struct engine *engine_find(const char *type);

#endif
