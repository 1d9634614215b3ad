/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that look at images: what they are, on what they stand, where their data lies, what a copy would take. */
#include "config.h"

#include "base/json.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "cli/image.h"
#include "cli/output_table.h"
#include "cli/suboptions.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NAMED 10 /* users of an image that are named: a base may have thousands */

/* ---- image-info ---- */

/* Names of what is set in a head. Owned. */
static struct json_object *features_json(const struct image *image)
{
	const struct {
		bool set;
		const char *name;
	} features[] = {
		{ image->lazy_refcounts, N_("lazy refcounts") },
		{ image->extended_l2, N_("extended L2") },
		{ image->zstd, N_("zstd compression") },
		{ image->external_data, N_("external data file") },
		{ image->encrypted && image->luks, N_("encrypted (LUKS)") },
		{ image->encrypted && !image->luks, N_("encrypted (AES, broken)") },
		{ image->dirty, N_("dirty: it was not closed") },
		{ image->corrupt, N_("corrupt") },
	};
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < ARRAY_LENGTH(features); i++)
		if (features[i].set)
			json_object_array_add(array, json_object_new_string(features[i].name));
	return array;
}

static struct json_object *layer_json(const struct image_layer *layer)
{
	struct json_object *object = json_object_new_object(), *users = json_object_new_array();
	const struct image *image = &layer->image;

	json_set_string(object, "path", layer->path);
	json_set_string(
		object, "format",
		enum_word(&image_format_words, (int)(image->format != IMAGE_UNKNOWN ? image->format : layer->format)));
	json_set_int(object, "virtual", (int64_t)image->virtual_bytes);
	json_set_int(object, "allocated", (int64_t)image->allocated_bytes);
	json_set_int(object, "length", (int64_t)image->file_bytes);
	if (image->format == IMAGE_QCOW2) {
		json_set_string(object, "compat", image->version == 2 ? "0.10" : "1.1");
		json_set_int(object, "cluster", INT64_C(1) << image->cluster_bits);
		json_set_int(object, "snapshots", image->snapshots);
	}
	json_set(object, "features", features_json(image));
	json_set_string(object, "backing", image->backing_file);
	json_set_string(object, "backing-format", enum_word(&image_format_words, (int)image->backing_format));
	json_set_string(object, "trouble", layer->trouble);
	for (size_t i = 0; i < layer->user_count; i++)
		json_object_array_add(users, json_object_new_string(layer->users[i].who));
	json_set(object, "users", users);
	json_set_string(object, "open", layer->opened_by);
	return object;
}

static void print_line(const char *name, const char *value)
{
	_cleanup_free_ char *clean = value != NULL ? cli_clean(value) : NULL;

	if (clean != NULL)
		printf("%-15s %s\n", name, clean);
}

/* "a, b", each in the user's language where it is a word of ours; NULL: nothing. Owned. */
static char *join(struct json_object *array)
{
	size_t count = json_object_array_length(array);
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < count && i < NAMED; i++)
		strbuf_printf(&text, "%s%s", i > 0 ? ", " : "",
			      _(json_object_get_string(json_object_array_get_idx(array, i))));
	if (count > NAMED)
		strbuf_printf(&text, _(", and %zu more"), count - NAMED);
	return count > 0 ? strbuf_take(&text) : NULL;
}

static void print_layer(struct cli *cli, const struct image_layer *layer)
{
	_cleanup_json_ struct json_object *json = layer_json(layer);
	_cleanup_free_ char *features = join(json_get(json, "features")), *users = join(json_get(json, "users"));
	bool bytes = cli_flag(cli, "bytes");
	_cleanup_free_ char *virtual_size = cli_size(layer->image.virtual_bytes, bytes),
			    *allocated = cli_size(layer->image.allocated_bytes, bytes),
			    *cluster = cli_size(UINT64_C(1) << layer->image.cluster_bits, bytes);

	print_line(_("Image:"), layer->path);
	print_line(_("Format:"), json_get_string(json, "format", NULL));
	if (layer->image.format != IMAGE_UNKNOWN) {
		print_line(_("Capacity:"),
			   layer->image.virtual_bytes != 0 || layer->image.format == IMAGE_RAW ? virtual_size : NULL);
		print_line(_("Allocation:"), allocated);
	}
	print_line(_("Compat:"), json_get_string(json, "compat", NULL));
	print_line(_("Cluster size:"), layer->image.format == IMAGE_QCOW2 ? cluster : NULL);
	print_line(_("Features:"), features);
	print_line(_("Backing file:"), layer->image.backing_file);
	print_line(_("Used by:"), users);
	print_line(_("Open in:"), layer->opened_by);
	print_line(_("Trouble:"), layer->trouble);
}

