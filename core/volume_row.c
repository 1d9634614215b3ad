/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of volumes, and a pool's refresh, which makes them what its driver finds. */
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/storage_internal.h"
#include "storage/remote.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS                                                                                                        \
	"name, key, path, type, format, stated, capacity, allocation, physical, backing_path, backing_format, "        \
	"encrypted, trouble, mtime_ns, inode"

static enum image_format format_of(sqlite3_stmt *row, int column)
{
	int format = enum_value(&image_format_words, (const char *)sqlite3_column_text(row, column));

	return format > 0 ? (enum image_format)format : IMAGE_UNKNOWN;
}

static struct volume read_row(sqlite3_stmt *row)
{
	int type = enum_value(&volume_type_words, (const char *)sqlite3_column_text(row, 3));

	return (struct volume){
		.name = db_text(row, 0),
		.key = db_text(row, 1),
		.path = db_text(row, 2),
		.type = type >= 0 ? (enum volume_type)type : VOLUME_FILE,
		.format = format_of(row, 4),
		.stated = sqlite3_column_int(row, 5) != 0,
		.capacity = (uint64_t)sqlite3_column_int64(row, 6),
		.allocation = (uint64_t)sqlite3_column_int64(row, 7),
		.physical = (uint64_t)sqlite3_column_int64(row, 8),
		.backing_path = db_text(row, 9),
		.backing_format = format_of(row, 10),
		.encrypted = sqlite3_column_int(row, 11) != 0,
		.trouble = db_text(row, 12),
		.mtime_ns = sqlite3_column_int64(row, 13),
		.inode = (uint64_t)sqlite3_column_int64(row, 14),
	};
}

/* All rows of a statement. Owned array. */
static bool take_all(struct manager *manager, sqlite3_stmt *row, struct volume **ret, size_t *ret_count,
		     struct error *err)
{
	struct volume *volumes = NULL;
	size_t count = 0, room = 0;
	bool found = true;

	if (row == NULL)
		return false;
	while (found) {
		if (!db_step(manager->db, row, &found, err)) {
			volumes_free(volumes, count);
			return false;
		}
		if (!found)
			break;
		if (count == room) {
			room = room == 0 ? 16 : room * 2;
			volumes = xreallocarray(volumes, room, sizeof *volumes);
		}
		volumes[count++] = read_row(row);
	}
	*ret = volumes;
	*ret_count = count;
	return true;
}

bool volume_rows(struct manager *manager, int64_t pool_id, struct volume **ret, size_t *ret_count, struct error *err)
{
	return take_all(manager,
			db_query(manager->db, err, "SELECT " COLUMNS " FROM volume WHERE pool_id = ? ORDER BY name",
				 "i", pool_id),
			ret, ret_count, err);
}

bool volume_row_put(struct manager *manager, int64_t pool_id, const struct volume *volume, struct error *err)
{
	return db_run(manager->db, NULL, err,
		      "INSERT OR REPLACE INTO volume(pool_id, " COLUMNS
		      ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      "issss"
		      "siiii"
		      "ssisii",
		      pool_id, volume->name, volume->key, volume->path,
		      enum_word(&volume_type_words, (int)volume->type),
		      enum_word(&image_format_words, (int)volume->format), (int64_t)volume->stated,
		      (int64_t)volume->capacity, (int64_t)volume->allocation, (int64_t)volume->physical,
		      volume->backing_path, enum_word(&image_format_words, (int)volume->backing_format),
		      (int64_t)volume->encrypted, volume->trouble, volume->mtime_ns, (int64_t)volume->inode);
}

bool volume_row_delete(struct manager *manager, int64_t pool_id, const char *name, struct error *err)
{
	return db_run(manager->db, NULL, err, "DELETE FROM volume WHERE pool_id = ? AND name = ?", "is", pool_id, name);
}

/* ---- refresh ---- */

static bool is_same(const struct volume *a, const struct volume *b)
{
	return a->format == b->format && a->capacity == b->capacity && a->allocation == b->allocation &&
	       a->physical == b->physical && a->mtime_ns == b->mtime_ns && a->inode == b->inode && a->type == b->type &&
	       text_equal(a->path, b->path) && text_equal(a->trouble, b->trouble) &&
	       text_equal(a->backing_path, b->backing_path);
}

