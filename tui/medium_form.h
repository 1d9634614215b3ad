/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The medium of a CD-ROM or floppy drive by form: put in, changed, taken out; while the machine runs and in its definition. */
#ifndef TUI_MEDIUM_FORM_H
#define TUI_MEDIUM_FORM_H

#include "core/manager.h"
#include "tui/screen.h"

/* Of the drive with that target. eject: the form begins with it emptied; one that is empty is said to be so. */
void medium_form_open(struct ui *ui, const struct machine *machine, const char *target, bool eject);

#endif
