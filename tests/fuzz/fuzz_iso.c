/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzes the reader of ISOs: whatever a file holds, only places inside it are read, a bounded number of them, and what is said can be shown. */
#include "base/memory.h"
#include "base/text.h"
#include "storage/iso.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The system area before the first descriptor is 32 KiB that nobody reads: it is left out of the input. */
#define SKIPPED 32768u

struct input {
	const uint8_t *data;
	size_t size;
	unsigned reads;
};

static bool read_input(void *userdata, uint64_t at, void *bytes, size_t length)
{
	struct input *input = userdata;

	if (++input->reads > ISO_DESCRIPTORS + 2)
		abort();
	if (at < SKIPPED)
		return false;
	at -= SKIPPED;
	if (at > input->size || length > input->size - at)
		return false;
	memcpy(bytes, input->data + at, length);
	return true;
}

static void check_text(const char *text)
{
	if (text == NULL)
		return;
	size_t length = strlen(text);

	if (length == 0 || length > ISO_TEXT || !utf8_valid(text, length) || text[length - 1] == ' ')
		abort();
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_iso_ struct iso iso = { 0 };
	struct input input = { data, size, 0 };
	const struct iso_source source = { read_input, &input };

	if (!iso_parse(&source, "image", &iso, &err)) {
		if (err.code != ERROR_INVALID || iso.label != NULL)
			abort();
		return 0;
	}
	if (iso.created_s < 0)
		abort();
	check_text(iso.label);
	check_text(iso.system);
	check_text(iso.publisher);
	check_text(iso.application);
	return 0;
}
