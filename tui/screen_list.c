/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of machines, live. */
#include "tui/screen_list.h"

#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "tui/actions.h"
#include "tui/bindings.h"
#include "tui/consoles.h"
#include "tui/dialog.h"
#include "tui/host_line.h"
#include "tui/line_edit.h"
#include "tui/list_rows.h"
#include "tui/load_bars.h"
#include "tui/preview.h"
#include "tui/screen_details.h"
#include "tui/screen_jobs.h"
#include "tui/screen_networks.h"
#include "tui/screen_storage.h"
#include "tui/screen_tabs.h"
#include "tui/screen_wizard.h"
#include "tui/ssh_line.h"
#include "tui/storage_model.h"
#include "tui/terminal.h"
#include "tui/widget_list.h"
#include "tui/widget_status.h"

#include <stdlib.h>
#include <string.h>

enum {
	COLUMN_MARK, COLUMN_NAME, COLUMN_STATE, COLUMN_CPU, COLUMN_HISTORY, COLUMN_MEMORY, COLUMN_UPTIME, COLUMN_VCPUS, COLUMN_ADDRESS, COLUMN_TITLE,
	COLUMN_TOTAL
};

static const struct list_column columns[COLUMN_TOTAL] = {
	[COLUMN_MARK] = { "", .width = 3 },
	[COLUMN_NAME] = { N_("Name"), .width = 12, .grow = 3, .most = 48 },
	[COLUMN_STATE] = { N_("State"), .width = 11 },
	[COLUMN_CPU] = { N_("CPU%"), .width = 5, .priority = 2, .right = true },
	[COLUMN_HISTORY] = { N_("Load"), .width = 6, .grow = 1, .most = 16, .priority = 7 },
	[COLUMN_MEMORY] = { N_("Memory"), .width = 8, .priority = 3, .right = true },
	[COLUMN_UPTIME] = { N_("Uptime"), .width = 11, .priority = 1, .right = true },
	[COLUMN_VCPUS] = { N_("vCPUs"), .width = 6, .priority = 5, .right = true },
	/* as wide as the longest that is known, and not there while none is: layout() */
	[COLUMN_ADDRESS] = { N_("Address"), .priority = 4 },
	[COLUMN_TITLE] = { N_("Title"), .width = 8, .grow = 4, .priority = 6 },
};

/* Which key a column sorts by, and back. The first title is no words': it sorts by what starts with the host. */
static const enum sort_key column_keys[COLUMN_TOTAL] = {
	[COLUMN_MARK] = SORT_AUTOSTART, [COLUMN_NAME] = SORT_NAME,     [COLUMN_STATE] = SORT_STATE,
	[COLUMN_CPU] = SORT_CPU,	[COLUMN_HISTORY] = SORT_CPU,   [COLUMN_MEMORY] = SORT_MEMORY,
	[COLUMN_UPTIME] = SORT_UPTIME,	[COLUMN_VCPUS] = SORT_VCPUS,   [COLUMN_ADDRESS] = SORT_ADDRESS,
	[COLUMN_TITLE] = SORT_TITLE,
};

struct list_screen {
	struct screen screen;
	struct list_column columns[COLUMN_TOTAL]; /* as the machines need them now */
	struct list list;
	struct list_rows rows;
	struct line_edit filter;
	struct preview *preview; /* owned */
	int64_t selected_id; /* the selection follows the machine, not the row */
};

/* The line above the footer: the filter and what is marked. False when there is nothing to say. */
static bool has_note(const struct list_screen *self)
{
	return self->screen.grabs || *line_text(&self->filter) != '\0' || list_rows_marked(&self->rows, self->screen.ui->model, NULL) > 0;
}

/* Where the list is, and the preview (pane may be NULL). */
static struct view_area list_area(const struct list_screen *self, struct view_area *pane)
{
	struct terminal *term = self->screen.ui->term;
	int note = has_note(self) && terminal_rows(term) > 4;
	struct view_area list = { 1, 0, terminal_rows(term) - 2 - note, terminal_columns(term) };
	struct view_area none = { 0, 0, 0, 0 };

	if (self->screen.ui->model->count > 0)
		preview_divide(self->preview, &list, pane != NULL ? pane : &none);
	return list;
}

static int history_width(const struct list_screen *self)
{
	int widths[LIST_COLUMN_LIMIT];

	list_layout(self->columns, COLUMN_TOTAL, list_area(self, NULL).columns, widths);
	return widths[COLUMN_HISTORY];
}

