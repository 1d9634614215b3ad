/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a new machine's network cards would join, looked at where nothing is made: a start would say the same. */
#include "base/memory.h"
#include "base/strv.h"
#include "core/install_internal.h"
#include "core/network.h"
#include "hv/launch.h"
#include "net/link.h"

#include <unistd.h>

static bool is_link(const char *name, struct error *err)
{
	_cleanup_links_ struct links *links = links_open(err);
	struct link link;

	return links != NULL && link_find(links, name, &link, err);
}

static bool can_join(struct manager *manager, const struct install_network *network, struct error *err)
{
	_cleanup_network_row_ struct network_row row = { 0 };

	if (network->network != NULL)
		return network_find(manager, network->network, &row, err) || (geteuid() != 0 && network_fail_as_user(err));
	if (network->bridge != NULL)
		return is_link(network->bridge, err);
	return network->device == NULL || is_link(network->device, err);
}

bool install_check_networks(struct manager *manager, struct installation *installation, struct error *err)
{
	for (size_t i = 0; i < installation->network_count; i++) {
		const struct install_network *network = &installation->networks[i];
		_cleanup_error_ struct error missing = ERROR_INIT;

		if (network->model != NULL && !launch_knows_card(network->model)) {
			error_set(err, ERROR_UNSUPPORTED, "network: model '%s' is not supported", network->model);
			return error_hint(err, LAUNCH_CARDS_HINT);
		}
		if (!can_join(manager, network, &missing))
			installation->warnings = strv_addf(installation->warnings, "%s: the machine will not start like this", error_text(&missing));
	}
	return true;
}
