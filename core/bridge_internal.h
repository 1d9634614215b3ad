/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of bridges in core/ and their guard share. No manager: the guard has none. */
#ifndef CORE_BRIDGE_INTERNAL_H
#define CORE_BRIDGE_INTERNAL_H

#include "core/bridge.h"
#include "net/carried.h"

#define BRIDGE_GUARD_OPTION "--bridge" /* virtty-keeper --bridge DIRECTORY */
#define BRIDGE_ALIAS	    "virtty bridge of " /* its port comes after it */

/* ---- the change on disk: in the run directory, one at a time (bridge_record.c) ---- */

enum bridge_stage {
	BRIDGE_MAKING,
	BRIDGE_WHOLE,	/* waits to be confirmed */
	BRIDGE_UNDOING, /* nothing but putting back is left */
};
struct bridge_plan {
	enum bridge_stage stage;
	char name[LINK_NAME_SIZE], port[LINK_NAME_SIZE];
	char mac[18];		/* the bridge's: it is known by it before it has its mark */
	bool port_up, ipv6_off; /* as the port was */
	int64_t deadline_ms;	/* clock_boot_ms(): when it is put back */
	struct carried *carried; /* owned: what goes to the port when it is put back */
};
#define _cleanup_bridge_plan_ _cleanup_(bridge_plan_clear)
void bridge_plan_clear(struct bridge_plan *plan);

/* Where it is kept. Owned. */
char *bridge_directory(struct manager *manager);
bool bridge_plan_write(const char *directory, const struct bridge_plan *plan, struct error *err);
/* ERROR_NOT_FOUND: no change is under way, or it was of an earlier boot. */
bool bridge_plan_read(const char *directory, struct bridge_plan *ret, struct error *err);
void bridge_plan_remove(const char *directory);
/* Who has it changes the host. -1 with ERROR_BUSY, and who waits for what. */
int bridge_lock(const char *directory, struct error *err);
/* Is there a guard? */
bool bridge_is_locked(const char *directory);
/* Where a guard is asked to confirm. Owned. */
char *bridge_socket(const char *directory);

/* ---- on the host, by who has the lock (bridge_change.c) ---- */

/* Makes it whole, and says so on disk; a failure has put everything back. */
bool bridge_carry_out(const char *directory, const struct bridge_request *request, struct bridge_plan *plan, struct error *err);
/* Gives everything back to the port, takes the bridge and what is on disk away. May be done again where it was cut short. */
bool bridge_put_back(const char *directory, struct bridge_plan *plan, struct error *err);
/* Takes a confirmed one away: reads what it has now, and puts that back. */
bool bridge_take_away(const char *directory, const char *name, struct error *err);

/* ---- messages to a guard ---- */

#define BRIDGE_MESSAGE_LIMIT ((size_t)64 * 1024)
struct json_object *bridge_request_json(const struct bridge_request *request);
/* The texts stay json's. */
void bridge_request_read(struct json_object *json, struct bridge_request *ret);

/* ---- beside it (bridge_notes.c) ---- */

/* Who else looks after that interface: a line for each, added to the vector. */
char **bridge_notes(const char *port, const char *bridge, char **notes);
/* Does a program of this name run in our network namespace? */
bool bridge_host_runs(const char *comm);

#endif
