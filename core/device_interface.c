/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network cards that come and go while their machine runs. */
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/device_interface_internal.h"
#include "core/forward_internal.h"
#include "core/network_port.h"
#include "hv/domain_settle.h"
#include "hv/hotplug.h"
#include "hv/qmp.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GIVE_TIMEOUT_MS 30000

/* ---- which one ---- */

static struct interface *fail_unknown(const struct device_change *change, const char *key, struct error *err)
{
	error_set(err, ERROR_NOT_FOUND, "'%s' has no network card '%s'", change->machine.name, key);
	error_hint(err, "'virtty domiflist %s%s' shows them", change->machine.name, change->live ? "" : " --inactive");
	return NULL;
}

struct interface *find_interface(const struct device_change *change, const struct domain *domain, const char *key,
				 struct error *err)
{
	struct interface *interface = domain_find_interface(domain, key);

	return interface ? interface : fail_unknown(change, key, err);
}

struct interface *find_interface_given(const struct device_change *change, const struct domain *domain,
				       const struct interface *given, struct error *err)
{
	const char *key = given->mac ? given->mac : given->device.alias;

	if (key)
		return find_interface(change, domain, key, err);
	if (domain->interface_count == 1)
		return &domain->interfaces[0];
	error_set(err, ERROR_INVALID, "'%s' has %zu network cards: which one is meant is not said", change->machine.name,
		  domain->interface_count);
	error_hint(err, "name it by <mac address='...'/>; 'virtty domiflist %s' shows them", change->machine.name);
	return NULL;
}

char *interface_words(const struct interface *interface)
{
	const char *type = enum_word(&interface_type_words, (int)interface->type);

	return strf("interface '%s', %s%s%s%s", interface->device.alias, type, interface->source ? " '" : "",
		    interface->source ? interface->source : "", interface->source ? "'" : "");
}

/* ---- coming ---- */

struct attachment {
	struct device_text text; /* cleaned */
	char *settled;		 /* owned: as the running machine will have it, but for its tap; NULL: not attached there */
};

/* The new one is the last of its kind. Settling has refused a MAC that another one has. */
static struct interface *newest(const struct domain *domain)
{
	return &domain->interfaces[domain->interface_count - 1];
}

/* A text without the place that it states. Owned; NULL with err. */
static char *text_without_address(const char *text, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = xml_parse("interface", text, strlen(text), err);
	xmlNode *address = doc ? xml_child(xmlDocGetRootElement(doc), "address") : NULL;

	if (!doc)
		return NULL;
	if (address)
		xml_remove(address);
	return xml_format_node(xmlDocGetRootElement(doc));
}

/* In the definition it has the MAC that it has in the running machine, and its place where that is free. */
static struct domain *patch_attach(struct device_change *change, const struct domain *stored, void *userdata,
				   struct error *err)
{
	const struct attachment *attachment = userdata;
	const char *settled = attachment->settled, *source = attachment->text.source;
	_cleanup_free_ char *elsewhere = NULL;
	struct domain *next;

	if (!settled)
		return change_with_device(change, stored, &attachment->text, err);
	next = change_with_device(change, stored, &(struct device_text){ source, settled, strlen(settled) }, NULL);
	if (next)
		return next;
	elsewhere = text_without_address(settled, err);
	return elsewhere ? change_with_device(change, stored,
					  &(struct device_text){ source, elsewhere, strlen(elsewhere) }, err)
			 : NULL;
}

/* What QEMU was given in vain. */
static void take_descriptors_back(struct device_change *change, const char *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *name = strf("%s%zu", names, i);
		struct json_object *arguments = json_object_new_object();

		json_set_string(arguments, "fdname", name);
		(void)change_call(change, "closefd", arguments, NULL, NULL);
	}
}

static bool give_descriptors(struct device_change *change, const char *names, const int *fds, size_t count,
			     struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *name = strf("%s%zu", names, i);

		if (!qmp_give_fd(change->fd, name, fds[i], GIVE_TIMEOUT_MS, err))
			return error_wrap(err, "QEMU does not take the descriptor");
	}
	return true;
}

