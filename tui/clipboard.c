/* SPDX-License-Identifier: GPL-2.0-or-later */
/* OSC 52, and the envelopes that terminal multiplexers want around it. */
#include "tui/clipboard.h"

#include "base/memory.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <stdlib.h>
#include <unistd.h>

#define SCREEN_PIECE 512 /* GNU screen drops a string of more than 768 bytes */

static void put_base64(struct strbuf *out, const char *text, size_t length)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < length; i += 3) {
		size_t left = length - i;
		unsigned group = (unsigned)(unsigned char)text[i] << 16;

		if (left > 1)
			group |= (unsigned)(unsigned char)text[i + 1] << 8;
		if (left > 2)
			group |= (unsigned char)text[i + 2];
		strbuf_putc(out, digits[group >> 18 & 63]);
		strbuf_putc(out, digits[group >> 12 & 63]);
		strbuf_putc(out, left > 1 ? digits[group >> 6 & 63] : '=');
		strbuf_putc(out, left > 2 ? digits[group & 63] : '=');
	}
}

/* One runs in the other, and both have left their mark: whose child are we? */
static enum clipboard_way nearest(void)
{
	for (pid_t pid = getppid(); pid > 1; pid = process_parent(pid)) {
		_cleanup_free_ char *name = process_name(pid);

		if (text_starts(name, "tmux"))
			return CLIPBOARD_TMUX;
		if (text_starts(name, "screen"))
			return CLIPBOARD_SCREEN;
	}
	return CLIPBOARD_PLAIN;
}

enum clipboard_way clipboard_way(void)
{
	bool tmux = !text_empty(getenv("TMUX"));
	bool screen = !text_empty(getenv("STY"));

	if (tmux && screen)
		return nearest();
	return tmux ? CLIPBOARD_TMUX : screen ? CLIPBOARD_SCREEN : CLIPBOARD_PLAIN;
}

char *clipboard_sequence(const char *text, size_t length, enum clipboard_way way)
{
	struct strbuf plain = STRBUF_INIT;
	struct strbuf out = STRBUF_INIT;

	if (length > CLIPBOARD_LIMIT)
		return NULL;
	strbuf_puts(&plain, "\033]52;c;");
	put_base64(&plain, text, length);
	strbuf_putc(&plain, '\a');
	if (way == CLIPBOARD_PLAIN)
		return strbuf_take(&plain);
	if (way == CLIPBOARD_TMUX) {
		strbuf_add(&out, plain.data, plain.length);
		strbuf_puts(&out, "\033Ptmux;\033"); /* an escape inside is doubled */
		strbuf_add(&out, plain.data, plain.length);
		strbuf_puts(&out, "\033\\");
	}
	for (size_t at = 0; way == CLIPBOARD_SCREEN && at < plain.length; at += SCREEN_PIECE) {
		size_t left = plain.length - at;

		strbuf_puts(&out, "\033P");
		strbuf_add(&out, plain.data + at, left < SCREEN_PIECE ? left : SCREEN_PIECE);
		strbuf_puts(&out, "\033\\");
	}
	strbuf_clear(&plain);
	return strbuf_take(&out);
}
