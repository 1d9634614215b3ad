/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A person's walk by command through machines that have no serial line: firmware, boot menu, shell, installer, read
 * from their screens and answered by keys. All three boot at once. */
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/screen.h"
#include "tests/harness/task.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static void has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part), "'%s' is not in:\n%s", part, text);
}

/* Has the task's virtty-screen read its fonts, and shut itself in? From then on it looks. */
static bool looks(void *data)
{
	const struct task *task = data;
	_cleanup_free_ char *path = strf("/proc/%d/task/%d/children", (int)task->pid, (int)task->pid), *children = NULL;
	char *end = NULL;

	if (!file_read(path, 65536, &children, NULL, NULL))
		return false;
	for (long pid = strtol(children, &end, 10); pid > 0; pid = strtol(end, &end, 10)) {
		_cleanup_free_ char *status = strf("/proc/%ld/status", pid), *text = NULL;

		if (file_read(status, 65536, &text, NULL, NULL) && text_starts(text, "Name:\tvirtty-screen\n") &&
		    strstr(text, "\nSeccomp:\t2\n") != NULL)
			return true;
	}
	return false;
}

/* A wait that is under way before the machine's next step: what shows for a moment is not missed. */
static struct task watch(const char *name, const char *pattern)
{
	struct task task = task_virtty("screen", name, "--wait", pattern, "--timeout", "120", NULL);

	ck_assert_msg(wait_for(looks, &task, SOON_MS), "nobody looks at the screen of '%s'", name);
	return task;
}

/* The screen's text that it ended with. Owned. */
static char *watched(struct task *task)
{
	_cleanup_outcome_ struct outcome seen = task_wait(task, 150 * 1000);

	task_clear(task);
	ck_assert_msg(seen.status == 0, "%s", seen.err);
	return TAKE_POINTER(seen.out);
}

/* Defines and starts, standing still; false: it cannot be had here. */
static bool start_paused(const char *home, const char *name, enum screen_guest guest)
{
	_cleanup_free_ char *document = screen_machine(home, name, guest);

	if (!document)
		return false;
	expect_ok(virtty("define", document, NULL), NULL);
	expect_ok(virtty("start", "--paused", name, NULL), NULL);
	return true;
}

/* Every character of a keyboard, there and back through a shell: typed, echoed, printed, read. */
static void check_shell(const char *name)
{
	static const char line[] = "clear; echo ' !\"#$%&()*+,-./0123456789:;<=>?@[\\]^_`{|}~'";
	static const char letters[] = "echo abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ $((6*7))";
	_cleanup_free_ char *screen = NULL;

	expect_ok(virtty("type", name, line, "--enter", NULL), NULL);
	free(wait_screen(name, "^ !\"#", 60));
	expect_ok(virtty("type", name, letters, "--enter", NULL), NULL);
	screen = wait_screen(name, "^abc.* 42\ndemo", 60);
	ck_assert_str_eq(screen, " !\"#$%&()*+,-./0123456789:;<=>?@[\\]^_`{|}~\n"
				 "demo:/root# echo abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ $((6*7))\n"
				 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ 42\n"
				 "demo:/root#\n");
}

/* The boot menu, its countdown stopped by a key and its entry chosen by another. */
static void check_menu(const char *name, const char *menu)
{
	has(menu, "GNU GRUB  version 2.");
	has(menu, "*virtty demonstration");
	has(menu, "\xe2\x94\x8c\xe2\x94\x80\xe2\x94\x80"); /* the frame's corner and edge */
	expect_ok(virtty("send-key", name, "KEY_DOWN", NULL), NULL);
	expect_ok(virtty("send-key", name, "KEY_ENTER", NULL), NULL);
}

static bool walk_bios(const char *home)
{
	struct task firmware, menu;
	_cleanup_free_ char *first = NULL, *devices = NULL, *second = NULL, *shell = NULL;

	if (!start_paused(home, "bios", SCREEN_BIOS))
		return false;
	firmware = watch("bios", "Press ESC for boot menu");
	menu = watch("bios", "\\*virtty demonstration");
	expect_ok(virtty("resume", "bios", NULL), NULL);
	first = watched(&firmware);
	has(first, "SeaBIOS (version ");
	expect_ok(virtty("send-key", "bios", "KEY_ESC", NULL), NULL);
	devices = wait_screen("bios", "^Select boot device:", 60);
	has(devices, "\n1. DVD/CD [AHCI/0: QEMU DVD-ROM ATAPI-4 DVD/CD] (VIRTTY_DEMO)\n");
	expect_ok(virtty("send-key", "bios", "KEY_1", NULL), NULL);
	second = watched(&menu);
	check_menu("bios", second);
	shell = wait_screen("bios", "demo:/root#", SCREEN_BOOT_S);
	has(shell, "Welcome to the virtty demonstration machine (Linux ");
	has(shell, "'poweroff' ends it; '^]' leaves a virtty console, the machine runs on.\nREADY\n");
	check_shell("bios");
	return true;
}

