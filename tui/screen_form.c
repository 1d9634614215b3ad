/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forms of one page. */
#include "tui/screen_form.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "tui/bindings.h"
#include "tui/dialog.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"

#include <stdlib.h>

#define HELP_ROWS 2

struct form_screen {
	struct screen screen;
	struct form form;
	const struct form_class *class;
	char *title; /* owned */
	void *userdata;
};

static void judge(struct form_screen *self)
{
	self->class->judge(&self->form, self->userdata);
	form_focus(&self->form, self->form.focus);
	ui_dirty(self->screen.ui);
}

static void changed(struct form *form, size_t at, void *userdata)
{
	(void)form;
	(void)at;
	judge(userdata);
}

void form_screen_put(struct screen *screen, size_t field, const char *text)
{
	struct form_screen *self = (struct form_screen *)screen;

	form_set_text(&self->form, field, text);
	judge(self);
}

void form_screen_judge(struct screen *screen)
{
	judge((struct form_screen *)screen);
}

static const struct key_table *form_keys(const struct screen *screen)
{
	return ((const struct form_screen *)screen)->class->browse != NULL ? &keys_form_files : &keys_form_small;
}

static const char *form_refuses(struct screen *screen, enum command command)
{
	struct form_screen *self = (struct form_screen *)screen;

	if (command == COMMAND_BROWSE)
		return form_focused(&self->form)->path ? NULL : _("there is nothing to choose a value for this field from");
	return NULL;
}

/* Enter where something is wrong goes there, and says it. */
static void take(struct form_screen *self)
{
	size_t wrong = form_first_wrong(&self->form);

	if (wrong == self->form.count) {
		if (self->class->take(self->screen.ui, &self->form, self->userdata))
			ui_close(&self->screen);
		return;
	}
	const struct field *field = &self->form.fields[wrong];

	form_focus(&self->form, wrong);
	ui_status(self->screen.ui, STYLE_ERROR, "%s: %s", _(field->label), field->message != NULL ? field->message : _("something is needed here"));
}

static void form_do(struct screen *screen, enum command command)
{
	struct form_screen *self = (struct form_screen *)screen;

	ui_dirty(screen->ui);
	if (ui_everywhere(screen->ui, command))
		return;
	if (command == COMMAND_ACCEPT)
		take(self);
	else if (command == COMMAND_CLOSE)
		ui_close(screen);
	else if (command == COMMAND_BROWSE)
		self->class->browse(screen, self->form.focus, self->userdata);
	else
		form_command(&self->form, command);
}

static void form_typed(struct screen *screen, const struct key *key)
{
	form_key(&((struct form_screen *)screen)->form, key);
	ui_dirty(screen->ui);
}

static void form_pasted(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	(void)begin;
	(void)end;
	form_paste(&((struct form_screen *)screen)->form, text, length);
	ui_dirty(screen->ui);
}

static void form_clicked(struct screen *screen, const struct mouse *mouse)
{
	form_mouse(&((struct form_screen *)screen)->form, mouse);
	ui_dirty(screen->ui);
}

static void form_model_changed(struct screen *screen)
{
	judge((struct form_screen *)screen);
}

static void draw(struct screen *screen, struct terminal *term)
{
	struct form_screen *self = (struct form_screen *)screen;
	const char *help = form_focused(&self->form)->help;
	int rows = terminal_rows(term), columns = terminal_columns(term);
	int bottom = rows - 2;

	head_draw(term, self->title, "");
	if (help != NULL && rows > 6) {
		_cleanup_strv_ char **lines = text_wrap(_(help), columns - 2);
		int count = (int)strv_length(lines) < HELP_ROWS ? (int)strv_length(lines) : HELP_ROWS;

		for (int i = 0; i < count; i++)
			terminal_put(term, bottom - count + i, 1, columns, STYLE_DIM, lines[i]);
		bottom -= count + 1;
	}
	form_draw(&self->form, term, 2, bottom - 2, columns, screen->ui->top == screen);
	footer_draw(screen, term, NULL);
}

static void form_close(struct screen *screen)
{
	struct form_screen *self = (struct form_screen *)screen;

	form_clear(&self->form);
	if (self->class->free != NULL)
		self->class->free(self->userdata);
	free(self->title);
	free(self);
}

static const struct screen_class screen_class = {
	.keys = form_keys,
	.refuses = form_refuses,
	.command = form_do,
	.key = form_typed,
	.paste = form_pasted,
	.mouse = form_clicked,
	.changed = form_model_changed,
	.draw = draw,
	.close = form_close,
};

struct screen *form_screen(struct ui *ui, const char *title, const struct form_class *class, void (*fill)(struct form *form, void *userdata),
			   void *userdata)
{
	struct form_screen *self = xcalloc(1, sizeof *self);

	self->screen.class = &screen_class;
	self->screen.ui = ui;
	self->screen.grabs = true;
	self->class = class;
	self->title = strf(" %s", title);
	self->userdata = userdata;
	form_init(&self->form, class->count);
	for (size_t i = 0; i < class->count; i++) {
		struct field *field = &self->form.fields[i];

		field->kind = class->rows[i].kind;
		field->width = class->rows[i].width;
		field->label = class->rows[i].label;
		field->unit = class->rows[i].unit;
		field->help = class->rows[i].help;
		field->path = class->rows[i].path;
	}
	if (fill != NULL)
		fill(&self->form, userdata);
	self->form.changed = changed;
	self->form.userdata = self;
	judge(self);
	form_focus(&self->form, 0);
	return &self->screen;
}
