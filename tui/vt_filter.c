/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gate: a small ECMA-48 scanner. */
#include "tui/vt_filter.h"

#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ESC 0x1b
#define CAN 0x18
#define SUB 0x1a

/* An unfinished string must not swallow a console for ever. */
#define STRING_LIMIT   (1024 * 1024)
#define NUMBER_DIGITS  9
#define PARAMETERS     15
#define INTERMEDIATES  2
#define MODE_MARGINS   69 /* left and right margins */

/* The parts of a CSI: ESC [ leader parameters intermediates final. */
struct csi {
	char leader; /* one of <=>?; 0: none */
	char final;
	long numbers[PARAMETERS]; /* 0 where none stands */
	size_t count;
};

/* False when it is not of that form, or longer than libvterm's own arrays, which it does not guard well. */
static bool read_csi(const char *text, size_t length, struct csi *ret)
{
	size_t at = 2;
	size_t digits = 0;

	*ret = (struct csi){ .final = text[length - 1], .count = 1 };
	if (strchr("<=>?", text[at]) != NULL)
		ret->leader = text[at++];
	for (; at < length - 1 && (isdigit((unsigned char)text[at]) || text[at] == ';' || text[at] == ':'); at++) {
		if (isdigit((unsigned char)text[at])) {
			if (++digits > NUMBER_DIGITS)
				return false;
			ret->numbers[ret->count - 1] = ret->numbers[ret->count - 1] * 10 + (text[at] - '0');
			continue;
		}
		digits = 0;
		if (++ret->count > PARAMETERS)
			return false;
	}
	size_t intermediates = 0;

	for (; at < length - 1 && text[at] >= 0x20 && text[at] < 0x30; at++)
		intermediates++;
	return at == length - 1 && intermediates <= INTERMEDIATES;
}

static bool csi_may_pass(const struct vt_filter *filter)
{
	struct csi csi;

	if (!read_csi(filter->held, filter->held_length, &csi))
		return false;
	if (csi.final == 'b') /* repeat: only of a plain character that has just been written */
		return filter->last >= 0x20 && filter->last < 0x7f;
	for (size_t i = 0; i < csi.count; i++)
		if (csi.leader == '?' && (csi.final == 'h' || csi.final == 'l') && csi.numbers[i] == MODE_MARGINS)
			return false;
	return true;
}

/* held: ESC intermediates final. With an intermediate only what designates a character set, and the screen of E's: libvterm takes the rest for the
 * beginning of a CSI or a string, whatever comes before its final byte, or would be led out of UTF-8 and to double-width lines. */
static bool escape_may_pass(const struct vt_filter *filter)
{
	if (filter->held_length < 3)
		return true;
	if (filter->held_length > 3 || strchr("P[]X^_", filter->held[2]) != NULL)
		return false;
	return strchr("()*+", filter->held[1]) != NULL || (filter->held[1] == '#' && filter->held[2] == '8');
}

struct way_out {
	void (*pass)(const char *bytes, size_t length, void *userdata);
	void *userdata;
};

static void let_through(struct vt_filter *filter, const char *bytes, size_t length, const struct way_out *way)
{
	if (length == 0)
		return;
	filter->last = (unsigned char)bytes[length - 1];
	way->pass(bytes, length, way->userdata);
}

static void end_sequence(struct vt_filter *filter, bool pass, const struct way_out *way)
{
	filter->state = VT_GROUND;
	if (pass)
		let_through(filter, filter->held, filter->held_length, way);
	filter->last = 0; /* a repeat after a sequence repeats nothing */
}

static void begin_escape(struct vt_filter *filter)
{
	filter->state = VT_ESCAPE;
	filter->held[0] = ESC;
	filter->held_length = 1;
}

