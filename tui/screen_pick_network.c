/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Choosing what a network card is joined to. */
#include "tui/screen_pick_network.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/bindings.h"
#include "tui/dialog.h"
#include "tui/filter_words.h"
#include "tui/job.h"
#include "tui/network_actions.h"
#include "tui/network_words.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"
#include "tui/widget_table.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MEANING_ROWS 2

enum { COLUMN_NAME, COLUMN_MODE, COLUMN_USES, COLUMN_STATE, COLUMN_TOTAL };

static const struct list_column columns[COLUMN_TOTAL] = {
	[COLUMN_NAME] = { N_("Name"), .width = 16, .grow = 2, .most = 40 },
	[COLUMN_MODE] = { N_("Mode"), .width = 9 },
	[COLUMN_USES] = { N_("Stands on"), .width = 18, .grow = 3, .most = 60, .priority = 1 },
	[COLUMN_STATE] = { N_("State"), .width = 20, .priority = 2 },
};

struct pick_network {
	struct screen screen;
	struct table table;
	struct network_choices choices; /* owned; "none" is one of them, where it is offered */
	char **options; /* owned: what tells them apart, for a network and a bridge may share a name */
	bool none;
	void (*chosen)(struct ui *ui, const char *option, void *userdata);
	void *userdata;
};

/* ---- what there is ---- */

static void load(struct pick_network *self)
{
	network_choices_clear(&self->choices);
	network_choices(self->screen.ui->manager, &self->choices);
	if (self->none)
		*ARRAY_ADD(self->choices.choices, self->choices.count) = (struct network_choice){ .kind = NETWORK_CHOICE_NONE };
	strv_free(TAKE_POINTER(self->options));
	for (size_t i = 0; i < self->choices.count; i++)
		self->options = strv_take(self->options, network_choice_option(&self->choices.choices[i]));
	table_set_count(&self->table, self->choices.count);
}

static const struct network_choice *choice_of(size_t item, const void *userdata)
{
	return &((const struct pick_network *)userdata)->choices.choices[item];
}

/* What is in the way, or that it will be started. Owned; NULL: nothing to say. */
static char *state_of(const struct network_choice *choice, enum style *ret_style)
{
	*ret_style = STYLE_PAUSED;
	if (choice->access == NETWORK_FOR_ROOT)
		return xstrdup(_("for root alone"));
	if (choice->access == NETWORK_IF_ALLOWED)
		return xstrdup(_("if root allows it"));
	if (choice->access == NETWORK_IF_THERE)
		return xstrdup(_("not installed"));
	if (choice->kind != NETWORK_CHOICE_NETWORK)
		return NULL;
	*ret_style = choice->active ? STYLE_RUNNING : choice->autostart ? STYLE_DIM : STYLE_PAUSED;
	return xstrdup(choice->active ? _("active") : choice->autostart ? _("started when needed") : _("stopped"));
}

/* ---- the table ---- */

static void cell(size_t row, size_t column, struct list_cell *ret, void *userdata)
{
	const struct network_choice *choice = choice_of(row, userdata);

	switch (column) {
	case COLUMN_NAME:
		ret->text = xstrdup(choice->name != NULL ? choice->name : choice->kind == NETWORK_CHOICE_NONE ? _("none") : _("user networking"));
		break;
	case COLUMN_MODE:
		ret->text = choice->kind != NETWORK_CHOICE_NONE ? xstrdup(network_words_mode(choice)) : NULL;
		break;
	case COLUMN_USES:
		ret->text = xstrdup_null(choice->uses);
		ret->style = STYLE_DIM;
		break;
	case COLUMN_STATE:
		ret->text = state_of(choice, &ret->style);
		break;
	default:
		break;
	}
}

static const char *name_of(size_t item, void *userdata)
{
	return ((const struct pick_network *)userdata)->options[item];
}

static bool matches(size_t item, char *const *words, void *userdata)
{
	const struct network_choice *choice = choice_of(item, userdata);
	_cleanup_free_ char *label = network_words_label(choice);
	const char *const texts[] = { label, network_words_mode(choice) };

	return filter_matches(words, texts, ARRAY_LENGTH(texts));
}

static const struct table_class class = {
	.columns = columns,
	.column_count = COLUMN_TOTAL,
	.nothing = "",
	.not_found = N_("nothing has that in its name, mode or subnet"),
	.cell = cell,
	.name = name_of,
	.matches = matches,
};

/* ---- the screen ---- */

static const struct key_table *pick_keys(const struct screen *screen)
{
	(void)screen;
	return &keys_pick_network;
}

static const char *pick_refuses(struct screen *screen, enum command command)
{
	const struct pick_network *self = (struct pick_network *)screen;

	size_t at = table_selected(&self->table);

	if (command == COMMAND_NEW)
		return geteuid() != 0 ? _("only root makes networks") : NULL;
	if (command != COMMAND_ACCEPT && command != COMMAND_START)
		return NULL;
	if (at == TABLE_NONE)
		return _(class.not_found);
	if (command == COMMAND_ACCEPT)
		return NULL;
	const struct network_choice *choice = choice_of(at, self);

	return choice->kind != NETWORK_CHOICE_NETWORK ? _("only a network of virtty's is started") :
	       choice->access == NETWORK_FOR_ROOT     ? _("only root starts networks") :
	       choice->active			      ? _("the network runs already") :
							NULL;
}

