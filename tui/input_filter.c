/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sequences are held until they are whole, then given to whom they belong to. */
#include "tui/input_filter.h"

#include "tui/kitty_keys.h"

#include <stdlib.h>
#include <string.h>

#define ESCAPE '\033'
#define DIGITS_MOST 7 /* of a number: no character has more */

static void release(struct input_filter *filter)
{
	size_t length = filter->length;

	filter->length = 0;
	if (length > 0)
		filter->callbacks->bytes(filter->held, length, filter->userdata);
}

static void answer(struct input_filter *filter)
{
	size_t length = filter->length;

	filter->length = 0;
	if (filter->answers)
		filter->callbacks->answer(filter->held + 1, length - 1, filter->userdata);
}

static bool is(const struct input_filter *filter, const char *sequence)
{
	return filter->length == strlen(sequence) && memcmp(filter->held, sequence, filter->length) == 0;
}

/* DA1 and DECRPM, the flags of the kitty protocol, the size of a cell. */
static bool is_answer(const struct input_filter *filter)
{
	char final = filter->held[filter->length - 1];

	if (filter->held[2] == '?')
		return final == 'c' || final == 'u' || final == 'y';
	return final == 't' && filter->held[2] == '6' && filter->held[3] == ';';
}

/* "ESC [ < button ; x ; y M", m for a release. */
static bool read_mouse(const struct input_filter *filter, struct sgr_mouse *ret)
{
	unsigned numbers[3] = { 0 };
	size_t count = 0;
	char final = filter->held[filter->length - 1];

	if (filter->length < 9 || filter->held[2] != '<' || (final != 'M' && final != 'm'))
		return false;
	for (size_t i = 3; i + 1 < filter->length; i++) {
		char byte = filter->held[i];

		if (byte >= '0' && byte <= '9' && numbers[count] < 100000)
			numbers[count] = numbers[count] * 10 + (unsigned)(byte - '0');
		else if (byte == ';' && count < 2)
			count++;
		else
			return false;
	}
	*ret = (struct sgr_mouse){ numbers[0], numbers[1], numbers[2], final == 'm' };
	return count == 2;
}

/* Has it the form of a key or of the mouse? libtermkey looks further ones up beyond the end of its tables ("ESC [ # R", "ESC [ ? A"), and takes a number
 * for a character ("ESC [ u", "ESC [ 27 ~") though there is none. */
static bool has_form(const struct input_filter *filter)
{
	size_t last = filter->length - 1, digits = 0, numbers = 1;
	char final = filter->held[last];
	bool mouse = filter->held[2] == '<' && (final == 'M' || final == 'm');
	bool character = final == 'u' || final == '~';

	for (size_t i = mouse ? 3 : 2; i < last; i++) {
		char byte = filter->held[i];

		if (byte >= '0' && byte <= '9') {
			if (++digits > DIGITS_MOST)
				return false;
		} else if (byte == ';' || byte == ':') {
			if (character && digits == 0)
				return false;
			digits = 0;
			numbers++;
		} else {
			return false;
		}
	}
	if (character && digits == 0)
		return false;
	return numbers > 2 || final != '~' || strtoul(filter->held + 2, NULL, 10) != 27;
}

static void forward(struct input_filter *filter)
{
	if (!has_form(filter))
		filter->length = 0;
	release(filter);
}

/* "ESC [ ... final" is whole. */
static void take_csi(struct input_filter *filter)
{
	struct sgr_mouse mouse;
	struct key key;

	if (is(filter, "\033[200~") || is(filter, "\033[201~")) {
		filter->pasting = filter->held[4] == '0';
		release(filter);
	} else if (filter->pasting) {
		forward(filter);
	} else if (filter->length > 3 && is_answer(filter)) {
		answer(filter);
	} else if (filter->pixels && read_mouse(filter, &mouse)) {
		filter->length = 0;
		filter->callbacks->mouse(&mouse, filter->userdata);
	} else if (filter->kitty && kitty_key(filter->held + 2, filter->length - 2, &key)) {
		filter->length = 0;
		filter->callbacks->key(&key, filter->userdata);
	} else {
		forward(filter);
	}
}

/* A byte that no sequence has: what it was the beginning of is dropped, since libtermkey would go on with it. */
static void break_off(struct input_filter *filter, char byte)
{
	filter->held[0] = byte;
	filter->length = 1;
	release(filter);
}

/* One more byte of what is held. */
static void extend(struct input_filter *filter, char byte)
{
	unsigned char value = (unsigned char)byte;

	/* An escape within is the beginning of the next one, but for the end of a string. */
	if (byte == ESCAPE && !(filter->length > 1 && filter->held[1] == '_'))
		release(filter);
	if (filter->length == INPUT_FILTER_HELD)
		release(filter);
	filter->held[filter->length++] = byte;
	if (filter->length == 1)
		return;
	if (filter->length == 2) {
		if (byte != '[' && (byte != '_' || filter->pasting || !filter->answers))
			release(filter);
		return;
	}
	if (filter->held[1] == '[') {
		if (value >= 0x40 && value <= 0x7e)
			take_csi(filter);
		else if (value < 0x20 || value > 0x7e)
			break_off(filter, byte);
		return;
	}
	/* a string, to its ESC \ */
	if (byte == '\\' && filter->held[filter->length - 2] == ESCAPE) {
		filter->length -= 2;
		answer(filter);
	}
}

void input_filter_push(struct input_filter *filter, const char *bytes, size_t length)
{
	size_t at = 0;

	while (at < length) {
		if (filter->length > 0 || bytes[at] == ESCAPE) {
			extend(filter, bytes[at++]);
			continue;
		}
		const char *next = memchr(bytes + at, ESCAPE, length - at);
		size_t plain = next != NULL ? (size_t)(next - bytes) - at : length - at;

		filter->callbacks->bytes(bytes + at, plain, filter->userdata);
		at += plain;
	}
}

bool input_filter_waits(const struct input_filter *filter)
{
	return filter->length > 0;
}

void input_filter_flush(struct input_filter *filter)
{
	release(filter);
}
