/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forms of what lies in a network: an address that is reserved, a name. */
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/uuid.h"
#include "tui/network_actions.h"
#include "tui/screen_form.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define HOST_NAME_MOST 253

/* What a form is about. */
struct subject {
	struct ui *ui;
	char *name;		 /* owned: of the network */
	struct network *network; /* owned: as it runs, else as it is defined */
	struct network_entry before; /* owned: what is changed */
	bool is_new;		 /* there is nothing before */
};

static char *line(const struct form *form, size_t field)
{
	const char *text = line_text(&form->fields[field].line);

	return *text != '\0' ? xstrdup(text) : NULL;
}

static void subject_free(void *userdata)
{
	struct subject *subject = userdata;

	network_free(subject->network);
	network_entry_clear(&subject->before);
	free(subject->name);
	free(subject);
}

static struct subject *subject_new(struct ui *ui, const struct network_row *row, const struct network_entry *entry)
{
	struct subject *subject = xcalloc(1, sizeof *subject);

	subject->ui = ui;
	subject->name = xstrdup(row->name);
	subject->network = network_load(ui->manager, row, row->active, NULL);
	subject->is_new = entry == NULL || entry->kind == ENTRY_LEASE;
	if (entry != NULL)
		network_entry_copy(&subject->before, entry);
	return subject;
}

/* Says it of a field; of an empty one only that it is wrong. */
static void say(struct form *form, size_t field, char *note, char *wrong)
{
	bool empty = *line_text(&form->fields[field].line) == '\0';

	form_say(form, field, note, wrong != NULL ? FIELD_WRONG : FIELD_FINE, empty ? NULL : wrong);
	if (empty)
		free(wrong);
}

static void change(struct subject *subject, const struct network_entry *after)
{
	const struct network_model *model = subject->ui->networks;
	size_t at = network_model_find(model, subject->name);

	if (at < model->count)
		entry_change(subject->ui, &model->rows[at], subject->is_new ? NULL : &subject->before, after);
	else
		ui_status(subject->ui, STYLE_ERROR, _("network '%s' is no more"), subject->name);
}

char *host_name_wrong(const char *name)
{
	size_t label = 0;

	if (strlen(name) > HOST_NAME_MOST)
		return strf(_("%d characters at most"), HOST_NAME_MOST);
	for (const char *p = name; *p != '\0'; p++) {
		label = *p == '.' ? 0 : label + 1;
		if (!isalnum((unsigned char)*p) && strchr("-_.", *p) == NULL)
			return xstrdup(_("letters, digits, '-', '_' and '.' make a host's name"));
		if ((*p == '.' && (p == name || p[-1] == '.')) || label > 63)
			return xstrdup(_("between its dots are 1 to 63 characters"));
	}
	return NULL;
}

/* ---- an address that is reserved ---- */

enum { HOST_MAC, HOST_ID, HOST_ADDRESS, HOST_NAME, HOST_TOTAL };

static const struct form_row host_rows[HOST_TOTAL] = {
	[HOST_MAC] = { FIELD_TEXT, 18, N_("MAC"), NULL,
		N_("The address of the machine's card: 52:54:00:12:34:56. Its details show it, and so does 'virtty domiflist'."), false },
	[HOST_ID] = { FIELD_TEXT, 0, N_("DUID"), NULL,
		N_("Over IPv6 a guest is known by its DUID: pairs of hexadecimal digits with ':' between. A lease shows it."), false },
	[HOST_ADDRESS] = { FIELD_TEXT, 40, N_("Address"), NULL,
		N_("The address that it always gets: of this network, whether in its DHCP range or not."), false },
	[HOST_NAME] = { FIELD_TEXT, 40, N_("Host name"), NULL,
		N_("What the network's name server calls it, and what the guest is told. Left empty: what it says itself."), false },
};

/* The one of the network's addresses in whose subnet this is; NULL: none. */
static const struct network_ip *ip_of(const struct network *network, const struct ip_address *address)
{
	for (size_t i = 0; i < network->ip_count; i++) {
		struct subnet subnet;

		if (network_ip_subnet(&network->ips[i], &subnet, NULL) && subnet_has(&subnet, address))
			return &network->ips[i];
	}
	return NULL;
}

/* Is it the reservation that is being changed? */
static bool is_own(const struct subject *subject, const struct dhcp_host *host)
{
	return !subject->is_new && text_equal(subject->before.mac, host->mac) && text_equal(subject->before.id, host->id) &&
	       text_equal(subject->before.address, host->ip);
}

