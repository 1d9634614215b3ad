/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of networks: listed, found, written. */
#include "base/clock.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/uuid.h"
#include "core/change_lock.h"
#include "core/network_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLUMNS "id, name, uuid, mode, bridge, device, persistent, autostart, active, boot_id, live_xml IS NOT NULL"
#define EVENT_LIMIT 10000 /* the newest are kept */

void network_row_clear(struct network_row *row)
{
	free(row->name);
	free(row->uuid);
	free(row->bridge);
	free(row->device);
	*row = (struct network_row){ 0 };
}

void network_rows_free(struct network_row *rows, size_t count)
{
	for (size_t i = 0; rows != NULL && i < count; i++)
		network_row_clear(&rows[i]);
	free(rows);
}

char *network_alias(const struct network_row *row)
{
	return strf(NETWORK_ALIAS "%s", row->uuid);
}

char *network_run_directory(struct manager *manager, int64_t id)
{
	return strf("%s/network-%" PRId64, manager->paths.run, id);
}

char *network_lease_file(struct manager *manager, int64_t id)
{
	_cleanup_free_ char *directory = network_lease_directory(manager);

	return strf("%s/%" PRId64 ".leases", directory, id);
}

char *network_lease_directory(struct manager *manager)
{
	const char *database = manager->paths.database;

	return strf("%.*s/network", (int)(strrchr(database, '/') - database), database);
}

static bool delete_leases(struct manager *manager, int64_t id, struct error *err)
{
	_cleanup_free_ char *path = network_lease_file(manager, id);

	return unlink(path) == 0 || errno == ENOENT || error_set_errno(err, errno, "cannot delete '%s'", path);
}

static bool is_foreign(const struct network_row *row)
{
	const struct network network = { .forward = row->mode };

	return !network_has_own_bridge(&network);
}

static struct network_row read_row(sqlite3_stmt *row)
{
	int mode = enum_value(&forward_mode_words, (const char *)sqlite3_column_text(row, 3));
	/* of another boot: nothing of it is left */
	bool now = text_equal((const char *)sqlite3_column_text(row, 9), process_boot_id());

	return (struct network_row){
		.id = sqlite3_column_int64(row, 0),
		.name = db_text(row, 1),
		.uuid = db_text(row, 2),
		.mode = mode > 0 ? (enum forward_mode)mode : FORWARD_NONE,
		.bridge = db_text(row, 4),
		.device = db_text(row, 5),
		.persistent = sqlite3_column_int(row, 6) != 0,
		.autostart = sqlite3_column_int(row, 7) != 0,
		.active = now && sqlite3_column_int(row, 8) != 0,
		.half = now && sqlite3_column_int(row, 8) == 0 && sqlite3_column_int(row, 10) != 0,
	};
}

/* Is its bridge there, with our mark on it? */
static bool is_there(const struct network_row *row, const struct link *links, size_t count)
{
	_cleanup_free_ char *alias = network_alias(row);

	for (size_t i = 0; i < count; i++)
		if (text_equal(links[i].name, row->bridge))
			return text_equal(links[i].alias, alias);
	return false;
}

/* What the rows say is compared with the host, in one look. */
static void check_active(struct network_row *rows, size_t count)
{
	_cleanup_links_ struct links *links = NULL;
	_cleanup_free_ struct link *there = NULL;
	size_t there_count = 0, to_check = 0;

	for (size_t i = 0; i < count; i++)
		to_check += rows[i].active && !is_foreign(&rows[i]);
	if (to_check == 0)
		return;
	links = links_open(NULL);
	if (links == NULL || !link_list(links, &there, &there_count, NULL))
		return;
	for (size_t i = 0; i < count; i++)
		if (rows[i].active && !is_foreign(&rows[i])) {
			rows[i].active = is_there(&rows[i], there, there_count);
			rows[i].half = !rows[i].active; /* a bridge deleted behind our back: its rules and dnsmasq are there */
		}
}

/* ---- the default network ---- */

/* It is made once: who undefines it does not want it back. */
#define DEFAULT_KEY "'network-default'"

/* In one line, which may be a part of a command. NULL where every /24 is taken: the network is then left to people. Owned. */
static char *default_document(void)
{
	_cleanup_links_ struct links *links = links_open(NULL);
	_cleanup_free_ struct subnet *used = NULL;
	struct subnet subnet;
	size_t count = 0;

	if (links != NULL)
		(void)link_subnets(links, NULL, &used, &count, NULL);
	if (!subnet_find_free(used, count, &subnet))
		return NULL;
	const uint8_t *net = subnet.address.bytes;

	return strf("<network><name>default</name><forward mode='nat'/><ip address='%u.%u.%u.1' netmask='255.255.255.0'>"
		    "<dhcp><range start='%u.%u.%u.2' end='%u.%u.%u.254'/></dhcp></ip></network>",
		    net[0], net[1], net[2], net[0], net[1], net[2], net[0], net[1], net[2]);
}

