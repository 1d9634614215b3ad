/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XML: what is refused, what survives, and how an indented document stays so. */
#include "base/strbuf.h"
#include "base/xml.h"
#include "tests/unit/unit.h"

static xmlDoc *parse(const char *text, struct error *err)
{
	return xml_parse("t.xml", text, strlen(text), err);
}

static xmlNode *root(xmlDoc *doc)
{
	return xmlDocGetRootElement(doc);
}

static void assert_format(xmlDoc *doc, const char *want)
{
	_cleanup_free_ char *got = xml_format(doc);

	ck_assert_str_eq(got, want);
}

/* Parsed and printed, the text is the same. */
static void assert_survives(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_xmldoc_ xmlDoc *doc = parse(text, &err);

	ck_assert_msg(doc != NULL, "%s", error_text(&err));
	assert_format(doc, text);
}

START_TEST(survives)
{
	assert_survives("<a/>\n");
	assert_survives(
		"<!-- before -->\n<a>\n  <!-- in -->\n\t<b x='1' y='2'/>\n  <?pi data?>\n</a>\n<!-- after -->\n");
}
END_TEST

START_TEST(keeps_characters)
{
	_cleanup_xmldoc_ xmlDoc *doc =
		parse("<?xml version='1.0' encoding='UTF-8'?>\n<a t='\xc3\xa4 &lt;&quot;'>\xe6\x97\xa5 &amp; &#x20ac;"
		      "<![CDATA[<raw>]]></a>",
		      NULL);
	_cleanup_free_ char *attribute = xml_attribute(root(doc), "t");
	_cleanup_free_ char *node = xml_format_node(root(doc));

	ck_assert_str_eq(attribute, "\xc3\xa4 <\"");
	assert_format(doc, "<a t='\xc3\xa4 &lt;\"'>\xe6\x97\xa5 &amp; \xe2\x82\xac<![CDATA[<raw>]]></a>\n");
	ck_assert_str_eq(node, "<a t='\xc3\xa4 &lt;\"'>\xe6\x97\xa5 &amp; \xe2\x82\xac<![CDATA[<raw>]]></a>");
}
END_TEST

START_TEST(other_encoding)
{
	_cleanup_xmldoc_ xmlDoc *doc = parse("<?xml version='1.0' encoding='ISO-8859-1'?><a b='\xe4'>\xf6</a>", NULL);

	ck_assert_ptr_nonnull(doc);
	assert_format(doc, "<a b='\xc3\xa4'>\xc3\xb6</a>\n");
}
END_TEST

struct bad_case {
	const char *text;
	const char *message;
};

START_TEST(refuses)
{
	static const struct bad_case cases[] = {
		{ "", "t.xml: empty" },
		{ " \n ", "t.xml:" },
		{ "<!-- only -->", "t.xml:1:" },
		{ "text", "t.xml:1:" },
		{ "<a>", "t.xml:1:" },
		{ "<a>\n<b>\n</a>", "t.xml:3: Opening and ending tag mismatch" },
		{ "<a>\n\n  <b x=1/></a>", "t.xml:3:" },
		{ "<a/><b/>", "t.xml:1:" },
		{ "<a/>tail", "t.xml:1:" },
		{ "<a x='1' x='2'/>", "redefined" },
		{ "<a>&nbsp;</a>", "nbsp" },
		{ "<a>\xff</a>", "t.xml:1:" },
		{ "<a>\n\xc0\xaf</a>", "t.xml:2:" },
		{ "<a b='\xed\xa0\x80'/>", "t.xml:1:" },
		{ "<a>&#0;</a>", "t.xml:1:" },
		{ "<a>&#x1;</a>", "t.xml:1:" },
		{ "<a>\x01</a>", "t.xml:1:" },
		{ "<q:a/>", "Namespace prefix q" },
		{ "<?xml version='1.0' encoding='no-such'?><a/>", "t.xml:1:" },
	};
	_cleanup_error_ struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		xmlDoc *doc = parse(cases[i].text, &err);

		ck_assert_msg(doc == NULL, "case %zu was taken", i);
		ck_assert_ptr_null(strchr(err.message, '\n'));
		ck_assert_error(&err, ERROR_INVALID, cases[i].message);
	}
	ck_assert_ptr_null(xml_parse("t.xml", "<a>\0</a>", 8, &err));
	ck_assert_ptr_null(parse("<a>", NULL));
}
END_TEST

