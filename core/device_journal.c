/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The live document follows QEMU: what a change is about to do is written down in the run directory first, and whoever
 * takes the lock next looks what has become of it. */
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/device_internal.h"
#include "core/forward_internal.h"
#include "core/keeper/plan.h"
#include "hv/qmp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOTE_LIMIT	  (4 * 1024 * 1024)
#define CATCH_UP_WAIT_MS  60000
#define CATCH_UP_LIMIT_MS 30000

static const char *const kind_list[] = { "add", "remove", "replace", "medium" };
static const struct enum_words edit_kind_words = { kind_list, ARRAY_LENGTH(kind_list) };

struct device_edit *change_edit(struct device_change *change, enum edit_kind kind, const char *alias, const char *xml)
{
	struct device_edit *edit = ARRAY_ADD(change->edits, change->edit_count);

	*edit = (struct device_edit){ .kind = kind, .alias = xstrdup(alias), .xml = xstrdup_null(xml) };
	return edit;
}

/* The document after one edit; NULL with err. Nothing to do is no error: *ret_same. */
static struct domain *edit_apply(const struct device_edit *edit, const struct domain *domain, bool *ret_same,
				 struct error *err)
{
	const struct device_text text = { "change", edit->xml, edit->xml ? strlen(edit->xml) : 0 };
	xmlNode *node = domain_find_alias(domain, edit->alias);

	*ret_same = edit->kind == EDIT_ADD ? node != NULL : node == NULL;
	if (*ret_same)
		return NULL;
	switch (edit->kind) {
	case EDIT_ADD:
		return domain_with_device(domain, &text, err);
	case EDIT_REMOVE:
		return domain_without_device(domain, node, err);
	case EDIT_REPLACE:
	case EDIT_MEDIUM:
		break;
	}
	return domain_with_device_for(domain, node, &text, err);
}

static struct domain *copy_document(const struct domain *domain, struct error *err)
{
	_cleanup_free_ char *text = domain_format(domain, true);

	return domain_parse(domain->source, text, strlen(text), err);
}

struct domain *edits_apply(const struct device_edit *edits, size_t count, const struct domain *domain,
			   struct error *err)
{
	_cleanup_domain_ struct domain *now = copy_document(domain, err);

	for (size_t i = 0; now && i < count; i++) {
		bool same;
		struct domain *next = edit_apply(&edits[i], now, &same, err);

		if (same)
			continue;
		domain_free(now);
		now = next;
	}
	return TAKE_POINTER(now);
}

/* ---- what is noted ---- */

static char *note_path(struct device_change *change)
{
	_cleanup_free_ char *directory = machine_run_directory(change->manager, change->machine.id);

	return strf("%s/" CHANGE_FILE, directory);
}

bool change_note(struct device_change *change, struct json_object *undo, struct json_object *redo, struct error *err)
{
	_cleanup_json_ struct json_object *note = json_object_new_object();
	_cleanup_free_ char *path = note_path(change), *text = NULL;
	struct json_object *edits = json_object_new_array();

	for (size_t i = 0; i < change->edit_count; i++) {
		const struct device_edit *edit = &change->edits[i];
		struct json_object *item = json_object_new_object();

		json_set_string(item, "kind", enum_word(&edit_kind_words, (int)edit->kind));
		json_set_string(item, "alias", edit->alias);
		json_set_string(item, "xml", edit->xml);
		json_set_string(item, "empty", edit->empty);
		json_set_string(item, "node", edit->node);
		json_object_array_add(edits, item);
	}
	json_set(note, "edits", edits);
	if (undo)
		json_set(note, "undo", json_object_get(undo));
	if (redo)
		json_set(note, "redo", json_object_get(redo));
	if (change->forwards)
		json_set_bool(note, "forwards", true);
	text = json_text(note);
	change->noted = file_write(path, text, strlen(text), 0600, err);
	return change->noted;
}

void change_forget(struct device_change *change)
{
	_cleanup_free_ char *path = change->noted ? note_path(change) : NULL;

	if (path)
		unlink(path);
	change->noted = false;
}

/* *ret NULL: nothing is noted. What cannot be read tells nothing, and is as good as none. */
static void read_note(struct device_change *change, struct json_object **ret)
{
	_cleanup_free_ char *path = note_path(change), *text = NULL;
	size_t length;

	*ret = NULL;
	if (access(path, F_OK) < 0)
		return;
	change->noted = true;
	if (file_read(path, NOTE_LIMIT, &text, &length, NULL))
		*ret = json_parse("change", text, length, NULL);
}

/* ---- catching up ---- */

/* The medium's block node in a drive; *ret_node NULL: none. */
static bool medium_node(struct device_change *change, const char *alias, char **ret_node, struct error *err)
{
	_cleanup_json_ struct json_object *answer = NULL;
	struct json_object *entry = change_block(change, alias, &answer, err);

	*ret_node = entry ? xstrdup_null(json_get_string(entry, "inserted/node-name", NULL)) : NULL;
	return entry != NULL;
}

/* Has the edit come to pass, as far as QEMU is concerned? *ret_xml is what the document then says of the device. */
static bool has_happened(struct device_change *change, struct json_object *item, enum edit_kind kind, char **devices,
			 const char **ret_xml, bool *ret, struct error *err)
{
	const char *alias = json_get_string(item, "alias", ""), *node = json_get_string(item, "node", NULL);
	_cleanup_free_ char *inside = NULL;
	bool plugged = strv_contains(devices, alias);

	*ret_xml = json_get_string(item, "xml", NULL);
	*ret = kind == EDIT_REMOVE ? !plugged : plugged;
	if (kind != EDIT_MEDIUM || !plugged)
		return true;
	if (!medium_node(change, alias, &inside, err))
		return false;
	if (!inside && node)
		*ret_xml = json_get_string(item, "empty", NULL);
	*ret = !inside || text_equal(inside, node);
	return true;
}

