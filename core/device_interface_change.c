/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changes of a network card that stays: its cable, what it is joined to, how fast it may be, what it may say. */
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/device_interface_internal.h"
#include "core/network_port.h"

#include <stdlib.h>
#include <string.h>

/* A change of one card, as the text of the card after it; of the running machine, and of the definition. */
struct card_change {
	const char *mac; /* which one */
	char *(*text)(const struct interface *now, bool live, void *userdata, struct error *err);
	void *userdata;
};

/* The document with the card as it will be, settled. Owned. */
static struct domain *with_change(struct device_change *change, const struct domain *domain,
				  const struct card_change *card, bool live, struct error *err)
{
	const struct interface *now = find_interface(change, domain, card->mac, err);
	_cleanup_free_ char *text = now ? card->text(now, live, card->userdata, err) : NULL;
	_cleanup_domain_ struct domain *next = NULL;

	if (!text)
		return NULL;
	next = domain_with_device_for(domain, now->device.node,
				      &(struct device_text){ "interface", text, strlen(text) }, err);
	return next && change_settle(change, next, err) ? TAKE_POINTER(next) : NULL;
}

static struct domain *patch_card(struct device_change *change, const struct domain *stored, void *userdata,
				 struct error *err)
{
	return with_change(change, stored, userdata, false, err);
}

/* ---- the running machine ---- */

static bool same_limit(const struct bandwidth_limit *a, const struct bandwidth_limit *b)
{
	return a->average.value == b->average.value && a->peak.value == b->peak.value && a->burst.value == b->burst.value;
}

static bool same_source(const struct interface *a, const struct interface *b)
{
	return a->type == b->type && text_equal(a->source, b->source) && text_equal(a->mode, b->mode);
}

static bool same_filter(const struct interface *a, const struct interface *b)
{
	if (!text_equal(a->filter, b->filter) || a->parameter_count != b->parameter_count)
		return false;
	for (size_t i = 0; i < a->parameter_count; i++)
		if (!text_equal(a->parameters[i].name, b->parameters[i].name) ||
		    !text_equal(a->parameters[i].value, b->parameters[i].value))
			return false;
	return true;
}

/* Is there something to be done on the host? */
static bool differs_outside(const struct interface *a, const struct interface *b)
{
	return !same_source(a, b) || !same_filter(a, b) || !same_limit(&a->inbound, &b->inbound) ||
	       !same_limit(&a->outbound, &b->outbound) || a->port_isolated != b->port_isolated;
}

static bool joins_bridge(const struct interface *interface)
{
	return interface->type == INTERFACE_NETWORK || interface->type == INTERFACE_BRIDGE;
}

static bool check_outside(const struct interface *now, const struct interface *next, struct error *err)
{
	if (!now->target) {
		error_set(err, ERROR_UNSUPPORTED, "interface '%s': a card of type '%s' has no end on the host that could be changed",
			  now->device.alias, enum_word(&interface_type_words, (int)now->type));
		return error_hint(err, "its link can be; --config changes the stored definition, for the next start");
	}
	if (same_source(now, next) || (joins_bridge(now) && joins_bridge(next)))
		return true;
	error_set(err, ERROR_UNSUPPORTED, "interface '%s': a running machine cannot change what a card of type '%s' is joined to",
		  now->device.alias, enum_word(&interface_type_words, (int)now->type));
	return error_hint(err, "one of type 'network' or 'bridge' can be moved to another bridge; or use --config");
}

/* The commands that change the link; an empty array where it stays. Owned. */
static struct json_object *link_commands(const struct interface *now, const struct interface *next)
{
	struct json_object *array = json_object_new_array(), *command, *arguments;

	if ((now->link == TRI_NO) == (next->link == TRI_NO))
		return array;
	command = json_object_new_object();
	arguments = json_object_new_object();
	json_set_string(arguments, "name", now->device.alias);
	json_set_bool(arguments, "up", next->link != TRI_NO);
	json_set_string(command, "execute", "set_link");
	json_set(command, "arguments", arguments);
	json_object_array_add(array, command);
	return array;
}

/* QEMU's part, and the documents. */
static bool change_card(struct device_change *change, const struct interface *now, const struct interface *next,
			struct error *err)
{
	_cleanup_json_ struct json_object *commands = link_commands(now, next);
	_cleanup_free_ char *words = interface_words(next), *xml = device_node_text(next->device.node);

	change_edit(change, EDIT_REPLACE, now->device.alias, xml);
	if (!change_note(change, NULL, commands, err))
		return false;
	if (!change_run(change, commands, err)) {
		/* what QEMU refuses is not to be said again */
		if (change_alive(change))
			change_forget(change);
		return false;
	}
	if (!change_commit(change, "tunable", now->device.alias, words, err))
		return false;
	change_forget(change);
	return true;
}

