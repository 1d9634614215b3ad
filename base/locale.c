/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which characters the user has, also where the locale is not installed here. */
#include "base/locale.h"

#include "base/memory.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* The name in force for characters: the first of three variables that says anything. */
static const char *named(void)
{
	static const char *const variables[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < ARRAY_LENGTH(variables); i++) {
		const char *value = getenv(variables[i]);

		if (value != NULL && *value != '\0')
			return value;
	}
	return "";
}

void locale_take(void)
{
	setlocale(LC_MESSAGES, "");
	if (setlocale(LC_CTYPE, "") != NULL)
		return;
	const char *name = named();

	if (strcasestr(name, "UTF-8") != NULL || strcasestr(name, "UTF8") != NULL)
		setlocale(LC_CTYPE, "C.UTF-8");
}
