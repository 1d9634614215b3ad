/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Definitions as stored: the XML beside the row's columns and the images it names. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/manager_internal.h"
#include "hv/caps.h"
#include "hv/domain.h"
#include "hv/domain_schema.h"

#include <stdlib.h>
#include <string.h>

static const char *kind_word(enum definition_kind kind)
{
	return kind == DEFINITION_LIVE ? "live" : "persistent";
}

/* A running machine's document says where its channels' sockets are: in one that is defined again, that is no wish of anybody's. */
static void forget_sockets(struct manager *manager, struct domain *domain)
{
	for (size_t i = 0; i < domain->channel_count; i++) {
		const char *path = domain->channels[i].path;

		if (domain->channels[i].type == CHARDEV_UNIX && path && text_starts(path, manager->paths.run))
			schema_set(&channel_schema, &domain->channels[i], "source/@path", NULL, NULL);
	}
}

bool definition_settle(struct manager *manager, struct domain *domain, const char *source, char ***warnings, struct error *err)
{
	_cleanup_error_ struct error missing = ERROR_INIT;
	_cleanup_free_ char *emulator = manager_domain_emulator(manager, domain, &missing);
	const struct qemu_caps *caps = emulator ? manager_caps(manager, emulator, &missing) : NULL;

	if (!caps && warnings)
		*warnings = strv_addf(*warnings, "%s: %s", source, error_text(&missing));
	forget_sockets(manager, domain);
	if (!domain_settle(domain, caps, err) || !domain_validate(domain, source, err))
		return false;
	/* So that its images are known by their paths. What is not there yet is said when the machine starts. */
	(void)resolve_volumes(manager, domain, NULL);
	return true;
}

static void take_disks(struct definition *ret, const struct domain *domain)
{
	for (size_t i = 0; i < domain->disk_count; i++) {
		const struct disk *disk = &domain->disks[i];
		_cleanup_free_ char *path = disk_source_text(&disk->source);
		struct definition_disk *taken;

		if (!path || !disk->target)
			continue;
		taken = ARRAY_ADD(ret->disks, ret->disk_count);
		*taken = (struct definition_disk){ .target = xstrdup(disk->target),
						   .path = TAKE_POINTER(path),
						   .writable = !disk->readonly && disk->kind != DISK_CDROM,
						   .shared = disk->shareable };
	}
}

void definition_take(struct definition *ret, const struct domain *domain)
{
	*ret = (struct definition){
		.name = xstrdup(domain->name),
		.uuid = xstrdup(domain->uuid),
		.title = text_empty(domain->title) ? NULL : xstrdup(domain->title),
		.xml = domain_format(domain, true),
		.memory_kib = (int64_t)(domain->current_memory_kib.set ? domain->current_memory_kib.value : domain->memory_kib),
		.max_memory_kib = (int64_t)domain->memory_kib,
		.vcpus = (int64_t)(domain->vcpu_current.set ? domain->vcpu_current.value : domain->vcpu.set ? domain->vcpu.value : 1),
	};
	take_disks(ret, domain);
}

void definition_clear(struct definition *definition)
{
	for (size_t i = 0; i < definition->disk_count; i++) {
		free(definition->disks[i].target);
		free(definition->disks[i].path);
	}
	free(definition->disks);
	free(definition->name);
	free(definition->uuid);
	free(definition->title);
	free(definition->xml);
	*definition = (struct definition){ 0 };
}

static bool write_disks(struct db *db, int64_t id, const struct definition *definition, enum definition_kind kind, struct error *err)
{
	if (!db_run(db, NULL, err, "DELETE FROM disk WHERE domain_id = ? AND kind = ?", "is", id, kind_word(kind)))
		return false;
	for (size_t i = 0; i < definition->disk_count; i++) {
		const struct definition_disk *disk = &definition->disks[i];

		if (!db_run(db, NULL, err, "INSERT OR REPLACE INTO disk(domain_id, kind, target, path, writable, shared) VALUES(?, ?, ?, ?, ?, ?)",
			    "isssii", id, kind_word(kind), disk->target, disk->path, (int64_t)disk->writable, (int64_t)disk->shared))
			return false;
	}
	return true;
}

/* The columns that a list shows, taken from the document: the definition's, or the live one's where there is no other. */
static bool write_row(struct db *db, int64_t *id, const struct definition *d, enum definition_kind kind, struct error *err)
{
	int64_t persistent = kind == DEFINITION_PERSISTENT;

	if (*id)
		return db_run(db, NULL, err,
			      "UPDATE domain SET title = ?1, persistent = persistent OR ?2, memory_kib = ?3, max_memory_kib = ?4, vcpus = ?5"
			      " WHERE id = ?6 AND (?2 OR NOT persistent)",
			      "siiiii", d->title, persistent, d->memory_kib, d->max_memory_kib, d->vcpus, *id);
	if (!db_run(db, NULL, err,
		    "INSERT INTO domain(uuid, name, title, persistent, memory_kib, max_memory_kib, vcpus) VALUES(?, ?, ?, ?, ?, ?, ?)", "sssiiii",
		    d->uuid, d->name, d->title, persistent, d->memory_kib, d->max_memory_kib, d->vcpus))
		return false;
	*id = db_last_id(db);
	return true;
}

