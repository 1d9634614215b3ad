/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lvm2's tools and sfdisk answer, read: what they say, what they might say, and what somebody would have them say;
 * and where there is room in a partition table. */
#include "base/memory.h"
#include "base/text.h"
#include "storage/disk_table.h"
#include "storage/lvm_report.h"
#include "storage/tool.h"
#include "tests/unit/unit.h"

#include <string.h>

#define MIB ((uint64_t)1 << 20)

/* ---- lvs ---- */

#define REPORT(key, rows) "{\"report\":[{\"" key "\":[" rows "]}]}"
#define LV(name, attributes, size, more)                                                                               \
	"{\"lv_name\":\"" name "\",\"lv_uuid\":\"u-" name "\",\"lv_attr\":\"" attributes "\",\"lv_size\":" size more "}"

struct volumes {
	struct lvm_volume *items;
	size_t count;
};
#define _cleanup_volumes_ _cleanup_(volumes_clear)
static void volumes_clear(struct volumes *volumes)
{
	lvm_volumes_free(volumes->items, volumes->count);
}

static struct volumes read_volumes(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct volumes volumes = { 0 };

	ck_assert_msg(lvm_read_volumes(text, strlen(text), &volumes.items, &volumes.count, &err), "%s",
		      error_text(&err));
	return volumes;
}

static const struct lvm_volume *find(const struct volumes *volumes, const char *name)
{
	for (size_t i = 0; i < volumes->count; i++)
		if (strcmp(volumes->items[i].name, name) == 0)
			return &volumes->items[i];
	ck_abort_msg("there is no %s", name);
	return NULL;
}

static const char group[] = REPORT(
	"lv",
	LV("root", "-wi-ao----", "\"4194304\"", ",\"lv_layout\":\"linear\",\"lv_role\":\"public\"") ","
	LV("base", "owi-a-s---", "\"8388608\"", ",\"lv_layout\":\"linear\",\"lv_role\":\"public,origin\"") ","
	LV("snap", "swi-a-s---", "\"4194304\"", ",\"origin\":\"base\",\"origin_size\":\"8388608\",\"data_percent\":\"12.5\"") ","
	LV("full", "swi-I-s---", "\"4194304\"", ",\"origin\":\"base\",\"origin_size\":\"8388608\",\"data_percent\":\"100.00\"") ","
	LV("sparse", "swi-a-s---", "4194304", ",\"origin\":\"[sparse_vorigin]\",\"origin_size\":1073741824") ","
	LV("tp", "twi-aotz--", "\"41943040\"", ",\"lv_layout\":\"thin,pool\",\"lv_role\":\"private\",\"data_percent\":\"3.07\"") ","
	LV("cache", "Cwi---C---", "\"41943040\"", ",\"lv_layout\":\"cache,pool\",\"lv_role\":\"private\",\"data_percent\":3.07") ","
	LV("thin", "Vwi-a-tz--", "\"10737418240\"", ",\"pool_lv\":\"tp\",\"lv_layout\":\"thin,sparse\",\"lv_role\":\"public\","
						    "\"data_percent\":\"0.05\"") ","
	LV("part", "-wi-------", "\"4194304\"", ",\"lv_tags\":\"a,virtty_unfinished,b\"") ","
	LV("[lvol0_pmspare]", "ewi-------", "\"4194304\"", ""));

