/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lies in one network, as the rows of a table: leases, addresses that are reserved, ports of the host that lead to its guests, names. */
#ifndef TUI_NETWORK_ENTRIES_H
#define TUI_NETWORK_ENTRIES_H

#include "tui/network_model.h"
#include "tui/widget_table.h"

enum entry_kind { ENTRY_LEASE, ENTRY_RESERVED, ENTRY_FORWARD, ENTRY_NAME };

struct network_entry {
	enum entry_kind kind;
	char *name;	  /* owned: tells it from all others */
	char *who;	  /* owned: the machine, where it is known; else what a guest or the network calls it; NULL: nobody knows */
	char *address;	  /* owned; NULL: none */
	char *mac;	  /* owned; NULL: none */
	char *host;	  /* owned: the host name that a guest said, or that is reserved; the names of an address; NULL: none */
	char *id;	  /* owned: the DUID of a reservation over IPv6; NULL: none */
	int64_t expiry_s; /* of a lease; 0: for ever */
	bool reserved;	  /* a lease whose address is reserved */
	unsigned where;	  /* NETWORK_LIVE, NETWORK_CONFIG: in what runs, in the definition */
	char *forward, *proto; /* owned: of a forward: "2222:22", "tcp" */
};

void network_entry_clear(struct network_entry *entry);
void network_entry_copy(struct network_entry *ret, const struct network_entry *entry);

/* Zeroed is empty. */
struct entry_set {
	struct ui *ui;
	char *uuid; /* owned: of the network; NULL: none */
	struct network_entry *entries; /* owned: by kind, leases by address */
	size_t count;
	int64_t leases_stamp;
};

void entry_set_clear(struct entry_set *set);
/* Reads what lies in a network (NULL: in none). What cannot be read is not there. */
void entry_set_load(struct entry_set *set, const struct network_row *row);
/* Has the network (may be NULL) other leases than those that were read? */
bool entry_set_is_stale(const struct entry_set *set, const struct network_row *row);

/* Items are the model's networks: userdata is the model. */
extern const struct table_class network_table;
/* Items are the set's entries: userdata is the set. */
extern const struct table_class entry_table;

#endif
