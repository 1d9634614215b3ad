/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtty-screen on one side, the terminal's keys and its pace on the other. */
#include "tui/view_session.h"

#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "hv/domain.h"
#include "hv/keycodes.h"
#include "tui/abilities.h"
#include "tui/consoles.h"
#include "tui/key_feed.h"
#include "tui/model.h"
#include "tui/terminal.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#define STEP_BYTES    ((size_t)256 * 1024)
#define STARTS_MS     60000
#define DRAIN_MS      10 /* between two looks at what the terminal has not taken yet */
#define UNTYPED_SHOWN 8

const struct machine *view_session_machine(const struct view_session *self)
{
	const struct model *model = self->ui->model;
	size_t at = model_find(model, self->id);

	return at < model->count ? &model->machines[at] : NULL;
}

const struct wire_layout *view_session_layout(const struct view_session *self)
{
	static const struct wire_layout none;

	return self->display != NULL ? display_layout(self->display) : &none;
}

const struct wire_state *view_session_state(const struct view_session *self)
{
	static const struct wire_state none = { .link = WIRE_CLOSED };

	return self->display != NULL ? display_state(self->display) : &none;
}

bool view_session_shows_text(const struct view_session *self)
{
	return view_session_layout(self)->kind == WIRE_KIND_GRID || self->window.frozen != NULL;
}

bool view_session_connected(const struct view_session *self)
{
	return view_session_state(self)->link == WIRE_CONNECTED;
}

static void set_trouble(struct view_session *self, const char *text)
{
	if (text_equal(self->trouble, text))
		return;
	free(self->trouble);
	self->trouble = xstrdup_null(text);
	ui_dirty(self->ui);
}

/* ---- what virtty-screen says ---- */

static void watch_writing(struct view_session *self)
{
	if (display_wants_write(self->display))
		event_add(self->writable, NULL);
	else
		event_del(self->writable);
}

static void on_state(void *userdata)
{
	struct view_session *self = userdata;
	const struct wire_state *state = display_state(self->display);

	if (state->link == WIRE_CONNECTED) {
		set_trouble(self, NULL);
	} else if (state->link != WIRE_CONNECTING) {
		set_trouble(self, state->text);
		self->given_up = state->link == WIRE_REFUSED;
		key_feed_clear(self->feed);
		self->buttons = 0;
	}
	ui_dirty(self->ui);
}

static void on_layout(void *userdata)
{
	struct view_session *self = userdata;

	if (self->looked_at)
		ui_dirty(self->ui);
}

static void on_frame(void *userdata)
{
	struct view_session *self = userdata;

	self->frame_waits = true;
	self->frames++;
	if (self->looked_at)
		ui_dirty(self->ui);
	else
		display_shown(self->display); /* came before it heard that nobody looks */
}

static void on_bell(void *userdata)
{
	struct view_session *self = userdata;

	if (self->looked_at && !self->quiet)
		terminal_bell(self->ui->term);
}

/* What the guest has copied can be typed anywhere. The terminal's clipboard is the user's own: only a key puts it
 * there. */
static void on_cut(const char *text, size_t length, void *userdata)
{
	struct view_session *self = userdata;
	struct console_set *set = self->ui->consoles;

	if (!self->looked_at || self->quiet || set == NULL || length == 0)
		return;
	free(set->copied);
	set->copied = xstrndup(text, length);
	ui_status(self->ui, STYLE_STATUS,
		  _("the guest has copied text; ^\\ y offers it to the terminal's clipboard, ^\\ v types it"));
}

static const struct display_callbacks callbacks = {
	.state = on_state,
	.layout = on_layout,
	.frame = on_frame,
	.bell = on_bell,
	.cut = on_cut,
};

/* ---- virtty-screen ---- */

static void stop(struct view_session *self)
{
	if (self->display == NULL)
		return;
	event_free(TAKE_POINTER(self->readable));
	event_free(TAKE_POINTER(self->writable));
	evtimer_del(self->drained);
	if (self->copy.active)
		copy_mode_end(&self->copy, &self->window.lines);
	view_window_set(&self->window, NULL);
	display_close(TAKE_POINTER(self->display));
	self->reached = false;
	self->told = (struct wire_view){ 0 };
	self->frame_waits = false;
	self->buttons = 0;
	key_feed_clear(self->feed);
	ui_dirty(self->ui);
}

static void step(evutil_socket_t fd, short what, void *userdata)
{
	struct view_session *self = userdata;
	_cleanup_error_ struct error err = ERROR_INIT;

	(void)fd;
	(void)what;
	if (display_step(self->display, STEP_BYTES, &err)) {
		watch_writing(self);
		return;
	}
	set_trouble(self, error_text(&err));
	stop(self);
}

