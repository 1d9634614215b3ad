/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domain documents that are hostile by their size, depth or number; and names that must work. */
#include "base/strbuf.h"
#include "base/text.h"
#include "hv/domain.h"
#include "tests/unit/unit.h"

#define HEAD	"<domain type='kvm'><name>t</name><uuid>727ade52-43ba-46a0-8865-1198498af22f</uuid><memory>1024</memory>"
#define MACHINE "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"

static struct domain *parse(const char *text, size_t length, struct error *err)
{
	return domain_parse("t.xml", text, length, err);
}

/* The document is refused, by a message that has part in it. */
static void assert_refused(const struct strbuf *text, const char *part)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_domain_ struct domain *domain = parse(text->data, text->length, &err);
	bool ok = domain != NULL && domain_settle(domain, NULL, &err) && domain_validate(domain, "t.xml", &err);

	ck_assert_msg(!ok, "not refused: %s", part);
	ck_assert_int_eq(err.code, ERROR_INVALID);
	ck_assert_msg(strstr(error_text(&err), part) != NULL, "%s", error_text(&err));
	ck_assert_msg(text_starts(error_text(&err), "t.xml:"), "%s", error_text(&err));
}

START_TEST(oversized)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	size_t size = (size_t)64 * 1024 * 1024;

	strbuf_puts(&text, HEAD "<!--");
	memset(strbuf_reserve(&text, size), ' ', size);
	strbuf_commit(&text, size);
	strbuf_puts(&text, "--></domain>");
	assert_refused(&text, "larger than 8 MiB");
}
END_TEST

START_TEST(deep)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	strbuf_puts(&text, HEAD);
	for (int i = 0; i < 100000; i++)
		strbuf_puts(&text, "<a>");
	assert_refused(&text, "more than 64 deep");
}
END_TEST

/* A backing chain as deep as documents may be is no trouble. */
START_TEST(deep_backing_chain)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	_cleanup_error_ struct error err = ERROR_INIT;
	int depth = 0;

	strbuf_puts(&text, HEAD MACHINE "<devices><disk type='file'><source file='/0'/><target dev='vda'/>");
	for (; depth < 55; depth++)
		strbuf_printf(&text, "<backingStore type='file'><format type='raw'/><source file='/%d'/>", depth);
	for (int i = 0; i < depth; i++)
		strbuf_puts(&text, "</backingStore>");
	strbuf_puts(&text, "</disk></devices></domain>");
	_cleanup_domain_ struct domain *domain = parse(text.data, text.length, &err);

	ck_assert_msg(domain != NULL, "%s", error_text(&err));
	int found = 0;

	for (const struct disk_source *source = &domain->disks[0].source; source->backing != NULL;
	     source = source->backing)
		found++;
	ck_assert_int_eq(found, depth);
}
END_TEST

START_TEST(too_many_items)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	strbuf_puts(&text, HEAD MACHINE "<devices>");
	for (int i = 0; i < 5000; i++)
		strbuf_puts(&text, "<interface type='user'/>");
	strbuf_puts(&text, "</devices></domain>");
	assert_refused(&text, "more than 4096");
}
END_TEST

/* More devices than PCI has slots: the end is a message, and comes soon. */
START_TEST(too_many_for_pci)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	strbuf_puts(&text, HEAD MACHINE "<devices>");
	for (int i = 0; i < 400; i++)
		strbuf_puts(&text, "<interface type='user'><model type='virtio'/></interface>");
	strbuf_puts(&text, "</devices></domain>");
	assert_refused(&text, "no PCI slot is left");
}
END_TEST

START_TEST(many_attributes_and_unknowns)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	_cleanup_error_ struct error err = ERROR_INIT;

	strbuf_puts(&text, HEAD MACHINE "<devices>");
	for (int i = 0; i < 4000; i++)
		strbuf_printf(&text, "<thing%d a='%d'/>", i, i);
	strbuf_puts(&text, "</devices></domain>");
	_cleanup_domain_ struct domain *domain = parse(text.data, text.length, &err);

	ck_assert_msg(domain != NULL, "%s", error_text(&err));
	ck_assert_uint_eq(domain->unmodelled_count, 4000);
	ck_assert(domain->unmodelled[0].blocks_start);
	ck_assert(domain_settle(domain, NULL, &err));
}
END_TEST

/* Cut off anywhere, a document is refused or read, and never more. */
START_TEST(truncated_anywhere)
{
	static const char text[] =
		HEAD MACHINE "<devices><disk type='file' device='disk'><source file='/a&amp;b'/>"
			     "<target dev='vda' bus='virtio'/></disk><graphics type='vnc'/></devices></domain>\n";

	for (size_t length = 0; length < sizeof text - 2; length++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		_cleanup_domain_ struct domain *domain = parse(text, length, &err);

		ck_assert_msg(domain == NULL, "%zu bytes are enough", length);
		ck_assert_msg(error_is_set(&err) && text_starts(error_text(&err), "t.xml:"), "%zu: %s", length,
			      error_text(&err));
	}
}
END_TEST

START_TEST(good_names)
{
	static const char *const names[] = {
		"a", "007a", "web-1.example", "\xe6\x97\xa5\xe6\x9c\xac", "\xf0\x9f\x90\xa7", "a b", "-x", "a&amp;b"
	};

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		_cleanup_free_ char *text =
			strf("<domain type='kvm'><name>%s</name><memory>1024</memory>" MACHINE "</domain>", names[i]);
		_cleanup_domain_ struct domain *domain = parse(text, strlen(text), &err);

		ck_assert_msg(domain != NULL && domain_settle(domain, NULL, &err) &&
				      domain_validate(domain, "t.xml", &err),
			      "%s: %s", names[i], error_text(&err));
	}
}
END_TEST

START_TEST(sizes)
{
	static const struct {
		const char *element;
		uint64_t kib;
	} cases[] = {
		{ "<memory>512</memory>", 512 },
		{ "<memory unit='b'>1</memory>", 1 },
		{ "<memory unit='bytes'>1025</memory>", 2 },
		{ "<memory unit='KB'>1024</memory>", 1000 },
		{ "<memory unit='k'>7</memory>", 7 },
		{ "<memory unit='MB'>1</memory>", 977 },
		{ "<memory unit='M'>\n 1 \n</memory>", 1024 },
		{ "<memory unit='GiB'>4</memory>", 4194304 },
		{ "<memory unit='TiB'>1</memory>", 1073741824 },
		{ "<memory><!-- much -->2<!-- more -->5</memory>", 25 },
		{ "<memory><![CDATA[9]]></memory>", 9 },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		_cleanup_free_ char *text = strf("<domain type='kvm'><name>a</name>%s</domain>", cases[i].element);
		_cleanup_domain_ struct domain *domain = parse(text, strlen(text), &err);

		ck_assert_msg(domain != NULL, "%s: %s", cases[i].element, error_text(&err));
		ck_assert_uint_eq(domain->memory_kib, cases[i].kib);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hv: hostile domain XML");
	TCase *tcase = tcase_create("input");

	/* much work, and all of it the processor's: a busy host has less of that */
	tcase_set_timeout(tcase, 240);
	tcase_add_test(tcase, oversized);
	tcase_add_test(tcase, deep);
	tcase_add_test(tcase, deep_backing_chain);
	tcase_add_test(tcase, too_many_items);
	tcase_add_test(tcase, too_many_for_pci);
	tcase_add_test(tcase, many_attributes_and_unknowns);
	tcase_add_test(tcase, truncated_anywhere);
	tcase_add_test(tcase, good_names);
	tcase_add_test(tcase, sizes);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
