/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The form that says when machines start with the host; `virtty autostart` does it. */
#include "tui/screen_autostart.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/autostart.h"
#include "tui/bindings.h"
#include "tui/form.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"

#include <inttypes.h>
#include <stdlib.h>

enum { FIELD_MARKED, FIELD_ORDER, FIELD_DELAY, FIELD_TOTAL };

static const struct field_row {
	enum field_kind kind;
	int width;
	const char *label, *unit, *help;
} rows[FIELD_TOTAL] = {
	[FIELD_MARKED] = { FIELD_CHECK, 0, N_("With the host"), NULL, N_("Start it whenever the host starts. Space changes it.") },
	[FIELD_ORDER] = { FIELD_TEXT, 8, N_("Order"), NULL, N_("A whole number: the lowest starts first, equal ones by name.") },
	[FIELD_DELAY] = { FIELD_TEXT, 8, N_("Delay"), N_("seconds"), N_("How long to wait, once it has started, before the next one is.") },
};

static const struct batch_words mark_words = {
	"autostart", NULL, N_("marking"), N_("starts with the host from now on"), N_("start with the host from now on"), N_("cannot be started with the host"),
};
static const struct batch_words unmark_words = {
	"autostart", "--disable", N_("marking"), N_("no longer starts with the host"), N_("no longer start with the host"),
	N_("cannot be taken from those that start with the host"),
};

struct autostart_screen {
	struct screen screen;
	struct form form;
	struct batch_target *targets; /* owned until it is done */
	size_t count;
};

static char *wrong_order(const char *text)
{
	int64_t number;

	if (text_to_int(text, &number) && number >= -AUTOSTART_ORDER_LIMIT && number <= AUTOSTART_ORDER_LIMIT)
		return NULL;
	return strf(_("a whole number from -%d to %d"), AUTOSTART_ORDER_LIMIT, AUTOSTART_ORDER_LIMIT);
}

static char *wrong_delay(const char *text)
{
	int64_t number;

	if (text_to_int(text, &number) && number >= 0 && number <= AUTOSTART_DELAY_LIMIT_S)
		return NULL;
	return strf(_("a whole number of seconds, at most %d"), AUTOSTART_DELAY_LIMIT_S);
}

static void judge_field(struct autostart_screen *self, size_t at, char *(*wrong)(const char *text))
{
	struct field *field = &self->form.fields[at];
	char *message = wrong(line_text(&field->line));

	field->hidden = !self->form.fields[FIELD_MARKED].checked;
	form_say(&self->form, at, NULL, message != NULL ? FIELD_WRONG : FIELD_FINE, message);
}

static void judge(struct autostart_screen *self)
{
	judge_field(self, FIELD_ORDER, wrong_order);
	judge_field(self, FIELD_DELAY, wrong_delay);
	form_focus(&self->form, self->form.focus);
}

static void changed(struct form *form, size_t at, void *userdata)
{
	(void)form;
	(void)at;
	judge(userdata);
}

static const struct key_table *autostart_keys(const struct screen *screen)
{
	(void)screen;
	return &keys_form_small;
}

static const char *autostart_refuses(struct screen *screen, enum command command)
{
	const struct autostart_screen *self = (struct autostart_screen *)screen;
	size_t wrong = form_first_wrong(&self->form);

	return command == COMMAND_ACCEPT && wrong < self->form.count ? self->form.fields[wrong].message : NULL;
}

static void take(struct autostart_screen *self)
{
	struct ui *ui = self->screen.ui;
	const struct field *fields = self->form.fields;
	bool marked = fields[FIELD_MARKED].checked;

	for (size_t i = 0; marked && i < self->count; i++)
		self->targets[i].extra = strv_addf(strv_addf(self->targets[i].extra, "--order=%s", line_text(&fields[FIELD_ORDER].line)), "--delay=%s",
						   line_text(&fields[FIELD_DELAY].line));
	batch_run(ui, marked ? &mark_words : &unmark_words, TAKE_POINTER(self->targets), self->count, 0);
	ui_close(&self->screen);
}

static void autostart_command(struct screen *screen, enum command command)
{
	struct autostart_screen *self = (struct autostart_screen *)screen;

	ui_dirty(screen->ui);
	if (ui_everywhere(screen->ui, command))
		return;
	if (command == COMMAND_ACCEPT)
		take(self);
	else if (command == COMMAND_CLOSE)
		ui_close(screen);
	else
		form_command(&self->form, command);
}

static void autostart_key(struct screen *screen, const struct key *key)
{
	form_key(&((struct autostart_screen *)screen)->form, key);
	ui_dirty(screen->ui);
}

static void autostart_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	(void)begin;
	(void)end;
	form_paste(&((struct autostart_screen *)screen)->form, text, length);
	ui_dirty(screen->ui);
}

static void autostart_mouse(struct screen *screen, const struct mouse *mouse)
{
	form_mouse(&((struct autostart_screen *)screen)->form, mouse);
	ui_dirty(screen->ui);
}

static void autostart_draw(struct screen *screen, struct terminal *term)
{
	struct autostart_screen *self = (struct autostart_screen *)screen;
	const char *help = form_focused(&self->form)->help;
	int rows_there = terminal_rows(term);
	_cleanup_free_ char *title = self->count == 1 ? strf(_(" %s: start with the host"), self->targets[0].name) :
							strf(ngettext(" %zu machine: start with the host", " %zu machines: start with the host", self->count),
							     self->count);

	head_draw(term, title, "");
	form_draw(&self->form, term, 2, rows_there - 5, terminal_columns(term), screen->ui->top == screen);
	if (rows_there > 5)
		terminal_put(term, rows_there - 3, 1, terminal_columns(term), STYLE_DIM, _(help));
	footer_draw(screen, term, NULL);
}

static void autostart_close(struct screen *screen)
{
	struct autostart_screen *self = (struct autostart_screen *)screen;

	form_clear(&self->form);
	batch_targets_free(self->targets, self->count);
	free(self);
}

static const struct screen_class autostart_class = {
	.keys = autostart_keys,
	.refuses = autostart_refuses,
	.command = autostart_command,
	.key = autostart_key,
	.paste = autostart_paste,
	.mouse = autostart_mouse,
	.draw = autostart_draw,
	.close = autostart_close,
};

struct screen *autostart_screen(struct ui *ui, const size_t *indices, size_t count)
{
	struct autostart_screen *self = xcalloc(1, sizeof *self);
	const struct machine *first = &ui->model->machines[indices[0]];
	_cleanup_free_ char *order = strf("%d", first->autostart_order);
	_cleanup_free_ char *delay = strf("%u", first->autostart_delay_s);

	self->screen.class = &autostart_class;
	self->screen.grabs = true;
	self->targets = batch_targets(ui->model, indices, count);
	self->count = count;
	form_init(&self->form, FIELD_TOTAL);
	for (size_t i = 0; i < FIELD_TOTAL; i++) {
		struct field *field = &self->form.fields[i];

		field->kind = rows[i].kind;
		field->width = rows[i].width;
		field->label = rows[i].label;
		field->unit = rows[i].unit;
		field->help = rows[i].help;
	}
	/* who opens this wants it marked */
	self->form.fields[FIELD_MARKED].checked = true;
	form_set_text(&self->form, FIELD_ORDER, order);
	form_set_text(&self->form, FIELD_DELAY, delay);
	self->form.changed = changed;
	self->form.userdata = self;
	judge(self);
	return &self->screen;
}
