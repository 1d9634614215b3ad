/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fixture pairs: NAME.xml makes NAME.args, or fails with NAME.err. VIRTTY_REGENERATE=1 writes what comes out. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "tests/unit/launch_fixture.h"
#include "tests/unit/unit.h"

static bool regenerating(void)
{
	return !text_empty(getenv("VIRTTY_REGENERATE"));
}

/* One option a line, its value behind it; then what else a launch is. */
static char *launch_text(const struct launch *launch, const struct domain *domain,
			 const struct launch_resources *resources)
{
	struct strbuf text = STRBUF_INIT;
	struct launch_console *consoles;
	size_t count;

	strbuf_puts(&text, launch->argv[0]);
	for (size_t i = 1; launch->argv[i]; i++)
		strbuf_printf(&text, "%c%s", launch->argv[i][0] == '-' ? '\n' : ' ', launch->argv[i]);
	strbuf_putc(&text, '\n');
	if (launch->vnc)
		strbuf_printf(&text, "# vnc: %s\n", launch->vnc);
	for (size_t i = 0; i < json_object_array_length(launch->setup); i++) {
		_cleanup_free_ char *call = json_text(json_object_array_get_idx(launch->setup, i));

		strbuf_printf(&text, "# setup: %s\n", call);
	}
	for (size_t i = 0; i < launch->file_count; i++)
		strbuf_printf(&text, "# file: %s%s%s\n", launch->files[i].path,
			      launch->files[i].readonly ? " read-only" : "", launch->files[i].create ? " created" : "");
	consoles = launch_consoles(domain, resources->run_directory, resources->log_directory, &count);
	for (size_t i = 0; i < count; i++)
		strbuf_printf(&text, "# console: %s %s %s %s %s%s\n", consoles[i].name, consoles[i].id,
			      consoles[i].socket, consoles[i].viewer, consoles[i].log, consoles[i].pty ? " pty" : "");
	launch_consoles_free(consoles, count);
	return strbuf_take(&text);
}

static char *error_lines(const struct error *err)
{
	return err->hint ? strf("%s\nhint: %s\n", error_text(err), err->hint) : strf("%s\n", error_text(err));
}

/* What the fixture comes to; *ret_suffix says whether that is a launch or an error. */
static char *outcome(const char *name, const struct qemu_caps *caps, const char **ret_suffix)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_domain_ struct domain *domain = fixture_domain(name, caps, &err);
	struct launch_resources resources;
	struct launch *launch;
	char *text;

	*ret_suffix = "err";
	if (!domain)
		return error_lines(&err);
	resources = fixture_resources(name, domain);
	launch = launch_build(domain, caps, &resources, &err);
	if (!launch) {
		ck_assert_msg(error_is_set(&err), "%s: refused without a word", name);
		return error_lines(&err);
	}
	ck_assert_msg(!error_is_set(&err), "%s: built, with an error: %s", name, error_text(&err));
	text = launch_text(launch, domain, &resources);
	launch_free(launch);
	*ret_suffix = "args";
	return text;
}

static void compare(const char *name, const char *suffix, const char *text)
{
	_cleanup_free_ char *below = strf("args/%s.%s", name, suffix);
	_cleanup_free_ char *path = fixture_path(below);
	_cleanup_free_ char *wanted = NULL;

	if (regenerating()) {
		_cleanup_free_ char *other_below =
			strf("args/%s.%s", name, strcmp(suffix, "err") == 0 ? "args" : "err");
		_cleanup_free_ char *other = fixture_path(other_below);

		ck_assert(file_write(path, text, strlen(text), 0644, NULL));
		unlink(other);
		return;
	}
	ck_assert_msg(file_read(path, 1024 * 1024, &wanted, NULL, NULL),
		      "%s.xml came to an .%s, and there is none:\n%s", name, suffix, text);
	ck_assert_msg(strcmp(text, wanted) == 0, "%s.%s should be\n%s\nand is\n%s", name, suffix, wanted, text);
}

START_TEST(fixtures_come_out_as_written)
{
	struct qemu_caps *caps = fixture_caps();
	_cleanup_strv_ char **names = fixture_names(".xml");

	ck_assert_uint_gt(strv_length(names), 0);
	for (size_t i = 0; names[i]; i++) {
		const char *suffix, *again;
		_cleanup_free_ char *text = outcome(names[i], caps, &suffix);
		_cleanup_free_ char *twice = outcome(names[i], caps, &again);

		/* pure: the same each time */
		ck_assert_str_eq(text, twice);
		compare(names[i], suffix, text);
	}
	caps_free(caps);
}
END_TEST

