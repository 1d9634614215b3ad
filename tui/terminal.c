/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ncurses, set up for drawing only: keys are read elsewhere, and the terminal is given back on every way out. */
#include "tui/terminal.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/clipboard.h"
#include "tui/kitty_keys.h"
#include "tui/rescue.h"
#include "tui/terminal_image.h"
#include "tui/terminfo.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* Most terminals have one of these modes at a time: leaving the one takes up the other anew. */
#define MOTION_ON  "\033[?1003h"
#define MOTION_OFF "\033[?1003l\033[?1002h"
#define PIXELS_ON  "\033[?1016h"
#define PIXELS_OFF "\033[?1016l\033[?1006h"

#define MARK_FIRST_MS 1000  /* a terminal that has never answered does not */
#define MARK_MS	      10000 /* one that has may have a line that is this slow */
#define LAST_MARK_MS  300   /* at the end */

struct terminal {
	SCREEN *screen;
	struct termios modes; /* as found */
	char *cursor_on;      /* owned */
	char *on, *off;       /* owned: what ncurses does not send: keypad mode, mouse, bracketed paste */
	enum colour_depth depth;
	bool utf8;
	bool of_xterms_kin; /* what is no sequence of its own does not show there */
	bool defaults; /* knows its own default colours */
	int cursor_row, cursor_column;
	bool cursor_shown;
	bool motion, motion_wanted; /* the terminal tells of the mouse without a button; it shall */
	bool keys, keys_wanted;	    /* it sends keys with their releases; it shall */
	bool pixels, pixels_wanted; /* it tells of the mouse in pixels; it shall */
	struct terminal_abilities can;
	bool ask, expects;
	int tmux_rows, tmux_columns; /* when tmux was asked last */
	struct placed {
		uint64_t serial; /* 0: none */
		int row, column;
		struct wire_image image; /* its bytes only while it is wanted */
	} shown, wanted;
	bool mark_wanted;
	int marks; /* asked for and not answered yet */
	int64_t marked_at_ms;
	bool answers, silent; /* has answered once; has not in time */
};

static void take_extras(struct terminal *term)
{
	const char *mouse_on = "";
	const char *mouse_off = "";

	if (terminfo_has("kmous")) {
		mouse_on = "\033[?1000h\033[?1002h\033[?1006h";
		mouse_off = "\033[?1006l\033[?1003l\033[?1002l\033[?1000l";
	}
	term->of_xterms_kin = *mouse_on != '\0';
	/* any terminal with a mouse is of xterm's kin, and knows bracketed paste or ignores it */
	const char *paste_on = *mouse_on != '\0' ? "\033[?2004h" : "";
	const char *paste_off = *mouse_on != '\0' ? "\033[?2004l" : "";

	_cleanup_free_ char *smkx = terminfo_text("smkx");
	_cleanup_free_ char *rmkx = terminfo_text("rmkx");
	_cleanup_free_ char *sgr0 = terminfo_text("sgr0");
	_cleanup_free_ char *cnorm = terminfo_text("cnorm");
	_cleanup_free_ char *rmcup = terminfo_text("rmcup");

	term->on = strf("%s%s%s", smkx, mouse_on, paste_on);
	term->off = strf("%s%s%s", paste_off, mouse_off, rmkx);
	rescue_set(&term->modes, "%s%s%s%s", term->off, sgr0, rmcup, cnorm);
	term->cursor_on = TAKE_POINTER(cnorm);
}

static int style_colour(int number, enum colour_depth depth)
{
	const struct colour colour = { .type = COLOUR_INDEX, .red = (uint8_t)number };

	return number < 8 ? number : colour_number(&colour, depth, NULL);
}

static void take_colours(struct terminal *term)
{
	const char *refused = getenv("NO_COLOR");

	term->depth = DEPTH_MONO;
	if ((refused != NULL && *refused != '\0') || !has_colors() || start_color() != OK || COLORS < 8)
		return;
	term->defaults = use_default_colors() == OK;
	term->depth = terminfo_direct() ? DEPTH_DIRECT : COLORS >= 256 ? DEPTH_256 : COLORS >= 16 ? DEPTH_16 : DEPTH_8;
	for (int i = 0; i < STYLE_COUNT; i++) {
		const struct style_look *look = theme_look((enum style)i);
		int foreground = style_colour(look->foreground, term->depth);
		int background = style_colour(look->background, term->depth);

		if (!term->defaults) {
			foreground = foreground < 0 ? COLOR_WHITE : foreground;
			background = background < 0 ? COLOR_BLACK : background;
		}
		init_extended_pair(i + 1, foreground, background);
	}
}

