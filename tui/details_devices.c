/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices: a list with what each is, what is behind it and where the guest finds it; and all that is known of the marked one. */
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/describe.h"
#include "tui/bindings.h"
#include "tui/card_forms.h"
#include "tui/details_tab.h"
#include "tui/dialog.h"
#include "tui/medium_form.h"
#include "tui/terminal.h"
#include "tui/widget_list.h"

#include <stdlib.h>
#include <string.h>

#define PANE_ROWS_LEAST 3 /* a title and two facts: less says nothing */
#define PANE_COLUMN	38 /* facts of the marked device stand in columns of this width */

enum { COLUMN_DEVICE, COLUMN_WHAT, COLUMN_SOURCE, COLUMN_ADDRESS, COLUMN_TOTAL };

static const struct list_column columns[COLUMN_TOTAL] = {
	[COLUMN_DEVICE] = { N_("Device"), .width = 16, .grow = 1, .most = 28 },
	[COLUMN_WHAT] = { N_("What"), .width = 17, .grow = 2, .most = 40, .priority = 2 },
	[COLUMN_SOURCE] = { N_("Source"), .width = 18, .grow = 4, .priority = 3 },
	[COLUMN_ADDRESS] = { N_("Address"), .width = 19, .priority = 1 },
};

struct devices {
	struct details_tab tab;
	struct description description;
	struct list list;
	size_t first; /* the first row of the description that is a device */
	bool failed;
};

static const struct describe_row *device(const struct devices *devices, size_t row)
{
	return &devices->description.rows[devices->first + row];
}

static void cell(size_t row, size_t column, struct list_cell *ret, void *userdata)
{
	const struct describe_row *from = device(userdata, row);
	const char *const texts[COLUMN_TOTAL] = {
		[COLUMN_DEVICE] = from->label,
		[COLUMN_WHAT] = from->value,
		[COLUMN_SOURCE] = from->source,
		[COLUMN_ADDRESS] = from->address,
	};

	ret->text = xstrdup_null(texts[column]);
	if (column == COLUMN_ADDRESS)
		ret->style = STYLE_DIM;
}

static struct details_tab *devices_open(void)
{
	struct devices *devices = xcalloc(1, sizeof *devices);

	devices->list.columns = columns;
	devices->list.column_count = COLUMN_TOTAL;
	devices->list.cell = cell;
	devices->list.userdata = devices;
	return &devices->tab;
}

static void devices_load(struct details_tab *tab, const struct machine *machine)
{
	struct devices *devices = (struct devices *)tab;
	_cleanup_error_ struct error err = ERROR_INIT;

	description_clear(&devices->description);
	devices->failed = !domain_describe(tab->details->screen.ui->manager, machine, true, &devices->description, &err);
	if (devices->failed)
		details_failed(&tab->text, &err);
	devices->first = 0;
	while (devices->first < devices->description.count && devices->description.rows[devices->first].group != DESCRIBE_DEVICE)
		devices->first++;
	size_t end = devices->first;

	while (end < devices->description.count && devices->description.rows[end].group == DESCRIBE_DEVICE)
		end++;
	list_set_count(&devices->list, end - devices->first);
}

static void open_device(struct devices *devices)
{
	if (devices->list.count == 0)
		return;
	const struct describe_row *row = device(devices, devices->list.selected);
	_cleanup_free_ char *text = strv_join(row->details, "\n");

	ui_push(devices->tab.details->screen.ui, dialog_message(row->label, STYLE_TITLE, text));
}

/* The marked one; NULL: there is none. */
static const struct describe_row *marked(const struct devices *devices)
{
	return devices->list.count > 0 ? device(devices, devices->list.selected) : NULL;
}

static const char *devices_refuses(const struct details_tab *tab, const struct machine *machine, enum command command)
{
	const struct describe_row *row = marked((const struct devices *)tab);

	(void)machine;
	if (command != COMMAND_CHANGE_DEVICE && command != COMMAND_TAKE_OUT)
		return NULL;
	if (row != NULL && row->kind != DESCRIBE_OTHER && row->key != NULL)
		return NULL;
	return _("this is done with network cards and the media of drives; e edits the XML");
}

/* A form for a network card or a drive. */
static void change_device(const struct devices *devices, const struct machine *machine, enum command command)
{
	const struct describe_row *row = marked(devices);
	struct ui *ui = devices->tab.details->screen.ui;

	if (command == COMMAND_NEW_CARD)
		card_form_open(ui, machine, NULL);
	else if (row->kind == DESCRIBE_DRIVE)
		medium_form_open(ui, machine, row->key, command == COMMAND_TAKE_OUT);
	else if (command == COMMAND_TAKE_OUT)
		card_remove_ask(ui, machine, row->key);
	else
		card_form_open(ui, machine, row->key);
}

static bool devices_command(struct details_tab *tab, enum command command)
{
	struct devices *devices = (struct devices *)tab;

	if (devices->failed)
		return false;
	if (command == COMMAND_OPEN)
		open_device(devices);
	else if (command == COMMAND_NEW_CARD || command == COMMAND_CHANGE_DEVICE || command == COMMAND_TAKE_OUT)
		change_device(devices, details_machine(tab->details), command);
	else
		return list_command(&devices->list, command);
	return true;
}

static void devices_mouse(struct details_tab *tab, const struct mouse *mouse)
{
	struct devices *devices = (struct devices *)tab;

	if (list_mouse(&devices->list, mouse, NULL) && mouse->twice && mouse->button == 1)
		open_device(devices);
}

static char *devices_note(const struct details_tab *tab)
{
	const struct devices *devices = (const struct devices *)tab;

	if (devices->list.count <= (size_t)devices->list.rows)
		return NULL;
	return strf(_("%zu of %zu"), devices->list.selected + 1, devices->list.count);
}

/* The marked device's facts, in as many columns as there is room for. */
static void draw_pane(const struct devices *devices, struct terminal *term, int row, int rows, int width)
{
	const struct describe_row *row_of = device(devices, devices->list.selected);
	size_t count = strv_length(row_of->details);
	int across = width / PANE_COLUMN > 0 ? width / PANE_COLUMN : 1;
	_cleanup_free_ char *title = strf(" %s", row_of->label);

	terminal_text(term, row, 0, width, STYLE_TITLE, title);
	for (size_t i = 0; i < count && (int)i < across * (rows - 1); i++) {
		int column = (int)i / (rows - 1) * (width / across);

		terminal_put(term, row + 1 + (int)i % (rows - 1), column + 1, column + width / across, STYLE_NORMAL, row_of->details[i]);
	}
}

static void devices_draw(struct details_tab *tab, struct terminal *term, int row, int rows, int width)
{
	struct devices *devices = (struct devices *)tab;
	int pane = rows / 4 >= PANE_ROWS_LEAST && devices->list.count > 0 ? rows / 4 : 0;

	if (devices->failed) {
		text_view_draw(&tab->text, term, row, rows, width);
		return;
	}
	list_draw(&devices->list, term, row, rows - (pane > 0 ? pane + 1 : 0), width);
	if (pane > 0)
		draw_pane(devices, term, row + rows - pane, pane, width);
}

static void devices_close(struct details_tab *tab)
{
	struct devices *devices = (struct devices *)tab;

	description_clear(&devices->description);
	free(devices);
}

const struct details_tab_class details_devices = {
	.title = N_("Devices"),
	.keys = &keys_details_devices,
	.open = devices_open,
	.load = devices_load,
	.command = devices_command,
	.refuses = devices_refuses,
	.mouse = devices_mouse,
	.note = devices_note,
	.draw = devices_draw,
	.close = devices_close,
};
