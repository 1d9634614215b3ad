/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts of the wizard's fields. */
#include "tui/wizard_model.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

void wizard_set_text(struct wizard *wizard, enum wizard_field field, const char *text)
{
	char *copy = xstrdup_null(text);

	free(wizard->text[field]);
	wizard->text[field] = copy;
}

char *wizard_text(const struct wizard *wizard, enum wizard_field field)
{
	const char *text = wizard->text[field] != NULL ? wizard->text[field] : "";
	size_t length;

	text += strspn(text, " ");
	length = strlen(text);
	while (length > 0 && text[length - 1] == ' ')
		length--;
	return length > 0 ? xstrndup(text, length) : NULL;
}

char *wizard_path(const struct wizard *wizard, enum wizard_field field)
{
	_cleanup_free_ char *text = wizard_text(wizard, field);
	const char *home = getenv("HOME");

	if (text == NULL)
		return NULL;
	if (text[0] == '~' && (text[1] == '/' || text[1] == '\0') && !text_empty(home))
		return strf("%s%s", home, text + 1);
	/* an address stays what it is, so that it can be refused by its name */
	return strstr(text, "://") != NULL ? TAKE_POINTER(text) : path_absolute(text);
}
