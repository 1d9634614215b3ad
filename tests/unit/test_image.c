/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Heads of images: what qemu-img makes is read as qemu-img itself says it is; what nobody makes is refused or bounded.
 */
#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "storage/image.h"
#include "tests/unit/qcow2_head.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char *directory; /* owned; a test's own */

static void set_up(void)
{
	directory = unit_tempdir();
}

static void tear_down(void)
{
	unit_tempdir_remove(directory);
}

#define RUN(...) run((const char *[]){ __VA_ARGS__, NULL })
static void run(const char **argv)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	bool done = process_run_ok((char *const *)(uintptr_t)argv, 60000, NULL, &err);

	/* qemu-img measures the derivation of a LUKS key, and now and then sees no time pass */
	for (int tries = 0; !done && tries < 20 && strstr(error_text(&err), "accurate CPU usage") != NULL; tries++) {
		error_clear(&err);
		done = process_run_ok((char *const *)(uintptr_t)argv, 60000, NULL, &err);
	}
	ck_assert_msg(done, "%s", error_text(&err));
}

static char *path_of(const char *name)
{
	return strf("%s/%s", directory, name);
}

static struct image read_image(const char *path, enum image_format stated)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct image image;

	ck_assert_int_ge(fd, 0);
	ck_assert_msg(image_read(fd, path, stated, &image, &err), "%s", error_text(&err));
	return image;
}

static void refuse(const char *path, enum image_format stated, const char *words)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct image image;

	ck_assert_int_ge(fd, 0);
	ck_assert(!image_read(fd, path, stated, &image, &err));
	ck_assert_msg(strstr(error_text(&err), words) != NULL, "%s", error_text(&err));
}

/* What qemu-img makes, in each way that its options offer. */
static const struct {
	const char *format, *options;
	enum image_format expected;
	bool size_known;
} made[] = {
	{ "raw", NULL, IMAGE_RAW, true },
	{ "qcow2", NULL, IMAGE_QCOW2, true },
	{ "qcow2", "compat=0.10", IMAGE_QCOW2, true },
	{ "qcow2", "lazy_refcounts=on", IMAGE_QCOW2, true },
	{ "qcow2", "cluster_size=512", IMAGE_QCOW2, true },
	{ "qcow2", "cluster_size=2M,extended_l2=on", IMAGE_QCOW2, true },
	{ "qcow2", "compression_type=zstd", IMAGE_QCOW2, true },
	{ "qcow2", "refcount_bits=1", IMAGE_QCOW2, true },
	{ "qcow2", "preallocation=metadata", IMAGE_QCOW2, true },
	{ "qed", NULL, IMAGE_QED, true },
	{ "vmdk", NULL, IMAGE_VMDK, true },
	{ "vmdk", "subformat=monolithicFlat", IMAGE_VMDK, true },
	{ "vdi", NULL, IMAGE_VDI, true },
	{ "vhdx", NULL, IMAGE_VHDX, false },
	{ "vpc", NULL, IMAGE_VPC, true },
};

START_TEST(what_qemu_img_makes)
{
	_cleanup_free_ char *path = path_of("disk");
	const char *options = made[_i].options ? made[_i].options : "";
	uint64_t size = UINT64_C(100) * 1024 * 1024;

	if (made[_i].options != NULL)
		RUN("qemu-img", "create", "-q", "-f", made[_i].format, "-o", made[_i].options, path, "100M");
	else
		RUN("qemu-img", "create", "-q", "-f", made[_i].format, path, "100M");
	_cleanup_image_ struct image image = read_image(path, IMAGE_UNKNOWN);

	ck_assert_int_eq(image.format, made[_i].expected);
	/* vpc rounds to cylinders */
	if (made[_i].size_known)
		ck_assert_msg(image.virtual_bytes >= size && image.virtual_bytes < size + 1024 * 1024, "%llu",
			      (unsigned long long)image.virtual_bytes);
	ck_assert(text_equal(options, "lazy_refcounts=on") == image.lazy_refcounts);
	ck_assert(text_equal(options, "compression_type=zstd") == image.zstd);
	ck_assert(text_starts(options, "cluster_size=2M") == image.extended_l2);
	if (made[_i].expected == IMAGE_QCOW2) {
		ck_assert_uint_eq(image.version, text_equal(options, "compat=0.10") ? 2 : 3);
		ck_assert_uint_eq(image.refcount_bits, text_equal(options, "refcount_bits=1") ? 1 : 16);
	}
	ck_assert(!image.dirty && !image.corrupt && !image.encrypted);
}
END_TEST