/* A byte after ESC, or in a CSI. */
static void sequence_byte(struct vt_filter *filter, unsigned char byte, const struct way_out *way)
{
	if (byte < 0x20) {
		/* a control inside of a sequence acts at once */
		char control = (char)byte;

		way->pass(&control, 1, way->userdata);
		return;
	}
	if (byte >= 0x7f) {
		if (byte > 0x7f)
			end_sequence(filter, false, way);
		return;
	}
	if (filter->held_length < VT_FILTER_HELD)
		filter->held[filter->held_length++] = (char)byte;
	bool whole = filter->held_length < VT_FILTER_HELD;

	if (filter->state == VT_CSI) {
		if (byte >= 0x40)
			end_sequence(filter, whole && csi_may_pass(filter), way);
	} else if (filter->held_length == 2 && byte == '[') {
		filter->state = VT_CSI;
	} else if (filter->held_length == 2 && strchr("]PX^_", byte) != NULL) {
		filter->state = VT_STRING;
		filter->string_length = 0;
	} else if (byte >= 0x30) {
		end_sequence(filter, whole && escape_may_pass(filter), way);
	}
}

/* A byte of a title, a clipboard, a device's control: gone. */
static void string_byte(struct vt_filter *filter, unsigned char byte)
{
	if (byte == '\a' || ++filter->string_length > STRING_LIMIT)
		filter->state = VT_GROUND;
}

/* The bytes of a character that begins with this one; 0 when none does. */
static size_t character_length(unsigned char first)
{
	return first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/* The held character, whole or broken off. C1 controls in their two-byte form are no characters. */
static void end_character(struct vt_filter *filter, const struct way_out *way)
{
	static const char stand_in[] = "\xef\xbf\xbd";
	unsigned char first = (unsigned char)filter->held[0];
	bool control = first == 0xc2 && filter->held_length == 2 && (unsigned char)filter->held[1] < 0xa0;

	filter->state = VT_GROUND;
	if (!control && filter->held_length == character_length(first) && utf8_valid(filter->held, filter->held_length))
		let_through(filter, filter->held, filter->held_length, way);
	else
		let_through(filter, stand_in, sizeof stand_in - 1, way);
}

/* One byte in the midst of something. False when it must be looked at again: it ended a character that it is not part of. */
static bool held_byte(struct vt_filter *filter, unsigned char byte, const struct way_out *way)
{
	if (filter->state == VT_CHARACTER) {
		if (byte < 0x80 || byte >= 0xc0) {
			end_character(filter, way);
			return false;
		}
		filter->held[filter->held_length++] = (char)byte;
		if (filter->held_length == character_length((unsigned char)filter->held[0]))
			end_character(filter, way);
	} else if (byte == ESC) {
		begin_escape(filter); /* ends what came before; of a string's end, ESC \, the second half passes harmlessly */
	} else if (byte == CAN || byte == SUB) {
		filter->state = VT_GROUND;
		filter->last = 0;
	} else if (filter->state == VT_STRING) {
		string_byte(filter, byte);
	} else {
		sequence_byte(filter, byte, way);
	}
	return true;
}

void vt_filter(struct vt_filter *filter, const char *bytes, size_t length,
	       void (*pass)(const char *bytes, size_t length, void *userdata), void *userdata)
{
	const struct way_out way = { pass, userdata };
	size_t i = 0;

	while (i < length) {
		unsigned char byte = (unsigned char)bytes[i];

		if (filter->state != VT_GROUND) {
			i += held_byte(filter, byte, &way);
			continue;
		}
		size_t plain = i;

		while (plain < length && (unsigned char)bytes[plain] < 0x80 && bytes[plain] != ESC)
			plain++;
		let_through(filter, bytes + i, plain - i, &way);
		i = plain;
		if (i == length)
			return;
		byte = (unsigned char)bytes[i++];
		if (byte == ESC) {
			begin_escape(filter);
			continue;
		}
		filter->held[0] = (char)byte;
		filter->held_length = 1;
		filter->state = VT_CHARACTER;
		if (character_length(byte) == 0)
			end_character(filter, &way);
	}
}
