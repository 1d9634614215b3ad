/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables themselves are sound, and the schema engine reads, patches and describes by them. */
#include "base/text.h"
#include "base/xml.h"
#include "hv/domain_schema.h"
#include "tests/unit/unit.h"

static const struct schema *const tables[] = {
	&domain_schema,	  &os_schema,	     &features_schema,	 &cpu_schema,	 &clock_schema,	  &address_schema,
	&disk_schema,	  &interface_schema, &controller_schema, &serial_schema, &console_schema, &input_schema,
	&graphics_schema, &video_schema,     &memballoon_schema, &rng_schema,
};

static bool is_below(const char *path, const char *element)
{
	size_t length = strlen(element);

	return strncmp(path, element, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* Rows of an element stand together, its own first: the walker relies on it. */
static void check_order(const struct schema *schema, size_t i)
{
	const char *path = schema->rows[i].path;
	const char *slash = strrchr(path, '/');

	if (path[0] == '@')
		return;
	for (size_t n = i + 1; n < schema->count; n++) {
		const char *other = schema->rows[n].path;

		/* what is in this element follows it without a gap; a union's attribute may come again */
		if (!is_below(other, path) || strchr(path, '@') != NULL)
			continue;
		ck_assert_msg(is_below(schema->rows[n - 1].path, path), "<%s>: '%s' stands apart from '%s'",
			      schema->element, other, path);
	}
	if (slash == NULL)
		return;
	_cleanup_free_ char *parent = xstrndup(path, (size_t)(slash - path));

	for (size_t n = i + 1; n < schema->count; n++)
		ck_assert_msg(strcmp(schema->rows[n].path, parent) != 0, "<%s>: '%s' stands after '%s'",
			      schema->element, parent, path);
}

static void check_row(const struct schema *schema, const struct schema_row *row)
{
	bool needs_words = row->kind == SCHEMA_WORD || row->kind == SCHEMA_WORDS;
	bool needs_schema = row->kind == SCHEMA_NESTED || row->kind == SCHEMA_LIST || row->kind == SCHEMA_TREE;

	ck_assert_msg(*row->path != '\0', "<%s>: a row without a path", schema->element);
	ck_assert_msg(!needs_words || row->words != NULL, "<%s> %s: no words", schema->element, row->path);
	ck_assert_msg(needs_schema == (row->schema != NULL), "<%s> %s: schema", schema->element, row->path);
	ck_assert_msg(row->offset < schema->size && row->count_offset < schema->size, "<%s> %s: offset",
		      schema->element, row->path);
	ck_assert_msg(row->max == 0 || row->min <= row->max, "<%s> %s: range", schema->element, row->path);
	ck_assert_msg(!row->key || row->path[0] == '@', "<%s> %s: a key is an attribute of its element",
		      schema->element, row->path);
	ck_assert_msg(row->label == NULL || !text_empty(row->help), "<%s> %s: no help", schema->element, row->path);
	ck_assert_msg(row->help == NULL || strchr(row->help, '\n') == NULL, "<%s> %s: help is one line",
		      schema->element, row->path);
	if (row->default_value != NULL && row->words != NULL)
		ck_assert_msg(enum_value(row->words, row->default_value) > 0, "<%s> %s: default", schema->element,
			      row->path);
}

START_TEST(tables_are_sound)
{
	for (size_t t = 0; t < ARRAY_LENGTH(tables); t++) {
		const struct schema *schema = tables[t];

		ck_assert_uint_le(schema->count, SCHEMA_ROWS_MAX);
		ck_assert_uint_lt(schema->node_offset, schema->size);
		for (size_t i = 0; i < schema->count; i++) {
			check_row(schema, &schema->rows[i]);
			check_order(schema, i);
		}
	}
}
END_TEST

static struct domain *parse(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct domain *domain = domain_parse("t.xml", text, strlen(text), &err);

	ck_assert_msg(domain != NULL, "%s", error_text(&err));
	return domain;
}

#define MACHINE(devices)                                                                                               \
	"<domain type='kvm'>\n  <name>a</name>\n  <memory>1024</memory>\n  <devices>\n" devices                        \
	"  </devices>\n</domain>\n"

/* A value set in the document is the value read from it. */
START_TEST(set_and_get)
{
	static const struct {
		const char *path, *value;
	} values[] = {
		{ "driver/@cache", "none" }, { "driver/@queues", "4" }, { "target/@bus", "scsi" },
		{ "readonly", "yes" },	     { "serial", "S & 1" },	{ "boot/@order", "2" },
		{ "source/@file", "/b" },    { "alias/@name", "ua-x" },
	};
	_cleanup_domain_ struct domain *domain =
		parse(MACHINE("    <disk type='file'>\n      <target dev='vda'/>\n    </disk>\n"));
	_cleanup_error_ struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_LENGTH(values); i++)
		ck_assert_msg(schema_set(&disk_schema, domain->disks, values[i].path, values[i].value, &err), "%s",
			      error_text(&err));
	_cleanup_free_ char *text = domain_format(domain, true);
	_cleanup_domain_ struct domain *again = parse(text);

	ck_assert_str_eq(
		text,
		MACHINE("    <disk type='file'>\n      <driver cache='none' queues='4'/>\n      <source file='/b'/>\n"
			"      <target dev='vda' bus='scsi'/>\n      <readonly/>\n      <serial>S &amp; 1</serial>\n"
			"      <boot order='2'/>\n      <alias name='ua-x'/>\n    </disk>\n"));
	for (size_t i = 0; i < ARRAY_LENGTH(values); i++) {
		_cleanup_free_ char *here = schema_get(&disk_schema, domain->disks, values[i].path);
		_cleanup_free_ char *there = schema_get(&disk_schema, again->disks, values[i].path);

		ck_assert_str_eq(here, values[i].value);
		ck_assert_str_eq(there, values[i].value);
		ck_assert(schema_set(&disk_schema, domain->disks, values[i].path, NULL, &err));
		ck_assert_ptr_null(schema_get(&disk_schema, domain->disks, values[i].path));
	}
}
END_TEST

START_TEST(set_refused)
{
	static const char text[] = MACHINE("    <disk type='file'>\n      <target dev='vda'/>\n    </disk>\n");
	static const struct {
		const char *path, *value;
	} values[] = {
		{ "driver/@cache", "fast" },	{ "driver/@queues", "0" }, { "driver/@queues", "x" },
		{ "source/@dev", "/dev/a" },	{ "no/@such", "1" },	   { "boot/@order", "-1" },
		{ "driver/@name", "not-qemu" },
	};
	_cleanup_domain_ struct domain *domain = parse(text);

	for (size_t i = 0; i < ARRAY_LENGTH(values); i++) {
		_cleanup_error_ struct error err = ERROR_INIT;

		ck_assert_msg(!schema_set(&disk_schema, domain->disks, values[i].path, values[i].value, &err), "%s",
			      values[i].path);
		ck_assert(error_is_set(&err));
	}
	_cleanup_free_ char *after = domain_format(domain, true);

	ck_assert_str_eq(after, text);
}
END_TEST

/* What a discriminator rules out is unmodelled, not misread. */
START_TEST(unions)
{
	_cleanup_domain_ struct domain *domain =
		parse(MACHINE("<disk type='block'><source dev='/dev/x' file='/f'/><target dev='vda'/></disk>"
			      "<disk type='volume'><source pool='p' volume='v'/><target dev='vdb'/></disk>"
			      "<interface type='network'><source network='n' bridge='b'/></interface>"
			      "<interface type='direct'><source dev='eth0' mode='bridge' portgroup='p'/></interface>"));

	ck_assert_str_eq(domain->disks[0].source.dev, "/dev/x");
	ck_assert_ptr_null(domain->disks[0].source.file);
	ck_assert_str_eq(domain->disks[1].source.pool, "p");
	ck_assert_str_eq(domain->interfaces[0].source, "n");
	ck_assert_str_eq(domain->interfaces[1].source, "eth0");
	ck_assert_uint_eq(domain->unmodelled_count, 3);
	ck_assert_str_eq(domain->unmodelled[0].path, "/domain/devices/disk/source/@file");
	ck_assert_str_eq(domain->unmodelled[1].path, "/domain/devices/interface/source/@bridge");
	ck_assert_str_eq(domain->unmodelled[2].path, "/domain/devices/interface/source/@portgroup");
}
END_TEST

/* A discriminator counts wherever it stands among the attributes. */
START_TEST(keys_come_first)
{
	_cleanup_domain_ struct domain *domain =
		parse(MACHINE("<disk type='file'><source file='/a'/><target dev='vda'/><address slot='0x05' bus='0' "
			      "type='pci'/></disk>"));

	ck_assert_uint_eq(domain->disks[0].device.address.slot.value, 5);
	ck_assert_uint_eq(domain->unmodelled_count, 0);
}
END_TEST

START_TEST(backing_chain)
{
	_cleanup_domain_ struct domain *domain =
		parse(MACHINE("<disk type='file'><driver type='qcow2'/><source file='/top'/><backingStore "
			      "type='block'><format type='raw'/>"
			      "<source dev='/dev/b'/><backingStore/></backingStore><target dev='vda'/></disk>"));
	const struct disk_source *head = &domain->disks[0].source;

	ck_assert_int_eq(head->format, FORMAT_QCOW2);
	ck_assert_str_eq(head->file, "/top");
	ck_assert(!head->backing_end);
	ck_assert_ptr_nonnull(head->backing);
	ck_assert_int_eq(head->backing->type, DISK_BLOCK);
	ck_assert_str_eq(head->backing->dev, "/dev/b");
	ck_assert(head->backing->backing_end);
	ck_assert_ptr_null(head->backing->backing);
}
END_TEST

/* What stands twice where there is one place for it is not dropped in silence. */
START_TEST(repeated_elements)
{
	_cleanup_domain_ struct domain *domain =
		parse(MACHINE("<disk type='file'><source file='/a'/><source file='/b'/><target "
			      "dev='vda'/></disk><memballoon model='none'/>"
			      "<memballoon model='virtio'/>"));

	ck_assert_str_eq(domain->disks[0].source.file, "/a");
	ck_assert_str_eq(domain->memballoon.model, "none");
	ck_assert_uint_eq(domain->unmodelled_count, 2);
	ck_assert(domain->unmodelled[0].blocks_start && domain->unmodelled[1].blocks_start);
}
END_TEST

START_TEST(open_and_add)
{
	_cleanup_domain_ struct domain *domain =
		parse(MACHINE("    <disk type='file'>\n      <target dev='vda'/>\n    </disk>\n"));
	struct domain_clock *clock = schema_open(&domain_schema, domain, "clock");
	struct clock_timer *timer = schema_add(&clock_schema, clock, "timer");

	ck_assert(schema_set(&clock_schema, clock, "@offset", "localtime", NULL));
	ck_assert(schema_set(timer == NULL ? NULL : schema_find(&clock_schema, clock, "timer")->schema, timer, "@name",
			     "hpet", NULL));
	ck_assert_ptr_null(schema_open(&domain_schema, domain, "name"));
	ck_assert_ptr_null(schema_add(&domain_schema, domain, "clock"));
	struct input *input = schema_add(&domain_schema, domain, "devices/input");

	ck_assert(schema_set(&input_schema, input, "@type", "tablet", NULL));
	_cleanup_free_ char *text = domain_format(domain, true);

	ck_assert_str_eq(
		text,
		"<domain type='kvm'>\n  <name>a</name>\n  <memory>1024</memory>\n  <clock offset='localtime'>\n"
		"    <timer name='hpet'/>\n  </clock>\n  <devices>\n    <disk type='file'>\n      <target dev='vda'/>\n"
		"    </disk>\n    <input type='tablet'/>\n  </devices>\n</domain>\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hv: domain schema");
	TCase *tcase = tcase_create("schema");

	tcase_add_test(tcase, tables_are_sound);
	tcase_add_test(tcase, set_and_get);
	tcase_add_test(tcase, set_refused);
	tcase_add_test(tcase, unions);
	tcase_add_test(tcase, keys_come_first);
	tcase_add_test(tcase, backing_chain);
	tcase_add_test(tcase, repeated_elements);
	tcase_add_test(tcase, open_and_add);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
