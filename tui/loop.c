/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One thread, one event loop: keys, signals, ticks, the state's changes; drawing at most sixty times a second. */
#include "tui/loop.h"

#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "tui/foreground.h"
#include "tui/input.h"
#include "tui/model.h"
#include "tui/network_model.h"
#include "tui/screen.h"
#include "tui/storage_model.h"
#include "tui/terminal.h"

#include <event2/event.h>
#include <signal.h>

#define FRAME_MS 16

enum { ON_TERM, ON_HUP, ON_INT, ON_WINCH, ON_CONT, ON_TSTP, SIGNAL_COUNT };

static const int signals[SIGNAL_COUNT] = {
	[ON_TERM] = SIGTERM,   [ON_HUP] = SIGHUP,   [ON_INT] = SIGINT,
	[ON_WINCH] = SIGWINCH, [ON_CONT] = SIGCONT, [ON_TSTP] = SIGTSTP,
};

static const int ending[] = { SIGTERM, SIGHUP, SIGINT };

struct loop {
	struct ui *ui;
	struct input *input;
	struct event *signals[SIGNAL_COUNT];
	struct event *tick, *frame;
	struct event *watch; /* NULL: no inotify to be had; ticks look instead */
	int64_t drawn_at_ms;
};

static void on_key(const struct key *key, void *userdata)
{
	ui_key(((struct loop *)userdata)->ui, key);
}

static void on_mouse(const struct mouse *mouse, void *userdata)
{
	ui_mouse(((struct loop *)userdata)->ui, mouse);
}

static void on_paste(const char *text, size_t length, bool begin, bool end, void *userdata)
{
	ui_paste(((struct loop *)userdata)->ui, text, length, begin, end);
}

static void on_answer(const char *text, size_t length, void *userdata)
{
	struct loop *loop = userdata;

	if (terminal_answered(loop->ui->term, text, length))
		input_expect(loop->input, false);
	ui_dirty(loop->ui);
}

static void on_marked(void *userdata)
{
	terminal_marked(((struct loop *)userdata)->ui->term);
}

static void on_ended(void *userdata)
{
	((struct loop *)userdata)->ui->quitting = true;
}

static const struct input_callbacks input_callbacks = {
	.key = on_key,
	.mouse = on_mouse,
	.paste = on_paste,
	.answer = on_answer,
	.marked = on_marked,
	.ended = on_ended,
};

static void on_signal(evutil_socket_t number, short what, void *userdata)
{
	struct ui *ui = ((struct loop *)userdata)->ui;

	(void)what;
	switch (number) {
	case SIGWINCH:
		if (ui->foreground == NULL)
			terminal_resize(ui->term);
		break;
	case SIGCONT: /* stopped from outside, the shell has had the terminal meanwhile */
		if (ui->foreground == NULL)
			terminal_resume(ui->term);
		break;
	case SIGTSTP:
		ui->suspending = ui->foreground == NULL;
		break;
	default:
		ui->quitting = true;
		break;
	}
	ui_dirty(ui);
}

static void on_tick(evutil_socket_t fd, short what, void *userdata)
{
	struct loop *loop = userdata;

	(void)fd;
	(void)what;
	if (model_tick(loop->ui->model) || (loop->watch == NULL && manager_changed(loop->ui->manager)))
		loop->ui->stale = true;
	if (model_look_at_addresses(loop->ui->model))
		ui_changed(loop->ui);
	storage_model_tick(loop->ui->storage);
	network_model_tick(loop->ui->networks);
	ui_tick(loop->ui);
}

static void on_watch(evutil_socket_t fd, short what, void *userdata)
{
	struct loop *loop = userdata;

	(void)fd;
	(void)what;
	if (manager_changed(loop->ui->manager))
		loop->ui->stale = true;
}

static void on_frame(evutil_socket_t fd, short what, void *userdata)
{
	(void)fd;
	(void)what;
	(void)userdata; /* its time is all it is for: settle() draws */
}

static void suspend(struct loop *loop)
{
	struct event *stop = loop->signals[ON_TSTP];

	loop->ui->suspending = false;
	input_pause(loop->input, true);
	terminal_suspend(loop->ui->term);
	event_del(stop); /* the default action again: it stops the process as the shell expects */
	raise(SIGTSTP);
	event_add(stop, NULL);
	terminal_resume(loop->ui->term);
	input_pause(loop->input, false);
	ui_dirty(loop->ui);
}

