/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of pools: listed, found, written. */
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "base/uuid.h"
#include "core/change_lock.h"
#include "core/storage_internal.h"
#include "storage/remote.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COLUMNS                                                                                                        \
	"id, name, uuid, type, active, persistent, autostart, capacity, allocation, available, target,"                \
	" (SELECT count(*) FROM volume WHERE pool_id = pool.id), boot_id"

void pool_row_clear(struct pool_row *row)
{
	free(row->name);
	free(row->uuid);
	free(row->target);
	*row = (struct pool_row){ 0 };
}

void pool_rows_free(struct pool_row *rows, size_t count)
{
	for (size_t i = 0; rows != NULL && i < count; i++)
		pool_row_clear(&rows[i]);
	free(rows);
}

/* A directory is there after a boot too; what was mounted or logged in to is not. */
static bool is_active(sqlite3_stmt *row, enum pool_type type)
{
	const char *boot = (const char *)sqlite3_column_text(row, 12);

	return sqlite3_column_int(row, 4) != 0 && (type == POOL_DIR || text_equal(boot, process_boot_id()));
}

static struct pool_row read_row(sqlite3_stmt *row)
{
	int type = enum_value(&pool_type_words, (const char *)sqlite3_column_text(row, 3));
	struct pool_row pool = {
		.id = sqlite3_column_int64(row, 0),
		.name = db_text(row, 1),
		.uuid = db_text(row, 2),
		.type = type > 0 ? (enum pool_type)type : POOL_ABSENT,
		.persistent = sqlite3_column_int(row, 5) != 0,
		.autostart = sqlite3_column_int(row, 6) != 0,
		.figures = { (uint64_t)sqlite3_column_int64(row, 7), (uint64_t)sqlite3_column_int64(row, 8),
			     (uint64_t)sqlite3_column_int64(row, 9) },
		.target = db_text(row, 10),
		.volumes = (size_t)sqlite3_column_int64(row, 11),
	};

	pool.active = is_active(row, pool.type);
	if (!pool.active) {
		pool.figures = (struct pool_figures){ 0 };
		pool.volumes = 0;
	}
	return pool;
}

/* ---- the default pool ---- */

/* It is made once: who undefines it does not want it back. */
#define DEFAULT_KEY "'pool-default'"

static bool make_default(struct manager *manager, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT value FROM meta WHERE key = " DEFAULT_KEY, "");
	bool found;

	if (row == NULL || !db_step(manager->db, row, &found, err))
		return false;
	if (found) {
		sqlite3_reset(row);
		return true;
	}
	_cleanup_error_ struct error busy = ERROR_INIT;

	/* A state that may only be read has no default pool until somebody may write it. */
	if (!db_begin(manager->db, &busy))
		return true;
	char uuid[UUID_TEXT_SIZE];

	uuid_make(uuid);
	text = strf("<pool type='dir'>\n  <name>default</name>\n  <uuid>%s</uuid>\n  <target>\n    <path>%s</path>\n  "
		    "</target>\n</pool>\n",
		    uuid, manager->paths.images);
	if (db_run(manager->db, NULL, err,
		   "INSERT INTO pool(uuid, name, type, target, xml, persistent, autostart, active) VALUES(?, "
		   "'default', 'dir', ?, ?, 1, 1, 1)"
		   " ON CONFLICT DO NOTHING",
		   "sss", uuid, manager->paths.images, text) &&
	    db_run(manager->db, NULL, err,
		   "INSERT INTO meta(key, value) VALUES(" DEFAULT_KEY ", '1') ON CONFLICT DO NOTHING", ""))
		return db_commit(manager->db, err);
	db_rollback(manager->db);
	return false;
}

/* ---- looking up ---- */

bool pool_list(struct manager *manager, struct pool_row **ret, size_t *ret_count, struct error *err)
{
	struct pool_row *rows = NULL;
	size_t count = 0;
	bool found = true;

	if (!make_default(manager, err))
		return false;
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT " COLUMNS " FROM pool ORDER BY name", "");

	if (row == NULL)
		return false;
	while (found) {
		if (!db_step(manager->db, row, &found, err)) {
			pool_rows_free(rows, count);
			return false;
		}
		if (found)
			*ARRAY_ADD(rows, count) = read_row(row);
	}
	*ret = rows;
	*ret_count = count;
	return true;
}

/* One row of a statement; *ret_found false without one. */
static bool take_one(struct manager *manager, sqlite3_stmt *row, struct pool_row *ret, bool *ret_found,
		     struct error *err)
{
	if (row == NULL || !db_step(manager->db, row, ret_found, err))
		return false;
	if (*ret_found) {
		*ret = read_row(row);
		sqlite3_reset(row);
	}
	return true;
}

bool pool_find(struct manager *manager, const char *key, struct pool_row *ret, struct error *err)
{
	char uuid[UUID_TEXT_SIZE] = "";
	bool found;

	*ret = (struct pool_row){ 0 };
	if (!make_default(manager, err) ||
	    !take_one(manager, db_query(manager->db, err, "SELECT " COLUMNS " FROM pool WHERE name = ?", "s", key), ret,
		      &found, err))
		return false;
	if (!found && uuid_parse(key, uuid) &&
	    !take_one(manager, db_query(manager->db, err, "SELECT " COLUMNS " FROM pool WHERE uuid = ?", "s", uuid),
		      ret, &found, err))
		return false;
	if (found)
		return true;
	error_set(err, ERROR_NOT_FOUND, "no pool is named '%s'", key);
	return error_hint(err, "'virtty pool-list --all' shows those there are");
}

/* The pool whose place is this very directory, under another name. */
static bool find_directory(struct manager *manager, const char *directory, struct pool_row *ret, bool *ret_found,
			   struct error *err)
{
	struct pool_row *rows = NULL;
	struct stat place, st;
	size_t count = 0;

