/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents of users. */
#include "tests/harness/example.h"

#include "base/file.h"
#include "base/memory.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

char *example_text(const char *name, const char *const *words)
{
	const char *source = getenv("srcdir") != NULL ? getenv("srcdir") : ".";
	_cleanup_free_ char *path = getenv("VIRTTY_TEST_EXAMPLES") != NULL ? strf("%s/%s", getenv("VIRTTY_TEST_EXAMPLES"), name) :
									     strf("%s/../shared/examples/%s", source, name);
	char *text = NULL;

	if (!file_read(path, 1 << 20, &text, NULL, NULL))
		return NULL;
	for (; words[0] != NULL; words += 2) {
		char *at = strstr(text, words[0]);

		ck_assert_msg(at != NULL, "no '%s' in %s", words[0], name);
		char *changed = strf("%.*s%s%s", (int)(at - text), text, words[1], at + strlen(words[0]));

		free(text);
		text = changed;
	}
	return text;
}