START_TEST(backing_snapshots_and_encryption)
{
	_cleanup_free_ char *base = path_of("base"), *over = path_of("over"), *luks = path_of("luks"),
			    *key = path_of("key");
	_cleanup_free_ char *secret = strf("secret,id=k,file=%s/key", directory), *data = path_of("data"), *out = NULL;

	out = strf("data_file=%s/data.raw", directory);
	RUN("qemu-img", "create", "-q", "-f", "qcow2", base, "1M");
	RUN("qemu-img", "snapshot", "-c", "one", base);
	RUN("qemu-img", "create", "-q", "-f", "qcow2", "-b", "base", "-F", "qcow2", over);
	RUN("qemu-img", "create", "-q", "-f", "qcow2", "-o", out, data, "1M");
	ck_assert(file_write(key, "hidden", 6, 0600, NULL));
	RUN("qemu-img", "create", "-q", "--object", secret, "-f", "luks", "-o", "key-secret=k,iter-time=100", luks,
	    "1M");
	_cleanup_image_ struct image one = read_image(base, IMAGE_QCOW2), two = read_image(over, IMAGE_QCOW2);
	_cleanup_image_ struct image three = read_image(luks, IMAGE_UNKNOWN), four = read_image(data, IMAGE_QCOW2);

	ck_assert_uint_eq(one.snapshots, 1);
	ck_assert_ptr_null(one.backing_file);
	ck_assert_str_eq(two.backing_file, "base");
	ck_assert_int_eq(two.backing_format, IMAGE_QCOW2);
	ck_assert_int_eq(three.format, IMAGE_LUKS);
	ck_assert(three.encrypted && three.luks);
	ck_assert_uint_eq(three.virtual_bytes, 1024 * 1024);
	ck_assert(four.external_data);
	ck_assert_ptr_nonnull(strstr(four.data_file, "data.raw"));
}
END_TEST

/* A guest wrote a qcow2 head into its raw disk: it stays raw for who knows that it is. */
START_TEST(raw_is_never_looked_into)
{
	_cleanup_free_ char *path = path_of("disk");

	RUN("qemu-img", "create", "-q", "-f", "qcow2", path, "100M");
	_cleanup_image_ struct image raw = read_image(path, IMAGE_RAW);

	ck_assert_int_eq(raw.format, IMAGE_RAW);
	ck_assert_uint_eq(raw.virtual_bytes, raw.file_bytes);
	refuse(path, IMAGE_VMDK, "is not a vmdk image, as its definition says");
}
END_TEST

/* ---- heads that nobody makes ---- */

/* Where a number stands in the head, and what is put there. */
struct lie {
	unsigned at, length;
	uint64_t value;
};

/* What is refused with these words; NULL: it may stand. */
static void expect_head(uint8_t head[HEAD_BYTES], const struct lie *lies, size_t count, const char *words,
			struct image *ret)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	for (size_t i = 0; i < count; i++)
		head_put(head + lies[i].at, lies[i].length, lies[i].value);
	bool ok = image_parse(head, HEAD_BYTES, FILE_BYTES, "x", IMAGE_UNKNOWN, ret, &err);

	ck_assert_msg(ok == (words == NULL), "%s", ok ? "it is taken" : error_text(&err));
	if (!ok)
		ck_assert_msg(strstr(error_text(&err), "'x' is a broken qcow2 image") != NULL &&
				      strstr(error_text(&err), words) != NULL,
			      "%s", error_text(&err));
}

static void refuse_lies(const struct lie *lies, size_t count, const char *words)
{
	for (size_t i = 0; i < count; i++) {
		uint8_t head[HEAD_BYTES];
		struct image image;

		sound_head(head);
		expect_head(head, &lies[i], 1, words, &image);
	}
}
#define REFUSE(words, ...) \
	refuse_lies((const struct lie[]){ __VA_ARGS__ }, sizeof((const struct lie[]){ __VA_ARGS__ }) / sizeof(struct lie), words)

START_TEST(a_sound_head)
{
	uint8_t head[HEAD_BYTES];
	struct image image;

	sound_head(head);
	expect_head(head, NULL, 0, NULL, &image);
	/* a name's length without a name; dirty and corrupt, which is said and not refused */
	expect_head(head, (const struct lie[]){ { 16, 4, UINT32_MAX }, { 72, 8, 3 } }, 2, NULL, &image);
	ck_assert(image.dirty && image.corrupt);
}
END_TEST

