/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys, text and pictures of a running machine by command: what QEMU takes, what is refused, what is left behind. */
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "hv/keycodes.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* A machine with a screen and these graphics, running. */
static char *home_with_screen(const char *graphics)
{
	char *home = home_new();
	_cleanup_free_ char *inner = strf("%s<video><model type='vga'/></video>", graphics);
	_cleanup_free_ char *document = bare_machine(home, "vm", NULL, inner);

	define_start(home, "vm", document);
	return home;
}

static void end(char *home)
{
	expect_ok(virtty("destroy", "vm", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}

/* The first line that a command prints. Owned. */
static char *line_of(struct outcome outcome)
{
	char *text = NULL;

	expect_ok(outcome, &text);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

/* QEMU's own answer to every key that there is, pressed and released. */
START_TEST(qemu_takes_every_key)
{
	char *home = home_with_screen("<graphics type='vnc'/>");
	_cleanup_strbuf_ struct strbuf command = STRBUF_INIT;
	_cleanup_free_ char *reply = NULL;
	uint32_t qnum;

	strbuf_puts(&command, "{\"execute\":\"input-send-event\",\"arguments\":{\"events\":[");
	for (size_t n = 0; keycode_at(n, &qnum); n++)
		for (int down = 1; down >= 0; down--)
			strbuf_printf(
				&command,
				"%s{\"type\":\"key\",\"data\":{\"down\":%s,\"key\":{\"type\":\"number\",\"data\":%u}}}",
				n > 0 || !down ? "," : "", down ? "true" : "false", (unsigned)qnum);
	strbuf_puts(&command, "]}}");
	reply = line_of(virtty("qemu-monitor-command", "vm", command.data, NULL));
	ck_assert_msg(text_starts(reply, "{\"return\": {}"), "%s", reply);
	end(home);
}
END_TEST

/* All keys, in handfuls, through our own command. */
START_TEST(every_key_is_sent)
{
	char *home = home_with_screen("<graphics type='vnc'/>");
	uint32_t qnum;
	size_t n = 0;

	while (keycode_at(n, &qnum)) {
		_cleanup_strv_ char **words = strv_add(NULL, virtty_path());
		_cleanup_outcome_ struct outcome outcome = { 0 };

		words = strv_add(strv_add(strv_add(words, "send-key"), "vm"), "--holdtime=1");
		for (size_t k = 0; k < 16 && keycode_at(n, &qnum); n++)
			if (keycode_name(qnum)) {
				words = strv_add(words, keycode_name(qnum));
				k++;
			}
		outcome = run_program((const char *const *)words);
		ck_assert_msg(outcome.status == 0, "%s", outcome.err);
	}
	ck_assert_uint_ge(n, 230);
	expect_ok(virtty("send-key", "vm", "--codeset", "usb", "40", "--holdtime", "1", NULL), NULL);
	expect_ok(virtty("send-key", "vm", "--codeset", "rfb", "0x1c", "--holdtime", "1", NULL), NULL);
	expect_ok(virtty("send-key", "vm", "--codeset", "win32", "VK_RETURN", "--holdtime", "1", NULL), NULL);
	end(home);
}
END_TEST

START_TEST(keys_that_are_refused)
{
	char *home = home_with_screen("<graphics type='vnc'/>");

	expect_error(virtty("send-key", "vm", "KEY_FOO", NULL), 1, "invalid keycode: 'KEY_FOO'", "KEY_ENTER", NULL);
	expect_error(virtty("send-key", "vm", "--codeset", "usb", "KEY_ENTER", NULL), 1, "invalid keycode",
		     "numbers alone", NULL);
	expect_error(virtty("send-key", "vm", "--codeset", "foo", "1", NULL), 2, "'foo'", "linux", NULL);
	expect_error(virtty("send-key", "vm", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1",
			    "1", "1", NULL),
		     1, "too many keycodes", NULL);
	expect_error(virtty("send-key", "vm", NULL), 2, "needs KEY", NULL);
	expect_error(virtty("send-key", "vm", "1", "--holdtime", "-1", NULL), 2, "holdtime", NULL);
	expect_error(virtty("type", "vm",
			    "a\xd0\xb6"
			    "b\xd0\xb6",
			    NULL),
		     1, "'en-us' has no '\xd0\xb6' (U+0436)", "--layout", "--skip", NULL);
	expect_error(virtty("type", "vm", "a\x1b", NULL), 1, "U+001B", NULL);
	expect_error(virtty("type", "vm", "\xff", NULL), 1, "not UTF-8", NULL);
	expect_error(virtty("type", "vm", "a", "--layout", "xx", NULL), 1, "no keymap 'xx'", "en-us", NULL);
	expect_error(virtty("type", "vm", NULL), 2, "no text", NULL);
	expect_ok(virtty("suspend", "vm", NULL), NULL);
	expect_error(virtty("type", "vm", "a", NULL), 1, "is paused and takes no keys", "virtty resume vm", NULL);
	expect_error(virtty("send-key", "vm", "KEY_A", NULL), 1, "is paused", NULL);
	expect_ok(virtty("resume", "vm", NULL), NULL);
	expect_ok(virtty("destroy", "vm", NULL), NULL);
	expect_error(virtty("type", "vm", "a", NULL), 1, "'vm' is not running", "virtty start vm", NULL);
	expect_error(virtty("send-key", "vm", "KEY_A", NULL), 1, "'vm' is not running", NULL);
	expect_error(virtty("screenshot", "vm", NULL), 1, "'vm' is not running", NULL);
	expect_error(virtty("vncdisplay", "vm", NULL), 1, "'vm' is not running", NULL);
	expect_error(virtty("domdisplay", "vm", NULL), 1, "'vm' is not running", NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(text_in_the_machines_layout)
{
	char *home = home_with_screen("<graphics type='vnc' keymap='de'/>");
	_cleanup_free_ char *german =
		line_of(virtty("type", "vm", "z\xc3\xa4\xc3\x9f@\xe2\x82\xac|", "--enter", "--json", NULL));
	_cleanup_free_ char *russian = line_of(virtty("type", "vm", "\xd0\xb6", "--layout", "ru", "--json", NULL));
	_cleanup_free_ char *input =
		line_of(virtty_input("ls\n\tpwd\n", "type", "vm", "-", "--pace", "5", "--json", NULL));
	_cleanup_outcome_ struct outcome skipped = virtty("type", "vm",
							  "a\xd0\xb6"
							  "b",
							  "--skip", "--json", NULL);

	ck_assert_str_eq(german, "{\"typed\":7,\"untyped\":[]}");
	ck_assert_str_eq(russian, "{\"typed\":1,\"untyped\":[]}");
	ck_assert_str_eq(input, "{\"typed\":8,\"untyped\":[]}");
	ck_assert_int_eq(skipped.status, 0);
	ck_assert_str_eq(skipped.out, "{\"typed\":2,\"untyped\":[\"'\xd0\xb6' (U+0436)\"]}\n");
	ck_assert_ptr_nonnull(strstr(skipped.err, "warning: left out"));
	end(home);
}
END_TEST

/* ---- pictures ---- */

static void no_picture_is_left(const char *home)
{
	_cleanup_free_ char *run = strf("%s/run/1", home);
	DIR *dir = opendir(run);
	struct dirent *entry;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)))
		ck_assert_msg(!text_starts(entry->d_name, "screen-"), "%s is left", entry->d_name);
	closedir(dir);
}

/* The file begins so. */
static void check_begins(const char *path, const char *bytes, size_t count)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = NULL;
	size_t length;

	ck_assert_msg(file_read(path, 16 << 20, &text, &length, &err), "%s", error_text(&err));
	ck_assert_uint_gt(length, count);
	ck_assert_mem_eq(text, bytes, count);
}

START_TEST(screenshots)
{
	char *home = home_with_screen("<graphics type='vnc'/>");
	_cleanup_free_ char *png = strf("%s/a.png", home), *ppm = strf("%s/a.ppm", home), *other = strf("%s/b", home);
	_cleanup_free_ char *deep = strf("%s/no/such", home), *said = NULL, *wanted = NULL;

	expect_ok(virtty("screenshot", "vm", png, NULL), &said);
	wanted = strf("Screenshot saved to %s, with type of image/png\n", png);
	ck_assert_str_eq(said, wanted);
	check_begins(png, "\x89PNG\r\n\x1a\n", 8);
	expect_ok(virtty("screenshot", "vm", "--file", ppm, "--screen", "0", NULL), NULL);
	check_begins(ppm, "P6\n", 3);
	expect_ok(virtty("screenshot", "vm", other, "--format", "ppm", NULL), NULL);
	check_begins(other, "P6\n", 3);
	/* an old file is replaced whole */
	expect_ok(virtty("screenshot", "vm", other, NULL), NULL);
	check_begins(other, "\x89PNG\r\n\x1a\n", 8);
	expect_error(virtty("screenshot", "vm", deep, NULL), 1, "cannot create file", NULL);
	free(deep);
	deep = strf("%s/c.png", home);
	expect_error(virtty("screenshot", "vm", deep, "--screen", "1", NULL), 1, "'vm' has no screen 1", NULL);
	ck_assert(!path_exists(deep));
	no_picture_is_left(home);
	end(home);
}
END_TEST

START_TEST(screenshot_to_stdout_and_by_default)
{
	char *home = home_with_screen("<graphics type='vnc'/>");
	_cleanup_free_ char *script = strf("cd '%s' && exec \"$0\" screenshot vm", home);
	_cleanup_free_ char *program = path_absolute(virtty_path());
	_cleanup_free_ char *counted = strf("'%s' screenshot vm - --format ppm | wc -c", program);
	_cleanup_free_ char *cut = strf("'%s' screenshot vm - --format ppm | head -c 2", program);
	_cleanup_free_ char *size = NULL, *head = NULL;
	_cleanup_outcome_ struct outcome named =
		run_program((const char *const[]){ "/bin/sh", "-c", script, program, NULL });

	ck_assert_msg(named.status == 0, "%s", named.err);
	ck_assert_ptr_nonnull(strstr(named.out, "Screenshot saved to vm-20"));
	ck_assert_ptr_nonnull(strstr(named.out, ".png, with type of image/png"));
	/* three bytes a pixel and the header: no byte of another kind among them */
	size = line_of(run_program((const char *const[]){ "/bin/sh", "-c", counted, NULL }));
	ck_assert_msg(strcmp(size, "864015") == 0 || strcmp(size, "921615") == 0, "%s bytes", size);
	/* a reader who leaves leaves nothing behind */
	head = line_of(run_program((const char *const[]){ "/bin/sh", "-c", cut, NULL }));
	ck_assert_str_eq(head, "P6");
	no_picture_is_left(home);
	end(home);
}
END_TEST

/* Heads of one card and a card of its own: three screens, and no fourth. */
START_TEST(several_screens)
{
	char *home = home_new();
	_cleanup_free_ char *document =
		bare_machine(home, "vm", NULL,
			     "<graphics type='vnc'/><video><model type='virtio' heads='2' primary='yes'/></video>"
			     "<video><model type='bochs'/></video>");

	define_start(home, "vm", document);
	for (int screen = 0; screen < 3; screen++) {
		_cleanup_free_ char *number = strf("%d", screen), *path = strf("%s/%d.ppm", home, screen);

		expect_ok(virtty("screenshot", "vm", path, "--screen", number, NULL), NULL);
		check_begins(path, "P6\n", 3);
	}
	expect_error(virtty("screenshot", "vm", "--screen", "3", NULL), 1, "'vm' has no screen 3", NULL);
	end(home);
}
END_TEST

START_TEST(no_screen)
{
	char *home = home_new();
	_cleanup_free_ char *path = strf("%s/a.png", home);

	define_start(home, "vm", NULL);
	expect_error(virtty("screenshot", "vm", path, NULL), 1, "'vm' has no screen", "virtty console vm", NULL);
	expect_error(virtty("vncdisplay", "vm", NULL), 1, "'vm' has no graphics", "virtty edit vm", NULL);
	end(home);
}
END_TEST

/* ---- where the screen can be seen ---- */

static void check_place(const char *command, const char *option, const char *wanted)
{
	_cleanup_free_ char *place = line_of(virtty(command, "vm", option, NULL));

	ck_assert_str_eq(place, wanted);
}

START_TEST(display_on_a_socket)
{
	char *home = home_with_screen("<graphics type='vnc'/>");
	_cleanup_free_ char *path = strf("%s/run/1/vnc", home), *uri = strf("vnc+unix://%s", path);

	check_place("vncdisplay", NULL, path);
	check_place("domdisplay", NULL, uri);
	check_place("domdisplay", "--include-password", uri);
	check_place("domdisplay", "--type=vnc", uri);
	end(home);
}
END_TEST

START_TEST(display_on_a_port)
{
	char *home = home_with_screen("<graphics type='vnc' port='-1' listen='127.0.0.1' passwd='a/b'/>");
	_cleanup_free_ char *place = line_of(virtty("vncdisplay", "vm", NULL));
	_cleanup_free_ char *uri = strf("vnc://%s", place), *secret = strf("vnc://:a%%2Fb@%s", place);

	ck_assert_msg(text_starts(place, "127.0.0.1:"), "%s", place);
	check_place("domdisplay", NULL, uri);
	check_place("domdisplay", "--include-password", secret);
	end(home);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("keys");
	TCase *tcase = tcase_create("keys");

	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, qemu_takes_every_key);
	tcase_add_test(tcase, every_key_is_sent);
	tcase_add_test(tcase, keys_that_are_refused);
	tcase_add_test(tcase, text_in_the_machines_layout);
	tcase_add_test(tcase, screenshots);
	tcase_add_test(tcase, screenshot_to_stdout_and_by_default);
	tcase_add_test(tcase, several_screens);
	tcase_add_test(tcase, no_screen);
	tcase_add_test(tcase, display_on_a_socket);
	tcase_add_test(tcase, display_on_a_port);
	suite_add_tcase(suite, tcase);
	return suite_main(suite);
}