/* curses would handle these signals itself: lose a stop that comes while it draws, and after one throw away what was typed. It leaves alone what is
 * not as usual when it begins. */
static SCREEN *begin_curses(const char *name)
{
	static const int ours[] = { SIGTSTP, SIGINT, SIGTERM };
	struct sigaction ignore = { .sa_handler = SIG_IGN }, usual[ARRAY_LENGTH(ours)];

	for (size_t i = 0; i < ARRAY_LENGTH(ours); i++)
		sigaction(ours[i], &ignore, &usual[i]);
	SCREEN *screen = newterm(name, stdout, stdin);

	for (size_t i = 0; i < ARRAY_LENGTH(ours); i++)
		sigaction(ours[i], &usual[i], NULL);
	return screen;
}

bool terminal_start(struct terminal **ret, struct error *err)
{
	const char *name = getenv("TERM");

	if (!terminfo_check(name, err))
		return false;
	struct terminal *term = xcalloc(1, sizeof *term);
	_cleanup_free_ char *drawing = terminfo_drawing_name(name);

	term->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	if (tcgetattr(STDIN_FILENO, &term->modes) < 0) {
		free(term);
		return error_set(err, ERROR_SYSTEM, _("standard input is not a terminal"));
	}
	term->screen = begin_curses(drawing);
	if (term->screen == NULL) {
		free(term);
		return error_set(err, ERROR_UNSUPPORTED, _("the terminal '%s' (TERM) cannot be used"), name);
	}
	set_term(term->screen);
	take_extras(term);
	raw();
	noecho();
	nonl();
	typeahead(-1); /* a key that waits must not stop the drawing, nor may ncurses look at the input */
	leaveok(stdscr, FALSE);
	take_colours(term);
	curs_set(0);
	terminal_resize(term);
	wnoutrefresh(stdscr);
	doupdate();
	write_all(STDOUT_FILENO, term->on, strlen(term->on));
	*ret = term;
	return true;
}

/* What ncurses knows nothing of, and the next program must not meet. */
static void leave_modes(struct terminal *term)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

	if (term->shown.serial != 0)
		terminal_image_erase(&out, &term->can, term->shown.image.picture);
	if (term->keys)
		strbuf_puts(&out, KITTY_KEYS_OFF);
	if (term->pixels)
		strbuf_puts(&out, PIXELS_OFF);
	term->keys = term->pixels = false;
	term->shown.serial = 0;
	if (out.length > 0)
		write_all(STDOUT_FILENO, out.data, out.length);
}

/* What the terminal still has to say must not be read by the shell. */
static void await_marks(struct terminal *term)
{
	struct pollfd waiting = { .fd = STDIN_FILENO, .events = POLLIN };

	if (term->marks == 0 || term->silent)
		return;
	poll(&waiting, 1, LAST_MARK_MS);
	tcflush(STDIN_FILENO, TCIFLUSH);
	term->marks = 0;
}

void terminal_suspend(struct terminal *term)
{
	leave_modes(term);
	await_marks(term);
	write_all(STDOUT_FILENO, term->off, strlen(term->off));
	/* where there is no alternate screen to leave, a shell goes on in the last line */
	if (!isendwin()) {
		attr_set(A_NORMAL, 0, NULL);
		mvhline(LINES - 1, 0, ' ', COLS);
		refresh();
	}
	curs_set(1);
	endwin();
	/* with its other screen a terminal may bring back a cursor that was hidden when that was left */
	write_all(STDOUT_FILENO, term->cursor_on, strlen(term->cursor_on));
	while (tcsetattr(STDIN_FILENO, TCSADRAIN, &term->modes) < 0 && errno == EINTR)
		; /* a resize in this moment must not leave the terminal raw */
}

void terminal_calm(struct terminal *term)
{
	/* the plain screen, without the cursor's place of the time when it was left: what was written since then would be written over */
	static const char plain[] = "\033[?47l\033[m\033[?25h";

	if (*term->off != '\0')
		write_all(STDOUT_FILENO, plain, sizeof plain - 1);
	write_all(STDOUT_FILENO, term->off, strlen(term->off));
	while (tcsetattr(STDIN_FILENO, TCSADRAIN, &term->modes) < 0 && errno == EINTR)
		;
}

void terminal_resume(struct terminal *term)
{
	reset_prog_mode();
	terminal_resize(term);
	wnoutrefresh(stdscr);
	doupdate();
	write_all(STDOUT_FILENO, term->on, strlen(term->on));
	term->motion = false;
	curs_set(term->cursor_shown);
	terminal_redraw(term);
}

