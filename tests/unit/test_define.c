/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Defining, finding, changing and undefining machines: the contracts of names and UUIDs, all or none, nothing deleted that is used. */
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/db.h"
#include "core/undefine.h"
#include "hv/domain.h"
#include "tests/unit/manage.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#include <check.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UUID_A "11111111-2222-3333-4444-555555555555"
#define UUID_B "aaaaaaaa-2222-3333-4444-555555555555"

/* Defines a document that is thrown away, and its warnings. */
static void define_quietly(char *text)
{
	free(manage_define(text));
	free(text);
}

static void define_fails(char *text, const char *words)
{
	manage_define_fails(text, words);
	free(text);
}

START_TEST(found_by_uuid_and_name)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct machine machine;

	define_quietly(manage_document("web", UUID_A, NULL));
	define_quietly(manage_document("héros 123", NULL, NULL));
	machine = manage_find("web");
	ck_assert_str_eq(machine.uuid, UUID_A);
	ck_assert(machine.persistent && !machine.autostart && !machine_is_active(&machine));
	ck_assert_uint_eq(machine.memory_kib, 65536);
	ck_assert_uint_eq(machine.vcpus, 1);
	ck_assert_int_eq(machine.state, RUN_SHUTOFF);
	machine_clear(&machine);
	machine = manage_find("1111111122223333-4444555555555555");
	ck_assert_str_eq(machine.name, "web");
	machine_clear(&machine);
	machine = manage_find("héros 123");
	ck_assert_str_eq(machine.name, "héros 123");
	machine_clear(&machine);
	ck_assert(!machine_find(manager, "nobody", &machine, &err));
	ck_assert_int_eq(err.code, ERROR_NOT_FOUND);
	ck_assert_ptr_nonnull(err.hint);
}
END_TEST

START_TEST(an_id_goes_before_a_name)
{
	struct machine machine;
	struct run seen = { 0 };
	int64_t generation;
	bool won;

	define_fails(manage_document("1", NULL, NULL), "is all digits");
	/* There is none by define any more; what the state holds is found nevertheless. */
	define_quietly(manage_document("one", NULL, NULL));
	ck_assert(db_run(manager_db(manager), NULL, NULL, "UPDATE domain SET name = '1'", ""));
	define_quietly(manage_document("web", NULL, NULL));
	machine = manage_find("1");
	ck_assert_str_eq(machine.name, "1");
	machine_clear(&machine);
	machine = manage_find("web");
	seen.domain_id = machine.id;
	machine_clear(&machine);
	ck_assert(run_claim(manager_db(manager), &seen, &won, &generation, NULL) && won);
	machine = manage_find("1");
	ck_assert_str_eq(machine.name, "web");
	ck_assert(machine_is_active(&machine));
	machine_clear(&machine);
	/* Its id names nothing any more when the run is dead. */
	ck_assert(db_run(manager_db(manager), NULL, NULL, "UPDATE run SET boot_id = 'other'", ""));
	machine = manage_find("1");
	ck_assert_str_eq(machine.name, "1");
	machine_clear(&machine);
}
END_TEST

START_TEST(listed_as_virsh_does)
{
	struct machine *machines;
	size_t count;
	struct run seen = { 0 };
	int64_t generation;
	bool won;

	define_quietly(manage_document("beta", NULL, NULL));
	define_quietly(manage_document("Alpha", NULL, NULL));
	define_quietly(manage_document("zeta", NULL, NULL));
	struct machine zeta = manage_find("zeta");
	seen.domain_id = zeta.id;
	machine_clear(&zeta);
	ck_assert(run_claim(manager_db(manager), &seen, &won, &generation, NULL) && won);
	ck_assert(machine_list(manager, &machines, &count, NULL));
	ck_assert_uint_eq(count, 3);
	ck_assert_str_eq(machines[0].name, "zeta");
	ck_assert_str_eq(machines[1].name, "Alpha");
	ck_assert_str_eq(machines[2].name, "beta");
	machines_free(machines, count);
}
END_TEST

