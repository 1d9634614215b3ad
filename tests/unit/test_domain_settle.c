/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settling: with and without the emulator, once for good, and the view says what the document says. */
#include "base/json.h"
#include "base/text.h"
#include "hv/arch.h"
#include "hv/caps.h"
#include "hv/domain_schema.h"
#include "tests/unit/unit.h"

#define FIXTURE_LIMIT ((size_t)1024 * 1024)

static struct domain *parse(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct domain *domain = domain_parse("t.xml", text, strlen(text), &err);

	ck_assert_msg(domain != NULL, "%s", error_text(&err));
	return domain;
}

static struct domain *settle(const char *text, const struct qemu_caps *caps)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct domain *domain = parse(text);

	ck_assert_msg(domain_settle(domain, caps, &err), "%s", error_text(&err));
	ck_assert_msg(domain_validate(domain, "t.xml", &err), "%s", error_text(&err));
	return domain;
}

static struct qemu_caps *load_caps(void)
{
	_cleanup_free_ char *path = strf("%s/tests/fixtures/caps/qemu-7.2-x86_64.json", TEST_SOURCE_DIR);
	_cleanup_free_ char *text = NULL;
	size_t length = 0;

	ck_assert(file_read(path, FIXTURE_LIMIT, &text, &length, NULL));
	_cleanup_json_ struct json_object *json = json_parse(path, text, length, NULL);
	struct qemu_caps *caps = caps_from_json(json);

	ck_assert_ptr_nonnull(caps);
	return caps;
}

/* Every value of two objects of a schema is the same. */
static void compare(const struct schema *schema, const void *left, const void *right)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct schema_row *row = &schema->rows[i];
		const char *a = left;
		const char *b = right;

		if (!schema_holds(row, left) && row->kind != SCHEMA_NESTED)
			continue;
		if (row->kind == SCHEMA_NESTED) {
			compare(row->schema, a + row->offset, b + row->offset);
		} else if (row->kind == SCHEMA_LIST) {
			size_t count = schema_count(row, left);
			const char *items = schema_pointer(row, left);
			const char *others = schema_pointer(row, right);

			ck_assert_msg(count == schema_count(row, right), "%s: %zu and %zu", row->path, count,
				      schema_count(row, right));
			for (size_t n = 0; n < count; n++)
				compare(row->schema, items + n * row->schema->size, others + n * row->schema->size);
		} else {
			_cleanup_free_ char *one = schema_get(schema, left, row->path);
			_cleanup_free_ char *two = schema_get(schema, right, row->path);

			ck_assert_msg(text_equal(one, two), "<%s> %s: '%s' and '%s'", schema->element, row->path,
				      one ? one : "(none)", two ? two : "(none)");
		}
	}
}

/* The settled view is what a parser sees in the settled document. */
START_TEST(view_follows_document)
{
	static const char *const names[] = { "settle-many-q35", "settle-many-pc", "settle-graphics",
					     "settle-ich9-usb", "settle-console", "settle-backing",
					     "settle-units",	"settle-efi",	  "settle-pci-bridge" };

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		_cleanup_free_ char *path = strf("%s/tests/fixtures/domain/%s.xml", TEST_SOURCE_DIR, names[i]);
		_cleanup_free_ char *text = NULL;

		ck_assert(file_read(path, FIXTURE_LIMIT, &text, NULL, NULL));
		_cleanup_domain_ struct domain *domain = settle(text, NULL);
		_cleanup_free_ char *settled = domain_format(domain, true);
		_cleanup_domain_ struct domain *again = parse(settled);

		compare(&domain_schema, domain, again);
		for (size_t n = 0; n < domain->graphics_count; n++)
			ck_assert(text_equal(domain->graphics[n].socket, again->graphics[n].socket));
		for (size_t n = 0; n < domain->console_count; n++)
			ck_assert(domain->consoles[n].same_as_serial == again->consoles[n].same_as_serial);
	}
}
END_TEST

#define SMALL(type) "<domain type='qemu'><name>a</name><memory>1024</memory><os>" type "</os></domain>"

START_TEST(random_once)
{
	_cleanup_domain_ struct domain *first = settle(SMALL("<type>hvm</type>"), NULL);
	_cleanup_domain_ struct domain *second = settle(SMALL("<type>hvm</type>"), NULL);

	ck_assert_ptr_nonnull(first->uuid);
	ck_assert_str_ne(first->uuid, second->uuid);
	ck_assert_str_eq(first->os.arch, arch_host()->name);
}
END_TEST