void terminal_stop(struct terminal *term)
{
	if (term == NULL)
		return;
	terminal_suspend(term);
	rescue_clear();
	delscreen(term->screen);
	free(term->cursor_on);
	free(term->on);
	free(term->off);
	free(term);
}

void terminal_resize(struct terminal *term)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0) {
		size.ws_row = 24;
		size.ws_col = 80;
	}
	if (size.ws_row == LINES && size.ws_col == COLS)
		return;
	resizeterm(size.ws_row, size.ws_col);
	terminal_redraw(term);
}

void terminal_redraw(struct terminal *term)
{
	clearok(curscr, TRUE);
	term->shown.serial = 0;
}

int terminal_rows(const struct terminal *term)
{
	(void)term;
	return LINES;
}

int terminal_columns(const struct terminal *term)
{
	(void)term;
	return COLS;
}

bool terminal_utf8(const struct terminal *term)
{
	return term->utf8;
}

enum colour_depth terminal_depth(const struct terminal *term)
{
	return term->depth;
}

static void set_style(const struct terminal *term, enum style style)
{
	const struct style_look *look = theme_look(style);
	attr_t attributes = 0;

	if (term->depth == DEPTH_MONO) {
		attributes |= look->mono_bold ? A_BOLD : 0;
		attributes |= look->mono_reverse ? A_REVERSE : 0;
		attributes |= look->mono_underline ? A_UNDERLINE : 0;
	} else {
		attributes |= look->bold ? A_BOLD : 0;
		attributes |= look->reverse ? A_REVERSE : 0;
		attributes |= look->underline ? A_UNDERLINE : 0;
	}
	attributes |= look->dim ? A_DIM : 0;
	attr_set(attributes, term->depth == DEPTH_MONO ? 0 : (short)(style + 1), NULL);
}

void terminal_clear(struct terminal *term)
{
	set_style(term, STYLE_NORMAL);
	erase();
	term->cursor_shown = false;
	term->motion_wanted = false;
	term->keys_wanted = false;
	term->pixels_wanted = false;
	term->wanted.serial = 0;
}

int terminal_put(struct terminal *term, int row, int column, int limit, enum style style, const char *text)
{
	int room = (limit < COLS ? limit : COLS) - column;

	if (row < 0 || row >= LINES || column < 0 || room <= 0)
		return column;
	_cleanup_free_ char *fit = utf8_fit(text, room, !term->utf8);

	set_style(term, style);
	mvaddstr(row, column, fit);
	return column + utf8_width(fit);
}

void terminal_text(struct terminal *term, int row, int column, int columns, enum style style, const char *text)
{
	int end = column + columns;
	int after = terminal_put(term, row, column, end, style, text);

	terminal_fill(term, row, after, 1, end - after, style);
}

void terminal_fill(struct terminal *term, int row, int column, int rows, int columns, enum style style)
{
	if (column < 0) {
		columns += column;
		column = 0;
	}
	if (columns > COLS - column)
		columns = COLS - column;
	if (columns <= 0)
		return;
	set_style(term, style);
	for (int y = row < 0 ? 0 : row; y < row + rows && y < LINES; y++)
		mvhline(y, column, ' ', columns);
}

void terminal_box(struct terminal *term, int row, int column, int rows, int columns, enum style style)
{
	static const char *const lines[2][6] = {
		{ "-", "|", "+", "+", "+", "+" },
		{ "─", "│", "┌", "┐", "└", "┘" },
	};
	const char *const *line = lines[term->utf8];
	int bottom = row + rows - 1;
	int right = column + columns - 1;

	for (int x = column + 1; x < right; x++) {
		terminal_put(term, row, x, x + 1, style, line[0]);
		terminal_put(term, bottom, x, x + 1, style, line[0]);
	}
	for (int y = row + 1; y < bottom; y++) {
		terminal_put(term, y, column, column + 1, style, line[1]);
		terminal_put(term, y, right, right + 1, style, line[1]);
	}
	terminal_put(term, row, column, column + 1, style, line[2]);
	terminal_put(term, row, right, right + 1, style, line[3]);
	terminal_put(term, bottom, column, column + 1, style, line[4]);
	terminal_put(term, bottom, right, right + 1, style, line[5]);
}

static int pair_for(const struct terminal *term, const struct cell *cell, bool *ret_bright)
{
	int foreground = colour_number(&cell->foreground, term->depth, ret_bright);
	int background = colour_number(&cell->background, term->depth, NULL);

	if (foreground < 0 && background < 0)
		return 0;
	if (!term->defaults) {
		foreground = foreground < 0 ? COLOR_WHITE : foreground;
		background = background < 0 ? COLOR_BLACK : background;
	}
	int pair = alloc_pair(foreground, background);

	return pair < 0 ? 0 : pair;
}

