/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stack of screens: who gets a key, what is drawn. */
#include "tui/screen.h"

#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "tui/bindings.h"
#include "tui/consoles.h"
#include "tui/foreground.h"
#include "tui/help.h"
#include "tui/terminal.h"

#include <stdlib.h>

#define STATUS_MS    8000
#define LEAST_ROWS   2
#define LEAST_COLUMNS 12

void ui_push(struct ui *ui, struct screen *screen)
{
	screen->ui = ui;
	screen->below = ui->top;
	ui->top = screen;
	/* what was done last is no longer the matter: its keys are */
	free(TAKE_POINTER(ui->status));
	ui_dirty(ui);
}

void ui_close(struct screen *screen)
{
	screen->closing = true;
	ui_dirty(screen->ui);
}

void ui_dirty(struct ui *ui)
{
	ui->dirty = true;
}

void ui_status(struct ui *ui, enum style style, const char *format, ...)
{
	va_list ap;

	free(ui->status);
	va_start(ap, format);
	ui->status = vstrf(format, ap);
	va_end(ap);
	ui->status_style = style;
	ui->status_seen = false;
	ui_dirty(ui);
}

void ui_reap(struct ui *ui)
{
	bool left = false;

	for (struct screen **at = &ui->top; *at != NULL;) {
		struct screen *screen = *at;

		if (!screen->closing) {
			at = &screen->below;
			continue;
		}
		*at = screen->below;
		left |= !screen->class->overlay;
		screen->class->close(screen);
		ui_dirty(ui);
	}
	/* what was said on a screen goes with it; what it says in going is for the screen below, and has not been seen yet */
	if (left && ui->status_seen)
		free(TAKE_POINTER(ui->status));
	if (ui->top == NULL)
		ui->quitting = true;
}

void ui_close_all(struct ui *ui)
{
	for (struct screen *screen = ui->top; screen != NULL; screen = screen->below)
		screen->closing = true;
	ui_reap(ui);
	consoles_free(ui);
	free(TAKE_POINTER(ui->status));
}

static const struct key_table *keys_of(const struct screen *screen)
{
	return screen->class->keys != NULL ? screen->class->keys(screen) : NULL;
}

/* A menu ends with its help: its keys would not be expected to work behind it. */
static void open_help(struct ui *ui)
{
	struct screen *below = ui->top;

	ui_push(ui, help_screen(keys_of(below)));
	if (below->class->refused != NULL)
		below->class->refused(below);
}

bool ui_everywhere(struct ui *ui, enum command command)
{
	if (command == COMMAND_HELP)
		open_help(ui);
	else if (command == COMMAND_SUSPEND)
		ui->suspending = true;
	else if (command == COMMAND_REDRAW)
		terminal_redraw(ui->term);
	else
		return false;
	ui_dirty(ui);
	return true;
}

void ui_command(struct ui *ui, enum command command)
{
	struct screen *screen = ui->top;
	const char *why = screen->class->refuses != NULL ? screen->class->refuses(screen, command) : NULL;

	if (why != NULL) {
		ui_status(ui, STYLE_ERROR, "%s", why);
		if (screen->class->refused != NULL)
			screen->class->refused(screen);
	} else if (screen->class->command != NULL) {
		screen->class->command(screen, command);
	}
}

/* Who gets what comes in. Several keys may come at once: what one of them closed is gone before the next, which is for the screen below. */
static struct screen *receiver(struct ui *ui)
{
	ui_reap(ui);
	return ui->quitting ? NULL : ui->top;
}

void ui_key(struct ui *ui, const struct key *key)
{
	struct screen *screen = receiver(ui);

	/* a release is of no meaning but to a guest, nor is a modifier by itself */
	if (key->action == KEY_RELEASED || key->type == KEY_TYPE_MODIFIER) {
		if (ui->foreground == NULL && screen != NULL && screen->class->real_key != NULL)
			screen->class->real_key(screen, key);
		return;
	}
	if (foreground_key(ui) || screen == NULL)
		return;
	/* who types on has read why the key before was refused */
	if (ui->status != NULL && ui->status_style == STYLE_ERROR) {
		free(TAKE_POINTER(ui->status));
		ui_dirty(ui);
	}
	enum command command = key_table_find(keys_of(screen), key);

	if (command != COMMAND_NONE) {
		ui_command(ui, command);
		return;
	}
	command = screen->grabs ? COMMAND_NONE : key_table_find(&keys_everywhere, key);
	if (command != COMMAND_NONE)
		ui_everywhere(ui, command);
	else if (screen->class->key != NULL)
		screen->class->key(screen, key);
}

void ui_mouse(struct ui *ui, const struct mouse *mouse)
{
	struct screen *screen = receiver(ui);

	if (ui->foreground == NULL && screen != NULL && screen->class->mouse != NULL)
		screen->class->mouse(screen, mouse);
}

void ui_paste(struct ui *ui, const char *text, size_t length, bool begin, bool end)
{
	struct screen *screen = receiver(ui);

	if (ui->foreground == NULL && screen != NULL && screen->class->paste != NULL)
		screen->class->paste(screen, text, length, begin, end);
}

void ui_tick(struct ui *ui)
{
	consoles_poll(ui);
	for (struct screen *screen = ui->top; screen != NULL; screen = screen->below)
		if (screen->class->tick != NULL)
			screen->class->tick(screen);
	if (ui->status != NULL && ui->status_seen && clock_monotonic_ms() >= ui->status_until_ms) {
		free(TAKE_POINTER(ui->status));
		ui_dirty(ui);
	}
}

void ui_changed(struct ui *ui)
{
	consoles_poll(ui);
	for (struct screen *screen = ui->top; screen != NULL; screen = screen->below)
		if (screen->class->changed != NULL)
			screen->class->changed(screen);
	ui_dirty(ui);
}

static void draw_up_to(struct screen *screen, struct terminal *term)
{
	if (screen->class->overlay && screen->below != NULL)
		draw_up_to(screen->below, term);
	screen->class->draw(screen, term);
}

void ui_draw(struct ui *ui)
{
	struct terminal *term = ui->term;

	ui->dirty = false;
	terminal_clear(term);
	if (ui->top == NULL)
		return;
	if (terminal_rows(term) < LEAST_ROWS || terminal_columns(term) < LEAST_COLUMNS)
		terminal_put(term, 0, 0, terminal_columns(term), STYLE_ERROR, _("too small"));
	else
		draw_up_to(ui->top, term);
	/* its time begins where it is to be seen: another program may have had the terminal until now */
	if (!ui->status_seen)
		ui->status_until_ms = clock_monotonic_ms() + STATUS_MS;
	ui->status_seen = true;
	terminal_flush(term);
}
