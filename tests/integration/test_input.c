/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bad documents and names by the command line: each is refused with exit status 1 and a clear error, and nothing is half made. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define HUGE_BYTES (64u * 1024 * 1024)

static char *write_text(const char *home, const char *name, const char *text, size_t length)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	char *path = strf("%s/%s", home, name);

	ck_assert_msg(file_write(path, text, length, 0600, &err), "%s", error_text(&err));
	return path;
}

static void expect_no_machine(void)
{
	_cleanup_free_ char *list = NULL;

	expect_ok(virtty("list", "--all", "--name", NULL), &list);
	ck_assert_msg(list[strspn(list, "\n")] == '\0', "machines were left: %s", list);
}

/* define FILE fails, naming the file and these words; so does create; no machine is there afterwards. */
static void expect_refused(const char *home, const char *text, size_t length, const char *word)
{
	_cleanup_free_ char *path = write_text(home, "bad.xml", text, length);

	expect_error(virtty("define", path, NULL), 1, "bad.xml", word, NULL);
	expect_error(virtty("create", path, NULL), 1, word, NULL);
	expect_no_machine();
}

struct bad_part {
	const char *outer, *inner; /* what goes into a good document */
	const char *word;          /* what the error must say */
};

static const struct bad_part bad_parts[] = {
	{ "<on_poweroff>explode</on_poweroff>", NULL, "explode" },
	{ "<on_reboot/>", NULL, "on_reboot" },
	{ "<clock offset='moon'/>", NULL, "moon" },
	{ "<cpu mode='fastest'/>", NULL, "fastest" },
	{ NULL, "<disk type='file' device='disk'><driver name='qemu' type='qcow9'/><source file='/x'/><target dev='vda' bus='virtio'/>"
		"</disk>", "qcow9" },
	{ NULL, "<disk type='file' device='disk'><source file='/x'/><target dev='vda' bus='steam'/></disk>", "steam" },
	{ NULL, "<disk type='file' device='disk'><source file='/x'/></disk>", "target" },
	{ NULL,
	  "<disk type='file' device='disk'><source file='/x'/><target dev='vda' bus='virtio'/></disk>"
	  "<disk type='file' device='disk'><source file='/y'/><target dev='vda' bus='virtio'/></disk>",
	  "vda" },
	{ NULL,
	  "<interface type='user'><mac address='52:54:00:00:00:01'/><address type='pci' domain='0' bus='0' slot='9' function='0'/></interface>"
	  "<interface type='user'><mac address='52:54:00:00:00:02'/><address type='pci' domain='0' bus='0' slot='9' function='0'/></interface>",
	  "address" },
	{ NULL, "<interface type='user'><mac address='52:54:00:zz:00:01'/></interface>", "52:54:00:zz:00:01" },
	{ NULL, "<graphics type='vnc' port='70000'/>", "70000" },
	{ NULL, "<disk type='file' device='disk' ><source file='/x'/><target dev='vda' bus='virtio'/><boot order='0'/></disk>", "order" },
};

START_TEST(refused_parts)
{
	const struct bad_part *bad = &bad_parts[_i];
	char *home = home_new();
	_cleanup_free_ char *path = bare_machine(home, "bad", bad->outer, bad->inner);

	expect_error(virtty("define", path, NULL), 1, "bad.xml", bad->word, NULL);
	expect_no_machine();
	home_end(home);
}
END_TEST

static const char *const bad_sizes[][2] = {
	{ "<memory>-1</memory>", "-1" },
	{ "<memory>0</memory>", "memory" },
	{ "<memory unit='MiB'>99999999999999999999</memory>", "99999999999999999999" },
	{ "<memory unit='EiB'>1024</memory>", "1024" },
	{ "<memory unit='parsec'>64</memory>", "parsec" },
	{ "<memory>64 megabytes</memory>", "64 megabytes" },
	{ "<memory></memory>", "memory" },
	{ "<memory unit='MiB'>64</memory><vcpu>0</vcpu>", "vcpu" },
	{ "<memory unit='MiB'>64</memory><vcpu>-2</vcpu>", "-2" },
	{ "<memory unit='MiB'>64</memory><vcpu>two</vcpu>", "two" },
	{ "<memory unit='MiB'>64</memory><vcpu>4294967297</vcpu>", "4294967297" },
	{ "", "memory" },
};

START_TEST(refused_sizes)
{
	char *home = home_new();
	_cleanup_free_ char *text = strf("<domain type='qemu'><name>bad</name>%s<os><type>hvm</type></os></domain>", bad_sizes[_i][0]);

	expect_refused(home, text, strlen(text), bad_sizes[_i][1]);
	home_end(home);
}
END_TEST