START_TEST(logical_volumes)
{
	_cleanup_volumes_ struct volumes volumes = read_volumes(group);

	/* the one in brackets is LVM's own */
	ck_assert_uint_eq(volumes.count, 9);
	ck_assert_int_eq(find(&volumes, "root")->kind, LVM_THICK);
	ck_assert(find(&volumes, "root")->open && !find(&volumes, "base")->open);
	ck_assert_int_eq(find(&volumes, "base")->kind, LVM_THICK);
	const struct lvm_volume *snap = find(&volumes, "snap");

	ck_assert_int_eq(snap->kind, LVM_SNAPSHOT);
	ck_assert_str_eq(snap->origin, "base");
	ck_assert_uint_eq(snap->origin_bytes, 8388608);
	ck_assert_uint_eq(snap->bytes, 4194304);
	ck_assert_uint_eq(snap->filled, 1250);
	ck_assert_int_eq(find(&volumes, "full")->state, 'I');
	ck_assert_uint_eq(find(&volumes, "full")->filled, 10000);
	ck_assert_int_eq(find(&volumes, "sparse")->kind, LVM_SPARSE);
	ck_assert_ptr_null(find(&volumes, "sparse")->origin);
	/* numbers may be numbers */
	ck_assert_uint_eq(find(&volumes, "sparse")->bytes, 4194304);
	ck_assert_uint_eq(find(&volumes, "sparse")->origin_bytes, 1073741824);
	ck_assert_int_eq(find(&volumes, "cache")->kind, LVM_HIDDEN);
	ck_assert_int_eq(find(&volumes, "tp")->kind, LVM_THIN_POOL);
	ck_assert_uint_eq(find(&volumes, "tp")->filled, 307);
	ck_assert_uint_eq(find(&volumes, "cache")->filled, 307);
	ck_assert_int_eq(find(&volumes, "thin")->kind, LVM_THIN);
	ck_assert_str_eq(find(&volumes, "thin")->thin_pool, "tp");
	ck_assert_uint_eq(find(&volumes, "thin")->filled, 5);
	ck_assert(find(&volumes, "part")->unfinished && !find(&volumes, "thin")->unfinished);
	ck_assert_int_eq(find(&volumes, "part")->state, '-');
}
END_TEST

/* Nothing of it is a volume, and nothing of it hurts. */
START_TEST(hostile_volumes)
{
	static const char *const rows[] = {
		LV("a\\nb", "-wi-a-----", "1", ""),
		LV("../../etc", "-wi-a-----", "1", ""),
		LV("-x", "-wi-a-----", "1", ""),
		LV("", "-wi-a-----", "1", ""),
		LV("a\\u0000b\\u001b[2J", "", "1", ""),
		LV("..", "-wi-a-----", "1", ""),
		"{\"lv_name\":7,\"lv_uuid\":\"x\"}",
		"{\"lv_name\":\"nouuid\"}",
		"{\"lv_name\":\"x\",\"lv_uuid\":[1,2]}",
		"{}",
		"[]",
		"null",
		"\"text\"",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		_cleanup_free_ char *text = strf("{\"report\":[{\"lv\":[%s]}]}", rows[i]);
		_cleanup_volumes_ struct volumes volumes = read_volumes(text);

		/* a NUL ends the name: "a" is one */
		ck_assert_msg(volumes.count == 0 || strcmp(volumes.items[0].name, "a") == 0, "%s", rows[i]);
	}
	_cleanup_volumes_ struct volumes volumes = read_volumes(REPORT(
		"lv", LV("a", "", "\"99999999999999999999999\"",
			 ",\"origin\":\"../b\",\"pool_lv\":{},\"data_percent\":\"99999999999999999999.9\",\"lv_layout\":7,"
			 "\"lv_tags\":[\"virtty_unfinished\"]") "," LV("b", "Vwi", "-5", ",\"data_percent\":-1e300") ","
		LV("c", "Vwi", "\"-5\"", ",\"data_percent\":\"-3\"") "," LV("d", "Vwi", "1e999", ",\"data_percent\":1e300")));

	ck_assert_uint_eq(volumes.count, 4);
	ck_assert_uint_eq(find(&volumes, "a")->bytes, 0);
	ck_assert_ptr_null(find(&volumes, "a")->origin);
	ck_assert_uint_le(find(&volumes, "a")->filled, 10000);
	ck_assert(!find(&volumes, "a")->unfinished);
	ck_assert_uint_eq(find(&volumes, "b")->bytes, 0);
	ck_assert_uint_eq(find(&volumes, "b")->filled, 0);
	ck_assert_uint_eq(find(&volumes, "c")->bytes, 0);
	ck_assert_uint_eq(find(&volumes, "c")->filled, 0);
	ck_assert_uint_eq(find(&volumes, "d")->filled, 10000);
}
END_TEST