/* Both are sorted by name: what changed is written, what is gone is deleted, all else is left alone. */
static bool merge(struct manager *manager, int64_t pool_id, const struct volume *known, size_t known_count,
		  const struct volume *found, size_t count, struct error *err)
{
	size_t k = 0, f = 0;

	while (k < known_count || f < count) {
		int order = k == known_count ? 1 : f == count ? -1 : strcmp(known[k].name, found[f].name);

		if (order < 0) {
			if (!volume_row_delete(manager, pool_id, known[k++].name, err))
				return false;
			continue;
		}
		if ((order > 0 || !is_same(&known[k], &found[f])) && !volume_row_put(manager, pool_id, &found[f], err))
			return false;
		f++;
		if (order == 0)
			k++;
	}
	return true;
}

/* Has nothing happened? Then nothing is written, and a state that somebody holds is not waited for. */
static bool is_all_known(const struct volume *known, size_t known_count, const struct volume *found, size_t count)
{
	if (known_count != count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(known[i].name, found[i].name) != 0 || !is_same(&known[i], &found[i]))
			return false;
	return true;
}

static bool write_found(struct manager *manager, struct pool_work *work, const struct volume *known, size_t known_count,
			const struct volume *found, size_t count, struct error *err)
{
	const struct pool_figures *figures = &work->row.figures;

	/* What is lost with the power is read again from the pool. */
	if (!db_begin_volatile(manager->db, err))
		return false;
	if (merge(manager, work->row.id, known, known_count, found, count, err) &&
	    db_run(manager->db, NULL, err,
		   "UPDATE pool SET capacity = ?, allocation = ?, available = ?, refreshed_at_ms = ? WHERE id = ?",
		   "iiiii", (int64_t)figures->capacity, (int64_t)figures->allocation, (int64_t)figures->available,
		   clock_wall_ms(), work->row.id))
		return db_commit(manager->db, err);
	db_rollback(manager->db);
	return false;
}

bool pool_work_refresh(struct manager *manager, struct pool_work *work, struct error *err)
{
	struct volume *known = NULL, *found = NULL;
	size_t known_count = 0, count = 0;
	bool ok;

	if (!pool_work_login(manager, work, err))
		return false;
	/* The images directory is virtty's own: it is made when it is first looked into. */
	if (text_equal(work->row.target, manager->paths.images) && !path_exists(work->row.target) &&
	    !directory_make(work->row.target, 0700, err))
		return false;
	if (!volume_rows(manager, work->row.id, &known, &known_count, err))
		return false;
	struct pool_figures figures = work->row.figures;

	ok = work->driver->refresh(work->pool, known, known_count, &found, &count, &work->row.figures, err);
	if (ok && (memcmp(&figures, &work->row.figures, sizeof figures) != 0 ||
		   !is_all_known(known, known_count, found, count)))
		ok = write_found(manager, work, known, known_count, found, count, err);
	if (ok)
		work->row.volumes = count;
	volumes_free(known, known_count);
	volumes_free(found, count);
	return ok;
}

/* ---- looking up ---- */

bool pool_check_active(const struct pool_row *row, struct error *err)
{
	if (row->active)
		return true;
	error_set(err, ERROR_STATE, "pool '%s' is not active", row->name);
	return error_hint(err, "'virtty pool-start %s' starts it", row->name);
}

bool volume_list(struct manager *manager, const struct pool_row *pool, struct volume **ret, size_t *ret_count,
		 struct error *err)
{
	return pool_check_active(pool, err) && volume_rows(manager, pool->id, ret, ret_count, err);
}

static bool find_one(struct manager *manager, sqlite3_stmt *row, struct volume *ret, int64_t *ret_pool, bool *ret_found,
		     struct error *err)
{
	if (row == NULL || !db_step(manager->db, row, ret_found, err))
		return false;
	if (*ret_found) {
		*ret = read_row(row);
		*ret_pool = sqlite3_column_int64(row, 15);
		sqlite3_reset(row);
	}
	return true;
}

