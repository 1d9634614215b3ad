/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that make images: new ones, and copies in another format. */
#include "config.h"

#include "base/text.h"
#include "cli/image.h"
#include "cli/suboptions.h"

#include <stdlib.h>
#include <string.h>

/* What makes a new image, as far as both commands know it. */
struct making {
	struct image_name target, backing;
	struct image_options options;
	struct suboptions parts;
};
#define _cleanup_making_ _cleanup_(making_clear)

static void making_clear(struct making *making)
{
	image_name_clear(&making->target);
	image_name_clear(&making->backing);
	suboptions_clear(&making->parts);
}

static bool read_making(struct cli *cli, const char *target, const char *format_option, const char *secret,
			struct making *ret, struct error *err)
{
	const char *word = cli_string(cli, format_option);
	enum image_format format = IMAGE_RAW;
	bool given = false;

	if (!cli_manager(cli, err) || !cli_image_options(cli, &ret->options, &ret->parts, err) ||
	    (word != NULL && !image_format_parse(word, &format, err)) ||
	    !cli_backing(cli, "backing", "backing-format", &ret->backing, &given, err) ||
	    !image_name_new(cli->manager, cli_string(cli, target), format, cli_string(cli, secret), &ret->target, err))
		return false;
	if (given) {
		ret->options.backing_file = ret->backing.path;
		ret->options.backing_format = ret->backing.format;
	}
	return true;
}

/* ---- image-create ---- */

static bool run_image_create(struct cli *cli, struct error *err)
{
	_cleanup_making_ struct making making = { 0 };
	int64_t job = 0;

	if (!cli_option_size(cli, "size", &making.options.size_bytes, err) ||
	    !read_making(cli, "image", "format", "secret", &making, err) ||
	    !image_create(cli->manager, &making.target, &making.options, &job, err) || !cli_job(cli, job, err))
		return false;
	cli_note(cli, _("Image '%s' created\n"), making.target.path);
	return true;
}

static const struct option image_create_options[] = {
	OPTION_IMAGE("image", N_("a file that is not there yet, or POOL/VOLUME")),
	{ "size", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_NONE, NULL, N_("SIZE"),
	  N_("20G, or bytes; an overlay's is that of its backing file") },
	OPTION_IMAGE_FORMAT("format", 'f', N_("raw without it")),
	OPTION_LETTER("backing", 'b', N_("IMAGE"), N_("what it is read through where it holds nothing yet")),
	OPTION_IMAGE_FORMAT("backing-format", 'F', N_("the format of that one, where nothing else states it")),
	OPTIONS_OF_TARGET,
	OPTION_SECRET("secret", N_("encrypt it (LUKS): a secret's UUID or usage, or a file that holds the passphrase")),
	OPTION_END,
};

const struct command command_image_create = {
	.name = "image-create",
	.group = GROUP_IMAGE,
	.summary = N_("make a disk image"),
	.description =
		N_("Makes an image as qemu-img create does: 'virtty image-create -f qcow2 web1.qcow2 20G'. Nothing is "
		   "overwritten; in a pool's directory it is a volume of that pool."),
	.options = image_create_options,
	.run = run_image_create,
};

/* ---- image-convert ---- */

static bool read_sparse(struct cli *cli, struct image_conversion *ret, struct error *err)
{
	uint64_t bytes = 0;

	if (cli_string(cli, "sparse-size") == NULL)
		return true;
	if (!text_equal(cli_string(cli, "sparse-size"), "0") && !cli_option_size(cli, "sparse-size", &bytes, err))
		return false;
	ret->dense = bytes == 0;
	if (bytes > UINT32_MAX)
		return cli_usage(cli, err, _("--sparse-size is at most 4 GiB"));
	ret->sparse_bytes = (unsigned)bytes;
	return true;
}

static bool run_image_convert(struct cli *cli, struct error *err)
{
	_cleanup_making_ struct making making = { 0 };
	_cleanup_image_name_ struct image_name source = { 0 };
	struct image_conversion conversion = { .compress = cli_flag(cli, "compress"),
					       .snapshot = cli_string(cli, "snapshot") };
	int64_t job = 0;

	if (!read_sparse(cli, &conversion, err) || !cli_image(cli, "image", "format", "secret", &source, err) ||
	    !read_making(cli, "target", "output-format", "target-secret", &making, err))
		return false;
	if (source.snapshots != 0 && conversion.snapshot == NULL) {
		_cleanup_free_ char *warning =
			strf(_("the snapshots of '%s' stay there: a copy has none (--snapshot copies one of them)"),
			     source.path);

		cli_warnings((char *const[]){ warning, NULL });
	}
	conversion.options = making.options;
	if (!image_convert(cli->manager, &source, &making.target, &conversion, &job, err) || !cli_job(cli, job, err))
		return false;
	cli_note(cli, _("Image '%s' converted to '%s'\n"), source.path, making.target.path);
	return true;
}

static const struct option image_convert_options[] = {
	OPTION_IMAGE("image", N_("a file, or a volume by POOL/VOLUME")),
	OPTION_IMAGE("target", N_("a file that is not there yet, or POOL/VOLUME")),
	OPTION_IMAGE_FORMAT("format", 'f', N_("what the image is, where that is not known")),
	OPTION_IMAGE_FORMAT("output-format", 'O', N_("of the copy: raw without it")),
	OPTION_SWITCH("compress", 'c', N_("compress it (qcow2, vmdk)")),
	OPTION_LETTER("sparse-size", 'S', N_("SIZE"),
		      N_("runs of zeroes so long become holes (4K without it); 0: none do")),
	OPTION_LETTER("snapshot", 'l', N_("NAME"), N_("of the image as it was in this snapshot")),
	OPTION_LETTER("backing", 'B', N_("IMAGE"),
		      N_("stand on this one: what the image stands on, which is not copied then")),
	OPTION_IMAGE_FORMAT("backing-format", 'F', N_("the format of that one, where nothing else states it")),
	OPTIONS_OF_TARGET,
	OPTION_THE_SECRET,
	OPTION_SECRET("target-secret", N_("encrypt the copy (LUKS), as --secret")),
	OPTION_END,
};

const struct command command_image_convert = {
	.name = "image-convert",
	.group = GROUP_IMAGE,
	.summary = N_("copy an image into another format"),
	.description =
		N_("Makes a copy as qemu-img convert does: 'virtty image-convert -O qcow2 disk.vmdk disk.qcow2'. "
		   "Nothing is overwritten; ^C ends it and takes what it made away; in a pool's directory "
		   "the copy is a volume of that pool."),
	.options = image_convert_options,
	.run = run_image_convert,
};
