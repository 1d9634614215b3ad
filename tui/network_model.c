/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model of networks. */
#include "tui/network_model.h"

#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/load_bars.h"
#include "tui/model.h"

#include <stdlib.h>
#include <string.h>

#define BAR_SAMPLES 5 /* that one bar stands for: few bars change in a second, so an idle screen costs few bytes */

struct network_model *network_model_new(struct ui *ui)
{
	struct network_model *model = xcalloc(1, sizeof *model);

	model->ui = ui;
	return model;
}

static void facts_free(struct network_facts *facts, size_t count)
{
	for (size_t i = 0; facts != NULL && i < count; i++) {
		free(facts[i].mode);
		free(facts[i].leads);
		free(facts[i].subnets);
		free(facts[i].who);
	}
	free(facts);
}

void network_model_free(struct network_model *model)
{
	if (model == NULL)
		return;
	network_rows_free(model->rows, model->count);
	facts_free(model->facts, model->count);
	network_uses_clear(&model->uses);
	busy_list_clear(&model->busy);
	free(model->hindrance);
	free(model->remedy);
	free(model->fresh);
	free(model);
}

/* ---- what a network is, in words ---- */

static char *mode_text(const struct network_row *row)
{
	const char *device = row->device != NULL ? row->device : "?";

	switch (row->mode) {
	case FORWARD_NAT:
		return xstrdup(_("NAT"));
	case FORWARD_ROUTE:
		return xstrdup(_("routed"));
	case FORWARD_OPEN:
		return xstrdup(_("open"));
	case FORWARD_BRIDGE:
	case FORWARD_PRIVATE:
	case FORWARD_VEPA:
	case FORWARD_PASSTHROUGH:
		return row->bridge != NULL ? strf(_("bridge %s"), row->bridge) : strf(_("macvtap %s"), device);
	case FORWARD_HOSTDEV:
		return xstrdup(_("host devices"));
	case FORWARD_NONE:
	case FORWARD_MODE_COUNT:
		break;
	}
	return xstrdup(_("isolated"));
}

static char *leads_text(const struct network_row *row)
{
	_cleanup_free_ char *mode = mode_text(row);

	if (row->bridge == NULL && row->mode != FORWARD_BRIDGE)
		return strf("%s (%s)", mode, enum_word(&forward_mode_words, (int)row->mode));
	if (row->device != NULL && (row->mode == FORWARD_NAT || row->mode == FORWARD_ROUTE))
		return strf(_("%s via %s"), mode, row->device);
	return TAKE_POINTER(mode);
}

static char *subnets_text(const struct network *network)
{
	_cleanup_strv_ char **texts = NULL;

	for (size_t i = 0; i < network->ip_count; i++) {
		struct subnet subnet;

		if (!network_ip_subnet(&network->ips[i], &subnet, NULL))
			continue;
		subnet.address = subnet_first(&subnet);
		texts = strv_take(texts, subnet_format(&subnet));
	}
	return texts != NULL ? strv_join(texts, ", ") : NULL;
}

/* ---- reading ---- */

/* The next machine with a card on that network from *at on, which is moved behind it: uses are in the order of machines. NULL: there is no other. */
static const char *next_machine(const struct network_model *model, const struct network_row *row, size_t *at, bool *ret_running)
{
	const struct network_uses *uses = &model->uses;

	while (*at < uses->count) {
		const char *machine = uses->uses[*at].machine;
		bool on_it = false;

		*ret_running = false;
		for (; *at < uses->count && strcmp(uses->uses[*at].machine, machine) == 0; (*at)++)
			if (network_use_is_of(&uses->uses[*at], row)) {
				on_it = true;
				*ret_running |= uses->uses[*at].running;
			}
		if (on_it)
			return machine;
	}
	return NULL;
}