START_TEST(names_and_uuids_clash)
{
	struct machine machine;

	define_quietly(manage_document("web", UUID_A, NULL));
	define_fails(manage_document("web", NULL, NULL), "machine 'web' is defined already (with UUID " UUID_A);
	define_fails(manage_document("web", UUID_B, NULL), "machine 'web' is defined already with another UUID");
	define_fails(manage_document("other", UUID_A, NULL), "belongs to machine 'web'");
	/* Same name, same UUID: replaced. */
	define_quietly(manage_document("web", UUID_A, "<input type='tablet' bus='usb'/>"));
	machine = manage_find("web");
	_cleanup_free_ char *xml = NULL;
	ck_assert(domain_xml(manager, &machine, 0, &xml, NULL));
	ck_assert_ptr_nonnull(strstr(xml, "tablet"));
	machine_clear(&machine);
	ck_assert_int_eq(manage_count("SELECT count(*) FROM domain"), 1);
}
END_TEST

START_TEST(bad_documents)
{
	define_fails(xstrdup("<domain"), "test.xml");
	define_fails(xstrdup(""), "test.xml");
	define_fails(xstrdup("<network/>"), "network");
	define_fails(manage_document("a/b", NULL, NULL), "/");
	define_fails(manage_document("..", NULL, NULL), "..");
	define_fails(manage_document("web", "nonsense", NULL), "nonsense");
	define_fails(xstrdup("<domain type='qemu'><name>a</name>\n<name>b</name><memory>65536</memory><os><type>hvm</type></os></domain>"),
		     ":2: a second <name>; the first is in line 1");
	define_fails(xstrdup("<domain type='qemu'><name>a</name><memory>65536</memory>\n<os><type arch='x86-64'>hvm</type></os></domain>"),
		     ":2: <type>: arch 'x86-64' is unknown; allowed: aarch64, ");
	define_fails(manage_document("web", NULL, "<disk type='file'><target dev='vda' bus='vritio'/></disk>"), "vritio");
}
END_TEST

START_TEST(all_or_none)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *one = manage_document("one", UUID_A, NULL), *two = manage_document("two", UUID_A, NULL);
	_cleanup_free_ char *three = manage_document("one", NULL, NULL), *four = manage_document("four", NULL, NULL);
	struct definition_input inputs[] = {
		{ "1.xml", one, strlen(one), NULL },
		{ "2.xml", two, strlen(two), NULL },
		{ "3.xml", three, strlen(three), NULL },
		{ "4.xml", four, strlen(four), NULL },
	};
	struct definition_result results[4];

	ck_assert(!domain_define(manager, inputs, 4, results, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "nothing was defined: 2 of 4 documents were refused"));
	ck_assert(!error_is_set(&results[0].error));
	ck_assert_ptr_nonnull(strstr(error_text(&results[1].error), "1.xml and 2.xml have the same UUID"));
	ck_assert_ptr_nonnull(strstr(error_text(&results[2].error), "1.xml and 3.xml have the same name"));
	ck_assert(!error_is_set(&results[3].error));
	definition_results_free(results, 4);
	ck_assert_int_eq(manage_count("SELECT count(*) FROM domain"), 0);
	/* A clash with what is there refuses all, too. */
	free(manage_define(four));
	ck_assert(!domain_define(manager, inputs + 2, 2, results, &err));
	ck_assert(!error_is_set(&results[0].error));
	ck_assert_ptr_nonnull(strstr(error_text(&results[1].error), "'four' is defined already"));
	definition_results_free(results, 2);
	ck_assert_int_eq(manage_count("SELECT count(*) FROM domain"), 1);
	/* Whole. */
	free(four);
	four = manage_document("five", NULL, NULL);
	inputs[3] = (struct definition_input){ "5.xml", four, strlen(four), NULL };
	ck_assert_msg(domain_define(manager, inputs + 2, 2, results, &err), "%s", error_text(&err));
	ck_assert_str_eq(results[1].name, "five");
	definition_results_free(results, 2);
	ck_assert_int_eq(manage_count("SELECT count(*) FROM definition"), 3);
}
END_TEST

