/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Archives as tar makes them, in each of its formats, and as nobody should. */
#include "base/file.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "storage/tar.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* ---- archives in memory ---- */

static bool read_memory(void *userdata, uint64_t offset, void *bytes, size_t length, struct error *err)
{
	const struct strbuf *archive = userdata;

	ck_assert(offset <= archive->length && length <= archive->length - offset);
	memcpy(bytes, archive->data + offset, length);
	(void)err;
	return true;
}

static bool read_archive(struct strbuf *archive, struct tar *ret, struct error *err)
{
	struct tar_source source = { .path = "a.tar", .size = archive->length, .read = read_memory, .userdata = archive };

	return tar_read(&source, ret, err);
}

static void sign(char *block)
{
	unsigned sum = 0;

	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)block[i];
	snprintf(block + 148, 8, "%06o", sum);
}

/* A header block; size as octal text or anything else. */
static void add_header(struct strbuf *archive, const char *name, char type, const char *size)
{
	char block[TAR_BLOCK] = { 0 };

	memcpy(block, name, strlen(name));
	memcpy(block + 100, "0000644", 7);
	memcpy(block + 124, size, strlen(size));
	block[156] = type;
	memcpy(block + 257, "ustar\00000", 8);
	sign(block);
	strbuf_add(archive, block, sizeof block);
}

static void add_data(struct strbuf *archive, const char *bytes, size_t length)
{
	static const char zeroes[TAR_BLOCK];

	strbuf_add(archive, bytes, length);
	if (length % TAR_BLOCK != 0)
		strbuf_add(archive, zeroes, TAR_BLOCK - length % TAR_BLOCK);
}

static void add_end(struct strbuf *archive)
{
	static const char zeroes[2 * TAR_BLOCK];

	strbuf_add(archive, zeroes, sizeof zeroes);
}

static void refuse(struct strbuf *archive, const char *words)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct tar tar;

	ck_assert(!read_archive(archive, &tar, &err));
	ck_assert_msg(strstr(error_text(&err), words) != NULL, "%s, not %s", error_text(&err), words);
	ck_assert_ptr_null(tar.members);
	strbuf_clear(archive);
}

/* ---- what tar makes ---- */

static const char *const formats[] = { "v7", "ustar", "gnu", "oldgnu", "pax" };

START_TEST(what_tar_makes)
{
	char *directory = unit_tempdir();
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *path = strf("%s/a.tar", directory), *one = strf("%s/one", directory), *format = strf("--format=%s", formats[_i]);
	/* too long for the oldest */
	_cleanup_free_ char *long_name = strf("%s/%s-%0120d", directory, "a", 7), *data = xcalloc(1, 3000);
	bool long_names = strcmp(formats[_i], "v7") != 0 && strcmp(formats[_i], "ustar") != 0;
	struct tar tar;

	memset(data, 'x', 3000);
	ck_assert_ok(file_write(one, data, 3000, 0600, &err), &err);
	ck_assert_ok(file_write(long_name, "long", 4, 0600, &err), &err);
	const char *argv[] = { "tar", format, "-C", directory, "-cf", path, "--transform=s,one,./dir//one,", "one",
			       long_names ? strrchr(long_name, '/') + 1 : NULL, NULL };

	ck_assert_ok(process_run_ok((char *const *)(uintptr_t)argv, 20000, NULL, &err), &err);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	ck_assert_ok(tar_read_file(fd, path, &tar, &err), &err);
	ck_assert_uint_eq(tar.count, long_names ? 2 : 1);
	const struct tar_member *member = tar_find(&tar, "dir/one");

	ck_assert_ptr_nonnull(member);
	ck_assert_uint_eq(member->size, 3000);
	ck_assert_int_eq(pread(fd, data, 3000, (off_t)member->offset), 3000);
	ck_assert(data[0] == 'x' && data[2999] == 'x');
	ck_assert(!long_names || tar_find(&tar, strrchr(long_name, '/') + 1) != NULL);
	ck_assert_ptr_null(tar_find(&tar, "two"));
	tar_clear(&tar);
	unit_tempdir_remove(directory);
}
END_TEST

START_TEST(sizes)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct strbuf archive = STRBUF_INIT;
	struct tar tar;

	/* base 256; no end; a last block that is not filled up */
	add_header(&archive, "a", '0', "0");
	memset(archive.data + 124, 0, 12);
	archive.data[124] = (char)0x80;
	archive.data[135] = 3;
	sign(archive.data);
	strbuf_add(&archive, "abc", 3);
	ck_assert_ok(read_archive(&archive, &tar, &err), &err);
	ck_assert_uint_eq(tar.members[0].size, 3);
	tar_clear(&tar);
	strbuf_clear(&archive);
}
END_TEST

/* ---- what nobody should make ---- */

