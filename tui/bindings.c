/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key tables: which key means which command on which screen, with its words for the footer and the help. */
#include "tui/bindings.h"

#include "base/gettext.h"
#include "base/memory.h"

#define TABLE(id, text) \
	const struct key_table keys_##id = { .name = #id, .title = (text), .bindings = id, .count = ARRAY_LENGTH(id) }

static const struct key_binding everywhere[] = {
	{ "? F1", COMMAND_HELP, N_("Help"), N_("this help") },
	{ "C-l", COMMAND_REDRAW, NULL, N_("draw the screen anew") },
	{ "C-z", COMMAND_SUSPEND, NULL, N_("back to the shell for a while ('fg' returns)") },
};
TABLE(everywhere, N_("Everywhere"));

#define ROW_JOBS { "J F12", COMMAND_JOBS, N_("Jobs"), N_("what is being copied, converted or made, and what was") }
#define ROW_COPY_SSH { "y", COMMAND_COPY_SSH, NULL, N_("copy 'ssh ADDRESS' of the machine, also to the clipboard (OSC 52)") }

/* On 80 columns the footer has room for those up to 'q', by a hair: what a newcomer looks for. */
static const struct key_binding list[] = {
	{ "c Enter F2", COMMAND_CONSOLE, N_("Console"), N_("its serial console, or the screen if it has none ('c': open)") },
	{ "n F7", COMMAND_NEW, N_("New"), N_("make a new machine") },
	{ "s F3", COMMAND_START, N_("Start"), N_("start the machine") },
	{ "d F4", COMMAND_SHUTDOWN, N_("Stop"), N_("ask the guest to shut down") },
	{ "i F5", COMMAND_DETAILS, N_("Details"), N_("its devices, events, XML and notes") },
	{ "S F11", COMMAND_STORAGE, N_("Storage"), N_("pools and volumes: disks of machines, and room for more") },
	{ "N", COMMAND_NETWORKS, N_("Nets"), N_("networks: who is on them, their leases, forwards and traffic") },
	{ "q F10 C-c", COMMAND_QUIT, N_("Quit"), N_("leave virtty; machines run on") },
	{ "/", COMMAND_FILTER, N_("Filter"), N_("show only those with words in name, title, state or address") },
	{ "v F9", COMMAND_VIEW, N_("Screen"), N_("open the machine's graphical screen") },
	{ "p", COMMAND_PAUSE, N_("Pause"), N_("let the machine stand still, or go on") },
	{ "r", COMMAND_REBOOT, N_("Reboot"), N_("ask the guest to reboot") },
	{ "R", COMMAND_RESET, N_("Reset"), N_("press the machine's reset button (asks first)") },
	{ "f F8", COMMAND_FORCE_OFF, N_("Force off"), N_("cut the machine's power (asks first)") },
	{ "D Del", COMMAND_DELETE, N_("Delete"), N_("delete it, on demand with its disks (asks first)") },
	{ "m F6", COMMAND_RENAME, N_("Rename"), N_("give the machine another name") },
	{ "a", COMMAND_AUTOSTART, N_("Autostart"), N_("start it with the host ('A' shows it), or no longer") },
	{ "A", COMMAND_AUTOSTART_WHEN, NULL, N_("when it starts with the host: order and delay") },
	ROW_COPY_SSH,
	ROW_JOBS,
	{ "Space Ins", COMMAND_MARK, N_("Mark"), N_("mark it, or not: the above then acts on all marked") },
	{ "*", COMMAND_MARK_INVERT, NULL, N_("mark those that are not, and unmark those that are") },
	{ "u", COMMAND_UNMARK, NULL, N_("mark none") },
	{ "P", COMMAND_PREVIEW, NULL, N_("show what the machine shows beside the list, or no longer") },
	{ "o", COMMAND_SORT, N_("Sort"), N_("sort by the next column (or click on its title)") },
	{ "O", COMMAND_SORT_REVERSE, NULL, N_("sort the other way round") },
	{ "Esc", COMMAND_UNFILTER, NULL, N_("show all machines again") },
	{ "Up k", COMMAND_UP, NULL, N_("one machine up") },
	{ "Down j", COMMAND_DOWN, NULL, N_("one machine down") },
	{ "PgUp C-b", COMMAND_PAGE_UP, NULL, N_("one page up") },
	{ "PgDn C-f", COMMAND_PAGE_DOWN, NULL, N_("one page down") },
	{ "Home g", COMMAND_FIRST, NULL, N_("the first machine") },
	{ "End G", COMMAND_LAST, NULL, N_("the last machine") },
};
TABLE(list, N_("Machines"));

/* by their numbers, where several are open */
#define ROWS_CONSOLE_TABS \
	{ "Tab n Right", COMMAND_TAB_NEXT, N_("Next tab"), N_("the next console that is open") }, \
		{ "S-Tab p Left", COMMAND_TAB_PREVIOUS, NULL, N_("the console before") }, \
		{ "1", COMMAND_TAB_1, NULL, N_("the first console; 2 to 9 likewise") }, \
		{ "2", COMMAND_TAB_2, NULL, N_("the second console") }, { "3", COMMAND_TAB_3, NULL, N_("the third console") }, \
		{ "4", COMMAND_TAB_4, NULL, N_("the fourth console") }, { "5", COMMAND_TAB_5, NULL, N_("the fifth console") }, \
		{ "6", COMMAND_TAB_6, NULL, N_("the sixth console") }, { "7", COMMAND_TAB_7, NULL, N_("the seventh console") }, \
		{ "8", COMMAND_TAB_8, NULL, N_("the eighth console") }, { "9", COMMAND_TAB_9, NULL, N_("the ninth console") }