int terminal_cell(struct terminal *term, int row, int column, const struct cell *cell)
{
	wchar_t text[CELL_TEXT_SIZE];
	int width = cell_text(cell, term->utf8, text);
	bool bright = false;
	int pair = pair_for(term, cell, &bright);
	attr_t attributes = 0;
	cchar_t out;

	if (row < 0 || row >= LINES || column < 0 || column + width > COLS)
		return width;
	attributes |= cell->attributes & CELL_BOLD || bright ? A_BOLD : 0;
	attributes |= cell->attributes & CELL_UNDERLINE ? A_UNDERLINE : 0;
	attributes |= cell->attributes & CELL_ITALIC ? A_ITALIC : 0;
	attributes |= cell->attributes & CELL_BLINK ? A_BLINK : 0;
	attributes |= cell->attributes & CELL_REVERSE ? A_REVERSE : 0;
	if (setcchar(&out, text, attributes, (short)(pair > 32767 ? 32767 : pair), &pair) == OK)
		mvadd_wch(row, column, &out);
	return width;
}

void terminal_cursor(struct terminal *term, int row, int column, bool shown)
{
	term->cursor_row = row;
	term->cursor_column = column;
	term->cursor_shown = shown && row >= 0 && row < LINES && column >= 0 && column < COLS;
}

void terminal_motion(struct terminal *term)
{
	term->motion_wanted = term->of_xterms_kin;
}

void terminal_keys(struct terminal *term)
{
	term->keys_wanted = term->can.kitty_keys;
}

void terminal_pixels(struct terminal *term)
{
	term->pixels_wanted = term->can.mouse_pixels && term->can.cell_width > 0;
}

void terminal_image(struct terminal *term, int row, int column, const struct wire_image *image, uint64_t serial)
{
	term->wanted = (struct placed){ .serial = serial, .row = row, .column = column, .image = *image };
}

void terminal_bell(struct terminal *term)
{
	(void)term;
	beep();
}

bool terminal_copy(struct terminal *term, const char *text, size_t length)
{
	_cleanup_free_ char *sequence = term->of_xterms_kin ? clipboard_sequence(text, length, clipboard_way()) : NULL;

	return sequence != NULL && write_all(STDOUT_FILENO, sequence, strlen(sequence));
}

/* ---- beyond terminfo ---- */

/* Kept in a crash too: a shell with the keys of the kitty protocol would be a riddle. */
static void take_ability(struct terminal *term)
{
	_cleanup_free_ char *sgr0 = terminfo_text("sgr0"), *cnorm = terminfo_text("cnorm"), *rmcup = terminfo_text("rmcup");

	rescue_set(&term->modes, "%s%s%s%s%s", KITTY_KEYS_OFF, term->off, sgr0, rmcup, cnorm);
}

void terminal_ask(struct terminal *term)
{
	term->ask = !term->can.asked && term->of_xterms_kin && terminal_questions() != NULL;
}

const struct terminal_abilities *terminal_abilities(const struct terminal *term)
{
	return &term->can;
}

bool terminal_expects(const struct terminal *term)
{
	return term->expects;
}

bool terminal_answered(struct terminal *term, const char *text, size_t length)
{
	bool last = terminal_answer(&term->can, text, length);

	if (last && term->can.kitty_keys)
		take_ability(term);
	term->expects = term->expects && !last;
	return last;
}

void terminal_answered_by_tmux(struct terminal *term, const char *line)
{
	terminal_tmux_answer(&term->can, line);
	term->shown.serial = 0; /* the pane may lie elsewhere */
}

bool terminal_tmux_is_due(struct terminal *term)
{
	bool due = term->tmux_rows != LINES || term->tmux_columns != COLS;

	term->tmux_rows = LINES;
	term->tmux_columns = COLS;
	return due;
}

bool terminal_keys_real(const struct terminal *term)
{
	return term->keys;
}

void terminal_mouse_cell(const struct terminal *term, unsigned *ret_width, unsigned *ret_height)
{
	*ret_width = term->pixels ? term->can.cell_width : 0;
	*ret_height = term->pixels ? term->can.cell_height : 0;
}

static bool is_same_place(const struct placed *a, const struct placed *b)
{
	return a->row == b->row && a->column == b->column && a->image.row == b->image.row && a->image.column == b->image.column &&
	       a->image.rows == b->image.rows && a->image.columns == b->image.columns;
}

