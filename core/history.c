/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The history: appended to by keepers and front ends, read oldest first, bounded. */
#include "core/history.h"

#include "base/clock.h"
#include "base/memory.h"
#include "core/db.h"

#include <stdlib.h>
#include <string.h>

/* A guest can cause events for ever; the newest of this many are kept. */
#define EVENT_LIMIT 50000

bool history_add(struct db *db, int64_t domain_id, const char *kind, const char *what, const char *detail, struct error *err)
{
	int changes = 0;

	if (!db_run(db, &changes, err,
		    "INSERT INTO event(domain_id, uuid, name, at_ms, kind, what, detail) SELECT id, uuid, name, ?, ?, ?, ? FROM domain WHERE id = ?",
		    "isssi", clock_wall_ms(), kind, what, detail, domain_id))
		return false;
	if (changes != 1)
		return error_set(err, ERROR_NOT_FOUND, "the machine of an event ('%s') is gone", what);
	return db_run(db, NULL, err, "DELETE FROM event WHERE id <= ?", "i", db_last_id(db) - EVENT_LIMIT);
}

bool history_list(struct db *db, int64_t domain_id, int64_t after_id, size_t limit, struct history_event **ret, size_t *ret_count, struct error *err)
{
	/* Newest first, so that a limit keeps the newest; turned round below. -1: SQLite's word for no limit. */
	sqlite3_stmt *row = db_query(db, err,
				     domain_id ? "SELECT id, domain_id, uuid, name, at_ms, kind, what, detail FROM event"
						 " WHERE domain_id = ?1 AND id > ?2 ORDER BY id DESC LIMIT ?3"
					       : "SELECT id, domain_id, uuid, name, at_ms, kind, what, detail FROM event"
						 " WHERE ?1 = 0 AND id > ?2 ORDER BY id DESC LIMIT ?3",
				     "iii", domain_id, after_id, limit ? (int64_t)limit : INT64_C(-1));
	struct history_event *events = NULL;
	size_t count = 0;
	bool found;

	*ret = NULL;
	*ret_count = 0;
	if (!row)
		return false;
	for (;;) {
		struct history_event *event;

		if (!db_step(db, row, &found, err)) {
			history_free(events, count);
			return false;
		}
		if (!found)
			break;
		event = ARRAY_ADD(events, count);
		event->id = sqlite3_column_int64(row, 0);
		event->domain_id = sqlite3_column_int64(row, 1);
		event->uuid = db_text(row, 2);
		event->name = db_text(row, 3);
		event->at_ms = sqlite3_column_int64(row, 4);
		event->kind = db_text(row, 5);
		event->what = db_text(row, 6);
		event->detail = db_text(row, 7);
	}
	for (size_t i = 0; i < count / 2; i++) {
		struct history_event other = events[i];

		events[i] = events[count - 1 - i];
		events[count - 1 - i] = other;
	}
	*ret = events;
	*ret_count = count;
	return true;
}

void history_free(struct history_event *events, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(events[i].uuid);
		free(events[i].name);
		free(events[i].kind);
		free(events[i].what);
		free(events[i].detail);
	}
	free(events);
}
