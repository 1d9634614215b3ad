/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pixels drawn with what a terminal has, by libchafa. */
#include "screen/picture.h"

#include "base/memory.h"
#include "base/strbuf.h"

#include <chafa.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define CELL_WIDTH   8 /* where the terminal does not say */
#define CELL_HEIGHT  16
#define IMAGE_HEAD   64			/* more than a frame has besides the image's bytes */
#define IMAGE_PIXELS (16 * 1024 * 1024) /* of a terminal's area */
#define KITTY_PIXELS (1500 * 1000)	/* noise of so many is 6 MB */
#define WORK	     0.2f		/* of libchafa's effort for a cell: more is slower and hardly nicer */

/* What a canvas was made for. */
struct canvas_key {
	uint8_t picture, colours;
	unsigned columns, rows, cell_width, cell_height;
};

struct canvas {
	struct canvas_key key;
	ChafaCanvas *canvas; /* owned; NULL: none yet */
};

struct picture {
	struct canvas area, cell, image; /* kept for the next picture of the same kind */
	struct strbuf bytes;
	unsigned char *scaled; /* owned: RGB of an image for kitty */
	size_t scaled_size;
};

struct picture *picture_new(void)
{
	/* Threads would have to be made in the sandbox, and a terminal's few cells do not need them. */
	chafa_set_n_threads(1);
	return xcalloc(1, sizeof(struct picture));
}

static void canvas_clear(struct canvas *canvas)
{
	if (canvas->canvas)
		chafa_canvas_unref(canvas->canvas);
	canvas->canvas = NULL;
}

void picture_free(struct picture *picture)
{
	if (!picture)
		return;
	canvas_clear(&picture->area);
	canvas_clear(&picture->cell);
	canvas_clear(&picture->image);
	strbuf_clear(&picture->bytes);
	free(picture->scaled);
	free(picture);
}

static ChafaCanvasMode canvas_mode(uint8_t colours)
{
	switch ((enum wire_colours)colours) {
	case WIRE_MONO:
		return CHAFA_CANVAS_MODE_FGBG;
	case WIRE_16:
		return CHAFA_CANVAS_MODE_INDEXED_16;
	case WIRE_256:
		return CHAFA_CANVAS_MODE_INDEXED_256;
	case WIRE_TRUE:
		break;
	}
	return CHAFA_CANVAS_MODE_TRUECOLOR;
}

static ChafaCanvas *make_canvas(const struct canvas_key *key)
{
	ChafaCanvasConfig *config = chafa_canvas_config_new();
	ChafaSymbolMap *symbols = chafa_symbol_map_new();
	ChafaCanvas *canvas;

	chafa_symbol_map_add_by_tags(symbols, CHAFA_SYMBOL_TAG_SPACE);
	chafa_symbol_map_add_by_tags(symbols, key->picture == WIRE_ASCII
						      ? CHAFA_SYMBOL_TAG_ASCII
						      : CHAFA_SYMBOL_TAG_SOLID | CHAFA_SYMBOL_TAG_BLOCK);
	chafa_canvas_config_set_symbol_map(config, symbols);
	chafa_symbol_map_unref(symbols);
	chafa_canvas_config_set_geometry(config, (gint)key->columns, (gint)key->rows);
	chafa_canvas_config_set_cell_geometry(config, (gint)key->cell_width, (gint)key->cell_height);
	chafa_canvas_config_set_canvas_mode(config, canvas_mode(key->colours));
	chafa_canvas_config_set_pixel_mode(config, key->picture == WIRE_SIXEL ? CHAFA_PIXEL_MODE_SIXELS
									      : CHAFA_PIXEL_MODE_SYMBOLS);
	chafa_canvas_config_set_work_factor(config, WORK);
	chafa_canvas_config_set_preprocessing_enabled(config, FALSE);
	chafa_canvas_config_set_fg_color(config, 0xffffff);
	chafa_canvas_config_set_bg_color(config, 0x000000);
	/* Few colours need it; ordered, a still part stays still while another moves. */
	if (key->colours == WIRE_MONO || key->colours == WIRE_16)
		chafa_canvas_config_set_dither_mode(config, CHAFA_DITHER_MODE_ORDERED);
	canvas = chafa_canvas_new(config);
	chafa_canvas_config_unref(config);
	return canvas;
}

static ChafaCanvas *get_canvas(struct canvas *canvas, const struct canvas_key *key)
{
	if (canvas->canvas && memcmp(&canvas->key, key, sizeof *key) == 0)
		return canvas->canvas;
	canvas_clear(canvas);
	canvas->key = *key;
	canvas->canvas = make_canvas(key);
	return canvas->canvas;
}

static struct canvas_key key_of(const struct picture_style *style, unsigned columns, unsigned rows)
{
	struct canvas_key key;