static void print_snapshots(struct cli *cli, struct json_object *snapshots)
{
	_cleanup_table_ struct output_table table = { 0 };

	output_table_init(&table, _("Id"), _("Snapshot"), _("Taken"), _("Memory"), NULL);
	for (size_t i = 0; i < json_object_array_length(snapshots); i++) {
		struct json_object *one = json_object_array_get_idx(snapshots, i);
		time_t at = (time_t)json_get_int(one, "date-sec", 0);
		_cleanup_free_ char *memory =
			cli_size((uint64_t)json_get_int(one, "vm-state-size", 0), cli_flag(cli, "bytes"));
		struct tm broken;
		char taken[32] = "";

		if (localtime_r(&at, &broken) != NULL)
			(void)strftime(taken, sizeof taken, "%Y-%m-%d %H:%M:%S", &broken);
		output_table_row(&table, json_get_string(one, "id", ""), json_get_string(one, "name", ""), taken,
				 memory);
	}
	printf("\n");
	output_table_print(&table, stdout, cli->quiet);
}

/* What the head does not say: its driver does. Nothing is asked where that would open another file. */
static struct json_object *ask_driver(const struct image_name *name, struct image_layer *layer, struct error *err)
{
	struct json_object *details = NULL;
	bool native = layer->image.format == IMAGE_RAW || layer->image.format == IMAGE_ISO ||
		      layer->image.format == IMAGE_LUKS ||
		      (layer->image.format == IMAGE_QCOW2 && layer->image.snapshots == 0);

	if (native || layer->image.external_data || layer->image.data_file != NULL ||
	    !image_details(name, &details, err))
		return NULL;
	layer->image.virtual_bytes = (uint64_t)json_get_int(details, "virtual-size", 0);
	return details;
}

static bool run_image_info(struct cli *cli, struct error *err)
{
	_cleanup_image_name_ struct image_name name = { 0 };
	_cleanup_json_ struct json_object *details = NULL;
	struct image_layer *layers = NULL;
	size_t count = 0;

	if (!cli_image(cli, "image", "format", NULL, &name, err) ||
	    !image_chain_load(cli->manager, &name, true, &layers, &count, err))
		return false;
	details = ask_driver(&name, &layers[0], err);
	if (error_is_set(err)) {
		image_layers_free(layers, count);
		return false;
	}
	struct json_object *snapshots = json_get(details, "snapshots"), *array = json_object_new_array();

	for (size_t i = 0; i < count; i++) {
		struct json_object *layer = layer_json(&layers[i]);

		if (i == 0 && snapshots != NULL)
			json_set(layer, "snapshot-list", json_object_get(snapshots));
		json_object_array_add(array, layer);
		if (!cli->json && i > 0)
			printf("\n");
		if (!cli->json)
			print_layer(cli, &layers[i]);
		if (!cli->json && i == 0 && snapshots != NULL && json_object_array_length(snapshots) > 0)
			print_snapshots(cli, snapshots);
	}
	if (cli->json)
		cli_json(array);
	else
		json_object_put(array);
	image_layers_free(layers, count);
	return true;
}

