/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images that somebody made to do harm, in a pool: each is listed with what is wrong with it; nothing starts from it, copies
 * it or reads what it names; it alone goes when it is deleted. And images that a running QEMU has. */
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/volumes.h"
#include "tests/unit/qcow2_head.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET "what no guest may read"

/* The trouble of a volume, as the pool's list says it. Owned; NULL: none. Fails the test when there is no such volume. */
static char *trouble_of(const char *name)
{
	_cleanup_free_ char *text = NULL;

	expect_ok(virtty("vol-list", "default", "--json", NULL), &text);
	_cleanup_json_ struct json_object *list = json_parse("vol-list", text, strlen(text), NULL);

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *volume = json_object_array_get_idx(list, i);

		if (strcmp(json_get_string(volume, "name", ""), name) == 0)
			return xstrdup_null(json_get_string(volume, "trouble", NULL));
	}
	ck_abort_msg("%s is not listed: %s", name, text);
	return NULL;
}

/* A file of as many bytes as the head says that it has. Owned path. */
static char *write_image(const char *home, const char *name, const uint8_t head[HEAD_BYTES])
{
	char *path = image_path(home, name);
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	ck_assert(fd >= 0 && write_all(fd, head, HEAD_BYTES) && ftruncate(fd, (off_t)FILE_BYTES) == 0);
	return path;
}

static void define_on(const char *home, const char *machine, const char *volume, const char *format)
{
	_cleanup_free_ char *driver = format != NULL ? strf("<driver name='qemu' type='%s'/>", format) : xstrdup("");
	_cleanup_free_ char *disk = strf("<disk type='volume' device='disk'>%s<source pool='default' volume='%s'/>"
					 "<target dev='vda' bus='virtio'/></disk>",
					 driver, volume);
	_cleanup_free_ char *path = bare_machine(home, machine, NULL, disk);

	OK("define", path);
}

static struct outcome copy_of(const char *volume, const char *format)
{
	_cleanup_free_ char *document = strf("<volume><name>copy</name><capacity>1</capacity><target><format type='%s'/></target></volume>",
					     format);

	return virtty_input(document, "vol-create-from", "default", "-", volume, NULL);
}

/* Nothing is done with it but that it is shown and deleted. */
static void expect_shunned(const char *home, const char *name, const char *words)
{
	_cleanup_free_ char *path = image_path(home, name), *copy = image_path(home, "copy"), *trouble = trouble_of(name);
	_cleanup_free_ char *xml = NULL;

	ck_assert_msg(trouble != NULL && strstr(trouble, words) != NULL, "%s: %s", name, trouble != NULL ? trouble : "no trouble");
	expect_ok(virtty("vol-info", name, "--pool", "default", NULL), NULL);
	expect_ok(virtty("vol-dumpxml", name, "--pool", "default", NULL), &xml);
	ck_assert_ptr_null(strstr(xml, "json:"));
	define_on(home, "victim", name, "qcow2");
	expect_error(virtty("start", "victim", NULL), 1, words, NULL);
	OK("undefine", "victim");
	expect_refused(copy_of(name, "raw"));
	expect_refused(virtty("vol-resize", name, "2M", "--pool", "default", NULL));
	expect_refused(virtty("vol-clone", name, "copy", "--pool", "default", NULL));
	ck_assert(!path_exists(copy));
	OK("vol-delete", name, "--pool", "default");
	ck_assert(!path_exists(path));
}

START_TEST(broken_heads)
{
	static const struct {
		unsigned at, length;
		uint64_t value;
		const char *words;
	} lies[] = {
		{ 20, 4, 63, "cluster size" },
		{ 36, 4, UINT32_MAX, "L1 table" },
		{ 40, 8, UINT64_C(1) << 62, "L1 table" },
		{ 56, 4, UINT32_MAX, "refcount table" },
		{ 60, 4, 60000, "snapshot table" },
		{ 100, 4, UINT32_MAX, "header's length" },
		{ 8, 8, UINT64_C(1) << 40, "backing file" },
	};
	char *home = home_new();

	OK("pool-refresh", "default");
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		uint8_t head[HEAD_BYTES];

		sound_head(head);
		head_put(head + lies[i].at, lies[i].length, lies[i].value);
		free(write_image(home, "evil", head));
		expect_shunned(home, "evil", lies[i].words);
	}
	expect_tidy(home);
	home_end(home);
}
END_TEST