START_TEST(truncated_everywhere)
{
	static const char whole[] =
		"<?xml version='1.0'?>\n<a b='c'>\n  <!-- d -->\n  <e>f&amp;g</e><![CDATA[h]]>\n</a>";

	for (size_t length = 0; length < sizeof whole - 1; length++) {
		/* an exact copy, so that the sanitizer sees a byte read beyond it */
		_cleanup_free_ char *part = xmalloc(length);

		memcpy(part, whole, length);
		ck_assert_msg(xml_parse("t.xml", part, length, NULL) == NULL, "cut at %zu", length);
	}
}
END_TEST

START_TEST(no_doctype)
{
	static const char *const cases[] = {
		"<!DOCTYPE a><a/>",
		"<!DOCTYPE a SYSTEM 'a.dtd'><a/>",
		"<!DOCTYPE a PUBLIC '-//x' 'http://127.0.0.1/a.dtd'><a/>",
		"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
		"<!DOCTYPE a [<!ENTITY % x SYSTEM 'file:///etc/passwd'> %x;]><a/>",
		"<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>",
		"<?xml version='1.0'?>\n<!-- c -->\n<!DOCTYPE a []>\n<a/>",
	};
	_cleanup_error_ struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		ck_assert_msg(parse(cases[i], &err) == NULL, "case %zu was taken", i);
		ck_assert_error(&err, ERROR_INVALID,
				i == 6 ? "t.xml:3: a DOCTYPE is not allowed" : "a DOCTYPE is not allowed");
	}
}
END_TEST

START_TEST(billion_laughs)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	strbuf_puts(&b, "<!DOCTYPE a [<!ENTITY e0 'ha'>");
	for (int i = 1; i < 12; i++) {
		strbuf_printf(&b, "<!ENTITY e%d '", i);
		for (int j = 0; j < 10; j++)
			strbuf_printf(&b, "&e%d;", i - 1);
		strbuf_puts(&b, "'>");
	}
	strbuf_puts(&b, "]><a>&e11;</a>");
	ck_assert_ptr_null(parse(b.data, &err));
	ck_assert_error(&err, ERROR_INVALID, "DOCTYPE");
}
END_TEST

static char *nested(int depth)
{
	struct strbuf b = STRBUF_INIT;

	for (int i = 0; i < depth; i++)
		strbuf_puts(&b, "<a>\n");
	for (int i = 0; i < depth; i++)
		strbuf_puts(&b, "</a>");
	return strbuf_take(&b);
}

START_TEST(depth)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *fits = nested(64);
	_cleanup_free_ char *deep = nested(65);
	_cleanup_free_ char *abyss = nested(200000);
	_cleanup_xmldoc_ xmlDoc *doc = parse(fits, &err);

	ck_assert_msg(doc != NULL, "%s", error_text(&err));
	ck_assert_ptr_null(parse(deep, &err));
	ck_assert_error(&err, ERROR_INVALID, "t.xml:65: elements are nested more than 64 deep");
	ck_assert_ptr_null(parse(abyss, &err));
	ck_assert_error(&err, ERROR_INVALID, "nested more than 64 deep");
}
END_TEST

