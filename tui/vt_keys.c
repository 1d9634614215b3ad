/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user does with keys and mouse, as the bytes that a guest's terminal would send. */
#include "tui/vt_internal.h"

#include "base/memory.h"

#include <termkey.h>

static VTermKey key_to(TermKeySym symbol)
{
	static const struct {
		TermKeySym from;
		VTermKey to;
	} keys[] = {
		{ TERMKEY_SYM_UP, VTERM_KEY_UP },	  { TERMKEY_SYM_DOWN, VTERM_KEY_DOWN },
		{ TERMKEY_SYM_LEFT, VTERM_KEY_LEFT },	  { TERMKEY_SYM_RIGHT, VTERM_KEY_RIGHT },
		{ TERMKEY_SYM_INSERT, VTERM_KEY_INS },	  { TERMKEY_SYM_DELETE, VTERM_KEY_DEL },
		{ TERMKEY_SYM_HOME, VTERM_KEY_HOME },	  { TERMKEY_SYM_FIND, VTERM_KEY_HOME },
		{ TERMKEY_SYM_END, VTERM_KEY_END },	  { TERMKEY_SYM_SELECT, VTERM_KEY_END },
		{ TERMKEY_SYM_PAGEUP, VTERM_KEY_PAGEUP }, { TERMKEY_SYM_PAGEDOWN, VTERM_KEY_PAGEDOWN },
		{ TERMKEY_SYM_TAB, VTERM_KEY_TAB },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
		if (keys[i].from == symbol)
			return keys[i].to;
	return VTERM_KEY_NONE;
}

/* Keys that are one byte on any terminal; 0 for the rest. */
static char byte_of(const struct key *key)
{
	uint32_t c = key->code;

	if (key->type == KEY_TYPE_SYMBOL)
		return c == TERMKEY_SYM_ENTER	    ? '\r'
		       : c == TERMKEY_SYM_ESCAPE    ? '\033'
		       : c == TERMKEY_SYM_BACKSPACE ? '\b'
		       : c == TERMKEY_SYM_DEL	    ? '\177'
						    : 0;
	if (key->type != KEY_TYPE_CHAR || !(key->modifiers & TERMKEY_KEYMOD_CTRL))
		return 0;
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 1);
	return c > '@' && c <= '_' ? (char)(c & 0x1f) : 0;
}

void vt_key(struct vt *vt, const struct key *key, bool utf8)
{
	char byte = byte_of(key);

	if (byte != 0 || (key->type == KEY_TYPE_CHAR && (key->code < 0x80 || !utf8))) {
		bool nul = key->type == KEY_TYPE_CHAR && key->modifiers & TERMKEY_KEYMOD_CTRL && byte == 0;
		char bytes[2] = { '\033', byte != 0 ? byte : nul ? '\0' : (char)key->code };
		bool alt = key->modifiers & TERMKEY_KEYMOD_ALT;

		if (nul && key->code != ' ' && key->code != '@')
			return;
		vt_say(alt ? bytes : bytes + 1, alt ? 2 : 1, vt);
		return;
	}
	/* libvterm's modifiers have the values of libtermkey's */
	VTermModifier modifiers = (VTermModifier)(key->modifiers & VTERM_ALL_MODS_MASK);

	if (key->type == KEY_TYPE_CHAR)
		vterm_keyboard_unichar(vt->vterm, key->code, modifiers & ~(VTermModifier)VTERM_MOD_SHIFT);
	else if (key->type == KEY_TYPE_FUNCTION)
		vterm_keyboard_key(vt->vterm, (VTermKey)VTERM_KEY_FUNCTION(key->code), modifiers);
	else if (key_to((TermKeySym)key->code) != VTERM_KEY_NONE)
		vterm_keyboard_key(vt->vterm, key_to((TermKeySym)key->code), modifiers);
}

void vt_paste_bracket(struct vt *vt, bool begin)
{
	if (begin)
		vterm_keyboard_start_paste(vt->vterm);
	else
		vterm_keyboard_end_paste(vt->vterm);
}

bool vt_wants_mouse(const struct vt *vt)
{
	return vt->mouse != VTERM_PROP_MOUSE_NONE;
}

bool vt_wants_motion(const struct vt *vt)
{
	return vt->mouse == VTERM_PROP_MOUSE_MOVE;
}

bool vt_holds_mouse(const struct vt *vt)
{
	return vt_wants_mouse(vt) && vt->pressed != 0;
}

bool vt_mouse(struct vt *vt, const struct mouse *mouse)
{
	VTermModifier modifiers = (VTermModifier)(mouse->modifiers & VTERM_ALL_MODS_MASK);
	int button = mouse->button;

	if (!vt_wants_mouse(vt))
		return false;
	/* some terminals do not say which button was let go */
	if (mouse->action == MOUSE_PRESS && button <= 3)
		vt->pressed = button;
	else if (mouse->action == MOUSE_RELEASE && button == 0)
		button = vt->pressed;
	if (mouse->action == MOUSE_RELEASE)
		vt->pressed = 0;
	vterm_mouse_move(vt->vterm, mouse->row + vt->pan, mouse->column, modifiers);
	if (mouse->action == MOUSE_PRESS || mouse->action == MOUSE_RELEASE)
		vterm_mouse_button(vt->vterm, button, mouse->action == MOUSE_PRESS, modifiers);
	return true;
}
