/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities: the cached form, flags out of QEMU's answers, a probe that meets a wrong binary. */
#include "hv/accel.h"
#include "hv/arch.h"
#include "hv/caps.h"
#include "hv/caps_flags.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "tests/unit/unit.h"

static struct qemu_caps *sample_caps(void)
{
	struct qemu_caps *caps = xcalloc(1, sizeof *caps);
	struct qemu_machine *machine = ARRAY_ADD(caps->machines, caps->machine_count);

	caps->binary = xstrdup("/opt/qemu");
	caps->arch = xstrdup("x86_64");
	caps->version = xstrdup("9.1.0");
	caps->package = xstrdup("");
	machine->name = xstrdup("pc-q35-9.1");
	machine->alias = xstrdup("q35");
	machine->default_cpu = xstrdup("qemu64");
	machine->ram_id = xstrdup("pc.ram");
	machine->cpu_max = 4096;
	machine->is_default = true;
	machine = ARRAY_ADD(caps->machines, caps->machine_count);
	machine->name = xstrdup("isapc");
	machine->cpu_max = 1;
	machine->deprecated = true;
	caps->cpu_models = strv_add(caps->cpu_models, "host");
	caps->cpu_models = strv_add(caps->cpu_models, "qemu64");
	caps->flags[CAP_VGA] = true;
	caps->flags[CAP_KVM] = true;
	return caps;
}

START_TEST(cached_form_keeps_everything)
{
	struct qemu_caps *caps = sample_caps();
	_cleanup_json_ struct json_object *json = caps_to_json(caps);
	_cleanup_free_ char *text = json_text(json);
	_cleanup_json_ struct json_object *again = json_parse("caps", text, strlen(text), NULL);
	struct qemu_caps *copy = caps_from_json(again);
	_cleanup_json_ struct json_object *copy_json = NULL;
	_cleanup_free_ char *copy_text = NULL;

	ck_assert_ptr_nonnull(copy);
	copy_json = caps_to_json(copy);
	copy_text = json_text(copy_json);
	ck_assert_str_eq(text, copy_text);
	ck_assert(caps_has(copy, CAP_VGA));
	ck_assert(!caps_has(copy, CAP_QXL));
	ck_assert(caps_has_device(copy, "VGA"));
	ck_assert(!caps_has_device(copy, "qxl"));
	ck_assert(!caps_has_device(copy, "kvm"));
	ck_assert(!caps_has_device(copy, "no-such-device"));
	ck_assert_str_eq(caps_machine(copy, "q35")->name, "pc-q35-9.1");
	ck_assert_str_eq(caps_machine(copy, "q35")->ram_id, "pc.ram");
	ck_assert_uint_eq(caps_machine(copy, "pc-q35-9.1")->cpu_max, 4096);
	ck_assert_ptr_null(caps_machine(copy, "pc"));
	ck_assert_ptr_null(caps_machine(copy, NULL));
	ck_assert(caps_machine(copy, "isapc")->deprecated);
	caps_free(copy);
	caps_free(caps);
}
END_TEST

START_TEST(foreign_forms_are_refused)
{
	static const char *const texts[] = {
		"[]",
		"{}",
		"{\"format\":0}",
		"{\"format\":2}",
		"{\"format\":2,\"binary\":\"b\",\"arch\":\"a\",\"version\":\"v\",\"package\":\"\",\"machines\":[],"
		"\"cpu-models\":[]}",
		"{\"format\":2,\"binary\":\"b\",\"arch\":\"a\",\"version\":\"v\",\"package\":\"\",\"machines\":[1],"
		"\"cpu-models\":[],\"flags\":[]}",
		"{\"format\":2,\"binary\":\"b\",\"arch\":\"a\",\"version\":\"v\",\"package\":\"\",\"machines\":[{"
		"\"name\":\"m\",\"cpus\":-1}],"
		"\"cpu-models\":[],\"flags\":[]}",
		"{\"format\":2,\"binary\":\"b\",\"arch\":\"a\",\"version\":\"v\",\"package\":\"\",\"machines\":[],"
		"\"cpu-models\":[{}],\"flags\":[]}",
		"{\"format\":2,\"binary\":\"b\",\"arch\":\"a\",\"version\":\"v\",\"package\":\"\",\"machines\":[],"
		"\"cpu-models\":[],\"flags\":[\"x\"]}",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		_cleanup_json_ struct json_object *json = json_parse("caps", texts[i], strlen(texts[i]), NULL);

		ck_assert_ptr_nonnull(json);
		ck_assert_msg(caps_from_json(json) == NULL, "taken: %s", texts[i]);
	}
	ck_assert_ptr_null(caps_from_json(NULL));
}
END_TEST

static struct json_object *parse(const char *text)
{
	struct json_object *json = json_parse("answer", text, strlen(text), NULL);

	ck_assert_ptr_nonnull(json);
	return json;
}

