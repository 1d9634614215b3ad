/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Autostart without a running machine: the mark and what it survives, the order, failures that stop nobody else, older state files. */
#include "core/autostart.h"
#include "core/autostart_unit.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/db.h"
#include "tests/unit/manage.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define UUID_A "7f000000-0000-4000-8000-00000000000a"

/* A machine that is defined and cannot start: its emulator is not there. */
static void define_broken(const char *name)
{
	_cleanup_free_ char *text = manage_document(name, NULL, "<emulator>/nowhere/qemu-system-x86_64</emulator>");

	free(manage_define(text));
}

static void define(const char *name, const char *uuid)
{
	_cleanup_free_ char *text = manage_document(name, uuid, NULL);

	free(manage_define(text));
}

/* order or delay_s -1: not given. */
static void mark(const char *name, int64_t order, int64_t delay_s)
{
	_cleanup_machine_ struct machine machine = manage_find(name);
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_msg(autostart_mark(manager, &machine, order == -1 ? NULL : &order, delay_s == -1 ? NULL : &delay_s, &err), "%s", error_text(&err));
}

static void expect_mark(const char *name, bool on, int order, unsigned delay_s)
{
	_cleanup_machine_ struct machine machine = manage_find(name);

	ck_assert_msg(machine.autostart == on && machine.autostart_order == order && machine.autostart_delay_s == delay_s,
		      "%s: %d, order %d, delay %u", name, machine.autostart, machine.autostart_order, machine.autostart_delay_s);
}

/* The marked machines' names, in order. Owned. */
static char *listed(void)
{
	_cleanup_strv_ char **names = NULL;
	struct machine *machines;
	size_t count;

	ck_assert(autostart_list(manager, &machines, &count, NULL));
	for (size_t i = 0; i < count; i++)
		names = strv_add(names, machines[i].name);
	machines_free(machines, count);
	return strv_join(names, " ");
}

START_TEST(in_order)
{
	_cleanup_free_ char *none = listed(), *some = NULL;

	ck_assert_str_eq(none, "");
	for (const char *const *name = (const char *const[]){ "b", "A", "late", "first", "unmarked", "c", NULL }; *name; name++)
		define(*name, NULL);
	mark("b", -1, -1);
	mark("A", -1, 7);
	mark("late", 9, -1);
	mark("first", -5, -1);
	mark("c", 0, 0);
	some = listed();
	ck_assert_str_eq(some, "first A b c late");
}
END_TEST

START_TEST(what_is_not_given_stays)
{
	struct machine machine;

	define("web", NULL);
	expect_mark("web", false, 0, 0);
	mark("web", 3, 4);
	mark("web", -1, -1);
	expect_mark("web", true, 3, 4);
	mark("web", 5, -1);
	mark("web", -1, 6);
	expect_mark("web", true, 5, 6);
	machine = manage_find("web");
	ck_assert(domain_set_autostart(manager, &machine, false, NULL));
	expect_mark("web", false, 5, 6);
	ck_assert(domain_set_autostart(manager, &machine, true, NULL));
	expect_mark("web", true, 5, 6);
	machine_clear(&machine);
}
END_TEST

START_TEST(limits)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_machine_ struct machine machine = { 0 };
	int64_t orders[] = { AUTOSTART_ORDER_LIMIT + 1, -AUTOSTART_ORDER_LIMIT - 1, INT64_MAX, INT64_MIN };
	int64_t delays[] = { -1, AUTOSTART_DELAY_LIMIT_S + 1, INT64_MAX };

	define("web", NULL);
	machine = manage_find("web");
	for (size_t i = 0; i < ARRAY_LENGTH(orders); i++) {
		ck_assert(!autostart_mark(manager, &machine, &orders[i], NULL, &err));
		ck_assert_int_eq(err.code, ERROR_INVALID);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(delays); i++) {
		ck_assert(!autostart_mark(manager, &machine, NULL, &delays[i], &err));
		ck_assert_int_eq(err.code, ERROR_INVALID);
	}
	expect_mark("web", false, 0, 0);
	mark("web", -AUTOSTART_ORDER_LIMIT, AUTOSTART_DELAY_LIMIT_S);
	expect_mark("web", true, -AUTOSTART_ORDER_LIMIT, AUTOSTART_DELAY_LIMIT_S);
}
END_TEST

START_TEST(a_mark_outlives_definitions_and_names)
{
	struct machine machine;

	define("web", UUID_A);
	mark("web", 2, 3);
	define("web", UUID_A);
	expect_mark("web", true, 2, 3);
	machine = manage_find("web");
	ck_assert(domain_rename(manager, &machine, "shop", NULL));
	machine_clear(&machine);
	manage_reopen();
	expect_mark("shop", true, 2, 3);
	machine = manage_find("shop");
	ck_assert(domain_undefine(manager, &machine, 0, NULL, NULL, NULL));
	machine_clear(&machine);
	define("shop", UUID_A);
	expect_mark("shop", false, 0, 0);
}
END_TEST

START_TEST(a_transient_machine_has_none)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_machine_ struct machine machine = { 0 };

	define("web", NULL);
	machine = manage_find("web");
	ck_assert(db_run(manager_db(manager), NULL, NULL, "UPDATE domain SET persistent = 0", ""));
	ck_assert(!autostart_mark(manager, &machine, NULL, NULL, &err));
	ck_assert_int_eq(err.code, ERROR_STATE);
	ck_assert(!domain_set_autostart(manager, &machine, true, &err));
	ck_assert_int_eq(err.code, ERROR_STATE);
	ck_assert_ptr_nonnull(err.hint);
}
END_TEST

static void note(const struct autostart_event *event, void *data)
{
	ck_assert_int_eq(event->step, AUTOSTART_NO_START);
	ck_assert(error_is_set(event->error));
	strbuf_printf(data, "%s ", event->machine->name);
}

