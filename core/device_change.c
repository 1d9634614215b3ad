/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frame of a change of devices: which documents it is about, the machine's lock, and both documents written at
 * once. */
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/device_internal.h"
#include "core/live.h"
#include "core/network_port.h"
#include "hv/caps.h"
#include "hv/qmp.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECT_TIMEOUT_MS 30000
#define LOCK_WAIT_MS	   60000
#define PATCH_TRIES	   5

/* Which documents the flags mean for this machine. */
static bool resolve_flags(struct device_change *change, struct error *err)
{
	const struct machine *machine = &change->machine;
	bool active = machine_is_active(machine);

	if (change->flags & CHANGE_PERSISTENT)
		change->flags |= CHANGE_CONFIG | (active ? CHANGE_LIVE : 0);
	if (!(change->flags & (CHANGE_LIVE | CHANGE_CONFIG)))
		change->flags |= active ? CHANGE_LIVE : CHANGE_CONFIG;
	if ((change->flags & CHANGE_LIVE) && !active) {
		error_set(err, ERROR_STATE, "'%s' is not running", machine->name);
		return error_hint(
			err, "--config changes its stored definition, for the next start; 'virtty start %s' starts it",
			machine->name);
	}
	if ((change->flags & CHANGE_CONFIG) && !machine->persistent) {
		error_set(err, ERROR_STATE, "'%s' is transient: it has no stored definition", machine->name);
		return error_hint(err, "--live changes the machine as it runs");
	}
	return true;
}

static bool lock(struct device_change *change, struct error *err)
{
	_cleanup_free_ char *control = domain_control(change->manager, &change->machine, err);
	struct json_object *arguments;

	if (!control)
		return false;
	change->fd = qmp_open(control, CONNECT_TIMEOUT_MS, err);
	if (change->fd < 0)
		return error_wrap(err, "'%s'", change->machine.name);
	arguments = json_object_new_object();
	json_set_int(arguments, "wait-ms", LOCK_WAIT_MS);
	return qmp_call_fd(change->fd, "virtty-lock", arguments, LOCK_WAIT_MS + CONNECT_TIMEOUT_MS, NULL, err) ||
	       error_wrap(err, "'%s'", change->machine.name);
}

static bool read_document(struct device_change *change, enum definition_kind kind, char **ret_text, struct domain **ret,
			  struct error *err)
{
	if (!definition_read(change->manager, change->machine.id, kind, ret_text, err))
		return false;
	if (!*ret_text)
		return error_set(err, ERROR_STATE, "'%s' has stopped meanwhile", change->machine.name);
	*ret = domain_parse(change->machine.name, *ret_text, strlen(*ret_text), err);
	return *ret != NULL;
}

static bool begin_live(struct device_change *change, struct error *err)
{
	int64_t id = change->machine.id;

	if (!lock(change, err))
		return false;
	/* what was changed, or ended, while we waited */
	machine_clear(&change->machine);
	return machine_reload(change->manager, id, &change->machine, err) && change_catch_up(change, err) &&
	       read_document(change, DEFINITION_LIVE, &change->live_text, &change->live, err) &&
	       network_ports_sweep(change->manager, id, change->live, err);
}

bool change_find_caps(struct device_change *change, const struct domain *live, struct error *err)
{
	_cleanup_free_ char *emulator = manager_domain_emulator(change->manager, live, err);

	change->caps = emulator ? manager_caps(change->manager, emulator, err) : NULL;
	return change->caps != NULL;
}

bool change_begin(struct device_change *change, struct manager *manager, const struct machine *machine, unsigned flags,
		  struct error *err)
{
	*change = (struct device_change){ .manager = manager, .flags = flags, .fd = -1, .events = -1 };
	if (!machine_reload(manager, machine->id, &change->machine, err) ||
	    !domain_reconcile(manager, &change->machine, err) || !resolve_flags(change, err))
		return false;
	if ((change->flags & CHANGE_LIVE) && (!begin_live(change, err) || !change_find_caps(change, change->live, err)))
		return false;
	return !(change->flags & CHANGE_CONFIG) ||
	       read_document(change, DEFINITION_PERSISTENT, &change->stored_text, &change->stored, err);
}

void change_end(struct device_change *change)
{
	/* the lock goes with its connection */
	cleanup_close(&change->fd);
	cleanup_close(&change->events);
	for (size_t i = 0; i < change->edit_count; i++) {
		free(change->edits[i].alias);
		free(change->edits[i].xml);
		free(change->edits[i].empty);
		free(change->edits[i].node);
	}
	free(change->edits);
	domain_free(change->live);
	domain_free(change->stored);
	domain_free(change->new_stored);
	free(change->live_text);
	free(change->stored_text);
	machine_clear(&change->machine);
}

