/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A user without privileges: an account made for this test runs a machine of its own in its session, and is told what it may not. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *account;   /* owned; NULL: none could be made */
static char *directory; /* owned: its home, and copies of what it runs */
static uid_t uid;
static gid_t gid;

static bool quiet(const char *const *argv)
{
	_cleanup_free_ char *program = process_find(argv[0]);
	_cleanup_strv_ char **words = strv_copy((char *const *)argv);
	_cleanup_error_ struct error err = ERROR_INIT;

	if (program == NULL)
		return false;
	free(words[0]);
	words[0] = TAKE_POINTER(program);
	return process_run_ok(words, 60000, NULL, &err);
}

/* Before and after the test, in the process that outlives it. */
static void make_account(void)
{
	_cleanup_free_ char *name = strf("vtt%d", (int)getpid());

	if (geteuid() != 0)
		return;
	if (!quiet((const char *const[]){ "useradd", "--system", "--no-create-home", "--user-group", "--shell", "/bin/sh", name, NULL }))
		return;
	const struct passwd *entry = getpwnam(name);

	if (entry == NULL)
		return;
	uid = entry->pw_uid;
	gid = entry->pw_gid;
	account = TAKE_POINTER(name);
}

static void remove_account(void)
{
	if (account != NULL)
		quiet((const char *const[]){ "userdel", account, NULL });
	cleanup_free(&account);
}

/* Copies a file where the account may read it. Owned path. */
static char *give(const char *from, const char *name, mode_t mode)
{
	char *to = strf("%s/%s", directory, name);

	ck_assert_msg(quiet((const char *const[]){ "cp", from, to, NULL }), "cannot copy %s", from);
	ck_assert_int_eq(chmod(to, mode), 0);
	return to;
}

/* `virtty ARGS` as the account, with an environment as after a login. */
static struct outcome as_user(const char *first, ...)
{
	_cleanup_free_ char *reuid = strf("--reuid=%u", uid), *regid = strf("--regid=%u", gid), *home = strf("HOME=%s/home", directory);
	_cleanup_free_ char *libexec = strf("VIRTTY_LIBEXEC=%s", directory), *program = strf("%s/virtty", directory);
	_cleanup_free_ char *user = strf("USER=%s", account), *setpriv = process_find("setpriv"), *env = process_find("env");
	_cleanup_strv_ char **argv = NULL;
	va_list ap;

	ck_assert_msg(setpriv != NULL && env != NULL, "no setpriv");
	for (const char *const *word = (const char *const[]){ setpriv, reuid, regid, "--clear-groups", "--inh-caps=-all", env, "-i", "-C", directory,
							      "PATH=/usr/bin:/bin", home, user, libexec, program, NULL };
	     *word != NULL; word++)
		argv = strv_add(argv, *word);
	va_start(ap, first);
	for (const char *word = first; word != NULL; word = va_arg(ap, const char *))
		argv = strv_add(argv, word);
	va_end(ap);
	return run_program((const char *const *)argv);
}

static bool prepare_user(void)
{
	if (account == NULL) {
		skip_test(geteuid() != 0 ? "needs root to make an account" : "no account could be made with useradd");
		return false;
	}
	directory = home_new();
	unsetenv("VIRTTY_HOME");
	/* Every directory above it may be passed through. */
	_cleanup_free_ char *above = xstrdup(directory);

	for (char *slash = strrchr(above, '/'); slash != NULL && slash != above && strcmp(above, "/tmp") != 0; slash = strrchr(above, '/')) {
		ck_assert_int_eq(chmod(above, 0711), 0);
		*slash = '\0';
	}
	_cleanup_free_ char *home = strf("%s/home", directory);

	ck_assert_int_eq(mkdir(home, 0700), 0);
	ck_assert_int_eq(chown(home, uid, gid), 0);
	_cleanup_free_ char *build = xstrdup(virtty_path());

	*strrchr(build, '/') = '\0';
	for (const char *const *name = (const char *const[]){ "virtty", "virtty-keeper", NULL }; *name != NULL; name++) {
		_cleanup_free_ char *from = strf("%s/%s", build, *name);

		free(give(from, *name, 0755));
	}
	return true;
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
	_cleanup_free_ char *kernel = give(vmlinux, "vmlinux", 0644), *ramdisk = give(initrd, "initrd.img", 0644);
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
	ck_assert_uint_eq(st.st_uid, uid);
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
	tcase_add_unchecked_fixture(tcase, make_account, remove_account);
	tcase_add_test(tcase, session_of_a_user);
	tcase_add_test(tcase, what_a_user_may_not);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return suite_main(user_suite());
}