static char *address_text(const struct ip_address *address)
{
	char text[ADDRESS_TEXT_SIZE];

	if (address->family == 0)
		return NULL;
	address_format(address, text);
	return xstrdup(text);
}

/* Twenty machines that have just been started would else change twenty rows each second. Owned. */
static char *uptime_text(const struct machine *machine)
{
	int64_t ms = clock_wall_ms() - machine->run.started_at_ms;

	return ms < 60000 ? xstrdup(_("< 1 min")) : clock_duration(ms);
}

static void cell(size_t row, size_t column, struct list_cell *ret, void *userdata)
{
	const struct list_screen *self = userdata;
	const struct model *model = self->screen.ui->model;
	const struct machine *machine = &model->machines[self->rows.rows[row]];
	const struct figures *figures = &model->figures[self->rows.rows[row]];

	switch (column) {
	case COLUMN_MARK:
		ret->text = strf("%s%s%s", figures->marked ? "*" : " ", machine->autostart ? "A" : " ",
				 consoles_has(self->screen.ui, machine->id) ? "c" : " ");
		ret->style = figures->marked ? STYLE_MATCH : STYLE_DIM;
		break;
	case COLUMN_NAME:
		ret->text = xstrdup(machine->name);
		ret->style = figures->marked ? STYLE_KEY : STYLE_NORMAL;
		break;
	case COLUMN_STATE:
		ret->text = xstrdup(action_state_word(machine, figures, &ret->style));
		break;
	case COLUMN_CPU:
		ret->text = figures->cpu_percent >= 0 ? strf("%d", figures->cpu_percent) : NULL;
		break;
	case COLUMN_HISTORY:
		if (machine_is_active(machine))
			ret->text = load_bars(figures->history, HISTORY_BARS, (size_t)history_width(self), terminal_utf8(self->screen.ui->term));
		ret->style = STYLE_RUNNING;
		break;
	case COLUMN_MEMORY:
		ret->text = size_format(machine->memory_kib * 1024);
		break;
	case COLUMN_UPTIME:
		if (machine_is_active(machine) && machine->run.started_at_ms > 0)
			ret->text = uptime_text(machine);
		break;
	case COLUMN_VCPUS:
		ret->text = strf("%u", machine->vcpus);
		break;
	case COLUMN_ADDRESS:
		ret->text = address_text(&figures->address);
		break;
	case COLUMN_TITLE:
		ret->text = xstrdup_null(machine->title);
		ret->style = STYLE_DIM;
		break;
	default:
		break;
	}
}

static const struct machine *selected(const struct list_screen *self)
{
	const struct model *model = self->screen.ui->model;

	return self->list.selected < self->rows.count ? &model->machines[self->rows.rows[self->list.selected]] : NULL;
}

static void remember(struct list_screen *self)
{
	const struct machine *machine = selected(self);

	self->selected_id = machine != NULL ? machine->id : 0;
}

static void layout(struct list_screen *self)
{
	struct list_column *address = &self->columns[COLUMN_ADDRESS];
	int wide = self->screen.ui->model->address_columns;

	/* one of IPv4 always has room, so that columns stay where they are */
	address->width = wide == 0 ? 0 : 15;
	address->most = wide > 15 ? wide : 15;
	address->grow = 2;
}

/* Orders and filters anew; the focus stays on its machine as long as that is shown. */
static void rebuild(struct list_screen *self)
{
	const struct model *model = self->screen.ui->model;

	layout(self);
	list_rows_build(&self->rows, model);
	size_t at = list_rows_find(&self->rows, model, self->selected_id);

	list_set_count(&self->list, self->rows.count);
	if (at < self->rows.count)
		list_select(&self->list, at);
	remember(self);
	ui_dirty(self->screen.ui);
}

static const struct key_table *list_keys(const struct screen *screen)
{
	return screen->grabs ? &keys_filter : &keys_list;
}

/* The machines that a command is for: the marked ones that are shown, else the one with the focus. Owned. */
static size_t *chosen(const struct list_screen *self, size_t *ret_count)
{
	const struct model *model = self->screen.ui->model;
	size_t *indices = xcalloc(self->rows.count + 1, sizeof *indices);

	*ret_count = 0;
	for (size_t i = 0; i < self->rows.count; i++)
		if (model->figures[self->rows.rows[i]].marked)
			indices[(*ret_count)++] = self->rows.rows[i];
	if (*ret_count == 0 && self->list.selected < self->rows.count)
		indices[(*ret_count)++] = self->rows.rows[self->list.selected];
	return indices;
}

