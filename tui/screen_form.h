/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A form of one page as a screen: what it asks for is a table of its owner's. */
#ifndef TUI_SCREEN_FORM_H
#define TUI_SCREEN_FORM_H

#include "tui/form.h"
#include "tui/screen.h"

struct form_row {
	enum field_kind kind;
	int width;
	const char *label, *unit, *help; /* N_(); unit may be NULL */
	bool path;                       /* F2 chooses: browse() */
};

struct form_class {
	const struct form_row *rows;
	size_t count;
	/* Which fields count, and what is wrong with them; after every change. */
	void (*judge)(struct form *form, void *userdata);
	/* Nothing is wrong, and the user wants it. False: the form stays. */
	bool (*take)(struct ui *ui, struct form *form, void *userdata);
	/* Opens what chooses a value for the focused field; what it opens says it by form_screen_put(). NULL: there is none. */
	void (*browse)(struct screen *screen, size_t field, void *userdata);
	void (*free)(void *userdata); /* may be NULL */
};

/* title stands in the head line. fill is called once before the form is judged, to put values in; may be NULL. Push the result. */
struct screen *form_screen(struct ui *ui, const char *title, const struct form_class *class, void (*fill)(struct form *form, void *userdata),
			   void *userdata);
/* Puts a text into a field, as if it had been typed. */
void form_screen_put(struct screen *screen, size_t field, const char *text);
/* Judges anew, for what is known has changed. */
void form_screen_judge(struct screen *screen);

#endif
