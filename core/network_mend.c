/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What somebody else has taken away from a network that is active: its rules, which whoever clears the host's packet filter clears too (a restart of
 * nftables.service does), and its dnsmasq. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/network_internal.h"
#include "core/network_port.h"
#include "net/nft.h"

#include <stdlib.h>

/* ---- what is missing ---- */

/* The chain to_ is there as long as a network of ours has its rules, in every mode. */
bool network_lacks_rules(const struct network_row *row)
{
	const struct network of_mode = { .forward = row->mode };
	_cleanup_free_ char *chain = NULL;

	if (!row->active || row->bridge == NULL || !network_has_own_bridge(&of_mode))
		return false;
	chain = strf("to_%s", row->bridge);
	return nft_lacks_chain(chain);
}

static bool lacks_dnsmasq(struct manager *manager, const struct network_row *row, const struct network *network)
{
	return row->active && network_needs_dnsmasq(network) && !network_dnsmasq_runs(manager, row);
}

void network_missing(struct manager *manager, const struct network_row *row, const struct network *network, struct obstacle **obstacles,
		     size_t *count)
{
	char *reasons[] = {
		network_lacks_rules(row) ? strf("the rules of network '%s' are gone from this host's packet filter, which somebody cleared: its machines are "
					"neither let out nor kept in", row->name) : NULL,
		lacks_dnsmasq(manager, row, network) ? strf("nobody minds the dnsmasq of network '%s', which gives its machines addresses: the virtty-keeper was killed",
							    row->name) : NULL,
	};

	for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++)
		if (reasons[i] != NULL)
			*ARRAY_ADD(*obstacles, *count) =
				(struct obstacle){ .reason = reasons[i], .remedy = strv_addf(NULL, "virtty net-start %s", row->name), .missing = true };
}

/* ---- made again ---- */

void network_rejoin(struct manager *manager, const char *name, bool anew, char ***notes)
{
	_cleanup_error_ struct error apart = ERROR_INIT;

	if (!network_ports_rejoin(manager, name, anew, notes, &apart) && notes != NULL)
		*notes = strv_addf(*notes, "not every machine that runs is on the network again: %s", error_text(&apart));
}

static bool put_rules_back(struct manager *manager, const struct network_row *row, bool *ret_done, struct error *err)
{
	_cleanup_network_work_ struct network_work work = { .lock = -1 };

	if (!network_work_begin(manager, row->id, &work, err))
		return false;
	/* stopped meanwhile, or put back by another */
	if (!network_lacks_rules(&work.row))
		return true;
	*ret_done = true;
	return network_put_rules(work.network, err) && network_event_put(manager, work.row.name, "rules-restored", NULL, err);
}

bool network_mend_rules(struct manager *manager, const struct network_row *row, bool *ret_mended, char ***notes, struct error *err)
{
	bool done = false;

	if (!network_lacks_rules(row))
		return true;
	if (!put_rules_back(manager, row, &done, err))
		return error_wrap(err, "the rules of network '%s' are gone from this host's packet filter", row->name);
	if (!done)
		return true;
	/* the lock is free again: each card asks for its network */
	network_rejoin(manager, row->name, true, notes);
	if (ret_mended != NULL)
		*ret_mended = true;
	if (notes != NULL)
		*notes = strv_addf(*notes, "the rules of network '%s' were gone from this host's packet filter, which somebody cleared; they are there again",
				   row->name);
	return true;
}

static bool mend_dnsmasq(struct manager *manager, const struct network_row *row, bool *ret_mended, char ***notes, struct error *err)
{
	_cleanup_network_ struct network *network = network_load(manager, row, true, err);
	_cleanup_network_work_ struct network_work work = { .lock = -1 };

	if (network == NULL)
		return false;
	if (!lacks_dnsmasq(manager, row, network))
		return true;
	if (!network_work_begin(manager, row->id, &work, err))
		return false;
	if (!lacks_dnsmasq(manager, &work.row, work.network))
		return true;
	if (!network_dnsmasq_renew(manager, &work.row, work.network, work.lock, err))
		return false;
	if (ret_mended != NULL)
		*ret_mended = true;
	if (notes != NULL)
		*notes = strv_addf(*notes, "nobody minded the dnsmasq of network '%s': it was started again", row->name);
	return true;
}

bool network_mend(struct manager *manager, const struct network_row *row, bool *ret_mended, char ***notes, struct error *err)
{
	return network_mend_rules(manager, row, ret_mended, notes, err) && mend_dnsmasq(manager, row, ret_mended, notes, err);
}

bool network_restore_rules(struct manager *manager, const char *name, struct error *err)
{
	_cleanup_network_row_ struct network_row row = { 0 };

	return network_find(manager, name, &row, err) && network_mend_rules(manager, &row, NULL, NULL, err);
}
