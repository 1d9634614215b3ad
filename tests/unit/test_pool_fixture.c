/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools and volumes as libvirt writes them, both ways: NAME.xml settles as NAME.out, from which the same comes again, or
 * is refused with NAME.err; of a volume NAME.args is what makes it. What comes out is held against libvirt's schemas. */
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "storage/pool_drivers.h"
#include "tests/unit/fixture.h"
#include "tests/unit/relaxng.h"
#include "tests/unit/unit.h"

static xmlRelaxNG *schema; /* owned; NULL where libvirt's are not installed */

/* libvirt's schema knows nothing of what only we keep. */
static bool is_libvirts(const char *name)
{
	return !text_starts(name, "kept-");
}

/* ---- pools ---- */

static char *settle_pool(const char *source, const char *text, size_t length, char **ret_dump, struct error *err)
{
	_cleanup_pool_ struct pool *pool = pool_parse(source, text, length, err);

	if (pool == NULL || !pool_settle(pool, err) || !pool_validate(pool, err))
		return NULL;
	*ret_dump = pool_format(pool, &(struct pool_figures){ 1000, 400, 600 });
	return pool_format(pool, NULL);
}

/* What is settled stays as it is, and so does its dump, which is a definition too. */
static void check_pool(const char *name, const char *settled, const char *dump)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *same_dump = NULL, *again = settle_pool(name, settled, strlen(settled), &same_dump, &err);
	_cleanup_free_ char *dump_of_dump = NULL, *of_dump = NULL;

	ck_assert_msg(again != NULL, "%s: the settled text is refused: %s", name, error_text(&err));
	ck_assert_str_eq(again, settled);
	ck_assert_str_eq(same_dump, dump);
	of_dump = settle_pool(name, dump, strlen(dump), &dump_of_dump, &err);
	ck_assert_msg(of_dump != NULL, "%s: its dump is refused: %s", name, error_text(&err));
	ck_assert_str_eq(dump_of_dump, dump);
	if (is_libvirts(name)) {
		relaxng_expect(schema, name, settled);
		relaxng_expect(schema, name, dump);
	}
}

START_TEST(pools)
{
	_cleanup_strv_ char **names = fixture_names("pool", ".xml");

	ck_assert_uint_gt(strv_length(names), 80);
	for (char **name = names; *name != NULL; name++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		_cleanup_free_ char *source = strf("%s.xml", *name), *dump = NULL, *refusal = NULL;
		size_t length = 0;
		_cleanup_free_ char *text = fixture_read("pool", *name, ".xml", &length);
		_cleanup_free_ char *settled = settle_pool(source, text, length, &dump, &err);

		if (settled == NULL)
			refusal = strf("%s\n", error_text(&err));
		fixture_expect("pool", *name, ".out", settled);
		fixture_expect("pool", *name, ".err", refusal);
		if (settled != NULL)
			check_pool(*name, settled, dump);
	}
}
END_TEST

/* Each type that libvirt knows has one that is taken, or one that says that the type is not. */
START_TEST(every_type)
{
	for (int type = POOL_ABSENT + 1; type < POOL_TYPE_COUNT; type++) {
		const char *word = enum_word(&pool_type_words, type);
		_cleanup_free_ char *taken = strf("%s.out", word), *refused = strf("type-%s.err", word);
		_cleanup_free_ char *out = fixture_read("pool", word, ".out", NULL);
		_cleanup_free_ char *name = strf("type-%s", word), *text = fixture_read("pool", name, ".err", NULL);

		ck_assert_msg((out != NULL) != (text != NULL), "there is either %s or %s", taken, refused);
	}
}
END_TEST

/* ---- volumes ---- */

/* Words as a shell takes them, one line. Owned; NULL: none. */
static char *args_text(char *const *argv)
{
	struct strbuf text = STRBUF_INIT;

	if (argv == NULL)
		return NULL;
	for (size_t i = 0; argv[i] != NULL; i++) {
		if (i > 0)
			strbuf_putc(&text, ' ');
		strbuf_puts_quoted(&text, argv[i]);
	}
	strbuf_putc(&text, '\n');
	return strbuf_take(&text);
}

/* The document as it was asked for, and what would make it; NULL with the error. */
static char *read_volume(const char *source, const char *text, size_t length, char **ret_args, struct error *err)
{
	_cleanup_volume_request_ struct volume_request request = { 0 };
	_cleanup_strv_ char **argv = NULL;

	if (!volume_request_parse(source, text, length, &request, err) || !volume_request_check_size(&request, err))
		return NULL;
	volume_request_settle(&request);
	if (request.format != IMAGE_RAW) {
		const char *secret = request.encryption != NULL ? "/secrets/a,b" : NULL;

		argv = directory_create_argv("/pool/new", &request, secret, err);
		if (argv == NULL)
			return NULL;
	}
	*ret_args = args_text(argv);
	return xml_format(request.doc);
}

