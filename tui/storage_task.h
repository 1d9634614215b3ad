/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands about pools and volumes, and about networks, run as children one after the other, their end told in one place. */
#ifndef TUI_STORAGE_TASK_H
#define TUI_STORAGE_TASK_H

#include "tui/screen.h"

struct storage_task;

/* What is done, and how it is told. Constants: they outlive the task. */
struct storage_words {
	const char *busy;      /* the state meanwhile, N_() */
	const char *done;      /* after "NAME: ", N_() */
	const char *done_many; /* after "3: ", N_(); NULL: never of several */
	const char *failed;    /* after "NAME: ", N_() */
};

/* "VERB --pool=POOL [--vol=VOLUME]": a name that looks like an option is none so. Owned vector. */
char **storage_command(const char *verb, const char *pool, const char *volume);
/* name: of what all of it is about; NULL: each command tells of its own, and the next is run though one has failed. Else the first failure ends it. */
struct storage_task *storage_task_new(struct ui *ui, const struct storage_words *words, const char *name);
/* One command of virtty, about a pool or a volume of it (NULL). The arguments are taken over; input (may be NULL) goes to its stdin. */
void storage_task_add(struct storage_task *task, char **arguments, const char *input, const char *pool, const char *volume);
/* The same about a network; the model of networks shows that it is busy. */
void storage_task_add_network(struct storage_task *task, char **arguments, const char *input, const char *network);
/* What its commands (of a named task, the last of them) print behind their first lines is told at the end: what followed from what was done. */
void storage_task_tell_notes(struct storage_task *task);
/* Run when a command fails, but for the first: takes back what was made before it. Taken over. */
void storage_task_undo(struct storage_task *task, char **arguments);
/* Begins; the task is its own from now on. */
void storage_task_run(struct storage_task *task);
/* Begins it when the user says yes to a question (dialog_confirm()), else never. */
void storage_task_ask(struct storage_task *task, const char *title, const char *text, const char *yes);
/* One that was not begun. NULL is fine. */
void storage_task_free(struct storage_task *task);

#endif
