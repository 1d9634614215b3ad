/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A viewer of a machine's console in a test: sees, waits for words, types, asks for the writer's place. */
#ifndef TESTS_HARNESS_VIEWER_H
#define TESTS_HARNESS_VIEWER_H

#include "base/error.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

struct console;

struct viewer {
	struct console *console;
	struct strbuf text; /* all that was seen */
	size_t from;        /* viewer_expect() looks behind this */
	bool writer, held, told;
	struct error err;
};

/* Opens the machine's first console; fails the test when it cannot. viewer stays where it is until viewer_close(). */
void viewer_open(struct viewer *viewer, const char *name, bool write, bool force);
void viewer_close(struct viewer *viewer);
/* Reads until text came behind what was expected before; fails the test when the time is up. */
void viewer_expect(struct viewer *viewer, const char *text, int timeout_ms);
/* Reads until the keeper has said whether we may write, and it is so. */
void viewer_expect_writer(struct viewer *viewer, bool writer, int timeout_ms);
/* Types, until all is out. */
void viewer_type(struct viewer *viewer, const char *text);

#endif
