/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a change of devices says to QEMU, over the connection that holds the lock, and what it hears. */
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/device_internal.h"
#include "hv/hotplug.h"
#include "hv/qmp.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A busy host may keep QEMU from answering for long: nothing is concluded from that before this. */
#define CALL_TIMEOUT_MS	   120000
#define TAKE_BACK_LIMIT_MS 5000
#define TAKE_BACK_STEP_MS  20

bool change_call(struct device_change *change, const char *command, struct json_object *arguments,
		 struct json_object **ret_reply, struct error *err)
{
	return qmp_call_fd(change->fd, command, arguments, CALL_TIMEOUT_MS, ret_reply, err);
}

struct json_object *id_argument(const char *id)
{
	struct json_object *arguments = json_object_new_object();

	json_set_string(arguments, "id", id);
	return arguments;
}

static size_t length_of(struct json_object *array)
{
	return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

static bool run_one(struct device_change *change, struct json_object *command, struct error *err)
{
	struct json_object *arguments = json_get(command, "arguments");

	return change_call(change, json_get_string(command, "execute", ""),
			   arguments ? json_object_get(arguments) : NULL, NULL, err);
}

struct json_object *commands_reverse(struct json_object *commands)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = length_of(commands); i > 0; i--) {
		struct json_object *reverse = hotplug_reverse(json_object_array_get_idx(commands, i - 1));

		if (reverse)
			json_object_array_add(array, reverse);
	}
	return array;
}

void change_try(struct device_change *change, struct json_object *commands)
{
	for (size_t i = 0; i < length_of(commands); i++)
		(void)run_one(change, json_object_array_get_idx(commands, i), NULL);
}

/* A device that is gone may hold its block nodes until QEMU has cleaned up behind it. */
static void take_back_one(struct device_change *change, struct json_object *command, int64_t deadline)
{
	for (;;) {
		_cleanup_error_ struct error local = ERROR_INIT;

		if (run_one(change, command, &local) || !strstr(error_text(&local), "in use") ||
		    clock_monotonic_ms() >= deadline)
			return;
		poll(NULL, 0, TAKE_BACK_STEP_MS);
	}
}

void change_take_back(struct device_change *change, struct json_object *commands)
{
	int64_t deadline = clock_monotonic_ms() + TAKE_BACK_LIMIT_MS;

	for (size_t i = 0; i < length_of(commands); i++)
		take_back_one(change, json_object_array_get_idx(commands, i), deadline);
}

bool change_run(struct device_change *change, struct json_object *commands, struct error *err)
{
	_cleanup_json_ struct json_object *done = json_object_new_array(), *back = NULL;

	for (size_t i = 0; i < length_of(commands); i++) {
		struct json_object *command = json_object_array_get_idx(commands, i);

		if (!run_one(change, command, err)) {
			back = commands_reverse(done);
			change_try(change, back);
			return error_wrap(err, "'%s'", change->machine.name);
		}
		json_object_array_add(done, json_object_get(command));
	}
	return true;
}

/* ---- events ---- */

bool change_listen(struct device_change *change, struct error *err)
{
	_cleanup_free_ char *directory = machine_run_directory(change->manager, change->machine.id),
			    *control = strf("%s/control", directory);

	if (change->events < 0)
		change->events = qmp_open(control, CALL_TIMEOUT_MS, err);
	return change->events >= 0;
}

