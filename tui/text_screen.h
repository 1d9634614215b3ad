/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A screen that is one text about something, read and searched: what goes for all such screens. */
#ifndef TUI_TEXT_SCREEN_H
#define TUI_TEXT_SCREEN_H

#include "tui/screen.h"
#include "tui/widget_text.h"

/* The head of such a screen's own struct. */
struct text_screen {
	struct screen screen;
	struct text_view text; /* its owner ends it: text_view_end() */
};

/* A blank line, then a title. */
void text_screen_section(struct text_screen *self, const char *title);
/* A value with its label before it; where it is NULL or "", there is nothing to say. */
void text_screen_value(struct text_screen *self, const char *label, enum style style, const char *value);

/* A command: one of the text's, or the end of the screen, or what act() can do (false: it is none of its), or one of all screens. */
void text_screen_command(struct screen *screen, enum command command, bool (*act)(struct screen *screen, enum command command));
/* For its screen_class. */
void text_screen_key(struct screen *screen, const struct key *key);
void text_screen_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end);
void text_screen_mouse(struct screen *screen, const struct mouse *mouse);
/* With what it is about at the left of its head. */
void text_screen_draw(struct text_screen *self, struct terminal *term, const char *head);

#endif
