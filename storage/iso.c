/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of ISOs: volume descriptors from sector 16 on, then the boot catalog that one of them names. */
#include "storage/iso.h"

#include "base/memory.h"
#include "base/text.h"
#include "storage/image_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FIRST_DESCRIPTOR 16u

/* Types of volume descriptors, and where their parts are (ECMA-119, El Torito 1.0). */
enum { DESCRIPTOR_BOOT = 0, DESCRIPTOR_PRIMARY = 1, DESCRIPTOR_END = 255 };
enum {
	AT_SYSTEM = 8,
	AT_LABEL = 40,
	AT_BLOCKS = 80,
	AT_BLOCK_SIZE = 128,
	AT_PUBLISHER = 318,
	AT_APPLICATION = 574,
	AT_CREATED = 813,
};
enum { SHORT_TEXT = 32, LONG_TEXT = 128 };
static const char boot_system[] = "EL TORITO SPECIFICATION";
enum { AT_BOOT_SYSTEM = 7, AT_CATALOG = 71 };

/* The boot catalog: entries of 32 bytes. */
enum { ENTRY = 32, CATALOG_SECTORS = 2 };
enum { HEADER_VALIDATION = 0x01, HEADER_MORE = 0x90, HEADER_LAST = 0x91, ENTRY_BOOTABLE = 0x88 };
enum { PLATFORM_X86 = 0, PLATFORM_EFI = 0xef };

void iso_clear(struct iso *iso)
{
	free(iso->label);
	free(iso->system);
	free(iso->publisher);
	free(iso->application);
	*iso = (struct iso){ 0 };
}

/* What cannot be shown becomes '?'; in a text that is no UTF-8 these are all bytes beyond ASCII. Owned; NULL: nothing. */
static char *take_text(const uint8_t *bytes, size_t length)
{
	const uint8_t *nul = memchr(bytes, '\0', length);

	if (nul != NULL)
		length = (size_t)(nul - bytes);
	while (length > 0 && bytes[length - 1] == ' ')
		length--;
	if (length == 0)
		return NULL;
	char *text = xstrndup((const char *)bytes, length);
	bool foreign = !utf8_valid(text, length);

	for (char *at = text; *at != '\0'; at++) {
		unsigned char c = (unsigned char)*at;

		/* C1 controls are two bytes in UTF-8: 0xc2 and one below 0xa0 */
		if (!foreign && c == 0xc2 && (unsigned char)at[1] < 0xa0)
			at[0] = at[1] = '?';
		else if (c < 0x20 || c == 0x7f || (foreign && c >= 0x80))
			*at = '?';
	}
	return text;
}

/* Decimal digits, exactly so many; false when there is another character. */
static bool take_digits(const uint8_t *bytes, size_t count, int *ret)
{
	*ret = 0;
	for (size_t i = 0; i < count; i++) {
		if (bytes[i] < '0' || bytes[i] > '9')
			return false;
		*ret = *ret * 10 + (bytes[i] - '0');
	}
	return true;
}

/* "YYYYMMDDHHMMSScc" and the zone in quarters of an hour; 0 for what is no date. */
static int64_t take_date(const uint8_t *bytes)
{
	int year, month, day, hour, minute, second;
	int zone = (int8_t)bytes[16];

	if (!take_digits(bytes, 4, &year) || !take_digits(bytes + 4, 2, &month) || !take_digits(bytes + 6, 2, &day) ||
	    !take_digits(bytes + 8, 2, &hour) || !take_digits(bytes + 10, 2, &minute) || !take_digits(bytes + 12, 2, &second))
		return 0;
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59 || zone < -48 || zone > 52)
		return 0;
	struct tm when = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = minute, .tm_sec = second };
	int64_t seconds = (int64_t)timegm(&when) - (int64_t)zone * 15 * 60;

	return seconds > 0 ? seconds : 0;
}

static uint16_t le16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[1] << 8 | bytes[0]);
}

