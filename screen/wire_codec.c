/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Payloads of frames, from structs and back: every length, count and range is judged here, for both ends. */
#include "screen/wire_internal.h"

#include "base/text.h"

#include <string.h>

#define CELL_SIZE 10 /* three numbers of three bytes, and the flags */

/* ---- numbers ---- */

static void put_8(struct wire *wire, uint8_t value)
{
	strbuf_putc(&wire->out, (char)value);
}

static void put_number(struct wire *wire, uint32_t value, size_t bytes)
{
	char text[4];

	for (size_t i = 0; i < bytes; i++)
		text[i] = (char)(value >> (8 * i));
	strbuf_add(&wire->out, text, bytes);
}

static void put_16(struct wire *wire, uint16_t value)
{
	put_number(wire, value, 2);
}

static void put_32(struct wire *wire, uint32_t value)
{
	put_number(wire, value, 4);
}

/* Reads on from at; past the end it gives 0 and remembers that it failed. */
struct reader {
	const unsigned char *at;
	size_t left;
	bool failed;
};

static struct reader reader_of(const struct wire_frame *frame)
{
	return (struct reader){ frame->payload, frame->length, false };
}

static uint32_t get_number(struct reader *reader, size_t bytes)
{
	uint32_t value = 0;

	if (reader->left < bytes) {
		reader->failed = true;
		return 0;
	}
	for (size_t i = 0; i < bytes; i++)
		value |= (uint32_t)reader->at[i] << (8 * i);
	reader->at += bytes;
	reader->left -= bytes;
	return value;
}

static uint8_t get_8(struct reader *reader)
{
	return (uint8_t)get_number(reader, 1);
}

static uint16_t get_16(struct reader *reader)
{
	return (uint16_t)get_number(reader, 2);
}

static uint32_t get_32(struct reader *reader)
{
	return get_number(reader, 4);
}

static bool get_flag(struct reader *reader)
{
	uint8_t value = get_8(reader);

	if (value > 1)
		reader->failed = true;
	return value == 1;
}

/* Was everything there, and nothing more? */
static bool done(const struct reader *reader)
{
	return !reader->failed && reader->left == 0;
}

/* ---- text ---- */

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* Copies what may be shown of a text that comes from anybody: whole characters, no control characters. */
static size_t clean_text(const char *text, char ret[WIRE_TEXT_SIZE])
{
	size_t length = 0;

	if (!utf8_valid(text, strnlen(text, WIRE_TEXT_SIZE))) {
		for (; *text && length < WIRE_TEXT_SIZE - 1; text++)
			ret[length++] = *text >= 0x20 && *text < 0x7f ? *text : '?';
		ret[length] = '\0';
		return length;
	}
	while (*text) {
		const char *from = text;
		uint32_t c = utf8_next(&text);
		size_t bytes = (size_t)(text - from);

		if (length + bytes >= WIRE_TEXT_SIZE)
			break;
		if (is_control(c)) {
			ret[length++] = '?';
			continue;
		}
		memcpy(ret + length, from, bytes);
		length += bytes;
	}
	ret[length] = '\0';
	return length;
}

/* Characters that would not take one cell of their own, or change how others are shown: marks that combine, controls of
 * the direction of writing, invisible ones, surrogates. Two columns are the cell's own flag to say. */
static bool is_printable(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{ 0x0000, 0x001f },   { 0x007f, 0x009f },   { 0x0300, 0x036f },	      { 0x0483, 0x0489 },
		{ 0x0591, 0x05bd },   { 0x0610, 0x061a },   { 0x061c, 0x061c },	      { 0x064b, 0x065f },
		{ 0x1ab0, 0x1aff },   { 0x1dc0, 0x1dff },   { 0x200b, 0x200f },	      { 0x2028, 0x202e },
		{ 0x2060, 0x206f },   { 0x20d0, 0x20ff },   { 0xd800, 0xdfff },	      { 0xfe00, 0xfe0f },
		{ 0xfe20, 0xfe2f },   { 0xfeff, 0xfeff },   { 0xfff9, 0xfffb },	      { 0xfffe, 0xffff },
		{ 0x1d165, 0x1d169 }, { 0xe0000, 0xe0fff }, { 0x10fffe, UINT32_MAX },
	};

	if (c >= 0x20 && c < 0x7f)
		return true;
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return false;
	return true;
}