static bool catch_up_edits(struct device_change *change, struct json_object *note, char **devices, struct error *err)
{
	struct json_object *edits = json_get(note, "edits");
	bool redone = change_run(change, json_get(note, "redo"), NULL);

	for (size_t i = 0; json_object_is_type(edits, json_type_array) && i < json_object_array_length(edits); i++) {
		struct json_object *item = json_object_array_get_idx(edits, i);
		int kind = enum_value(&edit_kind_words, json_get_string(item, "kind", ""));
		const char *xml;
		bool happened;

		if (kind < 0 || !redone)
			continue;
		if (!has_happened(change, item, (enum edit_kind)kind, devices, &xml, &happened, err))
			return false;
		if (happened && (xml || kind == EDIT_REMOVE))
			change_edit(change, (enum edit_kind)kind, json_get_string(item, "alias", ""), xml);
		/* what was opened for it, and is not to stay: of what did not come, of what has gone */
		if (kind == EDIT_REMOVE
			    ? happened
			    : kind != EDIT_REPLACE && !(happened && xml == json_get_string(item, "xml", NULL)))
			change_take_back(change, json_get(note, "undo"));
	}
	return true;
}

/* Devices of kinds that come and go, which the document has and QEMU has not: the guest let go of them. */
static void catch_up_lost(struct device_change *change, const struct domain *live, char **devices)
{
	for (xmlNode *node = xml_child(xml_child(live->node, "devices"), NULL); node; node = xml_next(node, NULL)) {
		_cleanup_free_ char *alias = xml_attribute(xml_child(node, "alias"), "name");
		const struct device_kind *kind = device_kind_of(node);

		if (!kind || !kind->lost || !alias || strv_contains(devices, alias))
			continue;
		kind->lost(change, node);
		change_edit(change, EDIT_REMOVE, alias, NULL);
	}
}

static bool write_edits(struct device_change *change, const struct domain *live, const char *text, struct error *err)
{
	_cleanup_domain_ struct domain *next = edits_apply(change->edits, change->edit_count, live, err);
	_cleanup_free_ char *now = NULL;
	int64_t id = change->machine.id;

	if (!next)
		return false;
	/* before the transaction: it looks into pools */
	(void)resolve_volumes(change->manager, next, NULL);
	if (!db_begin_volatile(change->manager->db, err))
		return false;
	if (definition_read(change->manager, id, DEFINITION_LIVE, &now, err) &&
	    (text_equal(now, text) ||
	     error_set(err, ERROR_BUSY, "the document of '%s' was changed by somebody else meanwhile",
		       change->machine.name)) &&
	    definition_write(change->manager, &id, next, DEFINITION_LIVE, err))
		return db_commit(change->manager->db, err);
	db_rollback(change->manager->db);
	return false;
}

static void forget_edits(struct device_change *change)
{
	while (change->edit_count > 0) {
		struct device_edit *edit = &change->edits[--change->edit_count];

		free(edit->alias);
		free(edit->xml);
		free(edit->empty);
		free(edit->node);
	}
}

bool change_catch_up(struct device_change *change, struct error *err)
{
	_cleanup_json_ struct json_object *note = NULL;
	_cleanup_domain_ struct domain *live = NULL;
	_cleanup_strv_ char **devices = NULL;
	_cleanup_free_ char *text = NULL;
	bool ok;

	read_note(change, &note);
	if (!change_devices(change, &devices, err) ||
	    !definition_read(change->manager, change->machine.id, DEFINITION_LIVE, &text, err))
		return false;
	if (!text)
		return error_set(err, ERROR_STATE, "'%s' has stopped meanwhile", change->machine.name);
	live = domain_parse(change->machine.name, text, strlen(text), err);
	if (!live)
		return false;
	ok = catch_up_edits(change, note, devices, err);
	if (ok)
		catch_up_lost(change, live, devices);
	if (ok && json_get_bool(note, "forwards", false))
		ok = domain_forwards_follow(change, live, err);
	if (ok && change->edit_count > 0)
		ok = write_edits(change, live, text, err);
	if (ok && (change->noted || change->edit_count > 0))
		change_sweep_nodes(change);
	forget_edits(change);
	if (ok)
		change_forget(change);
	return ok;
}

void change_give_up(struct device_change *change)
{
	forget_edits(change);
	(void)change_catch_up(change, NULL);
}

bool domain_catch_up(struct manager *manager, int64_t domain_id, struct error *err)
{
	struct device_change change = { .manager = manager, .fd = -1, .events = -1 };
	_cleanup_free_ char *directory = machine_run_directory(manager, domain_id),
			    *control = strf("%s/control", directory);
	struct json_object *arguments = json_object_new_object();
	bool ok;

	/* The keeper itself has asked for this: no other one is to be started, or asked to renew itself. */
	json_set_int(arguments, "wait-ms", CATCH_UP_WAIT_MS);
	ok = machine_reload(manager, domain_id, &change.machine, err);
	if (ok)
		change.fd = qmp_open(control, CATCH_UP_LIMIT_MS, err);
	if (change.fd < 0) {
		json_object_put(arguments);
		ok = false;
	}
	ok = ok && qmp_call_fd(change.fd, "virtty-lock", arguments, CATCH_UP_WAIT_MS + CATCH_UP_LIMIT_MS, NULL, err) &&
	     change_catch_up(&change, err);
	change_end(&change);
	return ok;
}
