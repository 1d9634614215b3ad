/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network as a text. */
#include "tui/screen_network.h"

#include "base/clock.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/bindings.h"
#include "tui/job.h"
#include "tui/network_actions.h"
#include "tui/terminal.h"
#include "tui/text_screen.h"

#include <stdlib.h>
#include <string.h>

#define BARS	      40
#define EVENTS_SHOWN  20

struct about;

/* What runs for a screen that may be closed before it has ended. */
struct errand {
	struct about *about; /* NULL: it was closed */
};

struct about {
	struct text_screen base;
	char *name; /* owned */
	struct errand *errand; /* under way; borrowed: it is the job's */
	struct json_object *info; /* owned: what virtty says of it; NULL: not known yet */
	bool asked, was_active; /* it was asked for, when the network was so */
	char *traffic; /* owned: as it was shown last; NULL: none was */
};

/* Index into the model's; its count when the network is gone. */
static size_t item_of(const struct about *about)
{
	return network_model_find(about->base.screen.ui->networks, about->name);
}

/* ---- the text ---- */

static void add_address(struct about *about, const struct network_ip *ip)
{
	struct subnet subnet;

	if (!network_ip_subnet(ip, &subnet, NULL))
		return;
	_cleanup_free_ char *address = strf("%s/%u", ip->address, subnet.prefix);

	text_screen_value(&about->base, _("Address"), STYLE_NORMAL, address);
	for (size_t i = 0; i < ip->range_count; i++) {
		_cleanup_free_ char *range = strf(_("%s to %s"), ip->ranges[i].start, ip->ranges[i].end);

		text_screen_value(&about->base, _("DHCP"), STYLE_NORMAL, range);
	}
}

static void add_document(struct about *about, const struct network *network)
{
	for (size_t i = 0; i < network->ip_count; i++)
		add_address(about, &network->ips[i]);
	text_screen_value(&about->base, _("Domain"), STYLE_NORMAL, network->domain);
	if (network_has_own_bridge(network) && network->ip_count > 0)
		text_screen_value(&about->base, _("Name server"), STYLE_NORMAL, network->dns_enable == TRI_NO ? _("no") : _("yes"));
	for (size_t i = 0; i < network->route_count; i++) {
		const struct network_route *route = &network->routes[i];
		_cleanup_free_ char *text = strf(_("%s by way of %s"), route->address, route->gateway);

		text_screen_value(&about->base, _("Route"), STYLE_NORMAL, text);
	}
}

static void add_traffic(struct about *about, const struct network_facts *facts)
{
	_cleanup_free_ char *traffic = network_traffic_text(facts);
	_cleanup_free_ char *bars = network_traffic_bars(facts, BARS, terminal_utf8(about->base.screen.ui->term));
	_cleanup_free_ char *received = size_format(facts->last.received), *sent = size_format(facts->last.sent);
	_cleanup_free_ char *all = strf(_("received %s, sent %s, by the machines that run"), received, sent);

	text_screen_value(&about->base, _("Traffic"), STYLE_NORMAL, traffic);
	text_screen_value(&about->base, "", STYLE_RUNNING, bars);
	if (facts->last.known)
		text_screen_value(&about->base, _("In all"), STYLE_NORMAL, all);
	free(about->traffic);
	about->traffic = TAKE_POINTER(traffic);
}

/* What other packet filters keep from its guests, and what to do: read by virtty, which runs nft for it. */
static void add_obstacles(struct about *about)
{
	struct json_object *obstacles = about->info != NULL ? json_get(about->info, "obstacles") : NULL;

	for (size_t i = 0; obstacles != NULL && i < json_object_array_length(obstacles); i++) {
		struct json_object *obstacle = json_object_array_get_idx(obstacles, i), *remedy = json_get(obstacle, "remedy");

		text_screen_value(&about->base, i == 0 ? _("Cut off") : "", STYLE_PAUSED, json_get_string(obstacle, "reason", NULL));
		for (size_t n = 0; remedy != NULL && n < json_object_array_length(remedy); n++)
			text_screen_value(&about->base, "", STYLE_NORMAL, json_object_get_string(json_object_array_get_idx(remedy, n)));
	}
}

