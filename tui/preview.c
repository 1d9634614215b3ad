/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The live preview: one virtty-screen or one console at most, that of the machine at which the selection rests. */
#include "tui/preview.h"

#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/history.h"
#include "tui/actions.h"
#include "tui/console_session.h"
#include "tui/dialog.h"
#include "tui/model.h"
#include "tui/screen_tabs.h"
#include "tui/settings.h"
#include "tui/terminal.h"
#include "tui/vt.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#define REST_MS		300 /* that the selection must stay, so that scrolling through a list starts nothing */
#define UPDATE_MS	500
#define FRAMES_A_SECOND 2
#define WIDE_COLUMNS	120 /* of a terminal that has room for it beside the list */
#define LIST_COLUMNS	79  /* that the list keeps */
#define MOST_COLUMNS	80  /* of the pane: a text screen's */
#define LEAST_ROWS	12  /* of the list's area, for a pane below it */
#define LEAST_LIST_ROWS 5

struct preview {
	struct ui *ui;
	bool toggled; /* by the user: it is not as it would be by itself */
	bool seen;
	int64_t wanted, shown;		 /* machines; 0: none */
	struct view_session *view;	 /* owned; one of these, or none */
	struct console_session *console; /* owned */
	struct event *rest, *update;
	char *reason; /* owned: why the machine that is wanted has failed; NULL: it has not, or nobody knows */
};

static const struct machine *machine_of(const struct preview *self, int64_t id)
{
	size_t at = model_find(self->ui->model, id);

	return at < self->ui->model->count ? &self->ui->model->machines[at] : NULL;
}

/* ---- what it is connected to ---- */

static void drop(struct preview *self)
{
	if (self->view != NULL)
		view_session_free(TAKE_POINTER(self->view));
	if (self->console != NULL)
		console_session_free(TAKE_POINTER(self->console));
	self->shown = 0;
	evtimer_del(self->update);
}

/* A machine that is off, or whose keeper is to be found first, has nothing to show. */
static bool can_show(const struct machine *machine)
{
	return machine != NULL && machine->truth == TRUTH_RUNNING;
}

static void connect_now(struct preview *self)
{
	const struct machine *machine = machine_of(self, self->wanted);
	const struct timeval pace = { 0, UPDATE_MS * 1000 };

	if (!self->seen || !can_show(machine) || self->shown == self->wanted)
		return;
	drop(self);
	self->shown = self->wanted;
	if (machine_has_view(self->ui, machine)) {
		self->view = view_session_new(self->ui, machine);
		self->view->quiet = true;
		view_session_look(self->view, true);
		view_session_poll(self->view);
	} else if (machine_has_console(self->ui, machine)) {
		self->console = console_session_new(self->ui, machine, 0);
		console_session_poll(self->console);
		event_add(self->update, &pace);
	}
	ui_dirty(self->ui);
}

static void on_rest(evutil_socket_t fd, short what, void *userdata)
{
	(void)fd;
	(void)what;
	connect_now(userdata);
}

/* A console that nobody looks at says once that it has news: we look twice a second. */
static void on_update(evutil_socket_t fd, short what, void *userdata)
{
	struct preview *self = userdata;

	(void)fd;
	(void)what;
	if (self->console == NULL || !self->console->news)
		return;
	self->console->news = false;
	ui_dirty(self->ui);
}

/* What happened to it last, when that is why it does not run. */
static void learn_reason(struct preview *self)
{
	const struct machine *machine = machine_of(self, self->wanted);
	struct history_event *events = NULL;
	size_t count = 0;

	free(TAKE_POINTER(self->reason));
	if (!self->seen || machine == NULL || machine_is_active(machine) ||
	    !history_list(manager_db(self->ui->manager), machine->id, 0, 1, &events, &count, NULL))
		return;
	if (count > 0 && (strstr(events[0].what, "Crashed") != NULL || strstr(events[0].what, "Failed") != NULL)) {
		_cleanup_free_ char *time = clock_text(events[0].at_ms);

		self->reason = strf("%s %s\n%s", time, events[0].what, events[0].detail != NULL ? events[0].detail : "");
	}
	history_free(events, count);
}

void preview_select(struct preview *self, const struct machine *machine)
{
	const struct timeval rest = { 0, REST_MS * 1000 };
	int64_t id = machine != NULL ? machine->id : 0;

	if (id == self->wanted)
		return;
	self->wanted = id;
	drop(self);
	learn_reason(self);
	evtimer_add(self->rest, &rest);
}

void preview_look(struct preview *self, bool seen)
{
	const struct timeval rest = { 0, REST_MS * 1000 };

	if (seen == self->seen)
		return;
	self->seen = seen;
	learn_reason(self);
	if (!seen)
		drop(self);
	else
		evtimer_add(self->rest, &rest);
}

void preview_poll(struct preview *self)
{
	const struct machine *machine = machine_of(self, self->wanted);

	learn_reason(self);
	if (self->shown != 0 && !can_show(machine))
		drop(self);
	else if (self->shown == 0 && can_show(machine) && !evtimer_pending(self->rest, NULL))
		connect_now(self);
	else if (self->view != NULL)
		view_session_poll(self->view);
	else if (self->console != NULL)
		console_session_poll(self->console);
}

