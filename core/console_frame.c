/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of a console's viewer socket. */
#include "core/console_frame.h"

#include <string.h>

void console_frame_header(unsigned char header[CONSOLE_FRAME_HEADER], char type, size_t length)
{
	header[0] = (unsigned char)type;
	header[1] = (unsigned char)(length >> 16);
	header[2] = (unsigned char)(length >> 8);
	header[3] = (unsigned char)length;
}

size_t console_frames_feed(struct console_frames *frames, const char *bytes, size_t length, struct console_piece *ret)
{
	size_t used = 0;

	memset(ret, 0, sizeof *ret);
	while (frames->have < CONSOLE_FRAME_HEADER && used < length) {
		frames->header[frames->have++] = (unsigned char)bytes[used++];
		frames->left = (size_t)frames->header[1] << 16 | (size_t)frames->header[2] << 8 | frames->header[3];
	}
	if (frames->have < CONSOLE_FRAME_HEADER || (frames->left > 0 && used == length))
		return used;
	size_t payload = (size_t)frames->header[1] << 16 | (size_t)frames->header[2] << 8 | frames->header[3];

	ret->type = (char)frames->header[0];
	ret->bytes = bytes + used;
	ret->length = length - used < frames->left ? length - used : frames->left;
	ret->first = frames->left == payload;
	frames->left -= ret->length;
	ret->last = frames->left == 0;
	if (ret->last)
		frames->have = 0;
	return used + ret->length;
}
