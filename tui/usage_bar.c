/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bars of usage. */
#include "tui/usage_bar.h"

#include "base/strbuf.h"

unsigned usage_percent(uint64_t used, uint64_t total)
{
	if (total == 0)
		return 0;
	if (used >= total)
		return 100;
	return (unsigned)((double)used / (double)total * 100);
}

char *usage_bar(uint64_t used, uint64_t total, int columns, bool utf8)
{
	struct strbuf out = STRBUF_INIT;
	int filled = total > 0 ? (int)((double)used / (double)total * columns) : 0;

	filled = filled > columns || used >= total ? columns : filled == 0 && used > 0 ? 1 : filled;
	for (int i = 0; i < columns; i++)
		strbuf_puts(&out, total == 0 ? " " : i < filled ? (utf8 ? "█" : "#") : (utf8 ? "░" : "."));
	return strbuf_take(&out);
}
