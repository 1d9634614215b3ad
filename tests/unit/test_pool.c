/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools and volumes: their documents both ways, and pools of type dir on a real directory with qemu-img's images. */
#include "base/json.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "storage/pool_driver.h"
#include "storage/qemu_img.h"
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

static struct pool *read_pool(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct pool *pool = pool_parse("pool.xml", text, strlen(text), &err);

	ck_assert_msg(pool != NULL, "%s", error_text(&err));
	ck_assert_msg(pool_settle(pool, &err) && pool_validate(pool, &err), "%s", error_text(&err));
	return pool;
}

static struct pool *directory_pool(void)
{
	_cleanup_free_ char *text =
		strf("<pool type='dir'><name>p</name><target><path>%s/p</path></target></pool>", directory);

	return read_pool(text);
}

static const struct pool_driver *driver_of(const struct pool *pool)
{
	const struct pool_driver *driver = pool_driver_find(pool->type, NULL);

	ck_assert_ptr_nonnull(driver);
	return driver;
}

static const char netfs[] = "<pool xmlns:fs='http://libvirt.org/schemas/storagepool/fs/1.0' type='netfs'>\n"
			    "  <name>nfs</name>\n"
			    "  <uuid>0d4b1d65-6a0c-4f7b-9ae0-1d3b5c1c3a11</uuid>\n"
			    "  <!-- the store room -->\n"
			    "  <source>\n"
			    "    <host name='store.example'/>\n"
			    "    <dir path='/export/vm'/>\n"
			    "    <format type='nfs'/>\n"
			    "    <protocol ver='4'/>\n"
			    "  </source>\n"
			    "  <target>\n"
			    "    <path>/srv/nfs</path>\n"
			    "    <permissions>\n"
			    "      <mode>0755</mode>\n"
			    "      <owner>-1</owner>\n"
			    "    </permissions>\n"
			    "  </target>\n"
			    "  <fs:mount_opts>\n"
			    "    <fs:option name='sync'/>\n"
			    "    <fs:option name='lazytime'/>\n"
			    "  </fs:mount_opts>\n"
			    "</pool>\n";

START_TEST(a_document_comes_back)
{
	_cleanup_pool_ struct pool *pool = read_pool(netfs);
	_cleanup_free_ char *text = pool_format(pool, NULL);

	ck_assert_str_eq(text, netfs);
	ck_assert_int_eq(pool->type, POOL_NETFS);
	ck_assert_uint_eq(pool->host_count, 1);
	ck_assert_str_eq(pool->hosts[0].name, "store.example");
	ck_assert_str_eq(pool->directory, "/export/vm");
	ck_assert_str_eq(pool->target, "/srv/nfs");
	ck_assert_uint_eq(strv_length(pool->mount_options), 2);
	ck_assert_str_eq(pool->mount_options[1], "lazytime");
	ck_assert_ptr_null(pool->unmodelled);
}
END_TEST

START_TEST(figures_stand_behind_the_uuid)
{
	_cleanup_pool_ struct pool *pool =
		read_pool("<pool type='dir'><name>p</name><target><path>/p</path></target></pool>");
	struct pool_figures figures = { 1000, 600, 400 };
	_cleanup_free_ char *text = pool_format(pool, &figures);
	const char *uuid = strstr(text, "</uuid>"), *capacity = strstr(text, "<capacity unit='bytes'>1000</capacity>");
	const char *allocation = strstr(text, "<allocation unit='bytes'>600<"),
		   *available = strstr(text, "<available unit='bytes'>400<");

	ck_assert_msg(uuid && capacity > uuid && allocation > capacity && available > allocation, "%s", text);
	/* What a dump says is no part of the definition, and is taken back. */
	_cleanup_pool_ struct pool *again = read_pool(text);
	_cleanup_free_ char *same = pool_format(again, &figures);

	ck_assert_str_eq(same, text);
	ck_assert_ptr_null(again->unmodelled);
}
END_TEST

