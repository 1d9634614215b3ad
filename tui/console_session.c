/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A keeper's socket on one side, libvterm on the other. */
#include "tui/console_session.h"

#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "core/console.h"
#include "tui/job.h"
#include "tui/model.h"
#include "tui/terminal.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#define STEP_BYTES	  (64 * 1024)
#define HIDDEN_STEP_BYTES (16 * 1024) /* many that nobody looks at may flood at once */
#define BELL_MS		  1000
#define ADOPT_MS	  10000 /* between two tries */

const struct machine *console_session_machine(const struct console_session *self)
{
	const struct model *model = self->ui->model;
	size_t at = model_find(model, self->id);

	return at < model->count ? &model->machines[at] : NULL;
}

/* ---- the connection ---- */

static void disconnect(struct console_session *self)
{
	if (self->console == NULL)
		return;
	event_free(TAKE_POINTER(self->readable));
	event_free(TAKE_POINTER(self->writable));
	console_close(TAKE_POINTER(self->console));
	self->writer = self->held = self->asked = false;
	console_input_drop(&self->input);
	ui_dirty(self->ui);
}

static void set_trouble(struct console_session *self, const char *text)
{
	if (text_equal(self->trouble, text))
		return;
	free(self->trouble);
	self->trouble = xstrdup_null(text);
	ui_dirty(self->ui);
}

static void on_data(const char *bytes, size_t length, void *userdata)
{
	struct console_session *self = userdata;

	self->spoken = true;
	console_input_heard(&self->input);
	vt_write(self->vt, bytes, length, self->replaying || !self->writer);
	if (self->looked_at)
		ui_dirty(self->ui);
	else if (!self->replaying && !self->news) {
		self->news = true;
		ui_dirty(self->ui);
	}
}

static void on_status(bool writer, bool held, void *userdata)
{
	struct console_session *self = userdata;

	self->replaying = !console_live(self->console);
	self->writer = writer;
	self->held = held;
	if (writer || held)
		self->asked = false;
	if (!console_session_types(self))
		console_input_drop(&self->input);
	ui_dirty(self->ui);
}

static const struct console_callbacks console_callbacks = { .data = on_data, .status = on_status };

static void watch_writing(struct console_session *self)
{
	if (console_wants_write(self->console))
		event_add(self->writable, NULL);
	else
		event_del(self->writable);
}

static void step(evutil_socket_t fd, short what, void *userdata)
{
	struct console_session *self = userdata;
	_cleanup_error_ struct error err = ERROR_INIT;

	(void)fd;
	(void)what;
	if (console_step(self->console, self->looked_at ? STEP_BYTES : HIDDEN_STEP_BYTES, &err))
		watch_writing(self);
	else
		disconnect(self); /* the machine went off, or its keeper: a tick or a change tries again */
}

/* The keeper is about to send all that was said since the machine was started. */
static void prepare_terminal(struct console_session *self, const struct machine *machine)
{
	int64_t run_at_ms = machine->run.started_at_ms;

	if (self->run_at_ms != 0 && self->run_at_ms != run_at_ms) {
		_cleanup_free_ char *when = clock_text(run_at_ms);
		_cleanup_free_ char *text = strf(_("---- %s was started anew: %s ----"), self->name, when);

		vt_begin_anew(self->vt, text);
	} else { /* the same again: nothing is to be there twice */
		vt_reset(self->vt);
		copy_mode_end(&self->copy, vt_lines(self->vt)); /* what it pointed to has gone */
	}
	if (self->run_at_ms != run_at_ms)
		self->told_rows = CONSOLE_USUAL_ROWS;
	self->run_at_ms = run_at_ms;
	self->spoken = false;
}

static bool connect_to(struct console_session *self, const struct machine *machine, const char *viewer, struct error *err)
{
	struct event_base *base = self->ui->base;

	self->console = console_open(viewer, self->looked_at, false, &console_callbacks, self, err);
	if (self->console == NULL)
		return false;
	self->asked = self->looked_at;
	self->replaying = true;
	self->lost_input = false;
	prepare_terminal(self, machine);
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

/* A machine whose keeper has died gets a new one by the next command about it; ours is a job, since it may take a
 * while. */
static void adopt(struct console_session *self, const struct machine *machine)
{
	const char *const arguments[] = { "ttyconsole", "--domain", machine->uuid, NULL };
	int64_t now = clock_monotonic_ms();

	if (self->adopted_at_ms != 0 && now - self->adopted_at_ms < ADOPT_MS)
		return;
	self->adopted_at_ms = now;
	job_run(self->ui->jobs, arguments, adopted, NULL, self->ui, NULL);
}

static void connect_own(struct console_session *self, const struct machine *machine)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct console_info *infos = NULL;
	size_t count = 0;

	machine_consoles(machine, &infos, &count);
	self->total = count;
	self->lacking = count == 0;
	if (count == 0)
		set_trouble(self, _("it has no serial console"));
	else if (self->index >= count)
		set_trouble(self, _("it no longer has this console"));
	/* a machine that is just starting has the socket a moment later */
	else if (!connect_to(self, machine, infos[self->index].viewer, &err) && err.code != ERROR_NOT_FOUND)
		set_trouble(self, error_text(&err));
	else
		set_trouble(self, NULL);
	console_infos_free(infos, count);
}