static const char *list_refuses(struct screen *screen, enum command command)
{
	const struct list_screen *self = (struct list_screen *)screen;
	const struct model *model = screen->ui->model;

	if (screen->grabs)
		return NULL;
	switch ((int)command) {
	case COMMAND_CONSOLE:
	case COMMAND_VIEW:
	case COMMAND_DETAILS:
	case COMMAND_COPY_SSH:
	case COMMAND_MARK:
	case COMMAND_MARK_INVERT:
		if (selected(self) == NULL)
			return model->count == 0 ? _("there is no machine yet") : _("no machine is shown: Esc shows all");
		return NULL;
	case COMMAND_FILTER:
	case COMMAND_SORT:
	case COMMAND_SORT_REVERSE:
		return model->count == 0 ? _("there is no machine yet") : NULL;
	case COMMAND_UNMARK:
	case COMMAND_UNFILTER:
	case COMMAND_PREVIEW:
		return NULL;
	default:
		break;
	}
	if (action_words(command) == NULL)
		return NULL;
	if (selected(self) == NULL)
		return model->count == 0 ? _("there is no machine yet") : _("no machine is shown: Esc shows all");
	size_t count;
	_cleanup_free_ size_t *indices = chosen(self, &count);

	return action_refusal_all(model, indices, count, command);
}

static void filter_now(struct list_screen *self)
{
	free(self->rows.filter);
	self->rows.filter = xstrdup(line_text(&self->filter));
	rebuild(self);
}

static void filter_end(struct list_screen *self, bool keep)
{
	self->screen.grabs = false;
	if (!keep) {
		line_clear(&self->filter);
		filter_now(self);
	}
}

static void filter_command(struct list_screen *self, enum command command)
{
	bool changed;

	if (command == COMMAND_ACCEPT || command == COMMAND_CLOSE)
		filter_end(self, command == COMMAND_ACCEPT);
	else if (line_command(&self->filter, command, &changed)) {
		if (changed)
			filter_now(self);
	} else if (list_command(&self->list, command))
		remember(self);
	else
		ui_everywhere(self->screen.ui, command);
	ui_dirty(self->screen.ui);
}

static void show_order(struct list_screen *self)
{
	/* the load's bars are the CPU's: its title has the arrow */
	for (int i = COLUMN_TOTAL - 1; i >= 0; i--)
		if (column_keys[i] == self->rows.sort && i != COLUMN_HISTORY)
			self->list.sorted = i + 1;
	self->list.descending = self->rows.reverse;
	rebuild(self);
}

static void sort_by(struct list_screen *self, enum sort_key key)
{
	self->rows.reverse = key == self->rows.sort ? !self->rows.reverse : sort_key_descends(key);
	self->rows.sort = key;
	show_order(self);
}

static void sort_next(struct list_screen *self)
{
	sort_by(self, (self->rows.sort + 1) % SORT_KEYS);
}

/* Marks of rows that are not shown stay as they are. */
static void invert_shown(struct list_screen *self)
{
	struct model *model = self->screen.ui->model;

	for (size_t i = 0; i < self->rows.count; i++) {
		struct figures *figures = &model->figures[self->rows.rows[i]];

		figures->marked = !figures->marked;
	}
}

static void unmark_all(struct list_screen *self)
{
	struct model *model = self->screen.ui->model;

	for (size_t i = 0; i < model->count; i++)
		model->figures[i].marked = false;
}

/* What changes the list itself; false for other commands. */
static bool view_command(struct list_screen *self, enum command command)
{
	struct model *model = self->screen.ui->model;
	struct figures *figures = self->list.selected < self->rows.count ? &model->figures[self->rows.rows[self->list.selected]] : NULL;

	switch ((int)command) {
	case COMMAND_SORT:
		sort_next(self);
		return true;
	case COMMAND_SORT_REVERSE:
		self->rows.reverse = !self->rows.reverse;
		show_order(self);
		return true;
	case COMMAND_FILTER:
		self->screen.grabs = true;
		return true;
	case COMMAND_UNFILTER:
		filter_end(self, false);
		return true;
	case COMMAND_MARK:
		if (figures != NULL)
			figures->marked = !figures->marked;
		list_command(&self->list, COMMAND_DOWN);
		remember(self);
		return true;
	case COMMAND_MARK_INVERT:
		invert_shown(self);
		return true;
	case COMMAND_UNMARK:
		unmark_all(self);
		return true;
	case COMMAND_PREVIEW:
		preview_toggle(self->preview);
		return true;
	default:
		return false;
	}
}

