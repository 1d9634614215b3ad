/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the list does with machines: filter, order and marks, renaming, the start with the host, and deletion with and without disks. */
#include "base/file.h"
#include "base/memory.h"
#include "tests/harness/home.h"
#include "tests/harness/task.h"
#include "tests/terminal/stage.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct stage *stage;
static char *home;

static void setup(void)
{
	stage = stage_new();
	home = getenv("VIRTTY_HOME");
}

static void teardown(void)
{
	stage_free(stage);
}

/* A machine that is off, with an image of its own and one that it only reads. Owned path of the first. */
static char *define(const char *name)
{
	char *image = strf("%s/%s.img", home, name);
	_cleanup_free_ char *medium = strf("%s/shared.iso", home);
	_cleanup_free_ char *path = strf("%s/%s.xml", home, name);
	_cleanup_free_ char *xml = strf("<domain type='qemu'><name>%s</name><memory unit='MiB'>64</memory><os><type arch='x86_64'>hvm</type></os>"
					"<devices><disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='%s'/>"
					"<target dev='vda'/></disk>"
					"<disk type='file' device='cdrom'><source file='%s'/><target dev='sda' bus='sata'/><readonly/>"
					"</disk></devices></domain>",
					name, image, medium);

	ck_assert(file_write(image, "image", 5, 0600, NULL));
	ck_assert(file_write(medium, "iso", 3, 0600, NULL));
	ck_assert(file_write(path, xml, strlen(xml), 0600, NULL));
	expect_ok(virtty("define", path, NULL), NULL);
	return image;
}

static void quit(struct pty *pty)
{
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
}

START_TEST(deletion)
{
	_cleanup_free_ char *one = define("one");
	_cleanup_free_ char *two = define("two");
	_cleanup_free_ char *medium = strf("%s/shared.iso", home);
	struct pty *pty = stage_tui(stage, 24, 80, NULL);

	/* the answer that is marked first is the harmless one */
	pty_expect(pty, "two");
	pty_send(pty, "D");
	pty_expect(pty, "one: delete?");
	pty_expect(pty, "stays: it is a medium");
	pty_expect(pty, "[ Cancel ]");
	pty_send(pty, "\r");
	pty_expect_gone(pty, "one: delete?");
	/* without its disk */
	pty_send(pty, "Dy");
	pty_expect(pty, "one: is deleted");
	ck_assert(path_exists(one));
	/* with it */
	pty_send(pty, "D");
	pty_expect(pty, "two: delete?");
	pty_send(pty, "a");
	pty_expect(pty, "Delete with 1 disk");
	pty_send(pty, "y");
	pty_expect(pty, "two: is deleted");
	pty_expect(pty, "There is no machine yet");
	ck_assert(!path_exists(two));
	ck_assert(path_exists(medium));
	quit(pty);
}
END_TEST

START_TEST(several)
{
	_cleanup_free_ char *one = define("one");
	_cleanup_free_ char *wood = define("wood");
	_cleanup_free_ char *woods = define("woods");
	struct pty *pty = stage_tui(stage, 24, 80, NULL);

	pty_expect(pty, "woods");
	pty_send(pty, "   "); /* one, wood, woods */
	pty_expect(pty, "3 marked");
	/* a mark that the filter hides is told, and left alone */
	pty_send(pty, "/WOO\r");
	pty_expect(pty, "2 of 3, 2 marked (1 more is hidden and left alone)");
	pty_send(pty, "a");
	pty_expect(pty, "2 machines: start with the host from now on");
	pty_send(pty, "m");
	pty_expect(pty, "one machine at a time");
	pty_send(pty, "D");
	pty_expect(pty, "Machines: wood, woods");
	pty_send(pty, "ay");
	pty_expect(pty, "2 machines: are deleted");
	pty_expect(pty, "No machine has that");
	pty_send(pty, "D");
	pty_expect(pty, "no machine is shown");
	pty_send(pty, "\033");
	pty_expect(pty, "  one "); /* Esc and what follows are two keys */
	ck_assert(path_exists(one));
	ck_assert(!path_exists(wood) && !path_exists(woods));
	quit(pty);
}
END_TEST

