/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys by number or name in any code set, found in one table. */
#include "hv/keycodes.h"

#include "base/enum.h"
#include "base/memory.h"
#include "base/text.h"
#include "hv/keycodes_table.h"

#define EXTENDED 0xe000 /* set 1 and 2: after the prefix e0 */

ENUM_WORDS(codeset, CODESET_COUNT, "linux", "xt", "atset1", "atset2", "atset3", "os_x", "xt_kbd", "usb", "win32",
	   "qnum");

bool codeset_from_word(const char *word, enum codeset *ret)
{
	int value = text_equal(word, "rfb") ? CODESET_QNUM : enum_value(&codeset_words, word);

	if (value < 0)
		return false;
	*ret = (enum codeset)value;
	return true;
}

const char *codeset_word(enum codeset set)
{
	return enum_word(&codeset_words, (int)set);
}

/* Set 2 of each code of set 1: a PC's keyboard controller translates the other way. */
static const uint8_t set2_of_set1[128] = {
	0x00, 0x76, 0x16, 0x1e, 0x26, 0x25, 0x2e, 0x36, 0x3d, 0x3e, 0x46, 0x45, 0x4e, 0x55, 0x66, 0x0d, /* 00 */
	0x15, 0x1d, 0x24, 0x2d, 0x2c, 0x35, 0x3c, 0x43, 0x44, 0x4d, 0x54, 0x5b, 0x5a, 0x14, 0x1c, 0x1b, /* 10 */
	0x23, 0x2b, 0x34, 0x33, 0x3b, 0x42, 0x4b, 0x4c, 0x52, 0x0e, 0x12, 0x5d, 0x1a, 0x22, 0x21, 0x2a, /* 20 */
	0x32, 0x31, 0x3a, 0x41, 0x49, 0x4a, 0x59, 0x7c, 0x11, 0x29, 0x58, 0x05, 0x06, 0x04, 0x0c, 0x03, /* 30 */
	0x0b, 0x83, 0x0a, 0x01, 0x09, 0x77, 0x7e, 0x6c, 0x75, 0x7d, 0x7b, 0x6b, 0x73, 0x74, 0x79, 0x69, /* 40 */
	0x72, 0x7a, 0x70, 0x71, 0x7f, 0x60, 0x61, 0x78, 0x07, 0x0f, 0x17, 0x1f, 0x27, 0x2f, 0x37, 0x3f, /* 50 */
	0x47, 0x4f, 0x56, 0x5e, 0x08, 0x10, 0x18, 0x20, 0x28, 0x30, 0x38, 0x40, 0x48, 0x50, 0x57, 0x6f, /* 60 */
	0x13, 0x19, 0x39, 0x51, 0x53, 0x5c, 0x5f, 0x62, 0x63, 0x64, 0x65, 0x67, 0x68, 0x6a, 0x6d, 0x6e, /* 70 */
};

#define SET1_PAUSE 0xe046
#define SET2_PAUSE 0xe077 /* what virsh calls it: the real one is a sequence of its own */

static uint32_t set2(uint16_t set1)
{
	if (set1 == SET1_PAUSE)
		return SET2_PAUSE;
	return (set1 & 0xff00) | set2_of_set1[set1 & 0x7f];
}

static uint32_t qnum_of(const struct keycode_row *row)
{
	return (row->set1 & 0x7f) | (row->set1 >= EXTENDED ? 0x80 : 0);
}

/* A key's number in a code set; false: it has none. */
static bool code_of(const struct keycode_row *row, enum codeset set, uint32_t *ret)
{
	switch (set) {
	case CODESET_LINUX:
		*ret = row->number;
		return true;
	case CODESET_XT:
	case CODESET_ATSET1:
		*ret = row->set1;
		return true;
	case CODESET_ATSET2:
		*ret = set2(row->set1);
		return true;
	case CODESET_ATSET3:
		*ret = row->set3;
		return row->set3 != 0;
	case CODESET_OS_X:
		*ret = row->os_x;
		return row->os_x_name != NULL;
	case CODESET_XT_KBD:
		*ret = (row->set1 & 0x7fU) | (row->set1 >= EXTENDED ? 0x100 : 0);
		return true;
	case CODESET_USB:
		*ret = row->usb;
		return row->usb != 0;
	case CODESET_WIN32:
		*ret = row->win32;
		return row->win32 != 0;
	case CODESET_QNUM:
		*ret = qnum_of(row);
		return true;
	case CODESET_COUNT:
		break;
	}
	return false;
}

