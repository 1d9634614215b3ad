/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an interface carries, as a person would write it into a file. */
#include "net/carried_internal.h"

#include "base/memory.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

static bool read_address(const struct nlattr *attribute, int family, struct ip_address *ret)
{
	*ret = (struct ip_address){ .family = family };
	if (attribute == NULL || (family != AF_INET && family != AF_INET6) || nla_len(attribute) != (int)address_bits(ret) / 8)
		return false;
	memcpy(ret->bytes, nla_data(attribute), (size_t)nla_len(attribute));
	return true;
}

void carried_addresses(const struct carried *carried, struct carried_address **ret, size_t *ret_count)
{
	struct carried_address *addresses = NULL;
	size_t count = 0;

	for (size_t i = 0; i < carried->count; i++) {
		const struct piece *piece = &carried->pieces[i];
		const struct ifaddrmsg *header = (const void *)piece->data;
		const struct nlattr *local = piece->type == RTM_NEWADDR ? piece_attribute(piece, IFA_LOCAL) : NULL;
		struct carried_address address = { .leased = (header->ifa_flags & IFA_F_PERMANENT) == 0 };

		if (piece->type != RTM_NEWADDR ||
		    !read_address(local != NULL ? local : piece_attribute(piece, IFA_ADDRESS), header->ifa_family, &address.subnet.address))
			continue;
		address.subnet.prefix = header->ifa_prefixlen;
		*ARRAY_ADD(addresses, count) = address;
	}
	*ret = addresses;
	*ret_count = count;
}

void carried_routes(const struct carried *carried, struct carried_route **ret, size_t *ret_count)
{
	struct carried_route *routes = NULL;
	size_t count = 0;

	for (size_t i = 0; i < carried->count; i++) {
		const struct piece *piece = &carried->pieces[i];
		const struct rtmsg *header = (const void *)piece->data;
		struct carried_route route = { 0 };

		if (piece->type != RTM_NEWROUTE || header->rtm_type != RTN_UNICAST || piece_attribute(piece, RTA_MULTIPATH) != NULL)
			continue;
		const struct nlattr *metric = piece_attribute(piece, RTA_PRIORITY), *table = piece_attribute(piece, RTA_TABLE);

		route.to.prefix = header->rtm_dst_len;
		route.to.address.family = header->rtm_family;
		(void)read_address(piece_attribute(piece, RTA_DST), header->rtm_family, &route.to.address);
		if (!read_address(piece_attribute(piece, RTA_GATEWAY), header->rtm_family, &route.gateway))
			route.gateway = (struct ip_address){ 0 };
		route.metric = metric != NULL ? nla_get_u32(metric) : 0;
		route.table = table != NULL ? nla_get_u32(table) : header->rtm_table;
		route.leased = header->rtm_protocol == RTPROT_RA || header->rtm_protocol == RTPROT_DHCP;
		*ARRAY_ADD(routes, count) = route;
	}
	*ret = routes;
	*ret_count = count;
}
