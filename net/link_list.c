/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What interfaces, addresses and routes the host has: netlink's dumps, read as they come. */
#include "net/link_internal.h"

#include "base/memory.h"

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NARROW_PREFIX 8 /* of a route that leads to somebody, and not out */

#define OPERSTATE_UP 6 /* IF_OPER_UP of linux/if.h, which does not go together with net/if.h */

static void read_text(const struct nlattr *attribute, char *ret, size_t size)
{
	if (attribute != NULL)
		nla_strlcpy(ret, attribute, size);
}

static void format_mac(const unsigned char mac[ETH_ALEN], char ret[18])
{
	snprintf(ret, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

static void read_statistics(const struct nlattr *attribute, struct link *link)
{
	struct rtnl_link_stats64 stats = { 0 };

	if (attribute == NULL)
		return;
	nla_memcpy(&stats, attribute, sizeof stats);
	link->rx_bytes = stats.rx_bytes;
	link->tx_bytes = stats.tx_bytes;
	link->rx_packets = stats.rx_packets;
	link->tx_packets = stats.tx_packets;
	link->rx_errors = stats.rx_errors;
	link->tx_errors = stats.tx_errors;
	link->rx_dropped = stats.rx_dropped;
	link->tx_dropped = stats.tx_dropped;
}

/* What a bridge says of itself: its priority and MAC as a number of spanning tree, "8000.525400a1b2c3". */
static void read_bridge(struct nlattr *data, struct link *link)
{
	struct nlattr *attributes[IFLA_BR_MAX + 1];

	if (data == NULL || nla_parse_nested(attributes, IFLA_BR_MAX, data, NULL) < 0)
		return;
	if (attributes[IFLA_BR_STP_STATE] != NULL)
		link->stp = nla_get_u32(attributes[IFLA_BR_STP_STATE]) != 0;
	if (attributes[IFLA_BR_BRIDGE_ID] != NULL && nla_len(attributes[IFLA_BR_BRIDGE_ID]) >= 8) {
		const unsigned char *id = nla_data(attributes[IFLA_BR_BRIDGE_ID]);

		snprintf(link->bridge_id, sizeof link->bridge_id, "%02x%02x.%02x%02x%02x%02x%02x%02x", id[0], id[1], id[2], id[3], id[4],
			 id[5], id[6], id[7]);
	}
}

static void read_macvlan(struct nlattr *data, struct link *link)
{
	struct nlattr *attributes[IFLA_MACVLAN_MAX + 1];

	if (data == NULL || nla_parse_nested(attributes, IFLA_MACVLAN_MAX, data, NULL) < 0 || attributes[IFLA_MACVLAN_MODE] == NULL)
		return;
	link->passthru = nla_get_u32(attributes[IFLA_MACVLAN_MODE]) == MACVLAN_MODE_PASSTHRU;
}

static void read_info(struct nlattr *attribute, struct link *link)
{
	struct nlattr *info[IFLA_INFO_MAX + 1];

	if (attribute == NULL || nla_parse_nested(info, IFLA_INFO_MAX, attribute, NULL) < 0)
		return;
	read_text(info[IFLA_INFO_KIND], link->kind, sizeof link->kind);
	if (strcmp(link->kind, "bridge") == 0)
		read_bridge(info[IFLA_INFO_DATA], link);
	if (strcmp(link->kind, "macvtap") == 0 || strcmp(link->kind, "macvlan") == 0)
		read_macvlan(info[IFLA_INFO_DATA], link);
}

static bool read_link(struct nlmsghdr *header, struct link *ret)
{
	struct nlattr *attributes[IFLA_MAX + 1];
	const struct ifinfomsg *message = nlmsg_data(header);
	struct link link = { .index = message->ifi_index, .type = message->ifi_type, .up = (message->ifi_flags & IFF_UP) != 0 };

	if (header->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse(header, sizeof *message, attributes, IFLA_MAX, NULL) < 0 || attributes[IFLA_IFNAME] == NULL)
		return false;
	read_text(attributes[IFLA_IFNAME], link.name, sizeof link.name);
	read_text(attributes[IFLA_IFALIAS], link.alias, sizeof link.alias);
	if (attributes[IFLA_MTU] != NULL)
		link.mtu = nla_get_u32(attributes[IFLA_MTU]);
	if (attributes[IFLA_MASTER] != NULL)
		link.master = (int)nla_get_u32(attributes[IFLA_MASTER]);
	if (attributes[IFLA_LINK] != NULL)
		link.lower = (int)nla_get_u32(attributes[IFLA_LINK]);
	if (attributes[IFLA_CARRIER] != NULL)
		link.carrier = nla_get_u8(attributes[IFLA_CARRIER]) != 0;
	if (attributes[IFLA_OPERSTATE] != NULL)
		link.ready = nla_get_u8(attributes[IFLA_OPERSTATE]) == OPERSTATE_UP;
	if (attributes[IFLA_ADDRESS] != NULL && nla_len(attributes[IFLA_ADDRESS]) == ETH_ALEN)
		format_mac(nla_data(attributes[IFLA_ADDRESS]), link.mac);
	read_statistics(attributes[IFLA_STATS64], &link);
	read_info(attributes[IFLA_LINKINFO], &link);
	*ret = link;
	return true;
}

struct link_array {
	struct link *links;
	size_t count;
};

static int take_link(struct nl_msg *message, void *userdata)
{
	struct link_array *to = userdata;
	struct link link;

	if (read_link(nlmsg_hdr(message), &link)) {
		to->links = array_grow(to->links, to->count, sizeof *to->links);
		to->links[to->count++] = link;
	}
	return NL_OK;
}

static int take_end(struct nl_msg *message, void *userdata)
{
	(void)message;
	*(bool *)userdata = true;
	return NL_STOP;
}

int link_ask(struct links *links, struct nl_msg *message, int (*take)(struct nl_msg *, void *), void *userdata)
{
	int code = nl_send_auto(links->socket, message);
	bool over = false;

	nlmsg_free(message);
	if (code < 0)
		return code;
	struct nl_cb *original = nl_socket_get_cb(links->socket);
	struct nl_cb *callbacks = nl_cb_clone(original);

	nl_cb_put(original);
	if (callbacks == NULL)
		memory_exhausted();
	nl_cb_set(callbacks, NL_CB_VALID, NL_CB_CUSTOM, take, userdata);
	nl_cb_set(callbacks, NL_CB_FINISH, NL_CB_CUSTOM, take_end, &over);
	nl_cb_set(callbacks, NL_CB_ACK, NL_CB_CUSTOM, take_end, &over);
	do
		code = nl_recvmsgs(links->socket, callbacks);
	while (code >= 0 && !over);
	nl_cb_put(callbacks);
	return code;
}

bool link_list(struct links *links, struct link **ret, size_t *ret_count, struct error *err)
{
	struct link_array found = { 0 };
	int code = link_ask(links, link_request(RTM_GETLINK, NLM_F_DUMP, 0), take_link, &found);

	if (code < 0) {
		free(found.links);
		return error_set(err, ERROR_SYSTEM, "cannot list the host's network interfaces: %s", nl_geterror(code));
	}
	*ret = found.links;
	*ret_count = found.count;
	return true;
}

bool link_find(struct links *links, const char *name, struct link *ret, struct error *err)
{
	struct link_array found = { 0 };
	int index = link_index(name, err);

	if (index == 0)
		return false;
	struct nl_msg *message = link_request(RTM_GETLINK, 0, index);
	int code = link_ask(links, message, take_link, &found);
	bool ok = code >= 0 && found.count > 0;

	if (ok)
		*ret = found.links[0];
	else
		link_fail(code < 0 ? code : -NLE_NODEV, "look at the interface", name, err);
	free(found.links);
	return ok;
}

struct subnet_array {
	struct subnet *subnets;
	size_t count;
	int except, only; /* an interface's index; 0: none, and all */
};

static void add_subnet(struct subnet_array *to, int family, const struct nlattr *address, unsigned prefix)
{
	struct subnet subnet = { { .family = family }, prefix };

	if (address == NULL || (family != AF_INET && family != AF_INET6) || prefix == 0)
		return;
	nla_memcpy(subnet.address.bytes, address, (int)address_bits(&subnet.address) / 8);
	to->subnets = array_grow(to->subnets, to->count, sizeof *to->subnets);
	to->subnets[to->count++] = subnet;
}

static int take_address(struct nl_msg *message, void *userdata)
{
	struct nlattr *attributes[IFA_MAX + 1];
	struct nlmsghdr *header = nlmsg_hdr(message);
	const struct ifaddrmsg *address = nlmsg_data(header);
	struct subnet_array *to = userdata;

	if (header->nlmsg_type == RTM_NEWADDR && nlmsg_parse(header, sizeof *address, attributes, IFA_MAX, NULL) == 0 &&
	    (int)address->ifa_index != to->except && (to->only == 0 || (int)address->ifa_index == to->only) &&
	    address->ifa_scope != RT_SCOPE_LINK)
		add_subnet(to, address->ifa_family,
			   attributes[IFA_LOCAL] != NULL ? attributes[IFA_LOCAL] : attributes[IFA_ADDRESS],
			   address->ifa_prefixlen);
	return NL_OK;
}

static int take_route(struct nl_msg *message, void *userdata)
{
	struct nlattr *attributes[RTA_MAX + 1];
	struct nlmsghdr *header = nlmsg_hdr(message);
	const struct rtmsg *route = nlmsg_data(header);
	struct subnet_array *to = userdata;

	if (header->nlmsg_type != RTM_NEWROUTE || nlmsg_parse(header, sizeof *route, attributes, RTA_MAX, NULL) < 0 ||
	    route->rtm_type != RTN_UNICAST || route->rtm_table == RT_TABLE_LOCAL)
		return NL_OK;
	if (attributes[RTA_OIF] != NULL && (int)nla_get_u32(attributes[RTA_OIF]) == to->except)
		return NL_OK;
	/* each link has fe80::/64 */
	if (route->rtm_family == AF_INET6 && attributes[RTA_DST] != NULL &&
	    *(const uint8_t *)nla_data(attributes[RTA_DST]) == 0xfe)
		return NL_OK;
	/* tunnels have two halves of everything for a default route */
	if (route->rtm_dst_len >= NARROW_PREFIX)
		add_subnet(to, route->rtm_family, attributes[RTA_DST], route->rtm_dst_len);
	return NL_OK;
}

struct default_search {
	uint32_t metric;
	int index; /* 0: none yet */
};

static int take_default(struct nl_msg *message, void *userdata)
{
	struct nlattr *attributes[RTA_MAX + 1];
	struct nlmsghdr *header = nlmsg_hdr(message);
	const struct rtmsg *route = nlmsg_data(header);
	struct default_search *search = userdata;

	if (header->nlmsg_type != RTM_NEWROUTE || nlmsg_parse(header, sizeof *route, attributes, RTA_MAX, NULL) < 0 ||
	    route->rtm_type != RTN_UNICAST || route->rtm_table != RT_TABLE_MAIN || route->rtm_dst_len != 0 || attributes[RTA_OIF] == NULL)
		return NL_OK;
	uint32_t metric = attributes[RTA_PRIORITY] != NULL ? nla_get_u32(attributes[RTA_PRIORITY]) : 0;

	if (search->index == 0 || metric < search->metric)
		*search = (struct default_search){ metric, (int)nla_get_u32(attributes[RTA_OIF]) };
	return NL_OK;
}

bool link_default(struct links *links, int family, char ret[LINK_NAME_SIZE])
{
	struct nl_msg *message = nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP);
	struct rtmsg header = { .rtm_family = (unsigned char)family };
	struct default_search search = { 0 };

	if (message == NULL || nlmsg_append(message, &header, sizeof header, NLMSG_ALIGNTO) < 0)
		memory_exhausted();
	return link_ask(links, message, take_default, &search) >= 0 && search.index != 0 && if_indextoname((unsigned)search.index, ret) != NULL;
}

bool link_subnets(struct links *links, const char *except, struct subnet **ret, size_t *ret_count, struct error *err)
{
	struct subnet_array found = { .except = except != NULL ? (int)if_nametoindex(except) : 0 };
	struct nl_msg *addresses = nlmsg_alloc_simple(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP);
	struct nl_msg *routes = nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP);
	struct ifaddrmsg of_address = { 0 };
	struct rtmsg of_route = { 0 };

	if (addresses == NULL || routes == NULL || nlmsg_append(addresses, &of_address, sizeof of_address, NLMSG_ALIGNTO) < 0 ||
	    nlmsg_append(routes, &of_route, sizeof of_route, NLMSG_ALIGNTO) < 0)
		memory_exhausted();
	int code = link_ask(links, addresses, take_address, &found);

	if (code >= 0)
		code = link_ask(links, routes, take_route, &found);
	else
		nlmsg_free(routes);
	if (code < 0) {
		free(found.subnets);
		return error_set(err, ERROR_SYSTEM, "cannot list the host's addresses and routes: %s", nl_geterror(code));
	}
	*ret = found.subnets;
	*ret_count = found.count;
	return true;
}

