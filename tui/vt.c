/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvterm, wrapped: the screen layer with an alternate screen, its lines kept when they scroll away; what libvterm
 * cannot take is kept from it. */
#include "tui/vt_internal.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* Characters that libvterm wrapped into a new line carry this font (SGR 19): it goes where their cell goes, and no
 * guest's looks depend on it. */
#define FONT_WRAPPED 9
/* libvterm writes a wide character's second half without looking: there must be room for one in a row. */
#define LEAST_ROWS    1
#define LEAST_COLUMNS 2

static struct colour colour_from(const VTermColor *from)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(from) || VTERM_COLOR_IS_DEFAULT_BG(from))
		return (struct colour){ COLOUR_DEFAULT, 0, 0, 0 };
	if (VTERM_COLOR_IS_INDEXED(from))
		return (struct colour){ COLOUR_INDEX, from->indexed.idx, 0, 0 };
	return (struct colour){ COLOUR_RGB, from->rgb.red, from->rgb.green, from->rgb.blue };
}

static void cell_from(const VTermScreenCell *from, struct cell *ret)
{
	memset(ret, 0, sizeof *ret);
	ret->foreground = colour_from(&from->fg);
	ret->background = colour_from(&from->bg);
	ret->attributes = (uint8_t)((from->attrs.bold ? CELL_BOLD : 0) | (from->attrs.underline ? CELL_UNDERLINE : 0) |
				    (from->attrs.italic ? CELL_ITALIC : 0) | (from->attrs.blink ? CELL_BLINK : 0) |
				    (from->attrs.reverse ? CELL_REVERSE : 0));
	if (from->chars[0] == (uint32_t)-1)
		return; /* the right half of a wide character: width 0 */
	ret->width = from->width == 2 ? 2 : 1;
	for (size_t i = 0; i < CELL_CHARS && from->chars[i] != 0; i++)
		ret->chars[i] = from->chars[i];
}

static void cell_to(const struct cell *from, VTermScreenCell *ret)
{
	memset(ret, 0, sizeof *ret);
	memcpy(ret->chars, from->chars, sizeof from->chars);
	ret->width = (char)(from->width == 2 ? 2 : 1);
	ret->attrs.bold = (from->attributes & CELL_BOLD) != 0;
	ret->attrs.underline = (from->attributes & CELL_UNDERLINE) != 0;
	ret->attrs.italic = (from->attributes & CELL_ITALIC) != 0;
	ret->attrs.blink = (from->attributes & CELL_BLINK) != 0;
	ret->attrs.reverse = (from->attributes & CELL_REVERSE) != 0;
	ret->attrs.font = from->attributes & CELL_WRAPPED ? FONT_WRAPPED : 0;
}

static void colour_to(const struct vt *vt, const struct colour *from, bool background, VTermColor *ret)
{
	VTermColor own[2];

	if (from->type == COLOUR_RGB) {
		vterm_color_rgb(ret, from->red, from->green, from->blue);
	} else if (from->type == COLOUR_INDEX) {
		vterm_color_indexed(ret, from->red);
	} else {
		vterm_state_get_default_colors(vt->state, &own[0], &own[1]);
		*ret = own[background];
		ret->type |= background ? VTERM_COLOR_DEFAULT_BG : VTERM_COLOR_DEFAULT_FG;
	}
}

static struct cell *line_of(struct vt *vt, size_t count)
{
	if (vt->line_size < count) {
		vt->line = xreallocarray(vt->line, count, sizeof *vt->line);
		vt->line_size = count;
	}
	return vt->line;
}

static void mark_wrapped(const VTermScreenCell *first, struct cell *ret)
{
	if (first->attrs.font == FONT_WRAPPED)
		ret->attributes |= CELL_WRAPPED;
}

static int row_count(const struct vt *vt)
{
	int rows, columns;

	vterm_get_size(vt->vterm, &rows, &columns);
	return rows;
}

/* How far one can look back. */
static size_t most_scrolled(const struct vt *vt)
{
	return scrollback_count(vt->scrollback) + (size_t)vt->pan;
}

