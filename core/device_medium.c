/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changes of a disk that stays: the medium of a drive, its throughput's limits. */
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/device_internal.h"
#include "core/prepare_internal.h"
#include "hv/hotplug.h"
#include "hv/iotune.h"

#include <stdlib.h>
#include <string.h>

#define TRAY_WAIT_MS 10000

static bool check_drive(const struct disk *disk, struct error *err)
{
	if (disk->kind == DISK_CDROM || disk->kind == DISK_FLOPPY)
		return true;
	error_set(err, ERROR_INVALID, "disk '%s' is not removable: its medium cannot be changed", disk->target);
	return error_hint(err, "a CD-ROM's or a floppy's can; a disk is detached, and another one attached");
}

/* ---- the drive ---- */

/* One change of a medium on its way. */
struct medium {
	struct device_change *change;
	struct disk *disk;	      /* as the drive is now */
	struct disk *next;	      /* as it will be; without a medium: NULL */
	struct json_object *commands; /* owned: opens the new one */
	char *node, *old;	      /* owned: block nodes; NULL: none */
	bool has_tray;
};

static struct json_object *medium_arguments(const struct medium *medium, const char *node)
{
	struct json_object *arguments = id_argument(medium->disk->device.alias);

	json_set_string(arguments, "node-name", node);
	return arguments;
}

static bool look_at_drive(struct medium *medium, struct error *err)
{
	_cleanup_json_ struct json_object *answer = NULL;
	struct json_object *entry = change_block(medium->change, medium->disk->device.alias, &answer, err);

	if (!entry)
		return false;
	medium->old = xstrdup_null(json_get_string(entry, "inserted/node-name", NULL));
	medium->has_tray = json_get(entry, "tray_open") != NULL;
	return true;
}

static bool tray_is_open(const struct medium *medium)
{
	_cleanup_json_ struct json_object *answer = NULL;
	struct json_object *entry = change_block(medium->change, medium->disk->device.alias, &answer, NULL);

	return entry && json_get_bool(entry, "tray_open", false);
}

/* A guest that has locked the tray is asked to open it. */
static bool open_tray(struct medium *medium, struct error *err)
{
	static const char *const names[] = { "DEVICE_TRAY_MOVED", NULL };
	const char *alias = medium->disk->device.alias;
	struct json_object *arguments = id_argument(alias);
	int64_t deadline = clock_monotonic_ms() + TRAY_WAIT_MS;

	json_set_bool(arguments, "force", (medium->change->flags & CHANGE_FORCE) != 0);
	if (!change_listen(medium->change, err)) {
		json_object_put(arguments);
		return false;
	}
	if (!change_call(medium->change, "blockdev-open-tray", arguments, NULL, err))
		return false;
	while (medium->has_tray && !tray_is_open(medium)) {
		_cleanup_error_ struct error local = ERROR_INIT;
		_cleanup_json_ struct json_object *event = change_event(medium->change, names, alias, deadline, &local);

		if (event)
			continue;
		if (local.code != ERROR_TIMEOUT)
			return error_move(err, &local);
		error_set(err, ERROR_BUSY, "the guest keeps the tray of '%s' locked", medium->disk->target);
		return error_hint(err, "unmount the medium in the guest, or use --force");
	}
	return true;
}

static bool limit_medium(const struct medium *medium, struct error *err)
{
	return !medium->next || !iotune_any(&medium->next->iotune) ||
	       change_call(medium->change, "block_set_io_throttle",
			   iotune_arguments(medium->disk, &medium->next->iotune), NULL, err);
}

/* The old medium again, after the new one was not taken. */
static void put_back(struct medium *medium)
{
	if (medium->old)
		(void)change_call(medium->change, "blockdev-insert-medium", medium_arguments(medium, medium->old), NULL,
				  NULL);
	(void)change_call(medium->change, "blockdev-close-tray", id_argument(medium->disk->device.alias), NULL, NULL);
}

static bool exchange(struct medium *medium, struct error *err)
{
	struct device_change *change = medium->change;
	const char *alias = medium->disk->device.alias;

	if (!open_tray(medium, err) || !change_call(change, "blockdev-remove-medium", id_argument(alias), NULL, err))
		return false;
	if (!medium->next)
		return true;
	if (change_call(change, "blockdev-insert-medium", medium_arguments(medium, medium->node), NULL, err) &&
	    limit_medium(medium, err) && change_call(change, "blockdev-close-tray", id_argument(alias), NULL, err))
		return true;
	(void)change_call(change, "blockdev-remove-medium", id_argument(alias), NULL, NULL);
	put_back(medium);
	return false;
}