/* The tap is open, or passt is up: QEMU gets its descriptors, then the card. */
static bool attach_opened(struct device_change *change, struct interface *interface, struct network_ports *ports,
			  const struct plugging *plugging, const int *fds, struct error *err)
{
	const char *names = ports->launch[0].fd_names, *alias = interface->device.alias;
	size_t count = network_ports_fds(ports);
	_cleanup_free_ char *words = interface_words(interface), *xml = NULL;

	if (!network_ports_name(ports, err))
		return false;
	xml = device_node_text(interface->device.node);
	if (give_descriptors(change, names, fds, count, err) && change_attach(change, alias, words, xml, plugging, err))
		return true;
	take_descriptors_back(change, names, count);
	return false;
}

static bool attach_planned(struct device_change *change, struct interface *interface, struct network_ports *ports,
			   const struct plugging *plugging, struct error *err)
{
	size_t count = network_ports_fds(ports);
	_cleanup_free_ int *fds = xcalloc(count + 1, sizeof *fds);
	bool ok;

	if (count == 0)
		return attach_opened(change, interface, ports, plugging, fds, err);
	if (!network_port_open(change->manager, change->machine.id, ports, fds, err))
		return false;
	ok = attach_opened(change, interface, ports, plugging, fds, err);
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
	if (!ok)
		(void)network_port_remove(change->manager, change->machine.id, ports->ports[0].name, NULL);
	return ok;
}

static bool attach_live(struct device_change *change, struct domain *next, struct error *err)
{
	struct interface *interface = newest(next);
	_cleanup_free_ char *names = strf("virtty-%s-", interface->device.alias);
	_cleanup_(plugging_clear) struct plugging plugging = { 0 };
	_cleanup_network_ports_ struct network_ports ports = { 0 };

	if (!interfaces_check_forwards(change->manager, change->machine.id, change->live, interface, 1, err) ||
	    !network_port_plan(change->manager, interface, &ports, NULL, err) ||
	    !network_ports_check(change->manager, change->machine.id, change->live, &ports, err))
		return false;
	ports.launch[0].fd_names = names;
	plugging.device = hotplug_interface(next, interface, &ports.launch[0], change->caps, err);
	return plugging.device && plugging_complete(change, next, &plugging, err) &&
	       attach_planned(change, interface, &ports, &plugging, err);
}

static bool run_attach(struct device_change *change, struct attachment *attachment, struct error *err)
{
	_cleanup_domain_ struct domain *next = NULL;

	if (change->live) {
		next = change_with_device(change, change->live, &attachment->text, err);
		if (!next)
			return false;
		attachment->settled = device_node_text(newest(next)->device.node);
	}
	if (!change_patch(change, patch_attach, attachment, err))
		return false;
	return change->live ? attach_live(change, next, err) : change_commit(change, NULL, NULL, NULL, err);
}

/* The model that a machine's other cards have. A q35 machine that runs has no slot for the conventional ones among them, so e1000e is
 * theirs there. */
static const char *fitting_model(const struct domain *domain)
{
	const char *model = domain->interface_count > 0 ? newest(domain)->model : NULL;

	if (!model)
		return "virtio";
	return domain_chipset(domain) == CHIPSET_Q35 && !text_equal(model, "virtio") ? "e1000e" : model;
}

/* A text that states no model gets one that fits: what a definition without one is settled to is libvirt's choice, and an old card. Owned; NULL with
 * err. */
static char *text_with_model(const struct device_change *change, const struct device_text *text, const struct interface *given, struct error *err)
{
	_cleanup_free_ char *clean = device_text_clean(text, err);
	_cleanup_xmldoc_ xmlDoc *doc = clean ? xml_parse(text->source, clean, strlen(clean), err) : NULL;

	if (!doc)
		return NULL;
	if (!given->model && given->type != INTERFACE_HOSTDEV && given->type != INTERFACE_VDPA)
		xml_set_attribute(xml_make_path(xmlDocGetRootElement(doc), "model"), "type",
				  fitting_model(change->live ? change->live : change->stored));
	return xml_format_node(xmlDocGetRootElement(doc));
}