	memset(&key, 0, sizeof key); /* it is compared as bytes */
	key.picture = style->picture;
	key.colours = style->colours;
	key.columns = columns;
	key.rows = rows;
	key.cell_width = style->cell_width ? style->cell_width : CELL_WIDTH;
	key.cell_height = style->cell_height ? style->cell_height : CELL_HEIGHT;
	return key;
}

static void draw(ChafaCanvas *canvas, const struct pixels *screen, const struct rectangle *part)
{
	const uint32_t *first = screen->data + part->y * screen->stride + part->x;

	chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_BGRA8_UNASSOCIATED, (const guint8 *)first, (gint)part->width,
				     (gint)part->height, (gint)(screen->stride * sizeof *first));
}

static void take_cell(ChafaCanvas *canvas, unsigned column, unsigned row, struct wire_cell *ret)
{
	gint foreground, background;

	chafa_canvas_get_colors_at(canvas, (gint)column, (gint)row, &foreground, &background);
	ret->character = chafa_canvas_get_char_at(canvas, (gint)column, (gint)row);
	ret->foreground = foreground < 0 ? 0xffffff : (uint32_t)foreground & 0xffffff;
	ret->background = background < 0 ? 0x000000 : (uint32_t)background & 0xffffff;
	ret->flags = 0;
	if (ret->character < ' ')
		ret->character = ' ';
}

/* a * b / c, rounded, at least 1. */
static unsigned scaled(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t result = (a * b + c / 2) / c;

	return result > 0 ? (unsigned)result : 1;
}

void picture_fit(const struct picture_style *style, const struct rectangle *part, struct rectangle *ret_cells)
{
	unsigned cell_width = style->cell_width ? style->cell_width : CELL_WIDTH;
	unsigned cell_height = style->cell_height ? style->cell_height : CELL_HEIGHT;
	uint64_t area_width = (uint64_t)style->columns * cell_width, area_height = (uint64_t)style->rows * cell_height;
	unsigned columns = style->columns, rows = style->rows;

	if (area_width * part->height < area_height * part->width) /* the width is what limits it */
		rows = scaled(area_width * part->height, 1, (uint64_t)part->width * cell_height);
	else
		columns = scaled(area_height * part->width, 1, (uint64_t)part->height * cell_width);
	columns = columns < style->columns ? columns : style->columns;
	rows = rows < style->rows ? rows : style->rows;
	*ret_cells = (struct rectangle){ (style->columns - columns) / 2, (style->rows - rows) / 2, columns, rows };
}

void picture_cells(struct picture *picture, const struct picture_style *style, const struct pixels *screen,
		   const struct rectangle *part, struct wire_cell *ret)
{
	struct canvas_key key;
	struct rectangle fit;
	ChafaCanvas *canvas;

	picture_fit(style, part, &fit);
	key = key_of(style, fit.width, fit.height);
	canvas = get_canvas(&picture->area, &key);
	draw(canvas, screen, part);
	for (unsigned row = 0; row < style->rows; row++) {
		for (unsigned column = 0; column < style->columns; column++) {
			struct wire_cell *cell = &ret[row * style->columns + column];

			if (row < fit.y || row >= fit.y + fit.height || column < fit.x || column >= fit.x + fit.width)
				*cell = (struct wire_cell){ .character = ' ' };
			else
				take_cell(canvas, column - fit.x, row - fit.y, cell);
		}
	}
}

void picture_symbol(struct picture *picture, const struct picture_style *style, const struct pixels *screen,
		    const struct rectangle *part, struct wire_cell *ret)
{
	struct canvas_key key = key_of(style, 1, 1);
	ChafaCanvas *canvas;

	if (key.picture != WIRE_ASCII)
		key.picture = WIRE_BLOCKS;
	key.cell_width = CELL_WIDTH; /* the guest's cell is the terminal's here */
	key.cell_height = CELL_HEIGHT;
	canvas = get_canvas(&picture->cell, &key);
	draw(canvas, screen, part);
	take_cell(canvas, 0, 0, ret);
}

/* ---- images in the terminal's own protocol ---- */

/* libchafa prints a whole sequence; what we want of it is the data between its introducer and its end. */
static void sixel(struct picture *picture, const struct canvas_key *key, const struct pixels *screen,
		  const struct rectangle *part)
{
	ChafaCanvas *canvas = get_canvas(&picture->image, key);
	ChafaTermInfo *terminal = chafa_term_db_get_fallback_info(chafa_term_db_get_default());
	GString *text;
	const char *from, *to;

	draw(canvas, screen, part);
	text = chafa_canvas_print(canvas, terminal);
	chafa_term_info_unref(terminal);
	from = memchr(text->str, 'q', text->len);
	to = from ? memchr(from, '\033', text->len - (size_t)(from - text->str)) : NULL;
	if (to)
		strbuf_add(&picture->bytes, from + 1, (size_t)(to - from) - 1);
	g_string_free(text, TRUE);
}

