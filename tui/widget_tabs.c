/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The row of tabs. */
#include "tui/widget_tabs.h"

#include "base/memory.h"
#include "base/text.h"
#include "tui/terminal.h"

void tabs_set_count(struct tabs *tabs, size_t count)
{
	tabs->count = count;
	if (tabs->current >= count)
		tabs->current = count > 0 ? count - 1 : 0;
}

bool tabs_command(struct tabs *tabs, enum command command)
{
	if (command == COMMAND_TAB_NEXT) {
		tabs->current = tabs->current + 1 < tabs->count ? tabs->current + 1 : 0;
	} else if (command == COMMAND_TAB_PREVIOUS) {
		tabs->current = tabs->current > 0 ? tabs->current - 1 : tabs->count > 0 ? tabs->count - 1 : 0;
	} else if (command >= COMMAND_TAB_1 && command <= COMMAND_TAB_9) {
		size_t wanted = (size_t)(command - COMMAND_TAB_1);

		if (wanted < tabs->count)
			tabs->current = wanted;
	} else {
		return false;
	}
	return true;
}

bool tabs_mouse(struct tabs *tabs, const struct mouse *mouse)
{
	if (mouse->action != MOUSE_PRESS || mouse->button != 1 || mouse->row != tabs->row)
		return false;
	for (size_t i = 0; i < tabs->shown; i++)
		if (mouse->column >= tabs->starts[i] && mouse->column < tabs->starts[i + 1]) {
			tabs->current = tabs->first + i;
			return tabs->current < tabs->count;
		}
	return false;
}

static char *label(const struct tabs *tabs, size_t index)
{
	_cleanup_free_ char *title = tabs->title(index, tabs->userdata);

	return strf(" %s ", title);
}

static int label_width(const struct tabs *tabs, size_t index)
{
	_cleanup_free_ char *text = label(tabs, index);

	return utf8_width(text);
}

/* The open one must be seen: those before it go where there is no room. */
static void scroll(struct tabs *tabs, int columns)
{
	int wide = 0;

	if (tabs->first > tabs->current || tabs->current - tabs->first >= TABS_SHOWN_LIMIT)
		tabs->first = tabs->current;
	for (size_t i = tabs->first; i <= tabs->current && i < tabs->count; i++)
		wide += label_width(tabs, i);
	while (wide > columns && tabs->first < tabs->current)
		wide -= label_width(tabs, tabs->first++);
	/* room that became free shows earlier ones again */
	while (tabs->first > 0 && tabs->current - tabs->first + 1 < TABS_SHOWN_LIMIT) {
		wide += label_width(tabs, tabs->first - 1);
		if (wide > columns)
			break;
		tabs->first--;
	}
}

int tabs_draw(struct tabs *tabs, struct terminal *term, int row, int column, int columns)
{
	int limit = column + columns;

	tabs->row = row;
	tabs->shown = 0;
	tabs->starts[0] = column;
	scroll(tabs, columns);
	for (size_t i = tabs->first; i < tabs->count && column < limit && tabs->shown < TABS_SHOWN_LIMIT; i++) {
		_cleanup_free_ char *text = label(tabs, i);

		column = terminal_put(term, row, column, limit, i == tabs->current ? STYLE_SELECTED : STYLE_TITLE, text);
		tabs->starts[++tabs->shown] = column;
	}
	return column;
}
