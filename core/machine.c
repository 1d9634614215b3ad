/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines as rows: the list and the look-up, from domain and run alone, without any XML. */
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "base/uuid.h"
#include "core/manager_internal.h"
#include "core/run_row.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MACHINE_COLUMNS "id, name, uuid, title, persistent, autostart, memory_kib, max_memory_kib, vcpus, autostart_order, autostart_delay_s, " RUN_COLUMNS
#define MACHINE_FROM    " FROM domain LEFT JOIN run ON run.domain_id = domain.id "

void machine_clear(struct machine *machine)
{
	free(machine->name);
	free(machine->uuid);
	free(machine->title);
	run_clear(&machine->run);
	*machine = (struct machine){ 0 };
}

void machines_free(struct machine *machines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		machine_clear(&machines[i]);
	free(machines);
}

bool machine_is_active(const struct machine *machine)
{
	return machine->truth == TRUTH_STARTING || machine->truth == TRUTH_RUNNING || machine->truth == TRUTH_ORPHAN;
}

/* What to show of a row whose holders are all gone. */
static void correct_stale(struct machine *machine)
{
	bool this_boot = text_equal(machine->run.boot_id, process_boot_id());

	machine->state = RUN_SHUTOFF;
	if (!this_boot)
		machine->reason = REASON_SHUTOFF_UNKNOWN; /* the host went down, and the machine with it */
	else
		machine->reason = machine->run.qemu.pid ? REASON_SHUTOFF_CRASHED : REASON_SHUTOFF_FAILED;
}

static void machine_from_row(sqlite3_stmt *row, struct machine *ret)
{
	*ret = (struct machine){ .id = sqlite3_column_int64(row, 0) };
	ret->name = db_text(row, 1);
	ret->uuid = db_text(row, 2);
	ret->title = db_text(row, 3);
	ret->persistent = sqlite3_column_int(row, 4) != 0;
	ret->autostart = sqlite3_column_int(row, 5) != 0;
	ret->memory_kib = (uint64_t)sqlite3_column_int64(row, 6);
	ret->max_memory_kib = (uint64_t)sqlite3_column_int64(row, 7);
	ret->vcpus = (unsigned)sqlite3_column_int64(row, 8);
	ret->run.domain_id = ret->id;
	ret->autostart_order = sqlite3_column_int(row, 9);
	ret->autostart_delay_s = (unsigned)sqlite3_column_int(row, 10);
	run_from_row(row, 11, &ret->run);
	ret->truth = run_truth(&ret->run);
	ret->state = ret->run.state;
	ret->reason = ret->run.reason;
	if (ret->truth == TRUTH_STALE)
		correct_stale(ret);
}

/* virsh's order: active ones by id, then the others by name. */
static int compare(const void *a, const void *b)
{
	const struct machine *one = a, *two = b;
	bool one_active = machine_is_active(one), two_active = machine_is_active(two);
	int order;

	if (one_active != two_active)
		return one_active ? -1 : 1;
	if (one_active && one->run.run_id != two->run.run_id)
		return one->run.run_id < two->run.run_id ? -1 : 1;
	order = strcasecmp(one->name, two->name);
	return order ? order : strcmp(one->name, two->name);
}

bool machine_list(struct manager *manager, struct machine **ret, size_t *ret_count, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT " MACHINE_COLUMNS MACHINE_FROM, "");
	struct machine *machines = NULL;
	size_t count = 0;
	bool found;

	*ret = NULL;
	*ret_count = 0;
	if (!row)
		return false;
	for (;;) {
		if (!db_step(manager->db, row, &found, err)) {
			machines_free(machines, count);
			return false;
		}
		if (!found)
			break;
		machine_from_row(row, ARRAY_ADD(machines, count));
	}
	if (count > 1)
		qsort(machines, count, sizeof *machines, compare);
	*ret = machines;
	*ret_count = count;
	return true;
}

/* One row of a query into ret; *ret_found false when there is none. */
static bool read_one(struct manager *manager, sqlite3_stmt *row, struct machine *ret, bool *ret_found, struct error *err)
{
	if (!row || !db_step(manager->db, row, ret_found, err))
		return false;
	if (*ret_found) {
		machine_from_row(row, ret);
		sqlite3_reset(row);
	}
	return true;
}

/* Rows of an earlier boot or of a dead QEMU keep their id until they are cleared: it names nothing any more. */
static bool find_by_run_id(struct manager *manager, const char *key, struct machine *ret, bool *ret_found, struct error *err)
{
	sqlite3_stmt *row;
	uint64_t run_id;

	*ret_found = false;
	if (!text_to_uint(key, false, &run_id) || run_id == 0 || run_id > INT64_MAX)
		return true;
	row = db_query(manager->db, err, "SELECT " MACHINE_COLUMNS MACHINE_FROM "WHERE run.run_id = ? AND run.phase <> 0", "i", (int64_t)run_id);
	if (!row)
		return false;
	for (;;) {
		if (!db_step(manager->db, row, ret_found, err))
			return false;
		if (!*ret_found)
			return true;
		machine_from_row(row, ret);
		if (machine_is_active(ret)) {
			sqlite3_reset(row);
			return true;
		}
		machine_clear(ret);
	}
}

bool machine_by_name(struct manager *manager, const char *name, struct machine *ret, struct error *err)
{
	bool found = false;

	*ret = (struct machine){ 0 };
	if (!read_one(manager, db_query(manager->db, err, "SELECT " MACHINE_COLUMNS MACHINE_FROM "WHERE name = ?", "s", name), ret, &found, err))
		return false;
	if (found)
		return true;
	error_set(err, ERROR_NOT_FOUND, "no machine is named '%s'", name);
	return error_hint(err, "'virtty list --all' shows the machines there are");
}

bool machine_find(struct manager *manager, const char *key, struct machine *ret, struct error *err)
{
	char uuid[UUID_TEXT_SIZE];
	bool found = false;

	*ret = (struct machine){ 0 };
	if (!find_by_run_id(manager, key, ret, &found, err))
		return false;
	if (!found && uuid_parse(key, uuid) &&
	    !read_one(manager, db_query(manager->db, err, "SELECT " MACHINE_COLUMNS MACHINE_FROM "WHERE uuid = ?", "s", uuid), ret, &found, err))
		return false;
	return found || machine_by_name(manager, key, ret, err);
}

bool machine_reload(struct manager *manager, int64_t domain_id, struct machine *ret, struct error *err)
{
	bool found = false;

	*ret = (struct machine){ 0 };
	if (!read_one(manager, db_query(manager->db, err, "SELECT " MACHINE_COLUMNS MACHINE_FROM "WHERE id = ?", "i", domain_id), ret, &found, err))
		return false;
	return found || error_set(err, ERROR_NOT_FOUND, "the machine is gone: it was undefined meanwhile");
}
