/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames: which kind, what is new in it, and when. */
#include "screen/frames.h"

#include "base/clock.h"
#include "base/memory.h"
#include "screen/text_cells.h"

#include <stdlib.h>
#include <string.h>

#define FRAMES_PER_SECOND 30
#define GAP		  6    /* unchanged cells between two runs that cost less than another run's header */
#define LOOK_MS		  300  /* a moving picture is looked at for text this often only */
#define CURSOR_MS	  1000 /* a cursor that is not seen for so long does not just blink */
#define MOVING_MS	  200  /* a picture that changes again within this time is moving */
#define WORK_SHARE	  2    /* a frame takes at most one part in so many of the time until the next */

struct frames {
	struct wire *wire;	 /* borrowed */
	struct picture *picture; /* owned */
	struct recover *recover; /* owned */
	struct wire_view view;
	struct wire_layout layout;	/* as it was told */
	struct wire_cell *sent, *fresh; /* owned: the layout's cells, as they were told, and as they are */
	bool imaged;			/* the last frame was an image */
	bool redraw;			/* the view is another one */
	bool behind;			/* text has not been looked for in all that changed */
	bool rough;			/* the picture was drawn quickly: nicer when it has come to rest */
	bool unacknowledged;
	uint32_t serial;
	struct wire_cursor cursor; /* as it was told */
	int64_t drawn_ms, looked_ms, cursor_ms, moved_ms;
	int64_t work_ms; /* that the last frame took */
};

struct frames *frames_new(struct wire *wire, const struct fonts *fonts)
{
	struct frames *frames = xcalloc(1, sizeof *frames);

	frames->wire = wire;
	frames->picture = picture_new();
	frames->recover = recover_new(fonts);
	frames->behind = true;
	return frames;
}

void frames_free(struct frames *frames)
{
	if (!frames)
		return;
	picture_free(frames->picture);
	recover_free(frames->recover);
	free(frames->sent);
	free(frames->fresh);
	free(frames);
}

void frames_view(struct frames *frames, const struct wire_view *view)
{
	frames->view = *view;
	frames->redraw = true;
}

void frames_ack(struct frames *frames, uint32_t serial)
{
	if (serial == frames->serial)
		frames->unacknowledged = false;
}

bool frames_watched(const struct frames *frames)
{
	return frames->view.columns > 0;
}

/* The cursor was there when it was told, and is not now. */
static bool misses_cursor(const struct frames *frames)
{
	unsigned row, column;

	return frames->cursor.shown && !recover_cursor(frames->recover, &row, &column);
}

int frames_due_ms(const struct frames *frames, bool has_update, int64_t now_ms)
{
	int rate = frames->view.frames_per_second ? frames->view.frames_per_second : FRAMES_PER_SECOND;
	int64_t pace = 1000 / rate > WORK_SHARE * frames->work_ms ? 1000 / rate : WORK_SHARE * frames->work_ms;
	int64_t soonest = frames->drawn_ms + pace, due = INT64_MAX;

	if (!frames_watched(frames) || frames->unacknowledged)
		return -1;
	if (has_update || frames->redraw)
		due = soonest;
	if (frames->behind && frames->view.mode != WIRE_MODE_PICTURE && frames->looked_ms + LOOK_MS < due)
		due = frames->looked_ms + LOOK_MS;
	if (frames->rough && frames->moved_ms + MOVING_MS < due)
		due = frames->moved_ms + MOVING_MS;
	if (misses_cursor(frames) && frames->cursor_ms + CURSOR_MS < due)
		due = frames->cursor_ms + CURSOR_MS;
	if (due == INT64_MAX)
		return -1;
	due = due > soonest ? due : soonest;
	return due > now_ms ? (int)(due - now_ms) : 0;
}

/* ---- telling ---- */

/* Says what the cells are; the other end has blanks then. */
static void tell_layout(struct frames *frames, const struct wire_layout *layout)
{
	size_t count = (size_t)layout->columns * layout->rows;

	frames->layout = *layout;
	frames->cursor = (struct wire_cursor){ 0 };
	frames->sent = xreallocarray(frames->sent, count, sizeof *frames->sent);
	frames->fresh = xreallocarray(frames->fresh, count, sizeof *frames->fresh);
	for (size_t i = 0; i < count; i++)
		frames->sent[i] = frames->fresh[i] = (struct wire_cell){ .character = ' ' };
	wire_put_layout(frames->wire, layout);
}

