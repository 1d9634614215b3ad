/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state file: made, opened again, upgraded, and every way in which it can be bad told apart. */
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/db.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *path;

static void setup(void)
{
	scratch_make();
	path = scratch_path("state.db");
}

static void teardown(void)
{
	free(path);
	scratch_remove();
}

static struct db *open_ok(enum db_mode mode)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct db *db = db_open(path, mode, &err);

	ck_assert_msg(db != NULL, "%s", error_text(&err));
	return db;
}

/* Opening fails, with these words in the message and a hint. */
static void open_fails(enum db_mode mode, enum error_code code, const char *words)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct db *db = db_open(path, mode, &err);

	ck_assert_ptr_null(db);
	ck_assert_msg(strstr(error_text(&err), words) != NULL, "%s", error_text(&err));
	ck_assert_msg(strstr(error_text(&err), path) != NULL, "%s", error_text(&err));
	ck_assert_int_eq(err.code, code);
}

static void run_sql(const char *sql)
{
	sqlite3 *sqlite;

	ck_assert_int_eq(sqlite3_open(path, &sqlite), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(sqlite, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(sqlite);
}

static bool add_machine(struct db *db, const char *name, struct error *err)
{
	return db_run(db, NULL, err, "INSERT INTO domain(uuid, name, persistent, memory_kib, max_memory_kib, vcpus) VALUES(?, ?, 1, 2, 2, 1)", "ss",
		      name, name);
}

static int64_t count_machines(struct db *db)
{
	sqlite3_stmt *row = db_query(db, NULL, "SELECT count(*) FROM domain", "");
	int64_t count;
	bool found;

	ck_assert_ptr_nonnull(row);
	ck_assert(db_step(db, row, &found, NULL) && found);
	count = sqlite3_column_int64(row, 0);
	sqlite3_reset(row);
	return count;
}

START_TEST(made_private_and_opened_again)
{
	struct db *db;
	struct stat st;

	open_fails(DB_READ, ERROR_NOT_FOUND, "does not exist");
	open_fails(DB_KEEPER, ERROR_NOT_FOUND, "does not exist");
	db = open_ok(DB_FRONT);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert(db_begin(db, NULL));
	ck_assert(add_machine(db, "a", NULL));
	ck_assert(db_commit(db, NULL));
	db_close(db);
	for (enum db_mode mode = DB_FRONT; mode <= DB_READ; mode++) {
		db = open_ok(mode);
		ck_assert_int_eq(count_machines(db), 1);
		db_close(db);
	}
}
END_TEST

START_TEST(transactions)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct db *db = open_ok(DB_FRONT);

	ck_assert(db_begin(db, NULL));
	ck_assert(!db_begin(db, &err));
	ck_assert(add_machine(db, "a", NULL));
	ck_assert(db_in_transaction(db));
	db_rollback(db);
	ck_assert_int_eq(count_machines(db), 0);
	ck_assert(db_begin_volatile(db, NULL));
	ck_assert(add_machine(db, "a", NULL));
	ck_assert(!add_machine(db, "a", &err));
	ck_assert_int_eq(err.code, ERROR_DATABASE);
	ck_assert(db_commit(db, NULL));
	ck_assert(!db_commit(db, &err));
	db_rollback(db);
	ck_assert_int_eq(count_machines(db), 1);
	db_close(db);
}
END_TEST

START_TEST(changes_of_others_are_seen)
{
	struct db *db = open_ok(DB_FRONT), *other = open_ok(DB_FRONT);

	db_changed(db);
	ck_assert(!db_changed(db));
	ck_assert(add_machine(other, "a", NULL));
	ck_assert(db_changed(db));
	ck_assert(!db_changed(db));
	db_close(other);
	db_close(db);
}
END_TEST

START_TEST(newer_version)
{
	db_close(open_ok(DB_FRONT));
	run_sql("PRAGMA user_version = 9999");
	open_fails(DB_FRONT, ERROR_DATABASE, "was made by a newer virtty (schema 9999, this one knows ");
	open_fails(DB_READ, ERROR_DATABASE, "was made by a newer virtty (schema 9999, this one knows ");
	/* a keeper that runs over an upgrade goes on writing */
	db_close(open_ok(DB_KEEPER));
}
END_TEST

START_TEST(older_version_is_upgraded_by_front_ends_only)
{
	db_close(open_ok(DB_FRONT));
	ck_assert_int_eq(unlink(path), 0);
	scratch_write("state.db", "");
	open_fails(DB_READ, ERROR_NOT_FOUND, "is empty");
	open_fails(DB_KEEPER, ERROR_NOT_FOUND, "is empty");
	db_close(open_ok(DB_FRONT));
	db_close(open_ok(DB_KEEPER));
}
END_TEST

START_TEST(not_a_database)
{
	_cleanup_free_ char *text = xcalloc(1, 20000);

	memset(text, 'x', 19999);
	scratch_write("state.db", text);
	for (enum db_mode mode = DB_FRONT; mode <= DB_READ; mode++)
		open_fails(mode, ERROR_DATABASE, "is not a virtty state file");
}
END_TEST

START_TEST(a_database_of_another_program)
{
	run_sql("CREATE TABLE songs(name)");
	open_fails(DB_FRONT, ERROR_DATABASE, "is a database of another program");
	run_sql("PRAGMA application_id = 77");
	open_fails(DB_FRONT, ERROR_DATABASE, "is a database of another program");
}
END_TEST

START_TEST(not_a_file)
{
	ck_assert_int_eq(mkdir(path, 0700), 0);
	open_fails(DB_FRONT, ERROR_DATABASE, "is not a regular file");
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(symlink("/nowhere/at/all", path), 0);
	open_fails(DB_FRONT, ERROR_SYSTEM, "cannot open the state file");
}
END_TEST

START_TEST(damaged_pages)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *junk = xmalloc(4096);
	struct db *db = open_ok(DB_FRONT);
	struct stat st;
	sqlite3_stmt *row;
	bool found = true, ok = true;
	int fd;

	ck_assert(db_begin(db, NULL));
	for (int i = 0; i < 500; i++) {
		_cleanup_free_ char *name = strf("machine-with-a-name-%d", i);

		ck_assert(add_machine(db, name, NULL));
	}
	ck_assert(db_commit(db, NULL));
	db_close(db);
	run_sql("PRAGMA wal_checkpoint(TRUNCATE)");
	fd = open(path, O_RDWR | O_CLOEXEC);
	ck_assert_int_eq(fstat(fd, &st), 0);
	memset(junk, 0xa5, 4096);
	for (off_t at = 4096 * 2; at + 4096 <= st.st_size; at += 4096)
		ck_assert_int_eq(pwrite(fd, junk, 4096, at), 4096);
	close(fd);
	/* Opening is cheap and may not notice; reading must. */
	db = db_open(path, DB_FRONT, &err);
	if (db) {
		row = db_query(db, &err, "SELECT name FROM domain ORDER BY name", "");
		ok = row != NULL;
		while (ok && found)
			ok = db_step(db, row, &found, &err);
		ck_assert(!ok);
	}
	ck_assert_msg(strstr(error_text(&err), "is damaged") != NULL, "%s", error_text(&err));
	ck_assert_ptr_nonnull(err.hint);
	db_close(db);
}
END_TEST

