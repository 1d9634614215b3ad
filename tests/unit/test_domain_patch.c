/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patches of a machine's document, its metadata, its warnings, and what is kept from view. */
#include "base/strv.h"
#include "hv/domain.h"
#include "hv/domain_interface.h"
#include "tests/unit/unit.h"

static const char plain[] = "<domain type='kvm'>\n"
			    "  <!-- kept -->\n"
			    "  <name>one</name>\n"
			    "  <memory unit='GiB'>1</memory>\n"
			    "  <devices>\n"
			    "    <graphics type='vnc' port='5901' listen='0.0.0.0' passwd='secret'/>\n"
			    "  </devices>\n"
			    "</domain>\n";

static struct domain *parse(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct domain *domain = domain_parse("t.xml", text, strlen(text), &err);

	ck_assert_msg(domain != NULL, "%s", error_text(&err));
	return domain;
}

static void assert_text(const struct domain *domain, const char *want)
{
	_cleanup_free_ char *got = domain_format(domain, true);

	ck_assert_str_eq(got, want);
}

START_TEST(untouched)
{
	_cleanup_domain_ struct domain *domain = parse(plain);

	assert_text(domain, plain);
}
END_TEST

START_TEST(identity)
{
	_cleanup_domain_ struct domain *domain = parse(plain);
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert(domain_set_name(domain, "two & a half", NULL));
	ck_assert_str_eq(domain->name, "two & a half");
	ck_assert(!domain_set_name(domain, "a/b", &err));
	ck_assert_str_eq(domain->name, "two & a half");
	domain_set_uuid(domain, "727ADE52-43ba-46a0-8865-1198498af22f");
	ck_assert_str_eq(domain->uuid, "727ade52-43ba-46a0-8865-1198498af22f");
	domain_set_title(domain, "A title");
	domain_set_description(domain, "Long\ntext");
	assert_text(domain, "<domain type='kvm'>\n"
			    "  <!-- kept -->\n"
			    "  <name>two &amp; a half</name>\n"
			    "  <uuid>727ADE52-43ba-46a0-8865-1198498af22f</uuid>\n"
			    "  <title>A title</title>\n"
			    "  <description>Long\ntext</description>\n"
			    "  <memory unit='GiB'>1</memory>\n"
			    "  <devices>\n"
			    "    <graphics type='vnc' port='5901' listen='0.0.0.0' passwd='secret'/>\n"
			    "  </devices>\n"
			    "</domain>\n");
	domain_set_title(domain, NULL);
	domain_set_description(domain, "");
	ck_assert_ptr_null(domain->title);
	ck_assert_ptr_null(domain->description);
	domain_set_title(domain, NULL);
}
END_TEST

START_TEST(metadata)
{
	_cleanup_domain_ struct domain *domain = parse(plain);
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_ptr_null(domain_get_metadata(domain, "urn:a"));
	ck_assert(domain_set_metadata(domain, "urn:a", "a", "<note x='1'>text</note>", &err));
	_cleanup_free_ char *first = domain_get_metadata(domain, "urn:a");

	ck_assert_str_eq(first, "<note x='1'>text</note>");
	ck_assert(domain_set_metadata(domain, "urn:b", "b", "<b:x xmlns:b='urn:b'><b:y/></b:x>", &err));
	ck_assert(domain_set_metadata(domain, "urn:a", "a", "<other/>", &err));
	_cleanup_free_ char *second = domain_get_metadata(domain, "urn:a");

	ck_assert_str_eq(second, "<other/>");
	_cleanup_free_ char *text = domain_format(domain, true);
	_cleanup_domain_ struct domain *again = parse(text);

	assert_text(again, text);
	ck_assert_uint_eq(again->unmodelled_count, 0);
	ck_assert(domain_remove_metadata(domain, "urn:a", &err));
	ck_assert(domain_remove_metadata(domain, "urn:b", &err));
	assert_text(domain, plain);
	ck_assert(!domain_remove_metadata(domain, "urn:a", &err));
	ck_assert_int_eq(err.code, ERROR_NOT_FOUND);
}
END_TEST

