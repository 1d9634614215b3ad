/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of ISOs. */
#include "tui/screen_isos.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/osinfo.h"
#include "core/preference.h"
#include "tui/bindings.h"
#include "tui/dialog.h"
#include "tui/iso_inquiry.h"
#include "tui/line_edit.h"
#include "tui/screen_files.h"
#include "tui/terminal.h"
#include "tui/widget_list.h"
#include "tui/widget_status.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COLUMN_NAME, COLUMN_FILE, COLUMN_ARCH, COLUMN_SIZE, COLUMN_DATE, COLUMN_TOTAL };

static const struct list_column columns[COLUMN_TOTAL] = {
	[COLUMN_NAME] = { N_("Name"), .width = 22, .grow = 2 },
	[COLUMN_FILE] = { N_("File"), .width = 16, .grow = 1, .priority = 2 },
	[COLUMN_ARCH] = { N_("For"), .width = 7, .priority = 4 },
	[COLUMN_SIZE] = { N_("Size"), .width = 10, .priority = 1, .right = true },
	[COLUMN_DATE] = { N_("Changed"), .width = 16, .priority = 3 },
};

struct isos_screen {
	struct screen screen;
	struct list list;
	struct line_edit line;	/* a filter */
	struct iso_info *infos; /* owned array */
	size_t count;
	size_t *shown;		 /* owned array: those that the filter lets through */
	struct iso_inquiry *inquiry; /* NULL: none is under way */
	void (*chosen)(struct ui *ui, const char *path, void *userdata);
	void *userdata;
};

/* ---- what there is ---- */

static const struct iso_info *selected(const struct isos_screen *self)
{
	return self->list.selected < self->list.count ? &self->infos[self->shown[self->list.selected]] : NULL;
}

static bool has_words(const struct iso_info *info, char *const *words)
{
	_cleanup_free_ char *title = iso_title(info);

	for (; words != NULL && *words != NULL; words++)
		if (strcasestr(title, *words) == NULL && strcasestr(info->path, *words) == NULL)
			return false;
	return true;
}

/* Lets through what has the words typed; the mark goes to path, or to the first. */
static void filter(struct isos_screen *self, const char *path)
{
	_cleanup_strv_ char **words = strv_split(line_text(&self->line), " ");
	size_t count = 0, mark = 0;

	for (size_t i = 0; i < self->count; i++) {
		if (!has_words(&self->infos[i], words))
			continue;
		if (text_equal(self->infos[i].path, path))
			mark = count;
		self->shown[count++] = i;
	}
	list_set_count(&self->list, count);
	list_select(&self->list, mark);
	ui_dirty(self->screen.ui);
}

static void load(struct isos_screen *self, const char *path)
{
	_cleanup_free_ char *mark = xstrdup_null(path);

	iso_infos_free(self->infos, self->count);
	free(self->shown);
	if (!iso_list(self->screen.ui->manager, ISO_KEPT, &self->infos, &self->count, NULL, NULL)) {
		self->infos = NULL;
		self->count = 0;
	}
	self->shown = xcalloc(self->count + 1, sizeof *self->shown);
	filter(self, mark);
}

/* ---- their names ---- */

static void answered(const char *path, void *userdata)
{
	struct isos_screen *self = userdata;

	(void)path;
	self->inquiry = NULL;
	load(self, selected(self) != NULL ? selected(self)->path : NULL);
}

/* One for all that nobody has looked into. */
static void inquire(struct isos_screen *self)
{
	bool unknown = false;

	for (size_t i = 0; i < self->count; i++)
		unknown |= !self->infos[i].known;
	if (unknown)
		self->inquiry = iso_inquiry_begin(self->screen.ui->jobs, NULL, answered, self);
}

/* ---- choosing ---- */

static void choose(struct isos_screen *self, const char *path)
{
	struct ui *ui = self->screen.ui;
	_cleanup_free_ char *copy = xstrdup(path);

	ui_close(&self->screen);
	self->chosen(ui, copy, self->userdata);
}

static void file_chosen(struct ui *ui, const char *path, void *userdata)
{
	(void)ui;
	choose(userdata, path);
}

static void accept(struct isos_screen *self)
{
	const struct iso_info *info = selected(self);
	const char *slash = info != NULL ? strrchr(info->path, '/') : NULL;

	if (slash == NULL)
		return;
	_cleanup_free_ char *directory = xstrndup(info->path, slash == info->path ? 1 : (size_t)(slash - info->path));

	/* a state that cannot be written forgets where the ISOs are: no reason not to go on */
	preference_set(self->screen.ui->manager, "iso-directory", directory, NULL);
	choose(self, info->path);
}

static void isos_command(struct screen *screen, enum command command)
{
	struct isos_screen *self = (struct isos_screen *)screen;
	bool changed = false;

	ui_dirty(screen->ui);
	if (ui_everywhere(screen->ui, command) || list_command(&self->list, command))
		return;
	if (command == COMMAND_ACCEPT)
		accept(self);
	else if (command == COMMAND_BROWSE)
		ui_push(screen->ui, files_screen(screen->ui, _("Choose an ISO"), FILES_ISO, selected(self) != NULL ? selected(self)->path : NULL,
						 file_chosen, self));
	else if (command == COMMAND_CLOSE)
		ui_close(screen);
	else if (line_command(&self->line, command, &changed) && changed)
		filter(self, selected(self) != NULL ? selected(self)->path : NULL);
}

static void isos_key(struct screen *screen, const struct key *key)
{
	struct isos_screen *self = (struct isos_screen *)screen;

	if (line_key(&self->line, key))
		filter(self, NULL);
}

static void isos_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	struct isos_screen *self = (struct isos_screen *)screen;

	(void)begin;
	(void)end;
	if (line_insert(&self->line, text, length))
		filter(self, NULL);
}

