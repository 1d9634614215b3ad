/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stage for the TUI's tests: a home with machines that are rows only, some of them "running" (their keeper is the test, their QEMU a child that
 * sleeps), and the console's peer played by the test. */
#ifndef TESTS_TERMINAL_STAGE_H
#define TESTS_TERMINAL_STAGE_H

#include "core/run.h"
#include "tests/harness/pty.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stage;

/* In a new VIRTTY_HOME. */
struct stage *stage_new(void);
void stage_free(struct stage *stage);

/* Adds a machine that is off. */
int64_t stage_add(struct stage *stage, const char *name, const char *title, uint64_t memory_mib, unsigned vcpus);
/* Defines one by its document; its row. */
int64_t stage_define(struct stage *stage, const char *document);
/* The row of a machine. */
int64_t stage_find(struct stage *stage, const char *name);
/* Around many of these: one transaction. */
void stage_begin(struct stage *stage);
void stage_commit(struct stage *stage);
/* It runs from now on, in this state, for that long already; its console is the stage's own socket. */
void stage_run(struct stage *stage, int64_t id, enum run_state state, int64_t uptime_ms);
/* The same, with a screen: a VNC server of the test's listens at this path. console: it has the stage's console too. */
void stage_run_screen(struct stage *stage, int64_t id, enum run_state state, int64_t uptime_ms, const char *path, bool console);
void stage_stop(struct stage *stage, int64_t id, enum run_state state);
void stage_remove(struct stage *stage, int64_t id);
/* Keeps what an ISO is said to hold, as if it had been asked for. */
struct stat;
struct error;
bool stage_keep_iso(struct stage *stage, const char *path, const struct stat *st, const char *data, const char *json, struct error *err);
/* The usual set: machines in all states, with names that are hard to draw. */
void stage_fill(struct stage *stage);

/* The TUI on a pty of this size, as an xterm in UTF-8; what is in extra (NAME=VALUE, or NAME to unset, NULL-terminated; may be NULL)
 * overrules that. */
struct pty *stage_tui(struct stage *stage, int rows, int columns, const char *const *extra);

/* Waits for the TUI's connection to the console. */
void stage_accept(struct stage *stage, struct pty *pty);
void stage_hang_up(struct stage *stage);
/* What the guest writes; what the keeper says of the right to type. */
void stage_write(struct stage *stage, struct pty *pty, const char *text);
void stage_status(struct stage *stage, bool writer, bool held);
void stage_status_raw(struct stage *stage, const char *text);
/* Where nothing is waited for and a TUI may come and go as it likes: takes a connection that is there, tells it who types and writes these
 * words to it, as far as it takes them. */
void stage_offer(struct stage *stage, const char *text, bool writer, bool hang_up);
/* How many machines there are. */
size_t stage_machines(struct stage *stage);
/* What plays QEMU still lives, and there are so many machines. */
void stage_expect_untouched(struct stage *stage, size_t machines);
/* Waits until the TUI has sent a frame of this type that holds the text; what came before is gone. */
void stage_expect(struct stage *stage, struct pty *pty, char type, const char *text);
/* Typed input that has come and was not yet expected. Borrowed. */
const char *stage_typed(struct stage *stage);

#endif
