/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks that come and go. */
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/device_internal.h"
#include "core/prepare_internal.h"
#include "hv/hotplug.h"

#include <stdlib.h>
#include <string.h>

struct disk *find_disk(const struct device_change *change, const struct domain *domain, const char *key,
		       struct error *err)
{
	struct disk *disk = domain_find_disk(domain, key);

	if (disk)
		return disk;
	error_set(err, ERROR_NOT_FOUND, "'%s' has no disk '%s'", change->machine.name, key);
	error_hint(err, "'virtty domblklist %s%s' shows its disks", change->machine.name,
		   change->live ? "" : " --inactive");
	return NULL;
}

char *disk_words(const struct disk *disk)
{
	const char *kind = enum_word(&disk_device_words, disk->kind ? (int)disk->kind : DISK_DISK);
	_cleanup_free_ char *where = disk_source_text(&disk->source);

	if (disk->source.pool && disk->source.volume)
		return strf("%s '%s', volume '%s/%s'", kind, disk->target, disk->source.pool, disk->source.volume);
	return strf("%s '%s'%s%s%s", kind, disk->target, where ? ", '" : "", where ? where : "", where ? "'" : "");
}

/* What is attached, as the steps hand it on. */
struct attachment {
	struct device_text text; /* cleaned */
	char *target;		 /* owned */
	char *settled;		 /* owned: as the running machine has it, with its address; NULL: not attached there */
};

/* In the definition it has the place that it has in the running machine, where that is free. */
static struct domain *patch_attach(struct device_change *change, const struct domain *stored, void *userdata,
				   struct error *err)
{
	const struct attachment *attachment = userdata;
	const char *settled = attachment->settled;
	struct domain *next = NULL;

	if (settled)
		next = change_with_device(change, stored,
				 &(struct device_text){ attachment->text.source, settled, strlen(settled) }, NULL);
	return next ? next : change_with_device(change, stored, &attachment->text, err);
}

/* ---- the running machine ---- */

static size_t index_of(const struct domain *domain, const struct disk *disk)
{
	return (size_t)(disk - domain->disks);
}

static bool plan_attach(struct device_change *change, const struct domain *next, struct disk *disk,
			struct plugging *plugging, struct error *err)
{
	unsigned number = change_node_number(change, err);
	struct hotplug *hotplug;

	if (number == 0 || !resolve_disk_volume(change->manager, disk, err) ||
	    !prepare_disk(change->manager, change->machine.id, next, index_of(next, disk), err))
		return false;
	hotplug = hotplug_disk(next, disk, change->caps, number, err);
	if (!hotplug)
		return false;
	plugging->device = hotplug;
	return plugging_complete(change, next, plugging, err);
}

static bool attach_live(struct device_change *change, const struct attachment *attachment, struct domain *next,
			struct error *err)
{
	_cleanup_(plugging_clear) struct plugging plugging = { 0 };
	struct disk *disk = domain_find_disk(next, attachment->target);
	_cleanup_free_ char *words = disk_words(disk);

	return plan_attach(change, next, disk, &plugging, err) &&
	       change_attach(change, disk->device.alias, words, attachment->settled, &plugging, err);
}

static bool run_attach(struct device_change *change, struct attachment *attachment, struct error *err)
{
	_cleanup_domain_ struct domain *next = NULL;

	if (change->live) {
		if (domain_find_disk(change->live, attachment->target))
			return error_set(err, ERROR_EXISTS, "'%s' has a disk '%s' already", change->machine.name,
					 attachment->target);
		next = change_with_device(change, change->live, &attachment->text, err);
		if (!next)
			return false;
		attachment->settled = device_node_text(domain_find_disk(next, attachment->target)->device.node);
	}
	if (!change_patch(change, patch_attach, attachment, err) ||
	    (change->new_stored && !prepare_stored_disk(change->new_stored, attachment->target, err)))
		return false;
	return change->live ? attach_live(change, attachment, next, err) : change_commit(change, NULL, NULL, NULL, err);
}

bool disk_attach(struct device_change *change, const struct device_text *text, struct error *err)
{
	struct disk *disk = disk_parse(text, err);
	_cleanup_free_ char *clean = disk ? device_text_clean(text, err) : NULL;
	struct attachment attachment = { 0 };
	bool ok = false;

	if (clean) {
		attachment.text = (struct device_text){ text->source, clean, strlen(clean) };
		attachment.target = xstrdup(disk->target);
		ok = run_attach(change, &attachment, err);
	}
	disk_free(disk);
	free(attachment.target);
	free(attachment.settled);
	return ok;
}

/* ---- letting go ---- */

