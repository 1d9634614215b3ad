/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that work on images: checked, rebased, committed, compared, resized. */
#include "config.h"

#include "base/json.h"
#include "base/text.h"
#include "cli/image.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Waits for a job, and gives what it came to. Owned; NULL with err. */
static char *wait_result(struct cli *cli, int64_t id, struct error *err)
{
	struct job job = { 0 };
	char *result = NULL;

	if (cli_job(cli, id, err) && job_find(cli->manager, id, &job, err))
		result = job.result != NULL ? xstrdup(job.result) : xstrdup("{}");
	job_clear(&job);
	return result;
}

/* A result that a program asked for. */
static void print_result(const char *result)
{
	struct json_object *json = json_parse("result", result, strlen(result), NULL);

	if (json != NULL)
		cli_json(json);
}

/* ---- image-check ---- */

static enum image_repair repair_of(struct cli *cli)
{
	const char *word = cli_string(cli, "repair");

	return word == NULL ? REPAIR_NOTHING : text_equal(word, "all") ? REPAIR_ALL : REPAIR_LEAKS;
}

static bool say_check(struct cli *cli, const struct image_name *name, const struct image_check_result *result,
		      struct error *err)
{
	_cleanup_free_ char *text = image_check_text(result), *clean = cli_clean(name->path);

	if (!cli->json)
		printf("%s: %s\n", clean, text);
	if (result->corruptions == 0 && result->leaks == 0 && result->errors == 0)
		return true;
	error_set(err, ERROR_FAILED, _("'%s' is not in order"), name->path);
	if (result->corruptions != 0)
		return error_hint(
			err, _("copy it first; then 'virtty image-check --repair all %s' mends what can be mended"),
			name->path);
	return error_hint(err, _("'virtty image-check --repair leaks %s' gives the space back"), name->path);
}

static bool run_image_check(struct cli *cli, struct error *err)
{
	_cleanup_image_name_ struct image_name name = { 0 };
	_cleanup_free_ char *result = NULL;
	struct image_check_result read;
	int64_t job = 0;

	if (!cli_image(cli, "image", "format", "secret", &name, err) ||
	    !image_check(cli->manager, &name, repair_of(cli), &job, err))
		return false;
	result = wait_result(cli, job, err);
	if (result == NULL || !image_check_read(result, &read, err))
		return false;
	if (cli->json)
		print_result(result);
	return say_check(cli, &name, &read, err);
}

static const struct option image_check_options[] = {
	OPTION_IMAGE("image", N_("a file, or a volume by POOL/VOLUME")),
	{ "repair", NULL, 'r', OPTION_STRING, 0, COMPLETE_WORDS, "leaks all", N_("WHAT"),
	  N_("mend it: leaks gives lost space back, all repairs errors too") },
	OPTION_IMAGE_FORMAT("format", 'f', N_("what it is, where that is not known")),
	OPTION_THE_SECRET,
	OPTION_JSON,
	OPTION_END,
};

const struct command command_image_check = {
	.name = "image-check",
	.group = GROUP_IMAGE,
	.summary = N_("check an image, and repair it"),
	.description =
		N_("Checks that an image's own bookkeeping is in order, and exits 1 when it is not. --repair needs "
		   "an image that nobody uses."),
	.options = image_check_options,
	.run = run_image_check,
};

/* ---- image-rebase ---- */

static bool run_image_rebase(struct cli *cli, struct error *err)
{
	_cleanup_image_name_ struct image_name name = { 0 }, backing = { 0 };
	bool given = false;
	int64_t job = 0;

	if (!cli_exclusive(cli, err, "backing", "none", NULL))
		return false;
	if (cli_string(cli, "backing") == NULL && !cli_flag(cli, "none"))
		return cli_usage(cli, err, _("say on what it is to stand: --backing IMAGE, or --none"));
	if (!cli_image(cli, "image", "format", "secret", &name, err) ||
	    !cli_backing(cli, "backing", "backing-format", &backing, &given, err) ||
	    !image_rebase(cli->manager, &name, given ? &backing : NULL, cli_flag(cli, "unsafe"), &job, err) ||
	    !cli_job(cli, job, err))
		return false;
	if (given)
		cli_note(cli, _("Image '%s' stands on '%s'\n"), name.path, backing.path);
	else
		cli_note(cli, _("Image '%s' stands by itself\n"), name.path);
	return true;
}