static void keep_line(struct vt *vt, const struct cell *line, size_t count)
{
	scrollback_push(vt->scrollback, line, count);
	vt->pushed++;
	/* who looks back goes on seeing the same lines */
	if (vt->scrolled > 0 && vt->scrolled < most_scrolled(vt))
		vt->scrolled++;
}

static int push_line(int count, const VTermScreenCell *cells, void *userdata)
{
	struct vt *vt = userdata;
	struct cell *line = line_of(vt, (size_t)count);

	for (int i = 0; i < count; i++)
		cell_from(&cells[i], &line[i]);
	mark_wrapped(&cells[0], &line[0]);
	keep_line(vt, line, (size_t)count);
	return 1;
}

static int pop_line(int count, VTermScreenCell *cells, void *userdata)
{
	struct vt *vt = userdata;
	struct cell *line = line_of(vt, (size_t)count);

	if (!scrollback_pop(vt->scrollback, line, (size_t)count))
		return 0;
	vt->pushed--;
	for (int i = 0; i < count; i++) {
		cell_to(&line[i], &cells[i]);
		colour_to(vt, &line[i].foreground, false, &cells[i].fg);
		colour_to(vt, &line[i].background, true, &cells[i].bg);
	}
	if (vt->scrolled > most_scrolled(vt))
		vt->scrolled = most_scrolled(vt);
	return 1;
}

static int set_property(VTermProp property, VTermValue *value, void *userdata)
{
	struct vt *vt = userdata;

	if (property == VTERM_PROP_CURSORVISIBLE)
		vt->cursor_shown = value->boolean;
	else if (property == VTERM_PROP_MOUSE)
		vt->mouse = value->number;
	else if (property == VTERM_PROP_ALTSCREEN)
		vt->alternate = value->boolean;
	return 1;
}

static int ring_bell(void *userdata)
{
	struct vt *vt = userdata;

	if (!vt->mute)
		vt->callbacks->bell(vt->userdata);
	return 1;
}

void vt_say(const char *bytes, size_t length, void *userdata)
{
	struct vt *vt = userdata;

	if (!vt->mute)
		vt->callbacks->output(bytes, length, vt->userdata);
}

static const VTermScreenCallbacks screen_callbacks = {
	.settermprop = set_property,
	.bell = ring_bell,
	.sb_pushline = push_line,
	.sb_popline = pop_line,
};

static int clamp(int value, int least)
{
	return value < least ? least : value > VT_LARGEST ? VT_LARGEST : value;
}

/* ---- as lines ---- */

static void size_of(const struct lines *lines, int *ret_rows, int *ret_columns)
{
	vt_size((const struct vt *)lines, ret_rows, ret_columns);
	*ret_rows = vt_window_rows((const struct vt *)lines);
}

static uint64_t first_of(const struct lines *lines)
{
	return vt_line_first((const struct vt *)lines);
}

static uint64_t top_of(const struct lines *lines)
{
	return vt_line_top((const struct vt *)lines);
}

static uint64_t end_of(const struct lines *lines)
{
	return vt_line_end((const struct vt *)lines);
}

static void get_line(const struct lines *lines, uint64_t line, struct cell *ret, size_t count)
{
	vt_line((const struct vt *)lines, line, ret, count);
}

static bool cursor_seen(const struct lines *lines, int *ret_row, int *ret_column)
{
	return vt_cursor((const struct vt *)lines, ret_row, ret_column);
}

static void show_place(struct lines *lines, uint64_t line, int column)
{
	(void)column; /* a line is never wider than what is seen */
	vt_show_line((struct vt *)lines, line);
}

static void show_live(struct lines *lines)
{
	vt_scroll_to((struct vt *)lines, false);
}

static const struct lines_class lines_class = {
	.size = size_of,
	.first = first_of,
	.top = top_of,
	.end = end_of,
	.get = get_line,
	.cursor = cursor_seen,
	.show = show_place,
	.live = show_live,
};

