/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forms: focus, editing, choices. Drawing is form_draw.c's. */
#include "tui/form.h"

#include "base/memory.h"
#include "base/strv.h"

#include <stdlib.h>

void form_init(struct form *form, size_t count)
{
	*form = (struct form){ .fields = xcalloc(count, sizeof *form->fields), .count = count };
	for (size_t i = 0; i < count; i++)
		form->fields[i].row = -1;
}

void form_clear(struct form *form)
{
	for (size_t i = 0; i < form->count; i++) {
		struct field *field = &form->fields[i];

		line_clear(&field->line);
		strv_free(field->choices);
		free(field->proposal);
		free(field->note);
		free(field->message);
	}
	free(form->fields);
	*form = (struct form){ 0 };
}

void form_say(struct form *form, size_t at, char *note, enum field_verdict verdict, char *message)
{
	struct field *field = &form->fields[at];

	free(field->note);
	free(field->message);
	field->note = note;
	field->verdict = verdict;
	field->message = message;
}

void form_propose(struct form *form, size_t at, char *proposal)
{
	free(form->fields[at].proposal);
	form->fields[at].proposal = proposal;
}

void form_set_text(struct form *form, size_t at, const char *text)
{
	line_set(&form->fields[at].line, text);
}

static bool can_have_focus(const struct field *field)
{
	return !field->hidden && field->kind != FIELD_NOTE;
}

void form_focus(struct form *form, size_t at)
{
	for (size_t i = 0; i < form->count; i++) {
		size_t candidate = (at + i) % form->count;

		if (can_have_focus(&form->fields[candidate])) {
			form->focus = candidate;
			return;
		}
	}
	form->focus = 0;
}

struct field *form_focused(struct form *form)
{
	return &form->fields[form->focus];
}

size_t form_first_wrong(const struct form *form)
{
	size_t i = 0;

	while (i < form->count && (form->fields[i].hidden || form->fields[i].verdict != FIELD_WRONG))
		i++;
	return i;
}

static void focus_before(struct form *form)
{
	for (size_t i = 1; i <= form->count; i++) {
		size_t candidate = (form->focus + form->count - i) % form->count;

		if (can_have_focus(&form->fields[candidate])) {
			form->focus = candidate;
			return;
		}
	}
}

static void tell(struct form *form)
{
	if (form->changed != NULL)
		form->changed(form, form->focus, form->userdata);
}

static void choose(struct form *form, struct field *field, size_t choice)
{
	if (choice == field->choice)
		return;
	field->choice = choice;
	tell(form);
}

static bool choice_command(struct form *form, struct field *field, enum command command)
{
	size_t count = strv_length(field->choices);

	switch ((int)command) {
	case COMMAND_LEFT:
		choose(form, field, (field->choice + count - 1) % count);
		return true;
	case COMMAND_RIGHT:
		choose(form, field, (field->choice + 1) % count);
		return true;
	case COMMAND_FIRST:
		choose(form, field, 0);
		return true;
	case COMMAND_LAST:
		choose(form, field, count - 1);
		return true;
	default:
		return false;
	}
}

static bool text_command(struct form *form, struct field *field, enum command command)
{
	bool changed = false;
	bool known;

	/* a proposal is taken to be edited */
	if ((command == COMMAND_RIGHT || command == COMMAND_LAST) && *line_text(&field->line) == '\0' && field->proposal != NULL) {
		line_set(&field->line, field->proposal);
		tell(form);
		return true;
	}
	known = line_command(&field->line, command, &changed);
	if (changed)
		tell(form);
	return known;
}

static void toggle(struct form *form, struct field *field)
{
	field->checked = !field->checked;
	tell(form);
}

bool form_command(struct form *form, enum command command)
{
	struct field *field = form_focused(form);

	if (command == COMMAND_NEXT || command == COMMAND_DOWN) {
		form_focus(form, form->focus + 1);
		return true;
	}
	if (command == COMMAND_PREVIOUS || command == COMMAND_UP) {
		focus_before(form);
		return true;
	}
	switch (field->kind) {
	case FIELD_TEXT:
		return text_command(form, field, command);
	case FIELD_CHOICE:
		return choice_command(form, field, command);
	case FIELD_CHECK:
		if (command != COMMAND_LEFT && command != COMMAND_RIGHT)
			return false;
		toggle(form, field);
		return true;
	case FIELD_NOTE:
	default:
		return false;
	}
}

bool form_key(struct form *form, const struct key *key)
{
	struct field *field = form_focused(form);

	if (field->kind == FIELD_TEXT) {
		if (!line_key(&field->line, key))
			return false;
		tell(form);
		return true;
	}
	return key->type == KEY_TYPE_CHAR && key->code == ' ' && key->modifiers == 0 && form_command(form, COMMAND_RIGHT);
}

void form_paste(struct form *form, const char *text, size_t length)
{
	struct field *field = form_focused(form);

	if (field->kind == FIELD_TEXT && line_insert(&field->line, text, length))
		tell(form);
}

bool form_mouse(struct form *form, const struct mouse *mouse)
{
	if (mouse->action != MOUSE_PRESS)
		return false;
	if (mouse->button == 4 || mouse->button == 5) {
		form_command(form, mouse->button == 4 ? COMMAND_PREVIOUS : COMMAND_NEXT);
		return false;
	}
	for (size_t i = 0; i < form->count; i++) {
		struct field *field = &form->fields[i];

		if (mouse->button != 1 || field->row != mouse->row || !can_have_focus(field))
			continue;
		form->focus = i;
		if (mouse->column < field->column || mouse->column >= field->column + field->columns)
			return true;
		if (field->kind == FIELD_TEXT)
			line_click(&field->line, mouse->column - field->column);
		else
			form_command(form, COMMAND_RIGHT);
		return true;
	}
	return false;
}
