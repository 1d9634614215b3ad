/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding words. */
#include "tui/filter_words.h"

#include "base/text.h"

#include <wctype.h>

/* Does text begin with word? */
static bool begins(const char *text, const char *word)
{
	while (*word != '\0') {
		if (towlower((wint_t)utf8_next(&text)) != towlower((wint_t)utf8_next(&word)))
			return false;
	}
	return true;
}

static bool contains(const char *text, const char *word)
{
	if (text == NULL)
		return false;
	for (; *text != '\0'; utf8_next(&text))
		if (begins(text, word))
			return true;
	return false;
}

bool filter_matches(char *const *words, const char *const *texts, size_t count)
{
	for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
		bool found = false;

		for (size_t j = 0; !found && j < count; j++)
			found = contains(texts[j], words[i]);
		if (!found)
			return false;
	}
	return true;
}
