/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port forwards as text and as rows of a document. */
#include "core/forward.h"

#include "base/memory.h"
#include "base/text.h"
#include "core/forward_internal.h"
#include "core/network.h"
#include "core/network_forward.h"
#include "hv/domain_interface.h"
#include "hv/port_forwarding.h"
#include "net/subnet.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define PORT_LAST 65535u

void forward_clear(struct forward *forward)
{
	free(forward->proto);
	free(forward->address);
	*forward = (struct forward){ 0 };
}

void forwards_free(struct forward *forwards, size_t count)
{
	for (size_t i = 0; forwards != NULL && i < count; i++)
		forward_clear(&forwards[i]);
	free(forwards);
}

struct forward forward_copy(const struct forward *forward)
{
	return (struct forward){ xstrdup(forward->proto), xstrdup_null(forward->address), forward->host_port, forward->guest_port,
				 forward->count };
}

/* ---- text ---- */

static bool fail_text(const char *text, struct error *err)
{
	error_set(err, ERROR_INVALID, "'%s' is no port forward", text);
	return error_hint(err, "2222:22 leads port 2222 of the host to port 22 of the guest; 127.0.0.1:2222:22, [::1]:2222:22, 8000-8010:9000-9010 "
			       "and 80 are understood too");
}

/* "22", "9000-9010" */
static bool read_ports(const char *text, size_t length, unsigned *ret_first, unsigned *ret_count)
{
	_cleanup_free_ char *first = xstrndup(text, length);
	char *dash = strchr(first, '-');
	uint64_t from, to;

	if (dash != NULL)
		*dash++ = '\0';
	if (!text_to_uint(first, false, &from) || from == 0 || from > PORT_LAST)
		return false;
	to = from;
	if (dash != NULL && (!text_to_uint(dash, false, &to) || to < from || to > PORT_LAST))
		return false;
	*ret_first = (unsigned)from;
	*ret_count = (unsigned)(to - from + 1);
	return true;
}

/* Splits "[::1]:" or "127.0.0.1:" off; *ret NULL: there is none. */
static bool read_address(const char **text, char **ret, struct error *err)
{
	bool bracket = **text == '[';
	const char *end = strchr(*text, bracket ? ']' : ':');
	char canonical[ADDRESS_TEXT_SIZE];
	struct ip_address address;

	if (!bracket && (end == NULL || memchr(*text, '.', (size_t)(end - *text)) == NULL))
		return true;
	if (end == NULL || (bracket && end[1] != ':'))
		return false;
	_cleanup_free_ char *word = xstrndup(*text + bracket, (size_t)(end - *text) - bracket);

	if (!address_parse(word, &address) || (address.family == AF_INET6) != bracket)
		return error_set(err, ERROR_INVALID, "'%s' is not an address", word);
	address_format(&address, canonical);
	if (text_equal(canonical, "0.0.0.0") || text_equal(canonical, "::")) {
		error_set(err, ERROR_INVALID, "'%s' is no address of this host", canonical);
		return error_hint(err, "without one, all addresses of the host lead to the guest");
	}
	*ret = xstrdup(canonical);
	*text = end + 1 + bracket;
	return true;
}

static bool read_forward(const char *text, struct forward *ret, struct error *err)
{
	unsigned guests = 0;
	const char *colon;

	if (!read_address(&text, &ret->address, err))
		return false;
	colon = strchr(text, ':');
	if (!read_ports(text, colon != NULL ? (size_t)(colon - text) : strlen(text), &ret->host_port, &ret->count))
		return false;
	ret->guest_port = ret->host_port;
	if (colon == NULL)
		return true;
	if (!read_ports(colon + 1, strlen(colon + 1), &ret->guest_port, &guests))
		return false;
	return guests == ret->count ||
	       error_set(err, ERROR_INVALID, "'%s': %u ports of the host cannot lead to %u of the guest", text, ret->count, guests);
}

