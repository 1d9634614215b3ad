/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The overview: what the machine is and how it is, with figures that live. */
#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/describe.h"
#include "tui/actions.h"
#include "tui/bindings.h"
#include "tui/details_tab.h"
#include "tui/model.h"

#include <inttypes.h>
#include <stdlib.h>

#define LABEL_COLUMNS 16

struct overview {
	struct details_tab tab;
	struct description description;
	struct error error; /* why there is none */
};

static struct details_tab *overview_open(void)
{
	struct overview *overview = xcalloc(1, sizeof *overview);

	overview->tab.text.wrap = true;
	return &overview->tab;
}

static void add(struct overview *overview, const char *label, enum style style, const char *value)
{
	_cleanup_free_ char *lead = strf(" %s", label);

	text_view_add_labelled(&overview->tab.text, lead, LABEL_COLUMNS, style, value);
}

static void add_state(struct overview *overview, const struct machine *machine, const struct figures *figures)
{
	enum style style;
	const char *word = action_state_word(machine, figures, &style);
	const char *reason = run_reason_word(machine->state, machine->reason);
	_cleanup_free_ char *since = machine->run.state_at_ms > 0 ? clock_text(machine->run.state_at_ms) : NULL;
	_cleanup_free_ char *text = NULL;

	if (machine->run.generation == 0)
		text = strf(_("%s, never started"), word);
	else if (since != NULL)
		text = strf(_("%s (%s) since %s"), word, reason, since);
	else
		text = strf("%s (%s)", word, reason);
	add(overview, _("State"), style, text);
	if (machine_is_active(machine) && machine->run.started_at_ms > 0) {
		_cleanup_free_ char *uptime = clock_duration(clock_wall_ms() - machine->run.started_at_ms);

		add(overview, _("Uptime"), STYLE_NORMAL, uptime);
	}
}

/* What it takes of the host now. */
static void add_figures(struct overview *overview, const struct machine *machine, const struct figures *figures)
{
	struct machine_stats stats = { 0 };

	if (!machine_is_active(machine) || !machine_stats(overview->tab.details->screen.ui->manager, machine, 1, STATS_CPU, &stats, NULL))
		return;
	_cleanup_free_ char *load =
		figures->cpu_percent >= 0 ? strf(_("%d %% of one CPU"), figures->cpu_percent) : xstrdup(_("not known yet"));
	_cleanup_free_ char *spent = clock_duration((int64_t)(stats.cpu_ns / 1000000));
	_cleanup_free_ char *cpu = strf(_("%s, %s used since its start"), load, spent);
	_cleanup_free_ char *size = size_format(stats.rss_kib * 1024);
	_cleanup_free_ char *memory = strf(_("%s of the host's memory"), size);

	add(overview, _("CPU now"), STYLE_NORMAL, cpu);
	add(overview, _("Memory now"), STYLE_NORMAL, memory);
	machine_stats_clear(&stats);
}

static void add_facts(struct overview *overview, enum describe_group group)
{
	const struct description *description = &overview->description;

	for (size_t i = 0; i < description->count; i++)
		if (description->rows[i].group == group)
			add(overview, _(description->rows[i].label), STYLE_NORMAL, description->rows[i].value);
}

static void write_text(struct overview *overview, const struct machine *machine)
{
	const struct model *model = overview->tab.details->screen.ui->model;
	const struct figures *figures = &model->figures[model_find(model, machine->id)];

	text_view_clear(&overview->tab.text);
	add(overview, _("Name"), STYLE_NORMAL, machine->name);
	if (!text_empty(machine->title))
		add(overview, _("Title"), STYLE_NORMAL, machine->title);
	add(overview, _("UUID"), STYLE_NORMAL, machine->uuid);
	add_state(overview, machine, figures);
	if (!machine->persistent)
		add(overview, _("Definition"), STYLE_PAUSED, _("transient: the machine is gone once it stops"));
	add(overview, _("Autostart"), STYLE_NORMAL, machine->autostart ? _("yes") : _("no"));
	if (machine_is_active(machine)) {
		add_figures(overview, machine, figures);
		add_facts(overview, DESCRIBE_RUN);
	}
	text_view_add(&overview->tab.text, STYLE_NORMAL, "");
	if (error_is_set(&overview->error))
		text_view_add(&overview->tab.text, STYLE_ERROR, error_text(&overview->error));
	add_facts(overview, DESCRIBE_MACHINE);
}

static void overview_load(struct details_tab *tab, const struct machine *machine)
{
	struct overview *overview = (struct overview *)tab;

	description_clear(&overview->description);
	error_clear(&overview->error);
	domain_describe(tab->details->screen.ui->manager, machine, true, &overview->description, &overview->error);
	write_text(overview, machine);
}

static void overview_tick(struct details_tab *tab, const struct machine *machine)
{
	if (machine_is_active(machine))
		write_text((struct overview *)tab, machine);
}

static void overview_close(struct details_tab *tab)
{
	struct overview *overview = (struct overview *)tab;

	description_clear(&overview->description);
	error_clear(&overview->error);
	free(overview);
}

const struct details_tab_class details_overview = {
	.title = N_("Overview"),
	.keys = &keys_details,
	.open = overview_open,
	.load = overview_load,
	.tick = overview_tick,
	.close = overview_close,
};
