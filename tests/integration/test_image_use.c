/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images in the hands of others: in use, stood on by others, hostile, on full file systems, under machines that are
 * installed on them. What qemu-img is used for beside virtty works as it stands. */
#include "base/file.h"
#include "base/memory.h"
#include "tests/harness/example.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUN(...) expect_ok(run_program((const char *[]){ "/usr/bin/env", __VA_ARGS__, NULL }), NULL)

static char *in_home(const char *home, const char *name)
{
	return strf("%s/%s", home, name);
}

static void expect_text(struct outcome outcome, const char *text)
{
	ck_assert_msg(outcome.status == 0, "%s", outcome.err);
	ck_assert_msg(strstr(outcome.out, text) != NULL, "no '%s' in: %s", text, outcome.out);
	outcome_clear(&outcome);
}

static void define_on(const char *home, const char *name, const char *path, const char *format)
{
	_cleanup_free_ char *disk =
		strf("<disk type='file' device='disk'><driver name='qemu' type='%s'/><source file='%s'/>"
		     "<target dev='vda' bus='virtio'/></disk>",
		     format, path);
	_cleanup_free_ char *document = bare_machine(home, name, NULL, disk);

	OK("define", document);
}

static void end_machine(const char *home, const char *name)
{
	OK("destroy", name);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
}

/* ---- in use ---- */

START_TEST(in_use)
{
	char *home = home_new();
	_cleanup_free_ char *base = in_home(home, "base.qcow2"), *over = in_home(home, "over.qcow2"),
			    *copy = in_home(home, "copy.raw");

	OK("image-create", "-f", "qcow2", base, "8M");
	OK("image-create", "-f", "qcow2", "-b", base, "-F", "qcow2", over);
	define_on(home, "web1", over, "qcow2");
	OK("start", "web1");
	/* written by nobody else */
	expect_error(virtty("image-resize", over, "9M", NULL), 1, "in use by machine 'web1'", "blockresize", NULL);
	expect_error(virtty("image-rebase", "--none", over, NULL), 1, "in use by machine 'web1'", NULL);
	expect_error(virtty("image-commit", over, NULL), 1, "in use by machine 'web1'", NULL);
	expect_error(virtty("image-check", "--repair", "all", over, NULL), 1, "in use by machine 'web1'", NULL);
	expect_error(virtty("image-convert", "-O", "raw", over, copy, NULL), 1, "in use by machine 'web1'", NULL);
	expect_error(virtty("image-compare", over, base, NULL), 1, "in use by machine 'web1'", NULL);
	/* nor what it reads through */
	expect_error(virtty("image-resize", base, "9M", NULL), 1, "'web1' (through", NULL);
	expect_error(virtty("image-check", "--repair", "leaks", base, NULL), 1, "'web1' (through", NULL);
	/* looks do no harm */
	expect_text(virtty("image-info", over, NULL), "machine 'web1'");
	expect_text(virtty("image-info", base, NULL), "machine 'web1' (through");
	OK("image-map", over);
	OK("image-measure", over);
	OK("image-convert", "-O", "raw", base, copy);
	end_machine(home, "web1");
	OK("image-resize", over, "9M");
	OK("image-commit", over);
	home_end(home);
}
END_TEST

/* ---- stood on ---- */

