/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools and volumes by command, with real images: every byte is where it belongs after each operation, and what is
 * used is not taken away. What goes wrong is in test_storage_faults.c and test_storage_jobs.c. */
#include "base/file.h"
#include "base/memory.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/volumes.h"

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

/* Whoever makes it, the command itself or a job. */
START_TEST(owners_and_modes)
{
	static const struct {
		const char *name, *what, *from;
	} made[] = {
		{ "raw.img", "<target>%s</target>", NULL },
		{ "a.qcow2", "<target><format type='qcow2'/>%s</target>", NULL },
		{ "full.qcow2", "<allocation unit='MiB'>1</allocation><target><format type='qcow2'/>%s</target>", NULL },
		{ "clone.img", "<target>%s</target>", "raw.img" },
		{ "as.qcow2", "<target><format type='qcow2'/>%s</target>", "raw.img" },
	};
	static const char permissions[] = "<permissions><mode>0640</mode><owner>-1</owner></permissions>";
	char *home = home_new();

	for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
		const char *at = strstr(made[i].what, "%s");
		_cleanup_free_ char *path = image_path(home, made[i].name);
		_cleanup_free_ char *document = strf("<volume><name>%s</name><capacity unit='MiB'>1</capacity>%.*s%s%s</volume>",
						     made[i].name, (int)(at - made[i].what), made[i].what, permissions, at + 2);
		struct stat st;

		expect_ok(made[i].from == NULL ? virtty_input(document, "vol-create", "default", "-", NULL)
					       : virtty_input(document, "vol-create-from", "default", "-", made[i].from, NULL),
			  NULL);
		ck_assert_int_eq(stat(path, &st), 0);
		ck_assert_msg((st.st_mode & 07777) == 0640, "%s: %o", made[i].name, (unsigned)st.st_mode);
	}
	home_end(home);
}
END_TEST

/* Words without their options' names, in virsh's order; '-' where a type has no use for a word. */
START_TEST(words_in_virsh_order)
{
	char *home = home_new();
	_cleanup_free_ char *target = strf("%s/guests", home), *file = strf("%s/file", home), *text = NULL;
	_cleanup_free_ char *xml = NULL, *info = NULL;

	OK("pool-define-as", "guests", "dir", "-", "-", "-", "-", target);
	OK("pool-build", "guests");
	OK("pool-start", "guests");
	expect_ok(virtty("pool-dumpxml", "guests", "--inactive", NULL), &xml);
	ck_assert_ptr_null(strstr(xml, "<source>"));
	ck_assert_ptr_nonnull(strstr(xml, target));
	OK("vol-create-as", "guests", "a", "10M", "0", "qcow2");
	OK("vol-create-as", "guests", "over", "10M", "0", "qcow2", "a", "qcow2");
	OK("vol-resize", "a", "20M", "guests");
	OK("vol-delete", "over", "guests");
	OK("vol-resize", "a", "-4M", "guests", "--shrink");
	expect_error(virtty("vol-resize", "a", "+4M", "guests", NULL), 2, "'+4M' is not a size", "--delta", NULL);
	expect_ok(virtty("vol-info", "a", "guests", "--bytes", NULL), &info);
	ck_assert_msg(strstr(info, "Capacity:       16777216 bytes\n") != NULL, "%s", info);
	OK("vol-clone", "a", "b", "guests");
	expect_error(virtty("vol-info", "b", NULL), 1, "no volume has the key or path 'b'", "--pool", NULL);
	OK("vol-download", "b", file, "guests", "0", "4");
	ck_assert(file_read(file, 100, &text, NULL, NULL));
	ck_assert_str_eq(text, "QFI\xfb");
	expect_error(virtty("vol-download", "b", file, "guests", "99999999", NULL), 1, "from byte 99999999", NULL);
	expect_tidy_directory(target);
	home_end(home);
}
END_TEST

/* What is read into a pipe is what was written, and nothing behind it. */
START_TEST(pipes_hold_nothing_else)
{
	static const char words[] = "no line ends here";
	char *home = home_new();
	struct outcome outcome;

	OK("vol-create-as", "default", "raw.img", "17");
	expect_ok(virtty_input(words, "vol-upload", "raw.img", "-", "--pool", "default", NULL), NULL);
	outcome = virtty("vol-download", "raw.img", "-", "--pool", "default", NULL);
	ck_assert_str_eq(outcome.out, words);
	expect_ok(outcome, NULL);
	expect_ok(virtty_input("<secret><usage type='volume'><volume>v</volume></usage></secret>", "secret-define", "-", NULL),
		  NULL);
	expect_ok(virtty_input(words, "secret-set-value", "volume v", "--file", "-", NULL), NULL);
	outcome = virtty("secret-get-value", "volume v", "--plain", NULL);
	ck_assert_str_eq(outcome.out, words);
	expect_ok(outcome, NULL);
	home_end(home);
}
END_TEST