static void add_events(struct about *about)
{
	struct network_event *events = NULL;
	size_t count = 0;

	if (!network_events(about->base.screen.ui->manager, about->name, 0, &events, &count, NULL))
		return;
	if (count > 0)
		text_screen_section(&about->base, _("Events"));
	for (size_t i = count > EVENTS_SHOWN ? count - EVENTS_SHOWN : 0; i < count; i++) {
		_cleanup_free_ char *when = clock_text(events[i].at_ms);
		_cleanup_free_ char *line = strf("%s  %s%s%s", when, events[i].event, events[i].detail != NULL ? ": " : "",
						 events[i].detail != NULL ? events[i].detail : "");

		text_view_add(&about->base.text, STYLE_NORMAL, line);
	}
	network_events_free(events, count);
}

static void add_xml(struct about *about, const struct network_row *row, bool inactive, const char *title)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *xml = network_xml(about->base.screen.ui->manager, row, inactive, &err);

	text_screen_section(&about->base, title);
	text_view_add(&about->base.text, xml != NULL ? STYLE_NORMAL : STYLE_ERROR, xml != NULL ? xml : error_text(&err));
}

static bool differs(struct about *about, const struct network_row *row)
{
	_cleanup_free_ char *live = network_xml(about->base.screen.ui->manager, row, false, NULL);
	_cleanup_free_ char *stored = network_xml(about->base.screen.ui->manager, row, true, NULL);

	return row->active && row->persistent && !text_equal(live, stored);
}

static void compose(struct about *about)
{
	const struct network_model *model = about->base.screen.ui->networks;
	size_t item = item_of(about);

	if (item == model->count)
		return;
	const struct network_row *row = &model->rows[item];
	const struct network_facts *facts = &model->facts[item];
	_cleanup_network_ struct network *network = network_load(about->base.screen.ui->manager, row, row->active, NULL);
	enum style style;
	const char *state = network_state_word(model, item, &style);

	text_view_clear(&about->base.text);
	text_screen_value(&about->base, _("Network"), STYLE_KEY, row->name);
	text_screen_value(&about->base, "UUID", STYLE_NORMAL, row->uuid);
	text_screen_value(&about->base, _("Mode"), STYLE_NORMAL, facts->leads);
	text_screen_value(&about->base, _("State"), style, state);
	if (row->half)
		text_screen_value(&about->base, "", STYLE_NORMAL,
				  _("what a start or a stop that was cut short left is there: s starts it anew, d takes it away"));
	if (!row->active && facts->own_bridge && model->hindrance != NULL) {
		text_screen_value(&about->base, "", STYLE_PAUSED, model->hindrance);
		text_screen_value(&about->base, "", STYLE_PAUSED, model->remedy);
	}
	text_screen_value(&about->base, _("Kept"), STYLE_NORMAL, row->persistent ? _("yes") : _("no: it is gone when it stops"));
	text_screen_value(&about->base, _("Autostart"), STYLE_NORMAL, row->autostart ? _("with the host, and when a machine needs it") : _("no"));
	text_screen_value(&about->base, _("Bridge"), STYLE_NORMAL, row->bridge);
	text_screen_value(&about->base, _("Device"), STYLE_NORMAL, row->device);
	if (network != NULL)
		add_document(about, network);
	text_screen_value(&about->base, _("Machines"), STYLE_NORMAL, facts->who != NULL ? facts->who : _("none"));
	add_traffic(about, facts);
	add_obstacles(about);
	add_events(about);
	if (differs(about, row)) {
		add_xml(about, row, false, _("XML, as it runs"));
		add_xml(about, row, true, _("XML, from its next start on"));
	} else {
		add_xml(about, row, false, "XML");
	}
	ui_dirty(about->base.screen.ui);
}

/* ---- what virtty says ---- */

