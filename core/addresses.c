/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines' cards, networks' leases and the host's neighbours, kept between looks and joined by MAC. */
#include "core/addresses.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/network_internal.h"
#include "hv/domain.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define NEIGHBOURS_MS 5000

struct card {
	char *mac;     /* owned */
	char *source;  /* owned: a network's name or a bridge; NULL: neither */
	bool on_bridge;
};

struct known_machine {
	int64_t id;
	uint64_t hash; /* of its document */
	struct card *cards; /* owned: those with an end on the host */
	size_t card_count;
	struct ip_address address; /* family 0: none is known */
};

struct known_lease {
	char mac[18];
	struct ip_address address;
};

struct known_network {
	struct network_row row;
	char *path; /* owned: of its leases */
	struct stat stamp; /* as they were read; st_ino 0: not yet, or there are none */
	struct known_lease *leases; /* owned, by MAC */
	size_t lease_count;
};

struct addresses {
	struct manager *manager;
	struct known_machine *machines; /* owned, by row */
	size_t machine_count;
	struct known_network *networks; /* owned */
	size_t network_count;
	struct neighbour *neighbours; /* owned, by MAC */
	size_t neighbour_count;
	int64_t neighbours_at_ms; /* 0: never looked at */
	bool stale;
};

struct addresses *addresses_new(struct manager *manager)
{
	struct addresses *addresses = xcalloc(1, sizeof *addresses);

	addresses->manager = manager;
	addresses->stale = true;
	return addresses;
}

static void machine_forget(struct known_machine *machine)
{
	for (size_t i = 0; i < machine->card_count; i++) {
		free(machine->cards[i].mac);
		free(machine->cards[i].source);
	}
	free(machine->cards);
}

static void networks_forget(struct known_network *networks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		network_row_clear(&networks[i].row);
		free(networks[i].path);
		free(networks[i].leases);
	}
	free(networks);
}

void addresses_free(struct addresses *addresses)
{
	if (addresses == NULL)
		return;
	for (size_t i = 0; i < addresses->machine_count; i++)
		machine_forget(&addresses->machines[i]);
	free(addresses->machines);
	networks_forget(addresses->networks, addresses->network_count);
	free(addresses->neighbours);
	free(addresses);
}

void addresses_stale(struct addresses *addresses)
{
	addresses->stale = true;
}

/* ---- cards ---- */

/* FNV-1a: it is told from its own former text alone. */
static uint64_t hash_of(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (const char *at = text; *at != '\0'; at++)
		hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
	return hash;
}

static void read_cards(struct known_machine *to, const char *name, const char *text)
{
	_cleanup_domain_ struct domain *domain = domain_parse(name, text, strlen(text), NULL);

	for (size_t i = 0; domain != NULL && i < domain->interface_count; i++) {
		const struct interface *interface = &domain->interfaces[i];
		bool joins = interface->type == INTERFACE_NETWORK || interface->type == INTERFACE_BRIDGE;

		/* what user networking leads to ends in QEMU */
		if (interface->mac == NULL || interface->type == INTERFACE_USER)
			continue;
		*ARRAY_ADD(to->cards, to->card_count) = (struct card){
			.mac = xstrdup(interface->mac),
			.source = joins ? xstrdup_null(interface->source) : NULL,
			.on_bridge = interface->type == INTERFACE_BRIDGE,
		};
	}
}

