/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes of stdin through libtermkey to keys. The reading is done here, so that libtermkey neither touches the terminal's modes nor blocks. */
#include "tui/input.h"

#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "tui/input_filter.h"

#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termkey.h>
#include <unistd.h>

#define READ_SIZE       4096
#define WAIT_MS         25  /* how long an escape may stay alone before it is the Esc key */
#define DOUBLE_CLICK_MS 400

struct input {
	struct input_filter filter;
	TermKey *termkey;
	unsigned cell_width, cell_height; /* of a mouse in pixels; 0: it is in cells */
	struct event *readable, *wait;
	const struct input_callbacks *callbacks;
	void *userdata;
	bool pasting, paste_begun;
	struct strbuf pasted;
	struct mouse last_press;
	bool held; /* a button */
	int64_t last_press_ms;
};

static void flush_paste(struct input *input, bool end)
{
	if (input->pasted.length == 0 && !end)
		return;
	input->callbacks->paste(input->pasted.data != NULL ? input->pasted.data : "", input->pasted.length,
				!input->paste_begun, end, input->userdata);
	input->paste_begun = !end;
	strbuf_clear(&input->pasted);
}

/* Inside of a paste nothing is a command: only text, tabs and newlines come through. */
static void gather_paste(struct input *input, const TermKeyKey *key)
{
	if (key->type == TERMKEY_TYPE_UNICODE && key->modifiers == 0)
		strbuf_puts(&input->pasted, key->utf8);
	else if (key->type == TERMKEY_TYPE_KEYSYM && key->code.sym == TERMKEY_SYM_TAB)
		strbuf_putc(&input->pasted, '\t');
	else if ((key->type == TERMKEY_TYPE_KEYSYM && key->code.sym == TERMKEY_SYM_ENTER) ||
		 (key->type == TERMKEY_TYPE_UNICODE && key->code.codepoint == 'j'))
		strbuf_putc(&input->pasted, '\r');
}

/* What libtermkey and the filter make of the mouse, on its way to the program. */
static void deliver_mouse(struct input *input, struct mouse mouse)
{
	/* neither has a word for a move without a button */
	if (mouse.action == MOUSE_RELEASE && mouse.button == 0 && !input->held)
		mouse.action = MOUSE_MOVE;
	if (mouse.action == MOUSE_RELEASE)
		input->held = false;
	if (mouse.action == MOUSE_PRESS && mouse.button <= 3) {
		input->held = true;
		int64_t now = clock_monotonic_ms();
		const struct mouse *last = &input->last_press;

		mouse.twice = now - input->last_press_ms < DOUBLE_CLICK_MS && !last->twice && last->button == mouse.button &&
			      last->row == mouse.row;
		input->last_press = mouse;
		input->last_press_ms = now;
	}
	input->callbacks->mouse(&mouse, input->userdata);
}

static void handle_mouse(struct input *input, const TermKeyKey *key)
{
	static const enum mouse_action actions[] = {
		[TERMKEY_MOUSE_PRESS] = MOUSE_PRESS,
		[TERMKEY_MOUSE_DRAG] = MOUSE_DRAG,
		[TERMKEY_MOUSE_RELEASE] = MOUSE_RELEASE,
	};
	TermKeyMouseEvent what;
	struct mouse mouse = { .modifiers = (unsigned)key->modifiers };

	if (termkey_interpret_mouse(input->termkey, key, &what, &mouse.button, &mouse.row, &mouse.column) != TERMKEY_RES_KEY ||
	    what == TERMKEY_MOUSE_UNKNOWN)
		return;
	mouse.action = actions[what];
	mouse.row--;
	mouse.column--;
	deliver_mouse(input, mouse);
}

