/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The new disks of an installation: made, as volumes where they lie in a pool, and taken back when the rest fails. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/install_internal.h"
#include "core/storage.h"
#include "storage/qemu_img.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CREATE_LIMIT_MS 300000

struct made_image {
	char *path;	     /* owned */
	char *pool, *volume; /* owned; NULL: a file by itself */
};

void made_images_clear(struct made_images *made)
{
	for (size_t i = 0; i < made->count; i++) {
		free(made->items[i].path);
		free(made->items[i].pool);
		free(made->items[i].volume);
	}
	free(made->items);
	*made = (struct made_images){ 0 };
}

static bool drop_volume(struct manager *manager, const struct made_image *image)
{
	struct pool_row pool = { 0 };
	struct volume volume = { 0 };
	bool gone = pool_find(manager, image->pool, &pool, NULL) &&
		    (!volume_find(manager, &pool, image->volume, &volume, NULL, NULL) ||
		     volume_delete(manager, &pool, &volume, NULL));

	volume_clear(&volume);
	pool_row_clear(&pool);
	return gone;
}

void install_unmake_images(struct manager *manager, const struct made_images *made)
{
	for (size_t i = made->count; i-- > 0;)
		if (made->items[i].pool == NULL || !drop_volume(manager, &made->items[i]))
			(void)unlink(made->items[i].path);
}

static void note_made(struct made_images *made, const struct install_image *image)
{
	*ARRAY_ADD(made->items, made->count) = (struct made_image){ .path = xstrdup(image->path),
								    .pool = xstrdup_null(image->pool),
								    .volume = xstrdup_null(image->volume) };
}

/* ---- by themselves ---- */

/* An image that nobody else has: the empty file is made first, exclusively and private. */
static bool claim_file(const char *path, struct error *err)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *directory = xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
	int fd;

	if (!directory_make(directory, 0700, err))
		return false;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		error_set_errno(err, errno, "disk '%s' cannot be made", path);
		return errno == EEXIST ? error_hint(err, "leave size= out to use it as it is") : false;
	}
	close(fd);
	return true;
}

static enum image_format format_of(const char *word)
{
	int format = word != NULL ? enum_value(&image_format_words, word) : -1;

	return format > 0 ? (enum image_format)format : IMAGE_UNKNOWN;
}

static bool make_file(const struct install_image *image, struct made_images *made, struct error *err)
{
	struct image_options options = {
		.format = format_of(image->format),
		.size_bytes = image->size_bytes,
		.preallocation = image->request->full ? "falloc" : NULL,
		.backing_file = image->backing,
		.backing_format = format_of(image->backing_format),
	};
	_cleanup_strv_ char **argv = qemu_img_create(image->path, &options, err);

	if (argv == NULL || !claim_file(image->path, err))
		return false;
	note_made(made, image);
	return qemu_img_run(argv, CREATE_LIMIT_MS, NULL, err);
}

/* ---- in pools ---- */

static void add_bytes(xmlNode *parent, const char *name, uint64_t bytes)
{
	_cleanup_free_ char *text = strf("%" PRIu64, bytes);

	xml_set_attribute(xml_add_child(parent, name, text), "unit", "bytes");
}

/* The document that asks the pool for it. Owned. */
static char *volume_document(const struct install_image *image)
{
	_cleanup_xmldoc_ xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root = xmlNewNode(NULL, BAD_CAST "volume");

	xmlDocSetRootElement(doc, root);
	xml_add_child(root, "name", image->volume);
	add_bytes(root, "capacity", image->size_bytes);
	/* What a block device is made of cannot grow by itself. */
	add_bytes(root, "allocation", image->request->full || image->block ? image->size_bytes : 0);
	if (!image->block)
		xml_set_attribute(xml_make_path(root, "target/format"), "type", image->format);
	if (image->backing != NULL) {
		xmlNode *backing = xml_add_child(root, "backingStore", NULL);

		xml_add_child(backing, "path", image->backing);
		xml_set_attribute(xml_add_child(backing, "format", NULL), "type", image->backing_format);
	}
	return xml_format(doc);
}

static bool on_progress(const struct job *job, void *userdata)
{
	const struct install_request *request = userdata;

	(void)job;
	return request->cancelled == NULL || !request->cancelled();
}

static bool make_volume(struct manager *manager, const struct installation *installation, struct install_image *image,
			struct made_images *made, struct error *err)
{
	_cleanup_free_ char *text = volume_document(image);
	struct pool_row pool = { 0 };
	struct volume volume = { 0 };
	int64_t job = 0;
	bool ok = pool_find(manager, image->pool, &pool, err) &&
		  volume_create(manager, &pool, "disk", text, strlen(text), 0, &volume, &job, err);

	if (ok) {
		free(image->path);
		image->path = xstrdup(volume.path);
		note_made(made, image);
		ok = job == 0 || job_wait(manager, job, on_progress, (void *)(uintptr_t)installation->request, err);
	}
	volume_clear(&volume);
	pool_row_clear(&pool);
	return ok;
}

bool install_make_image(struct manager *manager, const struct installation *installation, struct install_image *image,
			struct made_images *made, struct error *err)
{
	bool ok;

	if (image->content != NULL) {
		ok = install_fill_image(manager, installation, image, err);
		if (ok)
			note_made(made, image);
	} else {
		ok = image->pool != NULL ? make_volume(manager, installation, image, made, err)
					 : make_file(image, made, err);
	}

	return ok || error_wrap(err, "disk '%s' cannot be made", image->volume != NULL ? image->volume : image->path);
}