START_TEST(not_an_answer)
{
	static const char *const texts[] = { "",
					     "lvs: command not found",
					     "{}",
					     "[]",
					     "{\"report\":[]}",
					     "{\"report\":{}}",
					     "{\"report\":[7]}",
					     "{\"report\":[{\"lv\":{}}]}",
					     "{\"report\":[{\"lv\":[{]}]}",
					     "{\"report\":[{\"lv\":[]}]} and more" };

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		struct lvm_volume *volumes = NULL;
		struct lvm_physical *physicals = NULL;
		struct lvm_group one;
		struct disk_table table;
		size_t count = 0, length = strlen(texts[i]);

		ck_assert_msg(!lvm_read_volumes(texts[i], length, &volumes, &count, &err), "%s", texts[i]);
		ck_assert(error_is_set(&err) && volumes == NULL && count == 0);
		ck_assert(!lvm_read_group(texts[i], length, &one, NULL));
		ck_assert(!lvm_read_physicals(texts[i], length, &physicals, &count, NULL));
		ck_assert(!disk_table_read(texts[i], length, "/dev/sda", MIB, &table, NULL));
	}
}
END_TEST

START_TEST(groups_and_disks)
{
	static const char vg[] = REPORT(
		"vg", "{\"vg_name\":\"vg0\",\"vg_size\":\"411041792\",\"vg_free\":\"999999999999\","
		      "\"vg_extent_size\":\"4194304\",\"vg_attr\":\"wz-pn-\"}");
	static const char pv[] = REPORT("pv", "{\"pv_name\":\"/dev/sda\",\"vg_name\":\"vg0\"},"
					      "{\"pv_name\":\"/dev/sdb\",\"vg_name\":\"\"},"
					      "{\"pv_name\":\"[unknown]\",\"vg_name\":\"vg0\"},"
					      "{\"pv_name\":\"/dev/sdc\",\"vg_name\":\"a b\\n\"}");
	_cleanup_error_ struct error err = ERROR_INIT;
	struct lvm_physical *physicals = NULL;
	struct lvm_group one;
	size_t count = 0;

	ck_assert(lvm_read_group(vg, strlen(vg), &one, &err));
	ck_assert_str_eq(one.name, "vg0");
	ck_assert(one.partial && one.extent_bytes == 4 * MIB);
	/* no more is free than there is */
	ck_assert_uint_eq(one.free_bytes, one.bytes);
	lvm_group_clear(&one);
	ck_assert(!lvm_read_group(REPORT("vg", ""), strlen(REPORT("vg", "")), &one, &err));
	ck_assert_int_eq(err.code, ERROR_NOT_FOUND);
	ck_assert(lvm_read_physicals(pv, strlen(pv), &physicals, &count, NULL));
	ck_assert_uint_eq(count, 3);
	ck_assert_str_eq(physicals[0].group, "vg0");
	ck_assert_ptr_null(physicals[1].group);
	ck_assert_ptr_null(physicals[2].group);
	lvm_physicals_free(physicals, count);
}
END_TEST

/* ---- sfdisk ---- */

#define TABLE(label, rows)                                                                                             \
	"{\"partitiontable\":{\"label\":\"" label                                                                      \
	"\",\"device\":\"/dev/sda\",\"unit\":\"sectors\",\"firstlba\":2048,\"lastlba\":204766,\"sectorsize\":512,"    \
	"\"partitions\":[" rows "]}}"
#define PART(node, start, size, type)                                                                                  \
	"{\"node\":\"" node "\",\"start\":" #start ",\"size\":" #size ",\"type\":\"" type "\"}"

static struct disk_table read_table(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct disk_table table;

	ck_assert_msg(disk_table_read(text, strlen(text), "/dev/sda", 100 * MIB, &table, &err), "%s", error_text(&err));
	return table;
}
#define _cleanup_table_ _cleanup_(disk_table_clear)

static void expect_place(const struct disk_table *table, uint64_t mebibytes, uint64_t at_mebibyte, unsigned number)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct disk_place place;

	ck_assert_msg(disk_table_place(table, mebibytes * MIB, false, &place, &err), "%s", error_text(&err));
	ck_assert_uint_eq(place.start, at_mebibyte * 2048);
	ck_assert_uint_eq(place.sectors, mebibytes * 2048);
	ck_assert_uint_eq(place.number, number);
}

static void expect_no_place(const struct disk_table *table, uint64_t bytes, bool extended, const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct disk_place place;

	ck_assert(!disk_table_place(table, bytes, extended, &place, &err));
	ck_assert_msg(strstr(error_text(&err), text) != NULL, "%s", error_text(&err));
}

