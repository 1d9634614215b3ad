/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools and volumes where something is wrong: names, places, disks that are full or may only be read, many at once, images
 * that others use. All of a thing is there after each, or nothing, and the reason is said. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/volumes.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- names ---- */

START_TEST(names)
{
	static const char *const bad[] = { "../x", "..", ".", "/etc/x", "a/b", ".x", "a\nb", "a\tb", "\x7f", "\xff\xfe", "" };
	static const char *const good[] = { "a b", "größe – 大きさ.img", "-x", "a'b\"c", "a,b=c", "json:{}", "$(id)", "%s%n" };
	char *home = home_new(), *list = NULL;
	_cleanup_free_ char *longest = xcalloc(1, 300), *longer = xcalloc(1, 300);

	OK("vol-create-as", "default", "from", "1M", "--allocation", "0");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		expect_refused(virtty("vol-create-as", "default", bad[i], "1M", NULL));
		expect_refused(virtty("vol-clone", "from", bad[i], "--pool", "default", NULL));
	}
	memset(longest, 'n', 255);
	memset(longer, 'n', 256);
	expect_error(virtty("vol-create-as", "default", longer, "1M", NULL), 1, "longer than 255 bytes", NULL);
	OK("vol-create-as", "default", longest, "1M", "--allocation", "0");
	/* as long, by a job */
	longest[254] = 'm';
	OK("vol-clone", "from", longest, "--pool", "default");
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		OK("vol-create-as", "--pool", "default", "--name", good[i], "--capacity", "1M", "--format", "qcow2");
		_cleanup_free_ char *path = image_path(home, good[i]), *xml = NULL;

		ck_assert_msg(path_exists(path), "%s", path);
		expect_ok(virtty("vol-dumpxml", "--vol", good[i], "--pool", "default", NULL), &xml);
		expect_ok(virtty("vol-list", "default", NULL), &list);
		ck_assert_msg(strstr(list, good[i]) != NULL, "%s", list);
		free(list);
		OK("vol-resize", "--vol", good[i], "--capacity", "2M", "--pool", "default");
		OK("vol-delete", "--vol", good[i], "--pool", "default");
		ck_assert_msg(!path_exists(path), "%s", path);
	}
	expect_tidy(home);
	home_end(home);
}
END_TEST

/* Names that somebody else made: what cannot be shown is left out, and left alone. */
START_TEST(names_of_others)
{
	char *home = home_new();
	_cleanup_free_ char *broken = image_path(home, "a\nb"), *hidden = image_path(home, ".hidden"), *fifo = image_path(home, "fifo");
	_cleanup_free_ char *link = image_path(home, "link"), *dangling = image_path(home, "dangling"), *list = NULL;

	OK("vol-create-as", "default", "a", "1M", "--allocation", "0");
	ck_assert(file_write(broken, "x", 1, 0600, NULL) && file_write(hidden, "x", 1, 0600, NULL));
	ck_assert(mkfifo(fifo, 0600) == 0 && symlink("a", link) == 0 && symlink("/no/such", dangling) == 0);
	OK("pool-refresh", "default");
	expect_ok(virtty("vol-list", "default", "--json", NULL), &list);
	ck_assert_ptr_null(strstr(list, "hidden"));
	ck_assert_ptr_null(strstr(list, "fifo"));
	ck_assert_ptr_null(strstr(list, "dangling"));
	ck_assert_ptr_nonnull(strstr(list, "\"link\""));
	/* a link goes, and not what it leads to */
	OK("vol-delete", "link", "--pool", "default");
	_cleanup_free_ char *path = image_path(home, "a");

	ck_assert(path_exists(path) && path_exists(broken) && path_exists(hidden));
	home_end(home);
}
END_TEST

/* ---- places ---- */