struct taken {
	const struct link *links;
	size_t link_count;
	char **names; /* owned: of other networks */
};

static bool bridge_taken(const char *name, void *userdata)
{
	const struct taken *taken = userdata;

	for (size_t i = 0; i < taken->link_count; i++)
		if (text_equal(taken->links[i].name, name))
			return true;
	return strv_contains(taken->names, name);
}

bool network_settle_here(struct manager *manager, struct network *network, struct error *err)
{
	_cleanup_links_ struct links *links = links_open(NULL);
	_cleanup_free_ struct link *there = NULL;
	_cleanup_strv_ char **names = NULL;
	struct taken taken = { 0 };
	bool found = true;

	if (links != NULL && link_list(links, &there, &taken.link_count, NULL))
		taken.links = there;
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT bridge FROM network WHERE bridge IS NOT NULL AND uuid != ?", "s",
				     network->uuid != NULL ? network->uuid : "");

	while (found) {
		if (row == NULL || !db_step(manager->db, row, &found, err))
			return false;
		if (found)
			names = strv_take(names, db_text(row, 0));
	}
	taken.names = names;
	const struct network_surroundings surroundings = { bridge_taken, &taken };

	return network_settle(network, &surroundings, err);
}

static bool store_default(struct manager *manager, const char *text, struct error *err)
{
	_cleanup_network_ struct network *network = network_parse("default network", text, strlen(text), err);

	if (network == NULL || !network_settle_here(manager, network, err))
		return false;
	_cleanup_free_ char *xml = network_format(network);
	struct network_row row = { .name = network->name,
				   .uuid = network->uuid,
				   .mode = network->forward,
				   .bridge = network->bridge,
				   .persistent = true,
				   /* a home of one's own is no place to change the host's network from without being asked */
				   .autostart = manager->paths.system };

	return network_row_put(manager, &row, xml, true, err) &&
	       db_run(manager->db, NULL, err, "INSERT INTO meta(key, value) VALUES(" DEFAULT_KEY ", '1') ON CONFLICT DO NOTHING", "");
}

static bool make_default(struct manager *manager, struct error *err)
{
	_cleanup_error_ struct error busy = ERROR_INIT;
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT value FROM meta WHERE key = " DEFAULT_KEY, "");
	bool found;

	if (row == NULL || !db_step(manager->db, row, &found, err))
		return false;
	if (found)
		sqlite3_reset(row);
	/* without the right to make bridges it would only be in the way */
	if (found || geteuid() != 0)
		return true;
	_cleanup_free_ char *text = default_document();

	/* a state that may only be read has none until somebody may write it */
	if (text == NULL || !db_begin(manager->db, &busy))
		return true;
	sqlite3_stmt *named = db_query(manager->db, err, "SELECT 1 FROM network WHERE name = 'default'", "");

	if (named != NULL && db_step(manager->db, named, &found, err)) {
		if (found)
			sqlite3_reset(named);
		if (found || store_default(manager, text, err))
			return db_commit(manager->db, err);
	}
	db_rollback(manager->db);
	return false;
}

/* Transient networks of another boot are gone. A state that may only be read keeps them until somebody may write it. */
static bool forget_past(struct manager *manager, struct error *err)
{
	static const char transient[] = "SELECT id FROM network WHERE persistent = 0 AND boot_id IS NOT ?";
	_cleanup_free_ int64_t *ids = NULL;
	sqlite3_stmt *row = db_query(manager->db, err, transient, "s", process_boot_id());
	size_t count = 0;
	bool found = true;

	while (found) {
		if (row == NULL || !db_step(manager->db, row, &found, err))
			return false;
		if (found)
			*ARRAY_ADD(ids, count) = sqlite3_column_int64(row, 0);
	}
	for (size_t i = 0; i < count; i++)
		(void)delete_leases(manager, ids[i], NULL);
	if (count > 0)
		(void)db_run(manager->db, NULL, NULL, "DELETE FROM network WHERE persistent = 0 AND boot_id IS NOT ?", "s", process_boot_id());
	return true;
}

/* What has to be done before rows are looked at. */
static bool prepare_rows(struct manager *manager, struct error *err)
{
	return make_default(manager, err) && forget_past(manager, err);
}

/* ---- looking up ---- */

