/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chords behind commands, and the line that asks for one. */
#include "tui/view_press.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "tui/consoles.h"
#include "tui/dialog_prompt.h"

#include <stdlib.h>

static bool press_named(struct view_session *session, enum command command)
{
	static const struct {
		enum command command;
		const char *names;
	} named[] = {
		{ COMMAND_SEND_CAD, "KEY_LEFTCTRL KEY_LEFTALT KEY_DELETE" },
		{ COMMAND_SEND_PRINT, "KEY_SYSRQ" },
		{ COMMAND_SEND_SUPER, "KEY_LEFTMETA" },
		{ COMMAND_SEND_PAUSE, "KEY_PAUSE" },
		{ COMMAND_SEND_MENU_KEY, "KEY_COMPOSE" },
		{ COMMAND_SEND_CAPS_LOCK, "KEY_CAPSLOCK" },
	};

	if (command >= COMMAND_SEND_F1 && command <= COMMAND_SEND_F12) {
		_cleanup_free_ char *names =
			strf("KEY_LEFTCTRL KEY_LEFTALT KEY_F%d", (int)(command - COMMAND_SEND_F1) + 1);
		struct chord chord = chord_of(names);

		view_session_chord(session, &chord);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(named); i++)
		if (named[i].command == command) {
			struct chord chord = chord_of(named[i].names);

			view_session_chord(session, &chord);
			return true;
		}
	return false;
}

/* The keys of this program's own, for the guest: Ctrl and a character. */
static bool press_own(struct view_session *session, enum command command)
{
	struct key key = { .type = KEY_TYPE_CHAR, .modifiers = 4 /* TERMKEY_KEYMOD_CTRL */ };

	if (command == COMMAND_SEND_DETACH)
		key.code = ']';
	else if (command == COMMAND_SEND_MENU)
		key.code = '\\';
	else if (command == COMMAND_SEND_OTHER_KIND)
		key.code = '^';
	else
		return false;
	view_session_key(session, &key);
	return true;
}

void view_press_sysrq(struct view_session *session, const struct key *key)
{
	struct chord chord;

	if (key->type != KEY_TYPE_CHAR || !chord_sysrq(view_session_keymap(session), key->code, &chord))
		ui_status(session->ui, STYLE_ERROR, _("this is no key of Alt-SysRq"));
	else
		view_session_chord(session, &chord);
}

static char *check_chord(const char *text, void *userdata)
{
	struct ui *ui = userdata;
	_cleanup_error_ struct error err = ERROR_INIT;
	struct view_session *session = consoles_current_view(ui);
	struct chord chord;

	if (session == NULL || chord_parse(view_session_keymap(session), text, &chord, &err))
		return NULL;
	return xstrdup(error_text(&err));
}

static void composed(struct ui *ui, const char *text, void *userdata)
{
	struct view_session *session = consoles_current_view(ui);
	struct chord chord;

	(void)userdata;
	if (session != NULL && chord_parse(view_session_keymap(session), text, &chord, NULL))
		view_session_chord(session, &chord);
}

void view_press_by_name(struct ui *ui)
{
	ui_push(ui, dialog_prompt(_("Press keys together"), _("Keys, joined by '-':"), "ctrl-alt-", check_chord,
				  composed, NULL, ui));
}

bool view_press(struct view_session *session, enum command command)
{
	return press_named(session, command) || press_own(session, command);
}