static bool is_same_layout(const struct wire_layout *a, const struct wire_layout *b)
{
	return a->kind == b->kind && a->columns == b->columns && a->rows == b->rows && a->x == b->x && a->y == b->y &&
	       a->cell_width_256 == b->cell_width_256 && a->cell_height_256 == b->cell_height_256 &&
	       a->width == b->width && a->height == b->height && a->left == b->left && a->top == b->top;
}

static bool is_same_cell(const struct wire_cell *a, const struct wire_cell *b)
{
	return a->character == b->character && a->foreground == b->foreground && a->background == b->background &&
	       a->flags == b->flags;
}

/* Tells a row's cells that are new, in runs. */
static bool tell_row(struct frames *frames, unsigned row)
{
	size_t columns = frames->layout.columns, at = 0;
	struct wire_cell *sent = frames->sent + row * columns, *fresh = frames->fresh + row * columns;
	bool told = false;

	while (at < columns) {
		size_t end, same = 0;

		while (at < columns && is_same_cell(&sent[at], &fresh[at]))
			at++;
		if (at == columns)
			break;
		for (end = at + 1; end < columns && same <= GAP; end++)
			same = is_same_cell(&sent[end], &fresh[end]) ? same + 1 : 0;
		end -= same;
		wire_put_cells(frames->wire, &(struct wire_cells){ .row = (uint16_t)row,
								   .column = (uint16_t)at,
								   .count = (uint16_t)(end - at),
								   .cells = fresh + at });
		memcpy(sent + at, fresh + at, (end - at) * sizeof *sent);
		told = true;
		at = end;
	}
	return told;
}

static bool tell_rows(struct frames *frames)
{
	bool told = false;

	for (unsigned row = 0; row < frames->layout.rows; row++)
		told = tell_row(frames, row) || told;
	return told;
}

/* ---- pictures ---- */

/* The part of the screen that is to be seen, moved into it. */
static struct rectangle visible_part(const struct wire_view *view, const struct pixels *screen)
{
	struct rectangle part = { view->x, view->y, view->width, view->height };

	if (part.width == 0 || part.width > screen->width) {
		part.width = screen->width;
		part.x = 0;
	}
	if (part.height == 0 || part.height > screen->height) {
		part.height = screen->height;
		part.y = 0;
	}
	if (part.x + part.width > screen->width)
		part.x = screen->width - part.width;
	if (part.y + part.height > screen->height)
		part.y = screen->height - part.height;
	return part;
}

static struct picture_style style_of(const struct wire_view *view)
{
	return (struct picture_style){ view->picture, view->colours,	view->columns,
				       view->rows,    view->cell_width, view->cell_height };
}

static struct wire_layout picture_layout(const struct picture_style *style, const struct pixels *screen,
					 const struct rectangle *part)
{
	struct rectangle fit;

	picture_fit(style, part, &fit);
	return (struct wire_layout){
		.kind = WIRE_KIND_PICTURE,
		.columns = (uint16_t)style->columns,
		.rows = (uint16_t)style->rows,
		.x = (uint16_t)part->x,
		.y = (uint16_t)part->y,
		.left = (uint16_t)fit.x,
		.top = (uint16_t)fit.y,
		.cell_width_256 = (uint32_t)((uint64_t)part->width * 256 / fit.width),
		.cell_height_256 = (uint32_t)((uint64_t)part->height * 256 / fit.height),
		.width = (uint16_t)screen->width,
		.height = (uint16_t)screen->height,
	};
}

/* Is it to be drawn quickly? What changes once in a while is drawn well at once. */
static bool is_moving(struct frames *frames, bool changed, int64_t now_ms)
{
	/* A picture that took long to be drawn well came late for that reason alone. */
	bool moving = changed && now_ms - frames->moved_ms < MOVING_MS + (WORK_SHARE + 1) * frames->work_ms;

	if (changed)
		frames->moved_ms = now_ms;
	return moving && frames->view.picture != WIRE_ASCII && frames->view.colours >= WIRE_256;
}

/* False: none can be had. */
static bool draw_image(struct frames *frames, const struct picture_style *style, const struct pixels *screen,
		       const struct rectangle *part, const struct wire_layout *layout)
{
	struct wire_image image;

	if (!picture_image(frames->picture, style, screen, part, &image))
		return false;
	if (!is_same_layout(layout, &frames->layout) || !frames->imaged)
		tell_layout(frames, layout);
	frames->imaged = true;
	frames->rough = false;
	wire_put_image(frames->wire, &image);
	return true;
}