bool link_addresses(struct links *links, const char *name, struct subnet **ret, size_t *ret_count, struct error *err)
{
	struct subnet_array found = { .only = link_index(name, err) };
	struct nl_msg *addresses = nlmsg_alloc_simple(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP);
	struct ifaddrmsg header = { 0 };

	if (addresses == NULL || nlmsg_append(addresses, &header, sizeof header, NLMSG_ALIGNTO) < 0)
		memory_exhausted();
	if (found.only == 0) {
		nlmsg_free(addresses);
		return false;
	}
	int code = link_ask(links, addresses, take_address, &found);

	if (code < 0) {
		free(found.subnets);
		return link_fail(code, "list the addresses of", name, err);
	}
	*ret = found.subnets;
	*ret_count = found.count;
	return true;
}

struct neighbour_array {
	struct neighbour *neighbours;
	size_t count;
};

static int take_neighbour(struct nl_msg *message, void *userdata)
{
	struct nlattr *attributes[NDA_MAX + 1];
	struct nlmsghdr *header = nlmsg_hdr(message);
	const struct ndmsg *neighbour = nlmsg_data(header);
	struct neighbour_array *to = userdata;
	struct ip_address address = { .family = neighbour->ndm_family };

	if (header->nlmsg_type != RTM_NEWNEIGH || nlmsg_parse(header, sizeof *neighbour, attributes, NDA_MAX, NULL) < 0 ||
	    (address.family != AF_INET && address.family != AF_INET6) || attributes[NDA_DST] == NULL || attributes[NDA_LLADDR] == NULL ||
	    nla_len(attributes[NDA_LLADDR]) != ETH_ALEN || (neighbour->ndm_state & (NUD_FAILED | NUD_INCOMPLETE)) != 0)
		return NL_OK;
	nla_memcpy(address.bytes, attributes[NDA_DST], (int)address_bits(&address) / 8);
	to->neighbours = array_grow(to->neighbours, to->count, sizeof *to->neighbours);
	to->neighbours[to->count].address = address;
	format_mac(nla_data(attributes[NDA_LLADDR]), to->neighbours[to->count++].mac);
	return NL_OK;
}

