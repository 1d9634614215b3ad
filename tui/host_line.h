/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list's head line: how many machines, and the host that they share. */
#ifndef TUI_HOST_LINE_H
#define TUI_HOST_LINE_H

#include "tui/model.h"

/* The fullest wording that fits in so many columns; both owned. */
void host_line(const struct model *model, int columns, char **ret_left, char **ret_right);

#endif
