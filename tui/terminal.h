/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's terminal: taken over and given back whole, and drawn on by ncurses. Reading is input.h's. */
#ifndef TUI_TERMINAL_H
#define TUI_TERMINAL_H

#include "base/error.h"
#include "tui/cell.h"
#include "tui/colours.h"
#include "tui/terminal_query.h"
#include "tui/theme.h"

struct terminal;
struct wire_image;

/* Takes over the terminal of stdin and stdout: alternate screen, raw keys, mouse, bracketed paste. The locale is set already. Fails (with the
 * way out) for a terminal that is unknown or cannot place its cursor. One at a time. */
bool terminal_start(struct terminal **ret, struct error *err);
/* Gives it back as it was. NULL is fine. */
void terminal_stop(struct terminal *term);
/* Gives it back for a while, and takes it again (drawing everything anew). */
void terminal_suspend(struct terminal *term);
/* While it is given back: modes that another program may have left go away; what stands on it, and the cursor, stay. */
void terminal_calm(struct terminal *term);
void terminal_resume(struct terminal *term);
/* Takes up the window's size of now. */
void terminal_resize(struct terminal *term);
/* Forgets what the terminal shows: the next flush draws everything. */
void terminal_redraw(struct terminal *term);

int terminal_rows(const struct terminal *term);
int terminal_columns(const struct terminal *term);
bool terminal_utf8(const struct terminal *term);
enum colour_depth terminal_depth(const struct terminal *term);
/* The size of a cell in pixels, 0 0 where the terminal does not say. */
void terminal_cell_pixels(const struct terminal *term, int *ret_width, int *ret_height);

/* ---- drawing; what lies outside of the screen is left out ---- */

void terminal_clear(struct terminal *term);
/* Text in columns columns: cut or padded with blanks; controls show as '?'. */
void terminal_text(struct terminal *term, int row, int column, int columns, enum style style, const char *text);
/* As much of the text as fits before the column limit, unpadded. Returns the column behind it. */
int terminal_put(struct terminal *term, int row, int column, int limit, enum style style, const char *text);
/* Blanks. */
void terminal_fill(struct terminal *term, int row, int column, int rows, int columns, enum style style);
/* A frame around an area. */
void terminal_box(struct terminal *term, int row, int column, int rows, int columns, enum style style);
/* A guest's cell; returns the columns it took, 1 or 2. */
int terminal_cell(struct terminal *term, int row, int column, const struct cell *cell);
/* Where the cursor stands after the flush; hidden when not shown. */
void terminal_cursor(struct terminal *term, int row, int column, bool shown);
/* Until the next terminal_clear() the mouse is wanted also while no button is held, from terminals that have one. */
void terminal_motion(struct terminal *term);
/* The same of keys with their releases, from terminals that have the kitty protocol, and of a mouse in pixels. */
void terminal_keys(struct terminal *term);
void terminal_pixels(struct terminal *term);
/* A picture in the terminal's own protocol, drawn with the next flush over cells that are blank, until a flush without it. serial: the same number is
 * the same picture, which is not sent again while it stands where it stood. Its bytes must live until the flush. */
void terminal_image(struct terminal *term, int row, int column, const struct wire_image *image, uint64_t serial);
void terminal_bell(struct terminal *term);
/* Puts text into the terminal's clipboard, if it is of a kind that may have one and the text is not too long (false). Only ever for what the user
 * has copied by a key or the mouse. */
bool terminal_copy(struct terminal *term, const char *text, size_t length);
/* Writes what changed. */
void terminal_flush(struct terminal *term);

/* ---- what it can do beyond terminfo ---- */

/* Asks it, once: by the next flush, where it is of a kind that may be asked. The answer comes by the input. */
void terminal_ask(struct terminal *term);
/* As far as it is known. Borrowed. */
const struct terminal_abilities *terminal_abilities(const struct terminal *term);
/* A question is on its way. */
bool terminal_expects(const struct terminal *term);
/* Takes an answer; true when it was the last one. */
bool terminal_answered(struct terminal *term, const char *text, size_t length);
/* What tmux says (terminal_tmux_answer()); is it to be asked, for the first time or since the window has another size? Asked is asked. */
void terminal_answered_by_tmux(struct terminal *term, const char *line);
bool terminal_tmux_is_due(struct terminal *term);
/* What is in force since the last flush: keys by the kitty protocol; the size of a cell for a mouse in pixels, 0 0: in cells. */
bool terminal_keys_real(const struct terminal *term);
void terminal_mouse_cell(const struct terminal *term, unsigned *ret_width, unsigned *ret_height);

/* ---- its pace ---- */

/* After the next flush the terminal is asked to say when it has taken all that was written, where it can (DSR). */
void terminal_mark(struct terminal *term);
/* It has said so (by the input). */
void terminal_marked(struct terminal *term);
/* Has it not yet taken what was written up to the last mark, as far as that can be known? */
bool terminal_behind(struct terminal *term);

#endif
