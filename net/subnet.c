/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses as bytes, networks as an address and a number of bits. */
#include "net/subnet.h"

#include "base/memory.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

bool address_parse(const char *text, struct ip_address *ret)
{
	struct ip_address address = { 0 };

	if (text == NULL)
		return false;
	address.family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
	if (inet_pton(address.family, text, address.bytes) != 1)
		return false;
	*ret = address;
	return true;
}

void address_format(const struct ip_address *address, char ret[ADDRESS_TEXT_SIZE])
{
	if (inet_ntop(address->family, address->bytes, ret, ADDRESS_TEXT_SIZE) == NULL)
		ret[0] = '\0';
}

unsigned address_bits(const struct ip_address *address)
{
	return address->family == AF_INET ? 32 : 128;
}

int address_compare(const struct ip_address *a, const struct ip_address *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

bool address_is_special(const struct ip_address *address)
{
	static const uint8_t none[15] = { 0 };
	const uint8_t *bytes = address->bytes;

	if (address->family == AF_INET)
		return bytes[0] == 0 || bytes[0] == 127 || bytes[0] >= 224;
	return bytes[0] == 0xff || (memcmp(bytes, none, sizeof none) == 0 && bytes[15] <= 1);
}

/* The number of leading ones of a mask; false when ones come after a zero. */
static bool mask_prefix(const struct ip_address *mask, unsigned *ret)
{
	unsigned bits = address_bits(mask), ones = 0;

	while (ones < bits && (mask->bytes[ones / 8] & (0x80 >> ones % 8)) != 0)
		ones++;
	for (unsigned bit = ones; bit < bits; bit++)
		if ((mask->bytes[bit / 8] & (0x80 >> bit % 8)) != 0)
			return false;
	*ret = ones;
	return true;
}

/* What an IPv4 address had for a network before there were netmasks. */
static unsigned class_prefix(const struct ip_address *address)
{
	return address->bytes[0] < 128 ? 8 : address->bytes[0] < 192 ? 16 : 24;
}

bool subnet_parse(const char *what, const char *address, const char *netmask, bool prefix_set, uint64_t prefix,
		  struct subnet *ret, struct error *err)
{
	struct subnet subnet = { 0 };
	struct ip_address mask;

	if (!address_parse(address, &subnet.address))
		return error_set(err, ERROR_INVALID, "%s: '%s' is not an IPv4 or IPv6 address", what, address);
	if (netmask != NULL && prefix_set)
		return error_set(err, ERROR_INVALID, "%s: both prefix= and netmask= are given: one is enough", what);
	if (netmask != NULL) {
		if (!address_parse(netmask, &mask) || mask.family != subnet.address.family ||
		    !mask_prefix(&mask, &subnet.prefix))
			return error_set(err, ERROR_INVALID, "%s: '%s' is not a netmask, as 255.255.255.0", what,
					 netmask);
	} else if (prefix_set) {
		if (prefix > address_bits(&subnet.address))
			return error_set(err, ERROR_INVALID, "%s: a prefix of %u is more than the %u bits of '%s'", what,
					 (unsigned)prefix, address_bits(&subnet.address), address);
		subnet.prefix = (unsigned)prefix;
	} else {
		subnet.prefix = subnet.address.family == AF_INET ? class_prefix(&subnet.address) : 64;
	}
	*ret = subnet;
	return true;
}

/* An address with every bit of its host part cleared, or set. */
static struct ip_address edge(const struct subnet *subnet, bool set)
{
	struct ip_address address = subnet->address;

	for (unsigned bit = subnet->prefix; bit < address_bits(&address); bit++) {
		uint8_t mask = (uint8_t)(0x80 >> bit % 8);

		if (set)
			address.bytes[bit / 8] |= mask;
		else
			address.bytes[bit / 8] &= (uint8_t)~mask;
	}
	return address;
}

struct ip_address subnet_first(const struct subnet *subnet)
{
	return edge(subnet, false);
}

struct ip_address subnet_last(const struct subnet *subnet)
{
	return edge(subnet, true);
}

struct ip_address subnet_netmask(const struct subnet *subnet)
{
	struct subnet zeroes = { { .family = subnet->address.family }, subnet->prefix };
	struct ip_address host = edge(&zeroes, true);

	for (size_t i = 0; i < address_bits(&host) / 8; i++)
		host.bytes[i] = (uint8_t)~host.bytes[i];
	return host;
}

bool subnet_has(const struct subnet *subnet, const struct ip_address *address)
{
	struct ip_address first = subnet_first(subnet), last = subnet_last(subnet);

	return address->family == subnet->address.family && address_compare(&first, address) <= 0 &&
	       address_compare(address, &last) <= 0;
}

bool subnets_overlap(const struct subnet *a, const struct subnet *b)
{
	const struct subnet *wide = a->prefix < b->prefix ? a : b;
	const struct subnet *narrow = wide == a ? b : a;

	return subnet_has(wide, &narrow->address);
}

char *subnet_format(const struct subnet *subnet)
{
	char text[ADDRESS_TEXT_SIZE];
	struct ip_address first = subnet_first(subnet);

	address_format(&first, text);
	return strf("%s/%u", text, subnet->prefix);
}

uint64_t address_count(const struct ip_address *a, const struct ip_address *b)
{
	uint64_t low_a = 0, low_b = 0;
	size_t length = address_bits(a) / 8;
	size_t high = length > 8 ? length - 8 : 0;

	if (address_compare(a, b) > 0)
		return 0;
	if (memcmp(a->bytes, b->bytes, high) != 0)
		return UINT64_MAX;
	for (size_t i = high; i < length; i++) {
		low_a = low_a << 8 | a->bytes[i];
		low_b = low_b << 8 | b->bytes[i];
	}
	return low_b - low_a == UINT64_MAX ? UINT64_MAX : low_b - low_a + 1;
}

static bool is_free(const struct subnet *subnet, const struct subnet *used, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (subnets_overlap(subnet, &used[i]))
			return false;
	return true;
}

bool subnet_find_free(const struct subnet *used, size_t count, struct subnet *ret)
{
	static const uint8_t nets[][2] = { { 192, 168 }, { 172, 16 }, { 10, 122 } };

	for (size_t i = 0; i < ARRAY_LENGTH(nets); i++)
		for (unsigned third = 0; third < 255; third++) {
			/* where libvirt begins, so that whoever knows its 192.168.122.0/24 finds it here too */
			uint8_t net = (uint8_t)((third + 122) % 255);
			struct subnet subnet = { { AF_INET, { nets[i][0], nets[i][1], net, 0 } }, 24 };

			if (is_free(&subnet, used, count)) {
				*ret = subnet;
				return true;
			}
		}
	return false;
}