/* Second numbers and names of keys. */
static const struct alias {
	enum codeset set;
	uint32_t code;	  /* 0: a name alone */
	const char *name; /* with its prefix */
	uint32_t qnum;
} aliases[] = {
	{ CODESET_LINUX, 0, "KEY_SCREENLOCK", 0x92 },
	{ CODESET_LINUX, 0, "KEY_DIRECTION", 0x6b },
	{ CODESET_LINUX, 0, "KEY_DASHBOARD", 0xad },
	{ CODESET_LINUX, 0, "KEY_HANGUEL", 0x72 },
	{ CODESET_USB, 50, NULL, 0x2b }, /* the key beside Enter of ISO keyboards */
	{ CODESET_WIN32, 0x10, "VK_SHIFT", 0x2a },
	{ CODESET_WIN32, 0xa2, "VK_LCONTROL", 0x1d },
	{ CODESET_WIN32, 0xa4, "VK_LMENU", 0x38 },
};

static bool by_number(enum codeset set, uint64_t code, uint32_t *ret_qnum)
{
	uint32_t known;

	for (size_t i = 0; i < keycode_row_count; i++)
		if (code_of(&keycode_rows[i], set, &known) && known == code) {
			*ret_qnum = qnum_of(&keycode_rows[i]);
			return true;
		}
	for (size_t i = 0; i < ARRAY_LENGTH(aliases); i++)
		if (aliases[i].set == set && aliases[i].code && aliases[i].code == code) {
			*ret_qnum = aliases[i].qnum;
			return true;
		}
	return false;
}

/* The part after the prefix; with its prefix or without, where virsh leaves it out. */
static const char *name_of(const struct keycode_row *row, enum codeset set, const char **text)
{
	if (set == CODESET_LINUX)
		return row->name;
	if (set == CODESET_WIN32 && text_starts(*text, "VK_")) {
		*text += 3;
		return row->win32_name;
	}
	if (set == CODESET_OS_X) {
		*text += text_starts(*text, "kVK_") ? 4 : 0;
		return row->os_x_name;
	}
	return NULL;
}

static bool by_name(enum codeset set, const char *text, uint32_t *ret_qnum)
{
	for (size_t i = 0; i < keycode_row_count; i++) {
		const char *rest = text, *name = name_of(&keycode_rows[i], set, &rest);

		if (name && text_equal(name, rest)) {
			*ret_qnum = qnum_of(&keycode_rows[i]);
			return true;
		}
	}
	for (size_t i = 0; i < ARRAY_LENGTH(aliases); i++)
		if (aliases[i].set == set && aliases[i].name && text_equal(aliases[i].name, text)) {
			*ret_qnum = aliases[i].qnum;
			return true;
		}
	return false;
}

bool keycode_parse(enum codeset set, const char *text, uint32_t *ret_qnum)
{
	uint64_t code;

	if (text_empty(text))
		return false;
	if (text_to_uint(text, true, &code))
		return by_number(set, code, ret_qnum);
	return by_name(set, text, ret_qnum);
}

static const struct keycode_row *row_of(uint32_t qnum)
{
	for (size_t i = 0; i < keycode_row_count; i++)
		if (qnum_of(&keycode_rows[i]) == qnum)
			return &keycode_rows[i];
	return NULL;
}

const char *keycode_name(uint32_t qnum)
{
	const struct keycode_row *row = row_of(qnum);

	return row ? row->name : NULL;
}

uint32_t keycode_keysym(uint32_t qnum)
{
	const struct keycode_row *row = row_of(qnum);

	return row ? row->keysym : 0;
}

bool keycode_at(size_t n, uint32_t *ret_qnum)
{
	if (n >= keycode_row_count)
		return false;
	*ret_qnum = qnum_of(&keycode_rows[n]);
	return true;
}