/* Each is tried and told; delays of machines that did not start are not waited for. */
START_TEST(failures_stop_nobody)
{
	_cleanup_strbuf_ struct strbuf told = STRBUF_INIT;
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert(autostart_run(manager, note, &told, &err));
	define_broken("a");
	define_broken("b");
	define_broken("c");
	define_broken("unmarked");
	mark("a", 3, 1000);
	mark("b", 2, 1000);
	mark("c", 1, 1000);
	ck_assert(!autostart_run(manager, note, &told, &err));
	ck_assert_int_eq(err.code, ERROR_FAILED);
	ck_assert_str_eq(err.message, "3 of 3 marked machines did not start: 'c', 'b', 'a'");
	ck_assert_str_eq(told.data, "c b a ");
	/* Nobody listens: it is done all the same. */
	ck_assert(!autostart_run(manager, NULL, NULL, NULL));
	ck_assert_int_eq(manage_count("SELECT count(*) FROM event WHERE what = 'Stopped Failed'"), 6);
}
END_TEST

START_TEST(nothing_to_stop)
{
	define("web", NULL);
	ck_assert(autostart_stop_all(manager, 60000, NULL, NULL, NULL));
}
END_TEST

/* A file of the first schema, as a virtty wrote it that knew neither order nor delay. */
START_TEST(marks_of_an_older_file)
{
	static const char *const later[] = { "DROP TABLE forward_address", "DROP TABLE forward", "DROP TABLE network_event", "DROP TABLE network",
					     "DROP TABLE osinfo",	   "DROP TABLE iso",	 "DROP TABLE secret",	     "DROP TABLE job",
					     "DROP TABLE volume",	   "DROP TABLE pool" };
	struct machine machine;

	define("web", NULL);
	define("plain", NULL);
	machine = manage_find("web");
	ck_assert(domain_set_autostart(manager, &machine, true, NULL));
	machine_clear(&machine);
	ck_assert(db_run(manager_db(manager), NULL, NULL, "ALTER TABLE domain DROP COLUMN autostart_order", ""));
	ck_assert(db_run(manager_db(manager), NULL, NULL, "ALTER TABLE domain DROP COLUMN autostart_delay_s", ""));
	/* what later steps make, they make again */
	for (size_t i = 0; i < ARRAY_LENGTH(later); i++)
		ck_assert(db_run(manager_db(manager), NULL, NULL, later[i], ""));
	ck_assert(db_run(manager_db(manager), NULL, NULL, "PRAGMA user_version = 1", ""));
	manage_reopen();
	ck_assert_int_eq(manage_count("PRAGMA user_version"), db_schema_version);
	expect_mark("web", true, 0, 0);
	expect_mark("plain", false, 0, 0);
}
END_TEST

/* A systemctl that knows the unit as this. */
static void put_systemctl(const char *word, int status)
{
	_cleanup_free_ char *script = strf("#!/bin/sh\nprintf '%%s\\n' \"$*\" >>\"$(dirname \"$0\")/asked\"\n[ -z '%s' ] || echo '%s'\n"
					   "exit %d\n", word, word,
					   status);
	_cleanup_free_ char *path = scratch_path("systemctl");

	ck_assert(file_write(path, script, strlen(script), 0700, NULL));
}

/* A mark that no unit acts on is called out, with the way to change that. */
START_TEST(the_unit)
{
	static const struct {
		const char *word;
		int status;
		bool user;
		const char *part; /* NULL: nothing to be said */
	} cases[] = {
		{ "enabled", 0, false, NULL },
		{ "enabled-runtime", 0, true, NULL },
		{ "disabled", 1, false, "'systemctl enable virtty-autostart'" },
		{ "disabled", 1, true, "'systemctl --user enable virtty-autostart'" },
		{ "masked", 1, false, "is enabled" },
		{ "", 1, false, "there is no unit virtty-autostart.service" },
		{ "not-found", 4, false, "there is no unit" },
	};
	_cleanup_free_ char *before = xstrdup(getenv("PATH")), *here = scratch_path(""), *asked = scratch_path("asked"), *text = NULL;
	_cleanup_free_ char *path = strf("%s:%s", here, before);

	setenv("PATH", path, 1);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		put_systemctl(cases[i].word, cases[i].status);
		_cleanup_free_ char *warning = autostart_unit_judge(cases[i].user, NULL);

		ck_assert_msg((warning == NULL) == (cases[i].part == NULL), "%zu: %s", i, warning ? warning : "nothing was said");
		ck_assert_msg(!warning || strstr(warning, cases[i].part), "%s", warning);
	}
	setenv("PATH", before, 1);
	ck_assert(file_read(asked, 4096, &text, NULL, NULL));
	ck_assert(text_starts(text, "is-enabled virtty-autostart.service\n--user is-enabled"));
	_cleanup_free_ char *elsewhere = autostart_unit_judge(false, "/tmp/x");

	ck_assert_ptr_nonnull(strstr(elsewhere, "VIRTTY_HOME=/tmp/x virtty autostart --run"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("autostart");
	TCase *tcase = tcase_create("autostart");

	tcase_add_checked_fixture(tcase, manage_setup, manage_teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, in_order);
	tcase_add_test(tcase, what_is_not_given_stays);
	tcase_add_test(tcase, limits);
	tcase_add_test(tcase, a_mark_outlives_definitions_and_names);
	tcase_add_test(tcase, a_transient_machine_has_none);
	tcase_add_test(tcase, failures_stop_nobody);
	tcase_add_test(tcase, nothing_to_stop);
	tcase_add_test(tcase, marks_of_an_older_file);
	tcase_add_test(tcase, the_unit);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