bool definition_put(struct manager *manager, int64_t *id, const struct definition *definition, enum definition_kind kind, struct error *err)
{
	return write_row(manager->db, id, definition, kind, err) &&
	       db_run(manager->db, NULL, err,
		      "INSERT INTO definition(domain_id, kind, xml) VALUES(?, ?, ?)"
		      " ON CONFLICT(domain_id, kind) DO UPDATE SET xml = excluded.xml",
		      "iss", *id, kind_word(kind), definition->xml) &&
	       write_disks(manager->db, *id, definition, kind, err);
}

bool definition_write(struct manager *manager, int64_t *id, const struct domain *domain, enum definition_kind kind, struct error *err)
{
	struct definition definition;
	bool ok;

	definition_take(&definition, domain);
	ok = definition_put(manager, id, &definition, kind, err);
	definition_clear(&definition);
	return ok;
}

bool definition_delete(struct manager *manager, int64_t id, enum definition_kind kind, struct error *err)
{
	return db_run(manager->db, NULL, err, "DELETE FROM definition WHERE domain_id = ? AND kind = ?", "is", id, kind_word(kind)) &&
	       db_run(manager->db, NULL, err, "DELETE FROM disk WHERE domain_id = ? AND kind = ?", "is", id, kind_word(kind));
}

bool definition_read(struct manager *manager, int64_t id, enum definition_kind kind, char **ret, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT xml FROM definition WHERE domain_id = ? AND kind = ?", "is", id, kind_word(kind));
	bool found;

	*ret = NULL;
	if (!row || !db_step(manager->db, row, &found, err))
		return false;
	if (found) {
		*ret = db_text(row, 0);
		sqlite3_reset(row);
	}
	return true;
}

/* The other column of the row where one column has a value: *ret_id 0 when there is none. */
static bool look_up(struct db *db, const char *sql, const char *value, int64_t *ret_id, char **ret_other, struct error *err)
{
	sqlite3_stmt *row = db_query(db, err, sql, "s", value);
	bool found;

	*ret_id = 0;
	*ret_other = NULL;
	if (!row || !db_step(db, row, &found, err))
		return false;
	if (found) {
		*ret_id = sqlite3_column_int64(row, 0);
		*ret_other = db_text(row, 1);
		sqlite3_reset(row);
	}
	return true;
}

bool definition_match(struct manager *manager, const char *name, const char *uuid, bool uuid_stated, int64_t *ret_id, struct error *err)
{
	_cleanup_free_ char *known_name = NULL, *known_uuid = NULL;
	int64_t same_name;

	if (!look_up(manager->db, "SELECT id, name FROM domain WHERE uuid = ?", uuid, ret_id, &known_name, err) ||
	    !look_up(manager->db, "SELECT id, uuid FROM domain WHERE name = ?", name, &same_name, &known_uuid, err))
		return false;
	if (*ret_id && *ret_id != same_name) {
		error_set(err, ERROR_EXISTS, "UUID %s belongs to machine '%s': it cannot be '%s' too", uuid, known_name, name);
		return error_hint(err, "'virtty domrename %s %s' renames it; without its <uuid> the document becomes a new machine", known_name, name);
	}
	if (same_name && *ret_id != same_name) {
		if (uuid_stated)
			error_set(err, ERROR_EXISTS, "machine '%s' is defined already with another UUID (%s, not %s)", name, known_uuid, uuid);
		else
			error_set(err, ERROR_EXISTS, "machine '%s' is defined already (with UUID %s, the document has none)", name, known_uuid);
		return error_hint(err, "to replace it, put <uuid>%s</uuid> into the document, or use 'virtty edit %s'", known_uuid, name);
	}
	return true;
}

struct domain *domain_load(struct manager *manager, const struct machine *machine, bool live, struct error *err)
{
	_cleanup_free_ char *text = NULL;

	if (live && machine_is_active(machine) && !definition_read(manager, machine->id, DEFINITION_LIVE, &text, err))
		return NULL;
	if (!text && !definition_read(manager, machine->id, DEFINITION_PERSISTENT, &text, err))
		return NULL;
	/* A transient machine has only what it was started with. */
	if (!text && !definition_read(manager, machine->id, DEFINITION_LIVE, &text, err))
		return NULL;
	if (!text) {
		error_set(err, ERROR_NOT_FOUND, "machine '%s' has no definition: it was undefined meanwhile", machine->name);
		return NULL;
	}
	return domain_parse(machine->name, text, strlen(text), err);
}
