/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An enum and its words in one macro, their counts checked at compile time. */
#ifndef BASE_ENUM_H
#define BASE_ENUM_H

#include <stddef.h>

/* words[i] is the word of value i. A NULL word is a value without one: by convention value 0, "absent". */
struct enum_words {
	const char *const *words;
	size_t count;
};

#define ENUM_DECLARE(name) extern const struct enum_words name##_words

/* ENUM_WORDS(disk_bus, DISK_BUS_COUNT, NULL, "virtio", "sata"): defines disk_bus_words; DISK_BUS_COUNT is the enum's last member. */
#define ENUM_WORDS(name, total, ...) \
	static const char *const name##_list[] = { __VA_ARGS__ }; \
	_Static_assert(sizeof name##_list / sizeof *name##_list == (total), #name ": as many words as values"); \
	const struct enum_words name##_words = { name##_list, (total) }

/* The value of a word, or -1. */
int enum_value(const struct enum_words *words, const char *word);
/* The word of a value; NULL for absent, "?" when out of range. */
const char *enum_word(const struct enum_words *words, int value);
/* "virtio, sata, scsi": the words allowed, for messages. Owned. */
char *enum_list(const struct enum_words *words);

#endif