char *network_running_text(const struct network_model *model, const struct network_row *row)
{
	_cleanup_strv_ char **names = NULL;
	const char *machine;
	bool running;

	for (size_t at = 0; (machine = next_machine(model, row, &at, &running)) != NULL;)
		if (running)
			names = strv_add(names, machine);
	return names != NULL ? strv_join(names, ", ") : NULL;
}

static void count_machines(const struct network_model *model, const struct network_row *row, struct network_facts *facts)
{
	_cleanup_free_ char *on = network_running_text(model, row);
	_cleanup_strv_ char **off = NULL;
	const char *machine;
	bool running;

	facts->machines = facts->running = 0;
	for (size_t at = 0; (machine = next_machine(model, row, &at, &running)) != NULL; facts->machines++) {
		facts->running += running;
		if (!running)
			off = strv_addf(off, _("%s (off)"), machine);
	}
	_cleanup_free_ char *rest = strv_join(off, ", ");

	if (facts->machines > 0)
		facts->who = strf("%s%s%s", on != NULL ? on : "", on != NULL && off != NULL ? ", " : "", rest);
}

static struct network_facts facts_of(struct network_model *model, const struct network_row *row, struct network_facts *old, size_t old_count)
{
	_cleanup_network_ struct network *network = network_load(model->ui->manager, row, row->active, NULL);
	struct network_facts facts = { 0 };

	/* what went through goes on being known */
	for (size_t i = 0; i < old_count; i++)
		if (old[i].id == row->id) {
			facts = old[i];
			break;
		}
	facts.id = row->id;
	facts.mode = mode_text(row);
	facts.leads = leads_text(row);
	facts.subnets = network != NULL ? subnets_text(network) : NULL;
	facts.own_bridge = network != NULL && network_has_own_bridge(network);
	facts.who = NULL;
	count_machines(model, row, &facts);
	return facts;
}

static void read_networks(struct network_model *model)
{
	struct network_row *rows;
	size_t count;

	if (!network_list(model->ui->manager, &rows, &count, NULL))
		return;
	(void)network_uses_read(model->ui->manager, &model->uses, NULL);
	struct network_facts *facts = xcalloc(count + 1, sizeof *facts);

	for (size_t i = 0; i < count; i++)
		facts[i] = facts_of(model, &rows[i], model->facts, model->facts != NULL ? model->count : 0);
	facts_free(model->facts, model->count);
	network_rows_free(model->rows, model->count);
	model->rows = rows;
	model->facts = facts;
	model->count = count;
}

static void look_for_hindrance(struct network_model *model)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	free(TAKE_POINTER(model->hindrance));
	free(TAKE_POINTER(model->remedy));
	if (network_startable(&err))
		return;
	model->hindrance = xstrdup(error_text(&err));
	model->remedy = xstrdup_null(err.hint);
}

void network_model_refresh(struct network_model *model)
{
	if (model->wanted > 0)
		read_networks(model);
}

void network_model_want(struct network_model *model, bool wanted)
{
	if (!wanted) {
		model->wanted--;
		return;
	}
	if (model->wanted++ > 0)
		return;
	look_for_hindrance(model);
	read_networks(model);
	network_model_tick(model);
}

/* ---- traffic ---- */

static void add_bar(struct network_facts *facts, uint64_t bytes_s)
{
	facts->bar_sum += bytes_s;
	if (++facts->bar_samples < BAR_SAMPLES)
		return;
	if (facts->bar_count == TRAFFIC_BARS)
		memmove(facts->bars, facts->bars + 1, (TRAFFIC_BARS - 1) * sizeof *facts->bars);
	else
		facts->bar_count++;
	facts->bars[facts->bar_count - 1] = facts->bar_sum / BAR_SAMPLES;
	facts->bar_sum = 0;
	facts->bar_samples = 0;
}

