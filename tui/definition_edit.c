/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A definition in the user's editor. */
#include "tui/definition_edit.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/dialog.h"
#include "tui/foreground.h"

#include <stdlib.h>

struct edited {
	char *name, *uuid; /* owned */
	char *before;	   /* owned: the definition as it was; NULL: unknown */
	char *(*read)(struct ui *ui, const char *uuid);
};

static void edited_free(void *userdata)
{
	struct edited *edited = userdata;

	free(edited->name);
	free(edited->uuid);
	free(edited->before);
	free(edited);
}

static void edit_done(struct ui *ui, bool ok, void *userdata)
{
	const struct edited *edited = userdata;
	_cleanup_free_ char *after = edited->read(ui, edited->uuid);

	if (ok && after != NULL && !text_equal(edited->before, after))
		ui_status(ui, STYLE_STATUS, _("%s: edited"), edited->name);
	else
		ui_status(ui, STYLE_STATUS, _("%s: nothing was changed"), edited->name);
}

void definition_edit(struct ui *ui, char *const *arguments, const char *name, const char *uuid, char *(*read)(struct ui *ui, const char *uuid))
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct edited *edited = xcalloc(1, sizeof *edited);

	*edited = (struct edited){ xstrdup(name), xstrdup(uuid), read(ui, uuid), read };
	if (foreground_run(ui, (const char *const *)arguments, edit_done, edited_free, edited, &err))
		return;
	edited_free(edited);
	ui_push(ui, dialog_error(_("The editor cannot be run"), &err));
}
