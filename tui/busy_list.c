/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is being done. */
#include "tui/busy_list.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static size_t find(const struct busy_list *list, const char *subject)
{
	size_t i = 0;

	while (i < list->count && strcmp(list->items[i].subject, subject) != 0)
		i++;
	return i;
}

void busy_begin(struct busy_list *list, const char *subject, const char *word)
{
	*ARRAY_ADD(list->items, list->count) = (struct busy){ xstrdup(subject), word };
}

void busy_end(struct busy_list *list, const char *subject)
{
	size_t at = find(list, subject);

	if (at == list->count)
		return;
	free(list->items[at].subject);
	list->items[at] = list->items[--list->count];
}

const char *busy_word(const struct busy_list *list, const char *subject)
{
	size_t at = find(list, subject);

	return at < list->count ? list->items[at].word : NULL;
}

void busy_list_clear(struct busy_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].subject);
	free(list->items);
	*list = (struct busy_list){ 0 };
}
