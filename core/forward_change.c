/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port forwards added and deleted: in the definition, and of the running machine by QEMU's monitor or by the firewall. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/device_interface_internal.h"
#include "core/forward_internal.h"
#include "core/network_forward.h"
#include "hv/port_forwarding.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct work {
	struct device_change change;
	const struct forward *forward;
	struct port_run run;
	bool add;
	bool lenient; /* where it is as it is to be already, nothing is done */
	char *mac;    /* owned: of the card */
	char ***notes;
};

/* ---- which card ---- */

static bool is_passt(const struct interface *interface)
{
	return interface_uses_passt(interface);
}

/* One on a network that cannot be found is refused later, by name. */
static bool can_forward(struct manager *manager, const struct interface *interface)
{
	_cleanup_network_row_ struct network_row row = { 0 };

	if (interface->type == INTERFACE_USER)
		return true;
	if (interface->type != INTERFACE_NETWORK)
		return false;
	return !network_find(manager, interface->source, &row, NULL) || network_has_own_bridge(&(struct network){ .forward = row.mode });
}

static char *first_card(struct device_change *change, const struct domain *domain, struct error *err)
{
	for (size_t i = 0; i < domain->interface_count; i++)
		if (can_forward(change->manager, &domain->interfaces[i]))
			return xstrdup_null(domain->interfaces[i].mac);
	error_set(err, ERROR_UNSUPPORTED, "'%s' has no network card that a port could lead to", change->machine.name);
	error_hint(err, "one of type 'user' could, and one on a network that virtty makes: 'virtty attach-interface %s network default%s'",
		   change->machine.name, change->live ? "" : " --config");
	return NULL;
}

static bool has(const struct interface *interface, const struct forward *forward)
{
	size_t count;
	struct forward *forwards = interface_forwards(interface, &count);
	bool found = false;

	for (size_t i = 0; i < count; i++)
		found = found || forward_equal(&forwards[i], forward);
	forwards_free(forwards, count);
	return found;
}

static const struct interface *card_with(const struct domain *domain, const struct forward *forward)
{
	for (size_t i = 0; domain && i < domain->interface_count; i++)
		if (has(&domain->interfaces[i], forward))
			return &domain->interfaces[i];
	return NULL;
}

static bool fail_missing(struct work *work, struct error *err)
{
	const struct domain *domain = work->change.live ? work->change.live : work->change.stored;
	_cleanup_free_ char *text = forward_text(work->forward), *meeting = domain_forward_meeting(domain, work->forward);

	error_set(err, ERROR_NOT_FOUND, "'%s' has no forward %s %s%s", work->change.machine.name, work->forward->proto, text,
		  work->change.live || !machine_is_active(&work->change.machine) ? "" : " in its stored definition");
	if (meeting)
		return error_hint(err, "it has %s, and a part of a range cannot be taken out", meeting);
	return error_hint(err, "'virtty forward %s list' shows those it has", work->change.machine.name);
}

/* The card is known by its MAC, which is the same in both documents. */
static bool find_card(struct work *work, const char *key, struct error *err)
{
	struct device_change *change = &work->change;
	const struct interface *found = NULL;

	if (work->add && key)
		work->mac = find_mac(change, key, err);
	else if (work->add)
		work->mac = first_card(change, change->live ? change->live : change->stored, err);
	if (work->add)
		return work->mac != NULL;
	found = card_with(change->live, work->forward);
	if (!found)
		found = card_with(change->stored, work->forward);
	work->mac = found ? xstrdup_null(found->mac) : NULL;
	return found || fail_missing(work, err);
}

/* ---- which documents ---- */

static const struct interface *card_of(const struct work *work, const struct domain *domain)
{
	return domain ? domain_find_interface(domain, work->mac) : NULL;
}

static void drop(struct domain **domain)
{
	domain_free(TAKE_POINTER(*domain));
}

