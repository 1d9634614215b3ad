/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The field that says when a device changes. */
#include "tui/device_when.h"

#include "base/gettext.h"
#include "base/strv.h"

static bool can_choose(const struct machine *machine)
{
	return machine_is_active(machine) && machine->persistent;
}

void device_when_fill(struct field *field, const struct machine *machine)
{
	field->hidden = !can_choose(machine);
	if (field->choices != NULL)
		return;
	field->choices = strv_add(field->choices, _("now, and from its next start on"));
	field->choices = strv_add(field->choices, _("now, until it stops"));
	field->choices = strv_add(field->choices, _("at its next start"));
}

enum device_when device_when_get(const struct field *field, const struct machine *machine)
{
	if (can_choose(machine))
		return (enum device_when)field->choice;
	return machine_is_active(machine) ? WHEN_NOW : WHEN_LATER;
}

bool when_is_live(enum device_when when)
{
	return when != WHEN_LATER;
}

bool when_is_stored(enum device_when when)
{
	return when != WHEN_NOW;
}

char **device_when_arguments(char **arguments, enum device_when when)
{
	if (when_is_live(when))
		arguments = strv_add(arguments, "--live");
	return when_is_stored(when) ? strv_add(arguments, "--config") : arguments;
}