/* Has it been started too often of late? */
static bool starts_too_often(struct view_session *self)
{
	int64_t now = clock_monotonic_ms();
	size_t last = VIEW_STARTS_LIMIT - 1;

	if (self->started_at_ms[last] != 0 && now - self->started_at_ms[last] < STARTS_MS)
		return true;
	memmove(&self->started_at_ms[1], &self->started_at_ms[0], last * sizeof self->started_at_ms[0]);
	self->started_at_ms[0] = now;
	return false;
}

static bool start(struct view_session *self, const struct machine *machine)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct event_base *base = self->ui->base;

	if (starts_too_often(self)) {
		self->given_up = true;
		return false;
	}
	self->display = display_open(self->ui->manager, machine, &callbacks, self, &err);
	if (self->display == NULL) {
		set_trouble(self, error_text(&err));
		self->given_up = true;
		return false;
	}
	view_window_set(&self->window, self->display);
	self->readable = event_new(base, display_fd(self->display), EV_READ | EV_PERSIST, step, self);
	self->writable = event_new(base, display_fd(self->display), EV_WRITE | EV_PERSIST, step, self);
	/* after keys and ticks: a guest that moves a lot starves nobody */
	event_priority_set(self->readable, 1);
	event_priority_set(self->writable, 1);
	event_add(self->readable, NULL);
	return true;
}

static void connect_now(struct view_session *self, const struct machine *machine)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	if (self->display == NULL && !start(self, machine))
		return;
	self->reached = display_connect(self->display, machine, &err);
	if (!self->reached) /* one that just starts has it a moment later */
		set_trouble(self, error_text(&err));
	watch_writing(self);
}

void view_session_poll(struct view_session *self)
{
	const struct machine *machine = view_session_machine(self);
	uint8_t link = view_session_state(self)->link;

	if (machine == NULL || !machine_is_active(machine) || machine->truth == TRUTH_STARTING) {
		set_trouble(self, NULL);
		return;
	}
	/* another start of the machine is another chance */
	if (machine->run.generation != self->tried_generation) {
		self->tried_generation = machine->run.generation;
		self->given_up = false;
	}
	if (!self->given_up && (!self->reached || (link != WIRE_CONNECTED && link != WIRE_CONNECTING)))
		connect_now(self, machine);
}

void view_session_retry(struct view_session *self)
{
	self->given_up = false;
	memset(self->started_at_ms, 0, sizeof self->started_at_ms);
	if (view_session_connected(self)) {
		display_refresh(self->display);
		watch_writing(self);
	} else {
		self->reached = false; /* what is being tried takes too long */
		view_session_poll(self);
	}
	ui_dirty(self->ui);
}

/* ---- what is shown, and how fast ---- */

static uint8_t colours_of(const struct terminal *term)
{
	static const uint8_t colours[] = {
		[DEPTH_MONO] = WIRE_MONO, [DEPTH_8] = WIRE_16,	      [DEPTH_16] = WIRE_16,
		[DEPTH_256] = WIRE_256,	  [DEPTH_DIRECT] = WIRE_TRUE,
	};

	return colours[terminal_depth(term)];
}

static void release_all(struct view_session *self);

static uint8_t picture_of(const struct terminal *term, bool cells_only)
{
	const struct terminal_abilities *can = terminal_abilities(term);

	if (!cells_only && can->kitty_pictures)
		return WIRE_KITTY;
	if (!cells_only && can->sixel)
		return WIRE_SIXEL;
	return terminal_utf8(term) ? WIRE_BLOCKS : WIRE_ASCII;
}

static void tell(struct view_session *self, const struct wire_view *view)
{
	if (self->display == NULL || memcmp(view, &self->told, sizeof *view) == 0)
		return;
	self->told = *view;
	display_view(self->display, view);
	watch_writing(self);
}

void view_session_fit(struct view_session *self, int rows, int columns, unsigned at_most)
{
	const struct terminal *term = self->ui->term;
	struct wire_view view;
	int cell_width, cell_height;

	memset(&view, 0, sizeof view); /* padding too: it is compared as a whole */
	terminal_cell_pixels(term, &cell_width, &cell_height);
	view.mode = self->mode;
	/* A preview is not worth a picture of the terminal's own, which lies over all else. */
	view.picture = picture_of(term, at_most != 0);
	view.colours = colours_of(term);
	view.columns = (uint16_t)(columns < WIRE_COLUMNS ? columns : WIRE_COLUMNS);
	view.rows = (uint16_t)(rows < WIRE_ROWS ? rows : WIRE_ROWS);
	view.cell_width = (uint16_t)cell_width;
	view.cell_height = (uint16_t)cell_height;
	view.x = (uint16_t)self->part.x;
	view.y = (uint16_t)self->part.y;
	view.width = (uint16_t)self->part.width;
	view.height = (uint16_t)self->part.height;
	view.frames_per_second = (uint8_t)at_most;
	tell(self, &view);
}

