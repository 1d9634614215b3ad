/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps over an envelope's tree, its texts and units, and the word that one is wrong. */
#include "storage/ovf_internal.h"

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <stdarg.h>
#include <string.h>

#define TEXT_BYTES 1024 /* of a name or a description that is taken over */

bool ovf_is(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && (name == NULL || strcmp((const char *)node->name, name) == 0);
}

static xmlNode *first_from(xmlNode *node, const char *name)
{
	while (node != NULL && !ovf_is(node, name))
		node = node->next;
	return node;
}

xmlNode *ovf_child(const xmlNode *node, const char *name)
{
	return first_from(node->children, name);
}

xmlNode *ovf_next(const xmlNode *node, const char *name)
{
	return first_from(node->next, name);
}

char *ovf_attribute(const xmlNode *node, const char *name)
{
	for (const xmlAttr *attribute = node->properties; attribute != NULL; attribute = attribute->next) {
		if (strcmp((const char *)attribute->name, name) != 0)
			continue;
		xmlChar *value = xmlNodeListGetString(node->doc, attribute->children, 1);
		char *copy = xstrdup(value != NULL ? (const char *)value : "");

		xmlFree(value);
		return copy;
	}
	return NULL;
}

char *ovf_one_line(const char *text)
{
	struct strbuf line = STRBUF_INIT;

	while (*text != '\0' && line.length < TEXT_BYTES) {
		const char *at = text;
		uint32_t character = utf8_next(&text);

		if (character >= 0x20 && (character < 0x7f || character >= 0xa0))
			strbuf_add(&line, at, (size_t)(text - at));
		else if (line.length > 0 && line.data[line.length - 1] != ' ')
			strbuf_putc(&line, ' ');
	}
	while (line.length > 0 && line.data[line.length - 1] == ' ')
		line.data[--line.length] = '\0';
	return strbuf_take(&line);
}

char *ovf_child_text(const xmlNode *node, const char *name)
{
	const xmlNode *child = ovf_child(node, name);
	_cleanup_free_ char *text = child != NULL ? xml_text(child) : NULL, *line = text != NULL ? ovf_one_line(text) : NULL;

	return text_empty(line) ? NULL : TAKE_POINTER(line);
}

bool ovf_wrong(const char *source, const xmlNode *node, struct error *err, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;

	va_start(ap, format);
	text = vstrf(format, ap);
	va_end(ap);
	return error_set(err, ERROR_INVALID, "%s:%ld: %s", source, xml_line(node), text);
}

/* "2^30" or "1024"; moves *text past it. */
static bool read_factor(const char **text, uint64_t *ret)
{
	uint64_t base = 0, exponent = 0, value = 1;
	const char *at = *text;

	for (; *at >= '0' && *at <= '9' && base < UINT32_MAX; at++)
		base = base * 10 + (uint64_t)(*at - '0');
	if (at == *text || base == 0)
		return false;
	*text = at;
	if (*at != '^') {
		*ret = base;
		return true;
	}
	for (at++; *at >= '0' && *at <= '9' && exponent < 100; at++)
		exponent = exponent * 10 + (uint64_t)(*at - '0');
	if (at[-1] == '^')
		return false;
	for (uint64_t i = 0; i < exponent; i++)
		if (__builtin_mul_overflow(value, base, &value))
			return false;
	*text = at;
	*ret = value;
	return true;
}

bool ovf_unit(const char *text, uint64_t *ret)
{
	static const struct {
		const char *word;
		uint64_t bytes;
	} old[] = { { "KiloBytes", 1 << 10 }, { "MegaBytes", 1 << 20 }, { "GigaBytes", 1 << 30 }, { "TeraBytes", UINT64_C(1) << 40 } };
	uint64_t unit = 1, factor;

	text += strspn(text, " ");
	for (size_t i = 0; i < ARRAY_LENGTH(old); i++)
		if (strcasecmp(text, old[i].word) == 0) {
			*ret = old[i].bytes;
			return true;
		}
	if (*text == '\0') {
		*ret = 1;
		return true;
	}
	if (strncasecmp(text, "byte", 4) != 0) {
		/* KB, MB, GB: of 1024, as those who write them mean them */
		char word[4] = { text[0], 'i', 'B', '\0' };

		*ret = strlen(text) == 2 && (text[1] == 'B' || text[1] == 'b') ? unit_factor(word) : 0;
		return *ret != 0;
	}
	for (text += text_starts(text + 4, "s") ? 5 : 4;;) {
		text += strspn(text, " ");
		if (*text == '\0')
			break;
		if (*text++ != '*')
			return false;
		text += strspn(text, " ");
		if (!read_factor(&text, &factor) || __builtin_mul_overflow(unit, factor, &unit))
			return false;
	}
	*ret = unit;
	return true;
}