/* True when what is shown has changed. */
static bool measure(struct network_facts *facts, const struct network_traffic *now, int64_t now_ms)
{
	const struct network_traffic last = facts->last;
	int64_t passed_ms = now_ms - facts->last_ms;
	bool was_known = facts->rates_known;
	uint64_t received_s = facts->received_s, sent_s = facts->sent_s;

	facts->last = *now;
	facts->last_ms = now_ms;
	if (!now->known || !last.known || passed_ms <= 0) {
		facts->rates_known = false;
		facts->bar_count = now->known ? facts->bar_count : 0;
		return was_known;
	}
	/* a card that went took its figures along */
	if (now->received < last.received || now->sent < last.sent)
		return false;
	facts->rates_known = true;
	facts->received_s = (now->received - last.received) * 1000 / (uint64_t)passed_ms;
	facts->sent_s = (now->sent - last.sent) * 1000 / (uint64_t)passed_ms;
	add_bar(facts, facts->received_s + facts->sent_s);
	return !was_known || facts->received_s != received_s || facts->sent_s != sent_s || facts->bar_samples == 0;
}

void network_model_tick(struct network_model *model)
{
	int64_t now_ms = clock_monotonic_ms();

	if (model->wanted == 0 || model->count == 0)
		return;
	_cleanup_free_ struct network_traffic *traffic = xcalloc(model->count, sizeof *traffic);

	if (!network_traffic(model->rows, model->count, traffic, NULL))
		return;
	for (size_t i = 0; i < model->count; i++) {
		if (measure(&model->facts[i], &traffic[i], now_ms))
			ui_dirty(model->ui);
		/* a bridge that was deleted behind our back */
		if (model->rows[i].active && model->facts[i].own_bridge && !traffic[i].known)
			model->ui->stale = true;
	}
}

char *network_traffic_text(const struct network_facts *facts)
{
	if (!facts->rates_known)
		return NULL;
	_cleanup_free_ char *received = size_format(facts->received_s), *sent = size_format(facts->sent_s);

	return strf(_("received %s/s, sent %s/s"), received, sent);
}

char *network_traffic_bars(const struct network_facts *facts, size_t most, bool utf8)
{
	uint8_t percents[TRAFFIC_BARS];
	uint64_t largest = 1;

	for (size_t i = 0; i < facts->bar_count; i++)
		largest = facts->bars[i] > largest ? facts->bars[i] : largest;
	for (size_t i = 0; i < facts->bar_count; i++)
		percents[i] = (uint8_t)((double)facts->bars[i] / (double)largest * 100);
	return load_bars(percents, facts->bar_count, most, utf8);
}

/* ---- asked of it ---- */

size_t network_model_find(const struct network_model *model, const char *name)
{
	size_t i = 0;

	while (i < model->count && strcmp(model->rows[i].name, name) != 0)
		i++;
	return i;
}

const char *network_machine_of(const struct network_model *model, const char *mac)
{
	for (size_t i = 0; mac != NULL && i < model->uses.count; i++)
		if (model->uses.uses[i].mac != NULL && strcasecmp(model->uses.uses[i].mac, mac) == 0)
			return model->uses.uses[i].machine;
	return NULL;
}

const char *network_state_word(const struct network_model *model, size_t at, enum style *ret_style)
{
	const struct network_row *row = &model->rows[at];
	const char *busy = network_busy_word(model, row->name);

	*ret_style = busy != NULL ? STYLE_BUSY : row->active ? STYLE_RUNNING : row->half ? STYLE_CRASHED : STYLE_DIM;
	if (busy != NULL)
		return _(busy);
	return row->active ? _("active") : row->half ? _("broken") : _("inactive");
}

const char *network_busy_word(const struct network_model *model, const char *network)
{
	return busy_word(&model->busy, network);
}

void network_busy_begin(struct network_model *model, const char *network, const char *word)
{
	busy_begin(&model->busy, network, word);
	ui_dirty(model->ui);
}

void network_busy_end(struct network_model *model, const char *network)
{
	busy_end(&model->busy, network);
	ui_dirty(model->ui);
}
