/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An address that a guest keeps: found among a network's reservations, or made one. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/uuid.h"
#include "core/network_forward.h"
#include "core/network_internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define RESERVE_TRIES 5 /* others reserve at the same time */

/* ---- what is reserved ---- */

static bool same_mac(const char *a, const char *b)
{
	char left[MAC_TEXT_SIZE], right[MAC_TEXT_SIZE];

	return a != NULL && b != NULL && mac_parse(a, left) && mac_parse(b, right) && strcmp(left, right) == 0;
}

/* The name by which a card's reservation of IPv4 goes; its one of IPv6 may go by it too. */
static const char *name_of(const struct network *network, const char *mac)
{
	for (size_t i = 0; i < network->ip_count; i++)
		for (size_t n = 0; n < network->ips[i].host_count; n++)
			if (same_mac(network->ips[i].hosts[n].mac, mac))
				return network->ips[i].hosts[n].name;
	return NULL;
}

/* Over IPv6 a guest is known by its id (DUID), which mostly ends with its MAC, or by its name. */
static bool is_host(const struct network *network, const struct dhcp_host *host, const char *mac, int family)
{
	size_t id_length = host->id != NULL ? strlen(host->id) : 0, length = strlen(mac);

	if (host->ip == NULL)
		return false;
	if (family == AF_INET)
		return same_mac(host->mac, mac);
	if (id_length > length && strcasecmp(host->id + id_length - length, mac) == 0)
		return true;
	return host->id == NULL && host->name != NULL && text_equal(host->name, name_of(network, mac));
}

bool network_reserved(const struct network *network, const char *mac, int family, struct ip_address *ret)
{
	for (size_t i = 0; i < network->ip_count; i++)
		for (size_t n = 0; n < network->ips[i].host_count && network_ip_is_of(&network->ips[i], family); n++)
			if (is_host(network, &network->ips[i].hosts[n], mac, family))
				return address_parse(network->ips[i].hosts[n].ip, ret);
	return false;
}

/* ---- what can be ---- */

struct choice {
	const struct network *network;
	const struct network_guest *guest;
	const char *mac; /* the guest's */
	bool is_new;	 /* the guest does not have it yet, as far as is known */
	int family;
	const struct lease *leases;
	size_t lease_count;
	const char *client_id; /* of the guest's own lease, over IPv6 */
};

/* Is it somebody else's? */
static bool is_taken(const struct choice *choice, const struct ip_address *address)
{
	for (size_t i = 0; i < choice->network->ip_count; i++) {
		const struct network_ip *ip = &choice->network->ips[i];
		struct ip_address other;

		if (address_parse(ip->address, &other) && other.family == address->family && address_compare(&other, address) == 0)
			return true;
		for (size_t n = 0; n < ip->host_count; n++)
			if (ip->hosts[n].ip != NULL && address_parse(ip->hosts[n].ip, &other) && other.family == address->family &&
			    address_compare(&other, address) == 0)
				return true;
	}
	for (size_t i = 0; i < choice->lease_count; i++)
		if (choice->leases[i].address.family == address->family && address_compare(&choice->leases[i].address, address) == 0 &&
		    !same_mac(choice->leases[i].mac, choice->mac))
			return true;
	return false;
}

/* Only digits and colons: it is written into a document. */
static bool is_id(const char *id)
{
	return !text_empty(id) && id[strspn(id, "0123456789abcdefABCDEF:")] == '\0';
}

static bool choose_leased(struct choice *choice, struct ip_address *ret)
{
	for (size_t i = 0; i < choice->lease_count; i++) {
		const struct lease *lease = &choice->leases[i];

		if (lease->address.family != choice->family || !same_mac(lease->mac, choice->mac) ||
		    network_prefix(choice->network, &lease->address) == 0 || is_taken(choice, &lease->address) ||
		    (choice->family == AF_INET6 && !is_id(lease->client_id)))
			continue;
		choice->client_id = lease->client_id;
		*ret = lease->address;
		return true;
	}
	return false;
}

/* A guest with an address of its own has been heard of on the bridge. */
static bool choose_heard(const struct choice *choice, struct ip_address *ret)
{
	_cleanup_links_ struct links *links = links_open(NULL);
	_cleanup_free_ struct ip_address *heard = NULL;
	size_t count = 0;

	if (links == NULL || !link_neighbours(links, choice->mac, &heard, &count, NULL))
		return false;
	for (size_t i = 0; i < count; i++)
		if (heard[i].family == choice->family && network_prefix(choice->network, &heard[i]) != 0 && !is_taken(choice, &heard[i])) {
			*ret = heard[i];
			return true;
		}
	return false;
}

static void next_address(struct ip_address *address)
{
	for (unsigned i = address_bits(address) / 8; i-- > 0;)
		if (++address->bytes[i] != 0)
			return;
}

static bool choose_free(struct choice *choice, struct ip_address *ret)
{
	for (size_t i = 0; i < choice->network->ip_count; i++) {
		const struct network_ip *ip = &choice->network->ips[i];

		for (size_t n = 0; n < ip->range_count && network_ip_is_of(ip, choice->family); n++) {
			struct ip_address address, end;

			if (!address_parse(ip->ranges[n].start, &address) || !address_parse(ip->ranges[n].end, &end))
				continue;
			for (; address_compare(&address, &end) <= 0; next_address(&address))
				if (!is_taken(choice, &address)) {
					choice->is_new = true;
					*ret = address;
					return true;
				}
		}
	}
	return false;
}

