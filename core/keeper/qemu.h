/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper's QEMU: its process and its QMP connection. */
#ifndef CORE_KEEPER_QEMU_H
#define CORE_KEEPER_QEMU_H

#include "core/keeper/keeper.h"
#include "hv/qmp.h"

struct qemu *qemu_new(struct keeper *keeper);
void qemu_free(struct qemu *qemu);

/* Watches a process by pidfd; child: ours to reap. keeper_qemu_ended() is called when it ends. */
bool qemu_watch(struct keeper *keeper, struct process_id id, bool child, struct error *err);
/* Connects to its QMP socket: the answer to a connection comes when QEMU has come up. */
bool qemu_connect(struct keeper *keeper, struct error *err);
/* A QEMU that no longer listens has ended, or is about to: its exit, which is a moment away, says why. If it does not come, the start fails. */
void qemu_await_exit(struct keeper *keeper);
/* The commands before the first step of the CPUs, then `cont` (unless paused): keeper_started() or keeper_start_failed() follows. */
void qemu_begin(struct keeper *keeper);
/* Asks in which state QEMU is and sets ours by it: after an adoption, when events may have been missed. */
void qemu_ask_state(struct keeper *keeper);

bool qemu_is_alive(const struct keeper *keeper);
struct process_id qemu_id(const struct keeper *keeper);
bool qemu_is_child(const struct keeper *keeper);
void qemu_signal(struct keeper *keeper, int signal_number);

/* Sends a command over QMP; on_reply may be NULL. Fails at once (through on_reply) when there is no connection. */
void qemu_send(struct keeper *keeper, const char *command, struct json_object *arguments, qmp_reply_fn *on_reply, void *userdata);
/* The connection, for raw use (NULL: none); qemu_kick() afterwards lets it write. */
struct qmp *qemu_qmp(struct keeper *keeper);
void qemu_kick(struct keeper *keeper);
/* The "QMP" value of QEMU's greeting as raw JSON with no capabilities: what clients are greeted with. Borrowed. */
const char *qemu_version(struct keeper *keeper);

/* ---- what QEMU told about its end (qemu_event.c) ---- */

struct qemu_story {
	char shutdown[32];        /* the reason of its SHUTDOWN event: "guest-shutdown"; "": none came */
	bool panicked;            /* GUEST_PANICKED came, the guest has not been reset since */
	bool connected;           /* its QMP was ours until the end */
	int stop_reason;          /* of the STOP that comes next: REASON_PAUSED_..., 0: a user's */
	bool crashed_state;       /* ... or the machine stops as crashed */
};
struct qemu_story *qemu_story(struct keeper *keeper);

/* An event of QEMU's: what it means for the record. */
void qemu_event(struct keeper *keeper, const char *name, struct json_object *data);
/* Sets our state by the words of query-status. */
void qemu_state_word(struct keeper *keeper, const char *word);

#endif
