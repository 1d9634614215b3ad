/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images checked, rebased, committed, compared and resized. */
#include "core/image_work.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/image_work_internal.h"
#include "core/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RESIZE_LIMIT_MS 60000

/* Takes argv over. */
static bool start(struct manager *manager, enum job_kind kind, const struct image_name *name, const char *also_pool,
		  uint64_t bytes_total, char **argv, int64_t *ret_job, struct error *err)
{
	_cleanup_free_ char *subject = image_subject(name);
	struct job_plan plan = { .kind = kind,
				 .subject = subject,
				 .argv = argv,
				 .bytes_total = bytes_total,
				 .pool = name->pool,
				 .also_pool = also_pool };
	bool ok = argv != NULL && job_reap(manager, err) && job_start(manager, &plan, -1, ret_job, err);

	strv_free(argv);
	return ok;
}

/* What qcow2 alone has. */
static bool check_qcow2(const struct image_name *name, const char *verb, const char *what, struct error *err)
{
	if (name->format == IMAGE_QCOW2)
		return true;
	return error_set(err, ERROR_UNSUPPORTED, "cannot %s '%s': a %s image has %s", verb, name->path,
			 enum_word(&image_format_words, (int)name->format), what);
}

bool image_check(struct manager *manager, const struct image_name *name, enum image_repair repair, int64_t *ret_job,
		 struct error *err)
{
	struct image_source image = image_source_of(name);
	struct image_layer *layers = NULL;
	size_t count = 0;
	const char *verb = repair == REPAIR_NOTHING ? "check" : "repair";

	if (name->format == IMAGE_RAW || name->format == IMAGE_ISO || name->format == IMAGE_LUKS) {
		error_set(err, ERROR_UNSUPPORTED,
			  "there is nothing to check in '%s': it is a %s image, whose bytes are all data", name->path,
			  enum_word(&image_format_words, (int)name->format));
		return error_hint(err, "--format says what it is, if it is something else");
	}
	/* qemu-img opens what is below, too. */
	if (!image_chain_check(manager, name, verb, &layers, &count, err))
		return false;
	image_layers_free(layers, count);
	return image_check_free(manager, name->path, verb, repair != REPAIR_NOTHING, err) &&
	       start(manager, JOB_CHECK, name, NULL, 0, qemu_img_check(&image, repair), ret_job, err);
}

/* Snapshots inside an image read through its backing file as well, and nothing would be copied for them. */
static bool check_snapshots(const char *path, unsigned snapshots, const char *verb, struct error *err)
{
	if (snapshots == 0)
		return true;
	error_set(err, ERROR_UNSUPPORTED, "cannot %s '%s': it has %u snapshot%s, which would lose what %s from below",
		  verb, path, snapshots, snapshots == 1 ? "" : "s", snapshots == 1 ? "it reads" : "they read");
	return error_hint(err, "'virtty image-convert -l NAME' copies one of them out");
}

/* ---- rebase ---- */

/* Would the image stand on itself? And is what is below it what it is said to be? */
static bool check_backing(struct manager *manager, const struct image_name *name, const struct image_name *backing,
			  struct error *err)
{
	struct image_layer *layers = NULL;
	size_t count = 0;
	bool ok = image_check_backing_name(backing->path, err) &&
		  image_chain_check(manager, backing, "rebase on", &layers, &count, err);

	for (size_t i = 0; ok && i < count; i++)
		if (image_same_file(layers[i].path, name->path))
			ok = error_set(err, ERROR_INVALID, "cannot rebase '%s': it would stand on itself, by '%s'",
				       name->path, backing->path);
	if (ok && backing->format == IMAGE_RAW && !backing->stated) {
		ok = error_set(err, ERROR_INVALID, "the format of '%s' is not stated anywhere", backing->path);
		error_hint(err, "--backing-format raw says that it is a raw image");
	}
	image_layers_free(layers, count);
	return ok;
}

/* What it reads through now becomes its own: room for all of that. */
static bool check_flat_room(const struct image_name *name, const struct image_layer *layers, size_t count,
			    struct error *err)
{
	uint64_t bytes = 0;

