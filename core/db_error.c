/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SQLite's error codes as messages that name the state file, say what is wrong with it, and how to go on. */
#include "core/db_internal.h"

#include <errno.h>
#include <string.h>

static bool out_of_space(int errnum)
{
	return errnum == ENOSPC || errnum == EDQUOT;
}

static bool fail_full(const char *path, struct error *err)
{
	error_set(err, ERROR_DATABASE, "no space is left on the disk that holds the state file '%s'", path);
	return error_hint(err, "free some space there and try again; nothing was changed");
}

static bool fail_readonly(const char *path, struct error *err)
{
	error_set(err, ERROR_DATABASE, "the state file '%s' is read-only", path);
	return error_hint(err, "make the file and its directory writable for you, or set VIRTTY_HOME to a directory of your own");
}

bool db_fail(const char *path, sqlite3 *sqlite, int code, struct error *err)
{
	int errnum = sqlite ? sqlite3_system_errno(sqlite) : 0;

	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		error_set(err, ERROR_BUSY, "the state file '%s' is locked by another process", path);
		return error_hint(err, "another virtty, a backup or sqlite3 is holding it ('fuser %s' names it); try again when it is done", path);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return fail_readonly(path, err);
	case SQLITE_CORRUPT:
		error_set(err, ERROR_DATABASE, "the state file '%s' is damaged: %s", path, sqlite ? sqlite3_errmsg(sqlite) : sqlite3_errstr(code));
		return error_hint(err, "put a copy of it back, or save what can be read: sqlite3 '%s' .recover", path);
	case SQLITE_NOTADB:
		error_set(err, ERROR_DATABASE, "'%s' is not a virtty state file (not a database, or damaged)", path);
		return error_hint(err, "put a copy of it back, or move the file away: a new one is made at the next use");
	case SQLITE_FULL:
		return fail_full(path, err);
	case SQLITE_IOERR:
		if (out_of_space(errnum))
			return fail_full(path, err);
		break;
	case SQLITE_CANTOPEN:
		if (out_of_space(errnum))
			return fail_full(path, err);
		if (errnum == EROFS)
			return fail_readonly(path, err);
		if (errnum)
			error_set_errno(err, errnum, "cannot open the state file '%s'", path);
		else
			error_set(err, ERROR_DATABASE, "cannot open the state file '%s'", path);
		return error_hint(err, "check that it is a file that you may read and write, and that its directory is yours");
	default:
		break;
	}
	if (errnum)
		return error_set(err, ERROR_DATABASE, "the state file '%s': %s: %s", path, sqlite ? sqlite3_errmsg(sqlite) : sqlite3_errstr(code),
				 strerror(errnum));
	return error_set(err, ERROR_DATABASE, "the state file '%s': %s", path, sqlite ? sqlite3_errmsg(sqlite) : sqlite3_errstr(code));
}