/* passt has no way to be told while it runs. */
static bool leave_passt(struct work *work, struct error *err)
{
	struct device_change *change = &work->change;
	const struct interface *card = card_of(work, change->live);

	if (!card || !is_passt(card))
		return true;
	if (!change->stored) {
		error_set(err, ERROR_UNSUPPORTED, "interface '%s': the ports of passt cannot change while it runs", card->device.alias);
		return error_hint(err, "--config changes the stored definition, for the next start");
	}
	drop(&change->live);
	if (work->notes)
		*work->notes = strv_addf(*work->notes, "takes effect at the next start of '%s': the ports of passt cannot change while it runs",
					 change->machine.name);
	return true;
}

static bool fail_there(struct work *work, struct error *err)
{
	_cleanup_free_ char *text = forward_text(work->forward);

	return error_set(err, ERROR_EXISTS, "'%s' has the forward %s %s already", work->change.machine.name, work->forward->proto, text);
}

/* Is there nothing to be done in a document? It may not even have the card. */
static bool is_done(const struct work *work, const struct domain *domain)
{
	const struct interface *card = card_of(work, domain);

	return !card || has(card, work->forward) == work->add;
}

/* By name, each document has to be changed. */
static bool check_named(struct work *work, const struct domain *domain, struct error *err)
{
	if (!domain)
		return true;
	if (!find_interface(&work->change, domain, work->mac, err))
		return false;
	return !is_done(work, domain) || (work->add ? fail_there(work, err) : fail_missing(work, err));
}

/* Leniently, what is as it is to be is left, unless that is all. */
static bool choose_documents(struct work *work, struct error *err)
{
	struct device_change *change = &work->change;
	bool live = change->live && !is_done(work, change->live), stored = change->stored && !is_done(work, change->stored);

	if (!work->lenient)
		return check_named(work, change->live, err) && check_named(work, change->stored, err);
	if (!live && !stored)
		return work->add ? fail_there(work, err) : fail_missing(work, err);
	if (work->add && work->notes && change->stored && !card_of(work, change->stored))
		*work->notes = strv_addf(*work->notes, "only as long as '%s' runs: its stored definition has no such card", change->machine.name);
	if (!live)
		drop(&change->live);
	if (!stored)
		drop(&change->stored);
	return true;
}

static bool check_card(struct work *work, const struct interface *card, struct error *err)
{
	if (!card)
		return true;
	if (!can_forward(work->change.manager, card)) {
		error_set(err, ERROR_UNSUPPORTED, "interface '%s': no port is forwarded to a card of type '%s'%s%s%s", card->device.alias,
			  enum_word(&interface_type_words, (int)card->type), card->type == INTERFACE_NETWORK ? " on network '" : "",
			  card->type == INTERFACE_NETWORK ? card->source : "", card->type == INTERFACE_NETWORK ? "'" : "");
		return error_hint(err, "the guest has an address of its own there: no port has to lead to it");
	}
	if (card->type != INTERFACE_USER || is_passt(card) || !work->forward->address || !strchr(work->forward->address, ':'))
		return true;
	error_set(err, ERROR_UNSUPPORTED, "interface '%s': QEMU's user networking forwards no IPv6", card->device.alias);
	return error_hint(err, "<backend type='passt'/> does, and so does a card of type 'network'");
}

/* Nobody else wants the port: of this machine, of others, of the host's programs. */
static bool check_free(struct work *work, struct error *err)
{
	const struct domain *documents[] = { work->change.live, work->change.stored };

	for (size_t i = 0; i < ARRAY_LENGTH(documents); i++) {
		_cleanup_free_ char *meeting = documents[i] ? domain_forward_meeting(documents[i], work->forward) : NULL;
		_cleanup_free_ char *text = forward_text(work->forward);

		if (meeting)
			return error_set(err, ERROR_EXISTS, "%s %s: the port leads to '%s' itself already (%s)", work->forward->proto, text,
					 work->change.machine.name, meeting);
	}
	return forward_check_free(work->change.manager, work->change.machine.id, work->forward, err);
}

/* ---- documents ---- */

