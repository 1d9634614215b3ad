/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools and volumes by command, with real images: every byte is where it belongs after each operation, what is used is
 * not taken away, and whatever kills, fills up or races an operation leaves all of it or nothing. */
#include "base/file.h"
#include "base/memory.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RUN(...) expect_ok(run_program((const char *[]){ "/usr/bin/env", __VA_ARGS__, NULL }), NULL)
#define OK(...)	 expect_ok(virtty(__VA_ARGS__, NULL), NULL)

static char *image_path(const char *home, const char *name)
{
	return strf("%s/images/%s", home, name);
}

/* A raw volume of so many MiB with a pattern that differs from sector to sector, and a hole in its middle. */
static char *patterned_volume(const char *home, const char *name, unsigned mebibytes)
{
	char *path = image_path(home, name);
	_cleanup_free_ char *size = strf("%uM", mebibytes), *first = strf("write -P 0x5a 0 %uk", mebibytes * 256);
	_cleanup_free_ char *last = strf("write -P 0xc3 %uk 1000k", mebibytes * 1024 - 1000);

	OK("vol-create-as", "default", name, size, "--allocation", "0");
	RUN("qemu-io", "-f", "raw", "-c", first, "-c", last, path);
	return path;
}

static void expect_same(const char *a, const char *a_format, const char *b, const char *b_format)
{
	RUN("qemu-img", "compare", "-f", a_format, "-F", b_format, a, b);
}

/* Nothing but volumes lies in the default pool. */
static void expect_tidy(const char *home)
{
	_cleanup_free_ char *path = strf("%s/images", home);
	DIR *directory = opendir(path);

	ck_assert_ptr_nonnull(directory);
	for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory))
		ck_assert_msg(strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
				      entry->d_name[0] != '.',
			      "%s is left in %s", entry->d_name, path);
	closedir(directory);
}

/* Refused, for whatever reason. */
static void expect_refused(struct outcome outcome)
{
	ck_assert_int_ne(outcome.status, 0);
	outcome_clear(&outcome);
}

START_TEST(every_byte)
{
	char *home = home_new();
	_cleanup_free_ char *raw = patterned_volume(home, "raw.img", 16), *copy = image_path(home, "copy.img");
	_cleanup_free_ char *converted = image_path(home, "as.qcow2"), *back = image_path(home, "back.img");
	_cleanup_free_ char *file = strf("%s/file", home), *part = strf("%s/part", home),
			    *again = strf("%s/again", home);
	struct stat before, after;

	OK("vol-clone", "raw.img", "copy.img", "--pool", "default");
	expect_same(raw, "raw", copy, "raw");
	/* holes stay holes */
	ck_assert(stat(raw, &before) == 0 && stat(copy, &after) == 0);
	ck_assert_int_le(after.st_blocks, before.st_blocks);
	expect_ok(virtty_input("<volume><name>as.qcow2</name><capacity>1</capacity><target><format "
			       "type='qcow2'/></target></volume>",
			       "vol-create-from", "default", "-", "raw.img", NULL),
		  NULL);
	expect_same(raw, "raw", converted, "qcow2");
	expect_ok(virtty_input("<volume><name>back.img</name><capacity>1</capacity><target><format "
			       "type='raw'/></target></volume>",
			       "vol-create-from", "default", "-", "as.qcow2", NULL),
		  NULL);
	RUN("cmp", raw, back);
	OK("vol-download", "raw.img", file, "--pool", "default");
	RUN("cmp", raw, file);
	OK("vol-create-as", "default", "up.img", "16M");
	OK("vol-upload", "up.img", file, "--pool", "default");
	_cleanup_free_ char *up = image_path(home, "up.img");

	RUN("cmp", up, file);
	/* a piece, at its place */
	OK("vol-download", "raw.img", part, "--pool", "default", "--offset", "4194000", "--length", "1000");
	ck_assert(stat(part, &after) == 0 && after.st_size == 1000);
	OK("vol-upload", "up.img", part, "--pool", "default", "--offset", "4194000");
	RUN("cmp", up, file);
	/* resizing keeps what is there */
	OK("vol-resize", "as.qcow2", "32M", "--pool", "default");
	OK("vol-resize", "as.qcow2", "16M", "--pool", "default", "--shrink");
	expect_same(raw, "raw", converted, "qcow2");
	expect_error(virtty("vol-resize", "raw.img", "1M", "--pool", "default", NULL), 1, "would shrink", "--shrink",
		     NULL);
	OK("vol-wipe", "copy.img", "--pool", "default");
	OK("vol-download", "copy.img", again, "--pool", "default");
	RUN("cmp", "-n", "16777216", again, "/dev/zero");
	expect_tidy(home);
	home_end(home);
}
END_TEST

