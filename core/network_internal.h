/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of networks in core/ share. */
#ifndef CORE_NETWORK_INTERNAL_H
#define CORE_NETWORK_INTERNAL_H

#include "base/process.h"
#include "core/manager_internal.h"
#include "core/network.h"
#include "net/link.h"

/* A network being worked with, and the lock that keeps other processes from changing it meanwhile. */
struct network_work {
	struct network_row row;
	struct network *network; /* owned: what runs of an active one, else its definition */
	struct links *links;	 /* owned */
	int lock;
};
#define _cleanup_network_work_ _cleanup_(network_work_end)
/* Reads the row anew under the lock. The lock is waited for, 30 s at most: ERROR_BUSY then. */
bool network_work_begin(struct manager *manager, int64_t id, struct network_work *ret, struct error *err);
void network_work_end(struct network_work *work);

/* network_settle() with the bridges that this host and other networks have. */
bool network_settle_here(struct manager *manager, struct network *network, struct error *err);

#define NETWORK_ALIAS "virtty network "
/* The alias of what is made for it: that, and its UUID. Owned. */
char *network_alias(const struct network_row *row);
/* Its directory under run, gone when it stops: dnsmasq's configuration, its keeper's files. Owned. */
char *network_run_directory(struct manager *manager, int64_t id);
/* Its leases, beside the database: what a guest has got outlasts a stop, and goes with the network. Owned. */
char *network_lease_file(struct manager *manager, int64_t id);
char *network_lease_directory(struct manager *manager);

/* Rows; inside the caller's transaction where there is one. */
bool network_row_put(struct manager *manager, struct network_row *row, const char *xml, bool is_default, struct error *err);
/* Its definition goes, what runs stays. */
bool network_row_set_transient(struct manager *manager, int64_t id, struct error *err);
/* Its leases go first. */
/* Under its lock, whose file goes with it: the last thing that is done to the network. */
bool network_row_delete(struct manager *manager, int64_t id, struct error *err);
/* live: the document as it runs, or is on its way to (active false); NULL: nothing of it is there. */
bool network_row_set_live(struct manager *manager, int64_t id, bool active, const char *live, struct error *err);
bool network_row_set_active(struct manager *manager, int64_t id, bool active, struct error *err);
bool network_row_xml(struct manager *manager, int64_t id, bool live, char **ret, struct error *err);
/* Is it still the default network as virtty made it? */
bool network_row_is_default(struct manager *manager, int64_t id);
bool network_event_put(struct manager *manager, const char *network, const char *event, const char *detail,
		       struct error *err);

/* ---- addresses kept for forwards (network_unreserve.c) ---- */

/* Remembers that a reservation is virtty's own, or forgets it. */
bool network_own_add(struct manager *manager, int64_t id, const char *mac, const char *address, struct error *err);
bool network_own_delete(struct manager *manager, int64_t id, const char *mac, const char *address, struct error *err);
/* ERROR_STATE where a network that runs would no longer keep an address that a port leads to as it will be; says which port. */
bool network_check_forwards(struct manager *manager, const struct network_work *work, const struct network *next, struct error *err);

/* ---- what others have taken away (network_mend.c) ---- */

/* Makes again what is missing of an active network: its rules, with those of machines on it; its dnsmasq with its keeper. ret_mended (may be NULL):
 * something was. notes (may be NULL): what it was. */
bool network_mend(struct manager *manager, const struct network_row *row, bool *ret_mended, char ***notes, struct error *err);
/* The same of the rules alone. */
bool network_mend_rules(struct manager *manager, const struct network_row *row, bool *ret_mended, char ***notes, struct error *err);
/* What network_mend() would make again, as obstacles, added to the array. */
void network_missing(struct manager *manager, const struct network_row *row, const struct network *network, struct obstacle **obstacles,
		     size_t *count);
/* network_ports_rejoin(), with a note where it fails. */
void network_rejoin(struct manager *manager, const char *name, bool anew, char ***notes);

/* ---- others' packet filters (network_obstacles.c) ---- */

/* A line for each obstacle of a network that is up, added to the vector. */
char **network_obstacle_notes(struct links *links, const struct network *network, char **notes);
/* The same for machines on a bridge of the host's, where its rules are asked about what goes from port to port. */
char **bridge_obstacle_notes(const char *bridge, char **notes);

/* ---- dnsmasq and its keeper (network_dnsmasq.c) ---- */

/* Writes the configuration and starts a keeper with it; returns once dnsmasq is up, or says why it is not. lock: the network's. The keeper
 * has it too until it has answered, so that nobody begins anything else while a keeper is on its way whose front end was killed. */
bool network_dnsmasq_start(struct manager *manager, const struct network_row *row, const struct network *network, int lock,
			   struct error *err);
/* Ends both, if they run. */
void network_dnsmasq_stop(struct manager *manager, const struct network_row *row);
/* Writes the configuration anew and has dnsmasq started again with it; starts the keeper if it is gone. */
bool network_dnsmasq_renew(struct manager *manager, const struct network_row *row, const struct network *network, int lock,
			   struct error *err);
/* Is its keeper there? */
bool network_dnsmasq_runs(struct manager *manager, const struct network_row *row);

/* ---- the host (network_host.c) ---- */

/* Makes what the network is on the host, all but dnsmasq; taken back by the caller with network_take_down(), once ret_made says
 * that something was. */
bool network_bring_up(struct network_work *work, char ***notes, bool *ret_made, struct error *err);
/* Forwarding, and what the bridge takes part in and believes (network_switches.c). Refuses to be a router where that would cost the host its own
 * route. */
bool network_set_switches(const struct network_work *work, char ***notes, struct error *err);
/* Its part of the firewall, in place of what it had: of a network with a bridge of its own. */
bool network_put_rules(const struct network *network, struct error *err);
/* Packets go from one interface to another only where the host says so: switched on where it is not, and said. */
bool network_switch_forwarding(int family, char ***notes, struct error *err);
/* Takes away what bring_up made, whatever of it there is; the first failure is told, the rest is done nevertheless. */
bool network_take_down(const struct network_work *work, struct error *err);

#endif