/* ---- where it is ---- */

static bool is_on(const struct preview *self)
{
	enum preview_setting setting = settings_preview();
	bool by_itself =
		setting == PREVIEW_ON || (setting == PREVIEW_WIDE && terminal_columns(self->ui->term) >= WIDE_COLUMNS);

	return by_itself != self->toggled;
}

void preview_toggle(struct preview *self)
{
	self->toggled = !self->toggled;
	ui_dirty(self->ui);
}

void preview_divide(const struct preview *self, struct view_area *list, struct view_area *pane)
{
	*pane = (struct view_area){ 0, 0, 0, 0 };
	if (!is_on(self))
		return;
	int wide = list->columns - LIST_COLUMNS - 1;

	if (list->columns >= WIDE_COLUMNS) {
		pane->columns = wide < MOST_COLUMNS ? wide : MOST_COLUMNS;
		pane->column = list->column + list->columns - pane->columns;
		pane->row = list->row;
		pane->rows = list->rows;
		list->columns -= pane->columns + 1;
	} else if (list->rows >= LEAST_ROWS) {
		int keep = list->rows / 2 > LEAST_LIST_ROWS ? list->rows / 2 : LEAST_LIST_ROWS;

		*pane = (struct view_area){ list->row + keep, list->column, list->rows - keep, list->columns };
		list->rows = keep;
	}
}

/* ---- drawing ---- */

static void draw_console(struct preview *self, struct terminal *term, const struct view_area *area)
{
	struct vt *vt = self->console->vt;
	_cleanup_free_ struct cell *cells = xcalloc((size_t)area->columns + 1, sizeof *cells);

	console_session_fit(self->console, area->rows, area->columns);
	for (int row = 0; row < area->rows; row++) {
		vt_row(vt, row, cells, (size_t)area->columns);
		for (int column = 0; column < area->columns; column++)
			if (cells[column].width != 0)
				terminal_cell(term, area->row + row, area->column + column, &cells[column]);
	}
}

static void draw_view(struct preview *self, struct terminal *term, const struct view_area *area)
{
	struct view_session *view = self->view;

	view_session_fit(view, area->rows, area->columns, FRAMES_A_SECOND);
	view_window_settle(&view->window, area->rows, area->columns);
	view_draw(view, term, area);
	view_session_drawn(view);
	if (!view_session_connected(view))
		terminal_put(term, area->row, area->column, area->column + area->columns, STYLE_DIM,
			     view->trouble != NULL ? view->trouble : _("connecting"));
}

/* Why there is nothing in it. */
static const char *nothing_text(const struct preview *self, const struct machine *machine)
{
	enum style style;

	if (machine == NULL)
		return "";
	if (self->shown == machine->id)
		return _("it has neither a screen nor a serial console");
	if (can_show(machine))
		return "";
	return action_state_word(machine, &self->ui->model->figures[model_find(self->ui->model, machine->id)], &style);
}

static void draw_nothing(const struct preview *self, const struct machine *machine, struct terminal *term,
			 const struct view_area *area)
{
	int limit = area->column + area->columns;
	_cleanup_strv_ char **lines = self->reason != NULL ? text_wrap(self->reason, area->columns - 2) : NULL;

	terminal_put(term, area->row, area->column + 1, limit, STYLE_DIM, nothing_text(self, machine));
	for (int i = 0; lines != NULL && lines[i] != NULL && i + 2 < area->rows; i++)
		terminal_put(term, area->row + 2 + i, area->column + 1, limit, i == 0 ? STYLE_CRASHED : STYLE_NORMAL, lines[i]);
}

void preview_draw(struct preview *self, struct terminal *term, const struct view_area *pane)
{
	const struct machine *machine = machine_of(self, self->wanted);
	struct view_area inside = { pane->row + 1, pane->column, pane->rows - 1, pane->columns };
	_cleanup_free_ char *title = strf(self->view != NULL	  ? _(" %s: screen")
					  : self->console != NULL ? _(" %s: serial console")
								  : " %s",
					  machine != NULL ? machine->name : "");

	terminal_text(term, pane->row, pane->column, pane->columns, STYLE_TITLE, title);
	if (self->view != NULL)
		draw_view(self, term, &inside);
	else if (self->console != NULL)
		draw_console(self, term, &inside);
	else
		draw_nothing(self, machine, term, &inside);
}

/* ---- life ---- */

struct preview *preview_new(struct ui *ui)
{
	struct preview *self = xcalloc(1, sizeof *self);

	self->ui = ui;
	self->rest = evtimer_new(ui->base, on_rest, self);
	self->update = event_new(ui->base, -1, EV_PERSIST, on_update, self);
	event_priority_set(self->rest, 1);
	event_priority_set(self->update, 1);
	return self;
}

void preview_free(struct preview *self)
{
	if (self == NULL)
		return;
	drop(self);
	event_free(self->rest);
	event_free(self->update);
	free(self->reason);
	free(self);
}
