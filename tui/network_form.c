/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The form of a new network: the fields that count for its mode, and what that mode means for its guests. */
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/bridge.h"
#include "tui/network_actions.h"
#include "tui/screen_form.h"
#include "tui/storage_task.h"
#include "tui/subnet_text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	NEW_MODE, NEW_MEANS, NEW_NAME, NEW_BRIDGE, NEW_BRIDGE_NAME, NEW_DEVICE, NEW_DEVICE_NAME, NEW_VARIANT, NEW_SUBNET, NEW_DHCP,
	NEW_RANGE, NEW_SUBNET6, NEW_NAT6, NEW_DOMAIN, NEW_DNS,
	NEW_FORWARDER, NEW_START, NEW_AUTOSTART, NEW_TOTAL
};

static const struct form_row new_rows[NEW_TOTAL] = {
	[NEW_MODE] = { FIELD_CHOICE, 0, N_("Mode"), NULL, N_("How its guests get out. Left, Right or Space change it."), false },
	[NEW_MEANS] = { FIELD_NOTE, 0, N_("It means"), NULL, NULL, false },
	[NEW_NAME] = { FIELD_TEXT, 32, N_("Name"), NULL, N_("What virtty calls the network."), false },
	[NEW_BRIDGE] = { FIELD_CHOICE, 0, N_("Bridge"), NULL,
		N_("One that this host has. 'virtty bridge create' makes one of a network card."), false },
	[NEW_BRIDGE_NAME] = { FIELD_TEXT, 17, N_("Its name"), NULL, N_("The bridge has to be there when the network is started."), false },
	[NEW_DEVICE] = { FIELD_CHOICE, 0, N_("Device"), NULL, N_("The network card of this host that its guests leave by."), false },
	[NEW_DEVICE_NAME] = { FIELD_TEXT, 17, N_("Its name"), NULL, N_("The device has to be there when the network is started."), false },
	[NEW_VARIANT] = { FIELD_CHOICE, 0, N_("Guests"), NULL,
		N_("How those on the same card meet: at once, by a switch that sends back, not at all; or one guest has the card alone."), false },
	[NEW_SUBNET] = { FIELD_TEXT, 24, N_("IPv4 subnet"), NULL,
		N_("Its addresses, with a '/' and how many bits are common to all: 192.168.123.0/24. The first one is the host's. "
		   "'none': no IPv4."), false },
	[NEW_DHCP] = { FIELD_CHECK, 0, N_("DHCP"), NULL, N_("Hand out addresses to guests that ask."), false },
	[NEW_RANGE] = { FIELD_TEXT, 40, N_("DHCP range"), NULL,
		N_("The first and the last address that are handed out: 192.168.123.100 - 192.168.123.200."), false },
	[NEW_SUBNET6] = { FIELD_TEXT, 40, N_("IPv6 subnet"), NULL,
		N_("Such as fd00:123::/64: guests give themselves addresses in a /64. Left empty: no IPv6."), false },
	[NEW_NAT6] = { FIELD_CHECK, 0, N_("NAT for IPv6"), NULL,
		N_("Let guests leave with the host's address over IPv6 too; else others need a route to them."), false },
	[NEW_DOMAIN] = { FIELD_TEXT, 40, N_("Domain"), NULL,
		N_("What comes behind the names of its guests: lab.example. Left empty: nothing."), false },
	[NEW_DNS] = { FIELD_CHECK, 0, N_("Name server"), NULL,
		N_("Look up names for guests: their own, and those that the host can look up."), false },
	[NEW_FORWARDER] = { FIELD_TEXT, 40, N_("Asks"), NULL,
		N_("The address of the name server that is asked about all other names. Left empty: the host's own."), false },
	[NEW_START] = { FIELD_CHECK, 0, N_("Start it"), NULL, N_("Start it now."), false },
	[NEW_AUTOSTART] = { FIELD_CHECK, 0, N_("Autostart"), NULL, N_("Start it with the host, and whenever a machine needs it."), false },
};

#define AT(field) (1u << (field))
#define OF_OWN	  (AT(NEW_SUBNET) | AT(NEW_DHCP) | AT(NEW_RANGE) | AT(NEW_SUBNET6) | AT(NEW_DOMAIN) | AT(NEW_DNS) | AT(NEW_FORWARDER))
#define OF_DEVICE (AT(NEW_DEVICE) | AT(NEW_DEVICE_NAME))

