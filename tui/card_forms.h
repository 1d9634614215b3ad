/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network cards of a machine by form: a new one, what one is joined to, its cable, its end; while the machine runs and in its definition. */
#ifndef TUI_CARD_FORMS_H
#define TUI_CARD_FORMS_H

#include "core/manager.h"
#include "tui/screen.h"

/* Of the card with that MAC; NULL: a new one. */
void card_form_open(struct ui *ui, const struct machine *machine, const char *mac);
/* Takes it out, after a question. */
void card_remove_ask(struct ui *ui, const struct machine *machine, const char *mac);

#endif
