/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks, bridges and devices that a card can be joined to. */
#include "core/network_choice.h"

#include "base/memory.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/bridge.h"
#include "core/manager_internal.h"
#include "core/network.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void network_choices_clear(struct network_choices *choices)
{
	for (size_t i = 0; i < choices->count; i++) {
		free(choices->choices[i].name);
		free(choices->choices[i].uses);
	}
	free(choices->choices);
	*choices = (struct network_choices){ 0 };
}

bool network_default_joined(struct manager *manager)
{
	if (!manager->paths.system || geteuid() != 0 || access("/dev/net/tun", R_OK | W_OK) != 0)
		return false;
	_cleanup_free_ char *nft = process_find("nft"), *dnsmasq = process_find("dnsmasq");

	return nft && dnsmasq;
}

/* ---- networks ---- */

/* Its subnets; of one without any, what it stands on. Owned; NULL: nothing. */
static char *network_uses(struct manager *manager, const struct network_row *row)
{
	_cleanup_network_ struct network *network = network_load(manager, row, row->active, NULL);
	_cleanup_strv_ char **words = NULL;

	for (size_t i = 0; network && i < network->ip_count; i++) {
		const struct network_ip *ip = &network->ips[i];
		struct subnet subnet;

		if (!ip->address || !subnet_parse("<ip>", ip->address, ip->netmask, ip->prefix.set, ip->prefix.value, &subnet, NULL))
			continue;
		subnet.address = subnet_first(&subnet);
		words = strv_take(words, subnet_format(&subnet));
	}
	if (!words && row->mode >= FORWARD_BRIDGE && (row->bridge || row->device))
		words = strv_add(words, row->bridge ? row->bridge : row->device);
	return words ? strv_join(words, ", ") : NULL;
}

static void add_networks(struct manager *manager, enum network_access access, struct network_choices *to)
{
	struct network_row *rows = NULL;
	size_t count = 0;

	if (!network_list(manager, &rows, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++)
		*ARRAY_ADD(to->choices, to->count) = (struct network_choice){
			.kind = NETWORK_CHOICE_NETWORK,
			.access = access,
			.name = xstrdup(rows[i].name),
			.uses = network_uses(manager, &rows[i]),
			.mode = rows[i].mode,
			.active = rows[i].active,
			.autostart = rows[i].autostart,
		};
	network_rows_free(rows, count);
}

/* ---- the host's own ---- */

/* What a bridge leads to: its ports but for the machines' taps. Owned; NULL: nothing. */
static char *ports_of(const struct bridge_row *bridge)
{
	_cleanup_strv_ char **names = NULL;

	for (size_t i = 0; i < bridge->port_count; i++)
		if (!bridge->ports[i].machine)
			names = strv_add(names, bridge->ports[i].name);
	return names ? strv_join(names, ", ") : NULL;
}

static void add_bridges(struct manager *manager, enum network_access access, struct network_choices *to)
{
	struct bridge_row *rows = NULL;
	size_t count = 0;

	if (!bridge_list(manager, &rows, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++)
		/* a network's is chosen by the network's name */
		if (!rows[i].network)
			*ARRAY_ADD(to->choices, to->count) = (struct network_choice){
				.kind = NETWORK_CHOICE_BRIDGE, .access = access, .name = xstrdup(rows[i].name), .uses = ports_of(&rows[i])
			};
	bridge_rows_free(rows, count);
}

/* What could be a bridge's port can carry a macvtap. */
static void add_devices(enum network_access access, struct network_choices *to)
{
	_cleanup_strv_ char **names = bridge_candidates(NULL);

	for (char **name = names; name && *name; name++)
		*ARRAY_ADD(to->choices, to->count) =
			(struct network_choice){ .kind = NETWORK_CHOICE_DEVICE, .access = access, .name = xstrdup(*name) };
}

void network_choices(struct manager *manager, struct network_choices *ret)
{
	bool root = geteuid() == 0;
	_cleanup_free_ char *passt = process_find("passt");
	enum network_access access = root ? NETWORK_FOR_ALL : NETWORK_FOR_ROOT;

	*ret = (struct network_choices){ 0 };
	*ARRAY_ADD(ret->choices, ret->count) = (struct network_choice){ .kind = NETWORK_CHOICE_USER };
	*ARRAY_ADD(ret->choices, ret->count) =
		(struct network_choice){ .kind = NETWORK_CHOICE_PASST, .access = passt ? NETWORK_FOR_ALL : NETWORK_IF_THERE };
	add_networks(manager, access, ret);
	add_bridges(manager, root ? NETWORK_FOR_ALL : NETWORK_IF_ALLOWED, ret);
	add_devices(access, ret);
	ret->unsaid = network_default_joined(manager) ? "network=default" : "user";
	ret->proposed = network_choices_find(ret, ret->unsaid);
	/* somebody has undefined it */
	if (ret->proposed == ret->count)
		ret->proposed = 0;
}

char *network_choice_option(const struct network_choice *choice)
{
	static const char *const words[] = {
		[NETWORK_CHOICE_NETWORK] = "network", [NETWORK_CHOICE_BRIDGE] = "bridge", [NETWORK_CHOICE_DEVICE] = "direct",
	};

	if (choice->kind == NETWORK_CHOICE_USER)
		return xstrdup("user");
	if (choice->kind == NETWORK_CHOICE_PASST)
		return xstrdup("passt");
	if (choice->kind == NETWORK_CHOICE_NONE)
		return xstrdup("none");
	struct strbuf option = STRBUF_INIT;

	strbuf_put_part(&option, words[choice->kind], choice->name);
	return strbuf_take(&option);
}

size_t network_choices_find(const struct network_choices *choices, const char *option)
{
	for (size_t i = 0; i < choices->count; i++) {
		_cleanup_free_ char *own = network_choice_option(&choices->choices[i]);

		if (strcmp(own, option) == 0)
			return i;
	}
	return choices->count;
}