/* Warnings are in the order of lines, whoever gives them; judged, nothing is stored; strictly, what is kept elsewhere is refused. */
START_TEST(judged)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = manage_document("m", NULL,
						    "<disk type='file'><source file='/no/a.img'/><target dev='vda'/></disk>\n"
						    "<tpm model='tpm-tis'/>\n"
						    "<disk type='file'><source file='/no/b.img'/><target dev='vdb'/></disk>\n"
						    "<panic model='isa'/>\n");
	_cleanup_free_ char *bad = manage_document("a/b", NULL, NULL), *plain = manage_document("m", NULL, NULL);
	struct definition_input input = { "m.xml", text, strlen(text), NULL }, wrong = { "bad.xml", bad, strlen(bad), NULL };
	struct definition_input known = { "m.xml", plain, strlen(plain), NULL };
	struct definition_result result;
	static const char *const order[] = { "/no/a.img", "<tpm>", "/no/b.img", "<panic>" };

	ck_assert_msg(domain_judge(manager, &input, &result, &err), "%s", error_text(&err));
	ck_assert_str_eq(result.name, "m");
	for (size_t i = 0; i < ARRAY_LENGTH(order); i++)
		ck_assert_msg(strstr(result.warnings[i], order[i]) != NULL, "%zu: %s", i, result.warnings[i]);
	definition_results_free(&result, 1);
	ck_assert_int_eq(manage_count("SELECT count(*) FROM domain"), 0);
	ck_assert(!domain_judge(manager, &wrong, &result, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "a/b"));
	definition_results_free(&result, 1);
	ck_assert(!domain_is_known(&input, &err));
	ck_assert_int_eq(err.code, ERROR_UNSUPPORTED);
	ck_assert_msg(strstr(error_text(&err), "<tpm>") != NULL && strstr(error_text(&err), "and 1 more") != NULL, "%s", error_text(&err));
	ck_assert(domain_is_known(&known, &err));
	ck_assert(domain_is_known(&wrong, &err)); /* domain_define() refuses it */
}
END_TEST

/* What could not be read is refused among the others. */
START_TEST(an_unread_document)
{
	_cleanup_error_ struct error err = ERROR_INIT, unread = ERROR_INIT;
	_cleanup_free_ char *text = manage_document("a/b", NULL, NULL);
	struct definition_input inputs[] = { { "1.xml", text, strlen(text), NULL }, { "2.xml", "", 0, &unread } };
	struct definition_result results[2];

	error_set(&unread, ERROR_NOT_FOUND, "'2.xml' does not exist");
	ck_assert(!domain_define(manager, inputs, 2, results, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "2 of 2 documents were refused"));
	ck_assert_ptr_nonnull(strstr(error_text(&results[0].error), "a/b"));
	ck_assert_str_eq(error_text(&results[1].error), "'2.xml' does not exist");
	definition_results_free(results, 2);
}
END_TEST

START_TEST(what_is_missing_is_a_warning)
{
	_cleanup_free_ char *text = manage_document("far", NULL,
						    "<emulator>/no/such/qemu</emulator>"
						    "<disk type='file' device='disk'><driver name='qemu' type='raw'/>"
						    "<source file='/no/such.img'/><target dev='vda'/></disk>"
						    "<disk type='file' device='cdrom'><source file='/no/such.iso'/>"
						    "<target dev='sda' bus='sata'/></disk><interface type='mcast'/><tpm model='tpm-crb'/>");
	_cleanup_free_ char *warnings = manage_define(text);

	ck_assert_msg(strstr(warnings, "/no/such/qemu"), "%s", warnings);
	ck_assert_msg(strstr(warnings, "disk '/no/such.img' does not exist"), "%s", warnings);
	ck_assert_msg(strstr(warnings, "CD-ROM image '/no/such.iso' does not exist"), "%s", warnings);
	/* what hv says of a type is not said again by core */
	const char *type = strstr(warnings, "'mcast'");

	ck_assert_msg(type && !strstr(type + 1, "'mcast'"), "%s", warnings);
	ck_assert_msg(strstr(warnings, "tpm"), "%s", warnings);
}
END_TEST