static const struct {
	const char *text, *words;
} refused[] = {
	{ "<pool type='dir'><name>p</name></pool>", "<target><path> is missing" },
	{ "<pool type='dir'><name>a/b</name><target><path>/p</path></target></pool>", "a/b" },
	{ "<pool type='dir'><name>p</name><target><path>p</path></target></pool>", "not an absolute path" },
	{ "<pool type='dir'><name>p</name><target><path>/a/../etc</path></target></pool>", "goes through '..'" },
	{ "<pool type='magic'><name>p</name></pool>", "'magic' is unknown; allowed: dir" },
	{ "<pool><name>p</name></pool>", "attribute 'type' is missing" },
	{ "<pool type='dir'><target><path>/p</path></target></pool>", "<name> is missing" },
	{ "<pool type='dir'><name>p</name><uuid>zz</uuid></pool>", "is not a UUID" },
	{ "<pool type='netfs'><name>p</name><source><dir path='/x'/></source><target><path>/p</path></target></pool>",
	  "the server" },
	{ "<pool type='netfs'><name>p</name><source><host name='h' port='70000'/></source></pool>", "70000" },
	{ "<pool type='iscsi'><name>p</name><source><host name='h'/></source></pool>", "<device path=> is missing" },
	{ "<pool type='iscsi'><name>p</name><source><host name='h'/><device path='iqn.2026-01.x/../../etc'/></source></pool>",
	  "is no name of iSCSI's" },
	{ "<pool type='iscsi'><name>p</name><source><host name='-x'/><device path='iqn.2026-01.x:y'/></source></pool>", "is no server's name" },
	{ "<pool type='iscsi-direct'><name>p</name><source><host name='h'/><device path='iqn.2026-01.x:y'/></source></pool>",
	  "<initiator><iqn name=> is missing" },
	{ "<pool type='iscsi-direct'><name>p</name><source><host name='h'/><device path='iqn.2026-01.x:y'/><initiator><iqn "
	  "name='me'/></initiator></source></pool>",
	  "the initiator 'me'" },
	{ "<pool type='iscsi'><name>p</name><source><host name='h'/><device path='iqn.2026-01.x:y'/><auth type='kerberos' "
	  "username='a'/></source></pool>",
	  "by 'chap'" },
	{ "<pool type='iscsi'><name>p</name><source><host name='h'/><device path='iqn.2026-01.x:y'/><auth type='chap'><secret "
	  "usage='u'/></auth></source></pool>",
	  "who logs in" },
	{ "<pool "
	  "type='dir'><name>p</name><target><path>/p</path><permissions><mode>9</mode></permissions></target></pool>",
	  "octal" },
	{ "<network><name>p</name></network>", "not a pool's definition" },
};

START_TEST(broken_pools_are_refused)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_pool_ struct pool *pool = pool_parse("pool.xml", refused[_i].text, strlen(refused[_i].text), &err);
	bool ok = pool != NULL && pool_settle(pool, &err) && pool_validate(pool, &err);

	ck_assert_msg(!ok, "%s", refused[_i].text);
	ck_assert_msg(strstr(error_text(&err), refused[_i].words) != NULL, "%s", error_text(&err));
}
END_TEST

START_TEST(other_types_are_named)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_ptr_null(pool_driver_find(POOL_RBD, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "'rbd' are not supported"));
}
END_TEST

START_TEST(volume_names)
{
	static const char *const bad[] = { "",	   ".",	   "..",      "a/b",  "/etc/passwd",
					   "../x", "a\nb", ".hidden", "\x7f", "\xff" };
	char name[300];

	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		ck_assert_msg(!volume_name_check(POOL_DIR, bad[i], NULL), "'%s'", bad[i]);
	ck_assert(volume_name_check(POOL_DIR, "web 1.qcow2", NULL));
	ck_assert(volume_name_check(POOL_DIR, "größe", NULL));
	ck_assert(!volume_name_check(POOL_LOGICAL, "web 1", NULL));
	ck_assert(!volume_name_check(POOL_LOGICAL, "-x", NULL));
	memset(name, 'a', sizeof name - 1);
	name[255] = '\0';
	ck_assert(volume_name_check(POOL_DIR, name, NULL));
	ck_assert(!volume_name_check(POOL_LOGICAL, name, NULL));
	name[255] = 'a';
	name[256] = '\0';
	ck_assert(!volume_name_check(POOL_DIR, name, NULL));
}
END_TEST

