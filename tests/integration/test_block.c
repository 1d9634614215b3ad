/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools whose volumes are devices, by command: partitions of a loop device byte for byte, killed in the midst of copies, in
 * use by file systems and by machines; a volume group as far as it goes without device-mapper. What needs that is tested in
 * a little host of its own (test_pools_host). */
#include "base/file.h"
#include "base/memory.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

#define RUN(...) expect_ok(run_program((const char *[]){ "/usr/bin/env", __VA_ARGS__, NULL }), NULL)
#define SOON_MS	 20000

/* ---- a disk ---- */

/* A loop device that goes with this process, however it ends. */
struct loop {
	int fd;	    /* owned; -1: there are none here, the reason was given */
	char *path; /* owned: "/dev/loop0" */
};
#define _cleanup_loop_ _cleanup_(loop_clear)

static void loop_clear(struct loop *loop)
{
	cleanup_close(&loop->fd);
	free(loop->path);
}

static struct loop loop_new(const char *home, const char *name, unsigned mebibytes)
{
	_cleanup_free_ char *path = strf("%s/%s", home, name);
	_cleanup_close_ int image = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	_cleanup_close_ int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	struct loop_config config = { .fd = (unsigned)image,
				      .info.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_PARTSCAN };
	struct loop loop = { .fd = -1 };

	ck_assert(image >= 0 && ftruncate(image, (off_t)mebibytes << 20) == 0);
	/* Another program may take the free one first. */
	for (int turn = 0; control >= 0 && loop.fd < 0 && turn < 20; turn++) {
		int number = ioctl(control, LOOP_CTL_GET_FREE);

		free(loop.path);
		loop.path = strf("/dev/loop%d", number);
		loop.fd = number >= 0 ? open(loop.path, O_RDWR | O_CLOEXEC) : -1;
		if (loop.fd >= 0 && ioctl(loop.fd, LOOP_CONFIGURE, &config) < 0)
			close(TAKE_FD(loop.fd));
	}
	if (loop.fd < 0)
		skip_test("no loop device is to be had here: %s", strerror(errno));
	return loop;
}

/* "loop0p1": the volume's name; and its device. Owned. */
static char *partition(const struct loop *loop, unsigned number)
{
	return strf("%sp%u", loop->path + strlen("/dev/"), number);
}
static char *node(const struct loop *loop, unsigned number)
{
	return strf("%sp%u", loop->path, number);
}

/* Random bytes, as many MiB. Owned path. */
static char *random_file(const char *home, const char *name, unsigned mebibytes)
{
	char *path = strf("%s/%s", home, name);
	_cleanup_free_ char *to = strf("of=%s", path), *count = strf("count=%u", mebibytes);

	RUN("dd", "if=/dev/urandom", to, "bs=1M", count, "status=none");
	return path;
}

static void define_disk(const struct loop *loop, const char *label)
{
	OK("pool-define-as", "d", "disk", "--source-dev", loop->path, "--source-format", label);
	OK("pool-build", "d");
	OK("pool-start", "d");
}

/* ---- partitions ---- */

START_TEST(every_byte_of_partitions)
{
	char *home = home_new();
	_cleanup_loop_ struct loop loop = loop_new(home, "disk", 100);

	if (loop.fd >= 0) {
		_cleanup_free_ char *one = partition(&loop, 1), *two = partition(&loop, 2), *three = partition(&loop, 3);
		_cleanup_free_ char *first = node(&loop, 1), *second = node(&loop, 2), *third = node(&loop, 3);
		_cleanup_free_ char *file = random_file(home, "random", 20), *back = strf("%s/back", home);
		_cleanup_free_ char *image = strf("%s/images/a.qcow2", home), *list = NULL;
		_cleanup_free_ char *document = strf("<volume><name>%s</name><capacity>1</capacity></volume>", three);

		define_disk(&loop, "gpt");
		OK("vol-create-as", "d", one, "20M");
		OK("vol-upload", one, file, "--pool", "d");
		RUN("cmp", file, first);
		expect_error(virtty("vol-upload", one, file, "--pool", "d", "--offset", "4096", NULL), 1, "do not fit",
			     NULL);
		OK("vol-download", one, back, "--pool", "d");
		RUN("cmp", file, back);
		OK("vol-clone", one, two, "--pool", "d");
		RUN("cmp", first, second);
		/* an image into a partition that held something else: what is zero in it is zero there */
		OK("vol-create-as", "d", three, "30M");
		OK("vol-upload", three, file, "--pool", "d");
		OK("vol-delete", three, "--pool", "d");
		OK("vol-create-as", "default", "a.qcow2", "25M", "--format", "qcow2");
		RUN("qemu-io", "-f", "qcow2", "-c", "write -P 0x5a 1M 3M", image);
		expect_ok(virtty_input(document, "vol-create-from", "d", "-", "a.qcow2", "--inputpool", "default", NULL),
			  NULL);
		RUN("qemu-img", "compare", "-f", "qcow2", "-F", "raw", image, third);
		OK("vol-delete", three, "--pool", "d");
		/* and a raw one with holes */
		OK("vol-create-as", "default", "holes", "25M", "--allocation", "0");
		expect_ok(virtty_input(document, "vol-create-from", "d", "-", "holes", "--inputpool", "default", NULL),
			  NULL);
		RUN("cmp", "-n", "26214400", third, "/dev/zero");
		OK("vol-wipe", one, "--pool", "d");
		RUN("cmp", "-n", "20971520", first, "/dev/zero");
		expect_ok(virtty("vol-list", "d", "--details", NULL), &list);
		ck_assert_msg(strstr(list, third) != NULL && strstr(list, "25.00 MiB") != NULL, "%s", list);
		OK("pool-destroy", "d");
	}
	home_end(home);
}
END_TEST