START_TEST(renamed)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct machine machine;
	_cleanup_free_ char *xml = NULL;

	define_quietly(manage_document("old", UUID_A, NULL));
	define_quietly(manage_document("other", NULL, NULL));
	machine = manage_find("old");
	ck_assert(!domain_rename(manager, &machine, "other", &err));
	ck_assert_int_eq(err.code, ERROR_EXISTS);
	ck_assert(!domain_rename(manager, &machine, "a/b", &err));
	ck_assert(!domain_rename(manager, &machine, "old", &err));
	ck_assert_msg(domain_rename(manager, &machine, "new", &err), "%s", error_text(&err));
	machine_clear(&machine);
	machine = manage_find("new");
	ck_assert_str_eq(machine.uuid, UUID_A);
	ck_assert(domain_xml(manager, &machine, 0, &xml, NULL));
	ck_assert_ptr_nonnull(strstr(xml, "<name>new</name>"));
	ck_assert(domain_set_autostart(manager, &machine, true, NULL));
	machine_clear(&machine);
	machine = manage_find("new");
	ck_assert(machine.autostart);
	machine_clear(&machine);
}
END_TEST

START_TEST(described)
{
	struct machine machine;
	struct domain *domain;

	define_quietly(manage_document("web", UUID_A, NULL));
	machine = manage_find("web");
	domain = domain_load(manager, &machine, false, NULL);
	ck_assert_ptr_nonnull(domain);
	domain_set_title(domain, "The <web> & more");
	ck_assert(domain_store(manager, &machine, domain, true, NULL));
	domain_free(domain);
	machine_clear(&machine);
	machine = manage_find("web");
	ck_assert_str_eq(machine.title, "The <web> & more");
	/* Another machine's document is not stored as this one's. */
	domain = domain_load(manager, &machine, false, NULL);
	ck_assert(domain_set_name(domain, "else", NULL));
	ck_assert(!domain_store(manager, &machine, domain, false, NULL));
	domain_free(domain);
	machine_clear(&machine);
}
END_TEST

START_TEST(passwords_are_shown_on_demand)
{
	_cleanup_free_ char *plain = NULL, *secure = NULL;
	struct machine machine;

	define_quietly(manage_document("web", NULL, "<graphics type='vnc' port='-1' autoport='yes' passwd='sesame'/>"));
	machine = manage_find("web");
	ck_assert(domain_xml(manager, &machine, 0, &plain, NULL));
	ck_assert_ptr_null(strstr(plain, "sesame"));
	ck_assert(domain_xml(manager, &machine, XML_SECURE, &secure, NULL));
	ck_assert_ptr_nonnull(strstr(secure, "sesame"));
	machine_clear(&machine);
}
END_TEST

static char *disk_element(const char *path, const char *target)
{
	return strf("<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='%s'/><target dev='%s'/></disk>", path, target);
}

static void define_with_disk(const char *name, const char *path)
{
	_cleanup_free_ char *disk = disk_element(path, "vda");

	define_quietly(manage_document(name, NULL, disk));
}

static void run_qemu_img(const char *backing, const char *path)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	const char *plain[] = { "/usr/bin/qemu-img", "create", "-q", "-f", "qcow2", path, "1M", NULL };
	const char *overlay[] = { "/usr/bin/qemu-img", "create", "-q", "-f", "qcow2", "-b", backing, "-F", "qcow2", path, NULL };

	ck_assert_msg(process_run_ok((char *const *)(backing ? overlay : plain), 20000, NULL, &err), "%s", error_text(&err));
}

