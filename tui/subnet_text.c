/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Subnets as people type them. */
#include "tui/subnet_text.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"

#include <string.h>
#include <sys/socket.h>

/* An address so many further, or back. */
static struct ip_address moved(struct ip_address address, int by)
{
	int carry = by;

	for (int i = address.family == AF_INET ? 3 : 15; i >= 0 && carry != 0; i--) {
		int sum = address.bytes[i] + carry;

		address.bytes[i] = (uint8_t)(sum & 0xff);
		carry = sum < 0 ? -1 : sum >> 8;
	}
	return address;
}

char *subnet_read(const char *text, int family, struct subnet *ret)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	const char *slash = strchr(text, '/');
	_cleanup_free_ char *address = slash != NULL ? xstrndup(text, (size_t)(slash - text)) : xstrdup(text);
	struct ip_address parsed;
	uint64_t prefix = 0;

	if (!address_parse(address, &parsed) || parsed.family != family)
		return xstrdup(family == AF_INET ? _("no IPv4 subnet: 192.168.123.0/24") : _("no IPv6 subnet: fd00:123::/64"));
	if (slash == NULL || !text_to_uint(slash + 1, false, &prefix))
		return xstrdup(_("behind a '/' is missing how many bits are common: /24, /64"));
	if (!subnet_parse(_("subnet"), address, NULL, true, prefix, ret, &err))
		return xstrdup(error_text(&err));
	if (prefix < 8 || prefix > address_bits(&parsed) - 2)
		return strf(_("from /8 to /%u: the host and guests have to fit in"), address_bits(&parsed) - 2);
	return address_is_special(&ret->address) ? xstrdup(_("no machine can have such an address")) : NULL;
}

struct ip_address subnet_own_address(const struct subnet *subnet)
{
	struct ip_address first = subnet_first(subnet);

	return address_compare(&first, &subnet->address) == 0 ? moved(first, 1) : subnet->address;
}

char *subnet_usual_range(const struct subnet *subnet)
{
	char first[ADDRESS_TEXT_SIZE], last[ADDRESS_TEXT_SIZE];
	struct ip_address own = subnet_own_address(subnet), lowest = moved(subnet_first(subnet), 1), highest = moved(subnet_last(subnet), -1);

	if (address_compare(&own, &lowest) == 0)
		lowest = moved(lowest, 1);
	else
		highest = moved(own, -1);
	address_format(&lowest, first);
	address_format(&highest, last);
	return strf("%s - %s", first, last);
}

bool range_read(const char *text, struct ip_address *ret_first, struct ip_address *ret_last)
{
	_cleanup_strv_ char **parts = strv_split(text, " -");

	return strv_length(parts) == 2 && address_parse(parts[0], ret_first) && address_parse(parts[1], ret_last) && ret_first->family == AF_INET &&
	       ret_last->family == AF_INET;
}