/* The modes, and the fields that count for each. */
static const struct mode {
	const char *word, *means; /* N_() */
	const char *forward;	  /* libvirt's word; NULL: no <forward> */
	unsigned fields;
} modes[] = {
	{ N_("NAT"), N_("Guests reach what this host reaches, with the host's address. From outside they are reached by forwards alone."), "nat",
	  OF_OWN | OF_DEVICE | AT(NEW_NAT6) },
	{ N_("routed"), N_("Guests have addresses that others see: hosts outside need a route to them by way of this one."), "route",
	  OF_OWN | OF_DEVICE },
	{ N_("open"), N_("As routed, but without any firewall rule of virtty's: what may pass is yours to say."), "open", OF_OWN },
	{ N_("isolated"), N_("Guests reach each other and this host, and nothing else."), NULL, OF_OWN },
	{ N_("bridge of this host"), N_("Guests stand in the network of a bridge that is there already, as if plugged in beside this host; "
					"addresses come from there."), "bridge", AT(NEW_BRIDGE) | AT(NEW_BRIDGE_NAME) },
	{ N_("macvtap"),
	  N_("Guests stand in the network of a card of this host, without a bridge. They and this host cannot reach each other."), "bridge",
	  OF_DEVICE | AT(NEW_VARIANT) },
};
#define MODE_MACVTAP 5

/* How guests of one card meet; in the order of the choices. */
static const char *const variants[] = { "bridge", "vepa", "private", "passthrough" };

/* The form, while it is filled in. */
struct making {
	struct ui *ui;
	struct subnet_use *taken; /* owned */
	size_t taken_count;
	struct bridge_row *bridges; /* owned: that the host has, but for those of networks */
	size_t bridge_count;
	char **devices; /* owned: that guests could leave by */
	const struct mode *mode; /* as it was judged last */
};

static const struct mode *mode_of(const struct form *form)
{
	return &modes[form->fields[NEW_MODE].choice];
}

static const char *text_of(const struct form *form, size_t field)
{
	return line_text(&form->fields[field].line);
}

/* What is typed, or else what is proposed; "" when neither is. */
static const char *value_of(const struct form *form, size_t field)
{
	const char *typed = text_of(form, field);

	return *typed != '\0' || form->fields[field].proposal == NULL ? typed : form->fields[field].proposal;
}

/* The last choice is a name that is typed; the first of a device is none at all. */
static const char *bridge_of(const struct making *making, const struct form *form)
{
	size_t choice = form->fields[NEW_BRIDGE].choice;

	return choice < making->bridge_count ? making->bridges[choice].name : text_of(form, NEW_BRIDGE_NAME);
}

static const char *device_of(const struct making *making, const struct form *form)
{
	size_t choice = form->fields[NEW_DEVICE].choice;

	return choice == 0 ? "" : choice <= strv_length(making->devices) ? making->devices[choice - 1] : text_of(form, NEW_DEVICE_NAME);
}

/* ---- judging ---- */

static char *who_has(const struct making *making, const struct subnet *subnet)
{
	for (size_t i = 0; i < making->taken_count; i++) {
		if (!subnets_overlap(&making->taken[i].subnet, subnet))
			continue;
		struct subnet whole = { subnet_first(&making->taken[i].subnet), making->taken[i].subnet.prefix };
		_cleanup_free_ char *theirs = subnet_format(&whole);

		return making->taken[i].network != NULL ? strf(_("network '%s' has %s"), making->taken[i].network, theirs) :
							  strf(_("this host has an address in or a route to %s"), theirs);
	}
	return NULL;
}

static bool is_none(const char *text)
{
	return strcasecmp(text, _("none")) == 0 || strcasecmp(text, "none") == 0;
}

/* Says it of a field; of an empty one only that it is wrong. */
static void say(struct form *form, size_t field, char *wrong)
{
	bool empty = *text_of(form, field) == '\0';

	form_say(form, field, NULL, wrong != NULL ? FIELD_WRONG : FIELD_FINE, empty ? NULL : wrong);
	if (empty)
		free(wrong);
}

static char *wrong_name(const struct making *making, const char *name)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	if (!name_check(_("name"), name, &err))
		return xstrdup(error_text(&err));
	return network_model_find(making->ui->networks, name) < making->ui->networks->count ? strf(_("another network is named '%s'"), name) : NULL;
}

/* An interface's name, which the kernel would take. */
static char *wrong_interface(const char *name)
{
	if (*name == '\0')
		return xstrdup(_("it is needed"));
	if (strlen(name) > 15)
		return xstrdup(_("15 characters at most"));
	return strpbrk(name, " /:%\"'\\") != NULL ? xstrdup(_("no interface is named so")) : NULL;
}