struct vt *vt_new(int rows, int columns, const struct vt_callbacks *callbacks, void *userdata)
{
	struct vt *vt = xcalloc(1, sizeof *vt);

	vt->lines.class = &lines_class;
	vt->callbacks = callbacks;
	vt->userdata = userdata;
	vt->cursor_shown = true;
	vt->scrollback = scrollback_new(VT_SCROLLBACK_LINES, VT_SCROLLBACK_BYTES);
	vt->vterm = vterm_new(clamp(rows, LEAST_ROWS), clamp(columns, LEAST_COLUMNS));
	vterm_set_utf8(vt->vterm, 1);
	vterm_output_set_callback(vt->vterm, vt_say, vt);
	vt->state = vterm_obtain_state(vt->vterm);
	vt->screen = vterm_obtain_screen(vt->vterm);
	vterm_screen_set_callbacks(vt->screen, &screen_callbacks, vt);
	vterm_screen_enable_altscreen(vt->screen, 1);
	vterm_screen_set_damage_merge(vt->screen, VTERM_DAMAGE_SCREEN);
	vterm_screen_reset(vt->screen, 1);
	return vt;
}

void vt_free(struct vt *vt)
{
	if (vt == NULL)
		return;
	vterm_free(vt->vterm);
	scrollback_free(vt->scrollback);
	free(vt->line);
	free(vt);
}

static void leave_alternate(struct vt *vt)
{
	static const char leave[] = "\033[?1049l";

	if (vt->alternate)
		vterm_input_write(vt->vterm, leave, sizeof leave - 1);
}

/* What libvterm 0.1 leaves as it is at a reset. */
static void prepare_reset(struct vt *vt)
{
	static const char no_mouse[] = "\033[?1000l\033[?1006l";

	leave_alternate(vt);
	vterm_input_write(vt->vterm, no_mouse, sizeof no_mouse - 1);
	vt->pressed = 0;
}

static void switch_off(struct vt *vt)
{
	vt->filter = (struct vt_filter){ 0 };
	prepare_reset(vt);
	vterm_screen_reset(vt->screen, 1);
	vt->edge_length = 0;
	vt->pan = 0;
}

void vt_reset(struct vt *vt)
{
	switch_off(vt);
	scrollback_clear(vt->scrollback);
	vt->scrolled = 0;
	vt->pushed = 0;
}

/* One character that libvterm may wrap, marked in case it does. */
static void write_marked(struct vt *vt, const char *bytes, size_t length)
{
	VTermValue font = { 0 };
	char restore[] = "\033[10m";
	char mark[] = "\033[19m";

	if (!vterm_state_get_penattr(vt->state, VTERM_ATTR_FONT, &font) || font.number < 0 || font.number > 9)
		font.number = 0;
	restore[3] = (char)('0' + (font.number == FONT_WRAPPED ? 0 : font.number));
	vterm_input_write(vt->vterm, mark, sizeof mark - 1);
	vterm_input_write(vt->vterm, bytes, length);
	vterm_input_write(vt->vterm, restore, sizeof restore - 1);
}

static VTermPos cursor_of(const struct vt *vt)
{
	VTermPos at;

	vterm_state_get_cursorpos(vt->state, &at);
	return at;
}

static bool combines(const char *bytes, size_t length)
{
	char text[8];
	const char *at = text;

	if (length < 2 || length >= sizeof text)
		return false;
	memcpy(text, bytes, length);
	text[length] = '\0';
	return wcwidth((wchar_t)utf8_next(&at)) == 0;
}

/* A character at the right margin. A mark that combines with one that is there already would begin a new line in
 * libvterm 0.1: the two are written anew, as one. */
