/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's own agent (qemu-ga), asked over the channel that its machine has for it.
 *
 * A guest is hostile: what comes may be anything, of any length, or nothing at all. An answer is one line of JSON, bounded in size and time; all
 * else is passed over. One asker at a time, across processes. */
#ifndef CORE_GUEST_AGENT_H
#define CORE_GUEST_AGENT_H

#include "core/interface.h"

#define GUEST_AGENT_TIMEOUT_MS 5000		  /* for a whole question, the waiting for others included */
#define GUEST_AGENT_ANSWER_MAX (1024 * 1024)	  /* bytes, of what is passed over too */

struct json_object;

/* Asks the agent of a running machine; arguments (may be NULL) are taken over. *ret (owned; may be NULL) is what it returns. ERROR_UNSUPPORTED: the
 * machine has no channel for it; ERROR_STATE: nobody in the guest has it open; ERROR_TIMEOUT; ERROR_FAILED: the agent said no. */
bool guest_agent_call(struct manager *manager, const struct machine *machine, const char *command, struct json_object *arguments,
		      struct json_object **ret, struct error *err);
/* The same over a connected socket (the caller's), which it makes non-blocking. */
bool guest_agent_talk(int fd, const char *command, struct json_object *arguments, int timeout_ms, struct json_object **ret,
		      struct error *err);

/* What guest-network-get-interfaces returns, as addresses: a card without any is there once, of family 0. Names are cut and made printable;
 * what is no address or MAC is left out. Appends to the array. */
bool guest_agent_addresses(struct json_object *answer, struct interface_address **addresses, size_t *count, struct error *err);

#endif
