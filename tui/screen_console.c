/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The serial console: a keeper's socket on one side, libvterm in the middle, the host's terminal on the other. */
#include "tui/screen_console.h"

#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "core/console.h"
#include "tui/actions.h"
#include "tui/bindings.h"
#include "tui/job.h"
#include "tui/terminal.h"
#include "tui/vt.h"
#include "tui/widget_status.h"

#include <event2/event.h>
#include <stdlib.h>

#define STEP_BYTES  (64 * 1024)
#define BELL_MS     1000
#define ADOPT_MS    10000 /* between two tries */
#define WHEEL_LINES 3

struct console_screen {
	struct screen screen;
	int64_t id;
	char *name; /* owned */
	struct vt *vt;
	struct console *console; /* NULL: not connected */
	struct event *readable, *writable;
	bool replaying; /* until the keeper says what we may: before that come old bytes, whose questions are not answered */
	bool writer, held;
	bool lost_input;
	char *trouble; /* owned; why there is no connection though the machine runs */
	int64_t bell_at_ms, adopted_at_ms;
};

static struct console_screen *self_of(struct screen *screen)
{
	return (struct console_screen *)screen;
}

/* The machine's index in the model, or its count when it was undefined. */
static const struct machine *machine_of(const struct console_screen *self)
{
	const struct model *model = self->screen.ui->model;
	size_t at = model_find(model, self->id);

	return at < model->count ? &model->machines[at] : NULL;
}

/* ---- the connection ---- */

static void disconnect(struct console_screen *self)
{
	if (self->console == NULL)
		return;
	event_free(TAKE_POINTER(self->readable));
	event_free(TAKE_POINTER(self->writable));
	console_close(TAKE_POINTER(self->console));
	self->writer = self->held = false;
	self->screen.grabs = false;
	ui_dirty(self->screen.ui);
}

static void set_trouble(struct console_screen *self, const char *text)
{
	if (text_equal(self->trouble, text))
		return;
	free(self->trouble);
	self->trouble = xstrdup_null(text);
	ui_dirty(self->screen.ui);
}

static void on_data(const char *bytes, size_t length, void *userdata)
{
	struct console_screen *self = userdata;

	vt_write(self->vt, bytes, length, self->replaying || !self->writer);
	ui_dirty(self->screen.ui);
}

static void on_status(bool writer, bool held, void *userdata)
{
	struct console_screen *self = userdata;

	self->replaying = false;
	self->writer = writer;
	self->held = held;
	self->screen.grabs = writer;
	ui_dirty(self->screen.ui);
}

static const struct console_callbacks console_callbacks = { .data = on_data, .status = on_status };

static void watch_writing(struct console_screen *self)
{
	if (console_wants_write(self->console))
		event_add(self->writable, NULL);
	else
		event_del(self->writable);
}

static void step(evutil_socket_t fd, short what, void *userdata)
{
	struct console_screen *self = userdata;
	_cleanup_error_ struct error err = ERROR_INIT;

	(void)fd;
	(void)what;
	if (console_step(self->console, STEP_BYTES, &err))
		watch_writing(self);
	else
		disconnect(self); /* the machine went off, or its keeper: a tick or a change tries again */
}

static bool connect_to(struct console_screen *self, const char *viewer, struct error *err)
{
	struct event_base *base = self->screen.ui->base;

	self->console = console_open(viewer, true, false, &console_callbacks, self, err);
	if (self->console == NULL)
		return false;
	self->replaying = true;
	self->lost_input = false;
	vt_reset(self->vt);
	self->readable = event_new(base, console_fd(self->console), EV_READ | EV_PERSIST, step, self);
	self->writable = event_new(base, console_fd(self->console), EV_WRITE | EV_PERSIST, step, self);
	/* after keys and ticks: a flood starves nobody */
	event_priority_set(self->readable, 1);
	event_priority_set(self->writable, 1);
	event_add(self->readable, NULL);
	watch_writing(self);
	return true;
}

static void adopted(const struct job_result *result, void *userdata)
{
	struct ui *ui = userdata;

	if (!result->ok)
		ui_status(ui, STYLE_ERROR, "%s", error_text(&result->error));
	ui->stale = true;
}