START_TEST(locked_by_another)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct db *keeper;
	sqlite3 *holder;

	db_close(open_ok(DB_FRONT));
	ck_assert_int_eq(sqlite3_open(path, &holder), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(holder, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	/* Readers go on; a keeper is told at once (a front end waits 5 s: the same message). */
	db_close(open_ok(DB_READ));
	keeper = open_ok(DB_KEEPER);
	ck_assert(!db_begin(keeper, &err));
	ck_assert_int_eq(err.code, ERROR_BUSY);
	ck_assert_ptr_nonnull(strstr(error_text(&err), "is locked by another process"));
	ck_assert_ptr_nonnull(err.hint);
	ck_assert_int_eq(sqlite3_exec(holder, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	ck_assert(db_begin(keeper, NULL));
	db_rollback(keeper);
	db_close(keeper);
	sqlite3_close(holder);
}
END_TEST

static bool reads_but_does_not_write(void *userdata)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct db *db = db_open(userdata, DB_FRONT, &err);
	bool ok;

	if (!db) {
		fprintf(stderr, "%s\n", error_text(&err));
		return false;
	}
	ok = count_machines(db) == 1 && !db_begin(db, &err) && err.code == ERROR_DATABASE && strstr(err.message, "is read-only") && err.hint;
	db_close(db);
	return ok;
}

START_TEST(readonly_is_still_read)
{
	struct db *db = open_ok(DB_FRONT);

	ck_assert(add_machine(db, "a", NULL));
	db_close(db);
	run_sql("PRAGMA wal_checkpoint(TRUNCATE)");
	ck_assert_int_eq(chmod(path, 0444), 0);
	_cleanup_free_ char *home = scratch_path("");
	/* The directory can be entered, not written: no log, no index beside the file. */
	ck_assert_int_eq(chmod(home, 0555), 0);
	ck_assert(scratch_fork(reads_but_does_not_write, path, true));
	ck_assert_int_eq(chmod(home, 0777), 0);
	ck_assert(scratch_fork(reads_but_does_not_write, path, true));
	ck_assert_int_eq(chmod(home, 0700), 0);
}
END_TEST

static bool says_permission_denied(void *userdata)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct db *db = db_open(userdata, DB_FRONT, &err);

	db_close(db);
	return !db && err.hint && strstr(err.message, "Permission denied");
}

START_TEST(not_for_us)
{
	_cleanup_free_ char *home = scratch_path("");

	db_close(open_ok(DB_FRONT));
	ck_assert(scratch_fork(says_permission_denied, path, true));
	ck_assert_int_eq(chmod(home, 0755), 0);
	ck_assert(scratch_fork(says_permission_denied, path, true));
	ck_assert_int_eq(unlink(path), 0);
	ck_assert(scratch_fork(says_permission_denied, path, true));
}
END_TEST

/* A limit on file size stands for a full disk: SQLite sees a short write. Its signal is ignored. */
static bool says_disk_full(void *userdata)
{
	struct rlimit limit = { 64 * 1024, 64 * 1024 };
	_cleanup_error_ struct error err = ERROR_INIT;
	struct db *db = db_open(userdata, DB_FRONT, &err);
	_cleanup_free_ char *big = xcalloc(1, 1024 * 1024 + 1);
	bool ok;

	memset(big, 'x', 1024 * 1024);
	signal(SIGXFSZ, SIG_IGN);
	if (!db || setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return false;
	ok = db_begin(db, &err) && add_machine(db, "a", &err) &&
	     (!db_run(db, NULL, &err, "INSERT INTO definition(domain_id, kind, xml) VALUES(?, 'persistent', ?)", "is", db_last_id(db), big) ||
	      !db_commit(db, &err));
	db_rollback(db);
	ok = ok && err.code == ERROR_DATABASE && count_machines(db) == 0;
	if (!ok)
		fprintf(stderr, "%s\n", error_text(&err));
	db_close(db);
	return ok;
}

START_TEST(disk_full_changes_nothing)
{
	struct db *db;

	ck_assert(scratch_fork(says_disk_full, path, false));
	db = open_ok(DB_FRONT);
	ck_assert_int_eq(count_machines(db), 0);
	db_close(db);
}
END_TEST

static bool opens_for_the_first_time(void *userdata)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct db *db = db_open(userdata, DB_FRONT, &err);

	if (!db)
		fprintf(stderr, "%s\n", error_text(&err));
	db_close(db);
	return db != NULL;
}

START_TEST(eight_make_it_at_once)
{
	pid_t children[8];
	struct db *db;

	for (size_t i = 0; i < ARRAY_LENGTH(children); i++) {
		children[i] = fork();
		ck_assert_int_ge(children[i], 0);
		if (children[i] == 0)
			_exit(opens_for_the_first_time(path) ? 0 : 1);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(children); i++) {
		int status = -1;

		ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
		ck_assert_int_eq(status, 0);
	}
	db = open_ok(DB_FRONT);
	ck_assert_int_eq(count_machines(db), 0);
	db_close(db);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("db");
	TCase *tcase = tcase_create("db");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, made_private_and_opened_again);
	tcase_add_test(tcase, transactions);
	tcase_add_test(tcase, changes_of_others_are_seen);
	tcase_add_test(tcase, newer_version);
	tcase_add_test(tcase, older_version_is_upgraded_by_front_ends_only);
	tcase_add_test(tcase, not_a_database);
	tcase_add_test(tcase, a_database_of_another_program);
	tcase_add_test(tcase, not_a_file);
	tcase_add_test(tcase, damaged_pages);
	tcase_add_test(tcase, locked_by_another);
	tcase_add_test(tcase, readonly_is_still_read);
	tcase_add_test(tcase, not_for_us);
	tcase_add_test(tcase, disk_full_changes_nothing);
	tcase_add_test(tcase, eight_make_it_at_once);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