static const struct option image_rebase_options[] = {
	OPTION_IMAGE("image", N_("a file, or a volume by POOL/VOLUME")),
	OPTION_LETTER("backing", 'b', N_("IMAGE"), N_("on what it is to stand")),
	OPTION_IMAGE_FORMAT("backing-format", 'F', N_("the format of that one, where nothing else states it")),
	OPTION_SIMPLE("none", N_("on nothing: all that it reads through becomes its own")),
	OPTION_SWITCH("unsafe", 'u', N_("write the name alone, whatever the two images hold")),
	OPTION_IMAGE_FORMAT("format", 'f', N_("what the image is, where that is not known")),
	OPTION_THE_SECRET,
	OPTION_END,
};

const struct command command_image_rebase = {
	.name = "image-rebase",
	.group = GROUP_IMAGE,
	.summary = N_("put an image on another backing file, or on none"),
	.description =
		N_("A guest sees the same afterwards: what differs between the old backing file and the new one is "
		   "copied into the image first. With --unsafe it is not, for "
		   "a backing file that was only moved or renamed, or whose format was not stated."),
	.options = image_rebase_options,
	.run = run_image_rebase,
};

/* ---- image-commit ---- */

static bool run_image_commit(struct cli *cli, struct error *err)
{
	_cleanup_image_name_ struct image_name name = { 0 }, base = { 0 };
	bool given = cli_string(cli, "base") != NULL;
	int64_t job = 0;

	if (!cli_image(cli, "image", "format", "secret", &name, err) ||
	    (given && !cli_image(cli, "base", NULL, NULL, &base, err)) ||
	    !image_commit(cli->manager, &name, given ? &base : NULL, cli_flag(cli, "keep"), &job, err) ||
	    !cli_job(cli, job, err))
		return false;
	cli_note(cli, _("Image '%s' committed\n"), name.path);
	return true;
}

static const struct option image_commit_options[] = {
	OPTION_IMAGE("image", N_("a file, or a volume by POOL/VOLUME")),
	OPTION_LETTER("base", 'b', N_("IMAGE"), N_("how far down it goes: without it, to what is right below")),
	OPTION_SWITCH("keep", 'd', N_("do not empty the image afterwards")),
	OPTION_IMAGE_FORMAT("format", 'f', N_("what it is, where that is not known")),
	OPTION_THE_SECRET,
	OPTION_END,
};

const struct command command_image_commit = {
	.name = "image-commit",
	.group = GROUP_IMAGE,
	.summary = N_("write what an overlay holds into what is below it"),
	.description =
		N_("Refused while another image stands on what would change. When it is cancelled the overlay still "
		   "has everything, and may be committed again."),
	.options = image_commit_options,
	.run = run_image_commit,
};

/* ---- image-compare ---- */

static bool say_difference(const struct image_name *a, const struct image_name *b,
			   const struct image_compare_result *result, struct error *err)
{
	if (result->has_offset)
		return error_set(err, ERROR_FAILED, _("'%s' and '%s' differ at offset %" PRIu64), a->path, b->path,
				 result->offset);
	return error_set(err, ERROR_FAILED,
			 result->sizes_differ ? _("'%s' and '%s' differ in their sizes") : _("'%s' and '%s' differ"),
			 a->path, b->path);
}

static bool run_image_compare(struct cli *cli, struct error *err)
{
	_cleanup_image_name_ struct image_name a = { 0 }, b = { 0 };
	_cleanup_free_ char *text = NULL;
	struct image_compare_result result;
	int64_t job = 0;

	if (!cli_image(cli, "image", "format", "secret", &a, err) ||
	    !cli_image(cli, "other", "other-format", "other-secret", &b, err) ||
	    !image_compare(cli->manager, &a, &b, cli_flag(cli, "strict"), &job, err))
		return false;
	text = wait_result(cli, job, err);
	if (text == NULL || !image_compare_read(text, &result, err))
		return false;
	if (cli->json)
		print_result(text);
	if (!result.identical)
		return say_difference(&a, &b, &result, err);
	cli_note(cli, result.sizes_differ ? _("Images are identical as far as both go; one is larger\n")
					  : _("Images are identical\n"));
	return true;
}

