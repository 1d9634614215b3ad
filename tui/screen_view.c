/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The screen that shows the graphical screen of a machine: live, looking at its text, or with one of its menus open. */
#include "tui/screen_view.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "tui/actions.h"
#include "tui/bindings.h"
#include "tui/look_back.h"
#include "tui/model.h"
#include "tui/paste_ask.h"
#include "tui/screen_tabs.h"
#include "tui/terminal.h"
#include "tui/view_draw.h"
#include "tui/view_lead.h"
#include "tui/view_mouse.h"
#include "tui/view_press.h"
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

/* Does what is seen not fit into the window? */
static bool is_large(const struct view_session *session)
{
	return view_session_shows_text(session) ? view_window_smaller(&session->window) : session->part.width > 0;
}

static const struct key_table *view_keys(const struct screen *screen)
{
	static const struct key_table *const menus[] = {
		[MENU_ALL] = &keys_view_menu,
		[MENU_KEYS] = &keys_view_keys,
		[MENU_SYSRQ] = &keys_view_sysrq,
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

	self->screen.grabs =
		keys == &keys_search || keys == &keys_view || keys == &keys_view_large || keys == &keys_view_sysrq;
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
		return !copied					 ? _("nothing was copied yet")
		       : !view_session_state(session)->clipboard ? _("the machine's screen has no clipboard")
								 : NULL;
	case COMMAND_SEARCH:
	case COMMAND_COPY_MODE:
		return view_session_shows_text(session) ? NULL
							: _("this is a picture now, without text to search or copy");
	case COMMAND_ZOOM_IN:
	case COMMAND_ZOOM_OUT:
	case COMMAND_ZOOM_ALL:
	case COMMAND_ZOOM_PIXELS:
		return view_session_shows_text(session) ? _("text is not zoomed: t shows it as a picture") : NULL;
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
	if (!view_session_shows_text(session)) {
		if (first)
			session->part.x = session->part.y = 0;
		view_part_move(&session->part, layout->width, layout->height, last ? WIRE_COLUMNS : right,
			       last ? WIRE_ROWS : down);
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
		[WIRE_MODE_AUTO] = WIRE_MODE_PICTURE,
		[WIRE_MODE_PICTURE] = WIRE_MODE_TEXT,
		[WIRE_MODE_TEXT] = WIRE_MODE_AUTO,
	};
	static const uint8_t from_picture[] = {
		[WIRE_MODE_AUTO] = WIRE_MODE_TEXT,
		[WIRE_MODE_TEXT] = WIRE_MODE_PICTURE,
		[WIRE_MODE_PICTURE] = WIRE_MODE_TEXT,
	};

	session->mode = (view_session_shows_text(session) ? from_text : from_picture)[session->mode];
	ui_status(screen->ui, STYLE_STATUS, "%s", _(words[session->mode]));
}

/* ---- commands ---- */

static void type_copied(struct ui *ui, void *userdata)
{
	struct view_session *session = session_of(userdata);
	const char *text = ui->consoles->copied;

	if (session != NULL)
		view_session_type(session, text, strlen(text));
}

static bool clipboard_command(struct screen *screen, struct view_session *session, enum command command)
{
	const char *text = screen->ui->consoles->copied;

	if (command == COMMAND_CLIPBOARD_TERMINAL) {
		bool sent = terminal_copy(screen->ui->term, text, strlen(text));

		ui_status(screen->ui, sent ? STYLE_STATUS : STYLE_ERROR, "%s",
			  sent ? _("offered to the terminal's clipboard")
			       : _("this terminal takes no clipboard, or not one so large"));
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
		paste_ask(screen->ui, screen->ui->consoles->copied, type_copied, screen);
	else if (command == COMMAND_COMPOSE)
		view_press_by_name(screen->ui);
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
	else if (!view_press(session, command) && !scroll_command(screen, session, command) &&
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
			view_press_sysrq(session, key);
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
	bool guests = view_mouse_is_guests(session) && !session->copy.active && !(mouse.modifiers & SHIFT_KEY);

	bool held = session->buttons != 0; /* what was pressed there is let go there, wherever the mouse is */

	if (guests && (inside || held) && !self->look_back.dragging) {
		mouse.row = mouse.row < 0 ? 0 : mouse.row < guest_rows(screen) ? mouse.row : guest_rows(screen) - 1;
		view_mouse_to_guest(session, &mouse);
		return;
	}
	if (mouse.action == MOUSE_MOVE)
		return;
	if (wheel && view_session_shows_text(session))
		view_window_move(&session->window, mouse.button == 4 ? -WHEEL_ROWS : WHEEL_ROWS, 0);
	else if (wheel)
		scroll_command(screen, session, mouse.button == 4 ? COMMAND_SCROLL_UP : COMMAND_SCROLL_DOWN);
	else if (view_session_shows_text(session) && (inside || self->look_back.dragging))
		mark_by_mouse(self, session, &mouse);
	settle_keys(self);
	ui_dirty(screen->ui);
}

/* ---- drawing ---- */

/* Why there is no connection, above the keys that help. */
static void draw_trouble(const struct view_session *session, struct terminal *term)
{
	int row = terminal_rows(term) - 2;

	if (session->trouble != NULL && !view_session_connected(session) && row > 0)
		terminal_text(term, row, 0, terminal_columns(term), STYLE_ERROR, session->trouble);
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
		view_lead_trouble(session, &lead);
	if (self->menu == MENU_NONE)
		view_lead_kind(session, &lead);
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
	} else if (view_session_connected(session) && view_session_shows_text(session) &&
		   view_window_cursor(window, &row, &column)) {
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
		if (view_mouse_is_guests(session)) {
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