START_TEST(names_of_other_files)
{
	char *home = home_new();
	_cleanup_free_ char *secret = strf("%s/secret", home);
	_cleanup_free_ char *json = strf("json:{\"driver\":\"raw\",\"file\":{\"driver\":\"file\",\"filename\":\"%s\"}}", secret);
	const char *const names[] = { json, "nbd://127.0.0.1:1/x", "file:/etc/passwd", "fat:rw:/etc" };
	_cleanup_free_ char *data = strf("# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType=\"monolithicFlat\"\n"
					 "RW 2048 FLAT \"%s\" 0\n",
					 secret);
	_cleanup_free_ char *vmdk = image_path(home, "evil.vmdk"), *copy = image_path(home, "copy"), *trouble = NULL;
	uint8_t head[HEAD_BYTES];

	ck_assert(file_write(secret, SECRET, strlen(SECRET), 0600, NULL));
	OK("pool-refresh", "default");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		sound_head(head);
		name_backing(head, names[i]);
		put_extension(head, 104, BACKING_FORMAT, "raw", 3);
		free(write_image(home, "evil", head));
		expect_shunned(home, "evil", "is not a plain path");
	}
	sound_head(head);
	head_put(head + 72, 8, 4);
	put_extension(head, 104, DATA_FILE, secret, (uint32_t)strlen(secret));
	free(write_image(home, "evil", head));
	expect_shunned(home, "evil", "another file");
	ck_assert(file_write(vmdk, data, strlen(data), 0600, NULL));
	trouble = trouble_of("evil.vmdk");
	ck_assert_msg(trouble != NULL && strstr(trouble, "another file") != NULL, "%s", trouble != NULL ? trouble : "");
	expect_error(copy_of("evil.vmdk", "raw"), 1, "another file", NULL);
	ck_assert(!path_exists(copy));
	OK("vol-delete", "evil.vmdk", "--pool", "default");
	ck_assert(path_exists(secret));
	home_end(home);
}
END_TEST

static char *overlay(const char *home, const char *name, const char *below, const char *format)
{
	uint8_t head[HEAD_BYTES];

	sound_head(head);
	name_backing(head, below);
	if (format != NULL)
		put_extension(head, 104, BACKING_FORMAT, format, (uint32_t)strlen(format));
	return write_image(home, name, head);
}

START_TEST(circles)
{
	char *home = home_new();
	_cleanup_free_ char *info = NULL;

	OK("pool-refresh", "default");
	free(overlay(home, "self", "self", "qcow2"));
	expect_shunned(home, "self", "its own backing file");
	/* one that is longer is not seen until it is used */
	_cleanup_free_ char *one = overlay(home, "one", "two", "qcow2"), *two = overlay(home, "two", "./three", "qcow2");
	_cleanup_free_ char *three = overlay(home, "three", one, "qcow2");

	OK("pool-refresh", "default");
	define_on(home, "victim", "one", "qcow2");
	expect_refused(virtty("start", "victim", NULL));
	OK("undefine", "victim");
	expect_error(copy_of("two", "raw"), 1, "its own backing file", NULL);
	expect_ok(virtty("vol-info", "two", "--pool", "default", NULL), &info);
	ck_assert_msg(strstr(info, "Trouble:") != NULL && strstr(info, "stands on itself") != NULL, "%s", info);
	expect_error(virtty("vol-create-as", "default", "over", "1M", "--format", "qcow2", "--backing-vol", "three",
			    "--backing-vol-format", "qcow2", NULL),
		     1, "its own backing file", NULL);
	/* nobody can read them, and so nobody needs them */
	OK("vol-delete", "one", "--pool", "default");
	OK("vol-delete", "two", "--pool", "default");
	OK("vol-delete", "three", "--pool", "default");
	ck_assert(!path_exists(one) && !path_exists(two) && !path_exists(three));
	home_end(home);
}
END_TEST

