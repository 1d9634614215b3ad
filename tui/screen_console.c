/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The screen that shows one of the open consoles: live, looking back, or with its menu open. */
#include "tui/screen_console.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "tui/actions.h"
#include "tui/bindings.h"
#include "tui/console_advice.h"
#include "tui/look_back.h"
#include "tui/model.h"
#include "tui/paste_ask.h"
#include "tui/screen_tabs.h"
#include "tui/ssh_line.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define WHEEL_LINES 3
#define PASTE_LIMIT (60 * 1024) /* what waits for a guest at most is little more */
#define WAITING_SHOWN 1024 /* bytes that are still to be typed */
#define SHIFT_KEY   1		/* TERMKEY_KEYMOD_SHIFT */

struct console_screen {
	struct screen screen;
	bool menu;
	struct look_back look_back;
};

static struct console_screen *self_of(struct screen *screen)
{
	return (struct console_screen *)screen;
}

static struct console_session *session_of(const struct screen *screen)
{
	return consoles_current(screen->ui);
}

static int guest_rows(const struct screen *screen)
{
	return terminal_rows(screen->ui->term) - 1 - tabs_rows(screen);
}

static const struct key_table *console_keys(const struct screen *screen)
{
	const struct console_screen *self = (const struct console_screen *)screen;
	const struct console_session *session = session_of(screen);

	if (self->look_back.searching)
		return &keys_search;
	if (self->menu)
		return &keys_console_menu;
	if (session != NULL && session->copy.active)
		return &keys_console_copy;
	return session != NULL && console_session_types(session) ? &keys_console : &keys_console_reader;
}

/* Whose are the keys that no table has? */
static void settle_keys(struct console_screen *self)
{
	const struct key_table *keys = console_keys(&self->screen);

	self->screen.grabs = keys == &keys_search || keys == &keys_console;
}

