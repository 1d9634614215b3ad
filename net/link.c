/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces: made, changed, deleted by netlink messages. */
#include "net/link_internal.h"

#include "base/memory.h"
#include "base/text.h"

#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netlink/msg.h>
#include <string.h>

static bool put_mac(struct nl_msg *message, const char *mac)
{
	struct ether_addr address;

	return ether_aton_r(mac, &address) != NULL && nla_put(message, IFLA_ADDRESS, ETH_ALEN, &address) == 0;
}

bool link_add_bridge(struct links *links, const char *name, const struct bridge_settings *settings, struct error *err)
{
	struct nl_msg *message = link_request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0);

	nla_put_string(message, IFLA_IFNAME, name);
	if (settings->mac != NULL)
		put_mac(message, settings->mac);
	if (settings->mtu != 0)
		nla_put_u32(message, IFLA_MTU, settings->mtu);
	struct nlattr *info = nla_nest_start(message, IFLA_LINKINFO);

	nla_put_string(message, IFLA_INFO_KIND, "bridge");
	struct nlattr *data = nla_nest_start(message, IFLA_INFO_DATA);

	nla_put_u32(message, IFLA_BR_STP_STATE, settings->stp ? 1 : 0);
	/* In hundredths of a second. Less than 2 s is taken only here, where the kernel reads it before it spans trees. */
	nla_put_u32(message, IFLA_BR_FORWARD_DELAY, settings->delay_s * 100);
	nla_nest_end(message, data);
	nla_nest_end(message, info);
	int code = link_send(links, message);

	if (code < 0)
		return link_fail(code, "make the bridge", name, err);
	/* an alias is not taken when a link is made */
	if (settings->alias != NULL && !link_set_alias(links, name, settings->alias, err)) {
		link_delete(links, name, NULL, NULL);
		return false;
	}
	return true;
}

bool link_delete(struct links *links, const char *name, const char *alias, struct error *err)
{
	_cleanup_error_ struct error none = ERROR_INIT;
	struct link link;

	if (!link_find(links, name, &link, &none))
		return none.code == ERROR_NOT_FOUND || error_move(err, &none);
	if (alias != NULL && !text_equal(link.alias, alias))
		return error_set(err, ERROR_STATE, "interface '%s' is not virtty's: it is left alone", name);
	/* by its number: the name may be another's by now */
	struct nl_msg *message = link_request(RTM_DELLINK, 0, link.index);
	int code = link_send(links, message);

	return code >= 0 || code == -NLE_NODEV || code == -NLE_OBJ_NOTFOUND ||
	       link_fail(code, "delete the interface", name, err);
}

/* A change of one interface's own attributes. */
static bool change(struct links *links, struct nl_msg *message, const char *what, const char *name, struct error *err)
{
	int code = link_send(links, message);

	return code >= 0 || link_fail(code, what, name, err);
}

bool link_set_up(struct links *links, const char *name, bool up, struct error *err)
{
	int index = link_index(name, err);

	if (index == 0)
		return false;
	struct nl_msg *message = link_request(RTM_NEWLINK, 0, index);
	struct ifinfomsg *header = nlmsg_data(nlmsg_hdr(message));

	header->ifi_flags = up ? IFF_UP : 0;
	header->ifi_change = IFF_UP;
	return change(links, message, up ? "switch on" : "switch off", name, err);
}

bool link_set_mtu(struct links *links, const char *name, unsigned mtu, struct error *err)
{
	int index = link_index(name, err);

	if (index == 0)
		return false;
	struct nl_msg *message = link_request(RTM_NEWLINK, 0, index);

	nla_put_u32(message, IFLA_MTU, mtu);
	return change(links, message, "set the MTU of", name, err);
}

bool link_set_mac(struct links *links, const char *name, const char *mac, struct error *err)
{
	int index = link_index(name, err);

	if (index == 0)
		return false;
	struct nl_msg *message = link_request(RTM_NEWLINK, 0, index);

	put_mac(message, mac);
	return change(links, message, "set the MAC of", name, err);
}

bool link_set_alias(struct links *links, const char *name, const char *alias, struct error *err)
{
	int index = link_index(name, err);

	if (index == 0)
		return false;
	struct nl_msg *message = link_request(RTM_NEWLINK, 0, index);

	nla_put(message, IFLA_IFALIAS, (int)strlen(alias), alias);
	return change(links, message, "name the owner of", name, err);
}