static bool is_one_of(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

struct json_object *change_event(struct device_change *change, const char *const *names, const char *alias,
				 int64_t deadline_ms, struct error *err)
{
	for (;;) {
		int64_t left = deadline_ms - clock_monotonic_ms();
		struct json_object *event = qmp_read_event(change->events, left > 0 ? (int)left : 0, err);
		const char *device;

		if (!event)
			return NULL;
		device = json_get_string(event, "data/device", json_get_string(event, "data/id", NULL));
		if (is_one_of(names, json_get_string(event, "event", "")) &&
		    (text_equal(device, alias) || text_equal(json_get_string(event, "data/id", NULL), alias)))
			return event;
		json_object_put(event);
	}
}

/* ---- what there is ---- */

bool change_devices(struct device_change *change, char ***ret, struct error *err)
{
	_cleanup_json_ struct json_object *answer = NULL;
	struct json_object *arguments = json_object_new_object();

	*ret = NULL;
	json_set_string(arguments, "path", "/machine/peripheral");
	if (!change_call(change, "qom-list", arguments, &answer, err))
		return false;
	for (size_t i = 0; i < length_of(answer); i++)
		*ret = strv_add(*ret, json_get_string(json_object_array_get_idx(answer, i), "name", ""));
	return true;
}

bool change_alive(struct device_change *change)
{
	return change_call(change, "query-status", NULL, NULL, NULL);
}

unsigned block_node_number(const char *name)
{
	const char *digits = text_starts(name, "libvirt-") ? name + strlen("libvirt-") : "";
	size_t length = strspn(digits, "0123456789");
	_cleanup_free_ char *text = xstrndup(digits, length);
	uint64_t number = 0;

	if (digits[length] != '-' || !text_to_uint(text, false, &number) || number > UINT32_MAX / 2)
		return 0;
	return (unsigned)number;
}

/* The names of all block nodes. Owned vector. */
static bool node_names(struct device_change *change, char ***ret, struct error *err)
{
	_cleanup_json_ struct json_object *answer = NULL;
	struct json_object *arguments = json_object_new_object();

	*ret = NULL;
	json_set_bool(arguments, "flat", true);
	if (!change_call(change, "query-named-block-nodes", arguments, &answer, err))
		return false;
	for (size_t i = 0; i < length_of(answer); i++)
		*ret = strv_add(*ret, json_get_string(json_object_array_get_idx(answer, i), "node-name", ""));
	return true;
}

unsigned change_node_number(struct device_change *change, struct error *err)
{
	_cleanup_strv_ char **names = NULL;
	unsigned highest = 0;

	if (!node_names(change, &names, err))
		return 0;
	for (size_t i = 0; names && names[i]; i++)
		if (block_node_number(names[i]) > highest)
			highest = block_node_number(names[i]);
	return highest + 1;
}

/* Upper nodes go before lower ones: formats before storage, an overlay (the lower number) before what it stands on. */
static int compare_nodes(const void *a, const void *b)
{
	const char *left = *(char *const *)a, *right = *(char *const *)b;
	unsigned m = block_node_number(left), n = block_node_number(right);

	if (m != n)
		return m < n ? -1 : 1;
	return strcmp(left, right);
}

static bool delete_node(struct device_change *change, const char *name, struct error *err)
{
	struct json_object *arguments = json_object_new_object();

	json_set_string(arguments, "node-name", name);
	return change_call(change, "blockdev-del", arguments, NULL, err);
}

/* Secrets are named after the node that they open: those of nodes that are gone go too. */
static void sweep_secrets(struct device_change *change)
{
	_cleanup_json_ struct json_object *answer = NULL;
	_cleanup_strv_ char **nodes = NULL;
	struct json_object *arguments = json_object_new_object();

	json_set_string(arguments, "path", "/objects");
	if (!change_call(change, "qom-list", arguments, &answer, NULL) || !node_names(change, &nodes, NULL))
		return;
	for (size_t i = 0; i < length_of(answer); i++) {
		const char *name = json_get_string(json_object_array_get_idx(answer, i), "name", "");
		unsigned number = block_node_number(name);
		bool used = number == 0;

		for (size_t n = 0; !used && nodes && nodes[n]; n++)
			used = block_node_number(nodes[n]) == number;
		if (!used)
			(void)change_call(change, "object-del", id_argument(name), NULL, NULL);
	}
}

/* QEMU refuses to remove what is used: so all of ours may be tried. */
void change_sweep_nodes(struct device_change *change)
{
	_cleanup_strv_ char **names = NULL;

	if (!node_names(change, &names, NULL) || !names)
		return;
	qsort(names, strv_length(names), sizeof *names, compare_nodes);
	for (size_t i = 0; names[i]; i++)
		if (block_node_number(names[i]) != 0)
			(void)delete_node(change, names[i], NULL);
	sweep_secrets(change);
}

struct json_object *block_entry(struct json_object *answer, const char *alias)
{
	_cleanup_free_ char *inside = strf("/peripheral/%s/", alias), *end = strf("/peripheral/%s", alias);

	for (size_t i = 0; i < length_of(answer); i++) {
		struct json_object *entry = json_object_array_get_idx(answer, i);
		const char *qdev = json_get_string(entry, "qdev", "");

		if (strcmp(qdev, alias) == 0 || strstr(qdev, inside) || text_ends(qdev, end))
			return entry;
	}
	return NULL;
}

struct json_object *change_block(struct device_change *change, const char *alias, struct json_object **ret_answer,
				 struct error *err)
{
	struct json_object *entry;

	if (!change_call(change, "query-block", NULL, ret_answer, err))
		return NULL;
	entry = block_entry(*ret_answer, alias);
	if (!entry)
		error_set(err, ERROR_NOT_FOUND, "QEMU has no disk '%s'", alias);
	return entry;
}

/* ---- letting go ---- */

static bool fail_held(struct device_change *change, const char *what, int wait_ms, struct error *err)
{
	error_set(err, ERROR_TIMEOUT, "the guest does not let go of %s (waited %g s)", what, wait_ms / 1000.0);
	if (change->machine.state == RUN_PAUSED)
		return error_hint(err, "it is paused: 'virtty resume %s' lets it go on, and it may let go then",
				  change->machine.name);
	return error_hint(err, "it was asked and may still do so, then the document follows; before an operating "
			       "system runs, no guest does");
}

/* Is it gone already, whatever was missed? */
static bool is_gone(struct device_change *change, const char *alias)
{
	_cleanup_strv_ char **devices = NULL;

	return change_devices(change, &devices, NULL) && !strv_contains(devices, alias);
}

bool change_unplug(struct device_change *change, const char *alias, const char *what, int wait_ms, struct error *err)
{
	static const char *const names[] = { "DEVICE_DELETED", "DEVICE_UNPLUG_GUEST_ERROR", NULL };
	_cleanup_error_ struct error local = ERROR_INIT;
	_cleanup_json_ struct json_object *event = NULL;
	int64_t deadline = clock_monotonic_ms() + wait_ms;

	if (!change_listen(change, err))
		return false;
	if (!change_call(change, "device_del", id_argument(alias), NULL, &local)) {
		if (is_gone(change, alias))
			return true;
		/* it was asked before, and has not answered yet */
		if (!strstr(error_text(&local), "already in the process of unplug"))
			return error_move(err, &local);
		error_clear(&local);
	}
	event = change_event(change, names, alias, deadline, &local);
	if (!event && (local.code != ERROR_TIMEOUT || !is_gone(change, alias)))
		return local.code == ERROR_TIMEOUT ? fail_held(change, what, wait_ms, err) : error_move(err, &local);
	if (event && strcmp(json_get_string(event, "event", ""), "DEVICE_DELETED") != 0) {
		error_set(err, ERROR_FAILED, "the guest refuses to let go of %s", what);
		return error_hint(err, "it is in use there: unmount it in the guest first");
	}
	return true;
}
