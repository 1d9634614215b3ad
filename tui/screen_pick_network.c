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
#include "tui/table_picker.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"

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
	struct table_picker base;
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
	network_choices(self->base.screen.ui->manager, &self->choices);
	if (self->none)
		*ARRAY_ADD(self->choices.choices, self->choices.count) = (struct network_choice){ .kind = NETWORK_CHOICE_NONE };
	strv_free(TAKE_POINTER(self->options));
	for (size_t i = 0; i < self->choices.count; i++)
		self->options = strv_take(self->options, network_choice_option(&self->choices.choices[i]));
	table_set_count(&self->base.table, self->choices.count);
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

	size_t at = table_selected(&self->base.table);

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

static void accept_row(struct screen *screen)
{
	struct pick_network *self = (struct pick_network *)screen;
	_cleanup_free_ char *option = xstrdup(name_of(table_selected(&self->base.table), self));
	struct ui *ui = screen->ui;

	ui_close(screen);
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
	_cleanup_free_ char *network = strf("--network=%s", choice_of(table_selected(&self->base.table), self)->name);
	const char *const arguments[] = { "net-start", network, NULL };
	struct ui *ui = self->base.screen.ui;
	_cleanup_error_ struct error err = ERROR_INIT;

	if (!job_run(ui->jobs, arguments, started, NULL, ui, &err))
		ui_push(ui, dialog_error(_("The network does not start"), &err));
}

static bool act(struct screen *screen, enum command command)
{
	if (command == COMMAND_START)
		start((const struct pick_network *)screen);
	else if (command == COMMAND_NEW)
		network_new(screen->ui);
	return command == COMMAND_START || command == COMMAND_NEW;
}

static void pick_do(struct screen *screen, enum command command)
{
	table_picker_command(screen, command, act);
}

static void pick_changed(struct screen *screen)
{
	load((struct pick_network *)screen);
	ui_dirty(screen->ui);
}

static void draw_meaning(const struct pick_network *self, struct terminal *term, int row)
{
	size_t at = table_selected(&self->base.table);

	if (at == TABLE_NONE)
		return;
	_cleanup_strv_ char **lines = text_wrap(_(network_words_meaning(choice_of(at, self))), terminal_columns(term) - 2);

	for (int i = 0; i < MEANING_ROWS && lines[i] != NULL; i++)
		terminal_put(term, row + i, 1, terminal_columns(term), STYLE_DIM, lines[i]);
}

static void pick_draw(struct screen *screen, struct terminal *term)
{
	struct pick_network *self = (struct pick_network *)screen;
	int rows = terminal_rows(term);
	int meaning = rows > 8 ? MEANING_ROWS + 1 : 0;
	_cleanup_free_ char *right = strf(_("%zu of %zu "), self->base.table.row_count, self->choices.count);

	head_draw(term, _(" virtty: what the network card is joined to"), right);
	table_picker_draw(&self->base, term, 1 + meaning);
	if (meaning > 0)
		draw_meaning(self, term, rows - 1 - MEANING_ROWS);
	footer_draw(screen, term, NULL);
}

static void pick_close(struct screen *screen)
{
	struct pick_network *self = (struct pick_network *)screen;

	table_clear(&self->base.table);
	network_choices_clear(&self->choices);
	strv_free(self->options);
	free(self);
}

static const struct screen_class pick_class = {
	.keys = pick_keys,
	.refuses = pick_refuses,
	.command = pick_do,
	.key = table_picker_key,
	.paste = table_picker_paste,
	.mouse = table_picker_mouse,
	.changed = pick_changed,
	.draw = pick_draw,
	.close = pick_close,
};

struct screen *pick_network_screen(struct ui *ui, const char *option, bool none, void (*chosen)(struct ui *ui, const char *option, void *userdata),
				   void *userdata)
{
	struct pick_network *self = xcalloc(1, sizeof *self);

	table_picker_init(&self->base, ui, &pick_class, &class, accept_row);
	self->none = none;
	self->chosen = chosen;
	self->userdata = userdata;
	load(self);
	table_select(&self->base.table, option);
	return &self->base.screen;
}