bool forward_parse(const char *proto, const char *text, struct forward *ret, struct error *err)
{
	_cleanup_forward_ struct forward forward = { 0 };
	_cleanup_error_ struct error local = ERROR_INIT;

	if (!text_equal(proto, "tcp") && !text_equal(proto, "udp"))
		return error_set(err, ERROR_INVALID, "protocol '%s' is not known; allowed: tcp, udp", proto);
	if (!read_forward(text, &forward, &local))
		return error_is_set(&local) ? error_move(err, &local) : fail_text(text, err);
	if (forward.count > FORWARD_PORTS_MAX)
		return error_set(err, ERROR_INVALID, "'%s': %u ports at once are possible, not %u", text, FORWARD_PORTS_MAX, forward.count);
	forward.proto = xstrdup(proto);
	*ret = forward;
	forward = (struct forward){ 0 };
	return true;
}

char *forward_ports_text(const char *address, unsigned first, unsigned count)
{
	bool v6 = address != NULL && strchr(address, ':') != NULL;
	_cleanup_free_ char *ports = count > 1 ? strf("%u-%u", first, first + count - 1) : strf("%u", first);

	return address != NULL ? strf("%s%s%s:%s", v6 ? "[" : "", address, v6 ? "]" : "", ports) : TAKE_POINTER(ports);
}

char *forward_text(const struct forward *forward)
{
	_cleanup_free_ char *host = forward_ports_text(forward->address, forward->host_port, forward->count);
	_cleanup_free_ char *guest = forward_ports_text(NULL, forward->guest_port, forward->count);

	return strf("%s:%s", host, guest);
}

/* ---- comparing ---- */

static bool same_address(const char *a, const char *b)
{
	struct ip_address left, right;

	if (a == NULL || b == NULL || !address_parse(a, &left) || !address_parse(b, &right))
		return text_equal(a, b);
	return left.family == right.family && address_compare(&left, &right) == 0;
}

bool forward_equal(const struct forward *a, const struct forward *b)
{
	return text_equal(a->proto, b->proto) && same_address(a->address, b->address) && a->host_port == b->host_port &&
	       a->guest_port == b->guest_port && a->count == b->count;
}

bool forwards_meet(const struct forward *a, const struct forward *b)
{
	return text_equal(a->proto, b->proto) && (a->address == NULL || b->address == NULL || same_address(a->address, b->address)) &&
	       a->host_port < b->host_port + b->count && b->host_port < a->host_port + a->count;
}

/* ---- of documents ---- */

static struct forward *forwards_of(const struct interface *interface, bool by_device, size_t *ret_count)
{
	struct forward *forwards = NULL;

	*ret_count = 0;
	for (size_t i = 0; i < interface->forwarding_count; i++) {
		const struct port_forwarding *forwarding = &interface->forwardings[i];
		_cleanup_free_ struct port_run *runs = NULL;
		size_t count = 0;

		if (by_device || forwarding->dev == NULL)
			(void)port_forwarding_runs(forwarding, &runs, &count, NULL);
		for (size_t n = 0; n < count; n++)
			*ARRAY_ADD(forwards, *ret_count) = (struct forward){ xstrdup(forwarding->proto), xstrdup_null(forwarding->address),
									     runs[n].host, runs[n].guest, runs[n].count };
	}
	return forwards;
}

struct forward *interface_forwards(const struct interface *interface, size_t *ret_count)
{
	return forwards_of(interface, false, ret_count);
}

char *domain_forward_meeting(const struct domain *domain, const struct forward *forward)
{
	char *found = NULL;

	for (size_t i = 0; found == NULL && i < domain->interface_count; i++) {
		size_t count;
		struct forward *forwards = interface_forwards(&domain->interfaces[i], &count);

		for (size_t n = 0; found == NULL && n < count; n++)
			if (forwards_meet(&forwards[n], forward)) {
				_cleanup_free_ char *text = forward_text(&forwards[n]);

				found = strf("%s %s", forwards[n].proto, text);
			}
		forwards_free(forwards, count);
	}
	return found;
}