static bool set_isolated(struct links *links, const char *name, int index, bool isolated, struct error *err)
{
	struct nl_msg *message = link_request(RTM_SETLINK, 0, index);
	struct ifinfomsg *header = nlmsg_data(nlmsg_hdr(message));

	header->ifi_family = AF_BRIDGE;
	struct nlattr *port = nla_nest_start(message, IFLA_PROTINFO | NLA_F_NESTED);

	nla_put_u8(message, IFLA_BRPORT_ISOLATED, isolated);
	nla_nest_end(message, port);
	return change(links, message, isolated ? "isolate" : "reconnect", name, err);
}

bool link_set_bridge(struct links *links, const char *name, const char *bridge, bool isolated, struct error *err)
{
	int index = link_index(name, err), master = 0;
	struct link found = { 0 };

	if (index == 0)
		return false;
	if (bridge != NULL) {
		if (!link_find(links, bridge, &found, err))
			return false;
		if (!text_equal(found.kind, "bridge") && !text_equal(found.kind, "openvswitch"))
			return error_set(err, ERROR_INVALID, "interface '%s' is not a bridge", bridge);
		master = found.index;
	}
	struct nl_msg *message = link_request(RTM_NEWLINK, 0, index);

	nla_put_u32(message, IFLA_MASTER, (uint32_t)master);
	if (!change(links, message, bridge != NULL ? "make a port of a bridge of" : "take from its bridge", name, err))
		return false;
	/* said even where it is not: a port that stays on its bridge keeps what it was */
	return !(isolated || text_equal(found.kind, "bridge")) || set_isolated(links, name, index, isolated, err);
}

bool link_add_address(struct links *links, const char *name, const struct subnet *subnet, struct error *err)
{
	int index = link_index(name, err);
	struct nl_msg *message = nlmsg_alloc_simple(RTM_NEWADDR, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE);
	int length = (int)address_bits(&subnet->address) / 8;
	struct ifaddrmsg header = { .ifa_family = (unsigned char)subnet->address.family,
				    .ifa_prefixlen = (unsigned char)subnet->prefix,
				    .ifa_flags = subnet->address.family == AF_INET6 ? IFA_F_NODAD : 0,
				    .ifa_index = (unsigned)index };

	if (message == NULL || nlmsg_append(message, &header, sizeof header, NLMSG_ALIGNTO) < 0)
		memory_exhausted();
	if (index == 0) {
		nlmsg_free(message);
		return false;
	}
	nla_put(message, IFA_LOCAL, length, subnet->address.bytes);
	nla_put(message, IFA_ADDRESS, length, subnet->address.bytes);
	if (subnet->address.family == AF_INET && subnet->prefix < 31) {
		struct ip_address broadcast = subnet_last(subnet);

		nla_put(message, IFA_BROADCAST, length, broadcast.bytes);
	}
	return change(links, message, "give an address to", name, err);
}

bool link_add_route(struct links *links, const char *name, const struct subnet *to, const struct ip_address *gateway,
		    unsigned metric, struct error *err)
{
	int index = link_index(name, err);
	struct nl_msg *message = nlmsg_alloc_simple(RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL);
	int length = (int)address_bits(&to->address) / 8;
	struct ip_address first = subnet_first(to);
	struct rtmsg header = { .rtm_family = (unsigned char)to->address.family,
				.rtm_dst_len = (unsigned char)to->prefix,
				.rtm_table = RT_TABLE_MAIN,
				.rtm_protocol = RTPROT_STATIC,
				.rtm_scope = RT_SCOPE_UNIVERSE,
				.rtm_type = RTN_UNICAST };

	if (message == NULL || nlmsg_append(message, &header, sizeof header, NLMSG_ALIGNTO) < 0)
		memory_exhausted();
	if (index == 0) {
		nlmsg_free(message);
		return false;
	}
	nla_put(message, RTA_DST, length, first.bytes);
	nla_put(message, RTA_GATEWAY, length, gateway->bytes);
	nla_put_u32(message, RTA_OIF, (uint32_t)index);
	if (metric != 0)
		nla_put_u32(message, RTA_PRIORITY, metric);
	return change(links, message, "add a route over", name, err);
}
