/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of what keys do. A new binding needs a row here, unless a row without a table says it already. */
#include "tests/terminal/key_effects.h"

#include "base/memory.h"

#define UP	"\033[A"
#define DOWN	"\033[B"
#define RIGHT	"\033[C"
#define LEFT	"\033[D"
#define HOME	"\033[H"
#define PAGE_DOWN "\033[6~"
#define ENTER	"\r"
#define TAB	"\t"
#define ANEW	"\005\025" /* ^E ^U: an empty line */
#define LOOK_BACK "\033[5;2~"

#define AT(table, name) .keys = &keys_##table, .command = COMMAND_##name
#define ANY(name)	.keys = NULL, .command = COMMAND_##name

/* The same on all tabs of details. */
#define DETAILS_ROWS(table)                                                                                                              \
	{ AT(table, EDIT), .shows = "the editor has the terminal" }, { AT(table, TAB_1), .before = "4", .ready = "<domain type", .shows = "Machine type" }, \
		{ AT(table, TAB_2), .shows = "Address" }, { AT(table, TAB_3), .shows = "last words" },                                   \
		{ AT(table, TAB_4), .before = "1", .ready = "Machine type", .shows = "<domain type" },                                  \
		{ AT(table, TAB_5), .before = "1", .ready = "Machine type", .shows = "Second paragraph" }, { AT(table, CLOSE), .shows = "n New" }

/* What the list can do with a machine; this one is off. */
#define MACHINE_ROWS(table)                                                                                                             \
	{ AT(table, CONSOLE), .shows = "waiting for it to start" }, { AT(table, START), .asks = "start --domain" },                     \
		{ AT(table, SHUTDOWN), .shows = "the machine is off" }, { AT(table, FORCE_OFF), .shows = "the machine is off" },        \
		{ AT(table, PAUSE), .shows = "the machine is off" }, { AT(table, REBOOT), .shows = "the machine is off" },              \
		{ AT(table, RESET), .shows = "the machine is off" }, { AT(table, AUTOSTART), .asks = "autostart --domain" },            \
		{ AT(table, AUTOSTART_WHEN), .shows = "web1: start with the host" }, { AT(table, RENAME), .shows = "web1: rename" },    \
		{ AT(table, DELETE), .shows = "web1: delete?" }, { AT(table, VIEW), .shows = "waiting for it to start" }

#define TEXT_ROWS(table)                                                                                  \
	{ AT(table, SEARCH), .shows = "Stay here" }, { AT(table, SEARCH_NEXT), .shows = "nothing is searched for yet" }, \
		{ AT(table, SEARCH_PREVIOUS), .shows = "nothing is searched for yet" }

/* Keys for a guest that a terminal has not: the menu of them goes when one was pressed. */
#define SEND_ROWS(name) { AT(view_keys, SEND_##name), .gone = "s Super" }

/* A text of which the terminal shows a few rows: its first line goes and comes. */
#define SCROLL_ROWS(table, height, first)                                                                           \
	{ AT(table, DOWN), .rows = height, .gone = first }, { AT(table, PAGE_DOWN), .rows = height, .gone = first }, \
		{ AT(table, LAST), .rows = height, .gone = first },                                                 \
		{ AT(table, UP), .rows = height, .before = "j", .shows = first },                     \
		{ AT(table, PAGE_UP), .rows = height, .before = PAGE_DOWN, .shows = first },                        \
		{ AT(table, FIRST), .rows = height, .before = "G", .shows = first }