static void choose(struct pick_network *self)
{
	_cleanup_free_ char *option = xstrdup(name_of(table_selected(&self->table), self));
	struct ui *ui = self->screen.ui;

	ui_close(&self->screen);
	self->chosen(ui, option, self->userdata);
}

/* It has no screen any more when this comes, perhaps. */
static void started(const struct job_result *result, void *userdata)
{
	struct ui *ui = userdata;

	ui->stale = true;
	if (!result->ok)
		ui_push(ui, dialog_error(_("The network does not start"), &result->error));
	else if (*result->warnings != '\0')
		ui_push(ui, dialog_message(_("The network runs, but"), STYLE_PAUSED, result->warnings));
}

static void start(const struct pick_network *self)
{
	_cleanup_free_ char *network = strf("--network=%s", choice_of(table_selected(&self->table), self)->name);
	const char *const arguments[] = { "net-start", network, NULL };
	struct ui *ui = self->screen.ui;
	_cleanup_error_ struct error err = ERROR_INIT;

	if (!job_run(ui->jobs, arguments, started, NULL, ui, &err))
		ui_push(ui, dialog_error(_("The network does not start"), &err));
}

static void pick_do(struct screen *screen, enum command command)
{
	struct pick_network *self = (struct pick_network *)screen;

	ui_dirty(screen->ui);
	if (ui_everywhere(screen->ui, command))
		return;
	if (command == COMMAND_CLOSE)
		ui_close(screen);
	else if (command == COMMAND_ACCEPT)
		choose(self);
	else if (command == COMMAND_START)
		start(self);
	else if (command == COMMAND_NEW)
		network_new(screen->ui);
	else
		table_command(&self->table, command);
}

static void pick_typed(struct screen *screen, const struct key *key)
{
	table_key(&((struct pick_network *)screen)->table, key);
	ui_dirty(screen->ui);
}

static void pick_pasted(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	(void)begin;
	(void)end;
	table_paste(&((struct pick_network *)screen)->table, text, length);
	ui_dirty(screen->ui);
}

static void pick_clicked(struct screen *screen, const struct mouse *mouse)
{
	struct pick_network *self = (struct pick_network *)screen;

	if (table_mouse(&self->table, mouse) && table_selected(&self->table) != TABLE_NONE)
		choose(self);
	ui_dirty(screen->ui);
}

static void pick_changed(struct screen *screen)
{
	load((struct pick_network *)screen);
	ui_dirty(screen->ui);
}

static void draw_meaning(const struct pick_network *self, struct terminal *term, int row)
{
	size_t at = table_selected(&self->table);

	if (at == TABLE_NONE)
		return;
	_cleanup_strv_ char **lines = text_wrap(_(network_words_meaning(choice_of(at, self))), terminal_columns(term) - 2);

	for (int i = 0; i < MEANING_ROWS && lines[i] != NULL; i++)
		terminal_put(term, row + i, 1, terminal_columns(term), STYLE_DIM, lines[i]);
}

static void pick_draw(struct screen *screen, struct terminal *term)
{
	struct pick_network *self = (struct pick_network *)screen;
	int wide = terminal_columns(term), rows = terminal_rows(term);
	int meaning = rows > 8 ? MEANING_ROWS + 1 : 0;
	const struct view_area area = { 2, 0, rows - 3 - meaning, wide };
	_cleanup_free_ char *right = strf(_("%zu of %zu "), self->table.row_count, self->choices.count);
	int column;

	head_draw(term, _(" virtty: what the network card is joined to"), right);
	column = terminal_put(term, 1, 1, wide, STYLE_NORMAL, _("Filter: "));
	line_draw(&self->table.filter, term, 1, column, wide - column - 1, STYLE_SELECTED, screen->ui->top == screen);
	table_draw_rows(&self->table, term, &area);
	if (meaning > 0)
		draw_meaning(self, term, rows - 1 - MEANING_ROWS);
	footer_draw(screen, term, NULL);
}

static void pick_close(struct screen *screen)
{
	struct pick_network *self = (struct pick_network *)screen;

	table_clear(&self->table);
	network_choices_clear(&self->choices);
	strv_free(self->options);
	free(self);
}

static const struct screen_class pick_class = {
	.keys = pick_keys,
	.refuses = pick_refuses,
	.command = pick_do,
	.key = pick_typed,
	.paste = pick_pasted,
	.mouse = pick_clicked,
	.changed = pick_changed,
	.draw = pick_draw,
	.close = pick_close,
};

struct screen *pick_network_screen(struct ui *ui, const char *option, bool none, void (*chosen)(struct ui *ui, const char *option, void *userdata),
				   void *userdata)
{
	struct pick_network *self = xcalloc(1, sizeof *self);

	self->screen.class = &pick_class;
	self->screen.ui = ui;
	self->screen.grabs = true;
	self->none = none;
	self->chosen = chosen;
	self->userdata = userdata;
	table_init(&self->table, &class, self);
	self->table.typing = true;
	load(self);
	table_select(&self->table, option);
	return &self->screen;
}