static void judge_subnet(struct form *form, const struct making *making)
{
	const char *text = value_of(form, NEW_SUBNET);
	struct ip_address first, last;
	struct subnet subnet;
	bool none = is_none(text);
	char *wrong = none ? NULL : subnet_read(text, AF_INET, &subnet);
	bool known = !none && wrong == NULL;

	if (known)
		wrong = who_has(making, &subnet);
	if (none && mode_of(form)->forward != NULL && *text_of(form, NEW_SUBNET6) == '\0')
		wrong = xstrdup(_("it needs addresses of one kind at least"));
	say(form, NEW_SUBNET, wrong);
	form->fields[NEW_DHCP].hidden = none;
	form->fields[NEW_RANGE].hidden = none || !form->fields[NEW_DHCP].checked;
	form_propose(form, NEW_RANGE, known ? subnet_usual_range(&subnet) : NULL);
	if (form->fields[NEW_RANGE].hidden || !known)
		return;
	wrong = NULL;
	const struct ip_address own = subnet_own_address(&subnet);

	if (!range_read(value_of(form, NEW_RANGE), &first, &last))
		wrong = xstrdup(_("two addresses with '-' between"));
	else if (!subnet_has(&subnet, &first) || !subnet_has(&subnet, &last))
		wrong = xstrdup(_("it is not within the subnet"));
	else if (address_compare(&first, &last) > 0)
		wrong = xstrdup(_("the last comes before the first"));
	else if (address_compare(&first, &own) <= 0 && address_compare(&own, &last) <= 0)
		wrong = xstrdup(_("the host's own address is among them"));
	say(form, NEW_RANGE, wrong);
}

static void judge_subnet6(struct form *form, const struct making *making)
{
	const char *text = text_of(form, NEW_SUBNET6);
	struct subnet subnet = { 0 };
	char *wrong = *text != '\0' ? subnet_read(text, AF_INET6, &subnet) : NULL;

	form->fields[NEW_NAT6].hidden = form->fields[NEW_NAT6].hidden || *text == '\0';
	if (wrong == NULL && *text != '\0')
		wrong = who_has(making, &subnet);
	if (wrong == NULL && *text != '\0' && subnet.prefix != 64)
		form_say(form, NEW_SUBNET6, NULL, FIELD_DOUBTFUL, xstrdup(_("guests give themselves addresses in a /64 alone")));
	else
		say(form, NEW_SUBNET6, wrong);
}

static void judge_names(struct form *form)
{
	struct ip_address address;
	const char *forwarder = text_of(form, NEW_FORWARDER), *domain = text_of(form, NEW_DOMAIN);

	form->fields[NEW_FORWARDER].hidden = form->fields[NEW_FORWARDER].hidden || !form->fields[NEW_DNS].checked;
	say(form, NEW_DOMAIN, *domain != '\0' ? host_name_wrong(domain) : NULL);
	say(form, NEW_FORWARDER, *forwarder != '\0' && !address_parse(forwarder, &address) ? xstrdup(_("this is no address")) : NULL);
}

/* Macvtap needs a card, and where there is one it is proposed. */
static void judge_links(struct form *form, struct making *making)
{
	struct field *device = &form->fields[NEW_DEVICE];
	bool macvtap = mode_of(form) == &modes[MODE_MACVTAP];

	if (making->mode != mode_of(form) && macvtap && device->choice == 0)
		device->choice = 1;
	making->mode = mode_of(form);
	form_say(form, NEW_DEVICE, NULL, macvtap && device->choice == 0 ? FIELD_WRONG : FIELD_FINE,
		 macvtap && device->choice == 0 ? xstrdup(_("macvtap stands on one card")) : NULL);
	form->fields[NEW_BRIDGE_NAME].hidden |= form->fields[NEW_BRIDGE].choice < making->bridge_count;
	form->fields[NEW_DEVICE_NAME].hidden |= device->choice <= strv_length(making->devices);
	say(form, NEW_BRIDGE_NAME, wrong_interface(text_of(form, NEW_BRIDGE_NAME)));
	say(form, NEW_DEVICE_NAME, wrong_interface(text_of(form, NEW_DEVICE_NAME)));
}

