/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dialogs: a message, and a question with two answers. They are screens that leave the one below visible. */
#ifndef TUI_DIALOG_H
#define TUI_DIALOG_H

#include "base/error.h"
#include "tui/screen.h"

/* Shows a text (lines by '\n', wrapped to fit) under a title until it is closed. style marks the title. Push the result. */
struct screen *dialog_message(const char *title, enum style style, const char *text);
/* An error's message and hint, as the command line prints them. */
struct screen *dialog_error(const char *title, const struct error *err);
/* ... and below them more that is known of it (NULL: nothing). */
struct screen *dialog_error_more(const char *title, const struct error *err, const char *more);
/* Asks; answered is called once if the answer is yes, with the userdata. yes is the word on its button; the mark stands on "no" first. */
struct screen *dialog_confirm(const char *title, const char *text, const char *yes,
			      void (*answered)(struct ui *ui, void *userdata), void (*userdata_free)(void *userdata),
			      void *userdata);

/* Breaks text into lines of at most columns columns, at blanks where there are any. Owned vector. */
char **text_wrap(const char *text, int columns);

#endif
