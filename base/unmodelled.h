/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a document holds and no schema describes, as lines for people: it is kept, and not looked at. */
#ifndef BASE_UNMODELLED_H
#define BASE_UNMODELLED_H

#include <libxml/tree.h>

/* A line about each such thing, for a vector of them. */
struct unmodelled_lines {
	const char *source; /* stands before ':' */
	char **lines; /* owned by who reads */
};
/* As a schema_reader's unmodelled(): context is a struct unmodelled_lines. */
void unmodelled_line(void *context, const xmlNode *node, const xmlAttr *attribute);

/* As one that wants to hear of nothing: where the whole document was, or will be, looked at. */
void unmodelled_ignore(void *context, const xmlNode *node, const xmlAttr *attribute);

#endif
