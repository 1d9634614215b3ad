/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper executes itself anew, so that an upgrade needs no guest's downtime: same pid, same child, same descriptors. */
#ifndef CORE_KEEPER_REEXEC_H
#define CORE_KEEPER_REEXEC_H

#include "core/keeper/keeper.h"

#include "base/strbuf.h"

#define REEXEC_OPTION "--resume"

/* Asks for it. It happens once nothing is under way; the client that waits (wants_reexec) is answered by the new one, or told why not. */
bool reexec_ask(struct keeper *keeper, const char *path, struct error *err);
/* Now, perhaps? Called when something has come to an end. */
void reexec_try(struct keeper *keeper);
void reexec_forget(struct keeper *keeper);

/* The other side: takes up what the old one left in descriptor fd. */
void reexec_continue(struct keeper *keeper, int fd);

/* ---- what each part hands over, as JSON; its descriptors are noted with reexec_keep_fd() ---- */

struct json_object;
void reexec_keep_fd(struct json_object *json, const char *key, int fd);
/* The descriptor, close-on-exec again; -1 when there is none. */
int reexec_take_fd(struct json_object *json, const char *key);
void reexec_keep_bytes(struct json_object *json, const char *key, const struct strbuf *bytes);
void reexec_take_bytes(struct json_object *json, const char *key, struct strbuf *ret);

/* qemu.c */
bool qemu_at_rest(struct keeper *keeper);
struct json_object *qemu_save(struct keeper *keeper);
bool qemu_restore(struct keeper *keeper, struct json_object *json, struct error *err);
/* record.c */
bool recorder_at_rest(struct keeper *keeper);
/* control.c; drop: clients that are not at rest are closed. */
bool control_at_rest(struct keeper *keeper, bool drop);
struct json_object *control_save(struct keeper *keeper);
void control_restore(struct keeper *keeper, struct json_object *json);
void control_answer_reexec(struct keeper *keeper, const struct error *err);
/* port_save.c */
struct json_object *ports_save(struct keeper *keeper);
void ports_restore(struct keeper *keeper, struct json_object *json);

#endif
