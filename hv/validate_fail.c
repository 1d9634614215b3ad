/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How every check of a document says where in it a fault is. */
#include "hv/domain_validate.h"

#include "base/memory.h"
#include "base/xml.h"

#include <stdarg.h>

bool check_fail(const struct check *check, const xmlNode *node, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	_cleanup_free_ char *message = vstrf(format, ap);

	va_end(ap);
	return error_set(check->err, ERROR_INVALID, "%s:%ld: <%s>: %s", check->source, xml_line(node),
			 (const char *)node->name, message);
}
