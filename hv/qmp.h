/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A QMP client as a state machine over a non-blocking descriptor, and a blocking call on top for front ends.
 * Protocol: QEMU's docs/interop/qmp-spec; one JSON object a line, answers in order, events in between. */
#ifndef HV_QMP_H
#define HV_QMP_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;
struct qmp;

#define QMP_LINE_LIMIT (16 * 1024 * 1024) /* bytes of one message */

/* Called once per command: reply is the "return" value (borrowed) or NULL with err set (QEMU's own words; ERROR_PROTOCOL when the
 * connection ended first). */
typedef void qmp_reply_fn(struct qmp *qmp, struct json_object *reply, const struct error *err, void *userdata);
/* Every event, raw: name, data (borrowed, may be NULL), and QEMU's time in ms. */
typedef void qmp_event_fn(struct qmp *qmp, const char *name, struct json_object *data, int64_t at_ms, void *userdata);

/* Takes over fd (made non-blocking). The greeting is awaited and qmp_capabilities sent by itself; commands may be queued at once. */
struct qmp *qmp_new(int fd, qmp_event_fn *on_event, void *userdata);
void qmp_free(struct qmp *qmp); /* every waiting call fails first; not from a callback of qmp_step() */
/* As qmp_new() on a connection that is past its greeting and capabilities (a keeper that executed itself anew); next_id is beyond every
 * id that was sent, so that a late reply is nobody's. */
struct qmp *qmp_resume(int fd, const char *greeting, uint64_t next_id, qmp_event_fn *on_event, void *userdata);
uint64_t qmp_next_id(const struct qmp *qmp);
/* Is nothing under way: no command, no half-read message, nothing to write? */
bool qmp_at_rest(const struct qmp *qmp);

/* Queues a command; arguments (owned by the call, may be NULL). After the connection's end on_reply is called at once. on_reply may be NULL. */
void qmp_send(struct qmp *qmp, const char *command, struct json_object *arguments, qmp_reply_fn *on_reply, void *userdata);

/* ---- raw bytes, for a keeper that only passes on ---- */

struct qmp_message;
/* A reply as it came: text (borrowed) and where its members lie. NULL text: the connection ended first. */
typedef void qmp_raw_fn(struct qmp *qmp, const char *text, size_t length, const struct qmp_message *message, void *userdata);

/* Queues a scanned command of somebody else's; its id is replaced by one of our own, and so is the reply's: put it back with
 * qmp_replace_id(). */
void qmp_send_raw(struct qmp *qmp, const char *text, size_t length, const struct qmp_message *message, qmp_raw_fn *on_reply,
		  void *userdata);
/* A descriptor (taken over) that goes to QEMU beside the command that is queued next: its getfd takes it. One at a time: one that still waits
 * is closed. After the greeting. */
void qmp_carry(struct qmp *qmp, int fd);
/* Every event's line as it came, before on_event sees it. */
void qmp_on_raw_event(struct qmp *qmp, qmp_raw_fn *on_event, void *userdata);
/* The replies that still wait for this userdata will be dropped: its owner has gone. */
void qmp_forget(struct qmp *qmp, const void *userdata);
/* The greeting's line, NULL before it came. Borrowed. */
const char *qmp_greeting(const struct qmp *qmp);
/* Bytes that wait to be written, commands that wait for a reply. */
size_t qmp_queued(const struct qmp *qmp);
size_t qmp_waiting(const struct qmp *qmp);

int qmp_fd(const struct qmp *qmp);
bool qmp_wants_write(const struct qmp *qmp);
bool qmp_ready(const struct qmp *qmp); /* greeting and capabilities are done */
/* One non-blocking step: writes what it can, reads what is there, calls callbacks. False when the connection is over (err says why);
 * all waiting calls have failed by then. */
bool qmp_step(struct qmp *qmp, struct error *err);

/* Blocking, for front ends talking to a keeper's control socket: connects, sends one command, waits. reply_ret (may be NULL) is owned by
 * the caller. Events that arrive meanwhile are dropped. */
bool qmp_call(const char *socket_path, const char *command, struct json_object *arguments, int timeout_ms,
	      struct json_object **ret_reply, struct error *err);
/* The same on a connection that stays open (several calls). -1 / false on error. */
int qmp_open(const char *socket_path, int timeout_ms, struct error *err);
/* The next event on such a connection; replies are passed over. ERROR_TIMEOUT when none comes. Owned. */
struct json_object *qmp_read_event(int fd, int timeout_ms, struct error *err);
bool qmp_call_fd(int fd, const char *command, struct json_object *arguments, int timeout_ms, struct json_object **ret_reply, struct error *err);
/* getfd: QEMU has a copy of the descriptor (which stays the caller's) by that name then. */
bool qmp_give_fd(int fd, const char *name, int given, int timeout_ms, struct error *err);

#endif
