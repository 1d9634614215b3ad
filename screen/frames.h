/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a screen's pixels to what a viewer is told: text cells or a picture, what changed of them, and never more than
 * it takes. */
#ifndef SCREEN_FRAMES_H
#define SCREEN_FRAMES_H

#include "screen/fonts.h"
#include "screen/pixels.h"
#include "screen/wire.h"

struct frames;

/* Both are borrowed. */
struct frames *frames_new(struct wire *wire, const struct fonts *fonts);
void frames_free(struct frames *frames);
void frames_view(struct frames *frames, const struct wire_view *view);
/* The viewer has shown a frame. */
void frames_ack(struct frames *frames, uint32_t serial);
/* Does anybody look? */
bool frames_watched(const struct frames *frames);
/* How long until frames_draw() is due: 0 now, -1 not before something else happens (an update, an acknowledgement, a
 * viewer). has_update: the screen has changed. */
int frames_due_ms(const struct frames *frames, bool has_update, int64_t now_ms);
/* Makes a frame of the screen, of which the rectangles changed since the last call, and sends what is new of it. */
void frames_draw(struct frames *frames, const struct pixels *screen, const struct rectangle *changed, size_t count,
		 int64_t now_ms);

#endif
