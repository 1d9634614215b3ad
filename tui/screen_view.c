/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The screen that shows the graphical screen of a machine: live, looking at its text, or with one of its menus open. */
#include "tui/screen_view.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "tui/actions.h"
#include "tui/bindings.h"
#include "tui/dialog_prompt.h"
#include "tui/look_back.h"
#include "tui/model.h"
#include "tui/screen_tabs.h"
#include "tui/terminal.h"
#include "tui/view_draw.h"
#include "tui/widget_status.h"

#include <stdlib.h>
#include <string.h>

#define WHEEL_ROWS 3
#define SHIFT_KEY  1 /* TERMKEY_KEYMOD_SHIFT */

enum menu { MENU_NONE, MENU_ALL, MENU_KEYS, MENU_SYSRQ };

struct view {
	struct screen screen;
	enum menu menu;
	struct look_back look_back;
};

static struct view *self_of(struct screen *screen)
{
	return (struct view *)screen;
}

static struct view_session *session_of(const struct screen *screen)
{
	return consoles_current_view(screen->ui);
}

static int guest_rows(const struct screen *screen)
{
	return terminal_rows(screen->ui->term) - 1 - tabs_rows(screen);
}

static bool shows_text(const struct view_session *session)
{
	return view_session_layout(session)->kind == WIRE_KIND_GRID || session->window.frozen != NULL;
}

/* Does what is seen not fit into the window? */
static bool is_large(const struct view_session *session)
{
	return shows_text(session) ? view_window_smaller(&session->window) : session->part.width > 0;
}

/* Is the mouse the guest's? In a picture it is, in text it marks, unless it was said otherwise. */
static bool mouse_is_guests(const struct view_session *session)
{
	return shows_text(session) == session->other_mouse;
}

static const struct key_table *view_keys(const struct screen *screen)
{
	static const struct key_table *const menus[] = {
		[MENU_ALL] = &keys_view_menu, [MENU_KEYS] = &keys_view_keys, [MENU_SYSRQ] = &keys_view_sysrq,
	};
	const struct view *self = (const struct view *)screen;
	const struct view_session *session = session_of(screen);

	if (self->look_back.searching)
		return &keys_search;
	if (self->menu != MENU_NONE)
		return menus[self->menu];
	if (session == NULL)
		return &keys_view_idle;
	if (session->copy.active)
		return &keys_console_copy;
	if (!view_session_connected(session))
		return &keys_view_idle;
	return is_large(session) ? &keys_view_large : &keys_view;
}

/* Whose are the keys that no table has? */
static void settle_keys(struct view *self)
{
	const struct key_table *keys = view_keys(&self->screen);

	self->screen.grabs = keys == &keys_search || keys == &keys_view || keys == &keys_view_large || keys == &keys_view_sysrq;
}

static const char *view_refuses(struct screen *screen, enum command command)
{
	const struct view_session *session = session_of(screen);
	const struct model *model = screen->ui->model;

	if (session == NULL)
		return NULL;
	bool connected = view_session_connected(session);
	bool copied = screen->ui->consoles->copied != NULL;

	if ((command >= COMMAND_SEND_KEYS && command <= COMMAND_COMPOSE) || command == COMMAND_SEND_DETACH ||
	    command == COMMAND_SEND_MENU || command == COMMAND_SEND_OTHER_KIND)
		return connected ? NULL : _("there is no guest to press keys for");
	switch ((int)command) {
	case COMMAND_PASTE:
		return !connected ? _("there is no guest to type for") : !copied ? _("nothing was copied yet") : NULL;
	case COMMAND_CLIPBOARD_TERMINAL:
		return copied ? NULL : _("nothing was copied yet");
	case COMMAND_CLIPBOARD_GUEST:
		return !copied ? _("nothing was copied yet")
		       : !view_session_state(session)->clipboard ? _("the machine's screen has no clipboard")
								 : NULL;
	case COMMAND_SEARCH:
	case COMMAND_COPY_MODE:
		return shows_text(session) ? NULL : _("this is a picture now, without text to search or copy");
	case COMMAND_ZOOM_IN:
	case COMMAND_ZOOM_OUT:
	case COMMAND_ZOOM_ALL:
	case COMMAND_ZOOM_PIXELS:
		return shows_text(session) ? _("text is not zoomed: t shows it as a picture") : NULL;
	case COMMAND_START:
		break;
	default:
		return tabs_refuse(screen, command);
	}
	size_t at = model_find(model, session->id);

	if (at == model->count)
		return _("the machine is no longer defined");
	return action_refusal(&model->machines[at], &model->figures[at], command);
}

