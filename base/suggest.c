/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Did you mean": the known word nearest to a mistyped one. */
#include "base/memory.h"
#include "base/text.h"

#include <string.h>

#define WORD_LIMIT 40 /* longer words are no typing mistakes */

/* Letters to add, drop, change or swap with a neighbour to make b of a; only three rows of the table are kept. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][WORD_LIMIT + 1];
	size_t a_length = strlen(a), b_length = strlen(b);

	for (size_t j = 0; j <= b_length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *here = rows[i % 3], *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];

		here[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);

			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (here[j - 1] + 1 < best)
				best = here[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && second[j - 2] + 1 < best)
				best = second[j - 2] + 1;
			here[j] = best;
		}
	}
	return rows[a_length % 3][b_length];
}

const char *suggest(const char *word, const char *const *candidates, size_t count)
{
	const char *best = NULL;
	size_t best_distance = strlen(word) <= 3 ? 2 : 3;

	if (word[0] == '\0' || strlen(word) > WORD_LIMIT)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (strlen(candidates[i]) > WORD_LIMIT)
			continue;
		size_t d = distance(word, candidates[i]);

		/* A beginning is as good as one wrong letter. */
		if (d > 1 && strlen(word) >= 3 && text_starts(candidates[i], word))
			d = 1;
		if (d < best_distance) {
			best_distance = d;
			best = candidates[i];
		}
	}
	return best;
}
