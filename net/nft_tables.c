/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which tables nftables has, asked of the kernel itself. */
#include "net/nft.h"

#include "base/memory.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>

static int take_table(struct nl_msg *message, void *userdata)
{
	struct nlattr *attributes[NFTA_TABLE_MAX + 1];

	if (nlmsg_parse(nlmsg_hdr(message), sizeof(struct nfgenmsg), attributes, NFTA_TABLE_MAX, NULL) == 0 && attributes[NFTA_TABLE_NAME] != NULL &&
	    nla_strcmp(attributes[NFTA_TABLE_NAME], "virtty") != 0)
		*(bool *)userdata = true;
	return NL_OK;
}

bool nft_has_foreign(void)
{
	struct nl_sock *socket = nl_socket_alloc();
	struct nl_msg *message = nlmsg_alloc_simple(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE, NLM_F_REQUEST | NLM_F_DUMP);
	struct nfgenmsg header = { .nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0 };
	bool found = false;

	if (socket == NULL || message == NULL || nlmsg_append(message, &header, sizeof header, NLMSG_ALIGNTO) < 0)
		memory_exhausted();
	nl_socket_modify_cb(socket, NL_CB_VALID, NL_CB_CUSTOM, take_table, &found);
	/* without rights, or in a kernel without nftables, there is nothing that could be read */
	if (nl_connect(socket, NETLINK_NETFILTER) == 0 && nl_send_auto(socket, message) >= 0)
		(void)nl_recvmsgs_default(socket);
	nlmsg_free(message);
	nl_socket_free(socket);
	return found;
}
