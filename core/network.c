/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks: defined, started, stopped, forgotten. */
#include "core/network.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/change_lock.h"
#include "core/network_forward.h"
#include "core/network_internal.h"
#include "core/network_port.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_NETWORK "default"

#define LEASE_FILE_BYTES ((size_t)16 * 1024 * 1024)

/* ---- definitions ---- */

/* A network of that name or UUID that a document would replace; id 0: none. The default network that virtty made gives way to a document of its
 * name, whose UUID may be its own. */
static bool match(struct manager *manager, struct network *network, struct network_row *ret, struct error *err)
{
	_cleanup_error_ struct error none = ERROR_INIT;
	_cleanup_network_row_ struct network_row by_uuid = { 0 };

	if (!network_find(manager, network->name, ret, &none) && none.code != ERROR_NOT_FOUND)
		return error_move(err, &none);
	error_clear(&none);
	bool named = ret->id != 0;
	bool same = network->uuid == NULL || text_equal(ret->uuid, network->uuid) ||
		    (named && text_equal(network->name, DEFAULT_NETWORK) && network_row_is_default(manager, ret->id));

	if (named && !same) {
		error_set(err, ERROR_EXISTS, "network '%s' is already defined with UUID %s", ret->name, ret->uuid);
		return error_hint(err, "'virtty net-edit %s' changes it", ret->name);
	}
	if (network->uuid == NULL || (named && text_equal(ret->uuid, network->uuid)))
		return true;
	if (network_find(manager, network->uuid, &by_uuid, &none))
		return error_set(err, ERROR_EXISTS, "UUID %s is that of network '%s'", by_uuid.uuid, by_uuid.name);
	return none.code == ERROR_NOT_FOUND || error_move(err, &none);
}

/* A bridge belongs to one network: two would each take it away from the other. */
static bool check_bridge(struct manager *manager, const struct network *network, int64_t known, struct error *err)
{
	struct network_row *rows = NULL;
	size_t count = 0;
	bool ok = true;

	if (!network_has_own_bridge(network))
		return true;
	if (!network_list(manager, &rows, &count, err))
		return false;
	for (size_t i = 0; ok && i < count; i++)
		if (text_equal(rows[i].bridge, network->bridge) && rows[i].id != known)
			ok = error_set(err, ERROR_EXISTS, "bridge '%s' is that of network '%s' already", network->bridge, rows[i].name);
	network_rows_free(rows, count);
	return ok;
}

/* One identity for the whole life of a network that is defined again without a UUID. */
static bool keep_uuid(struct network *network, const struct network_row *known, struct error *err)
{
	if (known->id == 0 || network->uuid != NULL)
		return true;
	return network_set_uuid(network, known->uuid, err);
}

/* A transient one that nobody has started yet is of this boot, too: one of another is forgotten (forget_past()). */
static bool put_row(struct manager *manager, struct network_row *row, const char *xml, struct error *err)
{
	return network_row_put(manager, row, xml, false, err) &&
	       (row->persistent || network_row_set_live(manager, row->id, false, NULL, err));
}

static bool write_row(struct manager *manager, const struct network *network, const struct network_row *known, bool persistent,
		      struct error *err)
{
	_cleanup_free_ char *xml = network_format(network);
	struct network_row row = { .id = known->id,
				   .name = network->name,
				   .uuid = network->uuid,
				   .mode = network->forward,
				   .bridge = network->bridge,
				   .device = (char *)(uintptr_t)network_device(network),
				   .persistent = persistent };

	if (!db_begin(manager->db, err))
		return false;
	if (put_row(manager, &row, xml, err) &&
	    (!persistent || network_event_put(manager, row.name, "defined", known->id != 0 ? "again" : NULL, err)))
		return db_commit(manager->db, err);
	db_rollback(manager->db);
	return false;
}

/* Everything of it goes, in the order that no guest is left half served; what cannot go is told last. */
static bool take_all(struct manager *manager, const struct network_work *work, struct error *err)
{
	_cleanup_free_ char *directory = network_run_directory(manager, work->row.id);

	network_dnsmasq_stop(manager, &work->row);
	bool ok = network_forward_stop(manager, work->row.id, err);

	ok = network_take_down(work, ok ? err : NULL) && ok;
	return directory_remove(directory, ok ? err : NULL) && ok;
}

/* What a start or a stop that was killed left goes first: its bridge is known by the row that is about to change, or to go. */
static bool take_left(struct manager *manager, const struct network_work *work, struct error *err)
{
	if (!work->row.half)
		return true;
	if (!take_all(manager, work, err))
		return error_wrap(err, "what is left of network '%s' cannot be cleared away", work->row.name);
	return network_row_set_live(manager, work->row.id, false, NULL, err);
}

