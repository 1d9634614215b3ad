/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which machines a list shows, and in which order. */
#include "config.h"

#include "cli/machine_filter.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a machine is, as bits: one of each kind. */
static unsigned traits(const struct machine *machine)
{
	unsigned bits = machine_is_active(machine) ? FILTER_ACTIVE : FILTER_INACTIVE;

	bits |= machine->persistent ? FILTER_PERSISTENT : FILTER_TRANSIENT;
	bits |= machine->autostart ? FILTER_AUTOSTART : FILTER_NO_AUTOSTART;
	if (machine->state == RUN_RUNNING)
		bits |= FILTER_RUNNING;
	else if (machine->state == RUN_PAUSED)
		bits |= FILTER_PAUSED;
	else if (machine->state == RUN_SHUTOFF)
		bits |= FILTER_SHUTOFF;
	else
		bits |= FILTER_OTHER;
	return bits;
}

static bool fits(const struct machine *machine, unsigned filter)
{
	static const unsigned kinds[] = {
		FILTER_ACTIVE | FILTER_INACTIVE,
		FILTER_TRANSIENT | FILTER_PERSISTENT,
		FILTER_RUNNING | FILTER_PAUSED | FILTER_SHUTOFF | FILTER_OTHER,
		FILTER_AUTOSTART | FILTER_NO_AUTOSTART,
	};
	unsigned bits = traits(machine);

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if ((filter & kinds[i]) && !(filter & kinds[i] & bits))
			return false;
	}
	return true;
}

size_t machines_filter(struct machine *machines, size_t count, unsigned filter)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (!fits(&machines[i], filter)) {
			machine_clear(&machines[i]);
			continue;
		}
		if (kept != i) {
			machines[kept] = machines[i];
			memset(&machines[i], 0, sizeof machines[i]);
		}
		kept++;
	}
	return kept;
}

static int compare(const void *left, const void *right)
{
	const struct machine *a = left, *b = right;
	int64_t a_id = machine_is_active(a) ? a->run.run_id : 0;
	int64_t b_id = machine_is_active(b) ? b->run.run_id : 0;

	if (a_id && b_id)
		return (a_id > b_id) - (a_id < b_id);
	if (a_id || b_id)
		return a_id ? -1 : 1;
	int order = strcasecmp(a->name, b->name);

	return order ? order : strcmp(a->name, b->name);
}

void machines_sort(struct machine *machines, size_t count)
{
	if (count > 1)
		qsort(machines, count, sizeof *machines, compare);
}