static const struct option image_info_options[] = {
	OPTION_IMAGE("image", N_("a file, or a volume by POOL/VOLUME")),
	OPTION_IMAGE_FORMAT("format", 'f', N_("what it is, where that is not known")),
	OPTION_SIMPLE("bytes", N_("sizes in bytes")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_image_info = {
	.name = "image-info",
	.group = GROUP_IMAGE,
	.summary = N_("show what an image is, and on what it stands"),
	.description = N_("Prints an image's format, sizes, features and snapshots, who uses it, and the same of each "
			  "image below it. The chain is followed as far as its "
			  "images state the formats of what is below them."),
	.options = image_info_options,
	.run = run_image_info,
};

/* ---- image-map ---- */

static const char *run_word(struct json_object *run)
{
	if (json_get_bool(run, "zero", false))
		return json_get_bool(run, "data", false) ? _("zeroes, allocated") : _("zeroes");
	return json_get_bool(run, "data", false) ? _("data") : _("hole");
}

static bool run_image_map(struct cli *cli, struct error *err)
{
	_cleanup_table_ struct output_table table = { 0 };
	_cleanup_image_name_ struct image_name name = { 0 };
	struct json_object *runs = NULL;

	if (!cli_image(cli, "image", "format", "secret", &name, err) || !image_map(cli->manager, &name, &runs, err))
		return false;
	if (cli->json) {
		cli_json(runs);
		return true;
	}
	output_table_init(&table, _("Start"), _("Length"), _("Holds"), _("Layer"), _("At"), NULL);
	for (size_t i = 0; i < json_object_array_length(runs); i++) {
		struct json_object *run = json_object_array_get_idx(runs, i);
		_cleanup_free_ char *start = strf("%" PRId64, json_get_int(run, "start", 0)),
				    *length = strf("%" PRId64, json_get_int(run, "length", 0)),
				    *depth = strf("%" PRId64, json_get_int(run, "depth", 0)),
				    *offset = json_get(run, "offset") != NULL
						      ? strf("%" PRId64, json_get_int(run, "offset", 0))
						      : xstrdup("-");

		output_table_row(&table, start, length, run_word(run), depth, offset);
	}
	output_table_print(&table, stdout, cli->quiet);
	json_object_put(runs);
	return true;
}

static const struct option image_map_options[] = {
	OPTION_IMAGE("image", N_("a file, or a volume by POOL/VOLUME")),
	OPTION_IMAGE_FORMAT("format", 'f', N_("what it is, where that is not known")),
	OPTION_THE_SECRET,
	OPTION_JSON,
	OPTION_END,
};

const struct command command_image_map = {
	.name = "image-map",
	.group = GROUP_IMAGE,
	.summary = N_("show where an image's data lies"),
	.description =
		N_("Prints the runs of what a guest sees: where each begins, how long it is, whether it holds data, "
		   "in which image of the chain (0: this one), and at which byte of that image's file."),
	.options = image_map_options,
	.run = run_image_map,
};

/* ---- image-measure ---- */

static bool measure_options(struct cli *cli, struct image_options *options, struct suboptions *parts, struct error *err)
{
	const char *format = cli_string(cli, "output-format");

	options->format = IMAGE_QCOW2;
	return (format == NULL || image_format_parse(format, &options->format, err)) &&
	       cli_option_size(cli, "size", &options->size_bytes, err) && cli_image_options(cli, options, parts, err);
}

static bool run_image_measure(struct cli *cli, struct error *err)
{
	_cleanup_image_name_ struct image_name name = { 0 };
	_cleanup_suboptions_ struct suboptions parts = { 0 };
	_cleanup_json_ struct json_object *measured = NULL;
	struct image_options options = { 0 };
	bool named = cli_string(cli, "image") != NULL;

	if (named == (cli_string(cli, "size") != NULL))
		return cli_usage(cli, err, _("name an image, or a --size, and not both"));
	if (!measure_options(cli, &options, &parts, err) || !cli_manager(cli, err) ||
	    (named && !cli_image(cli, "image", "format", "secret", &name, err)) ||
	    !image_measure(cli->manager, named ? &name : NULL, &options, &measured, err))
		return false;
	if (cli->json) {
		cli_json(json_object_get(measured));
		return true;
	}
	bool bytes = cli_flag(cli, "bytes");
	_cleanup_free_ char *required = cli_size((uint64_t)json_get_int(measured, "required", 0), bytes),
			    *full = cli_size((uint64_t)json_get_int(measured, "fully-allocated", 0), bytes);

	printf("%-16s %s\n%-16s %s\n", _("Required:"), required, _("Fully allocated:"), full);
	return true;
}

static const struct option image_measure_options[] = {
	{ "image", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_FILE, NULL, N_("IMAGE"),
	  N_("a file, or a volume by POOL/VOLUME") },
	OPTION_LETTER("size", 0, N_("SIZE"), N_("of an empty image, instead of one that is there")),
	OPTION_IMAGE_FORMAT("format", 'f', N_("what it is, where that is not known")),
	{ "output-format", NULL, 'O', OPTION_STRING, 0, COMPLETE_WORDS, "raw qcow2 luks", N_("FORMAT"),
	  N_("of the copy: qcow2 without it") },
	OPTION_THE_SECRET,
	OPTIONS_OF_TARGET,
	OPTION_SIMPLE("bytes", N_("sizes in bytes")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_image_measure = {
	.name = "image-measure",
	.group = GROUP_IMAGE,
	.summary = N_("say how much space a copy of an image would take"),
	.description = N_("Prints what a copy takes with what is in the image now, and when all of it is written."),
	.options = image_measure_options,
	.run = run_image_measure,
};
