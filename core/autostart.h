/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines that start with the host: their order, starting them all, and asking all to shut down when the host does.
 * Both loops take their time and block: they are for a command, not for the terminal program. */
#ifndef CORE_AUTOSTART_H
#define CORE_AUTOSTART_H

#include "core/manager.h"

enum {
	AUTOSTART_ORDER_LIMIT = 1000000, /* either side of 0 */
	AUTOSTART_DELAY_LIMIT_S = 86400,
};

/* Marks the machine. order and delay_s (NULL: as they were, 0 at first) say when: the lowest order starts first, machines of one order by name,
 * and after this one's start the next waits delay_s. ERROR_INVALID beyond the limits, ERROR_STATE for a transient machine. */
bool autostart_mark(struct manager *manager, const struct machine *machine, const int64_t *order, const int64_t *delay_s, struct error *err);
/* The marked machines in the order in which they start. Owned array, machines_free(). */
bool autostart_list(struct manager *manager, struct machine **ret, size_t *ret_count, struct error *err);

/* What became of one machine, or of one pool or network: those are started, run already, or are not started. */
enum autostart_step {
	AUTOSTART_STARTED,
	AUTOSTART_RUNNING,    /* it ran already: left alone */
	AUTOSTART_NO_START,   /* error says why */
	AUTOSTART_ASKED,      /* to shut down */
	AUTOSTART_STOPPED,
	AUTOSTART_NOT_ASKED,  /* could not be: error says why */
	AUTOSTART_RUNS_STILL, /* asked, but on when the time was up */
};

struct autostart_event {
	enum autostart_step step;
	const struct machine *machine; /* NULL: it is one of the next two */
	const char *pool, *network;	   /* its name; NULL: it is none */
	const struct error *error; /* NULL where nothing failed */
	char *const *warnings;	   /* of a start, may be NULL */
};

/* Told of each step when it happens; what the event points to is gone afterwards. */
typedef void autostart_report_fn(const struct autostart_event *event, void *data);

/* Starts the marked networks and pools that are inactive, then the marked machines that are off, one after the other. One that fails does not stop the others; when any failed the result is false, and err
 * names them. Its delay is waited for only after a machine that was started here, and only when another is to follow. */
bool autostart_run(struct manager *manager, autostart_report_fn *report, void *data, struct error *err);
/* Asks every machine that runs to shut down, those that started last first and none waiting for another, then waits until all are off, timeout_ms
 * at most. Nothing is killed: false when any runs on, and err (ERROR_TIMEOUT; ERROR_FAILED when one could not be asked) names them. */
bool autostart_stop_all(struct manager *manager, int timeout_ms, autostart_report_fn *report, void *data, struct error *err);

#endif
