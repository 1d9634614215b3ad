/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvterm, wrapped: the screen layer with an alternate screen, its lines kept when they scroll away; what libvterm cannot take is kept from it. */
#include "tui/vt.h"

#include "base/memory.h"
#include "tui/scrollback.h"
#include "tui/vt_filter.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termkey.h>
#include <vterm.h>

#define LARGEST 1000
/* libvterm writes a wide character's second half without looking: there must be room for one in a row. */
#define LEAST_ROWS    1
#define LEAST_COLUMNS 2

struct vt {
	VTerm *vterm;
	VTermScreen *screen;
	VTermState *state;
	struct vt_filter filter;
	struct scrollback *scrollback;
	struct cell *line; /* owned; one row, for packing */
	size_t line_size;
	const struct vt_callbacks *callbacks;
	void *userdata;
	bool mute, cursor_shown;
	int mouse; /* VTERM_PROP_MOUSE_... */
	size_t scrolled;
};

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

static int push_line(int count, const VTermScreenCell *cells, void *userdata)
{
	struct vt *vt = userdata;
	struct cell *line = line_of(vt, (size_t)count);

	for (int i = 0; i < count; i++)
		cell_from(&cells[i], &line[i]);
	scrollback_push(vt->scrollback, line, (size_t)count);
	/* who looks back goes on seeing the same lines */
	if (vt->scrolled > 0 && vt->scrolled < scrollback_count(vt->scrollback))
		vt->scrolled++;
	return 1;
}

static int pop_line(int count, VTermScreenCell *cells, void *userdata)
{
	struct vt *vt = userdata;
	struct cell *line = line_of(vt, (size_t)count);

	if (!scrollback_pop(vt->scrollback, line, (size_t)count))
		return 0;
	for (int i = 0; i < count; i++) {
		cell_to(&line[i], &cells[i]);
		colour_to(vt, &line[i].foreground, false, &cells[i].fg);
		colour_to(vt, &line[i].background, true, &cells[i].bg);
	}
	if (vt->scrolled > scrollback_count(vt->scrollback))
		vt->scrolled = scrollback_count(vt->scrollback);
	return 1;
}

static int set_property(VTermProp property, VTermValue *value, void *userdata)
{
	struct vt *vt = userdata;

	if (property == VTERM_PROP_CURSORVISIBLE)
		vt->cursor_shown = value->boolean;
	else if (property == VTERM_PROP_MOUSE)
		vt->mouse = value->number;
	return 1;
}

static int ring_bell(void *userdata)
{
	struct vt *vt = userdata;

	if (!vt->mute)
		vt->callbacks->bell(vt->userdata);
	return 1;
}

static void say(const char *bytes, size_t length, void *userdata)
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
	return value < least ? least : value > LARGEST ? LARGEST : value;
}

struct vt *vt_new(int rows, int columns, const struct vt_callbacks *callbacks, void *userdata)
{
	struct vt *vt = xcalloc(1, sizeof *vt);