/* ---- keys that a terminal has not ---- */

static bool press_named(struct view_session *session, enum command command)
{
	static const struct {
		enum command command;
		const char *names;
	} named[] = {
		{ COMMAND_SEND_CAD, "KEY_LEFTCTRL KEY_LEFTALT KEY_DELETE" },
		{ COMMAND_SEND_PRINT, "KEY_SYSRQ" },
		{ COMMAND_SEND_SUPER, "KEY_LEFTMETA" },
		{ COMMAND_SEND_PAUSE, "KEY_PAUSE" },
		{ COMMAND_SEND_MENU_KEY, "KEY_COMPOSE" },
		{ COMMAND_SEND_CAPS_LOCK, "KEY_CAPSLOCK" },
	};

	if (command >= COMMAND_SEND_F1 && command <= COMMAND_SEND_F12) {
		_cleanup_free_ char *names = strf("KEY_LEFTCTRL KEY_LEFTALT KEY_F%d", (int)(command - COMMAND_SEND_F1) + 1);
		struct chord chord = chord_of(names);

		view_session_chord(session, &chord);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(named); i++)
		if (named[i].command == command) {
			struct chord chord = chord_of(named[i].names);

			view_session_chord(session, &chord);
			return true;
		}
	return false;
}

/* The keys of this program's own, for the guest: Ctrl and a character. */
static bool press_own(struct view_session *session, enum command command)
{
	struct key key = { .type = KEY_TYPE_CHAR, .modifiers = 4 /* TERMKEY_KEYMOD_CTRL */ };

	if (command == COMMAND_SEND_DETACH)
		key.code = ']';
	else if (command == COMMAND_SEND_MENU)
		key.code = '\\';
	else if (command == COMMAND_SEND_OTHER_KIND)
		key.code = '^';
	else
		return false;
	view_session_key(session, &key);
	return true;
}

static void press_sysrq(struct view_session *session, const struct key *key)
{
	struct chord chord;

	if (key->type != KEY_TYPE_CHAR || !chord_sysrq(view_session_keymap(session), key->code, &chord))
		ui_status(session->ui, STYLE_ERROR, _("this is no key of Alt-SysRq"));
	else
		view_session_chord(session, &chord);
}

static char *check_chord(const char *text, void *userdata)
{
	struct ui *ui = userdata;
	_cleanup_error_ struct error err = ERROR_INIT;
	struct view_session *session = consoles_current_view(ui);
	struct chord chord;

	if (session == NULL || chord_parse(view_session_keymap(session), text, &chord, &err))
		return NULL;
	return xstrdup(error_text(&err));
}

static void composed(struct ui *ui, const char *text, void *userdata)
{
	struct view_session *session = consoles_current_view(ui);
	struct chord chord;

	(void)userdata;
	if (session != NULL && chord_parse(view_session_keymap(session), text, &chord, NULL))
		view_session_chord(session, &chord);
}

static void compose(struct ui *ui)
{
	ui_push(ui, dialog_prompt(_("Press keys together"), _("Keys, joined by '-':"), "ctrl-alt-", check_chord, composed, NULL, ui));
}

/* ---- what is seen ---- */

static bool scroll_command(struct screen *screen, struct view_session *session, enum command command)
{
	int down = command == COMMAND_SCROLL_DOWN ? 1 : command == COMMAND_SCROLL_UP ? -1 : 0;
	int right = command == COMMAND_SCROLL_RIGHT ? 1 : command == COMMAND_SCROLL_LEFT ? -1 : 0;
	const struct wire_layout *layout = view_session_layout(session);
	bool first = command == COMMAND_SCROLL_FIRST;
	bool last = command == COMMAND_SCROLL_LAST;

	if (!first && !last && down == 0 && right == 0)
		return false;
	if (!shows_text(session)) {
		if (first)
			session->part.x = session->part.y = 0;
		view_part_move(&session->part, layout->width, layout->height, last ? WIRE_COLUMNS : right, last ? WIRE_ROWS : down);
	} else if (first) {
		view_window_move(&session->window, -WIRE_ROWS, -WIRE_COLUMNS);
	} else if (last) {
		view_window_follow(&session->window);
	} else {
		view_window_move(&session->window, down * (guest_rows(screen) / 2 + 1),
				 right * (terminal_columns(screen->ui->term) / 2 + 1));
	}
	return true;
}