/* passt takes all ports, or all but some, where none is named. Owned array. */
static struct forward *shown_forwards(const struct interface *interface, size_t *ret_count)
{
	struct forward *forwards = forwards_of(interface, true, ret_count);

	for (size_t i = 0; interface_uses_passt(interface) && i < interface->forwarding_count; i++) {
		struct port_forwarding forwarding = interface->forwardings[i];
		_cleanup_free_ struct port_range *ranges = xcalloc(forwarding.range_count + 1, sizeof *ranges);
		_cleanup_free_ struct port_run *runs = NULL;
		size_t count = 0, named = 0;

		for (size_t n = 0; n < forwarding.range_count; n++) {
			ranges[n] = forwarding.ranges[n];
			named += ranges[n].exclude != TRI_YES;
		}
		ranges[forwarding.range_count++] = (struct port_range){ .start = { true, 1 }, .end = { true, PORT_LAST } };
		forwarding.ranges = ranges;
		if (named == 0)
			(void)port_forwarding_runs(&forwarding, &runs, &count, NULL);
		for (size_t n = 0; n < count; n++)
			*ARRAY_ADD(forwards, *ret_count) = (struct forward){ xstrdup(forwarding.proto), xstrdup_null(forwarding.address),
									     runs[n].host, runs[n].guest, runs[n].count };
	}
	return forwards;
}

/* Where the network sends what arrives, as far as it knows. Owned. */
static char *guest_address(struct manager *manager, const struct interface *interface, const struct forward *forward)
{
	_cleanup_network_row_ struct network_row row = { 0 };
	_cleanup_network_ struct network *network = NULL;
	bool v6 = forward->address != NULL && strchr(forward->address, ':') != NULL;
	char text[ADDRESS_TEXT_SIZE];
	struct ip_address address;

	if (interface->type != INTERFACE_NETWORK || interface->mac == NULL || !network_find(manager, interface->source, &row, NULL))
		return NULL;
	network = network_load(manager, &row, row.active, NULL);
	if (network == NULL || (!network_reserved(network, interface->mac, v6 ? AF_INET6 : AF_INET, &address) &&
				(forward->address != NULL || !network_reserved(network, interface->mac, AF_INET6, &address))))
		return NULL;
	address_format(&address, text);
	return xstrdup(text);
}

void forward_rows_free(struct forward_row *rows, size_t count)
{
	for (size_t i = 0; rows != NULL && i < count; i++) {
		forward_clear(&rows[i].forward);
		free(rows[i].mac);
		free(rows[i].type);
		free(rows[i].source);
		free(rows[i].backend);
		free(rows[i].guest);
	}
	free(rows);
}

bool domain_forwards(struct manager *manager, const struct machine *machine, bool live, struct forward_row **ret, size_t *ret_count,
		     struct error *err)
{
	_cleanup_domain_ struct domain *domain = domain_load(manager, machine, live, err);

	*ret = NULL;
	*ret_count = 0;
	for (size_t i = 0; domain != NULL && i < domain->interface_count; i++) {
		const struct interface *interface = &domain->interfaces[i];
		size_t count;
		struct forward *forwards = shown_forwards(interface, &count);

		for (size_t n = 0; n < count; n++)
			*ARRAY_ADD(*ret, *ret_count) = (struct forward_row){
				.forward = forwards[n],
				.mac = xstrdup_null(interface->mac),
				.type = xstrdup(enum_word(&interface_type_words, (int)interface->type)),
				.source = xstrdup_null(interface->source),
				.backend = xstrdup_null(interface->backend),
				.guest = guest_address(manager, interface, &forwards[n]),
			};
		free(forwards);
	}
	return domain != NULL;
}