static bool lends(const struct network *network, int family)
{
	for (size_t i = 0; i < network->ip_count; i++)
		if (network_ip_is_of(&network->ips[i], family) && (network->ips[i].range_count > 0 || network->ips[i].host_count > 0))
			return true;
	return false;
}

static bool fail_unknown(const struct choice *choice, const struct network_row *row, struct error *err)
{
	if (choice->family == AF_INET6) {
		error_set(err, ERROR_NOT_FOUND, "the guest's IPv6 address in network '%s' is not known: it has taken none there", row->name);
		return error_hint(err,
				  "'virtty net-update %s add ip-dhcp-host \"<host id='...:%s' ip='...'/>\" --live --config' says which it has",
				  row->name, choice->mac);
	}
	if (lends(choice->network, choice->family))
		return error_set(err, ERROR_FAILED, "network '%s' has no free address left", row->name);
	error_set(err, ERROR_NOT_FOUND, "network '%s' lends no addresses: where the guest is, is not known", row->name);
	return error_hint(err, "'virtty net-update %s add ip-dhcp-host \"<host mac='%s' ip='...'/>\" --live --config' says where, and lends it that",
			  row->name, choice->mac);
}

static bool choose(struct choice *choice, const struct network_row *row, struct ip_address *ret, struct error *err)
{
	if (choose_leased(choice, ret))
		return true;
	if (lends(choice->network, choice->family) && choice->family == AF_INET && (choose_heard(choice, ret) || choose_free(choice, ret)))
		return true;
	return fail_unknown(choice, row, err);
}

/* ---- reserving ---- */

static bool add_host(struct manager *manager, const struct network_row *row, const struct choice *choice, const struct ip_address *address,
		     unsigned flags, struct error *err)
{
	char text[ADDRESS_TEXT_SIZE];

	address_format(address, text);
	_cleanup_free_ char *piece = choice->family == AF_INET ? strf("<host mac='%s' ip='%s'/>", choice->mac, text) :
								   strf("<host id='%s' ip='%s'/>", choice->client_id, text);

	return network_update(manager, row, "add", "ip-dhcp-host", -1, piece, flags | NETWORK_OWN, err);
}

static void tell(const struct choice *choice, const struct network_row *row, const struct ip_address *address, char ***notes)
{
	char text[ADDRESS_TEXT_SIZE];

	address_format(address, text);
	if (notes == NULL)
		return;
	*notes = strv_addf(*notes, "%s keeps the address %s in network '%s'", choice->guest->machine, text, row->name);
	if (choice->is_new && choice->guest->runs)
		*notes = strv_addf(*notes,
				   "which address %s has now is not known: it takes %s at its next DHCP request, and no port leads to it before",
				   choice->guest->machine, text);
}

/* Remembered before it is made: nothing that virtty made is taken for somebody's. */
static bool add_own_host(struct manager *manager, const struct network_row *row, const struct choice *choice, const struct ip_address *address,
			 unsigned flags, struct error *err)
{
	char text[ADDRESS_TEXT_SIZE];

	address_format(address, text);
	if (!network_own_add(manager, row->id, choice->mac, text, err))
		return false;
	if (add_host(manager, row, choice, address, flags, err))
		return true;
	(void)network_own_delete(manager, row->id, choice->mac, text, NULL);
	return false;
}

/* What runs and the definition may differ: what is kept by the definition alone gets into what runs; one that only what runs has was made so by
 * hand. */
static bool reserve_once(struct manager *manager, const struct network_row *row, struct choice *choice, struct ip_address *ret, char ***notes,
			 struct error *err)
{
	_cleanup_network_ struct network *live = row->active ? network_load(manager, row, true, err) : NULL;
	_cleanup_network_ struct network *stored = row->persistent ? network_load(manager, row, false, err) : NULL;
	bool is_live, is_stored;

	if ((row->active && live == NULL) || (row->persistent && stored == NULL))
		return false;
	choice->network = live != NULL ? live : stored;
	is_live = live != NULL && network_reserved(live, choice->mac, choice->family, ret);
	is_stored = stored != NULL && network_reserved(stored, choice->mac, choice->family, is_live ? &(struct ip_address){ 0 } : ret);
	if (is_live || (is_stored && live == NULL))
		return true;
	if (!(is_stored && choice->family == AF_INET) && !choose(choice, row, ret, err))
		return false;
	if (is_stored ? !add_host(manager, row, choice, ret, NETWORK_LIVE, err) :
			!add_own_host(manager, row, choice, ret, (live != NULL ? NETWORK_LIVE : 0) | (stored != NULL ? NETWORK_CONFIG : 0), err))
		return false;
	tell(choice, row, ret, notes);
	return true;
}

bool network_reserve(struct manager *manager, const struct network_row *row, const struct network_guest *guest, int family,
		     struct ip_address *ret, char ***notes, struct error *err)
{
	for (int tries = 1;; tries++) {
		_cleanup_error_ struct error local = ERROR_INIT;
		struct choice choice = { .guest = guest, .mac = guest->mac, .family = family };
		struct lease *leases = NULL;
		bool ok = network_leases(manager, row, &leases, &choice.lease_count, &local);

		choice.leases = leases;
		ok = ok && reserve_once(manager, row, &choice, ret, notes, &local);
		leases_free(leases, choice.lease_count);
		if (ok)
			return true;
		/* the address was reserved for another one a moment ago */
		if (local.code != ERROR_INVALID || tries == RESERVE_TRIES)
			return error_move(err, &local);
	}
}
