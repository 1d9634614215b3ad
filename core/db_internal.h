/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of core/db*.c share: the connection's inside, the migration table, the meaning of SQLite's errors. */
#ifndef CORE_DB_INTERNAL_H
#define CORE_DB_INTERNAL_H

#include "core/db.h"

#include <stddef.h>

/* "vtty", in the file's header: a file of ours is known by it. */
#define DB_APPLICATION_ID 0x76747479

struct db_statement {
	const char *sql; /* the caller's constant text */
	sqlite3_stmt *statement;
};

struct db {
	sqlite3 *sqlite;
	char *path;
	enum db_mode mode;
	bool readonly;    /* the file can be read, not written */
	bool ending;      /* db_ending() */
	bool in_transaction, in_volatile;
	bool is_full;     /* synchronous FULL was set */
	int64_t data_version; /* as last seen by db_changed() */
	struct db_statement *statements;
	size_t statement_count;
};

/* One step from schema version N to N + 1: the N-th row of the table. A row that was released is never changed. */
struct migration {
	const char *what;
	const char *sql;
};
extern const struct migration db_migrations[];

/* Turns the connection's last SQLite error (code: what the call returned) into a message that names the file and the way out. Returns false. */
bool db_fail(const char *path, sqlite3 *sqlite, int code, struct error *err);
/* One statement without results, from a constant text. */
bool db_exec(struct db *db, const char *sql, struct error *err);

#endif
