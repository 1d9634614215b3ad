/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text as users type and see it: UTF-8 validity and width, numbers without surprises, names that become paths. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Strict UTF-8: no overlong forms, no surrogates, at most U+10FFFF. */
bool utf8_valid(const char *text, size_t length);
/* Decodes one character of valid UTF-8 and moves *text past it; 0 at the end. */
uint32_t utf8_next(const char **text);
/* Columns that text takes in a terminal, from wcwidth(); control characters count 1 (they are shown as '?').
 * The caller has set LC_CTYPE. */
int utf8_width(const char *text);
/* A copy cut to at most columns (an ellipsis "…", or "~" when ascii, marks the cut), with control characters
 * and invalid bytes shown as '?'. Owned. */
char *utf8_fit(const char *text, int columns, bool ascii);

/* A whole decimal number: no sign (unsigned), no blanks, no tail; false leaves *ret alone.
 * text_to_uint() also takes 0x hexadecimal when hex is true. */
bool text_to_uint(const char *text, bool hex, uint64_t *ret);
bool text_to_int(const char *text, int64_t *ret);

bool text_equal(const char *a, const char *b); /* NULL equals NULL */
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);
/* NULL or "" */
bool text_empty(const char *text);

/* A copy on one line, for messages: C0 and DEL are shown as '?'. Owned. */
char *text_one_line(const char *text);

/* The candidate nearest to a mistyped word (two letters wrong at most, or one that it begins), or NULL. */
const char *suggest(const char *word, const char *const *candidates, size_t count);

/* May this be a machine's name? Valid UTF-8, 1 to 255 bytes, no '/', no control character (C0, DEL, C1), not "." or "..",
 * no blank at either end, not all digits (an id). what names the thing in the message: "name". */
bool name_check(const char *what, const char *name, struct error *err);

/* A size as people write it: "512", "20G", "1.5GiB", "100 MB"; a bare number counts in default_unit (see unit_factor()).
 * Negative, zero-length and overflowing sizes are errors that quote the text. */
bool size_parse(const char *text, const char *default_unit, uint64_t *ret_bytes, struct error *err);
/* libvirt's unit words: b, bytes, KB (1000), k, KiB, MB, M, MiB, ... EiB; 0 if unknown. Case-insensitive, as libvirt's. */
uint64_t unit_factor(const char *unit);
/* "512 MiB", "1.5 GiB": binary units, at most one decimal, C locale. Owned. */
char *size_format(uint64_t bytes);

#endif
