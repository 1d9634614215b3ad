/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What to do about a console that has nothing to show. */
#ifndef TUI_CONSOLE_ADVICE_H
#define TUI_CONSOLE_ADVICE_H

struct console_session;
struct terminal;

/* Says below row top what can be done when the machine has no console, or when its guest has run for a while and said nothing; else draws nothing. */
void console_advice_draw(const struct console_session *session, struct terminal *term, int top, int rows);

#endif