static bool request_volume(const char *text, struct volume_request *ret, struct error *err)
{
	return volume_request_parse("volume.xml", text, strlen(text), ret, err);
}

static void create(const struct pool *pool, const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_volume_request_ struct volume_request request = { 0 };
	struct volume volume = { 0 };
	_cleanup_strv_ char **argv = NULL;

	ck_assert_msg(request_volume(text, &request, &err), "%s", error_text(&err));
	ck_assert_msg(driver_of(pool)->create(pool, &request, NULL, &volume, &argv, &err), "%s", error_text(&err));
	ck_assert_ptr_null(argv);
	volume_clear(&volume);
}

START_TEST(a_directory_of_volumes)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_pool_ struct pool *pool = directory_pool();
	const struct pool_driver *driver = driver_of(pool);
	_cleanup_free_ char *hidden = strf("%s/p/.hidden", directory), *nested = strf("%s/p/nested", directory);
	struct volume *volumes = NULL, *again = NULL;
	struct pool_figures figures;
	size_t count = 0;
	bool active = true;

	ck_assert(driver->check(pool, &active, &err) && !active);
	ck_assert(!driver->start(pool, &err));
	ck_assert_msg(driver->build(pool, false, &err) && driver->start(pool, &err), "%s", error_text(&err));
	create(pool, "<volume><name>b.qcow2</name><capacity unit='G'>2</capacity><target><format "
		     "type='qcow2'/></target></volume>");
	create(pool, "<volume><name>a.img</name><capacity>1048576</capacity><allocation>0</allocation><target><format "
		     "type='raw'/></target></volume>");
	create(pool, "<volume><name>full.img</name><capacity>1048576</capacity><target><format "
		     "type='raw'/></target></volume>");
	ck_assert(file_write(hidden, "x", 1, 0600, NULL) && directory_make(nested, 0700, NULL));
	ck_assert_msg(driver->refresh(pool, NULL, 0, &volumes, &count, &figures, &err), "%s", error_text(&err));
	ck_assert_uint_eq(count, 4);
	ck_assert_str_eq(volumes[0].name, "a.img");
	ck_assert_int_eq(volumes[0].format, IMAGE_RAW);
	ck_assert_uint_eq(volumes[0].capacity, 1048576);
	ck_assert_uint_eq(volumes[0].allocation, 0);
	ck_assert_str_eq(volumes[1].name, "b.qcow2");
	ck_assert_int_eq(volumes[1].format, IMAGE_QCOW2);
	ck_assert_uint_eq(volumes[1].capacity, UINT64_C(2) << 30);
	ck_assert_uint_ge(volumes[2].allocation, 1048576);
	ck_assert_int_eq(volumes[3].type, VOLUME_DIR);
	ck_assert(figures.capacity >= figures.available && figures.capacity > 0);
	/* A guest writes a qcow2 head into its raw disk: what was stated stays. */
	volumes[0].stated = true;
	ck_assert(file_write(volumes[0].path, "QFI\xfb\0\0\0\x03", 8, 0600, NULL));
	ck_assert(driver->refresh(pool, volumes, count, &again, &count, &figures, &err));
	ck_assert_int_eq(again[0].format, IMAGE_RAW);
	ck_assert_ptr_null(again[0].trouble);
	volumes_free(again, count);
	/* Where nothing was stated it is a broken image, and the others are listed all the same. */
	ck_assert(driver->refresh(pool, NULL, 0, &again, &count, &figures, &err));
	ck_assert_uint_eq(count, 4);
	ck_assert_ptr_nonnull(again[0].trouble);
	ck_assert_msg(driver->resize(pool, &again[1], UINT64_C(3) << 30, false, false, &err), "%s", error_text(&err));
	ck_assert(!driver->resize(pool, &again[1], UINT64_C(1) << 30, false, false, &err));
	ck_assert(driver->delete (pool, &again[1], &err));
	volumes_free(volumes, 4);
	volumes_free(again, count);
}
END_TEST

