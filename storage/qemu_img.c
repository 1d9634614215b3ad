/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Argument vectors for qemu-img, and what it prints. */
#include "storage/qemu_img.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "storage/qemu_img_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define KEY "secret0" /* the passphrase's id within one command line */

const char *qemu_img_format(enum image_format format)
{
	return format == IMAGE_ISO ? "raw" : enum_word(&image_format_words, (int)format);
}

char **qemu_img_begin(const char *verb)
{
	char **argv = strv_add(NULL, "qemu-img");

	return strv_add(argv, verb);
}

/* "secret,id=secret0,file=PATH": a comma in the path is written twice. */
char **qemu_img_add_secret(char **argv, const char *id, const char *file)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	strbuf_puts(&text, "secret");
	strbuf_put_part(&text, "id", id);
	strbuf_put_part(&text, "file", file);
	argv = strv_add(argv, "--object");
	return strv_add(argv, text.data);
}

bool qemu_img_check_options(const struct image_options *options, struct error *err)
{
	bool qcow2 = options->format == IMAGE_QCOW2;

	if (options->format == IMAGE_UNKNOWN || options->format == IMAGE_ISO)
		return error_set(err, ERROR_INVALID, "an image's format must be stated");
	if (options->backing_file != NULL && !qcow2)
		return error_set(err, ERROR_INVALID, "a %s image has no backing file: take qcow2",
				 qemu_img_format(options->format));
	if (options->backing_file != NULL && !image_check_backing_name(options->backing_file, err))
		return false;
	if (options->backing_file != NULL && options->backing_format == IMAGE_UNKNOWN)
		return error_set(err, ERROR_INVALID, "the format of the backing file '%s' must be stated",
				 options->backing_file);
	if ((options->cluster_bytes != 0 || options->lazy_refcounts || options->compat != NULL) && !qcow2)
		return error_set(err, ERROR_INVALID, "cluster size, compat and lazy refcounts are qcow2's");
	if (options->lazy_refcounts && text_equal(options->compat, "0.10"))
		return error_set(err, ERROR_INVALID, "lazy refcounts need compat 1.1");
	if (options->secret_file != NULL && !qcow2 && options->format != IMAGE_LUKS)
		return error_set(err, ERROR_INVALID, "a %s image cannot be encrypted: take qcow2 or luks",
				 qemu_img_format(options->format));
	if (options->format == IMAGE_LUKS && options->secret_file == NULL)
		return error_set(err, ERROR_INVALID, "a luks image needs a secret");
	return true;
}

static void put_format_options(struct strbuf *text, const struct image_options *options)
{
	if (options->preallocation != NULL && !text_equal(options->preallocation, "off"))
		strbuf_put_part(text, "preallocation", options->preallocation);
	if (options->cluster_bytes != 0) {
		_cleanup_free_ char *size = strf("%" PRIu64, options->cluster_bytes);

		strbuf_put_part(text, "cluster_size", size);
	}
	if (options->lazy_refcounts)
		strbuf_put_part(text, "lazy_refcounts", "on");
	if (options->compat != NULL)
		strbuf_put_part(text, "compat", options->compat);
	if (options->nocow)
		strbuf_put_part(text, "nocow", "on");
	if (options->secret_file != NULL && options->format == IMAGE_QCOW2) {
		strbuf_put_part(text, "encrypt.format", "luks");
		strbuf_put_part(text, "encrypt.key-secret", KEY);
	} else if (options->secret_file != NULL) {
		strbuf_put_part(text, "key-secret", KEY);
	}
}

char **qemu_img_add_options(char **argv, const struct image_options *options)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	put_format_options(&text, options);
	if (text.length == 0)
		return argv;
	argv = strv_add(argv, "-o");
	return strv_add(argv, text.data);
}

/* "create" and "convert" have different letters for it. */
static char **add_backing(char **argv, const char *letter, const struct image_options *options)
{
	if (options->backing_file == NULL)
		return argv;
	argv = strv_add(strv_add(argv, letter), options->backing_file);
	return strv_add(strv_add(argv, "-F"), qemu_img_format(options->backing_format));
}

char **qemu_img_create(const char *path, const struct image_options *options, struct error *err)
{
	char **argv;

	if (!qemu_img_check_options(options, err))
		return NULL;
	argv = strv_add(qemu_img_begin("create"), "-q");
	if (options->secret_file != NULL)
		argv = qemu_img_add_secret(argv, KEY, options->secret_file);
	argv = strv_add(strv_add(argv, "-f"), qemu_img_format(options->format));
	argv = add_backing(argv, "-b", options);
	argv = qemu_img_add_options(argv, options);
	argv = strv_add(argv, path);
	/* An overlay without a size is as large as what is below it. */
	return options->size_bytes == 0 && options->backing_file != NULL
		       ? argv
		       : strv_addf(argv, "%" PRIu64, options->size_bytes);
}