/* A machine whose keeper has died gets a new one by the next command about it; ours is a job, since it may take a while. */
static void adopt(struct console_screen *self, const struct machine *machine)
{
	const char *const arguments[] = { "ttyconsole", "--domain", machine->uuid, NULL };
	int64_t now = clock_monotonic_ms();

	if (self->adopted_at_ms != 0 && now - self->adopted_at_ms < ADOPT_MS)
		return;
	self->adopted_at_ms = now;
	job_run(self->screen.ui->jobs, arguments, adopted, NULL, self->screen.ui, NULL);
}

static void connect_first(struct console_screen *self, const struct machine *machine)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct console_info *infos = NULL;
	size_t count = 0;

	machine_consoles(machine, &infos, &count);
	if (count == 0)
		set_trouble(self, _("the machine has no serial console"));
	/* a machine that is just starting has the socket a moment later */
	else if (!connect_to(self, infos[0].viewer, &err) && err.code != ERROR_NOT_FOUND)
		set_trouble(self, error_text(&err));
	else
		set_trouble(self, NULL);
	console_infos_free(infos, count);
}

/* Connects when there is a console to connect to. Never waits. */
static void try_connect(struct console_screen *self)
{
	const struct machine *machine = machine_of(self);

	if (self->console != NULL)
		return;
	if (machine == NULL || !machine_is_active(machine) || machine->truth == TRUTH_STARTING)
		set_trouble(self, NULL);
	else if (machine->truth == TRUTH_ORPHAN)
		adopt(self, machine);
	else if (process_stopped(&machine->run.holder))
		set_trouble(self, _("the machine's keeper is stopped; 'kill -CONT' wakes it"));
	else
		connect_first(self, machine);
	ui_dirty(self->screen.ui);
}

/* ---- the terminal's side ---- */

static void to_guest(const char *bytes, size_t length, void *userdata)
{
	struct console_screen *self = userdata;

	if (self->console == NULL || !self->writer)
		return;
	if (!console_send(self->console, bytes, length) && !self->lost_input) {
		self->lost_input = true;
		ui_status(self->screen.ui, STYLE_ERROR, _("the guest does not read: some of what was typed is lost"));
	}
	watch_writing(self);
}

static void on_bell(void *userdata)
{
	struct console_screen *self = userdata;
	int64_t now = clock_monotonic_ms();

	if (self->screen.ui->top != &self->screen || now - self->bell_at_ms < BELL_MS)
		return;
	self->bell_at_ms = now;
	terminal_bell(self->screen.ui->term);
}

static const struct vt_callbacks vt_callbacks = { .output = to_guest, .bell = on_bell };

/* ---- the screen ---- */

static const struct key_table *console_keys(const struct screen *screen)
{
	return ((const struct console_screen *)screen)->writer ? &keys_console : &keys_console_reader;
}

static const char *console_refuses(struct screen *screen, enum command command)
{
	const struct console_screen *self = self_of(screen);
	const struct model *model = screen->ui->model;
	size_t at = model_find(model, self->id);

	if (command == COMMAND_TAKE_OVER && (self->console == NULL || self->writer))
		return _("nobody else types here");
	if (command != COMMAND_START)
		return NULL;
	if (at == model->count)
		return _("the machine is no longer defined");
	return action_refusal(&model->machines[at], &model->figures[at], command);
}

static void console_command(struct screen *screen, enum command command)
{
	struct console_screen *self = self_of(screen);
	const struct machine *machine = machine_of(self);
	int page = terminal_rows(screen->ui->term) - 2;

	if (command == COMMAND_DETACH)
		ui_close(screen);
	else if (command == COMMAND_TAKE_OVER)
		console_request_write(self->console, true), watch_writing(self);
	else if (command == COMMAND_SCROLL_UP || command == COMMAND_SCROLL_DOWN)
		vt_scroll(self->vt, command == COMMAND_SCROLL_UP ? page : -page);
	else if (command == COMMAND_SCROLL_FIRST || command == COMMAND_SCROLL_LAST)
		vt_scroll_to(self->vt, command == COMMAND_SCROLL_FIRST);
	else if (machine != NULL)
		action_run(screen->ui, machine, command);
	ui_dirty(screen->ui);
}

static void console_key(struct screen *screen, const struct key *key)
{
	struct console_screen *self = self_of(screen);

	if (!self->writer)
		return;
	if (vt_scrolled(self->vt) > 0) {
		vt_scroll_to(self->vt, false);
		ui_dirty(screen->ui);
	}
	vt_key(self->vt, key, terminal_utf8(screen->ui->term));
}

