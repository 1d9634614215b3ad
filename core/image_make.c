/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images made: new ones, and copies in another format. Both under a name that is no image's until they are whole. */
#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/uuid.h"
#include "core/image_work_internal.h"

#include <stdlib.h>
#include <string.h>

#define UNIT_BYTES 512 /* what qemu-img takes for -S */

/* Where an image is until it is whole: each job's own, so that of two for one place neither spoils what the other
 * writes. Owned. */
static char *unfinished_path(const char *path)
{
	const char *base = strrchr(path, '/') + 1;
	char uuid[UUID_TEXT_SIZE];

	uuid_make(uuid);
	return strf("%.*s.virtty-%.190s-%.8s.part", (int)(base - path), path, base, uuid);
}

static bool takes_all(const struct image_options *options)
{
	return text_equal(options->preallocation, "full") || text_equal(options->preallocation, "falloc");
}

/* argv makes it at its unfinished place: from there on it is the job's. */
static bool start(struct manager *manager, enum job_kind kind, const struct image_name *target, const char *unfinished,
		  uint64_t bytes_total, char **argv, int64_t *ret_job, struct error *err)
{
	_cleanup_free_ char *subject = image_subject(target);
	struct job_plan plan = {
		.kind = kind,
		.subject = subject,
		.argv = argv,
		.target = unfinished,
		.final = target->path,
		.target_is_ours = true,
		.bytes_total = bytes_total,
		.format = target->format,
		.pool = target->pool,
	};

	int64_t making = 0;

	if (!job_reap(manager, err) || !job_making(manager, target->path, &making, err))
		return false;
	if (making != 0)
		return error_set(err, ERROR_EXISTS, "'%s' exists already: job %lld is making it", target->path,
				 (long long)making);
	return job_start(manager, &plan, -1, ret_job, err);
}

/* ---- new ---- */

/* An overlay's base is there, is what it is said to be, and stands on nothing unstated. */
static bool check_backing(struct manager *manager, const struct image_options *options, struct error *err)
{
	struct image_name backing = { .path = (char *)(uintptr_t)options->backing_file,
				      .format = options->backing_format };
	struct image_layer *layers = NULL;
	size_t count = 0;
	bool ok;

	if (options->backing_file == NULL)
		return true;
	if (!image_chain_load(manager, &backing, false, &layers, &count, err))
		return error_wrap(err, "backing file");
	ok = layers[count - 1].trouble == NULL ||
	     error_set(err, ERROR_INVALID, "backing file: %s", layers[count - 1].trouble);
	image_layers_free(layers, count);
	return ok;
}

bool image_create(struct manager *manager, const struct image_name *target, const struct image_options *options,
		  int64_t *ret_job, struct error *err)
{
	_cleanup_free_ char *unfinished = unfinished_path(target->path);
	struct image_options complete = *options;
	_cleanup_strv_ char **argv = NULL;

	complete.format = target->format;
	complete.secret_file = target->secret_file;
	if (complete.size_bytes == 0 && complete.backing_file == NULL)
		return error_set(err, ERROR_INVALID, "'%s': a new image needs a size", target->path);
	argv = qemu_img_create(unfinished, &complete, err);
	return argv != NULL && check_backing(manager, options, err) &&
	       (!takes_all(&complete) || storage_room(target->path, complete.size_bytes, err)) &&
	       start(manager, JOB_CREATE, target, unfinished, takes_all(&complete) ? complete.size_bytes : 0, argv,
		     ret_job, err);
}

/* ---- copies ---- */

/* How much the copy will hold at least: what a qcow2 one would, since that can be measured, or all of it. What is
 * compressed is not known beforehand. */
static bool check_room(struct manager *manager, const struct image_name *source, const struct image_name *target,
		       const struct image_conversion *conversion, struct error *err)
{
	const struct image_options plain = { .format = IMAGE_QCOW2 };
	_cleanup_json_ struct json_object *measured = NULL;
	bool all = takes_all(&conversion->options) || (conversion->dense && target->format == IMAGE_RAW);

	if (conversion->compress || conversion->snapshot != NULL ||
	    !image_measure(manager, source, &plain, &measured, NULL))
		return true;
	int64_t bytes = json_get_int(measured, all ? "fully-allocated" : "required", 0);

	return bytes <= 0 || storage_room(target->path, (uint64_t)bytes, err);
}

static bool check_conversion(const struct image_name *source, const struct image_conversion *conversion,
			     struct error *err)
{
	if (conversion->sparse_bytes % UNIT_BYTES != 0)
		return error_set(err, ERROR_INVALID, "runs of zeroes are counted in whole sectors of %d bytes, not %u",
				 UNIT_BYTES, conversion->sparse_bytes);
	if (conversion->snapshot != NULL && source->format != IMAGE_QCOW2)
		return error_set(err, ERROR_INVALID, "'%s' is a %s image, and has no snapshots", source->path,
				 enum_word(&image_format_words, (int)source->format));
	if (conversion->options.backing_file != NULL && conversion->snapshot != NULL)
		return error_set(err, ERROR_INVALID, "a snapshot is copied whole: without a backing file");
	return true;
}

bool image_check_delta(const char *source, const char *below, const char *backing, struct error *err)
{
	if (backing == NULL || below == NULL || image_same_file(below, backing))
		return true;
	error_set(err, ERROR_INVALID, "a copy of '%s' cannot stand on '%s': the image itself stands on '%s'", source,
		  backing, below);
	return error_hint(err,
			  "copy it with that backing file or with none; 'virtty image-rebase' puts it on another then");
}

bool image_convert(struct manager *manager, const struct image_name *source, const struct image_name *target,
		   const struct image_conversion *conversion, int64_t *ret_job, struct error *err)
{
	_cleanup_free_ char *unfinished = unfinished_path(target->path);
	_cleanup_strv_ char **argv = NULL;
	struct image_layer *layers = NULL;
	size_t count = 0;
	struct image_convert convert = {
		.source = source->path,
		.source_format = source->format,
		.source_secret_file = source->secret_file,
		.target = unfinished,
		.options = conversion->options,
		.compress = conversion->compress,
		.dense = conversion->dense,
		.sparse_bytes = conversion->sparse_bytes,
		.snapshot = conversion->snapshot,
	};

	convert.options.format = target->format;
	convert.options.secret_file = target->secret_file;
	argv = qemu_img_convert(&convert, err);
	if (argv == NULL || !check_conversion(source, conversion, err) ||
	    !check_backing(manager, &conversion->options, err) ||
	    !image_chain_check(manager, source, "convert", &layers, &count, err))
		return false;
	uint64_t bytes = layers[0].image.virtual_bytes;
	bool fits = image_check_delta(source->path, count > 1 ? layers[1].path : NULL, conversion->options.backing_file,
				      err);
	bool locked = layers[0].image.encrypted && source->secret_file == NULL;

	image_layers_free(layers, count);
	if (!fits)
		return false;
	if (locked) {
		error_set(err, ERROR_INVALID, "'%s' is encrypted, and its passphrase was not named", source->path);
		return error_hint(err, "--secret names a secret, or a file that holds the passphrase");
	}
	if (bytes == 0 && !image_virtual_bytes(source, &bytes, err))
		return false;
	return check_room(manager, source, target, conversion, err) &&
	       start(manager, JOB_CONVERT, target, unfinished, bytes, argv, ret_job, err);
}
