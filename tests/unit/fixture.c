/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fixtures: found, read, compared, written anew. */
#include "tests/unit/fixture.h"

#include "base/strv.h"
#include "base/text.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <unistd.h>

#define FIXTURE_LIMIT ((size_t)1024 * 1024)

static bool regenerating(void)
{
	return !text_empty(getenv("VIRTTY_REGENERATE"));
}

static char *fixture_path(const char *folder, const char *name, const char *suffix)
{
	return strf("%s/tests/fixtures/%s/%s%s", TEST_SOURCE_DIR, folder, name, suffix);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **fixture_names(const char *folder, const char *suffix)
{
	_cleanup_free_ char *directory = fixture_path(folder, "", "");
	DIR *stream = opendir(directory);
	char **names = NULL;

	ck_assert_msg(stream != NULL, "no directory %s", directory);
	for (struct dirent *entry; (entry = readdir(stream)) != NULL;)
		if (text_ends(entry->d_name, suffix))
			names = strv_take(names, xstrndup(entry->d_name, strlen(entry->d_name) - strlen(suffix)));
	closedir(stream);
	if (names != NULL)
		qsort(names, strv_length(names), sizeof *names, compare_names);
	return names;
}

char *fixture_read(const char *folder, const char *name, const char *suffix, size_t *ret_length)
{
	_cleanup_free_ char *path = fixture_path(folder, name, suffix);
	char *text = NULL;

	return file_read(path, FIXTURE_LIMIT, &text, ret_length, NULL) ? text : NULL;
}

void fixture_expect(const char *folder, const char *name, const char *suffix, const char *got)
{
	_cleanup_free_ char *path = fixture_path(folder, name, suffix);

	if (regenerating()) {
		if (got != NULL)
			ck_assert(file_write(path, got, strlen(got), 0644, NULL));
		else
			unlink(path);
		return;
	}
	_cleanup_free_ char *want = fixture_read(folder, name, suffix, NULL);

	if (got == NULL) {
		ck_assert_msg(want == NULL, "%s%s is there, and nothing came out for it", name, suffix);
		return;
	}
	ck_assert_msg(want != NULL, "%s has no %s: %s", name, suffix, got);
	ck_assert_msg(strcmp(want, got) == 0, "%s%s differs; got:\n%s", name, suffix, got);
}

void fixture_no_orphans(const char *folder, const char *const *suffixes)
{
	for (; *suffixes != NULL; suffixes++) {
		_cleanup_strv_ char **names = fixture_names(folder, *suffixes);

		for (char **name = names; name != NULL && *name != NULL; name++) {
			_cleanup_free_ char *path = fixture_path(folder, *name, ".xml");

			ck_assert_msg(path_exists(path), "%s%s has no .xml", *name, *suffixes);
		}
	}
}

void fixture_errors_have_a_place(const char *folder)
{
	_cleanup_strv_ char **names = fixture_names(folder, ".err");

	for (char **name = names; name != NULL && *name != NULL; name++) {
		_cleanup_free_ char *text = fixture_read(folder, *name, ".err", NULL);
		_cleanup_free_ char *start = strf("%s.xml:", *name);

		ck_assert_msg(text_starts(text, start), "%s: %s", *name, text);
		ck_assert_msg(strchr(text, '\n') == text + strlen(text) - 1, "%s: %s", *name, text);
	}
}
