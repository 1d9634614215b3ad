/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the OVF reader share: steps over a tree by local names, since each program has prefixes of its own. */
#ifndef STORAGE_OVF_INTERNAL_H
#define STORAGE_OVF_INTERNAL_H

#include "base/xml.h"
#include "storage/ovf.h"

/* First child element (or next sibling) of that name, whatever its namespace; name NULL: any. */
xmlNode *ovf_child(const xmlNode *node, const char *name);
xmlNode *ovf_next(const xmlNode *node, const char *name);
bool ovf_is(const xmlNode *node, const char *name);
/* An attribute by its local name. Owned; NULL when it is not there. */
char *ovf_attribute(const xmlNode *node, const char *name);
/* The text of a child, one line of at most 1024 bytes without control characters. Owned; NULL when there is none. */
char *ovf_child_text(const xmlNode *node, const char *name);
/* The text as one line, bounded, without what a terminal would obey; cut between characters. Owned. */
char *ovf_one_line(const char *text);
/* "/a.ovf:12: ..." */
bool ovf_wrong(const char *source, const xmlNode *node, struct error *err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Reads one VirtualHardwareSection. configuration: the chosen one of several; NULL: there are none. */
bool ovf_read_hardware(const char *source, const xmlNode *section, const char *configuration, struct ovf *ret,
		       struct error *err);

#endif