/* Traces of two file systems: which it is cannot be told, and so it is not taken for empty. */
START_TEST(traces_of_several_things)
{
	char *home = home_new();
	_cleanup_loop_ struct loop loop = loop_new(home, "disk", 64);

	if (loop.fd >= 0) {
		static const char iso[] = "\001CD001\001";

		RUN("mke2fs", "-q", "-F", loop.path);
		ck_assert_int_eq(pwrite(loop.fd, iso, 7, 32768), 7);
		ck_assert_int_eq(fsync(loop.fd), 0);
		OK("pool-define-as", "d", "disk", "--source-dev", loop.path);
		expect_error(virtty("pool-build", "d", NULL), 1, "holds traces of several things", "--overwrite",
			     NULL);
		OK("pool-build", "d", "--overwrite");
		OK("pool-start", "d");
		OK("pool-destroy", "d");
	}
	home_end(home);
}
END_TEST

START_TEST(what_partitions_cannot)
{
	char *home = home_new();
	_cleanup_loop_ struct loop loop = loop_new(home, "disk", 64);

	if (loop.fd >= 0) {
		_cleanup_free_ char *one = partition(&loop, 1), *two = partition(&loop, 2), *three = partition(&loop, 3),
				    *four = partition(&loop, 4), *five = partition(&loop, 5),
				    *six = partition(&loop, 6), *first = node(&loop, 1), *size = NULL;
		_cleanup_free_ char *frame =
			strf("<volume><name>%s</name><capacity unit='MiB'>30</capacity><target><format "
			     "type='extended'/></target></volume>",
			     two);

		OK("pool-define-as", "d", "disk", "--source-dev", loop.path, "--source-format", "dos");
		expect_error(virtty("pool-start", "d", NULL), 1, "cannot start pool 'd'", "pool-build", NULL);
		OK("pool-build", "d");
		expect_error(virtty("pool-build", "d", NULL), 1, "holds a dos partition table", "--overwrite", NULL);
		OK("pool-build", "d", "--overwrite");
		OK("pool-start", "d");
		expect_error(virtty("vol-create-as", "d", "web1", "1M", NULL), 1, "called after its partition", one, NULL);
		expect_error(virtty("vol-create-as", "d", one, "1G", NULL), 1, "no room for 1 GiB", NULL);
		expect_error(virtty("vol-create-as", "d", one, "1M", "--format", "qcow2", NULL), 1, "raw", NULL);
		expect_error(virtty("vol-create-as", "default", "x", "1M", "--format", "linux-swap", NULL), 1,
			     "error: 'linux-swap' is what a partition holds: only pools of type disk", NULL);
		OK("vol-create-as", "d", one, "8M");
		/* a frame; then all four are taken, and what comes lies in it */
		expect_ok(virtty_input(frame, "vol-create", "d", "-", NULL), NULL);
		expect_error(virtty("vol-upload", two, "/dev/zero", "--pool", "d", NULL), 1, "frame", NULL);
		OK("vol-create-as", "d", three, "1M");
		OK("vol-create-as", "d", four, "1M");
		OK("vol-create-as", "d", five, "4M");
		OK("vol-create-as", "d", six, "4M");
		expect_error(virtty("vol-delete", two, "--pool", "d", NULL), 1, "delete that first", NULL);
		expect_error(virtty("vol-delete", five, "--pool", "d", NULL), 1, "would be called otherwise", NULL);
		OK("vol-delete", six, "--pool", "d");
		OK("vol-delete", five, "--pool", "d");
		OK("vol-delete", two, "--pool", "d");
		OK("vol-resize", one, "4M", "--pool", "d", "--shrink");
		expect_ok(run_program((const char *[]){ "/usr/bin/env", "blockdev", "--getsize64", first, NULL }), &size);
		ck_assert_str_eq(size, "4194304\n");
		OK("pool-destroy", "d");
	}
	home_end(home);
}
END_TEST