static void define_on_volume(const char *home, const char *name, const char *volume)
{
	_cleanup_free_ char *disk = strf("<disk type='volume' device='disk'><source pool='default' "
					 "volume='%s'/><target dev='vda' bus='virtio'/></disk>",
					 volume);
	_cleanup_free_ char *path = bare_machine(home, name, NULL, disk);

	OK("define", path);
}

START_TEST(what_is_used_stays)
{
	char *home = home_new();
	_cleanup_free_ char *base = image_path(home, "base.qcow2"), *xml = NULL;

	OK("vol-create-as", "default", "base.qcow2", "10M", "--format", "qcow2");
	OK("vol-create-as", "default", "over.qcow2", "10M", "--format", "qcow2", "--backing-vol", "base.qcow2",
	   "--backing-vol-format", "qcow2");
	expect_error(virtty("vol-delete", "base.qcow2", "--pool", "default", NULL), 1, "volume 'default/over.qcow2'",
		     NULL);
	define_on_volume(home, "web1", "over.qcow2");
	expect_error(virtty("vol-delete", "over.qcow2", "--pool", "default", NULL), 1, "machine 'web1'", NULL);
	OK("start", "web1");
	/* the document names the volume, and QEMU has the file */
	expect_ok(virtty("dumpxml", "web1", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, "<source pool='default' volume='over.qcow2'/>"));
	expect_error(virtty("vol-resize", "over.qcow2", "20M", "--pool", "default", NULL), 1, "in use", NULL);
	expect_error(virtty("vol-wipe", "over.qcow2", "--pool", "default", NULL), 1, "in use", NULL);
	expect_error(virtty("vol-clone", "over.qcow2", "x", "--pool", "default", NULL), 1, "in use", NULL);
	OK("destroy", "web1");
	OK("undefine", "web1", "--remove-all-storage");
	expect_error(virtty("vol-info", "over.qcow2", "--pool", "default", NULL), 1, "has no volume 'over.qcow2'",
		     NULL);
	OK("vol-delete", "base.qcow2", "--pool", "default");
	ck_assert(!path_exists(base));
	define_on_volume(home, "web2", "missing");
	expect_error(virtty("start", "web2", NULL), 1, "disk 'vda'", "has no volume 'missing'", NULL);
	/* keepers that are on their way out */
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(names_and_places)
{
	static const char *const bad[] = { "../x", "/etc/x", "a/b", ".x", "a\nb", "" };
	char *home = home_new();
	_cleanup_free_ char *missing = strf("%s/missing", home), *nested = strf("%s/images", home);

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		expect_refused(virtty("vol-create-as", "default", bad[i], "1M", NULL));
	OK("pool-define-as", "gone", "dir", "--target", missing);
	expect_error(virtty("pool-start", "gone", NULL), 1, missing, "pool-build", NULL);
	expect_error(virtty("vol-create-as", "gone", "a", "1M", NULL), 1, "'gone' is not active", NULL);
	expect_error(virtty("pool-define-as", "twice", "dir", "--target", nested, NULL), 1,
		     "is the place of pool 'default'", NULL);
	expect_error(virtty("pool-define-as", "ceph", "rbd", NULL), 1, "'rbd' are not supported", NULL);
	expect_error(virtty("vol-create-as", "default", "huge", "900T", NULL), 1, "no room for", NULL);
	OK("vol-create-as", "default", "a", "1M");
	expect_error(virtty("vol-create-as", "default", "a", "1M", NULL), 1, "exists already", NULL);
	expect_tidy(home);
	home_end(home);
}
END_TEST

/* A file system that fills up in the midst of a copy. In a mount namespace of this test's own. */
START_TEST(a_full_disk)
{
	char *home = home_new();
	_cleanup_free_ char *small = strf("%s/small", home), *fill = strf("%s/small/fill", home),
			    *copy = strf("%s/small/copy.img", home);
	_cleanup_free_ char *outcome = NULL, *raw = NULL;

	ck_assert_int_eq(mkdir(small, 0700), 0);
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", small, "tmpfs", 0, "size=8m") < 0) {
		skip_test("no file system can be mounted here: %s", strerror(errno));
		home_end(home);
		return;
	}
	raw = patterned_volume(home, "raw.img", 48);
	OK("pool-define-as", "small", "dir", "--target", small);
	OK("pool-start", "small");
	/* known beforehand */
	expect_error(virtty("vol-create-as", "small", "big.img", "20M", NULL), 1, "no room for", "lack", NULL);
	expect_error(virtty_input("<volume><name>c.qcow2</name><capacity>1</capacity><target><format "
				  "type='qcow2'/></target></volume>",
				  "vol-create-from", "small", "-", "raw.img", "--inputpool", "default", NULL),
		     1, "no room for", NULL);
	/* not known: the room goes while the volume is written */
	OK("vol-create-as", "small", "thin.img", "48M", "--allocation", "0");
	ck_assert(file_write(fill, home, strlen(home), 0600, NULL));
	struct outcome upload = virtty("vol-upload", "thin.img", raw, "--pool", "small", NULL);

	ck_assert_int_eq(upload.status, 1);
	ck_assert_ptr_nonnull(strstr(upload.err, "No space left"));
	outcome_clear(&upload);
	ck_assert(!path_exists(copy));
	expect_ok(virtty("vol-list", "small", NULL), &outcome);
	ck_assert_ptr_null(strstr(outcome, "c.qcow2"));
	(void)umount(small);
	home_end(home);
}
END_TEST