static void errand_free(void *userdata)
{
	struct errand *errand = userdata;

	if (errand->about != NULL)
		errand->about->errand = NULL;
	free(errand);
}

static void errand_done(const struct job_result *result, void *userdata)
{
	struct about *about = ((const struct errand *)userdata)->about;

	if (about == NULL)
		return;
	cleanup_json(&about->info);
	about->info = result->ok ? json_parse("net-info", result->output, strlen(result->output), NULL) : NULL;
	compose(about);
}

/* Once, and again when it starts or stops. */
static void ask(struct about *about)
{
	const struct network_model *model = about->base.screen.ui->networks;
	size_t item = item_of(about);
	bool active = item < model->count && model->rows[item].active;

	if (about->errand != NULL || (about->asked && about->was_active == active))
		return;
	about->asked = true;
	about->was_active = active;
	_cleanup_strv_ char **arguments = strv_add(network_command("net-info", about->name), "--json");

	about->errand = xcalloc(1, sizeof *about->errand);
	about->errand->about = about;
	if (!job_run(about->base.screen.ui->jobs, (const char *const *)arguments, errand_done, errand_free, about->errand, NULL))
		free(TAKE_POINTER(about->errand));
}

/* ---- the screen ---- */

static const struct key_table *about_keys(const struct screen *screen)
{
	return ((const struct about *)screen)->base.text.typing ? &keys_search : &keys_network;
}

static const char *about_refuses(struct screen *screen, enum command command)
{
	const struct about *about = (const struct about *)screen;
	const struct network_model *model = screen->ui->networks;
	size_t item = item_of(about);
	const char *why = NULL;

	if (!about->base.text.typing && item < model->count)
		why = network_refusal(model, &item, 1, command);
	return why != NULL ? why : text_view_refuses(&about->base.text, command);
}

static bool act(struct screen *screen, enum command command)
{
	size_t item = item_of((const struct about *)screen);

	return item < screen->ui->networks->count && network_act(screen->ui, &item, 1, command);
}

static void about_do(struct screen *screen, enum command command)
{
	text_screen_command(screen, command, act);
}

static void about_changed(struct screen *screen)
{
	struct about *about = (struct about *)screen;

	if (item_of(about) == screen->ui->networks->count) {
		ui_status(screen->ui, STYLE_STATUS, _("network '%s' is no more"), about->name);
		ui_close(screen);
		return;
	}
	ask(about);
	compose(about);
}

/* What goes through it now. */
static void about_tick(struct screen *screen)
{
	struct about *about = (struct about *)screen;
	size_t item = item_of(about);

	if (item == screen->ui->networks->count)
		return;
	_cleanup_free_ char *traffic = network_traffic_text(&screen->ui->networks->facts[item]);

	if (!text_equal(traffic, about->traffic))
		compose(about);
}

static void about_draw(struct screen *screen, struct terminal *term)
{
	struct about *about = (struct about *)screen;
	_cleanup_free_ char *left = strf(_(" network %s"), about->name);

	text_screen_draw(&about->base, term, left);
}

static void about_close(struct screen *screen)
{
	struct about *about = (struct about *)screen;

	if (about->errand != NULL)
		about->errand->about = NULL;
	cleanup_json(&about->info);
	text_view_end(&about->base.text);
	free(about->traffic);
	free(about->name);
	free(about);
}

static const struct screen_class about_class = {
	.keys = about_keys,
	.refuses = about_refuses,
	.command = about_do,
	.key = text_screen_key,
	.paste = text_screen_paste,
	.mouse = text_screen_mouse,
	.tick = about_tick,
	.changed = about_changed,
	.draw = about_draw,
	.close = about_close,
};

struct screen *network_screen(struct ui *ui, const char *network)
{
	struct about *about = xcalloc(1, sizeof *about);

	about->base.screen.class = &about_class;
	about->base.screen.ui = ui;
	about->name = xstrdup(network);
	ask(about);
	compose(about);
	return &about->base.screen;
}