static void console_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	struct console_screen *self = self_of(screen);

	if (begin)
		vt_paste_bracket(self->vt, true);
	if (length > 0)
		to_guest(text, length, self);
	if (end)
		vt_paste_bracket(self->vt, false);
}

static void console_mouse(struct screen *screen, const struct mouse *mouse)
{
	struct console_screen *self = self_of(screen);

	if (self->writer && vt_scrolled(self->vt) == 0 && vt_mouse(self->vt, mouse))
		return;
	if (mouse->action == MOUSE_PRESS && (mouse->button == 4 || mouse->button == 5)) {
		vt_scroll(self->vt, mouse->button == 4 ? WHEEL_LINES : -WHEEL_LINES);
		ui_dirty(screen->ui);
	}
}

static void console_poll(struct screen *screen)
{
	try_connect(self_of(screen));
}

/* What stands before the keys in the last row. */
static char *lead_text(const struct console_screen *self)
{
	const struct machine *machine = machine_of(self);
	struct strbuf lead = STRBUF_INIT;
	enum style style;

	strbuf_printf(&lead, " %s", self->name);
	if (machine == NULL) {
		strbuf_printf(&lead, ": %s", _("no longer defined"));
	} else if (self->console == NULL && !machine_is_active(machine)) {
		const struct model *model = self->screen.ui->model;
		const struct figures *figures = &model->figures[model_find(model, self->id)];

		strbuf_printf(&lead, ": %s, %s", action_state_word(machine, figures, &style), _("waiting for it to start"));
	} else if (self->console == NULL) {
		strbuf_printf(&lead, ": %s", self->trouble != NULL ? self->trouble : _("connecting"));
	} else if (!self->writer && self->held) {
		strbuf_printf(&lead, ": %s", _("read-only: another viewer writes; press X to take over"));
	} else if (!self->writer && !self->replaying) {
		strbuf_printf(&lead, ": %s", _("read-only; press X to type"));
	}
	if (vt_scrolled(self->vt) > 0)
		strbuf_printf(&lead, _(" [%zu lines back]"), vt_scrolled(self->vt));
	strbuf_puts(&lead, " ");
	return strbuf_take(&lead);
}

static void draw_cells(const struct console_screen *self, struct terminal *term, int rows, int columns)
{
	_cleanup_free_ struct cell *cells = xcalloc((size_t)columns + 1, sizeof *cells);

	for (int row = 0; row < rows; row++) {
		vt_row(self->vt, row, cells, (size_t)columns);
		for (int column = 0; column < columns; column++)
			/* the right half of a wide character is there already, unless the character could not be shown wide */
			if (cells[column].width != 0)
				terminal_cell(term, row, column, &cells[column]);
	}
}

static void console_draw(struct screen *screen, struct terminal *term)
{
	struct console_screen *self = self_of(screen);
	int rows = terminal_rows(term) - 1;
	int columns = terminal_columns(term);
	int row, column;

	vt_resize(self->vt, rows, columns);
	draw_cells(self, term, rows, columns);
	_cleanup_free_ char *lead = lead_text(self);

	footer_draw(screen, term, lead);
	terminal_cursor(term, 0, 0, false);
	if (self->console != NULL && vt_cursor(self->vt, &row, &column))
		terminal_cursor(term, row, column < columns ? column : columns - 1, true);
}

static void console_close_screen(struct screen *screen)
{
	struct console_screen *self = self_of(screen);

	disconnect(self);
	vt_free(self->vt);
	free(self->name);
	free(self->trouble);
	free(self);
}

static const struct screen_class console_class = {
	.keys = console_keys,
	.refuses = console_refuses,
	.command = console_command,
	.key = console_key,
	.paste = console_paste,
	.mouse = console_mouse,
	.tick = console_poll,
	.changed = console_poll,
	.draw = console_draw,
	.close = console_close_screen,
};

struct screen *console_screen(struct ui *ui, const struct machine *machine)
{
	struct console_screen *self = xcalloc(1, sizeof *self);

	self->screen.class = &console_class;
	self->screen.ui = ui;
	self->id = machine->id;
	self->name = xstrdup(machine->name);
	self->vt = vt_new(terminal_rows(ui->term) - 1, terminal_columns(ui->term), &vt_callbacks, self);
	try_connect(self);
	return &self->screen;
}
