/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How exact text recovery is on the screens of real guests, against what the guests themselves say is there: the memory
 * of a VGA's text mode, the kernel's own record of its console, the serial line that firmware writes the same to, the
 * text that was written for it. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "screen/font_read.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/reading.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vterm.h>

#define INSTALLER "/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64"
#define MEMTEST	  "/boot/memtest86+x64.bin"

/* What the VGA's text memory holds, at this very moment. */
static void compare_vga(struct view *view, const char *name)
{
	_cleanup_expected_ struct expected expected = expected_new(80, 25);
	_cleanup_free_ unsigned char *memory = NULL;

	qemu_stop(&view->qemu);
	view_update(view);
	memory = qemu_memory(&view->qemu, 0xb8000, 80 * 25 * 2);
	for (unsigned i = 0; i < 80 * 25; i++)
		expected.characters[i] = font_cp437_character(memory[2 * i]);
	compare(view, name, &expected, (struct place){ 0, 0 });
	qemu_continue(&view->qemu);
}

/* ---- firmware and boot loaders of a PC ---- */

START_TEST(test_seabios)
{
	char *home = home_new();
	struct view view = view_start(home, "seabios", (const char *const[]){ NULL });

	wait_text(&view, "No bootable device.", BOOT_MS);
	compare_vga(&view, "SeaBIOS");
	view_end(&view);
	home_end(home);
}
END_TEST

START_TEST(test_memtest)
{
	char *home;
	struct view view;

	if (!path_exists(MEMTEST)) {
		skip_test("memtest86+ is not installed");
		return;
	}
	home = home_new();
	view = view_start(home, "memtest", (const char *const[]){ "-kernel", MEMTEST, NULL });
	wait_text(&view, "Pattern", BOOT_MS);
	compare_vga(&view, "memtest86+");
	view_end(&view);
	home_end(home);
}
END_TEST

/* What GRUB is told to write. The first word is where it is found again. */
static const char *const grub_lines[] = {
	"GRUB-LINES !\"#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~ The quick brown fox jumps over it.",
	"\u00c0\u00c9\u00ce\u00d5\u00dc\u00df\u00e0\u00e9\u00ee\u00f5\u00fc \u0104\u0119\u015b\u017c "
	"\u00a1\u00bf \u00a3 \u20ac \u00b5 \u00b1 \u00f7 \u00d7 \u00ab\u00bb",
	"\u0414\u043e\u0431\u0440\u043e \u043f\u043e\u0436\u0430\u043b\u043e\u0432\u0430\u0442\u044c, "
	"\u0432\u0441\u0435\u043c \u03ba\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1",
	"\u65e5\u672c\u8a9e \u4e2d\u6587 \ud55c\uad6d\uc5b4 wide ones, and narrow ones",
	"\u250c\u2500\u2500\u2500\u252c\u2500\u2500\u2500\u2510 \u2502 \u2514\u2500\u2534\u2500\u2518 "
	"\u2191\u2193\u2190\u2192",
};

static void write_lines(struct strbuf *script, const char *ready)
{
	strbuf_puts(script, "clear\n");
	for (size_t i = 0; i < ARRAY_LENGTH(grub_lines); i++)
		strbuf_printf(script, "echo '%s'\n", grub_lines[i]);
	strbuf_printf(script, "echo '%s'\nread answer\n", ready);
}

/* An ISO whose GRUB writes in text mode, and then in graphics of two sizes. Owned path; NULL: it cannot be made here.
 */