START_TEST(size)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	size_t huge = 64 * 1024 * 1024;
	_cleanup_free_ char *text = xmalloc(huge);

	memset(text, ' ', huge);
	memcpy(text, "<a>", 3);
	memcpy(text + huge - 4, "</a>", 4);
	ck_assert_ptr_null(xml_parse("t.xml", text, huge, &err));
	ck_assert_error(&err, ERROR_INVALID, "t.xml: larger than 8 MiB");
	memcpy(text + XML_SIZE_LIMIT - 4, "</a>", 4);
	_cleanup_xmldoc_ xmlDoc *doc = xml_parse("t.xml", text, XML_SIZE_LIMIT, &err);

	ck_assert_msg(doc != NULL, "%s", error_text(&err));
}
END_TEST

START_TEST(reading)
{
	_cleanup_xmldoc_ xmlDoc *doc =
		parse("<domain xmlns:qemu='urn:q'>\n <name>\n  web 1 \n</name>\n <qemu:arg value='1'/>\n"
		      " <arg value='2'/><disk/>\n <disk><driver/></disk></domain>",
		      NULL);
	xmlNode *domain = root(doc);
	_cleanup_free_ char *name = xml_text(xml_child(domain, "name"));
	_cleanup_free_ char *prefixed = xml_attribute(xml_child(domain, "qemu:arg"), "value");
	_cleanup_free_ char *plain = xml_attribute(xml_child(domain, "arg"), "value");
	xmlNode *driver = xml_child(xml_next(xml_child(domain, "disk"), "disk"), "driver");
	_cleanup_free_ char *path = xml_path(driver);
	_cleanup_free_ char *empty = xml_text(driver);

	ck_assert_str_eq(name, "web 1");
	ck_assert_str_eq(prefixed, "1");
	ck_assert_str_eq(plain, "2");
	ck_assert_str_eq(path, "/domain/disk[2]/driver");
	ck_assert_str_eq(empty, "");
	ck_assert_int_eq(xml_line(driver), 7);
	ck_assert_ptr_null(xml_attribute(driver, "none"));
	ck_assert_ptr_null(xml_child(driver, NULL));
	ck_assert_ptr_null(xml_next(driver, NULL));
	ck_assert_ptr_null(xml_child(NULL, "a"));
	ck_assert_ptr_null(xml_attribute(NULL, "a"));
	ck_assert_str_eq((const char *)xml_child(domain, NULL)->name, "name");
	ck_assert_str_eq((const char *)xml_next(xml_child(domain, NULL), NULL)->name, "arg");
}
END_TEST

START_TEST(values_are_plain)
{
	_cleanup_xmldoc_ xmlDoc *doc = parse("<a> <b>old &amp; <c/></b></a>", NULL);
	xmlNode *b = xml_child(root(doc), "b");

	xml_set_text(b, "x & <y> &lt; \xc3\xa4");
	xml_set_attribute(b, "k", "\"1\" & '<' &amp;");
	_cleanup_free_ char *text = xml_text(b);
	_cleanup_free_ char *value = xml_attribute(b, "k");

	ck_assert_str_eq(text, "x & <y> &lt; \xc3\xa4");
	ck_assert_str_eq(value, "\"1\" & '<' &amp;");
	assert_format(doc,
		      "<a> <b k='\"1\" &amp; &apos;&lt;&apos; &amp;amp;'>x &amp; &lt;y&gt; &amp;lt; \xc3\xa4</b></a>\n");
	xml_set_text(b, "");
	xml_set_attribute(b, "k", NULL);
	xml_set_attribute(b, "k", NULL);
	assert_format(doc, "<a> <b/></a>\n");
	xml_set_text(b, NULL);
	assert_format(doc, "<a> <b/></a>\n");
}
END_TEST

