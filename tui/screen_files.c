/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file browser. */
#include "tui/screen_files.h"

#include "base/file.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/preference.h"
#include "tui/bindings.h"
#include "tui/directory.h"
#include "tui/line_edit.h"
#include "tui/terminal.h"
#include "tui/widget_list.h"
#include "tui/widget_status.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { COLUMN_NAME, COLUMN_SIZE, COLUMN_DATE, COLUMN_TOTAL };

static const struct list_column columns[COLUMN_TOTAL] = {
	[COLUMN_NAME] = { N_("Name"), .width = 20, .grow = 1 },
	[COLUMN_SIZE] = { N_("Size"), .width = 10, .priority = 1, .right = true },
	[COLUMN_DATE] = { N_("Changed"), .width = 16, .priority = 2 },
};

static const struct {
	const char *preference;
	const char *const *endings;
} kinds[] = {
	[FILES_ISO] = { "iso-directory", (const char *const[]){ ".iso", NULL } },
	[FILES_IMAGE] = { "image-directory", (const char *const[]){ ".qcow2", ".qcow", ".raw", ".img", ".vmdk", ".vdi", ".vhd", ".vhdx", ".vpc", ".qed", ".ova", ".ovf", ".xz", ".gz", ".zst", NULL } },
};

struct files_screen {
	struct screen screen;
	struct list list;
	struct directory directory;
	struct line_edit line; /* a filter, or a path */
	struct error error;    /* why the directory cannot be read */
	char *title, *path;    /* owned; path: the directory shown */
	enum files_kind kind;
	bool all, hidden;
	void (*chosen)(struct ui *ui, const char *path, void *userdata);
	void *userdata;
};

/* Is what is typed a path, and no filter? */
static bool is_path(const char *text)
{
	return text[0] == '~' || strchr(text, '/') != NULL;
}

/* Reads the directory anew; the mark goes to the entry of this name, or to the first that is not "..". */
static void read_again(struct files_screen *self, const char *mark)
{
	const char *typed = line_text(&self->line);
	const struct directory_filter filter = {
		.endings = self->all ? NULL : kinds[self->kind].endings,
		.hidden = self->hidden || typed[0] == '.',
		.words = is_path(typed) ? NULL : typed,
	};

	directory_clear(&self->directory);
	error_clear(&self->error);
	directory_read(self->path, &filter, &self->directory, &self->error);
	list_set_count(&self->list, self->directory.count);
	list_select(&self->list, self->directory.count > 1 && strcmp(self->directory.entries[0].name, "..") == 0);
	for (size_t i = 0; mark != NULL && i < self->directory.count; i++)
		if (strcmp(self->directory.entries[i].name, mark) == 0)
			list_select(&self->list, i);
	ui_dirty(self->screen.ui);
}

static void go_to(struct files_screen *self, const char *path, const char *mark)
{
	char *clean = path_clean(path);

	free(self->path);
	self->path = clean;
	line_set(&self->line, "");
	read_again(self, mark);
}

static void go_up(struct files_screen *self)
{
	const char *slash = strrchr(self->path, '/');
	_cleanup_free_ char *from = xstrdup(slash + 1);
	_cleanup_free_ char *up = xstrndup(self->path, slash == self->path ? 1 : (size_t)(slash - self->path));

	go_to(self, up, from);
}

static char *join(const struct files_screen *self, const char *name)
{
	return strf("%s%s%s", self->path, self->path[1] == '\0' ? "" : "/", name);
}

/* A state that cannot be written forgets where the ISOs are: no reason not to go on. */
static void remember(struct files_screen *self, const char *directory)
{
	preference_set(self->screen.ui->manager, kinds[self->kind].preference, directory, NULL);
}

static void choose(struct files_screen *self, const char *path)
{
	struct ui *ui = self->screen.ui;
	_cleanup_free_ char *clean = path_clean(path);
	const char *slash = strrchr(clean, '/');
	_cleanup_free_ char *directory = xstrndup(clean, slash == clean ? 1 : (size_t)(slash - clean));

	remember(self, directory);
	ui_close(&self->screen);
	self->chosen(ui, clean, self->userdata);
}

