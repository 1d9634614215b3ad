/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A `virtty` command that has the terminal for a while (an editor behind it): the loop goes on, but draws nothing and reads no key. */
#ifndef TUI_FOREGROUND_H
#define TUI_FOREGROUND_H

#include "base/error.h"

struct foreground;
struct ui;

/* Gives the terminal to virtty with these arguments (argv[0] is put before them), as a process group of its own, as shells do: ^C and ^Z are its.
 * done is called once, when it has ended and the screen is back; where it failed, its words stay until a key is pressed. The userdata is freed
 * by userdata_free (may be NULL) after it, or without it when the program ends first; on failure it stays the caller's. */
bool foreground_run(struct ui *ui, const char *const *arguments, void (*done)(struct ui *ui, bool ok, void *userdata),
		    void (*userdata_free)(void *userdata), void *userdata, struct error *err);

/* ---- for the loop ---- */

/* A key was pressed: takes it while one runs. False: none does. */
bool foreground_key(struct ui *ui);
/* At the program's end: what still runs hears of a hang-up, as when its terminal goes. */
void foreground_end(struct ui *ui);

#endif