char *qemu_img_open_options(const struct image_source *image, const char *id)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_put_part(&text, "driver", qemu_img_format(image->format));
	strbuf_put_part(&text, "file.filename", image->path);
	if (image->secret_file != NULL)
		strbuf_put_part(&text, image->format == IMAGE_LUKS ? "key-secret" : "encrypt.key-secret", id);
	return strbuf_take(&text);
}

static char **add_source(char **argv, const struct image_convert *convert)
{
	_cleanup_free_ char *options = NULL;

	if (convert->snapshot != NULL)
		argv = strv_add(strv_add(argv, "-l"), convert->snapshot);
	if (convert->source_secret_file == NULL)
		return strv_add(strv_add(strv_add(argv, "-f"), qemu_img_format(convert->source_format)), convert->source);
	const struct image_source image = { convert->source, convert->source_format, convert->source_secret_file };

	options = qemu_img_open_options(&image, "source0");
	return strv_add(strv_add(argv, "--image-opts"), options);
}

char **qemu_img_convert(const struct image_convert *convert, struct error *err)
{
	const struct image_options *options = &convert->options;
	char **argv;

	if (convert->source_format == IMAGE_UNKNOWN)
		return error_set(err, ERROR_INVALID, "the format of '%s' must be stated", convert->source), NULL;
	if (!qemu_img_check_options(options, err))
		return NULL;
	if (convert->compress && options->format != IMAGE_QCOW2 && options->format != IMAGE_VMDK)
		return error_set(err, ERROR_INVALID, "a %s image cannot be compressed: take qcow2",
				 qemu_img_format(options->format)),
		       NULL;
	if (convert->source_secret_file != NULL && convert->snapshot != NULL)
		return error_set(err, ERROR_UNSUPPORTED,
				 "a snapshot of an encrypted image cannot be converted by itself"),
		       NULL;
	argv = strv_add(qemu_img_begin("convert"), "-p");
	/* Cache as for a copy that must be there afterwards: written through to the disk at the end. */
	argv = strv_add(strv_add(argv, "-t"), "writeback");
	if (convert->source_secret_file != NULL)
		argv = qemu_img_add_secret(argv, "source0", convert->source_secret_file);
	if (convert->source_login_file != NULL)
		argv = qemu_img_add_secret(argv, "login0", convert->source_login_file);
	if (options->secret_file != NULL)
		argv = qemu_img_add_secret(argv, KEY, options->secret_file);
	if (convert->compress)
		argv = strv_add(argv, "-c");
	if (convert->target_exists)
		argv = strv_add(argv, "-n");
	if (convert->target_exists && convert->target_zero)
		argv = strv_add(argv, "--target-is-zero");
	if (convert->dense)
		argv = strv_add(strv_add(argv, "-S"), "0");
	else if (convert->sparse_bytes != 0)
		argv = strv_addf(strv_add(argv, "-S"), "%u", convert->sparse_bytes);
	argv = strv_add(strv_add(argv, "-O"), qemu_img_format(options->format));
	argv = add_backing(argv, "-B", options);
	argv = qemu_img_add_options(argv, options);
	return strv_add(add_source(argv, convert), convert->target);
}

bool qemu_img_run(char *const *argv, int timeout_ms, struct json_object **ret_json, struct error *err)
{
	_cleanup_free_ char *output = NULL;

	if (!process_run_ok(argv, timeout_ms, ret_json != NULL ? &output : NULL, err))
		return error_wrap(err, "qemu-img %s", argv[1]);
	if (ret_json == NULL)
		return true;
	*ret_json = json_parse("qemu-img", output, strlen(output), err);
	return *ret_json != NULL;
}

bool qemu_img_progress(const char *text, unsigned *ret_permille)
{
	const char *open = NULL;
	unsigned whole = 0, fraction = 0;

	/* The last one counts: several may have come at once. */
	for (const char *at = text; (at = strchr(at, '(')) != NULL; at++)
		if (strstr(at, "/100%)") != NULL)
			open = at + 1;
	if (open == NULL)
		return false;
	while (*open >= '0' && *open <= '9' && whole <= 100)
		whole = whole * 10 + (unsigned)(*open++ - '0');
	if (*open == '.' && open[1] >= '0' && open[1] <= '9')
		fraction = (unsigned)(open[1] - '0');
	if (whole > 100)
		return false;
	*ret_permille = whole == 100 ? 1000 : whole * 10 + fraction;
	return true;
}
