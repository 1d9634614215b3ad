/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys on their way to a guest: pressed and released one after the other, at a pace that keyboards' small queues can
 * follow. */
#ifndef TUI_KEY_FEED_H
#define TUI_KEY_FEED_H

#include "tui/guest_keys.h"

struct event_base;
struct key_feed;

#define KEY_FEED_LIMIT (64 * 1024) /* strokes that wait */

/* press presses or releases one key. */
struct key_feed *key_feed_new(struct event_base *base,
			      void (*press)(bool down, uint32_t qnum, uint32_t keysym, void *userdata), void *userdata);
void key_feed_free(struct key_feed *feed);
/* A stroke or a chord: now, if none waits and the last was long enough ago. False when too many wait. */
bool key_feed_stroke(struct key_feed *feed, const struct stroke *stroke);
bool key_feed_chord(struct key_feed *feed, const struct chord *chord);
/* How many wait. */
size_t key_feed_waiting(const struct key_feed *feed);
/* Forgets them. */
void key_feed_clear(struct key_feed *feed);

#endif
