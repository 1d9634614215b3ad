/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in a directory, as the file browser shows it: directories first, then files by name. */
#ifndef TUI_DIRECTORY_H
#define TUI_DIRECTORY_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct entry {
	char *name; /* owned */
	bool directory;
	uint64_t size;
	int64_t changed_s;
};

struct directory {
	struct entry *entries; /* owned; ".." is the first, but in "/" */
	size_t count;
	size_t left_out; /* by the filters below, other than by words */
};

struct directory_filter {
	const char *const *endings; /* ".iso", NULL-terminated; any case. NULL: files of every kind */
	bool hidden;                /* those that begin with a dot, too */
	const char *words;          /* part of a name, any case; NULL or "": every name */
};

/* Reads a directory. False, with ret empty, when it cannot be read. */
bool directory_read(const char *path, const struct directory_filter *filter, struct directory *ret, struct error *err);
void directory_clear(struct directory *directory);
/* Without "." and "..", double slashes and a last slash, by text alone. Owned. */
char *path_clean(const char *path);

#endif
