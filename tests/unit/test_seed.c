/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cloud-init is told: its parts as typed, the documents as Python's YAML reader (and cloud-init, where it is installed) takes them. */
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/yaml.h"
#include "core/seed.h"
#include "tests/unit/unit.h"

#include <stdio.h>

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample ana@example"

static char *directory; /* owned; a test's own */

static void set_up(void)
{
	directory = unit_tempdir();
}

static void tear_down(void)
{
	unit_tempdir_remove(directory);
}

static char *file(const char *name, const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	char *path = strf("%s/%s", directory, name);

	ck_assert_ok(file_write(path, text, strlen(text), 0600, &err), &err);
	return path;
}

/* A document as Python reads it, as JSON with sorted keys. Owned; NULL: there is no Python with YAML here. */
static char *read_back(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *path = file("document", text);
	const char *argv[] = { "python3", "-c",
			       "import sys, json\n"
			       "try:\n import yaml\n"
			       "except ImportError:\n sys.exit(77)\n"
			       "print(json.dumps(yaml.safe_load(open(sys.argv[1], encoding='utf-8')), sort_keys=True, ensure_ascii=False), end='')",
			       path, NULL };
	char *out = NULL;
	int status = 0;

	if (!process_run((char *const *)(uintptr_t)argv, 30000, &out, NULL, &status, &err) || status == 77 << 8) {
		fprintf(stderr, "SKIP: what is written is not read back: there is no python3-yaml\n");
		free(out);
		return NULL;
	}
	ck_assert_int_eq(status, 0);
	return out;
}

static void expect_json(const char *text, const char *json)
{
	_cleanup_free_ char *read = read_back(text);

	if (read != NULL)
		ck_assert_str_eq(read, json);
}

/* ---- the writer ---- */

START_TEST(yaml_as_written)
{
	_cleanup_yaml_ struct yaml yaml = { 0 };

	yaml_text(&yaml, "name", "a: b # c");
	yaml_open_list(&yaml, "users");
	yaml_text(&yaml, NULL, "default");
	yaml_open_map(&yaml, NULL);
	yaml_text(&yaml, "name", "x");
	yaml_open_list(&yaml, "keys");
	yaml_text(&yaml, NULL, "1");
	yaml_close(&yaml);
	yaml_open_map(&yaml, "deep");
	yaml_bool(&yaml, "yes", true);
	yaml_close(&yaml);
	yaml_close(&yaml);
	yaml_close(&yaml);
	yaml_number(&yaml, "version", 2);
	ck_assert_str_eq(yaml.text.data, "name: \"a: b # c\"\nusers:\n  - \"default\"\n  - name: \"x\"\n    keys:\n      - \"1\"\n"
					 "    deep:\n      \"yes\": true\nversion: 2\n");
	expect_json(yaml.text.data,
		    "{\"name\": \"a: b # c\", \"users\": [\"default\", {\"deep\": {\"yes\": true}, \"keys\": [\"1\"], \"name\": \"x\"}], "
		    "\"version\": 2}");
}
END_TEST

/* Whatever is in a text, it is read back as it was. */
static const struct {
	const char *text, *json;
} texts[] = {
	{ "", "\"\"" },
	{ "yes", "\"yes\"" },
	{ "012", "\"012\"" },
	{ "null", "\"null\"" },
	{ "- x", "\"- x\"" },
	{ "'\"\\", "\"'\\\"\\\\\"" },
	{ "a\nb\n", "\"a\\nb\\n\"" },
	{ "\t \r", "\"\\t \\r\"" },
	{ "\x01\x1b[31m\x7f", "\"\\u0001\\u001b[31m\x7f\"" },
	{ "Zoë 中 😀", "\"Zoë 中 😀\"" },
	{ "\xc2\x85\xc2\x9f", "\"\xc2\x85\xc2\x9f\"" },
	{ "\xe2\x80\xa8\xef\xbb\xbf", "\"\xe2\x80\xa8\xef\xbb\xbf\"" },
	{ "*a &b !c %d @e `f {g} [h]", "\"*a &b !c %d @e `f {g} [h]\"" },
	{ "\xff" "a\xc3", "\"\xef\xbf\xbd" "a\xef\xbf\xbd\"" },
};

