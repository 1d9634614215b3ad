/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gives what an interface carried to another one. */
#include "net/carried_internal.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#define FOR_EVER 0xffffffffU
#define TICKS_S	 100 /* of the times that routes are told in (USER_HZ) */

/* A message like the piece about another interface: the header, then whatever attributes the caller adds. */
static struct nl_msg *request(const struct piece *piece, int type, int flags)
{
	struct nl_msg *message = nlmsg_alloc_simple(type, flags | NLM_F_REQUEST);

	if (message == NULL || nlmsg_append(message, piece->data, piece_header_size(piece->type), NLMSG_ALIGNTO) < 0)
		memory_exhausted();
	return message;
}

static void put(struct nl_msg *message, int type, int length, const void *data)
{
	if (nla_put(message, type, length, data) < 0)
		memory_exhausted();
}

#define FOR_EACH_ATTRIBUTE(attribute, piece, left)                                                                      \
	for (struct nlattr *attribute = (void *)((piece)->data + NLMSG_ALIGN(piece_header_size((piece)->type)));        \
	     nla_ok(attribute, left); attribute = nla_next(attribute, &left))

static int attributes_length(const struct piece *piece)
{
	size_t header = NLMSG_ALIGN(piece_header_size(piece->type));

	return piece->length > header ? (int)(piece->length - header) : 0;
}

/* ---- addresses ---- */

static uint32_t seconds_left(uint32_t seconds, const struct carried *carried)
{
	int64_t gone = (clock_boot_ms() - carried->read_at_ms) / 1000;

	if (seconds == FOR_EVER)
		return seconds;
	return (int64_t)seconds > gone ? (uint32_t)(seconds - gone) : 1;
}

/* "eth0:1" becomes "br0:1". */
static void put_label(struct nl_msg *message, const struct nlattr *label, const struct carried *carried, const char *name)
{
	const char *old = nla_data(label);
	char text[IFNAMSIZ + LINK_NAME_SIZE] = "";
	size_t own = strlen(carried->name), length = strnlen(old, (size_t)nla_len(label));
	bool starts = length >= own && memcmp(old, carried->name, own) == 0 && (length == own || old[own] == ':');

	if (!starts || length >= IFNAMSIZ)
		return;
	memcpy(text, name, strlen(name));
	memcpy(text + strlen(name), old + own, length - own);
	/* a label that is too long for the new name is not needed: it only tells addresses apart for people */
	if (strlen(text) < IFNAMSIZ)
		put(message, IFA_LABEL, (int)strlen(text) + 1, text);
}

/* Each header begins with it. */
static unsigned char piece_family(const struct piece *piece)
{
	return piece->data[0];
}

static uint32_t address_flags(const struct piece *piece)
{
	const struct nlattr *wide = piece_attribute(piece, IFA_FLAGS);

	return wide != NULL ? nla_get_u32(wide) : ((const struct ifaddrmsg *)(const void *)piece->data)->ifa_flags;
}

static struct nl_msg *address_message(const struct carried *carried, const struct piece *piece, int type, const char *name, uint32_t flags)
{
	struct nl_msg *message = request(piece, type, type == RTM_NEWADDR ? NLM_F_CREATE | NLM_F_REPLACE : 0);
	struct ifaddrmsg *header = nlmsg_data(nlmsg_hdr(message));
	int left = attributes_length(piece);

	header->ifa_index = if_nametoindex(name);
	header->ifa_flags = (unsigned char)flags;
	FOR_EACH_ATTRIBUTE (attribute, piece, left) {
		struct ifa_cacheinfo times;

		switch (nla_type(attribute)) {
		case IFA_CACHEINFO:
			if (nla_len(attribute) < (int)sizeof times)
				break;
			memcpy(&times, nla_data(attribute), sizeof times);
			times.ifa_prefered = times.ifa_prefered == 0 ? 0 : seconds_left(times.ifa_prefered, carried);
			times.ifa_valid = seconds_left(times.ifa_valid, carried);
			put(message, IFA_CACHEINFO, sizeof times, &times);
			break;
		case IFA_LABEL:
			put_label(message, attribute, carried, name);
			break;
		case IFA_FLAGS:
			break;
		default:
			put(message, nla_type(attribute), nla_len(attribute), nla_data(attribute));
		}
	}
	nla_put_u32(message, IFA_FLAGS, flags);
	return message;
}

