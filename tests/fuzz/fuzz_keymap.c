/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzer of keymap files: whatever one says, what it makes can be typed, by keys that there are. */
#include "base/memory.h"
#include "hv/keycodes.h"
#include "hv/keymap_internal.h"
#include "tests/fuzz/must.h"

#include <stdint.h>
#include <stdlib.h>

/* An included file is one line here; what it includes in turn is hv/keymap.c's to bound. */
static bool include(const char *name, void *userdata, struct error *err)
{
	struct keymap_reader reader = { userdata, NULL, NULL };

	must(keymap_name_valid(name));
	return keymap_read(&reader, "a 0x1e addupper", 15, err);
}

static void look_at_strokes(const struct keymap *keymap, uint32_t character)
{
	struct stroke strokes[KEYMAP_STROKES];
	struct key_event events[12];
	size_t count = keymap_type(keymap, character, strokes);

	must(count <= KEYMAP_STROKES);
	for (size_t i = 0; i < count; i++) {
		size_t event_count = stroke_events(&strokes[i], events);

		must(event_count >= 2 && event_count <= 12 && event_count % 2 == 0);
		must(strokes[i].qnum > 0 && strokes[i].qnum <= 0xff && strokes[i].keysym != 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = xstrndup((const char *)data, size);
	struct keymap keymap = { .name = text };
	struct keymap_reader reader = { &keymap, include, &keymap };
	_cleanup_error_ struct error err = ERROR_INIT;
	uint32_t qnum;

	must(keymap_read(&reader, (const char *)data, size, &err) || error_is_set(&err));
	must(keymap.count <= KEYMAP_ENTRIES);
	keymap_settle(&keymap);
	for (size_t i = 0; i < keymap.count; i++) {
		must(i == 0 || keymap.entries[i - 1].character < keymap.entries[i].character);
		look_at_strokes(&keymap, keymap.entries[i].character);
	}
	for (uint32_t c = size % 11; c < 0x200; c += 11)
		look_at_strokes(&keymap, c);
	for (int set = 0; set < CODESET_COUNT; set++)
		must(!keycode_parse((enum codeset)set, text, &qnum) || (qnum > 0 && qnum <= 0xff));
	free(keymap.entries);
	return 0;
}