START_TEST(stood_on)
{
	char *home = home_new();
	_cleanup_free_ char *base = in_home(home, "images/base.qcow2"), *between = in_home(home, "between.qcow2"),
			    *link = in_home(home, "link.qcow2"), *over = in_home(home, "images/over.qcow2"),
			    *deleted = NULL;

	OK("vol-create-as", "default", "base.qcow2", "8M", "--format", "qcow2");
	/* through an image that lies in no pool, under relative names */
	RUN("qemu-img", "create", "-q", "-f", "qcow2", "-b", "images/base.qcow2", "-F", "qcow2", between);
	RUN("qemu-img", "create", "-q", "-f", "qcow2", "-b", "../between.qcow2", "-F", "qcow2", over);
	define_on(home, "web1", base, "qcow2");
	expect_error(virtty("undefine", "web1", "--remove-all-storage", NULL), 1, "volume 'default/over.qcow2'", NULL);
	expect_error(virtty("vol-delete", "base.qcow2", "--pool", "default", NULL), 1, "machine 'web1'",
		     "volume 'default/over.qcow2'", NULL);
	expect_text(virtty("image-info", "default/base.qcow2", NULL), "volume 'default/over.qcow2'");
	OK("undefine", "web1");
	/* a machine by another name of the file, and one whose document alone says on what it stands */
	OK("vol-delete", "over.qcow2", "--pool", "default");
	ck_assert_int_eq(symlink(between, link), 0);
	define_on(home, "web2", link, "qcow2");
	expect_error(virtty("vol-delete", "base.qcow2", "--pool", "default", NULL), 1, "machine 'web2' (through", NULL);
	OK("undefine", "web2");
	_cleanup_free_ char *disk =
		strf("<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
		     "<source file='%s/gone.qcow2'/><backingStore type='file'><format type='qcow2'/>"
		     "<source file='%s'/><backingStore/></backingStore><target dev='vda'/></disk>",
		     home, base);
	_cleanup_free_ char *document = bare_machine(home, "web3", NULL, disk);

	OK("define", document);
	expect_error(virtty("vol-delete", "base.qcow2", "--pool", "default", NULL), 1, "machine 'web3'", NULL);
	OK("undefine", "web3");
	/* what goes together needs nobody's leave */
	OK("image-create", "-f", "qcow2", "-b", base, "default/over.qcow2");
	define_on(home, "web4", over, "qcow2");
	OK("undefine", "web4", "--remove-all-storage");
	ck_assert(path_exists(base) && !path_exists(over));
	expect_ok(virtty("vol-list", "default", NULL), &deleted);
	OK("vol-delete", "base.qcow2", "--pool", "default");
	home_end(home);
}
END_TEST

/* ---- hostile ---- */

static void patch(const char *path, off_t at, const void *bytes, size_t length)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);

	ck_assert_int_eq(pwrite(fd, bytes, length, at), (ssize_t)length);
}

/* Takes the extension with the backing file's format out of a head, as old programs left it out. */
static void forget_backing_format(const char *path)
{
	static const unsigned char mark[] = { 0xe2, 0x79, 0x2a, 0xca };
	unsigned char head[1024];
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	ck_assert_int_eq(read(fd, head, sizeof head), (ssize_t)sizeof head);
	const unsigned char *at = memmem(head, sizeof head, mark, sizeof mark);

	ck_assert_ptr_nonnull(at);
	patch(path, at - head, "\x12\x34\x56\x78", 4);
}

