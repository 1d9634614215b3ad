/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SQLite file: opening, migrations, transactions, statements that are bound and never built. */
#ifndef CORE_DB_H
#define CORE_DB_H

#include "base/error.h"

#include <sqlite3.h>
#include <stdint.h>

/* One connection. Statements prepared through db_prepare() are cached in it and reset when handed out again. */
struct db;

enum db_mode {
	DB_FRONT,  /* front ends: synchronous FULL, busy timeout 5 s, migrates an older file in one transaction; a file that may only be read
	              is opened for reading, and db_begin() fails with the reason */
	DB_KEEPER, /* keepers: synchronous NORMAL, no waiting (SQLITE_BUSY at once), no migration, small caches; a newer file is taken */
	DB_READ,   /* as DB_FRONT, never writes: a missing file is ERROR_NOT_FOUND */
};

/* Opens (and creates, 0600, in DB_FRONT) the file. Opened after exec, never carried across a fork.
 * Errors are told apart: newer version ("... was made by a newer virtty (schema 9, this one knows 1)"), not a database or corrupt,
 * read-only, locked, disk full: each names the file and the way out. NULL on error. */
struct db *db_open(const char *path, enum db_mode mode, struct error *err);
void db_close(struct db *db);
/* A keeper that ends need not hurry: db_close() may then empty a long write-ahead log, as a front end's does. NULL is nothing. */
void db_ending(struct db *db);

/* Write transactions take the lock at once (BEGIN IMMEDIATE). db_rollback() after a failure; nested calls are an error of the caller. */
bool db_begin(struct db *db, struct error *err);
bool db_commit(struct db *db, struct error *err);
void db_rollback(struct db *db);
bool db_in_transaction(const struct db *db);
/* A transaction whose rows need not survive a power cut (run-time rows): synchronous NORMAL for its time. */
bool db_begin_volatile(struct db *db, struct error *err);

/* A statement for a constant SQL text, ready to bind; owned by db. NULL on error. */
sqlite3_stmt *db_prepare(struct db *db, const char *sql, struct error *err);
/* Binds by a format, then leaves the statement ready to step: 'i' int64_t, 's' const char * (NULL: SQL NULL), 'n' NULL without argument.
 *   s = db_query(db, err, "SELECT name FROM domain WHERE id = ?", "i", (int64_t)id); */
sqlite3_stmt *db_query(struct db *db, struct error *err, const char *sql, const char *format, ...);
/* One step: true with a row when *ret_row, true without one at the end; false on error. Resets the statement at the end and on error. */
bool db_step(struct db *db, sqlite3_stmt *statement, bool *ret_row, struct error *err);
/* Runs to the end and gives the number of rows changed (ret may be NULL). */
bool db_run(struct db *db, int *ret_changes, struct error *err, const char *sql, const char *format, ...);
int64_t db_last_id(struct db *db);
/* A column's text, copied; NULL for SQL NULL. Owned. */
char *db_text(sqlite3_stmt *statement, int column);
/* Changes made by others since the last call? (PRAGMA data_version) */
bool db_changed(struct db *db);

/* The schema's version that this virtty knows: the number of steps in the migration table (core/db_schema.c). */
extern const int db_schema_version;

#endif
