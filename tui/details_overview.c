/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The overview: what the machine is and how it is, with figures that live. */
#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/describe.h"
#include "tui/actions.h"
#include "tui/bindings.h"
#include "tui/details_tab.h"
#include "tui/load_bars.h"
#include "tui/model.h"
#include "tui/terminal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_COLUMNS 16

struct overview {
	struct details_tab tab;
	struct description description;
	struct error error; /* why there is none */
	char **warnings; /* owned: of what is stored */
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
	if (figures->address.family != 0) {
		char address[ADDRESS_TEXT_SIZE];

		address_format(&figures->address, address);
		add(overview, _("Address"), STYLE_NORMAL, address);
	}
}

/* Bars of what is known, the newest at the right, and how long ago they begin. */
static void add_bars(struct overview *overview, const char *label, const uint8_t *history)
{
	size_t known = load_bars_known(history, HISTORY_BARS);
	bool utf8 = terminal_utf8(overview->tab.details->screen.ui->term);
	_cleanup_free_ char *bars = load_bars(history, HISTORY_BARS, known, utf8);
	_cleanup_free_ char *since = clock_duration((int64_t)known * HISTORY_SECONDS * 1000);
	_cleanup_free_ char *text = known > 0 ? strf("%s %s", bars, since) : xstrdup(_("(a bar each 5 s)"));

	add(overview, label, known > 0 ? STYLE_RUNNING : STYLE_DIM, text);
}

/* What it takes of the host now, and took lately. */
static void add_figures(struct overview *overview, const struct machine *machine, const struct figures *figures)
{
	_cleanup_free_ char *load =
		figures->cpu_percent >= 0 ? strf(_("%d %% of one CPU"), figures->cpu_percent) : xstrdup(_("not known yet"));
	_cleanup_free_ char *spent = clock_duration((int64_t)(figures->cpu_ns / 1000000));
	_cleanup_free_ char *cpu = strf(_("%s, %s used since its start"), load, spent);
	_cleanup_free_ char *size = size_format(figures->rss_kib * 1024);
	_cleanup_free_ char *promised = size_format(machine->memory_kib * 1024);
	_cleanup_free_ char *memory = figures->rss_kib > 0 ? strf(_("%s of the host's memory; %s promised to the guest"), size, promised) :
							     xstrdup(_("not known yet"));

	add(overview, _("CPU now"), STYLE_NORMAL, cpu);
	add_bars(overview, _("CPU lately"), figures->history);
	add(overview, _("Memory now"), STYLE_NORMAL, memory);
	add_bars(overview, _("Memory lately"), figures->memory_history);
}

static void add_autostart(struct overview *overview, const struct machine *machine)
{
	_cleanup_free_ char *when = NULL;

	if (!machine->autostart) {
		add(overview, _("Autostart"), STYLE_NORMAL, _("no"));
		return;
	}
	if (machine->autostart_delay_s > 0)
		when = strf(_("with the host; order %d, the next one %u s later"), machine->autostart_order, machine->autostart_delay_s);
	else
		when = strf(_("with the host; order %d"), machine->autostart_order);
	add(overview, _("Autostart"), STYLE_NORMAL, when);
}

/* The first line; all of them have a tab. */
static void add_notes(struct overview *overview)
{
	const char *notes = overview->description.notes;

	if (text_empty(notes))
		return;
	size_t length = strcspn(notes, "\n");
	_cleanup_free_ char *first = strf("%.*s%s", (int)length, notes, notes[length] != '\0' ? " ..." : "");

	add(overview, _("Notes"), STYLE_NORMAL, first);
}

static void add_facts(struct overview *overview, enum describe_group group)
{
	const struct description *description = &overview->description;

	for (size_t i = 0; i < description->count; i++)
		if (description->rows[i].group == group)
			add(overview, _(description->rows[i].label), STYLE_NORMAL, description->rows[i].value);
}

/* What keeps the machine from its next start, and what is kept but not known: as when it was defined. */
static void add_warnings(struct overview *overview)
{
	char *const *warnings = overview->warnings;

	for (; warnings != NULL && *warnings != NULL; warnings++)
		add(overview, warnings == overview->warnings ? _("Mind") : "", STYLE_PAUSED, *warnings);
}

static void read_warnings(struct overview *overview, const struct machine *machine)
{
	struct manager *manager = overview->tab.details->screen.ui->manager;
	struct definition_input input = { .source = "XML" };
	struct definition_result result = { 0 };
	_cleanup_free_ char *text = NULL;

	strv_free(TAKE_POINTER(overview->warnings));
	if (!machine->persistent || !domain_xml(manager, machine, XML_INACTIVE | XML_SECURE, &text, NULL))
		return;
	input.text = text;
	input.length = strlen(text);
	domain_judge(manager, &input, &result, NULL);
	overview->warnings = TAKE_POINTER(result.warnings);
	definition_results_free(&result, 1);
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
	add_autostart(overview, machine);
	add_notes(overview);
	add_warnings(overview);
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
	read_warnings(overview, machine);
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
	strv_free(overview->warnings);
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
