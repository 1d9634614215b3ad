/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The form of a drive's medium; `virtty change-media` does it. */
#include "tui/medium_form.h"

#include "base/file.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "hv/domain.h"
#include "tui/batch.h"
#include "tui/device_when.h"
#include "tui/screen_files.h"
#include "tui/screen_form.h"
#include "tui/screen_isos.h"

#include <stdlib.h>
#include <string.h>

static const struct batch_words insert_words = {
	"change-media", NULL, N_("changing"), N_("the medium is in its drive"), NULL, N_("the drive keeps what it has"),
};
static const struct batch_words eject_words = {
	"change-media", NULL, N_("changing"), N_("the drive is empty"), NULL, N_("the drive keeps what it has"),
};

enum { MEDIUM_PATH, MEDIUM_FORCE, MEDIUM_WHEN, MEDIUM_FIELDS };

static const struct form_row rows[MEDIUM_FIELDS] = {
	[MEDIUM_PATH] = { FIELD_TEXT, 0, N_("Medium"), NULL,
		N_("The file that is put into the drive; left empty, the drive is emptied. F2 shows ISOs and files."), true },
	[MEDIUM_FORCE] = { FIELD_CHECK, 0, N_("Force"), NULL,
		N_("Opens a tray that the guest keeps locked; it is asked first, and waited for. Space changes it."), false },
	[MEDIUM_WHEN] = { FIELD_CHOICE, 0, N_("Takes effect"), NULL,
		N_("The machine runs: the medium can change now, in its definition, or both."), false },
};

struct medium_form {
	struct ui *ui;
	struct screen *screen;
	int64_t id;	      /* the machine's row */
	char *target;	      /* owned */
	char *now;	      /* owned: what is in it, as it is typed; NULL: nothing */
	bool eject;
};

static const struct machine *machine_of(const struct medium_form *self)
{
	size_t at = model_find(self->ui->model, self->id);

	return at < self->ui->model->count ? &self->ui->model->machines[at] : NULL;
}

/* What is wrong with what was typed; owned; NULL: nothing. */
static char *wrong_medium(const struct medium_form *self, const char *text)
{
	if (*text == '\0')
		return self->now == NULL ? xstrdup(_("which one? F2 shows ISOs and files")) : NULL;
	if (*text == '/')
		return path_exists(text) ? NULL : xstrdup(_("there is no such file"));
	return strchr(text, '/') != NULL ? NULL : xstrdup(_("a path that begins with /, or POOL/VOLUME"));
}

static void judge(struct form *form, void *userdata)
{
	const struct medium_form *self = userdata;
	const struct machine *machine = machine_of(self);
	const char *text = line_text(&form->fields[MEDIUM_PATH].line);
	char *wrong = wrong_medium(self, text);

	if (machine == NULL) {
		free(wrong);
		form_say(form, MEDIUM_PATH, NULL, FIELD_WRONG, xstrdup(_("the machine is no more")));
		return;
	}
	device_when_fill(&form->fields[MEDIUM_WHEN], machine);
	form->fields[MEDIUM_FORCE].hidden = !when_is_live(device_when_get(&form->fields[MEDIUM_WHEN], machine));
	form_say(form, MEDIUM_PATH, *text == '\0' && wrong == NULL ? xstrdup(_("the drive is emptied")) : NULL,
		 wrong != NULL ? FIELD_WRONG : FIELD_FINE, wrong);
}

static void fill(struct form *form, void *userdata)
{
	const struct medium_form *self = userdata;

	if (self->now != NULL && !self->eject)
		form_set_text(form, MEDIUM_PATH, self->now);
}

static bool take(struct ui *ui, struct form *form, void *userdata)
{
	const struct medium_form *self = userdata;
	const struct machine *machine = machine_of(self);
	const char *text = line_text(&form->fields[MEDIUM_PATH].line);
	bool insert = *text != '\0';
	size_t at = model_find(ui->model, self->id);

	if (machine == NULL)
		return true;
	struct batch_target *target = batch_targets(ui->model, &at, 1);
	enum device_when when = device_when_get(&form->fields[MEDIUM_WHEN], machine);

	target->extra = strv_addf(target->extra, "--path=%s", self->target);
	if (insert)
		target->extra = strv_add(strv_addf(target->extra, "--source=%s", text), "--update");
	else
		target->extra = strv_add(target->extra, "--eject");
	if (form->fields[MEDIUM_FORCE].checked && when_is_live(when))
		target->extra = strv_add(target->extra, "--force");
	target->extra = device_when_arguments(target->extra, when);
	batch_run(ui, insert ? &insert_words : &eject_words, target, 1, 0);
	return true;
}

static void chosen(struct ui *ui, const char *path, void *userdata)
{
	struct medium_form *self = userdata;

	form_screen_put(self->screen, MEDIUM_PATH, path);
	ui_dirty(ui);
}

static void browse(struct screen *screen, size_t field, void *userdata)
{
	struct medium_form *self = userdata;
	struct screen *chooser = isos_screen(self->ui, self->now, chosen, self);

	(void)field;
	self->screen = screen;
	if (chooser == NULL)
		chooser = files_screen(self->ui, _("Choose a medium"), FILES_ISO, self->now, chosen, self);
	ui_push(self->ui, chooser);
}

static void form_free(void *userdata)
{
	struct medium_form *self = userdata;

	free(self->target);
	free(self->now);
	free(self);
}

static const struct form_class class = { rows, MEDIUM_FIELDS, judge, take, browse, form_free };

/* As `virtty change-media` takes it. Owned; NULL: the drive is empty. */
static char *medium_of(const struct disk_source *source)
{
	if (source->type == DISK_VOLUME && source->pool != NULL && source->volume != NULL)
		return strf("%s/%s", source->pool, source->volume);
	return xstrdup_null(source->file != NULL ? source->file : source->dev);
}

void medium_form_open(struct ui *ui, const struct machine *machine, const char *target, bool eject)
{
	_cleanup_domain_ struct domain *domain = domain_load(ui->manager, machine, true, NULL);
	_cleanup_free_ char *title = strf(_("%s: medium of drive %s"), machine->name, target);
	struct medium_form *self = xcalloc(1, sizeof *self);

	*self = (struct medium_form){ .ui = ui, .id = machine->id, .target = xstrdup(target), .eject = eject };
	for (size_t i = 0; domain != NULL && i < domain->disk_count; i++)
		if (text_equal(domain->disks[i].target, target))
			self->now = medium_of(&domain->disks[i].source);
	if (eject && self->now == NULL) {
		ui_status(ui, STYLE_ERROR, _("the drive is empty"));
		form_free(self);
		return;
	}
	ui_push(ui, form_screen(ui, title, &class, fill, self));
}
