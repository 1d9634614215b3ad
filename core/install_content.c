/* SPDX-License-Identifier: GPL-2.0-or-later */
/* New disks of an installation that are filled with an image from elsewhere. */
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/uuid.h"
#include "core/import.h"
#include "core/install_internal.h"
#include "core/job.h"
#include "core/storage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool install_resolve_content(const struct install_disk *disk, struct install_image *image, struct error *err)
{
	if (disk->copy == NULL && disk->content == NULL)
		return true;
	if (disk->backing != NULL || disk->full)
		return error_set(err, ERROR_INVALID, "disk: copy= excludes backing_store= and sparse=no");
	if (image->block) {
		error_set(err, ERROR_UNSUPPORTED, "disk: a volume of pool '%s' cannot be filled with an image yet", image->pool);
		return error_hint(err, "copy it into a pool of files");
	}
	if (disk->content != NULL) {
		image->content = import_image_copy(disk->content);
	} else {
		image->content = xcalloc(1, sizeof *image->content);
		if (!import_look(disk->copy, IMAGE_UNKNOWN, image->content, err))
			return false;
	}
	uint64_t is = image->content->virtual_bytes;

	if (disk->size_bytes != 0 && is > disk->size_bytes) {
		_cleanup_free_ char *has = size_format(is), *wanted = size_format(disk->size_bytes);

		error_set(err, ERROR_INVALID, "disk: '%s' is %s, more than the size of %s", image->content->name, has, wanted);
		return error_hint(err, "without size= the disk is as large as that");
	}
	if (disk->size_bytes == 0)
		image->size_bytes = is;
	return true;
}

/* Bytes that the job's steps go through, for its progress. */
static uint64_t total_bytes(const struct import_image *content, enum image_format format)
{
	bool packed = content->packing != PACKING_NONE, same = content->format == format;
	uint64_t total = content->digest != DIGEST_NONE ? content->stored_bytes : 0;

	if (packed || same)
		total += content->stored_bytes;
	if (!same)
		total += content->virtual_bytes != 0 ? content->virtual_bytes : content->stored_bytes;
	return total;
}

struct telling {
	const struct install_request *request;
};

static bool on_progress(const struct job *job, void *userdata)
{
	const struct install_request *request = ((const struct telling *)userdata)->request;

	if (request->progress != NULL)
		request->progress(job, request->progress_userdata);
	return request->cancelled == NULL || !request->cancelled();
}

static bool run_job(struct manager *manager, const struct installation *installation, const struct job_plan *plan, struct error *err)
{
	struct telling telling = { installation->request };
	int ends[2];
	int64_t job;

	/* The job looks at this pipe: when we are killed, nobody would make a machine of what it makes. */
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	bool ok = job_start(manager, plan, ends[0], &job, err);

	close(ends[0]);
	ok = ok && job_wait(manager, job, on_progress, &telling, err);
	close(ends[1]);
	return ok;
}

/* Where an image is until it is whole: each job's own, so that of two for one place neither spoils what the other writes. Owned. */
static char *unfinished_path(const char *path)
{
	const char *base = strrchr(path, '/') + 1;
	char uuid[UUID_TEXT_SIZE];

	uuid_make(uuid);
	return strf("%.*s.virtty-%.190s-%.8s.part", (int)(base - path), path, base, uuid);
}

/* Is somebody else making the same? */
static bool check_not_made(struct manager *manager, const char *path, struct error *err)
{
	int64_t making = 0;

	return job_making(manager, path, &making, err) &&
	       (making == 0 || error_set(err, ERROR_EXISTS, "'%s' exists already: job %lld is making it", path, (long long)making));
}

bool install_fill_image(struct manager *manager, const struct installation *installation, const struct install_image *image, struct error *err)
{
	const struct import_image *content = image->content;
	const char *slash = strrchr(image->path, '/');
	_cleanup_free_ char *directory = xstrndup(image->path, slash == image->path ? 1 : (size_t)(slash - image->path));
	_cleanup_free_ char *made = unfinished_path(image->path), *scratch = strf("%s.unpacked", made);
	int format = enum_value(&image_format_words, image->format);
	struct job_plan plan = {
		.kind = JOB_IMPORT,
		.subject = content->name,
		.source = content->path,
		.source_offset = content->offset,
		.length = content->length,
		.source_format = content->format == IMAGE_ISO ? IMAGE_RAW : content->format,
		.packing = content->packing,
		.digest = content->digest,
		.digest_hex = content->digest_hex,
		.target = made,
		.scratch = scratch,
		.final = image->path,
		.target_is_ours = true,
		.format = (enum image_format)format,
		.size_bytes = image->size_bytes,
		.bytes_total = total_bytes(content, (enum image_format)format),
		.pool = image->pool,
		.tied = true,
	};

	if (!directory_make(directory, 0700, err) || !job_reap(manager, err) || !check_not_made(manager, image->path, err))
		return false;
	return run_job(manager, installation, &plan, err);
}
