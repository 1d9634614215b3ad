/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fixture pairs: the disks of NAME.xml plugged into a running machine, one after the other, make NAME.hot: the
 * commands, and the way back. VIRTTY_REGENERATE=1 writes what comes out. And devices put into documents, taken out and
 * replaced. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "hv/domain_device.h"
#include "hv/hotplug.h"
#include "hv/iotune.h"
#include "tests/unit/launch_fixture.h"
#include "tests/unit/unit.h"

/* ---- commands ---- */

static void add_command(struct strbuf *text, const char *sign, struct json_object *command)
{
	_cleanup_free_ char *arguments = json_text(json_get(command, "arguments"));

	strbuf_printf(text, "%s %s %s\n", sign, json_get_string(command, "execute", "?"), arguments);
}

static void add_hotplug(struct strbuf *text, const struct hotplug *hotplug)
{
	size_t count = json_object_array_length(hotplug->commands);

	for (size_t i = 0; i < count; i++)
		add_command(text, "+", json_object_array_get_idx(hotplug->commands, i));
	for (size_t i = count; i > 0; i--) {
		_cleanup_json_ struct json_object *reverse =
			hotplug_reverse(json_object_array_get_idx(hotplug->commands, i - 1));

		if (reverse)
			add_command(text, "-", reverse);
	}
	for (size_t i = 0; i < hotplug->file_count; i++)
		strbuf_printf(text, "# file: %s%s\n", hotplug->files[i].path,
			      hotplug->files[i].readonly ? " read-only" : "");
	if (hotplug->node)
		strbuf_printf(text, "# node: %s\n", hotplug->node);
}

static char *hot_text(const char *name, const struct qemu_caps *caps)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_domain_ struct domain *domain = fixture_domain(name, caps, &err);
	struct strbuf text = STRBUF_INIT;

	ck_assert_msg(domain != NULL, "%s: %s", name, error_text(&err));
	for (size_t i = 0; i < domain->disk_count; i++) {
		_cleanup_error_ struct error refused = ERROR_INIT;
		struct hotplug *hotplug = hotplug_disk(domain, &domain->disks[i], caps, 20, &refused);

		strbuf_printf(&text, "%s\n", domain->disks[i].target);
		if (hotplug)
			add_hotplug(&text, hotplug);
		else
			strbuf_printf(&text, "! %s\n", error_text(&refused));
		hotplug_free(hotplug);
	}
	return strbuf_take(&text);
}

START_TEST(commands_come_out_as_written)
{
	struct qemu_caps *caps = fixture_caps();
	_cleanup_strv_ char **names = fixture_names(".hot");

	ck_assert_uint_gt(strv_length(names), 0);
	for (size_t i = 0; names[i]; i++) {
		_cleanup_free_ char *text = hot_text(names[i], caps), *again = hot_text(names[i], caps), *wanted = NULL;
		_cleanup_free_ char *below = strf("args/%s.hot", names[i]), *path = fixture_path(below);

		/* pure: the same each time */
		ck_assert_str_eq(text, again);
		if (!text_empty(getenv("VIRTTY_REGENERATE")))
			ck_assert(file_write(path, text, strlen(text), 0644, NULL));
		ck_assert(file_read(path, 1024 * 1024, &wanted, NULL, NULL));
		ck_assert_msg(strcmp(text, wanted) == 0, "%s.hot should be\n%s\nand is\n%s", names[i], wanted, text);
	}
	caps_free(caps);
}
END_TEST

