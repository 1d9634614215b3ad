/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What others' packet filters do to machines behind a bridge. Accepting a packet in a table of ours does not keep another table from dropping it:
 * Docker, firewalld, ufw or a ruleset of the host's own can cut guests off without a word.
 *
 * A few packets that guests need are led through the rules of others. Only what is sure to be dropped is told: a rule that cannot be
 * understood might accept it. */
#ifndef NET_FOREIGN_RULES_H
#define NET_FOREIGN_RULES_H

#include "net/firewall.h"

/* Whom it is asked for. */
struct foreign_subject {
	const char *bridge;
	const char *uplink; /* where guests leave by; NULL: not known */
	bool v4, v6;	    /* with these addresses */
	bool leaves;	    /* guests call others, by way of the host */
	bool called;	    /* others call guests so */
	bool serves;	    /* the host gives them addresses and names (DHCP, DNS) */
	bool bridged4, bridged6; /* what goes from port to port meets the rules, too (br_netfilter) */
};

struct obstacle {
	char *reason;  /* owned: who drops what, and the rule */
	char **remedy; /* owned: commands */
	bool missing;  /* nothing is in the way: something is not there */
};
void obstacles_free(struct obstacle *obstacles, size_t count);
/* "REASON; to let it through: 'COMMAND', 'COMMAND'", or "to put it back". Owned. */
char *obstacle_text(const struct obstacle *obstacle);

/* Judges rules that were read. Owned array. */
void foreign_rules_judge(const struct firewall *firewall, const struct foreign_subject *subject, struct obstacle **ret, size_t *ret_count);
/* Reads the rules of this host first; where they cannot be read there is nothing to tell. */
void foreign_rules_look(const struct foreign_subject *subject, struct obstacle **ret, size_t *ret_count);
/* How many rules of this host, not counting ours, name an interface. */
size_t foreign_rules_naming(const char *interface);
/* Does br_netfilter show the rules what goes from port to port of this bridge? */
bool foreign_rules_see_bridged(const char *bridge, bool v6);

/* ---- between judge and remedy ---- */

enum foreign_cut {
	CUT_SENT = 1 << 0,	/* what guests send to others */
	CUT_ANSWERED = 1 << 1,	/* what comes back */
	CUT_CALLED = 1 << 2,	/* what others begin */
	CUT_SERVED = 1 << 3,	/* DHCP and DNS */
	CUT_BRIDGED = 1 << 4,	/* what goes from port to port */
};
/* What is cut off at a chain that a hook begins with, and how that is changed. Owned parts. */
struct obstacle foreign_obstacle(const struct firewall *firewall, const struct foreign_subject *subject, const struct filter_chain *base,
				 const struct filter_chain *where, bool policy, unsigned cut);

#endif