/* A path typed: a directory is shown, a file is chosen. */
static void go_typed(struct files_screen *self)
{
	const char *typed = line_text(&self->line);
	const char *home = getenv("HOME");
	_cleanup_free_ char *path = typed[0] == '~' && !text_empty(home) ? strf("%s%s", home, typed + 1)
				    : typed[0] == '/'			 ? xstrdup(typed)
									 : join(self, typed);
	struct stat st;

	if (stat(path, &st) < 0)
		ui_status(self->screen.ui, STYLE_ERROR, _("there is no '%s'"), path);
	else if (S_ISDIR(st.st_mode))
		go_to(self, path, NULL);
	else
		choose(self, path);
}

static const struct entry *selected(const struct files_screen *self)
{
	return self->list.selected < self->directory.count ? &self->directory.entries[self->list.selected] : NULL;
}

static void open_selected(struct files_screen *self, bool directories_only)
{
	const struct entry *entry = selected(self);

	if (entry == NULL || (directories_only && !entry->directory))
		return;
	if (strcmp(entry->name, "..") == 0) {
		go_up(self);
		return;
	}
	_cleanup_free_ char *path = join(self, entry->name);

	if (entry->directory)
		go_to(self, path, NULL);
	else
		choose(self, path);
}

static void edit(struct files_screen *self, enum command command)
{
	const struct entry *entry = selected(self);
	bool changed_text;

	if (command == COMMAND_ERASE && *line_text(&self->line) == '\0') {
		go_up(self);
	} else if (line_command(&self->line, command, &changed_text) && changed_text) {
		_cleanup_free_ char *mark = entry != NULL ? xstrdup(entry->name) : NULL;

		read_again(self, mark);
	}
}

/* Without a choice, but who has gone this far will want to go on from here. */
static void leave(struct files_screen *self)
{
	if (!error_is_set(&self->error))
		remember(self, self->path);
	ui_close(&self->screen);
}

static const struct key_table *files_keys(const struct screen *screen)
{
	(void)screen;
	return &keys_files;
}

static void toggle(struct files_screen *self, bool *what)
{
	const struct entry *entry = selected(self);
	_cleanup_free_ char *mark = entry != NULL ? xstrdup(entry->name) : NULL;

	*what = !*what;
	read_again(self, mark);
}

static void files_command(struct screen *screen, enum command command)
{
	struct files_screen *self = (struct files_screen *)screen;

	ui_dirty(screen->ui);
	if (ui_everywhere(screen->ui, command) || list_command(&self->list, command))
		return;
	if (command == COMMAND_ACCEPT && is_path(line_text(&self->line)))
		go_typed(self);
	else if (command == COMMAND_ACCEPT || command == COMMAND_RIGHT)
		open_selected(self, command == COMMAND_RIGHT);
	else if (command == COMMAND_PARENT)
		go_up(self);
	else if (command == COMMAND_ALL_FILES)
		toggle(self, &self->all);
	else if (command == COMMAND_HIDDEN_FILES)
		toggle(self, &self->hidden);
	else if (command == COMMAND_CLOSE)
		leave(self);
	else
		edit(self, command);
}

static void files_key(struct screen *screen, const struct key *key)
{
	struct files_screen *self = (struct files_screen *)screen;

	if (line_key(&self->line, key))
		read_again(self, NULL);
}

static void files_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	struct files_screen *self = (struct files_screen *)screen;

	(void)begin;
	(void)end;
	if (line_insert(&self->line, text, length))
		read_again(self, NULL);
}

static void files_mouse(struct screen *screen, const struct mouse *mouse)
{
	struct files_screen *self = (struct files_screen *)screen;

	if (list_mouse(&self->list, mouse, NULL) && mouse->twice && mouse->button == 1)
		open_selected(self, false);
	ui_dirty(screen->ui);
}

static void cell(size_t row, size_t column, struct list_cell *ret, void *userdata)
{
	const struct files_screen *self = userdata;
	const struct entry *entry = &self->directory.entries[row];
	const time_t changed_s = entry->changed_s;
	struct tm when;
	char date[32];

	if (column == COLUMN_NAME) {
		ret->text = strf("%s%s", entry->name, entry->directory ? "/" : "");
		ret->style = entry->directory ? STYLE_KEY : STYLE_NORMAL;
	} else if (column == COLUMN_SIZE && !entry->directory) {
		ret->text = size_format(entry->size);
	} else if (column == COLUMN_DATE && strcmp(entry->name, "..") != 0 && localtime_r(&changed_s, &when) != NULL &&
		   strftime(date, sizeof date, "%Y-%m-%d %H:%M", &when) > 0) {
		ret->text = xstrdup(date);
		ret->style = STYLE_DIM;
	}
}