START_TEST(bad_names)
{
	static const char *const names[] = { "../a", "/etc/shadow", "a/../../b", "a\nb", "a\\b", "\xff\xfe", "..", "./" };

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		struct strbuf archive = STRBUF_INIT;

		add_header(&archive, names[i], '0', "0");
		add_end(&archive);
		refuse(&archive, "name");
	}
}
END_TEST

START_TEST(bad_members)
{
	static const struct {
		char type;
		const char *size, *words;
	} rows[] = {
		{ '2', "0", "neither a file nor a directory" }, { '1', "0", "neither a file nor a directory" },
		{ '3', "0", "neither a file nor a directory" }, { '6', "0", "neither a file nor a directory" },
		{ 'S', "0", "sparse" },				{ '0', "77777777777", "ends inside a member" },
		{ '0', "8", "no number" },			{ '0', "-1", "no number" },
		{ '0', "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "no number" },
		{ '0', "\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "no number" },
		{ 'L', "777777", "too long" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct strbuf archive = STRBUF_INIT;
		static const char some[300000];

		add_header(&archive, "a", rows[i].type, rows[i].size);
		add_data(&archive, some, sizeof some);
		refuse(&archive, rows[i].words);
	}
}
END_TEST

static void add_pax(struct strbuf *archive, char type, const char *records)
{
	_cleanup_free_ char *size = strf("%zo", strlen(records));

	add_header(archive, "pax", type, size);
	add_data(archive, records, strlen(records));
}

START_TEST(pax_headers)
{
	static const struct {
		char type;
		const char *records, *words; /* NULL: good */
	} rows[] = {
		{ 'x', "8 path=b\n", "not understood" },	{ 'x', "9 path=b\n", NULL },
		{ 'x', "12 path=../b\n", "not understood" },	{ 'x', "13 path=../b\n", "leads out" },
		{ 'x', "9 path b\n", "not understood" },	{ 'x', "99999999999 path=b\n", "not understood" },
		{ 'x', "0 path=b\n", "not understood" },	{ 'x', "22 GNU.sparse.major=1\n", "sparse" },
		{ 'x', "10 size=x\n", "no number" },		{ 'x', "29 size=18446744073709551615\n", "ends inside" },
		{ 'g', "9 path=b\n", "global header" },		{ 'g', "11 comm=abc\n", "not understood" },
		{ 'g', "12 comm=abc\n", NULL },			{ 'x', "9 path=b", "not understood" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		struct strbuf archive = STRBUF_INIT;
		struct tar tar;

		add_pax(&archive, rows[i].type, rows[i].records);
		add_header(&archive, "a", '0', "3");
		add_data(&archive, "abc", 3);
		add_end(&archive);
		if (rows[i].words != NULL) {
			refuse(&archive, rows[i].words);
			continue;
		}
		ck_assert_ok(read_archive(&archive, &tar, &err), &err);
		ck_assert_str_eq(tar.members[0].name, rows[i].type == 'x' ? "b" : "a");
		tar_clear(&tar);
		strbuf_clear(&archive);
	}
}
END_TEST

START_TEST(bad_archives)
{
	struct strbuf archive = STRBUF_INIT;

	add_end(&archive);
	refuse(&archive, "holds nothing");
	refuse(&archive, "holds nothing");
	add_header(&archive, "a", '0', "0");
	archive.data[0] = 'b';
	refuse(&archive, "checksum");
	add_header(&archive, "a", '0', "0");
	strbuf_add(&archive, "rest", 4);
	refuse(&archive, "inside a header");
	add_header(&archive, "a", '0', "0");
	add_header(&archive, "./a", '0', "0");
	refuse(&archive, "twice");
	add_header(&archive, "a", '0', "0");
	add_header(&archive, "x", 'L', "3");
	add_data(&archive, "abc", 3);
	add_end(&archive);
	refuse(&archive, "before a member");
	for (int i = 0; i <= TAR_MEMBERS; i++) {
		_cleanup_free_ char *name = strf("%d", i);

		add_header(&archive, name, '0', "0");
	}
	refuse(&archive, "more than");
}
END_TEST

START_TEST(is_it_one)
{
	struct strbuf archive = STRBUF_INIT;
	uint8_t block[TAR_BLOCK] = { 0 };

	ck_assert(!tar_recognise(block));
	add_header(&archive, "a", '0', "0");
	ck_assert(tar_recognise((const uint8_t *)archive.data));
	archive.data[1]++;
	ck_assert(!tar_recognise((const uint8_t *)archive.data));
	strbuf_clear(&archive);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tar");
	TCase *t = tcase_create("tar");

	tcase_add_loop_test(t, what_tar_makes, 0, ARRAY_LENGTH(formats));
	tcase_add_test(t, sizes);
	tcase_add_test(t, bad_names);
	tcase_add_test(t, bad_members);
	tcase_add_test(t, pax_headers);
	tcase_add_test(t, bad_archives);
	tcase_add_test(t, is_it_one);
	suite_add_tcase(suite, t);
	return unit_run(suite);
}
