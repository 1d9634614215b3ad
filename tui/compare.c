/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How two rows of a list are ordered. */
#include "tui/compare.h"

#include "base/text.h"

#include <strings.h>

int compare_signed(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

int compare_unsigned(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int compare_texts(const char *a, const char *b)
{
	if (text_empty(a) || text_empty(b))
		return text_empty(a) - text_empty(b);
	return strcasecmp(a, b);
}