START_TEST(a_version_that_is_none)
{
	REFUSE("version", { 4, 4, 0 }, { 4, 4, 4 }, { 4, 4, UINT32_MAX });
}
END_TEST

START_TEST(huge_cluster_bits)
{
	REFUSE("cluster size", { 20, 4, 0 }, { 20, 4, 8 }, { 20, 4, 22 }, { 20, 4, 63 }, { 20, 4, 64 }, { 20, 4, UINT32_MAX });
}
END_TEST

START_TEST(a_size_that_is_none)
{
	REFUSE("size is out of range", { 24, 8, UINT64_MAX }, { 24, 8, UINT64_C(1) << 63 });
	REFUSE("L1 table is too small", { 24, 8, UINT64_C(1) << 60 }, { 24, 8, INT64_MAX });
}
END_TEST

START_TEST(an_encryption_that_is_none)
{
	REFUSE("encryption", { 32, 4, 3 }, { 32, 4, UINT32_MAX });
}
END_TEST

START_TEST(an_l1_table_out_of_range)
{
	REFUSE("L1 table", { 36, 4, UINT32_MAX }, { 36, 4, 0 }, { 36, 4, 4 * 1024 * 1024 + 1 }, { 40, 8, 0 }, { 40, 8, 12345 },
	       { 40, 8, 11 * 65536 }, { 40, 8, UINT64_C(1) << 62 }, { 40, 8, UINT64_MAX - 65535 });
}
END_TEST

START_TEST(refcounts_that_overflow)
{
	REFUSE("refcount table", { 48, 8, 0 }, { 48, 8, 65537 }, { 48, 8, UINT64_MAX - 65535 }, { 48, 8, 11 * 65536 },
	       { 56, 4, UINT32_MAX }, { 56, 4, 129 });
	REFUSE("refcounts' width", { 96, 4, 7 }, { 96, 4, 64 }, { 96, 4, UINT32_MAX });
}
END_TEST

START_TEST(snapshots_past_the_end)
{
	const struct lie lies[] = { { 60, 4, 1000 }, { 64, 8, 9 * 65536 } }; /* fits */
	uint8_t head[HEAD_BYTES];
	struct image image;

	REFUSE("too many snapshots", { 60, 4, UINT32_MAX }, { 60, 4, IMAGE_SNAPSHOTS + 1 });
	sound_head(head);
	expect_head(head, lies, 2, NULL, &image);
	ck_assert_uint_eq(image.snapshots, 1000);
	for (size_t i = 0; i < 5; i++) {
		static const uint64_t places[] = { 0, 9 * 65536 + 512, 10 * 65536, 11 * 65536, UINT64_MAX - 65535 };

		sound_head(head);
		expect_head(head, (const struct lie[]){ lies[0], { 64, 8, places[i] } }, 2, "snapshot table", &image);
	}
	sound_head(head);
	expect_head(head, (const struct lie[]){ { 60, 4, 2000 }, lies[1] }, 2, "snapshot table", &image);
}
END_TEST

START_TEST(features_that_are_not_known)
{
	REFUSE("features", { 72, 8, UINT64_C(1) << 40 }, { 72, 8, UINT64_MAX }, { 72, 8, 32 });
}
END_TEST

START_TEST(a_header_that_is_huge)
{
	REFUSE("header's length", { 100, 4, 0 }, { 100, 4, 72 }, { 100, 4, 103 }, { 100, 4, 65537 }, { 100, 4, UINT32_MAX });
}
END_TEST

/* ---- names of other files ---- */

START_TEST(a_backing_name_past_the_end)
{
	static const struct {
		uint64_t at;
		uint32_t length;
		bool fine;
	} names[] = { { 2048, 4, true },	{ HEAD_BYTES - 2, 100, false }, { 50, 4, false },	  { 2048, 0, false },
		      { 2048, 1024, false },	{ HEAD_BYTES, 1, false },	{ 9 * 65536, 4, false },  { 11 * 65536, 4, false },
		      { UINT64_MAX, 4, false }, { UINT64_MAX - 3, 4, false },	{ 2048, UINT32_MAX, false } };

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		_cleanup_image_ struct image image = { 0 };
		uint8_t head[HEAD_BYTES];

		sound_head(head);
		name_backing(head, "base");
		expect_head(head, (const struct lie[]){ { 8, 8, names[i].at }, { 16, 4, names[i].length } }, 2,
			    names[i].fine ? NULL : "the name of its backing file is none", &image);
		if (names[i].fine)
			ck_assert_str_eq(image.backing_file, "base");
	}
}
END_TEST