START_TEST(undefined_with_storage)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *shared = scratch_path("shared.img"), *own = scratch_path("own.img");
	_cleanup_strv_ char **deleted = NULL;
	struct machine machine;

	run_qemu_img(NULL, shared);
	run_qemu_img(NULL, own);
	define_with_disk("one", shared);
	define_with_disk("two", shared);
	define_with_disk("three", own);
	machine = manage_find("one");
	ck_assert(!domain_undefine(manager, &machine, UNDEFINE_ALL_STORAGE, NULL, NULL, &err));
	ck_assert_msg(strstr(error_text(&err), "is used by machine 'two' too"), "%s", error_text(&err));
	ck_assert(path_exists(shared));
	ck_assert_int_eq(manage_count("SELECT count(*) FROM domain"), 3);
	/* Without storage it goes. */
	ck_assert(domain_undefine(manager, &machine, 0, NULL, &deleted, NULL));
	ck_assert_ptr_null(deleted);
	ck_assert(path_exists(shared));
	machine_clear(&machine);
	machine = manage_find("three");
	const char *unknown[] = { "vdz", NULL }, *known[] = { "vda", NULL };
	ck_assert(!domain_undefine(manager, &machine, 0, (char *const *)unknown, NULL, &err));
	ck_assert_msg(strstr(error_text(&err), "'vdz' is no disk of 'three'"), "%s", error_text(&err));
	ck_assert_msg(domain_undefine(manager, &machine, 0, (char *const *)known, &deleted, &err), "%s", error_text(&err));
	ck_assert_uint_eq(strv_length(deleted), 1);
	ck_assert(!path_exists(own));
	machine_clear(&machine);
	ck_assert(!machine_find(manager, "three", &machine, NULL));
	ck_assert_int_eq(manage_count("SELECT count(*) FROM disk"), 1);
}
END_TEST

START_TEST(a_backing_file_is_not_deleted)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *base = scratch_path("base.img"), *overlay = scratch_path("overlay.img"), *link = scratch_path("link.img");
	struct machine machine;

	run_qemu_img(NULL, base);
	run_qemu_img("base.img", overlay);
	ck_assert_int_eq(symlink(base, link), 0);
	define_with_disk("template", link);
	define_with_disk("clone", overlay);
	machine = manage_find("template");
	ck_assert(!domain_undefine(manager, &machine, UNDEFINE_ALL_STORAGE, NULL, NULL, &err));
	ck_assert_msg(strstr(error_text(&err), "is the backing file of"), "%s", error_text(&err));
	ck_assert(path_exists(base) && path_exists(link));
	machine_clear(&machine);
	ck_assert(!image_check_unused(manager, 0, base, &err));
}
END_TEST

START_TEST(nvram_of_ours_goes_along)
{
	_cleanup_free_ char *nvram = strf("%s/" UUID_A "_VARS.qcow2", manager_paths(manager)->nvram);
	struct machine machine;

	for (int keep = 0; keep < 2; keep++) {
		_cleanup_free_ char *text = strf("<domain type='qemu'><name>efi</name><uuid>" UUID_A "</uuid><memory>65536</memory><os>"
						 "<type arch='x86_64' machine='q35'>hvm</type><nvram>%s</nvram></os></domain>",
						 nvram);

		free(manage_define(text));
		ck_assert(directory_make(manager_paths(manager)->nvram, 0700, NULL));
		ck_assert(file_write(nvram, "x", 1, 0600, NULL));
		machine = manage_find("efi");
		ck_assert(domain_undefine(manager, &machine, keep ? UNDEFINE_KEEP_NVRAM : 0, NULL, NULL, NULL));
		machine_clear(&machine);
		ck_assert_int_eq(path_exists(nvram), keep);
	}
}
END_TEST