static void write_at_margin(struct vt *vt, const char *bytes, size_t length)
{
	static const char back_and_forth[] = "\033[D\033[C";
	VTermPos before = cursor_of(vt);

	if (combines(bytes, length)) {
		if (vt->edge_length == 0 || vt->edge_length + length > sizeof vt->edge) {
			vterm_input_write(vt->vterm, bytes, vt->edge_length == 0 ? length : 0);
			return;
		}
		memcpy(vt->edge + vt->edge_length, bytes, length);
		vt->edge_length += length;
		vterm_input_write(vt->vterm, back_and_forth, sizeof back_and_forth - 1);
		write_marked(vt, vt->edge, vt->edge_length);
		return;
	}
	write_marked(vt, bytes, length);
	VTermPos after = cursor_of(vt);

	vt->edge_length = 0;
	if (before.row != after.row || before.col != after.col || length > 4)
		return;
	memcpy(vt->edge, bytes, length);
	vt->edge_length = length;
}

/* Does this combine with the first character of a line that was begun by a wrap? libvterm writes that anew. */
static bool marks_wrapped(const struct vt *vt, const char *bytes, size_t length)
{
	VTermPos at = cursor_of(vt);
	VTermScreenCell cell;

	return (at.col == 1 || at.col == 2) && combines(bytes, length) &&
	       vterm_screen_get_cell(vt->screen, (VTermPos){ .row = at.row, .col = 0 }, &cell) &&
	       cell.attrs.font == FONT_WRAPPED;
}

/* How many columns a character can be written in without a wrap; 0: it may be wrapped. */
static int room_before_wrap(const struct vt *vt)
{
	int rows, columns;
	VTermPos at = cursor_of(vt);

	vterm_get_size(vt->vterm, &rows, &columns);
	return at.col < columns - 2 ? columns - 2 - at.col : 0;
}

/* The next piece of a run of plain bytes: controls, or text that cannot be wrapped; 0: one character that may be. */
static size_t next_piece(const char *bytes, size_t length, size_t room)
{
	bool controls = (unsigned char)bytes[0] < 0x20;
	size_t next = 0;

	while (next < length && ((unsigned char)bytes[next] < 0x20) == controls && (controls || next < room))
		next++;
	return next;
}

/* What passes the gate is a run of plain bytes and controls, or one whole character, or one whole sequence. */
static void to_libvterm(const char *bytes, size_t length, void *userdata)
{
	struct vt *vt = userdata;

	if (length == 2 && memcmp(bytes, "\033c", 2) == 0)
		prepare_reset(vt);
	while (length > 0) {
		size_t room = (size_t)room_before_wrap(vt);
		bool plain = (unsigned char)bytes[0] < 0x80;
		size_t next = bytes[0] == '\033' || (!plain && room > 0) ? length
			      : plain					 ? next_piece(bytes, length, room)
									 : 0;

		if (next > 0) {
			vt->edge_length = 0;
			if (!plain && marks_wrapped(vt, bytes, next))
				write_marked(vt, bytes, next);
			else
				vterm_input_write(vt->vterm, bytes, next);
		} else {
			next = plain ? 1 : length;
			write_at_margin(vt, bytes, next);
		}
		bytes += next;
		length -= next;
	}
}

void vt_write(struct vt *vt, const char *bytes, size_t length, bool mute)
{
	vt->mute = mute;
	vt_filter(&vt->filter, bytes, length, to_libvterm, vt);
	vt->mute = false;
	vterm_screen_flush_damage(vt->screen);
}