static void take_primary(const uint8_t *descriptor, struct iso *ret)
{
	ret->label = take_text(descriptor + AT_LABEL, SHORT_TEXT);
	ret->system = take_text(descriptor + AT_SYSTEM, SHORT_TEXT);
	ret->publisher = take_text(descriptor + AT_PUBLISHER, LONG_TEXT);
	ret->application = take_text(descriptor + AT_APPLICATION, LONG_TEXT);
	/* numbers are written twice there; little endian comes first */
	ret->volume_bytes = (uint64_t)le32(descriptor + AT_BLOCKS) * le16(descriptor + AT_BLOCK_SIZE);
	ret->created_s = take_date(descriptor + AT_CREATED);
}

/* ---- what boots ---- */

static void take_entry(struct iso *ret, unsigned platform, const uint8_t *entry)
{
	if (entry[0] != ENTRY_BOOTABLE)
		return;
	ret->boots_bios |= platform == PLATFORM_X86;
	ret->boots_uefi |= platform == PLATFORM_EFI;
}

/* Its first entry sums up to nothing: a place that holds no catalog does not, but by accident. */
static bool is_catalog(const uint8_t *entry)
{
	uint16_t sum = 0;

	for (size_t i = 0; i < ENTRY; i += 2)
		sum = (uint16_t)(sum + le16(entry + i));
	return entry[0] == HEADER_VALIDATION && entry[30] == 0x55 && entry[31] == 0xaa && sum == 0;
}

/* The first entry is valid for a platform, the second one boots; then come sections, each with its platform. */
static void read_catalog(const struct iso_source *source, uint32_t sector, struct iso *ret)
{
	uint8_t catalog[CATALOG_SECTORS * ISO_SECTOR] = { 0 };

	if (!source->read(source->userdata, (uint64_t)sector * ISO_SECTOR, catalog, sizeof catalog) &&
	    !source->read(source->userdata, (uint64_t)sector * ISO_SECTOR, catalog, ISO_SECTOR))
		return;
	if (!is_catalog(catalog))
		return;
	take_entry(ret, catalog[1], catalog + ENTRY);
	for (size_t at = 2 * ENTRY; at + ENTRY <= sizeof catalog;) {
		const uint8_t *header = catalog + at;
		unsigned count = le16(header + 2);

		if (header[0] != HEADER_MORE && header[0] != HEADER_LAST)
			return;
		for (at += ENTRY; count > 0 && at + ENTRY <= sizeof catalog; at += ENTRY, count--)
			take_entry(ret, header[1], catalog + at);
		if (header[0] == HEADER_LAST)
			return;
	}
}

/* ---- descriptors ---- */

static bool is_boot_record(const uint8_t *descriptor)
{
	return memcmp(descriptor + AT_BOOT_SYSTEM, boot_system, sizeof boot_system - 1) == 0;
}

bool iso_parse(const struct iso_source *source, const char *path, struct iso *ret, struct error *err)
{
	uint8_t descriptor[ISO_SECTOR];
	bool primary = false;
	uint32_t catalog = 0;

	*ret = (struct iso){ 0 };
	for (unsigned i = 0; i < ISO_DESCRIPTORS; i++) {
		if (!source->read(source->userdata, (uint64_t)(FIRST_DESCRIPTOR + i) * ISO_SECTOR, descriptor, sizeof descriptor) ||
		    memcmp(descriptor + 1, "CD001", 5) != 0 || descriptor[0] == DESCRIPTOR_END)
			break;
		if (descriptor[0] == DESCRIPTOR_PRIMARY && !primary) {
			take_primary(descriptor, ret);
			primary = true;
		} else if (descriptor[0] == DESCRIPTOR_BOOT && catalog == 0 && is_boot_record(descriptor)) {
			catalog = le32(descriptor + AT_CATALOG);
		}
	}
	if (!primary)
		return error_set(err, ERROR_INVALID, "'%s' is no ISO 9660 image", path);
	if (catalog != 0)
		read_catalog(source, catalog, ret);
	return true;
}

/* ---- files ---- */

static bool read_file(void *userdata, uint64_t at, void *bytes, size_t length)
{
	const int *fd = userdata;
	size_t done = 0;

	while (done < length) {
		ssize_t n = pread(*fd, (char *)bytes + done, length - done, (off_t)(at + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

bool iso_read(int fd, const char *path, struct iso *ret, struct error *err)
{
	const struct iso_source source = { read_file, &fd };

	return iso_parse(&source, path, ret, err);
}