static bool interface_attach(struct device_change *change, const struct device_text *text, struct error *err)
{
	struct interface *given = interface_parse(text, err);
	_cleanup_free_ char *clean = given ? text_with_model(change, text, given, err) : NULL;
	struct attachment attachment = { 0 };
	bool ok = false;

	if (clean) {
		attachment.text = (struct device_text){ text->source, clean, strlen(clean) };
		ok = run_attach(change, &attachment, err);
	}
	interface_free(given);
	free(attachment.settled);
	return ok;
}

/* ---- going ---- */

static struct domain *patch_detach(struct device_change *change, const struct domain *stored, void *userdata,
				   struct error *err)
{
	const struct interface *interface = find_interface_given(change, stored, userdata, err);
	struct domain *next = interface ? domain_without_device(stored, interface->device.node, err) : NULL;

	if (next && change_settle(change, next, err))
		return next;
	domain_free(next);
	return NULL;
}

/* What is behind a card in QEMU is not gone with it. Owned array. */
static struct json_object *netdev_removal(const char *alias)
{
	struct json_object *array = json_object_new_array(), *command = json_object_new_object();
	_cleanup_free_ char *id = strf("host%s", alias);

	json_set_string(command, "execute", "netdev_del");
	json_set(command, "arguments", id_argument(id));
	json_object_array_add(array, command);
	return array;
}

static bool detach_live(struct device_change *change, const struct interface *interface, int wait_ms, struct error *err)
{
	const char *alias = interface->device.alias;
	_cleanup_free_ char *what = strf("interface '%s'", alias), *port = network_port_name(interface);
	_cleanup_json_ struct json_object *opened = netdev_removal(alias);

	if (!hotplug_check_interface_removal(change->live, interface, err))
		return false;
	change_edit(change, EDIT_REMOVE, alias, NULL);
	if (!change_note(change, opened, NULL, err))
		return false;
	if (!change_unplug(change, alias, what, wait_ms, err)) {
		if (change_alive(change))
			change_forget(change);
		return false;
	}
	change_take_back(change, opened);
	/* the keeper has it in the history already */
	if (!network_port_remove(change->manager, change->machine.id, port, err) ||
	    !change_commit(change, NULL, NULL, NULL, err))
		return false;
	if (change_alive(change))
		change_forget(change);
	return true;
}

static bool interface_detach(struct device_change *change, const struct device_text *text, int wait_ms, struct error *err)
{
	struct interface *given = interface_parse(text, err), *interface = NULL;
	bool ok = given != NULL;

	if (ok && change->live) {
		interface = find_interface_given(change, change->live, given, err);
		ok = interface != NULL;
	}
	/* the stored one is the same card, however many there are */
	ok = ok && change_patch(change, patch_detach, interface && interface->mac ? interface : given, err);
	if (ok)
		ok = interface ? detach_live(change, interface, wait_ms, err) : change_commit(change, NULL, NULL, NULL, err);
	interface_free(given);
	return ok;
}

/* The guest let go of it while nobody waited. */
static void interface_lost(struct device_change *change, const xmlNode *node)
{
	_cleanup_free_ char *text = device_node_text(node);
	struct interface *interface = interface_parse(&(struct device_text){ "interface", text, strlen(text) }, NULL);

	if (!interface)
		return;
	_cleanup_free_ char *port = network_port_name(interface);
	_cleanup_json_ struct json_object *opened = netdev_removal(interface->device.alias ? interface->device.alias : "");

	change_take_back(change, opened);
	(void)network_port_remove(change->manager, change->machine.id, port, NULL);
	interface_free(interface);
}

const struct device_kind interface_kind = {
	.element = "interface",
	.attach = interface_attach,
	.detach = interface_detach,
	.update = interface_update,
	.lost = interface_lost,
};