START_TEST(gaps_of_gpt)
{
	/* 1-11 taken, 21-41 taken by number 3, not sorted, and one that begins crookedly */
	_cleanup_table_ struct disk_table table = read_table(
		TABLE("gpt", PART("/dev/sda3", 43008, 40960, "x") "," PART("/dev/sda1", 2048, 20480, "x") ","
			     PART("/dev/sda4", 90001, 1, "x")));
	uint64_t largest = 0;

	ck_assert_uint_eq(table.count, 3);
	ck_assert_uint_eq(table.partitions[0].number, 1);
	expect_place(&table, 10, 11, 2);
	expect_place(&table, 1, 11, 2);
	/* does not fit into the first gap, nor the second */
	expect_place(&table, 55, 44, 2);
	expect_no_place(&table, 56 * MIB, false, "no room for 56 MiB");
	/* half a MiB takes one */
	struct disk_place place;

	ck_assert(disk_table_place(&table, MIB / 2, false, &place, NULL) && place.sectors == 2048);
	ck_assert_uint_eq(disk_table_free(&table, &largest), (10 + 2 + 55) * MIB);
	ck_assert_uint_eq(largest, 55 * MIB);
	expect_no_place(&table, 0, false, "0 bytes");
	expect_no_place(&table, UINT64_MAX, false, "cannot be of");
	expect_no_place(&table, MIB, true, "dos labels only");
	/* the first can grow to where the next begins */
	ck_assert_uint_eq(disk_table_reach(&table, &table.partitions[0]), 40960);
}
END_TEST

START_TEST(gaps_of_dos)
{
	_cleanup_table_ struct disk_table table = read_table(
		TABLE("dos", PART("/dev/sda1", 2048, 20480, "5") "," PART("/dev/sda5", 4096, 2048, "83") ","
			     PART("/dev/sda6", 8192, 2048, "83")));

	ck_assert(table.partitions[0].extended && table.partitions[1].logical);
	expect_place(&table, 50, 11, 2);
	expect_no_place(&table, MIB, true, "has an extended partition already");
	/* all four are taken: what is left is inside the frame, each with a table before it */
	_cleanup_table_ struct disk_table full = read_table(
		TABLE("dos", PART("/dev/sda1", 2048, 20480, "5") "," PART("/dev/sda5", 4096, 2048, "83") ","
			     PART("/dev/sda2", 22528, 2048, "83") "," PART("/dev/sda3", 24576, 2048, "83") ","
			     PART("/dev/sda4", 26624, 2048, "83")));

	expect_place(&full, 1, 4, 6);
	expect_place(&full, 7, 4, 6);
	expect_no_place(&full, 8 * MIB, false, "no more partitions fit");
	expect_no_place(&full, 200 * MIB, false, "no room for 200 MiB");
	ck_assert_str_eq(disk_content_type(full.label, DISK_CONTENT_EXTENDED), "5");
	ck_assert_ptr_null(disk_content_type(DISK_LABEL_GPT, DISK_CONTENT_EXTENDED));
}
END_TEST

