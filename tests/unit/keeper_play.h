/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stage for the real virtty-keeper: one machine in a database of its own, a QEMU and a `virtty internal` that are this very test
 * program in other roles, and what a test needs to direct and to watch. */
#ifndef TESTS_UNIT_KEEPER_PLAY_H
#define TESTS_UNIT_KEEPER_PLAY_H

#include "core/run.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct db;
struct json_object;

struct play {
	char *home;      /* owned, as all strings here */
	char *database, *control, *viewer, *log;
	struct db *db;
	int64_t domain, generation;
	pid_t keeper;
	int qmp;         /* a connection to control, -1: none */
};

/* First thing in main(): plays a role when this process was started for one, and does not return then. */
void play_role(int argc, char **argv);

/* A Check fixture for the end of each test: takes away what one that failed has left: its keeper, its QEMU, its directory. */
void play_clean_up(void);

/* A new stage. options: members of the plan, as JSON ("\"on_crash\": \"restart\""), may be NULL. */
void play_begin(struct play *play, const char *options);
/* Claims the machine and starts a keeper; true when it says that it runs, else ret_error (may be NULL, owned) is what it says. */
bool play_start(struct play *play, char **ret_error);
/* Claims the machine and starts a keeper, but gives it no plan. */
void play_leave(struct play *play);
/* The same as play_start() for a keeper that adopts. */
bool play_adopt(struct play *play, char **ret_error);
/* Ends what still lives (destroys the machine if it runs), checks that the keeper exited with 0. */
void play_end(struct play *play);

/* A command over control that must succeed; arguments as JSON text or NULL. The reply is owned by the caller. */
struct json_object *play_call(struct play *play, const char *command, const char *arguments);
/* ... whose reply does not matter; ended: QEMU may end before it answers. */
void play_do(struct play *play, const char *command, const char *arguments);
void play_do_ended(struct play *play, const char *command, const char *arguments);
/* QEMU says these lines on QMP. */
void play_emit(struct play *play, const char *json_line);
/* The same for what makes the keeper end QEMU: its answer may not come any more. */
void play_emit_ended(struct play *play, const char *json_line);

/* Waits for a state of the row, an event (its words hold text), the keeper's end: fails the test after 20 s. */
void play_wait_state(struct play *play, enum run_state state, int reason);
void play_wait_free(struct play *play, int reason);
void play_wait_event(struct play *play, const char *text);
/* At least so many of them. */
void play_wait_events(struct play *play, const char *text, unsigned count);
void play_wait_keeper(struct play *play);
/* The same for one that was killed. */
void play_reap_keeper(struct play *play);
unsigned play_count_events(struct play *play, const char *text);
/* The machine's QEMU by the row. */
pid_t play_qemu(struct play *play);

#endif
