/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Searching and copying, for whichever tab is shown. */
#include "tui/look_back.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/consoles.h"
#include "tui/terminal.h"

#include <stdlib.h>
#include <string.h>

#define MATCHES_SHOWN 32 /* in a line */

void look_back_end(struct look_back *self)
{
	line_clear(&self->needle);
}

/* ---- searching ---- */

void look_back_search(struct look_back *self, struct copy_mode *copy, struct lines *lines)
{
	self->search_only = !copy->active;
	copy_mode_begin(copy, lines);
	copy->origin = copy->cursor;
	copy->backward = true;
	line_clear(&self->needle);
	self->searching = true;
	self->not_found = false;
}

static void typed(struct look_back *self, struct copy_mode *copy, struct lines *lines)
{
	self->not_found = !copy_mode_search(copy, lines, line_text(&self->needle));
	ui_dirty(self->ui);
}

void look_back_search_command(struct look_back *self, struct copy_mode *copy, struct lines *lines, enum command command)
{
	bool changed = false;

	if (command == COMMAND_ACCEPT) {
		self->searching = false;
		if (self->not_found)
			ui_status(self->ui, STYLE_ERROR, _("'%s' is not in what is kept"), line_text(&self->needle));
	} else if (command == COMMAND_CLOSE) {
		self->searching = false;
		copy_mode_search(copy, lines, "");
		if (self->search_only)
			copy_mode_end(copy, lines);
	} else if (line_command(&self->needle, command, &changed)) {
		if (changed)
			typed(self, copy, lines);
	} else {
		ui_everywhere(self->ui, command);
	}
}

void look_back_search_key(struct look_back *self, struct copy_mode *copy, struct lines *lines, const struct key *key)
{
	if (line_key(&self->needle, key))
		typed(self, copy, lines);
}

void look_back_search_paste(struct look_back *self, struct copy_mode *copy, struct lines *lines, const char *text,
			    size_t length)
{
	if (line_insert(&self->needle, text, length))
		typed(self, copy, lines);
}

void look_back_search_draw(struct look_back *self, struct terminal *term)
{
	int row = terminal_rows(term) - 1;
	int columns = terminal_columns(term);
	int column = terminal_put(term, row, 0, columns, STYLE_HEAD,
				  self->not_found ? _(" Not found: ") : _(" Search back: "));

	line_draw(&self->needle, term, row, column, columns - column, self->not_found ? STYLE_ERROR : STYLE_NORMAL,
		  true);
}

/* ---- copying ---- */

static size_t characters_in(const char *text)
{
	size_t count = 0;

	while (utf8_next(&text) != 0)
		count++;
	return count;
}

static void copy_marked(struct look_back *self, struct copy_mode *copy, struct lines *lines)
{
	struct console_set *set = self->ui->consoles;
	char *text = copy_mode_text(copy, lines);

	if (text_empty(text)) {
		ui_status(self->ui, STYLE_ERROR, _("nothing is marked: v marks from the cursor on, V whole lines"));
		free(text);
		return;
	}
	free(set->copied);
	set->copied = text;
	bool sent = terminal_copy(self->ui->term, text, strlen(text));

	ui_status(self->ui, STYLE_STATUS,
		  sent ? _("copied %zu characters, also to the clipboard; ^\\ v pastes")
		       : _("copied %zu characters, here only; ^\\ v pastes"),
		  characters_in(text));
}

bool look_back_command(struct look_back *self, struct copy_mode *copy, struct lines *lines, enum command command)
{
	if (!copy->active)
		return false;
	if (command == COMMAND_COPY) {
		bool marked = copy->marking != COPY_NOTHING;

		copy_marked(self, copy, lines);
		if (marked)
			copy_mode_end(copy, lines);
	} else if (command == COMMAND_CLOSE) {
		copy_mode_end(copy, lines);
	} else if (command == COMMAND_SEARCH_NEXT || command == COMMAND_SEARCH_PREVIOUS) {
		if (copy->needle == NULL)
			ui_status(self->ui, STYLE_ERROR, _("nothing was searched for yet: / does"));
		else if (!copy_mode_search_on(copy, lines, command == COMMAND_SEARCH_PREVIOUS))
			ui_status(self->ui, STYLE_ERROR, _("'%s' is not in what is kept"), copy->needle);
	} else {
		return copy_mode_command(copy, lines, command);
	}
	return true;
}

void look_back_mouse(struct look_back *self, struct copy_mode *copy, struct lines *lines, const struct mouse *mouse)
{
	if (mouse->action == MOUSE_PRESS && mouse->button == 1) {
		self->dragging = true;
		self->dragged_in = false;
		copy_mode_press(copy, lines, mouse->row, mouse->column);
	} else if (mouse->action == MOUSE_DRAG && self->dragging) {
		self->dragged_in = self->dragged_in || !copy->active;
		copy->active = true;
		copy_mode_drag(copy, lines, mouse->row, mouse->column);
	} else if (mouse->action == MOUSE_RELEASE && self->dragging) {
		self->dragging = false;
		if (copy->marking == COPY_NOTHING)
			return;
		copy_marked(self, copy, lines);
		/* the view stays where it is */
		if (self->dragged_in)
			copy->active = false;
		copy->marking = COPY_NOTHING;
	}
}

/* ---- drawing ---- */

void look_back_show(const struct copy_mode *copy, const struct lines *lines, uint64_t line, struct cell *cells,
		    int columns)
{
	struct line_match found[MATCHES_SHOWN];
	size_t count = 0;

	if (!copy->active)
		return;
	if (copy->needle != NULL)
		count = lines_search_line(lines, copy->needle, line, found, ARRAY_LENGTH(found));
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
