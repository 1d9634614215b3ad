/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports of the host that lead to a guest, as a document states them. */
#include "hv/port_forwarding.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PORT_LAST 65535u

/* ---- what ranges come to ---- */

static unsigned range_end(const struct port_range *range)
{
	return (unsigned)(range->end.set ? range->end.value : range->start.value);
}

static bool is_left_out(const struct port_forwarding *forwarding, unsigned port)
{
	for (size_t i = 0; i < forwarding->range_count; i++) {
		const struct port_range *range = &forwarding->ranges[i];

		if (range->exclude == TRI_YES && port >= range->start.value && port <= range_end(range))
			return true;
	}
	return false;
}

static bool check_range(const struct port_range *range, struct error *err)
{
	uint64_t to = range->to.set ? range->to.value : range->start.value;

	if (range_end(range) < range->start.value)
		return error_set(err, ERROR_INVALID, "<range start='%" PRIu64 "' end='%" PRIu64 "'> ends before it starts", range->start.value,
				 range->end.value);
	if (to + range_end(range) - range->start.value > PORT_LAST)
		return error_set(err, ERROR_INVALID, "<range start='%" PRIu64 "' end='%" PRIu64 "' to='%" PRIu64 "'> leads beyond port %u",
				 range->start.value, range->end.value, to, PORT_LAST);
	return true;
}

bool port_forwarding_runs(const struct port_forwarding *forwarding, struct port_run **ret, size_t *ret_count, struct error *err)
{
	_cleanup_free_ struct port_run *runs = NULL;
	size_t count = 0, named = 0;

	for (size_t i = 0; i < forwarding->range_count; i++) {
		const struct port_range *range = &forwarding->ranges[i];
		unsigned to = (unsigned)(range->to.set ? range->to.value : range->start.value);
		bool goes_on = false;

		if (!check_range(range, err))
			return false;
		if (range->exclude == TRI_YES)
			continue;
		named++;
		for (unsigned port = (unsigned)range->start.value; port <= range_end(range); port++) {
			bool out = is_left_out(forwarding, port);

			if (!out && goes_on)
				runs[count - 1].count++;
			else if (!out)
				*ARRAY_ADD(runs, count) = (struct port_run){ port, to + port - (unsigned)range->start.value, 1 };
			goes_on = !out;
		}
	}
	if (named == 0) {
		error_set(err, ERROR_UNSUPPORTED, "<portForward> of all ports is not supported");
		return error_hint(err, "name each port: <range start='2222' to='22'/>");
	}
	*ret = TAKE_POINTER(runs);
	*ret_count = count;
	return true;
}

/* ---- which one ---- */

static bool same_address(const char *a, const char *b)
{
	unsigned char left[sizeof(struct in6_addr)], right[sizeof(struct in6_addr)];

	if (a == NULL || b == NULL)
		return a == b;
	if (inet_pton(AF_INET, a, left) == 1 && inet_pton(AF_INET, b, right) == 1)
		return memcmp(left, right, sizeof(struct in_addr)) == 0;
	if (inet_pton(AF_INET6, a, left) == 1 && inet_pton(AF_INET6, b, right) == 1)
		return memcmp(left, right, sizeof left) == 0;
	return strcmp(a, b) == 0;
}

bool port_forwarding_is(const struct port_forwarding *forwarding, const char *proto, const char *address)
{
	return text_equal(forwarding->proto, proto) && forwarding->dev == NULL && same_address(forwarding->address, address);
}

static bool is_element(const xmlNode *node, const char *proto, const char *address)
{
	_cleanup_free_ char *its_proto = xml_attribute(node, "proto"), *its_address = xml_attribute(node, "address"),
			    *dev = xml_attribute(node, "dev");

	return text_equal(its_proto, proto) && dev == NULL && same_address(its_address, address);
}

static bool leaves_out(const xmlNode *range)
{
	_cleanup_free_ char *exclude = xml_attribute(range, "exclude");

	return text_equal(exclude, "yes");
}

static bool any_left_out(const xmlNode *node)
{
	for (xmlNode *range = xml_child(node, "range"); range != NULL; range = xml_next(range, "range"))
		if (leaves_out(range))
			return true;
	return false;
}

/* ---- changes ---- */

static void set_port(xmlNode *node, const char *name, unsigned port)
{
	_cleanup_free_ char *text = strf("%u", port);

	xml_set_attribute(node, name, text);
}

static xmlNode *new_element(xmlNode *interface, const char *proto, const char *address)
{
	xmlNode *last = NULL, *node;

	for (node = xml_child(interface, "portForward"); node != NULL; node = xml_next(node, "portForward"))
		last = node;
	node = last != NULL ? xml_add_after(last, "portForward", NULL) : xml_add_child(interface, "portForward", NULL);
	xml_set_attribute(node, "proto", proto);
	xml_set_attribute(node, "address", address);
	return node;
}

void port_forwarding_add(xmlNode *interface, const char *proto, const char *address, const struct port_run *run)
{
	xmlNode *node = xml_child(interface, "portForward"), *range;

	while (node != NULL && (!is_element(node, proto, address) || xml_child(node, "range") == NULL || any_left_out(node)))
		node = xml_next(node, "portForward");
	if (node == NULL)
		node = new_element(interface, proto, address);
	range = xml_add_child(node, "range", NULL);
	set_port(range, "start", run->host);
	if (run->count > 1)
		set_port(range, "end", run->host + run->count - 1);
	if (run->guest != run->host)
		set_port(range, "to", run->guest);
}

static unsigned port_of(const xmlNode *node, const char *name, unsigned otherwise)
{
	_cleanup_free_ char *text = xml_attribute(node, name);
	uint64_t port;

	return text != NULL && text_to_uint(text, false, &port) && port <= PORT_LAST ? (unsigned)port : otherwise;
}

static bool is_range(const xmlNode *range, const struct port_run *run)
{
	unsigned start = port_of(range, "start", 0);

	return !leaves_out(range) && start == run->host && port_of(range, "end", start) == run->host + run->count - 1 &&
	       port_of(range, "to", start) == run->guest;
}

/* One that is left with exceptions alone would mean all ports. */
static void remove_range(xmlNode *node, xmlNode *range)
{
	xml_remove(range);
	for (range = xml_child(node, "range"); range != NULL; range = xml_next(range, "range"))
		if (!leaves_out(range))
			return;
	xml_remove(node);
}

bool port_forwarding_remove(xmlNode *interface, const char *proto, const char *address, const struct port_run *run)
{
	for (xmlNode *node = xml_child(interface, "portForward"); node != NULL; node = xml_next(node, "portForward"))
		for (xmlNode *range = xml_child(node, "range"); is_element(node, proto, address) && range != NULL; range = xml_next(range, "range"))
			if (is_range(range, run)) {
				remove_range(node, range);
				return true;
			}
	return false;
}
