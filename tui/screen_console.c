/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The screen that shows one of the open consoles: live, looking back, or with its menu open. */
#include "tui/screen_console.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "tui/actions.h"
#include "tui/bindings.h"
#include "tui/consoles.h"
#include "tui/line_edit.h"
#include "tui/model.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define WHEEL_LINES 3
#define PASTE_LIMIT (60 * 1024) /* what waits for a guest at most is little more */
#define SHIFT_KEY   1		/* TERMKEY_KEYMOD_SHIFT */

struct console_screen {
	struct screen screen;
	bool menu;
	bool searching; /* the needle is being typed */
	bool not_found;
	bool search_only;	   /* began from the live screen: Esc goes back there */
	bool dragging, dragged_in; /* the mouse marks; and began that itself */
	struct line_edit needle;
};

static struct console_screen *self_of(struct screen *screen)
{
	return (struct console_screen *)screen;
}

static struct console_session *session_of(const struct screen *screen)
{
	return consoles_current(screen->ui);
}

/* Rows above the guest's. */
static int tab_rows(const struct screen *screen)
{
	return screen->ui->consoles->tabs.count > 1 && terminal_rows(screen->ui->term) > 3;
}

static int guest_rows(const struct screen *screen)
{
	return terminal_rows(screen->ui->term) - 1 - tab_rows(screen);
}

static const struct key_table *console_keys(const struct screen *screen)
{
	const struct console_screen *self = (const struct console_screen *)screen;
	const struct console_session *session = session_of(screen);

	if (self->searching)
		return &keys_search;
	if (self->menu)
		return &keys_console_menu;
	if (session != NULL && session->copy.active)
		return &keys_console_copy;
	return session != NULL && session->writer ? &keys_console : &keys_console_reader;
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
	bool typing = session != NULL && session->writer;

	if (session == NULL)
		return NULL;
	switch ((int)command) {
	case COMMAND_TAKE_OVER:
		return session->console == NULL || session->writer ? _("nobody else types here") : NULL;
	case COMMAND_SEND_BREAK:
	case COMMAND_SEND_DETACH:
	case COMMAND_SEND_MENU:
	case COMMAND_SEND_SIZE:
		return typing ? NULL : _("this console is not typed in now");
	case COMMAND_PASTE:
		return !typing				      ? _("this console is not typed in now")
		       : screen->ui->consoles->copied == NULL ? _("nothing was copied yet")
							      : NULL;
	case COMMAND_TAB_NEXT:
	case COMMAND_TAB_PREVIOUS:
		return screen->ui->consoles->tabs.count < 2
			       ? _("no other console is open: leave this one and open one from the list")
			       : NULL;
	case COMMAND_OTHER_CONSOLE:
		return session->total < 2 ? _("the machine has no other console") : NULL;
	case COMMAND_START:
		break;
	default:
		return NULL;
	}
	size_t at = model_find(model, session->id);

	if (at == model->count)
		return _("the machine is no longer defined");
	return action_refusal(&model->machines[at], &model->figures[at], command);
}

/* ---- copying ---- */

static size_t characters_in(const char *text)
{
	size_t count = 0;

	while (utf8_next(&text) != 0)
		count++;
	return count;
}

static void copy_marked(struct screen *screen)
{
	struct console_session *session = session_of(screen);
	struct console_set *set = screen->ui->consoles;
	char *text = copy_mode_text(&session->copy, session->vt);

	if (text_empty(text)) {
		ui_status(screen->ui, STYLE_ERROR, _("nothing is marked: v marks from the cursor on, V whole lines"));
		free(text);
		return;
	}
	free(set->copied);
	set->copied = text;
	bool sent = terminal_copy(screen->ui->term, text, strlen(text));

	ui_status(screen->ui, STYLE_STATUS,
		  sent ? _("copied %zu characters, and offered to the terminal's clipboard; ^\\ v types them")
		       : _("copied %zu characters, here only; ^\\ v types them"),
		  characters_in(text));
}

