/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The glyph store: bitmaps packed side by side, found by an open hash table of their numbers. */
#include "screen/font_store.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static unsigned packed_row_size(unsigned width)
{
	return width <= 8 ? 1 : 2;
}

static void pack(const struct size_class *class, const struct bitmap *bitmap, unsigned char *ret)
{
	if (packed_row_size(class->width) == 1) {
		for (unsigned y = 0; y < class->height; y++)
			ret[y] = (unsigned char)bitmap->rows[y];
	} else {
		memcpy(ret, bitmap->rows, class->packed_size);
	}
}

void store_unpack(unsigned width, unsigned height, const unsigned char *packed, struct bitmap *ret)
{
	memset(ret, 0, sizeof *ret);
	if (packed_row_size(width) == 1) {
		for (unsigned y = 0; y < height; y++)
			ret->rows[y] = packed[y];
	} else {
		memcpy(ret->rows, packed, (size_t)2 * height);
	}
}

/* Not against an adversary: colliding glyphs cost time, which STORE_GLYPHS_MAX and PROBES_MAX bound. */
static uint64_t hash(const unsigned char *packed, size_t size)
{
	uint64_t h = 0x9e3779b97f4a7c15u ^ size, word;

	for (; size >= 8; packed += 8, size -= 8) {
		memcpy(&word, packed, 8);
		h = (h ^ word) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	if (size > 0) {
		word = 0;
		memcpy(&word, packed, size);
		h = (h ^ word) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	h *= 0xc4ceb9fe1a85ec53u;
	return h ^ h >> 29;
}

/* As many slots as are looked at for one bitmap: a font made of collisions is not taken in, and costs no more. */
#define PROBES_MAX 256

/* The slot of a bitmap, or the empty one where it would be; NULL when neither is near. */
static uint32_t *slot_of(const struct size_class *class, const unsigned char *packed)
{
	size_t at = hash(packed, class->packed_size);

	for (size_t probe = 0; probe < PROBES_MAX; probe++, at++) {
		uint32_t *slot = &class->index[at & (class->index_size - 1)];

		if (*slot == 0 ||
		    memcmp(class->packed + (size_t)(*slot - 1) * class->packed_size, packed, class->packed_size) == 0)
			return slot;
	}
	return NULL;
}

/* A table for count glyphs, two thirds of it filled at most. */
static void index_grow(struct size_class *class, size_t count)
{
	if (count * 3 <= class->index_size * 2)
		return;
	if (class->index_size == 0)
		class->index_size = 1024;
	while (count * 3 > class->index_size * 2)
		class->index_size *= 2;
	free(class->index);
	class->index = xcalloc(class->index_size, sizeof *class->index);
	for (size_t i = 0; i < class->count; i++) {
		uint32_t *slot = slot_of(class, class->packed + i * class->packed_size);

		if (slot != NULL)
			*slot = (uint32_t)i + 1;
	}
}

static struct size_class *size_class_get(struct fonts *fonts, unsigned width, unsigned height, unsigned columns)
{
	const struct size_class *known = store_size(fonts, width, height, columns);
	struct size_class *class;

	if (known != NULL)
		return &fonts->sizes[known - fonts->sizes];
	if (fonts->size_count == STORE_SIZES_MAX)
		return NULL;
	class = &fonts->sizes[fonts->size_count++];
	*class = (struct size_class){ .width = width, .height = height, .columns = columns };
	class->packed_size = packed_row_size(width) * height;
	return class;
}

const struct size_class *store_size(const struct fonts *fonts, unsigned width, unsigned height, unsigned columns)
{
	for (size_t i = 0; i < fonts->size_count; i++) {
		const struct size_class *class = &fonts->sizes[i];

		if (class->width == width && class->height == height && class->columns == columns)
			return class;
	}
	return NULL;
}

size_t store_find(const struct size_class *class, const struct bitmap *bitmap)
{
	unsigned char packed[PACKED_MAX];
	const uint32_t *slot;

	if (class->count == 0)
		return SIZE_MAX;
	pack(class, bitmap, packed);
	slot = slot_of(class, packed);
	return slot == NULL || *slot == 0 ? SIZE_MAX : *slot - 1;
}

size_t store_next_covered(const struct size_class *class, size_t number, const struct bitmap *bitmap, unsigned from,
			  unsigned to)
{
	unsigned char packed[PACKED_MAX];
	size_t above, below, row_size;

	if (class == NULL || from >= class->height)
		return SIZE_MAX;
	row_size = packed_row_size(class->width);
	above = from * row_size;
	below = to + 1 < class->height ? (to + 1) * row_size : class->packed_size;
	pack(class, bitmap, packed);
	for (; number < class->count; number++) {
		const unsigned char *glyph = class->packed + number * class->packed_size;

		if (memcmp(glyph, packed, above) == 0 &&
		    memcmp(glyph + below, packed + below, class->packed_size - below) == 0)
			return number;
	}
	return SIZE_MAX;
}

unsigned store_rank(uint32_t character)
{
	if (character >= 0x20 && character < 0x7f)
		return 0;
	if (character >= 0x2500 && character < 0x25a0)
		return 1; /* box drawing and blocks */
	if (character >= 0xa0 && character < 0x180)
		return 2;
	if (character >= 0x370 && character < 0x530)
		return 3; /* Greek, Cyrillic */
	if (character >= 0x4e00 && character < 0xa000)
		return 4; /* CJK ideographs, before their radicals and compatibility forms */
	if (character >= 0x2000 && character < 0x2600)
		return 5;
	if (character >= 0xe000 && character < 0xf900)
		return 8; /* private use */
	return character < 0x2000 ? 6 : 7;
}

static bool likelier(uint32_t a, uint32_t b)
{
	unsigned rank_a = store_rank(a), rank_b = store_rank(b);

	return rank_a != rank_b ? rank_a < rank_b : a < b;
}

static size_t alias_first(const struct aliases *aliases, size_t glyph)
{
	size_t low = 0, high = aliases->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (aliases->items[middle].glyph < glyph)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* One more character for a bitmap that is known. Four are named in all, the likeliest. */
static void character_add(struct fonts *fonts, struct size_class *class, size_t glyph, uint32_t character)
{
	struct aliases *aliases = &fonts->aliases[class - fonts->sizes];
	size_t first, end, at;
	uint32_t held = class->characters[glyph];

	if (held == character)
		return;
	first = alias_first(aliases, glyph);
	for (end = first; end < aliases->count && aliases->items[end].glyph == glyph; end++)
		if (aliases->items[end].character == character)
			return;
	if (likelier(character, held)) {
		class->characters[glyph] = character;
		character = held;
	}
	for (at = first; at < end && likelier(aliases->items[at].character, character); at++)
		;
	if (end - first == 3) {
		if (at == end)
			return;
		/* the unlikeliest makes room */
		memmove(&aliases->items[at + 1], &aliases->items[at], (end - 1 - at) * sizeof *aliases->items);
	} else {
		if (aliases->count == STORE_ALIASES_MAX)
			return;
		ARRAY_ADD(aliases->items, aliases->count);
		memmove(&aliases->items[at + 1], &aliases->items[at],
			(aliases->count - 1 - at) * sizeof *aliases->items);
	}
	aliases->items[at] = (struct alias){ (uint32_t)glyph, character };
}

/* Not what a terminal cannot be sent, and what is no character; and not the scan lines of a VT100, which the edges and
 * shadows of frames would be taken for. */
static bool is_character(uint32_t character)
{
	if (character >= 0x23ba && character <= 0x23bd)
		return false;
	return character >= 0x20 && character <= 0x10ffff && !(character >= 0x7f && character < 0xa0) &&
	       !(character >= 0xd800 && character < 0xe000) && (character & 0xfffe) != 0xfffe;
}

static void set_room(struct size_class *class, size_t room)
{
	class->room = room;
	class->packed = xreallocarray(class->packed, room, class->packed_size);
	class->characters = xreallocarray(class->characters, room, sizeof *class->characters);
}

void store_reserve(struct fonts *fonts, unsigned width, unsigned height, unsigned columns, size_t count)
{
	struct size_class *class = size_class_get(fonts, width, height, columns);

	if (class == NULL || count > STORE_GLYPHS_MAX)
		return;
	index_grow(class, class->count + count);
	if (class->count + count > class->room)
		set_room(class, class->count + count);
}

bool store_put(struct fonts *fonts, unsigned width, unsigned height, unsigned columns, const struct bitmap *bitmap,
	       uint32_t character)
{
	unsigned char packed[PACKED_MAX];
	struct size_class *class;
	uint32_t *slot;

	if (width < FONT_WIDTH_MIN || width > FONT_WIDTH_MAX || height < FONT_HEIGHT_MIN || height > FONT_HEIGHT_MAX ||
	    columns < 1 || columns > 2 || !is_character(character))
		return false;
	class = size_class_get(fonts, width, height, columns);
	if (class == NULL)
		return false;
	index_grow(class, class->count + 1);
	pack(class, bitmap, packed);
	slot = slot_of(class, packed);
	if (slot == NULL)
		return false;
	if (*slot != 0) {
		character_add(fonts, class, *slot - 1, character);
		return true;
	}
	if (fonts->glyph_count == STORE_GLYPHS_MAX)
		return false;
	if (class->count == class->room)
		set_room(class, class->room == 0 ? 256 : class->room + class->room / 2);
	memcpy(class->packed + class->count * class->packed_size, packed, class->packed_size);
	class->characters[class->count] = character;
	class->count++;
	fonts->glyph_count++;
	*slot = (uint32_t) class->count;
	return true;
}

void store_characters(const struct fonts *fonts, const struct size_class *class, size_t number, uint32_t ret[4])
{
	const struct aliases *aliases = &fonts->aliases[class - fonts->sizes];
	size_t at = alias_first(aliases, number);

	memset(ret, 0, 4 * sizeof *ret);
	ret[0] = class->characters[number];
	for (size_t i = 1; i < 4 && at < aliases->count && aliases->items[at].glyph == number; i++, at++)
		ret[i] = aliases->items[at].character;
}