static const struct key_binding console[] = {
	{ "C-]", COMMAND_DETACH, N_("Leave"), N_("leave the console; the machine runs on, and the console stays open") },
	{ "C-\\", COMMAND_CONSOLE_MENU, N_("Menu"), N_("all else: search, copy, paste, tabs, break, the window's size") },
	{ "C-^", COMMAND_OTHER_KIND, NULL, N_("the machine's screen, and back to this console") },
	{ "S-PgUp M-PgUp", COMMAND_SCROLL_UP, N_("Scroll"), N_("look back; the mouse wheel does too") },
	{ "S-PgDn M-PgDn", COMMAND_SCROLL_DOWN, NULL, N_("look forward") },
	{ "S-Home M-Home", COMMAND_SCROLL_FIRST, NULL, N_("the oldest line kept") },
	{ "S-End M-End", COMMAND_SCROLL_LAST, NULL, N_("back to the live screen; so does typing") },
};
TABLE(console, N_("Console"));

static const struct key_binding console_menu[] = {
	{ "/", COMMAND_SEARCH, N_("Search"), N_("search back in what the console has said") },
	{ "c [", COMMAND_COPY_MODE, N_("Copy"), N_("look back with a cursor, mark and copy") },
	{ "v", COMMAND_PASTE, N_("Paste"), N_("type what was copied") },
	ROWS_CONSOLE_TABS,
	{ "x", COMMAND_TAB_CLOSE, N_("Close"), N_("close this console; the machine runs on") },
	ROW_COPY_SSH,
	{ "s", COMMAND_SEND_SIZE, N_("Size"), N_("tell the guest's shell the size of this window (stty)") },
	{ "b", COMMAND_SEND_BREAK, N_("Break"), N_("send a break (SysRq on a Linux console)") },
	{ "C-] ]", COMMAND_SEND_DETACH, N_("Send ^]"), N_("send ^] to the guest") },
	{ "C-\\ \\", COMMAND_SEND_MENU, NULL, N_("send ^\\ to the guest") },
	{ "C-^ ^", COMMAND_SEND_OTHER_KIND, NULL, N_("send ^^ to the guest") },
	{ "g", COMMAND_OTHER_KIND, N_("Screen"), N_("the machine's graphical screen (so does ^^ without this menu)") },
	{ "o", COMMAND_OTHER_CONSOLE, NULL, N_("another console of this machine, where it has several") },
	{ "X", COMMAND_TAKE_OVER, NULL, N_("type here, if another viewer does") },
	{ "q", COMMAND_DETACH, NULL, N_("leave the console") },
	{ "Esc C-c", COMMAND_CLOSE, N_("Back"), N_("back to the console") },
};
TABLE(console_menu, N_("Console: menu"));

static const struct key_binding console_copy[] = {
	{ "v Space", COMMAND_MARK, N_("Mark"), N_("mark from here; again: mark nothing") },
	{ "V", COMMAND_MARK_LINES, N_("Lines"), N_("mark whole lines") },
	{ "y Enter", COMMAND_COPY, N_("Copy"), N_("copy what is marked, also to the clipboard (OSC 52)") },
	{ "/", COMMAND_SEARCH, N_("Search"), N_("search back; small letters find capitals too") },
	{ "n", COMMAND_SEARCH_NEXT, N_("Next"), N_("the next place found, further back") },
	{ "N", COMMAND_SEARCH_PREVIOUS, NULL, N_("the place found before") },
	{ "Esc q C-c", COMMAND_CLOSE, N_("End"), N_("back to the live screen") },
	{ "Up k", COMMAND_UP, NULL, N_("one line up") },
	{ "Down j", COMMAND_DOWN, NULL, N_("one line down") },
	{ "Left h", COMMAND_LEFT, NULL, N_("one column left") },
	{ "Right l", COMMAND_RIGHT, NULL, N_("one column right") },
	{ "w", COMMAND_WORD_NEXT, NULL, N_("the next word") },
	{ "b", COMMAND_WORD_BACK, NULL, N_("the word before") },
	{ "Home 0 ^", COMMAND_LINE_BEGIN, NULL, N_("the line's beginning") },
	{ "End $", COMMAND_LINE_END, NULL, N_("the line's end") },
	{ "PgUp C-b S-PgUp M-PgUp", COMMAND_PAGE_UP, NULL, N_("one page up") },
	{ "PgDn C-f S-PgDn M-PgDn", COMMAND_PAGE_DOWN, NULL, N_("one page down") },
	{ "g S-Home M-Home", COMMAND_FIRST, NULL, N_("the oldest line kept") },
	{ "G S-End M-End", COMMAND_LAST, NULL, N_("the last line") },
	{ "C-]", COMMAND_DETACH, NULL, N_("leave the console") },
};
TABLE(console_copy, N_("Console: copying"));

static const struct key_binding console_reader[] = {
	{ "C-] q Esc", COMMAND_DETACH, N_("Leave"), N_("leave the console; the machine runs on") },
	{ "X", COMMAND_TAKE_OVER, N_("Take over"), N_("type here; the other viewer then only reads") },
	{ "s F3", COMMAND_START, N_("Start"), N_("start the machine, if it is off") },
	{ "C-\\ m", COMMAND_CONSOLE_MENU, N_("Menu"), N_("all else: paste, tabs, close") },
	{ "C-^", COMMAND_OTHER_KIND, NULL, N_("the machine's screen, and back to this console") },
	{ "/", COMMAND_SEARCH, NULL, N_("search back in what the console has said") },
	{ "c v [", COMMAND_COPY_MODE, NULL, N_("look back with a cursor, mark and copy") },
	{ "PgUp S-PgUp M-PgUp Up k", COMMAND_SCROLL_UP, N_("Scroll"), N_("look back; the mouse wheel does too") },
	{ "PgDn S-PgDn M-PgDn Down j", COMMAND_SCROLL_DOWN, NULL, N_("look forward") },
	{ "Home S-Home M-Home g", COMMAND_SCROLL_FIRST, NULL, N_("the oldest line kept") },
	{ "End S-End M-End G", COMMAND_SCROLL_LAST, NULL, N_("back to the live screen") },
};
TABLE(console_reader, N_("Console, not typing"));

