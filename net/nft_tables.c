/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What nftables has, asked of the kernel itself, and heard of when it goes. */
#include "net/nft.h"

#include "base/memory.h"

#include <errno.h>
#include <netinet/in.h> /* before the kernel's own, which gives way to it */

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>
#include <unistd.h>

#define OUR_TABLE    "virtty"
#define BUFFER_BYTES 16384

static bool is_ours(struct nlmsghdr *header)
{
	struct nlattr *name = nlmsg_find_attr(header, sizeof(struct nfgenmsg), NFTA_TABLE_NAME);

	return name != NULL && nla_strcmp(name, OUR_TABLE) == 0;
}

static int take_table(struct nl_msg *message, void *userdata)
{
	if (!is_ours(nlmsg_hdr(message)))
		*(bool *)userdata = true;
	return NL_OK;
}

static struct nl_msg *question(int type, int flags, uint8_t family)
{
	struct nl_msg *message = nlmsg_alloc_simple(NFNL_SUBSYS_NFTABLES << 8 | type, NLM_F_REQUEST | flags);
	struct nfgenmsg header = { .nfgen_family = family, .version = NFNETLINK_V0 };

	if (message == NULL || nlmsg_append(message, &header, sizeof header, NLMSG_ALIGNTO) < 0)
		memory_exhausted();
	return message;
}

/* 0, or what libnl calls the kernel's answer. Without rights, or in a kernel without nftables, there is nothing that could be read. */
static int ask(struct nl_msg *message, nl_recvmsg_msg_cb_t take, void *userdata)
{
	struct nl_sock *socket = nl_socket_alloc();
	int status;

	if (socket == NULL)
		memory_exhausted();
	if (take != NULL)
		nl_socket_modify_cb(socket, NL_CB_VALID, NL_CB_CUSTOM, take, userdata);
	status = nl_connect(socket, NETLINK_NETFILTER);
	if (status == 0)
		status = nl_send_auto(socket, message);
	if (status >= 0)
		status = nl_recvmsgs_default(socket);
	nlmsg_free(message);
	nl_socket_free(socket);
	return status;
}

bool nft_has_foreign(void)
{
	bool found = false;

	(void)ask(question(NFT_MSG_GETTABLE, NLM_F_DUMP, AF_UNSPEC), take_table, &found);
	return found;
}

bool nft_lacks_chain(const char *chain)
{
	struct nl_msg *message = question(NFT_MSG_GETCHAIN, 0, NFPROTO_INET);

	if (nla_put_string(message, NFTA_CHAIN_TABLE, OUR_TABLE) < 0 || nla_put_string(message, NFTA_CHAIN_NAME, chain) < 0)
		memory_exhausted();
	return ask(message, NULL, NULL) == -NLE_OBJ_NOTFOUND;
}

/* ---- what goes ---- */

int nft_watch(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1U << (NFNLGRP_NFTABLES - 1) };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER);

	if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool is_our_end(struct nlmsghdr *header)
{
	const struct nfgenmsg *kind = nlmsg_data(header);

	return header->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELTABLE) && nlmsg_valid_hdr(header, sizeof *kind) &&
	       kind->nfgen_family == NFPROTO_INET && is_ours(header);
}

bool nft_watch_read(int fd)
{
	_Alignas(struct nlmsghdr) char buffer[BUFFER_BYTES];
	bool ended = false;

	for (;;) {
		ssize_t n = recv(fd, buffer, sizeof buffer, 0);

		if (n < 0 && errno == EINTR)
			continue;
		/* more happened than there was room for: it may have been among it */
		if (n < 0 && errno == ENOBUFS) {
			ended = true;
			continue;
		}
		if (n <= 0)
			return ended;
		int left = (int)n;

		for (struct nlmsghdr *header = (struct nlmsghdr *)buffer; nlmsg_ok(header, left); header = nlmsg_next(header, &left))
			ended = ended || is_our_end(header);
	}
}
