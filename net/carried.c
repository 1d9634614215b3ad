/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what an interface carries, and writes it down. */
#include "net/carried_internal.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE_LIMIT  65536 /* bytes: a netlink message's attributes are no longer */
#define PIECES_LIMIT 100000
#ifndef IFA_PROTO
#define IFA_PROTO 11
#endif
#ifndef IFAPROT_KERNEL_LL
#define IFAPROT_KERNEL_LL 3
#endif

/* What a card was told to do that its bridge has to do from now on. */
static const char *const switch_paths[] = {
	"ipv4/conf/%s/accept_local",	   "ipv4/conf/%s/accept_redirects", "ipv4/conf/%s/accept_source_route",
	"ipv4/conf/%s/arp_accept",	   "ipv4/conf/%s/arp_announce",	    "ipv4/conf/%s/arp_filter",
	"ipv4/conf/%s/arp_ignore",	   "ipv4/conf/%s/forwarding",	    "ipv4/conf/%s/log_martians",
	"ipv4/conf/%s/promote_secondaries", "ipv4/conf/%s/proxy_arp",	    "ipv4/conf/%s/route_localnet",
	"ipv4/conf/%s/rp_filter",	   "ipv4/conf/%s/secure_redirects", "ipv4/conf/%s/send_redirects",
	"ipv4/conf/%s/src_valid_mark",	   "ipv6/conf/%s/forwarding",	    "ipv6/conf/%s/accept_dad",
	"ipv6/conf/%s/accept_ra",	   "ipv6/conf/%s/accept_ra_defrtr", "ipv6/conf/%s/accept_ra_pinfo",
	"ipv6/conf/%s/accept_redirects",   "ipv6/conf/%s/autoconf",	    "ipv6/conf/%s/hop_limit",
	"ipv6/conf/%s/stable_secret",	   "ipv6/conf/%s/addr_gen_mode",    "ipv6/conf/%s/use_tempaddr",
};

void carried_free(struct carried *carried)
{
	if (carried == NULL)
		return;
	for (size_t i = 0; i < carried->count; i++)
		free(carried->pieces[i].data);
	for (size_t i = 0; i < carried->switch_count; i++) {
		free(carried->switches[i].path);
		free(carried->switches[i].value);
	}
	free(carried->pieces);
	free(carried->switches);
	free(carried);
}

size_t piece_header_size(uint16_t type)
{
	switch (type) {
	case RTM_NEWADDR:
		return sizeof(struct ifaddrmsg);
	case RTM_NEWROUTE:
		return sizeof(struct rtmsg);
	case RTM_NEWRULE:
		return sizeof(struct fib_rule_hdr);
	case RTM_NEWNEIGH:
		return sizeof(struct ndmsg);
	default:
		return 0;
	}
}

const struct nlattr *piece_attribute(const struct piece *piece, int type)
{
	size_t header = NLMSG_ALIGN(piece_header_size(piece->type));

	if (piece->length <= header)
		return NULL;
	return nla_find((const struct nlattr *)(const void *)(piece->data + header), (int)(piece->length - header), type);
}

/* ---- what belongs to it ---- */

struct collection {
	struct carried *carried;
	struct ether_addr mac;
	bool shared_nexthop;
};

static bool is_index(const struct nlattr *attribute, int index)
{
	return attribute != NULL && (int)nla_get_u32(attribute) == index;
}

/* An address that the kernel made for the link alone: the other interface gets one of its own. */
static bool is_kernels(const struct piece *piece, const struct ether_addr *mac)
{
	const struct ifaddrmsg *header = (const void *)piece->data;
	const struct nlattr *address = piece_attribute(piece, IFA_ADDRESS), *protocol = piece_attribute(piece, IFA_PROTO);
	const uint8_t *m = mac->ether_addr_octet;
	const uint8_t own[16] = { 0xfe, 0x80, 0, 0, 0, 0, 0, 0, m[0] ^ 2, m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5] };

	if (header->ifa_family != AF_INET6 || header->ifa_scope != RT_SCOPE_LINK || address == NULL)
		return false;
	if (protocol != NULL && nla_get_u8(protocol) == IFAPROT_KERNEL_LL)
		return true;
	return nla_len(address) == (int)sizeof own && memcmp(nla_data(address), own, sizeof own) == 0;
}

