/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The details screen: its tabs, and the definition and the notes in the user's editor. */
#include "tui/screen_details.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/actions.h"
#include "tui/bindings.h"
#include "tui/details_tab.h"
#include "tui/dialog.h"
#include "tui/foreground.h"
#include "tui/model.h"
#include "tui/screen_tabs.h"
#include "tui/ssh_line.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"

#include <stdlib.h>
#include <string.h>

static const struct details_tab_class *const classes[DETAILS_TABS] = {
	&details_overview, &details_devices, &details_events, &details_xml, &details_notes,
};

const struct machine *details_machine(const struct details *details)
{
	const struct model *model = details->screen.ui->model;
	size_t at = model_find(model, details->id);

	return at < model->count ? &model->machines[at] : NULL;
}

static const struct figures *figures_of(const struct details *details)
{
	const struct model *model = details->screen.ui->model;

	return &model->figures[model_find(model, details->id)];
}

static struct details_tab *current(const struct details *details)
{
	return details->all[details->tabs.current];
}

void details_failed(struct text_view *text, const struct error *err)
{
	text_view_clear(text);
	text_view_add(text, STYLE_ERROR, error_text(err));
	if (err->hint != NULL)
		text_view_add(text, STYLE_NORMAL, err->hint);
}

/* ---- the editor ---- */

struct edited {
	int64_t id;
	char *name;   /* owned */
	char *before; /* owned: the definition as it was; NULL: unknown */
	bool notes;   /* they alone were edited */
};

static void edited_free(void *userdata)
{
	struct edited *edited = userdata;

	free(edited->name);
	free(edited->before);
	free(edited);
}

static char *definition_of(struct ui *ui, const struct machine *machine)
{
	char *text = NULL;

	if (!domain_xml(ui->manager, machine, XML_INACTIVE | XML_SECURE, &text, NULL))
		return NULL;
	return text;
}

/* What the new definition is warned of: the editor's screen was gone before anybody could read it. */
static char *warnings_of(const char *name, struct ui *ui, const char *definition)
{
	struct definition_input input = { .source = name, .text = definition, .length = strlen(definition) };
	struct definition_result result = { 0 };

	domain_judge(ui->manager, &input, &result, NULL);
	char *text = result.warnings != NULL ? strv_join(result.warnings, "\n") : NULL;

	definition_results_free(&result, 1);
	return text;
}

static void tell_change(struct ui *ui, const struct edited *edited, const char *after, bool active)
{
	_cleanup_free_ char *warnings = edited->notes ? NULL : warnings_of(edited->name, ui, after);
	_cleanup_free_ char *title = strf(_("%s was changed, but"), edited->name);
	static const char *const later = N_("It runs: what changes its hardware takes effect when it is started anew.");

	if (edited->notes || !active)
		ui_status(ui, STYLE_STATUS, _("%s: changed"), edited->name);
	else
		ui_status(ui, STYLE_STATUS, _("%s: changed; hardware takes effect when it is started anew"), edited->name);
	if (warnings == NULL)
		return;
	_cleanup_free_ char *text = active ? strf("%s\n\n%s", warnings, _(later)) : xstrdup(warnings);

	ui_push(ui, dialog_message(title, STYLE_PAUSED, text));
}

static void edit_done(struct ui *ui, bool ok, void *userdata)
{
	struct edited *edited = userdata;
	size_t at = model_find(ui->model, edited->id);
	const struct machine *machine = at < ui->model->count ? &ui->model->machines[at] : NULL;
	_cleanup_free_ char *after = machine != NULL ? definition_of(ui, machine) : NULL;

	if (!ok || after == NULL || text_equal(edited->before, after))
		ui_status(ui, STYLE_STATUS, _("%s: nothing was changed"), edited->name);
	else
		tell_change(ui, edited, after, machine_is_active(machine));
}

static void edit(struct details *details, const struct machine *machine)
{
	struct ui *ui = details->screen.ui;
	bool notes = current(details)->class == &details_notes;
	const char *const definition[] = { "edit", "--domain", details->uuid, NULL };
	const char *const description[] = { "desc", "--edit", "--domain", details->uuid, NULL };
	_cleanup_error_ struct error err = ERROR_INIT;
	struct edited *edited = xcalloc(1, sizeof *edited);

	edited->id = details->id;
	edited->name = xstrdup(details->name);
	edited->before = definition_of(ui, machine);
	edited->notes = notes;
	if (foreground_run(ui, notes ? description : definition, edit_done, edited_free, edited, &err))
		return;
	edited_free(edited);
	ui_push(ui, dialog_error(_("The editor cannot be run"), &err));
}

/* ---- the screen ---- */

static const struct key_table *details_keys(const struct screen *screen)
{
	const struct details_tab *tab = current((const struct details *)screen);

	return tab->text.typing ? &keys_search : tab->class->keys;
}

static const char *details_refuses(struct screen *screen, enum command command)
{
	const struct details *details = (const struct details *)screen;
	const struct details_tab *tab = current(details);
	const struct machine *machine = details_machine(details);

	if (machine == NULL)
		return command == COMMAND_CLOSE ? NULL : _("the machine is no more");
	if (command == COMMAND_EDIT && tab->class != &details_notes && !machine->persistent)
		return _("the machine is transient: it has no stored definition to edit");
	if (action_words(command) != NULL)
		return action_refusal(machine, figures_of(details), command);
	if (tab->class->refuses != NULL) {
		const char *why = tab->class->refuses(tab, machine, command);

		if (why != NULL)
			return why;
	}
	return text_view_refuses(&tab->text, command);
}

