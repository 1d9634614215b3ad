/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What plugging a device into a running machine is, whatever kind it is of: the controllers that have to come first, the device, the documents,
 * and the way back. */
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/device_internal.h"
#include "hv/hotplug.h"

#include <string.h>

/* An alias of the user's own choice; others are given by virtty, whatever machine the text comes from. */
#define OWN_ALIAS "ua-"

char *device_text_clean(const struct device_text *text, struct error *err)
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

struct domain *change_with_device(struct device_change *change, const struct domain *domain,
				  const struct device_text *text, struct error *err)
{
	struct domain *next = domain_with_device(domain, text, err);

	if (next && change_settle(change, next, err))
		return next;
	domain_free(next);
	return NULL;
}

/* What settling had to add to make room for the device: a SCSI controller can come too, a port cannot. */
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
					       "bus scsi or usb, or a card of model virtio, may still fit");
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

void plugging_clear(struct plugging *plugging)
{
	hotplug_free(plugging->device);
	json_object_put(plugging->controllers);
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

bool plugging_complete(struct device_change *change, const struct domain *next, struct plugging *plugging, struct error *err)
{
	plugging->undo = undo_of(plugging->device->commands);
	plugging->controllers = json_object_new_array();
	return plug_controllers(change, next, plugging->controllers, err);
}

static bool plug(struct device_change *change, const struct plugging *plugging, struct error *err)
{
	if (change_run(change, plugging->controllers, err) && change_run(change, plugging->device->commands, err))
		return true;
	/* a controller that came stays, and the document gets it */
	change_give_up(change);
	if (err && strstr(error_text(err), "Invalid password"))
		error_hint(err, "its <encryption> names the secret that holds the passphrase: 'virtty secret-set-value' sets it");
	/* somebody was faster than our look at it */
	if (err && strstr(error_text(err), "\" lock"))
		error_hint(err, "another machine or process uses the image; 'virtty list --all' shows what runs");
	return false;
}

bool change_attach(struct device_change *change, const char *alias, const char *words, const char *xml,
		   const struct plugging *plugging, struct error *err)
{
	change_edit(change, EDIT_ADD, alias, xml);
	if (!change_note(change, plugging->undo, NULL, err) || !plug(change, plugging, err))
		return false;
	if (!change_commit(change, "device-added", alias, words, err)) {
		/* it is taken out again; what the guest does not let go of is left, and the document follows */
		(void)change_unplug(change, alias, words, DEVICE_WAIT_MS, NULL);
		change_take_back(change, plugging->undo);
		return false;
	}
	change_forget(change);
	return true;
}
