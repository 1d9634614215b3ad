/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queue of presses and releases. */
#include "tui/key_feed.h"

#include "base/clock.h"
#include "base/memory.h"

#include <event2/event.h>
#include <stdlib.h>

#define PACE_MS 20 /* between two: QEMU's keyboards keep 16 bytes, guests in their firmware look at them now and then  \
		    */

struct feed_event {
	uint32_t qnum, keysym;
	bool down;
	bool last; /* of its stroke */
};

struct key_feed {
	struct event *timer;
	void (*press)(bool down, uint32_t qnum, uint32_t keysym, void *userdata);
	void *userdata;
	struct feed_event *events; /* owned */
	size_t first, count, allocated;
	size_t strokes;
	int64_t pressed_at_ms;
};

static void forget(struct key_feed *feed)
{
	free(TAKE_POINTER(feed->events));
	feed->first = feed->count = feed->allocated = feed->strokes = 0;
}

static void press_next(struct key_feed *feed)
{
	bool last = false;

	while (!last && feed->first < feed->count) {
		const struct feed_event *event = &feed->events[feed->first++];

		last = event->last;
		feed->press(event->down, event->qnum, event->keysym, feed->userdata);
	}
	feed->strokes -= feed->strokes > 0;
	feed->pressed_at_ms = clock_monotonic_ms();
	if (feed->first == feed->count)
		forget(feed);
}

static void run(struct key_feed *feed)
{
	while (feed->strokes > 0) {
		int64_t wait_ms = feed->pressed_at_ms + PACE_MS - clock_monotonic_ms();

		if (wait_ms > 0) {
			const struct timeval wait = { 0, wait_ms * 1000 };

			evtimer_add(feed->timer, &wait);
			return;
		}
		press_next(feed);
	}
}

static void on_time(evutil_socket_t fd, short what, void *userdata)
{
	(void)fd;
	(void)what;
	run(userdata);
}

struct key_feed *key_feed_new(struct event_base *base,
			      void (*press)(bool down, uint32_t qnum, uint32_t keysym, void *userdata), void *userdata)
{
	struct key_feed *feed = xcalloc(1, sizeof *feed);

	feed->timer = evtimer_new(base, on_time, feed);
	event_priority_set(feed->timer, 0);
	feed->press = press;
	feed->userdata = userdata;
	feed->pressed_at_ms = clock_monotonic_ms() - PACE_MS;
	return feed;
}

void key_feed_free(struct key_feed *feed)
{
	if (feed == NULL)
		return;
	event_free(feed->timer);
	forget(feed);
	free(feed);
}

void key_feed_clear(struct key_feed *feed)
{
	forget(feed);
	evtimer_del(feed->timer);
}

size_t key_feed_waiting(const struct key_feed *feed)
{
	return feed->strokes;
}

static struct feed_event *add(struct key_feed *feed)
{
	if (feed->count == feed->allocated) {
		feed->allocated = feed->allocated > 0 ? feed->allocated * 2 : 32;
		feed->events = xreallocarray(feed->events, feed->allocated, sizeof *feed->events);
	}
	return &feed->events[feed->count++];
}

bool key_feed_stroke(struct key_feed *feed, const struct stroke *stroke)
{
	struct key_event events[12];
	size_t count = stroke_events(stroke, events);

	if (feed->strokes >= KEY_FEED_LIMIT)
		return false;
	for (size_t i = 0; i < count; i++)
		*add(feed) = (struct feed_event){ events[i].qnum, events[i].keysym, events[i].down, i + 1 == count };
	feed->strokes += count > 0;
	run(feed);
	return true;
}

bool key_feed_chord(struct key_feed *feed, const struct chord *chord)
{
	if (feed->strokes >= KEY_FEED_LIMIT)
		return false;
	for (size_t i = 0; i < chord->count; i++)
		*add(feed) = (struct feed_event){ chord->keys[i].qnum, chord->keys[i].keysym, true, false };
	for (size_t i = chord->count; i-- > 0;)
		*add(feed) = (struct feed_event){ chord->keys[i].qnum, chord->keys[i].keysym, false, i == 0 };
	feed->strokes += chord->count > 0;
	run(feed);
	return true;
}
