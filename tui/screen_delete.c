/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Deleting machines, and their disks when they are ticked. */
#include "tui/screen_delete.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/undefine.h"
#include "tui/actions.h"
#include "tui/bindings.h"
#include "tui/dialog.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"

#include <stdlib.h>
#include <string.h>

#define MOST_COLUMNS 100

struct item {
	size_t machine; /* index of the target */
	bool ticked;
	char *target, *path, *kept; /* owned; kept NULL: may be deleted */
	uint64_t bytes;
	int row; /* where it was drawn; -1: nowhere */
};

struct delete_screen {
	struct screen screen;
	struct batch_target *targets; /* owned until they are deleted */
	size_t target_count;
	char *text; /* owned */
	struct item *items; /* owned */
	size_t count;
	size_t focus; /* an item; count: the button that deletes; count + 1: the one that does not */
	size_t top;   /* the first item shown */
	int scroll;   /* lines of text scrolled out */
	int button_row, yes_column, no_column, no_end;
};

static const struct key_table *delete_keys(const struct screen *screen)
{
	(void)screen;
	return &keys_delete;
}

static size_t ticked(const struct delete_screen *self)
{
	size_t count = 0;

	for (size_t i = 0; i < self->count; i++)
		count += self->items[i].ticked;
	return count;
}

static const char *delete_refuses(struct screen *screen, enum command command)
{
	const struct delete_screen *self = (struct delete_screen *)screen;

	if (command == COMMAND_MARK && self->focus >= self->count)
		return _("no disk has the focus");
	if (command == COMMAND_MARK_INVERT) {
		for (size_t i = 0; i < self->count; i++)
			if (self->items[i].kept == NULL)
				return NULL;
		return _("there is no disk that may be deleted");
	}
	return NULL;
}

static void perform(struct delete_screen *self)
{
	struct ui *ui = self->screen.ui;
	struct batch_target *targets = TAKE_POINTER(self->targets);

	for (size_t i = 0; i < self->target_count; i++) {
		struct strbuf list = STRBUF_INIT;

		for (size_t j = 0; j < self->count; j++)
			if (self->items[j].machine == i && self->items[j].ticked)
				strbuf_printf(&list, "%s%s", list.length > 0 ? "," : "", self->items[j].target);
		if (list.length > 0) {
			targets[i].extra = strv_add(targets[i].extra, "--storage");
			targets[i].extra = strv_add(targets[i].extra, list.data);
		}
		strbuf_clear(&list);
	}
	batch_run(ui, action_words(COMMAND_DELETE), targets, self->target_count, 0);
	ui_close(&self->screen);
}

/* One step to what can have the focus. */
static void move_focus(struct delete_screen *self, bool forward)
{
	size_t last = self->count + 1;
	size_t at = self->focus;

	do {
		if (at == (forward ? last : 0))
			at = forward ? 0 : last;
		else
			at += forward ? 1 : (size_t)-1;
	} while (at < self->count && self->items[at].kept != NULL);
	self->focus = at;
}

static void tick_all(struct delete_screen *self)
{
	bool all = true;

	for (size_t i = 0; i < self->count; i++)
		all &= self->items[i].ticked || self->items[i].kept != NULL;
	for (size_t i = 0; i < self->count; i++)
		self->items[i].ticked = !all && self->items[i].kept == NULL;
}

static void delete_command(struct screen *screen, enum command command)
{
	struct delete_screen *self = (struct delete_screen *)screen;

	ui_dirty(screen->ui);
	if (command == COMMAND_UP || command == COMMAND_DOWN)
		move_focus(self, command == COMMAND_DOWN);
	else if (command == COMMAND_PAGE_UP)
		self->scroll -= self->scroll > 0;
	else if (command == COMMAND_PAGE_DOWN)
		self->scroll++;
	else if (command == COMMAND_MARK_INVERT)
		tick_all(self);
	else if ((command == COMMAND_MARK || command == COMMAND_ACCEPT) && self->focus < self->count)
		self->items[self->focus].ticked = !self->items[self->focus].ticked;
	else if (command == COMMAND_YES || (command == COMMAND_ACCEPT && self->focus == self->count))
		perform(self);
	else if (command == COMMAND_NO || command == COMMAND_ACCEPT)
		ui_close(screen);
}

