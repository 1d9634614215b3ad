/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys and key tables: one table of a screen feeds its dispatch, its help and its footer. */
#ifndef TUI_KEYS_H
#define TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_type {
	KEY_TYPE_CHAR,     /* code is a code point */
	KEY_TYPE_SYMBOL,   /* code is a TermKeySym */
	KEY_TYPE_FUNCTION, /* code is the number of an F-key */
	KEY_TYPE_MODIFIER, /* code is one of enum key_modifier: only from terminals that tell of releases */
};

/* Keys that are held for others, or lock. */
enum key_modifier {
	KEY_MODIFIER_SHIFT_LEFT,
	KEY_MODIFIER_SHIFT_RIGHT,
	KEY_MODIFIER_CONTROL_LEFT,
	KEY_MODIFIER_CONTROL_RIGHT,
	KEY_MODIFIER_ALT_LEFT,
	KEY_MODIFIER_ALT_RIGHT,
	KEY_MODIFIER_SUPER_LEFT,
	KEY_MODIFIER_SUPER_RIGHT,
	KEY_MODIFIER_CAPS_LOCK,
	KEY_MODIFIER_NUM_LOCK,
	KEY_MODIFIER_SCROLL_LOCK,
};

/* Most terminals tell of presses alone. */
enum key_action { KEY_PRESSED, KEY_REPEATED, KEY_RELEASED };

struct key {
	enum key_type type;
	uint32_t code;
	unsigned modifiers; /* TERMKEY_KEYMOD_* */
	enum key_action action;
	bool real;      /* its release will be told too, and modifiers come as keys of their own */
	uint32_t plain; /* of a character, where real: the one that the key makes without shift */
};

/* MOUSE_MOVE: no button is held; comes only while terminal_motion() asks for it. */
enum mouse_action { MOUSE_PRESS, MOUSE_DRAG, MOUSE_RELEASE, MOUSE_MOVE };

struct mouse {
	enum mouse_action action;
	int button; /* 1 left, 2 middle, 3 right, 4 wheel up, 5 wheel down; 0 unknown at a release, none at a move */
	int row, column;
	unsigned modifiers;
	bool twice; /* the second press of a double click */
	bool pixels; /* the terminal tells them: */
	int x, y;    /* of the terminal's upper left corner on */
};

