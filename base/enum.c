/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lookups between the values of an enum and their words. */
#include "base/enum.h"
#include "base/strbuf.h"

#include <string.h>

int enum_value(const struct enum_words *words, const char *word)
{
	if (word == NULL)
		return -1;
	for (size_t i = 0; i < words->count; i++)
		if (words->words[i] != NULL && strcmp(words->words[i], word) == 0)
			return (int)i;
	return -1;
}

const char *enum_word(const struct enum_words *words, int value)
{
	if (value < 0 || (size_t)value >= words->count)
		return "?";
	return words->words[value];
}

char *enum_list(const struct enum_words *words)
{
	struct strbuf list = STRBUF_INIT;

	for (size_t i = 0; i < words->count; i++) {
		if (words->words[i] == NULL)
			continue;
		if (list.length > 0)
			strbuf_puts(&list, ", ");
		strbuf_puts(&list, words->words[i]);
	}
	return strbuf_take(&list);
}