START_TEST(waits_for_emulator)
{
	struct qemu_caps *caps = load_caps();
	_cleanup_domain_ struct domain *domain = settle(SMALL("<type arch='x86_64'>hvm</type>"), NULL);

	ck_assert(!domain_is_settled(domain));
	ck_assert_str_eq(domain->os.machine, "pc");
	ck_assert_ptr_null(domain->emulator);
	_cleanup_free_ char *before = domain_format(domain, true);

	/* the first start */
	ck_assert(domain_settle(domain, caps, NULL));
	ck_assert(domain_is_settled(domain));
	ck_assert(text_starts(domain->os.machine, "pc-i440fx-"));
	ck_assert_str_eq(domain->emulator, caps->binary);
	_cleanup_free_ char *after = domain_format(domain, true);
	_cleanup_domain_ struct domain *again = settle(after, caps);
	_cleanup_free_ char *text = domain_format(again, true);

	ck_assert_str_ne(before, after);
	ck_assert_str_eq(text, after);
	caps_free(caps);
}
END_TEST

START_TEST(unknown_machine_is_left)
{
	struct qemu_caps *caps = load_caps();
	_cleanup_domain_ struct domain *domain =
		settle(SMALL("<type arch='x86_64' machine='pc-i440fx-rhel7.0.0'>hvm</type>"), caps);

	ck_assert_str_eq(domain->os.machine, "pc-i440fx-rhel7.0.0");
	ck_assert_uint_eq(domain->controller_count, 2);
	caps_free(caps);
}
END_TEST

/* What one device names is not given to another, in whatever order they stand. */
START_TEST(stated_addresses_first)
{
	_cleanup_domain_ struct domain *domain =
		settle("<domain type='qemu'><name>a</name><memory>1024</memory><os><type arch='x86_64' "
		       "machine='pc'>hvm</type></os><devices>"
		       "<interface type='user'><model type='virtio'/></interface>"
		       "<disk type='file'><source file='/a'/><target dev='vda'/>"
		       "<address type='pci' domain='0' bus='0' slot='2' function='0'/></disk>"
		       "<memballoon model='none'/></devices></domain>",
		       NULL);

	ck_assert_uint_eq(domain->interfaces[0].device.address.slot.value, 3);
	ck_assert_uint_eq(domain->disks[0].device.address.slot.value, 2);
}
END_TEST

/* A device added later takes what is free; what was settled stays. */
START_TEST(grows_without_moving)
{
	_cleanup_domain_ struct domain *domain = settle(SMALL("<type arch='x86_64' machine='q35'>hvm</type>"), NULL);
	uint64_t balloon = domain->memballoon.device.address.bus.value;
	size_t controllers = domain->controller_count;

	for (int i = 0; i < 6; i++) {
		struct interface *interface = schema_add(&domain_schema, domain, "devices/interface");

		ck_assert(schema_set(&interface_schema, interface, "@type", "user", NULL));
		ck_assert(schema_set(&interface_schema, interface, "model/@type", "virtio", NULL));
	}
	ck_assert(domain_settle(domain, NULL, NULL));
	ck_assert(domain_validate(domain, "t.xml", NULL));
	ck_assert_uint_eq(domain->memballoon.device.address.bus.value, balloon);
	/* four spare ports were there; two more were needed */
	ck_assert_uint_eq(domain->controller_count, controllers + 2);
	ck_assert_str_eq(domain->interfaces[5].device.alias, "net5");
}
END_TEST

START_TEST(aliases_go_on)
{
	_cleanup_domain_ struct domain *domain = settle(
		"<domain type='qemu'><name>a</name><memory>1024</memory><os><type arch='x86_64' "
		"machine='pc'>hvm</type></os><devices>"
		"<interface type='user'><alias name='net4'/></interface><interface type='user'/></devices></domain>",
		NULL);

	ck_assert_str_eq(domain->interfaces[0].device.alias, "net4");
	ck_assert_str_eq(domain->interfaces[1].device.alias, "net5");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hv: settling");
	TCase *tcase = tcase_create("settle");

	tcase_add_test(tcase, view_follows_document);
	tcase_add_test(tcase, random_once);
	tcase_add_test(tcase, waits_for_emulator);
	tcase_add_test(tcase, unknown_machine_is_left);
	tcase_add_test(tcase, stated_addresses_first);
	tcase_add_test(tcase, grows_without_moving);
	tcase_add_test(tcase, aliases_go_on);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