START_TEST(metadata_refused)
{
	static const struct {
		const char *uri, *prefix, *xml;
	} cases[] = {
		{ "", "a", "<x/>" },
		{ "urn:a", "a b", "<x/>" },
		{ "urn:a", "a", "not xml" },
		{ "urn:a", "a", "<x" },
		{ "urn:a", "a", "<!DOCTYPE x><x/>" },
		{ "urn:a", "a", "<x xmlns:a='urn:other'/>" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		_cleanup_domain_ struct domain *domain = parse(plain);
		_cleanup_error_ struct error err = ERROR_INIT;

		ck_assert_msg(!domain_set_metadata(domain, cases[i].uri, cases[i].prefix, cases[i].xml, &err), "%s",
			      cases[i].xml);
		ck_assert(error_is_set(&err));
		assert_text(domain, plain);
	}
}
END_TEST

START_TEST(passwords)
{
	_cleanup_domain_ struct domain *domain = parse(plain);
	_cleanup_free_ char *public_text = domain_format(domain, false);

	ck_assert_ptr_null(strstr(public_text, "secret"));
	ck_assert_ptr_nonnull(strstr(public_text, "<graphics type='vnc' port='5901' listen='0.0.0.0'/>"));
	assert_text(domain, plain);
}
END_TEST

/* A password that the view has no place for is not shown either. */
START_TEST(passwords_unmodelled)
{
	_cleanup_domain_ struct domain *domain = parse("<domain type='kvm'><name>a</name><memory>1</memory><devices>"
						       "<graphics type='spice' passwd='secret'/></devices></domain>");
	_cleanup_free_ char *text = domain_format(domain, false);

	ck_assert_ptr_null(strstr(text, "secret"));
}
END_TEST

START_TEST(warnings)
{
	_cleanup_domain_ struct domain *domain =
		parse("<domain type='kvm' xmlns:qemu='urn:q'>\n<name>a</name><memory>1</memory>\n"
		      "<vcpu cpuset='0'>1</vcpu>\n<memoryBacking/>\n<iothreads>2</iothreads>\n<devices>\n"
		      "<disk type='file'><source file='/a' startupPolicy='optional'/><target dev='vda'/></disk>\n"
		      "<interface type='mcast'><source bridge='b' mode='m'/><virtualport/></interface>\n<tpm/>\n"
		      "<graphics type='vnc' port='-1' listen='0.0.0.0'/>\n<audio id='1' type='none'/>\n"
		      "</devices>\n<qemu:commandline/></domain>");
	static const char *const want[] = {
		"t.xml:3: <vcpu cpuset=> is kept, but virtty does not know it yet",
		"t.xml:4: <memoryBacking> is kept, but virtty does not know it yet, and cannot start the machine with "
		"it",
		"t.xml:5: <iothreads> is kept, but virtty does not know it yet",
		"t.xml:7: <source startupPolicy=> is kept, but virtty does not know it yet",
		"t.xml:9: <tpm> is kept, but virtty does not know it yet, and cannot start the machine with it",
		"t.xml:11: <audio> is kept, but virtty does not know it yet",
		"t.xml:13: <qemu:commandline> is kept, but virtty does not know it yet",
		"t.xml:8: <interface>: type 'mcast' is kept, but virtty cannot start a machine with it yet",
		"t.xml:10: <graphics>: VNC listens on '0.0.0.0' without a password",
	};
	_cleanup_strv_ char **got = domain_warnings(domain, "t.xml");

	ck_assert_uint_eq(strv_length(got), ARRAY_LENGTH(want));
	for (size_t i = 0; i < ARRAY_LENGTH(want); i++)
		ck_assert_str_eq(got[i], want[i]);
}
END_TEST

/* What a form says of a card is all that changes of it; what belonged to its former source goes with that. */
START_TEST(cards_by_form)
{
	static const char card[] = "<interface type='user'><mac address='52:54:00:00:00:01'/><backend type='passt'/><portForward proto='tcp'/>"
				   "<model type='e1000'/><boot order='2'/></interface>";
	static const struct {
		struct interface_form form;
		const char *wanted;
	} cases[] = {
		{ { .up = true }, card },
		{ { .type = "network", .source = "lab", .up = true },
		  "<interface type='network'><mac address='52:54:00:00:00:01'/><portForward proto='tcp'/><model type='e1000'/><boot order='2'/>"
		  "<source network='lab'/></interface>" },
		{ { .type = "direct", .source = "eth0", .model = "virtio", .up = false },
		  "<interface type='direct'><mac address='52:54:00:00:00:01'/><model type='virtio'/><boot order='2'/>"
		  "<source dev='eth0' mode='bridge'/><link state='down'/></interface>" },
		{ { .type = "bridge", .source = "br0", .mac = "52:54:00:00:00:02", .up = true },
		  "<interface type='bridge'><mac address='52:54:00:00:00:02'/><model type='e1000'/><boot order='2'/><source bridge='br0'/>"
		  "</interface>" },
	};
	_cleanup_error_ struct error err = ERROR_INIT;
	struct interface *interface = interface_parse(&(struct device_text){ "card", card, strlen(card) }, &err);

	ck_assert_msg(interface != NULL, "%s", error_text(&err));
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		_cleanup_free_ char *text = interface_text_formed(interface, &cases[i].form, &err);

		ck_assert_msg(text != NULL, "%s", error_text(&err));
		/* where lines break is of no matter */
		_cleanup_strv_ char **words = strv_split(text, "\n");
		_cleanup_free_ char *line = strv_join(words, "");

		ck_assert_str_eq(line, cases[i].wanted);
	}
	interface_free(interface);
	_cleanup_free_ char *new_card = interface_text_formed(
		NULL, &(struct interface_form){ .type = "user", .backend = "passt", .model = "virtio", .up = true }, &err);

	ck_assert_str_eq(new_card, "<interface type='user'>\n  <backend type='passt'/>\n  <model type='virtio'/>\n</interface>");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hv: domain patches");
	TCase *tcase = tcase_create("patches");

	tcase_add_test(tcase, untouched);
	tcase_add_test(tcase, identity);
	tcase_add_test(tcase, metadata);
	tcase_add_test(tcase, metadata_refused);
	tcase_add_test(tcase, passwords);
	tcase_add_test(tcase, passwords_unmodelled);
	tcase_add_test(tcase, warnings);
	tcase_add_test(tcase, cards_by_form);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
