/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Heads of images: what qemu-img makes is read as qemu-img itself says it is; what nobody makes is refused or bounded.
 */
#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "storage/image.h"
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

/* A sound qcow2 head, and what is put into it. */
static const struct {
	unsigned at, length;
	uint64_t value;
	const char *words; /* NULL: it may stand */
} hostile[] = {
	{ 4, 4, 4, "version" },
	{ 20, 4, 63, "cluster size" },
	{ 20, 4, 8, "cluster size" },
	{ 24, 8, UINT64_MAX, "size is out of range" },
	{ 24, 8, UINT64_C(1) << 60, "L1 table is too small" },
	{ 32, 4, 9, "encryption" },
	{ 36, 4, UINT32_MAX, "L1 table" },
	{ 40, 8, 12345, "L1 table" },
	{ 40, 8, UINT64_C(1) << 62, "L1 table" },
	{ 48, 8, UINT64_MAX - 65535, "refcount table" },
	{ 56, 4, UINT32_MAX, "refcount table" },
	{ 60, 4, UINT32_MAX, "snapshots" },
	{ 72, 8, UINT64_C(1) << 40, "features" },
	{ 96, 4, 7, "refcounts' width" },
	{ 100, 4, 8, "header's length" },
	{ 100, 4, UINT32_MAX, "header's length" },
	{ 16, 4, UINT32_MAX, NULL }, /* a name's length without a name */
	{ 72, 8, 3, NULL },	     /* dirty and corrupt: said, not refused */
};

static void put(uint8_t *bytes, unsigned length, uint64_t value)
{
	for (unsigned i = 0; i < length; i++)
		bytes[i] = (uint8_t)(value >> (8 * (length - 1 - i)));
}

static void sound_head(uint8_t head[512])
{
	memset(head, 0, 512);
	memcpy(head, "QFI\xfb", 4);
	put(head + 4, 4, 3);
	put(head + 20, 4, 16);
	put(head + 24, 8, 1024 * 1024);
	put(head + 36, 4, 1);
	put(head + 40, 8, 3 * 65536);
	put(head + 48, 8, 65536);
	put(head + 56, 4, 1);
	put(head + 96, 4, 4);
	put(head + 100, 4, 104);
}

START_TEST(hostile_heads)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	uint8_t head[512];
	struct image image;

	sound_head(head);
	ck_assert_msg(image_parse(head, sizeof head, 10 * 65536, "x", IMAGE_UNKNOWN, &image, &err), "%s",
		      error_text(&err));
	put(head + hostile[_i].at, hostile[_i].length, hostile[_i].value);
	bool ok = image_parse(head, sizeof head, 10 * 65536, "x", IMAGE_UNKNOWN, &image, &err);

	ck_assert(ok == (hostile[_i].words == NULL));
	ck_assert_msg(ok || (strstr(error_text(&err), "broken qcow2") && strstr(error_text(&err), hostile[_i].words)),
		      "%s", error_text(&err));
	image_clear(&image);
}
END_TEST

START_TEST(backing_names)
{
	static const struct {
		uint64_t at;
		uint32_t length;
		const char *words;
	} names[] = { { 200, 4, NULL },		  { 500, 100, "backing file" },	 { 50, 4, "backing file" },
		      { 200, 0, "backing file" }, { 200, 1024, "backing file" }, { UINT64_MAX, 4, "backing file" } };

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		_cleanup_image_ struct image image = { 0 };
		uint8_t head[512];

		sound_head(head);
		memcpy(head + 200, "base", 4);
		put(head + 8, 8, names[i].at);
		put(head + 16, 4, names[i].length);
		bool ok = image_parse(head, sizeof head, 10 * 65536, "x", IMAGE_QCOW2, &image, &err);

		ck_assert_msg(ok == (names[i].words == NULL), "%zu: %s", i, error_text(&err));
		if (ok)
			ck_assert_str_eq(image.backing_file, "base");
	}
}
END_TEST

/* Cut anywhere, and any byte another: an answer in bounds, or an error that names the file. */
START_TEST(damaged_heads)
{
	uint8_t head[512];

	for (size_t length = 0; length <= sizeof head; length += 7)
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
	TCase *t = tcase_create("images");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, what_qemu_img_makes, 0, ARRAY_LENGTH(made));
	tcase_add_test(t, backing_snapshots_and_encryption);
	tcase_add_test(t, raw_is_never_looked_into);
	tcase_add_loop_test(t, hostile_heads, 0, ARRAY_LENGTH(hostile));
	tcase_add_test(t, backing_names);
	tcase_add_test(t, damaged_heads);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return unit_run(suite());
}