	for (size_t i = 1; i < count; i++)
		bytes += layers[i].image.allocated_bytes;
	if (bytes > layers[0].image.virtual_bytes)
		bytes = layers[0].image.virtual_bytes;
	return storage_room(name->path, bytes, err);
}

bool image_rebase(struct manager *manager, const struct image_name *name, const struct image_name *backing, bool unsafe,
		  int64_t *ret_job, struct error *err)
{
	struct image_source image = image_source_of(name);
	struct image_layer *layers = NULL;
	size_t count = 0;

	if (!check_qcow2(name, "rebase", "no backing file", err) ||
	    !image_check_free(manager, name->path, "rebase", true, err) ||
	    (backing != NULL && !check_backing(manager, name, backing, err)))
		return false;
	/* An unsafe one reads nothing, and is how a chain with a wrong name is mended. */
	if (!unsafe) {
		if (!check_snapshots(name->path, name->snapshots, "rebase", err))
			return false;
		if (!image_chain_check(manager, name, "rebase", &layers, &count, err))
			return false;
		bool room = backing != NULL || check_flat_room(name, layers, count, err);

		image_layers_free(layers, count);
		if (!room)
			return false;
	}
	char **argv = qemu_img_rebase(&image, backing != NULL ? backing->path : NULL,
				      backing != NULL ? backing->format : IMAGE_UNKNOWN, unsafe);

	return start(manager, JOB_REBASE, name, NULL, 0, argv, ret_job, err);
}

/* ---- commit ---- */

/* Everybody but the images of this chain who reads through one that is about to change. */
static bool check_others(const struct image_uses *uses, const struct image_layer *layers, size_t index,
			 struct error *err)
{
	const char *path = layers[index].path;
	const struct image_use *use;
	struct stat st;
	bool there = stat(path, &st) == 0;
	size_t at = 0;

	while ((use = image_uses_next(uses, path, there ? &st : NULL, &at)) != NULL) {
		if (use->above == NULL || image_same_file(use->above, layers[index - 1].path))
			continue;
		_cleanup_free_ char *who = image_use_text(use);

		error_set(err, ERROR_BUSY, "cannot commit '%s': '%s' would change, and %s reads through it",
			  layers[0].path, path, who);
		return error_hint(err,
				  "'virtty image-rebase' or 'virtty image-convert' makes an image of its own of it");
	}
	return true;
}

/* From the image down to where it is committed to: *ret_last is that one's place in the chain. */
static bool find_base(const struct image_name *base, const struct image_layer *layers, size_t count, size_t *ret_last,
		      struct error *err)
{
	if (count < 2)
		return error_set(err, ERROR_INVALID, "cannot commit '%s': nothing is below it", layers[0].path);
	*ret_last = 1;
	if (base == NULL)
		return true;
	for (size_t i = 1; i < count; i++)
		if (image_same_file(layers[i].path, base->path)) {
			*ret_last = i;
			return true;
		}
	return error_set(err, ERROR_INVALID, "cannot commit '%s' to '%s': that is not below it", layers[0].path,
			 base->path);
}

static bool check_commit(struct manager *manager, const struct image_layer *layers, size_t last, struct error *err)
{
	_cleanup_image_uses_ struct image_uses uses = { 0 };
	uint64_t bytes = 0;

	storage_look_again(manager);
	if (!image_uses_load(manager, &uses, err))
		return false;
	for (size_t i = 0; i < last; i++) {
		if (!check_snapshots(layers[i].path, layers[i].image.snapshots, "commit", err))
			return false;
		bytes += layers[i].image.allocated_bytes;
	}
	for (size_t i = 0; i <= last; i++)
		if (!image_check_free(manager, layers[i].path, "commit", true, err) ||
		    (i > 0 && !check_others(&uses, layers, i, err)))
			return false;
	return storage_room(layers[last].path, bytes, err);
}

/* The pool that a file lies in, to be refreshed; NULL: none. Owned. */
static char *pool_of(struct manager *manager, const char *path)
{
	struct pool_row pool = { 0 };
	char *name = pool_find_path(manager, path, &pool, NULL) && pool.active ? xstrdup(pool.name) : NULL;

	pool_row_clear(&pool);
	return name;
}