static int by_row(const void *a, const void *b)
{
	const struct known_machine *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static struct known_machine *known_machine(const struct addresses *addresses, int64_t id)
{
	const struct known_machine key = { .id = id };

	if (addresses->machine_count == 0)
		return NULL;
	return bsearch(&key, addresses->machines, addresses->machine_count, sizeof key, by_row);
}

/* What is known of a machine, as its document is now; what was known stays where that is the same. */
static struct known_machine learn(struct addresses *addresses, const struct machine *machine)
{
	struct known_machine *old = known_machine(addresses, machine->id), learned = { .id = machine->id };
	_cleanup_free_ char *text = NULL;

	if (old != NULL && !addresses->stale) {
		learned = *old;
		*old = (struct known_machine){ .id = old->id };
		return learned;
	}
	if (!definition_read(addresses->manager, machine->id, DEFINITION_LIVE, &text, NULL) ||
	    (text == NULL && !definition_read(addresses->manager, machine->id, DEFINITION_PERSISTENT, &text, NULL)) || text == NULL)
		return learned;
	learned.hash = hash_of(text);
	if (old != NULL && old->hash == learned.hash) {
		learned = *old;
		*old = (struct known_machine){ .id = old->id };
	} else {
		read_cards(&learned, machine->name, text);
	}
	return learned;
}

/* Do the same machines run as before? */
static bool same_machines(const struct addresses *addresses, const struct machine *machines, size_t count)
{
	size_t active = 0;

	for (size_t i = 0; i < count; i++)
		if (machine_is_active(&machines[i])) {
			if (known_machine(addresses, machines[i].id) == NULL)
				return false;
			active++;
		}
	return active == addresses->machine_count;
}

/* True when a machine may have gone whose address was known. */
static bool look_at_machines(struct addresses *addresses, const struct machine *machines, size_t count)
{
	struct known_machine *known = NULL;
	size_t known_count = 0;
	bool lost = false;

	if (!addresses->stale && same_machines(addresses, machines, count))
		return false;
	for (size_t i = 0; i < count; i++)
		if (machine_is_active(&machines[i])) {
			/* the copy first: ARRAY_ADD() may move what it is made of */
			const struct known_machine learned = learn(addresses, &machines[i]);

			*ARRAY_ADD(known, known_count) = learned;
		}
	for (size_t i = 0; i < addresses->machine_count; i++) {
		lost |= addresses->machines[i].address.family != 0;
		machine_forget(&addresses->machines[i]);
	}
	free(addresses->machines);
	if (known_count > 1)
		qsort(known, known_count, sizeof *known, by_row);
	addresses->machines = known;
	addresses->machine_count = known_count;
	return lost;
}

/* ---- leases ---- */

/* Both begin with a MAC. */
_Static_assert(offsetof(struct known_lease, mac) == 0 && offsetof(struct neighbour, mac) == 0, "a MAC is what they are found by");

static int by_mac(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Holds beyond one link? */
static bool is_wide(const struct ip_address *address)
{
	if (address_is_special(address))
		return false;
	return address->family != AF_INET6 || address->bytes[0] != 0xfe || (address->bytes[1] & 0xc0) != 0x80;
}

static void read_leases(struct addresses *addresses, struct known_network *network)
{
	struct lease *leases = NULL;
	size_t count = 0;

	free(TAKE_POINTER(network->leases));
	network->lease_count = 0;
	if (!network_leases(addresses->manager, &network->row, &leases, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++) {
		if (leases[i].mac == NULL || !is_wide(&leases[i].address))
			continue;
		struct known_lease *lease = ARRAY_ADD(network->leases, network->lease_count);

		snprintf(lease->mac, sizeof lease->mac, "%s", leases[i].mac);
		lease->address = leases[i].address;
	}
	leases_free(leases, count);
	if (network->lease_count > 1)
		qsort(network->leases, network->lease_count, sizeof *network->leases, by_mac);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void look_at_leases(struct addresses *addresses)
{
	for (size_t i = 0; i < addresses->network_count; i++) {
		struct known_network *network = &addresses->networks[i];
		struct stat stamp;

		if (stat(network->path, &stamp) < 0)
			stamp = (struct stat){ 0 };
		if (same_file(&stamp, &network->stamp))
			continue;
		network->stamp = stamp;
		read_leases(addresses, network);
	}
}

static bool may_have_leases(const struct addresses *addresses)
{
	for (size_t i = 0; i < addresses->machine_count; i++)
		for (size_t j = 0; j < addresses->machines[i].card_count; j++)
			if (addresses->machines[i].cards[j].source != NULL)
				return true;
	return false;
}

/* Nobody is asked for networks that no running machine is on: asking alone makes the default one. */
static void look_at_networks(struct addresses *addresses)
{
	struct network_row *rows = NULL;
	size_t count = 0;

	networks_forget(TAKE_POINTER(addresses->networks), addresses->network_count);
	addresses->network_count = 0;
	if (!may_have_leases(addresses) || !network_list(addresses->manager, &rows, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++) {
		if (!rows[i].active)
			continue;
		*ARRAY_ADD(addresses->networks, addresses->network_count) =
			(struct known_network){ .row = rows[i], .path = network_lease_file(addresses->manager, rows[i].id) };
		rows[i] = (struct network_row){ 0 };
	}
	network_rows_free(rows, count);
}

/* ---- neighbours ---- */

static void look_at_neighbours(struct addresses *addresses)
{
	int64_t now = clock_monotonic_ms();
	_cleanup_links_ struct links *links = NULL;

	if (addresses->neighbours_at_ms != 0 && now - addresses->neighbours_at_ms < NEIGHBOURS_MS)
		return;
	addresses->neighbours_at_ms = now;
	free(TAKE_POINTER(addresses->neighbours));
	addresses->neighbour_count = 0;
	links = links_open(NULL);
	if (links == NULL || !link_neighbour_list(links, &addresses->neighbours, &addresses->neighbour_count, NULL))
		return;
	if (addresses->neighbour_count > 1)
		qsort(addresses->neighbours, addresses->neighbour_count, sizeof *addresses->neighbours, by_mac);
}

/* ---- which one ---- */

/* The best of those with that MAC, in an array by MAC: IPv4, then the lowest. */
static struct ip_address choose(const void *array, size_t count, size_t size, size_t offset, const char *mac)
{
	struct ip_address best = { 0 };
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp((const char *)array + middle * size, mac) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i < count && strcmp((const char *)array + i * size, mac) == 0; i++) {
		struct ip_address address;

		memcpy(&address, (const char *)array + i * size + offset, sizeof address);
		if (!is_wide(&address))
			continue;
		if (best.family == 0 || (best.family == AF_INET6 && address.family == AF_INET) ||
		    (best.family == address.family && address_compare(&address, &best) < 0))
			best = address;
	}
	return best;
}

static struct ip_address leased(const struct addresses *addresses, const struct card *card)
{
	for (size_t i = 0; card->source != NULL && i < addresses->network_count; i++) {
		const struct known_network *network = &addresses->networks[i];

		/* the bridge of a network may be joined by its own name too */
		if (text_equal(card->on_bridge ? network->row.bridge : network->row.name, card->source))
			return choose(network->leases, network->lease_count, sizeof *network->leases, offsetof(struct known_lease, address),
				      card->mac);
	}
	return (struct ip_address){ 0 };
}

/* Of the first card that has one. */
static struct ip_address settle(struct addresses *addresses, const struct known_machine *machine)
{
	for (size_t i = 0; i < machine->card_count; i++) {
		const struct card *card = &machine->cards[i];
		struct ip_address address = leased(addresses, card);

		if (address.family == 0) {
			look_at_neighbours(addresses);
			address = choose(addresses->neighbours, addresses->neighbour_count, sizeof *addresses->neighbours,
					 offsetof(struct neighbour, address), card->mac);
		}
		if (address.family != 0)
			return address;
	}
	return (struct ip_address){ 0 };
}

static bool same_address(const struct ip_address *a, const struct ip_address *b)
{
	return a->family == b->family && (a->family == 0 || address_compare(a, b) == 0);
}

bool addresses_look(struct addresses *addresses, const struct machine *machines, size_t count)
{
	bool stale = addresses->stale, changed = look_at_machines(addresses, machines, count);

	if (stale)
		look_at_networks(addresses);
	look_at_leases(addresses);
	addresses->stale = false;
	for (size_t i = 0; i < addresses->machine_count; i++) {
		struct known_machine *machine = &addresses->machines[i];
		const struct ip_address address = settle(addresses, machine);

		changed |= !same_address(&address, &machine->address);
		machine->address = address;
	}
	return changed;
}

bool addresses_of(const struct addresses *addresses, int64_t id, struct ip_address *ret)
{
	const struct known_machine *machine = known_machine(addresses, id);

	if (machine == NULL || machine->address.family == 0)
		return false;
	*ret = machine->address;
	return true;
}
