/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells of text, cells of a picture. */
#include "tui/view_draw.h"

#include "base/memory.h"
#include "tui/look_back.h"
#include "tui/terminal.h"
#include "tui/view_cells.h"

static int lesser(int a, int b)
{
	return a < b ? a : b;
}

static void draw_cells(struct terminal *term, const struct view_area *area, int row, const struct cell *cells,
		       int count)
{
	for (int column = 0; column < count; column++)
		if (cells[column].width != 0)
			terminal_cell(term, area->row + row, area->column + column, &cells[column]);
}

/* The ground that most of what is seen has: only where there are no colours does it matter. */
static uint32_t common_ground(const struct view_session *session, enum colour_depth depth, int rows)
{
	const struct view_window *window = &session->window;
	struct view_common common = { 0 };

	for (int row = 0; depth == DEPTH_MONO && row < rows; row++) {
		const struct wire_cell *cells = view_window_row(window, (unsigned)(window->top + row));

		if (cells != NULL)
			view_common_add(&common, cells, window->grid_columns);
	}
	return view_common(&common);
}

static void draw_text(const struct view_session *session, struct terminal *term, const struct view_area *area)
{
	const struct view_window *window = &session->window;
	enum colour_depth depth = terminal_depth(term);
	int grid_columns = (int)window->grid_columns;
	int rows = lesser(area->rows, (int)window->grid_rows - window->top);
	int columns = lesser(area->columns, grid_columns - window->left);
	uint32_t common = common_ground(session, depth, rows);
	_cleanup_free_ struct cell *line = xcalloc((size_t)grid_columns + 1, sizeof *line);

	for (int row = 0; row < rows; row++) {
		const struct wire_cell *cells = view_window_row(window, (unsigned)(window->top + row));

		if (cells == NULL)
			continue;
		for (int column = 0; column < grid_columns; column++)
			view_cell(&cells[column], depth, common, &line[column]);
		look_back_show(&session->copy, &window->lines, (uint64_t)(window->top + row), line, grid_columns);
		draw_cells(term, area, row, line + window->left, columns);
	}
}

static void draw_picture(const struct view_session *session, struct terminal *term, const struct view_area *area)
{
	const struct wire_image *image = display_image(session->display);

	if (image != NULL) {
		terminal_image(term, area->row, area->column, image, session->frames);
		return;
	}
	const struct wire_layout *layout = view_session_layout(session);
	enum colour_depth depth = terminal_depth(term);
	int rows = lesser(area->rows, layout->rows);
	int columns = lesser(area->columns, layout->columns);
	_cleanup_free_ struct cell *line = xcalloc((size_t)columns + 1, sizeof *line);

	for (int row = 0; row < rows; row++) {
		const struct wire_cell *cells = display_row(session->display, (unsigned)row);

		for (int column = 0; column < columns; column++)
			view_cell(&cells[column], depth, 0, &line[column]);
		draw_cells(term, area, row, line, columns);
	}
}

void view_draw(const struct view_session *session, struct terminal *term, const struct view_area *area)
{
	uint8_t kind = view_session_layout(session)->kind;

	if (kind == WIRE_KIND_GRID || session->window.frozen != NULL)
		draw_text(session, term, area);
	else if (kind == WIRE_KIND_PICTURE)
		draw_picture(session, term, area);
}