START_TEST(hostile_tables)
{
	/* behind the end, before the beginning, of another disk, without a number, overlapping, far too many */
	_cleanup_table_ struct disk_table table = read_table(TABLE(
		"gpt", PART("/dev/sda1", 9223372036854775807, 9223372036854775807, "x") ","
		       PART("/dev/sda2", -5, 2048, "x") "," PART("/dev/sdb1", 2048, 2048, "x") ","
		       PART("/dev/sda", 2048, 2048, "x") "," PART("/dev/sda0", 2048, 2048, "x") ","
		       PART("/dev/sda99999999999999999999", 2048, 2048, "x") "," PART("/dev/sda7\\n", 2048, 2048, "x") ","
		       PART("/dev/sda8", 2048, 20480, "x") "," PART("/dev/sda9", 4096, 2048, "x") ","
		       "{\"node\":7},[],null,{\"node\":\"/dev/sda10\",\"start\":\"2048\",\"size\":{}}"));
	struct disk_place place;

	for (size_t i = 0; i < table.count; i++)
		ck_assert_msg(table.partitions[i].number == 2 || table.partitions[i].number == 8 ||
				      table.partitions[i].number == 9,
			      "%s", table.partitions[i].node);
	/* what overlaps takes no more than it covers */
	ck_assert(disk_table_place(&table, MIB, false, &place, NULL) && place.start == 22528);

	_cleanup_table_ struct disk_table odd = { 0 };
	static const char odd_sectors[] = "{\"partitiontable\":{\"label\":\"gpt\",\"unit\":\"sectors\",\"sectorsize\":7}}";
	static const char odd_unit[] = "{\"partitiontable\":{\"label\":\"gpt\",\"unit\":\"cylinders\",\"sectorsize\":512}}";
	static const char bounds[] = "{\"partitiontable\":{\"label\":\"gpt\",\"unit\":\"sectors\",\"firstlba\":900,"
				     "\"lastlba\":9223372036854775807}}";

	ck_assert(!disk_table_read(odd_sectors, strlen(odd_sectors), "/dev/sda", MIB, &odd, NULL));
	ck_assert(!disk_table_read(odd_unit, strlen(odd_unit), "/dev/sda", MIB, &odd, NULL));
	ck_assert(disk_table_read(bounds, strlen(bounds), "/dev/sda", 4 * MIB, &odd, NULL));
	ck_assert_uint_eq(disk_table_free(&odd, NULL), 3 * MIB);
	/* a disk of no size */
	_cleanup_table_ struct disk_table none = { 0 };

	ck_assert(disk_table_read(bounds, strlen(bounds), "/dev/sda", 0, &none, NULL));
	ck_assert_uint_eq(disk_table_free(&none, NULL), 0);
}
END_TEST

START_TEST(nodes)
{
	_cleanup_free_ char *letter = disk_partition_node("/dev/sda", 2), *digit = disk_partition_node("/dev/nvme0n1", 12);

	ck_assert_str_eq(letter, "/dev/sda2");
	ck_assert_str_eq(digit, "/dev/nvme0n1p12");
}
END_TEST

/* ---- the tools themselves ---- */

#define SAYS(text) TOOL_ARGV("sh", "-c", text)

START_TEST(tools)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *out = NULL;

	ck_assert(!tool_run("some-package", TOOL_ARGV("virtty-no-such-tool", "x"), NULL, NULL, &err));
	ck_assert_str_eq(err.hint, "it comes in the package some-package");
	ck_assert_error(&err, ERROR_NOT_FOUND, "virtty-no-such-tool is not installed");
	/* the reason stands among warnings and advice */
	ck_assert(!tool_run("x",
			    SAYS("printf '  WARNING: a\\n  The \\033[1mreason.\\n  WARNING: b\\n  Run `x --help'\\'' for more.\\n' "
				 ">&2; exit 5"),
			    NULL, NULL, &err));
	ck_assert_error(&err, ERROR_FAILED, "sh: The ?[1mreason.");
	ck_assert(!tool_run("x", SAYS("echo 'sh: /dev/x: no' >&2; exit 1"), NULL, NULL, &err));
	ck_assert_str_eq(error_text(&err), "sh: /dev/x: no");
	error_clear(&err);
	ck_assert(!tool_run("x", SAYS("exit 3"), NULL, NULL, &err));
	ck_assert_error(&err, ERROR_FAILED, "exit status 3");
	ck_assert(tool_run("x", TOOL_ARGV("cat"), "some words", &out, &err));
	ck_assert_str_eq(out, "some words");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("storage: what lvm2 and sfdisk say");
	TCase *lvm = tcase_create("lvm"), *disk = tcase_create("disk"), *run = tcase_create("run");

	tcase_add_test(lvm, logical_volumes);
	tcase_add_test(lvm, hostile_volumes);
	tcase_add_test(lvm, not_an_answer);
	tcase_add_test(lvm, groups_and_disks);
	suite_add_tcase(s, lvm);
	tcase_add_test(disk, gaps_of_gpt);
	tcase_add_test(disk, gaps_of_dos);
	tcase_add_test(disk, hostile_tables);
	tcase_add_test(disk, nodes);
	suite_add_tcase(s, disk);
	tcase_add_test(run, tools);
	suite_add_tcase(s, run);
	return s;
}

int main(void)
{
	return unit_run(suite());
}