/* The cells below a sixel picture are drawn anew: that is what takes it away. */
static void uncover(const struct placed *placed)
{
	int top = placed->row + placed->image.row;

	for (int row = top; row < top + placed->image.rows && row < LINES; row++)
		if (row >= 0)
			wredrawln(stdscr, row, 1);
}

/* Before ncurses draws: what stood there and does not any more goes. */
static void take_image_away(struct terminal *term, struct strbuf *out)
{
	if (term->shown.serial == 0 || (term->wanted.serial != 0 && is_same_place(&term->shown, &term->wanted)))
		return;
	if (term->shown.image.picture == WIRE_SIXEL)
		uncover(&term->shown);
	else
		terminal_image_erase(out, &term->can, term->shown.image.picture);
	term->shown.serial = 0;
}

static void switch_modes(struct terminal *term, struct strbuf *out)
{
	if (term->motion != term->motion_wanted)
		strbuf_puts(out, term->motion_wanted ? MOTION_ON : MOTION_OFF);
	if (term->keys != term->keys_wanted)
		strbuf_puts(out, term->keys_wanted ? KITTY_KEYS_ON : KITTY_KEYS_OFF);
	if (term->pixels != term->pixels_wanted)
		strbuf_puts(out, term->pixels_wanted ? PIXELS_ON : PIXELS_OFF);
	term->motion = term->motion_wanted;
	term->keys = term->keys_wanted;
	term->pixels = term->pixels_wanted;
	if (term->wanted.serial != 0 && term->wanted.serial != term->shown.serial) {
		terminal_image_draw(out, &term->can, &term->wanted.image, term->wanted.row, term->wanted.column);
		term->shown = term->wanted;
	}
}

/* Asks what the terminal can do. One that knows no such question may show it as text: all is drawn anew after it. */
static void put_questions(struct terminal *term, struct strbuf *out)
{
	if (!term->ask)
		return;
	strbuf_puts(out, terminal_questions());
	term->ask = false;
	term->expects = term->can.asked = true;
	clearok(curscr, TRUE);
}

/* Asks the terminal to say when it has come so far. */
static void send_mark(struct terminal *term)
{
	static const char question[] = "\033[5n";

	if (!term->mark_wanted || !term->of_xterms_kin || term->silent)
		return;
	term->mark_wanted = false;
	if (!write_all(STDOUT_FILENO, question, sizeof question - 1))
		return;
	term->marks++;
	term->marked_at_ms = clock_monotonic_ms();
}

void terminal_flush(struct terminal *term)
{
	_cleanup_strbuf_ struct strbuf before = STRBUF_INIT, after = STRBUF_INIT;

	take_image_away(term, &before);
	put_questions(term, &before);
	if (before.length > 0)
		write_all(STDOUT_FILENO, before.data, before.length);
	curs_set(term->cursor_shown);
	if (term->cursor_shown)
		move(term->cursor_row, term->cursor_column);
	else
		move(LINES - 1, 0);
	wnoutrefresh(stdscr);
	doupdate();
	switch_modes(term, &after);
	if (after.length > 0)
		write_all(STDOUT_FILENO, after.data, after.length);
	send_mark(term);
}

/* ---- its pace ---- */

void terminal_cell_pixels(const struct terminal *term, int *ret_width, int *ret_height)
{
	struct winsize size = { 0 };

	*ret_width = (int)term->can.cell_width;
	*ret_height = (int)term->can.cell_height;
	if (*ret_width > 0 && *ret_height > 0)
		return;
	*ret_width = *ret_height = 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0)
		return;
	*ret_width = size.ws_xpixel / size.ws_col;
	*ret_height = size.ws_ypixel / size.ws_row;
	if (*ret_width == 0 || *ret_height == 0)
		*ret_width = *ret_height = 0;
}

void terminal_mark(struct terminal *term)
{
	term->mark_wanted = true;
}

void terminal_marked(struct terminal *term)
{
	term->marks -= term->marks > 0;
	term->answers = true;
	term->silent = false;
}

bool terminal_behind(struct terminal *term)
{
	int waiting = 0;

	if (ioctl(STDOUT_FILENO, TIOCOUTQ, &waiting) == 0 && waiting > 0)
		return true;
	if (term->marks == 0 || term->silent)
		return false;
	if (clock_monotonic_ms() - term->marked_at_ms < (term->answers ? MARK_MS : MARK_FIRST_MS))
		return true;
	term->silent = !term->answers;
	term->marks = 0;
	return false;
}