START_TEST(refused_text)
{
	static const char *const texts[] = {
		"",
		" \n",
		"not xml",
		"<domain",
		"<domain type='qemu'><name>bad</name>",
		"<domain type='qemu'><name>bad</domain></name>",
		"<network><name>bad</name></network>",
		"<domain><name>bad</name><memory>65536</memory><os><type>hvm</type></os></domain>",
		"<domain type='abacus'><name>bad</name><memory>65536</memory><os><type>hvm</type></os></domain>",
		"<!DOCTYPE domain [<!ENTITY a 'x'>]><domain type='qemu'><name>&a;</name><memory>65536</memory><os><type>hvm</type></os></domain>",
		"<!DOCTYPE domain SYSTEM 'file:///etc/passwd'><domain type='qemu'><name>bad</name><memory>65536</memory><os>"
		"<type>hvm</type></os></domain>",
		"<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>"
		"<!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'><!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;'>]><domain type='qemu'><name>&e;</name></domain>",
		"<domain type='qemu'><name>b\xff\xfe</name><memory>65536</memory><os><type>hvm</type></os></domain>",
		"<domain type='qemu'><memory>65536</memory><os><type>hvm</type></os></domain>",
		"<domain type='qemu'><name>bad</name><uuid>1234</uuid><memory>65536</memory><os><type>hvm</type></os></domain>",
	};
	char *home = home_new();

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		expect_refused(home, texts[i], strlen(texts[i]), "error");
	home_end(home);
}
END_TEST

START_TEST(refused_huge_and_deep)
{
	char *home = home_new();
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	strbuf_puts(&text, "<domain type='qemu'><name>bad</name><description>");
	while (text.length < HUGE_BYTES)
		strbuf_puts(&text, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	strbuf_puts(&text, "</description></domain>");
	expect_refused(home, text.data, text.length, "bad.xml");
	strbuf_clear(&text);
	for (int i = 0; i < 100000; i++)
		strbuf_puts(&text, "<domain>");
	expect_refused(home, text.data, text.length, "bad.xml");
	home_end(home);
}
END_TEST

START_TEST(refused_names)
{
	char *home = home_new();
	char long_name[257];
	const char *const names[] = { "",      "a/b",   "/etc",  ".",        "..",          "../x",  "a&#10;b", "a&#9;b",  "a\x7f""b",
				      "&#x9f;", "&#x1b;[2J", long_name, "123",     "0",  " ",    "a&#x85;b" };

	memset(long_name, 'n', 256);
	long_name[256] = '\0';
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		_cleanup_free_ char *text = strf("<domain type='qemu'><name>%s</name><memory unit='MiB'>32</memory><os><type>hvm</type>"
						 "</os></domain>",
						 names[i]);

		expect_refused(home, text, strlen(text), "bad.xml");
	}
	home_end(home);
}
END_TEST