static bool put_address(struct links *links, const struct carried *carried, const struct piece *piece, const char *name, struct error *err)
{
	const struct ifaddrmsg *header = (const void *)piece->data;
	uint32_t all = address_flags(piece);
	uint32_t kept = all & (IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN | IFA_F_NODAD);
	bool at_once = header->ifa_family == AF_INET6 && (all & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0;
	int code = link_send(links, address_message(carried, piece, RTM_NEWADDR, name, kept | (at_once ? IFA_F_NODAD : 0)));

	/* It was ours a moment ago: nobody is asked whether it is free. The mark for that goes again. */
	if (code >= 0 && at_once && (all & IFA_F_NODAD) == 0)
		code = link_send(links, address_message(carried, piece, RTM_NEWADDR, name, kept));
	return code >= 0 || link_fail(code, "give an address to", name, err);
}

bool carried_put_addresses(struct links *links, const struct carried *carried, const char *name, struct error *err)
{
	if (link_index(name, err) == 0)
		return false;
	/* The kernel tells IPv4's addresses from the first to the last and IPv6's from the last to the first: the order says which is preferred. */
	for (size_t i = 0; i < 2 * carried->count; i++) {
		bool back = i >= carried->count;
		const struct piece *piece = &carried->pieces[back ? 2 * carried->count - 1 - i : i];

		if (piece->type == RTM_NEWADDR && (piece_family(piece) == AF_INET6) == back &&
		    !put_address(links, carried, piece, name, err))
			return false;
	}
	return true;
}

bool carried_take_addresses(struct links *links, const struct carried *carried, const char *name, struct error *err)
{
	if (link_index(name, err) == 0)
		return false;
	/* the first of a network goes last: the kernel takes the others along with it */
	for (size_t i = carried->count; i-- > 0;) {
		const struct piece *piece = &carried->pieces[i];

		if (piece->type != RTM_NEWADDR)
			continue;
		int code = link_send(links, address_message(carried, piece, RTM_DELADDR, name, 0));

		if (code < 0 && code != -NLE_NOADDR && code != -NLE_OBJ_NOTFOUND)
			return link_fail(code, "take an address from", name, err);
	}
	return true;
}

/* ---- routes ---- */

/* Several ways at once: those over the old interface go over the new one. */
static void put_multipath(struct nl_msg *message, const struct nlattr *attribute, int from, int to)
{
	int left = nla_len(attribute);
	unsigned char *copy = xmalloc((size_t)left);

	memcpy(copy, nla_data(attribute), (size_t)left);
	for (struct rtnexthop *hop = (void *)copy; left >= (int)sizeof *hop && hop->rtnh_len >= sizeof *hop && hop->rtnh_len <= left;
	     left -= (int)NLMSG_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop)) {
		hop->rtnh_flags &= RTNH_F_ONLINK;
		if (hop->rtnh_ifindex == from)
			hop->rtnh_ifindex = to;
	}
	put(message, RTA_MULTIPATH, nla_len(attribute), copy);
	free(copy);
}

static struct nl_msg *route_message(const struct carried *carried, const struct piece *piece, int type, int flags, int index)
{
	struct nl_msg *message = request(piece, type, flags);
	struct rtmsg *header = nlmsg_data(nlmsg_hdr(message));
	int left = attributes_length(piece);