static bool goes_over(const struct nlattr *multipath, int index)
{
	const struct rtnexthop *hop = multipath != NULL ? nla_data(multipath) : NULL;
	int left = multipath != NULL ? nla_len(multipath) : 0;

	for (; left >= (int)sizeof *hop && hop->rtnh_len >= sizeof *hop && hop->rtnh_len <= left;
	     left -= (int)NLMSG_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop))
		if (hop->rtnh_ifindex == index)
			return true;
	return false;
}

static bool is_carried_route(struct collection *to, const struct piece *piece)
{
	const struct rtmsg *header = (const void *)piece->data;

	if ((header->rtm_family != AF_INET && header->rtm_family != AF_INET6) || header->rtm_protocol == RTPROT_KERNEL ||
	    header->rtm_protocol == RTPROT_REDIRECT || (header->rtm_flags & RTM_F_CLONED) != 0)
		return false;
	if (!is_index(piece_attribute(piece, RTA_OIF), to->carried->index) &&
	    !goes_over(piece_attribute(piece, RTA_MULTIPATH), to->carried->index))
		return false;
	to->shared_nexthop |= piece_attribute(piece, RTA_NH_ID) != NULL;
	return true;
}

static bool is_named(const struct nlattr *attribute, const char *name)
{
	return attribute != NULL && nla_strcmp(attribute, name) == 0;
}

static bool is_carried(struct collection *to, const struct piece *piece)
{
	const struct ndmsg *neighbour = (const void *)piece->data;
	const struct ifaddrmsg *address = (const void *)piece->data;

	switch (piece->type) {
	case RTM_NEWADDR:
		return (int)address->ifa_index == to->carried->index && !is_kernels(piece, &to->mac);
	case RTM_NEWROUTE:
		return is_carried_route(to, piece);
	case RTM_NEWRULE:
		return is_named(piece_attribute(piece, FRA_IIFNAME), to->carried->name) ||
		       is_named(piece_attribute(piece, FRA_OIFNAME), to->carried->name);
	case RTM_NEWNEIGH:
		return neighbour->ndm_ifindex == to->carried->index && (neighbour->ndm_state & NUD_PERMANENT) != 0 &&
		       (neighbour->ndm_family == AF_INET || neighbour->ndm_family == AF_INET6);
	default:
		return false;
	}
}

static int take_piece(struct nl_msg *message, void *userdata)
{
	struct nlmsghdr *header = nlmsg_hdr(message);
	struct collection *to = userdata;
	struct piece piece = { header->nlmsg_type, (size_t)nlmsg_datalen(header), nlmsg_data(header) };

	if (piece_header_size(piece.type) == 0 || piece.length < piece_header_size(piece.type) || !is_carried(to, &piece))
		return NL_OK;
	struct carried *carried = to->carried;
	unsigned char *copy = xmalloc(piece.length);

	memcpy(copy, piece.data, piece.length);
	piece.data = copy;
	*ARRAY_ADD(carried->pieces, carried->count) = piece;
	return NL_OK;
}

static struct nl_msg *dump_request(int type, unsigned char family)
{
	struct nl_msg *message = nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_DUMP);
	/* each header begins with the family, and is no longer than this one */
	struct ndmsg header = { .ndm_family = family };

	if (message == NULL || nlmsg_append(message, &header, sizeof header, NLMSG_ALIGNTO) < 0)
		memory_exhausted();
	return message;
}

/* Where it stands among its like: a gateway is reached by a route that is there before. */
static int rank(const struct piece *piece)
{
	switch (piece->type) {
	case RTM_NEWADDR:
		return 0;
	case RTM_NEWROUTE:
		return piece_attribute(piece, RTA_GATEWAY) != NULL || piece_attribute(piece, RTA_VIA) != NULL ||
				       piece_attribute(piece, RTA_MULTIPATH) != NULL ?
			       2 :
			       1;
	default:
		return 3;
	}
}