#define ROWS_VIEW \
	{ "C-]", COMMAND_DETACH, N_("Leave"), N_("leave the screen; the machine runs on, and the tab stays open") }, \
		{ "C-\\", COMMAND_CONSOLE_MENU, N_("Menu"), N_("all else: keys, text or picture, zoom, mouse, search, copy, paste, tabs") }, \
		{ "C-^", COMMAND_OTHER_KIND, NULL, N_("the machine's serial console, and back to this screen") }

static const struct key_binding view[] = { ROWS_VIEW };
TABLE(view, N_("Screen"));

static const struct key_binding view_large[] = {
	ROWS_VIEW,
	{ "S-Up", COMMAND_SCROLL_UP, N_("Scroll"), N_("look further up, in a screen that is larger than this window") },
	{ "S-Down", COMMAND_SCROLL_DOWN, NULL, N_("look further down; the mouse wheel does too") },
	{ "S-Left", COMMAND_SCROLL_LEFT, NULL, N_("look further left") },
	{ "S-Right", COMMAND_SCROLL_RIGHT, NULL, N_("look further right") },
	{ "S-Home", COMMAND_SCROLL_FIRST, NULL, N_("look at the upper left corner") },
	{ "S-End", COMMAND_SCROLL_LAST, NULL, N_("look at the guest's cursor again; so does typing") },
};
TABLE(view_large, N_("Screen, larger than the window"));

static const struct key_binding view_menu[] = {
	{ "d", COMMAND_SEND_CAD, N_("Ctrl-Alt-Del"), N_("press Ctrl-Alt-Del") },
	{ "k", COMMAND_SEND_KEYS, N_("Keys"), N_("keys that a terminal has not: Ctrl-Alt-F1, Super, Print, SysRq, any by name") },
	{ "t", COMMAND_VIEW_MODE, N_("Text/picture"), N_("show text, a picture, or what fits (at first)") },
	{ "/", COMMAND_SEARCH, N_("Search"), N_("search in the text on the screen") },
	{ "c [", COMMAND_COPY_MODE, N_("Copy"), N_("mark and copy text with a cursor; the screen stands still meanwhile") },
	{ "v", COMMAND_PASTE, N_("Paste"), N_("type what was copied, on the guest's keyboard") },
	{ "+", COMMAND_ZOOM_IN, N_("Zoom"), N_("a picture: show half of it, larger; Shift and arrows move") },
	{ "-", COMMAND_ZOOM_OUT, NULL, N_("a picture: show twice as much") },
	{ "=", COMMAND_ZOOM_PIXELS, NULL, N_("a picture: pixel by pixel, where the terminal says how large its cells are") },
	{ "0", COMMAND_ZOOM_ALL, NULL, N_("a picture: all of it again") },
	{ "M", COMMAND_MOUSE, N_("Mouse"), N_("the mouse is the guest's (in a picture at first), or marks text (in text at first)") },
	ROWS_CONSOLE_TABS,
	{ "g", COMMAND_OTHER_KIND, N_("Console"), N_("the machine's serial console (so does ^^ without this menu)") },
	{ "x", COMMAND_TAB_CLOSE, N_("Close"), N_("close this tab; the machine runs on") },
	{ "y", COMMAND_CLIPBOARD_TERMINAL, NULL, N_("offer what was copied last to the terminal's clipboard (OSC 52)") },
	{ "Y", COMMAND_CLIPBOARD_GUEST, NULL, N_("give what was copied last to the guest's clipboard") },
	{ "r", COMMAND_RETRY, NULL, N_("connect anew, and read the whole screen again") },
	{ "C-] ]", COMMAND_SEND_DETACH, NULL, N_("press ^]") },
	{ "C-\\ \\", COMMAND_SEND_MENU, NULL, N_("press ^\\") },
	{ "C-^ ^", COMMAND_SEND_OTHER_KIND, NULL, N_("press ^^") },
	{ "q", COMMAND_DETACH, NULL, N_("leave the screen") },
	{ "Esc C-c", COMMAND_CLOSE, N_("Back"), N_("back to the screen") },
};
TABLE(view_menu, N_("Screen: menu"));

