/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Renaming a machine. */
#include "tui/rename.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/actions.h"
#include "tui/dialog_prompt.h"

#include <stdlib.h>
#include <string.h>

struct renaming {
	struct ui *ui;
	struct batch_target *target; /* owned */
};

char *rename_wrong(const struct model *model, const struct batch_target *target, const char *name)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	if (strcmp(name, target->name) == 0)
		return xstrdup(_("this is its name now"));
	if (!name_check(_("name"), name, &err))
		return xstrdup(error_text(&err));
	for (size_t i = 0; i < model->count; i++)
		if (strcmp(model->machines[i].name, name) == 0)
			return strf(_("another machine is named '%s'"), name);
	return NULL;
}

static char *check(const char *text, void *userdata)
{
	const struct renaming *renaming = userdata;

	return rename_wrong(renaming->ui->model, renaming->target, text);
}

static void answered(struct ui *ui, const char *text, void *userdata)
{
	struct renaming *renaming = userdata;

	renaming->target->extra = strv_add(renaming->target->extra, "--new-name");
	renaming->target->extra = strv_add(renaming->target->extra, text);
	batch_run(ui, action_words(COMMAND_RENAME), TAKE_POINTER(renaming->target), 1, 0);
}

static void renaming_free(void *userdata)
{
	struct renaming *renaming = userdata;

	batch_targets_free(renaming->target, 1);
	free(renaming);
}

void rename_ask(struct ui *ui, struct batch_target *target)
{
	struct renaming *renaming = xcalloc(1, sizeof *renaming);
	_cleanup_free_ char *title = strf(_("%s: rename"), target->name);

	*renaming = (struct renaming){ ui, target };
	ui_push(ui, dialog_prompt(title, _("New name"), target->name, check, answered, renaming_free, renaming));
}
