/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ISOs of this host by what they hold. They are there at once, and their names come in. */
#ifndef TUI_SCREEN_ISOS_H
#define TUI_SCREEN_ISOS_H

#include "tui/screen.h"

/* The mark is on path, if it is among them (NULL: on the first). chosen is called once with the absolute path, or not at all; what userdata points
 * to must live below it on the stack. NULL where there are none, or path is none of them: then files are to be looked through. Push the result. */
struct screen *isos_screen(struct ui *ui, const char *path, void (*chosen)(struct ui *ui, const char *path, void *userdata), void *userdata);

#endif
