/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program on a terminal of the test's own: a pty read through libvterm, so that tests see what a person would. */
#ifndef TESTS_HARNESS_PTY_H
#define TESTS_HARNESS_PTY_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct pty;

/* How a cell looks, for tests of colours. Colours: -1 the terminal's own; 0 to 255 of the palette; 0x1000000 + RGB. */
struct pty_look {
	bool bold, reverse, underline, italic;
	int foreground, background;
};

/* Starts argv on a pty of this size. environment: NAME=VALUE texts set in the child, NULL-terminated; a bare NAME is unset. Fails the test when it
 * cannot. */
struct pty *pty_start(const char *const *argv, const char *const *environment, int rows, int columns);
/* Are ^C, ^\ and ^Z signals on terminals made from now on, while the program there has them cooked? As usual they are. A test that types at random
 * would otherwise cut short the last words of a program that has ended already. */
void pty_typed_signals(bool on);
/* Kills the program if it still runs, and reaps it. NULL is fine. */
void pty_free(struct pty *pty);
pid_t pty_pid(const struct pty *pty);

/* Types. */
void pty_send(struct pty *pty, const char *bytes);
void pty_resize(struct pty *pty, int rows, int columns);
/* Takes the terminal away: the program reads an end and gets SIGHUP. */
void pty_hang_up(struct pty *pty);

/* Reads for at most timeout_ms, or until there was something. False at the end of the program's output. */
bool pty_read(struct pty *pty, int timeout_ms);
/* Reads until the screen holds the text, or holds it no more; fails the test, showing the screen, when the time (20 s) is up. */
void pty_expect(struct pty *pty, const char *text);
void pty_expect_gone(struct pty *pty, const char *text);
/* As pty_expect(), for what takes longer by itself: a guest's boot, the derivation of a key. */
void pty_expect_for(struct pty *pty, const char *text, int timeout_ms);
/* Reads until the text's first place is in this row: a screen that is drawn anew may be read in pieces. */
void pty_expect_row(struct pty *pty, const char *text, int row);
/* Types, and reads as those do. */
void pty_press(struct pty *pty, const char *keys, const char *text);
void pty_press_gone(struct pty *pty, const char *keys, const char *text);
/* Reads until the cursor is shown at this place. */
void pty_expect_cursor(struct pty *pty, int row, int column);
void pty_expect_background(struct pty *pty, int row, int column, int background);
/* Reads until the screen is what tests/terminal/golden/NAME.txt says; VIRTTY_REGENERATE=1 writes that file instead, once nothing more comes. */
void pty_expect_golden(struct pty *pty, const char *name);
/* Takes out of screens what differs from host to host, before they are compared and written. */
void pty_edit_golden(struct pty *pty, void (*edit)(char *screen));
/* Waits for the program's end. Its exit status, 128 + signal; fails the test when the time (20 s) is up. */
int pty_expect_exit(struct pty *pty);
/* Types "q", after which the program ends well and has left the terminal as it was. Frees. */
void pty_quit(struct pty *pty);
/* The same by SIGTERM, wherever in the program one is. */
void pty_terminate(struct pty *pty);

/* The screen: rows ended by newlines, blanks at their ends cut. Owned. */
char *pty_screen(const struct pty *pty);
struct pty_look pty_look(const struct pty *pty, int row, int column);
/* Where text first is on the screen, by cells; false when it is not there. */
bool pty_find(const struct pty *pty, const char *text, int *ret_row, int *ret_column);
void pty_cursor(const struct pty *pty, int *ret_row, int *ret_column);
bool pty_cursor_shown(const struct pty *pty);
bool pty_alternate(const struct pty *pty);
bool pty_mouse(const struct pty *pty);
/* The terminal's modes are those it began with (echo, line mode). */
bool pty_modes_restored(const struct pty *pty);
/* Every byte that the program has written, to be searched for what must not be there. */
const struct strbuf *pty_bytes(const struct pty *pty);
size_t pty_bytes_count(const struct pty *pty);

#endif