static const struct key_effect effects[] = {
	/* everywhere */
	{ ANY(HELP), .shows = "virtty: help" },
	{ ANY(REDRAW), .writes = "\033[2J" },
	{ ANY(SUSPEND), .writes = "\033[?1049l" }, /* nothing stops here, for there is no shell: it comes back at once */
	/* a line that is typed */
	{ ANY(LEFT), .before = ANEW "ab cd", .after = "X", .shows = "ab cXd" },
	{ ANY(RIGHT), .before = ANEW "ab cd" LEFT LEFT, .after = "X", .shows = "ab cXd" },
	{ ANY(FIRST), .before = ANEW "ab cd", .after = "X", .shows = "Xab cd" },
	{ ANY(LAST), .before = ANEW "ab cd" HOME, .after = "X", .shows = "ab cdX" },
	{ ANY(ERASE), .before = ANEW "ab cd", .after = "X", .shows = "ab cX" },
	{ ANY(ERASE_NEXT), .before = ANEW "ab cde" LEFT, .after = "X", .shows = "ab cdX" },
	{ ANY(ERASE_WORD), .before = ANEW "ab cd", .after = "X", .shows = "ab X" },
	{ ANY(ERASE_LINE), .before = ANEW "ab cd", .after = "X", .shows = "X", .gone = "ab cd" },
	/* the list: build1, db1, mail, web1, win11 */
	{ AT(list, CONSOLE), .before = "jjj", .shows = "web1: shut off, waiting" },
	{ AT(list, START), .before = "jjj", .asks = "start --domain" },
	{ AT(list, SHUTDOWN), .before = "j", .asks = "shutdown --domain" },
	{ AT(list, NEW), .shows = "ISO file" },
	{ AT(list, DETAILS), .before = "jjj", .shows = "1 Overview" },
	{ AT(list, FILTER), .after = "off", .shows = "2 of 5" },
	{ AT(list, QUIT), .ends = true },
	{ AT(list, PAUSE), .before = "j", .asks = "suspend --domain" },
	{ AT(list, REBOOT), .before = "j", .asks = "reboot --domain" },
	{ AT(list, RESET), .before = "j", .shows = "db1: reset?" },
	{ AT(list, FORCE_OFF), .before = "j", .shows = "db1: force off?" },
	{ AT(list, DELETE), .before = "G", .shows = "win11: delete?" },
	{ AT(list, RENAME), .before = "jjj", .shows = "web1: rename" },
	{ AT(list, AUTOSTART), .before = "jjj", .asks = "autostart --domain" },
	{ AT(list, AUTOSTART_WHEN), .before = "jjj", .shows = "web1: start with the host" },
	{ AT(list, MARK), .shows = "1 marked", .selects = "db1" },
	{ AT(list, MARK_INVERT), .before = "j ", .ready = "1 marked", .shows = "4 marked" },
	{ AT(list, UNMARK), .before = "*", .ready = "5 marked", .gone = "marked" },
	{ AT(list, SORT), .gone = "Name▲" },
	{ AT(list, SORT_REVERSE), .shows = "Name▼" },
	{ AT(list, UNFILTER), .before = "/off" ENTER, .ready = "2 of 5", .gone = "2 of 5" },
	{ AT(list, UP), .before = "jj", .selects = "db1" },
	{ AT(list, DOWN), .selects = "db1" },
	{ AT(list, PAGE_UP), .before = "G", .selects = "build1" },
	{ AT(list, PAGE_DOWN), .selects = "win11" },
	{ AT(list, FIRST), .before = "G", .selects = "build1" },
	{ AT(list, LAST), .selects = "win11" },
	{ AT(filter, ACCEPT), .shows = "2 of 5", .gone = "Enter Keep" },
	{ AT(filter, CLOSE), .gone = "2 of 5" },
	{ AT(filter, UP), .before = DOWN, .selects = "web1" },
	{ AT(filter, DOWN), .selects = "win11" },
	{ AT(filter, PAGE_UP), .before = DOWN, .selects = "web1" },
	{ AT(filter, PAGE_DOWN), .selects = "win11" },
	{ AT(list, VIEW), .before = "jjj", .shows = "web1: shut off, waiting for it to start" },
	{ AT(list, PREVIEW), .before = "jjj", .selects = "web1" }, /* nothing else: the machine is off, so there is nothing to show */
	/* dialogs */
	{ AT(prompt, ACCEPT), .before = "2", .asks = "domrename --domain" },
	{ AT(prompt, CLOSE), .gone = "web1: rename" },
	{ AT(message, CLOSE), .gone = "tell it something else" },
	{ AT(message, UP), .place = "details-device", .rows = 10, .before = "j", .shows = "Source: file" },
	{ AT(message, DOWN), .place = "details-device", .rows = 10, .shows = "Alias:" },
	{ AT(confirm, ACCEPT), .gone = "force off?" },
	{ AT(confirm, NEXT), .shows = "[ Force off ]" },
	{ AT(confirm, YES), .asks = "destroy --domain" },
	{ AT(confirm, NO), .gone = "force off?" },
	{ AT(confirm, UP), .rows = 8, .before = "j", .shows = "The machine stops at once" },
	{ AT(confirm, DOWN), .rows = 8, .gone = "The machine stops at once" },
	{ AT(delete, MARK), .before = UP UP, .shows = "[x]" },
	{ AT(delete, ACCEPT), .gone = "win11: delete?" },
	{ AT(delete, UP), .shows = "[ Delete, keep disks ]" },
	{ AT(delete, DOWN), .after = " ", .shows = "[x]" },
	{ AT(delete, PAGE_UP), .rows = 9, .before = PAGE_DOWN, .shows = "The machine's definition goes" },
	{ AT(delete, PAGE_DOWN), .rows = 9, .gone = "The machine's definition goes" },
	{ AT(delete, MARK_INVERT), .shows = "[x]" },
	{ AT(delete, YES), .asks = "undefine --domain" },
	{ AT(delete, NO), .gone = "win11: delete?" },
	{ AT(help, CLOSE), .gone = "virtty: help" },
	SCROLL_ROWS(help, 24, " Machines"),
	/* a new machine */
	{ AT(form, ACCEPT), .shows = "Choose an ISO" },
	{ AT(form, PAGE_BACK), .shows = "this is the first page" },
	{ AT(form, PAGE_FORWARD), .shows = "page 2 of 5" },
	{ AT(form, NEXT), .gone = "The installer's ISO on this host" },
	{ AT(form, PREVIOUS), .gone = "The installer's ISO on this host" },
	{ AT(form, BROWSE), .shows = "Choose an ISO" },
	{ AT(form, CLOSE), .shows = "n New" },
	{ AT(form_last, ACCEPT), .asks = "install --name web" },
	{ AT(form_last, PAGE_BACK), .shows = "page 4 of 5" },
	{ AT(form_last, PAGE_FORWARD), .shows = "this is the last page" },
	{ AT(form_last, NEXT), .gone = "What the machine begins with" },
	{ AT(form_last, PREVIOUS), .gone = "What the machine begins with" },
	{ AT(form_last, BROWSE), .shows = "this field is no file that exists" },
	{ AT(form_last, LEFT), .gone = "boot from the network >" },
	{ AT(form_last, RIGHT), .gone = "boot from the network >" },
	{ AT(form_last, FIRST), .shows = "install from an ISO" },
	{ AT(form_last, LAST), .before = HOME, .gone = "install from an ISO" },
	{ AT(form_last, ERASE), .before = TAB, .after = "X", .shows = "[weX" },
	{ AT(form_last, ERASE_NEXT), .before = TAB LEFT, .after = "X", .shows = "[weX" },
	{ AT(form_last, ERASE_WORD), .before = TAB, .after = "X", .shows = "[X" },
	{ AT(form_last, ERASE_LINE), .before = TAB, .after = "X", .shows = "[X" },
	{ AT(form_last, CLOSE), .shows = "Leave without a new machine?" },
	{ AT(form_busy, CLOSE), .shows = "web was not made" },
	{ AT(form_small, ACCEPT), .asks = "autostart --domain" },
	{ AT(form_small, NEXT), .shows = "the lowest starts first" },
	{ AT(form_small, PREVIOUS), .shows = "How long to wait" },
	{ AT(form_small, LEFT), .before = TAB ANEW "1234", .after = "9", .shows = "[12394" },
	{ AT(form_small, RIGHT), .before = TAB ANEW "1234" LEFT LEFT, .after = "9", .shows = "[12394" },
	{ AT(form_small, FIRST), .before = TAB ANEW "1234", .after = "9", .shows = "[91234" },
	{ AT(form_small, LAST), .before = TAB ANEW "1234" HOME, .after = "9", .shows = "[12349" },
	{ AT(form_small, ERASE), .before = TAB ANEW "1234", .after = "9", .shows = "[1239" },
	{ AT(form_small, ERASE_NEXT), .before = TAB ANEW "1234" LEFT, .after = "9", .shows = "[1239" },
	{ AT(form_small, ERASE_WORD), .before = TAB ANEW "1234", .after = "9", .shows = "[9 " },
	{ AT(form_small, ERASE_LINE), .before = TAB ANEW "1234", .after = "9", .shows = "[9 " },
	{ AT(form_small, CLOSE), .shows = "1 Overview" },
	/* ../, older/, Another.ISO, demo-1.0.iso, 数据.iso */
	{ AT(files, ACCEPT), .before = "demo", .ready = "path: demo", .shows = "page 1 of 5" },
	{ AT(files, UP), .before = HOME DOWN, .selects = "../" },
	{ AT(files, DOWN), .before = HOME, .selects = "older/" },
	{ AT(files, PAGE_UP), .before = PAGE_DOWN, .selects = "../" },
	{ AT(files, PAGE_DOWN), .selects = "数据.iso" },
	{ AT(files, FIRST), .before = PAGE_DOWN, .selects = "../" },
	{ AT(files, LAST), .selects = "数据.iso" },
	{ AT(files, ERASE_NEXT), .before = ANEW "ab cd", .after = "X", .shows = "ab cdX" }, /* there is nothing behind the cursor */
	{ AT(files, PARENT), .shows = "isos/" },
	{ AT(files, RIGHT), .before = HOME DOWN, .shows = "isos/older" },
	{ AT(files, ALL_FILES), .shows = "notes.txt" },
	{ AT(files, HIDDEN_FILES), .shows = ".hidden.iso" },
	{ AT(files, CLOSE), .shows = "page 1 of 5" },
	/* Debian 11, MEMTEST, Microsoft Windows 11, broken.iso */
	{ AT(isos, ACCEPT), .before = "debian", .ready = "Filter: debian", .shows = "page 1 of 5" },
	{ AT(isos, BROWSE), .shows = "In: " },
	{ AT(isos, UP), .before = HOME DOWN, .selects = "Debian 11" },
	{ AT(isos, DOWN), .before = HOME, .selects = "MEMTEST" },
	{ AT(isos, PAGE_UP), .before = PAGE_DOWN, .selects = "Debian 11" },
	{ AT(isos, PAGE_DOWN), .selects = "broken.iso" },
	{ AT(isos, FIRST), .before = PAGE_DOWN, .selects = "Debian 11" },
	{ AT(isos, LAST), .selects = "broken.iso" },
	{ AT(isos, ERASE_NEXT), .before = ANEW "ab cd", .after = "X", .shows = "ab cdX" }, /* there is nothing behind the cursor */
	{ AT(isos, CLOSE), .shows = "page 1 of 5" },
	/* details */
	{ AT(details, TAB_NEXT), .shows = "Address" },
	{ AT(details, TAB_PREVIOUS), .shows = "Second paragraph" },
	DETAILS_ROWS(details),
	MACHINE_ROWS(details),
	TEXT_ROWS(details),
	SCROLL_ROWS(details, 12, "Name            web1"),
	{ AT(details_devices, OPEN), .shows = "Enter Close" },
	{ AT(details_devices, TAB_NEXT), .shows = "last words" },
	{ AT(details_devices, TAB_PREVIOUS), .shows = "Machine type" },
	DETAILS_ROWS(details_devices),
	MACHINE_ROWS(details_devices),
	{ AT(details_devices, UP), .before = "jj", .selects = "CD-ROM sda" },
	{ AT(details_devices, DOWN), .selects = "CD-ROM sda" },
	{ AT(details_devices, PAGE_UP), .before = PAGE_DOWN, .selects = "Disk vda", .shows = " 1 of " },
	{ AT(details_devices, PAGE_DOWN), .gone = " 1 of " },
	{ AT(details_devices, FIRST), .before = "G", .selects = "Disk vda", .shows = " 1 of " },
	{ AT(details_devices, LAST), .gone = " 1 of " },
	{ AT(details_xml, WHICH), .shows = "there is only what is stored" },
	{ AT(details_xml, TAB_NEXT), .shows = "Second paragraph" },
	{ AT(details_xml, TAB_PREVIOUS), .shows = "last words" },
	DETAILS_ROWS(details_xml),
	MACHINE_ROWS(details_xml),
	TEXT_ROWS(details_xml),
	SCROLL_ROWS(details_xml, 24, "<domain type"),
	{ AT(details_xml, RIGHT), .gone = "<domain type" },
	{ AT(details_xml, LEFT), .before = "l", .shows = "<domain type" },
	{ AT(details_xml, NUMBERS), .shows = " 1 <domain type" },
	{ AT(details_notes, TAB_NEXT), .shows = "Machine type" },
	{ AT(details_notes, TAB_PREVIOUS), .shows = "<domain type" },
	DETAILS_ROWS(details_notes),
	MACHINE_ROWS(details_notes),
	TEXT_ROWS(details_notes),
	SCROLL_ROWS(details_notes, 5, "Runs the shop"),
	{ AT(search, ACCEPT), .shows = "/ Search" },
	{ AT(search, CLOSE), .shows = "/ Search" },
	/* consoles */
	{ AT(console, DETACH), .shows = "n New" },
	{ AT(console, CONSOLE_MENU), .shows = "s Size" },
	{ AT(console, SCROLL_UP), .talk = true, .shows = "lines back]" },
	{ AT(console, SCROLL_DOWN), .talk = true, .before = LOOK_BACK, .ready = "lines back]", .gone = "lines back]" },
	{ AT(console, SCROLL_FIRST), .talk = true, .shows = "Debian GNU/Linux" },
	{ AT(console, SCROLL_LAST), .talk = true, .before = LOOK_BACK, .ready = "lines back]", .gone = "lines back]" },
	{ AT(console, OTHER_KIND), .shows = "db1 has no screen" },
	{ AT(console_reader, OTHER_KIND), .shows = "r Try again" },
	{ AT(console_menu, OTHER_KIND), .shows = "db1 has no screen" },
	{ AT(console_menu, SEND_OTHER_KIND), .frame = 'd', .sends = "\036" },
	{ AT(console_menu, SEARCH), .shows = "Search back" },
	{ AT(console_menu, COPY_MODE), .shows = "v Mark" },
	{ AT(console_menu, PASTE), .shows = "nothing was copied yet" },
	{ AT(console_menu, TAB_NEXT), .shows = "no other console is open" },
	{ AT(console_menu, TAB_PREVIOUS), .shows = "no other console is open" },
	{ AT(console_menu, TAB_1), .gone = "s Size" },
	{ AT(console_menu, TAB_2), .gone = "s Size" },
	{ AT(console_menu, TAB_3), .gone = "s Size" },
	{ AT(console_menu, TAB_4), .gone = "s Size" },
	{ AT(console_menu, TAB_5), .gone = "s Size" },
	{ AT(console_menu, TAB_6), .gone = "s Size" },
	{ AT(console_menu, TAB_7), .gone = "s Size" },
	{ AT(console_menu, TAB_8), .gone = "s Size" },
	{ AT(console_menu, TAB_9), .gone = "s Size" },
	{ AT(console_menu, TAB_CLOSE), .shows = "n New" },
	{ AT(console_menu, SEND_SIZE), .frame = 'd', .sends = " stty rows" },
	{ AT(console_menu, SEND_BREAK), .frame = 'b', .sends = "" },
	{ AT(console_menu, SEND_DETACH), .frame = 'd', .sends = "\035" },
	{ AT(console_menu, SEND_MENU), .frame = 'd', .sends = "\034" },
	{ AT(console_menu, OTHER_CONSOLE), .shows = "the machine has no other console" },
	{ AT(console_menu, TAKE_OVER), .shows = "nobody else types here" },
	{ AT(console_menu, DETACH), .shows = "n New" },
	{ AT(console_menu, CLOSE), .gone = "s Size" },
	{ AT(console_copy, MARK), .after = "$y", .shows = "copied" },
	{ AT(console_copy, MARK_LINES), .after = "y", .shows = "copied" },
	{ AT(console_copy, COPY), .before = "v$", .shows = "copied" },
	{ AT(console_copy, SEARCH), .shows = "Search back" },
	{ AT(console_copy, SEARCH_NEXT), .shows = "nothing was searched for yet" },
	{ AT(console_copy, SEARCH_PREVIOUS), .shows = "nothing was searched for yet" },
	{ AT(console_copy, CLOSE), .shows = "^] Leave" },
	{ AT(console_copy, UP), .moves = true },
	{ AT(console_copy, DOWN), .moves = true },
	{ AT(console_copy, LEFT), .moves = true },
	{ AT(console_copy, RIGHT), .moves = true },
	{ AT(console_copy, WORD_NEXT), .moves = true },
	{ AT(console_copy, WORD_BACK), .moves = true },
	{ AT(console_copy, LINE_BEGIN), .moves = true },
	{ AT(console_copy, LINE_END), .moves = true },
	{ AT(console_copy, PAGE_UP), .moves = true },
	{ AT(console_copy, PAGE_DOWN), .moves = true },
	{ AT(console_copy, FIRST), .moves = true },
	{ AT(console_copy, LAST), .moves = true },
	{ AT(console_copy, DETACH), .shows = "n New" },
	{ AT(console_reader, DETACH), .shows = "n New" },
	{ AT(console_reader, TAKE_OVER), .place = "console-reading", .frame = 'w', .sends = "force" },
	{ AT(console_reader, START), .asks = "start --domain" },
	{ AT(console_reader, CONSOLE_MENU), .shows = "s Size" },
	{ AT(console_reader, SEARCH), .shows = "Search back" },
	{ AT(console_reader, COPY_MODE), .shows = "v Mark" },
	{ AT(console_reader, SCROLL_UP), .place = "console-reading", .talk = true, .shows = "lines back]" },
	{ AT(console_reader, SCROLL_DOWN), .place = "console-reading", .talk = true, .before = LOOK_BACK, .ready = "lines back]", .gone = "lines back]" },
	{ AT(console_reader, SCROLL_FIRST), .place = "console-reading", .talk = true, .shows = "Debian GNU/Linux" },
	{ AT(console_reader, SCROLL_LAST), .place = "console-reading", .talk = true, .before = LOOK_BACK, .ready = "lines back]", .gone = "lines back]" },
	/* a machine's screen */
	{ AT(view, DETACH), .shows = "n New" },
	{ AT(view, CONSOLE_MENU), .shows = "k Keys" },
	{ AT(view, OTHER_KIND), .gone = "BIOS setup" },
	{ AT(view_large, DETACH), .shows = "n New" },
	{ AT(view_large, CONSOLE_MENU), .shows = "k Keys" },
	{ AT(view_large, OTHER_KIND), .gone = "BIOS setup" },
	{ AT(view_large, SCROLL_UP), .before = "\033[1;2B", .shows = "BIOS setup" },
	{ AT(view_large, SCROLL_DOWN), .gone = "BIOS setup" },
	{ AT(view_large, SCROLL_LEFT), .before = "\033[1;2C", .shows = "BIOS setup" },
	{ AT(view_large, SCROLL_RIGHT), .gone = "BIOS setup" },
	{ AT(view_large, SCROLL_FIRST), .before = "\033[1;2B", .shows = "BIOS setup" },
	{ AT(view_large, SCROLL_LAST), .before = "\033[1;2B", .shows = "BIOS setup" },
	{ AT(view_menu, SEND_CAD), .gone = "k Keys" },
	{ AT(view_menu, SEND_KEYS), .shows = "s Super" },
	{ AT(view_menu, VIEW_MODE), .gone = "k Keys" },
	{ AT(view_menu, SEARCH), .shows = "Search" },
	{ AT(view_menu, COPY_MODE), .shows = "v Mark" },
	{ AT(view_menu, PASTE), .shows = "nothing was copied yet" },
	{ AT(view_menu, ZOOM_IN), .gone = "k Keys" },
	{ AT(view_menu, ZOOM_OUT), .gone = "k Keys" },
	{ AT(view_menu, ZOOM_PIXELS), .gone = "k Keys" },
	{ AT(view_menu, ZOOM_ALL), .gone = "k Keys" },
	{ AT(view_menu, MOUSE), .gone = "k Keys" },
	{ AT(view_menu, TAB_NEXT), .gone = "k Keys" },
	{ AT(view_menu, TAB_PREVIOUS), .gone = "k Keys" },
	{ AT(view_menu, TAB_1), .gone = "k Keys" },
	{ AT(view_menu, TAB_2), .gone = "k Keys" },
	{ AT(view_menu, TAB_3), .gone = "k Keys" },
	{ AT(view_menu, TAB_4), .gone = "k Keys" },
	{ AT(view_menu, TAB_5), .gone = "k Keys" },
	{ AT(view_menu, TAB_6), .gone = "k Keys" },
	{ AT(view_menu, TAB_7), .gone = "k Keys" },
	{ AT(view_menu, TAB_8), .gone = "k Keys" },
	{ AT(view_menu, TAB_9), .gone = "k Keys" },
	{ AT(view_menu, OTHER_KIND), .gone = "BIOS setup" },
	{ AT(view_menu, TAB_CLOSE), .shows = "n New" },
	{ AT(view_menu, CLIPBOARD_TERMINAL), .gone = "k Keys" },
	{ AT(view_menu, CLIPBOARD_GUEST), .gone = "k Keys" },
	{ AT(view_menu, RETRY), .gone = "k Keys" },
	{ AT(view_menu, SEND_DETACH), .gone = "k Keys" },
	{ AT(view_menu, SEND_MENU), .gone = "k Keys" },
	{ AT(view_menu, SEND_OTHER_KIND), .gone = "k Keys" },
	{ AT(view_menu, DETACH), .shows = "n New" },
	{ AT(view_menu, CLOSE), .gone = "k Keys" },
	SEND_ROWS(F1),
	SEND_ROWS(F2),
	SEND_ROWS(F3),
	SEND_ROWS(F4),
	SEND_ROWS(F5),
	SEND_ROWS(F6),
	SEND_ROWS(F7),
	SEND_ROWS(F8),
	SEND_ROWS(F9),
	SEND_ROWS(F10),
	SEND_ROWS(F11),
	SEND_ROWS(F12),
	SEND_ROWS(CAD),
	SEND_ROWS(SUPER),
	SEND_ROWS(PRINT),
	SEND_ROWS(PAUSE),
	SEND_ROWS(MENU_KEY),
	SEND_ROWS(CAPS_LOCK),
	{ AT(view_keys, SEND_SYSRQ), .shows = "which key?" },
	{ AT(view_keys, COMPOSE), .gone = "s Super" },
	{ AT(view_keys, CLOSE), .gone = "s Super" },
	{ AT(view_sysrq, CLOSE), .gone = "which key?" },
	{ AT(view_idle, DETACH), .shows = "n New" },
	{ AT(view_idle, START), .asks = "start --domain" },
	{ AT(view_idle, RETRY), .shows = "web1" },
	{ AT(view_idle, CONSOLE_MENU), .shows = "k Keys" },
	{ AT(view_idle, OTHER_KIND), .gone = "r Try again" },
	{ AT(view_idle, SEARCH), .gone = "r Try again" },
	{ AT(view_idle, COPY_MODE), .gone = "r Try again" },
};

const struct key_effect *key_effect(const struct key_table *keys, enum command command)
{
	const struct key_effect *general = NULL;

	for (size_t i = 0; i < ARRAY_LENGTH(effects); i++) {
		if (effects[i].command != command)
			continue;
		if (effects[i].keys == keys)
			return &effects[i];
		if (effects[i].keys == NULL)
			general = &effects[i];
	}
	return general;
}