	if (stat(directory, &place) < 0)
		return true;
	if (!pool_list(manager, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count && !*ret_found; i++) {
		if (rows[i].target == NULL || stat(rows[i].target, &st) < 0 || st.st_dev != place.st_dev ||
		    st.st_ino != place.st_ino)
			continue;
		*ret = rows[i];
		*ret_found = true;
		rows[i] = (struct pool_row){ 0 };
	}
	pool_rows_free(rows, count);
	return true;
}

bool pool_find_path(struct manager *manager, const char *path, struct pool_row *ret, struct error *err)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *directory =
		slash != NULL ? xstrndup(path, slash == path ? 1 : (size_t)(slash - path)) : xstrdup("");
	bool found;

	*ret = (struct pool_row){ 0 };
	if (!make_default(manager, err) ||
	    !take_one(manager,
		      db_query(manager->db, err, "SELECT " COLUMNS " FROM pool WHERE target = ?", "s", directory), ret,
		      &found, err) ||
	    (!found && !find_directory(manager, directory, ret, &found, err)))
		return false;
	return found || error_set(err, ERROR_NOT_FOUND, "no pool holds '%s'", path);
}

static bool reload(struct manager *manager, int64_t id, struct pool_row *ret, char **ret_xml, struct error *err)
{
	bool found;

	if (!take_one(manager, db_query(manager->db, err, "SELECT " COLUMNS " FROM pool WHERE id = ?", "i", id), ret,
		      &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_NOT_FOUND, "the pool was undefined meanwhile");
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT xml FROM pool WHERE id = ?", "i", id);

	if (row == NULL || !db_step(manager->db, row, &found, err) || !found)
		return false;
	*ret_xml = db_text(row, 0);
	sqlite3_reset(row);
	return true;
}

/* ---- writing ---- */

bool pool_row_put(struct manager *manager, struct pool_row *row, const char *xml, struct error *err)
{
	const char *type = enum_word(&pool_type_words, (int)row->type);

	if (row->id != 0)
		return db_run(manager->db, NULL, err,
			      "UPDATE pool SET type = ?, target = ?, xml = ?, persistent = ? WHERE id = ?", "sssii",
			      type, row->target, xml, (int64_t)row->persistent, row->id);
	if (!db_run(manager->db, NULL, err,
		    "INSERT INTO pool(uuid, name, type, target, xml, persistent) VALUES(?, ?, ?, ?, ?, ?)", "sssssi",
		    row->uuid, row->name, type, row->target, xml, (int64_t)row->persistent))
		return false;
	row->id = db_last_id(manager->db);
	return true;
}

bool pool_row_set_active(struct manager *manager, int64_t id, bool active, struct error *err)
{
	return db_run(manager->db, NULL, err, "UPDATE pool SET active = ?, boot_id = ? WHERE id = ?", "isi",
		      (int64_t)active, process_boot_id(), id);
}

bool pool_set_autostart(struct manager *manager, const struct pool_row *row, bool on, struct error *err)
{
	if (!row->persistent)
		return error_set(err, ERROR_STATE,
				 "pool '%s' is not defined, and goes when it stops: it cannot be started by itself",
				 row->name);
	return db_run(manager->db, NULL, err, "UPDATE pool SET autostart = ? WHERE id = ?", "ii", (int64_t)on, row->id);
}

/* ---- one change at a time ---- */

void pool_work_end(struct pool_work *work)
{
	pool_row_clear(&work->row);
	pool_free(work->pool);
	if (work->lock >= 0)
		close(work->lock);
	*work = (struct pool_work){ .lock = -1 };
}

bool pool_work_begin(struct manager *manager, int64_t id, struct pool_work *ret, struct error *err)
{
	_cleanup_free_ char *xml = NULL;
	struct pool_work work = { .row = { .id = id }, .lock = -1 };

	work.lock = change_lock(manager, "pool", id, err);
	bool ok = work.lock >= 0 && reload(manager, id, &work.row, &xml, err);

	if (ok) {
		work.pool = pool_parse(work.row.name, xml, strlen(xml), err);
		work.driver = work.pool != NULL ? pool_driver_find(work.row.type, err) : NULL;
		ok = work.driver != NULL;
	}
	if (!ok)
		pool_work_end(&work);
	*ret = work;
	return ok;
}

/* What is mounted or logged in to may have gone beside us; what lies at its place then is not the pool's. */
static bool check_there(struct manager *manager, struct pool_work *work, struct error *err)
{
	bool there = false;

	if (work->row.type == POOL_DIR)
		return true;
	if (!work->driver->check(work->pool, &there, err))
		return false;
	if (there)
		return remote_answers(work->row.target, err) || error_wrap(err, "pool '%s'", work->row.name);
	(void)pool_row_set_active(manager, work->row.id, false, NULL);
	error_set(err, ERROR_STATE, "pool '%s' is no longer there: it was unmounted or detached by somebody else", work->row.name);
	return error_hint(err, "'virtty pool-start %s' starts it again", work->row.name);
}

bool pool_work_inactive(const struct pool_work *work, struct error *err)
{
	error_set(err, ERROR_STATE, "pool '%s' is not active", work->row.name);
	return error_hint(err, "'virtty pool-start %s' starts it", work->row.name);
}

bool pool_work_begin_active(struct manager *manager, int64_t id, struct pool_work *ret, struct error *err)
{
	if (!pool_work_begin(manager, id, ret, err))
		return false;
	if (ret->row.active && check_there(manager, ret, err))
		return true;
	if (!ret->row.active)
		pool_work_inactive(ret, err);
	pool_work_end(ret);
	return false;
}
