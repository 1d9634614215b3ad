/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another host for tests of networks: a namespace behind a cable. */
#include "tests/harness/peer.h"

#include "base/memory.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/wait.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_apart(void *data)
{
	const struct peer *peer = data;
	_cleanup_free_ char *path = strf("/proc/%s/ns/net", peer->pid);
	char ours[64] = "", theirs[64] = "";

	return readlink("/proc/self/ns/net", ours, sizeof ours - 1) > 0 && readlink(path, theirs, sizeof theirs - 1) > 0 &&
	       strcmp(ours, theirs) != 0;
}

void peer_cable(const struct peer *peer, const char *here, const char *there)
{
	DO("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", peer->pid);
	DO("ip", "link", "set", here, "up");
	DO(IN(peer, "ip", "link", "set", there, "up"));
}

struct peer peer_make(void)
{
	/* cat holds the namespace as long as its input is open: until peer_remove(), or until this test has ended in any way */
	struct peer peer = { .holder = task_start((const char *const[]){ "unshare", "-n", "cat", NULL }) };

	snprintf(peer.pid, sizeof peer.pid, "%ld", (long)peer.holder.pid);
	ck_assert_msg(wait_for(is_apart, &peer, SOON_MS), "there is no namespace for the peer");
	DO(IN(&peer, "ip", "link", "set", "lo", "up"));
	peer_cable(&peer, "out0", "in0");
	/* no duplicate address detection: the addresses are there at once */
	DO("ip", "addr", "add", PEER_HOST4 "/24", "dev", "out0");
	DO("ip", "-6", "addr", "add", PEER_HOST6 "/64", "dev", "out0", "nodad");
	DO(IN(&peer, "ip", "addr", "add", PEER4 "/24", "dev", "in0"));
	DO(IN(&peer, "ip", "-6", "addr", "add", PEER6 "/64", "dev", "in0", "nodad"));
	return peer;
}

void peer_remove(struct peer *peer)
{
	DO("ip", "link", "del", "out0");
	task_clear(&peer->holder);
}

void peer_must_reach(const struct peer *peer, const char *from, const char *address)
{
	if (from != NULL)
		DO(IN(peer, "ping", "-c", "1", "-W", "5", "-I", from, address));
	else
		DO(IN(peer, "ping", "-c", "1", "-W", "5", address));
}

static bool ping(const struct peer *peer, const char *wait_s, const char *address)
{
	_cleanup_outcome_ struct outcome outcome =
		run_program((const char *const[]){ IN(peer, "ping", "-c", "1", "-W", wait_s, address), NULL });

	return outcome.status == 0;
}

bool peer_reaches(const struct peer *peer, const char *address)
{
	return ping(peer, "2", address);
}

void peer_must_not_reach(const struct peer *peer, const char *address)
{
	ck_assert_msg(!ping(peer, "1", address), "the peer reaches %s", address);
}
