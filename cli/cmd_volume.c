/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands about volumes that are there: listed, shown, resized, wiped, deleted. */
#include "config.h"

#include "base/json.h"
#include "base/text.h"
#include "cli/output_table.h"
#include "cli/storage.h"
#include "core/image_work.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* ---- vol-list ---- */

static struct json_object *volume_json(const struct volume *volume)
{
	struct json_object *object = json_object_new_object();

	json_set_string(object, "name", volume->name);
	json_set_string(object, "path", volume->path);
	json_set_string(object, "key", volume->key);
	json_set_string(object, "type", enum_word(&volume_type_words, (int)volume->type));
	json_set_string(object, "format", enum_word(&image_format_words, (int)volume->format));
	json_set_int(object, "capacity", (int64_t)volume->capacity);
	json_set_int(object, "allocation", (int64_t)volume->allocation);
	json_set_string(object, "backing", volume->backing_path);
	json_set_string(object, "backing-format", enum_word(&image_format_words, (int)volume->backing_format));
	json_set_bool(object, "encrypted", volume->encrypted);
	json_set_string(object, "trouble", volume->trouble);
	return object;
}

static void print_volumes(struct cli *cli, const struct volume *volumes, size_t count)
{
	_cleanup_table_ struct output_table table = { 0 };
	bool details = cli_flag(cli, "details");

	if (details)
		output_table_init(&table, _("Name"), _("Path"), _("Type"), _("Capacity"), _("Allocation"), NULL);
	else
		output_table_init(&table, _("Name"), _("Path"), NULL);
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *capacity = cli_size(volumes[i].capacity, false),
				    *allocation = cli_size(volumes[i].allocation, false);

		output_table_row(&table, volumes[i].name, volumes[i].path,
				 enum_word(&volume_type_words, (int)volumes[i].type), capacity, allocation);
	}
	output_table_print(&table, stdout, cli->quiet);
}

static bool run_vol_list(struct cli *cli, struct error *err)
{
	struct pool_row pool = { 0 };
	struct volume *volumes = NULL;
	size_t count = 0;
	bool done;

	/* What was made beside us is shown too: looking again costs little where nothing changed. */
	done = cli_pool(cli, &pool, err) && (!pool.active || pool_refresh(cli->manager, &pool, err)) &&
	       volume_list(cli->manager, &pool, &volumes, &count, err);
	if (done && cli->json) {
		struct json_object *array = json_object_new_array();

		for (size_t i = 0; i < count; i++)
			json_object_array_add(array, volume_json(&volumes[i]));
		cli_json(array);
	} else if (done) {
		print_volumes(cli, volumes, count);
	}
	volumes_free(volumes, count);
	pool_row_clear(&pool);
	return done;
}

