/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A real guest's screen, read by text recovery, and compared with what is known to be on it. */
#ifndef TESTS_HARNESS_READING_H
#define TESTS_HARNESS_READING_H

#include "screen/recover.h"
#include "tests/harness/qemu.h"

/* Reads the installed fonts, once for all tests of a program: before suite_main(), since every test is a process of its own. */
void reading_begin(void);
void reading_end(void);

/* What must be on the screen, or on a part of it. */
struct expected {
	unsigned columns, rows;
	uint32_t *characters; /* owned; 0: that cell is not compared */
};
#define _cleanup_expected_ __attribute__((cleanup(expected_clear)))
struct expected expected_new(unsigned columns, unsigned rows);
void expected_clear(struct expected *expected);
uint32_t *expected_at(const struct expected *expected, unsigned row, unsigned column);
/* Puts text into a row from a column on; a wide character leaves its second cell uncompared. */
void expected_put(struct expected *expected, unsigned row, unsigned column, const char *text);

/* A guest being looked at. */
struct view {
	struct qemu qemu;
	struct recover *recover; /* owned */
};
struct view view_start(const char *directory, const char *name, const char *const *arguments);
void view_end(struct view *view);
void view_update(struct view *view);
/* The character in a cell; 0 where there is none. */
uint32_t cell_character(const struct view *view, unsigned row, unsigned column);

/* Where a text of ASCII stands. */
struct place {
	unsigned row, column;
};
bool find_text(const struct view *view, const char *text, struct place *ret);
/* Waits until the guest's screen holds a text; fails the test, with the last screen, when the time is up. */
struct place wait_text(struct view *view, const char *text, int timeout_ms);

struct score {
	unsigned cells, known, wrong; /* cells of text, those that were read right, and any that were read as something else */
};
/* Compares a part of the screen; says what is wrong of it when it is given a name to say it of. */
struct score judge(const struct view *view, const struct expected *expected, struct place place, const char *say);
/* Compares, prints a line of the table, and fails the test when it is not as exact as it must be. */
void compare(const struct view *view, const char *name, const struct expected *expected, struct place place);

#endif
