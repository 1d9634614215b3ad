/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who an interface has heard of goes along with its addresses: an answer to a question that the old one asked would come to the new one, and be asked
 * for again a second later. */
#include "net/carried_internal.h"

#include "base/memory.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>

struct heard {
	int from, to;
	struct nl_msg **messages; /* owned: to be sent once the list is whole */
	size_t count;
};

static int take_neighbour(struct nl_msg *message, void *userdata)
{
	struct nlattr *attributes[NDA_MAX + 1];
	struct nlmsghdr *header = nlmsg_hdr(message);
	const struct ndmsg *neighbour = nlmsg_data(header);
	struct heard *heard = userdata;
	const uint16_t known = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE;

	if (header->nlmsg_type != RTM_NEWNEIGH || nlmsg_parse(header, sizeof *neighbour, attributes, NDA_MAX, NULL) < 0 ||
	    neighbour->ndm_ifindex != heard->from || (neighbour->ndm_state & known) == 0 || attributes[NDA_DST] == NULL ||
	    attributes[NDA_LLADDR] == NULL)
		return NL_OK;
	/* it is asked again when it is next used, and used meanwhile */
	struct ndmsg body = { .ndm_family = neighbour->ndm_family, .ndm_ifindex = heard->to, .ndm_state = NUD_STALE };
	struct nl_msg *copy = nlmsg_alloc_simple(RTM_NEWNEIGH, NLM_F_REQUEST | NLM_F_CREATE);

	if (copy == NULL || nlmsg_append(copy, &body, sizeof body, NLMSG_ALIGNTO) < 0 ||
	    nla_put(copy, NDA_DST, nla_len(attributes[NDA_DST]), nla_data(attributes[NDA_DST])) < 0 ||
	    nla_put(copy, NDA_LLADDR, nla_len(attributes[NDA_LLADDR]), nla_data(attributes[NDA_LLADDR])) < 0)
		memory_exhausted();
	*ARRAY_ADD(heard->messages, heard->count) = copy;
	return NL_OK;
}

void carried_share_neighbours(struct links *links, const char *from, const char *to)
{
	static const unsigned char families[] = { AF_INET, AF_INET6 };
	struct heard heard = { .from = (int)if_nametoindex(from), .to = (int)if_nametoindex(to) };

	if (heard.from == 0 || heard.to == 0)
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(families); i++) {
		struct nl_msg *message = nlmsg_alloc_simple(RTM_GETNEIGH, NLM_F_REQUEST | NLM_F_DUMP);
		struct ndmsg body = { .ndm_family = families[i] };

		if (message == NULL || nlmsg_append(message, &body, sizeof body, NLMSG_ALIGNTO) < 0)
			memory_exhausted();
		(void)link_ask(links, message, take_neighbour, &heard);
	}
	/* one that it knows better already, or cannot have, is no loss */
	for (size_t i = 0; i < heard.count; i++)
		(void)link_send(links, heard.messages[i]);
	free(heard.messages);
}
