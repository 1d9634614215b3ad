/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The history of the machine, the newest last, with QEMU's exit status and last words; live. */
#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/history.h"
#include "tui/bindings.h"
#include "tui/details_tab.h"

#include <stdlib.h>
#include <string.h>

#define EVENTS_LIMIT 1000 /* of those that were there at first; more than anybody reads */
#define TIME_COLUMNS 20

struct events {
	struct details_tab tab;
	int64_t last; /* id of the newest one shown */
	size_t shown;
};

static struct details_tab *events_open(void)
{
	struct events *events = xcalloc(1, sizeof *events);

	events->tab.text.wrap = true;
	events->tab.text.follow = true;
	return &events->tab;
}

/* What is bad news stands out. */
static enum style style_of(const struct history_event *event)
{
	if (strcmp(event->kind, "io-error") == 0 || strcmp(event->kind, "watchdog") == 0)
		return STYLE_CRASHED;
	if (strstr(event->what, "Crashed") != NULL || strstr(event->what, "Failed") != NULL)
		return STYLE_CRASHED;
	return STYLE_NORMAL;
}

static void add(struct text_view *text, const struct history_event *event)
{
	_cleanup_free_ char *time = clock_text(event->at_ms);
	_cleanup_free_ char *label = strf(" %s", time);
	bool lifecycle = strcmp(event->kind, "lifecycle") == 0;
	_cleanup_free_ char *what = lifecycle ? xstrdup(event->what) : strf("%s: %s", event->kind, event->what);

	text_view_add_labelled(text, label, TIME_COLUMNS, style_of(event), what);
	if (!text_empty(event->detail))
		text_view_add_labelled(text, "", TIME_COLUMNS + 2, STYLE_DIM, event->detail);
}

static void events_load(struct details_tab *tab, const struct machine *machine)
{
	struct events *events = (struct events *)tab;
	_cleanup_error_ struct error err = ERROR_INIT;
	struct history_event *list = NULL;
	size_t count = 0;

	if (!history_list(manager_db(tab->details->screen.ui->manager), machine->id, events->last, events->last == 0 ? EVENTS_LIMIT : 0, &list,
			  &count, &err)) {
		details_failed(&tab->text, &err);
		events->last = 0;
		events->shown = 0;
		return;
	}
	if (events->shown == 0)
		text_view_clear(&tab->text);
	for (size_t i = 0; i < count; i++)
		add(&tab->text, &list[i]);
	events->shown += count;
	if (count > 0)
		events->last = list[count - 1].id;
	if (events->shown == 0)
		text_view_add(&tab->text, STYLE_DIM, _(" Nothing has happened to this machine yet."));
	history_free(list, count);
}

static void events_close(struct details_tab *tab)
{
	free(tab);
}

const struct details_tab_class details_events = {
	.title = N_("Events"),
	.keys = &keys_details,
	.open = events_open,
	.load = events_load,
	.close = events_close,
};
