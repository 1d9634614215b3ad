/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fuzzer claims of what it has tried: where it does not hold, the fuzzer ends there, and keeps its input. */
#ifndef TESTS_FUZZ_MUST_H
#define TESTS_FUZZ_MUST_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static inline void must(bool holds)
{
	if (!holds)
		abort();
}

/* The same, with what is wrong and the text it is wrong with. */
static inline void must_be(bool holds, const char *wrong, const char *text)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n%s\n", wrong, text);
	abort();
}

/* The same, of a call that failed. */
static inline void must_do(bool holds, const char *wrong, const struct error *err, const char *text)
{
	if (holds)
		return;
	fprintf(stderr, "%s: %s\n%s\n", wrong, error_text(err), text);
	abort();
}

#endif