/* It would be shown, and written into documents. */
START_TEST(backing_names_that_are_no_text)
{
	static const char *const names[] = { "a\nb", "\033]0;owned\007", "a\x7f", "\xff\xfe", "caf\xe9" };

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		uint8_t head[HEAD_BYTES];
		struct image image;

		sound_head(head);
		name_backing(head, names[i]);
		expect_head(head, NULL, 0, "the name of its backing file is none", &image);
	}
}
END_TEST

/* They are told as they are, and nothing of them is followed here; what is no file's name is known for it. */
START_TEST(backing_names_of_other_kinds)
{
	static const struct {
		const char *name;
		bool plain;
	} names[] = {
		{ "x", true },
		{ "/etc/shadow", true },
		{ "../../../../etc/shadow", true },
		{ "a,b=c", true },
		{ "/srv/a:b", true },
		{ "json:{\"driver\":\"file\",\"filename\":\"/etc/shadow\"}", false },
		{ "json:{}", false },
		{ "nbd://192.0.2.1/x", false },
		{ "nbd:unix:/run/x", false },
		{ "file:/etc/shadow", false },
		{ "host_device:/dev/sda", false },
		{ "blkdebug::x", false },
		{ "fat:rw:/etc", false },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		_cleanup_image_ struct image image = { 0 };
		uint8_t head[HEAD_BYTES];

		sound_head(head);
		name_backing(head, names[i].name);
		expect_head(head, NULL, 0, NULL, &image);
		ck_assert_str_eq(image.backing_file, names[i].name);
		ck_assert_int_eq(image.backing_format, IMAGE_UNKNOWN);
		ck_assert_msg(image_is_plain_path(image.backing_file) == names[i].plain, "%s", names[i].name);
	}
}
END_TEST

START_TEST(extensions)
{
	_cleanup_image_ struct image image = { 0 };
	uint8_t head[HEAD_BYTES];
	size_t at;

	sound_head(head);
	name_backing(head, "base");
	at = put_extension(head, 104, 0x6803f857, "names of features", 17);
	at = put_extension(head, at, BACKING_FORMAT, "raw", 3);
	/* the second of a kind counts for nothing */
	at = put_extension(head, at, BACKING_FORMAT, "qcow2", 5);
	at = put_extension(head, at, DATA_FILE, "data", 4);
	put_extension(head, at, 0, "", 0);
	expect_head(head, NULL, 0, NULL, &image);
	ck_assert_int_eq(image.backing_format, IMAGE_RAW);
	ck_assert_str_eq(image.data_file, "data");
	ck_assert(!image.external_data); /* no feature says so */
}
END_TEST

