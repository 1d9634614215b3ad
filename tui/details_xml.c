/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's XML: what runs, or what is stored. */
#include "base/gettext.h"
#include "base/memory.h"
#include "tui/bindings.h"
#include "tui/details_tab.h"

#include <stdlib.h>
#include <string.h>

struct xml {
	struct details_tab tab;
	bool stored; /* the user wants the definition though the machine runs */
	bool live;   /* what is shown is of the running machine */
};

static struct details_tab *xml_open(void)
{
	struct xml *xml = xcalloc(1, sizeof *xml);

	return &xml->tab;
}

static void xml_load(struct details_tab *tab, const struct machine *machine)
{
	struct xml *xml = (struct xml *)tab;
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = NULL;

	xml->live = machine_is_active(machine) && !xml->stored;
	if (!domain_xml(tab->details->screen.ui->manager, machine, xml->live ? 0 : XML_INACTIVE, &text, &err)) {
		details_failed(&tab->text, &err);
		return;
	}
	text_view_clear(&tab->text);
	text_view_add(&tab->text, STYLE_NORMAL, text);
}

static const char *xml_refuses(const struct details_tab *tab, const struct machine *machine, enum command command)
{
	(void)tab;
	if (command != COMMAND_WHICH)
		return NULL;
	if (!machine_is_active(machine))
		return _("the machine is off: there is only what is stored");
	return machine->persistent ? NULL : _("the machine is transient: there is only what runs");
}

static bool xml_command(struct details_tab *tab, enum command command)
{
	struct xml *xml = (struct xml *)tab;

	if (command == COMMAND_WHICH) {
		xml->stored = !xml->stored;
		tab->fresh = false;
	} else if (command == COMMAND_NUMBERS) {
		tab->text.numbers = !tab->text.numbers;
	} else {
		return false;
	}
	return true;
}

static char *xml_note(const struct details_tab *tab)
{
	const struct xml *xml = (const struct xml *)tab;
	_cleanup_free_ char *position = text_view_position(&tab->text);

	return strf("%s%s%s", xml->live ? _("what runs now") : _("what is stored"), *position != '\0' ? ", " : "", position);
}

static void xml_close(struct details_tab *tab)
{
	free(tab);
}

const struct details_tab_class details_xml = {
	.title = N_("XML"),
	.keys = &keys_details_xml,
	.open = xml_open,
	.load = xml_load,
	.command = xml_command,
	.refuses = xml_refuses,
	.note = xml_note,
	.close = xml_close,
};