/* Another reservation that has this too; NULL: none. */
static const struct dhcp_host *taken_by(const struct subject *subject, const char *mac, const char *address)
{
	for (size_t i = 0; i < subject->network->ip_count; i++)
		for (size_t j = 0; j < subject->network->ips[i].host_count; j++) {
			const struct dhcp_host *host = &subject->network->ips[i].hosts[j];

			if (!is_own(subject, host) && ((mac != NULL && host->mac != NULL && strcasecmp(host->mac, mac) == 0) ||
						       (address != NULL && text_equal(host->ip, address))))
				return host;
		}
	return NULL;
}

static char *subnets_text(const struct network *network)
{
	_cleanup_strv_ char **texts = NULL;

	for (size_t i = 0; i < network->ip_count; i++) {
		struct subnet subnet;

		if (network_ip_subnet(&network->ips[i], &subnet, NULL))
			texts = strv_take(texts, subnet_format(&subnet));
	}
	return strv_join(texts, ", ");
}

/* *ret_family: of the address; AF_INET where it is none yet. */
static char *wrong_address(const struct subject *subject, const char *text, int *ret_family)
{
	char canonical[ADDRESS_TEXT_SIZE];
	struct ip_address address;

	*ret_family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
	if (*text == '\0')
		return xstrdup(_("an address is needed"));
	if (!address_parse(text, &address))
		return xstrdup(_("this is no address"));
	*ret_family = address.family;
	const struct network_ip *ip = ip_of(subject->network, &address);

	if (ip == NULL) {
		_cleanup_free_ char *subnets = subnets_text(subject->network);

		return strf(_("the network has %s"), subnets);
	}
	address_format(&address, canonical);
	if (text_equal(ip->address, canonical))
		return xstrdup(_("this is the host's own address on the network"));
	const struct dhcp_host *other = taken_by(subject, NULL, canonical);

	if (other != NULL)
		return strf(_("it is reserved for %s already"), other->mac != NULL ? other->mac : other->name != NULL ? other->name : other->id);
	return NULL;
}

static char *wrong_mac(const struct subject *subject, const char *text)
{
	char mac[MAC_TEXT_SIZE];

	if (*text == '\0')
		return xstrdup(_("a MAC is needed"));
	if (!mac_parse(text, mac))
		return xstrdup(_("this is no address of one card: 52:54:00:12:34:56"));
	const struct dhcp_host *other = taken_by(subject, mac, NULL);

	return other != NULL ? strf(_("it has %s reserved already"), other->ip != NULL ? other->ip : "?") : NULL;
}

static char *wrong_id(const char *text)
{
	size_t digits = 0;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == ':' ? digits == 0 : !isxdigit((unsigned char)*p) || ++digits > 2)
			return xstrdup(_("pairs of hexadecimal digits with ':' between"));
		digits = *p == ':' ? 0 : digits;
	}
	return digits == 0 ? xstrdup(_("a DUID is needed")) : NULL;
}

static void judge_host(struct form *form, void *userdata)
{
	const struct subject *subject = userdata;
	_cleanup_free_ char *mac = line(form, HOST_MAC), *id = line(form, HOST_ID), *address = line(form, HOST_ADDRESS),
		*name = line(form, HOST_NAME);
	const char *machine = network_machine_of(subject->ui->networks, mac);
	int family;

	say(form, HOST_ADDRESS, NULL, wrong_address(subject, address != NULL ? address : "", &family));
	form->fields[HOST_MAC].hidden = family == AF_INET6;
	form->fields[HOST_ID].hidden = family != AF_INET6;
	say(form, HOST_MAC, machine != NULL ? strf(_("machine %s"), machine) : NULL, wrong_mac(subject, mac != NULL ? mac : ""));
	say(form, HOST_ID, NULL, wrong_id(id != NULL ? id : ""));
	say(form, HOST_NAME, NULL, name != NULL ? host_name_wrong(name) : NULL);
}

static bool take_host(struct ui *ui, struct form *form, void *userdata)
{
	struct network_entry after = { .kind = ENTRY_RESERVED };
	struct ip_address address = { 0 };
	char text[ADDRESS_TEXT_SIZE], mac[MAC_TEXT_SIZE];

	(void)ui;
	after.host = line(form, HOST_NAME);
	if (address_parse(line_text(&form->fields[HOST_ADDRESS].line), &address)) {
		address_format(&address, text);
		after.address = xstrdup(text);
	}
	if (!form->fields[HOST_ID].hidden)
		after.id = line(form, HOST_ID);
	else if (mac_parse(line_text(&form->fields[HOST_MAC].line), mac))
		after.mac = xstrdup(mac);
	change(userdata, &after);
	network_entry_clear(&after);
	return true;
}

