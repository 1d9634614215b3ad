/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys and text for a running machine's keyboard, over QMP. */
#include "core/typing.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/live.h"
#include "core/manager_internal.h"
#include "hv/domain.h"
#include "hv/keymap.h"
#include "hv/qmp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define QMP_TIMEOUT_MS 30000
#define HOLD_MS	       100 /* QEMU's own */
#define PACE_MS	       20
/* A USB keyboard is asked every 8 or 10 ms and has room for 16 presses and releases: text that arrives faster for long
 * is lost. */
#define EVENT_MS 10

/* Until a point of the monotonic clock, whatever signals come. */
static void wait_until(int64_t at_ms)
{
	struct timespec at = { .tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		continue;
}

/* A machine whose processors stand still takes 16 bytes of keys and drops the rest. */
static bool check_takes_keys(const struct machine *machine, struct error *err)
{
	if (!machine_is_active(machine))
		return fail_not_running(machine, err);
	if (machine->state != RUN_PAUSED)
		return true;
	error_set(err, ERROR_STATE, "'%s' is paused and takes no keys", machine->name);
	return error_hint(err, "'virtty resume %s' lets it go on", machine->name);
}

/* QMP's KeyValue of a key. */
static struct json_object *key_value(uint32_t qnum)
{
	struct json_object *value = json_object_new_object();

	json_set_string(value, "type", "number");
	json_set_int(value, "data", qnum);
	return value;
}

bool domain_send_keys(struct manager *manager, const struct machine *machine, const uint32_t *qnums, size_t count,
		      unsigned hold_ms, struct error *err)
{
	struct json_object *arguments, *keys;
	unsigned hold = hold_ms ? hold_ms : HOLD_MS;

	if (count == 0)
		return error_set(err, ERROR_INVALID, "no key is named");
	if (!check_takes_keys(machine, err))
		return false;
	arguments = json_object_new_object();
	keys = json_object_new_array();
	for (size_t i = 0; i < count; i++)
		json_object_array_add(keys, key_value(qnums[i]));
	json_set(arguments, "keys", keys);
	json_set_int(arguments, "hold-time", hold);
	if (!domain_qmp(manager, machine, "send-key", arguments, QMP_TIMEOUT_MS, NULL, err))
		return false;
	/* QEMU presses and releases them one by one, each this long after the other, and has only begun: what is typed
	 * next would come in between. */
	wait_until(clock_monotonic_ms() + (int64_t)hold * 2 * (int64_t)count);
	return true;
}

/* ---- text ---- */

/* The keymap that the machine's graphics name, found beside its emulator. */
static struct keymap *load_keymap(struct manager *manager, const struct machine *machine, const char *layout,
				  struct error *err)
{
	_cleanup_domain_ struct domain *domain = domain_load(manager, machine, true, err);
	_cleanup_free_ char *emulator = NULL, *directory = NULL;

	if (!domain)
		return NULL;
	for (size_t i = 0; i < domain->graphics_count && !layout; i++)
		layout = domain->graphics[i].keymap;
	emulator = manager_domain_emulator(manager, domain, NULL);
	directory = keymap_directory(emulator);
	return keymap_load(layout, directory, err);
}

/* "'€' (U+20AC)": a control character without its picture. */
static char *character_text(uint32_t character, const char *bytes, size_t length)
{
	if (character < ' ' || (character >= 0x7f && character < 0xa0))
		return strf("U+%04X", (unsigned)character);
	return strf("'%.*s' (U+%04X)", (int)length, bytes, (unsigned)character);
}

/* What the layout cannot make, each once; owned. NULL: nothing. */
static char **find_untyped(const struct keymap *keymap, const char *text)
{
	struct stroke strokes[KEYMAP_STROKES];
	char **untyped = NULL;

	while (*text) {
		const char *at = text;
		uint32_t character = utf8_next(&text);
		_cleanup_free_ char *name = NULL;

		if (keymap_type(keymap, character, strokes) > 0)
			continue;
		name = character_text(character, at, (size_t)(text - at));
		if (!strv_contains(untyped, name))
			untyped = strv_add(untyped, name);
	}
	return untyped;
}

static bool fail_untyped(const struct keymap *keymap, char *const *untyped, struct error *err)
{
	_cleanup_free_ char *list = strv_join(untyped, ", ");

	error_set(err, ERROR_INVALID, "the keyboard layout '%s' has no %s", keymap_name(keymap), list);
	return error_hint(err, "name the guest's layout with --layout, or leave these characters out with --skip");
}

/* A character's presses and releases: one command, so that no modifier stays down when we are ended. */
static struct json_object *events_of(const struct stroke *strokes, size_t count, size_t *ret_events)
{
	struct json_object *arguments = json_object_new_object(), *list = json_object_new_array();
	struct key_event events[12];

	*ret_events = 0;
	for (size_t i = 0; i < count; i++) {
		size_t event_count = stroke_events(&strokes[i], events);

		for (size_t k = 0; k < event_count; k++) {
			struct json_object *event = json_object_new_object(), *data = json_object_new_object();

			json_set_bool(data, "down", events[k].down);
			json_set(data, "key", key_value(events[k].qnum));
			json_set_string(event, "type", "key");
			json_set(event, "data", data);
			json_object_array_add(list, event);
		}
		*ret_events += event_count;
	}
	json_set(arguments, "events", list);
	return arguments;
}

static bool type_text(int fd, const struct keymap *keymap, const char *text, unsigned pace_ms, size_t *ret_typed,
		      struct error *err)
{
	struct stroke strokes[KEYMAP_STROKES];
	int64_t next = clock_monotonic_ms();

	while (*text) {
		size_t events, count = keymap_type(keymap, utf8_next(&text), strokes);
		int64_t pace;

		if (count == 0)
			continue;
		wait_until(next);
		if (!qmp_call_fd(fd, "input-send-event", events_of(strokes, count, &events), QMP_TIMEOUT_MS, NULL, err))
			return false;
		++*ret_typed;
		pace = pace_ms ? pace_ms : events * EVENT_MS > PACE_MS ? (int64_t)events * EVENT_MS : PACE_MS;
		next = clock_monotonic_ms() + pace;
	}
	/* the last key reaches the guest before whoever called does something else with it */
	wait_until(next);
	return true;
}

bool domain_type(struct manager *manager, const struct machine *machine, const char *text, size_t length,
		 const char *layout, unsigned pace_ms, bool all_or_none, struct type_result *ret, struct error *err)
{
	_cleanup_free_ char *copy = xstrndup(text, length);
	_cleanup_free_ char *control = NULL;
	_cleanup_close_ int fd = -1;
	struct keymap *keymap;
	bool good = false;

	*ret = (struct type_result){ 0 };
	if (strlen(copy) != length || !utf8_valid(copy, length))
		return error_set(err, ERROR_INVALID, "the text is not UTF-8");
	if (!check_takes_keys(machine, err))
		return false;
	keymap = load_keymap(manager, machine, layout, err);
	if (!keymap)
		return false;
	ret->untyped = find_untyped(keymap, copy);
	if (ret->untyped && all_or_none)
		fail_untyped(keymap, ret->untyped, err);
	else if ((control = domain_control(manager, machine, err)) != NULL &&
		 (fd = qmp_open(control, QMP_TIMEOUT_MS, err)) >= 0)
		good = type_text(fd, keymap, copy, pace_ms, &ret->typed, err);
	keymap_free(keymap);
	return good || error_wrap(err, "cannot type to '%s'", machine->name);
}

void type_result_clear(struct type_result *result)
{
	strv_free(result->untyped);
	*result = (struct type_result){ 0 };
}