/* Files of the kind that are shown: directories do not count. */
static bool has_files(const struct directory *directory)
{
	return directory->count > 0 && !directory->entries[directory->count - 1].directory;
}

static void draw_remark(const struct files_screen *self, struct terminal *term)
{
	int row = terminal_rows(term) - 2;
	int wide = terminal_columns(term);
	size_t out = self->directory.left_out;

	if (error_is_set(&self->error)) {
		terminal_put(term, row, 1, wide, STYLE_ERROR, error_text(&self->error));
	} else if (out > 0) {
		_cleanup_free_ char *text = strf(ngettext("%zu other not shown: F3 all files, F4 hidden ones",
							  "%zu others not shown: F3 all files, F4 hidden ones", out), out);

		terminal_put(term, row, 1, wide, STYLE_DIM, text);
	} else if (!has_files(&self->directory)) {
		terminal_put(term, row, 1, wide, STYLE_DIM, _("no such file here"));
	}
}

static void files_draw(struct screen *screen, struct terminal *term)
{
	struct files_screen *self = (struct files_screen *)screen;
	int rows = terminal_rows(term);
	int wide = terminal_columns(term);
	_cleanup_free_ char *head = strf(" virtty: %s", self->title);
	int column;

	head_draw(term, head, "");
	column = terminal_put(term, 1, 1, wide, STYLE_NORMAL, _("In: "));
	terminal_put(term, 1, column, wide, STYLE_KEY, self->path);
	column = terminal_put(term, 2, 1, wide, STYLE_NORMAL, _("Filter, or a path: "));
	line_draw(&self->line, term, 2, column, wide - column - 1, STYLE_SELECTED, screen->ui->top == screen);
	list_draw(&self->list, term, 3, rows - 5, wide);
	draw_remark(self, term);
	footer_draw(screen, term, NULL);
}

static void files_close(struct screen *screen)
{
	struct files_screen *self = (struct files_screen *)screen;

	directory_clear(&self->directory);
	error_clear(&self->error);
	line_clear(&self->line);
	free(self->title);
	free(self->path);
	free(self);
}

static const struct screen_class files_class = {
	.keys = files_keys,
	.command = files_command,
	.key = files_key,
	.paste = files_paste,
	.mouse = files_mouse,
	.draw = files_draw,
	.close = files_close,
};

/* Where to begin: at the file that is there, where one was chosen last, at home. */
static void begin(struct files_screen *self, const char *path)
{
	_cleanup_free_ char *last = preference_get(self->screen.ui->manager, kinds[self->kind].preference);
	_cleanup_free_ char *working = path_absolute(".");
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;
	_cleanup_free_ char *beside = slash != NULL ? xstrndup(path, slash == path ? 1 : (size_t)(slash - path)) : NULL;
	struct stat st;

	if (slash != NULL && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		go_to(self, path, NULL);
	else if (beside != NULL && stat(beside, &st) == 0 && S_ISDIR(st.st_mode))
		go_to(self, beside, slash + 1);
	else if (last != NULL && stat(last, &st) == 0 && S_ISDIR(st.st_mode))
		go_to(self, last, NULL);
	else
		go_to(self, working, NULL);
}

struct screen *files_screen(struct ui *ui, const char *title, enum files_kind kind, const char *path,
			    void (*chosen)(struct ui *ui, const char *path, void *userdata), void *userdata)
{
	struct files_screen *self = xcalloc(1, sizeof *self);

	self->screen.class = &files_class;
	self->screen.ui = ui;
	self->screen.grabs = true;
	self->list.columns = columns;
	self->list.column_count = COLUMN_TOTAL;
	self->list.cell = cell;
	self->list.userdata = self;
	self->title = xstrdup(title);
	self->kind = kind;
	self->chosen = chosen;
	self->userdata = userdata;
	begin(self, path);
	return &self->screen;
}
