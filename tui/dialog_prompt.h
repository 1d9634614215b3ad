/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dialog that asks for one line, judged as it is typed. */
#ifndef TUI_DIALOG_PROMPT_H
#define TUI_DIALOG_PROMPT_H

#include "tui/screen.h"

/* Asks for a line, text being there first. check (userdata last) says what is wrong with it (owned; NULL: nothing): while anything is, it is
 * not taken. answered is called once when it is. The userdata is freed by userdata_free (may be NULL) in either case. Push the result. */
struct screen *dialog_prompt(const char *title, const char *label, const char *text, char *(*check)(const char *text, void *userdata),
			     void (*answered)(struct ui *ui, const char *text, void *userdata), void (*userdata_free)(void *userdata),
			     void *userdata);

#endif
