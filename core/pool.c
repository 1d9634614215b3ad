/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools: defined, made, started, looked at, stopped, forgotten. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/storage_internal.h"
#include "core/volume_device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- definitions ---- */

/* A pool of that name or UUID that a document would replace; id 0: none. */
static bool match(struct manager *manager, const struct pool *pool, struct pool_row *ret, struct error *err)
{
	_cleanup_error_ struct error none = ERROR_INIT;
	struct pool_row by_uuid = { 0 };

	*ret = (struct pool_row){ 0 };
	if (!pool_find(manager, pool->name, ret, &none) && none.code != ERROR_NOT_FOUND) {
		error_move(err, &none);
		return false;
	}
	error_clear(&none);
	if (ret->id != 0 && text_equal(ret->uuid, pool->uuid))
		return true;
	if (ret->id != 0) {
		error_set(err, ERROR_EXISTS, "pool '%s' is already defined with UUID %s", ret->name, ret->uuid);
		error_hint(err, "'virtty pool-edit %s' changes it", ret->name);
		pool_row_clear(ret);
		return false;
	}
	if (pool_find(manager, pool->uuid, &by_uuid, &none)) {
		error_set(err, ERROR_EXISTS, "UUID %s is that of pool '%s'", by_uuid.uuid, by_uuid.name);
		pool_row_clear(&by_uuid);
		return false;
	}
	return none.code == ERROR_NOT_FOUND || error_move(err, &none);
}

/* Does one path lie in the other's directory? */
static bool is_inside(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	return text_starts(path, directory) && (path[length] == '/' || text_equal(directory, "/"));
}

/* Where a place really is, as far as it is there. Owned. */
static char *real_place(const char *path)
{
	char *real = realpath(path, NULL);

	return real != NULL ? real : xstrdup(path);
}

/* Has the pool a place in the file system that it has for itself? */
static bool has_place(enum pool_type type, const char *target)
{
	return !text_empty(target) && type != POOL_DISK && type != POOL_ISCSI && type != POOL_LOGICAL;
}

/* Two pools that show one directory, by whatever names, would each change it under the other's eyes. One inside another is
 * possible, and said: each shows only what lies right in it. */
static bool check_place(struct manager *manager, enum pool_type type, const char *target, const char *uuid,
			char ***warnings, struct error *err)
{
	struct pool_row *rows = NULL;
	size_t count = 0;
	bool ok = true;

	if (!has_place(type, target))
		return true;
	if (!pool_list(manager, &rows, &count, err))
		return false;
	_cleanup_free_ char *real = real_place(target);

	for (size_t i = 0; ok && i < count; i++) {
		if (!has_place(rows[i].type, rows[i].target) || text_equal(rows[i].uuid, uuid))
			continue;
		_cleanup_free_ char *other = real_place(rows[i].target);

		if (text_equal(real, other))
			ok = error_set(err, ERROR_EXISTS, "'%s' is the place of pool '%s' already", target, rows[i].name);
		else if (warnings != NULL && is_inside(real, other))
			*warnings = strv_addf(*warnings, "'%s' lies inside pool '%s' ('%s')", target, rows[i].name,
					      rows[i].target);
		else if (warnings != NULL && is_inside(other, real))
			*warnings = strv_addf(*warnings, "pool '%s' ('%s') lies inside '%s'", rows[i].name, rows[i].target,
					      target);
	}
	pool_rows_free(rows, count);
	return ok;
}

/* A trailing slash would hide that two places are one. */
static bool tidy_target(struct pool *pool, struct error *err)
{
	size_t length = pool->target != NULL ? strlen(pool->target) : 0;

	if (length < 2 || pool->target[length - 1] != '/')
		return true;
	_cleanup_free_ char *path = xstrndup(pool->target, length);

	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
	xmlNode *target = xml_child(xml_child(pool->node, "target"), "path");

	if (target != NULL)
		xml_set_text(target, path);
	free(pool->target);
	pool->target = TAKE_POINTER(path);
	(void)err;
	return true;
}

