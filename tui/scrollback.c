/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packed lines in a ring.
 *
 * A line is runs of cells that look alike: a byte with their number, a byte of attributes, two colours of four bytes, then each cell as a byte
 * (the length of its text; bit 7: two columns wide) and its characters in UTF-8. Eighty plain characters are 170 bytes instead of 3,000. */
#include "tui/scrollback.h"

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define RUN_HEADER 10
#define WIDE_BIT   0x80

struct line {
	char *bytes; /* owned */
	size_t length;
};

struct scrollback {
	struct line *lines; /* owned ring */
	size_t limit, allocated;
	size_t first, count; /* the oldest line, and how many */
	size_t bytes, byte_limit;
};

struct scrollback *scrollback_new(size_t lines, size_t bytes)
{
	struct scrollback *scrollback = xcalloc(1, sizeof *scrollback);

	scrollback->limit = lines;
	scrollback->byte_limit = bytes;
	return scrollback;
}

void scrollback_clear(struct scrollback *scrollback)
{
	for (size_t i = 0; i < scrollback->count; i++)
		free(scrollback->lines[(scrollback->first + i) % scrollback->allocated].bytes);
	free(scrollback->lines);
	scrollback->lines = NULL;
	scrollback->allocated = scrollback->first = scrollback->count = scrollback->bytes = 0;
}

void scrollback_free(struct scrollback *scrollback)
{
	if (scrollback == NULL)
		return;
	scrollback_clear(scrollback);
	free(scrollback);
}

size_t scrollback_count(const struct scrollback *scrollback)
{
	return scrollback->count;
}

static bool looks_alike(const struct cell *a, const struct cell *b)
{
	return a->attributes == b->attributes && colour_equal(&a->foreground, &b->foreground) &&
	       colour_equal(&a->background, &b->background);
}

static bool is_blank(const struct cell *cell)
{
	static const struct cell blank;

	return (cell->chars[0] == 0 || cell->chars[0] == ' ') && cell->chars[1] == 0 && looks_alike(cell, &blank);
}