START_TEST(places)
{
	char *home = home_new();
	_cleanup_free_ char *missing = strf("%s/missing", home), *file = strf("%s/file", home), *images = image_path(home, "");

	OK("pool-define-as", "gone", "dir", "--target", missing);
	expect_error(virtty("pool-start", "gone", NULL), 1, missing, "pool-build", NULL);
	expect_error(virtty("vol-create-as", "gone", "a", "1M", NULL), 1, "'gone' is not active", NULL);
	ck_assert(file_write(file, "x", 1, 0600, NULL));
	OK("pool-define-as", "file", "dir", "--target", file);
	expect_error(virtty("pool-start", "file", NULL), 1, "is not a directory", NULL);
	expect_error(virtty("pool-define-as", "twice", "dir", "--target", images, NULL), 1, "is the place of pool 'default'",
		     NULL);
	expect_error(virtty("pool-define-as", "ceph", "rbd", NULL), 1, "'rbd' are not supported", NULL);
	/* options are no document: what is wrong is an option, and what is offered can be had */
	expect_error(virtty("vol-create-as", "default", "a/b", "1M", NULL), 1, "error: --name: volume 'a/b'", NULL);
	expect_error(virtty("vol-create-as", "default", "b", "1M", "--format", "bogus", NULL), 2,
		     "--format 'bogus' is unknown; allowed: raw qcow2 qcow qed vmdk vdi vhdx vpc\n", NULL);
	expect_error(virtty("pool-define-as", "x", "bogus", NULL), 2, "supported: dir fs netfs logical disk iscsi iscsi-direct\n", NULL);
	expect_error(virtty("pool-define-as", "x", "dir", "--target", "here", NULL), 1, "error: --target: 'here' is not an absolute", NULL);
	expect_error(virtty("vol-create-as", "default", "huge", "900T", NULL), 1, "no room for", NULL);
	OK("vol-create-as", "default", "a", "1M");
	expect_error(virtty("vol-create-as", "default", "a", "1M", NULL), 1, "exists already", NULL);
	/* the directory goes beside us: said at once, and nothing is made elsewhere */
	OK("pool-build", "gone");
	OK("pool-start", "gone");
	ck_assert_int_eq(rmdir(missing), 0);
	expect_error(virtty("vol-create-as", "gone", "a", "1M", NULL), 1, missing, NULL);
	expect_error(virtty("pool-refresh", "gone", NULL), 1, missing, NULL);
	expect_error(virtty("pool-info", "gone", NULL), 1, "'gone'", missing, NULL);
	/* of what is not there no figures of another time are shown */
	struct outcome listed = virtty("pool-list", "--details", NULL);

	ck_assert_msg(strstr(listed.err, "pool 'gone'") != NULL && strstr(listed.err, missing) != NULL, "%s", listed.err);
	ck_assert_msg(strstr(listed.out, "gone      running   no          yes          -") != NULL, "%s", listed.out);
	expect_ok(listed, NULL);
	ck_assert(!path_exists(missing));
	expect_tidy(home);
	home_end(home);
}
END_TEST

/* One directory under several names would be two pools over the same files. */
START_TEST(one_place_by_many_names)
{
	char *home = home_new();
	_cleanup_free_ char *real = strf("%s/real", home), *link = strf("%s/link", home), *through = strf("%s/link/in", home);
	_cleanup_free_ char *later = strf("%s/later", home), *slashes = strf("%s//real/", home), *inner = strf("%s/real/in", home);

	ck_assert(mkdir(real, 0700) == 0 && mkdir(inner, 0700) == 0 && symlink("real", link) == 0 && mkdir(later, 0700) == 0);
	OK("pool-define-as", "one", "dir", "--target", real);
	expect_error(virtty("pool-define-as", "two", "dir", "--target", link, NULL), 1, "is the place of pool 'one'", NULL);
	expect_error(virtty("pool-define-as", "two", "dir", "--target", slashes, NULL), 1, "is the place of pool 'one'", NULL);
	OK("pool-define-as", "in", "dir", "--target", inner);
	expect_error(virtty("pool-define-as", "two", "dir", "--target", through, NULL), 1, "is the place of pool 'in'", NULL);
	/* a link that comes later */
	OK("pool-define-as", "later", "dir", "--target", later);
	ck_assert(rmdir(later) == 0 && symlink("real", later) == 0);
	expect_error(virtty("pool-start", "later", NULL), 1, "is the place of pool 'one'", NULL);
	home_end(home);
}
END_TEST