static void delete_mouse(struct screen *screen, const struct mouse *mouse)
{
	struct delete_screen *self = (struct delete_screen *)screen;

	if (mouse->action != MOUSE_PRESS || mouse->button != 1)
		return;
	ui_dirty(screen->ui);
	if (mouse->row == self->button_row && mouse->column >= self->yes_column && mouse->column < self->no_column)
		perform(self);
	else if (mouse->row == self->button_row && mouse->column >= self->no_column && mouse->column < self->no_end)
		ui_close(screen);
	for (size_t i = 0; i < self->count; i++)
		if (self->items[i].row == mouse->row && self->items[i].kept == NULL) {
			self->focus = i;
			self->items[i].ticked = !self->items[i].ticked;
		}
}

static void draw_item(const struct delete_screen *self, struct terminal *term, size_t index, int row, int column, int limit)
{
	const struct item *item = &self->items[index];
	_cleanup_free_ char *size = size_format(item->bytes);
	_cleanup_free_ char *whose = self->target_count > 1 ? strf("%s ", self->targets[item->machine].name) : xstrdup("");
	_cleanup_free_ char *what = item->kept != NULL ? strf(_("%s%s, stays: %s"), whose, item->target, _(item->kept)) :
							 strf("%s%s, %s", whose, item->target, size);
	bool focused = self->focus == index;
	int width = utf8_width(what);
	int path_limit = limit - width - 1;
	/* the end of a path says more than its beginning */
	const char *path = item->path;

	while (utf8_width(path) > path_limit - column - 4 && strchr(path + 1, '/') != NULL)
		path = strchr(path + 1, '/');
	enum style style = focused ? STYLE_SELECTED : item->kept != NULL ? STYLE_DIM : STYLE_DIALOG;

	terminal_fill(term, row, column, 1, limit - column, style);
	terminal_put(term, row, column, limit, style, item->kept != NULL ? "    " : item->ticked ? "[x] " : "[ ] ");
	terminal_put(term, row, column + 4, path_limit, style, path);
	terminal_put(term, row, limit - width > column + 4 ? limit - width : column + 4, limit, style, what);
}

static int draw_button(struct terminal *term, int row, int column, int limit, bool marked, const char *word)
{
	_cleanup_free_ char *text = strf(marked ? "[ %s ]" : "  %s  ", word);

	return terminal_put(term, row, column, limit, marked ? STYLE_BUTTON_MARKED : STYLE_BUTTON, text);
}

static void draw_buttons(struct delete_screen *self, struct terminal *term, int row, int column, int limit)
{
	size_t disks = ticked(self);
	_cleanup_free_ char *word =
		disks > 0 ? strf(ngettext("Delete with %zu disk", "Delete with %zu disks", disks), disks) : xstrdup(_("Delete, keep disks"));

	self->button_row = row;
	self->yes_column = column;
	self->no_column = draw_button(term, row, column, limit, self->focus == self->count, word) + 1;
	self->no_end = draw_button(term, row, self->no_column, limit, self->focus == self->count + 1, _("Cancel"));
}

/* Which items are shown in so many rows: the one with the focus among them. */
static void scroll_items(struct delete_screen *self, size_t rows)
{
	if (self->focus < self->count && self->focus < self->top)
		self->top = self->focus;
	if (self->focus < self->count && rows > 0 && self->focus >= self->top + rows)
		self->top = self->focus - rows + 1;
	if (self->top + rows > self->count)
		self->top = self->count > rows ? self->count - rows : 0;
	for (size_t i = 0; i < self->count; i++)
		self->items[i].row = -1;
}