/* SGR's button: its number in the lowest two bits and above 64, 4 8 16 shift alt control, 32 a move. */
static void on_sgr_mouse(const struct sgr_mouse *from, void *userdata)
{
	struct input *input = userdata;
	unsigned button = from->button;
	struct mouse mouse = { .pixels = true, .x = from->x > 0 ? (int)from->x - 1 : 0, .y = from->y > 0 ? (int)from->y - 1 : 0 };

	mouse.modifiers = (button & 4 ? TERMKEY_KEYMOD_SHIFT : 0) | (button & 8 ? TERMKEY_KEYMOD_ALT : 0) | (button & 16 ? TERMKEY_KEYMOD_CTRL : 0);
	mouse.button = button & 64 ? 4 + (int)(button & 3) : (button & 3) == 3 ? 0 : 1 + (int)(button & 3);
	mouse.action = from->released || mouse.button == 0 ? MOUSE_RELEASE : button & 32 ? MOUSE_DRAG : MOUSE_PRESS;
	mouse.row = mouse.y / (int)input->cell_height;
	mouse.column = mouse.x / (int)input->cell_width;
	if (!input->pasting)
		deliver_mouse(input, mouse);
}

/* The brackets of a paste: CSI 200 ~ and CSI 201 ~; and what the terminal answers: CSI 0 n. */
static bool handle_sequence(struct input *input, const TermKeyKey *key)
{
	long arguments[4];
	size_t count = 4;
	unsigned long command;

	if (key->type != TERMKEY_TYPE_UNKNOWN_CSI)
		return false;
	if (termkey_interpret_csi(input->termkey, key, arguments, &count, &command) != TERMKEY_RES_KEY || count < 1)
		return true;
	if (command == 'n' && arguments[0] == 0)
		input->callbacks->marked(input->userdata);
	if (command != '~')
		return true;
	if (arguments[0] == 200) {
		input->pasting = true;
		input->paste_begun = false;
	} else if (arguments[0] == 201 && input->pasting) {
		flush_paste(input, true);
		input->pasting = false;
	}
	return true;
}

static void handle_key(struct input *input, const TermKeyKey *from)
{
	struct key key = { .modifiers = (unsigned)from->modifiers };

	if (handle_sequence(input, from))
		return;
	if (input->pasting) {
		gather_paste(input, from);
		return;
	}
	switch (from->type) {
	case TERMKEY_TYPE_UNICODE:
		key.type = KEY_TYPE_CHAR;
		key.code = (uint32_t)from->code.codepoint;
		break;
	case TERMKEY_TYPE_FUNCTION:
		key.type = KEY_TYPE_FUNCTION;
		key.code = (uint32_t)from->code.number;
		break;
	case TERMKEY_TYPE_KEYSYM:
		key.type = KEY_TYPE_SYMBOL;
		key.code = (uint32_t)from->code.sym;
		if (from->code.sym == TERMKEY_SYM_SPACE) {
			key.type = KEY_TYPE_CHAR;
			key.code = ' ';
		}
		break;
	case TERMKEY_TYPE_MOUSE:
		handle_mouse(input, from);
		return;
	case TERMKEY_TYPE_POSITION:
	case TERMKEY_TYPE_MODEREPORT:
	case TERMKEY_TYPE_DCS:
	case TERMKEY_TYPE_OSC:
	case TERMKEY_TYPE_UNKNOWN_CSI:
	default:
		return;
	}
	input->callbacks->key(&key, input->userdata);
}

static void drain(struct input *input, bool force)
{
	TermKeyKey key;
	TermKeyResult result;

	while ((result = (force ? termkey_getkey_force : termkey_getkey)(input->termkey, &key)) == TERMKEY_RES_KEY)
		handle_key(input, &key);
	if (result == TERMKEY_RES_AGAIN) {
		const struct timeval wait = { 0, WAIT_MS * 1000 };

		evtimer_add(input->wait, &wait);
	}
	if (input->pasting)
		flush_paste(input, false);
}

static void on_bytes(const char *bytes, size_t length, void *userdata)
{
	struct input *input = userdata;

	for (size_t done = 0; done < length;) {
		size_t pushed = termkey_push_bytes(input->termkey, bytes + done, length - done);

		if (pushed == (size_t)-1 || pushed == 0)
			drain(input, true); /* full of something that never ends: take it as it is */
		else
			done += pushed;
		drain(input, false);
	}
}

static void on_key(const struct key *key, void *userdata)
{
	struct input *input = userdata;

	input->callbacks->key(key, input->userdata);
}