bool image_commit(struct manager *manager, const struct image_name *name, const struct image_name *base, bool keep,
		  int64_t *ret_job, struct error *err)
{
	struct image_source image = image_source_of(name);
	_cleanup_free_ char *pool = NULL;
	struct image_layer *layers = NULL;
	size_t count = 0, last = 0;
	bool ok = check_qcow2(name, "commit", "nothing below it", err) &&
		  image_chain_check(manager, name, "commit", &layers, &count, err) &&
		  find_base(base, layers, count, &last, err) && check_commit(manager, layers, last, err);

	if (ok) {
		pool = pool_of(manager, layers[last].path);
		ok = start(manager, JOB_COMMIT, name, pool, layers[0].image.virtual_bytes,
			   qemu_img_commit(&image, last > 1 ? layers[last].path : NULL, keep), ret_job, err);
	}
	image_layers_free(layers, count);
	return ok;
}

/* ---- compare ---- */

bool image_compare(struct manager *manager, const struct image_name *a, const struct image_name *b, bool strict,
		   int64_t *ret_job, struct error *err)
{
	struct image_source one = image_source_of(a), other = image_source_of(b);
	uint64_t bytes = 0;

	if (!image_chain_check(manager, b, "compare", NULL, NULL, err) ||
	    !image_chain_check(manager, a, "compare", NULL, NULL, err) || !image_virtual_bytes(a, &bytes, err))
		return false;
	return start(manager, JOB_COMPARE, a, NULL, bytes, qemu_img_compare(&one, &other, strict), ret_job, err);
}

/* ---- resize ---- */

/* What stands on it would lose its end. */
static bool check_shrink(struct manager *manager, const struct image_name *name, uint64_t now, uint64_t bytes,
			 bool shrink, struct error *err)
{
	_cleanup_image_uses_ struct image_uses uses = { 0 };
	_cleanup_free_ char *was = size_format(now), *then = size_format(bytes);
	const struct image_use *use;
	struct stat st;
	bool there = stat(name->path, &st) == 0;
	size_t at = 0;

	if (!shrink) {
		error_set(err, ERROR_INVALID, "'%s' would shrink from %s to %s: what lies beyond is lost", name->path,
			  was, then);
		return error_hint(err, "--shrink says that this is meant");
	}
	storage_look_again(manager);
	if (!image_uses_load(manager, &uses, err))
		return false;
	while ((use = image_uses_next(&uses, name->path, there ? &st : NULL, &at)) != NULL) {
		_cleanup_free_ char *who = NULL;

		if (use->above == NULL)
			continue;
		who = image_use_text(use);
		return error_set(err, ERROR_BUSY, "cannot shrink '%s': %s reads through it", name->path, who);
	}
	return true;
}

bool image_resize(struct manager *manager, const struct image_name *name, uint64_t bytes, bool shrink,
		  const char *preallocation, int64_t *ret_job, struct error *err)
{
	struct image_source image = image_source_of(name);
	_cleanup_strv_ char **argv = qemu_img_resize_image(&image, bytes, shrink, preallocation);
	bool takes = text_equal(preallocation, "full") || text_equal(preallocation, "falloc");
	uint64_t now = 0;

	*ret_job = 0;
	if (bytes == 0)
		return error_set(err, ERROR_INVALID, "cannot resize '%s': a size of 0 is no disk", name->path);
	if (!image_check_free(manager, name->path, "resize", true, err))
		return image_runs_on(manager, name->path)
			       ? error_hint(err, "'virtty blockresize' resizes the disk of a running machine")
			       : false;
	if (!image_chain_check(manager, name, "resize", NULL, NULL, err) || !image_virtual_bytes(name, &now, err))
		return false;
	if ((bytes < now && !check_shrink(manager, name, now, bytes, shrink, err)) ||
	    (takes && bytes > now && !storage_room(name->path, bytes - now, err)))
		return false;
	if (takes)
		return start(manager, JOB_RESIZE, name, NULL, 0, TAKE_POINTER(argv), ret_job, err);
	if (!qemu_img_run(argv, RESIZE_LIMIT_MS, NULL, err))
		return secret_explain(manager, argv, err);
	image_note_change(manager, name);
	return true;
}
