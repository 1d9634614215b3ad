/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The set of tabs. */
#include "tui/consoles.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "tui/model.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- a tab of either kind ---- */

static int64_t tab_machine(const struct console_tab *tab)
{
	return tab->kind == TAB_CONSOLE ? tab->console->id : tab->view->id;
}

static const char *tab_name(const struct console_tab *tab)
{
	return tab->kind == TAB_CONSOLE ? tab->console->name : tab->view->name;
}

static bool tab_looked_at(const struct console_tab *tab)
{
	return tab->kind == TAB_CONSOLE ? tab->console->looked_at : tab->view->looked_at;
}

static void tab_look(struct console_tab *tab, bool looked_at)
{
	if (tab->kind == TAB_CONSOLE)
		console_session_look(tab->console, looked_at);
	else
		view_session_look(tab->view, looked_at);
}

static void tab_poll(struct console_tab *tab)
{
	if (tab->kind == TAB_CONSOLE)
		console_session_poll(tab->console);
	else
		view_session_poll(tab->view);
}

static void tab_free(struct console_tab *tab)
{
	if (tab->kind == TAB_CONSOLE)
		console_session_free(tab->console);
	else
		view_session_free(tab->view);
}

/* Which of a machine's is it? Its screen has no number. */
static bool tab_is(const struct console_tab *tab, enum tab_kind kind, int64_t id, size_t index)
{
	return tab->kind == kind && tab_machine(tab) == id &&
	       (kind == TAB_VIEW || index == SIZE_MAX || tab->console->index == index);
}

static char *title(size_t index, void *userdata)
{
	const struct console_set *set = userdata;
	const struct console_tab *tab = &set->open[index];

	if (tab->kind == TAB_VIEW)
		return strf(_("%zu %s:screen"), index + 1, tab->view->name);
	const struct console_session *session = tab->console;
	const char *mark = session->news ? "*" : "";

	if (session->index > 0)
		return strf("%zu %s:%zu%s", index + 1, session->name, session->index + 1, mark);
	return strf("%zu %s%s", index + 1, session->name, mark);
}

/* ---- the set ---- */

static struct console_set *set_of(struct ui *ui)
{
	if (ui->consoles == NULL) {
		ui->consoles = xcalloc(1, sizeof *ui->consoles);
		ui->consoles->ui = ui;
		ui->consoles->tabs.title = title;
		ui->consoles->tabs.row = -1;
		ui->consoles->tabs.userdata = ui->consoles;
	}
	return ui->consoles;
}

static void close_at(struct console_set *set, size_t at)
{
	struct tabs *tabs = &set->tabs;

	tab_free(&set->open[at]);
	memmove(&set->open[at], &set->open[at + 1], (tabs->count - at - 1) * sizeof *set->open);
	if (tabs->current > at)
		tabs->current--;
	tabs_set_count(tabs, tabs->count - 1);
	ui_dirty(set->ui);
}

static void make_room(struct console_set *set)
{
	size_t oldest = 0;

	if (set->tabs.count < CONSOLES_LIMIT)
		return;
	for (size_t i = 1; i < set->tabs.count; i++)
		if (set->open[i].seen_at < set->open[oldest].seen_at)
			oldest = i;
	ui_status(set->ui, STYLE_STATUS, _("%s: its console was closed, %d are open already"),
		  tab_name(&set->open[oldest]), CONSOLES_LIMIT);
	close_at(set, oldest);
}

/* Where it is open; the count: nowhere. */
static size_t find(const struct console_set *set, enum tab_kind kind, int64_t id, size_t index)
{
	size_t found = set->tabs.count;

	for (size_t i = 0; i < set->tabs.count; i++)
		if (tab_is(&set->open[i], kind, id, index) &&
		    (found == set->tabs.count || set->open[i].seen_at > set->open[found].seen_at))
			found = i;
	return found;
}

static void add(struct console_set *set, struct console_tab tab)
{
	make_room(set);
	set->open[set->tabs.count] = tab;
	tabs_set_count(&set->tabs, set->tabs.count + 1);
	set->tabs.current = set->tabs.count - 1;
}

void consoles_open(struct ui *ui, const struct machine *machine, size_t index)
{
	struct console_set *set = set_of(ui);
	size_t found = find(set, TAB_CONSOLE, machine->id, index);

	if (found < set->tabs.count)
		set->tabs.current = found;
	else
		add(set, (struct console_tab){
				 .kind = TAB_CONSOLE,
				 .console = console_session_new(ui, machine, index == SIZE_MAX ? 0 : index),
			 });
}

void consoles_open_view(struct ui *ui, const struct machine *machine)
{
	struct console_set *set = set_of(ui);
	size_t found = find(set, TAB_VIEW, machine->id, 0);

	if (found < set->tabs.count)
		set->tabs.current = found;
	else
		add(set, (struct console_tab){ .kind = TAB_VIEW, .view = view_session_new(ui, machine) });
}

static const struct console_tab *current(const struct ui *ui)
{
	const struct console_set *set = ui->consoles;

	return set != NULL && set->tabs.count > 0 ? &set->open[set->tabs.current] : NULL;
}

struct console_session *consoles_current(const struct ui *ui)
{
	const struct console_tab *tab = current(ui);

	return tab != NULL ? tab->console : NULL;
}

struct view_session *consoles_current_view(const struct ui *ui)
{
	const struct console_tab *tab = current(ui);

	return tab != NULL ? tab->view : NULL;
}

int64_t consoles_machine(const struct ui *ui)
{
	const struct console_tab *tab = current(ui);

	return tab != NULL ? tab_machine(tab) : 0;
}

void consoles_look(struct ui *ui, bool shown)
{
	struct console_set *set = set_of(ui);

	for (size_t i = 0; i < set->tabs.count; i++) {
		struct console_tab *tab = &set->open[i];
		bool looked_at = shown && i == set->tabs.current;

		if (looked_at && !tab_looked_at(tab))
			tab->seen_at = ++set->looks;
		tab_look(tab, looked_at);
	}
	consoles_poll(ui);
	ui_dirty(ui);
}

void consoles_close_current(struct ui *ui)
{
	struct console_set *set = ui->consoles;

	if (set != NULL && set->tabs.count > 0)
		close_at(set, set->tabs.current);
}

bool consoles_has(const struct ui *ui, int64_t id)
{
	const struct console_set *set = ui->consoles;

	for (size_t i = 0; set != NULL && i < set->tabs.count; i++)
		if (tab_machine(&set->open[i]) == id)
			return true;
	return false;
}

void consoles_poll(struct ui *ui)
{
	struct console_set *set = ui->consoles;

	for (size_t i = set != NULL ? set->tabs.count : 0; i-- > 0;) {
		struct console_tab *tab = &set->open[i];

		if (!tab_looked_at(tab) && model_find(ui->model, tab_machine(tab)) == ui->model->count)
			close_at(set, i); /* its machine is no longer defined */
		else
			tab_poll(tab);
	}
}

void consoles_free(struct ui *ui)
{
	struct console_set *set = TAKE_POINTER(ui->consoles);

	if (set == NULL)
		return;
	for (size_t i = 0; i < set->tabs.count; i++)
		tab_free(&set->open[i]);
	free(set->copied);
	free(set);
}
