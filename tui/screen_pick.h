/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A picker of volumes, for wherever a disk or an image is chosen: those of all pools, and the file browser one key away. */
#ifndef TUI_SCREEN_PICK_H
#define TUI_SCREEN_PICK_H

#include "tui/screen_files.h"

/* As files_screen(): chosen is called once with the volume's or the file's absolute path, or not at all; what userdata points to must live below it on
 * the stack. path: what is chosen now, for the browser to begin at; may be NULL. Push the result. */
struct screen *pick_screen(struct ui *ui, const char *title, enum files_kind kind, const char *path,
			   void (*chosen)(struct ui *ui, const char *path, void *userdata), void *userdata);

#endif
