/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line that leads into a machine by ssh, for the clipboard and for whoever types it. */
#ifndef TUI_SSH_LINE_H
#define TUI_SSH_LINE_H

#include "core/manager.h"
#include "tui/screen.h"

/* Copies it (OSC 52) and shows it in the status line, or says there what a machine lacks. */
void ssh_line_copy(struct ui *ui, const struct machine *machine);

#endif
