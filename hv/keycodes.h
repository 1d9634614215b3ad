/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of a keyboard, and their numbers and names in the code sets that people, virsh, QEMU and RFB know. */
#ifndef HV_KEYCODES_H
#define HV_KEYCODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* virsh's names for them: linux, xt, atset1, atset2, atset3, os_x, xt_kbd, usb, win32, qnum (rfb is its older name). */
enum codeset {
	CODESET_LINUX,
	CODESET_XT,
	CODESET_ATSET1,
	CODESET_ATSET2,
	CODESET_ATSET3,
	CODESET_OS_X,
	CODESET_XT_KBD,
	CODESET_USB,
	CODESET_WIN32,
	CODESET_QNUM,
	CODESET_COUNT
};

bool codeset_from_word(const char *word, enum codeset *ret);
const char *codeset_word(enum codeset set);

/* A key is its qnum: XT set 1, extended ones with 0x80 set; what QMP's "number" and RFB's extended key events take. */
/* By number in a code set, decimal or 0x; or by name ("KEY_ENTER" in linux; "VK_RETURN" in win32; "kVK_Return" in
 * os_x). False: no such key. */
bool keycode_parse(enum codeset set, const char *text, uint32_t *ret_qnum);
/* linux's name of a key ("KEY_ENTER"); NULL: none has it. */
const char *keycode_name(uint32_t qnum);
/* The X11 keysym of the key alone on an US keyboard (Return, F1, Control_L), for servers that take no scancodes; 0:
 * none. */
uint32_t keycode_keysym(uint32_t qnum);
/* The n-th key, for tests and help; false past the last. */
bool keycode_at(size_t n, uint32_t *ret_qnum);

#endif
