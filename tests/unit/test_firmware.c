/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Firmware by descriptors that the test writes: precedence, masks, globs, Secure Boot, missing files. */
#include "hv/firmware.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "tests/unit/unit.h"

static char *root, *user_dir, *system_dir, *directories[3];

static void put(const char *directory, const char *name, const char *text)
{
	_cleanup_free_ char *path = strf("%s/%s", directory, name);

	ck_assert(file_write(path, text, strlen(text), 0644, NULL));
}

/* A flash descriptor; code and vars are names in the root directory. */
static void describe(const char *directory, const char *name, const char *machines, const char *code, const char *vars,
		     const char *features)
{
	_cleanup_free_ char *template =
		vars ? strf(",\"nvram-template\":{\"filename\":\"%s/%s\",\"format\":\"raw\"}", root, vars)
		     : xstrdup("");
	_cleanup_free_ char *text = strf("{\"interface-types\":[\"uefi\"],\"mapping\":{\"device\":\"flash\","
					 "\"executable\":{\"filename\":\"%s/%s\","
					 "\"format\":\"raw\"}%s},\"targets\":[{\"architecture\":\"x86_64\","
					 "\"machines\":[%s]}],\"features\":[%s]}",
					 root, code, template, machines, features);

	put(directory, name, text);
}

static void setup(void)
{
	root = unit_tempdir();
	user_dir = directories[0] = strf("%s/user", root);
	system_dir = directories[1] = strf("%s/system", root);
	ck_assert(directory_make(user_dir, 0755, NULL) && directory_make(system_dir, 0755, NULL));
	put(root, "code", "c");
	put(root, "vars", "v");
	put(root, "secure-code", "s");
	put(root, "keys", "k");
	describe(system_dir, "40-keys.json", "\"pc-q35-*\"", "secure-code", "keys",
		 "\"secure-boot\",\"enrolled-keys\",\"requires-smm\"");
	describe(system_dir, "50-secure.json", "\"pc-q35-*\"", "secure-code", "vars",
		 "\"secure-boot\",\"requires-smm\"");
	describe(system_dir, "60-plain.json", "\"pc-q35-*\",\"pc-i440fx-*\"", "code", "vars", "");
}

static void teardown(void)
{
	unit_tempdir_remove(root);
	free(user_dir);
	free(system_dir);
}

/* The names, within the root, of what is chosen: "code vars", or the error. */
static char *choose(const struct firmware_request *request)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct firmware *firmware = firmware_choose_in(directories, request, &err);
	char *answer;

	if (!firmware)
		return xstrdup(error_text(&err));
	answer = strf("%s %s%s%s%s", strrchr(firmware->code, '/') + 1,
		      firmware->vars_template ? strrchr(firmware->vars_template, '/') + 1 : "-",
		      firmware->secure_boot ? " secure" : "", firmware->enrolled_keys ? " keys" : "",
		      firmware->requires_smm ? " smm" : "");
	firmware_free(firmware);
	return answer;
}

static void expect(const char *machine, const char *code, bool secure, const char *wanted)
{
	struct firmware_request request = { .arch = "x86_64", .machine = machine, .code = code, .secure = secure };
	_cleanup_free_ char *answer = choose(&request);

	ck_assert_msg(strstr(answer, wanted) == answer, "'%s' instead of '%s'", answer, wanted);
}

START_TEST(plain_is_preferred_and_secure_on_demand)
{
	expect("pc-q35-7.2", NULL, false, "code vars");
	expect("pc-q35-7.2", NULL, true, "secure-code keys secure keys smm");
	expect("pc-i440fx-7.2", NULL, false, "code vars");
	expect("pc-i440fx-7.2", NULL, true,
	       "no UEFI firmware with Secure Boot is installed for machine type 'pc-i440fx-7.2'");
	expect("virt-7.2", NULL, false, "no UEFI firmware is installed");
}
END_TEST

/* A request for a q35 machine with some wishes, and what it gets. */
static void expect_features(struct firmware_request request, const char *wanted)
{
	_cleanup_free_ char *answer = NULL;

	request.arch = "x86_64";
	request.machine = "pc-q35-7.2";
	answer = choose(&request);
	ck_assert_msg(strstr(answer, wanted) == answer, "'%s' instead of '%s'", answer, wanted);
}

START_TEST(by_features)
{
	expect_features((struct firmware_request){ .secure = true, .no_enrolled = true }, "secure-code vars secure smm");
	expect_features((struct firmware_request){ .enrolled = true }, "secure-code keys secure keys smm");
	expect_features((struct firmware_request){ .no_secure = true }, "code vars");
	expect_features((struct firmware_request){ .no_secure = true, .enrolled = true }, "no UEFI firmware with enrolled keys is installed");
}
END_TEST

START_TEST(by_code)
{
	_cleanup_free_ char *code = strf("%s/code", root);
	_cleanup_free_ char *link_path = strf("%s/link", root);

	expect("pc-q35-7.2", code, false, "code vars");
	expect("pc-q35-7.2", "/nonexistent/CODE.fd", false,
	       "no firmware descriptor for machine type 'pc-q35-7.2' names '/nonexistent/CODE.fd'");
	ck_assert_int_eq(symlink(code, link_path), 0);
	expect("pc-q35-7.2", link_path, false, "code vars");
}
END_TEST

START_TEST(the_first_directory_wins_and_masks)
{
	put(root, "mine", "m");
	describe(user_dir, "60-plain.json", "\"pc-q35-*\"", "mine", NULL, "");
	expect("pc-q35-7.2", NULL, false, "mine -");
	put(user_dir, "60-plain.json", "");
	expect("pc-q35-7.2", NULL, false, "secure-code keys");
}
END_TEST

START_TEST(broken_and_foreign_descriptors_are_passed_over)
{
	put(system_dir, "10-broken.json", "{");
	put(system_dir, "11-array.json", "[1]");
	put(system_dir, "12-bios.json",
	    "{\"interface-types\":[\"bios\"],\"mapping\":{\"device\":\"memory\",\"filename\":\"/x\"}}");
	put(system_dir, "13-types.json",
	    "{\"interface-types\":\"uefi\",\"mapping\":7,\"targets\":{},\"features\":null}");
	put(system_dir, "notes.txt", "no descriptor");
	describe(system_dir, "14-missing.json", "\"pc-q35-*\"", "not-there", "vars", "");
	describe(system_dir, "15-no-vars.json", "\"pc-q35-*\"", "code", "not-there", "");
	expect("pc-q35-7.2", NULL, false, "code vars");
}
END_TEST

START_TEST(nothing_installed_names_the_package)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct firmware_request request = { .arch = "x86_64", .machine = "pc-q35-7.2" };
	char *nowhere[] = { root, NULL };

	ck_assert_ptr_null(firmware_choose_in(nowhere, &request, &err));
	ck_assert_int_eq(err.code, ERROR_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(err.hint, "ovmf"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("firmware");
	TCase *tests = tcase_create("firmware");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, plain_is_preferred_and_secure_on_demand);
	tcase_add_test(tests, by_features);
	tcase_add_test(tests, by_code);
	tcase_add_test(tests, the_first_directory_wins_and_masks);
	tcase_add_test(tests, broken_and_foreign_descriptors_are_passed_over);
	tcase_add_test(tests, nothing_installed_names_the_package);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
