/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ISOs by their own words: texts and dates as the descriptors have them, boot entries wherever the catalog puts them; what is broken or hostile
 * is refused or bounded. */
#include "base/text.h"
#include "storage/iso.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <unistd.h>

#define SECTORS 64u
#define PRIMARY (16u * ISO_SECTOR)
#define BOOT	(17u * ISO_SECTOR)
#define LAST	(18u * ISO_SECTOR)
#define CATALOG_SECTOR 30u
#define CATALOG (CATALOG_SECTOR * ISO_SECTOR)

static uint8_t disc[SECTORS * ISO_SECTOR];
static size_t length;
static unsigned reads;

static bool read_disc(void *userdata, uint64_t at, void *bytes, size_t count)
{
	(void)userdata;
	reads++;
	if (at > length || count > length - at)
		return false;
	memcpy(bytes, disc + at, count);
	return true;
}

static const struct iso_source source = { read_disc, NULL };

static void put(size_t at, const char *text, size_t width)
{
	memset(disc + at, ' ', width);
	memcpy(disc + at, text, strlen(text));
}

static void descriptor(size_t at, uint8_t type)
{
	memset(disc + at, 0, ISO_SECTOR);
	disc[at] = type;
	memcpy(disc + at + 1, "CD001\1", 6);
}

/* The sum of the first entry's words is zero. */
static void seal(void)
{
	unsigned sum = 0;

	disc[CATALOG + 28] = disc[CATALOG + 29] = 0;
	for (size_t i = 0; i < 32; i += 2)
		sum += (unsigned)disc[CATALOG + i] | (unsigned)disc[CATALOG + i + 1] << 8;
	sum = 0x10000 - (sum & 0xffff);
	disc[CATALOG + 28] = (uint8_t)sum;
	disc[CATALOG + 29] = (uint8_t)(sum >> 8);
}

static void entry(size_t number, uint8_t first, uint8_t second, uint8_t count)
{
	uint8_t *at = disc + CATALOG + 32 * number;

	memset(at, 0, 32);
	at[0] = first;
	at[1] = second;
	at[2] = count;
}

/* A disc as xorriso makes it: BIOS, and a section for UEFI. */
static void set_up(void)
{
	memset(disc, 0, sizeof disc);
	length = sizeof disc;
	reads = 0;
	descriptor(PRIMARY, 1);
	put(PRIMARY + 8, "LINUX", 32);
	put(PRIMARY + 40, "Debian 11.5.0 amd64 n", 32);
	put(PRIMARY + 318, "A PUBLISHER", 128);
	put(PRIMARY + 574, "AN APPLICATION", 128);
	disc[PRIMARY + 80] = SECTORS;
	disc[PRIMARY + 129] = ISO_SECTOR >> 8;
	memcpy(disc + PRIMARY + 813, "2022091012345600\x08", 17);
	descriptor(BOOT, 0);
	memcpy(disc + BOOT + 7, "EL TORITO SPECIFICATION", 23);
	disc[BOOT + 71] = CATALOG_SECTOR;
	descriptor(LAST, 255);
	disc[CATALOG] = 1;
	disc[CATALOG + 30] = 0x55;
	disc[CATALOG + 31] = 0xaa;
	seal();
	entry(1, 0x88, 0, 0);
	entry(2, 0x91, 0xef, 1);
	entry(3, 0x88, 0, 0);
}

static struct iso parse(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct iso iso;

	ck_assert_ok(iso_parse(&source, "disc", &iso, &err), &err);
	ck_assert_uint_le(reads, ISO_DESCRIPTORS + 2);
	return iso;
}

static void refuse(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct iso iso;

	ck_assert(!iso_parse(&source, "disc", &iso, &err));
	ck_assert_error(&err, ERROR_INVALID, "'disc' is no ISO 9660 image");
	ck_assert_ptr_null(iso.label);
}

START_TEST(words)
{
	struct iso iso = parse();

	ck_assert_str_eq(iso.label, "Debian 11.5.0 amd64 n");
	ck_assert_str_eq(iso.system, "LINUX");
	ck_assert_str_eq(iso.publisher, "A PUBLISHER");
	ck_assert_str_eq(iso.application, "AN APPLICATION");
	ck_assert_uint_eq(iso.volume_bytes, sizeof disc);
	ck_assert_int_eq(iso.created_s, 1662806096); /* two hours east */
	ck_assert(iso.boots_bios && iso.boots_uefi);
	iso_clear(&iso);
}
END_TEST

static void expect_boot(bool bios, bool uefi)
{
	struct iso iso = parse();

	ck_assert_int_eq(iso.boots_bios, bios);
	ck_assert_int_eq(iso.boots_uefi, uefi);
	iso_clear(&iso);
}

