/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fixture pairs: NAME.xml settles as NAME.out, or is refused with NAME.err. VIRTTY_REGENERATE=1 writes what comes out.
 */
#include <dirent.h>
#include <unistd.h>

#include "base/strv.h"
#include "base/text.h"
#include "hv/domain.h"
#include "tests/unit/unit.h"

#define FIXTURE_LIMIT ((size_t)1024 * 1024)

static bool regenerating(void)
{
	return !text_empty(getenv("VIRTTY_REGENERATE"));
}

static char *fixture_path(const char *name, const char *suffix)
{
	return strf("%s/tests/fixtures/domain/%s%s", TEST_SOURCE_DIR, name, suffix);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* File names without their suffix, sorted. Owned. */
static char **fixture_names(const char *suffix)
{
	_cleanup_free_ char *directory = fixture_path("", "");
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

static char *fixture_read(const char *name, const char *suffix, size_t *ret_length)
{
	_cleanup_free_ char *path = fixture_path(name, suffix);
	char *text = NULL;

	return file_read(path, FIXTURE_LIMIT, &text, ret_length, NULL) ? text : NULL;
}

/* All steps on a text: the settled text, or NULL with the error. */
static char *settle(const char *source, const char *text, size_t length, struct error *err)
{
	_cleanup_domain_ struct domain *domain = domain_parse(source, text, length, err);

	if (domain == NULL || !domain_settle(domain, NULL, err) || !domain_validate(domain, source, err))
		return NULL;
	return domain_format(domain, true);
}

/* What is settled stays as it is. */
static void check_settled(const char *name, const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *again = settle(name, text, strlen(text), &err);

	ck_assert_msg(again != NULL, "%s: the settled text is refused: %s", name, error_text(&err));
	ck_assert_str_eq(again, text);
}

static void check_fixture(const char *name)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *source = strf("%s.xml", name);
	size_t length = 0;
	_cleanup_free_ char *xml = fixture_read(name, ".xml", &length);

	ck_assert_msg(xml != NULL, "%s cannot be read", source);
	_cleanup_free_ char *settled = settle(source, xml, length, &err);
	const char *suffix = settled != NULL ? ".out" : ".err";
	_cleanup_free_ char *got = settled != NULL ? xstrdup(settled) : strf("%s\n", error_text(&err));

	if (regenerating()) {
		_cleanup_free_ char *path = fixture_path(name, suffix);
		_cleanup_free_ char *other = fixture_path(name, settled != NULL ? ".err" : ".out");

		ck_assert(file_write(path, got, strlen(got), 0644, NULL));
		unlink(other);
		return;
	}
	_cleanup_free_ char *want = fixture_read(name, suffix, NULL);

	ck_assert_msg(want != NULL, "%s has no %s: %s", name, suffix, got);
	ck_assert_msg(strcmp(want, got) == 0, "%s%s differs; got:\n%s", name, suffix, got);
	if (settled != NULL)
		check_settled(name, settled);
}

START_TEST(fixtures)
{
	_cleanup_strv_ char **names = fixture_names(".xml");

	ck_assert_uint_gt(strv_length(names), 100);
	for (char **name = names; *name != NULL; name++)
		check_fixture(*name);
}
END_TEST

/* Each error is one line and begins with the file's name. */
START_TEST(errors_have_a_place)
{
	_cleanup_strv_ char **names = fixture_names(".err");

	for (char **name = names; *name != NULL; name++) {
		_cleanup_free_ char *text = fixture_read(*name, ".err", NULL);
		_cleanup_free_ char *start = strf("%s.xml:", *name);

		ck_assert_msg(text_starts(text, start), "%s: %s", *name, text);
		ck_assert_msg(strchr(text, '\n') == text + strlen(text) - 1, "%s: %s", *name, text);
	}
}
END_TEST

/* Nothing lies about that no test reads. */
START_TEST(no_orphans)
{
	static const char *const suffixes[] = { ".out", ".err" };

	for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++) {
		_cleanup_strv_ char **names = fixture_names(suffixes[i]);

		for (char **name = names; *name != NULL; name++) {
			_cleanup_free_ char *path = fixture_path(*name, ".xml");

			ck_assert_msg(path_exists(path), "%s%s has no .xml", *name, suffixes[i]);
		}
	}
	_cleanup_strv_ char **outs = fixture_names(".out");

	for (char **name = outs; *name != NULL; name++) {
		_cleanup_free_ char *path = fixture_path(*name, ".err");

		ck_assert_msg(!path_exists(path), "%s has both .out and .err", *name);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hv: domain fixtures");
	TCase *tcase = tcase_create("fixtures");

	tcase_add_test(tcase, fixtures);
	tcase_add_test(tcase, errors_have_a_place);
	tcase_add_test(tcase, no_orphans);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