static bool zoom_command(struct screen *screen, struct view_session *session, enum command command)
{
	const struct wire_layout *layout = view_session_layout(session);
	struct view_part *part = &session->part;
	int cell_width, cell_height;

	terminal_cell_pixels(screen->ui->term, &cell_width, &cell_height);
	if (command == COMMAND_ZOOM_IN)
		view_part_zoom_in(part, layout->width, layout->height);
	else if (command == COMMAND_ZOOM_OUT)
		view_part_zoom_out(part, layout->width, layout->height);
	else if (command == COMMAND_ZOOM_ALL)
		*part = (struct view_part){ 0, 0, 0, 0 };
	else if (command == COMMAND_ZOOM_PIXELS)
		view_part_pixels(part, layout->width, layout->height,
				 (unsigned)(terminal_columns(screen->ui->term) * (cell_width > 0 ? cell_width : 8)),
				 (unsigned)(guest_rows(screen) * (cell_height > 0 ? cell_height : 16)));
	else
		return false;
	return true;
}

static void next_mode(struct screen *screen, struct view_session *session)
{
	static const char *const words[] = {
		[WIRE_MODE_AUTO] = N_("text or picture, by what the screen shows"),
		[WIRE_MODE_TEXT] = N_("always as text"),
		[WIRE_MODE_PICTURE] = N_("always as a picture"),
	};
	/* what is seen changes at the first press */
	static const uint8_t from_text[] = {
		[WIRE_MODE_AUTO] = WIRE_MODE_PICTURE, [WIRE_MODE_PICTURE] = WIRE_MODE_TEXT, [WIRE_MODE_TEXT] = WIRE_MODE_AUTO,
	};
	static const uint8_t from_picture[] = {
		[WIRE_MODE_AUTO] = WIRE_MODE_TEXT, [WIRE_MODE_TEXT] = WIRE_MODE_PICTURE, [WIRE_MODE_PICTURE] = WIRE_MODE_TEXT,
	};

	session->mode = (shows_text(session) ? from_text : from_picture)[session->mode];
	ui_status(screen->ui, STYLE_STATUS, "%s", _(words[session->mode]));
}

/* ---- commands ---- */

static void paste_copied(struct screen *screen, struct view_session *session)
{
	const char *text = screen->ui->consoles->copied;

	view_session_type(session, text, strlen(text));
}

static bool clipboard_command(struct screen *screen, struct view_session *session, enum command command)
{
	const char *text = screen->ui->consoles->copied;

	if (command == COMMAND_CLIPBOARD_TERMINAL) {
		bool sent = terminal_copy(screen->ui->term, text, strlen(text));

		ui_status(screen->ui, sent ? STYLE_STATUS : STYLE_ERROR, "%s",
			  sent ? _("offered to the terminal's clipboard") : _("this terminal takes no clipboard, or not one so large"));
	} else if (command == COMMAND_CLIPBOARD_GUEST) {
		view_session_give(session, text, strlen(text));
		ui_status(screen->ui, STYLE_STATUS, _("given to the guest's clipboard"));
	} else {
		return false;
	}
	return true;
}

static void look_at_text(struct view *self, struct view_session *session, bool search)
{
	view_window_freeze(&session->window, true);
	if (search)
		look_back_search(&self->look_back, &session->copy, &session->window.lines);
	else
		copy_mode_begin(&session->copy, &session->window.lines);
}

