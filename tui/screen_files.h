/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file browser: directories and images, a filter or a path typed, the last directory remembered. */
#ifndef TUI_SCREEN_FILES_H
#define TUI_SCREEN_FILES_H

#include "tui/screen.h"

enum files_kind { FILES_ISO, FILES_IMAGE };

/* Begins where path is (NULL: where a file of this kind was chosen last). chosen is called once with the absolute path, or not at all; what userdata
 * points to must live below it on the stack. Push the result. */
struct screen *files_screen(struct ui *ui, const char *title, enum files_kind kind, const char *path,
			    void (*chosen)(struct ui *ui, const char *path, void *userdata), void *userdata);

#endif