START_TEST(volumes)
{
	_cleanup_strv_ char **names = fixture_names("volume", ".xml");

	ck_assert_uint_gt(strv_length(names), 50);
	for (char **name = names; *name != NULL; name++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		_cleanup_free_ char *source = strf("%s.xml", *name), *args = NULL, *same_args = NULL, *refusal = NULL;
		size_t length = 0;
		_cleanup_free_ char *text = fixture_read("volume", *name, ".xml", &length);
		_cleanup_free_ char *read = read_volume(source, text, length, &args, &err), *again = NULL;

		if (read == NULL)
			refusal = strf("%s\n", error_text(&err));
		fixture_expect("volume", *name, ".out", read);
		fixture_expect("volume", *name, ".args", args);
		fixture_expect("volume", *name, ".err", refusal);
		if (read == NULL)
			continue;
		again = read_volume(source, read, strlen(read), &same_args, &err);
		ck_assert_msg(again != NULL, "%s", error_text(&err));
		ck_assert_str_eq(again, read);
		ck_assert(text_equal(args, same_args));
		if (is_libvirts(*name))
			relaxng_expect(schema, *name, read);
	}
}
END_TEST

/* What vol-dumpxml prints is a volume's document for libvirt, and for us. */
START_TEST(dumps)
{
	static const struct volume made[] = {
		{ .name = (char *)"a.img", .format = IMAGE_RAW, .capacity = 4096, .allocation = 4096, .physical = 4096 },
		{ .name = (char *)"a & b.qcow2", .format = IMAGE_QCOW2, .capacity = UINT64_C(1) << 40, .backing_path = (char *)"/p/base",
		  .backing_format = IMAGE_QCOW2 },
		{ .name = (char *)"luks", .format = IMAGE_LUKS, .capacity = 1, .encrypted = true },
		{ .name = (char *)"directory", .type = VOLUME_DIR },
		{ .name = (char *)"lv", .type = VOLUME_BLOCK, .capacity = 1 },
	};
	const struct image image = { .format = IMAGE_QCOW2, .version = 3, .cluster_bits = 16, .lazy_refcounts = true };
	const char *path = "/dev/null"; /* a file that is there everywhere */

	for (size_t i = 0; i < ARRAY_LENGTH(made); i++) {
		struct volume volume = made[i];

		volume.key = volume.path = (char *)(uintptr_t)path;
		_cleanup_free_ char *text = volume_format(&volume, volume.format == IMAGE_QCOW2 ? &image : NULL, NULL);
		_cleanup_error_ struct error err = ERROR_INIT;
		_cleanup_volume_request_ struct volume_request request = { 0 };

		relaxng_expect(schema, volume.name, text);
		/* but for the secret, which a dump does not name */
		if (!volume.encrypted)
			ck_assert_msg(volume_request_parse("dump", text, strlen(text), &request, &err), "%s\n%s",
				      error_text(&err), text);
	}
}
END_TEST

static void open_pools(void)
{
	schema = relaxng_open("storagepool");
}

static void open_volumes(void)
{
	schema = relaxng_open("storagevol");
}

static void close_schema(void)
{
	xmlRelaxNGFree(schema);
}

START_TEST(errors_have_a_place)
{
	fixture_errors_have_a_place("pool");
	fixture_errors_have_a_place("volume");
}
END_TEST

START_TEST(no_orphans)
{
	fixture_no_orphans("pool", (const char *const[]){ ".out", ".err", NULL });
	fixture_no_orphans("volume", (const char *const[]){ ".out", ".args", ".err", NULL });
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("storage: fixtures");
	TCase *pool = tcase_create("pools"), *volume = tcase_create("volumes"), *files = tcase_create("files");

	tcase_add_unchecked_fixture(pool, open_pools, close_schema);
	tcase_add_test(pool, pools);
	tcase_add_test(pool, every_type);
	suite_add_tcase(suite, pool);
	tcase_add_unchecked_fixture(volume, open_volumes, close_schema);
	tcase_add_test(volume, volumes);
	tcase_add_test(volume, dumps);
	suite_add_tcase(suite, volume);
	tcase_add_test(files, errors_have_a_place);
	tcase_add_test(files, no_orphans);
	suite_add_tcase(suite, files);
	return unit_run(suite);
}
