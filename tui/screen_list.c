/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of machines, live. */
#include "tui/screen_list.h"

#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/actions.h"
#include "tui/bindings.h"
#include "tui/screen_console.h"
#include "tui/screen_details.h"
#include "tui/screen_wizard.h"
#include "tui/terminal.h"
#include "tui/widget_list.h"
#include "tui/widget_status.h"

#include <inttypes.h>
#include <stdlib.h>

enum { COLUMN_NAME, COLUMN_STATE, COLUMN_CPU, COLUMN_MEMORY, COLUMN_UPTIME, COLUMN_VCPUS, COLUMN_TITLE, COLUMN_TOTAL };

static const struct list_column columns[COLUMN_TOTAL] = {
	[COLUMN_NAME] = { N_("Name"), .width = 12, .grow = 3, .most = 48 },
	[COLUMN_STATE] = { N_("State"), .width = 11 },
	[COLUMN_CPU] = { N_("CPU %"), .width = 5, .priority = 2, .right = true },
	[COLUMN_MEMORY] = { N_("Memory"), .width = 8, .priority = 3, .right = true },
	[COLUMN_UPTIME] = { N_("Uptime"), .width = 11, .priority = 1, .right = true },
	[COLUMN_VCPUS] = { N_("vCPUs"), .width = 5, .priority = 4, .right = true },
	[COLUMN_TITLE] = { N_("Title"), .width = 8, .grow = 4, .priority = 5 },
};

struct list_screen {
	struct screen screen;
	struct list list;
	int64_t selected_id; /* the selection follows the machine, not the row */
};

static void cell(size_t row, size_t column, struct list_cell *ret, void *userdata)
{
	const struct list_screen *self = userdata;
	const struct model *model = self->screen.ui->model;
	const struct machine *machine = &model->machines[row];
	const struct figures *figures = &model->figures[row];

	switch (column) {
	case COLUMN_NAME:
		ret->text = xstrdup(machine->name);
		break;
	case COLUMN_STATE:
		ret->text = xstrdup(action_state_word(machine, figures, &ret->style));
		break;
	case COLUMN_CPU:
		ret->text = figures->cpu_percent >= 0 ? strf("%d", figures->cpu_percent) : NULL;
		break;
	case COLUMN_MEMORY:
		ret->text = size_format(machine->memory_kib * 1024);
		break;
	case COLUMN_UPTIME:
		if (machine_is_active(machine) && machine->run.started_at_ms > 0)
			ret->text = clock_duration(clock_wall_ms() - machine->run.started_at_ms);
		break;
	case COLUMN_VCPUS:
		ret->text = strf("%u", machine->vcpus);
		break;
	case COLUMN_TITLE:
		ret->text = xstrdup_null(machine->title);
		ret->style = STYLE_DIM;
		break;
	default:
		break;
	}
}

static const struct machine *selected(const struct list_screen *self)
{
	const struct model *model = self->screen.ui->model;

	return self->list.selected < model->count ? &model->machines[self->list.selected] : NULL;
}

static void remember(struct list_screen *self)
{
	const struct machine *machine = selected(self);

	self->selected_id = machine != NULL ? machine->id : 0;
}

static const struct key_table *list_keys(const struct screen *screen)
{
	(void)screen;
	return &keys_list;
}

static const char *list_refuses(struct screen *screen, enum command command)
{
	const struct list_screen *self = (struct list_screen *)screen;
	const struct machine *machine = selected(self);

	switch ((int)command) {
	case COMMAND_START:
	case COMMAND_SHUTDOWN:
	case COMMAND_FORCE_OFF:
	case COMMAND_CONSOLE:
	case COMMAND_DETAILS:
		if (machine == NULL)
			return _("there is no machine yet");
		return action_refusal(machine, &screen->ui->model->figures[self->list.selected], command);
	default:
		return NULL;
	}
}

static void list_do(struct screen *screen, enum command command)
{
	struct list_screen *self = (struct list_screen *)screen;
	const struct machine *machine = selected(self);

	if (list_command(&self->list, command)) {
		remember(self);
		ui_dirty(screen->ui);
	} else if (command == COMMAND_QUIT) {
		screen->ui->quitting = true;
	} else if (command == COMMAND_NEW) {
		ui_push(screen->ui, wizard_screen(screen->ui, NULL, false, false));
	} else if (machine != NULL && command == COMMAND_CONSOLE) {
		ui_push(screen->ui, console_screen(screen->ui, machine));
	} else if (machine != NULL && command == COMMAND_DETAILS) {
		ui_push(screen->ui, details_screen(machine));
	} else if (machine != NULL) {
		action_run(screen->ui, machine, command);
	}
}

static void list_clicked(struct screen *screen, const struct mouse *mouse)
{
	struct list_screen *self = (struct list_screen *)screen;
	bool pressed = list_mouse(&self->list, mouse, NULL);

	remember(self);
	if (pressed && mouse->twice && mouse->button == 1)
		ui_command(screen->ui, COMMAND_CONSOLE);
	ui_dirty(screen->ui);
}

static void list_changed(struct screen *screen)
{
	struct list_screen *self = (struct list_screen *)screen;
	const struct model *model = screen->ui->model;
	size_t at = model_find(model, self->selected_id);

	list_set_count(&self->list, model->count);
	if (at < model->count)
		list_select(&self->list, at);
	remember(self);
}

static void list_tick(struct screen *screen)
{
	ui_dirty(screen->ui); /* times and loads; what is the same costs no byte */
}

static void draw_head(const struct model *model, struct terminal *term)
{
	const struct host_info *host = &model->host;
	_cleanup_free_ char *left =
		strf(ngettext(" virtty  %zu machine, %zu running", " virtty  %zu machines, %zu running", model->count),
		     model->count, model->active);
	_cleanup_free_ char *total = size_format(host->memory_kib * 1024);
	_cleanup_free_ char *available = size_format(host->memory_available_kib * 1024);
	_cleanup_free_ char *right = strf(_("%s  %u CPUs  %s of %s free "), host->kvm ? "KVM" : _("no KVM: TCG"), host->cpus,
					  available, total);

	head_draw(term, left, right);
}

static void list_draw_screen(struct screen *screen, struct terminal *term)
{
	struct list_screen *self = (struct list_screen *)screen;
	const struct model *model = screen->ui->model;
	int rows = terminal_rows(term);
	int wide = terminal_columns(term);

	draw_head(model, term);
	list_draw(&self->list, term, 1, rows - 2, wide);
	if (model->count == 0) {
		terminal_put(term, 2, 1, wide, STYLE_NORMAL, _("There is no machine yet. n makes one, step by step; so does:"));
		terminal_put(term, 3, 3, wide, STYLE_KEY, "virtty install --cdrom FILE.iso");
	}
	footer_draw(screen, term, NULL);
}

static void list_close(struct screen *screen)
{
	free(screen);
}

static const struct screen_class list_class = {
	.keys = list_keys,
	.refuses = list_refuses,
	.command = list_do,
	.mouse = list_clicked,
	.tick = list_tick,
	.changed = list_changed,
	.draw = list_draw_screen,
	.close = list_close,
};

struct screen *list_screen(struct ui *ui)
{
	struct list_screen *self = xcalloc(1, sizeof *self);

	self->screen.class = &list_class;
	self->screen.ui = ui;
	self->list.columns = columns;
	self->list.column_count = COLUMN_TOTAL;
	self->list.cell = cell;
	self->list.userdata = self;
	list_changed(&self->screen);
	return &self->screen;
}