START_TEST(yaml_texts_survive)
{
	_cleanup_yaml_ struct yaml yaml = { 0 };
	_cleanup_free_ char *json = strf("{\"value\": %s}", texts[_i].json);

	yaml_text(&yaml, "value", texts[_i].text);
	expect_json(yaml.text.data, json);
}
END_TEST

/* ---- parts ---- */

static struct seed parse(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct seed seed;

	ck_assert_ok(seed_parse(text, &seed, &err), &err);
	return seed;
}

START_TEST(parts_as_typed)
{
	_cleanup_free_ char *keys = file("keys.pub", "# mine\n" KEY "\n\nssh-rsa AAAA two\n");
	_cleanup_free_ char *text = strf("user=ana,ssh-key=%s,clouduser-ssh-key=%s,package=a,package=b,run=echo 1,, 2,upgrade,disable=off,"
					 "hostname=web-1.example.org,timezone=Etc/UTC,root-ssh-key=%s,password-file=-",
					 keys, KEY, KEY);
	_cleanup_seed_ struct seed seed = parse(text);

	ck_assert_str_eq(seed.user, "ana");
	ck_assert_uint_eq(strv_length(seed.keys), 3);
	ck_assert_str_eq(seed.keys[1], "ssh-rsa AAAA two");
	ck_assert_uint_eq(strv_length(seed.packages), 2);
	ck_assert_str_eq(seed.commands[0], "echo 1, 2");
	ck_assert(seed.upgrade && !seed.disable);
	ck_assert_str_eq(seed.host_name, "web-1.example.org");
	ck_assert_ptr_null(seed.password);
	_cleanup_free_ char *where = seed_value(text, "password-file");

	ck_assert_str_eq(where, "-");
	ck_assert(!seed_wants_root_password(text));
}
END_TEST

START_TEST(as_virt_install_without_a_word)
{
	_cleanup_seed_ struct seed seed = parse("");

	ck_assert(seed.disable);
	ck_assert(seed_wants_root_password("") && seed_wants_root_password("root-password-generate=on,disable=on") &&
		  seed_wants_root_password("root-password-generate"));
	ck_assert(!seed_wants_root_password("root-password-generate=off") && !seed_wants_root_password("disable=on"));
}
END_TEST

static const struct {
	const char *text, *words;
} wrong[] = {
	{ "usr=a", "'usr=a' is not understood; known are: user," },
	{ "user=", "user needs a value" },
	{ "user=Ana", "no user's name" },
	{ "user=a b", "no user's name" },
	{ "user=root:x", "no user's name" },
	{ "user=a,user=b", "user is given twice" },
	{ "hostname=a_b", "no host's name" },
	{ "hostname=-a", "no host's name" },
	{ "hostname=a..b", "no host's name" },
	{ "hostname=a.", "no host's name" },
	{ "timezone=x y", "timezone is such as" },
	{ "upgrade=maybe", "upgrade is on or off" },
	{ "address=192.0.2.5", "the length of its network" },
	{ "address=192.0.2.5/33", "the length of its network" },
	{ "address=2001:db8::1/0", "the length of its network" },
	{ "address=192.0.2.5/24,gateway=192.0.2.1,gateway=192.0.2.2", "at most one gateway" },
	{ "gateway=192.0.2.1", "gateway= needs address=" },
	{ "dns=one.one", "dns is an address" },
	{ "ssh-key=/nonexistent/key.pub", "ssh-key" },
	{ "user-data=/nonexistent", "user-data" },
};

START_TEST(wrong_parts)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_seed_ struct seed seed = { 0 };

	ck_assert(!seed_parse(wrong[_i].text, &seed, &err));
	ck_assert_msg(strstr(error_text(&err), wrong[_i].words) != NULL, "%s", error_text(&err));
}
END_TEST