static char *make_grub(const char *home)
{
	_cleanup_strbuf_ struct strbuf script = STRBUF_INIT;
	_cleanup_free_ char *tree = strf("%s/iso", home), *directory = strf("%s/boot/grub", tree);
	_cleanup_free_ char *path = strf("%s/grub.cfg", directory), *font = strf("%s/fonts/unicode.pf2", directory);
	_cleanup_free_ char *source = NULL, *iso = strf("%s/grub.iso", home), *out = strf("--output=%s", iso);
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_outcome_ struct outcome made = { 0 };
	size_t length;

	if (!file_read("/usr/share/grub/unicode.pf2", FONT_FILE_MAX, &source, &length, &err)) {
		skip_test("GRUB's font is not installed: %s", error_text(&err));
		return NULL;
	}
	ck_assert(directory_make(directory, 0700, &err));
	strbuf_puts(&script, "terminal_input console\nterminal_output console\n");
	write_lines(&script, "GRUB-TEXT-READY");
	strbuf_puts(&script, "loadfont /boot/grub/fonts/unicode.pf2\ninsmod all_video\ninsmod gfxterm\n");
	for (int i = 0; i < 2; i++) {
		strbuf_printf(&script, "terminal_output console\nset gfxmode=%s\nterminal_output gfxterm\n", i == 0 ? "800x600" : "1024x768");
		write_lines(&script, i == 0 ? "GRUB-800-READY" : "GRUB-1024-READY");
	}
	strbuf_puts(&script, "menuentry 'GRUB-MENU one' { true }\nmenuentry 'the second of them' { true }\n");
	_cleanup_free_ char *fonts_directory = strf("%s/fonts", directory);

	ck_assert(directory_make(fonts_directory, 0700, &err));
	ck_assert_msg(file_write(path, script.data, script.length, 0600, &err), "%s", error_text(&err));
	ck_assert_msg(file_write(font, source, length, 0600, &err), "%s", error_text(&err));
	made = run_program((const char *const[]){ "/usr/bin/env", "grub-mkrescue", out, "--locales=", "--themes=", "--fonts=", "--compress=no",
						  "--install-modules=iso9660 normal echo read sleep gfxterm font all_video terminal true", tree,
						  NULL });
	if (made.status != 0) {
		skip_test("grub-mkrescue cannot make an ISO here: %s", made.err);
		return NULL;
	}
	return TAKE_POINTER(iso);
}

/* The lines that GRUB was told to write, from their first word on. */
static void compare_lines(const struct view *view, const char *name, struct place place)
{
	_cleanup_expected_ struct expected expected = expected_new(80, ARRAY_LENGTH(grub_lines));

	for (unsigned i = 0; i < ARRAY_LENGTH(grub_lines); i++)
		expected_put(&expected, i, 0, grub_lines[i]);
	compare(view, name, &expected, place);
}

START_TEST(test_grub)
{
	char *home = home_new();
	_cleanup_free_ char *iso = make_grub(home);
	struct place place;
	struct view view;

	if (iso == NULL)
		return home_end(home);
	view = view_start(home, "grub", (const char *const[]){ "-cdrom", iso, NULL });
	wait_text(&view, "GRUB-TEXT-READY", BOOT_MS);
	compare_vga(&view, "GRUB, text mode");
	for (int i = 0; i < 2; i++) {
		qemu_keys(&view.qemu, "ret", NULL);
		wait_text(&view, i == 0 ? "GRUB-800-READY" : "GRUB-1024-READY", BOOT_MS);
		ck_assert(find_text(&view, "GRUB-LINES", &place));
		compare_lines(&view, i == 0 ? "GRUB, gfxterm" : "GRUB, gfxterm, larger", place);
	}
	qemu_keys(&view.qemu, "ret", NULL);
	wait_text(&view, "the second of them", BOOT_MS);
	ck_assert_uint_eq(recover_grid(view.recover)->recognised, recover_grid(view.recover)->filled);
	view_end(&view);
	home_end(home);
}
END_TEST

/* ---- a boot menu on a picture ---- */

/* The labels of syslinux' menu, one below the other, as the installer's files have them ("menu label ^Install"). */
static const char *const menu_labels[] = { "Install", "Advanced options", "Accessible dark contrast installer menu", "Help" };

/* A label is in the files, but for the mark of its key. */
static void check_label(const char *label)
{
	static const char command[] = "cat " INSTALLER "/boot-screens/*.cfg | tr -d ^ | grep -q -F -x -e";
	_cleanup_free_ char *line = strf("%s \"$(printf '\\tmenu label %s')\" -e '    menu label %s'", command, label, label);

	expect_ok(run_program((const char *const[]){ "/bin/sh", "-c", line, NULL }), NULL);
}

