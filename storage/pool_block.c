/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes that are block devices: what may be asked for, who may have them. */
#include "storage/pool_block.h"

#include "base/memory.h"
#include "base/text.h"
#include "storage/block_device.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool block_request_check(const struct pool *pool, const struct volume_request *request, struct error *err)
{
	const char *type = enum_word(&pool_type_words, (int)pool->type);

	if (request->format != IMAGE_RAW && request->format != IMAGE_UNKNOWN) {
		error_set(err, ERROR_UNSUPPORTED, "volumes of pools of type %s are devices, and raw: not %s", type,
			  enum_word(&image_format_words, (int)request->format));
		return error_hint(err, "a pool of type dir holds images of other formats");
	}
	if (request->encryption != NULL)
		return error_set(err, ERROR_UNSUPPORTED, "volumes of pools of type %s cannot be encrypted", type);
	if (request->capacity.value == 0)
		return error_set(err, ERROR_INVALID, "a volume of a pool of type %s needs a size", type);
	return true;
}

bool block_set_owner(const char *path, const struct pool_permissions *permissions, struct error *err)
{
	int64_t owner = -1, group = -1;

	if (permissions->owner != NULL)
		(void)text_to_int(permissions->owner, &owner);
	if (permissions->group != NULL)
		(void)text_to_int(permissions->group, &group);
	if ((owner >= 0 || group >= 0) && chown(path, (uid_t)owner, (gid_t)group) < 0)
		return error_set_errno(err, errno, "cannot give '%s' to its owner", path);
	if (permissions->mode != NULL && chmod(path, (mode_t)strtoul(permissions->mode, NULL, 8)) < 0)
		return error_set_errno(err, errno, "cannot set the mode of '%s'", path);
	return true;
}

bool block_room(const char *where, uint64_t wanted, uint64_t available, struct error *err)
{
	if (wanted <= available)
		return true;
	_cleanup_free_ char *need = size_format(wanted), *have = size_format(available),
			    *lack = size_format(wanted - available);

	return error_set(err, ERROR_FAILED, "no room for %s in %s: %s are free, %s lack", need, where, have, lack);
}

bool block_check_free(const struct volume *volume, const char *verb, struct error *err)
{
	_cleanup_free_ char *user = device_user(volume->path);

	return user == NULL ||
	       error_set(err, ERROR_BUSY, "cannot %s volume '%s': '%s' is %s", verb, volume->name, volume->path, user);
}

bool block_check_device(const struct pool *pool, const char *device, bool overwrite, struct error *err)
{
	_cleanup_free_ char *user = NULL, *content = NULL;
	uint64_t bytes;

	if (!device_size(device, &bytes, err))
		return error_wrap(err, "cannot build pool '%s'", pool->name);
	user = device_user(device);
	if (user != NULL)
		return error_set(err, ERROR_BUSY, "cannot build pool '%s': '%s' is %s", pool->name, device, user);
	if (overwrite)
		return true;
	if (!device_content(device, &content, err))
		return error_wrap(err, "cannot build pool '%s'", pool->name);
	if (content == NULL)
		return true;
	error_set(err, ERROR_EXISTS, "cannot build pool '%s': '%s' holds %s already", pool->name, device, content);
	return error_hint(err, "--overwrite makes a new one, and all on it is lost");
}