/* Every command of every screen: what a key means, apart from which key it is. */
enum command {
	COMMAND_NONE,
	/* moving in a list */
	COMMAND_UP,
	COMMAND_DOWN,
	COMMAND_PAGE_UP,
	COMMAND_PAGE_DOWN,
	COMMAND_FIRST,
	COMMAND_LAST,
	/* searching a text */
	COMMAND_SEARCH,
	COMMAND_SEARCH_NEXT,
	COMMAND_SEARCH_PREVIOUS,
	/* tabs */
	COMMAND_TAB_NEXT,
	COMMAND_TAB_PREVIOUS,
	COMMAND_TAB_1,
	COMMAND_TAB_2,
	COMMAND_TAB_3,
	COMMAND_TAB_4,
	COMMAND_TAB_5,
	COMMAND_TAB_6,
	COMMAND_TAB_7,
	COMMAND_TAB_8,
	COMMAND_TAB_9,
	/* machines */
	COMMAND_START,
	COMMAND_SHUTDOWN,
	COMMAND_FORCE_OFF,
	COMMAND_PAUSE,
	COMMAND_REBOOT,
	COMMAND_RESET,
	COMMAND_RENAME,
	COMMAND_DELETE,
	COMMAND_AUTOSTART,
	COMMAND_AUTOSTART_WHEN,
	COMMAND_CONSOLE,
	COMMAND_VIEW,
	COMMAND_PREVIEW,
	COMMAND_DETAILS,
	COMMAND_COPY_SSH, /* the line that leads into it */
	/* which machines the list shows, how, and which are marked */
	COMMAND_SORT,
	COMMAND_SORT_REVERSE,
	COMMAND_FILTER,
	COMMAND_UNFILTER,
	COMMAND_MARK,
	COMMAND_MARK_INVERT,
	COMMAND_UNMARK,
	/* details of a machine */
	COMMAND_EDIT,
	COMMAND_OPEN,
	COMMAND_WHICH,
	COMMAND_NEW_CARD,
	COMMAND_CHANGE_DEVICE,
	COMMAND_TAKE_OUT,
	COMMAND_NUMBERS,
	/* consoles */
	COMMAND_DETACH,
	COMMAND_TAKE_OVER,
	COMMAND_SCROLL_UP,
	COMMAND_SCROLL_DOWN,
	COMMAND_SCROLL_FIRST,
	COMMAND_SCROLL_LAST,
	COMMAND_CONSOLE_MENU,
	COMMAND_SEND_DETACH,
	COMMAND_SEND_MENU,
	COMMAND_SEND_BREAK,
	COMMAND_SEND_SIZE,
	COMMAND_OTHER_CONSOLE,
	COMMAND_TAB_CLOSE,
	COMMAND_PASTE,
	COMMAND_OTHER_KIND, /* from a machine's console to its screen, and back */
	COMMAND_SEND_OTHER_KIND,
	/* a machine's screen */
	COMMAND_SCROLL_LEFT,
	COMMAND_SCROLL_RIGHT,
	COMMAND_VIEW_MODE,
	COMMAND_ZOOM_IN,
	COMMAND_ZOOM_OUT,
	COMMAND_ZOOM_ALL,
	COMMAND_ZOOM_PIXELS,
	COMMAND_MOUSE,
	COMMAND_RETRY,
	COMMAND_CLIPBOARD_TERMINAL,
	COMMAND_CLIPBOARD_GUEST,
	COMMAND_SEND_KEYS, /* the menu of those that a terminal has not */
	COMMAND_SEND_CAD,
	COMMAND_SEND_F1, /* with Ctrl and Alt, to COMMAND_SEND_F12 */
	COMMAND_SEND_F2,
	COMMAND_SEND_F3,
	COMMAND_SEND_F4,
	COMMAND_SEND_F5,
	COMMAND_SEND_F6,
	COMMAND_SEND_F7,
	COMMAND_SEND_F8,
	COMMAND_SEND_F9,
	COMMAND_SEND_F10,
	COMMAND_SEND_F11,
	COMMAND_SEND_F12,
	COMMAND_SEND_PRINT,
	COMMAND_SEND_SUPER,
	COMMAND_SEND_PAUSE,
	COMMAND_SEND_MENU_KEY,
	COMMAND_SEND_CAPS_LOCK,
	COMMAND_SEND_SYSRQ,
	COMMAND_COMPOSE,
	/* looking back with a cursor */
	COMMAND_COPY_MODE,
	COMMAND_COPY,
	COMMAND_MARK_LINES,
	COMMAND_WORD_NEXT,
	COMMAND_WORD_BACK,
	COMMAND_LINE_BEGIN,
	COMMAND_LINE_END,
	/* dialogs */
	COMMAND_ACCEPT,
	COMMAND_YES,
	COMMAND_NO,
	COMMAND_NEXT,
	/* forms and files */
	COMMAND_NEW, /* the list's: opens the wizard */
	COMMAND_PREVIOUS,
	COMMAND_LEFT,
	COMMAND_RIGHT,
	COMMAND_ERASE,
	COMMAND_ERASE_NEXT,
	COMMAND_ERASE_WORD,
	COMMAND_ERASE_LINE,
	COMMAND_PAGE_BACK,
	COMMAND_PAGE_FORWARD,
	COMMAND_BROWSE,
	COMMAND_PARENT,
	COMMAND_HIDDEN_FILES,
	COMMAND_ALL_FILES,
	/* storage */
	COMMAND_STORAGE,
	COMMAND_JOBS,
	COMMAND_STOP,
	COMMAND_REFRESH,
	COMMAND_CLONE,
	COMMAND_RESIZE,
	COMMAND_CONVERT,
	COMMAND_UPLOAD,
	COMMAND_DOWNLOAD,
	COMMAND_WIPE,
	COMMAND_COPY_PATH,
	COMMAND_USE, /* makes a machine of a volume */
	COMMAND_CANCEL,
	COMMAND_FORGET,
	COMMAND_FORGET_ALL,
	/* networks */
	COMMAND_NETWORKS,
	COMMAND_RESERVE, /* makes a lease a reservation */
	COMMAND_FORWARD,
	COMMAND_HOST_NAME,
	/* everywhere */
	COMMAND_HELP,
	COMMAND_REDRAW,
	COMMAND_SUSPEND,
	COMMAND_CLOSE,
	COMMAND_QUIT,
	COMMAND_COUNT,
};

struct key_binding {
	const char *keys;     /* names with blanks between: "F2 s"; the first one is shown in the footer */
	enum command command;
	const char *label;    /* a word for the footer, N_(); NULL: not shown there */
	const char *help;     /* a line for the help screen, N_() */
};

struct key_table {
	const char *name; /* its section in the configuration file */
	const char *title; /* N_() */
	const struct key_binding *bindings;
	size_t count;
};

/* A key from its name: a character, or one of Up Down Left Right Home End PgUp PgDn Ins Del Tab Enter Esc Space Backspace F1..F63, with any of
 * the prefixes C- (control), M- (alt), S- (shift). False when there is no such key. */
bool key_parse(const char *name, size_t length, struct key *ret);
/* How a key is written for people: "^]", "Enter", "PgUp", "Shift-PgUp". */
void key_label(const struct key *key, bool utf8, char *ret, size_t size);
/* The same key, as tables see it? Both of a terminal's erase keys are Backspace; shift is part of a printed character. */
bool key_equal(const struct key *a, const struct key *b);

/* The command that a table gives to a key; COMMAND_NONE when it has none. table may be NULL. */
enum command key_table_find(const struct key_table *table, const struct key *key);
/* The keys in force: the table's own, or what the configuration says instead. "": none is left. Borrowed. */
const char *key_binding_keys(const struct key_binding *binding);
/* Gives a binding other keys; NULL: its own again. The words must be keys. */
void key_binding_set(const struct key_binding *binding, const char *keys);
/* The n-th key of a binding, in order; false past the last. */
bool key_binding_key(const struct key_binding *binding, size_t n, struct key *ret);
/* All keys of a binding as text, ", " between. Owned. */
char *key_binding_text(const struct key_binding *binding, bool utf8);
/* The first key of the binding for a command, as text; "" when the table has none. */
void key_table_label(const struct key_table *table, enum command command, bool utf8, char *ret, size_t size);

#endif
