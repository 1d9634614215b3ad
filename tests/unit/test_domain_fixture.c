/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fixture pairs: NAME.xml settles as NAME.out, or is refused with NAME.err. */
#include "base/strv.h"
#include "hv/domain.h"
#include "tests/unit/fixture.h"
#include "tests/unit/unit.h"

#define FOLDER "domain"

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
	_cleanup_free_ char *xml = fixture_read(FOLDER, name, ".xml", &length);

	ck_assert_msg(xml != NULL, "%s cannot be read", source);
	_cleanup_free_ char *settled = settle(source, xml, length, &err);
	_cleanup_free_ char *refusal = settled != NULL ? NULL : strf("%s\n", error_text(&err));

	fixture_expect(FOLDER, name, ".out", settled);
	fixture_expect(FOLDER, name, ".err", refusal);
	if (settled != NULL)
		check_settled(name, settled);
}

START_TEST(fixtures)
{
	_cleanup_strv_ char **names = fixture_names(FOLDER, ".xml");

	ck_assert_uint_gt(strv_length(names), 100);
	for (char **name = names; *name != NULL; name++)
		check_fixture(*name);
}
END_TEST

START_TEST(errors_have_a_place)
{
	fixture_errors_have_a_place(FOLDER);
}
END_TEST

START_TEST(no_orphans)
{
	fixture_no_orphans(FOLDER, (const char *const[]){ ".out", ".err", NULL });
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
