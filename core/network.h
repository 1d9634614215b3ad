/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks, as front ends ask for them: rows in the database over what net/ makes on the host. One change at a time to a network, across
 * processes.
 *
 * A network runs while its bridge is there: the row says what was made, the host says whether it still is. One of a foreign bridge
 * or device makes nothing, and runs as soon as it is started. */
#ifndef CORE_NETWORK_H
#define CORE_NETWORK_H

#include "core/manager.h"
#include "net/dnsmasq.h"
#include "net/foreign_rules.h"

struct network_row {
	int64_t id;
	char *name, *uuid; /* owned */
	enum forward_mode mode;
	char *bridge; /* owned: ours or the host's; NULL: macvtap */
	char *device; /* owned: what its guests stand on or leave by; NULL: none, any */
	bool active, persistent, autostart;
	bool half; /* not active, and what a start or a stop that was killed left may be there: the next of either clears it */
};
#define _cleanup_network_row_ _cleanup_(network_row_clear)
void network_row_clear(struct network_row *row);
void network_rows_free(struct network_row *rows, size_t count);

/* By name. As root a `default` NAT network is there from the first time that networks are asked for (network_default()). */
bool network_list(struct manager *manager, struct network_row **ret, size_t *ret_count, struct error *err);
/* By name, then UUID. ERROR_NOT_FOUND: "no network is named 'x'" + hint. */
bool network_find(struct manager *manager, const char *key, struct network_row *ret, struct error *err);
/* Networks are bridges and rules of the host. Says of an error that it was a user's, and what a user has in their place: no less than most
 * want. Returns false. */
bool network_fail_as_user(struct error *err);
/* The parsed definition, or with live what runs of an active network. Owned. NULL on error. */
struct network *network_load(struct manager *manager, const struct network_row *row, bool live, struct error *err);
char *network_xml(struct manager *manager, const struct network_row *row, bool inactive, struct error *err);

/* Stores a definition, new or in place of the one of that name and UUID. While nobody has changed the default network that virtty made, a
 * document of that name replaces it, whatever its UUID, and runs in its place. Another active network keeps what runs until it is started
 * anew. */
bool network_define(struct manager *manager, const char *source, const char *text, size_t length, struct network_row *ret,
		    char ***ret_warnings, struct error *err);
/* Does virtty know everything in a document? False, with all that network_define() would keep with a warning; a document that cannot be read is
 * left to it. */
bool network_is_known(const char *source, const char *text, size_t length, struct error *err);
/* A transient one, started. */
bool network_create(struct manager *manager, const char *source, const char *text, size_t length, struct network_row *ret,
		    char ***ret_warnings, struct error *err);
/* An active one runs on, transient: it goes when it stops. */
bool network_undefine(struct manager *manager, const struct network_row *row, struct error *err);
/* Makes its bridge, addresses, rules, dnsmasq; a failure takes everything back. Of one that is active, what somebody has taken away; ERROR_STATE where
 * nothing is missing. ret_notes (may be NULL): what was switched on at the host, what was missing, rules of others that cut it off: owned vector. */
bool network_start(struct manager *manager, const struct network_row *row, char ***ret_notes, struct error *err);
/* net-destroy: takes away all that a start made. */
bool network_stop(struct manager *manager, const struct network_row *row, struct error *err);
bool network_set_autostart(struct manager *manager, const struct network_row *row, bool on, struct error *err);
/* Started, if it is not; of one that is not marked to be started by itself ERROR_STATE with the way out. What was taken away from one that is active is
 * made again. For machines that need it. */
bool network_need(struct manager *manager, const char *name, struct network_row *ret, char ***ret_notes, struct error *err);
/* Has somebody taken an active network's rules away? */
bool network_lacks_rules(const struct network_row *row);
/* For the network's keeper, once it has heard that the table of ours was deleted: puts an active network's rules back, if they are gone. */
bool network_restore_rules(struct manager *manager, const char *name, struct error *err);

/* What other packet filters of this host keep from an active network's machines, and what of the network somebody has taken away, each with the remedy;
 * nothing where it cannot be read. Owned array: obstacles_free(). */
bool network_obstacles(struct manager *manager, const struct network_row *row, struct obstacle **ret, size_t *ret_count, struct error *err);

/* ---- changes in place ---- */

enum {
	NETWORK_LIVE = 1 << 0,
	NETWORK_CONFIG = 1 << 1, /* neither: what runs if it runs, else the definition */
	NETWORK_OWN = 1 << 2,	 /* virtty's own doing: the default network is still one that nobody has changed */
};
/* net-update. command: "add", "add-first", "add-last", "delete", "modify"; section: "ip-dhcp-host", "ip-dhcp-range", "dns-host", "dns-txt",
 * "dns-srv", ...; parent: which <ip>, counted from 0; -1: the one that fits. */
bool network_update(struct manager *manager, const struct network_row *row, const char *command, const char *section,
		    int parent, const char *text, unsigned flags, struct error *err);

/* ---- leases ---- */

/* Those that have not run out: of a network that has stopped, too, since its guests have them still. Owned array: leases_free(). */
bool network_leases(struct manager *manager, const struct network_row *row, struct lease **ret, size_t *ret_count,
		    struct error *err);

/* ---- history ---- */

struct network_event {
	int64_t id, at_ms; /* wall clock */
	char *network;	   /* owned: its name */
	char *event;	   /* owned: "defined", "undefined", "started", "stopped", "dnsmasq-restarted", ... */
	char *detail;	   /* owned; NULL: nothing more to say */
};
void network_events_free(struct network_event *events, size_t count);
/* Those after an id, of one network (NULL: of all). Owned array. */
bool network_events(struct manager *manager, const char *name, int64_t after, struct network_event **ret, size_t *ret_count,
		    struct error *err);

#endif