static void view_do(struct screen *screen, enum command command)
{
	struct view *self = self_of(screen);
	struct view_session *session = session_of(screen);
	bool in_menu = self->menu != MENU_NONE;

	self->menu = command == COMMAND_CONSOLE_MENU ? MENU_ALL
		     : command == COMMAND_SEND_KEYS  ? MENU_KEYS
		     : command == COMMAND_SEND_SYSRQ ? MENU_SYSRQ
						     : MENU_NONE;
	if (self->menu != MENU_NONE)
		return;
	if (command == COMMAND_SEARCH || command == COMMAND_COPY_MODE)
		look_at_text(self, session, command == COMMAND_SEARCH);
	else if (command == COMMAND_PASTE)
		paste_copied(screen, session);
	else if (command == COMMAND_COMPOSE)
		compose(screen->ui);
	else if (command == COMMAND_VIEW_MODE)
		next_mode(screen, session);
	else if (command == COMMAND_MOUSE)
		session->other_mouse = !session->other_mouse;
	else if (command == COMMAND_RETRY)
		view_session_retry(session);
	else if (tabs_do(screen, TAB_VIEW, command))
		;
	else if (!in_menu && look_back_command(&self->look_back, &session->copy, &session->window.lines, command))
		;
	else if (!press_named(session, command) && !press_own(session, command) && !scroll_command(screen, session, command) &&
		 !zoom_command(screen, session, command) && !clipboard_command(screen, session, command) &&
		 view_session_machine(session) != NULL)
		action_run(screen->ui, view_session_machine(session), command);
}

static void view_command(struct screen *screen, enum command command)
{
	struct view *self = self_of(screen);
	struct view_session *session = session_of(screen);

	if (session == NULL)
		ui_close(screen);
	else if (self->look_back.searching)
		look_back_search_command(&self->look_back, &session->copy, &session->window.lines, command);
	else
		view_do(screen, command);
	settle_keys(self);
	ui_dirty(screen->ui);
}

static void view_refused(struct screen *screen)
{
	self_of(screen)->menu = MENU_NONE;
	settle_keys(self_of(screen));
}

static void view_key(struct screen *screen, const struct key *key)
{
	struct view *self = self_of(screen);
	struct view_session *session = session_of(screen);

	if (session == NULL)
		return;
	if (self->look_back.searching) {
		look_back_search_key(&self->look_back, &session->copy, &session->window.lines, key);
		return;
	}
	if (self->menu != MENU_NONE) { /* a key that the menu does not have closes it, and goes nowhere */
		if (self->menu == MENU_SYSRQ)
			press_sysrq(session, key);
		self->menu = MENU_NONE;
		settle_keys(self);
		ui_dirty(screen->ui);
		return;
	}
	if (session->copy.active)
		return;
	view_window_follow(&session->window);
	view_session_key(session, key);
}

/* A release, or a modifier by itself. */
static void view_real_key(struct screen *screen, const struct key *key)
{
	struct view *self = self_of(screen);
	struct view_session *session = session_of(screen);

	if (session == NULL)
		return;
	if (key->action == KEY_RELEASED)
		view_session_release(session, key);
	else if (self->menu == MENU_NONE && !self->look_back.searching && !session->copy.active)
		view_session_key(session, key);
}

static void view_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	struct view *self = self_of(screen);
	struct view_session *session = session_of(screen);

	(void)begin;
	(void)end;
	if (session == NULL || length == 0)
		return;
	if (self->look_back.searching)
		look_back_search_paste(&self->look_back, &session->copy, &session->window.lines, text, length);
	else if (self->menu == MENU_NONE && !session->copy.active)
		view_session_type(session, text, length);
	ui_dirty(screen->ui);
}

/* ---- the mouse ---- */

/* Where in the guest's screen the mouse is: to the pixel where the terminal tells, else in the middle of a cell. */
static bool point_of(const struct view_session *session, const struct mouse *mouse, unsigned *ret_x, unsigned *ret_y)
{
	const struct wire_layout *layout = view_session_layout(session);
	const struct terminal_abilities *can = terminal_abilities(session->ui->term);
	bool text = shows_text(session);
	int top = text ? session->window.top : 0, left = text ? session->window.left : 0;

	if (!mouse->pixels)
		return view_pixel(layout, mouse->row + top, mouse->column + left, ret_x, ret_y);
	return view_pixel_exact(layout, mouse->x + left * (int)can->cell_width,
				(mouse->row + top) * (int)can->cell_height + mouse->y % (int)can->cell_height, can->cell_width, can->cell_height,
				ret_x, ret_y);
}