static void order(struct carried *carried)
{
	struct piece *sorted = xcalloc(carried->count + 1, sizeof *sorted);
	size_t count = 0;

	for (int r = 0; r <= 3; r++)
		for (size_t i = 0; i < carried->count; i++)
			if (rank(&carried->pieces[i]) == r)
				sorted[count++] = carried->pieces[i];
	free(carried->pieces);
	carried->pieces = sorted;
}

int carried_collect(struct links *links, struct carried *carried)
{
	static const struct {
		int type;
		unsigned char family;
	} dumps[] = {
		{ RTM_GETADDR, AF_INET },  { RTM_GETADDR, AF_INET6 },  { RTM_GETROUTE, AF_INET }, { RTM_GETROUTE, AF_INET6 },
		{ RTM_GETRULE, AF_INET },  { RTM_GETRULE, AF_INET6 },  { RTM_GETNEIGH, AF_INET }, { RTM_GETNEIGH, AF_INET6 },
	};
	struct collection to = { .carried = carried };
	struct link link;

	if (!link_find(links, carried->name, &link, NULL))
		return -NLE_NODEV;
	carried->index = link.index;
	(void)ether_aton_r(link.mac, &to.mac);
	for (size_t i = 0; i < ARRAY_LENGTH(dumps); i++) {
		int code = link_ask(links, dump_request(dumps[i].type, dumps[i].family), take_piece, &to);

		/* a kernel without IPv6, or without rules */
		if (code < 0 && code != -NLE_OPNOTSUPP && code != -NLE_AF_NOSUPPORT)
			return code;
	}
	order(carried);
	return to.shared_nexthop ? -NLE_OPNOTSUPP : 0;
}

/* ---- the kernel's switches ---- */

static char *sysctl_path(const char *path, const char *name)
{
	const char *gap = strstr(path, "%s");

	return strf("/proc/sys/net/%.*s%s%s", (int)(gap - path), path, name, gap + strlen("%s"));
}

static void read_switches(struct carried *carried)
{
	for (size_t i = 0; i < ARRAY_LENGTH(switch_paths); i++) {
		_cleanup_free_ char *path = sysctl_path(switch_paths[i], carried->name);
		char *value = file_read_line(path);

		if (value != NULL)
			*ARRAY_ADD(carried->switches, carried->switch_count) = (struct sysctl){ xstrdup(switch_paths[i]), value };
	}
}

static bool write_switch(const char *path, const char *value)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write_all(fd, value, strlen(value));
}

void carried_put_switches(const struct carried *carried, const char *name)
{
	for (size_t i = 0; i < carried->switch_count; i++) {
		_cleanup_free_ char *path = sysctl_path(carried->switches[i].path, name);
		_cleanup_free_ char *now = file_read_line(path);

		if (!text_equal(now, carried->switches[i].value))
			(void)write_switch(path, carried->switches[i].value);
	}
}

bool link_ipv6_disabled(const char *name)
{
	_cleanup_free_ char *path = sysctl_path("ipv6/conf/%s/disable_ipv6", name), *value = file_read_line(path);

	return !text_equal(value, "0");
}

bool link_disable_ipv6(const char *name, bool disable, struct error *err)
{
	_cleanup_free_ char *path = sysctl_path("ipv6/conf/%s/disable_ipv6", name);

	if (!path_exists(path) || link_ipv6_disabled(name) == disable)
		return true;
	return write_switch(path, disable ? "1" : "0") || error_set_errno(err, errno, "cannot switch IPv6 %s at '%s'", disable ? "off" : "on", name);
}

/* ---- all of it ---- */

struct carried *carried_read(struct links *links, const char *name, struct error *err)
{
	_cleanup_carried_ struct carried *carried = xcalloc(1, sizeof *carried);

	strncpy(carried->name, name, sizeof carried->name - 1);
	carried->read_at_ms = clock_boot_ms();
	int code = carried_collect(links, carried);

