/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's bridges: what there is, and the one that people ask for most: a card's addresses and routes moved to a bridge that has it as a
 * port, so that guests stand in the host's own network.
 *
 * The change is carried out by a process of its own, its guard, which writes down what was there before it touches anything. It puts
 * everything back where a step fails, where whoever asked is gone before it is done, and where nobody confirms in time: whoever cut himself
 * off need only wait. */
#ifndef CORE_BRIDGE_H
#define CORE_BRIDGE_H

#include "core/manager.h"

/* ---- what there is ---- */

struct bridge_port {
	char *name;
	char *machine; /* whose tap it is; NULL: no machine of ours */
	bool up;
};
struct bridge_row {
	char *name;
	char *id; /* "8000.525400a1b2c3", as brctl writes it */
	char *mac;
	char *network; /* the network of ours whose bridge it is; NULL: none */
	unsigned mtu;
	bool stp, up;
	bool made;	     /* by bridge_create(): bridge_delete() takes it away */
	int unconfirmed_s; /* made, and put back in so many seconds unless it is confirmed; 0: no such thing */
	struct bridge_port *ports;
	size_t port_count;
};
/* All owned. Every bridge of the host, by name; without rights of any kind. Open vSwitch's are not among them. */
bool bridge_list(struct manager *manager, struct bridge_row **ret, size_t *ret_count, struct error *err);
void bridge_rows_free(struct bridge_row *rows, size_t count);
/* Cards that could be a port: real ones, bonds, VLANs and the like, that belong to no bridge yet. Owned vector of names. */
char **bridge_candidates(struct error *err);

/* ---- made and taken away ---- */

#define BRIDGE_TIMEOUT_S 60

struct bridge_request {
	const char *name, *port;
	const char *mac; /* NULL: the port's */
	bool stp;
	unsigned delay_s;
	unsigned mtu;	    /* 0: the port's */
	unsigned timeout_s; /* to confirm in; 0: it needs no confirmation */
};
/* Makes the bridge. Returns once it is whole: what the port had is on it, and it waits to be confirmed unless timeout_s is 0. A failure has put
 * everything back. ret_notes (may be NULL): what the host does besides that will meet the change (DHCP clients, NetworkManager): owned vector.
 * ret_guard (may be NULL): a descriptor, owned, for bridge_wait(); -1 without a timeout.
 * ERROR_BUSY: another bridge waits for its confirmation. */
bool bridge_create(struct manager *manager, const struct bridge_request *request, int *ret_guard, char ***ret_notes, struct error *err);

enum bridge_outcome { BRIDGE_WAITING, BRIDGE_CONFIRMED, BRIDGE_PUT_BACK, BRIDGE_LOST };
/* What became of it, once the descriptor is readable (BRIDGE_WAITING before). BRIDGE_LOST: its guard was killed; err says what that means. */
enum bridge_outcome bridge_wait(int guard, struct error *err);
/* It stays. Any process may say so. ERROR_STATE: there is nothing to confirm; ERROR_NOT_FOUND: no such bridge. */
bool bridge_confirm(struct manager *manager, const char *name, struct error *err);
/* Moves what the bridge has back to its port and deletes it; one that is not confirmed is put back to what was there. ERROR_STATE: it is not one
 * that virtty made; ERROR_BUSY: machines stand on it (force: nevertheless; they reach nothing then). */
bool bridge_delete(struct manager *manager, const char *name, bool force, struct error *err);

/* ---- to make it last ---- */

/* How a bridge is written down in what sets up this host's network at its start, with the addresses that it has now. */
struct bridge_advice {
	bool runs;    /* this host is set up by it */
	char *system; /* "ifupdown", "systemd-networkd", "NetworkManager", "netplan" */
	char *where;  /* what to do with the text: "in /etc/network/interfaces, in place of what is there about eth0" */
	char *text;   /* lines of a file, or commands */
};
/* All owned; those that the host runs come first. */
bool bridge_advise(struct manager *manager, const char *name, struct bridge_advice **ret, size_t *ret_count, struct error *err);
void bridge_advice_free(struct bridge_advice *advice, size_t count);

#endif