/* Cold and hot are one builder: the very same objects, but for the numbers of the nodes and the turn at boot. */
START_TEST(the_same_objects_as_cold)
{
	static const char name[] = "disk-iotune";
	struct qemu_caps *caps = fixture_caps();
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_domain_ struct domain *domain = fixture_domain(name, caps, &err);
	struct launch_resources resources = fixture_resources(name, domain);
	struct launch *launch = launch_build(domain, caps, &resources, &err);
	struct hotplug *hotplug = hotplug_disk(domain, domain_find_disk(domain, "sda"), caps, 3, &err);
	size_t found = 0;

	ck_assert_msg(launch && hotplug, "%s", error_text(&err));
	for (size_t i = 0; i < json_object_array_length(hotplug->commands); i++) {
		struct json_object *command = json_object_array_get_idx(hotplug->commands, i);
		_cleanup_free_ char *arguments = json_text(json_get(command, "arguments")), *whole = json_text(command);

		for (size_t a = 0; launch->argv[a]; a++)
			found += strcmp(launch->argv[a], arguments) == 0;
		for (size_t s = 0; s < json_object_array_length(launch->setup); s++) {
			_cleanup_free_ char *cold = json_text(json_object_array_get_idx(launch->setup, s));

			found += strcmp(cold, whole) == 0;
		}
	}
	ck_assert_uint_eq(found, json_object_array_length(hotplug->commands));
	hotplug_free(hotplug);
	launch_free(launch);
	caps_free(caps);
}
END_TEST

/* ---- documents ---- */

#define DOCUMENT                                                                                                       \
	"<domain type='qemu'>\n  <name>m</name>\n  <!-- kept -->\n  <memory>1024</memory>\n  <devices>\n    "          \
	"<emulator>/q</emulator>\n"                                                                                    \
	"    <disk type='file' device='disk'>\n      <source file='/a'/>\n      <target dev='vda' bus='virtio'/>\n"    \
	"      <alias name='virtio-disk0'/>\n    </disk>\n    <sofa/>\n  </devices>\n</domain>\n"

static struct domain *document(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct domain *domain = domain_parse("m.xml", DOCUMENT, strlen(DOCUMENT), &err);

	ck_assert_msg(domain != NULL, "%s", error_text(&err));
	return domain;
}

static struct device_text text_of(const char *text)
{
	return (struct device_text){ "disk.xml", text, strlen(text) };
}

START_TEST(added_replaced_removed)
{
	_cleanup_domain_ struct domain *domain = document(), *more = NULL, *other = NULL, *back = NULL;
	struct device_text text = text_of("<disk type='file'>\n  <source file='/b'/>\n  <target dev='vdb'/>\n</disk>");
	struct device_text placed =
		text_of("<disk type='file'>\n  <source file='/c'/>\n  <target dev='vdb'/>\n</disk>");
	_cleanup_free_ char *before = domain_format(domain, true), *after = NULL, *again = NULL;

	more = domain_with_device(domain, &text, NULL);
	ck_assert_ptr_nonnull(more);
	ck_assert_uint_eq(more->disk_count, 2);
	ck_assert_str_eq(more->disks[1].target, "vdb");
	after = domain_format(more, true);
	/* behind the other disk, indented as that; what nobody knows stays */
	ck_assert_ptr_nonnull(strstr(after, "    </disk>\n    <disk type='file'>\n      <source file='/b'/>\n      "
					    "<target dev='vdb'/>\n    </disk>\n"
					    "    <sofa/>\n"));
	ck_assert_ptr_nonnull(strstr(after, "<!-- kept -->"));
	other = domain_with_device_for(more, domain_find_disk(more, "vdb")->device.node, &placed, NULL);
	ck_assert_ptr_nonnull(other);
	ck_assert_str_eq(domain_find_disk(other, "/c")->target, "vdb");
	back = domain_without_device(other, domain_find_disk(other, "vdb")->device.node, NULL);
	ck_assert_ptr_nonnull(back);
	again = domain_format(back, true);
	ck_assert_str_eq(again, before);
}
END_TEST

START_TEST(what_is_no_device)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct device_text broken = text_of("<disk"), word = text_of("<disk type='flie'>\n<target dev='vda'/></disk>");
	_cleanup_domain_ struct domain *domain = document();

	ck_assert_ptr_null(device_text_element(&broken, &err));
	error_clear(&err);
	ck_assert_ptr_null(domain_with_device(domain, &broken, &err));
	error_clear(&err);
	ck_assert_ptr_null(disk_parse(&word, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "disk.xml:1: <disk>: type 'flie' is unknown"));
}
END_TEST

