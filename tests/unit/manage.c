/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A manager over a scratch directory, and the documents that tests of core/ define. */
#include "tests/unit/manage.h"

#include "base/memory.h"
#include "base/strv.h"
#include "core/db.h"
#include "tests/unit/scratch.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct manager *manager;

static void open_manager(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_msg(manager_open(&manager, &err), "%s", error_text(&err));
}

void manage_setup(void)
{
	scratch_make();
	open_manager();
}

void manage_teardown(void)
{
	manager_close(manager);
	manager = NULL;
	scratch_remove();
}

void manage_reopen(void)
{
	manager_close(manager);
	open_manager();
}

char *manage_document(const char *name, const char *uuid, const char *devices)
{
	_cleanup_free_ char *uuid_element = uuid ? strf("<uuid>%s</uuid>", uuid) : xstrdup("");

	return strf("<domain type='qemu'>\n  <name>%s</name>\n  %s\n  <memory unit='MiB'>64</memory>\n  <vcpu>1</vcpu>\n"
		    "  <os><type arch='x86_64' machine='q35'>hvm</type></os>\n  <devices>\n    %s\n  </devices>\n</domain>\n",
		    name, uuid_element, devices ? devices : "");
}

char *manage_define(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct definition_input input = { .source = "test.xml", .text = text, .length = strlen(text) };
	struct definition_result result;
	char *warnings;

	ck_assert_msg(domain_define(manager, &input, 1, &result, &err), "%s", error_text(&err));
	ck_assert_ptr_nonnull(result.name);
	warnings = strv_join(result.warnings, "\n");
	definition_results_free(&result, 1);
	return warnings;
}

void manage_define_fails(const char *text, const char *words)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct definition_input input = { .source = "test.xml", .text = text, .length = strlen(text) };
	struct definition_result result;
	int64_t before = manage_count("SELECT count(*) FROM domain");

	ck_assert_msg(!domain_define(manager, &input, 1, &result, &err), "was not refused: %s", words);
	ck_assert_msg(strstr(error_text(&err), words) != NULL, "'%s' is not in: %s", words, error_text(&err));
	ck_assert(error_is_set(&result.error));
	definition_results_free(&result, 1);
	ck_assert_int_eq(manage_count("SELECT count(*) FROM domain"), before);
}

struct machine manage_find(const char *name)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct machine machine;

	ck_assert_msg(machine_find(manager, name, &machine, &err), "%s", error_text(&err));
	return machine;
}

int64_t manage_count(const char *sql)
{
	sqlite3_stmt *row = db_query(manager_db(manager), NULL, sql, "");
	int64_t count;
	bool found;

	ck_assert_ptr_nonnull(row);
	ck_assert(db_step(manager_db(manager), row, &found, NULL) && found);
	count = sqlite3_column_int64(row, 0);
	sqlite3_reset(row);
	return count;
}