void view_session_look(struct view_session *self, bool looked_at)
{
	struct wire_view nothing;

	if (self->looked_at == looked_at)
		return;
	self->looked_at = looked_at;
	if (looked_at) {
		abilities_ask(self->ui);
		return; /* the first drawing says the rest */
	}
	release_all(self);
	memset(&nothing, 0, sizeof nothing);
	tell(self, &nothing);
	if (self->frame_waits)
		view_session_drawn(self);
}

static void on_drain(evutil_socket_t fd, short what, void *userdata)
{
	struct view_session *self = userdata;
	const struct timeval wait = { 0, DRAIN_MS * 1000 };

	(void)fd;
	(void)what;
	if (self->display == NULL)
		return;
	if (self->looked_at && terminal_behind(self->ui->term)) {
		evtimer_add(self->drained, &wait);
		return;
	}
	display_shown(self->display);
	watch_writing(self);
}

void view_session_drawn(struct view_session *self)
{
	const struct timeval soon = { 0, 0 };

	if (!self->frame_waits)
		return;
	self->frame_waits = false;
	if (self->looked_at)
		terminal_mark(self->ui->term);
	evtimer_add(self->drained, &soon);
}

/* ---- keys and pointer ---- */

static void press(bool down, uint32_t qnum, uint32_t keysym, void *userdata)
{
	struct view_session *self = userdata;

	if (self->display == NULL)
		return;
	display_key(self->display, down, keysym, qnum);
	watch_writing(self);
}

/* The layout that the machine's definition names; en-us, which needs no file, where it names none that there is. */
const struct keymap *view_session_keymap(struct view_session *self)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	const struct machine *machine = view_session_machine(self);
	const char *name = NULL;

	if (self->keymap != NULL)
		return self->keymap;
	_cleanup_domain_ struct domain *domain =
		machine != NULL ? domain_load(self->ui->manager, machine, true, NULL) : NULL;

	for (size_t i = 0; domain != NULL && i < domain->graphics_count && name == NULL; i++)
		if (domain->graphics[i].type == GRAPHICS_VNC)
			name = domain->graphics[i].keymap;
	self->keymap = keymap_load(name, NULL, &err);
	if (self->keymap == NULL) {
		ui_status(self->ui, STYLE_ERROR, "%s", error_text(&err));
		self->keymap = keymap_load(NULL, NULL, NULL);
	}
	return self->keymap;
}

/* The first key during a paste ends it. */
static bool ends_paste(struct view_session *self)
{
	size_t left = key_feed_waiting(self->feed);

	if (!self->pasting)
		return false;
	self->pasting = false;
	if (left == 0)
		return false;
	key_feed_clear(self->feed);
	ui_status(self->ui, STYLE_ERROR,
		  ngettext("stopped: %zu key was not pressed any more", "stopped: %zu keys were not pressed any more",
			   left),
		  left);
	return true;
}

static size_t find_held(const struct view_session *self, uint32_t qnum)
{
	size_t at = 0;

	while (at < self->held_count && self->held[at] != qnum)
		at++;
	return at;
}

/* False: it is no key that can be held. */
static bool hold(struct view_session *self, const struct key *key)
{
	uint32_t qnum, keysym;

	if (!key->real || !guest_key_alone(view_session_keymap(self), key, &qnum, &keysym))
		return false;
	if (find_held(self, qnum) == self->held_count) {
		if (self->held_count == VIEW_HELD_LIMIT)
			return true;
		self->held[self->held_count++] = qnum;
	}
	press(true, qnum, keysym, self);
	return true;
}

void view_session_release(struct view_session *self, const struct key *key)
{
	uint32_t qnum, keysym;

	if (!guest_key_alone(view_session_keymap(self), key, &qnum, &keysym))
		return;
	size_t at = find_held(self, qnum);

	/* what went down somewhere else is not let go here */
	if (at == self->held_count)
		return;
	self->held[at] = self->held[--self->held_count];
	press(false, qnum, keysym, self);
}

