/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Preferences: rows of `meta` whose keys begin with "front:". */
#include "core/preference.h"

#include "base/memory.h"
#include "core/db.h"

#define PREFIX "front:"

char *preference_get(struct manager *manager, const char *key)
{
	struct db *db = manager_db(manager);
	_cleanup_free_ char *full = strf(PREFIX "%s", key);
	sqlite3_stmt *row = db_query(db, NULL, "SELECT value FROM meta WHERE key = ?", "s", full);
	char *value = NULL;
	bool found;

	if (row && db_step(db, row, &found, NULL) && found) {
		value = db_text(row, 0);
		sqlite3_reset(row);
	}
	return value;
}

bool preference_set(struct manager *manager, const char *key, const char *value, struct error *err)
{
	struct db *db = manager_db(manager);
	_cleanup_free_ char *full = strf(PREFIX "%s", key);
	bool ok;

	if (!db_begin_volatile(db, err))
		return false;
	ok = value ? db_run(db, NULL, err,
			    "INSERT INTO meta(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value = excluded.value", "ss",
			    full, value)
		   : db_run(db, NULL, err, "DELETE FROM meta WHERE key = ?", "s", full);
	if (ok)
		return db_commit(db, err);
	db_rollback(db);
	return false;
}