START_TEST(wrong_files)
{
	_cleanup_free_ char *private = file("id", "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n"), *empty = file("none.pub", "nothing\n");
	_cleanup_free_ char *data = file("data", "packages: [a]\n"), *good = file("good", "#cloud-config\n{}\n"),
			    *binary = file("binary", "\xff\xfe");
	const struct {
		char *text; /* owned */
		const char *words;
	} rows[] = {
		{ strf("ssh-key=%s", private), "is a private key" },
		{ strf("ssh-key=%s", empty), "no public key" },
		{ strf("user-data=%s,user=a", data), "user-data= is all of it" },
		{ strf("network-config=%s,address=192.0.2.1/24", data), "network-config= is all of it" },
		{ strf("user-data=%s", binary), "no UTF-8 text" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		_cleanup_seed_ struct seed seed = { 0 };

		ck_assert(!seed_parse(rows[i].text, &seed, &err));
		ck_assert_msg(strstr(error_text(&err), rows[i].words) != NULL, "%s", error_text(&err));
		free(rows[i].text);
	}
	/* what cloud-init would pass over is taken, and said */
	_cleanup_free_ char *odd = strf("user-data=%s,meta-data=%s", data, data), *plain = strf("user-data=%s", good);
	_cleanup_seed_ struct seed warned = parse(odd), fine = parse(plain);

	ck_assert_uint_eq(strv_length(warned.warnings), 2);
	ck_assert_ptr_null(fine.warnings);
	ck_assert_str_eq(fine.user_data, "#cloud-config\n{}\n");
}
END_TEST

/* ---- documents ---- */

static struct seed_texts make(struct seed *seed, const char *name, const char *mac)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct seed_texts made;

	ck_assert_ok(seed_texts(seed, name, "11111111-2222-4333-8444-555555555555", mac, &made, &err), &err);
	return made;
}

/* cloud-init's own opinion, where it is installed. */
static void ask_cloud_init(const char *user_data)
{
	_cleanup_free_ char *program = process_find("cloud-init"), *path = file("user-data", user_data), *out = NULL, *errors = NULL;
	const char *argv[] = { program, "schema", "--config-file", path, NULL };
	int status = 0;

	if (program == NULL) {
		fprintf(stderr, "SKIP: cloud-init's own check: it is not installed\n");
		return;
	}
	ck_assert(process_run((char *const *)(uintptr_t)argv, 60000, &out, &errors, &status, NULL));
	ck_assert_msg(status == 0 && strstr(out, "Valid cloud-config") != NULL, "%s%s", out, errors);
}

START_TEST(a_user_of_ones_own)
{
	_cleanup_seed_ struct seed seed = parse("user=ana,ssh-key=" KEY ",package=htop,run=echo \"a: b\",timezone=Etc/UTC,upgrade,disable");
	struct seed_texts made;

	/* a hash is taken as it is */
	seed.password = xstrdup("$6$salt$0123456789abcdefghij");
	made = make(&seed, "Web Server 1", NULL);
	ck_assert(text_starts(made.user_data, "#cloud-config\n"));
	expect_json(made.user_data,
		    "{\"hostname\": \"web-server-1\", \"package_update\": true, \"package_upgrade\": true, \"packages\": [\"htop\"], "
		    "\"runcmd\": [\"echo \\\"a: b\\\"\", \"touch /etc/cloud/cloud-init.disabled\"], \"timezone\": \"Etc/UTC\", "
		    "\"users\": [{\"lock_passwd\": false, \"name\": \"ana\", \"passwd\": \"$6$salt$0123456789abcdefghij\", "
		    "\"shell\": \"/bin/bash\", \"ssh_authorized_keys\": [\"" KEY "\"], \"sudo\": \"ALL=(ALL) NOPASSWD:ALL\"}]}");
	expect_json(made.meta_data,
		    "{\"instance-id\": \"11111111-2222-4333-8444-555555555555\", \"local-hostname\": \"web-server-1\"}");
	ck_assert_ptr_null(made.network_config);
	ask_cloud_init(made.user_data);
	seed_texts_clear(&made);
}
END_TEST

START_TEST(the_image_s_user_and_root)
{
	_cleanup_seed_ struct seed seed = parse("clouduser-ssh-key=" KEY ",root-ssh-key=" KEY);
	struct seed_texts made;

	seed.password = xstrdup("secret: \"1\"");
	seed.root_password = xstrdup("other");
	seed.root_password_expires = true;
	made = make(&seed, "a", NULL);
	ck_assert_ptr_null(strstr(made.user_data, "secret"));
	ck_assert_ptr_null(strstr(made.user_data, "other"));
	ck_assert_ptr_nonnull(strstr(made.user_data, "password: \"$6$rounds="));
	ck_assert_ptr_nonnull(strstr(made.user_data, "- \"root:$6$rounds="));
	ck_assert_ptr_nonnull(strstr(made.user_data, "expire: true"));
	ck_assert_ptr_nonnull(strstr(made.user_data, "disable_root: false"));
	ck_assert_ptr_nonnull(strstr(made.user_data, "  - \"default\"\n  - name: \"root\"\n"));
	free(read_back(made.user_data));
	ask_cloud_init(made.user_data);
	seed_texts_clear(&made);
}
END_TEST

