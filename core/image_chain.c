/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Backing chains: followed as heads state them, and no further. */
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/image_work_internal.h"
#include "core/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_LIMIT_MS 120000

void image_layers_free(struct image_layer *layers, size_t count)
{
	for (size_t i = 0; layers != NULL && i < count; i++) {
		free(layers[i].path);
		image_clear(&layers[i].image);
		free(layers[i].trouble);
		free(layers[i].opened_by);
		volume_users_free(layers[i].users, layers[i].user_count);
	}
	free(layers);
}

/* Reads its head as what it is said to be. */
static bool read_layer(struct image_layer *layer, int *ret_fd, struct error *err)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	/* Only what cannot hurt by being opened is. */
	if (stat(layer->path, &st) < 0)
		return error_set_errno(err, errno, "'%s'", layer->path);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return error_set(err, ERROR_INVALID, "'%s' is neither a file nor a block device", layer->path);
	fd = open(layer->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return error_set_errno(err, errno, "'%s'", layer->path);
	if (!image_read(fd, layer->path, layer->format, &layer->image, err))
		return false;
	*ret_fd = TAKE_FD(fd);
	return true;
}

/* Why what is below a layer cannot be followed; NULL: it can, or there is nothing. Owned. */
static char *trouble_below(const struct image_layer *layers, size_t count)
{
	const struct image_layer *last = &layers[count - 1];
	const char *name = last->image.backing_file;

	if (last->image.external_data || last->image.data_file != NULL)
		return strf("'%s' keeps its data in another file: virtty does not follow that", last->path);
	if (name == NULL)
		return NULL;
	if (!image_is_plain_path(name))
		return strf("the backing file of '%s' is not a plain path: '%s'", last->path, name);
	if (last->image.backing_format == IMAGE_UNKNOWN)
		return strf("'%s' does not state the format of its backing file '%s'", last->path, name);
	_cleanup_free_ char *path = image_backing_path(last->path, name);

	for (size_t i = 0; i < count; i++)
		if (image_same_file(layers[i].path, path))
			return strf("'%s' stands on itself, by its backing file '%s'", layers[i].path, path);
	return count >= IMAGE_CHAIN ? strf("more than %d images stand on one another", IMAGE_CHAIN) : NULL;
}

static void add_users(struct manager *manager, const struct image_uses *uses, struct image_layer *layer, int fd)
{
	struct volume volume = { .path = layer->path };
	int pid = 0;

	volume_users_among(uses, &volume, &layer->users, &layer->user_count);
	if (image_in_use(fd, true, &pid))
		layer->opened_by = image_holder(manager, layer->path, pid);
}

bool image_chain_load(struct manager *manager, const struct image_name *name, bool with_users, struct image_layer **ret,
		      size_t *ret_count, struct error *err)
{
	_cleanup_image_uses_ struct image_uses uses = { 0 };
	struct image_layer *layers = NULL;
	char *path = xstrdup(name->path);
	enum image_format format = name->format;
	size_t count = 0;

	*ret = NULL;
	*ret_count = 0;
	if (with_users && !image_uses_load(manager, &uses, err)) {
		free(path);
		return false;
	}
	while (path != NULL) {
		_cleanup_error_ struct error why = ERROR_INIT;
		_cleanup_close_ int fd = -1;
		struct image_layer *layer = ARRAY_ADD(layers, count);

		*layer = (struct image_layer){ .path = TAKE_POINTER(path), .format = format };
		if (!read_layer(layer, &fd, &why)) {
			if (count == 1) {
				image_layers_free(layers, count);
				return error_move(err, &why);
			}
			layer->trouble = xstrdup(error_text(&why));
			break;
		}
		if (with_users)
			add_users(manager, &uses, layer, fd);
		layer->trouble = trouble_below(layers, count);
		if (layer->trouble == NULL && layer->image.backing_file != NULL) {
			path = image_backing_path(layer->path, layer->image.backing_file);
			format = layer->image.backing_format;
		}
	}
	*ret = layers;
	*ret_count = count;
	return true;
}

bool image_chain_check(struct manager *manager, const struct image_name *name, const char *verb,
		       struct image_layer **ret, size_t *ret_count, struct error *err)
{
	struct image_layer *layers = NULL;
	size_t count = 0;
	bool ok = image_chain_load(manager, name, false, &layers, &count, err);

	for (size_t i = 0; ok && i < count; i++) {
		if (layers[i].trouble != NULL) {
			ok = error_set(err, ERROR_INVALID, "cannot %s '%s': %s", verb, name->path, layers[i].trouble);
			if (layers[i].image.backing_file != NULL && layers[i].image.backing_format == IMAGE_UNKNOWN)
				error_hint(err,
					   "state it, as it is: virtty image-rebase --unsafe -b '%s' -F FORMAT '%s'",
					   layers[i].image.backing_file, layers[i].path);
		} else {
			ok = image_check_free(manager, layers[i].path, verb, false, err);
		}
	}
	if (ok && ret != NULL) {
		*ret = layers;
		*ret_count = count;
		return true;
	}
	image_layers_free(layers, count);
	return ok;
}

bool image_check_stated(struct manager *manager, const struct image_name *name, const char *verb, struct error *err)
{
	struct image_layer *layers = NULL;
	size_t count = 0;
	bool ok = image_chain_load(manager, name, false, &layers, &count, err);

	for (size_t i = 0; ok && i < count; i++)
		if (layers[i].trouble != NULL)
			ok = error_set(err, ERROR_INVALID, "cannot %s '%s': %s", verb, name->path, layers[i].trouble);
	image_layers_free(layers, count);
	return ok;
}

/* ---- what qemu-img says ---- */

static bool look(char **argv, struct json_object **ret, struct error *err)
{
	bool ok = argv != NULL && qemu_img_run(argv, LOOK_LIMIT_MS, ret, err);

	strv_free(argv);
	return ok;
}

bool image_details(const struct image_name *name, struct json_object **ret, struct error *err)
{
	struct image_source image = image_source_of(name);

	return look(qemu_img_info(&image), ret, err);
}

bool image_virtual_bytes(const struct image_name *name, uint64_t *ret, struct error *err)
{
	_cleanup_json_ struct json_object *details = NULL;

	if (!image_details(name, &details, err))
		return false;
	*ret = (uint64_t)json_get_int(details, "virtual-size", 0);
	return true;
}

static bool measure(struct manager *manager, const struct image_source *image, const struct image_options *options,
		    struct json_object **ret, struct error *err)
{
	_cleanup_strv_ char **argv = qemu_img_measure(image, 0, options);

	return qemu_img_run(argv, LOOK_LIMIT_MS, ret, err) || secret_explain(manager, argv, err);
}

bool image_measure(struct manager *manager, const struct image_name *name, const struct image_options *options,
		   struct json_object **ret, struct error *err)
{
	struct image_source image = { 0 };

	if (options->format != IMAGE_RAW && options->format != IMAGE_QCOW2 && options->format != IMAGE_LUKS)
		return error_set(err, ERROR_UNSUPPORTED,
				 "how much a %s image takes cannot be measured: raw, qcow2 and luks can",
				 enum_word(&image_format_words, (int)options->format));
	if (name == NULL)
		return look(qemu_img_measure(NULL, options->size_bytes, options), ret, err);
	image = image_source_of(name);
	return image_check_stated(manager, name, "measure", err) &&
	       measure(manager, &image, options, ret, err);
}