static void fill_host(struct form *form, void *userdata)
{
	const struct subject *subject = userdata;
	const struct network_entry *before = &subject->before;

	form_set_text(form, HOST_MAC, before->mac != NULL ? before->mac : "");
	form_set_text(form, HOST_ID, before->id != NULL ? before->id : "");
	form_set_text(form, HOST_ADDRESS, before->address != NULL ? before->address : "");
	form_set_text(form, HOST_NAME, before->host != NULL ? before->host : "");
}

static const struct form_class host_class = { .rows = host_rows, .count = HOST_TOTAL, .judge = judge_host, .take = take_host, .free = subject_free };

/* Pushes a form about something in a network, unless the network is gone. */
static void ask(struct ui *ui, const char *title, const struct form_class *class, void (*fill)(struct form *form, void *userdata),
		struct subject *subject)
{
	if (subject->network != NULL) {
		ui_push(ui, form_screen(ui, title, class, fill, subject));
		return;
	}
	ui_status(ui, STYLE_ERROR, _("network '%s' cannot be read: e on it shows why"), subject->name);
	subject_free(subject);
}

void reservation_ask(struct ui *ui, const struct network_row *row, const struct network_entry *entry)
{
	bool change_it = entry != NULL && entry->kind == ENTRY_RESERVED;
	_cleanup_free_ char *title = strf(change_it ? _("%s: a reserved address") : _("%s: reserve an address"), row->name);

	ask(ui, title, &host_class, fill_host, subject_new(ui, row, entry));
}

/* ---- names of an address ---- */

enum { DNS_ADDRESS, DNS_NAMES, DNS_TOTAL };

static const struct form_row dns_rows[DNS_TOTAL] = {
	[DNS_ADDRESS] = { FIELD_TEXT, 40, N_("Address"), NULL, N_("Any address, of this network or another: 192.168.122.1"), false },
	[DNS_NAMES] = { FIELD_TEXT, 0, N_("Names"), NULL,
		N_("One or more host names with blanks between: db db.example. The network's guests can look them up."), false },
};

static char *wrong_dns_address(const struct subject *subject, const char *text)
{
	struct ip_address address;
	char canonical[ADDRESS_TEXT_SIZE];

	if (*text == '\0')
		return xstrdup(_("an address is needed"));
	if (!address_parse(text, &address))
		return xstrdup(_("this is no address"));
	address_format(&address, canonical);
	for (size_t i = 0; i < subject->network->dns_host_count; i++) {
		const char *other = subject->network->dns_hosts[i].ip;

		if (text_equal(other, canonical) && !(!subject->is_new && text_equal(subject->before.address, other)))
			return xstrdup(_("it has names already: change those"));
	}
	return NULL;
}

static char *wrong_names(const char *text)
{
	_cleanup_strv_ char **names = strv_split(text, " ");
	char *wrong = names == NULL ? xstrdup(_("a name is needed")) : NULL;

	for (size_t i = 0; wrong == NULL && names[i] != NULL; i++)
		wrong = host_name_wrong(names[i]);
	return wrong;
}

static void judge_dns(struct form *form, void *userdata)
{
	say(form, DNS_ADDRESS, NULL, wrong_dns_address(userdata, line_text(&form->fields[DNS_ADDRESS].line)));
	say(form, DNS_NAMES, NULL, wrong_names(line_text(&form->fields[DNS_NAMES].line)));
}

static bool take_dns(struct ui *ui, struct form *form, void *userdata)
{
	struct network_entry after = { .kind = ENTRY_NAME, .host = line(form, DNS_NAMES) };
	struct ip_address address = { 0 };
	char text[ADDRESS_TEXT_SIZE];

	(void)ui;
	if (address_parse(line_text(&form->fields[DNS_ADDRESS].line), &address)) {
		address_format(&address, text);
		after.address = xstrdup(text);
	}
	change(userdata, &after);
	network_entry_clear(&after);
	return true;
}

static void fill_dns(struct form *form, void *userdata)
{
	const struct network_entry *before = &((const struct subject *)userdata)->before;

	form_set_text(form, DNS_ADDRESS, before->address != NULL ? before->address : "");
	form_set_text(form, DNS_NAMES, before->host != NULL ? before->host : "");
}

static const struct form_class dns_class = { .rows = dns_rows, .count = DNS_TOTAL, .judge = judge_dns, .take = take_dns, .free = subject_free };

void host_name_ask(struct ui *ui, const struct network_row *row, const struct network_entry *entry)
{
	_cleanup_free_ char *title = strf(_("%s: names of an address"), row->name);

	ask(ui, title, &dns_class, fill_dns, subject_new(ui, row, entry));
}
