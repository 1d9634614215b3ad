/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is typed at a guest, at the pace of a serial line. */
#include "tui/console_input.h"

#include "base/clock.h"

#include <event2/event.h>
#include <string.h>

#define BURST	     256 /* what fits into any guest's buffers; nobody types that much at once */
#define BYTES_A_MS   8	 /* a line of 80,000 baud */
#define TURN_MS	     16
#define PIECE	     (TURN_MS * BYTES_A_MS)
#define PIECE_UNSURE (PIECE / 4) /* for a guest that says nothing meanwhile: it may be slow, or its program echoes nothing */
#define INTERRUPT    '\003'

static void arm(struct console_input *input)
{
	const struct timeval turn = { 0, TURN_MS * 1000 };

	if (!evtimer_pending(input->later, NULL))
		evtimer_add(input->later, &turn);
}

static void turn(evutil_socket_t fd, short what, void *userdata)
{
	struct console_input *input = userdata;
	size_t most = input->heard ? PIECE : PIECE_UNSURE;
	size_t length = input->waiting.length < most ? input->waiting.length : most;
	char piece[PIECE];

	(void)fd;
	(void)what;
	input->heard = false;
	input->allowance = 0;
	input->counted_at_ms = clock_monotonic_ms();
	if (length == 0)
		return;
	memcpy(piece, input->waiting.data, length);
	strbuf_consume(&input->waiting, length);
	if (input->waiting.length > 0)
		arm(input);
	input->send(piece, length, input->userdata);
}

void console_input_begin(struct console_input *input, struct event_base *base, void (*send)(const char *bytes, size_t length, void *userdata),
			 void *userdata)
{
	*input = (struct console_input){ .send = send, .userdata = userdata, .allowance = BURST };
	input->later = evtimer_new(base, turn, input);
	event_priority_set(input->later, 0);
}

void console_input_end(struct console_input *input)
{
	event_free(input->later);
	strbuf_clear(&input->waiting);
}

static void count(struct console_input *input)
{
	int64_t now = clock_monotonic_ms();
	int64_t more = (now - input->counted_at_ms) * BYTES_A_MS;

	input->allowance = more >= (int64_t)(BURST - input->allowance) ? BURST : input->allowance + (size_t)more;
	input->counted_at_ms = now;
}

bool console_input_type(struct console_input *input, const char *bytes, size_t length)
{
	if (length == 1 && *bytes == INTERRUPT)
		console_input_drop(input);
	if (input->waiting.length == 0) {
		count(input);
		size_t now = length < input->allowance ? length : input->allowance;

		input->allowance -= now;
		if (now > 0)
			input->send(bytes, now, input->userdata);
		bytes += now;
		length -= now;
	}
	size_t room = CONSOLE_INPUT_LIMIT - input->waiting.length;
	size_t taken = length < room ? length : room;

	if (taken > 0) {
		strbuf_add(&input->waiting, bytes, taken);
		arm(input);
	}
	return taken == length;
}

size_t console_input_waiting(const struct console_input *input)
{
	return input->waiting.length;
}

void console_input_heard(struct console_input *input)
{
	input->heard = true;
}

void console_input_drop(struct console_input *input)
{
	strbuf_clear(&input->waiting);
	event_del(input->later);
}