static char *changed_text(const struct work *work, const struct interface *now, struct error *err)
{
	_cleanup_free_ char *text = device_node_text(now->device.node);
	_cleanup_xmldoc_ xmlDoc *doc = xml_parse("interface", text, strlen(text), err);
	const struct forward *forward = work->forward;

	if (!doc)
		return NULL;
	if (work->add) {
		port_forwarding_add(xmlDocGetRootElement(doc), forward->proto, forward->address, &work->run);
	} else if (!port_forwarding_remove(xmlDocGetRootElement(doc), forward->proto, forward->address, &work->run)) {
		error_set(err, ERROR_UNSUPPORTED, "the forward is what is left of a range with exceptions");
		error_hint(err, "'virtty edit %s' changes the range", work->change.machine.name);
		return NULL;
	}
	return xml_format_node(xmlDocGetRootElement(doc));
}

static struct domain *changed_document(struct device_change *change, const struct domain *domain, void *userdata, struct error *err)
{
	const struct work *work = userdata;
	const struct interface *now = find_interface(change, domain, work->mac, err);
	_cleanup_free_ char *text = now ? changed_text(work, now, err) : NULL;
	_cleanup_domain_ struct domain *next = NULL;

	if (!text)
		return NULL;
	next = domain_with_device_for(domain, now->device.node, &(struct device_text){ "interface", text, strlen(text) }, err);
	return next && change_settle(change, next, err) ? TAKE_POINTER(next) : NULL;
}

/* Not this host's: nothing is refused for it, since it may come. */
static void warn_address(struct work *work)
{
	const char *text = work->forward->address;
	struct ip_address address;
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };

	if (!work->notes || !text || !address_parse(text, &address))
		return;
	bool is_v6 = address.family == AF_INET6;
	_cleanup_close_ int fd = socket(address.family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(is_v6 ? (void *)&v6.sin6_addr : (void *)&v4.sin_addr, address.bytes, is_v6 ? sizeof v6.sin6_addr : sizeof v4.sin_addr);
	if (fd >= 0 && bind(fd, is_v6 ? (void *)&v6 : (void *)&v4, is_v6 ? sizeof v6 : sizeof v4) < 0 && errno == EADDRNOTAVAIL)
		*work->notes = strv_addf(*work->notes, "%s is no address of this host now: nothing arrives there until it is", text);
}

/* Only what was there is taken away by a deletion: nothing has to be planned for it. */
static bool plan(struct work *work, const struct interface *card, struct error *err)
{
	_cleanup_network_row_ struct network_row row = { 0 };

	if (!work->add || card->type != INTERFACE_NETWORK)
		return true;
	warn_address(work);
	if (!network_find(work->change.manager, card->source, &row, err))
		return false;
	if (work->change.live && !row.active) {
		error_set(err, ERROR_STATE, "network '%s' is not active", row.name);
		return error_hint(err, "'virtty net-start %s' starts it; --config changes the stored definition alone", row.name);
	}
	return network_forward_plan(work->change.manager, &row, card, work->notes, err);
}

/* ---- the running machine ---- */

static bool carry_out(struct work *work, const struct interface *now, const struct interface *next, bool add, struct error *err)
{
	struct device_change *change = &work->change;

	if (next->type == INTERFACE_USER)
		return forward_user_change(change, now, work->forward, 1, add, err);
	return network_forward_put(change->manager, change->machine.id, now->target, next, err);
}

static bool change_live(struct work *work, struct error *err)
{
	struct device_change *change = &work->change;
	_cleanup_domain_ struct domain *document = changed_document(change, change->live, work, err);
	const struct interface *now = card_of(work, change->live), *next = card_of(work, document);
	_cleanup_free_ char *xml = NULL, *words = NULL, *text = forward_text(work->forward);

	if (!next || !plan(work, next, err))
		return false;
	/* what is noted says where to look; nothing of it is in the document before it is done */
	change->forwards = true;
	if (!change_note(change, NULL, NULL, err))
		return false;
	if (!carry_out(work, now, next, work->add, err)) {
		if (change_alive(change))
			change_forget(change);
		return false;
	}
	xml = device_node_text(next->device.node);
	words = strf("%s %s %s", work->add ? "forwards" : "does not forward", work->forward->proto, text);
	change_edit(change, EDIT_REPLACE, now->device.alias, xml);
	if (!change_commit(change, "tunable", now->device.alias, words, err)) {
		(void)carry_out(work, now, now, !work->add, NULL);
		return false;
	}
	change_forget(change);
	return true;
}

