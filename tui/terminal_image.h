/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A picture as the terminal draws it itself, in one of two protocols: as bytes to be written. */
#ifndef TUI_TERMINAL_IMAGE_H
#define TUI_TERMINAL_IMAGE_H

#include "base/strbuf.h"
#include "screen/wire.h"
#include "tui/terminal_query.h"

/* Appends what draws it with its upper left corner in a cell, the cursor staying where it is. The data of image was
 * checked when it was read: it is data of its protocol and nothing else. */
void terminal_image_draw(struct strbuf *out, const struct terminal_abilities *abilities, const struct wire_image *image,
			 int row, int column);
/* Appends what takes it away again; nothing for sixel, whose cells are drawn over. */
void terminal_image_erase(struct strbuf *out, const struct terminal_abilities *abilities, uint8_t picture);

#endif
