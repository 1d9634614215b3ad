/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cloud-init is told: made and taken away with its machine, read by a real guest. */
#include "base/file.h"
#include "tests/harness/elsewhere.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(seeds_come_and_go)
{
	char *home = home_new();
	_cleanup_free_ char *base = strf("%s/base.qcow2", home), *disk = strf("size=1,backing_store=%s", base), *bad = strf("copy=%s/none", home);
	_cleanup_free_ char *xml = NULL, *again = NULL, *seed = strf("%s/seed", home), *password = strf("%s/password", home);
	_cleanup_free_ char *parts = strf("user=ana,password-file=%s,hostname=one", password), *text = NULL;

	RUN("qemu-img", "create", "-q", "-f", "qcow2", base, "64M");
	ck_assert(file_write(password, "geheim\n", 7, 0600, NULL));
	struct outcome made_one = virtty("install", "--name", "one", "--memory", "32", "--network", "none", "--import", "--disk", disk,
					 "--cloud-init", parts, "--noautoconsole", NULL);

	ck_assert_msg(made_one.status == 0, "%s", made_one.err);
	outcome_clear(&made_one);
	/* its owner's alone, and no password in it or anywhere else */
	SHELL("test $(stat -c %%a '%s') = 700; test $(stat -c %%a '%s'/*.iso) = 600; test $(ls -A '%s' | wc -l) = 1", seed, seed, seed);
	RUN("sh", "-c", "! grep -r geheim \"$1\" --exclude=password", "x", home);
	expect_ok(virtty("dumpxml", "one", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, "/seed/"));
	/* it is the machine's: not among what --remove-all-storage would have to be asked for */
	OK("destroy", "one");
	OK("undefine", "one");
	expect_empty(home, "seed");
	/* what fails leaves none, and what only looks makes none */
	expect_error(virtty("install", "--name", "two", "--import", "--disk", bad, "--cloud-init", "user=ana", NULL), 1, "none", NULL);
	expect_ok(virtty("install", "--name", "two", "--import", "--disk", disk, "--cloud-init", "--print-xml", NULL), &again);
	ck_assert_ptr_nonnull(strstr(again, "/seed/"));
	expect_error(virtty("install", "--import", "--disk", disk, "--cloud-init", "usr=a", NULL), 2, "'usr=a' is not understood", NULL);
	expect_empty(home, "seed");
	/* a running machine keeps it until it is off */
	expect_ok(virtty("install", "--name", "three", "--memory", "32", "--network", "none", "--import", "--disk", disk, "--cloud-init",
			 "--noautoconsole", NULL),
		  &text);
	ck_assert_ptr_nonnull(strstr(text, "Password for the first login as root: "));
	OK("undefine", "three");
	SHELL("test $(ls -A '%s' | wc -l) = 1", seed);
	OK("destroy", "three");
	expect_empty(home, "seed");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* A real guest finds the drive by its label, as cloud-init does, and reads what was written, byte for byte. */
START_TEST(a_guest_reads_its_seed)
{
	char *home = home_new();
	_cleanup_free_ char *kernel = guest_file("vmlinux"), *initrd = kernel != NULL ? guest_file("initrd.img") : NULL;

	if (kernel == NULL) {
		home_end(home);
		return;
	}
	_cleanup_free_ char *boot = strf("kernel=%s,initrd=%s,kernel_args=console=ttyS0 quiet", kernel, initrd);
	_cleanup_free_ char *data = strf("%s/data", home), *parts = strf("user-data=%s,hostname=web-1", data), *sum = NULL;
	static const char text[] = "#cloud-config\nwrite_files:\n  - {path: /x, content: \"Zo\xc3\xab \\\"a\\\": b\"}\n\t\n";

	ck_assert(file_write(data, text, sizeof text - 1, 0600, NULL));
	struct outcome digest = run_program((const char *[]){ "/usr/bin/env", "sha256sum", data, NULL });

	sum = xstrndup(digest.out, 64);
	outcome_clear(&digest);
	OK("install", "--name", "a", "--virt-type", "qemu", "--memory", "192", "--network", "none", "--disk", "none", "--boot", boot,
	   "--cloud-init", parts, "--noautoconsole");
	wait_console("a", "# ", BOOT_MS);
	/* found as cloud-init finds it */
	console_command("a", "until d=$(findfs LABEL=cidata 2>/dev/null); do sleep 1; done; mkdir /c; mount -t iso9660 -o ro $d /c && "
			     "echo mounted $d",
			"mounted /dev/vd", BOOT_MS);
	console_command("a", "sha256sum </c/user-data", sum, BOOT_MS);
	console_command("a", "grep local-hostname /c/meta-data; ls /c", "\"web-1\"", BOOT_MS);
	OK("destroy", "a");
	OK("undefine", "a");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	expect_nothing(home);
	home_end(home);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("seeds");
	TCase *t = tcase_create("seeds");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, seeds_come_and_go);
	tcase_add_test(t, a_guest_reads_its_seed);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return suite_main(suite());
}