START_TEST(media_of_drives)
{
	struct device_text drive = text_of(
		"<disk type='file' device='cdrom'>\n  <driver name='qemu' type='raw'/>\n  <source file='/a.iso'/>\n"
		"  <target dev='sda' bus='sata'/>\n  <readonly/>\n</disk>");
	struct device_text medium = text_of("<disk type='block'><source dev='/dev/sr0'/></disk>");
	struct disk *disk = disk_parse(&drive, NULL);
	_cleanup_free_ char *empty = disk_text_medium(disk, NULL, true, NULL),
			    *filled = disk_text_medium(disk, &medium, false, NULL);

	ck_assert_str_eq(empty, "<disk type='file' device='cdrom'>\n  <driver name='qemu' type='raw'/>\n"
				"  <target dev='sda' bus='sata' tray='open'/>\n  <readonly/>\n</disk>");
	ck_assert_str_eq(
		filled,
		"<disk type='block' device='cdrom'>\n  <driver name='qemu' type='raw'/>\n  <source dev='/dev/sr0'/>\n"
		"  <target dev='sda' bus='sata'/>\n  <readonly/>\n</disk>");
	disk_free(disk);
}
END_TEST

/* ---- limits ---- */

START_TEST(limits_are_checked)
{
	static const struct {
		const char *inner, *words;
	} rows[] = {
		{ "<total_bytes_sec>5</total_bytes_sec><read_bytes_sec>5</read_bytes_sec>",
		  "total_bytes_sec cannot be set together" },
		{ "<total_iops_sec>5</total_iops_sec><write_iops_sec>5</write_iops_sec>",
		  "total_iops_sec cannot be set together" },
		{ "<read_bytes_sec_max>5</read_bytes_sec_max>", "read_bytes_sec_max needs read_bytes_sec" },
		{ "<read_bytes_sec>5</read_bytes_sec><read_bytes_sec_max>4</read_bytes_sec_max>",
		  "read_bytes_sec_max is lower" },
		{ "<write_iops_sec>5</write_iops_sec><write_iops_sec_max_length>4</write_iops_sec_max_length>",
		  "needs write_iops_sec_max" },
		{ "<write_iops_sec>5</write_iops_sec><total_bytes_sec>0</total_bytes_sec><read_bytes_sec>4</"
		  "read_bytes_sec>",
		  NULL },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		_cleanup_free_ char *text = strf("<disk><target dev='vda'/><iotune>%s</iotune></disk>", rows[i].inner);
		struct device_text device = text_of(text);
		struct disk *disk = disk_parse(&device, &err);

		ck_assert_msg(disk != NULL, "%s", error_text(&err));
		ck_assert_msg(iotune_check(&disk->iotune, "disk 'vda'", &err) == (rows[i].words == NULL), "%s",
			      rows[i].inner);
		if (rows[i].words)
			ck_assert_msg(strstr(error_text(&err), rows[i].words) != NULL, "%s", error_text(&err));
		disk_free(disk);
	}
}
END_TEST

START_TEST(limits_go_into_documents)
{
	struct device_text text = text_of("<disk>\n  <target dev='vda'/>\n</disk>");
	struct disk *disk = disk_parse(&text, NULL);
	struct disk_iotune iotune = { .group_name = (char *)(uintptr_t) "g" };
	_cleanup_free_ char *with = NULL, *without = NULL;

	iotune_set(&iotune, &iotune_rows[0], 42);
	disk_put_iotune(disk, &iotune);
	with = device_node_text(disk->device.node);
	ck_assert_ptr_nonnull(strstr(with, "  <iotune>\n    <total_bytes_sec>42</total_bytes_sec>\n    "
					   "<group_name>g</group_name>\n  </iotune>\n"));
	disk_put_iotune(disk, &(struct disk_iotune){ 0 });
	without = device_node_text(disk->device.node);
	ck_assert_str_eq(without, "<disk>\n  <target dev='vda'/>\n</disk>\n");
	disk_free(disk);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("hotplug");
	TCase *tcase = tcase_create("hotplug");

	tcase_add_test(tcase, commands_come_out_as_written);
	tcase_add_test(tcase, the_same_objects_as_cold);
	tcase_add_test(tcase, added_replaced_removed);
	tcase_add_test(tcase, what_is_no_device);
	tcase_add_test(tcase, media_of_drives);
	tcase_add_test(tcase, limits_are_checked);
	tcase_add_test(tcase, limits_go_into_documents);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return unit_run(make_suite());
}
