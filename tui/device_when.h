/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a change of a machine's device takes effect: now, at its next start, or both; a field of the forms that change one. */
#ifndef TUI_DEVICE_WHEN_H
#define TUI_DEVICE_WHEN_H

#include "core/manager.h"
#include "tui/form.h"

enum device_when { WHEN_BOTH, WHEN_NOW, WHEN_LATER };

/* The choices for a machine as it is; a field of one choice is hidden. What was chosen stays, as long as it can be had. */
void device_when_fill(struct field *field, const struct machine *machine);
enum device_when device_when_get(const struct field *field, const struct machine *machine);
/* The running machine; the stored definition. */
bool when_is_live(enum device_when when);
bool when_is_stored(enum device_when when);
/* Adds --live and --config, as they hold. */
char **device_when_arguments(char **arguments, enum device_when when);

#endif