START_TEST(networks)
{
	_cleanup_seed_ struct seed seed = parse("address=192.0.2.5/24,address=2001:db8::5/64,gateway=2001:db8::1,gateway=192.0.2.1,dns=192.0.2.53");
	_cleanup_seed_ struct seed servers = parse("dns=2001:db8::53");
	_cleanup_error_ struct error err = ERROR_INIT;
	struct seed_texts made = make(&seed, "a", "52:54:00:00:00:01");

	expect_json(made.network_config,
		    "{\"ethernets\": {\"card0\": {\"addresses\": [\"192.0.2.5/24\", \"2001:db8::5/64\"], \"dhcp4\": false, "
		    "\"match\": {\"macaddress\": \"52:54:00:00:00:01\"}, \"nameservers\": {\"addresses\": [\"192.0.2.53\"]}, "
		    "\"routes\": [{\"to\": \"::/0\", \"via\": \"2001:db8::1\"}, {\"to\": \"0.0.0.0/0\", \"via\": \"192.0.2.1\"}]}}, \"version\": 2}");
	seed_texts_clear(&made);
	made = make(&servers, "a", "52:54:00:00:00:01");
	ck_assert_ptr_nonnull(strstr(made.network_config, "dhcp4: true"));
	seed_texts_clear(&made);
	ck_assert(!seed_texts(&seed, "a", "u", NULL, &made, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "needs a network card"));
	seed_texts_clear(&made);
}
END_TEST

START_TEST(files_as_they_are)
{
	_cleanup_free_ char *user = file("u", "#!/bin/sh\necho 'x'\n"), *meta = file("m", "instance-id: 1\n"), *network = file("n", "version: 2\n");
	_cleanup_free_ char *text = strf("user-data=%s,meta-data=%s,network-config=%s", user, meta, network);
	_cleanup_seed_ struct seed seed = parse(text);
	struct seed_texts made = make(&seed, "a", NULL);

	ck_assert_str_eq(made.user_data, "#!/bin/sh\necho 'x'\n");
	ck_assert_str_eq(made.meta_data, "instance-id: 1\n");
	ck_assert_str_eq(made.network_config, "version: 2\n");
	seed_texts_clear(&made);
}
END_TEST

START_TEST(passwords_that_are_made)
{
	_cleanup_free_ char *one = seed_make_password(), *two = seed_make_password();

	ck_assert_uint_eq(strlen(one), 16);
	ck_assert_str_ne(one, two);
	ck_assert(strpbrk(one, "0O1lI") == NULL);
}
END_TEST

START_TEST(names_of_machines)
{
	static const struct {
		const char *name, *host;
	} rows[] = { { "Web_1", "web-1" }, { "Zoë", "zo" }, { "中", "machine" }, { "--a--", "a" }, { "a  b", "a-b" } };

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		_cleanup_seed_ struct seed seed = parse("disable=off");
		struct seed_texts made = make(&seed, rows[i].name, NULL);
		_cleanup_free_ char *line = strf("local-hostname: \"%s\"\n", rows[i].host);

		ck_assert_msg(strstr(made.meta_data, line) != NULL, "%s: %s", rows[i].name, made.meta_data);
		seed_texts_clear(&made);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("seed");
	TCase *t = tcase_create("seed");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, yaml_as_written);
	tcase_add_loop_test(t, yaml_texts_survive, 0, ARRAY_LENGTH(texts));
	tcase_add_test(t, parts_as_typed);
	tcase_add_test(t, as_virt_install_without_a_word);
	tcase_add_loop_test(t, wrong_parts, 0, ARRAY_LENGTH(wrong));
	tcase_add_test(t, wrong_files);
	tcase_add_test(t, a_user_of_ones_own);
	tcase_add_test(t, the_image_s_user_and_root);
	tcase_add_test(t, networks);
	tcase_add_test(t, files_as_they_are);
	tcase_add_test(t, passwords_that_are_made);
	tcase_add_test(t, names_of_machines);
	suite_add_tcase(suite, t);
	return unit_run(suite);
}
