/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that judge a network share: where a fault is, and what a name may be. */
#include "net/network_check.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"

#include <stdarg.h>
#include <string.h>

#define LABEL_MAX	63
#define HOST_NAME_BYTES 253

bool network_fail(const struct network *network, const xmlNode *node, struct error *err, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	_cleanup_free_ char *words = vstrf(format, arguments), *text = text_one_line(words);

	va_end(arguments);
	return error_set(err, ERROR_INVALID, "%s:%ld: <%s>: %s", network->source, xml_line(node),
			 (const char *)node->name, text);
}

static bool is_name_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool host_name_is_valid(const char *name)
{
	size_t length = strlen(name), label = 0;

	if (length == 0 || length > HOST_NAME_BYTES || name[0] == '-')
		return false;
	for (const char *p = name; *p != '\0'; p++) {
		if (*p == '.') {
			if (label == 0)
				return false;
			label = 0;
		} else if (!is_name_character(*p) || ++label > LABEL_MAX) {
			return false;
		}
	}
	return true;
}

bool plain_text_is_valid(const char *text, bool comma)
{
	if (*text == '\0')
		return false;
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f || *p == '"' || *p == '\\' || *p == '#' || (*p == ',' && !comma))
			return false;
	return utf8_valid(text, strlen(text));
}
