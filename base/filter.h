/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that reads a piece of a file and whose output is taken as it comes: decompressors, digests. */
#ifndef BASE_FILTER_H
#define BASE_FILTER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum filter_answer {
	FILTER_MORE,
	FILTER_ENOUGH, /* the rest is not wanted: the program is ended, and all went well */
	FILTER_FAILED, /* err says why */
};

struct filter {
	char *const *argv; /* looked for on PATH */
	int source;
	uint64_t offset, length; /* what it is given to read; length 0: to the file's end */
	enum filter_answer (*take)(const void *bytes, size_t length, void *userdata, struct error *err);
	/* Told how much it was given, at least twice a second; false: give up, ERROR_FAILED. NULL: not wanted. */
	bool (*fed)(uint64_t bytes, void *userdata);
	void *userdata;
};

/* Runs it to its end. A program that says no is ERROR_FAILED with its last words. */
bool filter_run(const struct filter *filter, struct error *err);

#endif