/* May a known network be as this document has it? */
static bool check_known(const struct network_row *known, const struct network *network, bool persistent, struct error *err)
{
	if (!persistent)
		return error_set(err, ERROR_EXISTS, "network '%s' is already defined", known->name);
	if (!known->active || (text_equal(known->bridge, network->bridge) && known->mode == network->forward &&
			       text_equal(known->uuid, network->uuid)))
		return true;
	error_set(err, ERROR_STATE, "network '%s' is active: its mode, bridge and UUID cannot change now", known->name);
	return error_hint(err, "'virtty net-destroy %s' stops it first", known->name);
}

static bool store(struct manager *manager, const char *source, const char *text, size_t length, bool persistent,
		  struct network_row *ret, char ***ret_warnings, struct error *err)
{
	_cleanup_network_ struct network *network = network_parse(source, text, length, err);
	_cleanup_network_row_ struct network_row known = { 0 };
	_cleanup_network_work_ struct network_work work = { .lock = -1 };

	*ret = (struct network_row){ 0 };
	if (network == NULL)
		return false;
	/* names and bridges are chosen by one at a time, and a network is not started meanwhile */
	_cleanup_close_ int lock = change_lock(manager, "network", 0, err);

	if (lock < 0 || !match(manager, network, &known, err) || !keep_uuid(network, &known, err) ||
	    !network_settle_here(manager, network, err) || !network_validate(network, err) || !check_bridge(manager, network, known.id, err))
		return false;
	if (known.id != 0 && (!network_work_begin(manager, known.id, &work, err) || !check_known(&work.row, network, persistent, err) ||
			      !take_left(manager, &work, err)))
		return false;
	if (!write_row(manager, network, &known, persistent, err))
		return false;
	if (ret_warnings != NULL)
		*ret_warnings = TAKE_POINTER(network->unmodelled);
	return network_find(manager, network->uuid, ret, err);
}

/* The default network that nobody has changed gives way to another of its name even while it runs: it is stopped for it. */
static bool give_way(struct manager *manager, const char *source, const char *text, size_t length, bool *ret_stopped, struct error *err)
{
	_cleanup_network_ struct network *network = network_parse(source, text, length, NULL);
	_cleanup_network_row_ struct network_row row = { 0 };

	*ret_stopped = network != NULL && network->uuid != NULL && network_find(manager, network->name, &row, NULL) && row.active &&
		       network_row_is_default(manager, row.id) && !text_equal(row.uuid, network->uuid);
	return !*ret_stopped || network_stop(manager, &row, err);
}

/* What gave way runs again: as the new one, or, where that was refused, as it was. */
static void run_again(struct manager *manager, const char *name, struct network_row *ret, char ***notes)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_network_row_ struct network_row row = { 0 };

	if (network_find(manager, name, &row, &err) && network_start(manager, &row, notes, &err)) {
		network_row_clear(ret);
		if (network_find(manager, name, ret, &err))
			return;
	}
	if (notes != NULL)
		*notes = strv_addf(*notes, "network '%s' ran, and does no longer: %s", name, error_text(&err));
}

bool network_define(struct manager *manager, const char *source, const char *text, size_t length, struct network_row *ret,
		    char ***ret_warnings, struct error *err)
{
	bool stopped;

	if (!give_way(manager, source, text, length, &stopped, err))
		return false;
	bool ok = store(manager, source, text, length, true, ret, ret_warnings, err);

	if (stopped)
		run_again(manager, DEFAULT_NETWORK, ret, ok ? ret_warnings : NULL);
	if (!ok)
		network_row_clear(ret);
	return ok;
}

bool network_is_known(const char *source, const char *text, size_t length, struct error *err)
{
	_cleanup_network_ struct network *network = network_parse(source, text, length, NULL);
	_cleanup_free_ char *unknown = NULL;

	if (network == NULL || strv_length(network->unmodelled) == 0)
		return true;
	unknown = strv_join(network->unmodelled, "; ");
	error_set(err, ERROR_UNSUPPORTED, "%s", unknown);
	return error_hint(err, "without --validate it is taken, with warnings");
}

/* Unless somebody else has started it meanwhile. */
static bool forget_stopped(struct manager *manager, int64_t id)
{
	_cleanup_network_work_ struct network_work work = { .lock = -1 };

	return network_work_begin(manager, id, &work, NULL) && !work.row.active && take_left(manager, &work, NULL) &&
	       network_row_delete(manager, id, NULL);
}

bool network_create(struct manager *manager, const char *source, const char *text, size_t length, struct network_row *ret,
		    char ***ret_warnings, struct error *err)
{
	_cleanup_network_row_ struct network_row row = { 0 };

	if (!store(manager, source, text, length, false, &row, ret_warnings, err))
		return false;
	if (network_start(manager, &row, ret_warnings, err))
		return network_find(manager, row.uuid, ret, err);
	(void)forget_stopped(manager, row.id);
	return false;
}