/* Nobody will tell of their release any more. */
static void release_all(struct view_session *self)
{
	while (self->held_count > 0) {
		uint32_t qnum = self->held[--self->held_count];

		press(false, qnum, keycode_keysym(qnum), self);
	}
}

void view_session_key(struct view_session *self, const struct key *key)
{
	struct stroke strokes[KEYMAP_STROKES];

	if (!view_session_connected(self) || ends_paste(self) || hold(self, key))
		return;
	size_t count = guest_key(view_session_keymap(self), key, strokes);

	if (count == 0 && key->type == KEY_TYPE_CHAR)
		ui_status(self->ui, STYLE_ERROR, _("the guest's keyboard (%s) has no key for this character"),
			  keymap_name(self->keymap));
	for (size_t i = 0; i < count; i++)
		key_feed_stroke(self->feed, &strokes[i]);
}

void view_session_chord(struct view_session *self, const struct chord *chord)
{
	if (view_session_connected(self) && !ends_paste(self))
		key_feed_chord(self->feed, chord);
}

/* ---- typing text ---- */

struct untyped {
	uint32_t characters[UNTYPED_SHOWN];
	size_t count; /* different ones; those past the room are only counted */
	size_t left_out;
};

static void remember_untyped(struct untyped *untyped, uint32_t character)
{
	untyped->left_out++;
	for (size_t i = 0; i < untyped->count && i < UNTYPED_SHOWN; i++)
		if (untyped->characters[i] == character)
			return;
	if (untyped->count < UNTYPED_SHOWN)
		untyped->characters[untyped->count] = character;
	untyped->count++;
}

static void tell_untyped(struct view_session *self, const struct untyped *untyped)
{
	_cleanup_strbuf_ struct strbuf names = STRBUF_INIT;

	for (size_t i = 0; i < untyped->count && i < UNTYPED_SHOWN; i++)
		strbuf_printf(&names, "%sU+%04X", i > 0 ? ", " : "", (unsigned)untyped->characters[i]);
	ui_status(self->ui, STYLE_ERROR,
		  ngettext("%zu character left out, for which %s has no key: %s",
			   "%zu characters left out, for which %s has no keys: %s", untyped->left_out),
		  untyped->left_out, keymap_name(self->keymap), names.data);
}

void view_session_type(struct view_session *self, const char *text, size_t length)
{
	const struct keymap *keymap = view_session_keymap(self);
	_cleanup_free_ char *copy = xstrndup(text, length);
	const char *at = copy;
	struct untyped untyped = { .count = 0 };
	bool room = true;

	if (!view_session_connected(self))
		return;
	while (*at != '\0' && room) {
		struct stroke strokes[KEYMAP_STROKES];
		uint32_t character = utf8_next(&at);
		size_t count = keymap_type(keymap, character == '\r' ? '\n' : character, strokes);

		if (count == 0)
			remember_untyped(&untyped, character);
		for (size_t i = 0; i < count; i++)
			room = key_feed_stroke(self->feed, &strokes[i]) && room;
	}
	self->pasting = true;
	if (!room)
		ui_status(self->ui, STYLE_ERROR, _("that is too much to type: the rest was left out"));
	else if (untyped.left_out > 0)
		tell_untyped(self, &untyped);
}

size_t view_session_typing(const struct view_session *self)
{
	return self->pasting ? key_feed_waiting(self->feed) : 0;
}

void view_session_give(struct view_session *self, const char *text, size_t length)
{
	if (!view_session_connected(self))
		return;
	display_copied(self->display, text, length < WIRE_CLIPBOARD ? length : WIRE_CLIPBOARD);
	watch_writing(self);
}

void view_session_point(struct view_session *self, unsigned x, unsigned y, uint8_t buttons)
{
	if (!view_session_connected(self))
		return;
	self->buttons = buttons;
	display_pointer(self->display, x, y, buttons);
	watch_writing(self);
}

/* ---- life ---- */

struct view_session *view_session_new(struct ui *ui, const struct machine *machine)
{
	struct view_session *self = xcalloc(1, sizeof *self);

	self->ui = ui;
	self->id = machine->id;
	self->name = xstrdup(machine->name);
	self->feed = key_feed_new(ui->base, press, self);
	self->drained = evtimer_new(ui->base, on_drain, self);
	event_priority_set(self->drained, 1);
	view_window_init(&self->window);
	return self;
}

void view_session_free(struct view_session *self)
{
	stop(self);
	event_free(self->drained);
	key_feed_free(self->feed);
	keymap_free(self->keymap);
	copy_mode_free(&self->copy);
	view_window_end(&self->window);
	free(self->name);
	free(self->trouble);
	free(self);
}