/* The installer's, as it comes over a network that QEMU plays: text with shadows, drawn over a picture. */
START_TEST(test_splash)
{
	_cleanup_expected_ struct expected expected = expected_new(40, ARRAY_LENGTH(menu_labels));
	struct place place;
	struct view view;
	char *home;

	if (!path_exists(INSTALLER "/boot-screens")) {
		skip_test("debian-installer-12-netboot-amd64 is not installed");
		return;
	}
	home = home_new();
	view = view_start(home, "splash",
			  (const char *const[]){ "-netdev", "user,id=net,restrict=on,tftp=" INSTALLER "/../..,bootfile=/pxelinux.0", "-device",
						 "e1000,netdev=net,bootindex=1", NULL });
	(void)wait_text(&view, menu_labels[ARRAY_LENGTH(menu_labels) - 1], BOOT_MS); /* they are drawn one after the other */
	place = wait_text(&view, "Advanced options", BOOT_MS);
	place.row--;
	for (unsigned i = 0; i < ARRAY_LENGTH(menu_labels); i++) {
		check_label(menu_labels[i]);
		expected_put(&expected, i, 0, menu_labels[i]);
	}
	compare(&view, "syslinux' menu on a picture", &expected, place);
	view_end(&view);
	home_end(home);
}
END_TEST

/* ---- Linux ---- */

/* The number after a word's end. */
static unsigned long number_at(const char **at, int base)
{
	char *end;
	unsigned long number = strtoul(*at, &end, base);

	ck_assert_msg(end > *at, "no number: %.20s", *at);
	*at = end;
	return number;
}

/* The kernel's record of the console, as the guest's program "screen" said it. */
static struct expected parse_screen(const char *text)
{
	const char *at = strstr(text, "SCREEN ");
	struct expected expected;
	unsigned columns, rows;

	ck_assert_ptr_nonnull(at);
	at += strlen("SCREEN ");
	columns = (unsigned)number_at(&at, 10);
	rows = (unsigned)number_at(&at, 10);
	ck_assert(columns > 0 && columns <= TEXT_COLUMNS_MAX && rows > 0 && rows <= TEXT_ROWS_MAX);
	expected = expected_new(columns, rows);
	for (size_t i = 0; i < (size_t)columns * rows; i++)
		expected.characters[i] = (uint32_t)number_at(&at, 16);
	return expected;
}

struct serial_wait {
	const struct qemu *qemu;
	const char *text;
};

static bool serial_has(void *data)
{
	const struct serial_wait *wait = data;
	_cleanup_free_ char *text = NULL;
	size_t length;

	text = qemu_serial(wait->qemu, &length);
	return strstr(text, wait->text) != NULL;
}

static void wait_serial(const struct view *view, const char *text)
{
	struct serial_wait wait = { &view->qemu, text };

	ck_assert_msg(wait_for(serial_has, &wait, BOOT_MS), "'%s' did not come on the serial line", text);
}

/* A kernel with the test guest's userland, which fills its console. The mode is one of SeaBIOS' VGA. */
struct linux_guest {
	const char *name, *video;
	unsigned width;
};

static struct view linux_start(const char *home, const struct linux_guest *guest, const char *kernel, const char *initrd)
{
	_cleanup_free_ char *cmdline = strf("quiet console=tty0 console=ttyS0 do=screen %s", guest->video);
	/* no "=", which QEMU would take for an option's */
	_cleanup_free_ char *name = strf("linux-%s", strchr(guest->video, '=') + 1);

	return view_start(home, name, (const char *const[]){ "-kernel", kernel, "-initrd", initrd, "-append", cmdline, NULL });
}

static void linux_compare(struct view *view, const struct linux_guest *guest)
{
	_cleanup_expected_ struct expected expected = { 0 };
	_cleanup_free_ char *serial = NULL;
	size_t length;

	wait_serial(view, "\nEND");
	wait_text(view, "demo:/root#", BOOT_MS);
	ck_assert_uint_eq(view->qemu.screen.width, guest->width);
	serial = qemu_serial(&view->qemu, &length);
	expected = parse_screen(serial);
	compare(view, guest->name, &expected, (struct place){ 0, 0 });
}

