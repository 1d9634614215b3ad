/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Secrets: documents of every use both ways, held against libvirt's schema; what is refused; values apart from them. */
#include "core/secret.h"

#include "base/text.h"
#include "tests/unit/manage.h"
#include "tests/unit/relaxng.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#include <sys/stat.h>

#define UUID "5a0e6a1c-4f5c-4f60-9f0c-000000000001"

static struct secret define(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct secret secret;

	ck_assert_msg(secret_define(manager, "secret.xml", text, strlen(text), &secret, &err), "%s", error_text(&err));
	return secret;
}

START_TEST(documents)
{
	static const struct {
		const char *text, *type, *id;
		bool is_libvirts; /* its schema knows this use */
	} taken[] = {
		{ "<secret ephemeral='no' private='yes'>\n  <description>disk &amp; one</description>\n  <uuid>" UUID "</uuid>\n"
		  "  <usage type='volume'>\n    <volume>/srv/a.luks</volume>\n  </usage>\n</secret>\n",
		  "volume", "/srv/a.luks", true },
		{ "<secret>\n  <usage type='iscsi'>\n    <target>san</target>\n  </usage>\n</secret>\n", "iscsi", "san", true },
		{ "<secret ephemeral='yes'>\n  <usage type='ceph'>\n    <name>client.admin</name>\n  </usage>\n</secret>\n", "ceph",
		  "client.admin", true },
		{ "<secret>\n  <usage type='tls'>\n    <name>key</name>\n  </usage>\n</secret>\n", "tls", "key", true },
		{ "<secret>\n  <usage type='vtpm'>\n    <name>tpm</name>\n  </usage>\n</secret>\n", "vtpm", "tpm", true },
		{ "<secret>\n  <usage type='vnc'>\n    <name>screen</name>\n  </usage>\n</secret>\n", "vnc", "screen", false },
		{ "<secret>\n  <description>of nothing</description>\n</secret>\n", "none", NULL, true },
	};
	xmlRelaxNG *schema = relaxng_open("secret");

	for (size_t i = 0; i < ARRAY_LENGTH(taken); i++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		struct secret secret = define(taken[i].text);
		_cleanup_free_ char *xml = secret_xml(manager, &secret, &err), *again = NULL;

		ck_assert_msg(xml != NULL, "%s", error_text(&err));
		ck_assert_str_eq(secret.usage_type, taken[i].type);
		ck_assert(text_equal(secret.usage_id, taken[i].id));
		if (taken[i].is_libvirts)
			relaxng_expect(schema, secret.usage_type, xml);
		/* its own document changes nothing */
		secret_clear(&secret);
		secret = define(xml);
		again = secret_xml(manager, &secret, &err);
		ck_assert_str_eq(again, xml);
		secret_clear(&secret);
	}
	xmlRelaxNGFree(schema);
}
END_TEST

START_TEST(broken_documents)
{
	static const struct {
		const char *text, *words;
	} refused[] = {
		{ "<volume/>", "secret.xml:1: <volume>: not a secret's definition" },
		{ "<secret xmlns='https://example.org/'/>", "not a secret's definition" },
		{ "<secret>\n<uuid>../../etc/shadow</uuid>\n</secret>", "secret.xml:2: <secret>: <uuid> is not a UUID" },
		{ "<secret private='maybe'/>", "attribute 'private' is 'maybe'; allowed: yes, no" },
		{ "<secret ephemeral=''/>", "attribute 'ephemeral'" },
		{ "<secret>\n<usage type='lunch'><name>x</name></usage></secret>", "secret.xml:2: <usage>: type 'lunch' is unknown" },
		{ "<secret>\n<usage/></secret>", "type '' is unknown" },
		{ "<secret>\n<usage type='volume'/></secret>", "secret.xml:2: <usage>: <volume> is missing" },
		{ "<secret>\n<usage type='iscsi'><target/></usage></secret>", "<target> is missing" },
		{ "<!DOCTYPE secret>\n<secret/>", "DOCTYPE" },
		{ "no XML", "secret.xml:1:" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		struct secret secret = { 0 };

		ck_assert_msg(!secret_define(manager, "secret.xml", refused[i].text, strlen(refused[i].text), &secret, &err), "%s", refused[i].text);
		ck_assert_msg(strstr(error_text(&err), refused[i].words) != NULL, "%s", error_text(&err));
	}
}
END_TEST

START_TEST(values)
{
	static const char document[] = "<secret><usage type='volume'><volume>v</volume></usage></secret>";
	static const char bytes[] = { 'a', 0, (char)0xff, '\n', ',' };
	_cleanup_error_ struct error err = ERROR_INIT;
	struct secret secret = define(document), found = { 0 };
	_cleanup_free_ char *large = xcalloc(1, SECRET_SIZE_LIMIT + 1), *path = NULL;
	char *value = NULL;
	size_t length = 0;
	struct stat st;

	ck_assert(!secret_value(manager, &secret, &value, &length, &err));
	ck_assert_error(&err, ERROR_STATE, "has no value");
	ck_assert_ok(secret_set_value(manager, &secret, bytes, sizeof bytes, &err), &err);
	ck_assert_ok(secret_value(manager, &secret, &value, &length, &err), &err);
	ck_assert_uint_eq(length, sizeof bytes);
	ck_assert_int_eq(memcmp(value, bytes, length), 0);
	secret_value_free(value, length);
	/* in a file that is ours alone */
	path = secret_file(manager, &secret, &err);
	ck_assert(path != NULL && stat(path, &st) == 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	ck_assert(!secret_set_value(manager, &secret, "", 0, &err));
	ck_assert_error(&err, ERROR_INVALID, "the value is empty");
	ck_assert(secret_value(manager, &secret, &value, &length, NULL) && length == sizeof bytes);
	secret_value_free(value, length);
	ck_assert(!secret_set_value(manager, &secret, large, SECRET_SIZE_LIMIT + 1, &err));
	ck_assert_error(&err, ERROR_INVALID, "longer than");
	/* by either name; one use has one secret */
	ck_assert_ok(secret_find(manager, "volume v", &found, &err), &err);
	ck_assert_str_eq(found.uuid, secret.uuid);
	ck_assert(found.has_value);
	secret_clear(&found);
	ck_assert(!secret_define(manager, "other.xml", document, strlen(document), &found, &err));
	ck_assert_error(&err, ERROR_EXISTS, secret.uuid);
	ck_assert_ok(secret_undefine(manager, &secret, &err), &err);
	ck_assert(stat(path, &st) < 0);
	ck_assert(!secret_find(manager, "volume v", &found, &err));
	ck_assert_error(&err, ERROR_NOT_FOUND, "volume v");
	secret_clear(&secret);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("secret");
	TCase *tcase = tcase_create("secret");

	tcase_add_checked_fixture(tcase, manage_setup, manage_teardown);
	tcase_add_test(tcase, documents);
	tcase_add_test(tcase, broken_documents);
	tcase_add_test(tcase, values);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
