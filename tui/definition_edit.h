/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A definition in the user's editor: `virtty` runs it in the foreground, and what became of it is told. */
#ifndef TUI_DEFINITION_EDIT_H
#define TUI_DEFINITION_EDIT_H

#include "tui/screen.h"

/* Runs an editing command of virtty's ("net-edit --network=lab"; borrowed) and tells whether the definition of name is another one then. read gives
 * it by its UUID before and after: owned; NULL: it cannot be read, or is no more. */
void definition_edit(struct ui *ui, char *const *arguments, const char *name, const char *uuid, char *(*read)(struct ui *ui, const char *uuid));

#endif