static const struct key_binding view_keys[] = {
	{ "1", COMMAND_SEND_F1, N_("Ctrl-Alt-F1"), N_("press Ctrl-Alt-F1; the others likewise (F1 is this help)") },
	{ "F2 2", COMMAND_SEND_F2, NULL, N_("press Ctrl-Alt-F2") },
	{ "F3 3", COMMAND_SEND_F3, NULL, N_("press Ctrl-Alt-F3") },
	{ "F4 4", COMMAND_SEND_F4, NULL, N_("press Ctrl-Alt-F4") },
	{ "F5 5", COMMAND_SEND_F5, NULL, N_("press Ctrl-Alt-F5") },
	{ "F6 6", COMMAND_SEND_F6, NULL, N_("press Ctrl-Alt-F6") },
	{ "F7 7", COMMAND_SEND_F7, NULL, N_("press Ctrl-Alt-F7") },
	{ "F8 8", COMMAND_SEND_F8, NULL, N_("press Ctrl-Alt-F8") },
	{ "F9 9", COMMAND_SEND_F9, NULL, N_("press Ctrl-Alt-F9") },
	{ "F10 0", COMMAND_SEND_F10, NULL, N_("press Ctrl-Alt-F10") },
	{ "F11", COMMAND_SEND_F11, NULL, N_("press Ctrl-Alt-F11") },
	{ "F12", COMMAND_SEND_F12, NULL, N_("press Ctrl-Alt-F12") },
	{ "d Del", COMMAND_SEND_CAD, N_("Ctrl-Alt-Del"), N_("press Ctrl-Alt-Del") },
	{ "s", COMMAND_SEND_SUPER, N_("Super"), N_("press the Super (Windows) key") },
	{ "p", COMMAND_SEND_PRINT, N_("Print"), N_("press Print") },
	{ "u", COMMAND_SEND_PAUSE, N_("Pause"), N_("press Pause") },
	{ "m", COMMAND_SEND_MENU_KEY, N_("Menu"), N_("press the Menu key") },
	{ "l", COMMAND_SEND_CAPS_LOCK, NULL, N_("press Caps Lock") },
	{ "r", COMMAND_SEND_SYSRQ, N_("SysRq"), N_("press Alt-SysRq with the key that comes next") },
	{ ":", COMMAND_COMPOSE, N_("By name"), N_("press keys by their names: ctrl-alt-f2") },
	{ "Esc q C-c", COMMAND_CLOSE, N_("Back"), N_("back to the screen") },
};
TABLE(view_keys, N_("Screen: keys that a terminal has not"));

static const struct key_binding view_sysrq[] = {
	{ "Esc C-c", COMMAND_CLOSE, N_("Back"), N_("press nothing") },
};
TABLE(view_sysrq, N_("Screen: the key for Alt-SysRq (h: the guest's help, s: sync, b: reboot at once)"));

static const struct key_binding view_idle[] = {
	{ "C-] q Esc", COMMAND_DETACH, N_("Leave"), N_("leave the screen; the tab stays open") },
	{ "s F3", COMMAND_START, N_("Start"), N_("start the machine, if it is off") },
	{ "r", COMMAND_RETRY, N_("Try again"), N_("connect to the machine's screen now") },
	{ "C-\\ m", COMMAND_CONSOLE_MENU, N_("Menu"), N_("all else: search, copy, tabs, close") },
	{ "C-^ g", COMMAND_OTHER_KIND, N_("Console"), N_("the machine's serial console, and back to this screen") },
	{ "/", COMMAND_SEARCH, NULL, N_("search in the text that the screen showed last") },
	{ "c [", COMMAND_COPY_MODE, NULL, N_("mark and copy text that the screen showed last") },
};
TABLE(view_idle, N_("Screen, not connected"));

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
	{ "Up k PgUp", COMMAND_UP, NULL, N_("scroll up") },
	{ "Down j PgDn", COMMAND_DOWN, NULL, N_("scroll down") },
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

/* Where letters are typed, '?' is one of them: such a screen grabs the keyboard and has these rows of its own. */
#define ROWS_EVERYWHERE \
	{ "F1", COMMAND_HELP, N_("Help"), N_("this help") }, { "C-l", COMMAND_REDRAW, NULL, N_("draw the screen anew") }, \
		{ "C-z", COMMAND_SUSPEND, NULL, N_("back to the shell for a while ('fg' returns)") }

/* where letters filter, they move no row */
#define ROWS_UP_DOWN \
	{ "Up", COMMAND_UP, NULL, N_("one up") }, { "Down", COMMAND_DOWN, NULL, N_("one down") }, \
		{ "PgUp", COMMAND_PAGE_UP, NULL, N_("one page up") }, { "PgDn", COMMAND_PAGE_DOWN, NULL, N_("one page down") }

#define ROW_NO_CHOICE { "Esc C-c", COMMAND_CLOSE, N_("Cancel"), N_("back without a choice") }

#define ROWS_EDIT \
	{ "Backspace C-h", COMMAND_ERASE, NULL, N_("erase the character before the cursor") }, \
		{ "Del C-d", COMMAND_ERASE_NEXT, NULL, N_("erase the character at the cursor") }, \
		{ "C-w", COMMAND_ERASE_WORD, NULL, N_("erase the word before the cursor") }, \
		{ "C-u", COMMAND_ERASE_LINE, NULL, N_("erase all before the cursor") }

#define ROWS_FORM(accept, accept_help) \
	{ "Enter", COMMAND_ACCEPT, accept, accept_help }, \
		{ "PgUp M-Left", COMMAND_PAGE_BACK, N_("Back"), N_("the page before; what was typed stays") }, \
		{ "PgDn M-Right", COMMAND_PAGE_FORWARD, NULL, N_("the next page") }, \
		{ "Tab Down", COMMAND_NEXT, N_("Field"), N_("the next field") }, \
		{ "S-Tab Up", COMMAND_PREVIOUS, NULL, N_("the field before") }, \
		{ "F2", COMMAND_BROWSE, N_("Choose"), N_("choose a file for a path, or what the network card is joined to") }, \
		{ "Left", COMMAND_LEFT, NULL, N_("the choice before; in a text, one character left") }, \
		{ "Right", COMMAND_RIGHT, N_("Change"), N_("the next choice (so does Space); in a text, one character right; takes a proposal") }, \
		{ "Home C-a", COMMAND_FIRST, NULL, N_("the beginning of a text; the first choice") }, \
		{ "End C-e", COMMAND_LAST, NULL, N_("the end of a text; the last choice") }, ROWS_EDIT, \
		{ "Esc C-c", COMMAND_CLOSE, N_("Cancel"), N_("leave; asks when something was typed") }, ROWS_EVERYWHERE

static const struct key_binding form[] = { ROWS_FORM(N_("Next"), N_("the next page")) };
TABLE(form, N_("New machine"));