static void judge_new(struct form *form, void *userdata)
{
	struct making *making = userdata;
	const struct mode *mode = mode_of(form);

	for (size_t i = NEW_BRIDGE; i <= NEW_FORWARDER; i++)
		form->fields[i].hidden = !(mode->fields & AT(i));
	form_say(form, NEW_MEANS, NULL, FIELD_FINE, xstrdup(_(mode->means)));
	say(form, NEW_NAME, wrong_name(making, text_of(form, NEW_NAME)));
	judge_links(form, making);
	if (mode->fields & AT(NEW_SUBNET)) {
		judge_subnet(form, making);
		judge_subnet6(form, making);
		judge_names(form);
	}
	/* where it cannot be done it is not asked for: the list of networks says why */
	form->fields[NEW_START].hidden = (mode->fields & AT(NEW_SUBNET)) && making->ui->networks->hindrance != NULL;
}

/* ---- the document ---- */

static xmlNode *add_ip(xmlNode *root, const struct subnet *subnet)
{
	struct ip_address own = subnet_own_address(subnet);
	xmlNode *ip = xml_add_child(root, "ip", NULL);
	_cleanup_free_ char *prefix = strf("%u", subnet->prefix);
	char address[ADDRESS_TEXT_SIZE];

	address_format(&own, address);
	if (own.family == AF_INET6)
		xml_set_attribute(ip, "family", "ipv6");
	xml_set_attribute(ip, "address", address);
	xml_set_attribute(ip, "prefix", prefix);
	return ip;
}

static void add_range(xmlNode *ip, const char *text)
{
	_cleanup_strv_ char **parts = strv_split(text, " -");
	xmlNode *range = xml_add_child(xml_add_child(ip, "dhcp", NULL), "range", NULL);

	xml_set_attribute(range, "start", parts[0]);
	xml_set_attribute(range, "end", parts[1]);
}

static void add_forward(xmlNode *root, const struct making *making, const struct form *form)
{
	const struct mode *mode = mode_of(form);
	const char *device = device_of(making, form);
	bool macvtap = mode == &modes[MODE_MACVTAP];

	if (mode->forward == NULL)
		return;
	xmlNode *forward = xml_add_child(root, "forward", NULL);

	xml_set_attribute(forward, "mode", macvtap ? variants[form->fields[NEW_VARIANT].choice] : mode->forward);
	if (!form->fields[NEW_NAT6].hidden && form->fields[NEW_NAT6].checked)
		xml_set_attribute(xml_add_child(forward, "nat", NULL), "ipv6", "yes");
	if (form->fields[NEW_DEVICE].hidden || *device == '\0')
		return;
	if (!macvtap)
		xml_set_attribute(forward, "dev", device);
	xml_set_attribute(xml_add_child(forward, "interface", NULL), "dev", device);
}

static void add_names(xmlNode *root, const struct form *form)
{
	const char *forwarder = text_of(form, NEW_FORWARDER);

	if (*text_of(form, NEW_DOMAIN) != '\0')
		xml_set_attribute(xml_add_child(root, "domain", NULL), "name", text_of(form, NEW_DOMAIN));
	if (!form->fields[NEW_DNS].checked)
		xml_set_attribute(xml_add_child(root, "dns", NULL), "enable", "no");
	else if (*forwarder != '\0')
		xml_set_attribute(xml_add_child(xml_add_child(root, "dns", NULL), "forwarder", NULL), "addr", forwarder);
}

/* Owned. */
static char *new_document(const struct making *making, const struct form *form)
{
	_cleanup_xmldoc_ xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root = xmlNewNode(NULL, BAD_CAST "network");
	struct subnet subnet;

	xmlDocSetRootElement(doc, root);
	xml_add_child(root, "name", text_of(form, NEW_NAME));
	add_forward(root, making, form);
	if (!form->fields[NEW_BRIDGE].hidden)
		xml_set_attribute(xml_add_child(root, "bridge", NULL), "name", bridge_of(making, form));
	if (form->fields[NEW_SUBNET].hidden)
		return xml_format(doc);
	add_names(root, form);
	if (!is_none(value_of(form, NEW_SUBNET))) {
		free(subnet_read(value_of(form, NEW_SUBNET), AF_INET, &subnet));
		xmlNode *ip = add_ip(root, &subnet);

		if (form->fields[NEW_DHCP].checked)
			add_range(ip, value_of(form, NEW_RANGE));
	}
	if (*text_of(form, NEW_SUBNET6) != '\0') {
		free(subnet_read(text_of(form, NEW_SUBNET6), AF_INET6, &subnet));
		add_ip(root, &subnet);
	}
	return xml_format(doc);
}

/* ---- making it ---- */

static const struct storage_words new_words = { N_("making"), N_("is there"), NULL, N_("cannot be made") };