static void pack_character(struct strbuf *out, uint32_t c)
{
	if (c < 0x80) {
		strbuf_putc(out, (char)c);
	} else if (c < 0x800) {
		strbuf_putc(out, (char)(0xc0 | c >> 6));
		strbuf_putc(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		strbuf_putc(out, (char)(0xe0 | c >> 12));
		strbuf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		strbuf_putc(out, (char)(0x80 | (c & 0x3f)));
	} else {
		strbuf_putc(out, (char)(0xf0 | c >> 18));
		strbuf_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		strbuf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		strbuf_putc(out, (char)(0x80 | (c & 0x3f)));
	}
}

static void pack_cell(struct strbuf *out, const struct cell *cell)
{
	size_t at = out->length;

	strbuf_putc(out, 0);
	for (size_t i = 0; i < CELL_CHARS && cell->chars[i] != 0 && cell->chars[i] <= 0x10ffff; i++)
		pack_character(out, cell->chars[i]);
	out->data[at] = (char)((out->length - at - 1) | (cell->width == 2 ? WIDE_BIT : 0));
}

static void pack(struct strbuf *out, const struct cell *cells, size_t count)
{
	size_t run = 0;

	for (size_t i = 0; i < count; i++) {
		if (i > 0 && cells[i].width == 0)
			continue; /* the wide cell before it says so */
		if (out->length == 0 || !looks_alike(&cells[i], &cells[i - 1]) || (unsigned char)out->data[run] == 255) {
			run = out->length;
			strbuf_putc(out, 0);
			strbuf_putc(out, (char)cells[i].attributes);
			strbuf_add(out, &cells[i].foreground, sizeof cells[i].foreground);
			strbuf_add(out, &cells[i].background, sizeof cells[i].background);
		}
		out->data[run] = (char)((unsigned char)out->data[run] + 1);
		pack_cell(out, &cells[i]);
	}
}

static size_t unpack_cell(const char *bytes, struct cell *ret)
{
	unsigned char head = (unsigned char)bytes[0];
	size_t length = head & ~WIDE_BIT & 0xff;
	char text[CELL_CHARS * 4 + 1];
	const char *at = text;

	memcpy(text, bytes + 1, length);
	text[length] = '\0';
	ret->width = head & WIDE_BIT ? 2 : 1;
	for (size_t i = 0; i < CELL_CHARS && *at != '\0'; i++)
		ret->chars[i] = utf8_next(&at);
	return 1 + length;
}

static void unpack(const struct line *line, struct cell *ret, size_t count)
{
	size_t at = 0;
	size_t column = 0;

	while (at < line->length) {
		unsigned char left = (unsigned char)line->bytes[at];
		struct cell look = { .attributes = (uint8_t)line->bytes[at + 1] };

		memcpy(&look.foreground, line->bytes + at + 2, sizeof look.foreground);
		memcpy(&look.background, line->bytes + at + 6, sizeof look.background);
		for (at += RUN_HEADER; left > 0; left--) {
			struct cell cell = look;

			at += unpack_cell(line->bytes + at, &cell);
			if (column + cell.width > count)
				return;
			ret[column++] = cell;
			if (cell.width == 2) {
				ret[column] = look;
				ret[column++].width = 0;
			}
		}
	}
}

static void drop_oldest(struct scrollback *scrollback)
{
	struct line *line = &scrollback->lines[scrollback->first];

	scrollback->bytes -= line->length;
	free(line->bytes);
	scrollback->first = (scrollback->first + 1) % scrollback->allocated;
	scrollback->count--;
}

/* The ring grows by doubling, so that a console that says little costs little. */
static void make_room(struct scrollback *scrollback)
{
	if (scrollback->count < scrollback->allocated)
		return;
	if (scrollback->allocated == scrollback->limit) {
		drop_oldest(scrollback);
		return;
	}
	size_t allocated = scrollback->allocated > 0 ? scrollback->allocated * 2 : 64;

	allocated = allocated < scrollback->limit ? allocated : scrollback->limit;
	struct line *lines = xcalloc(allocated, sizeof *lines);

	for (size_t i = 0; i < scrollback->count; i++)
		lines[i] = scrollback->lines[(scrollback->first + i) % scrollback->allocated];
	free(scrollback->lines);
	scrollback->lines = lines;
	scrollback->allocated = allocated;
	scrollback->first = 0;
}

void scrollback_push(struct scrollback *scrollback, const struct cell *cells, size_t count)
{
	struct strbuf packed = STRBUF_INIT;

	if (scrollback->limit == 0)
		return;
	/* blanks up to the very end are text of a line that may go on in the next one */
	while (count > 0 && cells[count - 1].chars[0] == 0 && is_blank(&cells[count - 1]))
		count--;
	pack(&packed, cells, count);
	make_room(scrollback);
	struct line *line = &scrollback->lines[(scrollback->first + scrollback->count) % scrollback->allocated];

	/* exactly as long as it is: there are thousands of these */
	line->length = packed.length;
	line->bytes = xmalloc(packed.length + 1);
	if (packed.length > 0)
		memcpy(line->bytes, packed.data, packed.length);
	strbuf_clear(&packed);
	scrollback->count++;
	scrollback->bytes += line->length;
	while (scrollback->bytes > scrollback->byte_limit && scrollback->count > 0)
		drop_oldest(scrollback);
}

bool scrollback_get(const struct scrollback *scrollback, size_t index, struct cell *ret, size_t count)
{
	memset(ret, 0, count * sizeof *ret);
	for (size_t i = 0; i < count; i++)
		ret[i].width = 1;
	if (index >= scrollback->count)
		return false;
	size_t at = scrollback->first + scrollback->count - 1 - index;

	unpack(&scrollback->lines[at % scrollback->allocated], ret, count);
	return true;
}

bool scrollback_pop(struct scrollback *scrollback, struct cell *ret, size_t count)
{
	if (!scrollback_get(scrollback, 0, ret, count))
		return false;
	size_t at = (scrollback->first + scrollback->count - 1) % scrollback->allocated;

	scrollback->bytes -= scrollback->lines[at].length;
	free(scrollback->lines[at].bytes);
	scrollback->count--;
	return true;
}