static const struct option vol_list_options[] = {
	OPTION_POOL,
	OPTION_SIMPLE("details", N_("show types and sizes")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_vol_list = {
	.name = "vol-list",
	.group = GROUP_VOLUME,
	.summary = N_("list a pool's volumes"),
	.description = N_("Prints the volumes of a pool, as they are there now."),
	.options = vol_list_options,
	.run = run_vol_list,
};

/* ---- one volume ---- */

/* Why it, or what it stands on, cannot be used: the row knows of its own head, what is below is read now. Owned; NULL: no
 * reason is known. */
static char *trouble_of(struct cli *cli, const struct volume *volume)
{
	const struct image_name name = { .path = volume->path, .format = volume->format };
	struct image_layer *layers = NULL;
	char *trouble = xstrdup_null(volume->trouble);
	size_t count = 0;

	if (trouble != NULL || (volume->type != VOLUME_FILE && volume->type != VOLUME_BLOCK) ||
	    !image_chain_load(cli->manager, &name, false, &layers, &count, NULL))
		return trouble;
	for (size_t i = 0; i < count && trouble == NULL; i++)
		trouble = xstrdup_null(layers[i].trouble);
	image_layers_free(layers, count);
	return trouble;
}

static void print_info(struct cli *cli, const struct volume *volume)
{
	bool bytes = cli_flag(cli, "bytes"), physical = cli_flag(cli, "physical");
	const char *unit = bytes ? _(" bytes") : "";
	_cleanup_free_ char *capacity = cli_size(volume->capacity, bytes);
	_cleanup_free_ char *allocation = cli_size(physical ? volume->physical : volume->allocation, bytes);
	_cleanup_free_ char *trouble = trouble_of(cli, volume);

	printf("%-15s %s\n%-15s %s\n%-15s %s%s\n%-15s %s%s\n", _("Name:"), volume->name, _("Type:"),
	       enum_word(&volume_type_words, (int)volume->type), _("Capacity:"), capacity, unit,
	       physical ? _("Physical:") : _("Allocation:"), allocation, unit);
	if (trouble != NULL)
		printf("%-15s %s\n", _("Trouble:"), trouble);
}

/* What an image's own head says, and whether somebody holds it open now. NULL: it is no image that can be read. */
static struct json_object *image_json(const struct volume *volume)
{
	_cleanup_close_ int fd = -1;
	_cleanup_image_ struct image image = { 0 };
	struct json_object *object;
	int pid = 0;

	if (volume->type == VOLUME_FILE || volume->type == VOLUME_BLOCK)
		fd = open(volume->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || !image_read(fd, volume->path, volume->format, &image, NULL))
		return NULL;
	object = json_object_new_object();
	json_set_bool(object, "in-use", image_in_use(fd, true, &pid));
	if (pid != 0)
		json_set_int(object, "pid", pid);
	json_set_int(object, "file", (int64_t)image.file_bytes);
	if (image.format != IMAGE_QCOW2)
		return object;
	json_set_string(object, "compat", image.version < 3 ? "0.10" : "1.1");
	json_set_int(object, "cluster", INT64_C(1) << image.cluster_bits);
	json_set_int(object, "snapshots", image.snapshots);
	json_set_bool(object, "dirty", image.dirty);
	json_set_bool(object, "corrupt", image.corrupt);
	json_set_bool(object, "lazy-refcounts", image.lazy_refcounts);
	json_set_bool(object, "extended-l2", image.extended_l2);
	json_set_bool(object, "zstd", image.zstd);
	json_set_string(object, "data-file", image.data_file);
	return object;
}

static bool print_info_json(struct cli *cli, const struct volume *volume, struct error *err)
{
	struct json_object *object, *image, *array;
	struct volume_user *users;
	size_t count;

	if (!volume_users(cli->manager, volume, &users, &count, err))
		return false;
	object = volume_json(volume);
	_cleanup_free_ char *trouble = trouble_of(cli, volume);

	if (trouble != NULL)
		json_set_string(object, "trouble", trouble);
	image = image_json(volume);
	if (image != NULL)
		json_set(object, "image", image);
	array = json_object_new_array();
	for (size_t i = 0; i < count; i++) {
		struct json_object *user = json_object_new_object();

		json_set_string(user, "who", users[i].who);
		json_set_bool(user, "running", users[i].running);
		json_object_array_add(array, user);
	}
	json_set(object, "users", array);
	volume_users_free(users, count);
	cli_json(object);
	return true;
}

static bool run_vol_info(struct cli *cli, struct error *err)
{
	struct volume volume = { 0 };
	struct pool_row pool = { 0 };
	bool done = cli_volume(cli, &volume, &pool, err);

	if (done && cli->json)
		done = print_info_json(cli, &volume, err);
	else if (done)
		print_info(cli, &volume);
	volume_clear(&volume);
	pool_row_clear(&pool);
	return done;
}

static bool run_vol_dumpxml(struct cli *cli, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	struct volume volume = { 0 };
	struct pool_row pool = { 0 };

	if (cli_volume(cli, &volume, &pool, err))
		text = volume_xml(cli->manager, &pool, &volume, err);
	if (text != NULL)
		fputs(text, stdout);
	volume_clear(&volume);
	pool_row_clear(&pool);
	return text != NULL;
}

/* One word of a volume: the member at an offset. */
static bool print_member(struct cli *cli, size_t offset, struct error *err)
{
	struct volume volume = { 0 };
	struct pool_row pool = { 0 };
	bool done = cli_volume(cli, &volume, &pool, err);

	if (done)
		puts(*(char *const *)(const void *)((const char *)&volume + offset));
	volume_clear(&volume);
	pool_row_clear(&pool);
	return done;
}

static bool run_vol_name(struct cli *cli, struct error *err)
{
	return print_member(cli, offsetof(struct volume, name), err);
}

static bool run_vol_key(struct cli *cli, struct error *err)
{
	return print_member(cli, offsetof(struct volume, key), err);
}

static bool run_vol_path(struct cli *cli, struct error *err)
{
	return print_member(cli, offsetof(struct volume, path), err);
}

static bool run_vol_pool(struct cli *cli, struct error *err)
{
	struct volume volume = { 0 };
	struct pool_row pool = { 0 };
	bool done = cli_volume_in(cli, cli_string(cli, "vol"), NULL, &volume, &pool, err);

	if (done)
		puts(cli_flag(cli, "uuid") ? pool.uuid : pool.name);
	volume_clear(&volume);
	pool_row_clear(&pool);
	return done;
}

/* ---- changes ---- */

static bool run_vol_delete(struct cli *cli, struct error *err)
{
	struct volume volume = { 0 };
	struct pool_row pool = { 0 };
	bool done = cli_volume(cli, &volume, &pool, err) && volume_delete(cli->manager, &pool, &volume, err);

	if (done)
		cli_note(cli, _("Vol %s deleted\n"), cli_string(cli, "vol"));
	volume_clear(&volume);
	pool_row_clear(&pool);
	return done;
}

static unsigned resize_flags(struct cli *cli, bool negative)
{
	return (cli_flag(cli, "allocate") ? RESIZE_ALLOCATE : 0) | (cli_flag(cli, "shrink") ? RESIZE_SHRINK : 0) |
	       (cli_flag(cli, "delta") || negative ? RESIZE_DELTA : 0);
}

static bool run_vol_resize(struct cli *cli, struct error *err)
{
	const char *text = cli_string(cli, "capacity");
	bool negative = text[0] == '-', done;
	struct volume volume = { 0 };
	struct pool_row pool = { 0 };
	uint64_t bytes = 0;

	if (!size_parse(text + negative, "b", &bytes, err)) {
		cli->usage = true;
		return text[0] == '+' ? error_hint(err, _("--delta adds '%s' to the size that it has"), text + 1) : false;
	}
	if (negative && !cli_flag(cli, "shrink"))
		return cli_usage(cli, err, _("'%s' makes it smaller: --shrink says that this is meant"), text);
	done = cli_volume(cli, &volume, &pool, err) &&
	       volume_resize(cli->manager, &pool, &volume, bytes, resize_flags(cli, negative), err);
	if (done && (negative || cli_flag(cli, "delta")))
		cli_note(cli, _("Size of volume '%s' successfully changed by %s\n"), volume.name, text);
	else if (done)
		cli_note(cli, _("Size of volume '%s' successfully changed to %s\n"), volume.name, text);
	volume_clear(&volume);
	pool_row_clear(&pool);
	return done;
}

static bool run_vol_wipe(struct cli *cli, struct error *err)
{
	struct volume volume = { 0 };
	struct pool_row pool = { 0 };
	int64_t job = 0;
	bool done = cli_volume(cli, &volume, &pool, err) &&
		    volume_wipe(cli->manager, &pool, &volume, cli_string(cli, "algorithm"), &job, err) &&
		    cli_job(cli, job, err);

	if (done)
		cli_note(cli, _("Vol %s wiped\n"), cli_string(cli, "vol"));
	volume_clear(&volume);
	pool_row_clear(&pool);
	return done;
}

static const struct option vol_only[] = {
	OPTION_VOLUME,
	OPTION_OF_POOL,
	OPTION_END,
};

static const struct option vol_info_options[] = {
	OPTION_VOLUME,
	OPTION_OF_POOL,
	OPTION_SIMPLE("bytes", N_("print sizes in bytes")),
	OPTION_SIMPLE("physical", N_("how large the file is, not what it takes")),
	OPTION_JSON,
	OPTION_END,
};

static const struct option vol_pool_options[] = {
	OPTION_VOLUME,
	OPTION_SIMPLE("uuid", N_("the pool's UUID, not its name")),
	OPTION_END,
};

static const struct option vol_resize_options[] = {
	OPTION_VOLUME,
	{ "capacity", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_NONE, NULL, N_("SIZE"),
	  N_("its new size: 20G, or bytes; -5G with --shrink") },
	OPTION_OF_POOL,
	OPTION_SIMPLE("allocate", N_("take the new room at once")),
	OPTION_SIMPLE("delta", N_("the size is added to what it is")),
	OPTION_SIMPLE("shrink", N_("it may become smaller: what lies beyond is lost")),
	OPTION_END,
};

static const struct option vol_wipe_options[] = {
	OPTION_VOLUME,
	OPTION_OF_POOL,
	OPTION_ANY_TEXT("algorithm", N_("ALGORITHM"), N_("zero")),
	OPTION_END,
};

#define COMMAND(word_, variable_, options_, summary_, description_)                                                    \
	const struct command command_vol_##variable_ = { .name = word_,                                                \
							 .group = GROUP_VOLUME,                                        \
							 .summary = summary_,                                          \
							 .description = description_,                                  \
							 .options = options_,                                          \
							 .run = run_vol_##variable_ }

COMMAND("vol-info", info, vol_info_options, N_("what a volume is, and how large"),
	N_("Prints a volume's type, its size as a guest sees it, and what it takes."));
COMMAND("vol-dumpxml", dumpxml, vol_only, N_("print a volume's XML"), N_("Prints the volume as libvirt's XML."));
COMMAND("vol-name", name, vol_only, N_("a volume's name, from its key or path"), N_("Prints the name of a volume."));
COMMAND("vol-key", key, vol_only, N_("a volume's key, from its name or path"), N_("Prints the key of a volume."));
COMMAND("vol-path", path, vol_only, N_("a volume's path, from its name or key"), N_("Prints the path of a volume."));
COMMAND("vol-pool", pool, vol_pool_options, N_("the pool that a volume is in"),
	N_("Prints the name of the pool of a volume, from its key or path."));
COMMAND("vol-delete", delete, vol_only, N_("delete a volume"),
	N_("Deletes a volume. Refused while a machine or another volume uses it: the message names them."));
COMMAND("vol-resize", resize, vol_resize_options, N_("make a volume larger or smaller"),
	N_("Changes the size that a guest sees. The disk of a running machine is resized by 'virtty blockresize'."));
COMMAND("vol-wipe", wipe, vol_wipe_options, N_("overwrite a volume"),
	N_("Overwrites what a volume holds with zeroes. Ctrl-C ends it half done."));