static bool run(struct work *work, const char *key, struct error *err)
{
	struct device_change *change = &work->change;

	if (!find_card(work, key, err) || !leave_passt(work, err) || !choose_documents(work, err) ||
	    !check_card(work, card_of(work, change->live), err) || !check_card(work, card_of(work, change->stored), err) ||
	    (work->add && !check_free(work, err)) || !change_patch(change, changed_document, work, err))
		return false;
	if (change->live)
		return change_live(work, err);
	return plan(work, card_of(work, change->new_stored), err) && change_commit(change, NULL, NULL, NULL, err);
}

/* The last port of a card takes along the address that virtty had its network keep for it, and so does one that could not be had. */
static void give_back(struct work *work)
{
	struct device_change *change = &work->change;
	_cleanup_domain_ struct domain *live = domain_load(change->manager, &change->machine, true, NULL),
				       *stored = domain_load(change->manager, &change->machine, false, NULL);
	const struct interface *cards[] = { card_of(work, live), card_of(work, stored) };

	for (size_t i = 0; i < ARRAY_LENGTH(cards); i++)
		if (cards[i] && cards[i]->forwarding_count > 0)
			return;
	for (size_t i = 0; i < ARRAY_LENGTH(cards); i++)
		if (cards[i] && cards[i]->type == INTERFACE_NETWORK)
			network_unreserve(change->manager, cards[i]->source, change->machine.name, work->mac, work->notes);
}

static bool begin_and_run(struct manager *manager, const struct machine *machine, const char *key, struct work *work, unsigned flags,
			  struct error *err)
{
	const struct forward *forward = work->forward;
	bool ok;

	work->run = (struct port_run){ forward->host_port, forward->guest_port, forward->count };
	work->lenient = flags == 0 || (flags & CHANGE_PERSISTENT);
	if (flags == 0)
		flags = machine->persistent ? CHANGE_PERSISTENT : CHANGE_LIVE;
	ok = change_begin(&work->change, manager, machine, flags, err) && run(work, key, err);
	if (work->mac && work->add != ok)
		give_back(work);
	free(work->mac);
	change_end(&work->change);
	return ok;
}

bool domain_forward_add(struct manager *manager, const struct machine *machine, const char *card, const struct forward *forward,
			unsigned flags, char ***notes, struct error *err)
{
	struct work work = { .change = { .fd = -1, .events = -1 }, .forward = forward, .add = true, .notes = notes };

	return begin_and_run(manager, machine, card, &work, flags, err);
}

bool domain_forward_delete(struct manager *manager, const struct machine *machine, const struct forward *forward, unsigned flags,
			   char ***notes, struct error *err)
{
	struct work work = { .change = { .fd = -1, .events = -1 }, .forward = forward, .notes = notes };

	return begin_and_run(manager, machine, NULL, &work, flags, err);
}

/* ---- after a change that was killed ---- */

bool domain_forwards_follow(struct device_change *change, const struct domain *live, struct error *err)
{
	for (size_t i = 0; i < live->interface_count; i++) {
		const struct interface *interface = &live->interfaces[i];

		if (interface->type == INTERFACE_USER && !is_passt(interface) && !forward_user_follow(change, interface, err))
			return false;
		/* a network that is not there now gets them back when it starts */
		if (interface->type == INTERFACE_NETWORK && interface->target)
			(void)network_forward_renew(change->manager, change->machine.id, interface->target, interface, NULL);
	}
	return true;
}