/* The firmware listens for a few seconds, under a logo: Esc is pressed until its setup is there. */
static void open_setup(const char *name)
{
	_cleanup_task_ struct task setup = watch(name, "Boot Maintenance Manager");

	for (int tries = 0; !task_expect(&setup, "Boot Maintenance Manager", 500); tries++) {
		ck_assert_msg(tries < 200, "no setup: %s", setup.err_text.data ? setup.err_text.data : "");
		expect_ok(virtty("send-key", name, "KEY_ESC", NULL), NULL);
	}
}

static bool walk_efi(const char *home)
{
	struct task menu;
	_cleanup_free_ char *setup = NULL, *devices = NULL, *second = NULL, *shell = NULL;

	if (!start_paused(home, "efi", SCREEN_EFI))
		return false;
	expect_ok(virtty("resume", "efi", NULL), NULL);
	open_setup("efi");
	setup = wait_screen("efi", "Enter>=Select Entry", 60);
	has(setup, "\n   Select Language            <Standard English>         This is the option\n");
	has(setup, "\n \xe2\x96\xba Boot Manager                                          current system\n");
	menu = watch("efi", "\\*virtty demonstration");
	expect_ok(virtty("send-key", "efi", "KEY_DOWN", NULL), NULL);
	expect_ok(virtty("send-key", "efi", "KEY_DOWN", NULL), NULL);
	expect_ok(virtty("send-key", "efi", "KEY_ENTER", NULL), NULL);
	devices = wait_screen("efi", "Boot Manager Menu.*PciRoot", 60);
	has(devices, "\n   UEFI QEMU DVD-ROM QM00001 ");
	has(devices, "\n   the <Enter> key to select a boot option, and the\n");
	expect_ok(virtty("send-key", "efi", "KEY_ENTER", NULL), NULL);
	second = watched(&menu);
	check_menu("efi", second);
	shell = wait_screen("efi", "demo:/root#", SCREEN_BOOT_S);
	has(shell, "Welcome to the virtty demonstration machine (Linux ");
	check_shell("efi");
	return true;
}

static void walk_installer(void)
{
	_cleanup_free_ char *languages = wait_screen("installer", "Select a language", SCREEN_BOOT_S);
	_cleanup_free_ char *places = NULL;

	has(languages, "Choose the language to be used for the installation process. The");
	has(languages, "English              -  English");
	has(languages, "French               -  Fran\xc3\xa7"
		       "ais");
	has(languages, "<Go Back>");
	has(languages, "<Tab> moves; <Space> selects; <Enter> activates buttons");
	for (int i = 0; i < 4; i++)
		expect_ok(virtty("send-key", "installer", "KEY_DOWN", NULL), NULL);
	expect_ok(virtty("send-key", "installer", "KEY_ENTER", NULL), NULL);
	places = wait_screen("installer", "Land oder Gebiet:", 120);
	has(places, "[!!] Ausw\xc3\xa4hlen des Standorts");
	has(places, "Diese Liste enth\xc3\xa4lt nur eine kleine Auswahl von Standorten, basierend");
	has(places, "Deutschland");
}

/* ---- what else the command says ---- */

static void check_json(const char *name)
{
	_cleanup_json_ struct json_object *screen = NULL;
	char *text = NULL;

	expect_ok(virtty("screen", name, "--wait", "demo:/root#", "--json", NULL), &text);
	screen = json_parse("screen", text, strlen(text), NULL);
	free(text);
	ck_assert_ptr_nonnull(screen);
	ck_assert_str_eq(json_get_string(screen, "name", ""), name);
	ck_assert_str_eq(json_get_string(screen, "kind", ""), "text");
	ck_assert_int_eq(json_get_int(screen, "columns", 0), 80);
	ck_assert_int_eq(json_get_int(screen, "rows", 0), 25);
	ck_assert_int_eq(json_get_int(screen, "width", 0), 720);
	ck_assert_int_ge(json_get_int(screen, "recognised", 0), 995);
	ck_assert_uint_eq(json_object_array_length(json_get(screen, "lines")), 25);
}