static void details_command(struct screen *screen, enum command command)
{
	struct details *details = (struct details *)screen;
	struct details_tab *tab = current(details);
	const struct machine *machine = details_machine(details);

	ui_dirty(screen->ui);
	if (!tab->text.typing && tabs_command(&details->tabs, command))
		return;
	if (!(tab->class->command != NULL && tab->class->command(tab, command)) && !text_view_command(&tab->text, command)) {
		if (command == COMMAND_CLOSE)
			ui_close(screen);
		else if (command == COMMAND_EDIT && machine != NULL)
			edit(details, machine);
		else if (command == COMMAND_CONSOLE && machine != NULL)
			tabs_open_console(screen->ui, machine);
		else if (command == COMMAND_VIEW && machine != NULL)
			tabs_open_view(screen->ui, machine);
		else if (command == COMMAND_COPY_SSH && machine != NULL)
			ssh_line_copy(screen->ui, machine);
		else if (machine == NULL || !action_run(screen->ui, machine, command))
			ui_everywhere(screen->ui, command);
	}
	screen->grabs = tab->text.typing;
}

static void details_key(struct screen *screen, const struct key *key)
{
	text_view_key(&current((struct details *)screen)->text, key);
	ui_dirty(screen->ui);
}

static void details_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	(void)begin;
	(void)end;
	text_view_paste(&current((struct details *)screen)->text, text, length);
	ui_dirty(screen->ui);
}

static void details_mouse(struct screen *screen, const struct mouse *mouse)
{
	struct details *details = (struct details *)screen;
	struct details_tab *tab = current(details);

	ui_dirty(screen->ui);
	if (tab->text.typing || tabs_mouse(&details->tabs, mouse))
		return;
	if (tab->class->mouse != NULL)
		tab->class->mouse(tab, mouse);
	else
		text_view_mouse(&tab->text, mouse);
}

static void details_tick(struct screen *screen)
{
	struct details_tab *tab = current((struct details *)screen);
	const struct machine *machine = details_machine((struct details *)screen);

	if (machine == NULL || tab->class->tick == NULL || screen->ui->top != screen)
		return;
	tab->class->tick(tab, machine);
	ui_dirty(screen->ui);
}

static void details_changed(struct screen *screen)
{
	struct details *details = (struct details *)screen;
	const struct machine *machine = details_machine(details);

	if (machine == NULL) {
		ui_status(screen->ui, STYLE_STATUS, _("%s is no more"), details->name);
		ui_close(screen);
		return;
	}
	for (size_t i = 0; i < DETAILS_TABS; i++)
		details->all[i]->fresh = false;
	if (strcmp(details->name, machine->name) != 0) {
		free(details->name);
		details->name = xstrdup(machine->name);
	}
}

static char *tab_title(size_t index, void *userdata)
{
	(void)userdata;
	return strf("%zu %s", index + 1, _(classes[index]->title));
}

static void draw_head(const struct details *details, const struct machine *machine, struct terminal *term)
{
	_cleanup_free_ char *left = strf(" %s", details->name);
	_cleanup_free_ char *right = NULL;
	enum style style;

	if (machine != NULL)
		right = strf("%s ", action_state_word(machine, figures_of(details), &style));
	head_draw(term, left, right != NULL ? right : "");
}

static void draw_tabs(struct details *details, struct terminal *term, int columns)
{
	const struct details_tab *tab = current(details);
	int after = tabs_draw(&details->tabs, term, 1, 0, columns);
	_cleanup_free_ char *note = tab->class->note != NULL ? tab->class->note(tab) : text_view_position(&tab->text);
	int wide = note != NULL ? utf8_width(note) : 0;

	if (wide > 0 && after + wide + 2 <= columns)
		terminal_put(term, 1, columns - wide - 1, columns, STYLE_DIM, note);
}

static void details_draw(struct screen *screen, struct terminal *term)
{
	struct details *details = (struct details *)screen;
	struct details_tab *tab = current(details);
	const struct machine *machine = details_machine(details);
	int columns = terminal_columns(term);
	int rows = terminal_rows(term) - 3;

	if (!tab->fresh && machine != NULL) {
		tab->class->load(tab, machine);
		tab->fresh = true;
	}
	draw_head(details, machine, term);
	if (rows > 0) {
		if (tab->class->draw != NULL)
			tab->class->draw(tab, term, 2, rows, columns);
		else
			text_view_draw(&tab->text, term, 2, rows, columns);
	}
	if (rows >= 0)
		draw_tabs(details, term, columns); /* after the text: it says what is seen of it */
	text_view_footer(&tab->text, screen, term);
}

static void details_close(struct screen *screen)
{
	struct details *details = (struct details *)screen;

	for (size_t i = 0; i < DETAILS_TABS; i++) {
		text_view_end(&details->all[i]->text);
		details->all[i]->class->close(details->all[i]);
	}
	free(details->name);
	free(details->uuid);
	free(details);
}

static const struct screen_class details_class = {
	.keys = details_keys,
	.refuses = details_refuses,
	.command = details_command,
	.key = details_key,
	.paste = details_paste,
	.mouse = details_mouse,
	.tick = details_tick,
	.changed = details_changed,
	.draw = details_draw,
	.close = details_close,
};

struct screen *details_screen(const struct machine *machine)
{
	struct details *details = xcalloc(1, sizeof *details);

	details->screen.class = &details_class;
	details->id = machine->id;
	details->name = xstrdup(machine->name);
	details->uuid = xstrdup(machine->uuid);
	details->tabs.title = tab_title;
	tabs_set_count(&details->tabs, DETAILS_TABS);
	for (size_t i = 0; i < DETAILS_TABS; i++) {
		details->all[i] = classes[i]->open();
		details->all[i]->class = classes[i];
		details->all[i]->details = details;
	}
	return &details->screen;
}