static bool carry_out(struct medium *medium, struct error *err)
{
	struct device_change *change = medium->change;
	_cleanup_json_ struct json_object *undo = medium->commands ? commands_reverse(medium->commands) : NULL;
	_cleanup_json_ struct json_object *opened =
		disk_opened(change, change->live, medium->disk, block_node_number(medium->old ? medium->old : ""));
	_cleanup_free_ char *words =
		medium->next ? disk_words(medium->next) : strf("'%s' is empty", medium->disk->target);

	if (!change_note(change, undo, NULL, err))
		return false;
	if ((medium->commands && !change_run(change, medium->commands, err)) || !exchange(medium, err)) {
		if (change_alive(change)) {
			change_take_back(change, undo);
			change_forget(change);
		}
		return error_wrap(err, "'%s'", change->machine.name);
	}
	if (!change_commit(change, "media-change", medium->disk->target, words, err))
		return false; /* what was noted stays: the document will follow */
	change_take_back(change, opened);
	change_sweep_nodes(change);
	if (change_alive(change))
		change_forget(change);
	return true;
}

/* text: the drive as it will be in the live document; NULL medium in it empties it. */
static bool change_live_medium(struct device_change *change, struct disk *disk, const struct device_text *given,
			       bool filled, struct error *err)
{
	struct medium medium = { .change = change, .disk = disk };
	bool open = !filled && disk->kind == DISK_CDROM;
	_cleanup_free_ char *text = disk_text_medium(disk, filled ? given : NULL, open, err), *settled = NULL;
	_cleanup_free_ char *empty = disk_text_medium(disk, NULL, disk->kind == DISK_CDROM, NULL);
	_cleanup_domain_ struct domain *next = NULL;
	struct hotplug *hotplug = NULL;
	struct device_edit *edit;
	unsigned number;
	bool ok;

	if (!text)
		return false;
	next = domain_with_device_for(change->live, disk->device.node,
				      &(struct device_text){ given->source, text, strlen(text) }, err);
	if (!next || !change_settle(change, next, err) || !look_at_drive(&medium, err))
		return false;
	settled = device_node_text(domain_find_disk(next, disk->target)->device.node);
	number = filled ? change_node_number(change, err) : 1;
	ok = number != 0;
	if (ok && filled) {
		medium.next = domain_find_disk(next, disk->target);
		ok = resolve_disk_volume(change->manager, medium.next, err) &&
		     prepare_disk(change->manager, change->machine.id, next, (size_t)(medium.next - next->disks), err);
		hotplug = ok ? hotplug_medium(next, medium.next, change->caps, number, err) : NULL;
		ok = hotplug != NULL;
	}
	if (ok && hotplug) {
		medium.commands = json_object_get(hotplug->commands);
		medium.node = xstrdup(hotplug->node);
	}
	if (ok) {
		edit = change_edit(change, EDIT_MEDIUM, disk->device.alias, settled);
		edit->empty = xstrdup_null(empty);
		edit->node = xstrdup_null(medium.node);
		ok = carry_out(&medium, err);
	}
	hotplug_free(hotplug);
	json_object_put(medium.commands);
	free(medium.node);
	free(medium.old);
	return ok;
}

/* ---- limits ---- */

static bool change_live_iotune(struct device_change *change, const struct disk *disk, const struct disk_iotune *iotune,
			       struct error *err)
{
	_cleanup_json_ struct json_object *redo = json_object_new_array();
	_cleanup_domain_ struct domain *next = edits_apply(NULL, 0, change->live, err);
	struct disk *changed = next ? domain_find_disk(next, disk->target) : NULL;
	struct json_object *command = json_object_new_object();
	_cleanup_free_ char *xml = NULL, *words = disk_words(disk);

	json_set_string(command, "execute", "block_set_io_throttle");
	json_set(command, "arguments", iotune_arguments(disk, iotune));
	json_object_array_add(redo, command);
	if (!changed)
		return false;
	disk_put_iotune(changed, iotune);
	xml = device_node_text(changed->device.node);
	change_edit(change, EDIT_REPLACE, disk->device.alias, xml);
	/* an empty drive is limited once it has a medium */
	if (!disk_has_medium(disk))
		return change_commit(change, "tunable", disk->target, words, err);
	if (!change_note(change, NULL, redo, err))
		return false;
	if (!change_run(change, redo, err)) {
		/* what QEMU refuses is not to be said again */
		if (change_alive(change))
			change_forget(change);
		return false;
	}
	if (!change_commit(change, "tunable", disk->target, words, err))
		return false;
	change_forget(change);
	return true;
}

struct limits {
	const char *disk;
	const struct disk_iotune *iotune;
};

static struct domain *patch_iotune(struct device_change *change, const struct domain *stored, void *userdata,
				   struct error *err)
{
	const struct limits *limits = userdata;
	_cleanup_domain_ struct domain *next = edits_apply(NULL, 0, stored, err);
	struct disk *disk = next ? find_disk(change, next, limits->disk, err) : NULL;

	if (!disk)
		return NULL;
	disk_put_iotune(disk, limits->iotune);
	return change_settle(change, next, err) ? TAKE_POINTER(next) : NULL;
}

