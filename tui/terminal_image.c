/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sixel (DEC STD 070) and the kitty graphics protocol, and tmux' envelope around them. */
#include "tui/terminal_image.h"

#include "base/memory.h"

#include <string.h>

#define KITTY_CHUNK 4096 /* of base64, at most, in one sequence */
#define KITTY_ID    7309 /* of our one picture: any number that no other program is likely to take */

/* In tmux: within the envelope every escape is doubled. */
static void put_enveloped(struct strbuf *out, const struct strbuf *sequence)
{
	strbuf_puts(out, "\033Ptmux;");
	for (size_t i = 0; i < sequence->length; i++) {
		if (sequence->data[i] == '\033')
			strbuf_putc(out, '\033');
		strbuf_putc(out, sequence->data[i]);
	}
	strbuf_puts(out, "\033\\");
}

static void put_sixel(struct strbuf *out, const struct wire_image *image)
{
	strbuf_puts(out, "\033Pq");
	strbuf_add(out, image->bytes, image->length);
	strbuf_puts(out, "\033\\");
}

/* One picture under one number, which takes the place of the one before. q=2: the terminal answers nothing; C=1: the
 * cursor stays. */
static void put_kitty(struct strbuf *out, const struct wire_image *image)
{
	for (size_t at = 0; at < image->length || at == 0; at += KITTY_CHUNK) {
		size_t part = image->length - at < KITTY_CHUNK ? image->length - at : KITTY_CHUNK;
		int more = at + part < image->length;

		if (at == 0)
			strbuf_printf(out, "\033_Ga=T,f=24,o=z,s=%u,v=%u,c=%u,r=%u,i=%d,p=1,q=2,C=1,m=%d;",
				      image->width, image->height, image->columns, image->rows, KITTY_ID, more);
		else
			strbuf_printf(out, "\033_Gm=%d;", more);
		strbuf_add(out, image->bytes + at, part);
		strbuf_puts(out, "\033\\");
	}
}

void terminal_image_draw(struct strbuf *out, const struct terminal_abilities *abilities, const struct wire_image *image,
			 int row, int column)
{
	_cleanup_strbuf_ struct strbuf sequence = STRBUF_INIT;
	/* tmux 3.4 and later know sixel themselves; what goes through its envelope is placed in the terminal, not in
	 * our pane */
	int top = abilities->passes ? (int)abilities->pane_row : 0,
	    left = abilities->passes ? (int)abilities->pane_column : 0;

	strbuf_printf(&sequence, "\0337\033[%d;%dH", top + row + image->row + 1, left + column + image->column + 1);
	if (image->picture == WIRE_SIXEL)
		put_sixel(&sequence, image);
	else
		put_kitty(&sequence, image);
	strbuf_puts(&sequence, "\0338");
	if (abilities->passes)
		put_enveloped(out, &sequence);
	else
		strbuf_add(out, sequence.data, sequence.length);
}

void terminal_image_erase(struct strbuf *out, const struct terminal_abilities *abilities, uint8_t picture)
{
	_cleanup_strbuf_ struct strbuf sequence = STRBUF_INIT;

	if (picture != WIRE_KITTY)
		return;
	strbuf_printf(&sequence, "\033_Ga=d,d=I,i=%d,q=2\033\\", KITTY_ID);
	if (abilities->passes)
		put_enveloped(out, &sequence);
	else
		strbuf_add(out, sequence.data, sequence.length);
}
