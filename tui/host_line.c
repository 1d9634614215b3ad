/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host in one line, from the fullest wording to the shortest. */
#include "tui/host_line.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define GAP 2
#define LAST_WORDING 4

static char *machines_text(const struct model *model, bool full)
{
	if (full)
		return strf(ngettext(" virtty  %zu machine, %zu running", " virtty  %zu machines, %zu running", model->count), model->count,
			    model->active);
	return strf(_(" virtty  %zu of %zu run"), model->active, model->count);
}

/* Wording 0 says most; NULL when there is no shorter one. */
static char *host_text(const struct model *model, int wording)
{
	const struct host_info *host = &model->host;
	bool over = model->promised_kib > host->memory_kib;
	_cleanup_free_ char *total = size_format(host->memory_kib * 1024);
	_cleanup_free_ char *available = size_format(host->memory_available_kib * 1024);
	_cleanup_free_ char *promised = size_format(model->promised_kib * 1024);
	const char *accelerator = host->kvm ? "KVM" : wording < 2 ? _("no KVM: TCG") : "TCG";

	switch (wording) {
	case 0:
	case 2:
		if (over)
			return strf(_("%s  %u CPUs  %s free  %s promised of %s: overcommitted "), accelerator, host->cpus, available, promised, total);
		return strf(_("%s  %u CPUs  %s free  %s promised of %s "), accelerator, host->cpus, available, promised, total);
	case 1:
	case 3:
		if (over)
			return strf(_("%s  %u CPUs  %s promised of %s: overcommitted "), accelerator, host->cpus, promised, total);
		return strf(_("%s  %u CPUs  %s free  %s promised "), accelerator, host->cpus, available, promised);
	case LAST_WORDING:
		if (over)
			return strf(_("%s  overcommitted: %s of %s "), accelerator, promised, total);
		return strf(_("%s  %s of %s free "), accelerator, available, total);
	default:
		return NULL;
	}
}

/* Takes the first wording of the host up to last that fits beside this count of machines; false when none does. */
static bool fits(const struct model *model, int columns, bool full, int last, char **ret_left, char **ret_right)
{
	char *left = machines_text(model, full);

	for (int wording = 0; wording <= last; wording++) {
		char *right = host_text(model, wording);

		if (right != NULL && utf8_width(left) + GAP + utf8_width(right) <= columns) {
			*ret_left = left;
			*ret_right = right;
			return true;
		}
		free(right);
	}
	free(left);
	return false;
}

void host_line(const struct model *model, int columns, char **ret_left, char **ret_right)
{
	bool over = model->promised_kib > model->host.memory_kib;

	/* machines are counted in full, but that too much is promised says more */
	if (fits(model, columns, true, over ? 0 : LAST_WORDING - 1, ret_left, ret_right) ||
	    fits(model, columns, false, LAST_WORDING, ret_left, ret_right))
		return;
	*ret_left = machines_text(model, false);
	*ret_right = xstrdup("");
}