START_TEST(a_pool_inside_another)
{
	char *home = home_new(), *list = NULL;
	_cleanup_free_ char *outer = strf("%s/outer", home), *inner = strf("%s/outer/inner", home);
	_cleanup_free_ char *file = strf("%s/outer/inner/deep.img", home);
	struct outcome defined;

	OK("pool-define-as", "outer", "dir", "--target", outer);
	OK("pool-build", "outer");
	OK("pool-start", "outer");
	defined = virtty("pool-define-as", "inner", "dir", "--target", inner, NULL);
	ck_assert_int_eq(defined.status, 0);
	ck_assert_msg(strstr(defined.err, "lies inside pool 'outer'") != NULL, "%s", defined.err);
	outcome_clear(&defined);
	OK("pool-build", "inner");
	OK("pool-start", "inner");
	OK("pool-refresh", "outer");
	/* empty as it is, it goes with its own pool alone */
	expect_error(virtty("vol-delete", "inner", "--pool", "outer", NULL), 1, "is the place of pool 'inner'", NULL);
	OK("vol-create-as", "inner", "deep.img", "1M");
	OK("pool-refresh", "outer");
	expect_ok(virtty("vol-list", "outer", NULL), &list);
	ck_assert_ptr_null(strstr(list, "deep.img"));
	free(list);
	expect_error(virtty("vol-delete", "inner", "--pool", "outer", NULL), 1, "is the place of pool 'inner'", NULL);
	OK("pool-destroy", "outer");
	expect_error(virtty("pool-delete", "outer", NULL), 1, "not empty", NULL);
	OK("vol-delete", "deep.img", "--pool", "inner");
	ck_assert(!path_exists(file) && path_exists(inner));
	OK("pool-destroy", "inner");
	OK("pool-delete", "inner");
	ck_assert(!path_exists(inner));
	home_end(home);
}
END_TEST

/* What is not ours keeps a pool's directory, and the pool is as it was. */
START_TEST(deleting_a_pool_with_a_foreign_file)
{
	char *home = home_new(), *list = NULL;
	_cleanup_free_ char *place = strf("%s/p", home), *foreign = strf("%s/p/.notes", home);

	OK("pool-define-as", "p", "dir", "--target", place);
	OK("pool-build", "p");
	OK("pool-start", "p");
	OK("vol-create-as", "p", "a.img", "1M");
	ck_assert(file_write(foreign, "mine", 4, 0600, NULL));
	expect_error(virtty("pool-delete", "p", NULL), 1, "it is active", NULL);
	OK("pool-destroy", "p");
	expect_error(virtty("pool-delete", "p", NULL), 1, place, "not empty", NULL);
	ck_assert(path_exists(foreign));
	OK("pool-start", "p");
	expect_ok(virtty("vol-list", "p", NULL), &list);
	ck_assert_ptr_nonnull(strstr(list, "a.img"));
	free(list);
	OK("vol-delete", "a.img", "--pool", "p");
	OK("pool-destroy", "p");
	expect_error(virtty("pool-delete", "p", NULL), 1, "not empty", NULL);
	ck_assert_int_eq(unlink(foreign), 0);
	OK("pool-delete", "p");
	ck_assert(!path_exists(place));
	home_end(home);
}
END_TEST

