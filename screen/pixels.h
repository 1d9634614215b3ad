/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's screen as pixels, and rectangles of it. */
#ifndef SCREEN_PIXELS_H
#define SCREEN_PIXELS_H

#include <stddef.h>
#include <stdint.h>

struct pixels {
	const uint32_t *data; /* 0x00RRGGBB, rows from the top; what the highest byte holds is not looked at */
	unsigned width, height;
	size_t stride; /* of a row, in pixels */
};

struct rectangle {
	unsigned x, y, width, height;
};

#endif