START_TEST(catalogs)
{
	expect_boot(true, true);
	entry(3, 0x00, 0, 0); /* there, and not to be booted */
	expect_boot(true, false);
	disc[CATALOG + 1] = 0xef; /* all for UEFI */
	seal();
	expect_boot(false, true);
	disc[CATALOG + 28]++; /* the sum is wrong: this is no catalog */
	expect_boot(false, false);
	set_up();
	disc[BOOT + 71 + 3] = 0xff; /* far away */
	expect_boot(false, false);
	set_up();
	disc[BOOT + 7] = 'X'; /* another boot system */
	expect_boot(false, false);
	/* a section that says it has more entries than there is room for ends with the room */
	set_up();
	entry(2, 0x90, 0xef, 0xff);
	disc[CATALOG + 32 * 2 + 3] = 0xff;
	expect_boot(true, true);
	/* sections without an end: zeroes are no header */
	set_up();
	entry(2, 0x90, 0xef, 0);
	entry(3, 0, 0, 0);
	expect_boot(true, false);
	/* at the very end of a short disc there is one sector of it */
	set_up();
	length = CATALOG + ISO_SECTOR;
	expect_boot(true, true);
	length = CATALOG + ISO_SECTOR - 1;
	expect_boot(false, false);
}
END_TEST

/* Terminals obey control characters, and XML and JSON take valid UTF-8 alone. */
START_TEST(hostile_words)
{
	static const struct {
		const char *written, *shown;
	} cases[] = {
		{ "plain", "plain" },
		{ "\x1b[2Jgone", "?[2Jgone" },
		{ "a\tb\nc\x7f", "a?b?c?" },
		{ "caf\xe9", "caf?" },
		{ "caf\xc3\xa9", "caf\xc3\xa9" },
		{ "\xc2\x9b\x32J", "??2J" },
		{ "\xff\xfe", "??" },
		{ "   ", NULL },
		{ "", NULL },
		{ "  left", "  left" },
		{ "01234567890123456789012345678901", "01234567890123456789012345678901" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		set_up();
		put(PRIMARY + 40, cases[i].written, 32);
		struct iso iso = parse();

		ck_assert_pstr_eq(iso.label, cases[i].shown);
		iso_clear(&iso);
	}
	/* what stands behind a zero byte is not looked at */
	set_up();
	put(PRIMARY + 40, "", 32);
	memcpy(disc + PRIMARY + 40, "ab\0cd", 5);
	struct iso iso = parse();

	ck_assert_str_eq(iso.label, "ab");
	iso_clear(&iso);
}
END_TEST

START_TEST(dates)
{
	static const char *const none[] = { "0000000000000000", "2022131012345600", "2022091012345x00",
					    "1969123123595900", "2022091025000000", "                " };

	for (size_t i = 0; i < ARRAY_LENGTH(none); i++) {
		set_up();
		memcpy(disc + PRIMARY + 813, none[i], 16);
		struct iso iso = parse();

		ck_assert_int_eq(iso.created_s, 0);
		iso_clear(&iso);
	}
	set_up();
	disc[PRIMARY + 813 + 16] = 0x7f; /* thirty hours east of Greenwich */
	struct iso iso = parse();

	ck_assert_int_eq(iso.created_s, 0);
	iso_clear(&iso);
}
END_TEST

START_TEST(broken)
{
	memcpy(disc + PRIMARY + 1, "CD002", 5);
	refuse();
	set_up();
	disc[PRIMARY] = 2; /* no primary descriptor among them */
	refuse();
	set_up();
	descriptor(PRIMARY, 255);
	refuse();
	for (size_t end = 0; end < PRIMARY + ISO_SECTOR; end += 997) {
		set_up();
		length = end;
		refuse();
	}
	/* descriptors without an end: so many are looked at, and no more */
	set_up();
	for (unsigned sector = 16; sector < SECTORS; sector++)
		descriptor(sector * ISO_SECTOR, 3);
	refuse();
	ck_assert_uint_le(reads, ISO_DESCRIPTORS + 2);
	/* the first of several primary ones counts, and nothing of the others is lost or taken */
	set_up();
	memcpy(disc + BOOT, disc + PRIMARY, ISO_SECTOR);
	put(BOOT + 40, "second", 32);
	struct iso iso = parse();

	ck_assert_str_eq(iso.label, "Debian 11.5.0 amd64 n");
	iso_clear(&iso);
}
END_TEST

START_TEST(files)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	char *directory = unit_tempdir();
	_cleanup_free_ char *path = strf("%s/a.iso", directory);
	struct iso iso;

	ck_assert_ok(file_write(path, disc, sizeof disc, 0600, &err), &err);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	ck_assert_ok(iso_read(fd, path, &iso, &err), &err);
	ck_assert_str_eq(iso.label, "Debian 11.5.0 amd64 n");
	ck_assert(iso.boots_uefi);
	iso_clear(&iso);
	ck_assert_int_eq(truncate(path, PRIMARY + 100), 0);
	ck_assert(!iso_read(fd, path, &iso, &err));
	ck_assert_error(&err, ERROR_INVALID, "a.iso' is no ISO 9660 image");
	unit_tempdir_remove(directory);
}
END_TEST

static Suite *suite(void)
{
	Suite *all = suite_create("iso");
	TCase *tests = tcase_create("iso");

	tcase_add_checked_fixture(tests, set_up, NULL);
	tcase_add_test(tests, words);
	tcase_add_test(tests, catalogs);
	tcase_add_test(tests, hostile_words);
	tcase_add_test(tests, dates);
	tcase_add_test(tests, broken);
	tcase_add_test(tests, files);
	suite_add_tcase(all, tests);
	return all;
}

int main(void)
{
	return unit_run(suite());
}