static const struct key_binding form_last[] = { ROWS_FORM(N_("Create"), N_("create the machine, start it and open its console")) };
TABLE(form_last, N_("New machine: summary"));

static const struct key_binding form_busy[] = {
	{ "Esc C-c", COMMAND_CLOSE, N_("Cancel"), N_("give it up: what was made so far is taken back") },
	ROWS_EVERYWHERE,
};
TABLE(form_busy, N_("New machine: being made"));

static const struct key_binding files[] = {
	{ "Enter", COMMAND_ACCEPT, N_("Choose"), N_("choose the file, open the directory, or go to the path typed") },
	ROWS_UP_DOWN,
	{ "Home", COMMAND_FIRST, NULL, N_("the first") },
	{ "End", COMMAND_LAST, NULL, N_("the last") },
	{ "Left M-Up", COMMAND_PARENT, N_("Up"), N_("the directory above; so does Backspace when nothing is typed") },
	{ "Right", COMMAND_RIGHT, NULL, N_("open the directory") },
	{ "F3", COMMAND_ALL_FILES, N_("All files"), N_("show files of every kind, or images only") },
	{ "F4", COMMAND_HIDDEN_FILES, N_("Hidden"), N_("show hidden files, or not") },
	ROWS_EDIT,
	ROW_NO_CHOICE,
	ROWS_EVERYWHERE,
};
TABLE(files, N_("Files: letters filter, a path is gone to"));

static const struct key_binding isos[] = {
	{ "Enter", COMMAND_ACCEPT, N_("Choose"), N_("take this ISO") },
	{ "F2", COMMAND_BROWSE, N_("Files"), N_("look through files for another one") },
	ROWS_UP_DOWN,
	{ "Home", COMMAND_FIRST, NULL, N_("the first") },
	{ "End", COMMAND_LAST, NULL, N_("the last") },
	ROWS_EDIT,
	ROW_NO_CHOICE,
	ROWS_EVERYWHERE,
};
TABLE(isos, N_("ISOs: letters filter"));

#define ROWS_LINE \
	{ "Left", COMMAND_LEFT, NULL, N_("one character left") }, { "Right", COMMAND_RIGHT, NULL, N_("one character right") }, \
		{ "Home C-a", COMMAND_FIRST, NULL, N_("the beginning of what was typed") }, \
		{ "End C-e", COMMAND_LAST, NULL, N_("its end") }, ROWS_EDIT

static const struct key_binding filter[] = {
	{ "Enter", COMMAND_ACCEPT, N_("Keep"), N_("back to the list of what was found") },
	{ "Esc C-c", COMMAND_CLOSE, N_("All"), N_("show all of them again") },
	ROWS_UP_DOWN,
	ROWS_LINE,
	ROWS_EVERYWHERE,
};
TABLE(filter, N_("Filter: words that must all be found"));

static const struct key_binding prompt[] = {
	{ "Enter", COMMAND_ACCEPT, N_("Take"), N_("take what was typed") },
	{ "Esc C-c", COMMAND_CLOSE, N_("Cancel"), N_("leave everything as it is") },
	ROWS_LINE,
	ROWS_EVERYWHERE,
};
TABLE(prompt, N_("A line to type"));

#define ROWS_FORM_SMALL \
	{ "Enter", COMMAND_ACCEPT, N_("Take"), N_("do what is said here") }, { "Tab Down", COMMAND_NEXT, N_("Field"), N_("the next field") }, \
		{ "S-Tab Up", COMMAND_PREVIOUS, NULL, N_("the field before") }, \
		{ "Left", COMMAND_LEFT, NULL, N_("the choice before; in a text, one character left") }, \
		{ "Right", COMMAND_RIGHT, N_("Change"), N_("the next choice (so does Space); in a text, one character right; takes a proposal") }, \
		{ "Home C-a", COMMAND_FIRST, NULL, N_("the beginning of a text; the first choice") }, \
		{ "End C-e", COMMAND_LAST, NULL, N_("the end of a text; the last choice") }, ROWS_EDIT, \
		{ "Esc C-c", COMMAND_CLOSE, N_("Cancel"), N_("leave everything as it is") }, ROWS_EVERYWHERE

static const struct key_binding form_small[] = { ROWS_FORM_SMALL };
TABLE(form_small, N_("Form"));

static const struct key_binding form_files[] = {
	{ "F2", COMMAND_BROWSE, N_("Choose"), N_("choose a volume or a file for this field") },
	ROWS_FORM_SMALL,
};
TABLE(form_files, N_("Form with files"));

static const struct key_binding delete[] = {
	{ "Space", COMMAND_MARK, N_("Tick"), N_("delete this disk too, or not") },
	{ "Enter", COMMAND_ACCEPT, N_("Choose"), N_("tick the disk, or take the choice that is marked") },
	{ "Up k S-Tab Left", COMMAND_UP, NULL, N_("the disk or choice before") },
	{ "Down j Tab Right", COMMAND_DOWN, N_("Next"), N_("the next disk or choice") },
	{ "PgUp", COMMAND_PAGE_UP, NULL, N_("scroll the text up") },
	{ "PgDn", COMMAND_PAGE_DOWN, NULL, N_("scroll the text down") },
	{ "a", COMMAND_MARK_INVERT, N_("All"), N_("tick all disks that may be deleted, or none") },
	{ "y", COMMAND_YES, N_("Delete"), N_("delete the machine and the disks that are ticked") },
	{ "n Esc q C-c", COMMAND_NO, N_("Cancel"), N_("leave everything as it is") },
};
TABLE(delete, N_("Delete"));