/* Where no format is stated none is guessed. */
START_TEST(a_backing_file_of_no_format)
{
	char *home = home_new();
	_cleanup_free_ char *over = NULL, *info = NULL;

	OK("vol-create-as", "default", "base", "1M");
	over = overlay(home, "over", "base", NULL);
	OK("pool-refresh", "default");
	define_on(home, "victim", "over", "qcow2");
	expect_error(virtty("start", "victim", NULL), 1, "format of its backing file", "is not stated", NULL);
	OK("undefine", "victim");
	expect_error(copy_of("over", "raw"), 1, "is not stated", NULL);
	expect_error(virtty("vol-clone", "over", "copy", "--pool", "default", NULL), 1, "is not stated", NULL);
	expect_ok(virtty("vol-info", "over", "--pool", "default", NULL), &info);
	ck_assert_msg(strstr(info, "does not state the format") != NULL, "%s", info);
	/* but it is needed all the same */
	expect_error(virtty("vol-delete", "base", "--pool", "default", NULL), 1, "volume 'default/over'", NULL);
	OK("vol-delete", "over", "--pool", "default");
	OK("vol-delete", "base", "--pool", "default");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* What a guest writes into its raw disk never becomes a format. */
static void write_qcow2_into(const char *path, const char *secret)
{
	uint8_t head[HEAD_BYTES];
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	sound_head(head);
	name_backing(head, secret);
	put_extension(head, 104, BACKING_FORMAT, "raw", 3);
	ck_assert(fd >= 0 && write_all(fd, head, HEAD_BYTES));
}

static void expect_raw(const char *volume)
{
	_cleanup_free_ char *xml = NULL;

	OK("pool-refresh", "default");
	expect_ok(virtty("vol-dumpxml", volume, "--pool", "default", NULL), &xml);
	ck_assert_msg(strstr(xml, "<format type='raw'/>") != NULL, "%s", xml);
	ck_assert_ptr_null(strstr(xml, "backingStore"));
}

START_TEST(a_raw_disk_that_holds_a_qcow2_head)
{
	char *home = home_new();
	_cleanup_free_ char *secret = strf("%s/secret", home), *found = image_path(home, "found");
	_cleanup_free_ char *copy = image_path(home, "copy"), *live = NULL;

	ck_assert(file_write(secret, SECRET, strlen(SECRET), 0600, NULL));
	/* one that was made here, one made by a job, one found there that a machine has */
	OK("vol-create-as", "default", "made", "1M");
	OK("vol-clone", "made", "cloned", "--pool", "default");
	RUN("truncate", "-s", "1M", found);
	OK("pool-refresh", "default");
	define_on(home, "m", "found", NULL);
	OK("start", "m");
	expect_ok(virtty("dumpxml", "m", NULL), &live);
	OK("destroy", "m");
	const char *const volumes[] = { "made", "cloned", "found" };

	for (size_t i = 0; i < sizeof volumes / sizeof *volumes; i++) {
		_cleanup_free_ char *path = image_path(home, volumes[i]);

		write_qcow2_into(path, secret);
		expect_raw(volumes[i]);
		OK("vol-clone", volumes[i], "copy", "--pool", "default");
		RUN("cmp", path, copy);
		expect_raw("copy");
		OK("vol-delete", "copy", "--pool", "default");
	}
	/* and QEMU is told the same again */
	OK("start", "m");
	OK("destroy", "m");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* A download leaves a file as it is. */
static void expect_kept(const char *volume, const char *file, const char *words)
{
	_cleanup_free_ char *before = strf("%s.before", file);

	RUN("cp", "--", file, before);
	expect_error(virtty("vol-download", volume, file, "--pool", "default", NULL), 1, words, NULL);
	RUN("cmp", file, before);
	ck_assert_int_eq(unlink(before), 0);
}

/* What is somebody's is never written over; what is nobody's is, when the whole is there. */
START_TEST(downloads_onto_what_is_needed)
{
	char *home = home_new();
	_cleanup_free_ char *a = image_path(home, "a.img"), *b = image_path(home, "b.img"), *link = strf("%s/link", home);
	_cleanup_free_ char *hard = strf("%s/hard", home), *base = strf("%s/base.img", home), *disk = strf("%s/disk.img", home);
	_cleanup_free_ char *over = image_path(home, "over.qcow2"), *mine = strf("%s/mine", home), *xml = NULL, *machine = NULL;
	struct stat st;

	OK("vol-create-as", "default", "a.img", "1M");
	OK("vol-create-as", "default", "b.img", "1M");
	RUN("qemu-io", "-f", "raw", "-c", "write -P 0x42 0 1M", a);
	RUN("qemu-io", "-f", "raw", "-c", "write -P 0x43 0 1M", b);
	ck_assert(symlink(a, link) == 0 && symlink(b, mine) == 0 && linkat(AT_FDCWD, b, AT_FDCWD, hard, 0) == 0);
	expect_kept("a.img", a, "the volume itself");
	expect_kept("a.img", link, "the volume itself");
	expect_kept("a.img", b, "volume 'default/b.img'");
	expect_kept("a.img", hard, "volume 'default/b.img'");
	expect_kept("a.img", mine, "volume 'default/b.img'");
	/* of a machine that does not run, and below a volume, wherever they lie */
	RUN("cp", a, base);
	RUN("cp", a, disk);
	RUN("qemu-img", "create", "-q", "-f", "qcow2", "-b", base, "-F", "raw", over);
	xml = strf("<disk type='file' device='disk'><source file='%s'/><target dev='vda' bus='virtio'/></disk>", disk);
	machine = bare_machine(home, "stopped", NULL, xml);
	OK("define", machine);
	expect_kept("a.img", base, "volume 'default/over.qcow2'");
	expect_kept("a.img", disk, "machine 'stopped'");
	/* nobody's: its mode stays, and a download that fails leaves it */
	ck_assert(unlink(mine) == 0 && file_write(mine, "mine", 4, 0640, NULL) && chmod(mine, 0640) == 0);
	expect_error(virtty("vol-download", "a.img", mine, "--pool", "default", "--offset", "1000000", "--length", "100000", NULL), 1,
		     "bytes are there", NULL);
	ck_assert(stat(mine, &st) == 0 && st.st_size == 4);
	OK("vol-download", "a.img", mine, "--pool", "default");
	RUN("cmp", mine, a);
	ck_assert(stat(mine, &st) == 0 && (st.st_mode & 07777) == 0640);
	/* a pool that is not active is not read, nor written */
	OK("pool-destroy", "default");
	expect_error(virtty("vol-download", "a.img", mine, "--pool", "default", NULL), 1, "'default' is not active", NULL);
	expect_error(virtty("vol-upload", a, mine, NULL), 1, "'default' is not active", NULL);
	expect_error(virtty("vol-wipe", a, NULL), 1, "'default' is not active", NULL);
	expect_error(virtty("vol-info", "a.img", "--pool", "default", NULL), 1, "'default' is not active", NULL);
	expect_tidy(home);
	home_end(home);
}
END_TEST

static void expect_silent_about(const char *word, struct outcome outcome)
{
	ck_assert_int_eq(outcome.status, 1);
	ck_assert_msg(strstr(outcome.err, word) == NULL, "%s", outcome.err);
	outcome_clear(&outcome);
}

/* A running QEMU has an overlay, and through it its base: nothing here writes either. */
START_TEST(images_in_use)
{
	char *home = home_new();
	_cleanup_free_ char *base = image_path(home, "base.qcow2"), *over = image_path(home, "over.qcow2"), *before = strf("%s/before", home);
	const char *const volumes[] = { "base.qcow2", "over.qcow2" };

	OK("vol-create-as", "default", "base.qcow2", "4M", "--format", "qcow2");
	RUN("qemu-io", "-f", "qcow2", "-c", "write -P 0x42 0 4M", base);
	OK("vol-create-as", "default", "over.qcow2", "4M", "--format", "qcow2", "--backing-vol", "base.qcow2", "--backing-vol-format", "qcow2");
	RUN("cp", base, before);
	define_on(home, "web1", "over.qcow2", NULL);
	OK("start", "web1");
	for (size_t i = 0; i < 2; i++) {
		expect_error(virtty("vol-delete", volumes[i], "--pool", "default", NULL), 1, "machine 'web1'", NULL);
		expect_error(virtty("vol-resize", volumes[i], "8M", "--pool", "default", NULL), 1, "in use", NULL);
		expect_error(virtty("vol-resize", volumes[i], "2M", "--shrink", "--pool", "default", NULL), 1, "use", NULL);
		expect_error(virtty("vol-wipe", volumes[i], "--pool", "default", NULL), 1, "use", NULL);
		expect_error(virtty_input("x", "vol-upload", volumes[i], "-", "--pool", "default", NULL), 1, "use", NULL);
		/* onto it */
		expect_error(virtty("vol-clone", "base.qcow2", volumes[i], "--pool", "default", NULL), 1, "exists already", NULL);
	}
	/* who has it is said, and the way out where there is one */
	expect_error(virtty("vol-resize", "over.qcow2", "8M", "--pool", "default", NULL), 1, "in use by machine 'web1'", "blockresize",
		     NULL);
	expect_silent_about("blockresize", virtty("vol-resize", "base.qcow2", "8M", "--pool", "default", NULL));
	/* what is only read may be read by others too */
	OK("vol-clone", "base.qcow2", "copy.qcow2", "--pool", "default");
	expect_error(virtty("vol-clone", "over.qcow2", "copy2.qcow2", "--pool", "default", NULL), 1, "in use by machine 'web1'",
		     NULL);
	expect_kept("copy.qcow2", over, "machine 'web1'");
	expect_kept("copy.qcow2", base, "machine 'web1'");
	RUN("cmp", base, before);
	OK("destroy", "web1");
	/* without a machine that runs the base is still somebody's */
	expect_error(virtty("vol-wipe", "base.qcow2", "--pool", "default", NULL), 1, "used by", "over.qcow2", NULL);
	expect_error(virtty_input("x", "vol-upload", "base.qcow2", "-", "--pool", "default", NULL), 1, "used by", NULL);
	expect_error(virtty("vol-resize", "base.qcow2", "2M", "--shrink", "--pool", "default", NULL), 1, "used by", NULL);
	RUN("cmp", base, before);
	RUN("qemu-img", "check", "-q", "-f", "qcow2", over);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("storage: hostile images");
	TCase *t = tcase_create("hostile");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, broken_heads);
	tcase_add_test(t, names_of_other_files);
	tcase_add_test(t, circles);
	tcase_add_test(t, a_backing_file_of_no_format);
	tcase_add_test(t, a_raw_disk_that_holds_a_qcow2_head);
	tcase_add_test(t, downloads_onto_what_is_needed);
	tcase_add_test(t, images_in_use);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return suite_main(suite());
}