/* By the host: mounted. By a machine: defined, and running. */
START_TEST(partitions_in_use)
{
	char *home = home_new();
	_cleanup_loop_ struct loop loop = loop_new(home, "disk", 64);

	if (loop.fd >= 0) {
		_cleanup_free_ char *one = partition(&loop, 1), *first = node(&loop, 1), *place = strf("%s/mnt", home);
		_cleanup_free_ char *file = random_file(home, "random", 1), *path = NULL;
		_cleanup_free_ char *disk = strf("<disk type='volume' device='disk'><source pool='d' "
						 "volume='%s'/><target dev='vda' bus='virtio'/></disk>",
						 one);

		define_disk(&loop, "gpt");
		OK("vol-create-as", "d", one, "20M");
		RUN("mke2fs", "-q", "-F", first);
		ck_assert(directory_make(place, 0700, NULL));
		if (unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		    mount(first, place, "ext2", 0, NULL) == 0) {
			expect_error(virtty("vol-delete", one, "--pool", "d", NULL), 1, "mounted at", NULL);
			expect_error(virtty("vol-upload", one, file, "--pool", "d", NULL), 1, "mounted at", NULL);
			expect_error(virtty("vol-wipe", one, "--pool", "d", NULL), 1, "mounted at", NULL);
			OK("pool-destroy", "d");
			expect_error(virtty("pool-build", "d", "--overwrite", NULL), 1, "cannot build pool 'd'", NULL);
			OK("pool-start", "d");
			ck_assert_int_eq(umount(place), 0);
		}
		path = bare_machine(home, "web1", NULL, disk);
		OK("define", path);
		expect_error(virtty("vol-delete", one, "--pool", "d", NULL), 1, "machine 'web1'", NULL);
		OK("start", "web1");
		expect_error(virtty("vol-wipe", one, "--pool", "d", NULL), 1, "in use", NULL);
		expect_error(virtty("vol-upload", one, file, "--pool", "d", NULL), 1, "in use", NULL);
		OK("destroy", "web1");
		OK("undefine", "web1");
		wait_processes(home, "virtty-keeper", 0, SOON_MS);
		OK("vol-delete", one, "--pool", "d");
		OK("pool-destroy", "d");
	}
	home_end(home);
}
END_TEST

/* Made for a machine, and gone with it. */
START_TEST(a_machine_takes_a_partition)
{
	char *home = home_new();
	_cleanup_loop_ struct loop loop = loop_new(home, "disk", 64);

	if (loop.fd >= 0) {
		_cleanup_free_ char *first = node(&loop, 1), *second = node(&loop, 2), *xml = NULL, *list = NULL;
		_cleanup_free_ char *link = strf("%s/link", home);

		define_disk(&loop, "gpt");
		ck_assert_int_eq(symlink(loop.path, link), 0);
		expect_error(virtty("pool-define-as", "again", "disk", "--source-dev", link, NULL), 1,
			     "is what pool 'd' is of already", NULL);
		OK("vol-create-as", "d", strrchr(first, '/') + 1, "8M");
		OK("install", "--name", "web1", "--memory", "64", "--disk", "size=0.02,pool=d", "--boot", "network",
		   "--virt-type", "qemu", "--noautoconsole");
		expect_ok(virtty("dumpxml", "web1", NULL), &xml);
		ck_assert_msg(strstr(xml, second) != NULL && strstr(xml, "type='block'") != NULL, "%s", xml);
		OK("destroy", "web1");
		OK("undefine", "web1", "--remove-all-storage");
		wait_processes(home, "virtty-keeper", 0, SOON_MS);
		expect_ok(virtty("vol-list", "d", NULL), &list);
		ck_assert_msg(strstr(list, first) != NULL && strstr(list, second) == NULL, "%s", list);
		ck_assert(path_exists(first) && !path_exists(second));
		OK("pool-destroy", "d");
	}
	home_end(home);
}
END_TEST

