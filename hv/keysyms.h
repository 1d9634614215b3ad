/* SPDX-License-Identifier: GPL-2.0-or-later */
/* X11's names of symbols on keys, and the characters they stand for. */
#ifndef HV_KEYSYMS_H
#define HV_KEYSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "eacute", "Cyrillic_a", "U20AC", "0x010020ac". False: not known, or no character (Return, dead_acute). ret_keysym:
 * X11's number. */
bool keysym_character(const char *name, uint32_t *ret_character, uint32_t *ret_keysym);
/* X11's symbol of a character on its own: Latin 1 is itself, others are 0x01000000 and their code point. */
uint32_t keysym_of_character(uint32_t character);

/* A table's row, for the test that it is sorted; false past the last. */
bool keysym_name_at(size_t n, const char **ret_name);

#endif