static bool store(struct manager *manager, const char *source, const char *text, size_t length, bool persistent,
		  struct pool_row *ret, char ***ret_warnings, struct error *err)
{
	_cleanup_pool_ struct pool *pool = pool_parse(source, text, length, err);
	_cleanup_free_ char *xml = NULL;
	struct pool_row known = { 0 };

	if (pool == NULL || !pool_settle(pool, err) || !pool_validate(pool, err) || !tidy_target(pool, err) ||
	    pool_driver_find(pool->type, err) == NULL ||
	    !check_place(manager, pool->type, pool->target, pool->uuid, &pool->unmodelled, err) ||
	    !pool_check_source(manager, pool, err) ||
	    !match(manager, pool, &known, err))
		return false;
	if (known.id != 0 && !persistent) {
		error_set(err, ERROR_EXISTS, "pool '%s' is defined already", known.name);
		error_hint(err, "'virtty pool-start %s' starts it", known.name);
		pool_row_clear(&known);
		return false;
	}
	if (known.active && !text_equal(known.target, pool->target)) {
		error_set(err, ERROR_STATE, "pool '%s' is active, and cannot move from '%s' to '%s'", known.name,
			  known.target, pool->target);
		error_hint(err, "'virtty pool-destroy %s' stops it first", known.name);
		pool_row_clear(&known);
		return false;
	}
	struct pool_row row = { .id = known.id,
				.name = pool->name,
				.uuid = pool->uuid,
				.type = pool->type,
				.persistent = persistent,
				.target = pool->target };

	pool_row_clear(&known);
	xml = pool_format(pool, NULL);
	if (!db_begin(manager->db, err))
		return false;
	if (!pool_row_put(manager, &row, xml, err)) {
		db_rollback(manager->db);
		return false;
	}
	if (!db_commit(manager->db, err))
		return false;
	if (ret_warnings != NULL)
		*ret_warnings = TAKE_POINTER(pool->unmodelled);
	return pool_find(manager, pool->uuid, ret, err);
}

bool pool_define(struct manager *manager, const char *source, const char *text, size_t length, struct pool_row *ret,
		 char ***ret_warnings, struct error *err)
{
	return store(manager, source, text, length, true, ret, ret_warnings, err);
}

static bool forget(struct manager *manager, int64_t id, struct error *err)
{
	return db_run(manager->db, NULL, err, "DELETE FROM pool WHERE id = ?", "i", id);
}

bool pool_undefine(struct manager *manager, const struct pool_row *row, struct error *err)
{
	if (row->active) {
		error_set(err, ERROR_STATE, "pool '%s' is active", row->name);
		return error_hint(err, "'virtty pool-destroy %s' stops it; nothing in it is lost by that", row->name);
	}
	return forget(manager, row->id, err);
}

char *pool_xml(struct manager *manager, const struct pool_row *row, bool inactive, struct error *err)
{
	sqlite3_stmt *statement = db_query(manager->db, err, "SELECT xml FROM pool WHERE id = ?", "i", row->id);
	_cleanup_free_ char *text = NULL;
	bool found;

	if (statement == NULL || !db_step(manager->db, statement, &found, err))
		return NULL;
	if (!found) {
		error_set(err, ERROR_NOT_FOUND, "pool '%s' was undefined meanwhile", row->name);
		return NULL;
	}
	text = db_text(statement, 0);
	sqlite3_reset(statement);
	if (inactive)
		return TAKE_POINTER(text);
	_cleanup_pool_ struct pool *pool = pool_parse(row->name, text, strlen(text), err);

	return pool != NULL ? pool_format(pool, &row->figures) : NULL;
}

/* ---- life ---- */

bool pool_build(struct manager *manager, const struct pool_row *row, unsigned flags, struct error *err)
{
	_cleanup_pool_work_ struct pool_work work = { .lock = -1 };

	if (!pool_work_begin(manager, row->id, &work, err))
		return false;
	if (work.row.active)
		return error_set(err, ERROR_STATE, "cannot build pool '%s': it is active", row->name);
	if (work.driver->build == NULL)
		return error_set(err, ERROR_UNSUPPORTED, "a pool of type %s cannot be built: its server makes it",
				 enum_word(&pool_type_words, (int)row->type));
	return work.driver->build(work.pool, (flags & POOL_OVERWRITE) != 0, err);
}

