/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a network is for, asked of the packet filters that others keep on this host. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/network_internal.h"
#include "net/foreign_rules.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static void look_bridged(const char *bridge, struct foreign_subject *subject)
{
	subject->bridge = bridge;
	subject->bridged4 = foreign_rules_see_bridged(bridge, false);
	subject->bridged6 = foreign_rules_see_bridged(bridge, true);
}

/* uplink: room for a name. False: there is nothing to ask about. */
static bool describe(struct links *links, const struct network *network, char uplink[LINK_NAME_SIZE], struct foreign_subject *ret)
{
	struct foreign_subject subject = { 0 };

	if (network->bridge == NULL)
		return false;
	look_bridged(network->bridge, &subject);
	if (!network_has_own_bridge(network)) {
		subject.v4 = subject.bridged4;
		subject.v6 = subject.bridged6;
		*ret = subject;
		return subject.v4 || subject.v6;
	}
	subject.v4 = network_has_family(network, AF_INET) || subject.bridged4;
	subject.v6 = network_has_family(network, AF_INET6) || subject.bridged6;
	subject.leaves = network->forward != FORWARD_NONE;
	subject.called = network->forward == FORWARD_ROUTE || network->forward == FORWARD_OPEN;
	subject.serves = network_needs_dnsmasq(network);
	subject.uplink = network->forward_dev;
	if (subject.uplink == NULL && (link_default(links, AF_INET, uplink) || link_default(links, AF_INET6, uplink)))
		subject.uplink = uplink;
	*ret = subject;
	return true;
}

static char **add_notes(const struct foreign_subject *subject, char **notes)
{
	struct obstacle *obstacles;
	size_t count;

	foreign_rules_look(subject, &obstacles, &count);
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *text = obstacle_text(&obstacles[i]);

		/* a machine may have two cards on one bridge */
		if (!strv_contains(notes, text))
			notes = strv_add(notes, text);
	}
	obstacles_free(obstacles, count);
	return notes;
}

char **network_obstacle_notes(struct links *links, const struct network *network, char **notes)
{
	struct foreign_subject subject;
	char uplink[LINK_NAME_SIZE];

	return describe(links, network, uplink, &subject) ? add_notes(&subject, notes) : notes;
}

char **bridge_obstacle_notes(const char *bridge, char **notes)
{
	struct foreign_subject subject = { 0 };

	look_bridged(bridge, &subject);
	subject.v4 = subject.bridged4;
	subject.v6 = subject.bridged6;
	return subject.v4 || subject.v6 ? add_notes(&subject, notes) : notes;
}

bool network_obstacles(struct manager *manager, const struct network_row *row, struct obstacle **ret, size_t *ret_count, struct error *err)
{
	_cleanup_network_ struct network *network = NULL;
	_cleanup_links_ struct links *links = NULL;
	struct foreign_subject subject;
	char uplink[LINK_NAME_SIZE];

	*ret = NULL;
	*ret_count = 0;
	if (!row->active)
		return true;
	network = network_load(manager, row, true, err);
	links = network != NULL ? links_open(err) : NULL;
	if (links == NULL)
		return false;
	if (describe(links, network, uplink, &subject))
		foreign_rules_look(&subject, ret, ret_count);
	network_missing(manager, row, network, ret, ret_count);
	return true;
}
