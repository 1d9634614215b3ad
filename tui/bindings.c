/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key tables: which key means which command on which screen, with its words for the footer and the help. */
#include "tui/bindings.h"

#include "base/gettext.h"
#include "base/memory.h"

#define TABLE(name, text) \
	const struct key_table keys_##name = { .title = (text), .bindings = name, .count = ARRAY_LENGTH(name) }

static const struct key_binding everywhere[] = {
	{ "? F1", COMMAND_HELP, N_("Help"), N_("this help") },
	{ "C-l", COMMAND_REDRAW, NULL, N_("draw the screen anew") },
	{ "C-z", COMMAND_SUSPEND, NULL, N_("back to the shell for a while ('fg' returns)") },
};
TABLE(everywhere, N_("Everywhere"));

static const struct key_binding list[] = {
	{ "Enter c F2", COMMAND_CONSOLE, N_("Console"), N_("open the machine's serial console") },
	{ "s F3", COMMAND_START, N_("Start"), N_("start the machine") },
	{ "d F4", COMMAND_SHUTDOWN, N_("Shut down"), N_("ask the guest to shut down") },
	{ "f F8", COMMAND_FORCE_OFF, N_("Force off"), N_("cut the machine's power (asks first)") },
	{ "Up k", COMMAND_UP, NULL, N_("one machine up") },
	{ "Down j", COMMAND_DOWN, NULL, N_("one machine down") },
	{ "PgUp C-b", COMMAND_PAGE_UP, NULL, N_("one page up") },
	{ "PgDn C-f", COMMAND_PAGE_DOWN, NULL, N_("one page down") },
	{ "Home g", COMMAND_FIRST, NULL, N_("the first machine") },
	{ "End G", COMMAND_LAST, NULL, N_("the last machine") },
	{ "q F10 C-c", COMMAND_QUIT, N_("Quit"), N_("leave virtty; machines run on") },
};
TABLE(list, N_("Machines"));

static const struct key_binding console[] = {
	{ "C-]", COMMAND_DETACH, N_("Leave"), N_("leave the console; the machine runs on") },
	{ "S-PgUp M-PgUp", COMMAND_SCROLL_UP, N_("Scroll"), N_("look back; the mouse wheel does too") },
	{ "S-PgDn M-PgDn", COMMAND_SCROLL_DOWN, NULL, N_("look forward") },
	{ "S-Home M-Home", COMMAND_SCROLL_FIRST, NULL, N_("the oldest line kept") },
	{ "S-End M-End", COMMAND_SCROLL_LAST, NULL, N_("back to the live screen; so does typing") },
};
TABLE(console, N_("Console"));

static const struct key_binding console_reader[] = {
	{ "C-] q Esc", COMMAND_DETACH, N_("Leave"), N_("leave the console; the machine runs on") },
	{ "X", COMMAND_TAKE_OVER, N_("Take over"), N_("type here; the other viewer then only reads") },
	{ "s F3", COMMAND_START, N_("Start"), N_("start the machine, if it is off") },
	{ "PgUp S-PgUp M-PgUp Up k", COMMAND_SCROLL_UP, N_("Scroll"), N_("look back; the mouse wheel does too") },
	{ "PgDn S-PgDn M-PgDn Down j", COMMAND_SCROLL_DOWN, NULL, N_("look forward") },
	{ "Home S-Home M-Home g", COMMAND_SCROLL_FIRST, NULL, N_("the oldest line kept") },
	{ "End S-End M-End G", COMMAND_SCROLL_LAST, NULL, N_("back to the live screen") },
};
TABLE(console_reader, N_("Console, not typing"));

static const struct key_binding message[] = {
	{ "Enter Esc Space q C-c", COMMAND_CLOSE, N_("Close"), N_("close this message") },
	{ "Up k PgUp", COMMAND_UP, NULL, N_("scroll up") },
	{ "Down j PgDn", COMMAND_DOWN, NULL, N_("scroll down") },
};
TABLE(message, N_("Message"));

static const struct key_binding confirm[] = {
	{ "Enter Space", COMMAND_ACCEPT, N_("Choose"), N_("take the choice that is marked") },
	{ "Tab Left Right h l", COMMAND_NEXT, N_("Other"), N_("mark the other choice") },
	{ "y", COMMAND_YES, N_("Yes"), N_("do it") },
	{ "n Esc q C-c", COMMAND_NO, N_("No"), N_("leave everything as it is") },
};
TABLE(confirm, N_("Question"));

static const struct key_binding help[] = {
	{ "Esc q Enter ? F1 C-c", COMMAND_CLOSE, N_("Close"), N_("close the help") },
	{ "Up k", COMMAND_UP, N_("Up"), N_("one line up") },
	{ "Down j", COMMAND_DOWN, N_("Down"), N_("one line down") },
	{ "PgUp C-b", COMMAND_PAGE_UP, NULL, N_("one page up") },
	{ "PgDn C-f Space", COMMAND_PAGE_DOWN, NULL, N_("one page down") },
	{ "Home g", COMMAND_FIRST, NULL, N_("the beginning") },
	{ "End G", COMMAND_LAST, NULL, N_("the end") },
};
TABLE(help, N_("Help"));

const struct key_table *const key_tables[] = {
	&keys_everywhere, &keys_list, &keys_console, &keys_console_reader, &keys_message, &keys_confirm, &keys_help,
};
const size_t key_table_count = ARRAY_LENGTH(key_tables);
