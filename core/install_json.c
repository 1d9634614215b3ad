/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct install_request to JSON and back, over tables of its members. */
#include "core/install_json.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

enum member_type { MEMBER_TEXT, MEMBER_SIZE, MEMBER_COUNT, MEMBER_FLAG };

struct member {
	const char *name;
	enum member_type type;
	size_t offset;
};

#define MEMBER(structure, type, name) { #name, MEMBER_##type, offsetof(struct structure, name) }

static const struct member request_members[] = {
	MEMBER(install_request, TEXT, name),	   MEMBER(install_request, SIZE, memory_mib),
	MEMBER(install_request, COUNT, vcpus),	   MEMBER(install_request, TEXT, cdrom),
	MEMBER(install_request, FLAG, import),	   MEMBER(install_request, FLAG, no_disks),
	MEMBER(install_request, FLAG, noreboot),   MEMBER(install_request, FLAG, no_serial),
	MEMBER(install_request, FLAG, no_agent),
	MEMBER(install_request, TEXT, graphics),   MEMBER(install_request, TEXT, password),
	MEMBER(install_request, TEXT, boot),	   MEMBER(install_request, TEXT, virt_type),  MEMBER(install_request, TEXT, machine),
	MEMBER(install_request, TEXT, cpu),	   MEMBER(install_request, TEXT, osinfo),
	MEMBER(install_request, TEXT, cloud_init), MEMBER(install_request, TEXT, cloud_password),
	MEMBER(install_request, TEXT, cloud_root_password),
	MEMBER(install_request, TEXT, title),	   MEMBER(install_request, TEXT, description),
};

static const struct member disk_members[] = {
	MEMBER(install_disk, TEXT, copy),
	MEMBER(install_disk, TEXT, path),     MEMBER(install_disk, TEXT, pool),	      MEMBER(install_disk, TEXT, volume),
	MEMBER(install_disk, SIZE, size_bytes), MEMBER(install_disk, TEXT, format),   MEMBER(install_disk, TEXT, backing),
	MEMBER(install_disk, TEXT, backing_format), MEMBER(install_disk, FLAG, full), MEMBER(install_disk, TEXT, bus),
	MEMBER(install_disk, TEXT, cache),    MEMBER(install_disk, TEXT, discard),    MEMBER(install_disk, TEXT, io),
	MEMBER(install_disk, FLAG, readonly), MEMBER(install_disk, FLAG, cdrom),
};

static void put_members(struct json_object *object, const struct member *members, size_t count, const void *from)
{
	for (size_t i = 0; i < count; i++) {
		const void *at = (const char *)from + members[i].offset;

		switch (members[i].type) {
		case MEMBER_TEXT:
			json_set_string(object, members[i].name, *(char *const *)at);
			break;
		case MEMBER_SIZE:
			json_set(object, members[i].name, json_object_new_uint64(*(const uint64_t *)at));
			break;
		case MEMBER_COUNT:
			json_set_int(object, members[i].name, *(const unsigned *)at);
			break;
		case MEMBER_FLAG:
			json_set_bool(object, members[i].name, *(const bool *)at);
			break;
		}
	}
}

static const json_type json_types[] = {
	[MEMBER_TEXT] = json_type_string,
	[MEMBER_SIZE] = json_type_int,
	[MEMBER_COUNT] = json_type_int,
	[MEMBER_FLAG] = json_type_boolean,
};

static bool take_members(struct json_object *object, const struct member *members, size_t count, void *to, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		struct json_object *value = json_get(object, members[i].name);
		void *at = (char *)to + members[i].offset;
		int64_t number;

		if (!value)
			continue;
		if (!json_object_is_type(value, json_types[members[i].type]))
			return error_set(err, ERROR_INVALID, "request: '%s' has a wrong type", members[i].name);
		number = json_object_get_int64(value);
		switch (members[i].type) {
		case MEMBER_TEXT:
			*(char **)at = xstrdup(json_object_get_string(value));
			break;
		case MEMBER_SIZE:
			*(uint64_t *)at = json_object_get_uint64(value);
			break;
		case MEMBER_COUNT:
			if (number < 0 || number > UINT_MAX)
				return error_set(err, ERROR_INVALID, "request: '%s' is out of range", members[i].name);
			*(unsigned *)at = (unsigned)number;
			break;
		case MEMBER_FLAG:
			*(bool *)at = json_object_get_boolean(value);
			break;
		}
	}
	return true;
}

struct json_object *install_request_json(const struct install_request *request)
{
	struct json_object *object = json_object_new_object();
	struct json_object *disks = json_object_new_array();

	put_members(object, request_members, ARRAY_LENGTH(request_members), request);
	for (size_t i = 0; i < request->disk_count; i++) {
		struct json_object *disk = json_object_new_object();

		put_members(disk, disk_members, ARRAY_LENGTH(disk_members), &request->disks[i]);
		json_object_array_add(disks, disk);
	}
	json_set(object, "disks", disks);
	if (request->networks) {
		struct json_object *networks = json_object_new_array();

		for (char **network = request->networks; *network; network++)
			json_object_array_add(networks, json_object_new_string(*network));
		json_set(object, "networks", networks);
	}
	return object;
}

/* The items of an array member; 0 when it is not there. */
static bool array_length(struct json_object *array, const char *name, size_t *ret, struct error *err)
{
	*ret = 0;
	if (!array)
		return true;
	if (!json_object_is_type(array, json_type_array))
		return error_set(err, ERROR_INVALID, "request: '%s' has a wrong type", name);
	*ret = json_object_array_length(array);
	return true;
}

bool install_request_from_json(struct json_object *object, struct install_request *ret, struct error *err)
{
	struct json_object *disks = json_get(object, "disks"), *networks = json_get(object, "networks");
	size_t disk_count, network_count;

	*ret = (struct install_request){ 0 };
	if (!take_members(object, request_members, ARRAY_LENGTH(request_members), ret, err) ||
	    !array_length(disks, "disks", &disk_count, err) || !array_length(networks, "networks", &network_count, err))
		return false;
	for (size_t i = 0; i < disk_count; i++) {
		struct install_disk *disk = ARRAY_ADD(ret->disks, ret->disk_count);

		if (!take_members(json_object_array_get_idx(disks, i), disk_members, ARRAY_LENGTH(disk_members), disk, err))
			return false;
	}
	for (size_t i = 0; i < network_count; i++) {
		struct json_object *network = json_object_array_get_idx(networks, i);

		if (!json_object_is_type(network, json_type_string))
			return error_set(err, ERROR_INVALID, "request: 'networks' has a wrong type");
		ret->networks = strv_add(ret->networks, json_object_get_string(network));
	}
	return true;
}