/* A file system of a device, in a mount namespace of this test's own. */
START_TEST(a_mounted_pool)
{
	char *home = home_new();
	_cleanup_free_ char *image = strf("%s/device", home), *place = strf("%s/mounted", home),
			    *file = strf("%s/mounted/a.img", home);
	_cleanup_free_ char *device = NULL, *list = NULL;

	RUN("truncate", "-s", "64M", image);
	struct outcome loop = run_program((const char *[]){ "/usr/bin/env", "losetup", "-f", "--show", image, NULL });

	if (loop.status != 0 || unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
		skip_test("no loop device, or no mount namespace, is to be had here: %s", loop.err);
		outcome_clear(&loop);
		home_end(home);
		return;
	}
	device = xstrndup(loop.out, strcspn(loop.out, "\n"));
	outcome_clear(&loop);
	OK("pool-define-as", "f", "fs", "--source-dev", device, "--source-format", "ext4", "--target", place);
	expect_error(virtty("pool-start", "f", NULL), 1, "cannot mount", device, NULL);
	OK("pool-build", "f");
	expect_error(virtty("pool-build", "f", NULL), 1, "holds ext4 already", "--overwrite", NULL);
	OK("pool-start", "f");
	OK("vol-create-as", "f", "a.img", "10M");
	ck_assert(path_exists(file));
	/* gone beside us: what lies there now is not the pool's */
	ck_assert_int_eq(umount(place), 0);
	expect_error(virtty("vol-list", "f", NULL), 1, "is no longer there", "pool-start", NULL);
	OK("pool-start", "f");
	expect_ok(virtty("vol-list", "f", NULL), &list);
	ck_assert_ptr_nonnull(strstr(list, "a.img"));
	OK("pool-destroy", "f");
	ck_assert(!path_exists(file));
	OK("pool-delete", "f");
	OK("pool-undefine", "f");
	RUN("losetup", "-d", device);
	home_end(home);
}
END_TEST

static unsigned kill_rounds(void)
{
	const char *text = getenv("VIRTTY_KILL_ROUNDS");

	return text != NULL ? (unsigned)strtoul(text, NULL, 10) : 20;
}

/* kill -9 to the job at any moment: the copy is there whole, or nothing is. */
START_TEST(killed_jobs)
{
	char *home = home_new();
	_cleanup_free_ char *raw = patterned_volume(home, "raw.img", 48), *copy = image_path(home, "copy.qcow2");
	unsigned whole = 0;

	srand(1);
	for (unsigned round = 0; round < kill_rounds(); round++) {
		struct timespec pause = { 0, rand() % 120 * 1000000 };
		_cleanup_task_ struct task task = task_virtty("vol-create-from", "default", "-", "raw.img", NULL);

		task_send(&task, "<volume><name>copy.qcow2</name><capacity>1</capacity><target><format "
				 "type='qcow2'/></target></volume>");
		task_close_input(&task);
		nanosleep(&pause, NULL);
		pid_t jobs[4];
		size_t count = home_processes(home, "virtty", jobs, 4);

		/* The one that waits is killed as well as the one that works, now and then. */
		for (size_t i = 0; i < count; i++)
			if (jobs[i] != task.pid || round % 3 == 0)
				kill(jobs[i], SIGKILL);
		struct outcome ended = task_wait(&task, SOON_MS);

		outcome_clear(&ended);
		wait_processes(home, "qemu-img", 0, SOON_MS);
		wait_processes(home, "virtty", 0, SOON_MS);
		OK("jobs");
		expect_tidy(home);
		if (!path_exists(copy))
			continue;
		whole++;
		expect_same(raw, "raw", copy, "qcow2");
		OK("vol-delete", "copy.qcow2", "--pool", "default");
	}
	printf("%u of %u copies were whole before they were killed\n", whole, kill_rounds());
	home_end(home);
}
END_TEST

