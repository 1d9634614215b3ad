/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines with encrypted disks: opened with a secret at the start and while they run, and refused clearly without. */
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/disks.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define ENCRYPTION "<encryption format='luks'><secret type='passphrase' usage='disk'/></encryption>"
#define VOLUME(name, format) \
	"<volume><name>" name "</name><capacity unit='M'>4</capacity><target><format type='" format "'/>" ENCRYPTION "</target></volume>"
#define DISK(format, attributes, inside) \
	"<disk type='volume'><driver name='qemu' type='" format "'/><source pool='default' volume='" attributes "'>" inside \
	"</source><target dev='sda' bus='scsi'/></disk>"

static void set_passphrase(const char *text)
{
	expect_ok(virtty_input(text, "secret-set-value", "volume disk", "--file", "-", NULL), NULL);
}

static void define_secret(void)
{
	expect_ok(virtty_input("<secret private='yes'><usage type='volume'><volume>disk</volume></usage></secret>", "secret-define", "-", NULL),
		  NULL);
}

static void make_volumes(void)
{
	define_secret();
	set_passphrase("pass,word");
	expect_ok(virtty_input(VOLUME("locked.qcow2", "qcow2"), "vol-create", "default", "-", NULL), NULL);
	expect_ok(virtty_input(VOLUME("locked.raw", "raw"), "vol-create", "default", "-", NULL), NULL);
}

static void define(const char *home, const char *name, const char *disk)
{
	_cleanup_free_ char *document = bare_machine(home, name, "<uuid>0f4a7c53-5b8d-4c0e-9a34-6f4f1d2b7a12</uuid>", disk);

	OK("define", document);
}

/* Everything there is of secrets, in QEMU's words. */
static void expect_secrets(const char *name, size_t wanted)
{
	_cleanup_json_ struct json_object *answer = machine_qmp(name, "{\"execute\": \"qom-list\", \"arguments\": {\"path\": \"/objects\"}}");
	size_t count = 0;

	for (size_t i = 0; i < json_object_array_length(answer); i++)
		count += text_equal(json_get_string(json_object_array_get_idx(answer, i), "type", NULL), "child<secret>");
	ck_assert_uint_eq(count, wanted);
}

static void expect_encrypted(const char *name)
{
	_cleanup_json_ struct json_object *answer = machine_qmp(name, "{\"execute\": \"query-block\"}");
	const char *text = json_object_to_json_string_ext(answer, JSON_C_TO_STRING_PLAIN);

	ck_assert_msg(strstr(text, "\"encrypted\":true") != NULL, "%s", text);
}

/* What the host reads of an image, with the passphrase. */
static void expect_pattern(const char *path, bool qcow2)
{
	_cleanup_free_ char *options = qcow2 ? strf("driver=qcow2,file.filename=%s,encrypt.key-secret=s", path)
					     : strf("driver=luks,file.filename=%s,key-secret=s", path);

	RUN("qemu-io", "--object", "secret,id=s,data=pass,,word", "--image-opts", options, "-c", "read -P 0x5a 1M 64k");
}

START_TEST(machines_run_from_them)
{
	static const struct {
		const char *disk, *volume;
		bool qcow2;
	} rows[] = {
		{ SCSI DISK("qcow2", "locked.qcow2", ENCRYPTION), "locked.qcow2", true },
		{ SCSI DISK("raw", "locked.raw", ENCRYPTION), "locked.raw", false },
	};
	char *home = home_new();

	make_volumes();
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		_cleanup_free_ char *path = image_path(home, rows[i].volume), *xml = NULL;

		define(home, "m", rows[i].disk);
		OK("start", "m");
		expect_encrypted("m");
		expect_secrets("m", 1);
		expect_agreement("m", "with an encrypted disk");
		expect_ok(virtty("qemu-monitor-command", "m", "--hmp", "qemu-io -d scsi0-0-0-0 \"write -P 0x5a 1M 64k\"", NULL), NULL);
		OK("destroy", "m");
		expect_pattern(path, rows[i].qcow2);
		/* a machine's raw disk does not make the volume one */
		expect_ok(virtty("vol-dumpxml", rows[i].volume, "--pool", "default", NULL), &xml);
		ck_assert_ptr_nonnull(strstr(xml, "<encryption format='luks'/>"));
	}
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(what_does_not_fit)
{
	char *home = home_new();
	_cleanup_free_ char *plain = disk_qcow2(home, "plain.qcow2", "4M"), *raw = disk_raw(home, "plain.img", "4M");
	_cleanup_free_ char *locked = image_path(home, "locked.qcow2");
	const struct {
		const char *path, *format, *inside, *words;
	} rows[] = {
		{ plain, "qcow2", ENCRYPTION, "is not encrypted by LUKS" },
		{ raw, "raw", ENCRYPTION, "is not encrypted by LUKS" },
		{ locked, "qcow2", "", "does not say with what" },
		{ locked, "qcow2", "<encryption format='luks'/>", "names no <secret>" },
	};

	make_volumes();
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		_cleanup_free_ char *disk = strf(SCSI "<disk type='file'><driver name='qemu' type='%s'/><source file='%s'>%s</source>"
						      "<target dev='sda' bus='scsi'/></disk>",
						 rows[i].format, rows[i].path, rows[i].inside);

		define(home, "m", disk);
		expect_error(virtty("start", "m", NULL), 1, rows[i].words, NULL);
	}
	define(home, "m", SCSI DISK("raw", "locked.raw", ""));
	expect_error(virtty("start", "m", NULL), 1, "volume 'locked.raw' is encrypted", "<encryption format='luks'>", NULL);
	define(home, "m", SCSI DISK("qcow2", "locked.qcow2", ENCRYPTION));
	set_passphrase("wrong");
	expect_error(virtty("start", "m", NULL), 1, "locked.qcow2': Invalid password", "secret-set-value", NULL);
	OK("secret-undefine", "volume disk", "--force");
	expect_error(virtty("start", "m", NULL), 1, "there is no secret 'volume disk'", NULL);
	define_secret();
	expect_error(virtty("start", "m", NULL), 1, "has no value", "secret-set-value", NULL);
	home_end(home);
}
END_TEST

START_TEST(they_come_and_go)
{
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "m", NULL, SCSI);

	make_volumes();
	define_start(home, "m", document);
	set_passphrase("wrong");
	expect_error(virtty_input(DISK("raw", "locked.raw", ENCRYPTION), "attach-device", "m", "-", NULL), 1, "Invalid password",
		     "secret-set-value", NULL);
	expect_secrets("m", 0);
	expect_agreement("m", "after what could not be opened");
	set_passphrase("pass,word");
	expect_ok(virtty_input(DISK("raw", "locked.raw", ENCRYPTION), "attach-device", "m", "-", NULL), NULL);
	expect_encrypted("m");
	expect_secrets("m", 1);
	expect_agreement("m", "with an encrypted disk");
	/* what it was opened with is not needed to close it */
	OK("secret-undefine", "volume disk", "--force");
	OK("detach-disk", "m", "sda");
	expect_secrets("m", 0);
	expect_agreement("m", "without it");
	OK("destroy", "m");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("luks");
	TCase *t = tcase_create("luks");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, machines_run_from_them);
	tcase_add_test(t, what_does_not_fit);
	tcase_add_test(t, they_come_and_go);
	suite_add_tcase(s, t);
	return suite_main(s);
}
