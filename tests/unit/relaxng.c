/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents held against libvirt's schemas. */
#include "tests/unit/relaxng.h"

#include "base/strbuf.h"
#include "base/xml.h"
#include "tests/unit/unit.h"

#include <stdarg.h>
#include <stdio.h>

#define SCHEMAS "/usr/share/libvirt/schemas"

xmlRelaxNG *relaxng_open(const char *name)
{
	_cleanup_free_ char *path = strf(SCHEMAS "/%s.rng", name);

	if (!path_exists(path)) {
		printf("SKIP: libvirt's schemas are not installed: %s\n", path);
		return NULL;
	}
	xmlRelaxNGParserCtxt *reader = xmlRelaxNGNewParserCtxt(path);
	xmlRelaxNG *schema = xmlRelaxNGParse(reader);

	xmlRelaxNGFreeParserCtxt(reader);
	ck_assert_msg(schema != NULL, "%s cannot be read", path);
	return schema;
}

static void add_words(void *words, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add_words(void *words, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;

	va_start(ap, format);
	text = vstrf(format, ap);
	va_end(ap);
	strbuf_puts(words, text);
}

void relaxng_expect(xmlRelaxNG *schema, const char *name, const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_xmldoc_ xmlDoc *doc = xml_parse(name, text, strlen(text), &err);
	_cleanup_strbuf_ struct strbuf words = STRBUF_INIT;

	ck_assert_msg(doc != NULL, "%s", error_text(&err));
	if (schema == NULL)
		return;
	xmlRelaxNGValidCtxt *context = xmlRelaxNGNewValidCtxt(schema);

	xmlRelaxNGSetValidErrors(context, add_words, add_words, &words);
	int result = xmlRelaxNGValidateDoc(context, doc);

	xmlRelaxNGFreeValidCtxt(context);
	ck_assert_msg(result == 0, "%s is not what libvirt takes: %s%s", name, words.length > 0 ? words.data : "?", text);
}
