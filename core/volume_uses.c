/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lists of volumes ask of all of them at once: who uses which path, and whether anything has changed. */
#include "base/memory.h"
#include "core/storage_internal.h"

#include <stdlib.h>
#include <string.h>

void path_uses_free(struct path_use *uses, size_t count)
{
	for (size_t i = 0; uses != NULL && i < count; i++) {
		free(uses[i].path);
		free(uses[i].who);
	}
	free(uses);
}

static struct path_use *add(struct path_use **uses, size_t *count, size_t *room)
{
	if (*count == *room) {
		*room = *room == 0 ? 64 : *room * 2;
		*uses = xreallocarray(*uses, *room, sizeof **uses);
	}
	(*uses)[*count] = (struct path_use){ 0 };
	return &(*uses)[(*count)++];
}

static int compare(const void *a, const void *b)
{
	const struct path_use *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order != 0 ? order : x->is_volume != y->is_volume ? (int)x->is_volume - (int)y->is_volume : strcmp(x->who, y->who);
}

bool path_uses(struct manager *manager, struct path_use **ret, size_t *ret_count, struct error *err)
{
	/* a machine's disks as defined and as they run are one use of it */
	sqlite3_stmt *row = db_query(manager->db, err,
				     "SELECT disk.path, domain.name, max(disk.kind = 'live'), 0 FROM disk JOIN domain ON domain.id = disk.domain_id"
				     " GROUP BY disk.path, domain.id"
				     " UNION ALL SELECT volume.backing_path, pool.name || '/' || volume.name, 0, 1 FROM volume"
				     " JOIN pool ON pool.id = volume.pool_id WHERE volume.backing_path IS NOT NULL",
				     "");
	struct path_use *uses = NULL;
	size_t count = 0, room = 0;
	bool found = true;

	while (row != NULL && found) {
		if (!db_step(manager->db, row, &found, err)) {
			path_uses_free(uses, count);
			return false;
		}
		if (found)
			*add(&uses, &count, &room) = (struct path_use){
				.path = db_text(row, 0),
				.who = db_text(row, 1),
				.running = sqlite3_column_int(row, 2) != 0,
				.is_volume = sqlite3_column_int(row, 3) != 0,
			};
	}
	if (count > 1)
		qsort(uses, count, sizeof *uses, compare);
	*ret = uses;
	*ret_count = count;
	return row != NULL;
}

size_t path_uses_find(const struct path_use *uses, size_t count, const char *path)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(uses[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && strcmp(uses[low].path, path) == 0 ? low : count;
}

/* What any change of a row changes: a number for each column that can, the greatest included so that two changes do not
 * cancel each other out. */
bool volumes_stamp(struct manager *manager, int64_t pool_id, struct volumes_stamp *ret, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err,
				     "SELECT (SELECT refreshed_at_ms FROM pool WHERE id = ?1), count(*), total(capacity), total(allocation),"
				     " total(physical), total(mtime_ns / 1000000), max(mtime_ns) FROM volume WHERE pool_id = ?1",
				     "i", pool_id);
	bool found;

	memset(ret, 0, sizeof *ret);
	if (row == NULL || !db_step(manager->db, row, &found, err))
		return false;
	for (int i = 0; found && i < VOLUMES_STAMP_FIGURES; i++)
		ret->figures[i] = sqlite3_column_double(row, i);
	if (found)
		sqlite3_reset(row);
	return true;
}
