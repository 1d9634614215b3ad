/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's terminal, by libvterm: bytes go in, cells come out. Nothing that a guest writes gets past it in any other form. */
#ifndef TUI_VT_H
#define TUI_VT_H

#include "tui/keys.h"
#include "tui/lines.h"

struct vt;

struct vt_callbacks {
	/* What the terminal has to say to the guest: keys, answers to its questions. */
	void (*output)(const char *bytes, size_t length, void *userdata);
	void (*bell)(void *userdata);
};

#define VT_LARGEST          LINES_LARGEST /* rows and columns */
#define VT_SCROLLBACK_LINES 10000
#define VT_SCROLLBACK_BYTES (16 * 1024 * 1024)

struct vt *vt_new(int rows, int columns, const struct vt_callbacks *callbacks, void *userdata);
void vt_free(struct vt *vt);
/* As switched off and on: screen, modes and scrollback are gone. */
void vt_reset(struct vt *vt);
/* As switched off and on, but what was said is kept: the screen's lines go where those go that scroll away, and behind them comes the text, a line of its
 * own. Lines keep their numbers. */
void vt_begin_anew(struct vt *vt, const char *text);
/* The guest's bytes. Answers to questions in them are left unsaid when mute: a replay's questions are old. */
void vt_write(struct vt *vt, const char *bytes, size_t length, bool mute);
/* Sizes outside of 1 to 1,000 rows, 2 to 1,000 columns are moved there. */
void vt_resize(struct vt *vt, int rows, int columns);
void vt_size(const struct vt *vt, int *ret_rows, int *ret_columns);
/* Only so many of its rows are to be seen, when it has more. vt_follow_cursor() moves them no further than it takes to see the cursor, unless the last
 * of them are empty: then what stands above is seen instead. Who looks back sees the same as before. */
void vt_window(struct vt *vt, int rows);
int vt_window_rows(const struct vt *vt);
void vt_follow_cursor(struct vt *vt);
/* The first of the rows that are to be seen. */
int vt_window_top(const struct vt *vt);
/* Is a full-screen program at work: has the guest changed to the alternate screen? */
bool vt_alternate(const struct vt *vt);

/* Cells of a row of what is to be seen (scrolled back or not), count of them. */
void vt_row(const struct vt *vt, int row, struct cell *ret, size_t count);
/* Where the cursor is on the screen; false when it is hidden, or scrolled out of sight. */
bool vt_cursor(const struct vt *vt, int *ret_row, int *ret_column);

/* Scrolls by lines, back when positive, within what there is. vt_scrolled() says how far it is back; new output does not move the view. */
void vt_scroll(struct vt *vt, int lines);
void vt_scroll_to(struct vt *vt, bool oldest);
size_t vt_scrolled(const struct vt *vt);

/* Lines by numbers that stay theirs while others come after them: those kept, then those of the screen. vt_reset() ends them all. */
uint64_t vt_line_first(const struct vt *vt);
uint64_t vt_line_end(const struct vt *vt); /* behind the screen's last */
/* The line in the first row of what is to be seen. */
uint64_t vt_line_top(const struct vt *vt);
/* The cells of a line, count of them; blank when it is no longer kept. */
void vt_line(const struct vt *vt, uint64_t line, struct cell *ret, size_t count);
/* Scrolls no further than it takes to see the line. */
void vt_show_line(struct vt *vt, uint64_t line);
/* The same lines, for those who look back in any. Borrowed. */
struct lines *vt_lines(struct vt *vt);

/* What the user does, as bytes through output. utf8: characters above 0x7f go as UTF-8, else as one byte. */
void vt_key(struct vt *vt, const struct key *key, bool utf8);
void vt_paste_bracket(struct vt *vt, bool begin);
/* Has the guest asked for the mouse? */
bool vt_wants_mouse(const struct vt *vt);
/* Also where no button is held? */
bool vt_wants_motion(const struct vt *vt);
/* A button was pressed for the guest, and not let go yet. */
bool vt_holds_mouse(const struct vt *vt);
/* Rows count from the first that is to be seen. False when the guest has not asked for the mouse. */
bool vt_mouse(struct vt *vt, const struct mouse *mouse);

#endif
