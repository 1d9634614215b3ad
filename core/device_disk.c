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

/* An alias of the user's own choice; others are given by virtty, whatever machine the text comes from. */
#define OWN_ALIAS "ua-"

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

/* ---- the text of a disk to come ---- */

/* The text without what it may bring from another machine: an alias that was given there. Owned; NULL with err. */
static char *clean_text(const struct device_text *text, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = xml_parse(text->source, text->text, text->length, err);
	xmlNode *alias = doc ? xml_child(xmlDocGetRootElement(doc), "alias") : NULL;
	_cleanup_free_ char *name = xml_attribute(alias, "name");

	if (!doc)
		return NULL;
	if (alias && (!name || !text_starts(name, OWN_ALIAS)))
		xml_remove(alias);
	return xml_format_node(xmlDocGetRootElement(doc));
}

/* What is attached, as the steps hand it on. */
struct attachment {
	struct device_text text; /* cleaned */
	char *target;		 /* owned */
	char *settled;		 /* owned: as the running machine has it, with its address; NULL: not attached there */
};

static struct domain *with_disk(struct device_change *change, const struct domain *domain,
				const struct device_text *text, struct error *err)
{
	struct domain *next = domain_with_device(domain, text, err);

	if (next && change_settle(change, next, err))
		return next;
	domain_free(next);
	return NULL;
}

/* In the definition it has the place that it has in the running machine, where that is free. */
static struct domain *patch_attach(struct device_change *change, const struct domain *stored, void *userdata,
				   struct error *err)
{
	const struct attachment *attachment = userdata;
	const char *settled = attachment->settled;
	struct domain *next = NULL;

	if (settled)
		next = with_disk(change, stored,
				 &(struct device_text){ attachment->text.source, settled, strlen(settled) }, NULL);
	return next ? next : with_disk(change, stored, &attachment->text, err);
}

/* ---- the running machine ---- */

/* What settling had to add to make room for the disk: a SCSI controller can come too, a port cannot. */
static bool plug_controllers(struct device_change *change, const struct domain *next, struct json_object *commands,
			     struct error *err)
{
	for (size_t i = 0; i < next->controller_count; i++) {
		const struct controller *controller = &next->controllers[i];
		struct hotplug *hotplug;

		if (domain_find_alias(change->live, controller->device.alias))
			continue;
		if (controller->type == CONTROLLER_PCI) {
			error_set(err, ERROR_FAILED,
				  "no free PCI slot that takes a device is left in '%s' while it runs",
				  change->machine.name);
			return error_hint(err, "--config adds it with a slot of its own for the next start; a disk on "
					       "bus scsi or usb may still fit");
		}
		hotplug = hotplug_controller(next, controller, change->caps, err);
		if (!hotplug)
			return false;
		for (size_t c = 0; c < json_object_array_length(hotplug->commands); c++)
			json_object_array_add(commands,
					      json_object_get(json_object_array_get_idx(hotplug->commands, c)));
		hotplug_free(hotplug);
		_cleanup_free_ char *xml = device_node_text(controller->device.node);

		change_edit(change, EDIT_ADD, controller->device.alias, xml);
	}
	return true;
}

static size_t index_of(const struct domain *domain, const struct disk *disk)
{
	return (size_t)(disk - domain->disks);
}

/* What plugs a disk: the controllers that come before it, the disk itself, and what closes again what was opened for
 * it. */
struct plugging {
	struct json_object *controllers, *disk, *undo; /* owned */
};

static void plugging_clear(struct plugging *plugging)
{
	json_object_put(plugging->controllers);
	json_object_put(plugging->disk);
	json_object_put(plugging->undo);
}

/* The way back without devices: those go by themselves, or when the guest lets go. */
static struct json_object *undo_of(struct json_object *commands)
{
	struct json_object *reverse = commands_reverse(commands);