bool network_undefine(struct manager *manager, const struct network_row *row, struct error *err)
{
	_cleanup_network_work_ struct network_work work = { .lock = -1 };

	if (!network_work_begin(manager, row->id, &work, err))
		return false;
	if (work.row.active && !work.row.persistent)
		return error_set(err, ERROR_STATE, "network '%s' has no stored definition: it goes when it stops", row->name);
	bool ok = work.row.active ? network_row_set_transient(manager, row->id, err) :
				    take_left(manager, &work, err) && network_row_delete(manager, row->id, err);

	return ok && network_event_put(manager, row->name, "undefined", NULL, err);
}

char *network_xml(struct manager *manager, const struct network_row *row, bool inactive, struct error *err)
{
	char *text = NULL;

	return network_row_xml(manager, row->id, row->active && !inactive, &text, err) ? text : NULL;
}

struct network *network_load(struct manager *manager, const struct network_row *row, bool live, struct error *err)
{
	_cleanup_free_ char *text = network_xml(manager, row, !live, err);

	return text != NULL ? network_parse(row->name, text, strlen(text), err) : NULL;
}

/* ---- life ---- */

static bool start(struct manager *manager, const struct network_row *row, char ***ret_notes, struct error *err)
{
	_cleanup_network_work_ struct network_work work = { .lock = -1 };

	if (!network_work_begin(manager, row->id, &work, err))
		return false;
	if (work.row.active)
		return error_set(err, ERROR_STATE, "network '%s' is active already", row->name);
	_cleanup_free_ char *live = network_format(work.network);

	if (!take_left(manager, &work, err))
		return false;
	bool made = false;

	/* Said before it is made: whoever finds what a killed start left knows whose it is. */
	if (!network_row_set_live(manager, row->id, false, live, err))
		return false;
	if (network_bring_up(&work, ret_notes, &made, err) &&
	    (!network_needs_dnsmasq(work.network) || network_dnsmasq_start(manager, &work.row, work.network, work.lock, err)) &&
	    network_row_set_active(manager, row->id, true, err) && network_event_put(manager, row->name, "started", NULL, err)) {
		if (ret_notes != NULL)
			*ret_notes = network_obstacle_notes(work.links, work.network, *ret_notes);
		return true;
	}
	/* what cannot be taken back now stays known */
	if (!made || take_all(manager, &work, NULL))
		(void)network_row_set_live(manager, row->id, false, NULL, NULL);
	return error_wrap(err, "cannot start network '%s'", row->name);
}

bool network_start(struct manager *manager, const struct network_row *row, char ***ret_notes, struct error *err)
{
	bool mended = false;

	if (row->active && !network_mend(manager, row, &mended, ret_notes, err))
		return false;
	if (mended)
		return true;
	if (!start(manager, row, ret_notes, err))
		return false;
	network_rejoin(manager, row->name, false, ret_notes);
	return true;
}

bool network_stop(struct manager *manager, const struct network_row *row, struct error *err)
{
	_cleanup_network_work_ struct network_work work = { .lock = -1 };

	if (!network_work_begin(manager, row->id, &work, err))
		return false;
	if (!work.row.active && !work.row.half)
		return error_set(err, ERROR_STATE, "network '%s' is not active", row->name);
	if (!network_row_set_active(manager, row->id, false, err))
		return false;
	if (!take_all(manager, &work, err))
		return error_wrap(err, "network '%s' is not wholly gone", row->name);
	if (!network_event_put(manager, row->name, "stopped", NULL, err))
		return false;
	return work.row.persistent ? network_row_set_live(manager, row->id, false, NULL, err) : network_row_delete(manager, row->id, err);
}

bool network_need(struct manager *manager, const char *name, struct network_row *ret, char ***ret_notes, struct error *err)
{
	if (!network_find(manager, name, ret, err))
		return false;
	if (ret->active)
		return network_mend(manager, ret, NULL, ret_notes, err);
	if (!ret->autostart) {
		error_set(err, ERROR_STATE, "network '%s' is not active", ret->name);
		return error_hint(err, "'virtty net-start %s' starts it, 'virtty net-autostart %s' has it started whenever it is needed",
				  ret->name, ret->name);
	}
	_cleanup_error_ struct error raced = ERROR_INIT;

	if (network_start(manager, ret, ret_notes, &raced)) {
		ret->active = true;
		return true;
	}
	/* another machine's start was quicker */
	if (raced.code != ERROR_STATE)
		return error_move(err, &raced);
	network_row_clear(ret);
	return network_find(manager, name, ret, err);
}

bool network_leases(struct manager *manager, const struct network_row *row, struct lease **ret, size_t *ret_count, struct error *err)
{
	_cleanup_free_ char *path = network_lease_file(manager, row->id), *text = NULL;
	size_t length = 0;

	*ret = NULL;
	*ret_count = 0;
	if (!path_exists(path))
		return true;
	if (!file_read(path, LEASE_FILE_BYTES, &text, &length, err))
		return false;
	leases_read(text, length, ret, ret_count);
	*ret_count = leases_current(*ret, *ret_count, clock_wall_ms() / 1000);
	return true;
}