bool network_list(struct manager *manager, struct network_row **ret, size_t *ret_count, struct error *err)
{
	struct network_row *rows = NULL;
	size_t count = 0;
	bool found = true;

	if (!prepare_rows(manager, err))
		return false;
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT " COLUMNS " FROM network ORDER BY name", "");

	if (row == NULL)
		return false;
	while (found) {
		if (!db_step(manager->db, row, &found, err)) {
			network_rows_free(rows, count);
			return false;
		}
		if (found)
			*ARRAY_ADD(rows, count) = read_row(row);
	}
	check_active(rows, count);
	*ret = rows;
	*ret_count = count;
	return true;
}

/* One row of a statement; *ret_found false without one. */
static bool take_one(struct manager *manager, sqlite3_stmt *row, struct network_row *ret, bool *ret_found, struct error *err)
{
	if (row == NULL || !db_step(manager->db, row, ret_found, err))
		return false;
	if (*ret_found) {
		*ret = read_row(row);
		sqlite3_reset(row);
		check_active(ret, 1);
	}
	return true;
}

/* Who undefined the default network and misses it gets it from a command. */
static bool fail_not_found(const char *key, struct error *err)
{
	_cleanup_free_ char *text = geteuid() == 0 && text_equal(key, "default") ? default_document() : NULL;

	error_set(err, ERROR_NOT_FOUND, "no network is named '%s'", key);
	if (text == NULL)
		return error_hint(err, "'virtty net-list --all' shows those there are");
	return error_hint(err, "it was undefined; this makes it again: echo \"%s\" | virtty net-define - && virtty net-autostart default", text);
}

bool network_find(struct manager *manager, const char *key, struct network_row *ret, struct error *err)
{
	char uuid[UUID_TEXT_SIZE] = "";
	bool found;

	*ret = (struct network_row){ 0 };
	if (!prepare_rows(manager, err) ||
	    !take_one(manager, db_query(manager->db, err, "SELECT " COLUMNS " FROM network WHERE name = ?", "s", key), ret, &found,
		      err))
		return false;
	if (!found && uuid_parse(key, uuid) &&
	    !take_one(manager, db_query(manager->db, err, "SELECT " COLUMNS " FROM network WHERE uuid = ?", "s", uuid), ret, &found,
		      err))
		return false;
	if (found)
		return true;
	return fail_not_found(key, err);
}

