/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults of the host: disks, emulators and ISOs that are not to be had, a full or read-only file system, a state file in every bad state,
 * a home that is too deep, two that race. Each is told clearly, and what was half made is taken back. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static char *disk_document(const char *home, const char *name, const char *path)
{
	_cleanup_free_ char *disk = strf("<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='%s'/>"
					 "<target dev='vda' bus='virtio'/></disk>",
					 path);

	return bare_machine(home, name, NULL, disk);
}

static void make_file(const char *path, size_t length)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	ck_assert(fd >= 0 && ftruncate(fd, (off_t)length) == 0);
	close(fd);
}

/* A start that fails leaves nothing: no process, no run-time row, no files of a run. */
static void expect_start_fails(const char *home, const char *name, const char *word, const char *other)
{
	_cleanup_free_ char *run = strf("%s/run", home);
	DIR *folder;

	expect_error(virtty("start", name, NULL), 1, name, word, other, NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	wait_processes(home, "qemu-system", 0, SOON_MS);
	wait_state(name, "shut off", 0);
	folder = opendir(run);
	for (struct dirent *entry = folder != NULL ? readdir(folder) : NULL; entry != NULL; entry = readdir(folder))
		ck_assert_msg(entry->d_name[0] == '.', "%s/%s is left", run, entry->d_name);
	if (folder != NULL)
		closedir(folder);
}

START_TEST(disks_that_cannot_be)
{
	char *home = home_new();
	_cleanup_free_ char *missing = strf("%s/missing.img", home), *folder = strf("%s/folder", home);
	_cleanup_free_ char *one = disk_document(home, "one", missing), *two = disk_document(home, "two", folder);

	ck_assert_int_eq(mkdir(folder, 0700), 0);
	/* a path that is not there is a warning at define, an error at start */
	expect_ok(virtty("define", one, NULL), NULL);
	expect_start_fails(home, "one", missing, "does not exist");
	expect_ok(virtty("define", two, NULL), NULL);
	expect_start_fails(home, "two", folder, "directory");
	/* a qcow2 that is none */
	_cleanup_free_ char *junk = strf("%s/junk.qcow2", home);
	_cleanup_free_ char *disk = strf("<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='%s'/>"
					 "<target dev='vda' bus='virtio'/></disk>",
					 junk);
	_cleanup_free_ char *three = bare_machine(home, "three", NULL, disk);

	make_file(junk, 65536);
	expect_ok(virtty("define", three, NULL), NULL);
	expect_start_fails(home, "three", "junk.qcow2", NULL);
	home_end(home);
}
END_TEST

START_TEST(disk_in_use)
{
	char *home = home_new();
	_cleanup_free_ char *image = strf("%s/disk.img", home);
	_cleanup_free_ char *one = disk_document(home, "one", image), *two = disk_document(home, "two", image);

	make_file(image, 1024 * 1024);
	define_start(home, "one", one);
	expect_ok(virtty("define", two, NULL), NULL);
	expect_error(virtty("start", "two", NULL), 1, "'two'", image, "in use", NULL);
	wait_state("two", "shut off", 0);
	/* nor is it deleted under the other's feet */
	expect_error(virtty("undefine", "two", "--remove-all-storage", NULL), 1, image, "'one'", NULL);
	ck_assert(path_exists(image));
	wait_state("two", "shut off", 0);
	expect_ok(virtty("destroy", "one", NULL), NULL);
	expect_ok(virtty("start", "two", NULL), NULL);
	expect_ok(virtty("destroy", "two", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(emulator_that_is_missing)
{
	char *home = home_new();
	_cleanup_free_ char *one = bare_machine(home, "one", NULL, "<emulator>/nowhere/qemu-system-x86_64</emulator>");
	_cleanup_free_ char *two = bare_machine(home, "two", NULL, "<emulator>/bin/true</emulator>");

	expect_ok(virtty("define", one, NULL), NULL);
	expect_start_fails(home, "one", "/nowhere/qemu-system-x86_64", NULL);
	/* one that is no QEMU */
	_cleanup_outcome_ struct outcome defined = virtty("define", two, NULL);

	if (defined.status == 0)
		expect_start_fails(home, "two", "/bin/true", NULL);
	home_end(home);
}
END_TEST

/* What a failed install made is taken back whole: the image, the definition. */
static void expect_install_undone(const char *home, const char *name)
{
	_cleanup_free_ char *list = NULL, *images = strf("%s/images", home);

	expect_ok(virtty("list", "--all", "--name", NULL), &list);
	ck_assert_msg(strstr(list, name) == NULL, "'%s' is left: %s", name, list);
	DIR *folder = opendir(images);

	for (struct dirent *entry = folder != NULL ? readdir(folder) : NULL; entry != NULL; entry = readdir(folder))
		ck_assert_msg(entry->d_name[0] == '.', "%s/%s is left", images, entry->d_name);
	if (folder != NULL)
		closedir(folder);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
}

START_TEST(installs_that_cannot_be)
{
	char *home = home_new();
	_cleanup_free_ char *iso = strf("%s/missing.iso", home), *file = strf("%s/some.iso", home),
			    *disk = strf("path=%s/some.iso/x.qcow2,size=1", home);

	make_file(file, 2048 * 100);
	expect_error(virtty("install", "--name", "i", "--memory", "64", "--cdrom", iso, "--disk", "size=1", "--noautoconsole", NULL), 1, iso, NULL);
	expect_install_undone(home, "i");
	expect_error(virtty("install", "--name", "i", "--memory", "64", "--cdrom", home, "--disk", "size=1", "--noautoconsole", NULL), 1, home, NULL);
	expect_install_undone(home, "i");
	expect_error(virtty("install", "--name", "i", "--memory", "64", "--cdrom", file, "--disk", disk, "--noautoconsole", NULL), 1, "some.iso",
		     NULL);
	expect_install_undone(home, "i");
	expect_error(virtty("install", "--name", "i", "--memory", "64", "--cdrom", file, "--disk", "size=1", "--network", "network=default",
			    "--noautoconsole", NULL),
		     1, "default", NULL);
	expect_install_undone(home, "i");
	/* the disk is made, and then QEMU refuses: there is no such device model */
	expect_error(virtty("install", "--name", "i", "--memory", "64", "--cdrom", file, "--disk", "size=1", "--network", "user,model=nonesuch",
			    "--noautoconsole", NULL),
		     1, "nonesuch", NULL);
	expect_install_undone(home, "i");
	home_end(home);
}
END_TEST

/* A mount namespace of this test's own, so that it may mount what nobody else sees. False (and said) when that is not allowed. */
static bool own_mounts(void)
{
	if (unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		return true;
	skip_test("no mount namespace: %s", strerror(errno));
	return false;
}

static void fill(const char *directory)
{
	_cleanup_free_ char *path = strf("%s/filler", directory);
	static const char block[4096];
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	while (write(fd, block, sizeof block) > 0)
		;
	close(fd);
}

START_TEST(full_disk_while_creating)
{
	char *home = home_new();
	_cleanup_free_ char *images = strf("%s/images", home), *file = strf("%s/some.iso", home);

	if (!own_mounts())
		return free(home);
	make_file(file, 2048 * 100);
	ck_assert_int_eq(mkdir(images, 0700), 0);
	ck_assert_int_eq(mount("none", images, "tmpfs", 0, "size=64k"), 0);
	expect_error(virtty("install", "--name", "i", "--memory", "64", "--cdrom", file, "--disk", "size=1", "--noautoconsole", NULL), 1,
		     "i.qcow2", NULL);
	expect_install_undone(home, "i");
	umount(images);
	home_end(home);
}
END_TEST

START_TEST(full_disk_under_the_state)
{
	char *home = home_new();
	_cleanup_free_ char *outside = home_new();

	setenv("VIRTTY_HOME", home, 1);
	if (!own_mounts())
		return free(home);
	_cleanup_free_ char *one = bare_machine(outside, "one", NULL, NULL), *two = bare_machine(outside, "two", NULL, NULL);

	ck_assert_int_eq(mount("none", home, "tmpfs", 0, "size=2m"), 0);
	expect_ok(virtty("define", one, NULL), NULL);
	fill(home);
	char **names = NULL;

	/* enough that the write cannot fit in what the log has spare */
	for (int i = 0; i < 200; i++) {
		_cleanup_free_ char *name = strf("n%d", i);

		names = strv_take(names, bare_machine(outside, name, NULL, NULL));
	}
	char **argv = strv_add(strv_add(NULL, virtty_path()), "define");

	for (char **name = names; *name != NULL; name++)
		argv = strv_add(argv, *name);
	expect_error(run_program((const char *const *)argv), 1, "state.db", "space", NULL);
	strv_free(argv);
	strv_free(names);
	_cleanup_free_ char *list = NULL;

	/* readable still, and as it was */
	expect_ok(virtty("list", "--all", "--name", NULL), &list);
	ck_assert_msg(strstr(list, "one") != NULL && strstr(list, "n1") == NULL, "%s", list);
	_cleanup_free_ char *filler = strf("%s/filler", home);

	unlink(filler);
	expect_ok(virtty("define", two, NULL), NULL);
	umount(home);
	home_end(home);
}
END_TEST

START_TEST(state_read_only)
{
	char *home = home_new();
	_cleanup_free_ char *outside = home_new(), *list = NULL;

	setenv("VIRTTY_HOME", home, 1);
	if (!own_mounts())
		return free(home);
	_cleanup_free_ char *one = bare_machine(outside, "one", NULL, NULL), *two = bare_machine(outside, "two", NULL, NULL);

	ck_assert_int_eq(mount("none", home, "tmpfs", 0, "size=8m"), 0);
	expect_ok(virtty("define", one, NULL), NULL);
	ck_assert_int_eq(mount("none", home, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	expect_ok(virtty("list", "--all", "--name", NULL), &list);
	ck_assert_msg(strstr(list, "one") != NULL, "%s", list);
	expect_error(virtty("define", two, NULL), 1, "state.db", "read-only", NULL);
	expect_error(virtty("start", "one", NULL), 1, "read-only", NULL);
	ck_assert_int_eq(mount("none", home, NULL, MS_REMOUNT, NULL), 0);
	wait_state("one", "shut off", 0);
	umount(home);
	home_end(home);
}
END_TEST

START_TEST(state_locked)
{
	char *home = home_new();
	_cleanup_free_ char *one = bare_machine(home, "one", NULL, NULL), *two = bare_machine(home, "two", NULL, NULL);
	_cleanup_free_ char *path = strf("%s/state.db", home), *list = NULL;
	sqlite3 *db = NULL;

	expect_ok(virtty("define", one, NULL), NULL);
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	/* reading goes on; writing waits for a while, and says what it waited for */
	expect_ok(virtty("list", "--all", "--name", NULL), &list);
	ck_assert_msg(strstr(list, "one") != NULL, "%s", list);
	expect_error(virtty("define", two, NULL), 1, "state.db", "locked", NULL);
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(db);
	expect_ok(virtty("define", two, NULL), NULL);
	home_end(home);
}
END_TEST

START_TEST(state_damaged)
{
	char *home = home_new();
	_cleanup_free_ char *path = strf("%s/state.db", home), *one = bare_machine(home, "one", NULL, NULL);
	_cleanup_error_ struct error err = ERROR_INIT;
	char junk[8192];

	/* not a database at all */
	memset(junk, 'x', sizeof junk);
	ck_assert(file_write(path, junk, sizeof junk, 0600, &err));
	expect_error(virtty("list", "--all", NULL), 1, path, NULL);
	expect_error(virtty("define", one, NULL), 1, path, NULL);
	/* a directory in its place */
	unlink(path);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	expect_error(virtty("list", "--all", NULL), 1, path, NULL);
	rmdir(path);
	/* a real one, with its middle overwritten */
	expect_ok(virtty("define", one, NULL), NULL);
	sqlite3 *db = NULL;
	struct stat st;

	/* all of it out of the log and into the file */
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	ck_assert_int_eq(stat(path, &st), 0);
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	for (off_t at = 4096; at < st.st_size; at += 4096)
		ck_assert_int_eq(pwrite(fd, junk, 2048, at), 2048);
	close(fd);
	expect_error(virtty("list", "--all", NULL), 1, path, NULL);
	/* somebody else's database */
	unlink(path);
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "CREATE TABLE domain(x); INSERT INTO domain VALUES(1)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	expect_error(virtty("define", one, NULL), 1, path, NULL);
	home_end(home);
}
END_TEST

START_TEST(state_from_a_newer_version)
{
	char *home = home_new();
	_cleanup_free_ char *path = strf("%s/state.db", home), *one = bare_machine(home, "one", NULL, NULL);
	sqlite3 *db = NULL;

	expect_ok(virtty("define", one, NULL), NULL);
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "PRAGMA user_version = 9999", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	expect_error(virtty("list", "--all", NULL), 1, path, "newer", NULL);
	expect_error(virtty("start", "one", NULL), 1, path, "newer", NULL);
	home_end(home);
}
END_TEST

START_TEST(home_too_deep)
{
	char *home = home_new();
	char deep[128];
	_cleanup_free_ char *path = NULL;

	memset(deep, 'd', sizeof deep - 1);
	deep[sizeof deep - 1] = '\0';
	path = strf("%s/%s", home, deep);
	setenv("VIRTTY_HOME", path, 1);
	expect_error(virtty("list", "--all", NULL), 1, deep, NULL);
	ck_assert(!path_exists(path));
	home_end(home);
}
END_TEST

START_TEST(home_that_cannot_be_made)
{
	char *home = home_new();
	_cleanup_free_ char *file = strf("%s/file", home), *below = strf("%s/file/home", home);
	_cleanup_free_ char *document = bare_machine(home, "m", NULL, NULL);

	make_file(file, 1);
	setenv("VIRTTY_HOME", below, 1);
	expect_error(virtty("define", document, NULL), 1, "file", NULL);
	home_end(home);
}
END_TEST

/* ---- races ---- */

/* Several front ends at once: one of them wins, the others get one clear message. */
START_TEST(one_start_wins)
{
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "m", NULL, NULL);
	struct task tasks[6];
	int won = 0;

	expect_ok(virtty("define", document, NULL), NULL);
	for (int round = 0; round < 3; round++) {
		won = 0;
		for (size_t i = 0; i < ARRAY_LENGTH(tasks); i++)
			tasks[i] = task_virtty("start", "m", NULL);
		for (size_t i = 0; i < ARRAY_LENGTH(tasks); i++) {
			struct outcome outcome = task_wait(&tasks[i], SOON_MS * 3);

			task_clear(&tasks[i]);
			won += outcome.status == 0;
			if (outcome.status == 0)
				outcome_clear(&outcome);
			else
				expect_error(outcome, 1, "'m'", NULL);
		}
		ck_assert_int_eq(won, 1);
		wait_state("m", "running", 0);
		ck_assert_uint_eq(home_processes(home, "qemu-system", NULL, 0), 1);
		ck_assert_uint_eq(home_processes(home, "virtty-keeper", NULL, 0), 1);
		expect_ok(virtty("destroy", "m", NULL), NULL);
		wait_processes(home, "virtty-keeper", 0, SOON_MS);
	}
	home_end(home);
}
END_TEST

/* The first use of a home by many at once: the state is made once. */
START_TEST(many_first_uses)
{
	char *home = home_new();
	struct task tasks[8];
	char *documents[ARRAY_LENGTH(tasks)];
	_cleanup_free_ char *list = NULL;

	for (size_t i = 0; i < ARRAY_LENGTH(tasks); i++) {
		_cleanup_free_ char *name = strf("m%zu", i);

		documents[i] = bare_machine(home, name, NULL, NULL);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(tasks); i++)
		tasks[i] = task_virtty("define", documents[i], NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(tasks); i++) {
		expect_ok(task_wait(&tasks[i], SOON_MS * 3), NULL);
		task_clear(&tasks[i]);
		free(documents[i]);
	}
	expect_ok(virtty("list", "--all", "--name", NULL), &list);
	for (size_t i = 0; i < ARRAY_LENGTH(tasks); i++) {
		_cleanup_free_ char *name = strf("m%zu", i);

		ck_assert_msg(strstr(list, name) != NULL, "%s is not in: %s", name, list);
	}
	home_end(home);
}
END_TEST

/* Everybody at once on one machine: whatever comes of it, it is off or on in the end, and start and destroy work. */
START_TEST(everything_at_once)
{
	static const char *const commands[] = { "start",    "destroy", "suspend", "resume",  "start",
						"domstate", "dominfo", "reset",	  "destroy", "start" };
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "m", NULL, NULL);
	struct task tasks[ARRAY_LENGTH(commands)];

	expect_ok(virtty("define", document, NULL), NULL);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_LENGTH(tasks); i++)
			tasks[i] = task_virtty(commands[i], "m", NULL);
		for (size_t i = 0; i < ARRAY_LENGTH(tasks); i++) {
			struct outcome outcome = task_wait(&tasks[i], SOON_MS * 3);

			task_clear(&tasks[i]);
			ck_assert_msg(outcome.status == 0 || outcome.status == 1, "%s: %d: %s", commands[i], outcome.status, outcome.err);
			outcome_clear(&outcome);
		}
		ck_assert_uint_le(home_processes(home, "qemu-system", NULL, 0), 1);
	}
	_cleanup_outcome_ struct outcome off = virtty("destroy", "m", NULL);

	expect_ok(virtty("start", "m", NULL), NULL);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

static Suite *faults_suite(void)
{
	Suite *suite = suite_create("faults");
	TCase *files = tcase_create("files"), *state = tcase_create("state"), *race = tcase_create("race");

	tcase_set_timeout(files, 180);
	tcase_add_test(files, disks_that_cannot_be);
	tcase_add_test(files, disk_in_use);
	tcase_add_test(files, emulator_that_is_missing);
	tcase_add_test(files, installs_that_cannot_be);
	tcase_add_test(files, full_disk_while_creating);
	suite_add_tcase(suite, files);
	tcase_set_timeout(state, 180);
	tcase_add_test(state, full_disk_under_the_state);
	tcase_add_test(state, state_read_only);
	tcase_add_test(state, state_locked);
	tcase_add_test(state, state_damaged);
	tcase_add_test(state, state_from_a_newer_version);
	tcase_add_test(state, home_too_deep);
	tcase_add_test(state, home_that_cannot_be_made);
	suite_add_tcase(suite, state);
	tcase_set_timeout(race, 240);
	tcase_add_test(race, one_start_wins);
	tcase_add_test(race, many_first_uses);
	tcase_add_test(race, everything_at_once);
	suite_add_tcase(suite, race);
	return suite;
}

int main(void)
{
	return suite_main(faults_suite());
}
