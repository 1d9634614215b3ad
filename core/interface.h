/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network cards of a machine: what they are, where they lead, what went through them, which addresses their guest has. */
#ifndef CORE_INTERFACE_H
#define CORE_INTERFACE_H

#include "core/manager.h"
#include "net/subnet.h"

struct interface_row {
	char *target; /* the host's end; NULL: none, or none now */
	char *type;   /* "network", "bridge", "user", ... */
	char *source; /* NULL: none */
	char *model, *mac, *alias;
	bool up; /* the cable is in */
	struct bandwidth {
		uint64_t average, peak, burst; /* KiB/s, KiB; 0: no limit */
	} inbound, outbound;
};
/* All owned. Of what runs, or of the stored definition. */
bool domain_interfaces(struct manager *manager, const struct machine *machine, bool live, struct interface_row **ret, size_t *ret_count,
		       struct error *err);
void interface_rows_free(struct interface_row *rows, size_t count);
#define _cleanup_interface_row_ _cleanup_(interface_row_clear)
void interface_row_clear(struct interface_row *row);
/* The one of that target, MAC or alias. In the stored definition of a machine that runs it is found by what it is called there, too, as
 * domain_set_link() finds it. The caller clears ret. ERROR_NOT_FOUND. */
bool domain_interface(struct manager *manager, const struct machine *machine, const char *key, bool live, struct interface_row *ret,
		      struct error *err);

/* The name of a machine that has a card of that MAC, running or defined; NULL: none has, or it cannot be told. Owned. */
char *interface_mac_holder(struct manager *manager, const char *mac);

/* As its guest counts: what it received and what it sent. */
struct interface_stats {
	uint64_t rx_bytes, rx_packets, rx_errors, rx_dropped, tx_bytes, tx_packets, tx_errors, tx_dropped;
};
/* ERROR_UNSUPPORTED: user networking has no end on the host that counts. */
bool interface_stats(const struct interface_row *row, struct interface_stats *ret, struct error *err);

enum address_source { ADDRESS_FROM_LEASE, ADDRESS_FROM_ARP, ADDRESS_FROM_AGENT, ADDRESS_SOURCE_COUNT };
struct interface_address {
	char *target, *mac; /* owned; the agent's target is the guest's own name of the card ("eth0"); mac NULL: not known */
	struct ip_address address; /* of family 0: the card has none (the agent alone says so) */
	unsigned prefix; /* 0: not known */
};
/* Of an active machine, those of one card together. Owned array. */
bool domain_addresses(struct manager *manager, const struct machine *machine, enum address_source source, struct interface_address **ret,
		      size_t *ret_count, struct error *err);
void interface_addresses_free(struct interface_address *addresses, size_t count);

#endif