START_TEST(hostile_images)
{
	char *home = home_new();
	_cleanup_free_ char *shadow = in_home(home, "shadow"), *image = in_home(home, "image.qcow2"),
			    *copy = in_home(home, "copy"), *circle = in_home(home, "circle.qcow2"),
			    *data = in_home(home, "data.qcow2"), *raw = in_home(home, "guest.raw"),
			    *vmdk = in_home(home, "a.vmdk");
	_cleanup_free_ char *data_option = strf("data_file=%s", shadow), *extent = NULL, *info = NULL;

	ck_assert(file_write(shadow, "secret of the host", 18, 0600, NULL));
	RUN("truncate", "-s", "1M", shadow);
	/* its format is not stated */
	RUN("qemu-img", "create", "-q", "-f", "qcow2", "-b", shadow, "-F", "raw", image);
	forget_backing_format(image);
	expect_error(virtty("image-convert", "-O", "raw", image, copy, NULL), 1, "does not state the format",
		     "image-rebase --unsafe", NULL);
	expect_error(virtty("image-map", image, NULL), 1, "does not state the format", NULL);
	expect_error(virtty("image-compare", image, image, NULL), 1, "does not state the format", NULL);
	expect_error(virtty("image-commit", image, NULL), 1, "does not state the format", NULL);
	expect_error(virtty("image-rebase", "--none", image, NULL), 1, "does not state the format", NULL);
	expect_text(virtty("image-info", image, NULL), "does not state the format");
	/* what is no path */
	RUN("qemu-img", "rebase", "-q", "-u", "-f", "qcow2", "-F", "raw", "-b", "json:{\"driver\":\"null-co\"}", image);
	expect_error(virtty("image-convert", "-O", "raw", image, copy, NULL), 1, "not a plain path", NULL);
	/* itself */
	RUN("qemu-img", "create", "-q", "-f", "qcow2", circle, "1M");
	RUN("qemu-img", "rebase", "-q", "-u", "-f", "qcow2", "-F", "qcow2", "-b", "./circle.qcow2", circle);
	expect_error(virtty("image-convert", "-O", "raw", circle, copy, NULL), 1, "stands on itself", NULL);
	expect_text(virtty("image-info", circle, NULL), "stands on itself");
	/* its data in another file, and a VMDK whose extent is one of the host's */
	RUN("qemu-img", "create", "-q", "-f", "qcow2", "-o", data_option, data, "1M");
	expect_error(virtty("image-convert", "-O", "raw", data, copy, NULL), 1, "in another file", NULL);
	expect_text(virtty("image-info", data, NULL), "in another file");
	extent = strf(
		"# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\ncreateType=\"monolithicFlat\"\n"
		"RW 2048 FLAT \"%s\" 0\n",
		shadow);
	ck_assert(file_write(vmdk, extent, strlen(extent), 0600, NULL));
	expect_error(virtty("image-convert", "-O", "raw", vmdk, copy, NULL), 1, "a.vmdk", NULL);
	/* a guest wrote a head into its raw disk: a machine has it as raw, and raw it is */
	RUN("qemu-img", "create", "-q", "-f", "qcow2", "-b", shadow, "-F", "raw", raw);
	define_on(home, "guest", raw, "raw");
	expect_ok(virtty("image-info", raw, NULL), &info);
	ck_assert_ptr_nonnull(strstr(info, "raw"));
	ck_assert_ptr_null(strstr(info, "shadow"));
	OK("image-convert", "-O", "raw", raw, copy);
	/* to qemu-img a disk has whole sectors */
	RUN("cmp", "-n", "196608", raw, copy);
	/* and so it is for who installs on it, whether a machine or its volume says so */
	_cleanup_free_ char *volume = in_home(home, "images/guest.img"), *xml = NULL, *option = strf("path=%s", volume);

	OK("undefine", "guest");
	OK("vol-create-as", "default", "guest.img", "1M");
	RUN("cp", raw, volume);
	expect_ok(virtty("install", "--import", "--disk", option, "--print-xml", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, "<driver name='qemu' type='raw'/>"));
	/* tables past the end */
	patch(circle, 40, "\x7f\xff\xff\xff\xff\xff\x00\x00", 8);
	expect_error(virtty("image-info", circle, NULL), 1, "broken qcow2 image", NULL);
	expect_error(virtty("image-check", circle, NULL), 1, "broken qcow2 image", NULL);
	home_end(home);
}
END_TEST