/* the list's keys, for the machine whose details are shown */
#define ROWS_MACHINE \
	{ "c F2", COMMAND_CONSOLE, N_("Console"), N_("open the machine's serial console, or its screen when it has none") }, \
		{ "v F9", COMMAND_VIEW, NULL, N_("open the machine's graphical screen") }, \
		ROW_COPY_SSH, \
		{ "s F3", COMMAND_START, N_("Start"), N_("start the machine") }, \
		{ "d F4", COMMAND_SHUTDOWN, N_("Stop"), N_("ask the guest to shut down") }, \
		{ "f F8", COMMAND_FORCE_OFF, N_("Force off"), N_("cut the machine's power (asks first)") }, \
		{ "p", COMMAND_PAUSE, NULL, N_("let the machine stand still, or go on") }, \
		{ "r", COMMAND_REBOOT, NULL, N_("ask the guest to reboot") }, \
		{ "R", COMMAND_RESET, NULL, N_("press the machine's reset button (asks first)") }, \
		{ "a", COMMAND_AUTOSTART, NULL, N_("start it with the host, or no longer") }, \
		{ "A", COMMAND_AUTOSTART_WHEN, NULL, N_("when it starts with the host: order and delay") }, \
		{ "m F6", COMMAND_RENAME, NULL, N_("give the machine another name") }, \
		{ "D Del", COMMAND_DELETE, NULL, N_("delete it, on demand with its disks (asks first)") }

#define ROWS_DETAILS(edit, edit_help) \
	{ "e", COMMAND_EDIT, edit, edit_help }, { "Esc q C-c", COMMAND_CLOSE, N_("Back"), N_("back to the list") }

#define ROWS_TABS \
	{ "Tab Right", COMMAND_TAB_NEXT, N_("Next tab"), N_("the next tab") }, \
		{ "S-Tab Left", COMMAND_TAB_PREVIOUS, NULL, N_("the tab before") }, \
		{ "1", COMMAND_TAB_1, NULL, N_("what the machine is, and how it is") }, \
		{ "2", COMMAND_TAB_2, NULL, N_("its devices") }, { "3", COMMAND_TAB_3, NULL, N_("what has happened to it") }, \
		{ "4", COMMAND_TAB_4, NULL, N_("its XML") }, { "5", COMMAND_TAB_5, NULL, N_("notes on it") }

#define ROW_SEARCH { "/", COMMAND_SEARCH, N_("Search"), N_("search as you type; small letters find capitals too") }

#define ROWS_TEXT \
	{ "n", COMMAND_SEARCH_NEXT, NULL, N_("the next place found") }, \
		{ "N", COMMAND_SEARCH_PREVIOUS, NULL, N_("the place found before") }, \
		{ "Up k", COMMAND_UP, NULL, N_("one line up") }, { "Down j", COMMAND_DOWN, NULL, N_("one line down") }, \
		{ "PgUp C-b", COMMAND_PAGE_UP, NULL, N_("one page up") }, \
		{ "PgDn C-f Space", COMMAND_PAGE_DOWN, NULL, N_("one page down") }, \
		{ "Home g", COMMAND_FIRST, NULL, N_("the beginning") }, { "End G", COMMAND_LAST, NULL, N_("the end") }

static const struct key_binding details[] = {
	ROWS_DETAILS(N_("Edit XML"), N_("edit the definition in $VISUAL, $EDITOR or vi; it is checked before it is stored")),
	ROWS_MACHINE,
	ROWS_TABS,
	ROW_SEARCH,
	ROWS_TEXT,
};
TABLE(details, N_("Details"));

static const struct key_binding details_devices[] = {
	{ "Enter", COMMAND_OPEN, N_("Show"), N_("all that is known of the device") },
	{ "n F7", COMMAND_NEW_CARD, N_("Add card"), N_("add a network card, also while the machine runs") },
	{ "E", COMMAND_CHANGE_DEVICE, N_("Change"), N_("a network card: what it is joined to, its cable; a drive: its medium") },
	{ "x", COMMAND_TAKE_OUT, N_("Take out"), N_("a network card, or the medium of a drive (asks first)") },
	ROWS_DETAILS(N_("Edit XML"), N_("edit the definition in $VISUAL, $EDITOR or vi; it is checked before it is stored")),
	ROWS_MACHINE,
	ROWS_TABS,
	{ "Up k", COMMAND_UP, NULL, N_("one device up") },
	{ "Down j", COMMAND_DOWN, NULL, N_("one device down") },
	{ "PgUp C-b", COMMAND_PAGE_UP, NULL, N_("one page up") },
	{ "PgDn C-f Space", COMMAND_PAGE_DOWN, NULL, N_("one page down") },
	{ "Home g", COMMAND_FIRST, NULL, N_("the first device") },
	{ "End G", COMMAND_LAST, NULL, N_("the last device") },
};
TABLE(details_devices, N_("Details: devices"));

static const struct key_binding details_xml[] = {
	ROWS_DETAILS(N_("Edit"), N_("edit the definition in $VISUAL, $EDITOR or vi; it is checked before it is stored")),
	{ "t", COMMAND_WHICH, N_("Running/stored"), N_("of a machine that runs: what runs now, or what is stored for its next start") },
	ROW_SEARCH,
	ROWS_MACHINE,
	ROWS_TABS,
	ROWS_TEXT,
	{ "l S-Right", COMMAND_RIGHT, NULL, N_("look at the right of long lines") },
	{ "h S-Left", COMMAND_LEFT, NULL, N_("look at the left again") },
	{ "#", COMMAND_NUMBERS, NULL, N_("numbers of lines, or none") },
};
TABLE(details_xml, N_("Details: XML"));

