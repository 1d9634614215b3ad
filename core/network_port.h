/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's ports: what is behind each of its network cards on the host, from the choice of it to its removal.
 *
 * A tap lives as long as its descriptors, so a machine's end is theirs, and so is passt's. What does not go by itself (macvtaps, rules about a
 * tap, a passt that hangs) is written down in the machine's run directory, and taken away by whoever clears that. */
#ifndef CORE_NETWORK_PORT_H
#define CORE_NETWORK_PORT_H

#include "base/process.h"
#include "core/manager.h"
#include "hv/launch.h"

struct interface;
struct ip_address;

/* HELPER: a tap on a bridge that qemu-bridge-helper made for a user; FOREIGN: one that was there. */
enum port_way { PORT_WAY_USER, PORT_WAY_PASST, PORT_WAY_BRIDGE, PORT_WAY_HELPER, PORT_WAY_MACVTAP, PORT_WAY_ALONE, PORT_WAY_FOREIGN };

struct network_port {
	struct interface *interface; /* of the document */
	enum port_way way;
	char *network;		/* owned: the network's name; NULL: none */
	struct ip_address *hosts; /* owned: the host's addresses on a network of virtty's */
	size_t host_count;
	char *bridge;		/* owned: what the tap is a port of */
	char *lower, *mode;	/* owned: what a macvtap stands on, and how */
	unsigned queues, mtu;	/* mtu 0: the bridge's */
	bool vhost, isolated;
	char *name;		/* owned: network_port_name(), once it is open */
};
struct network_ports {
	struct network_port *ports; /* owned: one for each interface */
	struct launch_port *launch; /* owned: the same, as hv takes them */
	size_t count;
};
#define _cleanup_network_ports_ _cleanup_(network_ports_clear)
/* Frees; what is open stays so. */
void network_ports_clear(struct network_ports *ports);

/* Chooses the ways, starts networks that are to be started when they are needed; opens nothing. Descriptors are numbered from first_fd on, in the order
 * of network_ports_open(). notes (may be NULL): what was switched on at the host. */
bool network_ports_plan(struct manager *manager, const struct domain *domain, int first_fd, struct network_ports *ret, char ***notes,
			struct error *err);
/* Refuses, before anything is made, what could not be opened or would harm others: a bridge or device that is not there or is somebody's, a
 * device passed through that the host lives by, a MAC that another running machine has in the same place. live: what
 * the machine has already; NULL: it starts, and what an earlier run of it left is not in its way. */
bool network_ports_check(struct manager *manager, int64_t domain_id, const struct domain *live, const struct network_ports *ports, struct error *err);
/* The same of a card of a running machine that is about to be joined to another bridge or network, as next states. */
bool network_port_check_move(struct manager *manager, int64_t domain_id, const struct domain *live, struct interface *next, struct error *err);
/* How many descriptors the next one will open. */
size_t network_ports_fds(const struct network_ports *ports);
/* Opens everything into fds (owned by the caller, in the order planned), names the taps. A failure leaves nothing. */
bool network_ports_open(struct manager *manager, int64_t domain_id, struct network_ports *ports, int *fds, struct error *err);
/* Writes the taps' names into the view's document: the live one, never the stored. */
bool network_ports_name(struct network_ports *ports, struct error *err);
/* Takes away what a machine's ports left. Idempotent; cheap when there is nothing. */
bool network_ports_remove(struct manager *manager, int64_t domain_id, struct error *err);

/* ---- one card of a running machine, by who holds its change lock ---- */

/* The way of one card; its descriptors are numbered from 0. */
bool network_port_plan(struct manager *manager, struct interface *interface, struct network_ports *ret, char ***notes, struct error *err);
/* Opens what was planned by that, beside what the machine has. A failure leaves nothing. */
bool network_port_open(struct manager *manager, int64_t domain_id, struct network_ports *ports, int *fds, struct error *err);
/* Joins the tap of a card (now->target) to the bridge that next states, with its limits and its filter: all of them, changed or not. */
bool network_port_change(struct manager *manager, int64_t domain_id, const struct interface *now, struct interface *next, struct error *err);
/* Takes away what one port left, by the name that it was recorded under; NULL, and one that left nothing, are no error. */
bool network_port_remove(struct manager *manager, int64_t domain_id, const char *name, struct error *err);
/* Takes away what is recorded and is no card's of the live document: a change that was killed between the two made it. */
bool network_ports_sweep(struct manager *manager, int64_t domain_id, const struct domain *live, struct error *err);
/* The name of a card's port: its tap's, or what stands for its passt. Owned; NULL: it has none. */
char *network_port_name(const struct interface *interface);

/* Joins taps of running machines that are ports of nothing to their network: of one that was stopped while they ran, once it is started anew.
 * anew: of a network whose rules were taken away, what rules say about all of its taps is said again. notes (may be NULL): as network_port_plan()'s. */
bool network_ports_rejoin(struct manager *manager, const char *network, bool anew, char ***notes, struct error *err);

/* ---- among the files of ports (network_port_record.c) ---- */

#define NETWORK_PORT_ALIAS "virtty machine "
/* The alias of what is made for a machine: that, and its row. Owned. */
char *network_port_alias(int64_t domain_id);
/* Writes down what may outlive the machine, before it is made: what is written and not there is no loss. macvtap: its MAC; NULL: it is a
 * tap. */
bool network_port_record(struct manager *manager, int64_t domain_id, const char *tap, const char *macvtap, bool rules, struct error *err);
/* The same of a process that ends by itself, unless it hangs. */
bool network_port_record_process(struct manager *manager, int64_t domain_id, const char *name, const struct process_id *id, struct error *err);

#endif