START_TEST(hostile_names)
{
	static const char *const names[] = { "a,b.qcow2",   "with blank.qcow2", "quote'\".qcow2", "line\nend.qcow2",
					     "nbd:1.qcow2", "file=x,y=.qcow2",	"-f.qcow2",	  "\x1b[31m.qcow2",
					     "json:{}",	    "$(id).qcow2" };
	char *home = home_new();
	_cleanup_free_ char *target = in_home(home, "target");

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		_cleanup_free_ char *path = in_home(home, names[i]), *over = strf("%s/over%zu", home, i);

		OK("image-create", "-f", "qcow2", path, "1M");
		OK("image-check", path);
		/* what no head can name is not written into one */
		if (strpbrk(names[i], "\n\x1b") != NULL) {
			expect_error(virtty("image-create", "-f", "qcow2", "-b", path, "-F", "qcow2", over, NULL), 1,
				     "control characters", NULL);
			continue;
		}
		OK("image-create", "-f", "qcow2", "-b", path, "-F", "qcow2", over);
		OK("image-resize", path, "2M");
		OK("image-map", over);
		OK("image-rebase", "--none", over);
		OK("image-rebase", "-b", path, "-F", "qcow2", over);
		OK("image-compare", path, over);
		OK("image-convert", "-O", "raw", over, target);
		(void)unlink(target);
		struct outcome info = virtty("image-info", path, NULL);

		ck_assert_msg(info.status == 0 && strchr(info.out, '\x1b') == NULL, "%s", info.err);
		outcome_clear(&info);
	}
	expect_error(virtty("image-info", "nowhere/none", NULL), 1, "there is no image", NULL);
	expect_error(virtty("image-info", home, NULL), 1, "is a directory", NULL);
	expect_error(virtty("image-info", "/dev/null", NULL), 1, "neither a file nor a block device", NULL);
	expect_error(virtty("image-info", "default/none", NULL), 1, "has no volume 'none'", NULL);
	home_end(home);
}
END_TEST

/* ---- machines on images ---- */

