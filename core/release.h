/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Setting a machine free, with what history says of it. */
#ifndef CORE_RELEASE_H
#define CORE_RELEASE_H

#include "core/manager.h"

struct release {
	enum run_state state;
	int reason;
	const char *what;   /* "Stopped Failed": an event of kind lifecycle; NULL: none, somebody else has written it */
	const char *detail; /* of the event; may be NULL */
};

/* release_start() with an event. One transaction: *ret_released false when the row is not of this generation (any more). */
bool release_machine(struct manager *manager, int64_t domain_id, int64_t generation, const struct release *release, bool *ret_released,
		     struct error *err);

#endif
