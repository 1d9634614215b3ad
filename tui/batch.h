/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One command of the command line for each of some machines: a few at once, their end told in one place. */
#ifndef TUI_BATCH_H
#define TUI_BATCH_H

#include "tui/model.h"
#include "tui/screen.h"

/* What is done, and how it is told. Constants: they outlive the jobs. */
struct batch_words {
	const char *verb;      /* of the command line */
	const char *option;    /* behind the machine; NULL: none */
	const char *busy;      /* the state meanwhile, N_() */
	const char *done;      /* after "NAME: ", N_() */
	const char *done_many; /* after "3 machines: ", N_() */
	const char *failed;    /* after "NAME: " or "2 of 3 machines: ", N_() */
};

struct batch_target {
	int64_t id;         /* row */
	char *name, *uuid;  /* owned */
	char **extra;       /* owned vector of further arguments; NULL: none */
	char *input;        /* owned: for its standard input; NULL: nothing */
};

/* Targets from machines of the model, by their indices; they outlive a new reading of the state. Owned array. */
struct batch_target *batch_targets(const struct model *model, const size_t *indices, size_t count);
void batch_targets_free(struct batch_target *targets, size_t count);
/* Does it; takes the targets over. left_alone: how many more the user meant, but cannot be acted on. */
void batch_run(struct ui *ui, const struct batch_words *words, struct batch_target *targets, size_t count, size_t left_alone);

#endif
