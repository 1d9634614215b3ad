/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes YAML: maps, lists and scalars, block style, every text in double quotes, so that no text is ever taken for anything else. */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

#define YAML_DEPTH 16

/* Zeroed is a writer at the beginning of a document whose root is a map. */
struct yaml {
	struct strbuf text;
	unsigned depth;
	bool is_list[YAML_DEPTH]; /* what each level is; level 0 is the root */
	bool dash;		  /* an item of a list was begun, and its first line has not come */
};
#define _cleanup_yaml_ _cleanup_(yaml_clear)
void yaml_clear(struct yaml *yaml);

/* In a map each has a key; in a list key is NULL. Text is UTF-8; what is not is written as U+FFFD. */
void yaml_text(struct yaml *yaml, const char *key, const char *value);
void yaml_bool(struct yaml *yaml, const char *key, bool value);
void yaml_number(struct yaml *yaml, const char *key, uint64_t value);
/* What is opened is not left empty: nothing may be opened that gets no member. */
void yaml_open_map(struct yaml *yaml, const char *key);
void yaml_open_list(struct yaml *yaml, const char *key);
void yaml_close(struct yaml *yaml);
/* A list of texts; nothing when it is empty. */
void yaml_texts(struct yaml *yaml, const char *key, char *const *values);

#endif