/* Two at a time. */
static void look_at_linux(const struct linux_guest guests[2], const char *kernel, const char *initrd)
{
	char *home = home_new();
	struct view views[2];

	for (int i = 0; i < 2; i++)
		views[i] = linux_start(home, &guests[i], kernel, initrd);
	for (int i = 0; i < 2; i++) {
		linux_compare(&views[i], &guests[i]);
		view_end(&views[i]);
	}
	home_end(home);
}

static const struct linux_guest text_modes[2] = {
	{ "Linux, VGA text console", "vga=normal", 720 },
	{ "Linux, VGA text console of 50 rows", "vga=ext", 720 },
};

START_TEST(test_linux_text)
{
	_cleanup_free_ char *kernel = guest_file("kernel/vmlinuz"), *initrd = guest_file("initrd.img");

	if (kernel != NULL && initrd != NULL)
		look_at_linux(text_modes, kernel, initrd);
}
END_TEST

/* The kernel of the installer has drivers for all of them; Debian's for clouds has none. */
static const struct linux_guest framebuffers[][2] = {
	{ { "Linux, framebuffer of 16 bits", "vga=0x314", 800 }, { "Linux, framebuffer", "vga=0x344", 1024 } },
	{ { "Linux, framebuffer, larger", "vga=0x37a", 1280 }, { "Linux, framebuffer, its large font", "vga=0x38a", 2560 } },
};

START_TEST(test_linux_framebuffer)
{
	_cleanup_free_ char *initrd = guest_file("initrd.img");

	if (!path_exists(INSTALLER "/linux"))
		skip_test("debian-installer-12-netboot-amd64 is not installed");
	else if (initrd != NULL)
		look_at_linux(framebuffers[_i], INSTALLER "/linux", initrd);
}
END_TEST

/* ---- UEFI ---- */

/* Lines and blocks come in code page 437. */
static void write_cp437(VTerm *vterm, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		uint32_t character = font_cp437_character((unsigned char)text[i]);
		char utf8[3] = { (char)(0xe0 | character >> 12), (char)(0x80 | (character >> 6 & 0x3f)), (char)(0x80 | (character & 0x3f)) };

		if ((unsigned char)text[i] >= 0x80 && character >= 0x800)
			vterm_input_write(vterm, utf8, sizeof utf8);
		else
			vterm_input_write(vterm, text + i, 1);
	}
}

/* What a terminal on the serial line shows. */
static struct expected serial_screen(const struct view *view, unsigned columns, unsigned rows)
{
	struct expected expected = expected_new(columns, rows);
	VTerm *vterm = vterm_new((int)rows, (int)columns);
	VTermScreen *screen = vterm_obtain_screen(vterm);
	_cleanup_free_ char *text = NULL;
	size_t length;

	vterm_set_utf8(vterm, 1);
	vterm_screen_reset(screen, 1);
	text = qemu_serial(&view->qemu, &length);
	write_cp437(vterm, text, length);
	for (unsigned row = 0; row < rows; row++)
		for (unsigned column = 0; column < columns; column++) {
			VTermScreenCell cell;

			vterm_screen_get_cell(screen, (VTermPos){ (int)row, (int)column }, &cell);
			*expected_at(&expected, row, column) = cell.chars[0] == 0 ? ' ' : cell.chars[0];
		}
	vterm_free(vterm);
	return expected;
}

/* For arrows and the like the line has only ASCII: those cells are taken to be what the screen has there, if it is
 * such. */
static void pass_symbols(const struct view *view, struct expected *expected, struct place place)
{
	for (unsigned row = 0; row < expected->rows; row++)
		for (unsigned column = 0; column < expected->columns; column++) {
			uint32_t *wanted = expected_at(expected, row, column);
			uint32_t found = cell_character(view, place.row + row, place.column + column);

			if (*wanted < 0x80 && strchr("<>^v*", (int)*wanted) != NULL && found >= 0x2190 && found < 0x2600)
				*wanted = found;
		}
}

