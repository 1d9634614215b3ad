/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A screen on which one row of a table is chosen, while letters filter it: what goes for all such screens. */
#ifndef TUI_TABLE_PICKER_H
#define TUI_TABLE_PICKER_H

#include "tui/widget_table.h"

/* The head of such a screen's own struct, which is the table's userdata. */
struct table_picker {
	struct screen screen;
	struct table table;			/* its owner clears it */
	void (*accept)(struct screen *screen);	/* takes the selected row; there is one */
};

void table_picker_init(struct table_picker *self, struct ui *ui, const struct screen_class *class, const struct table_class *table,
		       void (*accept)(struct screen *screen));

/* A command: one of all screens, or the end of this one, or ACCEPT, or what act() can do (false: it is none of its), or one of the table's. */
void table_picker_command(struct screen *screen, enum command command, bool (*act)(struct screen *screen, enum command command));
/* For its screen_class. */
void table_picker_key(struct screen *screen, const struct key *key);
void table_picker_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end);
void table_picker_mouse(struct screen *screen, const struct mouse *mouse);
/* The filter in the first row below the head, then titles and rows, below which so many rows of the screen stay free. */
void table_picker_draw(struct table_picker *self, struct terminal *term, int below);

#endif