/* Four at once for one name: one gets it, the others are told, and the table is whole. */
START_TEST(a_race)
{
	char *home = home_new();
	_cleanup_loop_ struct loop loop = loop_new(home, "disk", 64);

	if (loop.fd >= 0) {
		_cleanup_free_ char *one = partition(&loop, 1), *two = partition(&loop, 2), *list = NULL;
		struct task tasks[4];
		unsigned made = 0;

		define_disk(&loop, "gpt");
		for (size_t i = 0; i < ARRAY_LENGTH(tasks); i++)
			tasks[i] = task_virtty("vol-create-as", "d", one, "4M", NULL);
		for (size_t i = 0; i < ARRAY_LENGTH(tasks); i++) {
			struct outcome ended = task_wait(&tasks[i], SOON_MS);

			made += ended.status == 0;
			ck_assert_msg(ended.status == 0 || strstr(ended.err, two) != NULL, "%s", ended.err);
			outcome_clear(&ended);
			task_clear(&tasks[i]);
		}
		ck_assert_uint_eq(made, 1);
		expect_ok(virtty("vol-list", "d", NULL), &list);
		ck_assert_msg(strstr(list, one) != NULL && strstr(list, two) == NULL, "%s", list);
		RUN("sfdisk", "--quiet", "--verify", loop.path);
		OK("pool-destroy", "d");
	}
	home_end(home);
}
END_TEST

static unsigned kill_rounds(void)
{
	const char *text = getenv("VIRTTY_JOB_ROUNDS");

	return text != NULL ? (unsigned)strtoul(text, NULL, 10) : 12;
}

/* kill -9 to a copy at any moment: the partition holds all of it, or is not there. */
START_TEST(killed_copies)
{
	char *home = home_new();
	_cleanup_loop_ struct loop loop = loop_new(home, "disk", 100);

	if (loop.fd >= 0) {
		_cleanup_free_ char *one = partition(&loop, 1), *first = node(&loop, 1);
		_cleanup_free_ char *file = random_file(home, "random", 40);
		_cleanup_free_ char *document = strf("<volume><name>%s</name><capacity>1</capacity></volume>", one);
		unsigned whole = 0;

		define_disk(&loop, "gpt");
		OK("vol-create-as", "default", "raw", "40M");
		OK("vol-upload", "raw", file, "--pool", "default");
		srand(1);
		for (unsigned round = 0; round < kill_rounds(); round++) {
			struct timespec pause = { 0, rand() % 450 * 1000000 };
			_cleanup_task_ struct task task =
				task_virtty("vol-create-from", "d", "-", "raw", "--inputpool", "default", NULL);
			pid_t jobs[4];

			task_send(&task, document);
			task_close_input(&task);
			nanosleep(&pause, NULL);
			/* The one that waits is killed as well as the one that works, now and then. */
			for (size_t i = home_processes(home, "virtty", jobs, 4); i > 0; i--)
				if (jobs[i - 1] != task.pid || round % 3 == 0)
					kill(jobs[i - 1], SIGKILL);
			struct outcome ended = task_wait(&task, SOON_MS);

			outcome_clear(&ended);
			/* what it ran, too: a partition may be made still */
			wait_processes(home, "", 0, SOON_MS);
			OK("jobs");
			OK("pool-refresh", "d");
			if (!path_exists(first)) {
				_cleanup_free_ char *table = NULL;

				expect_ok(run_program((const char *[]){ "/usr/bin/env", "sfdisk", "--json", loop.path,
									NULL }),
					  &table);
				ck_assert_msg(strstr(table, "start") == NULL, "%s", table);
				continue;
			}
			whole++;
			RUN("cmp", file, first);
			OK("vol-delete", one, "--pool", "d");
		}
		printf("%u of %u copies were whole before they were killed\n", whole, kill_rounds());
		OK("pool-destroy", "d");
	}
	home_end(home);
}
END_TEST

/* ---- a volume group, without device-mapper ---- */

/* LVM looks at this device alone, writes nothing under /etc, and asks nothing of the kernel. */
static void private_lvm(const char *home, const struct loop *loop)
{
	_cleanup_free_ char *directory = strf("%s/lvm", home), *path = strf("%s/lvm.conf", directory);
	_cleanup_free_ char *text = strf("devices { filter = [ \"a|^%s$|\", \"r|.*|\" ] use_devicesfile = 0 }\n"
					 "global { locking_dir = \"%s/lock\" activation = 0 }\n"
					 "backup { backup = 0 archive = 0 }\n",
					 loop->path, directory);

	ck_assert(directory_make(directory, 0700, NULL) && file_write(path, text, strlen(text), 0600, NULL));
	ck_assert_int_eq(setenv("LVM_SYSTEM_DIR", directory, 1), 0);
}

