/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks as the screens see them: rows, who is on each, what goes through, what this program is doing with any of them now. */
#ifndef TUI_NETWORK_MODEL_H
#define TUI_NETWORK_MODEL_H

#include "core/network_use.h"
#include "tui/busy_list.h"
#include "tui/screen.h"

#define TRAFFIC_BARS 60 /* that are kept, each of some seconds */

/* What is known of a network beside its row. */
struct network_facts {
	int64_t id;	 /* the row's */
	char *mode;	 /* owned: "NAT", "bridge br0", "macvtap eth0" */
	char *leads;	 /* owned: the same with all that belongs to it: "NAT via eth0" */
	char *subnets;	 /* owned: "192.168.122.0/24, fd00::/64"; NULL: none */
	bool own_bridge; /* virtty makes its bridge; else it is the host's or there is none */
	size_t machines, running; /* that are on it */
	char *who;	 /* owned: their names, running ones first: "db1, web1 (off)"; NULL: none */
	/* traffic, as the guests count it */
	struct network_traffic last;
	int64_t last_ms;
	bool rates_known;
	uint64_t received_s, sent_s; /* bytes a second */
	uint64_t bars[TRAFFIC_BARS]; /* both, bytes a second; the newest last */
	size_t bar_count;
	uint64_t bar_sum;
	unsigned bar_samples; /* of the bar to come */
};

struct network_model {
	struct ui *ui;
	size_t wanted; /* screens that show networks: they are read while there are any */
	struct network_row *rows; /* owned, by name */
	struct network_facts *facts; /* owned, one for each row */
	size_t count;
	struct network_uses uses;
	char *hindrance, *remedy; /* owned: why networks with bridges of their own cannot be started here; NULL: they can */
	char *fresh; /* owned: a network that is being made, which gets the focus once it is there; NULL: none */
	struct busy_list busy;
};

struct network_model *network_model_new(struct ui *ui);
void network_model_free(struct network_model *model);
/* Reads what is wanted anew. What it was stays where that fails. */
void network_model_refresh(struct network_model *model);
/* Once a second: what has gone through. */
void network_model_tick(struct network_model *model);
/* A screen that shows networks comes (they are read at once) or goes. */
void network_model_want(struct network_model *model, bool wanted);

/* Index of a network; model->count: there is none of that name. */
size_t network_model_find(const struct network_model *model, const char *name);
/* The name of the machine with a card of that MAC; NULL: none is known. Borrowed. */
const char *network_machine_of(const struct network_model *model, const char *mac);
/* The machines that run with a card on a network: "db1, web1"; NULL: none does. Owned. */
char *network_running_text(const struct network_model *model, const struct network_row *row);
/* "received 12 KiB/s, sent 3 KiB/s"; NULL: not known. Owned. */
char *network_traffic_text(const struct network_facts *facts);
/* The newest of what went through as bars, the largest being full; "" where nothing is known. Owned. */
char *network_traffic_bars(const struct network_facts *facts, size_t most, bool utf8);

/* "active", "inactive", or what is being done with it. A constant. */
const char *network_state_word(const struct network_model *model, size_t at, enum style *ret_style);
/* What this program is doing with a network, as a state; NULL: nothing. */
const char *network_busy_word(const struct network_model *model, const char *network);
void network_busy_begin(struct network_model *model, const char *network, const char *word);
void network_busy_end(struct network_model *model, const char *network);

#endif