	for (size_t i = json_object_array_length(reverse); i > 0; i--)
		if (text_equal(json_get_string(json_object_array_get_idx(reverse, i - 1), "execute", NULL),
			       "device_del"))
			json_object_array_del_idx(reverse, i - 1, 1);
	return reverse;
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
	plugging->disk = json_object_get(hotplug->commands);
	plugging->undo = undo_of(hotplug->commands);
	plugging->controllers = json_object_new_array();
	hotplug_free(hotplug);
	return plug_controllers(change, next, plugging->controllers, err);
}

/* The documents could not be written: the disk is taken out again. What the guest does not let go of is left, and the
 * document follows. */
static void take_back(struct device_change *change, const struct disk *disk, struct json_object *undo)
{
	(void)change_unplug(change, disk->device.alias, disk->target, DEVICE_WAIT_MS, NULL);
	change_take_back(change, undo);
}

static bool plug(struct device_change *change, const struct plugging *plugging, struct error *err)
{
	if (change_run(change, plugging->controllers, err) && change_run(change, plugging->disk, err))
		return true;
	/* a controller that came stays, and the document gets it */
	change_give_up(change);
	/* somebody was faster than our look at it */
	if (err && strstr(error_text(err), "\" lock"))
		error_hint(err, "another machine or process uses the image; 'virtty list --all' shows what runs");
	return false;
}

static bool attach_planned(struct device_change *change, const struct disk *disk, const char *settled,
			   const struct plugging *plugging, struct error *err)
{
	_cleanup_free_ char *words = disk_words(disk);

	change_edit(change, EDIT_ADD, disk->device.alias, settled);
	if (!change_note(change, plugging->undo, NULL, err) || !plug(change, plugging, err))
		return false;
	if (!change_commit(change, "device-added", disk->device.alias, words, err)) {
		take_back(change, disk, plugging->undo);
		return false;
	}
	change_forget(change);
	return true;
}

static bool attach_live(struct device_change *change, const struct attachment *attachment, struct domain *next,
			struct error *err)
{
	_cleanup_(plugging_clear) struct plugging plugging = { 0 };
	struct disk *disk = domain_find_disk(next, attachment->target);

	return plan_attach(change, next, disk, &plugging, err) &&
	       attach_planned(change, disk, attachment->settled, &plugging, err);
}

static bool run_attach(struct device_change *change, struct attachment *attachment, struct error *err)
{
	_cleanup_domain_ struct domain *next = NULL;

	if (change->live) {
		if (domain_find_disk(change->live, attachment->target))
			return error_set(err, ERROR_EXISTS, "'%s' has a disk '%s' already", change->machine.name,
					 attachment->target);
		next = with_disk(change, change->live, &attachment->text, err);
		if (!next)
			return false;
		attachment->settled = device_node_text(domain_find_disk(next, attachment->target)->device.node);
	}
	if (!change_patch(change, patch_attach, attachment, err))
		return false;
	return change->live ? attach_live(change, attachment, next, err) : change_commit(change, NULL, NULL, NULL, err);
}

bool disk_attach(struct device_change *change, const struct device_text *text, struct error *err)
{
	struct disk *disk = disk_parse(text, err);
	_cleanup_free_ char *clean = disk ? clean_text(text, err) : NULL;
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

struct json_object *disk_opened(struct device_change *change, const struct domain *domain, struct disk *disk,
				unsigned number)
{
	struct hotplug *hotplug = NULL;
	struct json_object *reverse;

	if (change->caps && disk_has_medium(disk) && resolve_disk_volume(change->manager, disk, NULL))
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
	/* which nodes it had cannot be asked any more: those that nothing uses are swept */
	opened = disk_opened(change, live, disk, 0);
	for (size_t i = opened ? json_object_array_length(opened) : 0; i > 0; i--)
		if (text_equal(json_get_string(json_object_array_get_idx(opened, i - 1), "execute", NULL),
			       "blockdev-del"))
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
