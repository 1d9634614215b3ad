/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What pools share whose volumes are block devices. */
#ifndef STORAGE_POOL_BLOCK_H
#define STORAGE_POOL_BLOCK_H

#include "storage/pool_driver.h"

/* Only plain volumes lie right on a device. ERROR_UNSUPPORTED says what of the request is not possible there. */
bool block_request_check(const struct pool *pool, const struct volume_request *request, struct error *err);
/* The volume's device gets the owner and mode that were asked for. */
bool block_set_owner(const char *path, const struct pool_permissions *permissions, struct error *err);
/* Is there room for so much? "no room for 2 GiB in volume group 'vg0': 1 GiB are free, 1 GiB lack". */
bool block_room(const char *where, uint64_t wanted, uint64_t available, struct error *err);
/* ERROR_BUSY: the host itself uses the volume; verb is what was to be done. */
bool block_check_free(const struct volume *volume, const char *verb, struct error *err);
/* May a device be made a part of a pool? Nobody uses it, and nothing lies on it, unless that is to be overwritten. */
bool block_check_device(const struct pool *pool, const char *device, bool overwrite, struct error *err);

#endif
