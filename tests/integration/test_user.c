/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A user without privileges: an account made for this test runs a machine of its own in its session, and is told what it may not. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "tests/harness/account.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *directory; /* owned */

static bool prepare_user(void)
{
	directory = home_new();
	if (account_begin(directory))
		return true;
	free(directory);
	return false;
}

struct ready_wait {
	const char *log;
};

static bool log_has_ready(void *data)
{
	struct ready_wait *wait = data;
	_cleanup_free_ char *text = NULL;

	return file_read(wait->log, 1 << 20, &text, NULL, NULL) && strstr(text, "READY") != NULL;
}

START_TEST(session_of_a_user)
{
	if (!prepare_user())
		return;
	_cleanup_free_ char *vmlinux = guest_file("vmlinux"), *initrd = guest_file("initrd.img");

	if (vmlinux == NULL || initrd == NULL)
		return free(directory);
	_cleanup_free_ char *kernel = account_give(vmlinux, "vmlinux", 0644), *ramdisk = account_give(initrd, "initrd.img", 0644);
	_cleanup_free_ char *log = strf("%s/home/console.log", directory);
	_cleanup_free_ char *text = strf(
		"<domain type='qemu'><name>mine</name><memory unit='MiB'>192</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='q35'>hvm</type>"
		"<kernel>%s</kernel><initrd>%s</initrd><cmdline>console=ttyS0 quiet</cmdline></os><features><acpi/></features><devices>"
		"<serial type='file'><source path='%s'/></serial><interface type='user'><model type='virtio'/></interface>"
		"<graphics type='vnc'/></devices></domain>",
		kernel, ramdisk, log);
	_cleanup_free_ char *document = strf("%s/mine.xml", directory), *state = strf("%s/home/.local/state/virtty/state.db", directory);
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert(file_write(document, text, strlen(text), 0644, &err));
	expect_ok(as_user("define", document, NULL), NULL);
	ck_assert_msg(path_exists(state), "no %s", state);
	expect_ok(as_user("start", "mine", NULL), NULL);
	struct ready_wait wait = { .log = log };

	ck_assert_msg(wait_for(log_has_ready, &wait, BOOT_MS), "the guest did not boot");
	struct stat st;
	_cleanup_free_ char *qemu = strf("/proc/%d", (int)home_process(directory, "qemu-system"));

	ck_assert_int_eq(stat(qemu, &st), 0);
	ck_assert_uint_eq(st.st_uid, account_uid());
	expect_ok(as_user("shutdown", "--timeout", "60", "mine", NULL), NULL);
	expect_ok(as_user("undefine", "mine", NULL), NULL);
	wait_processes(directory, "virtty-keeper", 0, SOON_MS);
	home_end(directory);
}
END_TEST

START_TEST(what_a_user_may_not)
{
	if (!prepare_user())
		return;
	_cleanup_free_ char *disk = strf("%s/secret.img", directory), *document = strf("%s/mine.xml", directory);
	_cleanup_free_ char *text = strf("<domain type='qemu'><name>mine</name><memory unit='MiB'>32</memory><vcpu>1</vcpu><os><type arch='x86_64' "
					 "machine='q35'>hvm</type></os><devices><disk type='file' device='disk'><driver name='qemu' type='raw'/>"
					 "<source file='%s'/><target dev='vda' bus='virtio'/></disk></devices></domain>",
					 disk);
	_cleanup_error_ struct error err = ERROR_INIT;

	/* a disk of somebody else's */
	ck_assert(file_write(disk, "secret", 6, 0600, &err));
	ck_assert(file_write(document, text, strlen(text), 0644, &err));
	expect_ok(as_user("define", document, NULL), NULL);
	expect_error(as_user("start", "mine", NULL), 1, "'mine'", disk, "ermission", NULL);
	wait_processes(directory, "virtty-keeper", 0, SOON_MS);
	/* a document of somebody else's */
	ck_assert_int_eq(chmod(document, 0600), 0);
	expect_error(as_user("define", document, NULL), 1, "mine.xml", "ermission", NULL);
	/* an ISO of somebody else's */
	expect_error(as_user("install", "--name", "i", "--memory", "64", "--cdrom", disk, "--disk", "none", "--noautoconsole", NULL), 1, disk, NULL);
	/* a home that is not its own */
	_cleanup_free_ char *home = strf("%s/home", directory);

	ck_assert_int_eq(chown(home, 0, 0), 0);
	expect_error(as_user("list", "--all", NULL), 1, home, "ermission", NULL);
	home_end(directory);
}
END_TEST

static Suite *user_suite(void)
{
	Suite *suite = suite_create("user");
	TCase *tcase = tcase_create("user");

	tcase_set_timeout(tcase, 240);
	tcase_add_unchecked_fixture(tcase, account_make, account_remove);
	tcase_add_test(tcase, session_of_a_user);
	tcase_add_test(tcase, what_a_user_may_not);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return suite_main(user_suite());
}