	header->rtm_flags &= RTNH_F_ONLINK;
	FOR_EACH_ATTRIBUTE (attribute, piece, left) {
		struct rta_cacheinfo times = { 0 };

		switch (nla_type(attribute)) {
		case RTA_OIF:
			nla_put_u32(message, RTA_OIF, (uint32_t)index);
			break;
		case RTA_MULTIPATH:
			put_multipath(message, attribute, carried->index, index);
			break;
		case RTA_CACHEINFO:
			nla_memcpy(&times, attribute, sizeof times);
			if (type == RTM_NEWROUTE && times.rta_expires > 0)
				nla_put_u32(message, RTA_EXPIRES, seconds_left((uint32_t)times.rta_expires / TICKS_S, carried));
			break;
		case RTA_IIF:
		case RTA_EXPIRES:
			break;
		default:
			put(message, nla_type(attribute), nla_len(attribute), nla_data(attribute));
		}
	}
	return message;
}

static bool is_gone(int code)
{
	return code == -NLE_OBJ_NOTFOUND || code == -NLE_NODEV || code == -NLE_NOADDR;
}

static bool move_route(struct links *links, const struct carried *carried, const struct piece *piece, const char *from, const char *to,
		       struct error *err)
{
	const struct rtmsg *header = (const void *)piece->data;
	int source = (int)if_nametoindex(from);
	/* IPv6 keeps each of several ways by itself: they can only be replaced together. Anything else is put beside the old one, and then the
	 * old one taken: that finds it among its equals. */
	bool together = header->rtm_family == AF_INET6 && piece_attribute(piece, RTA_MULTIPATH) != NULL;
	int flags = NLM_F_CREATE | (together ? NLM_F_REPLACE : NLM_F_APPEND);
	int code = link_send(links, route_message(carried, piece, RTM_NEWROUTE, flags, (int)if_nametoindex(to)));

	if (code < 0 && code != -NLE_EXIST)
		return link_fail(code, "lead a route over", to, err);
	if (source == 0 || together)
		return true;
	code = link_send(links, route_message(carried, piece, RTM_DELROUTE, 0, source));
	return code >= 0 || is_gone(code) || link_fail(code, "take a route from", from, err);
}

/* ---- rules and neighbours ---- */

static struct nl_msg *rule_message(const struct carried *carried, const struct piece *piece, int type, const char *name)
{
	struct nl_msg *message = request(piece, type, type == RTM_NEWRULE ? NLM_F_CREATE | NLM_F_EXCL : 0);
	struct fib_rule_hdr *header = nlmsg_data(nlmsg_hdr(message));
	int left = attributes_length(piece);

	/* "detached": what the kernel says of a rule whose interface is gone */
	header->flags &= ~(uint32_t)(FIB_RULE_IIF_DETACHED | FIB_RULE_OIF_DETACHED);
	FOR_EACH_ATTRIBUTE (attribute, piece, left) {
		bool names = nla_type(attribute) == FRA_IIFNAME || nla_type(attribute) == FRA_OIFNAME;

		if (names && nla_strcmp(attribute, carried->name) == 0)
			put(message, nla_type(attribute), (int)strlen(name) + 1, name);
		else
			put(message, nla_type(attribute), nla_len(attribute), nla_data(attribute));
	}
	return message;
}

static bool move_rule(struct links *links, const struct carried *carried, const struct piece *piece, const char *from, const char *to,
		      struct error *err)
{
	int code = link_send(links, rule_message(carried, piece, RTM_NEWRULE, to));

	if (code < 0 && code != -NLE_EXIST)
		return link_fail(code, "have a rule of routing name", to, err);
	code = link_send(links, rule_message(carried, piece, RTM_DELRULE, from));
	return code >= 0 || is_gone(code) || link_fail(code, "take a rule of routing from", from, err);
}

