/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking before several lines are typed. */
#include "tui/paste_ask.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "tui/dialog.h"

#include <string.h>

#define SHOWN_LINES 6

/* Lines in a text; an end of line at its end begins no other. */
static size_t count_lines(const char *text)
{
	size_t lines = 0;

	for (; *text != '\0'; lines++) {
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return lines;
}

/* The first lines. Owned. */
static char *beginning(const char *text)
{
	const char *end = text;

	for (int i = 0; i < SHOWN_LINES && *end != '\0'; i++) {
		end += strcspn(end, "\n");
		end += *end == '\n';
	}
	return strf("%.*s%s", (int)(end - text), text, *end != '\0' ? "..." : "");
}

void paste_ask(struct ui *ui, const char *text, void (*type)(struct ui *ui, void *userdata), void *userdata)
{
	size_t lines = count_lines(text);

	if (lines < 2) {
		type(ui, userdata);
		return;
	}
	_cleanup_free_ char *title = strf(ngettext("Type %zu line?", "Type %zu lines?", lines), lines);
	_cleanup_free_ char *begins = beginning(text);
	_cleanup_free_ char *question = strf(_("A shell does each line as it comes.\n\n%s"), begins);

	ui_push(ui, dialog_confirm(title, question, _("Type them"), type, NULL, userdata));
}
