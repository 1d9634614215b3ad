/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run's columns in a SELECT: one order for every query that reads them. */
#ifndef CORE_RUN_ROW_H
#define CORE_RUN_ROW_H

#include "core/run.h"

#include <sqlite3.h>

#define RUN_COLUMNS \
	"generation, phase, run_id, holder_pid, holder_start, qemu_pid, qemu_start, boot_id, state, reason, state_at_ms, started_at_ms, detail"

/* Fills a zeroed run from RUN_COLUMNS that begin at column; all NULL (a LEFT JOIN) is a machine that never ran. */
void run_from_row(sqlite3_stmt *row, int column, struct run *ret);

#endif
