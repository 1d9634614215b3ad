/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening the state file: cheap when it is as it should be; made, upgraded or refused with a clear message when it is not. */
#include "base/clock.h"
#include "base/memory.h"
#include "core/db_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 5000
/* A write-ahead log below this is left for the next one to read: emptying it costs two syncs, reading it again 0.1 ms. */
#define WAL_KEEP_BYTES (256 * 1024)

static bool pragma_int(struct db *db, const char *sql, int64_t *ret, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(db->sqlite, sql, -1, &statement, NULL);
	bool ok;

	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	ok = code == SQLITE_ROW || code == SQLITE_DONE;
	if (!ok)
		db_fail(db->path, db->sqlite, code, err);
	else
		*ret = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	sqlite3_finalize(statement);
	return ok;
}

/* Makes an empty file that only its owner may read; SQLite gives its log and index the same mode. */
static bool make_file(const char *path, struct error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0) {
		if (errno == EEXIST)
			return true;
		error_set_errno(err, errno, "cannot make the state file '%s'", path);
		return error_hint(err, "make its directory writable for you, or set VIRTTY_HOME to a directory of your own");
	}
	close(fd);
	return true;
}

/* What stands at the path? Nothing: a front end makes it. */
static bool look_at_file(const char *path, enum db_mode mode, struct error *err)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		if (errno != ENOENT) {
			error_set_errno(err, errno, "cannot open the state file '%s'", path);
			return error_hint(err, "check that its directory is yours, or set VIRTTY_HOME to a directory of your own");
		}
		if (mode == DB_FRONT)
			return make_file(path, err);
		return error_set(err, ERROR_NOT_FOUND, "the state file '%s' does not exist", path);
	}
	if (!S_ISREG(st.st_mode)) {
		error_set(err, ERROR_DATABASE, "the state file '%s' is not a regular file", path);
		return error_hint(err, "move it away: a new one is made at the next use");
	}
	if (access(path, R_OK) < 0) {
		error_set_errno(err, errno, "cannot read the state file '%s'", path);
		return error_hint(err, "it belongs to another user: become that user, or set VIRTTY_HOME to a directory of your own");
	}
	return true;
}

static bool configure(struct db *db, struct error *err)
{
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_extended_result_codes(db->sqlite, 1);
	if (db->mode == DB_KEEPER) {
		sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_LOOKASIDE, NULL, 128, 64);
		sqlite3_busy_timeout(db->sqlite, 0);
		return db_exec(db, "PRAGMA cache_size = -128", err) && db_exec(db, "PRAGMA synchronous = NORMAL", err);
	}
	sqlite3_busy_timeout(db->sqlite, BUSY_TIMEOUT_MS);
	return true;
}