static const struct key_binding details_notes[] = {
	ROWS_DETAILS(N_("Edit notes"), N_("edit the notes in $VISUAL, $EDITOR or vi")),
	ROWS_MACHINE,
	ROWS_TABS,
	ROW_SEARCH,
	ROWS_TEXT,
};
TABLE(details_notes, N_("Details: notes"));

/* which rows a table shows, how, and which are marked */
#define ROWS_TABLE \
	{ "/", COMMAND_FILTER, N_("Filter"), N_("show only those that have these words") }, \
		{ "o", COMMAND_SORT, NULL, N_("sort by the next column (or click on its title)") }, \
		{ "O", COMMAND_SORT_REVERSE, NULL, N_("sort the other way round") }, \
		{ "Up k", COMMAND_UP, NULL, N_("one up") }, { "Down j", COMMAND_DOWN, NULL, N_("one down") }, \
		{ "PgUp C-b", COMMAND_PAGE_UP, NULL, N_("one page up") }, { "PgDn C-f", COMMAND_PAGE_DOWN, NULL, N_("one page down") }, \
		{ "Home g", COMMAND_FIRST, NULL, N_("the first") }, { "End G", COMMAND_LAST, NULL, N_("the last") }

#define ROWS_MARKS \
	{ "Space Ins", COMMAND_MARK, NULL, N_("mark it, or not: the above then acts on all marked") }, \
		{ "*", COMMAND_MARK_INVERT, NULL, N_("mark those that are not, and unmark those that are") }, \
		{ "u", COMMAND_UNMARK, NULL, N_("mark none") }

#define ROWS_POOL \
	{ "s F3", COMMAND_START, N_("Start"), N_("start the pool: its volumes are there from then on") }, \
		{ "d F4", COMMAND_STOP, N_("Stop"), N_("stop it; nothing in it is touched (asks first)") }, \
		{ "r F9", COMMAND_REFRESH, N_("Refresh"), N_("look into it again: what was made or deleted beside virtty") }, \
		{ "a", COMMAND_AUTOSTART, NULL, N_("start it with the host ('A' shows it), or no longer") }, \
		{ "e", COMMAND_EDIT, NULL, N_("edit its XML in $VISUAL, $EDITOR or vi; it is checked before it is stored") }, \
		{ "D Del", COMMAND_DELETE, N_("Delete"), N_("forget it, or delete it with its volumes (asks which)") }

static const struct key_binding pools[] = {
	{ "Enter F2", COMMAND_OPEN, N_("Volumes"), N_("its volumes") },
	{ "n F7", COMMAND_NEW, N_("New"), N_("a new pool") },
	ROWS_POOL,
	{ "i F5", COMMAND_DETAILS, N_("Details"), N_("all that is known of it, and its XML") },
	ROW_JOBS,
	{ "Tab Right", COMMAND_NEXT, NULL, N_("to its volumes") },
	ROWS_MARKS,
	ROWS_TABLE,
	{ "Esc q C-c", COMMAND_CLOSE, N_("Back"), N_("show all again; then back to the machines") },
};
TABLE(pools, N_("Storage: pools"));

#define ROWS_VOLUME \
	{ "c", COMMAND_CLONE, N_("Clone"), N_("copy it under another name") }, \
		{ "z F6", COMMAND_RESIZE, N_("Resize"), N_("make it larger, or smaller (asks then)") }, \
		{ "x", COMMAND_CONVERT, NULL, N_("copy it in another format, compressed, or to another pool") }, \
		{ "D Del", COMMAND_DELETE, N_("Delete"), N_("delete it, unless something uses it (asks first)") }, \
		{ "m F8", COMMAND_USE, NULL, N_("make a new machine with it as its disk or ISO") }, \
		{ "<", COMMAND_UPLOAD, NULL, N_("upload a file of this host, as a new volume or over this one") }, \
		{ ">", COMMAND_DOWNLOAD, NULL, N_("download it into a file of this host") }, \
		{ "w", COMMAND_WIPE, NULL, N_("overwrite all that is in it (asks first)") }, \
		{ "y", COMMAND_COPY_PATH, NULL, N_("copy its path, also to the clipboard (OSC 52)") }

static const struct key_binding volumes[] = {
	{ "Enter i F5", COMMAND_OPEN, N_("Details"), N_("all that is known of it: chain, snapshots, users, XML") },
	{ "n F7", COMMAND_NEW, N_("New"), N_("a new volume in this pool") },
	ROWS_VOLUME,
	{ "r F9", COMMAND_REFRESH, NULL, N_("look into the pool again") },
	ROW_JOBS,
	{ "Tab Left", COMMAND_NEXT, NULL, N_("to the pools") },
	ROWS_MARKS,
	ROWS_TABLE,
	{ "Esc q C-c", COMMAND_CLOSE, N_("Back"), N_("show all again; then back to the pools") },
};
TABLE(volumes, N_("Storage: volumes"));

static const struct key_binding pool[] = {
	ROWS_POOL,
	ROW_SEARCH,
	ROWS_TEXT,
	{ "Esc q C-c", COMMAND_CLOSE, N_("Back"), N_("back to the pools") },
};
TABLE(pool, N_("Storage: a pool"));

static const struct key_binding volume[] = {
	ROWS_VOLUME,
	ROW_SEARCH,
	ROWS_TEXT,
	{ "Esc q C-c", COMMAND_CLOSE, N_("Back"), N_("back to the volumes") },
};
TABLE(volume, N_("Storage: a volume"));

static const struct key_binding pick[] = {
	{ "Enter", COMMAND_ACCEPT, N_("Choose"), N_("choose the volume") },
	{ "Tab F2", COMMAND_BROWSE, N_("Files"), N_("choose a file of this host instead") },
	ROWS_UP_DOWN,
	ROWS_LINE,
	ROW_NO_CHOICE,
	ROWS_EVERYWHERE,
};
TABLE(pick, N_("Volumes: letters filter"));

