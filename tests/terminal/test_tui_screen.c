/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines without a serial line, from the firmware's first words to a shell, in the terminal alone: what their screens
 * show is read exactly, and what is typed through the view arrives. */
#include "base/clock.h"
#include "base/memory.h"
#include "tests/harness/home.h"
#include "tests/harness/screen.h"
#include "tests/harness/task.h"
#include "tests/terminal/stage.h"

#include <stdlib.h>
#include <string.h>

#define MENU "\034" /* ^\ */

/* The screen's line that begins with this text. Owned; NULL: none does. */
static char *line_of(const struct pty *pty, const char *begin)
{
	_cleanup_free_ char *screen = pty_screen(pty);

	for (const char *line = screen; *line != '\0'; line += strcspn(line, "\n") + 1)
		if (strncmp(line, begin, strlen(begin)) == 0)
			return xstrndup(line, strcspn(line, "\n"));
	return NULL;
}

/* The same, once there is one. */
static char *expect_line(struct pty *pty, const char *begin, int seconds)
{
	int64_t limit = clock_monotonic_ms() + (int64_t)seconds * 1000;
	char *line;

	while ((line = line_of(pty, begin)) == NULL)
		ck_assert_msg(pty_read(pty, 100) && clock_monotonic_ms() < limit, "no line begins with '%s'", begin);
	return line;
}

/* The TUI with the machine's screen open. The machine stands still in its first moment, so that nothing of its boot is
 * missed. NULL: it cannot be had here. */
static struct pty *open_machine(const char *home, enum screen_guest guest, int rows, int columns)
{
	_cleanup_free_ char *document = screen_machine(home, "demo", guest);

	if (document == NULL)
		return NULL;
	expect_ok(virtty("define", document, NULL), NULL);
	expect_ok(virtty("start", "--paused", "demo", NULL), NULL);
	struct pty *pty = stage_tui(NULL, rows, columns, NULL);

	pty_expect(pty, "paused");
	/* it has no console: the key for that opens its screen */
	pty_send(pty, "c");
	pty_expect(pty, "^\\ Menu");
	expect_ok(virtty("resume", "demo", NULL), NULL);
	return pty;
}

/* Every character of a keyboard, there and back through a shell. */
static void check_shell(struct pty *pty)
{
	static const char line[] = " !\"#$%&()*+,-./0123456789:;<=>?@[\\]^_`{|}~";
	_cleanup_free_ char *typed = strf("clear; echo '%s'\r", line);

	pty_expect_for(pty, "demo:/root#", SCREEN_BOOT_S * 1000);
	pty_send(pty, typed);
	_cleanup_free_ char *read = expect_line(pty, " !\"#", 60);

	ck_assert_str_eq(read, line);
	pty_send(pty, "echo abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ $((6*7))\r");
	pty_expect_for(pty, "XYZ 42", 60 * 1000);
	_cleanup_free_ char *letters = line_of(pty, "abc");

	ck_assert_str_eq(letters, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ 42");
}

/* The line is searched for, marked and copied: exactly its bytes go to the terminal's clipboard. */
static void check_copy(struct pty *pty)
{
	/* "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ 42\n" */
	static const char copied[] =
		"\033]52;c;YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXpBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWiA0Mgo=\a";

	pty_send(pty, MENU "/XYZ 42\r");
	pty_expect_for(pty, "stands still", 20 * 1000);
	pty_send(pty, "Vy");
	pty_expect_for(pty, "copied 56 characters", 20 * 1000);
	ck_assert_ptr_nonnull(memmem(pty_bytes(pty)->data, pty_bytes(pty)->length, copied, strlen(copied)));
}

static void leave(struct pty *pty)
{
	pty_send(pty, "\035");
	pty_expect(pty, "Name");
	pty_quit(pty);
}

static void end(char *home)
{
	expect_ok(virtty("destroy", "demo", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, 20000);
	home_end(home);
}

START_TEST(bios)
{
	char *home = home_new();
	struct pty *pty = open_machine(home, SCREEN_BIOS, 40, 100);

	if (pty == NULL)
		return home_end(home);
	pty_expect_for(pty, "SeaBIOS (version ", 60 * 1000);
	pty_expect_for(pty, "*virtty demonstration", SCREEN_BOOT_S * 1000);
	pty_expect_for(pty, "GNU GRUB", 20 * 1000);
	pty_expect_for(pty, "┌─────", 20 * 1000);
	pty_send(pty, "\033[B\r"); /* the countdown ends, the entry is chosen */
	check_shell(pty);
	check_copy(pty);
	leave(pty);
	end(home);
}
END_TEST

/* The usual window is lower than the guest's screen: it follows the cursor. */
START_TEST(bios_in_24_rows)
{
	char *home = home_new();
	struct pty *pty = open_machine(home, SCREEN_BIOS, 24, 80);

	if (pty == NULL)
		return home_end(home);
	pty_expect_for(pty, "*virtty demonstration", SCREEN_BOOT_S * 1000);
	pty_send(pty, "\r");
	pty_expect_for(pty, "demo:/root#", SCREEN_BOOT_S * 1000);
	pty_send(pty, "seq 1 40; echo END$((6*7))\r");
	pty_expect_for(pty, "END42", 60 * 1000);
	pty_expect_for(pty, "from row 3", 20 * 1000);
	pty_send(pty, "\033[1;2H"); /* shift and home: the screen's beginning */
	pty_expect_for(pty, "from row 1", 20 * 1000);
	pty_send(pty, "clear\r");
	pty_expect_for(pty, "demo:/root#", 60 * 1000);
	leave(pty);
	end(home);
}
END_TEST

START_TEST(uefi)
{
	char *home = home_new();
	struct pty *pty = open_machine(home, SCREEN_EFI, 60, 170);

	if (pty == NULL)
		return home_end(home);
	pty_expect_for(pty, "*virtty demonstration", SCREEN_BOOT_S * 1000);
	pty_expect_for(pty, "GNU GRUB", 20 * 1000);
	pty_send(pty, "\033[B\r");
	check_shell(pty);
	check_copy(pty);
	leave(pty);
	end(home);
}
END_TEST

START_TEST(installer)
{
	char *home = home_new();
	struct pty *pty = open_machine(home, SCREEN_INSTALLER, 40, 100);

	if (pty == NULL)
		return home_end(home);
	pty_expect_for(pty, "Choose the language to be used", SCREEN_BOOT_S * 1000);
	pty_expect_for(pty, "Select a language", 20 * 1000);
	pty_expect_for(pty, "English", 20 * 1000);
	pty_send(pty, "\r");
	pty_expect_for(pty, "Select your location", 60 * 1000);
	pty_expect_for(pty, "United States", 20 * 1000);
	leave(pty);
	end(home);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui screen");
	TCase *tests = tcase_create("screen");

	tcase_set_timeout(tests, 900);
	tcase_add_test(tests, bios);
	tcase_add_test(tests, bios_in_24_rows);
	tcase_add_test(tests, uefi);
	tcase_add_test(tests, installer);
	suite_add_tcase(suite, tests);
	return suite_main(suite);
}
