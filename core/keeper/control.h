/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's control socket: QMP for any number of clients over QEMU's one connection. */
#ifndef CORE_KEEPER_CONTROL_H
#define CORE_KEEPER_CONTROL_H

#include "core/keeper/keeper.h"
#include "hv/qmp.h"

struct control *control_new(struct keeper *keeper);
void control_free(struct control *control);

/* Listens at DIRECTORY/control (anew after a restart: the directory may be another). Clients stay. */
bool control_listen(struct keeper *keeper, struct error *err);
/* Events of this connection go to all clients. */
void control_attach(struct keeper *keeper, struct qmp *qmp);
/* Sends an event of the keeper's own to all clients. Takes over data. */
void control_event(struct keeper *keeper, const char *name, struct json_object *data);
/* QEMU is gone and all is released: who asked for that is answered. Sends what can be sent at once. */
void control_ended(struct keeper *keeper);
size_t control_clients(struct keeper *keeper);

#endif