START_TEST(names_of_the_world)
{
	static const char *const names[] = { "web 1", "büro-öst", "仮想マシン", "машина", "ماكينة", "-dash", "a.b_c+d@e", "🦆" };
	char *home = home_new();
	_cleanup_free_ char *list = NULL;

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		_cleanup_free_ char *text = strf("<domain type='qemu'><name>%s</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>"
						 "<os><type arch='x86_64' machine='q35'>hvm</type></os></domain>",
						 names[i]);
		_cleanup_free_ char *path = write_text(home, "good.xml", text, strlen(text));
		_cleanup_free_ char *state = NULL;

		expect_ok(virtty("define", path, NULL), NULL);
		expect_ok(virtty("domstate", "--", names[i], NULL), &state);
		ck_assert_msg(strncmp(state, "shut off", 8) == 0, "%s", state);
	}
	expect_ok(virtty("list", "--all", "--name", NULL), &list);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		ck_assert_msg(strstr(list, names[i]) != NULL, "%s is not in: %s", names[i], list);
	expect_ok(virtty("start", "仮想マシン", NULL), NULL);
	expect_ok(virtty("destroy", "仮想マシン", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(many_files_are_one_transaction)
{
	char *home = home_new();
	_cleanup_free_ char *one = bare_machine(home, "one", NULL, NULL);
	_cleanup_free_ char *two = bare_machine(home, "two", "<on_crash>explode</on_crash>", NULL);
	_cleanup_free_ char *three = bare_machine(home, "three", "<clock offset='moon'/>", NULL);
	_cleanup_free_ char *missing = strf("%s/missing.xml", home);

	/* each refusal is named; none of them is defined */
	expect_error(virtty("define", one, two, three, NULL), 1, "two.xml", "explode", "three.xml", "moon", NULL);
	expect_no_machine();
	expect_error(virtty("define", one, missing, NULL), 1, "missing.xml", NULL);
	expect_no_machine();
	expect_error(virtty("define", one, home, NULL), 1, home, NULL);
	expect_no_machine();
	/* the same name twice in one command */
	expect_error(virtty("define", one, one, NULL), 1, "one", NULL);
	expect_no_machine();
	_cleanup_free_ char *good = bare_machine(home, "two", NULL, NULL);

	expect_ok(virtty("define", one, good, NULL), NULL);
	wait_state("one", "shut off", 0);
	wait_state("two", "shut off", 0);
	home_end(home);
}
END_TEST

START_TEST(duplicates)
{
	char *home = home_new();
	_cleanup_free_ char *one = bare_machine(home, "one", "<uuid>11111111-2222-3333-4444-555555555555</uuid>", NULL);
	_cleanup_free_ char *same_uuid = bare_machine(home, "two", "<uuid>11111111-2222-3333-4444-555555555555</uuid>", NULL);

	expect_ok(virtty("define", one, NULL), NULL);
	expect_error(virtty("define", same_uuid, NULL), 1, "11111111-2222-3333-4444-555555555555", "'one'", NULL);
	_cleanup_free_ char *same_name = bare_machine(home, "one", "<uuid>11111111-2222-3333-4444-666666666666</uuid>", NULL);

	expect_error(virtty("define", same_name, NULL), 1, "'one'", NULL);
	_cleanup_free_ char *replaced = bare_machine(home, "one", "<uuid>11111111-2222-3333-4444-555555555555</uuid><title>new</title>", NULL);
	_cleanup_free_ char *xml = NULL;

	expect_ok(virtty("define", replaced, NULL), NULL);
	expect_ok(virtty("dumpxml", "one", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, "<title>new</title>"));
	home_end(home);
}
END_TEST

/* libvirt's own documents define as they stand, where a folder of them is to be had. */
START_TEST(example_documents)
{
	const char *source = getenv("srcdir") != NULL ? getenv("srcdir") : ".";
	_cleanup_free_ char *directory = getenv("VIRTTY_TEST_EXAMPLES") != NULL ? xstrdup(getenv("VIRTTY_TEST_EXAMPLES")) :
										   strf("%s/../shared/examples", source);
	DIR *folder = opendir(directory);
	char *home = home_new();
	int count = 0;

	if (folder == NULL) {
		skip_test("no folder of example documents (VIRTTY_TEST_EXAMPLES)");
		return free(home);
	}
	for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
		_cleanup_free_ char *path = strf("%s/%s", directory, entry->d_name);

		if (strncmp(entry->d_name, "domain-", 7) != 0)
			continue;
		expect_ok(virtty("define", path, NULL), NULL);
		count++;
	}
	closedir(folder);
	ck_assert_int_gt(count, 0);
	home_end(home);
}
END_TEST

/* What virtty prints of a document is defined again as it was. */
START_TEST(what_is_dumped_defines)
{
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "m", "<!-- kept --><metadata><x:y xmlns:x='http://example.org/x'>1</x:y></metadata>",
						     "<interface type='user'/><rng model='virtio'><backend model='builtin'/></rng>");
	_cleanup_free_ char *first = NULL, *second = NULL;

	expect_ok(virtty("define", document, NULL), NULL);
	expect_ok(virtty("dumpxml", "m", NULL), &first);
	ck_assert_ptr_nonnull(strstr(first, "<!-- kept -->"));
	ck_assert_ptr_nonnull(strstr(first, "http://example.org/x"));
	_cleanup_free_ char *path = write_text(home, "dump.xml", first, strlen(first));

	expect_ok(virtty("define", path, NULL), NULL);
	expect_ok(virtty("dumpxml", "m", NULL), &second);
	ck_assert_str_eq(first, second);
	home_end(home);
}
END_TEST

START_TEST(wrong_usage)
{
	char *home = home_new();

	expect_error(virtty("frobnicate", NULL), 2, "frobnicate", NULL);
	expect_error(virtty("start", NULL), 2, "start", NULL);
	expect_error(virtty("start", "a", "b", "c", NULL), 2, "b", NULL);
	expect_error(virtty("list", "--frobnicate", NULL), 2, "--frobnicate", NULL);
	expect_error(virtty("shutdown", "m", "--timeout", "soon", NULL), 2, "soon", NULL);
	expect_error(virtty("start", "nobody", NULL), 1, "nobody", NULL);
	/* without arguments and without a terminal: help, and 2 */
	_cleanup_outcome_ struct outcome bare = virtty_input("", "-q", NULL);

	ck_assert_int_eq(bare.status, 2);
	home_end(home);
}
END_TEST

static Suite *input_suite(void)
{
	Suite *suite = suite_create("input");
	TCase *bad = tcase_create("bad"), *good = tcase_create("good");

	tcase_set_timeout(bad, 180);
	tcase_add_loop_test(bad, refused_parts, 0, (int)ARRAY_LENGTH(bad_parts));
	tcase_add_loop_test(bad, refused_sizes, 0, (int)ARRAY_LENGTH(bad_sizes));
	tcase_add_test(bad, refused_text);
	tcase_add_test(bad, refused_huge_and_deep);
	tcase_add_test(bad, refused_names);
	tcase_add_test(bad, many_files_are_one_transaction);
	tcase_add_test(bad, duplicates);
	tcase_add_test(bad, wrong_usage);
	suite_add_tcase(suite, bad);
	tcase_set_timeout(good, 120);
	tcase_add_test(good, names_of_the_world);
	tcase_add_test(good, example_documents);
	tcase_add_test(good, what_is_dumped_defines);
	suite_add_tcase(suite, good);
	return suite;
}

int main(void)
{
	return suite_main(input_suite());
}