static void mouse_to_guest(struct view_session *session, const struct mouse *mouse)
{
	uint8_t bit = mouse->button >= 1 && mouse->button <= 5 ? (uint8_t)(1 << (mouse->button - 1)) : 0;
	uint8_t buttons = session->buttons;
	unsigned x, y;

	if (!point_of(session, mouse, &x, &y))
		return;
	if (mouse->action == MOUSE_RELEASE) /* some terminals do not say which button was let go */
		buttons = bit != 0 ? (uint8_t)(buttons & ~bit) : 0;
	else if (mouse->action == MOUSE_PRESS && mouse->button <= 3)
		buttons |= bit;
	if (mouse->action == MOUSE_PRESS && mouse->button > 3) /* a notch of the wheel */
		view_session_point(session, x, y, buttons | bit);
	view_session_point(session, x, y, buttons);
}

static void mark_by_mouse(struct view *self, struct view_session *session, const struct mouse *mouse)
{
	struct mouse in_grid = *mouse;

	if (mouse->action == MOUSE_PRESS)
		view_window_freeze(&session->window, true);
	in_grid.column += session->window.left;
	look_back_mouse(&self->look_back, &session->copy, &session->window.lines, &in_grid);
	if (!session->copy.active && !self->look_back.dragging)
		view_window_freeze(&session->window, false);
}

static void view_mouse(struct screen *screen, const struct mouse *from)
{
	struct view *self = self_of(screen);
	struct view_session *session = session_of(screen);
	struct mouse mouse = *from;

	if (session == NULL || self->look_back.searching)
		return;
	if (tabs_clicked(screen, TAB_VIEW, from)) {
		self->menu = MENU_NONE;
		settle_keys(self);
		return;
	}
	mouse.row -= tabs_rows(screen);
	bool inside = mouse.row >= 0 && mouse.row < guest_rows(screen);
	bool wheel = mouse.action == MOUSE_PRESS && (mouse.button == 4 || mouse.button == 5);
	/* with Shift held it is ours even where it is the guest's */
	bool guests = mouse_is_guests(session) && !session->copy.active && !(mouse.modifiers & SHIFT_KEY);

	if (guests && inside && !self->look_back.dragging) {
		mouse_to_guest(session, &mouse);
		return;
	}
	if (mouse.action == MOUSE_MOVE)
		return;
	if (wheel && shows_text(session))
		view_window_move(&session->window, mouse.button == 4 ? -WHEEL_ROWS : WHEEL_ROWS, 0);
	else if (wheel)
		scroll_command(screen, session, mouse.button == 4 ? COMMAND_SCROLL_UP : COMMAND_SCROLL_DOWN);
	else if (shows_text(session) && (inside || self->look_back.dragging))
		mark_by_mouse(self, session, &mouse);
	settle_keys(self);
	ui_dirty(screen->ui);
}

/* ---- drawing ---- */

static void put_trouble(const struct view_session *session, struct strbuf *lead)
{
	const struct machine *machine = view_session_machine(session);
	const struct wire_state *state = view_session_state(session);
	enum style style;

	if (machine == NULL) {
		strbuf_printf(lead, ": %s", _("no longer defined"));
	} else if (state->link != WIRE_CONNECTED && !machine_is_active(machine)) {
		const struct model *model = session->ui->model;
		const struct figures *figures = &model->figures[model_find(model, session->id)];

		strbuf_printf(lead, ": %s, %s", action_state_word(machine, figures, &style), _("waiting for it to start"));
	} else if (state->link != WIRE_CONNECTED) {
		strbuf_printf(lead, ": %s", session->trouble != NULL ? _("not connected") : _("connecting"));
	}
}

/* Why there is no connection, above the keys that help. */
static void draw_trouble(const struct view_session *session, struct terminal *term)
{
	int row = terminal_rows(term) - 2;

	if (session->trouble != NULL && !view_session_connected(session) && row > 0)
		terminal_text(term, row, 0, terminal_columns(term), STYLE_ERROR, session->trouble);
}