static void leave(struct ui *ui, void *userdata)
{
	(void)userdata;
	ui->quitting = true;
}

static void quit(struct ui *ui)
{
	if (ui->waiting == 0) {
		ui->quitting = true;
		return;
	}
	_cleanup_free_ char *text = strf(ngettext("%zu machine still waits for its turn. Who leaves now gives that up.",
						  "%zu machines still wait for their turn. Who leaves now gives that up.", ui->waiting),
					 ui->waiting);

	ui_push(ui, dialog_confirm(_("Leave?"), text, _("Leave"), leave, NULL, NULL));
}

static void list_do(struct screen *screen, enum command command)
{
	struct list_screen *self = (struct list_screen *)screen;
	const struct machine *machine = selected(self);

	ui_dirty(screen->ui);
	if (screen->grabs) {
		filter_command(self, command);
	} else if (view_command(self, command)) {
		return;
	} else if (list_command(&self->list, command)) {
		remember(self);
	} else if (command == COMMAND_QUIT) {
		quit(screen->ui);
	} else if (command == COMMAND_STORAGE) {
		ui_push(screen->ui, storage_screen(screen->ui));
	} else if (command == COMMAND_NETWORKS) {
		ui_push(screen->ui, networks_screen(screen->ui));
	} else if (command == COMMAND_JOBS) {
		ui_push(screen->ui, jobs_screen(screen->ui));
	} else if (command == COMMAND_NEW) {
		ui_push(screen->ui, wizard_screen(screen->ui, NULL, false, false));
	} else if (machine != NULL && command == COMMAND_CONSOLE) {
		tabs_open_console(screen->ui, machine);
	} else if (machine != NULL && command == COMMAND_VIEW) {
		tabs_open_view(screen->ui, machine);
	} else if (machine != NULL && command == COMMAND_DETAILS) {
		ui_push(screen->ui, details_screen(machine));
	} else if (machine != NULL && command == COMMAND_COPY_SSH) {
		ssh_line_copy(screen->ui, machine);
	} else if (machine != NULL) {
		size_t count;
		_cleanup_free_ size_t *indices = chosen(self, &count);

		action_run_all(screen->ui, indices, count, command);
	}
}

static void list_key(struct screen *screen, const struct key *key)
{
	struct list_screen *self = (struct list_screen *)screen;

	if (screen->grabs && line_key(&self->filter, key))
		filter_now(self);
}

static void list_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	struct list_screen *self = (struct list_screen *)screen;

	(void)begin;
	(void)end;
	if (screen->grabs && line_insert(&self->filter, text, length))
		filter_now(self);
}

static void list_clicked(struct screen *screen, const struct mouse *mouse)
{
	struct list_screen *self = (struct list_screen *)screen;
	const struct view_area list = list_area(self, NULL);
	size_t column;

	ui_dirty(screen->ui);
	if (mouse->column >= list.columns)
		return; /* the preview's */
	if (list_title_at(&self->list, mouse, list.columns, &column)) {
		sort_by(self, column_keys[column]);
		return;
	}
	bool pressed = list_mouse(&self->list, mouse, NULL);

	remember(self);
	if (pressed && mouse->twice && mouse->button == 1 && !screen->grabs)
		ui_command(screen->ui, COMMAND_CONSOLE);
}

static void list_changed(struct screen *screen)
{
	struct list_screen *self = (struct list_screen *)screen;

	rebuild(self);
	if (self->preview != NULL)
		preview_poll(self->preview);
}

/* Is the list seen, perhaps below a dialog? */
static bool list_is_seen(const struct list_screen *self)
{
	const struct screen *screen = self->screen.ui->top;

	while (screen != NULL && screen != &self->screen && screen->class->overlay)
		screen = screen->below;
	return screen == &self->screen;
}

static void list_tick(struct screen *screen)
{
	struct list_screen *self = (struct list_screen *)screen;

	if (self->rows.sort == SORT_CPU)
		rebuild(self);
	if (list_is_seen(self))
		preview_poll(self->preview);
	else
		preview_look(self->preview, false);
	ui_dirty(screen->ui); /* times and loads; what is the same costs no byte */
}