START_TEST(renaming)
{
	_cleanup_free_ char *one = define("one");
	_cleanup_free_ char *two = define("two");
	struct pty *pty = stage_tui(stage, 24, 80, NULL);

	pty_expect(pty, "two");
	pty_send(pty, "m");
	pty_expect(pty, "this is its name now");
	pty_send(pty, "\025two");
	pty_expect(pty, "another machine is named 'two'");
	pty_send(pty, "-b\r");
	pty_expect(pty, "one: has another name");
	pty_expect(pty, "two-b");
	expect_ok(virtty("dominfo", "two-b", NULL), NULL);
	quit(pty);
}
END_TEST

/* Colours and keys by the file; what is wrong in it is said, and the rest holds. */
START_TEST(configuration)
{
	static const char text[] = "[keys list]\nquit = x\nnonsense = y\n";
	_cleanup_free_ char *path = strf("%s/virtty.conf", home);

	ck_assert(file_write(path, text, sizeof text - 1, 0600, NULL));
	struct pty *pty = stage_tui(stage, 24, 80, NULL);

	pty_expect(pty, "virtty.conf:3: [keys list] has no command");
	pty_send(pty, "\r");
	pty_expect(pty, "x Quit");
	pty_send(pty, "x");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
}
END_TEST

/* The form for several that are marked: all get the same. */
START_TEST(start_with_the_host_when)
{
	_cleanup_free_ char *one = define("one");
	_cleanup_free_ char *two = define("two");
	struct pty *pty = stage_tui(stage, 24, 80, NULL);
	char *out = NULL;

	pty_expect(pty, "two");
	pty_send(pty, "*A");
	pty_expect(pty, "2 machines: start with the host");
	pty_send(pty, "\t\0253\t\02520\r");
	pty_expect(pty, "2 machines: start with the host from now on");
	expect_ok(virtty("autostart", NULL), &out);
	ck_assert_ptr_nonnull(strstr(out, " 3       one    20 s"));
	ck_assert_ptr_nonnull(strstr(out, " 3       two    20 s"));
	free(out);
	quit(pty);
}
END_TEST

/* A start that QEMU itself gives up: the dialog has all that it said, and of several which failed and how many. */
START_TEST(whole_reason)
{
	static const char xml[] = "<domain type='qemu'><name>huge</name><memory unit='TiB'>8</memory><os><type arch='x86_64'>hvm</type></os>"
				  "<devices/></domain>";
	_cleanup_free_ char *path = strf("%s/huge.xml", home);
	_cleanup_free_ char *image = define("lost");

	ck_assert(file_write(path, xml, strlen(xml), 0600, NULL));
	expect_ok(virtty("define", path, NULL), NULL);
	ck_assert_int_eq(unlink(image), 0);
	struct pty *pty = stage_tui(stage, 24, 80, NULL);

	pty_expect(pty, "lost");
	pty_send(pty, "gs");
	pty_expect(pty, "huge: cannot start");
	pty_expect(pty, "QEMU ended, and its last words were:");
	pty_expect(pty, "exit status 1");
	pty_send(pty, "\r");
	pty_expect_gone(pty, "huge: cannot start");
	pty_send(pty, "*s");
	pty_expect(pty, "2 of 2 machines: cannot start");
	pty_expect(pty, "lost: cannot start 'lost': disk '");
	pty_expect(pty, "QEMU ended at once");
	pty_send(pty, "\r");
	pty_expect_gone(pty, "2 of 2 machines");
	quit(pty);
	wait_processes(home, "virtty-keeper", 0, 20000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui actions");
	TCase *tests = tcase_create("actions");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, deletion);
	tcase_add_test(tests, several);
	tcase_add_test(tests, renaming);
	tcase_add_test(tests, configuration);
	tcase_add_test(tests, start_with_the_host_when);
	tcase_add_test(tests, whole_reason);
	suite_add_tcase(suite, tests);
	return suite_main(suite);
}
