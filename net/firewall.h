/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Others' packet filters, as far as one has to know them to say what becomes of a packet: chains of rules, a rule being what it looks for and what
 * it does then. Read from what nft and iptables-save print. What is not understood is kept as a match that may or may not fit. */
#ifndef NET_FIREWALL_H
#define NET_FIREWALL_H

#include <stdbool.h>
#include <stddef.h>

enum filter_field {
	FIELD_IN,	/* the interface that it came by */
	FIELD_OUT,	/* the one that it leaves by */
	FIELD_STATE,	/* of its connection: "new", "established" */
	FIELD_STATUS,	/* of its connection: "dnat" */
	FIELD_FAMILY,	/* "ipv4", "ipv6" */
	FIELD_PROTOCOL, /* "udp" */
	FIELD_PORT,	/* where it goes: "67" */
	FIELD_BRIDGED,	/* goes from port to port of one bridge: "yes" */
	FIELD_OTHER,	/* anything else */
	FIELD_COUNT
};
struct filter_match {
	enum filter_field field;
	bool negated;
	char **values; /* owned: any of them; names may end in '*', numbers be ranges: "60-70" */
};

enum filter_verdict {
	VERDICT_NONE, /* goes on with the next rule */
	VERDICT_ACCEPT,
	VERDICT_DROP,
	VERDICT_RETURN,
	VERDICT_JUMP,
	VERDICT_GOTO,
	VERDICT_UNKNOWN, /* something that ends it, one way or the other */
};
struct filter_rule {
	struct filter_match *matches; /* owned: all of them have to fit */
	size_t match_count;
	enum filter_verdict verdict;
	char *target; /* owned: of a jump */
};
/* Which program's rules they are: how they are added to. */
enum filter_kind { FILTER_NFT, FILTER_IPTABLES, FILTER_IPTABLES_LEGACY };
struct filter_chain {
	enum filter_kind kind;
	char *family, *table, *name; /* owned: "inet", "filter", "forward" */
	char *hook;		     /* owned: "forward", "input", ...; NULL: only jumped to */
	bool drops;		     /* its policy */
	struct filter_rule *rules;   /* owned */
	size_t rule_count;
};
struct firewall {
	struct filter_chain *chains; /* owned */
	size_t count;
};
#define _cleanup_firewall_ _cleanup_(firewall_clear)
void firewall_clear(struct firewall *firewall);

/* Adds what `nft -j list ruleset` printed; a text that is none adds nothing. Tables named "virtty" are left out. compat: also those that iptables-nft
 * keeps, whose matches nft cannot all show. */
void firewall_read_nft(struct firewall *firewall, const char *text, bool compat);
/* Has the text tables of iptables-nft? */
bool firewall_has_compat(const char *text);
/* Adds what iptables-save (family "ip") or ip6tables-save ("ip6") printed. */
void firewall_read_save(struct firewall *firewall, const char *family, enum filter_kind kind, const char *text);

struct filter_chain *firewall_chain(const struct firewall *firewall, const struct filter_chain *beside, const char *name);

/* ---- among the readers ---- */

/* New ones, at the end; names are copied. Borrowed until the next one is added. */
struct filter_chain *firewall_add_chain(struct firewall *firewall, enum filter_kind kind, const char *family, const char *table, const char *name);
struct filter_rule *chain_add_rule(struct filter_chain *chain);
/* values: taken. */
void rule_add_match(struct filter_rule *rule, enum filter_field field, bool negated, char **values);
/* A copy of all its matches. */
void rule_copy_matches(struct filter_rule *to, const struct filter_rule *from);

#endif