START_TEST(installed)
{
	char *home = home_new();
	_cleanup_free_ char *base = in_home(home, "images/base.qcow2"), *place = in_home(home, "fast"),
			    *volume = in_home(home, "fast/web1.qcow2"), *lost = in_home(home, "fast/lost"), *xml = NULL,
			    *option = NULL, *list = NULL;
	struct stat st;

	OK("pool-define-as", "fast", "dir", "--target", place);
	OK("pool-build", "fast");
	OK("pool-start", "fast");
	OK("vol-create-as", "default", "base.qcow2", "8M", "--format", "qcow2");
	option = strf("backing=%s,pool=fast", base);
	OK("install", "--name", "web1", "--import", "--noautoconsole", "--disk", option, "--disk",
	   "vol=fast/data,size=4M,format=raw,sparse=no", "--network", "none");
	expect_text(virtty("image-info", "fast/web1.qcow2", NULL), base);
	ck_assert(path_exists(volume));
	expect_ok(virtty("dumpxml", "web1", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, volume));
	_cleanup_free_ char *data = in_home(home, "fast/data");

	ck_assert(stat(data, &st) == 0 && st.st_size == 4 << 20 && st.st_blocks * 512 >= 4 << 20);
	end_machine(home, "web1");
	OK("undefine", "web1", "--remove-all-storage");
	expect_ok(virtty("vol-list", "fast", NULL), &list);
	ck_assert_ptr_null(strstr(list, "web1.qcow2"));
	ck_assert_ptr_null(strstr(list, "data"));
	/* one that is there; not what others stand on */
	OK("image-create", "-f", "qcow2", "-b", base, "default/over.qcow2");
	expect_error(virtty("install", "--import", "--disk", "vol=default/base.qcow2", NULL), 1,
		     "the backing file of volume 'default/over.qcow2'", NULL);
	OK("vol-delete", "over.qcow2", "--pool", "default");
	OK("install", "--name", "web2", "--import", "--noautoconsole", "--disk", "vol=default/base.qcow2", "--network",
	   "none");
	end_machine(home, "web2");
	OK("undefine", "web2");
	/* an overlay that would cut off the end of what is below: no machine is made with it, a volume is what was asked for */
	free(option);
	option = strf("size=4M,backing=%s,pool=fast", base);
	expect_error(virtty("install", "--import", "--disk", option, NULL), 1, "is smaller than its backing file", "has 8 MiB", NULL);
	struct outcome small = virtty("vol-create-as", "default", "small.qcow2", "4M", "--format", "qcow2", "--backing-vol", "base.qcow2",
				      "--backing-vol-format", "qcow2", NULL);

	ck_assert_msg(small.status == 0 && strstr(small.err, "warning: volume 'small.qcow2' has 4.00 MiB") != NULL, "%s", small.err);
	outcome_clear(&small);
	OK("vol-delete", "small.qcow2", "--pool", "default");
	/* what cannot be had */
	expect_error(virtty("install", "--import", "--disk", "vol=fast/none", NULL), 1, "has no volume 'none'", NULL);
	expect_error(virtty("install", "--import", "--disk", "pool=none,size=1", NULL), 1, "no pool is named 'none'",
		     NULL);
	expect_error(virtty("install", "--import", "--disk", "pool=fast,size=900000,sparse=no", NULL), 1, "no room for",
		     NULL);
	expect_error(virtty("install", "--import", "--disk", "pool=fast,size=1,format=vdi,sparse=no", NULL), 1,
		     "sparse=no", NULL);
	expect_error(virtty("install", "--import", "--disk", "vol=fast", NULL), 2, "POOL/VOLUME", NULL);
	/* one that does not start takes its volumes along */
	ck_assert(file_write(lost, "no kernel", 9, 0600, NULL));
	free(option);
	option = strf("kernel=%s", lost);
	expect_error(virtty("install", "--name", "web3", "--disk", "pool=fast,size=4M", "--disk", "size=4M", "--boot",
			    option, "--network", "none", NULL),
		     1, "web3", NULL);
	free(list);
	expect_ok(virtty("vol-list", "fast", NULL), &list);
	ck_assert_ptr_null(strstr(list, "web3"));
	expect_error(virtty("dominfo", "web3", NULL), 1, "web3", NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* A file system that an image could fill: in a mount namespace of this test's own. */
START_TEST(a_small_file_system)
{
	char *home = home_new();
	_cleanup_free_ char *small = in_home(home, "small"), *thin = in_home(home, "small/thin.qcow2"),
			    *raw = in_home(home, "large.raw"), *copy = in_home(home, "small/copy.raw"),
			    *over = in_home(home, "small/over.qcow2");

	ck_assert_int_eq(mkdir(small, 0700), 0);
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", small, "tmpfs", 0, "size=8m") < 0) {
		skip_test("no file system can be mounted here: %s", strerror(errno));
		home_end(home);
		return;
	}
	RUN("truncate", "-s", "16M", raw);
	RUN("qemu-io", "-f", "raw", "-c", "write -P 1 0 12M", raw);
	expect_error(virtty("image-convert", "-f", "raw", "-O", "raw", raw, copy, NULL), 1, "no room for", "lack",
		     NULL);
	OK("image-create", "-f", "qcow2", "-b", raw, "-F", "raw", over);
	expect_error(virtty("image-rebase", "--none", over, NULL), 1, "no room for", NULL);
	ck_assert(!path_exists(copy));
	/* what is compressed is not known beforehand: then it ends, and nothing is left */
	_cleanup_free_ char *random = strf("of=%s", raw);

	RUN("dd", "if=/dev/urandom", random, "bs=1M", "count=12", "conv=notrunc", "status=none");
	expect_error(virtty("image-convert", "-c", "-f", "raw", "-O", "qcow2", raw, copy, NULL), 1, "No space left",
		     NULL);
	ck_assert(!path_exists(copy));
	struct outcome left = run_program((const char *[]){ "/usr/bin/env", "find", small, "-name", ".virtty*", NULL });

	ck_assert_str_eq(left.out, "");
	outcome_clear(&left);
	/* a machine starts all the same: a guest that finds no room is paused */
	OK("image-create", "-f", "qcow2", thin, "1G");
	define_on(home, "web1", thin, "qcow2");
	struct outcome started = virtty("start", "web1", NULL);

	ck_assert_int_eq(started.status, 0);
	ck_assert_msg(strstr(started.err, "may grow by 102") != NULL, "%s", started.err);
	outcome_clear(&started);
	end_machine(home, "web1");
	(void)umount2(small, MNT_DETACH);
	home_end(home);
}
END_TEST

/* ---- beside qemu-img, as they stand ---- */

START_TEST(lines_as_they_stand)
{
	char *home = home_new();
	_cleanup_free_ char *d = in_home(home, "D"), *raw = in_home(home, "test.raw"),
			    *made = in_home(home, "test.qcow2"), *volume = in_home(home, "images/test.qcow2");

	/* qemu-img create -f qcow2 D 10G, then define and start with D */
	RUN("qemu-img", "create", "-f", "qcow2", d, "10G");
	define_on(home, "d", d, "qcow2");
	OK("start", "d");
	wait_state("d", "running", SOON_MS);
	end_machine(home, "d");
	/* qemu-img convert -f raw -O qcow2 test.raw test.qcow2 */
	RUN("truncate", "-s", "4M", raw);
	RUN("qemu-io", "-f", "raw", "-c", "write -P 0x42 1M 1M", raw);
	OK("image-convert", "-f", "raw", "-O", "qcow2", raw, made);
	RUN("qemu-img", "compare", "-f", "raw", "-F", "qcow2", raw, made);
	OK("vol-create-as", "default", "test.raw", "4M");
	OK("vol-upload", "test.raw", raw, "--pool", "default");
	expect_ok(virtty_input("<volume><name>test.qcow2</name><capacity unit='M'>5</capacity><target><format "
			       "type='qcow2'/></target></volume>",
			       "vol-create-from", "default", "-", "test.raw", NULL),
		  NULL);
	RUN("qemu-img", "compare", "-f", "raw", "-F", "qcow2", raw, volume);
	/* as large as it was asked to be */
	expect_text(virtty("vol-info", "test.qcow2", "--pool", "default", NULL), "5.00 MiB");
	home_end(home);
}
END_TEST

/* cp old.qcow2 new.qcow2, and libvirt's document with its path changed. */
START_TEST(a_copied_image)
{
	char *home = home_new();
	_cleanup_free_ char *old = in_home(home, "old.qcow2"), *new = in_home(home, "new.qcow2"),
			    *source = strf("<source file='%s'/>", new), *xml = NULL;
	const char *path_changed[] = { "<source file='/var/new_centos7.2.qcow2'/>", source, NULL };
	/* and what this host cannot give to it */
	const char *here[] = { "<source file='/var/new_centos7.2.qcow2'/>",
			       source,
			       "type='kvm'",
			       "type='qemu'",
			       "<memory>16097152",
			       "<memory>131072",
			       "<currentMemory>16097152",
			       "<currentMemory>131072",
			       "<interface type=\"bridge\">",
			       "<interface type=\"user\">",
			       "<source bridge=\"br0\"/>",
			       "",
			       "0.0.0.0",
			       "127.0.0.1",
			       NULL };
	_cleanup_free_ char *text = example_text("domain-minimal.xml", path_changed),
			    *changed = example_text("domain-minimal.xml", here);

	if (text == NULL) {
		skip_test("no folder of example documents (VIRTTY_TEST_EXAMPLES)");
		return free(home);
	}
	RUN("qemu-img", "create", "-q", "-f", "qcow2", old, "16M");
	RUN("cp", old, new);
	expect_ok(virtty_input(text, "define", "-", NULL), NULL);
	expect_ok(virtty("dumpxml", "new_centos7.2", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, source));
	OK("undefine", "new_centos7.2");
	expect_ok(virtty_input(changed, "define", "-", NULL), NULL);
	OK("start", "new_centos7.2");
	expect_error(virtty("image-resize", new, "20M", NULL), 1, "in use by machine 'new_centos7.2'", NULL);
	OK("image-resize", old, "20M");
	end_machine(home, "new_centos7.2");
	home_end(home);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("use of images");
	TCase *t = tcase_create("use of images");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, in_use);
	tcase_add_test(t, stood_on);
	tcase_add_test(t, hostile_images);
	tcase_add_test(t, hostile_names);
	tcase_add_test(t, installed);
	tcase_add_test(t, a_small_file_system);
	tcase_add_test(t, lines_as_they_stand);
	tcase_add_test(t, a_copied_image);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return suite_main(suite());
}