START_TEST(extensions_that_overlap)
{
	static const struct {
		uint32_t type, length;
		const char *text, *words;
	} bad[] = {
		/* into the backing file's name, past the header, past everything */
		{ 1, 2048, "", "an extension goes beyond its header" },
		{ 1, 65536, "", "an extension goes beyond its header" },
		{ 1, UINT32_MAX, "", "an extension goes beyond its header" },
		{ BACKING_FORMAT, UINT32_MAX - 7, "raw", "an extension goes beyond its header" },
		{ BACKING_FORMAT, 0, "", "the format of its backing file is not a word" },
		{ BACKING_FORMAT, 65, "raw", "the format of its backing file is not a word" },
		{ BACKING_FORMAT, 8, "raw", "the format of its backing file is not a word" },
		{ BACKING_FORMAT, 4, "host", "the format of its backing file is unknown" },
		{ DATA_FILE, 0, "", "the name of its data file is none" },
		{ DATA_FILE, 1024, "x", "the name of its data file is none" },
		{ DATA_FILE, 3, "a\nb", "the name of its data file is none" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
		uint8_t head[HEAD_BYTES];
		struct image image;

		sound_head(head);
		name_backing(head, "base");
		put_extension(head, 104, bad[i].type, bad[i].text, bad[i].length);
		expect_head(head, NULL, 0, bad[i].words, &image);
	}
}
END_TEST

START_TEST(data_in_another_file)
{
	_cleanup_image_ struct image image = { 0 };
	uint8_t head[HEAD_BYTES];

	sound_head(head);
	put_extension(head, 104, DATA_FILE, "/etc/shadow", 11);
	expect_head(head, (const struct lie[]){ { 72, 8, 4 } }, 1, NULL, &image);
	ck_assert(image.external_data);
	ck_assert_str_eq(image.data_file, "/etc/shadow");
}
END_TEST

/* A VMDK may be a text that names other files: those beside it are its own, others are said. */
START_TEST(vmdk_descriptors)
{
	static const struct {
		const char *line, *data, *backing;
	} lines[] = {
		{ "RW 4192256 FLAT \"disk-flat.vmdk\" 0\n", NULL, NULL },
		{ "RW 4192256 FLAT \"/etc/shadow\" 0\n", "/etc/shadow", NULL },
		{ "RW 63 SPARSE \"../../etc/shadow\"\n", "../../etc/shadow", NULL },
		{ "RW 4192256 FLAT \"unended\n", NULL, NULL },
		{ "parentFileNameHint=\"base.vmdk\"\n", NULL, "base.vmdk" },
		{ "parentFileNameHint=\"/srv/base.vmdk\"\nRW 1 SPARSE \"a\"\n", NULL, "/srv/base.vmdk" },
		{ "parentFileNameHint=", NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		_cleanup_image_ struct image image = { 0 };
		_cleanup_free_ char *text = strf("# Disk DescriptorFile\nversion=1\n%s", lines[i].line);

		ck_assert_msg(image_parse((const uint8_t *)text, strlen(text), strlen(text), "x", IMAGE_VMDK, &image, &err), "%s",
			      error_text(&err));
		ck_assert_msg(text_equal(image.data_file, lines[i].data), "%s", text);
		ck_assert(image.external_data == (lines[i].data != NULL));
		ck_assert_msg(text_equal(image.backing_file, lines[i].backing), "%s", text);
	}
}
END_TEST

/* Cut anywhere, and any byte another: an answer in bounds, or an error that names the file. */
START_TEST(damaged_heads)
{
	uint8_t head[HEAD_BYTES];

	for (size_t length = 0; length <= 512; length += 7)
		for (size_t at = 4; at < 160; at++) {
			_cleanup_error_ struct error err = ERROR_INIT;
			_cleanup_image_ struct image image = { 0 };

			sound_head(head);
			head[at] ^= 0xff;
			if (!image_parse(head, length, length, "x", IMAGE_UNKNOWN, &image, &err))
				ck_assert_ptr_nonnull(strstr(error_text(&err), "'x'"));
		}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("storage: heads of images");
	TCase *t = tcase_create("images"), *hostile = tcase_create("hostile");

	tcase_add_checked_fixture(t, set_up, tear_down);
	/* longer than one qemu-img may take: some derive keys */
	tcase_set_timeout(t, 180);
	tcase_add_loop_test(t, what_qemu_img_makes, 0, ARRAY_LENGTH(made));
	tcase_add_test(t, backing_snapshots_and_encryption);
	tcase_add_test(t, raw_is_never_looked_into);
	suite_add_tcase(s, t);
	tcase_add_test(hostile, a_sound_head);
	tcase_add_test(hostile, a_version_that_is_none);
	tcase_add_test(hostile, huge_cluster_bits);
	tcase_add_test(hostile, a_size_that_is_none);
	tcase_add_test(hostile, an_encryption_that_is_none);
	tcase_add_test(hostile, an_l1_table_out_of_range);
	tcase_add_test(hostile, refcounts_that_overflow);
	tcase_add_test(hostile, snapshots_past_the_end);
	tcase_add_test(hostile, features_that_are_not_known);
	tcase_add_test(hostile, a_header_that_is_huge);
	tcase_add_test(hostile, a_backing_name_past_the_end);
	tcase_add_test(hostile, backing_names_that_are_no_text);
	tcase_add_test(hostile, backing_names_of_other_kinds);
	tcase_add_test(hostile, extensions);
	tcase_add_test(hostile, extensions_that_overlap);
	tcase_add_test(hostile, data_in_another_file);
	tcase_add_test(hostile, vmdk_descriptors);
	tcase_add_test(hostile, damaged_heads);
	suite_add_tcase(s, hostile);
	return s;
}

int main(void)
{
	return unit_run(suite());
}