static struct nl_msg *neighbour_message(const struct piece *piece, int type, const char *name)
{
	struct nl_msg *message = request(piece, type, type == RTM_NEWNEIGH ? NLM_F_CREATE | NLM_F_REPLACE : 0);
	struct ndmsg *header = nlmsg_data(nlmsg_hdr(message));
	const struct nlattr *address = piece_attribute(piece, NDA_DST), *mac = piece_attribute(piece, NDA_LLADDR);

	header->ndm_ifindex = (int)if_nametoindex(name);
	if (address != NULL)
		put(message, NDA_DST, nla_len(address), nla_data(address));
	if (mac != NULL && type == RTM_NEWNEIGH)
		put(message, NDA_LLADDR, nla_len(mac), nla_data(mac));
	return message;
}

static bool move_neighbour(struct links *links, const struct piece *piece, const char *from, const char *to, struct error *err)
{
	int code = link_send(links, neighbour_message(piece, RTM_NEWNEIGH, to));

	if (code < 0)
		return link_fail(code, "name a neighbour on", to, err);
	if (if_nametoindex(from) == 0)
		return true;
	code = link_send(links, neighbour_message(piece, RTM_DELNEIGH, from));
	return code >= 0 || is_gone(code) || link_fail(code, "take a neighbour from", from, err);
}

bool carried_move(struct links *links, const struct carried *carried, const char *from, const char *to, struct error *err)
{
	if (link_index(to, err) == 0)
		return false;
	for (size_t i = 0; i < carried->count; i++) {
		const struct piece *piece = &carried->pieces[i];
		bool ok = piece->type == RTM_NEWROUTE ? move_route(links, carried, piece, from, to, err) :
			  piece->type == RTM_NEWRULE  ? move_rule(links, carried, piece, from, to, err) :
			  piece->type == RTM_NEWNEIGH ? move_neighbour(links, piece, from, to, err) :
							true;

		if (!ok)
			return false;
	}
	return true;
}

/* ---- is it there? ---- */

static bool same_attribute(const struct piece *a, const struct piece *b, int type)
{
	const struct nlattr *one = piece_attribute(a, type), *other = piece_attribute(b, type);

	if (one == NULL || other == NULL)
		return one == other;
	return nla_len(one) == nla_len(other) && memcmp(nla_data(one), nla_data(other), (size_t)nla_len(one)) == 0;
}

static bool same_piece(const struct piece *a, const struct piece *b)
{
	const struct ifaddrmsg *address_a = (const void *)a->data, *address_b = (const void *)b->data;
	const struct rtmsg *route_a = (const void *)a->data, *route_b = (const void *)b->data;

	if (a->type != b->type)
		return false;
	if (a->type == RTM_NEWADDR)
		return address_a->ifa_family == address_b->ifa_family && address_a->ifa_prefixlen == address_b->ifa_prefixlen &&
		       same_attribute(a, b, IFA_ADDRESS) && same_attribute(a, b, IFA_LOCAL);
	return route_a->rtm_family == route_b->rtm_family && route_a->rtm_dst_len == route_b->rtm_dst_len &&
	       route_a->rtm_type == route_b->rtm_type && same_attribute(a, b, RTA_DST) && same_attribute(a, b, RTA_GATEWAY) &&
	       same_attribute(a, b, RTA_PRIORITY) && same_attribute(a, b, RTA_TABLE);
}

bool carried_is_on(struct links *links, const struct carried *carried, const char *name, struct error *err)
{
	_cleanup_carried_ struct carried *now = carried_read(links, name, err);

	if (now == NULL)
		return false;
	for (size_t i = 0; i < carried->count; i++) {
		const struct piece *piece = &carried->pieces[i];
		bool found = piece->type != RTM_NEWADDR && piece->type != RTM_NEWROUTE;

		for (size_t n = 0; !found && n < now->count; n++)
			found = same_piece(piece, &now->pieces[n]);
		if (!found)
			return error_set(err, ERROR_STATE, "%s of '%s' did not come to '%s'", piece->type == RTM_NEWADDR ? "an address" : "a route",
					 carried->name, name);
	}
	return true;
}
