/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration file: colours and keys, laid over the tables that are built in; and what else may be chosen. */
#ifndef TUI_SETTINGS_H
#define TUI_SETTINGS_H

#include "base/error.h"
#include "tui/keys.h"

/* Reads a file and lays it over; one that is not there is empty. What is wrong is left out and said in *problems, "FILE:LINE: why" each (an
 * owned vector; NULL when all is well); the rest holds. */
void settings_load(const char *path, char ***problems);
/* The same for a text; name is what problems call it. */
void settings_apply(const char *name, const char *text, char ***problems);
/* When the list has a preview beside it ("preview" of section [list]). */
enum preview_setting { PREVIEW_WIDE, PREVIEW_ON, PREVIEW_OFF, PREVIEW_SETTING_COUNT };
enum preview_setting settings_preview(void);
/* A command's word in the file ("force-off"); NULL when it has none. */
const char *command_name(enum command command);

#endif
