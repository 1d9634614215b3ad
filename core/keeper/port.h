/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's consoles: QEMU's end of each, and what its viewers share. */
#ifndef CORE_KEEPER_PORT_H
#define CORE_KEEPER_PORT_H

#include "core/keeper/keeper.h"
#include "base/strbuf.h"

struct viewer;

#define PORT_INPUT_LIMIT 65536 /* bytes that wait for a guest that does not read; then its writer is not read either */

/* Positions are offsets in the console's log, which QEMU itself writes: what a viewer missed is read from there. After a rotation the
 * part that was moved to LOG.1 has negative offsets. */
struct port {
	struct keeper *keeper;
	struct plan_console plan; /* owned strings */
	int fd;                   /* to QEMU; -1: none */
	struct event *read, *write;
	struct event *reconnect;
	int listener;
	struct event *accept;
	struct event *sweep;      /* frees dead viewers, from the loop */
	struct event *catch_up;   /* the log was not yet as far as we were: look again */
	struct strbuf input;      /* for the guest */
	struct viewer *viewers;
	size_t viewer_count;
	struct viewer *writer;    /* borrowed; NULL: nobody types */
	int64_t at;               /* where the next byte from QEMU lies in the log */
	int64_t log_start;        /* where this run begins */
	int64_t rotate_at;        /* no look at the log's size before this position */
	char *pty;                /* owned path, NULL: none */
	int pty_slave;            /* kept open, so that the master never sees a hang-up */
	bool stale;               /* not in the plan of a restart: goes */
};

struct ports *ports_new(struct keeper *keeper);
void ports_free(struct ports *ports);
/* Before QEMU starts: a port for each console of the plan, listening for viewers, with its pty. Viewers of an earlier run stay. */
bool ports_prepare(struct keeper *keeper, struct error *err);
/* QEMU listens: connects. fresh: nothing was written since the log's end (QEMU has just been started). */
void ports_connect(struct keeper *keeper);
/* QEMU is gone: reads what it left, and disconnects. */
void ports_disconnect(struct keeper *keeper);

size_t ports_count(struct keeper *keeper);
struct port *port_at(struct keeper *keeper, size_t index);
const struct plan_console *port_plan(struct keeper *keeper, size_t index);
const char *port_pty(struct keeper *keeper, size_t index);
int64_t port_log_start(struct keeper *keeper, size_t index);
/* An adopting keeper knows from the row where this run began. */
void port_set_log_start(struct keeper *keeper, const char *name, int64_t start);

/* ---- among the files of consoles ---- */

/* A port of the plan by that name with the connections of the keeper's execution before (-1: none); NULL: no such console. */
struct port *port_resume(struct keeper *keeper, const char *name, int fd, int listener);

/* Queues input for the guest. */
void port_input(struct port *port, const char *bytes, size_t length);
/* Reads all that QEMU has sent until there is no more, and corrects our position by the log's size: for an exact joint. */
void port_synchronize(struct port *port);
/* Our position is not the log's: sets it, and those of the viewers that follow us. */
void port_rebase(struct port *port, int64_t at);
void port_send_break(struct port *port);

#endif