START_TEST(cancelled)
{
	char *home = home_new();
	_cleanup_free_ char *before = NULL, *after = NULL, *target = image_path(home, "up.img");
	_cleanup_task_ struct task task = { 0 };

	OK("vol-create-as", "default", "up.img", "1M");
	task = task_virtty("vol-upload", "up.img", "-", "--pool", "default", NULL);
	task_send(&task, "some");
	/* it waits for more; another command sees and ends it */
	for (int i = 0; i < 500 && (before == NULL || strstr(before, "running") == NULL); i++) {
		free(before);
		expect_ok(virtty("jobs", NULL), &before);
	}
	ck_assert_ptr_nonnull(strstr(before, "default/up.img"));
	OK("jobs", "--cancel", "1");
	struct outcome ended = task_wait(&task, SOON_MS);

	ck_assert_int_eq(ended.status, 1);
	ck_assert_ptr_nonnull(strstr(ended.err, "cancelled"));
	outcome_clear(&ended);
	expect_ok(virtty("jobs", NULL), &after);
	ck_assert_ptr_nonnull(strstr(after, "cancelled"));
	expect_error(virtty("jobs", "--cancel", "1", NULL), 1, "has ended already", NULL);
	home_end(home);
}
END_TEST

/* Two at once for one name: one gets it, the other is told, and the image is one of theirs. */
START_TEST(a_race)
{
	char *home = home_new();

	for (int round = 0; round < 5; round++) {
		_cleanup_free_ char *name = strf("v%d", round);
		struct task one = task_virtty("vol-create-as", "default", name, "10M", "--format", "qcow2", NULL);
		struct task two = task_virtty("vol-create-as", "default", name, "20M", "--format", "qcow2", NULL);
		struct outcome first = task_wait(&one, SOON_MS), second = task_wait(&two, SOON_MS);

		ck_assert_int_eq(first.status + second.status, 1);
		ck_assert_ptr_nonnull(strstr(first.status != 0 ? first.err : second.err, "exists already"));
		outcome_clear(&first);
		outcome_clear(&second);
		task_clear(&one);
		task_clear(&two);
	}
	expect_tidy(home);
	home_end(home);
}
END_TEST

START_TEST(secrets)
{
	char *home = home_new();
	_cleanup_free_ char *list = NULL, *value = NULL, *info = NULL, *path = image_path(home, "luks.qcow2"),
			    *xml = NULL;
	static const char volume[] =
		"<volume><name>luks.qcow2</name><capacity unit='M'>1</capacity><target><format type='qcow2'/>"
		"<encryption format='luks'><secret type='passphrase' usage='disk'/></encryption></target></volume>";

	expect_error(virtty_input(volume, "vol-create", "default", "-", NULL), 1, "no secret 'volume disk'", NULL);
	expect_ok(virtty_input("<secret private='yes'><usage type='volume'><volume>disk</volume></usage></secret>",
			       "secret-define", "-", NULL),
		  NULL);
	expect_error(virtty_input(volume, "vol-create", "default", "-", NULL), 1, "has no value", NULL);
	expect_ok(virtty_input("pass,word", "secret-set-value", "volume disk", "--file", "-", NULL), NULL);
	expect_ok(virtty_input(volume, "vol-create", "default", "-", NULL), NULL);
	expect_ok(virtty("vol-dumpxml", "luks.qcow2", "--pool", "default", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, "<encryption format='luks'/>"));
	/* what was made opens with the passphrase, and with no other */
	_cleanup_free_ char *options = strf("driver=qcow2,file.filename=%s,encrypt.key-secret=s", path);

	RUN("qemu-io", "--object", "secret,id=s,data=pass,,word", "--image-opts", options, "-c", "read 0 4k");
	expect_refused(
		run_program((const char *[]){ "/usr/bin/env", "qemu-img", "compare", "--object",
					      "secret,id=s,data=wrong", "--image-opts", options, options, NULL }));
	expect_error(virtty("secret-get-value", "volume disk", NULL), 1, "private", NULL);
	expect_ok(virtty("secret-list", NULL), &list);
	ck_assert_ptr_nonnull(strstr(list, "volume disk"));
	OK("secret-undefine", "volume disk");
	home_end(home);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("storage");
	TCase *t = tcase_create("storage");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, every_byte);
	tcase_add_test(t, what_is_used_stays);
	tcase_add_test(t, names_and_places);
	tcase_add_test(t, a_full_disk);
	tcase_add_test(t, a_mounted_pool);
	tcase_add_test(t, killed_jobs);
	tcase_add_test(t, cancelled);
	tcase_add_test(t, a_race);
	tcase_add_test(t, secrets);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return suite_main(suite());
}