START_TEST(a_directory_that_may_only_be_read)
{
	char *home = home_new(), *list = NULL;
	_cleanup_free_ char *place = strf("%s/ro", home), *file = strf("%s/ro/a.img", home), *xml = NULL;

	if (!mount_small(place, "size=8m")) {
		home_end(home);
		return;
	}
	OK("pool-define-as", "ro", "dir", "--target", place);
	OK("pool-start", "ro");
	OK("vol-create-as", "ro", "a.img", "1M");
	ck_assert_int_eq(mount(NULL, place, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	expect_error(virtty("vol-create-as", "ro", "b.img", "1M", NULL), 1, "Read-only file system", NULL);
	expect_error(virtty("vol-create-as", "ro", "b.qcow2", "1M", "--format", "qcow2", NULL), 1, "Read-only file system", NULL);
	expect_error(virtty("vol-clone", "a.img", "b.img", "--pool", "ro", NULL), 1, "Read-only file system", NULL);
	expect_error(virtty("vol-delete", "a.img", "--pool", "ro", NULL), 1, "Read-only file system", NULL);
	expect_error(virtty("vol-resize", "a.img", "2M", "--pool", "ro", NULL), 1, "Read-only file system", NULL);
	expect_error(virtty("vol-wipe", "a.img", "--pool", "ro", NULL), 1, "Read-only file system", NULL);
	expect_error(virtty_input("x", "vol-upload", "a.img", "-", "--pool", "ro", NULL), 1, "Read-only file system", NULL);
	OK("pool-refresh", "ro");
	expect_ok(virtty("vol-list", "ro", NULL), &list);
	ck_assert_ptr_nonnull(strstr(list, "a.img"));
	ck_assert_ptr_null(strstr(list, "b."));
	free(list);
	expect_ok(virtty("vol-dumpxml", "a.img", "--pool", "ro", NULL), &xml);
	ck_assert(path_exists(file));
	(void)umount(place);
	home_end(home);
}
END_TEST

/* ---- full disks ---- */

static void expect_no_space(struct outcome outcome)
{
	ck_assert_int_eq(outcome.status, 1);
	ck_assert_msg(strstr(outcome.err, "No space left") != NULL, "%s", outcome.err);
	outcome_clear(&outcome);
}

/* Of what a pipe will bring nothing is known beforehand. */
static struct outcome feed_upload(const char *file, const char *volume)
{
	_cleanup_free_ char *command = strf("cat '%s' | '%s' vol-upload %s - --pool small", file, virtty_path(), volume);

	return run_program((const char *[]){ "/bin/sh", "-c", command, NULL });
}

START_TEST(a_full_disk)
{
	char *home = home_new(), *list = NULL;
	_cleanup_free_ char *small = strf("%s/small", home), *fill = strf("%s/small/fill", home), *out = strf("%s/small/out", home);
	_cleanup_free_ char *raw = NULL, *packed = image_path(home, "packed.qcow2"), *jobs = NULL;
	static const char qcow2[] = "<volume><name>c.qcow2</name><capacity>1</capacity><target><format type='qcow2'/></target></volume>";
	static const char unpacked[] = "<volume><name>c.img</name><capacity>1</capacity><target><format type='raw'/></target></volume>";

	if (!mount_small(small, "size=8m")) {
		home_end(home);
		return;
	}
	raw = patterned_volume(home, "raw.img", 48);
	OK("pool-define-as", "small", "dir", "--target", small);
	OK("pool-start", "small");
	/* known beforehand */
	expect_error(virtty("vol-create-as", "small", "big.img", "20M", NULL), 1, "no room for", "lack", NULL);
	expect_error(virtty_input(qcow2, "vol-create-from", "small", "-", "raw.img", "--inputpool", "default", NULL), 1,
		     "no room for", NULL);
	/* not known: what is packed grows in the midst of the copy */
	RUN("qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2", raw, packed);
	expect_no_space(virtty_input(unpacked, "vol-create-from", "small", "-", "packed.qcow2", "--inputpool", "default", NULL));
	expect_ok(virtty("jobs", NULL), &jobs);
	ck_assert_msg(strstr(jobs, "failed") != NULL && strstr(jobs, "small/c.img") != NULL, "%s", jobs);
	expect_tidy_directory(small);
	/* or the room goes while the volume is written */
	OK("vol-create-as", "small", "thin.img", "48M", "--allocation", "0");
	ck_assert(file_write(fill, home, strlen(home), 0600, NULL));
	expect_error(virtty("vol-upload", "thin.img", raw, "--pool", "small", NULL), 1, "no room for", "lack", NULL);
	expect_no_space(feed_upload(raw, "thin.img"));
	expect_no_space(virtty("vol-wipe", "thin.img", "--pool", "small", NULL));
	expect_no_space(virtty("vol-download", "raw.img", out, "--pool", "default", NULL));
	/* half a download is none */
	ck_assert(!path_exists(out));
	OK("pool-refresh", "small");
	expect_ok(virtty("vol-list", "small", NULL), &list);
	ck_assert_ptr_null(strstr(list, "c."));
	ck_assert_ptr_nonnull(strstr(list, "thin.img"));
	free(list);
	/* and there is a way on */
	OK("vol-delete", "thin.img", "--pool", "small");
	OK("vol-create-as", "small", "fits.img", "4M");
	expect_rows_are_files("small", small);
	(void)umount(small);
	home_end(home);
}
END_TEST

/* ---- in and out ---- */

START_TEST(an_upload_that_ends_early)
{
	char *home = home_new(), *jobs = NULL;
	struct stat st;
	_cleanup_free_ char *path = image_path(home, "up.img"), *file = strf("%s/file", home);

	OK("vol-create-as", "default", "up.img", "1M");
	expect_error(virtty_input("only this", "vol-upload", "up.img", "-", "--pool", "default", "--length", "4096", NULL), 1,
		     "ended after 9 of 4096 bytes", NULL);
	expect_ok(virtty("jobs", NULL), &jobs);
	ck_assert_msg(strstr(jobs, "failed") != NULL, "%s", jobs);
	free(jobs);
	ck_assert(stat(path, &st) == 0 && st.st_size == 1024 * 1024);
	/* a file that is larger is not begun */
	RUN("truncate", "-s", "2M", file);
	expect_error(virtty("vol-upload", "up.img", file, "--pool", "default", NULL), 1, "only 1048576 bytes are there", "vol-resize",
		     NULL);
	expect_error(virtty("vol-upload", "up.img", file, "--pool", "default", "--offset", "4096", "--length", "1048576", NULL), 1,
		     "do not fit", NULL);
	ck_assert(stat(path, &st) == 0 && st.st_size == 1024 * 1024 && unlink(file) == 0);
	/* not more than is there, to a file or to what is none */
	expect_error(virtty("vol-download", "up.img", file, "--pool", "default", "--offset", "1000000", "--length", "100000", NULL),
		     1, "only 1048576 bytes are there", NULL);
	ck_assert(!path_exists(file));
	expect_error(virtty("vol-download", "up.img", "/dev/null", "--pool", "default", "--offset", "1000000", "--length", "100000",
			    NULL),
		     1, "ended after 48576 of 100000 bytes", NULL);
	OK("vol-delete", "up.img", "--pool", "default");
	home_end(home);
}
END_TEST

static long long blocks(const char *path)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return (long long)st.st_blocks * 512;
}

/* A gibibyte of nothing with a little in its middle takes little, wherever it goes; and what was taken at once stays so. */
START_TEST(sparse_stays_sparse)
{
	const long long little = 4 * 1024 * 1024;
	char *home = home_new();
	_cleanup_free_ char *thin = image_path(home, "thin.img"), *copy = image_path(home, "copy.img"), *up = image_path(home, "up.img");
	_cleanup_free_ char *converted = image_path(home, "as.qcow2"), *file = strf("%s/file", home), *full = image_path(home, "full.img");
	_cleanup_free_ char *back = image_path(home, "back.img"), *zeroes = strf("%s/zeroes", home);

	OK("vol-create-as", "default", "thin.img", "1G", "--allocation", "0");
	RUN("qemu-io", "-f", "raw", "-c", "write -P 0x5a 500M 1M", "-c", "write -P 0xa5 1000M 64k", thin);
	OK("vol-clone", "thin.img", "copy.img", "--pool", "default");
	OK("vol-download", "thin.img", file, "--pool", "default");
	OK("vol-create-as", "default", "up.img", "1G", "--allocation", "0");
	OK("vol-upload", "up.img", file, "--pool", "default");
	expect_ok(virtty_input("<volume><name>as.qcow2</name><capacity>1</capacity><target><format type='qcow2'/></target></volume>",
			       "vol-create-from", "default", "-", "thin.img", NULL),
		  NULL);
	expect_ok(virtty_input("<volume><name>back.img</name><capacity>1</capacity><target><format type='raw'/></target></volume>",
			       "vol-create-from", "default", "-", "as.qcow2", NULL),
		  NULL);
	const char *const all[] = { copy, file, up, converted, back };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		ck_assert_msg(blocks(all[i]) < little, "%s takes %lld bytes", all[i], blocks(all[i]));
	RUN("cmp", thin, copy);
	RUN("cmp", thin, file);
	RUN("cmp", thin, up);
	RUN("cmp", thin, back);
	expect_same(thin, "raw", converted, "qcow2");
	/* nothing that was there before shines through a hole */
	OK("vol-create-as", "default", "full.img", "8M");
	RUN("qemu-io", "-f", "raw", "-c", "write -P 0xff 0 8M", full);
	RUN("truncate", "-s", "8M", zeroes);
	OK("vol-upload", "full.img", zeroes, "--pool", "default");
	RUN("cmp", full, zeroes);
	ck_assert_msg(blocks(full) >= 8 * 1024 * 1024, "%lld", blocks(full));
	home_end(home);
}
END_TEST

/* ---- many ---- */

START_TEST(ten_thousand_volumes)
{
	enum { MANY = 10000 };
	char *home = home_new(), *list = NULL;
	_cleanup_free_ char *place = strf("%s/many", home);
	size_t lines = 0;

	ck_assert_int_eq(mkdir(place, 0700), 0);
	for (int i = 0; i < MANY; i++) {
		_cleanup_free_ char *path = strf("%s/v%05d.img", place, i);
		int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		ck_assert(fd >= 0 && ftruncate(fd, 4096) == 0);
		close(fd);
	}
	OK("pool-define-as", "many", "dir", "--target", place);
	OK("pool-start", "many");
	expect_ok(virtty("vol-list", "many", NULL), &list);
	for (const char *at = list; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	ck_assert_uint_ge(lines, MANY);
	free(list);
	OK("vol-delete", "v05000.img", "--pool", "many");
	OK("vol-create-as", "many", "one.more", "1M", "--allocation", "0");
	OK("vol-clone", "v00001.img", "another", "--pool", "many");
	OK("pool-refresh", "many");
	expect_rows_are_files("many", place);
	home_end(home);
}
END_TEST

/* Several at once on the same few names, and some beside virtty: each is told what it may be told, and at the end every row
 * is a file and every file a row. */
START_TEST(many_at_once)
{
	enum { ROUNDS = 50, AT_ONCE = 5 };
	char *home = home_new();
	_cleanup_free_ char *place = strf("%s/p", home), *foreign = strf("%s/p/foreign", home);

	srand(5);
	OK("pool-define-as", "p", "dir", "--target", place);
	OK("pool-build", "p");
	OK("pool-start", "p");
	OK("vol-create-as", "p", "base", "1M");
	for (int round = 0; round < ROUNDS / AT_ONCE; round++) {
		struct task tasks[AT_ONCE];

		for (int i = 0; i < AT_ONCE; i++) {
			_cleanup_free_ char *name = strf("v%d", rand() % 3);

			switch (rand() % 5) {
			case 0:
				tasks[i] = task_virtty("vol-create-as", "p", name, "1M", NULL);
				break;
			case 1:
				tasks[i] = task_virtty("vol-create-as", "p", name, "1M", "--format", "qcow2", NULL);
				break;
			case 2:
				tasks[i] = task_virtty("vol-clone", "base", name, "--pool", "p", NULL);
				break;
			case 3:
				tasks[i] = task_virtty("vol-delete", name, "--pool", "p", NULL);
				break;
			default:
				tasks[i] = task_virtty("pool-refresh", "p", NULL);
			}
		}
		if (round % 3 == 0)
			ck_assert(file_write(foreign, "x", 1, 0600, NULL));
		else
			(void)unlink(foreign);
		for (int i = 0; i < AT_ONCE; i++) {
			struct outcome ended = task_wait(&tasks[i], SOON_MS);

			ck_assert_msg(ended.status == 0 || strstr(ended.err, "exists already") != NULL ||
					      strstr(ended.err, "has no volume") != NULL || strstr(ended.err, "in use") != NULL,
				      "%d: %s", ended.status, ended.err);
			outcome_clear(&ended);
			task_clear(&tasks[i]);
		}
		OK("pool-refresh", "p");
		expect_tidy_directory(place);
		expect_rows_are_files("p", place);
	}
	home_end(home);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("storage: faults");
	TCase *t = tcase_create("faults");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, names);
	tcase_add_test(t, names_of_others);
	tcase_add_test(t, places);
	tcase_add_test(t, one_place_by_many_names);
	tcase_add_test(t, a_pool_inside_another);
	tcase_add_test(t, deleting_a_pool_with_a_foreign_file);
	tcase_add_test(t, a_directory_that_may_only_be_read);
	tcase_add_test(t, a_full_disk);
	tcase_add_test(t, an_upload_that_ends_early);
	tcase_add_test(t, sparse_stays_sparse);
	tcase_add_test(t, ten_thousand_volumes);
	tcase_add_test(t, many_at_once);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return suite_main(suite());
}