START_TEST(no_fixture_is_an_orphan)
{
	static const char *const suffixes[] = { ".args", ".err", ".hot" };
	_cleanup_strv_ char **xml = fixture_names(".xml");

	for (size_t s = 0; s < ARRAY_LENGTH(suffixes); s++) {
		_cleanup_strv_ char **names = fixture_names(suffixes[s]);

		for (size_t i = 0; names && names[i]; i++)
			ck_assert_msg(strv_contains(xml, names[i]), "%s%s has no .xml", names[i], suffixes[s]);
	}
}
END_TEST

static struct launch *build_fixture(const char *name, const struct launch_resources *resources, struct error *err)
{
	struct qemu_caps *caps = fixture_caps();
	_cleanup_domain_ struct domain *domain = fixture_domain(name, caps, err);
	struct launch *launch = domain ? launch_build(domain, caps, resources, err) : NULL;

	caps_free(caps);
	return launch;
}

/* Without descriptors the command can be run by hand: sockets by path, and the shell's own characters quoted. */
START_TEST(command_line_by_path)
{
	struct launch_resources resources = { .kvm = true,
					      .run_directory = "/run/it's",
					      .log_directory = "/var/log",
					      .qmp_fd = -1,
					      .first_console_fd = -1,
					      .first_channel_fd = -1 };
	struct launch *launch = build_fixture("install-q35", &resources, NULL);
	_cleanup_free_ char *line = NULL;

	ck_assert_ptr_nonnull(launch);
	line = launch_command_line(launch);
	ck_assert_ptr_nonnull(
		strstr(line, " -chardev 'socket,id=charmonitor,path=/run/it'\\''s/qmp,server=on,wait=off' "));
	ck_assert_ptr_nonnull(strstr(line, "socket,id=charserial0,path=/run/it'\\''s/q0,server=on,wait=off,logfile="));
	ck_assert_ptr_nonnull(strstr(line, "-device '{\"driver\":\"virtio-blk-pci\","));
	ck_assert_ptr_null(strchr(line, '\n'));
	launch_free(launch);
}
END_TEST

START_TEST(passwords_stay_out_of_argv)
{
	struct launch_resources resources = {
		.run_directory = "/run", .log_directory = "/log", .qmp_fd = 3, .first_console_fd = 4, .first_channel_fd = 5
	};
	struct launch *launch = build_fixture("graphics-tcp", &resources, NULL);
	_cleanup_free_ char *line = NULL, *setup = NULL;

	ck_assert_ptr_nonnull(launch);
	line = launch_command_line(launch);
	setup = json_text(launch->setup);
	ck_assert_ptr_null(strstr(line, "cret"));
	ck_assert_ptr_nonnull(strstr(setup, "s,cret"));
	launch_free(launch);
}
END_TEST

/* A device that this QEMU was built without is named. */
START_TEST(missing_devices_are_named)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct qemu_caps *caps = fixture_caps();
	_cleanup_domain_ struct domain *domain = fixture_domain("install-q35", caps, &err);
	struct launch_resources resources;

	ck_assert_ptr_nonnull(domain);
	resources = fixture_resources("install-q35", domain);
	caps->flags[CAP_VIRTIO_VGA] = false;
	ck_assert_ptr_null(launch_build(domain, caps, &resources, &err));
	ck_assert_int_eq(err.code, ERROR_UNSUPPORTED);
	ck_assert_str_eq(error_text(&err), "'/usr/bin/qemu-system-x86_64' has no device 'virtio-vga'");
	caps->flags[CAP_VIRTIO_VGA] = true;
	caps->flags[CAP_NETDEV_USER] = false;
	ck_assert_ptr_null(launch_build(domain, caps, &resources, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "user networking"));
	caps_free(caps);
}
END_TEST

START_TEST(engines_are_rows)
{
	ck_assert(engine_find("kvm")->needs_kvm);
	ck_assert(!engine_find("qemu")->needs_kvm);
	ck_assert(engine_find("qemu")->build == launch_build);
	ck_assert_ptr_null(engine_find("xen"));
	ck_assert_ptr_null(engine_find(NULL));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("launch");
	TCase *tests = tcase_create("launch");

	tcase_add_test(tests, fixtures_come_out_as_written);
	tcase_add_test(tests, no_fixture_is_an_orphan);
	tcase_add_test(tests, command_line_by_path);
	tcase_add_test(tests, passwords_stay_out_of_argv);
	tcase_add_test(tests, missing_devices_are_named);
	tcase_add_test(tests, engines_are_rows);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