static void paste_copied(struct screen *screen)
{
	struct console_session *session = session_of(screen);
	_cleanup_free_ char *text = xstrdup(screen->ui->consoles->copied);
	size_t length = strlen(text);

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

/* ---- searching ---- */

static void search_begin(struct console_screen *self)
{
	struct console_session *session = session_of(&self->screen);

	self->search_only = !session->copy.active;
	copy_mode_begin(&session->copy, session->vt);
	session->copy.origin = session->copy.cursor;
	session->copy.backward = true;
	line_clear(&self->needle);
	self->searching = true;
	self->not_found = false;
}

static void search_typed(struct console_screen *self)
{
	struct console_session *session = session_of(&self->screen);

	self->not_found = !copy_mode_search(&session->copy, session->vt, line_text(&self->needle));
	ui_dirty(self->screen.ui);
}

static void search_command(struct console_screen *self, enum command command)
{
	struct console_session *session = session_of(&self->screen);
	bool changed = false;

	if (command == COMMAND_ACCEPT) {
		self->searching = false;
		if (self->not_found)
			ui_status(self->screen.ui, STYLE_ERROR, _("'%s' is not in what is kept"),
				  line_text(&self->needle));
	} else if (command == COMMAND_CLOSE) {
		self->searching = false;
		copy_mode_search(&session->copy, session->vt, "");
		if (self->search_only)
			copy_mode_end(&session->copy, session->vt);
	} else if (line_command(&self->needle, command, &changed)) {
		if (changed)
			search_typed(self);
	} else {
		ui_everywhere(self->screen.ui, command);
	}
}

/* ---- commands ---- */

static void send_size(const struct console_session *session)
{
	int rows, columns;

	vt_size(session->vt, &rows, &columns);
	_cleanup_free_ char *line =
		strf(" stty rows %d cols %d\r", rows, columns); /* a blank first: many shells keep no history of it */

	console_session_type((struct console_session *)session, line, strlen(line));
}

static void close_tab(struct screen *screen)
{
	consoles_close_current(screen->ui);
	if (consoles_current(screen->ui) == NULL)
		ui_close(screen);
	else
		consoles_look(screen->ui, true);
}

static void next_console(struct screen *screen)
{
	const struct console_session *session = session_of(screen);
	const struct machine *machine = console_session_machine(session);

	if (machine == NULL)
		return;
	consoles_open(screen->ui, machine, (session->index + 1) % session->total);
	consoles_look(screen->ui, true);
}

static void leave(struct screen *screen)
{
	consoles_look(screen->ui, false);
	ui_close(screen);
}

/* What goes to the guest. */
static bool send_command(struct console_session *session, enum command command)
{
	if (command == COMMAND_SEND_DETACH)
		console_session_type(session, "\035", 1);
	else if (command == COMMAND_SEND_MENU)
		console_session_type(session, "\034", 1);
	else if (command == COMMAND_SEND_BREAK)
		console_session_break(session);
	else if (command == COMMAND_SEND_SIZE)
		send_size(session);
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

static bool copy_command(struct screen *screen, struct console_session *session, enum command command)
{
	struct copy_mode *copy = &session->copy;

	if (!copy->active)
		return false;
	if (command == COMMAND_COPY) {
		bool marked = copy->marking != COPY_NOTHING;

		copy_marked(screen);
		if (marked)
			copy_mode_end(copy, session->vt);
	} else if (command == COMMAND_CLOSE) {
		copy_mode_end(copy, session->vt);
	} else if (command == COMMAND_SEARCH_NEXT || command == COMMAND_SEARCH_PREVIOUS) {
		if (copy->needle == NULL)
			ui_status(screen->ui, STYLE_ERROR, _("nothing was searched for yet: / does"));
		else if (!copy_mode_search_on(copy, session->vt, command == COMMAND_SEARCH_PREVIOUS))
			ui_status(screen->ui, STYLE_ERROR, _("'%s' is not in what is kept"), copy->needle);
	} else {
		return copy_mode_command(copy, session->vt, command);
	}
	return true;
}

static void console_do(struct screen *screen, enum command command)
{
	struct console_screen *self = self_of(screen);
	struct console_session *session = session_of(screen);
	bool in_menu = self->menu;

	self->menu = command == COMMAND_CONSOLE_MENU;
	if (command == COMMAND_DETACH)
		leave(screen);
	else if (command == COMMAND_SEARCH)
		search_begin(self);
	else if (command == COMMAND_COPY_MODE)
		copy_mode_begin(&session->copy, session->vt);
	else if (command == COMMAND_PASTE)
		paste_copied(screen);
	else if (command == COMMAND_TAB_CLOSE)
		close_tab(screen);
	else if (command == COMMAND_OTHER_CONSOLE)
		next_console(screen);
	else if (command == COMMAND_TAKE_OVER)
		console_session_take_over(session);
	else if (tabs_command(&screen->ui->consoles->tabs, command))
		consoles_look(screen->ui, true);
	else if (!in_menu && copy_command(screen, session, command))
		;
	else if (!send_command(session, command) && !scroll_command(screen, session->vt, command) &&
		 console_session_machine(session) != NULL)
		action_run(screen->ui, console_session_machine(session), command);
}

static void console_command(struct screen *screen, enum command command)
{
	struct console_screen *self = self_of(screen);

	if (session_of(screen) == NULL)
		leave(screen);
	else if (self->searching)
		search_command(self, command);
	else
		console_do(screen, command);
	settle_keys(self);
	ui_dirty(screen->ui);
}

static void console_key(struct screen *screen, const struct key *key)
{
	struct console_screen *self = self_of(screen);
	struct console_session *session = session_of(screen);

	if (session == NULL)
		return;
	if (self->searching) {
		if (line_key(&self->needle, key))
			search_typed(self);
		return;
	}
	if (self->menu) { /* a key that the menu does not have closes it, and goes nowhere */
		self->menu = false;
		settle_keys(self);
		ui_dirty(screen->ui);
		return;
	}
	if (!session->writer || session->copy.active)
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

	if (self->searching) {
		if (line_insert(&self->needle, text, length))
			search_typed(self);
		return;
	}
	if (session == NULL || !session->writer || session->copy.active)
		return;
	if (begin)
		vt_paste_bracket(session->vt, true);
	if (length > 0)
		console_session_type(session, text, length);
	if (end)
		vt_paste_bracket(session->vt, false);
}

/* ---- the mouse ---- */

/* Marking by dragging, as terminals do; the end of it copies. */
static void mark_by_mouse(struct console_screen *self, struct console_session *session, const struct mouse *mouse)
{
	struct copy_mode *copy = &session->copy;

	if (mouse->action == MOUSE_PRESS && mouse->button == 1) {
		self->dragging = true;
		self->dragged_in = false;
		copy_mode_press(copy, session->vt, mouse->row, mouse->column);
	} else if (mouse->action == MOUSE_DRAG && self->dragging) {
		self->dragged_in = self->dragged_in || !copy->active;
		copy->active = true;
		copy_mode_drag(copy, session->vt, mouse->row, mouse->column);
	} else if (mouse->action == MOUSE_RELEASE && self->dragging) {
		self->dragging = false;
		if (copy->marking == COPY_NOTHING)
			return;
		copy_marked(&self->screen);
		/* the view stays where it is */
		if (self->dragged_in)
			copy->active = false;
		copy->marking = COPY_NOTHING;
	}
}

static void console_mouse(struct screen *screen, const struct mouse *from)
{
	struct console_screen *self = self_of(screen);
	struct console_session *session = session_of(screen);
	struct mouse mouse = *from;

	if (session == NULL || self->searching)
		return;
	if (tab_rows(screen) > 0 && tabs_mouse(&screen->ui->consoles->tabs, from)) {
		self->menu = false;
		consoles_look(screen->ui, true);
		settle_keys(self);
		return;
	}
	mouse.row -= tab_rows(screen);
	bool inside = mouse.row >= 0 && mouse.row < guest_rows(screen);

	/* with Shift held it is ours even where the guest has asked for it */
	if (inside && !self->dragging && session->writer && !session->copy.active && vt_scrolled(session->vt) == 0 &&
	    !(mouse.modifiers & SHIFT_KEY) && vt_mouse(session->vt, &mouse))
		return;
	if (mouse.action == MOUSE_PRESS && (mouse.button == 4 || mouse.button == 5))
		vt_scroll(session->vt, mouse.button == 4 ? WHEEL_LINES : -WHEEL_LINES);
	else if (inside || self->dragging)
		mark_by_mouse(self, session, &mouse);
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
	} else if (session->console == NULL && !machine_is_active(machine)) {
		const struct model *model = session->ui->model;
		const struct figures *figures = &model->figures[model_find(model, session->id)];

		strbuf_printf(lead, ": %s, %s", action_state_word(machine, figures, &style),
			      _("waiting for it to start"));
	} else if (session->console == NULL) {
		strbuf_printf(lead, ": %s", session->trouble != NULL ? session->trouble : _("connecting"));
	} else if (!session->writer && session->held) {
		strbuf_printf(lead, ": %s", _("read-only: another viewer writes; press X to take over"));
	} else if (!session->writer && !session->replaying) {
		strbuf_printf(lead, ": %s", _("read-only; press X to type"));
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
	strbuf_puts(&lead, " ");
	return strbuf_take(&lead);
}

/* What is marked is shown reversed, what was found underlined. */
static void show_marks(const struct console_session *session, uint64_t line, struct cell *cells, int columns)
{
	const struct copy_mode *copy = &session->copy;
	struct vt_match found[32];
	size_t count = 0;

	if (!copy->active)
		return;
	if (copy->needle != NULL)
		count = vt_search_line(session->vt, copy->needle, line, found, ARRAY_LENGTH(found));
	for (size_t i = 0; i < count; i++)
		for (int column = found[i].at.column;
		     column < found[i].at.column + found[i].columns && column < columns; column++) {
			cells[column].attributes |= CELL_BOLD | CELL_UNDERLINE;
			if (copy->cursor.line == line && copy->cursor.column == found[i].at.column)
				cells[column].attributes ^= CELL_REVERSE;
		}
	for (int column = 0; column < columns; column++)
		if (copy_mode_marks(copy, line, column))
			cells[column].attributes ^= CELL_REVERSE;
}

static void draw_cells(const struct console_session *session, struct terminal *term, int top, int rows, int columns)
{
	_cleanup_free_ struct cell *cells = xcalloc((size_t)columns + 1, sizeof *cells);

	for (int row = 0; row < rows; row++) {
		vt_row(session->vt, row, cells, (size_t)columns);
		show_marks(session, vt_line_top(session->vt) + (uint64_t)row, cells, columns);
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

static void draw_needle(struct console_screen *self, struct terminal *term)
{
	int row = terminal_rows(term) - 1;
	int columns = terminal_columns(term);
	int column = terminal_put(term, row, 0, columns, STYLE_HEAD,
				  self->not_found ? _(" Not found: ") : _(" Search back: "));

	line_draw(&self->needle, term, row, column, columns - column, self->not_found ? STYLE_ERROR : STYLE_NORMAL,
		  true);
}

static void console_draw(struct screen *screen, struct terminal *term)
{
	struct console_screen *self = self_of(screen);
	struct console_session *session = session_of(screen);
	int top = session != NULL ? tab_rows(screen) : 0;
	int rows = terminal_rows(term) - 1 - top;
	int columns = terminal_columns(term);

	if (session == NULL) {
		footer_draw(screen, term, NULL);
		return;
	}
	settle_keys(self);
	vt_resize(session->vt, rows, columns);
	if (top > 0) {
		terminal_fill(term, 0, 0, 1, columns, STYLE_TITLE);
		tabs_draw(&screen->ui->consoles->tabs, term, 0, 0, columns);
	}
	draw_cells(session, term, top, rows, columns);
	place_cursor(session, term, top, rows, columns);
	if (self->searching) {
		draw_needle(self, term);
		return;
	}
	_cleanup_free_ char *lead = lead_text(self, session);

	footer_draw(screen, term, lead);
}

static void console_close_screen(struct screen *screen)
{
	line_clear(&self_of(screen)->needle);
	free(screen);
}

static const struct screen_class console_class = {
	.keys = console_keys,
	.refuses = console_refuses,
	.command = console_command,
	.key = console_key,
	.paste = console_paste,
	.mouse = console_mouse,
	.draw = console_draw,
	.close = console_close_screen,
};

struct screen *console_screen(struct ui *ui, const struct machine *machine)
{
	struct console_screen *self = xcalloc(1, sizeof *self);

	self->screen.class = &console_class;
	self->screen.ui = ui;
	consoles_open(ui, machine, SIZE_MAX);
	consoles_look(ui, true);
	return &self->screen;
}