START_TEST(a_taken_name)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_pool_ struct pool *pool = directory_pool();
	_cleanup_volume_request_ struct volume_request request = { 0 };
	struct volume volume = { 0 };
	char **argv = NULL;
	static const char text[] =
		"<volume><name>a</name><capacity>4096</capacity><target><format type='raw'/></target></volume>";

	ck_assert(driver_of(pool)->build(pool, false, &err));
	create(pool, text);
	ck_assert(request_volume(text, &request, &err));
	ck_assert(!driver_of(pool)->create(pool, &request, NULL, &volume, &argv, &err));
	ck_assert_int_eq(err.code, ERROR_EXISTS);
}
END_TEST

static const struct {
	const char *text, *words;
} refused_volumes[] = {
	{ "<volume><capacity>1</capacity></volume>", "<name> is missing" },
	{ "<volume><name>../a</name><capacity>1</capacity></volume>", "cannot hold '/'" },
	{ "<volume><name>a</name><capacity unit='parsec'>1</capacity></volume>", "parsec" },
	{ "<volume><name>a</name><capacity unit='EiB'>9999</capacity></volume>", "too large" },
	{ "<volume><name>a</name><capacity>1</capacity><target><format type='tape'/></target></volume>", "tape" },
	{ "<volume><name>a</name><capacity>1</capacity><target><encryption format='luks'/></target></volume>",
	  "no <secret>" },
	{ "<volume><name>a</name><capacity>1</capacity><target><format type='qcow2'/><clusterSize>1000</clusterSize>"
	  "</target></volume>",
	  "power of two" },
	{ "<volume><name>a</name><capacity>1</capacity><backingStore><path>base</path></backingStore></volume>",
	  "not absolute" },
};

START_TEST(broken_volumes_are_refused)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct volume_request request;

	ck_assert(!request_volume(refused_volumes[_i].text, &request, &err));
	ck_assert_msg(strstr(error_text(&err), refused_volumes[_i].words) != NULL, "%s", error_text(&err));
}
END_TEST

/* What is copied, or lies on another, has its size from there: who makes it asks. */
START_TEST(a_size_may_come_from_elsewhere)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_volume_request_ struct volume_request request = { 0 };

	ck_assert(request_volume("<volume><name>a</name></volume>", &request, &err));
	ck_assert(!volume_request_check_size(&request, &err));
	ck_assert_msg(strstr(error_text(&err), "<capacity> is missing") != NULL, "%s", error_text(&err));
}
END_TEST

START_TEST(progress)
{
	unsigned permille = 0;

	ck_assert(qemu_img_progress("    (0.00/100%)\r    (12.34/100%)\r", &permille));
	ck_assert_uint_eq(permille, 123);
	ck_assert(qemu_img_progress("(100.00/100%)", &permille));
	ck_assert_uint_eq(permille, 1000);
	ck_assert(!qemu_img_progress("(12.3", &permille));
	ck_assert(!qemu_img_progress("", &permille));
}
END_TEST

START_TEST(secrets_stay_in_files)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct image_options options = { .format = IMAGE_QCOW2, .size_bytes = 1 << 20, .secret_file = "/k,ey" };
	_cleanup_strv_ char **argv = qemu_img_create("/x", &options, &err);
	_cleanup_free_ char *line = strv_join(argv, " ");

	ck_assert_ptr_nonnull(strstr(line, "secret,id=secret0,file=/k,,ey"));
	options.format = IMAGE_RAW;
	ck_assert_ptr_null(qemu_img_create("/x", &options, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "cannot be encrypted"));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("storage: pools and volumes");
	TCase *t = tcase_create("pools");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_document_comes_back);
	tcase_add_test(t, figures_stand_behind_the_uuid);
	tcase_add_loop_test(t, broken_pools_are_refused, 0, ARRAY_LENGTH(refused));
	tcase_add_test(t, other_types_are_named);
	tcase_add_test(t, volume_names);
	tcase_add_test(t, a_directory_of_volumes);
	tcase_add_test(t, a_taken_name);
	tcase_add_loop_test(t, broken_volumes_are_refused, 0, ARRAY_LENGTH(refused_volumes));
	tcase_add_test(t, a_size_may_come_from_elsewhere);
	tcase_add_test(t, progress);
	tcase_add_test(t, secrets_stay_in_files);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return unit_run(suite());
}
