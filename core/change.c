/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of a machine that exists: its definition, its name. */
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/manager_internal.h"
#include "hv/domain.h"

#include <string.h>

/* What a running machine may be told without touching its hardware. */
static void copy_descriptions(struct domain *to, const struct domain *from)
{
	xmlNode *metadata = from->metadata ? xmlDocCopyNode(from->metadata, to->doc, 1) : NULL;

	domain_set_title(to, from->title);
	domain_set_description(to, from->description);
	if (to->metadata)
		xml_remove(to->metadata);
	to->metadata = metadata;
	if (metadata)
		xml_adopt_child(to->node, metadata);
}

/* The live document with the new descriptions; NULL when the machine has none. Owned. */
static struct domain *changed_live(struct manager *manager, const struct machine *machine, const struct domain *domain, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	struct domain *live;

	if (!definition_read(manager, machine->id, DEFINITION_LIVE, &text, err) || !text)
		return NULL;
	live = domain_parse(machine->name, text, strlen(text), err);
	if (live)
		copy_descriptions(live, domain);
	return live;
}

bool domain_store(struct manager *manager, const struct machine *machine, struct domain *domain, bool live, struct error *err)
{
	_cleanup_domain_ struct domain *running = NULL;
	_cleanup_error_ struct error local = ERROR_INIT;
	int64_t id = machine->id;

	if (!text_equal(domain->uuid, machine->uuid) || !text_equal(domain->name, machine->name)) {
		error_set(err, ERROR_INVALID, "the document is not that of '%s' any more: its name or UUID was changed", machine->name);
		return error_hint(err, "'virtty domrename' changes a name; 'virtty define' makes a new machine");
	}
	if (!definition_settle(manager, domain, machine->name, NULL, err))
		return false;
	/* A transient machine has a live document only. */
	if (live || !machine->persistent) {
		running = changed_live(manager, machine, domain, &local);
		if (error_is_set(&local))
			return error_move(err, &local);
	}
	if (!db_begin(manager->db, err))
		return false;
	if ((!machine->persistent || definition_write(manager, &id, domain, DEFINITION_PERSISTENT, err)) &&
	    (!running || definition_write(manager, &id, running, DEFINITION_LIVE, err)))
		return db_commit(manager->db, err);
	db_rollback(manager->db);
	return false;
}

static bool rename_rows(struct manager *manager, const struct machine *machine, struct domain *domain, struct error *err)
{
	_cleanup_machine_ struct machine now = { 0 };
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT 1 FROM domain WHERE name = ?", "s", domain->name);
	int64_t id = machine->id;
	bool taken;

	if (!row || !db_step(manager->db, row, &taken, err))
		return false;
	sqlite3_reset(row);
	if (taken)
		return error_set(err, ERROR_EXISTS, "a machine named '%s' exists already", domain->name);
	/* Looked at inside the transaction: nobody can claim it from here on. */
	if (!machine_reload(manager, machine->id, &now, err))
		return false;
	if (machine_is_active(&now)) {
		error_set(err, ERROR_STATE, "'%s' is running: it can be renamed when it is off", machine->name);
		return error_hint(err, "'virtty shutdown %s' shuts it down", machine->name);
	}
	return history_add(manager->db, id, "lifecycle", "Undefined Renamed", NULL, err) &&
	       db_run(manager->db, NULL, err, "UPDATE domain SET name = ? WHERE id = ?", "si", domain->name, id) &&
	       definition_write(manager, &id, domain, DEFINITION_PERSISTENT, err) &&
	       history_add(manager->db, id, "lifecycle", "Defined Renamed", NULL, err);
}

bool domain_rename(struct manager *manager, const struct machine *machine, const char *name, struct error *err)
{
	_cleanup_machine_ struct machine now = { 0 };
	_cleanup_domain_ struct domain *domain = NULL;

	if (!name_check("name", name, err) || !machine_reload(manager, machine->id, &now, err) || !domain_reconcile(manager, &now, err))
		return false;
	if (text_equal(name, machine->name))
		return error_set(err, ERROR_INVALID, "'%s' has that name already", name);
	domain = domain_load(manager, machine, false, err);
	if (!domain || !domain_set_name(domain, name, err) || !db_begin(manager->db, err))
		return false;
	if (rename_rows(manager, machine, domain, err))
		return db_commit(manager->db, err);
	db_rollback(manager->db);
	return false;
}