START_TEST(values_can_be_checked)
{
	static const char *const bad[] = { "\x01", "a\x1b[m", "\xff", "\xed\xa0\x80", "\xef\xbf\xbf" };
	static const char *const good[] = { "", "a\tb\r\nc", "\x7f", "<&>\"'", "\xf0\x9f\x98\x80" };

	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		ck_assert_msg(!xml_text_valid(bad[i]), "case %zu", i);
	/* and what passes comes back as it was, in an attribute and in text */
	for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		_cleanup_xmldoc_ xmlDoc *doc = parse("<a/>", NULL);

		ck_assert_msg(xml_text_valid(good[i]), "case %zu", i);
		xml_set_attribute(root(doc), "k", good[i]);
		xml_set_text(root(doc), good[i]);
		_cleanup_free_ char *text = xml_format(doc);
		_cleanup_xmldoc_ xmlDoc *again = parse(text, &err);

		ck_assert_msg(again != NULL, "%s", error_text(&err));
		_cleanup_free_ char *value = xml_attribute(root(again), "k");
		_cleanup_free_ char *content = xml_text(root(again));

		ck_assert_str_eq(value, good[i]);
		ck_assert_str_eq(content, good[i]);
	}
}
END_TEST

START_TEST(adds_indented)
{
	_cleanup_xmldoc_ xmlDoc *doc =
		parse("<domain>\n    <name>a</name>\n\n    <devices/>\n    <os>\n    </os>\n</domain>", NULL);
	xmlNode *devices = xml_child(root(doc), "devices");

	xml_set_attribute(xml_add_child(devices, "disk", NULL), "type", "file");
	xml_add_child(devices, "disk", NULL);
	xml_add_child(xml_child(root(doc), "os"), "type", "hvm & co");
	xml_add_child(root(doc), "on_crash", "destroy");
	xml_add_after(xml_child(root(doc), "name"), "uuid", "1");
	xml_make_path(root(doc), "devices/console/target");
	xml_make_path(root(doc), "devices/console/target");
	assert_format(doc,
		      "<domain>\n    <name>a</name>\n    <uuid>1</uuid>\n\n    <devices>\n      <disk type='file'/>\n"
		      "      <disk/>\n      <console>\n        <target/>\n      </console>\n    </devices>\n    <os>\n"
		      "      <type>hvm &amp; co</type>\n    </os>\n    <on_crash>destroy</on_crash>\n</domain>\n");
}
END_TEST

START_TEST(adds_on_one_line)
{
	_cleanup_xmldoc_ xmlDoc *doc = parse("<domain><name>a</name><devices/></domain>", NULL);

	xml_add_child(xml_child(root(doc), "devices"), "disk", NULL);
	xml_add_child(root(doc), "os", NULL);
	xml_add_after(xml_child(root(doc), "name"), "uuid", NULL);
	assert_format(
		doc,
		"<domain>\n  <name>a</name>\n  <uuid/>\n  <devices>\n    <disk/>\n  </devices>\n  <os/>\n</domain>\n");
}
END_TEST

/* A document without any white space between its elements is laid out; no text in it changes, and once is enough. */
START_TEST(lays_out_one_line)
{
	static const char want[] =
		"<!-- top -->\n<a x='1'>\n  <!-- in -->\n  <b/>\n  <c>\n    <d> text </d>\n    <?pi data?>\n  </c>\n"
		"  <m>text <i><j/></i></m>\n  <n><![CDATA[raw]]><o/></n>\n  <p> <q/></p>\n</a>\n";
	_cleanup_xmldoc_ xmlDoc *doc =
		parse("<!-- top --><a x='1'><!-- in --><b/><c><d> text </d><?pi data?></c><m>text <i><j/></i></m>"
		      "<n><![CDATA[raw]]><o/></n><p> <q/></p></a>",
		      NULL);
	_cleanup_free_ char *node = xml_format_node(xml_child(root(doc), "c"));

	assert_format(doc, want);
	assert_survives(want);
	ck_assert_str_eq(node, "<c><d> text </d><?pi data?></c>");
	/* some white space: the author's own layout */
	assert_survives("<a>\n<b><c/></b></a>\n");
}
END_TEST