/* A sequence of our own, as if the guest had sent it. */
static void tell(struct vt *vt, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void tell(struct vt *vt, const char *format, ...)
{
	char text[64];
	va_list ap;

	va_start(ap, format);
	int length = vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	to_libvterm(text, length > 0 && length < (int)sizeof text ? (size_t)length : 0, vt);
}

/* libvterm 0.1 keeps a scrolling region and a saved cursor that lie outside of a screen made smaller, and then writes
 * there. So before that, both are brought inside, what is above the cursor is scrolled away as far as it must, and what
 * is below the new end is cleared. */
static void prepare_shrinking(struct vt *vt, int rows, int columns, int old_rows)
{
	VTermPos at;

	vterm_state_get_cursorpos(vt->state, &at);
	int row = at.row > 0 ? at.row : 0;
	int column = at.col < columns ? at.col : columns - 1;

	tell(vt, "\033[?6l\033[r\033[%d;1H", old_rows);
	for (; row >= rows; row--)
		tell(vt, "\n");
	if (rows < old_rows)
		tell(vt, "\033[%d;1H\033[J", rows + 1);
	tell(vt, "\033[%d;%dH\0337", row + 1, column + 1);
}

void vt_resize(struct vt *vt, int rows, int columns)
{
	int old_rows, old_columns;

	rows = clamp(rows, LEAST_ROWS);
	columns = clamp(columns, LEAST_COLUMNS);
	vterm_get_size(vt->vterm, &old_rows, &old_columns);
	if (rows == old_rows && columns == old_columns)
		return;
	vt->edge_length = 0;
	if (rows < old_rows || columns < old_columns)
		prepare_shrinking(vt, rows, columns, old_rows);
	vterm_set_size(vt->vterm, rows, columns);
	vt_window(vt, vt->window);
}

void vt_size(const struct vt *vt, int *ret_rows, int *ret_columns)
{
	vterm_get_size(vt->vterm, ret_rows, ret_columns);
}

int vt_window_rows(const struct vt *vt)
{
	int rows = row_count(vt);

	return vt->window > 0 && vt->window < rows ? vt->window : rows;
}

int vt_window_top(const struct vt *vt)
{
	return vt->pan;
}

static void pan_to(struct vt *vt, int row)
{
	int most = row_count(vt) - vt_window_rows(vt);

	vt->pan = row > most ? most : row < 0 ? 0 : row;
}

void vt_window(struct vt *vt, int rows)
{
	vt->window = rows;
	pan_to(vt, vt->pan);
	if (vt->scrolled > most_scrolled(vt))
		vt->scrolled = most_scrolled(vt);
}

bool vt_alternate(const struct vt *vt)
{
	return vt->alternate;
}

static void screen_row(const struct vt *vt, int row, struct cell *ret, size_t count)
{
	int rows, columns;

	vterm_get_size(vt->vterm, &rows, &columns);
	for (size_t i = 0; i < count; i++) {
		const VTermPos at = { .row = row, .col = (int)i };
		VTermScreenCell cell;

		memset(&ret[i], 0, sizeof ret[i]);
		ret[i].width = 1;
		if (row >= rows || at.col >= columns || !vterm_screen_get_cell(vt->screen, at, &cell))
			continue;
		cell_from(&cell, &ret[i]);
		if (i == 0)
			mark_wrapped(&cell, &ret[i]);
	}
}

static bool is_blank_row(struct vt *vt, int row)
{
	int rows, columns;

	vterm_get_size(vt->vterm, &rows, &columns);
	struct cell *line = line_of(vt, (size_t)columns);

	screen_row(vt, row, line, (size_t)columns);
	for (int i = 0; i < columns; i++)
		if (line[i].chars[0] != 0 && line[i].chars[0] != ' ')
			return false;
	return true;
}

void vt_follow_cursor(struct vt *vt)
{
	VTermPos at = cursor_of(vt);
	int rows = vt_window_rows(vt);

	if (vt->scrolled > 0)
		return;
	if (at.row < vt->pan)
		pan_to(vt, at.row);
	else if (at.row >= vt->pan + rows)
		pan_to(vt, at.row - rows + 1);
	/* nothing is hidden for the sake of rows that are empty */
	while (vt->pan > 0 && at.row < vt->pan + rows - 1 && is_blank_row(vt, vt->pan + rows - 1))
		vt->pan--;
}

/* The screen's rows, up to the last that is not blank, one after the other. Owned. */
static struct cell *copy_screen(const struct vt *vt, int *ret_rows, int *ret_columns)
{
	int rows, columns;

	vterm_get_size(vt->vterm, &rows, &columns);
	struct cell *cells = xcalloc((size_t)rows * (size_t)columns, sizeof *cells);

	*ret_rows = 0;
	*ret_columns = columns;
	for (int row = 0; row < rows; row++) {
		struct cell *line = &cells[row * columns];

		screen_row(vt, row, line, (size_t)columns);
		for (int i = 0; i < columns; i++)
			if (line[i].chars[0] != 0 && line[i].chars[0] != ' ')
				*ret_rows = row + 1;
	}
	return cells;
}

static void keep_rows(struct vt *vt, const struct cell *cells, int rows, int columns)
{
	for (int row = 0; row < rows; row++)
		keep_line(vt, &cells[row * columns], (size_t)columns);
}

static void keep_screen(struct vt *vt)
{
	int rows, columns;
	_cleanup_free_ struct cell *cells = copy_screen(vt, &rows, &columns);

	keep_rows(vt, cells, rows, columns);
}

void vt_begin_anew(struct vt *vt, const char *text)
{
	uint64_t top = vt_line_top(vt);
	int rows, columns;
	_cleanup_free_ struct cell *cells = copy_screen(vt, &rows, &columns);

	/* below a full-screen program lies what was said before it */
	if (vt->alternate) {
		leave_alternate(vt);
		keep_screen(vt);
	}
	keep_rows(vt, cells, rows, columns);
	switch_off(vt);
	vt_write(vt, text, strlen(text), true);
	keep_screen(vt);
	switch_off(vt);
	if (vt->scrolled > 0)
		vt->scrolled = vt->pushed - top < most_scrolled(vt) ? (size_t)(vt->pushed - top) : most_scrolled(vt);
}

void vt_row(const struct vt *vt, int row, struct cell *ret, size_t count)
{
	vt_line(vt, vt_line_top(vt) + (uint64_t)row, ret, count);
}

uint64_t vt_line_first(const struct vt *vt)
{
	return vt->pushed - scrollback_count(vt->scrollback);
}

uint64_t vt_line_end(const struct vt *vt)
{
	int rows, columns;

	vterm_get_size(vt->vterm, &rows, &columns);
	return vt->pushed + (uint64_t)rows;
}

uint64_t vt_line_top(const struct vt *vt)
{
	return vt->pushed + (uint64_t)vt->pan - vt->scrolled;
}

void vt_line(const struct vt *vt, uint64_t line, struct cell *ret, size_t count)
{
	if (line >= vt->pushed)
		screen_row(vt, line - vt->pushed < VT_LARGEST ? (int)(line - vt->pushed) : VT_LARGEST, ret, count);
	else
		scrollback_get(vt->scrollback, vt->pushed - 1 - line, ret, count);
}

void vt_show_line(struct vt *vt, uint64_t line)
{
	int rows = vt_window_rows(vt);
	uint64_t top = vt_line_top(vt);

	if (line < top)
		vt_scroll(vt, (int)(top - line));
	else if (line >= top + (uint64_t)rows)
		vt_scroll(vt, -(int)(line - top - (uint64_t)rows + 1));
	/* it may be a row of the screen that lies below the window */
	top = vt_line_top(vt);
	if (vt->scrolled == 0 && line >= top + (uint64_t)rows)
		pan_to(vt, vt->pan + (int)(line - top) - rows + 1);
}

bool vt_cursor(const struct vt *vt, int *ret_row, int *ret_column)
{
	VTermPos at = cursor_of(vt);

	*ret_row = at.row - vt->pan + (int)vt->scrolled;
	*ret_column = at.col;
	return vt->cursor_shown && *ret_row >= 0 && *ret_row < vt_window_rows(vt);
}

void vt_scroll(struct vt *vt, int lines)
{
	size_t most = most_scrolled(vt);

	if (lines < 0)
		vt->scrolled = vt->scrolled > (size_t)-lines ? vt->scrolled - (size_t)-lines : 0;
	else
		vt->scrolled = vt->scrolled + (size_t)lines < most ? vt->scrolled + (size_t)lines : most;
}

void vt_scroll_to(struct vt *vt, bool oldest)
{
	vt->scrolled = oldest ? most_scrolled(vt) : 0;
}

size_t vt_scrolled(const struct vt *vt)
{
	return vt->scrolled;
}

struct lines *vt_lines(struct vt *vt)
{
	return &vt->lines;
}