/* The firmware's console, which it writes to the serial line as well, in a mode of so many columns and rows. */
struct firmware_screen {
	struct view *view;
	const char *first; /* a text that the upper left part of it has, to find it by */
	unsigned columns, rows;
	struct expected expected;
	struct place place;
};

/* Where text stands on the serial line's screen. */
static bool find_expected(const struct expected *expected, const char *text, struct place *ret)
{
	size_t length = strlen(text);

	for (unsigned row = 0; row < expected->rows; row++)
		for (unsigned column = 0; column + length <= expected->columns; column++) {
			size_t i;

			for (i = 0; i < length && *expected_at(expected, row, column + (unsigned)i) == (unsigned char)text[i]; i++)
				;
			if (i == length) {
				*ret = (struct place){ row, column };
				return true;
			}
		}
	return false;
}

static bool look_at_firmware(void *data)
{
	struct firmware_screen *screen = data;
	struct place there;
	struct score score;

	view_update(screen->view);
	expected_clear(&screen->expected);
	screen->expected = serial_screen(screen->view, screen->columns, screen->rows);
	if (!find_text(screen->view, screen->first, &screen->place) || !find_expected(&screen->expected, screen->first, &there) ||
	    screen->place.row < there.row || screen->place.column < there.column)
		return false;
	screen->place.row -= there.row;
	screen->place.column -= there.column;
	pass_symbols(screen->view, &screen->expected, screen->place);
	score = judge(screen->view, &screen->expected, screen->place, NULL);
	return score.wrong == 0 && score.known == score.cells;
}

/* Both write at their own pace: when they are done they are the same, or remain different. */
static void compare_firmware(struct view *view, const char *name, const char *first, unsigned columns, unsigned rows)
{
	struct firmware_screen screen = { .view = view, .first = first, .columns = columns, .rows = rows };

	wait_for(look_at_firmware, &screen, SOON_MS);
	compare(view, name, &screen.expected, screen.place);
	expected_clear(&screen.expected);
}

static const char *firmware_image(void)
{
	static const char *const paths[] = { "/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_CODE.fd" };

	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++)
		if (path_exists(paths[i]))
			return paths[i];
	return NULL;
}

START_TEST(test_uefi)
{
	_cleanup_free_ char *drive = NULL;
	char *home;
	struct view view;

	if (firmware_image() == NULL) {
		skip_test("OVMF is not installed");
		return;
	}
	home = home_new();
	drive = strf("if=pflash,format=raw,readonly=on,file=%s", firmware_image());
	view = view_start(home, "uefi", (const char *const[]){ "-drive", drive, NULL });
	wait_text(&view, "Shell> ", BOOT_MS);
	/* no start-up script is waited for */
	qemu_keys(&view.qemu, "h", "e", "l", "p", "spc", "minus", "b", "ret", NULL);
	wait_text(&view, "Press ENTER to continue", BOOT_MS);
	compare_firmware(&view, "UEFI shell", "Press ENTER", 100, 31);
	qemu_keys(&view.qemu, "q", "ret", "e", "x", "i", "t", "ret", NULL);
	wait_text(&view, "Move Highlight", BOOT_MS);
	compare_firmware(&view, "UEFI setup", "Standard PC", 80, 25);
	qemu_keys(&view.qemu, "down", "ret", NULL);
	wait_text(&view, "Press ESC to exit.", BOOT_MS);
	compare_firmware(&view, "UEFI device manager", "Devices List", 80, 25);
	view_end(&view);
	home_end(home);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("accuracy");
	TCase *tcase = tcase_create("accuracy");

	tcase_set_timeout(tcase, 600);
	tcase_add_test(tcase, test_seabios);
	tcase_add_test(tcase, test_memtest);
	tcase_add_test(tcase, test_grub);
	tcase_add_test(tcase, test_splash);
	tcase_add_test(tcase, test_linux_text);
	tcase_add_loop_test(tcase, test_linux_framebuffer, 0, ARRAY_LENGTH(framebuffers));
	tcase_add_test(tcase, test_uefi);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	int result;

	reading_begin();
	result = suite_main(suite());
	reading_end();
	return result;
}