START_TEST(builds_from_nothing)
{
	_cleanup_xmldoc_ xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *domain = xmlNewDocNode(doc, NULL, BAD_CAST "domain", NULL);

	xmlDocSetRootElement(doc, domain);
	xml_add_child(domain, "name", "\xc3\xa4");
	xml_set_attribute(xml_make_path(domain, "os/type"), "arch", "\xc3\xa4");
	assert_format(doc,
		      "<domain>\n  <name>\xc3\xa4</name>\n  <os>\n    <type arch='\xc3\xa4'/>\n  </os>\n</domain>\n");
}
END_TEST

START_TEST(removes)
{
	_cleanup_xmldoc_ xmlDoc *doc = parse("<a>\n  <b/>\n  <!-- c -->\n  <d/>\n  <e/><f/>\n</a>", NULL);

	xml_remove(xml_child(root(doc), "d"));
	xml_remove(xml_child(root(doc), "f"));
	assert_format(doc, "<a>\n  <b/>\n  <!-- c -->\n  <e/>\n</a>\n");
	xml_remove(xml_child(root(doc), "b"));
	xml_remove(xml_child(root(doc), "e"));
	assert_format(doc, "<a>\n  <!-- c -->\n</a>\n");
}
END_TEST

START_TEST(adopts)
{
	_cleanup_xmldoc_ xmlDoc *doc = parse("<devices>\n  <disk/>\n</devices>", NULL);
	xmlDoc *other = parse("<x xmlns:q='urn:q'><interface type='user'><q:mac address='1'/></interface></x>", NULL);
	xmlNode *interface = xml_child(root(other), "interface");

	xml_adopt_child(root(doc), interface);
	xmlFreeDoc(other);
	/* it is still the same node, and lives by itself */
	xml_set_attribute(interface, "type", "network");
	assert_format(
		doc,
		"<devices>\n  <disk/>\n  <interface xmlns:q='urn:q' type='network'><q:mac address='1'/></interface>\n"
		"</devices>\n");
	other = parse("<disk device='cdrom'/>", NULL);
	xml_adopt_child(root(doc), root(other));
	xmlFreeDoc(other);
	ck_assert_ptr_nonnull(xml_next(interface, "disk"));
}
END_TEST

START_TEST(prefixed_elements)
{
	_cleanup_xmldoc_ xmlDoc *doc = parse("<domain xmlns:qemu='urn:q'>\n  <name/>\n</domain>", NULL);
	xmlNode *line = xml_make_path(root(doc), "qemu:commandline");

	xml_set_attribute(xml_add_child(line, "qemu:arg", NULL), "value", "-S");
	ck_assert_ptr_eq(xml_make_path(root(doc), "qemu:commandline"), line);
	assert_format(doc, "<domain xmlns:qemu='urn:q'>\n  <name/>\n  <qemu:commandline>\n    <qemu:arg value='-S'/>\n"
			   "  </qemu:commandline>\n</domain>\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("base: xml");
	TCase *parsing = tcase_create("parsing");
	TCase *tree = tcase_create("tree");

	tcase_add_test(parsing, survives);
	tcase_add_test(parsing, keeps_characters);
	tcase_add_test(parsing, other_encoding);
	tcase_add_test(parsing, refuses);
	tcase_add_test(parsing, truncated_everywhere);
	tcase_add_test(parsing, no_doctype);
	tcase_add_test(parsing, billion_laughs);
	tcase_add_test(parsing, depth);
	tcase_add_test(parsing, size);
	tcase_add_test(tree, reading);
	tcase_add_test(tree, values_are_plain);
	tcase_add_test(tree, values_can_be_checked);
	tcase_add_test(tree, adds_indented);
	tcase_add_test(tree, adds_on_one_line);
	tcase_add_test(tree, lays_out_one_line);
	tcase_add_test(tree, builds_from_nothing);
	tcase_add_test(tree, removes);
	tcase_add_test(tree, adopts);
	tcase_add_test(tree, prefixed_elements);
	suite_add_tcase(suite, parsing);
	suite_add_tcase(suite, tree);
	return unit_run(suite);
}