static struct domain *patch_detach(struct device_change *change, const struct domain *stored, void *userdata,
				   struct error *err)
{
	const struct disk *disk = find_disk(change, stored, userdata, err);
	struct domain *next = disk ? domain_without_device(stored, disk->device.node, err) : NULL;

	if (next && change_settle(change, next, err))
		return next;
	domain_free(next);
	return NULL;
}

/* What it was opened with: a secret that is gone since is not needed to close it. */
static bool find_opened(struct device_change *change, struct disk *disk)
{
	struct disk_encryption *encryption = disk_encryption(disk);

	if (resolve_disk_volume(change->manager, disk, NULL))
		return true;
	if (disk->source.secret_file == NULL)
		disk->source.secret_file = xstrdup("");
	if (encryption && encryption->key_file == NULL)
		encryption->key_file = xstrdup("");
	return disk->source.type != DISK_VOLUME;
}

struct json_object *disk_opened(struct device_change *change, const struct domain *domain, struct disk *disk,
				unsigned number)
{
	struct hotplug *hotplug = NULL;
	struct json_object *reverse;

	if (change->caps && disk_has_medium(disk) && find_opened(change, disk))
		hotplug = hotplug_medium(domain, disk, change->caps, number ? number : 1, NULL);
	reverse = hotplug ? commands_reverse(hotplug->commands) : NULL;
	hotplug_free(hotplug);
	return reverse;
}

/* The number in "libvirt-12-format" of the disk's top node; 0: none of ours. */
static unsigned top_number(struct device_change *change, const char *alias)
{
	_cleanup_json_ struct json_object *answer = NULL;
	struct json_object *entry = change_block(change, alias, &answer, NULL);

	return block_node_number(json_get_string(entry, "inserted/node-name", ""));
}

static bool detach_live(struct device_change *change, struct disk *disk, int wait_ms, struct error *err)
{
	_cleanup_free_ char *what = strf("disk '%s'", disk->target);
	_cleanup_json_ struct json_object *opened = NULL;

	if (!hotplug_check_removal(change->live, disk, err))
		return false;
	opened = disk_opened(change, change->live, disk, top_number(change, disk->device.alias));
	change_edit(change, EDIT_REMOVE, disk->device.alias, NULL);
	if (!change_note(change, opened, NULL, err))
		return false;
	if (!change_unplug(change, disk->device.alias, what, wait_ms, err)) {
		if (change_alive(change))
			change_forget(change);
		return false;
	}
	change_take_back(change, opened);
	/* the keeper has it in the history already */
	if (!change_commit(change, NULL, NULL, NULL, err))
		return false;
	if (change_alive(change))
		change_forget(change);
	return true;
}

static bool disk_detach(struct device_change *change, const struct device_text *text, int wait_ms, struct error *err)
{
	struct disk *given = disk_parse(text, err);
	struct disk *disk = NULL;
	bool ok = given != NULL;

	if (ok && change->live) {
		disk = find_disk(change, change->live, given->target, err);
		ok = disk != NULL;
	}
	ok = ok && change_patch(change, patch_detach, given->target, err);
	if (ok)
		ok = disk ? detach_live(change, disk, wait_ms, err) : change_commit(change, NULL, NULL, NULL, err);
	disk_free(given);
	return ok;
}

/* Does the command name a block node, or the secret of one? */
static bool is_numbered(struct json_object *command)
{
	return text_equal(json_get_string(command, "execute", NULL), "blockdev-del") ||
	       block_node_number(json_get_string(command, "arguments/id", "")) != 0;
}

/* The guest let go of it while nobody waited. */
static void disk_lost(struct device_change *change, const xmlNode *node)
{
	_cleanup_free_ char *alias = xml_attribute(xml_child(node, "alias"), "name");
	_cleanup_free_ char *text = NULL;
	_cleanup_domain_ struct domain *live = NULL;
	_cleanup_json_ struct json_object *opened = NULL;
	struct disk *disk;

	if (!definition_read(change->manager, change->machine.id, DEFINITION_LIVE, &text, NULL) || !text)
		return;
	live = domain_parse(change->machine.name, text, strlen(text), NULL);
	disk = live ? domain_find_disk_alias(live, alias) : NULL;
	if (!disk || !change_find_caps(change, live, NULL))
		return;
	/* which nodes and secrets it had cannot be asked any more: those that nothing uses are swept */
	opened = disk_opened(change, live, disk, 0);
	for (size_t i = opened ? json_object_array_length(opened) : 0; i > 0; i--)
		if (is_numbered(json_object_array_get_idx(opened, i - 1)))
			json_object_array_del_idx(opened, i - 1, 1);
	change_take_back(change, opened);
}

const struct device_kind disk_kind = {
	.element = "disk",
	.attach = disk_attach,
	.detach = disk_detach,
	.update = disk_update,
	.lost = disk_lost,
};