static bool change_live_card(struct device_change *change, const struct card_change *card, struct error *err)
{
	_cleanup_domain_ struct domain *document = with_change(change, change->live, card, true, err);
	struct interface *now = domain_find_interface(change->live, card->mac), *next;
	bool outside;

	if (!document)
		return false;
	next = domain_find_interface(document, card->mac);
	outside = differs_outside(now, next);
	if (outside && !check_outside(now, next, err))
		return false;
	if (!same_source(now, next) && !network_port_check_move(change->manager, change->machine.id, change->live, next, err))
		return false;
	if ((!outside || network_port_change(change->manager, change->machine.id, now, next, err)) && change_card(change, now, next, err))
		return true;
	if (outside)
		(void)network_port_change(change->manager, change->machine.id, next, now, NULL);
	return false;
}

static bool run_card(struct device_change *change, struct card_change *card, struct error *err)
{
	return change_patch(change, patch_card, card, err) &&
	       (change->live ? change_live_card(change, card, err) : change_commit(change, NULL, NULL, NULL, err));
}

/* ---- by its XML ---- */

struct update {
	const struct device_text *text;
	const struct interface *given;
};

static char *updated_text(const struct interface *now, bool live, void *userdata, struct error *err)
{
	const struct update *update = userdata;
	_cleanup_free_ char *difference = live ? interface_difference(now, update->given) : NULL;

	if (!live)
		return interface_text_placed(now, update->text, err);
	if (!difference)
		return interface_text_changed(now, update->text, err);
	error_set(err, ERROR_UNSUPPORTED, "interface '%s': a running machine cannot change its %s", now->device.alias,
		  difference);
	error_hint(err, "its link, bridge or network, bandwidth and filter can be changed, and its ports by 'virtty forward'; "
			"--config changes the stored definition");
	return NULL;
}

bool interface_update(struct device_change *change, const struct device_text *text, struct error *err)
{
	struct interface *given = interface_parse(text, err);
	const struct interface *now =
		given ? find_interface_given(change, change->live ? change->live : change->stored, given, err) : NULL;
	_cleanup_free_ char *mac = now ? xstrdup_null(now->mac) : NULL;
	struct update update = { text, given };
	struct card_change card = { mac, updated_text, &update };
	bool ok = now && run_card(change, &card, err);

	interface_free(given);
	return ok;
}

/* ---- one thing of it ---- */

char *find_mac(struct device_change *change, const char *key, struct error *err)
{
	const struct domain *domain = change->live ? change->live : change->stored;
	const struct interface *interface = domain_find_interface(domain, key);
	_cleanup_domain_ struct domain *live = NULL;

	if (!interface && !change->live && machine_is_active(&change->machine)) {
		live = domain_load(change->manager, &change->machine, true, NULL);
		interface = live ? domain_find_interface(live, key) : NULL;
	}
	if (!interface)
		interface = find_interface(change, domain, key, err);
	return interface ? xstrdup_null(interface->mac) : NULL;
}

static bool change_one(struct manager *manager, const struct machine *machine, const char *key, unsigned flags,
		       struct card_change *card, struct error *err)
{
	struct device_change change = { .fd = -1, .events = -1 };
	_cleanup_free_ char *mac = change_begin(&change, manager, machine, flags, err) ? find_mac(&change, key, err) : NULL;
	bool ok;

	card->mac = mac;
	ok = mac && run_card(&change, card, err);
	change_end(&change);
	return ok;
}

static char *linked_text(const struct interface *now, bool live, void *userdata, struct error *err)
{
	(void)live;
	return interface_text_link(now, *(const bool *)userdata, err);
}

bool domain_set_link(struct manager *manager, const struct machine *machine, const char *interface, bool up,
		     unsigned flags, struct error *err)
{
	struct card_change card = { NULL, linked_text, &up };

	return change_one(manager, machine, interface, flags, &card, err);
}

struct limits {
	const struct interface_limit *inbound, *outbound;
};

static char *limited_text(const struct interface *now, bool live, void *userdata, struct error *err)
{
	const struct limits *limits = userdata;

	(void)live;
	if (now->type != INTERFACE_USER)
		return interface_text_limits(now, limits->inbound, limits->outbound, err);
	error_set(err, ERROR_UNSUPPORTED, "interface '%s': user networking has no limits", now->device.alias);
	error_hint(err, "a card of type 'network' or 'bridge' has");
	return NULL;
}

bool domain_set_bandwidth(struct manager *manager, const struct machine *machine, const char *interface,
			  const struct interface_limit *inbound, const struct interface_limit *outbound, unsigned flags,
			  struct error *err)
{
	struct limits limits = { inbound, outbound };
	struct card_change card = { NULL, limited_text, &limits };

	return change_one(manager, machine, interface, flags, &card, err);
}