static bool draw_picture(struct frames *frames, const struct pixels *screen, bool changed, int64_t now_ms)
{
	struct picture_style style = style_of(&frames->view);
	struct rectangle part = visible_part(&frames->view, screen);
	struct wire_layout layout = picture_layout(&style, screen, &part);
	bool anew = !is_same_layout(&layout, &frames->layout) || frames->imaged;

	if (style.picture == WIRE_SIXEL || style.picture == WIRE_KITTY) {
		if (draw_image(frames, &style, screen, &part, &layout))
			return true;
		style.picture = WIRE_BLOCKS;
	}
	if (anew)
		tell_layout(frames, &layout);
	frames->imaged = false;
	frames->rough = is_moving(frames, changed, now_ms);
	if (frames->rough)
		picture_quick(&style, screen, &part, frames->fresh);
	else
		picture_cells(frames->picture, &style, screen, &part, frames->fresh);
	return tell_rows(frames) || anew;
}

/* ---- text ---- */

/* Looks for text in what changed, and says whether it is text that is to be shown. */
static bool look(struct frames *frames, const struct pixels *screen, const struct rectangle *changed, size_t count,
		 int64_t now_ms)
{
	bool was = frames->layout.kind == WIRE_KIND_GRID;

	if (frames->view.mode == WIRE_MODE_PICTURE) {
		frames->behind = true;
		return false;
	}
	/* A picture that moves would be searched in vain thirty times a second. */
	if (!was && now_ms - frames->looked_ms < LOOK_MS) {
		frames->behind = frames->behind || count > 0;
		return false;
	}
	if (frames->behind || count > 0)
		recover_update(frames->recover, screen, changed, frames->behind ? 0 : count);
	frames->looked_ms = now_ms;
	frames->behind = false;
	return text_worth(recover_grid(frames->recover), was || frames->view.mode == WIRE_MODE_TEXT,
			  (enum wire_picture)frames->view.picture);
}

static bool tell_cursor(struct frames *frames, int64_t now_ms)
{
	struct wire_cursor cursor = { 0 };
	unsigned row, column;

	if (recover_cursor(frames->recover, &row, &column)) {
		cursor = (struct wire_cursor){ true, (uint16_t)row, (uint16_t)column };
		frames->cursor_ms = now_ms;
	} else if (frames->cursor.shown && now_ms - frames->cursor_ms < CURSOR_MS) {
		return false;
	}
	if (cursor.shown == frames->cursor.shown && cursor.row == frames->cursor.row &&
	    cursor.column == frames->cursor.column)
		return false;
	frames->cursor = cursor;
	wire_put_cursor(frames->wire, &cursor);
	return true;
}

static bool draw_text(struct frames *frames, const struct pixels *screen, bool changed, int64_t now_ms)
{
	struct picture_style style = style_of(&frames->view);
	struct wire_layout layout = text_layout(recover_grid(frames->recover), screen);
	bool anew = !is_same_layout(&layout, &frames->layout), quick = is_moving(frames, changed, now_ms), all, told;

	if (anew)
		tell_layout(frames, &layout);
	/* What was drawn roughly, or for another view, is drawn again. */
	all = anew || frames->redraw || (frames->rough && !quick);
	frames->imaged = false;
	frames->rough = text_cells(frames->recover, frames->picture, &style, screen, all, quick, frames->fresh) ||
			(frames->rough && quick);
	recover_settle(frames->recover);
	told = tell_rows(frames);
	return tell_cursor(frames, now_ms) || told || anew;
}

void frames_draw(struct frames *frames, const struct pixels *screen, const struct rectangle *changed, size_t count,
		 int64_t now_ms)
{
	bool told;

	if (look(frames, screen, changed, count, now_ms))
		told = draw_text(frames, screen, count > 0, now_ms);
	else
		told = draw_picture(frames, screen, count > 0, now_ms);
	frames->drawn_ms = now_ms;
	frames->work_ms = clock_monotonic_ms() - now_ms;
	frames->redraw = false;
	if (!told)
		return;
	frames->serial++;
	frames->unacknowledged = true;
	wire_put_frame(frames->wire, frames->serial);
}