static void on_answer(const char *text, size_t length, void *userdata)
{
	struct input *input = userdata;

	input->callbacks->answer(text, length, input->userdata);
}

static const struct input_filter_callbacks filter_callbacks = {
	.bytes = on_bytes,
	.key = on_key,
	.mouse = on_sgr_mouse,
	.answer = on_answer,
};

static void wait_over(evutil_socket_t fd, short what, void *userdata)
{
	struct pollfd waiting = { .fd = STDIN_FILENO, .events = POLLIN };
	struct input *input = userdata;

	(void)fd;
	(void)what;
	/* on a busy host the rest may lie there already */
	if (poll(&waiting, 1, 0) != 0)
		return;
	input_filter_flush(&input->filter);
	drain(input, true);
}

static void readable(evutil_socket_t fd, short what, void *userdata)
{
	static const struct timeval wait = { 0, WAIT_MS * 1000 };
	struct input *input = userdata;
	char bytes[READ_SIZE];
	ssize_t length = read(fd, bytes, sizeof bytes);

	(void)what;
	if (length < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (length <= 0) {
		event_del(input->readable);
		input->callbacks->ended(input->userdata);
		return;
	}
	evtimer_del(input->wait);
	input_filter_push(&input->filter, bytes, (size_t)length);
	if (input_filter_waits(&input->filter))
		evtimer_add(input->wait, &wait);
}

/* Two of terminfo's strings mislead libtermkey: a mouse that says "\033[<" would be read in the old encoding, which we do not switch on; and an erase key
 * that is DEL would become the same key as ^H, which a guest tells apart. */
static const char *mend_terminfo(const char *name, const char *value, void *userdata)
{
	(void)userdata;
	return strcmp(name, "key_mouse") == 0 || strcmp(name, "key_backspace") == 0 ? NULL : value;
}

struct input *input_new(struct event_base *base, bool utf8, const struct input_callbacks *callbacks, void *userdata, struct error *err)
{
	const char *name = getenv("TERM");
	int flags = TERMKEY_FLAG_NOTERMIOS | TERMKEY_FLAG_NOSTART | TERMKEY_FLAG_CONVERTKP | (utf8 ? TERMKEY_FLAG_UTF8 : TERMKEY_FLAG_RAW);
	TermKey *termkey = termkey_new_abstract(name != NULL ? name : "", flags);

	if (termkey != NULL) {
		termkey_hook_terminfo_getstr(termkey, mend_terminfo, NULL);
		if (!termkey_start(termkey)) {
			termkey_destroy(termkey);
			termkey = NULL;
		}
	}
	if (termkey == NULL) {
		error_set(err, ERROR_FAILED, _("the keys of the terminal '%s' (TERM) cannot be set up"), name != NULL ? name : "");
		return NULL;
	}
	struct input *input = xcalloc(1, sizeof *input);

	termkey_set_buffer_size(termkey, 2 * (size_t)READ_SIZE);
	input->termkey = termkey;
	input->filter.callbacks = &filter_callbacks;
	input->filter.userdata = input;
	input->callbacks = callbacks;
	input->userdata = userdata;
	input->readable = event_new(base, STDIN_FILENO, EV_READ | EV_PERSIST, readable, input);
	input->wait = evtimer_new(base, wait_over, input);
	event_priority_set(input->readable, 0);
	event_priority_set(input->wait, 0);
	event_add(input->readable, NULL);
	return input;
}

void input_free(struct input *input)
{
	if (input == NULL)
		return;
	event_free(input->readable);
	event_free(input->wait);
	termkey_destroy(input->termkey);
	strbuf_clear(&input->pasted);
	free(input);
}

void input_pause(struct input *input, bool paused)
{
	if (paused)
		event_del(input->readable);
	else
		event_add(input->readable, NULL);
}

void input_expect(struct input *input, bool answers)
{
	input->filter.answers = answers;
}

void input_kitty(struct input *input, bool on)
{
	input->filter.kitty = on;
}

void input_pixels(struct input *input, unsigned cell_width, unsigned cell_height)
{
	input->cell_width = cell_width;
	input->cell_height = cell_height;
	input->filter.pixels = cell_width > 0 && cell_height > 0;
}