/* What is seen: "text 80x25", "text 160x50 97%, rows 1-23", "picture 1024x768". */
static void put_kind(const struct view_session *session, struct strbuf *lead)
{
	const struct wire_layout *layout = view_session_layout(session);
	const struct view_window *window = &session->window;

	if (window->frozen != NULL) {
		strbuf_puts(lead, _(" [stands still]"));
	} else if (layout->kind == WIRE_KIND_GRID) {
		strbuf_printf(lead, _(" [text %ux%u"), layout->columns, layout->rows);
		if (view_window_share(window) < 100)
			strbuf_printf(lead, " %u%%", view_window_share(window));
		if (view_window_smaller(window))
			strbuf_printf(lead, _(", from row %d"), window->top + 1);
		strbuf_puts(lead, "]");
	} else if (layout->kind == WIRE_KIND_PICTURE) {
		strbuf_printf(lead, _(" [picture %ux%u"), layout->width, layout->height);
		if (session->part.width > 0)
			strbuf_printf(lead, _(", %ux%u of it"), session->part.width, session->part.height);
		strbuf_puts(lead, "]");
	} else if (view_session_connected(session)) {
		strbuf_puts(lead, _(" [nothing shown yet]"));
	}
}

/* What stands before the keys in the last row. */
static char *lead_text(const struct view *self, const struct view_session *session)
{
	struct strbuf lead = STRBUF_INIT;
	size_t typing = view_session_typing(session);

	strbuf_printf(&lead, " %s", session->name);
	if (self->menu == MENU_SYSRQ)
		strbuf_puts(&lead, _(": Alt-SysRq and which key?"));
	else if (self->menu == MENU_NONE && typing > 0)
		strbuf_printf(&lead, _(": typing, %zu to go; any key stops it"), typing);
	else if (self->menu == MENU_NONE && !session->copy.active)
		put_trouble(session, &lead);
	if (self->menu == MENU_NONE)
		put_kind(session, &lead);
	strbuf_puts(&lead, " ");
	return strbuf_take(&lead);
}

static void place_cursor(const struct view_session *session, struct terminal *term, int top)
{
	const struct view_window *window = &session->window;
	const struct copy_mode *copy = &session->copy;
	int row, column;

	terminal_cursor(term, 0, 0, false);
	if (copy->active) {
		row = (int)copy->cursor.line - window->top;
		column = copy->cursor.column - window->left;
		if (row >= 0 && row < window->rows)
			terminal_cursor(term, top + row, column, true);
	} else if (view_session_connected(session) && shows_text(session) && view_window_cursor(window, &row, &column)) {
		terminal_cursor(term, top + row, column, true);
	}
}

static void view_draw_screen(struct screen *screen, struct terminal *term)
{
	struct view *self = self_of(screen);
	struct view_session *session = session_of(screen);
	int top = tabs_rows(screen);
	int columns = terminal_columns(term);
	const struct view_area area = { top, 0, guest_rows(screen), columns };

	if (session == NULL) {
		footer_draw(screen, term, NULL);
		return;
	}
	view_session_fit(session, area.rows, columns, 0);
	view_window_settle(&session->window, area.rows, columns);
	settle_keys(self);
	tabs_head(screen);
	view_draw(session, term, &area);
	view_session_drawn(session);
	place_cursor(session, term, top);
	if (screen->ui->top == screen && view_session_connected(session)) {
		terminal_keys(term);
		if (mouse_is_guests(session)) {
			terminal_motion(term);
			terminal_pixels(term);
		}
	}
	draw_trouble(session, term);
	if (self->look_back.searching) {
		look_back_search_draw(&self->look_back, term);
		return;
	}
	_cleanup_free_ char *lead = lead_text(self, session);

	footer_draw(screen, term, lead);
}

static void view_close_screen(struct screen *screen)
{
	look_back_end(&self_of(screen)->look_back);
	free(screen);
}

static const struct screen_class view_class = {
	.keys = view_keys,
	.refuses = view_refuses,
	.command = view_command,
	.refused = view_refused,
	.key = view_key,
	.real_key = view_real_key,
	.paste = view_paste,
	.mouse = view_mouse,
	.draw = view_draw_screen,
	.close = view_close_screen,
};

struct screen *view_screen(struct ui *ui)
{
	struct view *self = xcalloc(1, sizeof *self);

	self->screen.class = &view_class;
	self->screen.ui = ui;
	self->look_back.ui = ui;
	return &self->screen;
}