static void check_rest(const char *name)
{
	_cleanup_outcome_ struct outcome late =
		virtty("screen", name, "--wait", "never to be seen", "--timeout", "1", NULL);
	_cleanup_free_ char *blocks = NULL, *colours = NULL, *text = NULL;
	size_t rows = 0;

	ck_assert_int_eq(late.status, 1);
	has(late.err, "did not show 'never to be seen' in time");
	has(late.err, "demo:/root#");
	ck_assert_str_eq(late.out, "");
	expect_ok(virtty("screen", name, NULL), &text);
	has(text, "demo:/root#\n");
	expect_ok(virtty("screen", name, "--colours", NULL), &colours);
	has(colours, "\033[48;2;0;0;0m");
	has(colours, "demo:/root# ");
	expect_ok(virtty("screen", name, "--blocks", "--size", "40x10", NULL), &blocks);
	for (const char *p = blocks; (p = strchr(p, '\n')); p++)
		rows++;
	ck_assert_uint_eq(rows, 10);
	expect_error(virtty("screen", name, "--blocks", "--size", "40", NULL), 2, "like 80x24", NULL);
	expect_error(virtty("screen", name, "--size", "40x10", NULL), 2, "--blocks", NULL);
	expect_error(virtty("screen", name, "--blocks", "--wait", "x", NULL), 2, "--wait", NULL);
}

/* A wait goes on over a reset, and over a reboot: that is another QEMU, to which virtty-screen is connected anew. */
static void check_boots_again(const char *name)
{
	struct task menu = watch(name, "\\*virtty demonstration");
	long long before = machine_number(name, "pid");

	expect_ok(virtty("reset", name, NULL), NULL);
	free(watched(&menu));
	expect_ok(virtty("send-key", name, "KEY_ENTER", NULL), NULL);
	free(wait_screen(name, "demo:/root#", SCREEN_BOOT_S));
	menu = watch(name, "\\*virtty demonstration");
	expect_ok(virtty("reboot", name, NULL), NULL);
	free(watched(&menu));
	ck_assert_msg(machine_number(name, "pid") != before, "'%s' is the same QEMU", name);
}

START_TEST(machines_without_a_serial_line)
{
	char *home = home_new();
	bool installer = start_paused(home, "installer", SCREEN_INSTALLER);

	if (installer)
		expect_ok(virtty("resume", "installer", NULL), NULL);
	if (walk_bios(home)) {
		check_json("bios");
		check_rest("bios");
		check_boots_again("bios");
		expect_ok(virtty("destroy", "bios", NULL), NULL);
	}
	if (walk_efi(home))
		expect_ok(virtty("destroy", "efi", NULL), NULL);
	if (installer) {
		walk_installer();
		expect_ok(virtty("destroy", "installer", NULL), NULL);
	}
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	wait_processes(home, "virtty-screen", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* A password is the definition's, and nobody has to type it; a wait ends with the machine. */
START_TEST(behind_a_password)
{
	char *home = home_new();
	_cleanup_free_ char *document =
		bare_machine(home, "locked", NULL,
			     "<graphics type='vnc' port='-1' listen='127.0.0.1' passwd='geheim'/>"
			     "<video><model type='vga'/></video>");
	struct task forever;

	define_start(home, "locked", document);
	free(wait_screen("locked", "^No bootable device\\.$", 60));
	forever = watch("locked", "never to be seen");
	expect_ok(virtty("destroy", "locked", NULL), NULL);
	_cleanup_outcome_ struct outcome over = task_wait(&forever, SOON_MS);

	ck_assert_int_eq(over.status, 1);
	has(over.err, "'locked' is not running");
	task_clear(&forever);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	wait_processes(home, "virtty-screen", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(no_screen)
{
	char *home = home_new();

	define_start(home, "bare", NULL);
	expect_error(virtty("screen", "bare", NULL), 1, "'bare' has no graphics", NULL);
	expect_ok(virtty("destroy", "bare", NULL), NULL);
	expect_error(virtty("screen", "bare", NULL), 1, "'bare' is not running", NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("screen");
	TCase *tcase = tcase_create("screen");

	/* what is read back is more than ASCII */
	setenv("LC_ALL", "C.UTF-8", 1);
	tcase_set_timeout(tcase, 900);
	tcase_add_test(tcase, machines_without_a_serial_line);
	tcase_add_test(tcase, behind_a_password);
	tcase_add_test(tcase, no_screen);
	suite_add_tcase(suite, tcase);
	return suite_main(suite);
}