/* Tables that are written first; sizes that come from what is copied or lain on. */
START_TEST(made_as_asked)
{
	char *home = home_new();
	_cleanup_free_ char *raw = patterned_volume(home, "raw.img", 16), *whole = image_path(home, "whole.qcow2");
	_cleanup_free_ char *clone = image_path(home, "clone.qcow2"), *copy = image_path(home, "copy.qcow2"), *info = NULL;
	_cleanup_free_ char *target = strf("%s/other", home), *other = strf("%s/other/copy.qcow2", home);
	_cleanup_free_ char *over = strf("<volume><name>over</name><backingStore><path>%s</path><format type='raw'/>"
					 "</backingStore></volume>", raw);
	static const char sizeless[] = "<volume><name>copy.qcow2</name><target><format type='qcow2'/></target></volume>";

	OK("vol-create-as", "default", "whole.qcow2", "16M", "--format", "qcow2", "--prealloc-metadata");
	RUN("/bin/sh", "-c", "qemu-img map --output=json \"$0\" | grep -q '\"offset\"'", whole);
	OK("vol-clone", "whole.qcow2", "clone.qcow2", "default", "--prealloc-metadata");
	RUN("/bin/sh", "-c", "qemu-img map --output=json \"$0\" | grep -q '\"offset\"'", clone);
	expect_error(virtty("vol-create-as", "default", "r", "1M", "--prealloc-metadata", NULL), 1, "only volumes of format qcow2",
		     NULL);
	expect_error(virtty("vol-create-as", "default", "o", "1M", "--format", "qcow2", "--backing-vol", "whole.qcow2",
			    "--backing-vol-format", "qcow2", "--prealloc-metadata", NULL),
		     1, "lies on another", NULL);
	/* from another pool, by its path */
	OK("pool-create-as", "other", "dir", "--target", target, "--build");
	expect_ok(virtty_input(sizeless, "vol-create-from", "other", "-", raw, NULL), NULL);
	expect_same(raw, "raw", other, "qcow2");
	expect_ok(virtty_input(over, "vol-create", "default", "-", NULL), NULL);
	expect_ok(virtty("vol-info", "over", "--pool", "default", "--bytes", NULL), &info);
	ck_assert_ptr_nonnull(strstr(info, " 16777216 bytes\n"));
	expect_error(virtty_input(sizeless, "vol-create", "default", "-", NULL), 1, "<capacity> is missing", NULL);
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

START_TEST(secrets)
{
	char *home = home_new();
	_cleanup_free_ char *list = NULL, *path = image_path(home, "luks.qcow2"), *xml = NULL;
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
	/* called as an image that is there: of that a machine or a person reads with it alone */
	_cleanup_free_ char *named = strf("<secret><usage type='volume'><volume>%s</volume></usage></secret>", path),
			    *key = strf("volume %s", path), *copy = strf("%s/copy.raw", home);

	expect_ok(virtty_input(named, "secret-define", "-", NULL), NULL);
	free(xml);
	expect_ok(virtty("vol-dumpxml", "luks.qcow2", "--pool", "default", NULL), &xml);
	ck_assert_msg(strstr(xml, "<secret type='passphrase' uuid='") != NULL, "%s", xml);
	expect_ok(virtty_input("wrong", "secret-set-value", key, "--file", "-", NULL), NULL);
	expect_error(virtty_input("", "secret-set-value", key, "--file", "-", NULL), 1, "the value is empty", NULL);
	expect_error(virtty("image-convert", "-O", "raw", path, copy, NULL), 1, path, "the passphrase is wrong (secret 'volume ",
		     NULL);
	expect_error(virtty("image-map", path, NULL), 1, path, "the passphrase is wrong (secret 'volume ", NULL);
	expect_error(virtty("secret-undefine", key, NULL), 1, "is used by image '", path, "--force", NULL);
	OK("secret-undefine", key, "--force");
	home_end(home);
}
END_TEST

/* A VNC password that no document holds. */
START_TEST(screens_have_secrets)
{
	static const char secret[] = "<secret private='yes'><usage type='vnc'><name>vm</name></usage></secret>";
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "vm", NULL, "<graphics type='vnc'/>"), *open_server = NULL,
			    *closed_server = NULL, *xml = NULL;

	define_start(home, "vm", document);
	expect_ok(virtty("qemu-monitor-command", "vm", "{\"execute\": \"query-vnc\"}", NULL), &open_server);
	ck_assert_msg(strstr(open_server, "\"auth\": \"none\"") != NULL, "%s", open_server);
	OK("destroy", "vm");
	expect_ok(virtty_input(secret, "secret-define", "-", NULL), NULL);
	expect_error(virtty("start", "vm", NULL), 1, "has no value", NULL);
	expect_ok(virtty_input("much too long\n", "secret-set-value", "vnc vm", "--file", "-", NULL), NULL);
	expect_error(virtty("start", "vm", NULL), 1, "VNC has room for 8", NULL);
	expect_ok(virtty_input("pa:ss\n", "secret-set-value", "vnc vm", "--file", "-", NULL), NULL);
	OK("start", "vm");
	expect_ok(virtty("qemu-monitor-command", "vm", "{\"execute\": \"query-vnc\"}", NULL), &closed_server);
	ck_assert_msg(strstr(closed_server, "\"auth\": \"vnc\"") != NULL, "%s", closed_server);
	expect_ok(virtty("dumpxml", "vm", "--security-info", NULL), &xml);
	ck_assert_ptr_null(strstr(xml, "pa:ss"));
	OK("destroy", "vm");
	expect_error(virtty("secret-undefine", "vnc vm", NULL), 1, "is used by machine 'vm'", "--force", NULL);
	home_end(home);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("storage");
	TCase *t = tcase_create("storage");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, every_byte);
	tcase_add_test(t, owners_and_modes);
	tcase_add_test(t, words_in_virsh_order);
	tcase_add_test(t, pipes_hold_nothing_else);
	tcase_add_test(t, made_as_asked);
	tcase_add_test(t, what_is_used_stays);
	tcase_add_test(t, a_mounted_pool);
	tcase_add_test(t, secrets);
	tcase_add_test(t, screens_have_secrets);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return suite_main(suite());
}