static bool set_iotune(struct device_change *change, const char *key, const struct disk_iotune *iotune,
		       struct error *err)
{
	struct limits limits = { key, iotune };
	const struct disk *disk = change->live ? find_disk(change, change->live, key, err) : NULL;

	if ((change->live && !disk) || !change_patch(change, patch_iotune, &limits, err))
		return false;
	return disk ? change_live_iotune(change, disk, iotune, err) : change_commit(change, NULL, NULL, NULL, err);
}

bool domain_set_iotune(struct manager *manager, const struct machine *machine, const char *disk,
		       const struct disk_iotune *iotune, unsigned flags, struct error *err)
{
	struct device_change change = { .fd = -1, .events = -1 };
	_cleanup_free_ char *what = strf("disk '%s'", disk);
	bool ok = iotune_check(iotune, what, err) && change_begin(&change, manager, machine, flags, err) &&
		  set_iotune(&change, disk, iotune, err);

	change_end(&change);
	return ok;
}

/* ---- the whole ---- */

struct update {
	const struct device_text *text;
	const struct disk *given;
	bool medium; /* the medium alone is stated */
};

static struct domain *patch_update(struct device_change *change, const struct domain *stored, void *userdata,
				   struct error *err)
{
	const struct update *update = userdata;
	const struct disk *disk = find_disk(change, stored, update->given->target, err);
	_cleanup_free_ char *xml = NULL;
	struct domain *next;

	if (!disk || (update->medium && !check_drive(disk, err)))
		return NULL;
	xml = update->medium ? disk_text_medium(disk, disk_has_medium(update->given) ? update->text : NULL, false, err)
			     : disk_text_placed(disk, update->text, err);
	next = xml ? domain_with_device_for(stored, disk->device.node,
					    &(struct device_text){ update->text->source, xml, strlen(xml) }, err)
		   : NULL;
	if (next && change_settle(change, next, err))
		return next;
	domain_free(next);
	return NULL;
}

static bool same_medium(const struct disk *a, const struct disk *b)
{
	_cleanup_free_ char *left = disk_source_text(&a->source), *right = disk_source_text(&b->source);

	return text_equal(left, right) && text_equal(a->source.pool, b->source.pool) &&
	       text_equal(a->source.volume, b->source.volume);
}

static bool same_iotune(const struct disk_iotune *a, const struct disk_iotune *b)
{
	for (size_t i = 0; i < iotune_row_count; i++)
		if (iotune_value(a, &iotune_rows[i]) != iotune_value(b, &iotune_rows[i]))
			return false;
	return text_equal(a->group_name, b->group_name);
}

/* Of the running machine: one thing at a time, for each is done by itself. */
static bool update_live(struct device_change *change, const struct update *update, struct error *err)
{
	struct disk *disk = find_disk(change, change->live, update->given->target, err);
	_cleanup_free_ char *difference = disk ? disk_difference(disk, update->given) : NULL;
	bool medium, limits;

	if (!disk)
		return false;
	medium = update->medium || !same_medium(disk, update->given);
	limits = !update->medium && update->given->iotune.node && !same_iotune(&disk->iotune, &update->given->iotune);
	if (!update->medium && difference) {
		error_set(err, ERROR_UNSUPPORTED, "disk '%s': a running machine cannot change its %s", disk->target,
			  difference);
		return error_hint(err, "its medium (of a drive) and its <iotune> can be changed; --config changes the "
				       "stored definition");
	}
	if (medium && limits) {
		error_set(err, ERROR_UNSUPPORTED, "disk '%s': medium and <iotune> cannot be changed in one step",
			  disk->target);
		return error_hint(err, "change the one, then the other");
	}
	if (limits)
		return change_live_iotune(change, disk, &update->given->iotune, err);
	if (!medium)
		return change_commit(change, NULL, NULL, NULL, err);
	return check_drive(disk, err) &&
	       change_live_medium(change, disk, update->text, disk_has_medium(update->given), err);
}

static bool run_update(struct device_change *change, const struct device_text *text, bool medium, struct error *err)
{
	struct disk *given = disk_parse(text, err);
	struct update update = { text, given, medium };
	_cleanup_free_ char *what = given ? strf("disk '%s'", given->target) : NULL;
	bool ok = given && iotune_check(&given->iotune, what, err) &&
		  change_patch(change, patch_update, &update, err) &&
		  (!change->new_stored || prepare_stored_disk(change->new_stored, given->target, err)) &&
		  (change->live ? update_live(change, &update, err) : change_commit(change, NULL, NULL, NULL, err));

	disk_free(given);
	return ok;
}

bool disk_update(struct device_change *change, const struct device_text *text, struct error *err)
{
	return run_update(change, text, false, err);
}

bool domain_change_medium(struct manager *manager, const struct machine *machine, const struct device_text *text,
			  unsigned flags, struct error *err)
{
	struct device_change change = { .fd = -1, .events = -1 };
	bool ok = change_begin(&change, manager, machine, flags, err) && run_update(&change, text, true, err);

	change_end(&change);
	return ok;
}