static const struct key_binding pick_network[] = {
	{ "Enter", COMMAND_ACCEPT, N_("Choose"), N_("join the network card to this") },
	{ "F3", COMMAND_START, N_("Start"), N_("start the network, if it is stopped") },
	{ "F7", COMMAND_NEW, N_("New"), N_("make a new network") },
	ROWS_UP_DOWN,
	ROWS_LINE,
	ROW_NO_CHOICE,
	ROWS_EVERYWHERE,
};
TABLE(pick_network, N_("Networks to join: letters filter"));

static const struct key_binding jobs[] = {
	{ "Enter i F5", COMMAND_OPEN, N_("Show"), N_("all that is known of it; why it has failed") },
	{ "c", COMMAND_CANCEL, N_("Cancel"), N_("end it: what it made is taken away (asks first)") },
	{ "D Del", COMMAND_FORGET, N_("Remove"), N_("take one that has ended from this list") },
	{ "X", COMMAND_FORGET_ALL, N_("Remove all"), N_("take all that have ended from this list") },
	ROWS_TABLE,
	{ "Esc q C-c", COMMAND_CLOSE, N_("Back"), N_("show all again; then back") },
};
TABLE(jobs, N_("Jobs"));

#define ROWS_NETWORK \
	{ "s F3", COMMAND_START, N_("Start"), N_("start the network: its bridge, addresses, rules, and who hands out addresses") }, \
		{ "d F4", COMMAND_STOP, N_("Stop"), N_("stop it; machines on it are cut off (asks first)") }, \
		{ "a", COMMAND_AUTOSTART, NULL, N_("start it with the host, and when a machine needs it ('A' shows it), or no longer") }, \
		{ "e", COMMAND_EDIT, N_("Edit"), N_("edit its XML in $VISUAL, $EDITOR or vi; it is checked before it is stored") }, \
		{ "D Del", COMMAND_DELETE, N_("Delete"), N_("delete its definition (asks first)") }

static const struct key_binding networks[] = {
	{ "Enter F2", COMMAND_OPEN, N_("Leases"), N_("who has which address, reserved addresses, forwards and names") },
	{ "n F7", COMMAND_NEW, N_("New"), N_("a new network") },
	ROWS_NETWORK,
	{ "i F5", COMMAND_DETAILS, N_("Details"), N_("all that is known of it, and its XML") },
	{ "Tab Right", COMMAND_NEXT, NULL, N_("to what lies in it") },
	ROWS_MARKS,
	ROWS_TABLE,
	{ "Esc q C-c", COMMAND_CLOSE, N_("Back"), N_("show all again; then back to the machines") },
};
TABLE(networks, N_("Networks"));

static const struct key_binding leases[] = {
	{ "Enter e F2", COMMAND_EDIT, N_("Edit"), N_("change it; of a lease: reserve its address") },
	{ "n F7", COMMAND_NEW, N_("Reserve"), N_("reserve an address for a machine, known by its MAC") },
	{ "f F8", COMMAND_FORWARD, N_("Forward"), N_("have a port of the host lead to a machine on the network") },
	{ "h F6", COMMAND_HOST_NAME, N_("Name"), N_("a name for an address, that guests can look up") },
	{ "D Del", COMMAND_DELETE, N_("Delete"), N_("take it away (asks first)") },
	{ "r F9", COMMAND_RESERVE, NULL, N_("reserve the address of a lease: its guest always gets it") },
	{ "y", COMMAND_COPY, NULL, N_("copy the address, also to the clipboard (OSC 52)") },
	{ "i F5", COMMAND_DETAILS, N_("Details"), N_("all that is known of the network, and its XML") },
	{ "Tab Left", COMMAND_NEXT, NULL, N_("to the networks") },
	ROWS_MARKS,
	ROWS_TABLE,
	{ "Esc q C-c", COMMAND_CLOSE, N_("Back"), N_("show all again; then back to the networks") },
};
TABLE(leases, N_("Networks: leases, reserved addresses, forwards, names"));

static const struct key_binding network[] = {
	ROWS_NETWORK,
	ROW_SEARCH,
	ROWS_TEXT,
	{ "Esc q C-c", COMMAND_CLOSE, N_("Back"), N_("back to the networks") },
};
TABLE(network, N_("Networks: a network"));

static const struct key_binding search[] = {
	{ "Enter", COMMAND_ACCEPT, N_("Stay here"), N_("stay at the place found; n goes on to the next") },
	{ "Esc C-c", COMMAND_CLOSE, N_("Back"), N_("back to where the search began") },
	ROWS_LINE,
	ROWS_EVERYWHERE,
};
TABLE(search, N_("Search"));

const struct key_table *const key_tables[] = {
	&keys_everywhere, &keys_list, &keys_console, &keys_console_menu, &keys_console_copy,
	&keys_console_reader, &keys_view, &keys_view_large, &keys_view_menu, &keys_view_keys,
	&keys_view_sysrq, &keys_view_idle, &keys_message, &keys_confirm, &keys_help,
	&keys_filter, &keys_prompt, &keys_form_small, &keys_form_files, &keys_delete,
	&keys_form, &keys_form_last, &keys_form_busy, &keys_files, &keys_isos,
	&keys_pools, &keys_volumes, &keys_pool, &keys_volume, &keys_pick, &keys_pick_network, &keys_jobs,
	&keys_networks, &keys_leases, &keys_network,
	&keys_details, &keys_details_devices, &keys_details_xml, &keys_details_notes, &keys_search,
};
const size_t key_table_count = ARRAY_LENGTH(key_tables);
