/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's consoles: QEMU's end of each, and what its viewers share. */
#ifndef CORE_KEEPER_PORT_H
#define CORE_KEEPER_PORT_H

#include "base/strbuf.h"
#include "core/keeper/keeper.h"
#include "core/keeper/replay.h"

struct viewer;

#define PORT_INPUT_LIMIT 65536 /* bytes that wait for a guest that does not read; then its writer is not read either */

struct port {
	struct keeper *keeper;
	struct plan_console plan; /* owned strings */
	int fd;                   /* to QEMU; -1: none */
	struct event *read, *write;
	struct event *reconnect;
	int listener;
	struct event *accept;
	struct event *sweep;      /* frees dead viewers, from the loop */
	struct strbuf input;      /* for the guest */
	unsigned breaks;          /* that QEMU has not answered for: what was typed after them waits */
	struct viewer *viewers;
	size_t viewer_count;
	struct viewer *writer;    /* borrowed; NULL: nobody types */
	struct replay replay;     /* the last of what it said, for newcomers */
	char *replay_path;        /* owned */
	int64_t log_start;        /* where this run begins in QEMU's log; negative: in LOG.1, counted from its end */
	size_t unlooked;          /* bytes since the log's size was looked at */
	char *pty;                /* owned path, NULL: none */
	int pty_slave;            /* kept open, so that the master never sees a hang-up */
	bool stale;               /* not in the plan of a restart: goes */
};

struct ports *ports_new(struct keeper *keeper);
void ports_free(struct ports *ports);
/* Before QEMU starts: a port for each console of the plan, listening for viewers, with its pty. Viewers of an earlier run stay. */
bool ports_prepare(struct keeper *keeper, struct error *err);
/* QEMU listens: connects. */
void ports_connect(struct keeper *keeper);
/* QEMU is gone: reads what it left, and disconnects. */
void ports_disconnect(struct keeper *keeper);

size_t ports_count(struct keeper *keeper);
struct port *port_at(struct keeper *keeper, size_t index);
const struct plan_console *port_plan(struct keeper *keeper, size_t index);
const char *port_pty(struct keeper *keeper, size_t index);
int64_t port_log_start(struct keeper *keeper, size_t index);
/* For an adopting keeper, who knows from the row where this run began: what was said before is taken from the log. */
void port_seed(struct keeper *keeper, const char *name, int64_t log_start);

/* ---- among the files of consoles ---- */

/* A port of the plan by that name with the connections of the keeper's execution before (-1: none); NULL: no such console. */
struct port *port_resume(struct keeper *keeper, const char *name, int fd, int listener);

/* Queues input for the guest. */
void port_input(struct port *port, const char *bytes, size_t length);
void port_send_break(struct port *port);

#endif
