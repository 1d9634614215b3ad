/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A form: fields with labels, notes and what is wrong with them; what is typed is judged at once by its owner. */
#ifndef TUI_FORM_H
#define TUI_FORM_H

#include "tui/line_edit.h"

#include <stdbool.h>

enum field_kind {
	FIELD_TEXT,   /* a line to type in */
	FIELD_CHOICE, /* one of some words */
	FIELD_CHECK,  /* yes or no */
	FIELD_NOTE,   /* only shown: a text of several lines */
};

enum field_verdict { FIELD_FINE, FIELD_DOUBTFUL, FIELD_WRONG };

struct field {
	enum field_kind kind;
	const char *label; /* N_() */
	const char *help;  /* N_(), a line for when it has the focus */
	int width;         /* of a text; 0: all there is */
	const char *unit;  /* N_(), behind a text; may be NULL */
	bool path;         /* a text that a file browser may fill */
	bool hidden;
	/* value */
	struct line_edit line;
	char **choices; /* owned vector */
	size_t choice;
	bool checked;
	/* said by the owner */
	char *proposal; /* owned: what an empty text means; NULL: nothing */
	char *note;     /* owned: a fact beside the value; NULL: none */
	char *message;  /* owned: what is doubtful or wrong; NULL: nothing */
	enum field_verdict verdict;
	/* where it was drawn: its row, the value's columns; row -1: nowhere */
	int row, column, columns;
};

struct form {
	struct field *fields; /* owned; the owner finds them by index */
	size_t count;
	size_t focus; /* never on a hidden one or a note, unless there is no other */
	int top;      /* lines scrolled out */
	/* The user has changed a field. May be NULL. */
	void (*changed)(struct form *form, size_t field, void *userdata);
	void *userdata;
};

/* count fields, zeroed, to be filled in. */
void form_init(struct form *form, size_t count);
void form_clear(struct form *form);
/* Replaces what is said of a field; the texts are owned by it from now on and may be NULL. */
void form_say(struct form *form, size_t field, char *note, enum field_verdict verdict, char *message);
void form_propose(struct form *form, size_t field, char *proposal);
/* Sets a text without calling changed(). */
void form_set_text(struct form *form, size_t field, const char *text);

/* The focus to a field, or, when it cannot have it, to the next that can. */
void form_focus(struct form *form, size_t field);
struct field *form_focused(struct form *form);
/* The first field shown that is FIELD_WRONG; count when there is none. */
size_t form_first_wrong(const struct form *form);

/* Moving, choosing, editing; false for a command that is no form's. */
bool form_command(struct form *form, enum command command);
/* A key that no table has: typed, or (Space) the next choice. */
bool form_key(struct form *form, const struct key *key);
void form_paste(struct form *form, const char *text, size_t length);
/* Click and wheel. True when a field was clicked. */
bool form_mouse(struct form *form, const struct mouse *mouse);
/* Draws into rows rows; focused: with the cursor. */
void form_draw(struct form *form, struct terminal *term, int row, int rows, int columns, bool focused);

#endif