/* ---- from a front end ---- */

void wire_put_connect(struct wire *wire, const struct wire_connect *connect, int fd)
{
	size_t length = strnlen(connect->password, sizeof connect->password);

	wire_begin(wire, WIRE_CONNECT, fd);
	strbuf_add(&wire->out, connect->password, length);
	wire_end(wire);
}

bool wire_get_connect(const struct wire_frame *frame, struct wire_connect *ret)
{
	*ret = (struct wire_connect){ 0 };
	if (frame->fd < 0 || frame->length >= sizeof ret->password || memchr(frame->payload, 0, frame->length))
		return false;
	memcpy(ret->password, frame->payload, frame->length);
	return true;
}

void wire_put_view(struct wire *wire, const struct wire_view *view)
{
	wire_begin(wire, WIRE_VIEW, -1);
	put_8(wire, view->mode);
	put_8(wire, view->picture);
	put_8(wire, view->colours);
	put_16(wire, view->columns);
	put_16(wire, view->rows);
	put_16(wire, view->cell_width);
	put_16(wire, view->cell_height);
	put_16(wire, view->x);
	put_16(wire, view->y);
	put_16(wire, view->width);
	put_16(wire, view->height);
	put_8(wire, view->frames_per_second);
	wire_end(wire);
}

bool wire_get_view(const struct wire_frame *frame, struct wire_view *ret)
{
	struct reader reader = reader_of(frame);

	ret->mode = get_8(&reader);
	ret->picture = get_8(&reader);
	ret->colours = get_8(&reader);
	ret->columns = get_16(&reader);
	ret->rows = get_16(&reader);
	ret->cell_width = get_16(&reader);
	ret->cell_height = get_16(&reader);
	ret->x = get_16(&reader);
	ret->y = get_16(&reader);
	ret->width = get_16(&reader);
	ret->height = get_16(&reader);
	ret->frames_per_second = get_8(&reader);
	return done(&reader) && ret->mode <= WIRE_MODE_PICTURE && ret->picture <= WIRE_KITTY &&
	       ret->colours <= WIRE_TRUE && ret->columns <= WIRE_COLUMNS && ret->rows <= WIRE_ROWS &&
	       (ret->columns > 0) == (ret->rows > 0) && ret->cell_width <= WIRE_CELL_PIXELS &&
	       ret->cell_height <= WIRE_CELL_PIXELS && (ret->cell_width > 0) == (ret->cell_height > 0) &&
	       (ret->width > 0) == (ret->height > 0);
}

static void put_serial(struct wire *wire, uint8_t type, uint32_t serial)
{
	wire_begin(wire, type, -1);
	put_32(wire, serial);
	wire_end(wire);
}

void wire_put_ack(struct wire *wire, uint32_t serial)
{
	put_serial(wire, WIRE_ACK, serial);
}

void wire_put_frame(struct wire *wire, uint32_t serial)
{
	put_serial(wire, WIRE_FRAME, serial);
}

bool wire_get_serial(const struct wire_frame *frame, uint32_t *ret)
{
	struct reader reader = reader_of(frame);

	*ret = get_32(&reader);
	return done(&reader);
}

void wire_put_key(struct wire *wire, const struct wire_key *key)
{
	wire_begin(wire, WIRE_KEY, -1);
	put_8(wire, key->down);
	put_32(wire, key->keysym);
	put_32(wire, key->scancode);
	wire_end(wire);
}

bool wire_get_key(const struct wire_frame *frame, struct wire_key *ret)
{
	struct reader reader = reader_of(frame);

	ret->down = get_flag(&reader);
	ret->keysym = get_32(&reader);
	ret->scancode = get_32(&reader);
	return done(&reader);
}

void wire_put_pointer(struct wire *wire, const struct wire_pointer *pointer)
{
	wire_begin(wire, WIRE_POINTER, -1);
	put_16(wire, pointer->x);
	put_16(wire, pointer->y);
	put_8(wire, pointer->buttons);
	wire_end(wire);
}

