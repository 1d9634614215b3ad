/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Argument vectors for what qemu-img does with images that are there. */
#include "base/memory.h"
#include "base/strv.h"
#include "storage/qemu_img_internal.h"

#include <inttypes.h>
#include <stdlib.h>

#define KEY	  "secret0"
#define OTHER_KEY "secret1"

/* -f FORMAT PATH, or for an encrypted one what names its key. The image comes last. */
static char **add_image(char **argv, const struct image_source *image)
{
	if (image->secret_file == NULL)
		return strv_add(strv_add(strv_add(argv, "-f"), qemu_img_format(image->format)), image->path);
	argv = strv_add(argv, "--image-opts");
	return strv_take(argv, qemu_img_open_options(image, KEY));
}

static char **begin(const char *verb, const struct image_source *image)
{
	char **argv = qemu_img_begin(verb);

	return image != NULL && image->secret_file != NULL ? qemu_img_add_secret(argv, KEY, image->secret_file) : argv;
}

char **qemu_img_resize_image(const struct image_source *image, uint64_t bytes, bool shrink, const char *preallocation)
{
	char **argv = strv_add(begin("resize", image), "-q");

	if (shrink)
		argv = strv_add(argv, "--shrink");
	if (preallocation != NULL)
		argv = strv_addf(argv, "--preallocation=%s", preallocation);
	return strv_addf(add_image(argv, image), "%" PRIu64, bytes);
}

char **qemu_img_resize(const char *path, enum image_format format, uint64_t bytes, bool shrink,
		       const char *preallocation)
{
	const struct image_source image = { path, format, NULL };

	return qemu_img_resize_image(&image, bytes, shrink, preallocation);
}

char **qemu_img_info(const struct image_source *image)
{
	/* What a head says needs no key. */
	const struct image_source closed = { image->path, image->format, NULL };

	return add_image(strv_add(strv_add(qemu_img_begin("info"), "--output=json"), "-U"), &closed);
}

char **qemu_img_check(const struct image_source *image, enum image_repair repair)
{
	char **argv = strv_add(begin("check", image), "--output=json");

	if (repair != REPAIR_NOTHING)
		argv = strv_add(strv_add(argv, "-r"), repair == REPAIR_ALL ? "all" : "leaks");
	return add_image(argv, image);
}

char **qemu_img_map(const struct image_source *image, uint64_t start, uint64_t length)
{
	char **argv = strv_add(strv_add(begin("map", image), "--output=json"), "-U");

	if (start != 0)
		argv = strv_addf(argv, "--start-offset=%" PRIu64, start);
	if (length != 0)
		argv = strv_addf(argv, "--max-length=%" PRIu64, length);
	return add_image(argv, image);
}

char **qemu_img_measure(const struct image_source *image, uint64_t size_bytes, const struct image_options *options)
{
	char **argv = strv_add(begin("measure", image), "--output=json");

	argv = strv_add(strv_add(argv, "-O"), qemu_img_format(options->format));
	argv = qemu_img_add_options(argv, options);
	if (image == NULL)
		return strv_addf(strv_add(argv, "--size"), "%" PRIu64, size_bytes);
	return add_image(strv_add(argv, "-U"), image);
}

char **qemu_img_rebase(const struct image_source *image, const char *backing, enum image_format backing_format,
		       bool unsafe)
{
	char **argv = strv_add(begin("rebase", image), unsafe ? "-u" : "-p");

	argv = strv_add(strv_add(argv, "-b"), backing != NULL ? backing : "");
	if (backing != NULL)
		argv = strv_add(strv_add(argv, "-F"), qemu_img_format(backing_format));
	return add_image(argv, image);
}

char **qemu_img_commit(const struct image_source *image, const char *base, bool keep)
{
	char **argv = strv_add(begin("commit", image), "-p");

	if (base != NULL)
		argv = strv_add(strv_add(argv, "-b"), base);
	if (keep)
		argv = strv_add(argv, "-d");
	return add_image(argv, image);
}

char **qemu_img_compare(const struct image_source *a, const struct image_source *b, bool strict)
{
	char **argv = strv_add(begin("compare", a), "-p");

	if (strict)
		argv = strv_add(argv, "-s");
	if (a->secret_file == NULL && b->secret_file == NULL) {
		argv = strv_add(strv_add(argv, "-f"), qemu_img_format(a->format));
		argv = strv_add(strv_add(argv, "-F"), qemu_img_format(b->format));
		return strv_add(strv_add(argv, a->path), b->path);
	}
	if (b->secret_file != NULL)
		argv = qemu_img_add_secret(argv, OTHER_KEY, b->secret_file);
	argv = strv_add(argv, "--image-opts");
	argv = strv_take(argv, qemu_img_open_options(a, KEY));
	return strv_take(argv, qemu_img_open_options(b, OTHER_KEY));
}
