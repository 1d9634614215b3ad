/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads as bars. */
#include "tui/load_bars.h"

#include "base/strbuf.h"
#include "tui/model.h"

char *load_bars(const uint8_t *history, size_t count, size_t most, bool utf8)
{
	static const char *const bars[2][8] = {
		{ "_", ".", "-", "~", "=", "+", "*", "#" },
		{ "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" },
	};
	struct strbuf out = STRBUF_INIT;

	for (size_t i = count > most ? count - most : 0; i < count; i++) {
		unsigned load = history[i];

		strbuf_puts(&out, load == HISTORY_UNKNOWN ? " " : bars[utf8][load >= 100 ? 7 : load * 8 / 100]);
	}
	return strbuf_take(&out);
}

size_t load_bars_known(const uint8_t *history, size_t count)
{
	size_t known = 0;

	while (known < count && history[count - 1 - known] != HISTORY_UNKNOWN)
		known++;
	return known;
}
