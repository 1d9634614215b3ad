/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values made of parts, as virt-install writes them: "path=/a.img,size=20,format=qcow2". */
#ifndef CLI_SUBOPTIONS_H
#define CLI_SUBOPTIONS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct suboption {
	char *key;   /* owned */
	char *value; /* owned; NULL: the key stood alone */
};

struct suboptions {
	struct suboption *items; /* owned */
	size_t count;
};

#define _cleanup_suboptions_ _cleanup_(suboptions_clear)

/* Splits at commas; ",," is a comma itself. A first part without '=' is the value of first_key (NULL: it is a key like
 * the others). allowed lists the keys, separated by blanks: "path size bus". An unknown key, an empty one or one given
 * twice is ERROR_INVALID and names option, key and what is allowed. */
bool suboptions_parse(const char *option, const char *text, const char *first_key, const char *allowed,
		      struct suboptions *ret, struct error *err);
/* A key's value: NULL when the key is not there, "" when it stood alone. Borrowed. */
const char *suboption_value(const struct suboptions *suboptions, const char *key);
void suboptions_clear(struct suboptions *suboptions);

#endif
