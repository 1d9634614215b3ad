/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A change of the host's network that is under way: what is to be put back if nobody wants it, on disk, and the lock of who carries it out. */
#include "core/bridge_internal.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "core/manager_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORD_BYTES ((size_t)64 * 1024 * 1024)

static const char *const stages[] = { "making", "whole", "undoing" };

void bridge_plan_clear(struct bridge_plan *plan)
{
	carried_free(plan->carried);
	*plan = (struct bridge_plan){ 0 };
}

char *bridge_directory(struct manager *manager)
{
	return strf("%s/bridge", manager->paths.run);
}

char *bridge_socket(const char *directory)
{
	return strf("%s/control", directory);
}

static char *record_path(const char *directory)
{
	return strf("%s/change", directory);
}

bool bridge_plan_write(const char *directory, const struct bridge_plan *plan, struct error *err)
{
	_cleanup_free_ char *path = record_path(directory), *text = NULL;
	_cleanup_json_ struct json_object *json = json_object_new_object();

	json_set_string(json, "boot_id", process_boot_id());
	json_set_string(json, "stage", stages[plan->stage]);
	json_set_string(json, "name", plan->name);
	json_set_string(json, "port", plan->port);
	json_set_string(json, "mac", plan->mac);
	json_set_bool(json, "port_up", plan->port_up);
	json_set_bool(json, "ipv6_off", plan->ipv6_off);
	json_set_int(json, "deadline_ms", plan->deadline_ms);
	json_set(json, "carried", carried_to_json(plan->carried));
	text = json_text(json);
	return file_write(path, text, strlen(text), 0600, err);
}

static void take_text(struct json_object *json, const char *key, char *ret, size_t size)
{
	const char *text = json_get_string(json, key, "");

	if (strlen(text) < size)
		memcpy(ret, text, strlen(text) + 1);
}

bool bridge_plan_read(const char *directory, struct bridge_plan *ret, struct error *err)
{
	_cleanup_free_ char *path = record_path(directory), *text = NULL;
	_cleanup_json_ struct json_object *json = NULL;
	struct bridge_plan plan = { 0 };

	*ret = plan;
	if (!path_exists(path))
		return error_set(err, ERROR_NOT_FOUND, "no bridge is being made");
	if (!file_read(path, RECORD_BYTES, &text, NULL, err))
		return false;
	json = json_parse(path, text, strlen(text), err);
	if (json == NULL)
		return false;
	if (!text_equal(json_get_string(json, "boot_id", ""), process_boot_id()))
		return error_set(err, ERROR_NOT_FOUND, "no bridge is being made");
	for (size_t i = 0; i < ARRAY_LENGTH(stages); i++)
		if (text_equal(json_get_string(json, "stage", ""), stages[i]))
			plan.stage = (enum bridge_stage)i;
	take_text(json, "name", plan.name, sizeof plan.name);
	take_text(json, "port", plan.port, sizeof plan.port);
	take_text(json, "mac", plan.mac, sizeof plan.mac);
	plan.port_up = json_get_bool(json, "port_up", true);
	plan.ipv6_off = json_get_bool(json, "ipv6_off", false);
	plan.deadline_ms = json_get_int(json, "deadline_ms", 0);
	plan.carried = carried_from_json(json_get(json, "carried"), err);
	if (plan.carried == NULL)
		return false;
	*ret = plan;
	return true;
}

void bridge_plan_remove(const char *directory)
{
	_cleanup_free_ char *path = record_path(directory);

	unlink(path);
}

/* ---- the lock ---- */

static int open_lock(const char *directory, int flags)
{
	_cleanup_free_ char *path = strf("%s/lock", directory);

	return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

int bridge_lock(const char *directory, struct error *err)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	_cleanup_close_ int fd = directory_make(directory, 0700, err) ? open_lock(directory, O_RDWR | O_CREAT) : -1;
	_cleanup_bridge_plan_ struct bridge_plan plan = { 0 };

	if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &whole) == 0)
		return TAKE_FD(fd);
	if (fd < 0 || (errno != EAGAIN && errno != EACCES)) {
		error_set_errno(err, errno, "cannot lock '%s'", directory);
		return -1;
	}
	if (!bridge_plan_read(directory, &plan, NULL) || plan.stage != BRIDGE_WHOLE) {
		error_set(err, ERROR_BUSY, "another bridge is being made or taken away at this moment");
		error_hint(err, "'virtty bridge list' shows it");
		return -1;
	}
	error_set(err, ERROR_BUSY, "bridge '%s' waits to be confirmed", plan.name);
	error_hint(err, "'virtty bridge confirm %s' keeps it, 'virtty bridge delete %s' puts everything back", plan.name, plan.name);
	return -1;
}

bool bridge_is_locked(const char *directory)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	_cleanup_close_ int fd = open_lock(directory, O_RDWR);

	return fd >= 0 && fcntl(fd, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

/* ---- messages ---- */

struct json_object *bridge_request_json(const struct bridge_request *request)
{
	struct json_object *json = json_object_new_object();

	json_set_string(json, "name", request->name);
	json_set_string(json, "port", request->port);
	json_set_string(json, "mac", request->mac);
	json_set_bool(json, "stp", request->stp);
	json_set_int(json, "delay_s", request->delay_s);
	json_set_int(json, "mtu", request->mtu);
	json_set_int(json, "timeout_s", request->timeout_s);
	return json;
}

void bridge_request_read(struct json_object *json, struct bridge_request *ret)
{
	*ret = (struct bridge_request){
		.name = json_get_string(json, "name", ""),
		.port = json_get_string(json, "port", NULL),
		.mac = json_get_string(json, "mac", NULL),
		.stp = json_get_bool(json, "stp", false),
		.delay_s = (unsigned)json_get_int(json, "delay_s", 0),
		.mtu = (unsigned)json_get_int(json, "mtu", 0),
		.timeout_s = (unsigned)json_get_int(json, "timeout_s", 0),
	};
}