bool pool_start(struct manager *manager, const struct pool_row *row, unsigned flags, struct error *err)
{
	_cleanup_pool_work_ struct pool_work work = { .lock = -1 };

	if (!pool_work_begin(manager, row->id, &work, err))
		return false;
	if (work.row.active)
		return error_set(err, ERROR_STATE, "pool '%s' is active already", row->name);
	if ((flags & POOL_BUILD) && work.driver->build != NULL &&
	    !work.driver->build(work.pool, (flags & POOL_OVERWRITE) != 0, err))
		return false;
	/* A link may have been put there since it was defined. */
	if (!check_place(manager, work.row.type, work.row.target, work.row.uuid, NULL, err) ||
	    !pool_work_login(manager, &work, err) || !work.driver->start(work.pool, err))
		return false;
	if (pool_row_set_active(manager, row->id, true, err) && pool_work_refresh(manager, &work, err))
		return true;
	/* What cannot be looked into is not left started. */
	_cleanup_error_ struct error ignored = ERROR_INIT;

	(void)work.driver->stop(work.pool, &ignored);
	(void)pool_row_set_active(manager, row->id, false, &ignored);
	return false;
}

bool pool_stop(struct manager *manager, const struct pool_row *row, struct error *err)
{
	_cleanup_pool_work_ struct pool_work work = { .lock = -1 };

	/* Whether its server still answers or not. */
	if (!pool_work_begin(manager, row->id, &work, err) || (!work.row.active && !pool_work_inactive(&work, err)) ||
	    !work.driver->stop(work.pool, err))
		return false;
	if (!work.row.persistent)
		return forget(manager, row->id, err);
	return pool_row_set_active(manager, row->id, false, err) &&
	       db_run(manager->db, NULL, err, "DELETE FROM volume WHERE pool_id = ? AND stated = 0", "i", row->id);
}

bool pool_delete(struct manager *manager, const struct pool_row *row, struct error *err)
{
	_cleanup_pool_work_ struct pool_work work = { .lock = -1 };

	if (!pool_work_begin(manager, row->id, &work, err))
		return false;
	if (work.row.active) {
		error_set(err, ERROR_STATE, "cannot delete pool '%s': it is active", row->name);
		return error_hint(err, "'virtty pool-destroy %s' stops it first", row->name);
	}
	if (work.driver->remove == NULL)
		return error_set(err, ERROR_UNSUPPORTED, "a pool of type %s cannot be deleted from here",
				 enum_word(&pool_type_words, (int)row->type));
	return work.driver->remove(work.pool, err);
}

bool pool_create(struct manager *manager, const char *source, const char *text, size_t length, unsigned flags,
		 struct pool_row *ret, struct error *err)
{
	struct pool_row row = { 0 };

	if (!store(manager, source, text, length, false, &row, NULL, err))
		return false;
	if (!pool_start(manager, &row, flags, err)) {
		_cleanup_error_ struct error ignored = ERROR_INIT;

		(void)forget(manager, row.id, &ignored);
		pool_row_clear(&row);
		return false;
	}
	bool ok = pool_find(manager, row.uuid, ret, err);

	pool_row_clear(&row);
	return ok;
}

bool pool_refresh(struct manager *manager, struct pool_row *row, struct error *err)
{
	_cleanup_pool_work_ struct pool_work work = { .lock = -1 };

	if (!pool_work_begin_active(manager, row->id, &work, err) || !pool_work_refresh(manager, &work, err))
		return false;
	row->figures = work.row.figures;
	row->volumes = work.row.volumes;
	return true;
}

char *pool_find_sources(struct manager *manager, enum pool_type type, const char *spec, struct error *err)
{
	const struct pool_driver *driver = pool_driver_find(type, err);

	(void)manager;
	if (driver == NULL)
		return NULL;
	if (driver->find_sources == NULL) {
		error_set(err, ERROR_UNSUPPORTED, "sources of pools of type %s cannot be found by themselves",
			  enum_word(&pool_type_words, (int)type));
		return NULL;
	}
	return driver->find_sources(spec, err);
}