static void refresh(struct ui *ui)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ui->stale = false;
	storage_model_refresh(ui->storage);
	network_model_refresh(ui->networks);
	if (!model_refresh(ui->model, &err))
		ui_status(ui, STYLE_ERROR, _("the list is not fresh: %s"), error_text(&err));
	ui_changed(ui);
}

/* What is drawn may want other input of the terminal, or to know what it can do. */
static void draw(struct loop *loop)
{
	struct terminal *term = loop->ui->term;
	unsigned width, height;

	ui_draw(loop->ui);
	terminal_mouse_cell(term, &width, &height);
	input_pixels(loop->input, width, height);
	input_kitty(loop->input, terminal_keys_real(term));
	if (terminal_expects(term))
		input_expect(loop->input, true);
}

/* After every round of events: what they asked for. Reading the state and drawing have a pace, so that neither a flood of output nor one of changes
 * takes the whole processor. */
static void settle(struct loop *loop)
{
	struct ui *ui = loop->ui;

	if (ui->suspending)
		suspend(loop);
	ui_reap(ui);
	if (ui->quitting || ui->foreground != NULL || (!ui->dirty && !ui->stale))
		return;
	int64_t wait_ms = loop->drawn_at_ms + FRAME_MS - clock_monotonic_ms();

	if (wait_ms > 0) {
		const struct timeval wait = { 0, wait_ms * 1000 };

		event_add(loop->frame, &wait);
		return;
	}
	if (ui->stale)
		refresh(ui);
	if (ui->dirty)
		draw(loop);
	loop->drawn_at_ms = clock_monotonic_ms();
}

static void open_watch(struct loop *loop)
{
	int fd = manager_watch(loop->ui->manager, NULL);

	if (fd < 0)
		return;
	loop->watch = event_new(loop->ui->base, fd, EV_READ | EV_PERSIST, on_watch, loop);
	event_add(loop->watch, NULL);
}

static bool begin(struct loop *loop, struct error *err)
{
	struct ui *ui = loop->ui;
	const struct timeval second = { 1, 0 };

	loop->input = input_new(ui->base, terminal_utf8(ui->term), &input_callbacks, loop, err);
	if (loop->input == NULL)
		return false;
	ui->input = loop->input;
	storage_model_refresh(ui->storage);
	/* what is there before the loop is there again behind it, where nothing cuts the goodbye short */
	for (size_t i = 0; i < ARRAY_LENGTH(ending); i++)
		signal(ending[i], SIG_IGN);
	for (size_t i = 0; i < SIGNAL_COUNT; i++) {
		loop->signals[i] = evsignal_new(ui->base, signals[i], on_signal, loop);
		event_priority_set(loop->signals[i], 0);
		event_add(loop->signals[i], NULL);
	}
	loop->tick = event_new(ui->base, -1, EV_PERSIST, on_tick, loop);
	loop->frame = evtimer_new(ui->base, on_frame, loop);
	event_priority_set(loop->tick, 0);
	event_priority_set(loop->frame, 0);
	event_add(loop->tick, &second);
	open_watch(loop);
	return true;
}

static void end(struct loop *loop)
{
	struct event *events[] = { loop->tick, loop->frame, loop->watch };

	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		if (loop->signals[i] != NULL)
			event_free(loop->signals[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(events); i++)
		if (events[i] != NULL)
			event_free(events[i]);
	input_free(TAKE_POINTER(loop->input));
	loop->ui->input = NULL;
}

bool loop_run(struct ui *ui, struct error *err)
{
	struct loop loop = { .ui = ui };
	bool begun = begin(&loop, err);

	if (begun) {
		draw(&loop);
		loop.drawn_at_ms = clock_monotonic_ms();
		/* what takes some milliseconds is asked once there is something to look at */
		if (model_look_at_addresses(ui->model))
			ui_changed(ui);
	}
	while (begun && !ui->quitting) {
		if (event_base_loop(ui->base, EVLOOP_ONCE) < 0)
			break;
		settle(&loop);
	}
	foreground_end(ui);
	ui_close_all(ui);
	end(&loop);
	return begun;
}
