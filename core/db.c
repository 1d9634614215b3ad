/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements that are bound, never built, and the transactions around them. */
#include "core/db.h"

#include "base/memory.h"
#include "core/db_internal.h"

#include <stdarg.h>
#include <string.h>

bool db_exec(struct db *db, const char *sql, struct error *err)
{
	int code = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);

	return code == SQLITE_OK || db_fail(db->path, db->sqlite, code, err);
}

static bool begin(struct db *db, struct error *err)
{
	if (db->in_transaction)
		return error_set(err, ERROR_DATABASE, "a transaction is open already (an error in virtty)");
	if (db->readonly)
		return db_fail(db->path, db->sqlite, SQLITE_READONLY, err);
	if (db->mode == DB_FRONT && !db->in_volatile && !db->is_full) {
		/* SQLite's own default can be set otherwise when it is built. */
		if (!db_exec(db, "PRAGMA synchronous = FULL", err))
			return false;
		db->is_full = true;
	}
	if (!db_exec(db, "BEGIN IMMEDIATE", err))
		return false;
	db->in_transaction = true;
	return true;
}

bool db_begin(struct db *db, struct error *err)
{
	return begin(db, err);
}

/* The level belongs to the connection and cannot change inside a transaction: it is set before, and set back after. */
static void end_volatile(struct db *db)
{
	if (db->in_volatile)
		sqlite3_exec(db->sqlite, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
	db->in_volatile = false;
}

bool db_begin_volatile(struct db *db, struct error *err)
{
	if (db->mode == DB_KEEPER || db->in_transaction)
		return begin(db, err);
	if (!db_exec(db, "PRAGMA synchronous = NORMAL", err))
		return false;
	db->is_full = false;
	db->in_volatile = true;
	if (begin(db, err))
		return true;
	end_volatile(db);
	return false;
}

bool db_commit(struct db *db, struct error *err)
{
	if (!db->in_transaction)
		return error_set(err, ERROR_DATABASE, "no transaction is open (an error in virtty)");
	if (!db_exec(db, "COMMIT", err)) {
		db_rollback(db);
		return false;
	}
	db->in_transaction = false;
	end_volatile(db);
	return true;
}

void db_rollback(struct db *db)
{
	if (!db->in_transaction)
		return;
	/* A statement in the middle of its rows would keep the transaction open. */
	for (size_t i = 0; i < db->statement_count; i++)
		sqlite3_reset(db->statements[i].statement);
	/* Some failures (a full disk) have rolled back already. */
	if (!sqlite3_get_autocommit(db->sqlite))
		sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
	db->in_transaction = false;
	end_volatile(db);
}

bool db_in_transaction(const struct db *db)
{
	return db->in_transaction;
}

/* Texts are constants: the same place is the same text, nearly always. */
static struct db_statement *find_cached(struct db *db, const char *sql)
{
	for (size_t i = 0; i < db->statement_count; i++)
		if (db->statements[i].sql == sql)
			return &db->statements[i];
	for (size_t i = 0; i < db->statement_count; i++)
		if (strcmp(db->statements[i].sql, sql) == 0)
			return &db->statements[i];
	return NULL;
}

sqlite3_stmt *db_prepare(struct db *db, const char *sql, struct error *err)
{
	struct db_statement *cached;
	sqlite3_stmt *statement = NULL;
	int code;

	cached = find_cached(db, sql);
	if (cached) {
		sqlite3_reset(cached->statement);
		sqlite3_clear_bindings(cached->statement);
		return cached->statement;
	}
	code = sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
	if (code != SQLITE_OK) {
		db_fail(db->path, db->sqlite, code, err);
		return NULL;
	}
	cached = ARRAY_ADD(db->statements, db->statement_count);
	cached->sql = sql;
	cached->statement = statement;
	return statement;
}

static sqlite3_stmt *bind(struct db *db, struct error *err, const char *sql, const char *format, va_list ap)
{
	sqlite3_stmt *statement = db_prepare(db, sql, err);
	int code = SQLITE_OK;

	if (!statement)
		return NULL;
	for (int i = 0; code == SQLITE_OK && format[i]; i++) {
		switch (format[i]) {
		case 'i':
			code = sqlite3_bind_int64(statement, i + 1, va_arg(ap, int64_t));
			break;
		case 's':
			/* Copied: the caller's text may go before the last step. */
			code = sqlite3_bind_text(statement, i + 1, va_arg(ap, const char *), -1, SQLITE_TRANSIENT);
			break;
		case 'n':
			code = sqlite3_bind_null(statement, i + 1);
			break;
		default:
			code = SQLITE_MISUSE;
		}
	}
	if (code != SQLITE_OK) {
		db_fail(db->path, db->sqlite, code, err);
		return NULL;
	}
	return statement;
}

sqlite3_stmt *db_query(struct db *db, struct error *err, const char *sql, const char *format, ...)
{
	sqlite3_stmt *statement;
	va_list ap;

	va_start(ap, format);
	statement = bind(db, err, sql, format, ap);
	va_end(ap);
	return statement;
}

bool db_step(struct db *db, sqlite3_stmt *statement, bool *ret_row, struct error *err)
{
	int code = sqlite3_step(statement);

	*ret_row = code == SQLITE_ROW;
	if (code == SQLITE_ROW)
		return true;
	if (code != SQLITE_DONE)
		db_fail(db->path, db->sqlite, code, err);
	sqlite3_reset(statement);
	return code == SQLITE_DONE;
}

bool db_run(struct db *db, int *ret_changes, struct error *err, const char *sql, const char *format, ...)
{
	sqlite3_stmt *statement;
	bool row = true;
	va_list ap;

	va_start(ap, format);
	statement = bind(db, err, sql, format, ap);
	va_end(ap);
	if (!statement)
		return false;
	while (row)
		if (!db_step(db, statement, &row, err))
			return false;
	if (ret_changes)
		*ret_changes = sqlite3_changes(db->sqlite);
	return true;
}

int64_t db_last_id(struct db *db)
{
	return sqlite3_last_insert_rowid(db->sqlite);
}

char *db_text(sqlite3_stmt *statement, int column)
{
	return xstrdup_null((const char *)sqlite3_column_text(statement, column));
}

bool db_changed(struct db *db)
{
	sqlite3_stmt *statement = db_prepare(db, "PRAGMA data_version", NULL);
	bool row = false;
	int64_t version;

	if (!statement || !db_step(db, statement, &row, NULL) || !row)
		return true; /* unreadable now: the next look says why */
	version = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	if (version == db->data_version)
		return false;
	db->data_version = version;
	return true;
}
