/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The set of open consoles. */
#include "tui/consoles.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "tui/model.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static char *title(size_t index, void *userdata)
{
	const struct console_set *set = userdata;
	const struct console_session *session = set->sessions[index];
	const char *mark = session->news ? "*" : "";

	if (session->index > 0)
		return strf("%zu %s:%zu%s", index + 1, session->name, session->index + 1, mark);
	return strf("%zu %s%s", index + 1, session->name, mark);
}

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

	console_session_free(set->sessions[at]);
	memmove(&set->sessions[at], &set->sessions[at + 1], (tabs->count - at - 1) * sizeof *set->sessions);
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
		if (set->sessions[i]->seen_at < set->sessions[oldest]->seen_at)
			oldest = i;
	ui_status(set->ui, STYLE_STATUS, _("%s: its console was closed, %d are open already"),
		  set->sessions[oldest]->name, CONSOLES_LIMIT);
	close_at(set, oldest);
}

void consoles_open(struct ui *ui, const struct machine *machine, size_t index)
{
	struct console_set *set = set_of(ui);
	struct tabs *tabs = &set->tabs;
	size_t found = tabs->count;

	for (size_t i = 0; i < tabs->count; i++) {
		const struct console_session *session = set->sessions[i];

		if (session->id != machine->id || (index != SIZE_MAX && session->index != index))
			continue;
		if (found == tabs->count || session->seen_at > set->sessions[found]->seen_at)
			found = i;
	}
	if (found == tabs->count) {
		make_room(set);
		found = tabs->count;
		set->sessions[found] = console_session_new(ui, machine, index == SIZE_MAX ? 0 : index);
		tabs_set_count(tabs, found + 1);
	}
	tabs->current = found;
}

struct console_session *consoles_current(const struct ui *ui)
{
	const struct console_set *set = ui->consoles;

	return set != NULL && set->tabs.count > 0 ? set->sessions[set->tabs.current] : NULL;
}

void consoles_look(struct ui *ui, bool shown)
{
	struct console_set *set = set_of(ui);

	for (size_t i = 0; i < set->tabs.count; i++) {
		struct console_session *session = set->sessions[i];
		bool looked_at = shown && i == set->tabs.current;

		if (looked_at && !session->looked_at)
			session->seen_at = ++set->looks;
		console_session_look(session, looked_at);
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
		if (set->sessions[i]->id == id)
			return true;
	return false;
}

void consoles_poll(struct ui *ui)
{
	struct console_set *set = ui->consoles;

	for (size_t i = set != NULL ? set->tabs.count : 0; i-- > 0;) {
		if (!set->sessions[i]->looked_at && console_session_machine(set->sessions[i]) == NULL)
			close_at(set, i); /* its machine is no longer defined */
		else
			console_session_poll(set->sessions[i]);
	}
}

void consoles_free(struct ui *ui)
{
	struct console_set *set = TAKE_POINTER(ui->consoles);

	if (set == NULL)
		return;
	for (size_t i = 0; i < set->tabs.count; i++)
		console_session_free(set->sessions[i]);
	free(set->copied);
	free(set);
}