	vt->callbacks = callbacks;
	vt->userdata = userdata;
	vt->cursor_shown = true;
	vt->scrollback = scrollback_new(VT_SCROLLBACK_LINES, VT_SCROLLBACK_BYTES);
	vt->vterm = vterm_new(clamp(rows, LEAST_ROWS), clamp(columns, LEAST_COLUMNS));
	vterm_set_utf8(vt->vterm, 1);
	vterm_output_set_callback(vt->vterm, say, vt);
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

void vt_reset(struct vt *vt)
{
	vt->filter = (struct vt_filter){ 0 };
	vterm_screen_reset(vt->screen, 1);
	scrollback_clear(vt->scrollback);
	vt->scrolled = 0;
	vt->mouse = VTERM_PROP_MOUSE_NONE;
}

static void to_libvterm(const char *bytes, size_t length, void *userdata)
{
	vterm_input_write(((struct vt *)userdata)->vterm, bytes, length);
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

/* libvterm 0.1 keeps a scrolling region and a saved cursor that lie outside of a screen made smaller, and then writes there. So before that, both are
 * brought inside, what is above the cursor is scrolled away as far as it must, and what is below the new end is cleared. */
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
	if (rows < old_rows || columns < old_columns)
		prepare_shrinking(vt, rows, columns, old_rows);
	vterm_set_size(vt->vterm, rows, columns);
}

void vt_size(const struct vt *vt, int *ret_rows, int *ret_columns)
{
	vterm_get_size(vt->vterm, ret_rows, ret_columns);
}

void vt_row(const struct vt *vt, int row, struct cell *ret, size_t count)
{
	int rows, columns;

	vterm_get_size(vt->vterm, &rows, &columns);
	if ((size_t)row < vt->scrolled) {
		scrollback_get(vt->scrollback, vt->scrolled - 1 - (size_t)row, ret, count);
		return;
	}
	VTermPos at = { .row = row - (int)vt->scrolled };

	for (size_t i = 0; i < count; i++) {
		VTermScreenCell cell;

		at.col = (int)i;
		memset(&ret[i], 0, sizeof ret[i]);
		ret[i].width = 1;
		if (at.row < rows && at.col < columns && vterm_screen_get_cell(vt->screen, at, &cell))
			cell_from(&cell, &ret[i]);
	}
}

bool vt_cursor(const struct vt *vt, int *ret_row, int *ret_column)
{
	VTermPos at;
	int rows, columns;

	vterm_get_size(vt->vterm, &rows, &columns);
	vterm_state_get_cursorpos(vt->state, &at);
	*ret_row = at.row + (int)vt->scrolled;
	*ret_column = at.col;
	return vt->cursor_shown && *ret_row < rows;
}

void vt_scroll(struct vt *vt, int lines)
{
	size_t most = scrollback_count(vt->scrollback);

	if (lines < 0)
		vt->scrolled = vt->scrolled > (size_t)-lines ? vt->scrolled - (size_t)-lines : 0;
	else
		vt->scrolled = vt->scrolled + (size_t)lines < most ? vt->scrolled + (size_t)lines : most;
}

void vt_scroll_to(struct vt *vt, bool oldest)
{
	vt->scrolled = oldest ? scrollback_count(vt->scrollback) : 0;
}

size_t vt_scrolled(const struct vt *vt)
{
	return vt->scrolled;
}

static VTermKey key_to(TermKeySym symbol)
{
	static const struct {
		TermKeySym from;
		VTermKey to;
	} keys[] = {
		{ TERMKEY_SYM_UP, VTERM_KEY_UP },	    { TERMKEY_SYM_DOWN, VTERM_KEY_DOWN },
		{ TERMKEY_SYM_LEFT, VTERM_KEY_LEFT },	    { TERMKEY_SYM_RIGHT, VTERM_KEY_RIGHT },
		{ TERMKEY_SYM_INSERT, VTERM_KEY_INS },	    { TERMKEY_SYM_DELETE, VTERM_KEY_DEL },
		{ TERMKEY_SYM_HOME, VTERM_KEY_HOME },	    { TERMKEY_SYM_FIND, VTERM_KEY_HOME },
		{ TERMKEY_SYM_END, VTERM_KEY_END },	    { TERMKEY_SYM_SELECT, VTERM_KEY_END },
		{ TERMKEY_SYM_PAGEUP, VTERM_KEY_PAGEUP },   { TERMKEY_SYM_PAGEDOWN, VTERM_KEY_PAGEDOWN },
		{ TERMKEY_SYM_TAB, VTERM_KEY_TAB },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
		if (keys[i].from == symbol)
			return keys[i].to;
	return VTERM_KEY_NONE;
}

/* Keys that are one byte on any terminal; 0 for the rest. */
static char byte_of(const struct key *key)
{
	uint32_t c = key->code;

	if (key->type == KEY_TYPE_SYMBOL)
		return c == TERMKEY_SYM_ENTER	    ? '\r'
		       : c == TERMKEY_SYM_ESCAPE    ? '\033'
		       : c == TERMKEY_SYM_BACKSPACE ? '\b'
		       : c == TERMKEY_SYM_DEL	    ? '\177'
						    : 0;
	if (key->type != KEY_TYPE_CHAR || !(key->modifiers & TERMKEY_KEYMOD_CTRL))
		return 0;
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 1);
	return c > '@' && c <= '_' ? (char)(c & 0x1f) : 0;
}

void vt_key(struct vt *vt, const struct key *key, bool utf8)
{
	char byte = byte_of(key);

	if (byte != 0 || (key->type == KEY_TYPE_CHAR && (key->code < 0x80 || !utf8))) {
		bool nul = key->type == KEY_TYPE_CHAR && key->modifiers & TERMKEY_KEYMOD_CTRL && byte == 0;
		char bytes[2] = { '\033', byte != 0 ? byte : nul ? '\0' : (char)key->code };
		bool alt = key->modifiers & TERMKEY_KEYMOD_ALT;

		if (nul && key->code != ' ' && key->code != '@')
			return;
		say(alt ? bytes : bytes + 1, alt ? 2 : 1, vt);
		return;
	}
	/* libvterm's modifiers have the values of libtermkey's */
	VTermModifier modifiers = (VTermModifier)(key->modifiers & VTERM_ALL_MODS_MASK);

	if (key->type == KEY_TYPE_CHAR)
		vterm_keyboard_unichar(vt->vterm, key->code, modifiers & ~(VTermModifier)VTERM_MOD_SHIFT);
	else if (key->type == KEY_TYPE_FUNCTION)
		vterm_keyboard_key(vt->vterm, (VTermKey)VTERM_KEY_FUNCTION(key->code), modifiers);
	else if (key_to((TermKeySym)key->code) != VTERM_KEY_NONE)
		vterm_keyboard_key(vt->vterm, key_to((TermKeySym)key->code), modifiers);
}

void vt_paste_bracket(struct vt *vt, bool begin)
{
	if (begin)
		vterm_keyboard_start_paste(vt->vterm);
	else
		vterm_keyboard_end_paste(vt->vterm);
}

bool vt_mouse(struct vt *vt, const struct mouse *mouse)
{
	VTermModifier modifiers = (VTermModifier)(mouse->modifiers & VTERM_ALL_MODS_MASK);

	if (vt->mouse == VTERM_PROP_MOUSE_NONE)
		return false;
	vterm_mouse_move(vt->vterm, mouse->row, mouse->column, modifiers);
	if (mouse->action != MOUSE_DRAG)
		vterm_mouse_button(vt->vterm, mouse->button, mouse->action == MOUSE_PRESS, modifiers);
	return true;
}
