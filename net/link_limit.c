/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How fast an interface sends: a token bucket (tbf) in front of it. */
#include "net/link_internal.h"

#include "base/memory.h"

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>

#define BURST_MIN  ((uint64_t)64 * 1024) /* bytes: a large packet of segments fits */
#define LATENCY_MS 400			 /* what waits longer is dropped */

static uint32_t bounded(uint64_t value)
{
	return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static struct nl_msg *qdisc_request(int type, int flags, int index)
{
	struct nl_msg *message = nlmsg_alloc_simple(type, flags | NLM_F_REQUEST);
	struct tcmsg header = { .tcm_family = AF_UNSPEC, .tcm_ifindex = index, .tcm_parent = TC_H_ROOT };

	if (message == NULL || nlmsg_append(message, &header, sizeof header, NLMSG_ALIGNTO) < 0)
		memory_exhausted();
	return message;
}

static void put_bucket(struct nl_msg *message, const struct link_limit *limit)
{
	/* a tick's worth at the least, or the rate is never reached */
	uint64_t burst = limit->burst_bytes != 0 ? limit->burst_bytes : limit->average_bytes_s / 20;
	bool peak = limit->peak_bytes_s > limit->average_bytes_s;

	if (burst < BURST_MIN)
		burst = BURST_MIN;
	struct tc_tbf_qopt options = {
		.rate = { .rate = bounded(limit->average_bytes_s), .linklayer = TC_LINKLAYER_ETHERNET },
		.peakrate = { .rate = peak ? bounded(limit->peak_bytes_s) : 0, .linklayer = TC_LINKLAYER_ETHERNET },
		.limit = bounded(limit->average_bytes_s * LATENCY_MS / 1000 + burst),
	};

	nla_put_string(message, TCA_KIND, "tbf");
	struct nlattr *nested = nla_nest_start(message, TCA_OPTIONS);

	nla_put(message, TCA_TBF_PARMS, sizeof options, &options);
	nla_put_u64(message, TCA_TBF_RATE64, limit->average_bytes_s);
	nla_put_u32(message, TCA_TBF_BURST, bounded(burst));
	if (peak) {
		nla_put_u64(message, TCA_TBF_PRATE64, limit->peak_bytes_s);
		nla_put_u32(message, TCA_TBF_PBURST, bounded(BURST_MIN));
	}
	nla_nest_end(message, nested);
}

bool link_set_limit(struct links *links, const char *name, const struct link_limit *limit, struct error *err)
{
	int index = link_index(name, err);

	if (index == 0)
		return false;
	bool wanted = limit != NULL && limit->average_bytes_s != 0;
	struct nl_msg *message = wanted ? qdisc_request(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, index) :
					  qdisc_request(RTM_DELQDISC, 0, index);

	if (wanted)
		put_bucket(message, limit);
	int code = link_send(links, message);

	if (!wanted && (code == -NLE_OBJ_NOTFOUND || code == -NLE_INVAL))
		return true; /* there was none */
	return code >= 0 || link_fail(code, "limit the speed of", name, err);
}
