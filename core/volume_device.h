/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes that are block devices: filled by jobs that write right into them, since a device cannot be renamed into its
 * place. Until such a job has ended well the device is nobody's volume; when it does not, the device goes. */
#ifndef CORE_VOLUME_DEVICE_H
#define CORE_VOLUME_DEVICE_H

#include "core/job_internal.h"
#include "core/storage_internal.h"

/* Pools whose volumes are made by their driver alone, as devices. */
bool pool_is_devices(enum pool_type type);
/* What a request leaves open, and what such a pool cannot; of other pools as volume_request_settle(). */
bool volume_settle(const struct pool_work *work, struct volume_request *request, struct error *err);
/* Two pools of one disk or group would each change it under the other's eyes: ERROR_EXISTS. Others are fine. */
bool pool_check_source(struct manager *manager, const struct pool *pool, struct error *err);
/* Is this path a device that a pool made, and can delete? Its size. */
bool volume_device_owned(struct manager *manager, const char *path, uint64_t *ret_bytes);
/* Deletes it, as volume_delete(). */
bool volume_device_delete(struct manager *manager, const char *path, struct error *err);
/* Is there room by the pool's own figures, as of its last refresh? */
bool volume_device_room(const struct pool_work *work, const struct volume_request *request, struct error *err);
/* Makes a device as large as from, and starts the job that fills it: from the file or device that from is, or from what program prints (NULL: it is
 * one). The pool is locked, its space compared. */
bool volume_device_copy(struct manager *manager, struct pool_work *work, struct volume_request *request,
			const struct volume *from, char **program, struct volume *ret, int64_t *ret_job, struct error *err);
/* ERROR_BUSY while a job is still filling it. */
bool volume_device_whole(struct manager *manager, const struct volume *volume, struct error *err);

/* The end of such a job, well or not. */
bool job_volume_finish(struct manager *manager, int64_t id, const struct job_plan *plan, struct error *err);
void job_volume_remove(struct manager *manager, const struct job_plan *plan);

#endif