static bool lookup(struct manager *manager, const struct pool_row *pool, const char *key, struct volume *ret,
		   int64_t *ret_pool, bool *ret_found, struct error *err)
{
	if (pool != NULL)
		return find_one(manager,
				db_query(manager->db, err,
					 "SELECT " COLUMNS ", pool_id FROM volume WHERE pool_id = ? AND name = ?", "is",
					 pool->id, key),
				ret, ret_pool, ret_found, err) &&
		       (*ret_found ||
			find_one(manager,
				 db_query(manager->db, err,
					  "SELECT " COLUMNS
					  ", pool_id FROM volume WHERE pool_id = ? AND (path = ?2 OR key = ?2)",
					  "is", pool->id, key),
				 ret, ret_pool, ret_found, err));
	return find_one(manager,
			db_query(manager->db, err,
				 "SELECT " COLUMNS ", pool_id FROM volume WHERE path = ?1 OR key = ?1", "s", key),
			ret, ret_pool, ret_found, err);
}

bool volume_known(struct manager *manager, const char *key, struct volume *ret)
{
	int64_t pool_id;
	bool found = false;

	*ret = (struct volume){ 0 };
	return lookup(manager, NULL, key, ret, &pool_id, &found, NULL) && found;
}

static bool pool_by_id(struct manager *manager, int64_t id, struct pool_row *ret, struct error *err)
{
	_cleanup_free_ char *name = NULL;
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT name FROM pool WHERE id = ?", "i", id);
	bool found;

	if (row == NULL || !db_step(manager->db, row, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_NOT_FOUND, "the volume's pool was undefined meanwhile");
	name = db_text(row, 0);
	sqlite3_reset(row);
	return pool_find(manager, name, ret, err);
}

/* A volume that somebody made beside us is there once its pool was looked into again: that is done before it is said to
 * be missing. */
static bool refresh_for(struct manager *manager, const struct pool_row *pool, const char *key)
{
	_cleanup_error_ struct error ignored = ERROR_INIT;
	struct pool_row row = { 0 };
	bool ok;

	if (pool == NULL ? key[0] != '/' || !pool_find_path(manager, key, &row, &ignored)
			 : !pool_find(manager, pool->name, &row, &ignored))
		return false;
	ok = row.active && pool_refresh(manager, &row, &ignored);
	pool_row_clear(&row);
	return ok;
}

bool volume_find(struct manager *manager, const struct pool_row *pool, const char *key, struct volume *ret,
		 struct pool_row *ret_pool, struct error *err)
{
	int64_t pool_id = 0;
	bool found = false;

	*ret = (struct volume){ 0 };
	if (ret_pool != NULL)
		*ret_pool = (struct pool_row){ 0 };
	if (!lookup(manager, pool, key, ret, &pool_id, &found, err))
		return false;
	if (found && ret->type != VOLUME_NETWORK && !remote_answers(ret->path, err)) {
		volume_clear(ret);
		return false;
	}
	/* Gone since, beside us. */
	if (found && ret->type != VOLUME_NETWORK && !path_exists(ret->path)) {
		volume_clear(ret);
		found = false;
	}
	if (!found && refresh_for(manager, pool, key) && !lookup(manager, pool, key, ret, &pool_id, &found, err))
		return false;
	if (!found && pool != NULL && !pool_check_active(pool, err))
		return false;
	if (!found && pool != NULL) {
		error_set(err, ERROR_NOT_FOUND, "pool '%s' has no volume '%s'", pool->name, key);
		return error_hint(err, "'virtty vol-list %s' shows those it has", pool->name);
	}
	if (!found) {
		error_set(err, ERROR_NOT_FOUND, "no volume has the key or path '%s'", key);
		return error_hint(err, "a name needs its pool: --pool POOL");
	}
	if (ret_pool == NULL || pool_by_id(manager, pool_id, ret_pool, err))
		return true;
	volume_clear(ret);
	return false;
}