static void isos_mouse(struct screen *screen, const struct mouse *mouse)
{
	struct isos_screen *self = (struct isos_screen *)screen;

	if (list_mouse(&self->list, mouse, NULL) && mouse->twice && mouse->button == 1)
		accept(self);
	ui_dirty(screen->ui);
}

static const struct key_table *isos_keys(const struct screen *screen)
{
	(void)screen;
	return &keys_isos;
}

/* ---- drawing ---- */

/* Its system stands out; a label does not; what is not known yet is said to be. */
static void name_cell(const struct isos_screen *self, const struct iso_info *info, struct list_cell *ret)
{
	if (!info->known && self->inquiry != NULL) {
		ret->text = xstrdup(_("looking into it..."));
		ret->style = STYLE_DIM;
		return;
	}
	ret->text = iso_title(info);
	ret->style = info->system != NULL ? STYLE_KEY : info->trouble != NULL ? STYLE_DIM : STYLE_NORMAL;
}

static void cell(size_t row, size_t column, struct list_cell *ret, void *userdata)
{
	const struct isos_screen *self = userdata;
	const struct iso_info *info = &self->infos[self->shown[row]];
	const time_t changed_s = info->changed_s;
	struct tm when;
	char date[32];

	if (column == COLUMN_NAME) {
		name_cell(self, info, ret);
	} else if (column == COLUMN_FILE) {
		ret->text = xstrdup(strrchr(info->path, '/') + 1);
	} else if (column == COLUMN_ARCH) {
		ret->text = xstrdup_null(info->arch);
	} else if (column == COLUMN_SIZE) {
		ret->text = size_format(info->size_bytes);
	} else if (localtime_r(&changed_s, &when) != NULL && strftime(date, sizeof date, "%Y-%m-%d %H:%M", &when) > 0) {
		ret->text = xstrdup(date);
		ret->style = STYLE_DIM;
	}
}

/* What the marked one is, in a line. Owned. */
static char *remark(const struct iso_info *info)
{
	_cleanup_strv_ char **parts = NULL;
	struct os_resources wants = info->system != NULL ? os_wants(info->system) : (struct os_resources){ 0 };
	_cleanup_free_ char *memory = size_format(wants.memory_bytes), *disk = size_format(wants.disk_bytes);

	if (info->trouble != NULL)
		return strf("%s: %s", info->path, info->trouble);
	if (info->known)
		parts = strv_add(parts, info->boots_bios && info->boots_uefi ? _("boots by BIOS and UEFI") : info->boots_uefi ? _("boots by UEFI")
									       : info->boots_bios		? _("boots by BIOS")
														: _("boots by nothing"));
	if (wants.memory_bytes != 0)
		parts = strv_addf(parts, _("wants %s of memory"), memory);
	if (wants.disk_bytes != 0)
		parts = strv_addf(parts, _("%s of disk"), disk);
	_cleanup_free_ char *joined = parts != NULL ? strv_join(parts, ", ") : NULL;

	return joined != NULL ? strf("%s: %s", info->path, joined) : xstrdup(info->path);
}

static void isos_draw(struct screen *screen, struct terminal *term)
{
	struct isos_screen *self = (struct isos_screen *)screen;
	int rows = terminal_rows(term);
	int wide = terminal_columns(term);
	const struct iso_info *info = selected(self);
	_cleanup_free_ char *text = info != NULL ? remark(info) : NULL;
	_cleanup_strv_ char **lines = text != NULL ? text_wrap(text, wide - 2) : NULL;
	int column;

	head_draw(term, _(" virtty: Choose an ISO"), "");
	column = terminal_put(term, 1, 1, wide, STYLE_NORMAL, _("Filter: "));
	line_draw(&self->line, term, 1, column, wide - column - 1, STYLE_SELECTED, screen->ui->top == screen);
	list_draw(&self->list, term, 2, rows - 6, wide);
	if (lines == NULL)
		terminal_put(term, rows - 3, 1, wide, STYLE_DIM, _("no ISO has that: F2 looks through files"));
	for (int i = 0; i < 2 && lines != NULL && lines[i] != NULL; i++)
		terminal_put(term, rows - 3 + i, 1, wide, STYLE_DIM, lines[i]);
	footer_draw(screen, term, NULL);
}

static void isos_close(struct screen *screen)
{
	struct isos_screen *self = (struct isos_screen *)screen;

	iso_inquiry_drop(self->inquiry);
	iso_infos_free(self->infos, self->count);
	free(self->shown);
	line_clear(&self->line);
	free(self);
}

static const struct screen_class isos_class = {
	.keys = isos_keys,
	.command = isos_command,
	.key = isos_key,
	.paste = isos_paste,
	.mouse = isos_mouse,
	.draw = isos_draw,
	.close = isos_close,
};

/* Is this one of them? */
static bool has_path(const struct isos_screen *self, const char *path)
{
	for (size_t i = 0; i < self->count; i++)
		if (text_equal(self->infos[i].path, path))
			return true;
	return false;
}

struct screen *isos_screen(struct ui *ui, const char *path, void (*chosen)(struct ui *ui, const char *path, void *userdata), void *userdata)
{
	struct isos_screen *self = xcalloc(1, sizeof *self);

	self->screen.class = &isos_class;
	self->screen.ui = ui;
	self->screen.grabs = true;
	self->list.columns = columns;
	self->list.column_count = COLUMN_TOTAL;
	self->list.cell = cell;
	self->list.userdata = self;
	self->chosen = chosen;
	self->userdata = userdata;
	load(self, path);
	if (self->count == 0 || (path != NULL && !has_path(self, path))) {
		isos_close(&self->screen);
		return NULL;
	}
	inquire(self);
	return &self->screen;
}
