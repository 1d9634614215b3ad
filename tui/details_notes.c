/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The notes that people keep of a machine: its description. */
#include "base/gettext.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/describe.h"
#include "tui/bindings.h"
#include "tui/details_tab.h"

#include <stdlib.h>

static struct details_tab *notes_open(void)
{
	struct details_tab *tab = xcalloc(1, sizeof *tab);

	tab->text.wrap = true;
	return tab;
}

static void notes_load(struct details_tab *tab, const struct machine *machine)
{
	_cleanup_description_ struct description description = { 0 };
	_cleanup_error_ struct error err = ERROR_INIT;

	/* the stored ones: they are what is edited */
	if (!domain_describe(tab->details->screen.ui->manager, machine, !machine->persistent, &description, &err)) {
		details_failed(&tab->text, &err);
		return;
	}
	text_view_clear(&tab->text);
	if (text_empty(description.notes))
		text_view_add(&tab->text, STYLE_DIM, _("There are no notes on this machine yet. e writes some, in your editor."));
	else
		text_view_add(&tab->text, STYLE_NORMAL, description.notes);
}

static void notes_close(struct details_tab *tab)
{
	free(tab);
}

const struct details_tab_class details_notes = {
	.title = N_("Notes"),
	.keys = &keys_details_notes,
	.open = notes_open,
	.load = notes_load,
	.close = notes_close,
};