bool change_settle(struct device_change *change, struct domain *domain, struct error *err)
{
	return definition_settle(change->manager, domain, domain->source, NULL, err);
}

bool change_patch(struct device_change *change,
		  struct domain *(*patch)(struct device_change *, const struct domain *, void *, struct error *),
		  void *userdata, struct error *err)
{
	change->patch = patch;
	change->userdata = userdata;
	if (!change->stored)
		return true;
	change->new_stored = patch(change, change->stored, userdata, err);
	return change->new_stored != NULL;
}

/* ---- writing ---- */

/* Somebody else has changed the definition since it was read: the same is done to that one. Inside the transaction. */
static bool write_stored(struct device_change *change, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	int64_t id = change->machine.id;

	if (!definition_read(change->manager, id, DEFINITION_PERSISTENT, &text, err))
		return false;
	if (!text)
		return error_set(err, ERROR_NOT_FOUND, "'%s' was undefined meanwhile", change->machine.name);
	if (!text_equal(text, change->stored_text))
		return error_set(err, ERROR_BUSY, "the definition of '%s' was changed by somebody else meanwhile",
				 change->machine.name);
	return definition_write(change->manager, &id, change->new_stored, DEFINITION_PERSISTENT, err);
}

/* The live document as it is now, with the edits: made before the transaction begins, for that looks volumes up in
 * their pools. */
struct next_live {
	char *text; /* owned: what it was made of */
	struct definition definition;
};

static void next_live_clear(struct next_live *next)
{
	free(next->text);
	definition_clear(&next->definition);
}

static bool make_live(struct device_change *change, struct next_live *ret, struct error *err)
{
	_cleanup_domain_ struct domain *now = NULL, *next = NULL;

	/* its title, say, may be another than when the change began */
	if (!read_document(change, DEFINITION_LIVE, &ret->text, &now, err))
		return false;
	next = edits_apply(change->edits, change->edit_count, now, err);
	if (!next)
		return false;
	(void)resolve_volumes(change->manager, next, NULL);
	definition_take(&ret->definition, next);
	return true;
}

static bool write_live(struct device_change *change, const struct next_live *next, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	int64_t id = change->machine.id;

	if (!definition_read(change->manager, id, DEFINITION_LIVE, &text, err))
		return false;
	if (!text)
		return error_set(err, ERROR_STATE, "'%s' has stopped meanwhile", change->machine.name);
	if (!text_equal(text, next->text))
		return error_set(err, ERROR_BUSY, "the document of '%s' was changed by somebody else meanwhile",
				 change->machine.name);
	return definition_put(change->manager, &id, &next->definition, DEFINITION_LIVE, err);
}

static bool write_event(struct device_change *change, const char *kind, const char *what, const char *detail,
			struct error *err)
{
	struct db *db = change->manager->db;
	int64_t id = change->machine.id;

	if (change->stored && !history_add(db, id, "lifecycle", "Defined Updated", NULL, err))
		return false;
	return !change->live || !kind || history_add(db, id, kind, what, detail, err);
}

static bool write_all_once(struct device_change *change, const char *kind, const char *what, const char *detail,
			   struct error *err)
{
	_cleanup_(next_live_clear) struct next_live next = { 0 };
	bool live = change->live && change->edit_count > 0;
	struct db *db = change->manager->db;

	if ((live && !make_live(change, &next, err)) ||
	    !(change->stored ? db_begin(db, err) : db_begin_volatile(db, err)))
		return false;
	if ((!change->stored || write_stored(change, err)) && (!live || write_live(change, &next, err)) &&
	    write_event(change, kind, what, detail, err))
		return db_commit(db, err);
	db_rollback(db);
	return false;
}

/* The definition as it is by now, patched again. */
static bool patch_again(struct device_change *change, struct error *err)
{
	domain_free(TAKE_POINTER(change->stored));
	domain_free(TAKE_POINTER(change->new_stored));
	free(TAKE_POINTER(change->stored_text));
	if (!read_document(change, DEFINITION_PERSISTENT, &change->stored_text, &change->stored, err))
		return false;
	change->new_stored = change->patch(change, change->stored, change->userdata, err);
	return change->new_stored != NULL;
}

bool change_commit(struct device_change *change, const char *kind, const char *what, const char *detail,
		   struct error *err)
{
	for (int tries = 1;; tries++) {
		_cleanup_error_ struct error local = ERROR_INIT;

		if (write_all_once(change, kind, what, detail, &local))
			return true;
		if (local.code != ERROR_BUSY || tries == PATCH_TRIES)
			return error_move(err, &local);
		if (change->stored && !patch_again(change, err))
			return false;
	}
}