/* Each pixel of the image is the mean of those that it covers, or the nearest when it is enlarged. */
static void scale(struct picture *picture, unsigned width, unsigned height, const struct pixels *screen,
		  const struct rectangle *part)
{
	size_t needed = (size_t)width * height * 3;
	unsigned char *to;

	if (needed > picture->scaled_size) {
		picture->scaled = xreallocarray(picture->scaled, needed, 1);
		picture->scaled_size = needed;
	}
	to = picture->scaled;
	for (unsigned y = 0; y < height; y++) {
		unsigned top = (unsigned)((uint64_t)y * part->height / height);
		unsigned bottom = (unsigned)((uint64_t)(y + 1) * part->height / height);

		bottom = bottom > top ? bottom : top + 1;
		for (unsigned x = 0; x < width; x++) {
			unsigned left = (unsigned)((uint64_t)x * part->width / width);
			unsigned right = (unsigned)((uint64_t)(x + 1) * part->width / width);
			uint32_t red = 0, green = 0, blue = 0, count;

			right = right > left ? right : left + 1;
			count = (right - left) * (bottom - top);
			for (unsigned j = top; j < bottom; j++) {
				const uint32_t *from = screen->data + (part->y + j) * screen->stride + part->x;

				for (unsigned i = left; i < right; i++) {
					red += from[i] >> 16 & 0xff;
					green += from[i] >> 8 & 0xff;
					blue += from[i] & 0xff;
				}
			}
			*to++ = (unsigned char)(red / count);
			*to++ = (unsigned char)(green / count);
			*to++ = (unsigned char)(blue / count);
		}
	}
}

static void add_base64(struct strbuf *to, const unsigned char *bytes, size_t length)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < length; i += 3) {
		size_t left = length - i;
		uint32_t three = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
				 (left > 2 ? bytes[i + 2] : 0);
		char four[4] = { digits[three >> 18], digits[three >> 12 & 63],
				 left > 1 ? digits[three >> 6 & 63] : '=', left > 2 ? digits[three & 63] : '=' };

		strbuf_add(to, four, sizeof four);
	}
}

static void kitty(struct picture *picture, unsigned width, unsigned height, const struct pixels *screen,
		  const struct rectangle *part)
{
	uLong plain = (uLong)width * height * 3;
	uLongf length = compressBound(plain);
	_cleanup_free_ unsigned char *compressed = xmalloc(length);

	scale(picture, width, height, screen, part);
	if (compress2(compressed, &length, picture->scaled, plain, Z_BEST_SPEED) == Z_OK)
		add_base64(&picture->bytes, compressed, length);
}

/* kitty enlarges a picture itself: no more of its pixels are sent than there are, and than fit into a frame at their
 * worst. */
static void kitty_size(const struct rectangle *part, struct wire_image *image)
{
	unsigned width = image->width < part->width ? image->width : part->width;
	unsigned height = image->height < part->height ? image->height : part->height;

	while ((size_t)width * height > KITTY_PIXELS) {
		width = width * 7 / 8 + 1;
		height = height * 7 / 8 + 1;
	}
	image->width = (uint16_t)width;
	image->height = (uint16_t)height;
}

bool picture_image(struct picture *picture, const struct picture_style *style, const struct pixels *screen,
		   const struct rectangle *part, struct wire_image *ret)
{
	struct canvas_key key;
	struct rectangle fit;
	unsigned width, height;

	picture_fit(style, part, &fit);
	key = key_of(style, fit.width, fit.height);
	width = fit.width * key.cell_width;
	height = fit.height * key.cell_height;
	if (width > UINT16_MAX || height > UINT16_MAX || (size_t)width * height > IMAGE_PIXELS)
		return false;
	picture->bytes.length = 0;
	*ret = (struct wire_image){
		.picture = style->picture,
		.row = (uint16_t)fit.y,
		.column = (uint16_t)fit.x,
		.rows = (uint16_t)fit.height,
		.columns = (uint16_t)fit.width,
		.width = (uint16_t)width,
		.height = (uint16_t)height,
	};
	if (style->picture == WIRE_KITTY) {
		kitty_size(part, ret);
		kitty(picture, ret->width, ret->height, screen, part);
	} else {
		sixel(picture, &key, screen, part);
	}
	ret->bytes = picture->bytes.data ? picture->bytes.data : "";
	ret->length = picture->bytes.length;
	return ret->length > 0 && ret->length <= WIRE_LARGEST - IMAGE_HEAD;
}