static const struct option image_compare_options[] = {
	OPTION_IMAGE("image", N_("a file, or a volume by POOL/VOLUME")),
	OPTION_IMAGE("other", N_("another one")),
	OPTION_SWITCH("strict", 's', N_("their sizes, and what is allocated, must be the same as well")),
	OPTION_IMAGE_FORMAT("format", 'f', N_("what the first is, where that is not known")),
	OPTION_IMAGE_FORMAT("other-format", 'F', N_("what the second is")),
	OPTION_THE_SECRET,
	OPTION_SECRET("other-secret", N_("of the second, as --secret")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_image_compare = {
	.name = "image-compare",
	.group = GROUP_IMAGE,
	.summary = N_("compare what a guest would see of two images"),
	.description =
		N_("Exits 0 when both hold the same, whatever their formats, and 1 when they do not: the first byte "
		   "that differs is said. What one is longer than the other must be zeroes."),
	.options = image_compare_options,
	.run = run_image_compare,
};

/* ---- image-resize ---- */

/* "20G", "+5G", "-5G": from what it is now. */
static bool new_size(struct cli *cli, const struct image_name *name, uint64_t *ret, struct error *err)
{
	_cleanup_json_ struct json_object *details = NULL;
	const char *text = cli_string(cli, "size");
	char sign = text[0] == '+' || text[0] == '-' ? text[0] : '\0';
	uint64_t now, bytes;

	if (!size_parse(text + (sign != '\0'), "b", &bytes, err)) {
		cli->usage = true;
		return false;
	}
	*ret = bytes;
	if (sign == '\0')
		return true;
	if (!image_details(name, &details, err))
		return false;
	now = (uint64_t)json_get_int(details, "virtual-size", 0);
	if ((sign == '-' && bytes >= now) || (sign == '+' && bytes > INT64_MAX - now))
		return error_set(err, ERROR_INVALID, _("'%s' cannot be changed by %s"), name->path, text);
	*ret = sign == '-' ? now - bytes : now + bytes;
	return true;
}

static bool run_image_resize(struct cli *cli, struct error *err)
{
	_cleanup_image_name_ struct image_name name = { 0 };
	_cleanup_free_ char *size = NULL;
	uint64_t bytes = 0;
	int64_t job = 0;

	if (!cli_image(cli, "image", "format", "secret", &name, err) || !new_size(cli, &name, &bytes, err) ||
	    !image_resize(cli->manager, &name, bytes, cli_flag(cli, "shrink"), cli_string(cli, "preallocation"), &job,
			  err) ||
	    !cli_job(cli, job, err))
		return false;
	size = size_format(bytes);
	cli_note(cli, _("Image '%s' resized to %s\n"), name.path, size);
	return true;
}

static const struct option image_resize_options[] = {
	OPTION_IMAGE("image", N_("a file, or a volume by POOL/VOLUME")),
	{ "size", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_NONE, NULL, N_("SIZE"),
	  N_("20G, or by how much: +5G; after '--': -5G") },
	OPTION_SIMPLE("shrink", N_("make it smaller: what lies beyond is lost")),
	{ "preallocation", NULL, 0, OPTION_STRING, 0, COMPLETE_WORDS, "off metadata falloc full", N_("MODE"),
	  N_("what is taken at once of what is added (off without it)") },
	OPTION_IMAGE_FORMAT("format", 'f', N_("what it is, where that is not known")),
	OPTION_THE_SECRET,
	OPTION_END,
};

const struct command command_image_resize = {
	.name = "image-resize",
	.group = GROUP_IMAGE,
	.summary = N_("make an image larger, or smaller"),
	.description = N_("Changes the size of the disk that a guest sees; partitions and file systems on it are the "
			  "guest's to change. 'virtty blockresize' does it while the machine runs."),
	.options = image_resize_options,
	.run = run_image_resize,
};