bool link_neighbour_list(struct links *links, struct neighbour **ret, size_t *ret_count, struct error *err)
{
	struct neighbour_array found = { 0 };
	struct nl_msg *message = nlmsg_alloc_simple(RTM_GETNEIGH, NLM_F_REQUEST | NLM_F_DUMP);
	struct ndmsg of_neighbour = { 0 };

	if (message == NULL || nlmsg_append(message, &of_neighbour, sizeof of_neighbour, NLMSG_ALIGNTO) < 0)
		memory_exhausted();
	int code = link_ask(links, message, take_neighbour, &found);

	if (code < 0) {
		free(found.neighbours);
		return error_set(err, ERROR_SYSTEM, "cannot list the host's neighbours: %s", nl_geterror(code));
	}
	*ret = found.neighbours;
	*ret_count = found.count;
	return true;
}

bool link_neighbours(struct links *links, const char *mac, struct ip_address **ret, size_t *ret_count, struct error *err)
{
	_cleanup_free_ struct neighbour *all = NULL;
	struct ip_address *addresses = NULL;
	size_t all_count, count = 0;
	struct ether_addr wanted;
	char text[18];

	if (ether_aton_r(mac, &wanted) == NULL)
		return error_set(err, ERROR_INVALID, "'%s' is not a MAC address", mac);
	format_mac(wanted.ether_addr_octet, text);
	if (!link_neighbour_list(links, &all, &all_count, err))
		return false;
	for (size_t i = 0; i < all_count; i++)
		if (strcmp(all[i].mac, text) == 0)
			*ARRAY_ADD(addresses, count) = all[i].address;
	*ret = addresses;
	*ret_count = count;
	return true;
}
