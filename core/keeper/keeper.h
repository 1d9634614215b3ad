/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A keeper: one process that minds one machine. Its parts hang together here; each part's own header says what it does. */
#ifndef CORE_KEEPER_KEEPER_H
#define CORE_KEEPER_KEEPER_H

#include "base/enum.h"
#include "base/error.h"
#include "core/keeper/plan_read.h"
#include "core/run.h"
#include "hv/qmp.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

struct control;
struct ports;
struct qemu;
struct recorder;
struct helper;

enum keeper_phase {
	KEEPER_STARTING,   /* QEMU is on its way to "running" */
	KEEPER_ADOPTING,   /* QEMU runs, its QMP is being taken up */
	KEEPER_RUNNING,
	KEEPER_RESTARTING, /* QEMU is gone, a new one is being prepared */
	KEEPER_RELEASING,  /* QEMU is gone, what the start made is being taken away */
	KEEPER_DONE,
};

/* What follows a shutdown that was asked for. */
enum shutdown_then {
	THEN_POLICY,   /* what on_poweroff says */
	THEN_RESTART,  /* it starts anew */
	THEN_STAY_OFF, /* nothing, whatever on_poweroff and the like say */
	THEN_COUNT,
};
ENUM_DECLARE(shutdown_then); /* "off", "restart", "stay-off" */

#define RESTART_LIMIT     3
#define RESTART_WINDOW_MS 60000

struct keeper {
	struct event_base *loop;
	struct plan_data plan;
	struct recorder *recorder;
	struct qemu *qemu;
	struct control *control;
	struct ports *ports;
	struct helper *helper;    /* a `virtty internal ...` that runs now */

	enum keeper_phase phase;
	enum run_state state;
	int reason;
	int start_fd;             /* the front end that waits for this start; -1: nobody */
	struct error start_error; /* why the start failed, told once all is released */

	/* what was asked of the machine (shutdown.c) */
	struct event *shutdown_timer;
	int64_t shutdown_asked_ms; /* wall clock, 0: not asked */
	enum shutdown_then shutdown_then;
	bool destroy_asked;
	struct event *kill_timer;

	/* an execution anew that was asked for (reexec.c) */
	char *reexec_path; /* owned; NULL: none */
	int64_t reexec_since_ms;
	struct event *reexec_timer;

	/* the live document and QEMU (catch_up.c) */
	bool unplugged; /* a device is gone, and the document may not know it */
	unsigned catch_up_failures;
	struct event *catch_up_timer;

	/* what became of QEMU (life.c) */
	char *exit_text;           /* owned; "exit status 0", ... of the last one that ended */
	int64_t stderr_from;       /* where this run's part of the stderr file begins */
	int64_t restarts_ms[RESTART_LIMIT];
	unsigned restart_count;
	enum run_state final_state;
	int final_reason;
	int64_t balloon_noted_ms;  /* the guest's memory changes often: history takes one a minute */
};

/* ---- life.c: from a plan to a running machine, and from its end to a new start or to nothing ---- */

/* Starts QEMU by keeper->plan, of which text is the source; the descriptors are QEMU's (closed here). A failure is told on the start
 * socket in due course. */
void keeper_start(struct keeper *keeper, const char *text, int *fds, size_t fd_count);
/* QMP is through with the start: the machine runs (or waits, when it was asked to be paused). */
void keeper_started(struct keeper *keeper);
/* The start cannot go on: QEMU is ended and all released, then the reason is told. Takes err's content. */
void keeper_start_failed(struct keeper *keeper, struct error *err);
/* QEMU's process has ended; known: status is its wait status. */
void keeper_qemu_ended(struct keeper *keeper, bool known, int status);
/* The machine runs: tells the waiting front end once that is on record. */
void keeper_running(struct keeper *keeper);
/* Tells the waiting front end, if there is one: err NULL for "running". */
void keeper_report(struct keeper *keeper, const struct error *err);

/* ---- state.c: what the machine is in, for the record and for clients ---- */

/* Notes a new state (nothing happens when it is the old one). */
void keeper_set_state(struct keeper *keeper, enum run_state state, int reason);
/* Notes the run-time details: accelerator, consoles, exit status, what was asked. */
void keeper_note_detail(struct keeper *keeper);
struct json_object *keeper_consoles_json(struct keeper *keeper);
/* A line on stderr, which is keeper.log in the machine's log directory: for what nobody is there to be told. */
void keeper_log(struct keeper *keeper, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- shutdown.c: asking the guest, ending QEMU ---- */

/* Asks the guest to power off now and every 5 s (120 s at most). on_asked: QEMU's answer. */
void shutdown_ask(struct keeper *keeper, enum shutdown_then then, qmp_reply_fn *on_asked, void *userdata);
/* Goes on with what an earlier keeper had asked. */
void shutdown_resume(struct keeper *keeper, int64_t asked_ms, enum shutdown_then then);
/* The value of a word; THEN_POLICY for one that is not known. */
enum shutdown_then shutdown_then_of(const char *word);
/* QEMU has ended or the machine runs anew: nothing is asked of it any more. */
void shutdown_forget(struct keeper *keeper);
/* SIGTERM to QEMU; unless graceful SIGKILL after 5 s. Nothing is restarted. */
void shutdown_destroy(struct keeper *keeper, bool graceful);
/* The same end without that request: on_crash and the like decide what follows. */
void shutdown_end(struct keeper *keeper, bool graceful);

/* ---- catch_up.c ---- */

/* A device has gone: the document follows, once nobody holds the change lock. */
void catch_up_note(struct keeper *keeper);
/* Nobody changes the machine now: has somebody left something to do? */
void catch_up_look(struct keeper *keeper);
void catch_up_free(struct keeper *keeper);

/* ---- adopt.c ---- */

/* Takes over a QEMU that runs already; how it went is told on the start socket. */
void keeper_adopt(struct keeper *keeper);

#endif
