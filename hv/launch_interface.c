/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network interfaces: a -netdev towards the host and a card towards the guest. */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "hv/launch_build.h"

/* XML's models that QEMU calls otherwise; all others are QEMU's own names. */
static const char *card_driver(const char *model)
{
	return text_equal(model, "virtio") ? "virtio-net-pci" : model;
}

/* The cards there are flags for, so that no other device can be had by naming it a network card. */
static bool is_card(const char *driver)
{
	static const enum cap cards[] = { CAP_VIRTIO_NET, CAP_E1000,  CAP_E1000E,  CAP_RTL8139,	 CAP_NE2K_PCI,
					  CAP_PCNET,	  CAP_I82551, CAP_I82557B, CAP_I82559ER, CAP_VMXNET3 };

	for (size_t i = 0; i < ARRAY_LENGTH(cards); i++)
		if (strcmp(enum_word(&cap_words, (int)cards[i]), driver) == 0)
			return true;
	return false;
}

static bool check_interface(struct builder *b, const struct interface *interface, const char *what)
{
	const char *type = enum_word(&interface_type_words, (int)interface->type);

	if (interface->type != INTERFACE_USER)
		return build_unsupported(b, "use <interface type='user'>: 'virtty edit' changes it",
					 "%s: interface type '%s' is not supported yet", what, type ? type : "(none)");
	if (!caps_has(b->caps, CAP_NETDEV_USER))
		return build_unsupported(b, "install a QEMU with user networking (slirp)",
					 "%s: '%s' was built without user networking", what, b->caps->binary);
	if (!interface->model || !interface->mac)
		return build_invalid(b, "'virtty edit' and saving settles the machine",
				     "%s has no model or MAC address yet", what);
	if (!is_card(card_driver(interface->model)))
		return build_unsupported(b, "use virtio, e1000e, e1000 or rtl8139", "%s: model '%s' is not supported",
					 what, interface->model);
	return true;
}

static struct json_object *interface_device(struct builder *b, const struct interface *interface, const char *netdev,
					    bool first, const char *what)
{
	struct json_object *json = device_new(card_driver(interface->model));

	json_set_string(json, "netdev", netdev);
	json_set_string(json, "id", interface->device.alias);
	json_set_string(json, "mac", interface->mac);
	device_add_boot(b, &interface->device, BOOT_NETWORK, first, json);
	if (device_add_address(b, &interface->device, what, json))
		return json;
	json_object_put(json);
	return NULL;
}

static bool build_interface(struct builder *b, const struct interface *interface, bool first)
{
	_cleanup_free_ char *what =
		strf("interface '%s'", interface->device.alias ? interface->device.alias : "(no alias)");
	_cleanup_free_ char *id = NULL;
	struct json_object *netdev, *device, *link;

	if (!check_interface(b, interface, what) || !device_check_alias(b, &interface->device, what))
		return false;
	id = strf("host%s", interface->device.alias);
	netdev = json_object_new_object();
	json_set_string(netdev, "type", "user");
	json_set_string(netdev, "id", id);
	build_json(b, "-netdev", netdev);
	device = interface_device(b, interface, id, first, what);
	if (!device || !build_device(b, device))
		return false;
	if (interface->link == TRI_NO) {
		link = json_object_new_object();
		json_set_string(link, "name", interface->device.alias);
		json_set_bool(link, "up", false);
		build_setup(b, "set_link", link);
	}
	return true;
}

bool build_interfaces(struct builder *b)
{
	for (size_t i = 0; i < b->domain->interface_count; i++)
		if (!build_interface(b, &b->domain->interfaces[i], i == 0))
			return false;
	return true;
}
