/* SPDX-License-Identifier: GPL-2.0-or-later */
/* net-update: a network's definition and what runs of it, changed in place. */
#include "base/memory.h"
#include "base/text.h"
#include "core/network_internal.h"
#include "net/network_change.h"

#include <stdlib.h>
#include <string.h>

/* The document, running or stored, with the change in it; before: as it is. */
static struct network *changed(struct manager *manager, const struct network_work *work, bool live, const struct network_change *change,
			       char **before, struct error *err)
{
	if (!network_row_xml(manager, work->row.id, live, before, err))
		return NULL;
	return network_changed(work->row.name, *before, change, err);
}

/* dnsmasq is started anew, and the rules are put anew: what leaves by which device. */
static bool run_with(struct manager *manager, const struct network_work *work, const struct network *network, struct error *err)
{
	return (!network_has_own_bridge(network) || network_put_rules(network, err)) &&
	       (!network_needs_dnsmasq(network) || network_dnsmasq_renew(manager, &work->row, network, work->lock, err));
}

static bool change_running(struct manager *manager, const struct network_work *work, const struct network_change *change, struct error *err)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	_cleanup_network_ struct network *network = changed(manager, work, true, change, &before, err);

	if (network == NULL || !network_check_forwards(manager, work, network, err))
		return false;
	after = network_format(network);
	if (!network_row_set_live(manager, work->row.id, true, after, err))
		return false;
	if (run_with(manager, work, network, err))
		return true;
	/* a name server that does not take it goes on as it was */
	(void)network_row_set_live(manager, work->row.id, true, before, NULL);
	(void)run_with(manager, work, work->network, NULL);
	return false;
}

static bool change_definition(struct manager *manager, const struct network_work *work, const struct network *network, bool own,
			      struct error *err)
{
	_cleanup_free_ char *after = network_format(network);
	struct network_row stored = work->row;

	return network_row_put(manager, &stored, after, own && network_row_is_default(manager, stored.id), err);
}

bool network_update(struct manager *manager, const struct network_row *row, const char *command, const char *section, int parent,
		    const char *text, unsigned flags, struct error *err)
{
	const struct network_change change = { .command = command, .section = section, .parent = parent, .text = text };
	_cleanup_network_work_ struct network_work work = { .lock = -1 };
	_cleanup_network_ struct network *definition = NULL;
	_cleanup_free_ char *before = NULL;

	if (!network_work_begin(manager, row->id, &work, err))
		return false;
	if ((flags & (NETWORK_LIVE | NETWORK_CONFIG)) == 0)
		flags |= work.row.active ? NETWORK_LIVE : NETWORK_CONFIG;
	if ((flags & NETWORK_LIVE) && !work.row.active)
		return error_set(err, ERROR_STATE, "network '%s' is not active", row->name);
	if ((flags & NETWORK_CONFIG) && !work.row.persistent)
		return error_set(err, ERROR_STATE, "network '%s' is not defined: it goes when it stops", row->name);
	/* both or none: each is judged before anything is changed, and what runs can still refuse */
	if (flags & NETWORK_CONFIG) {
		definition = changed(manager, &work, false, &change, &before, err);
		if (definition == NULL)
			return false;
	}
	return (!(flags & NETWORK_LIVE) || change_running(manager, &work, &change, err)) &&
	       (definition == NULL || change_definition(manager, &work, definition, (flags & NETWORK_OWN) != 0, err));
}