static bool take_new(struct ui *ui, struct form *form, void *userdata)
{
	const char *name = text_of(form, NEW_NAME);
	struct storage_task *task = storage_task_new(ui, &new_words, name);
	_cleanup_free_ char *document = new_document(userdata, form);

	storage_task_add_network(task, strv_add(strv_add(NULL, "net-define"), "--file=-"), document, name);
	if (!form->fields[NEW_START].hidden && form->fields[NEW_START].checked)
		storage_task_add_network(task, network_command("net-start", name), NULL, name);
	if (form->fields[NEW_AUTOSTART].checked)
		storage_task_add_network(task, network_command("net-autostart", name), NULL, name);
	storage_task_undo(task, network_command("net-undefine", name));
	free(ui->networks->fresh);
	ui->networks->fresh = xstrdup(name);
	storage_task_run(task);
	return true;
}

/* A subnet that nobody has. Owned; NULL: there is none. */
static char *free_subnet(const struct making *making)
{
	_cleanup_free_ struct subnet *used = xcalloc(making->taken_count + 1, sizeof *used);
	struct subnet subnet;

	for (size_t i = 0; i < making->taken_count; i++)
		used[i] = making->taken[i].subnet;
	return subnet_find_free(used, making->taken_count, &subnet) ? subnet_format(&subnet) : NULL;
}

/* "br0 (eth0, vnet1)". Owned. */
static char *bridge_text(const struct bridge_row *bridge)
{
	_cleanup_strv_ char **ports = NULL;

	for (size_t i = 0; i < bridge->port_count; i++)
		ports = strv_add(ports, bridge->ports[i].name);
	_cleanup_free_ char *all = strv_join(ports, ", ");

	return ports != NULL ? strf("%s (%s)", bridge->name, all) : strf(_("%s (no ports)"), bridge->name);
}

static void fill_links(struct form *form, struct making *making)
{
	struct bridge_row *bridges = NULL;
	size_t count = 0;

	making->devices = bridge_candidates(NULL);
	if (!bridge_list(making->ui->manager, &bridges, &count, NULL))
		count = 0;
	for (size_t i = 0; i < count; i++) {
		/* a network's own bridge is that network's */
		if (bridges[i].network == NULL) {
			form->fields[NEW_BRIDGE].choices = strv_take(form->fields[NEW_BRIDGE].choices, bridge_text(&bridges[i]));
			*ARRAY_ADD(making->bridges, making->bridge_count) = bridges[i];
			bridges[i] = (struct bridge_row){ 0 };
		}
	}
	bridge_rows_free(bridges, count);
	form->fields[NEW_BRIDGE].choices = strv_add(form->fields[NEW_BRIDGE].choices, _("another"));
	form->fields[NEW_DEVICE].choices = strv_add(NULL, _("any"));
	for (size_t i = 0; making->devices != NULL && making->devices[i] != NULL; i++)
		form->fields[NEW_DEVICE].choices = strv_add(form->fields[NEW_DEVICE].choices, making->devices[i]);
	form->fields[NEW_DEVICE].choices = strv_add(form->fields[NEW_DEVICE].choices, _("another"));
}

static void fill_new(struct form *form, void *userdata)
{
	struct making *making = userdata;

	for (size_t i = 0; i < ARRAY_LENGTH(modes); i++)
		form->fields[NEW_MODE].choices = strv_add(form->fields[NEW_MODE].choices, _(modes[i].word));
	form->fields[NEW_VARIANT].choices =
		strv_add(strv_add(strv_add(strv_add(NULL, _("reach each other (bridge)")), _("by an external switch (vepa)")),
							      _("do not meet (private)")), _("one has the card alone (passthrough)"));
	fill_links(form, making);
	form_propose(form, NEW_SUBNET, free_subnet(making));
	form->fields[NEW_DHCP].checked = form->fields[NEW_DNS].checked = true;
	form->fields[NEW_START].checked = form->fields[NEW_AUTOSTART].checked = true;
}

static void making_free(void *userdata)
{
	struct making *making = userdata;

	subnet_uses_free(making->taken, making->taken_count);
	bridge_rows_free(making->bridges, making->bridge_count);
	strv_free(making->devices);
	free(making);
}

static const struct form_class new_class = { .rows = new_rows, .count = NEW_TOTAL, .judge = judge_new, .take = take_new, .free = making_free };

void network_new(struct ui *ui)
{
	struct making *making = xcalloc(1, sizeof *making);

	making->ui = ui;
	(void)network_subnets(ui->manager, &making->taken, &making->taken_count, NULL);
	ui_push(ui, form_screen(ui, _("virtty: new network"), &new_class, fill_new, making));
}