START_TEST(a_stale_run_is_cleared)
{
	struct machine machine;
	struct run seen = { 0 };
	int64_t generation;
	bool won;

	define_quietly(manage_document("web", NULL, NULL));
	machine = manage_find("web");
	seen.domain_id = machine.id;
	_cleanup_free_ char *directory = strf("%s/%d", manager_paths(manager)->run, (int)machine.id), *file = strf("%s/control", directory);
	ck_assert(run_claim(manager_db(manager), &seen, &won, &generation, NULL) && won);
	ck_assert(directory_make(directory, 0700, NULL) && file_write(file, "x", 1, 0600, NULL));
	ck_assert(db_run(manager_db(manager), NULL, NULL, "UPDATE run SET phase = 2, boot_id = 'other', state = 1", ""));
	machine_clear(&machine);
	machine = manage_find("web");
	ck_assert_int_eq(machine.truth, TRUTH_STALE);
	ck_assert_int_eq(machine.state, RUN_SHUTOFF);
	ck_assert(!machine_is_active(&machine));
	ck_assert(domain_reconcile(manager, &machine, NULL));
	ck_assert_int_eq(machine.truth, TRUTH_OFF);
	ck_assert(!path_exists(directory));
	ck_assert_int_eq(manage_count("SELECT count(*) FROM event WHERE what = 'Stopped Crashed'"), 1);
	machine_clear(&machine);
}
END_TEST

START_TEST(changes_are_told)
{
	struct manager *mine = manager, *other;
	struct pollfd pollfd = { .fd = manager_watch(mine, NULL), .events = POLLIN };

	ck_assert_int_ge(pollfd.fd, 0);
	manager_changed(mine);
	ck_assert(!manager_changed(mine));
	ck_assert(manager_open(&other, NULL));
	manager = other;
	define_quietly(manage_document("web", NULL, NULL));
	manager = mine;
	ck_assert_int_eq(poll(&pollfd, 1, 5000), 1);
	ck_assert(manager_changed(mine));
	ck_assert(!manager_changed(mine));
	manager_close(other);
}
END_TEST

START_TEST(native_command_line)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = manage_document("web", UUID_A, NULL), *line = NULL;

	ck_assert_msg(domain_native(manager, "test.xml", text, strlen(text), &line, &err), "%s", error_text(&err));
	ck_assert_ptr_nonnull(strstr(line, "guest=web"));
	ck_assert_ptr_nonnull(strstr(line, UUID_A));
	ck_assert_int_eq(manage_count("SELECT count(*) FROM domain"), 0);
	/* The second look comes from what was kept. */
	ck_assert_int_eq(manage_count("SELECT count(*) FROM capability"), 1);
}
END_TEST

START_TEST(a_thousand_at_once)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	size_t count = 1000;
	struct definition_input *inputs = xcalloc(count, sizeof *inputs);
	struct definition_result *results = xcalloc(count, sizeof *results);

	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *name = strf("machine-%zu", i);

		inputs[i].source = "many.xml";
		inputs[i].text = manage_document(name, NULL, NULL);
		inputs[i].length = strlen(inputs[i].text);
	}
	ck_assert_msg(domain_define(manager, inputs, count, results, &err), "%s", error_text(&err));
	ck_assert_int_eq(manage_count("SELECT count(*) FROM definition"), (int64_t)count);
	definition_results_free(results, count);
	for (size_t i = 0; i < count; i++)
		free((char *)(uintptr_t)inputs[i].text);
	free(inputs);
	free(results);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("define");
	TCase *tcase = tcase_create("define");

	tcase_add_checked_fixture(tcase, manage_setup, manage_teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, found_by_uuid_and_name);
	tcase_add_test(tcase, an_id_goes_before_a_name);
	tcase_add_test(tcase, listed_as_virsh_does);
	tcase_add_test(tcase, names_and_uuids_clash);
	tcase_add_test(tcase, bad_documents);
	tcase_add_test(tcase, all_or_none);
	tcase_add_test(tcase, an_unread_document);
	tcase_add_test(tcase, what_is_missing_is_a_warning);
	tcase_add_test(tcase, renamed);
	tcase_add_test(tcase, described);
	tcase_add_test(tcase, passwords_are_shown_on_demand);
	tcase_add_test(tcase, undefined_with_storage);
	tcase_add_test(tcase, a_backing_file_is_not_deleted);
	tcase_add_test(tcase, nvram_of_ours_goes_along);
	tcase_add_test(tcase, a_stale_run_is_cleared);
	tcase_add_test(tcase, changes_are_told);
	tcase_add_test(tcase, judged);
	tcase_add_test(tcase, native_command_line);
	tcase_add_test(tcase, a_thousand_at_once);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