bool network_row_xml(struct manager *manager, int64_t id, bool live, char **ret, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT xml, live_xml FROM network WHERE id = ?", "i", id);
	bool found;

	if (row == NULL || !db_step(manager->db, row, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_NOT_FOUND, "the network was undefined meanwhile");
	*ret = live ? db_text(row, 1) : NULL;
	if (*ret == NULL)
		*ret = db_text(row, 0);
	sqlite3_reset(row);
	return true;
}

bool network_row_is_default(struct manager *manager, int64_t id)
{
	sqlite3_stmt *row = db_query(manager->db, NULL, "SELECT is_default FROM network WHERE id = ?", "i", id);
	bool found = false, is = false;

	if (row != NULL && db_step(manager->db, row, &found, NULL) && found) {
		is = sqlite3_column_int(row, 0) != 0;
		sqlite3_reset(row);
	}
	return is;
}

/* ---- writing ---- */

bool network_row_put(struct manager *manager, struct network_row *row, const char *xml, bool is_default, struct error *err)
{
	const char *mode = enum_word(&forward_mode_words, (int)row->mode);

	if (row->id != 0)
		return db_run(manager->db, NULL, err,
			      "UPDATE network SET uuid = ?, mode = ?, bridge = ?, device = ?, xml = ?, persistent = ?, is_default = ? WHERE id = ?",
			      "sssssiii", row->uuid, mode, row->bridge, row->device, xml, (int64_t)row->persistent, (int64_t)is_default,
			      row->id);
	if (!db_run(manager->db, NULL, err,
		    "INSERT INTO network(uuid, name, mode, bridge, device, xml, persistent, autostart, is_default)"
		    " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
		    "ssssssiii", row->uuid, row->name, mode, row->bridge, row->device, xml, (int64_t)row->persistent,
		    (int64_t)row->autostart, (int64_t)is_default))
		return false;
	row->id = db_last_id(manager->db);
	return true;
}

bool network_row_delete(struct manager *manager, int64_t id, struct error *err)
{
	if (!delete_leases(manager, id, err) || !db_run(manager->db, NULL, err, "DELETE FROM network WHERE id = ?", "i", id))
		return false;
	change_lock_remove(manager, "network", id);
	return true;
}

bool network_row_set_transient(struct manager *manager, int64_t id, struct error *err)
{
	return db_run(manager->db, NULL, err, "UPDATE network SET persistent = 0, autostart = 0, is_default = 0 WHERE id = ?", "i", id);
}

/* What a run is goes with the power that the run goes with: nobody waits for the disk. Within a transaction it is a part of that. */
static bool begin_run(struct manager *manager, bool *ret_own, struct error *err)
{
	*ret_own = !db_in_transaction(manager->db);
	return !*ret_own || db_begin_volatile(manager->db, err);
}

static bool end_run(struct manager *manager, bool own, bool ok, struct error *err)
{
	if (own && ok)
		return db_commit(manager->db, err);
	if (own)
		db_rollback(manager->db);
	return ok;
}

bool network_row_set_live(struct manager *manager, int64_t id, bool active, const char *live, struct error *err)
{
	bool own;

	if (!begin_run(manager, &own, err))
		return false;
	return end_run(manager, own,
		       db_run(manager->db, NULL, err, "UPDATE network SET active = ?, boot_id = ?, live_xml = ? WHERE id = ?", "issi",
			      (int64_t)active, process_boot_id(), live, id),
		       err);
}

bool network_row_set_active(struct manager *manager, int64_t id, bool active, struct error *err)
{
	bool own;

	if (!begin_run(manager, &own, err))
		return false;
	return end_run(manager, own, db_run(manager->db, NULL, err, "UPDATE network SET active = ? WHERE id = ?", "ii", (int64_t)active, id),
		       err);
}

bool network_set_autostart(struct manager *manager, const struct network_row *row, bool on, struct error *err)
{
	if (!row->persistent)
		return error_set(err, ERROR_STATE,
				 "network '%s' is not defined, and goes when it stops: it cannot be started by itself", row->name);
	return db_run(manager->db, NULL, err, "UPDATE network SET autostart = ? WHERE id = ?", "ii", (int64_t)on, row->id);
}

/* ---- one change at a time ---- */

void network_work_end(struct network_work *work)
{
	network_row_clear(&work->row);
	network_free(work->network);
	links_close(work->links);
	if (work->lock >= 0)
		close(work->lock);
	*work = (struct network_work){ .lock = -1 };
}

bool network_work_begin(struct manager *manager, int64_t id, struct network_work *ret, struct error *err)
{
	struct network_work work = { .lock = change_lock(manager, "network", id, err) };
	_cleanup_free_ char *xml = NULL;
	bool found = false;
	bool ok = work.lock >= 0 &&
		  take_one(manager, db_query(manager->db, err, "SELECT " COLUMNS " FROM network WHERE id = ?", "i", id), &work.row,
			   &found, err);

	if (ok && !found) {
		change_lock_remove(manager, "network", id);
		ok = error_set(err, ERROR_NOT_FOUND, "the network was undefined meanwhile");
	}
	ok = ok && network_row_xml(manager, id, work.row.active, &xml, err);
	if (ok) {
		work.network = network_parse(work.row.name, xml, strlen(xml), err);
		work.links = links_open(err);
		ok = work.network != NULL && work.links != NULL;
	}
	if (!ok)
		network_work_end(&work);
	*ret = work;
	return ok;
}

/* ---- history ---- */

bool network_event_put(struct manager *manager, const char *network, const char *event, const char *detail, struct error *err)
{
	bool own;

	if (!begin_run(manager, &own, err))
		return false;
	return end_run(manager, own,
		       db_run(manager->db, NULL, err, "INSERT INTO network_event(network, at_ms, event, detail) VALUES(?, ?, ?, ?)", "siss",
			      network, clock_wall_ms(), event, detail) &&
			       db_run(manager->db, NULL, err, "DELETE FROM network_event WHERE id <= ?", "i",
				      db_last_id(manager->db) - EVENT_LIMIT),
		       err);
}

void network_events_free(struct network_event *events, size_t count)
{
	for (size_t i = 0; events != NULL && i < count; i++) {
		free(events[i].network);
		free(events[i].event);
		free(events[i].detail);
	}
	free(events);
}

bool network_events(struct manager *manager, const char *name, int64_t after, struct network_event **ret, size_t *ret_count,
		    struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err,
				     "SELECT id, at_ms, network, event, detail FROM network_event"
				     " WHERE id > ?1 AND (?2 IS NULL OR network = ?2) ORDER BY id",
				     "is", after, name);
	struct network_event *events = NULL;
	size_t count = 0;
	bool found = true;

	while (found) {
		if (row == NULL || !db_step(manager->db, row, &found, err)) {
			network_events_free(events, count);
			return false;
		}
		if (found)
			*ARRAY_ADD(events, count) = (struct network_event){ sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
									    db_text(row, 2), db_text(row, 3), db_text(row, 4) };
	}
	*ret = events;
	*ret_count = count;
	return true;
}