START_TEST(a_volume_group)
{
	char *home = home_new();
	_cleanup_loop_ struct loop loop = loop_new(home, "disk", 100);

	if (loop.fd >= 0) {
		_cleanup_free_ char *group = strf("vt%d", (int)getpid()), *xml = NULL, *list = NULL, *sources = NULL,
				    *key = NULL, *link = strf("%s/link", home);
		_cleanup_free_ char *path = strf("<path>/dev/%s</path>", group), *name = strf("<name>%s</name>", group);

		private_lvm(home, &loop);
		OK("pool-define-as", "vg", "logical", "--source-name", group, "--source-dev", loop.path, "--target", "/x");
		expect_ok(virtty("pool-dumpxml", "vg", NULL), &xml);
		ck_assert_msg(strstr(xml, path) != NULL, "%s", xml);
		expect_error(virtty("pool-start", "vg", NULL), 1, "there is no volume group", "pool-build", NULL);
		RUN("mke2fs", "-q", "-F", loop.path);
		expect_error(virtty("pool-build", "vg", NULL), 1, "holds ext2 already", "--overwrite", NULL);
		OK("pool-build", "vg", "--overwrite");
		expect_error(virtty("pool-build", "vg", NULL), 1, "is there already", NULL);
		OK("pool-start", "vg");
		OK("vol-create-as", "vg", "web1", "20M");
		expect_error(virtty("vol-create-as", "vg", "web1", "20M", NULL), 1, "exists already", NULL);
		expect_error(virtty("vol-create-as", "vg", "big", "1G", NULL), 1, "no room for 1 GiB", "lack", NULL);
		expect_error(virtty("vol-create-as", "vg", "none", "20M", "--allocation", "0", NULL), 1, "has no thin pool",
			     NULL);
		expect_error(virtty("vol-create-as", "vg", "a b", "20M", NULL), 1, "LVM takes letters", NULL);
		expect_error(virtty("vol-create-as", "vg", "-x", "20M", NULL), 2, "", NULL);
		expect_error(virtty("vol-create-as", "vg", "snapshot1", "20M", NULL), 1, "reserved", NULL);
		OK("vol-resize", "web1", "31M", "--pool", "vg");
		expect_ok(virtty("vol-list", "vg", "--details", NULL), &list);
		ck_assert_msg(strstr(list, "32.00 MiB") != NULL && strstr(list, "block") != NULL, "%s", list);
		expect_ok(virtty("vol-key", "web1", "--pool", "vg", NULL), &key);
		ck_assert_uint_eq(strlen(key), strlen("gQ3QGO-xuY8-2MPl-UCId-hQNL-Kew9-ChZW9c\n\n"));
		expect_ok(virtty("find-storage-pool-sources", "logical", NULL), &sources);
		ck_assert_msg(strstr(sources, name) != NULL && strstr(sources, loop.path) != NULL, "%s", sources);
		/* by whatever name: a disk of a group is not built over */
		ck_assert_int_eq(symlink(loop.path, link), 0);
		OK("pool-define-as", "other", "logical", "--source-dev", link);
		expect_error(virtty("pool-build", "other", "--overwrite", NULL), 1, "belongs to volume group", group, NULL);
		OK("pool-undefine", "other");
		OK("pool-destroy", "vg");
		expect_error(virtty("pool-delete", "vg", NULL), 1, "holds 1 volume", NULL);
		OK("pool-start", "vg");
		OK("vol-delete", "web1", "--pool", "vg");
		OK("pool-destroy", "vg");
		OK("pool-delete", "vg");
		expect_error(virtty("pool-start", "vg", NULL), 1, "there is no volume group", NULL);
		expect_error(virtty("pool-define-as", "bad", "logical", "--source-name", "a b", NULL), 1,
			     "no name of a volume group", NULL);
	}
	home_end(home);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("pools of devices");
	TCase *disk = tcase_create("disk"), *logical = tcase_create("logical");

	tcase_set_timeout(disk, 1800);
	tcase_add_test(disk, every_byte_of_partitions);
	tcase_add_test(disk, traces_of_several_things);
	tcase_add_test(disk, what_partitions_cannot);
	tcase_add_test(disk, partitions_in_use);
	tcase_add_test(disk, a_machine_takes_a_partition);
	tcase_add_test(disk, a_race);
	tcase_add_test(disk, killed_copies);
	suite_add_tcase(s, disk);
	tcase_set_timeout(logical, 120);
	tcase_add_test(logical, a_volume_group);
	suite_add_tcase(s, logical);
	return s;
}

int main(void)
{
	return suite_main(suite());
}