static void delete_draw(struct screen *screen, struct terminal *term)
{
	struct delete_screen *self = (struct delete_screen *)screen;
	int room = terminal_columns(term);
	int columns = room < MOST_COLUMNS + 4 ? room : MOST_COLUMNS + 4;
	int most = terminal_rows(term) - 1 - 4; /* frame, a blank, buttons */
	_cleanup_strv_ char **lines = text_wrap(self->text, columns - 4);
	int text_rows = (int)strv_length(lines);
	int items = (int)self->count < most / 2 ? (int)self->count : most / 2;
	int shown = text_rows < most - items - 1 ? text_rows : most - items - 1;

	shown = shown < 0 ? 0 : shown;
	self->scroll = self->scroll > text_rows - shown ? text_rows - shown : self->scroll;
	int rows = shown + (items > 0 ? items + 1 : 0) + 4;
	int row = (terminal_rows(term) - 1 - rows) / 2;
	int column = (room - columns) / 2;
	int limit = column + columns - 2;
	_cleanup_free_ char *title =
		self->target_count == 1 ? strf(_(" %s: delete? "), self->targets[0].name) :
					  strf(ngettext(" %zu machine: delete? ", " %zu machines: delete? ", self->target_count), self->target_count);

	row = row < 0 ? 0 : row;
	terminal_fill(term, row, column, rows, columns, STYLE_DIALOG);
	terminal_box(term, row, column, rows, columns, STYLE_DIALOG);
	terminal_put(term, row, column + 2, limit, STYLE_TITLE, title);
	for (int i = 0; i < shown; i++)
		terminal_put(term, row + 1 + i, column + 2, limit, STYLE_DIALOG, lines[self->scroll + i]);
	scroll_items(self, (size_t)(items > 0 ? items : 0));
	for (int i = 0; i < items; i++) {
		size_t index = self->top + (size_t)i;

		self->items[index].row = row + 2 + shown + i;
		draw_item(self, term, index, self->items[index].row, column + 2, limit);
	}
	draw_buttons(self, term, row + rows - 2, column + 2, limit);
	footer_draw(screen, term, NULL);
}

static void delete_close(struct screen *screen)
{
	struct delete_screen *self = (struct delete_screen *)screen;

	for (size_t i = 0; i < self->count; i++) {
		free(self->items[i].target);
		free(self->items[i].path);
		free(self->items[i].kept);
	}
	free(self->items);
	batch_targets_free(self->targets, self->target_count);
	free(self->text);
	free(self);
}

static const struct screen_class delete_class = {
	.overlay = true,
	.keys = delete_keys,
	.refuses = delete_refuses,
	.command = delete_command,
	.mouse = delete_mouse,
	.draw = delete_draw,
	.close = delete_close,
};

static void add_items(struct delete_screen *self, struct manager *manager, const struct machine *machine, size_t target)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct storage_image *images = NULL;
	size_t count = 0;

	if (!machine_storage(manager, machine, &images, &count, &err)) {
		*ARRAY_ADD(self->items, self->count) = (struct item){
			.machine = target, .target = xstrdup("?"), .path = xstrdup(error_text(&err)), .kept = xstrdup(N_("its disks are not known")), .row = -1,
		};
		return;
	}
	for (size_t i = 0; i < count; i++)
		*ARRAY_ADD(self->items, self->count) = (struct item){
			.machine = target,
			.target = TAKE_POINTER(images[i].target),
			.path = TAKE_POINTER(images[i].path),
			.kept = TAKE_POINTER(images[i].kept),
			.bytes = images[i].bytes,
			.row = -1,
		};
	storage_images_free(images, count);
}

static char *say(const struct delete_screen *self)
{
	struct strbuf text = STRBUF_INIT;

	if (self->target_count > 1) {
		strbuf_printf(&text, _("Machines: %s"), self->targets[0].name);
		for (size_t i = 1; i < self->target_count; i++)
			strbuf_printf(&text, ", %s", self->targets[i].name);
		strbuf_puts(&text, "\n\n");
	}
	strbuf_puts(&text, ngettext("The machine's definition goes, and with it the UEFI variables and TPM state that virtty made for it. This cannot be undone.",
				    "The machines' definitions go, and with them the UEFI variables and TPM states that virtty made for them. This cannot be undone.",
				    self->target_count));
	strbuf_puts(&text, "\n");
	strbuf_puts(&text, self->count > 0 ? _("Disks stay, but for those that are ticked:") : _("It has no disks."));
	return strbuf_take(&text);
}

struct screen *delete_screen(struct ui *ui, const size_t *indices, size_t count)
{
	struct delete_screen *self = xcalloc(1, sizeof *self);

	self->screen.class = &delete_class;
	self->screen.ui = ui;
	self->targets = batch_targets(ui->model, indices, count);
	self->target_count = count;
	for (size_t i = 0; i < count; i++)
		add_items(self, ui->manager, &ui->model->machines[indices[i]], i);
	self->text = say(self);
	self->focus = self->count + 1;
	self->button_row = -1;
	return &self->screen;
}
