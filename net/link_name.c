/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an interface of the host may be called. */
#include "net/link.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

bool interface_name_check(const char *what, const char *name, struct error *err)
{
	static const char *const others[] = { ".", "..", "all", "default" };
	size_t length = strlen(name);
	_cleanup_free_ char *shown = text_one_line(name);

	if (length == 0 || length >= LINK_NAME_SIZE) {
		error_set(err, ERROR_INVALID, "%s '%s': a name of %zu bytes is not possible", what, shown, length);
		return error_hint(err, "the kernel takes 1 to %d", LINK_NAME_SIZE - 1);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
		if (strcmp(name, others[i]) == 0)
			return error_set(err, ERROR_INVALID, "%s '%s': not a name", what, name);
	if (strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != length)
		return error_set(err, ERROR_INVALID, "%s '%s': an interface's name has letters, digits, '.', '_' and '-' alone", what,
				 shown);
	return true;
}