bool wire_get_pointer(const struct wire_frame *frame, struct wire_pointer *ret)
{
	struct reader reader = reader_of(frame);

	ret->x = get_16(&reader);
	ret->y = get_16(&reader);
	ret->buttons = get_8(&reader);
	return done(&reader);
}

void wire_put_text(struct wire *wire, uint8_t type, const char *text, size_t length)
{
	wire_begin(wire, type, -1);
	strbuf_add(&wire->out, text, length);
	wire_end(wire);
}

bool wire_get_text(const struct wire_frame *frame, const char **ret, size_t *ret_length)
{
	*ret = (const char *)frame->payload;
	*ret_length = frame->length;
	return frame->length <= WIRE_CLIPBOARD && utf8_valid(*ret, frame->length);
}

void wire_put_plain(struct wire *wire, uint8_t type)
{
	wire_begin(wire, type, -1);
	wire_end(wire);
}

/* ---- from virtty-screen ---- */

void wire_put_state(struct wire *wire, const struct wire_state *state)
{
	char text[WIRE_TEXT_SIZE];
	size_t length = clean_text(state->text, text);

	wire_begin(wire, WIRE_STATE, -1);
	put_8(wire, state->link);
	put_8(wire, state->scancodes);
	put_8(wire, state->clipboard);
	put_8(wire, state->absolute);
	put_16(wire, state->width);
	put_16(wire, state->height);
	strbuf_add(&wire->out, text, length);
	wire_end(wire);
}

bool wire_get_state(const struct wire_frame *frame, struct wire_state *ret)
{
	struct reader reader = reader_of(frame);
	char text[WIRE_TEXT_SIZE] = "";

	ret->link = get_8(&reader);
	ret->scancodes = get_flag(&reader);
	ret->clipboard = get_flag(&reader);
	ret->absolute = get_flag(&reader);
	ret->width = get_16(&reader);
	ret->height = get_16(&reader);
	if (reader.failed || ret->link > WIRE_REFUSED || reader.left >= WIRE_TEXT_SIZE ||
	    memchr(reader.at, 0, reader.left) || !utf8_valid((const char *)reader.at, reader.left))
		return false;
	memcpy(text, reader.at, reader.left);
	clean_text(text, ret->text);
	return true;
}

void wire_put_layout(struct wire *wire, const struct wire_layout *layout)
{
	wire_begin(wire, WIRE_LAYOUT, -1);
	put_8(wire, layout->kind);
	put_16(wire, layout->columns);
	put_16(wire, layout->rows);
	put_16(wire, layout->recognised);
	put_16(wire, layout->x);
	put_16(wire, layout->y);
	put_16(wire, layout->left);
	put_16(wire, layout->top);
	put_32(wire, layout->cell_width_256);
	put_32(wire, layout->cell_height_256);
	put_16(wire, layout->width);
	put_16(wire, layout->height);
	wire_end(wire);
}

bool wire_get_layout(const struct wire_frame *frame, struct wire_layout *ret)
{
	struct reader reader = reader_of(frame);

	ret->kind = get_8(&reader);
	ret->columns = get_16(&reader);
	ret->rows = get_16(&reader);
	ret->recognised = get_16(&reader);
	ret->x = get_16(&reader);
	ret->y = get_16(&reader);
	ret->left = get_16(&reader);
	ret->top = get_16(&reader);
	ret->cell_width_256 = get_32(&reader);
	ret->cell_height_256 = get_32(&reader);
	ret->width = get_16(&reader);
	ret->height = get_16(&reader);
	return done(&reader) && ret->kind <= WIRE_KIND_PICTURE && ret->columns <= WIRE_COLUMNS &&
	       ret->rows <= WIRE_ROWS && ret->recognised <= 1000 && ret->left <= ret->columns &&
	       ret->top <= ret->rows && (ret->kind != WIRE_KIND_NONE) == (ret->columns > 0 && ret->rows > 0);
}

/* Cells are by far the most of what is said. */
static char *write_24(char *to, uint32_t value)
{
	*to++ = (char)value;
	*to++ = (char)(value >> 8);
	*to++ = (char)(value >> 16);
	return to;
}