/* Of a machine that is off: is there anything to wait for? */
static void await_own(struct console_session *self, const struct machine *machine)
{
	size_t count = 0;

	set_trouble(self, NULL);
	if (machine != NULL && self->looked_at)
		self->lacking = domain_count_consoles(self->ui->manager, machine, &count, NULL) && count == 0;
}

void console_session_poll(struct console_session *self)
{
	const struct machine *machine = console_session_machine(self);

	if (self->console != NULL)
		return;
	if (machine == NULL || !machine_is_active(machine) || machine->truth == TRUTH_STARTING)
		await_own(self, machine);
	else if (machine->truth == TRUTH_ORPHAN)
		adopt(self, machine);
	else if (process_stopped(&machine->run.holder))
		set_trouble(self, _("the machine's keeper is stopped; 'kill -CONT' wakes it"));
	else
		connect_own(self, machine);
	if (self->looked_at)
		ui_dirty(self->ui);
}

/* ---- the terminal's side ---- */

static void say_lost(struct console_session *self)
{
	if (!self->lost_input)
		ui_status(self->ui, STYLE_ERROR, _("the guest does not read: some of what was typed is lost"));
	self->lost_input = true;
}

static void release(struct console_session *self)
{
	console_release_write(self->console);
	self->writer = self->asked = false;
	watch_writing(self);
}

/* What was typed, when its time has come. */
static void send_input(const char *bytes, size_t length, void *userdata)
{
	struct console_session *self = userdata;

	if (!console_session_types(self))
		return;
	if (!console_send(self->console, bytes, length))
		say_lost(self);
	watch_writing(self);
	if (self->looked_at)
		ui_dirty(self->ui); /* how much is left is shown */
	else if (console_input_waiting(&self->input) == 0)
		release(self);
}

bool console_session_types(const struct console_session *self)
{
	return self->console != NULL && (self->writer || self->asked);
}

bool console_session_type(struct console_session *self, const char *bytes, size_t length)
{
	if (!console_session_types(self))
		return true;
	bool taken = console_input_type(&self->input, bytes, length);

	if (!taken)
		say_lost(self);
	return taken;
}

static void to_guest(const char *bytes, size_t length, void *userdata)
{
	console_session_type(userdata, bytes, length);
}

static void on_bell(void *userdata)
{
	struct console_session *self = userdata;
	int64_t now = clock_monotonic_ms();

	if (!self->looked_at || now - self->bell_at_ms < BELL_MS)
		return;
	self->bell_at_ms = now;
	terminal_bell(self->ui->term);
}

static const struct vt_callbacks vt_callbacks = { .output = to_guest, .bell = on_bell };

struct console_session *console_session_new(struct ui *ui, const struct machine *machine, size_t index)
{
	struct console_session *self = xcalloc(1, sizeof *self);

	self->ui = ui;
	self->id = machine->id;
	self->name = xstrdup(machine->name);
	self->index = index;
	self->told_rows = CONSOLE_USUAL_ROWS;
	console_input_begin(&self->input, ui->base, send_input, self);
	self->vt = vt_new(terminal_rows(ui->term) - 1, terminal_columns(ui->term), &vt_callbacks, self);
	return self;
}

void console_session_free(struct console_session *self)
{
	disconnect(self);
	console_input_end(&self->input);
	copy_mode_free(&self->copy);
	vt_free(self->vt);
	free(self->name);
	free(self->trouble);
	free(self);
}

void console_session_look(struct console_session *self, bool looked_at)
{
	if (self->looked_at == looked_at)
		return;
	self->looked_at = looked_at;
	self->news = false;
	if (self->console == NULL)
		return;
	if (looked_at) {
		console_request_write(self->console, false);
		self->writer = false; /* until the keeper says otherwise */
		self->asked = !self->held;
		watch_writing(self);
	} else if (console_input_waiting(&self->input) == 0) { /* else once that is out */
		release(self);
	}
}

void console_session_fit(struct console_session *self, int rows, int columns)
{
	int had_rows, had_columns;
	int wanted = rows > self->told_rows ? rows : self->told_rows;

	vt_size(self->vt, &had_rows, &had_columns);
	/* below a full-screen program lies the shell's screen, which would lose what does not fit: it is made smaller when that ends */
	if (vt_alternate(self->vt)) {
		wanted = wanted > had_rows ? wanted : had_rows;
		columns = columns > had_columns ? columns : had_columns;
	}
	vt_resize(self->vt, wanted, columns);
	vt_window(self->vt, rows);
	if (!self->copy.active)
		vt_follow_cursor(self->vt);
}

void console_session_tell_size(struct console_session *self, int rows, int columns)
{
	/* a blank first: many shells keep no history of it */
	_cleanup_free_ char *line = strf(" stty rows %d cols %d\r", rows, columns);

	if (!console_session_type(self, line, strlen(line)))
		return;
	self->told_rows = rows;
	vt_resize(self->vt, rows, columns); /* before the guest draws by it */
	ui_dirty(self->ui);
}

void console_session_break(struct console_session *self)
{
	if (!console_session_types(self))
		return;
	console_send_break(self->console);
	watch_writing(self);
}

void console_session_take_over(struct console_session *self)
{
	if (self->console == NULL)
		return;
	console_request_write(self->console, true);
	self->asked = true;
	watch_writing(self);
}