static bool open_sqlite(struct db *db, bool immutable, struct error *err)
{
	int flags = db->mode == DB_READ || immutable ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	const char *name = db->path;
	_cleanup_free_ char *uri = NULL;
	int code;

	if (immutable) {
		/* URI characters in the path are escaped by hand: there are only three that matter. */
		size_t used = 0, length = strlen(db->path);

		uri = xcalloc(1, length * 3 + 32);
		memcpy(uri, "file:", 5);
		used = 5;
		for (const char *c = db->path; *c; c++) {
			static const char hex[] = "0123456789ABCDEF";

			if (*c == '?' || *c == '#' || *c == '%') {
				uri[used++] = '%';
				uri[used++] = hex[(unsigned char)*c >> 4];
				uri[used++] = hex[(unsigned char)*c & 15];
			} else {
				uri[used++] = *c;
			}
		}
		memcpy(uri + used, "?immutable=1", sizeof "?immutable=1");
		name = uri;
		flags |= SQLITE_OPEN_URI;
	}
	code = sqlite3_open_v2(name, &db->sqlite, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
	if (code != SQLITE_OK) {
		db_fail(db->path, db->sqlite, code, err);
		sqlite3_close(db->sqlite);
		db->sqlite = NULL;
		return false;
	}
	return configure(db, err);
}

/* The write-ahead log next to the file holds something that an immutable look would miss. */
static bool wal_has_content(const char *path)
{
	_cleanup_free_ char *wal = strf("%s-wal", path);
	struct stat st;

	return stat(wal, &st) == 0 && st.st_size > 0;
}

/* The three numbers that tell a file's kind; each is read on its own, so a file that another process fills meanwhile may show some of both. */
struct file_kind {
	int64_t version, application, tables;
};

static bool read_kind(struct db *db, struct file_kind *ret, struct error *err)
{
	*ret = (struct file_kind){ 0 };
	if (!pragma_int(db, "PRAGMA user_version", &ret->version, err) ||
	    !pragma_int(db, "PRAGMA application_id", &ret->application, err))
		return false;
	if (ret->application != 0 || ret->version != 0)
		return true;
	return pragma_int(db, "SELECT count(*) FROM sqlite_schema", &ret->tables, err);
}

static bool read_version(struct db *db, int64_t *ret_version, struct error *err)
{
	struct file_kind kind;

	/* tables without our mark: either another program's, or ours and made between two looks; the second look tells */
	for (int look = 0; look < 2; look++) {
		if (!read_kind(db, &kind, err))
			return false;
		*ret_version = kind.version;
		if (kind.application == DB_APPLICATION_ID)
			return true;
		if (kind.application == 0 && kind.version == 0 && kind.tables == 0)
			return true; /* an empty file: to be filled */
	}
	error_set(err, ERROR_DATABASE, "'%s' is a database of another program, not a virtty state file", db->path);
	return error_hint(err, "move it away, or set VIRTTY_HOME to another directory");
}

/* Two front ends may do this at once: SQLite answers one of them BUSY at once, without waiting. */
static bool enter_wal_mode(struct db *db, struct error *err)
{
	int64_t limit = clock_monotonic_ms() + BUSY_TIMEOUT_MS;

	for (;;) {
		error_clear(err);
		if (db_exec(db, "PRAGMA journal_mode = WAL", err))
			return true;
		if ((sqlite3_errcode(db->sqlite) & 0xff) != SQLITE_BUSY || clock_monotonic_ms() > limit)
			return false;
		sqlite3_sleep(5);
	}
}

static bool migrate(struct db *db, struct error *err)
{
	_cleanup_error_ struct error local = ERROR_INIT;
	_cleanup_free_ char *finish = NULL;
	int64_t version;

	if (!enter_wal_mode(db, &local) || !db_exec(db, "BEGIN IMMEDIATE", &local))
		return error_move(err, &local);
	/* Somebody else may have been faster. */
	if (!read_version(db, &version, &local))
		goto failed;
	for (int64_t step = version; step < db_schema_version; step++)
		if (!db_exec(db, db_migrations[step].sql, &local)) {
			error_wrap(&local, "cannot upgrade the state to schema %d (%s)", (int)step + 1, db_migrations[step].what);
			goto failed;
		}
	/* A pragma takes no bound value; both numbers are constants of this program. */
	finish = strf("PRAGMA user_version = %d; PRAGMA application_id = %d", db_schema_version, DB_APPLICATION_ID);
	if ((version < db_schema_version && !db_exec(db, finish, &local)) || !db_exec(db, "COMMIT", &local))
		goto failed;
	return true;
failed:
	sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
	return error_move(err, &local);
}

static bool check_version(struct db *db, struct error *err)
{
	int64_t version;

	if (!read_version(db, &version, err))
		return false;
	db->readonly = sqlite3_db_readonly(db->sqlite, "main") == 1;
	if (version == db_schema_version)
		return true;
	/* A keeper outlives an upgrade: what it writes, run and event, only ever grows, with defaults. */
	if (version > db_schema_version && db->mode == DB_KEEPER)
		return true;
	if (version > db_schema_version || version < 0) {
		error_set(err, ERROR_DATABASE, "the state file '%s' was made by a newer virtty (schema %lld, this one knows %d)", db->path,
			  (long long)version, db_schema_version);
		return error_hint(err, "use the newer virtty, or set VIRTTY_HOME to another directory");
	}
	if (db->mode == DB_FRONT) {
		if (db->readonly)
			return db_fail(db->path, db->sqlite, SQLITE_READONLY, err);
		return migrate(db, err);
	}
	if (version == 0)
		return error_set(err, ERROR_NOT_FOUND, "the state file '%s' is empty", db->path);
	error_set(err, ERROR_DATABASE, "the state file '%s' was made by an older virtty (schema %lld, this one needs %d)", db->path,
		  (long long)version, db_schema_version);
	return error_hint(err, "any other virtty command upgrades it");
}

struct db *db_open(const char *path, enum db_mode mode, struct error *err)
{
	_cleanup_error_ struct error local = ERROR_INIT;
	struct db *db;

	if (!look_at_file(path, mode, err))
		return NULL;
	db = xcalloc(1, sizeof *db);
	db->path = xstrdup(path);
	db->mode = mode;
	if (open_sqlite(db, false, &local) && check_version(db, &local))
		return db;
	/* A write-ahead log cannot be opened in a directory where nothing may be written; if it is empty the file alone is the whole. */
	if (db->sqlite && mode != DB_KEEPER && local.code != ERROR_BUSY && access(path, W_OK) < 0 && !wal_has_content(path)) {
		int code = sqlite3_errcode(db->sqlite) & 0xff;

		if (code == SQLITE_CANTOPEN || code == SQLITE_READONLY) {
			sqlite3_close(db->sqlite);
			db->sqlite = NULL;
			error_clear(&local);
			if (open_sqlite(db, true, &local) && check_version(db, &local))
				return db;
		}
	}
	db_close(db);
	error_move(err, &local);
	return NULL;
}

void db_ending(struct db *db)
{
	if (db)
		db->ending = true;
}

void db_close(struct db *db)
{
	_cleanup_free_ char *wal = NULL;
	struct stat st;

	if (!db)
		return;
	for (size_t i = 0; i < db->statement_count; i++)
		sqlite3_finalize(db->statements[i].statement);
	free(db->statements);
	if (db->sqlite) {
		wal = strf("%s-wal", db->path);
		if ((db->mode == DB_KEEPER && !db->ending) || (stat(wal, &st) == 0 && st.st_size < WAL_KEEP_BYTES))
			sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		sqlite3_close(db->sqlite);
	}
	free(db->path);
	free(db);
}
