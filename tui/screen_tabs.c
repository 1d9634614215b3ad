/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tabs, and the screens that show them. */
#include "tui/screen_tabs.h"

#include "base/gettext.h"
#include "base/json.h"
#include "base/memory.h"
#include "hv/domain.h"
#include "tui/model.h"
#include "tui/screen_console.h"
#include "tui/screen_view.h"
#include "tui/terminal.h"

#include <string.h>

/* ---- what a machine has ---- */

struct faces {
	bool console, view;
};

static struct faces faces_of_run(const struct machine *machine)
{
	const char *text = machine->run.detail;
	_cleanup_json_ struct json_object *detail = text != NULL ? json_parse("run", text, strlen(text), NULL) : NULL;
	struct console_info *infos;
	size_t count;

	machine_consoles(machine, &infos, &count);
	console_infos_free(infos, count);
	return (struct faces){ .console = count > 0,
			       .view = detail != NULL && json_get_string(detail, "vnc", NULL) != NULL };
}

static struct faces faces_of(const struct ui *ui, const struct machine *machine)
{
	if (machine_is_active(machine) && machine->truth != TRUTH_STARTING)
		return faces_of_run(machine);
	_cleanup_domain_ struct domain *domain = domain_load(ui->manager, machine, false, NULL);
	struct faces faces = { .console = domain == NULL };

	if (domain == NULL)
		return faces;
	faces.console = domain->serial_count + domain->console_count > 0;
	for (size_t i = 0; i < domain->graphics_count; i++)
		faces.view |= domain->graphics[i].type == GRAPHICS_VNC;
	return faces;
}

bool machine_has_console(const struct ui *ui, const struct machine *machine)
{
	return faces_of(ui, machine).console;
}

bool machine_has_view(const struct ui *ui, const struct machine *machine)
{
	return faces_of(ui, machine).view;
}

/* ---- opening ---- */

static struct screen *screen_of_current(struct ui *ui)
{
	return consoles_current_view(ui) != NULL ? view_screen(ui) : console_screen(ui);
}

static void show(struct ui *ui)
{
	consoles_look(ui, true);
	ui_push(ui, screen_of_current(ui));
}

void tabs_open_console(struct ui *ui, const struct machine *machine)
{
	struct faces faces = faces_of(ui, machine);

	if (faces.view && !faces.console)
		consoles_open_view(ui, machine);
	else
		consoles_open(ui, machine, SIZE_MAX);
	show(ui);
}

static void tell_no_view(struct ui *ui, const struct machine *machine)
{
	ui_status(ui, STYLE_ERROR, _("%s has no screen (a <graphics type='vnc'/> device gives it one)"), machine->name);
}

void tabs_open_view(struct ui *ui, const struct machine *machine)
{
	if (!machine_has_view(ui, machine)) {
		tell_no_view(ui, machine);
		return;
	}
	consoles_open_view(ui, machine);
	show(ui);
}

/* ---- turning, closing, leaving ---- */

int tabs_rows(const struct screen *screen)
{
	return screen->ui->consoles->tabs.count > 1 && terminal_rows(screen->ui->term) > 3;
}

void tabs_head(const struct screen *screen)
{
	struct terminal *term = screen->ui->term;

	if (tabs_rows(screen) == 0)
		return;
	terminal_fill(term, 0, 0, 1, terminal_columns(term), STYLE_TITLE);
	tabs_draw(&screen->ui->consoles->tabs, term, 0, 0, terminal_columns(term));
}

void tabs_turn(struct screen *screen, enum tab_kind own)
{
	struct ui *ui = screen->ui;
	bool view = consoles_current_view(ui) != NULL;

	consoles_look(ui, true);
	if (view == (own == TAB_VIEW))
		return;
	ui_close(screen);
	ui_push(ui, screen_of_current(ui));
}

static void leave(struct screen *screen)
{
	consoles_look(screen->ui, false);
	ui_close(screen);
}

static void close_tab(struct screen *screen, enum tab_kind own)
{
	consoles_close_current(screen->ui);
	if (screen->ui->consoles->tabs.count == 0)
		ui_close(screen);
	else
		tabs_turn(screen, own);
}

static const struct machine *machine_of_current(const struct ui *ui)
{
	size_t at = model_find(ui->model, consoles_machine(ui));

	return at < ui->model->count ? &ui->model->machines[at] : NULL;
}

/* From a machine's console to its screen, or back. */
static void other_kind(struct screen *screen, enum tab_kind own)
{
	struct ui *ui = screen->ui;
	const struct machine *machine = machine_of_current(ui);

	if (machine == NULL) {
		ui_status(ui, STYLE_ERROR, _("the machine is no longer defined"));
	} else if (own == TAB_VIEW && !machine_has_console(ui, machine)) {
		ui_status(ui, STYLE_ERROR, _("%s has no serial console, only this screen"), machine->name);
	} else if (own == TAB_CONSOLE && !machine_has_view(ui, machine)) {
		tell_no_view(ui, machine);
	} else {
		if (own == TAB_VIEW)
			consoles_open(ui, machine, SIZE_MAX);
		else
			consoles_open_view(ui, machine);
		tabs_turn(screen, own);
	}
}

bool tabs_do(struct screen *screen, enum tab_kind own, enum command command)
{
	if (command == COMMAND_DETACH)
		leave(screen);
	else if (command == COMMAND_TAB_CLOSE)
		close_tab(screen, own);
	else if (command == COMMAND_OTHER_KIND)
		other_kind(screen, own);
	else if (tabs_command(&screen->ui->consoles->tabs, command))
		tabs_turn(screen, own);
	else
		return false;
	return true;
}

bool tabs_clicked(struct screen *screen, enum tab_kind own, const struct mouse *mouse)
{
	if (tabs_rows(screen) == 0 || !tabs_mouse(&screen->ui->consoles->tabs, mouse))
		return false;
	tabs_turn(screen, own);
	return true;
}

const char *tabs_refuse(const struct screen *screen, enum command command)
{
	if ((command == COMMAND_TAB_NEXT || command == COMMAND_TAB_PREVIOUS) && screen->ui->consoles->tabs.count < 2)
		return _("no other console is open: leave this one and open one from the list");
	return NULL;
}