void wire_put_cells(struct wire *wire, const struct wire_cells *cells)
{
	wire_begin(wire, WIRE_CELLS, -1);
	put_16(wire, cells->row);
	put_16(wire, cells->column);
	put_16(wire, cells->count);
	for (size_t i = 0; i < cells->count; i++) {
		char *to = strbuf_reserve(&wire->out, CELL_SIZE);

		to = write_24(to, cells->cells[i].character);
		to = write_24(to, cells->cells[i].foreground);
		to = write_24(to, cells->cells[i].background);
		*to = (char)cells->cells[i].flags;
		strbuf_commit(&wire->out, CELL_SIZE);
	}
	wire_end(wire);
}

bool wire_get_cells(const struct wire_frame *frame, struct wire_cell room[WIRE_COLUMNS], struct wire_cells *ret)
{
	struct reader reader = reader_of(frame);

	ret->row = get_16(&reader);
	ret->column = get_16(&reader);
	ret->count = get_16(&reader);
	ret->cells = room;
	if (reader.failed || ret->row >= WIRE_ROWS || ret->count == 0 || ret->column + ret->count > WIRE_COLUMNS)
		return false;
	for (size_t i = 0; i < ret->count; i++) {
		uint32_t character = get_number(&reader, 3);

		room[i].character = is_printable(character) ? character : 0xfffd;
		room[i].foreground = get_number(&reader, 3);
		room[i].background = get_number(&reader, 3);
		room[i].flags = get_8(&reader) & (WIRE_CELL_TEXT | WIRE_CELL_WIDE | WIRE_CELL_RIGHT);
	}
	return done(&reader);
}

void wire_put_image(struct wire *wire, const struct wire_image *image)
{
	wire_begin(wire, WIRE_IMAGE, -1);
	put_8(wire, image->picture);
	put_16(wire, image->row);
	put_16(wire, image->column);
	put_16(wire, image->rows);
	put_16(wire, image->columns);
	put_16(wire, image->width);
	put_16(wire, image->height);
	strbuf_add(&wire->out, image->bytes, image->length);
	wire_end(wire);
}

/* Only what is data in the protocol: nothing in it can end the sequence that it will stand in. */
static bool image_bytes_valid(uint8_t picture, const char *bytes, size_t length)
{
	const char *marks = picture == WIRE_SIXEL ? "!\"#$-;" : "+/=";

	for (size_t i = 0; i < length; i++) {
		char c = bytes[i];
		bool digit = c >= '0' && c <= '9', letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
		bool sixel = picture == WIRE_SIXEL && c >= '?' && c <= '~';

		if (!digit && !letter && !sixel && !(c && strchr(marks, c)))
			return false;
	}
	return true;
}

bool wire_get_image(const struct wire_frame *frame, struct wire_image *ret)
{
	struct reader reader = reader_of(frame);

	ret->picture = get_8(&reader);
	ret->row = get_16(&reader);
	ret->column = get_16(&reader);
	ret->rows = get_16(&reader);
	ret->columns = get_16(&reader);
	ret->width = get_16(&reader);
	ret->height = get_16(&reader);
	ret->bytes = (const char *)reader.at;
	ret->length = reader.left;
	return !reader.failed && (ret->picture == WIRE_SIXEL || ret->picture == WIRE_KITTY) && ret->rows > 0 &&
	       ret->columns > 0 && ret->row + ret->rows <= WIRE_ROWS && ret->column + ret->columns <= WIRE_COLUMNS &&
	       ret->width > 0 && ret->height > 0 && image_bytes_valid(ret->picture, ret->bytes, ret->length);
}

void wire_put_cursor(struct wire *wire, const struct wire_cursor *cursor)
{
	wire_begin(wire, WIRE_CURSOR, -1);
	put_8(wire, cursor->shown);
	put_16(wire, cursor->row);
	put_16(wire, cursor->column);
	wire_end(wire);
}

bool wire_get_cursor(const struct wire_frame *frame, struct wire_cursor *ret)
{
	struct reader reader = reader_of(frame);

	ret->shown = get_flag(&reader);
	ret->row = get_16(&reader);
	ret->column = get_16(&reader);
	return done(&reader) && ret->row < WIRE_ROWS && ret->column < WIRE_COLUMNS;
}