	if (code == -NLE_OPNOTSUPP) {
		error_set(err, ERROR_UNSUPPORTED, "a route over '%s' goes by a nexthop object, which virtty does not move", name);
		error_hint(err, "'ip route show dev %s' shows it (nhid); write the gateway into the route itself", name);
		return NULL;
	}
	if (code < 0) {
		link_fail(code, "read the addresses and routes of", name, err);
		return NULL;
	}
	read_switches(carried);
	return TAKE_POINTER(carried);
}

static char *hex(const struct piece *piece)
{
	static const char digits[] = "0123456789abcdef";
	char *text = xmalloc(2 * piece->length + 1);

	for (size_t i = 0; i < piece->length; i++) {
		text[2 * i] = digits[piece->data[i] >> 4];
		text[2 * i + 1] = digits[piece->data[i] & 15];
	}
	text[2 * piece->length] = '\0';
	return text;
}

struct json_object *carried_to_json(const struct carried *carried)
{
	struct json_object *json = json_object_new_object(), *pieces = json_object_new_array(), *switches = json_object_new_object();

	json_set_string(json, "name", carried->name);
	json_set_int(json, "index", carried->index);
	json_set_int(json, "read_at_ms", carried->read_at_ms);
	for (size_t i = 0; i < carried->count; i++) {
		struct json_object *piece = json_object_new_object();
		_cleanup_free_ char *text = hex(&carried->pieces[i]);

		json_set_int(piece, "type", carried->pieces[i].type);
		json_set_string(piece, "data", text);
		json_object_array_add(pieces, piece);
	}
	for (size_t i = 0; i < carried->switch_count; i++)
		json_set_string(switches, carried->switches[i].path, carried->switches[i].value);
	json_set(json, "pieces", pieces);
	json_set(json, "switches", switches);
	return json;
}

static int nibble(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_piece(struct json_object *json, struct piece *ret)
{
	const char *text = json_get_string(json, "data", "");
	uint16_t type = (uint16_t)json_get_int(json, "type", 0);
	size_t length = strlen(text) / 2;

	if (piece_header_size(type) == 0 || strlen(text) % 2 != 0 || length < piece_header_size(type) || length > PIECE_LIMIT)
		return false;
	*ret = (struct piece){ type, length, xmalloc(length) };
	for (size_t i = 0; i < length; i++) {
		int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);

		if (high < 0 || low < 0) {
			free(ret->data);
			return false;
		}
		ret->data[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

struct carried *carried_from_json(struct json_object *json, struct error *err)
{
	_cleanup_carried_ struct carried *carried = xcalloc(1, sizeof *carried);
	struct json_object *pieces = json_get(json, "pieces"), *switches = json_get(json, "switches");
	const char *name = json_get_string(json, "name", "");

	if (*name == '\0' || strlen(name) >= sizeof carried->name || !json_object_is_type(pieces, json_type_array) ||
	    !json_object_is_type(switches, json_type_object) || json_object_array_length(pieces) > PIECES_LIMIT)
		goto bad;
	memcpy(carried->name, name, strlen(name));
	carried->index = (int)json_get_int(json, "index", 0);
	carried->read_at_ms = json_get_int(json, "read_at_ms", 0);
	for (size_t i = 0; i < json_object_array_length(pieces); i++) {
		struct piece piece;

		if (!read_piece(json_object_array_get_idx(pieces, i), &piece))
			goto bad;
		*ARRAY_ADD(carried->pieces, carried->count) = piece;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(switch_paths); i++) {
		struct json_object *value = NULL;

		if (json_object_object_get_ex(switches, switch_paths[i], &value))
			*ARRAY_ADD(carried->switches, carried->switch_count) =
				(struct sysctl){ xstrdup(switch_paths[i]), xstrdup(json_object_get_string(value)) };
	}
	return TAKE_POINTER(carried);
bad:
	error_set(err, ERROR_INVALID, "what an interface carried is not written down whole");
	return NULL;
}
