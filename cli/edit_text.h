/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A text in the user's editor, until it is stored, was not changed, or is given up; what was written is never lost. */
#ifndef CLI_EDIT_TEXT_H
#define CLI_EDIT_TEXT_H

#include "cli/cli.h"

struct edit {
	const char *what;   /* "the definition of 'web1'": what was not changed when it is given up */
	const char *suffix; /* of the file: ".xml" */
	const char *stored; /* the text as it is now: saved like this, nothing was changed */
	const char *begin;  /* what the editor begins with; NULL: stored */
	const char *later;  /* "virtty define": the command that takes the file of a text that was given up; NULL: there is none */
	bool xml;           /* a refusal's reason is put on top as a comment (and taken away again) when it is edited again */
	/* Takes the text. force: though it was changed by others meanwhile; *ret_moved says that this was why it was refused. */
	bool (*store)(struct cli *cli, const char *text, bool force, bool *ret_moved, void *userdata, struct error *err);
	void *userdata;
};

enum edit_end { EDIT_FAILED, EDIT_UNCHANGED, EDIT_STORED };

/* Opens $VISUAL, $EDITOR or vi. A text that is refused, or was saved by an editor that failed, is offered again where there is a terminal to ask on; else,
 * and when it is given up, it stays in a file that the error's hint names. */
enum edit_end cli_edit(struct cli *cli, const struct edit *edit, struct error *err);

#endif
