/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a network's document leaves open, written into it once, so that it is the same at every start. */
#include "base/memory.h"
#include "base/uuid.h"
#include "net/network.h"
#include "net/network_schema.h"

#include <stdlib.h>

#define BRIDGES_MAX 1024

/* virbr0, virbr1, ...: the names that libvirt's users know. */
static bool settle_bridge(struct network *network, const struct network_surroundings *surroundings, struct error *err)
{
	for (unsigned i = 0; i < BRIDGES_MAX; i++) {
		_cleanup_free_ char *name = strf("virbr%u", i);

		if (!surroundings->bridge_taken(name, surroundings->userdata))
			return schema_set(&network_schema, network, "bridge/@name", name, err);
	}
	return error_set(err, ERROR_EXISTS, "the bridges virbr0 to virbr%d are all taken", BRIDGES_MAX - 1);
}

bool network_set_uuid(struct network *network, const char *uuid, struct error *err)
{
	return schema_set(&network_schema, network, "uuid", uuid, err);
}

bool network_settle(struct network *network, const struct network_surroundings *surroundings, struct error *err)
{
	if (network->uuid == NULL) {
		char uuid[UUID_TEXT_SIZE];

		uuid_make(uuid);
		if (!schema_set(&network_schema, network, "uuid", uuid, err))
			return false;
	}
	if (!network_has_own_bridge(network))
		return true;
	if (network->bridge == NULL && !settle_bridge(network, surroundings, err))
		return false;
	/* libvirt's: a bridge without either has them in every dump */
	if (network->stp == TRI_ABSENT && !schema_set(&network_schema, network, "bridge/@stp", "on", err))
		return false;
	if (network->delay == NULL && !schema_set(&network_schema, network, "bridge/@delay", "0", err))
		return false;
	if (network->mac == NULL) {
		char mac[MAC_TEXT_SIZE];

		mac_make(mac);
		if (!schema_set(&network_schema, network, "mac/@address", mac, err))
			return false;
	}
	return true;
}