/* Machines, jobs that run, the host. */
static void draw_head(const struct ui *ui, struct terminal *term)
{
	size_t running = ui->storage->running;
	_cleanup_free_ char *jobs = running > 0 ? strf(ngettext(", %zu job", ", %zu jobs", running), running) : xstrdup("");
	_cleanup_free_ char *machines = NULL;
	_cleanup_free_ char *right = NULL;

	host_line(ui->model, terminal_columns(term) - utf8_width(jobs), &machines, &right);
	_cleanup_free_ char *left = strf("%s%s", machines, jobs);

	head_draw(term, left, right);
}

static void draw_note(struct list_screen *self, struct terminal *term, int row, int wide)
{
	const struct model *model = self->screen.ui->model;
	size_t hidden;
	size_t marked = list_rows_marked(&self->rows, model, &hidden);
	struct strbuf text = STRBUF_INIT;
	int column = 0;

	terminal_fill(term, row, 0, 1, wide, STYLE_NORMAL);
	if (*line_text(&self->filter) != '\0' || self->screen.grabs)
		strbuf_printf(&text, _("%zu of %zu"), self->rows.count, model->count);
	if (marked > 0)
		strbuf_printf(&text, ngettext("%s%zu marked", "%s%zu marked", marked), text.length > 0 ? ", " : " ", marked);
	if (hidden > 0)
		strbuf_printf(&text, ngettext(" (%zu more is hidden and left alone)", " (%zu more are hidden and left alone)", hidden), hidden);
	if (*line_text(&self->filter) != '\0' || self->screen.grabs) {
		int field = wide - utf8_width(text.data) - 10;

		field = field > 40 ? 40 : field < 10 ? 10 : field;
		column = terminal_put(term, row, 0, wide, STYLE_KEY, _(" Filter: "));
		line_draw(&self->filter, term, row, column, field, self->screen.grabs ? STYLE_SELECTED : STYLE_NORMAL,
			  self->screen.grabs && self->screen.ui->top == &self->screen);
		column += field + 1;
	}
	if (text.length > 0)
		terminal_put(term, row, column, wide, STYLE_STATUS, text.data);
	strbuf_clear(&text);
}

static void list_draw_screen(struct screen *screen, struct terminal *term)
{
	struct list_screen *self = (struct list_screen *)screen;
	const struct model *model = screen->ui->model;
	int rows = terminal_rows(term);
	int wide = terminal_columns(term);
	int note = has_note(self) && rows > 4;
	struct view_area pane = { 0, 0, 0, 0 };
	const struct view_area list = list_area(self, &pane);

	draw_head(screen->ui, term);
	list_draw(&self->list, term, list.row, list.rows, list.columns);
	preview_look(self->preview, pane.rows > 0);
	if (pane.rows > 0) {
		preview_select(self->preview, selected(self));
		preview_draw(self->preview, term, &pane);
	}
	if (model->count == 0) {
		terminal_put(term, 2, 1, wide, STYLE_NORMAL, _("There is no machine yet. n makes one, step by step; so does:"));
		terminal_put(term, 3, 3, wide, STYLE_KEY, "virtty install --cdrom FILE.iso");
	} else if (self->rows.count == 0) {
		terminal_put(term, 2, 1, wide, STYLE_DIM, _("No machine has that in its name, title, state or address. Esc shows all."));
	}
	if (note)
		draw_note(self, term, rows - 2, wide);
	footer_draw(screen, term, NULL);
}

static void list_close(struct screen *screen)
{
	struct list_screen *self = (struct list_screen *)screen;

	preview_free(self->preview);
	list_rows_clear(&self->rows);
	line_clear(&self->filter);
	free(self);
}

static const struct screen_class list_class = {
	.keys = list_keys,
	.refuses = list_refuses,
	.command = list_do,
	.key = list_key,
	.paste = list_paste,
	.mouse = list_clicked,
	.tick = list_tick,
	.changed = list_changed,
	.draw = list_draw_screen,
	.close = list_close,
};

void list_screen_select(struct ui *ui, int64_t id)
{
	for (struct screen *screen = ui->top; screen != NULL; screen = screen->below)
		if (screen->class == &list_class)
			((struct list_screen *)screen)->selected_id = id;
}

struct screen *list_screen(struct ui *ui)
{
	struct list_screen *self = xcalloc(1, sizeof *self);

	self->screen.class = &list_class;
	self->screen.ui = ui;
	memcpy(self->columns, columns, sizeof self->columns);
	self->list.columns = self->columns;
	self->list.column_count = COLUMN_TOTAL;
	self->list.cell = cell;
	self->list.userdata = self;
	self->list.sorted = COLUMN_NAME + 1;
	self->preview = preview_new(ui);
	list_changed(&self->screen);
	return &self->screen;
}