static const char *console_refuses(struct screen *screen, enum command command)
{
	const struct console_session *session = session_of(screen);
	const struct model *model = screen->ui->model;
	bool typing = session != NULL && console_session_types(session);

	if (session == NULL)
		return NULL;
	switch ((int)command) {
	case COMMAND_TAKE_OVER:
		return session->console == NULL || session->writer ? _("nobody else types here") : NULL;
	case COMMAND_SEND_BREAK:
	case COMMAND_SEND_DETACH:
	case COMMAND_SEND_MENU:
	case COMMAND_SEND_OTHER_KIND:
		return typing ? NULL : _("this console is not typed in now");
	case COMMAND_SEND_SIZE:
		return !typing			     ? _("this console is not typed in now")
		       : vt_alternate(session->vt) ? _("a full-screen program would take that for keys: leave it first")
						     : NULL;
	case COMMAND_PASTE:
		return !typing				      ? _("this console is not typed in now")
		       : screen->ui->consoles->copied == NULL ? _("nothing was copied yet")
							      : NULL;
	case COMMAND_OTHER_CONSOLE:
		return session->total < 2 ? _("the machine has no other console") : NULL;
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

static void type_copied(struct ui *ui, void *userdata)
{
	struct screen *screen = userdata;
	struct console_session *session = session_of(screen);
	_cleanup_free_ char *text = xstrdup(ui->consoles->copied);
	size_t length = strlen(text);

	if (session == NULL || !console_session_types(session))
		return; /* meanwhile it was taken over, or has ended */
	if (length > PASTE_LIMIT) {
		ui_status(screen->ui, STYLE_ERROR, _("that is too much to type: %zu bytes, and the most is %d"), length,
			  PASTE_LIMIT);
		return;
	}
	for (char *at = text; *at != '\0'; at++)
		if (*at == '\n')
			*at = '\r'; /* as the key sends */
	vt_paste_bracket(session->vt, true);
	console_session_type(session, text, length);
	vt_paste_bracket(session->vt, false);
}

/* A shell does each line as it comes. */
static void paste_copied(struct screen *screen)
{
	paste_ask(screen->ui, screen->ui->consoles->copied, type_copied, screen);
}

/* ---- commands ---- */

static void next_console(struct screen *screen)
{
	const struct console_session *session = session_of(screen);
	const struct machine *machine = console_session_machine(session);

	if (machine == NULL)
		return;
	consoles_open(screen->ui, machine, (session->index + 1) % session->total);
	tabs_turn(screen, TAB_CONSOLE);
}

/* What goes to the guest. */
static bool send_command(const struct screen *screen, struct console_session *session, enum command command)
{
	if (command == COMMAND_SEND_DETACH)
		console_session_type(session, "\035", 1);
	else if (command == COMMAND_SEND_MENU)
		console_session_type(session, "\034", 1);
	else if (command == COMMAND_SEND_OTHER_KIND)
		console_session_type(session, "\036", 1);
	else if (command == COMMAND_SEND_BREAK)
		console_session_break(session);
	else if (command == COMMAND_SEND_SIZE)
		console_session_tell_size(session, guest_rows(screen), terminal_columns(screen->ui->term));
	else
		return false;
	return true;
}

static bool scroll_command(const struct screen *screen, struct vt *vt, enum command command)
{
	int page = guest_rows(screen) - 1;

	if (command == COMMAND_SCROLL_UP || command == COMMAND_SCROLL_DOWN)
		vt_scroll(vt, command == COMMAND_SCROLL_UP ? page : -page);
	else if (command == COMMAND_SCROLL_FIRST || command == COMMAND_SCROLL_LAST)
		vt_scroll_to(vt, command == COMMAND_SCROLL_FIRST);
	else
		return false;
	return true;
}

static void console_do(struct screen *screen, enum command command)
{
	struct console_screen *self = self_of(screen);
	struct console_session *session = session_of(screen);
	bool in_menu = self->menu;

	self->menu = command == COMMAND_CONSOLE_MENU;
	if (command == COMMAND_SEARCH)
		look_back_search(&self->look_back, &session->copy, vt_lines(session->vt));
	else if (command == COMMAND_COPY_MODE)
		copy_mode_begin(&session->copy, vt_lines(session->vt));
	else if (command == COMMAND_PASTE)
		paste_copied(screen);
	else if (command == COMMAND_OTHER_CONSOLE)
		next_console(screen);
	else if (command == COMMAND_TAKE_OVER)
		console_session_take_over(session);
	else if (command == COMMAND_COPY_SSH && console_session_machine(session) != NULL)
		ssh_line_copy(screen->ui, console_session_machine(session));
	else if (tabs_do(screen, TAB_CONSOLE, command))
		;
	else if (!in_menu && look_back_command(&self->look_back, &session->copy, vt_lines(session->vt), command))
		;
	else if (!send_command(screen, session, command) && !scroll_command(screen, session->vt, command) &&
		 console_session_machine(session) != NULL)
		action_run(screen->ui, console_session_machine(session), command);
}

static void console_command(struct screen *screen, enum command command)
{
	struct console_screen *self = self_of(screen);
	struct console_session *session = session_of(screen);

	if (session == NULL)
		ui_close(screen);
	else if (self->look_back.searching)
		look_back_search_command(&self->look_back, &session->copy, vt_lines(session->vt), command);
	else
		console_do(screen, command);
	settle_keys(self);
	ui_dirty(screen->ui);
}

/* Why the menu could not do it takes the menu's place: it must not lie in wait behind that for the next key. */
static void console_refused(struct screen *screen)
{
	self_of(screen)->menu = false;
	settle_keys(self_of(screen));
}

static void console_key(struct screen *screen, const struct key *key)
{
	struct console_screen *self = self_of(screen);
	struct console_session *session = session_of(screen);

	if (session == NULL)
		return;
	if (self->look_back.searching) {
		look_back_search_key(&self->look_back, &session->copy, vt_lines(session->vt), key);
		return;
	}
	if (self->menu) { /* a key that the menu does not have closes it, and goes nowhere */
		self->menu = false;
		settle_keys(self);
		ui_dirty(screen->ui);
		return;
	}
	if (!console_session_types(session) || session->copy.active)
		return;
	if (vt_scrolled(session->vt) > 0) {
		vt_scroll_to(session->vt, false);
		ui_dirty(screen->ui);
	}
	vt_key(session->vt, key, terminal_utf8(screen->ui->term));
}

static void console_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	struct console_screen *self = self_of(screen);
	struct console_session *session = session_of(screen);

	if (self->look_back.searching) {
		look_back_search_paste(&self->look_back, &session->copy, vt_lines(session->vt), text, length);
		return;
	}
	if (session == NULL || !console_session_types(session) || session->copy.active)
		return;
	if (begin)
		vt_paste_bracket(session->vt, true);
	if (length > 0)
		console_session_type(session, text, length);
	if (end)
		vt_paste_bracket(session->vt, false);
}

/* ---- the mouse ---- */

/* Hands it to the guest's program, if that has asked for the mouse; with Shift held it is ours even so. What was pressed there is let go there, wherever
 * the mouse is. */
static bool mouse_for_guest(struct screen *screen, struct console_session *session, const struct mouse *from, bool inside)
{
	struct mouse mouse = *from;
	int last = guest_rows(screen) - 1;

	if (!console_session_types(session) || session->copy.active || vt_scrolled(session->vt) > 0)
		return false;
	if (!vt_holds_mouse(session->vt) && (!inside || mouse.modifiers & SHIFT_KEY))
		return false;
	mouse.row = mouse.row < 0 ? 0 : mouse.row > last ? last : mouse.row;
	return vt_mouse(session->vt, &mouse);
}

static void console_mouse(struct screen *screen, const struct mouse *from)
{
	struct console_screen *self = self_of(screen);
	struct console_session *session = session_of(screen);
	struct mouse mouse = *from;

	if (session == NULL || self->look_back.searching)
		return;
	if (!vt_holds_mouse(session->vt) && tabs_clicked(screen, TAB_CONSOLE, from)) {
		self->menu = false;
		settle_keys(self);
		return;
	}
	mouse.row -= tabs_rows(screen);
	bool inside = mouse.row >= 0 && mouse.row < guest_rows(screen);

	if (!self->look_back.dragging && mouse_for_guest(screen, session, &mouse, inside))
		return;
	if (mouse.action == MOUSE_MOVE)
		return;
	if (mouse.action == MOUSE_PRESS && (mouse.button == 4 || mouse.button == 5))
		vt_scroll(session->vt, mouse.button == 4 ? WHEEL_LINES : -WHEEL_LINES);
	else if (inside || self->look_back.dragging)
		look_back_mouse(&self->look_back, &session->copy, vt_lines(session->vt), &mouse);
	settle_keys(self);
	ui_dirty(screen->ui);
}

/* ---- drawing ---- */

static void put_trouble(const struct console_session *session, struct strbuf *lead)
{
	const struct machine *machine = console_session_machine(session);
	enum style style;

	if (machine == NULL) {
		strbuf_printf(lead, ": %s", _("no longer defined"));
	} else if (session->console == NULL && session->lacking) {
		strbuf_printf(lead, ": %s", _("it has no serial console"));
	} else if (session->console == NULL && !machine_is_active(machine)) {
		const struct model *model = session->ui->model;
		const struct figures *figures = &model->figures[model_find(model, session->id)];

		strbuf_printf(lead, ": %s, %s", action_state_word(machine, figures, &style),
			      _("waiting for it to start"));
	} else if (session->console == NULL) {
		strbuf_printf(lead, ": %s", session->trouble != NULL ? session->trouble : _("connecting"));
	} else if (!console_session_types(session) && session->held) {
		strbuf_printf(lead, ": %s", _("read-only: another viewer writes; press X to take over"));
	} else if (!console_session_types(session) && !session->replaying) {
		strbuf_printf(lead, ": %s", _("read-only; press X to type"));
	}
}

/* The guest's terminal is higher than the window, and something is in the rows that cannot be seen. */
static void put_hidden(const struct console_session *session, struct strbuf *lead)
{
	int rows, columns;
	int seen = vt_window_rows(session->vt);
	int top = vt_window_top(session->vt);
	uint64_t first = vt_line_top(session->vt) - (uint64_t)top;

	vt_size(session->vt, &rows, &columns);
	for (int row = 0; row < rows; row++) {
		if ((row >= top && row < top + seen) || lines_text_last(vt_lines(session->vt), first + (uint64_t)row) < 0)
			continue;
		strbuf_printf(lead, _(" [rows %d-%d of %d]"), top + 1, top + seen, rows);
		return;
	}
}

/* What stands before the keys in the last row. */
static char *lead_text(const struct console_screen *self, const struct console_session *session)
{
	struct strbuf lead = STRBUF_INIT;

	strbuf_printf(&lead, " %s", session->name);
	if (!self->menu && !session->copy.active)
		put_trouble(session, &lead);
	if (vt_scrolled(session->vt) > 0)
		strbuf_printf(&lead, _(" [%zu lines back]"), vt_scrolled(session->vt));
	else if (!self->menu)
		put_hidden(session, &lead);
	size_t waiting = console_input_waiting(&session->input);

	if (waiting >= WAITING_SHOWN) {
		_cleanup_free_ char *size = size_format(waiting);

		strbuf_printf(&lead, _(" [%s to type, ^C stops]"), size);
	}
	strbuf_puts(&lead, " ");
	return strbuf_take(&lead);
}

static void draw_cells(const struct console_session *session, struct terminal *term, int top, int rows, int columns)
{
	_cleanup_free_ struct cell *cells = xcalloc((size_t)columns + 1, sizeof *cells);

	for (int row = 0; row < rows; row++) {
		vt_row(session->vt, row, cells, (size_t)columns);
		look_back_show(&session->copy, vt_lines(session->vt), vt_line_top(session->vt) + (uint64_t)row, cells, columns);
		for (int column = 0; column < columns; column++)
			/* the right half of a wide character is there already, unless the character could not be shown
			 * wide */
			if (cells[column].width != 0)
				terminal_cell(term, top + row, column, &cells[column]);
	}
}

static void place_cursor(const struct console_session *session, struct terminal *term, int top, int rows, int columns)
{
	const struct copy_mode *copy = &session->copy;
	int row, column;

	terminal_cursor(term, 0, 0, false);
	if (copy->active) {
		uint64_t first = vt_line_top(session->vt);

		if (copy->cursor.line >= first && copy->cursor.line < first + (uint64_t)rows)
			terminal_cursor(term, top + (int)(copy->cursor.line - first), copy->cursor.column, true);
	} else if (session->console != NULL && vt_cursor(session->vt, &row, &column)) {
		terminal_cursor(term, top + row, column < columns ? column : columns - 1, true);
	}
}

static void console_draw(struct screen *screen, struct terminal *term)
{
	struct console_screen *self = self_of(screen);
	struct console_session *session = session_of(screen);
	int top = session != NULL ? tabs_rows(screen) : 0;
	int rows = terminal_rows(term) - 1 - top;
	int columns = terminal_columns(term);

	if (session == NULL) {
		footer_draw(screen, term, NULL);
		return;
	}
	settle_keys(self);
	console_session_fit(session, rows, columns);
	tabs_head(screen);
	draw_cells(session, term, top, rows, columns);
	place_cursor(session, term, top, rows, columns);
	console_advice_draw(session, term, top, rows);
	if (screen->ui->top == screen && session->writer && vt_wants_motion(session->vt))
		terminal_motion(term);
	if (self->look_back.searching) {
		look_back_search_draw(&self->look_back, term);
		return;
	}
	_cleanup_free_ char *lead = lead_text(self, session);

	footer_draw(screen, term, lead);
}

static void console_close_screen(struct screen *screen)
{
	look_back_end(&self_of(screen)->look_back);
	free(screen);
}

static const struct screen_class console_class = {
	.keys = console_keys,
	.refuses = console_refuses,
	.command = console_command,
	.refused = console_refused,
	.key = console_key,
	.paste = console_paste,
	.mouse = console_mouse,
	.draw = console_draw,
	.close = console_close_screen,
};

struct screen *console_screen(struct ui *ui)
{
	struct console_screen *self = xcalloc(1, sizeof *self);

	self->screen.class = &console_class;
	self->screen.ui = ui;
	self->look_back.ui = ui;
	return &self->screen;
}