START_TEST(flags_come_from_types_schema_and_options)
{
	struct qemu_caps caps = { 0 };
	_cleanup_json_ struct json_object *types = parse("[{\"name\":\"VGA\"},{\"name\":\"kvm\"},{\"name\":7},8]");
	_cleanup_json_ struct json_object *schema =
		parse("[{\"name\":\"set-action\",\"meta-type\":\"event\"},"
		      "{\"name\":\"netdev_add\",\"meta-type\":\"command\",\"arg-type\":\"1\"},"
		      "{\"name\":\"1\",\"meta-type\":\"object\",\"variants\":[{\"case\":\"user\",\"type\":\"2\"},{"
		      "\"case\":\"stream\",\"type\":\"9\"}]},"
		      "{\"name\":\"2\",\"meta-type\":\"object\"},"
		      "{\"name\":\"blockdev-add\",\"meta-type\":\"command\",\"arg-type\":\"3\"},"
		      "{\"name\":\"3\",\"variants\":[{\"case\":\"file\",\"type\":\"4\"}]},"
		      "{\"name\":\"4\",\"members\":[{\"name\":\"aio\",\"type\":\"5\"}]},"
		      "{\"name\":\"5\",\"meta-type\":\"enum\",\"values\":[\"threads\",\"io_uring\"]}]");
	_cleanup_json_ struct json_object *options = parse("[{\"option\":\"sandbox\"}]");
	_cleanup_json_ struct json_object *kvm = parse("{\"present\":true,\"enabled\":false}");
	struct caps_answers answers = { types, schema, options, kvm };
	struct caps_answers nothing = { 0 };

	caps_flags_read(&caps, &answers);
	ck_assert(caps.flags[CAP_VGA]);
	ck_assert(caps.flags[CAP_KVM]);
	ck_assert(!caps.flags[CAP_QXL]);
	ck_assert(caps.flags[CAP_NETDEV_USER]);
	ck_assert(!caps.flags[CAP_NETDEV_STREAM]);
	ck_assert(caps.flags[CAP_IO_URING]);
	ck_assert(!caps.flags[CAP_AIO_NATIVE]);
	ck_assert(caps.flags[CAP_SANDBOX]);
	ck_assert(!caps.flags[CAP_SET_ACTION]);

	memset(&caps, 0, sizeof caps);
	caps_flags_read(&caps, &nothing);
	for (int i = 0; i < CAP_COUNT; i++)
		ck_assert(!caps.flags[i]);
}
END_TEST

START_TEST(every_capability_has_a_word)
{
	for (int i = 0; i < CAP_COUNT; i++) {
		ck_assert_ptr_nonnull(enum_word(&cap_words, i));
		ck_assert_int_eq(enum_value(&cap_words, enum_word(&cap_words, i)), i);
	}
}
END_TEST

/* A program that stands for an emulator. */
static char *make_script(const char *directory, const char *name, const char *body)
{
	char *path = strf("%s/%s", directory, name);

	ck_assert(file_write(path, body, strlen(body), 0755, NULL));
	return path;
}

static void assert_probe_fails(const char *binary, enum error_code code, const char *words)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_ptr_null(caps_probe(binary, &err));
	ck_assert_msg(err.code == code, "%s: code %d: %s", binary, err.code, error_text(&err));
	ck_assert_msg(strstr(error_text(&err), words) != NULL, "%s: %s", binary, error_text(&err));
	ck_assert_msg(strstr(error_text(&err), binary) != NULL, "%s", error_text(&err));
}

START_TEST(wrong_binaries_are_named)
{
	char *directory = unit_tempdir();
	_cleanup_free_ char *silent = NULL, *loud = NULL, *babbler = NULL, *refuser = NULL, *plain = NULL, *text = NULL;

	silent = make_script(directory, "silent", "#!/bin/sh\nexit 0\n");
	loud = make_script(directory, "loud", "#!/bin/sh\necho first >&2\necho 'no such machine' >&2\nexit 1\n");
	babbler = make_script(directory, "babbler", "#!/bin/sh\necho 'hello there'\nread x\n");
	refuser = make_script(
		directory, "refuser",
		"#!/bin/sh\necho '{\"id\":1,\"error\":{\"class\":\"GenericError\",\"desc\":\"not today\"}}'\nread x\n");
	plain = make_script(directory, "plain", "text");
	text = make_script(directory, "text", "no program");
	ck_assert_int_eq(chmod(plain, 0644), 0);
	assert_probe_fails("/nonexistent/qemu", ERROR_NOT_FOUND, "does not exist");
	assert_probe_fails(directory, ERROR_INVALID, "not a program");
	assert_probe_fails(plain, ERROR_INVALID, "not a program");
	assert_probe_fails(text, ERROR_FAILED, "Exec format error");
	assert_probe_fails(silent, ERROR_FAILED, "ended before it answered");
	assert_probe_fails(loud, ERROR_FAILED, "no such machine");
	assert_probe_fails(babbler, ERROR_PROTOCOL, "does not speak QMP");
	assert_probe_fails(refuser, ERROR_FAILED, "not today");
	unit_tempdir_remove(directory);
}
END_TEST

START_TEST(architectures_are_rows)
{
	ck_assert_str_eq(arch_find("x86_64")->emulator, "qemu-system-x86_64");
	ck_assert_ptr_null(arch_find("vax"));
	ck_assert_ptr_null(arch_find(NULL));
}
END_TEST

START_TEST(kvm_can_be_switched_off)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	setenv("VIRTTY_KVM", "no", 1);
	ck_assert(!accel_kvm_usable(&err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "VIRTTY_KVM=no"));
	unsetenv("VIRTTY_KVM");
	/* Whatever this host has, a refusal says why and what to do. */
	error_clear(&err);
	if (!accel_kvm_usable(&err)) {
		ck_assert(error_is_set(&err));
		ck_assert_ptr_nonnull(err.hint);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("caps");
	TCase *tests = tcase_create("caps");

	tcase_add_test(tests, cached_form_keeps_everything);
	tcase_add_test(tests, foreign_forms_are_refused);
	tcase_add_test(tests, flags_come_from_types_schema_and_options);
	tcase_add_test(tests, every_capability_has_a_word);
	tcase_add_test(tests, wrong_binaries_are_named);
	tcase_add_test(tests, architectures_are_rows);
	tcase_add_test(tests, kvm_can_be_switched_off);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
