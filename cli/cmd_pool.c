/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands about pools that are there: listed, shown, started, stopped, forgotten. */
#include "config.h"

#include "base/json.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/edit_text.h"
#include "cli/output_table.h"
#include "cli/storage.h"

#include <string.h>

/* ---- pool-list ---- */

static bool is_listed(struct cli *cli, const struct pool_row *row, char *const *types)
{
	bool active = !cli_flag(cli, "inactive");
	bool persistent = cli_flag(cli, "persistent"), transient = cli_flag(cli, "transient");
	bool autostart = cli_flag(cli, "autostart"), manual = cli_flag(cli, "no-autostart");

	if (!cli_flag(cli, "all") && row->active != active)
		return false;
	if ((persistent || transient) && !(row->persistent ? persistent : transient))
		return false;
	if ((autostart || manual) && !(row->autostart ? autostart : manual))
		return false;
	return types == NULL || strv_contains(types, enum_word(&pool_type_words, (int)row->type));
}

static const char *yes_no(bool value)
{
	return value ? _("yes") : _("no");
}

/* Whatever is there has some room: without any, nothing was to be learnt of it. */
static bool has_figures(const struct pool_row *row)
{
	return row->active && row->figures.capacity > 0;
}

static char *figure(const struct pool_row *row, uint64_t bytes)
{
	return has_figures(row) ? cli_size(bytes, false) : xstrdup("-");
}

static struct json_object *pool_json(const struct pool_row *row)
{
	struct json_object *object = json_object_new_object();

	json_set_string(object, "name", row->name);
	json_set_string(object, "uuid", row->uuid);
	json_set_string(object, "type", enum_word(&pool_type_words, (int)row->type));
	json_set_string(object, "state", row->active ? "active" : "inactive");
	json_set_bool(object, "persistent", row->persistent);
	json_set_bool(object, "autostart", row->autostart);
	json_set_string(object, "target", row->target);
	if (has_figures(row)) {
		json_set_int(object, "capacity", (int64_t)row->figures.capacity);
		json_set_int(object, "allocation", (int64_t)row->figures.allocation);
		json_set_int(object, "available", (int64_t)row->figures.available);
		json_set_int(object, "volumes", (int64_t)row->volumes);
	}
	return object;
}

static void print_details(struct cli *cli, const struct pool_row *rows, size_t count, char *const *types)
{
	_cleanup_table_ struct output_table table = { 0 };

	output_table_init(&table, _("Name"), _("State"), _("Autostart"), _("Persistent"), _("Capacity"),
			  _("Allocation"), _("Available"), NULL);
	for (size_t i = 0; i < count; i++) {
		const struct pool_row *row = &rows[i];
		_cleanup_free_ char *capacity = figure(row, row->figures.capacity);
		_cleanup_free_ char *allocation = figure(row, row->figures.allocation);
		_cleanup_free_ char *available = figure(row, row->figures.available);

		if (is_listed(cli, row, types))
			output_table_row(&table, row->name, row->active ? _("running") : _("inactive"),
					 yes_no(row->autostart), yes_no(row->persistent), capacity, allocation,
					 available);
	}
	output_table_print(&table, stdout, cli->quiet);
}

static void print_table(struct cli *cli, const struct pool_row *rows, size_t count, char *const *types)
{
	_cleanup_table_ struct output_table table = { 0 };

	output_table_init(&table, _("Name"), _("State"), _("Autostart"), NULL);
	for (size_t i = 0; i < count; i++)
		if (is_listed(cli, &rows[i], types))
			output_table_row(&table, rows[i].name, rows[i].active ? _("active") : _("inactive"),
					 yes_no(rows[i].autostart));
	output_table_print(&table, stdout, cli->quiet);
}

/* Figures of file systems change by themselves: those that are shown are those of now, or none. */
static void look_again(struct cli *cli, struct pool_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		_cleanup_error_ struct error err = ERROR_INIT;

		if (!rows[i].active || pool_refresh(cli->manager, &rows[i], &err))
			continue;
		error_wrap(&err, _("pool '%s'"), rows[i].name);
		cli_print_error(&err);
		rows[i].figures = (struct pool_figures){ 0 };
	}
}

static bool run_pool_list(struct cli *cli, struct error *err)
{
	_cleanup_strv_ char **types = cli_string(cli, "type") != NULL ? strv_split(cli_string(cli, "type"), ",") : NULL;
	bool words = cli_flag(cli, "name") || cli_flag(cli, "uuid");
	struct pool_row *rows = NULL;
	size_t count = 0;

	if (!cli_manager(cli, err) || !pool_list(cli->manager, &rows, &count, err))
		return false;
	if (cli_flag(cli, "details") || cli->json)
		look_again(cli, rows, count);
	if (cli->json) {
		struct json_object *array = json_object_new_array();

		for (size_t i = 0; i < count; i++)
			if (is_listed(cli, &rows[i], types))
				json_object_array_add(array, pool_json(&rows[i]));
		cli_json(array);
	} else if (words) {
		for (size_t i = 0; i < count; i++)
			if (is_listed(cli, &rows[i], types))
				printf("%s%s%s\n", cli_flag(cli, "uuid") ? rows[i].uuid : "",
				       cli_flag(cli, "uuid") && cli_flag(cli, "name") ? " " : "",
				       cli_flag(cli, "name") ? rows[i].name : "");
	} else if (cli_flag(cli, "details")) {
		print_details(cli, rows, count, types);
	} else {
		print_table(cli, rows, count, types);
	}
	pool_rows_free(rows, count);
	return true;
}

static const struct option pool_list_options[] = {
	OPTION_SIMPLE("inactive", N_("only pools that are not active")),
	OPTION_SIMPLE("all", N_("pools that are active and pools that are not")),
	OPTION_SIMPLE("transient", N_("only pools without a stored definition")),
	OPTION_SIMPLE("persistent", N_("only pools with a stored definition")),
	OPTION_SIMPLE("autostart", N_("only pools that are started by themselves")),
	OPTION_SIMPLE("no-autostart", N_("only pools that are not started by themselves")),
	OPTION_TEXT("type", N_("TYPES"), N_("only pools of these types: dir,netfs")),
	OPTION_SIMPLE("details", N_("show how full they are")),
	OPTION_SIMPLE("uuid", N_("print UUIDs, without a table")),
	OPTION_SIMPLE("name", N_("print names, without a table")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_pool_list = {
	.name = "pool-list",
	.group = GROUP_POOL,
	.summary = N_("list pools"),
	.description = N_("Prints the pools that are active, with --all every pool there is. The pool 'default' is "
			  "there from the first time: "
			  "it is the directory that new disks are made in."),
	.options = pool_list_options,
	.run = run_pool_list,
};

/* ---- one pool ---- */

static bool run_pool_info(struct cli *cli, struct error *err)
{
	struct pool_row row = { 0 };
	bool bytes = cli_flag(cli, "bytes");

	if (!cli_pool(cli, &row, err))
		return false;
	/* figures of another time, or of what lies where a server's directory was, would be taken for its own */
	if (row.active && !pool_refresh(cli->manager, &row, err)) {
		error_wrap(err, "pool '%s'", row.name);
		pool_row_clear(&row);
		return false;
	}
	if (cli->json) {
		cli_json(pool_json(&row));
	} else {
		_cleanup_free_ char *capacity = cli_size(row.figures.capacity, bytes),
				    *allocation = cli_size(row.figures.allocation, bytes);
		_cleanup_free_ char *available = cli_size(row.figures.available, bytes);

		printf("%-15s %s\n%-15s %s\n%-15s %s\n%-15s %s\n%-15s %s\n", _("Name:"), row.name, _("UUID:"), row.uuid,
		       _("State:"), row.active ? _("running") : _("inactive"), _("Persistent:"), yes_no(row.persistent),
		       _("Autostart:"), yes_no(row.autostart));
		if (row.active)
			printf("%-15s %s\n%-15s %s\n%-15s %s\n", _("Capacity:"), capacity, _("Allocation:"), allocation,
			       _("Available:"), available);
	}
	pool_row_clear(&row);
	return true;
}

static const struct option pool_info_options[] = {
	OPTION_POOL,
	OPTION_SIMPLE("bytes", N_("print sizes in bytes")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_pool_info = {
	.name = "pool-info",
	.group = GROUP_POOL,
	.summary = N_("what a pool is, and how full"),
	.description = N_("Prints a pool's state and, while it is active, its capacity, what is allocated and what is "
			  "available, as they are now."),
	.options = pool_info_options,
	.run = run_pool_info,
};

static bool run_pool_dumpxml(struct cli *cli, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	struct pool_row row = { 0 };

	if (!cli_pool(cli, &row, err))
		return false;
	text = pool_xml(cli->manager, &row, cli_flag(cli, "inactive"), err);
	if (text != NULL)
		fputs(text, stdout);
	pool_row_clear(&row);
	return text != NULL;
}

static const struct option pool_dumpxml_options[] = {
	OPTION_POOL,
	OPTION_SIMPLE("inactive", N_("the stored definition, without what is measured")),
	OPTION_END,
};

const struct command command_pool_dumpxml = {
	.name = "pool-dumpxml",
	.group = GROUP_POOL,
	.summary = N_("print a pool's XML"),
	.description = N_("Prints the pool as libvirt's XML, with its capacity, allocation and what is available while "
			  "it is active."),
	.options = pool_dumpxml_options,
	.run = run_pool_dumpxml,
};

static bool run_pool_name(struct cli *cli, struct error *err)
{
	struct pool_row row = { 0 };

	if (!cli_pool(cli, &row, err))
		return false;
	puts(row.name);
	pool_row_clear(&row);
	return true;
}

static bool run_pool_uuid(struct cli *cli, struct error *err)
{
	struct pool_row row = { 0 };

	if (!cli_pool(cli, &row, err))
		return false;
	puts(row.uuid);
	pool_row_clear(&row);
	return true;
}

static const struct option pool_only[] = {
	OPTION_POOL,
	OPTION_END,
};

const struct command command_pool_name = {
	.name = "pool-name",
	.group = GROUP_POOL,
	.summary = N_("a pool's name, from its UUID"),
	.description = N_("Prints the name of a pool."),
	.options = pool_only,
	.run = run_pool_name,
};

const struct command command_pool_uuid = {
	.name = "pool-uuid",
	.group = GROUP_POOL,
	.summary = N_("a pool's UUID, from its name"),
	.description = N_("Prints the UUID of a pool."),
	.options = pool_only,
	.run = run_pool_uuid,
};

/* ---- doing one thing with one pool ---- */

static unsigned build_flags(struct cli *cli)
{
	return (cli_flag(cli, "overwrite") ? POOL_OVERWRITE : 0) |
	       (cli_flag(cli, "no-overwrite") ? POOL_NO_OVERWRITE : 0);
}

static bool run_pool_start(struct cli *cli, struct error *err)
{
	struct pool_row row = { 0 };
	bool done = cli_exclusive(cli, err, "overwrite", "no-overwrite", NULL) && cli_pool(cli, &row, err) &&
		    pool_start(cli->manager, &row, build_flags(cli) | (cli_flag(cli, "build") ? POOL_BUILD : 0), err);

	if (done)
		cli_note(cli, _("Pool %s started\n"), row.name);
	pool_row_clear(&row);
	return done;
}

static bool run_pool_build(struct cli *cli, struct error *err)
{
	struct pool_row row = { 0 };
	bool done = cli_exclusive(cli, err, "overwrite", "no-overwrite", NULL) && cli_pool(cli, &row, err) &&
		    pool_build(cli->manager, &row, build_flags(cli), err);

	if (done)
		cli_note(cli, _("Pool %s built\n"), row.name);
	pool_row_clear(&row);
	return done;
}

static bool run_pool_destroy(struct cli *cli, struct error *err)
{
	struct pool_row row = { 0 };
	bool done = cli_pool(cli, &row, err) && pool_stop(cli->manager, &row, err);

	if (done)
		cli_note(cli, _("Pool %s destroyed\n"), row.name);
	pool_row_clear(&row);
	return done;
}

static bool run_pool_delete(struct cli *cli, struct error *err)
{
	struct pool_row row = { 0 };
	bool done = cli_pool(cli, &row, err) && pool_delete(cli->manager, &row, err);

	if (done)
		cli_note(cli, _("Pool %s deleted\n"), row.name);
	pool_row_clear(&row);
	return done;
}

static bool run_pool_undefine(struct cli *cli, struct error *err)
{
	struct pool_row row = { 0 };
	bool done = cli_pool(cli, &row, err) && pool_undefine(cli->manager, &row, err);

	if (done)
		cli_note(cli, _("Pool %s has been undefined\n"), row.name);
	pool_row_clear(&row);
	return done;
}

static bool run_pool_refresh(struct cli *cli, struct error *err)
{
	struct pool_row row = { 0 };
	bool done = cli_pool(cli, &row, err) && pool_refresh(cli->manager, &row, err);

	if (done)
		cli_note(cli, _("Pool %s refreshed\n"), row.name);
	pool_row_clear(&row);
	return done;
}

static bool run_pool_autostart(struct cli *cli, struct error *err)
{
	bool on = !cli_flag(cli, "disable");
	struct pool_row row = { 0 };
	bool done = cli_pool(cli, &row, err) && pool_set_autostart(cli->manager, &row, on, err);

	if (done)
		cli_note(cli, on ? _("Pool %s marked as autostarted\n") : _("Pool %s unmarked as autostarted\n"),
			 row.name);
	pool_row_clear(&row);
	return done;
}

static const struct option pool_build_options[] = {
	OPTION_POOL,
	OPTION_SIMPLE("no-overwrite", N_("refuse where something is there already")),
	OPTION_SIMPLE("overwrite", N_("overwrite what is there: it is lost")),
	OPTION_END,
};

static const struct option pool_start_options[] = {
	OPTION_POOL,
	OPTION_SIMPLE("build", N_("build it first")),
	OPTION_SIMPLE("no-overwrite", N_("build only where nothing is there")),
	OPTION_SIMPLE("overwrite", N_("build over what is there: it is lost")),
	OPTION_END,
};

static const struct option pool_autostart_options[] = {
	OPTION_POOL,
	OPTION_SIMPLE("disable", N_("take the mark away")),
	OPTION_END,
};

#define COMMAND(word_, variable_, options_, summary_, description_)                                                    \
	const struct command command_pool_##variable_ = { .name = word_,                                               \
							  .group = GROUP_POOL,                                         \
							  .summary = summary_,                                         \
							  .description = description_,                                 \
							  .options = options_,                                         \
							  .run = run_pool_##variable_ }

COMMAND("pool-start", start, pool_start_options, N_("start a pool"),
	N_("Makes a pool's volumes to be had: mounts or logs in to what it is on. A start that fails leaves nothing "
	   "mounted."));
COMMAND("pool-build", build, pool_build_options, N_("make what a pool is on"),
	N_("Makes the directory, file system or volume group of a pool that is not active."));
COMMAND("pool-destroy", destroy, pool_only, N_("stop a pool"),
	N_("Unmounts or logs out of what the pool is on. Its volumes and its definition stay."));
COMMAND("pool-delete", delete, pool_only, N_("delete what a pool is on"),
	N_("Deletes the (empty) directory or volume group of a pool that is not active. Its definition stays."));
COMMAND("pool-undefine", undefine, pool_only, N_("forget a pool"),
	N_("Removes the definition of a pool that is not active. Its volumes stay."));
COMMAND("pool-refresh", refresh, pool_only, N_("look into a pool again"),
	N_("Reads anew which volumes a pool holds, and how full it is."));
COMMAND("pool-autostart", autostart, pool_autostart_options, N_("start a pool by itself"),
	N_("Marks a pool to be started with the host, or when a machine needs it."));

/* ---- pool-edit ---- */

static bool store_edited(struct cli *cli, const char *text, bool force, bool *ret_moved, void *userdata,
			 struct error *err)
{
	const struct pool_row *before = userdata;
	_cleanup_free_ char *source = strf("'%s'", before->name);
	_cleanup_strv_ char **warnings = NULL;
	struct pool_row after = { 0 };

	(void)force;
	*ret_moved = false;
	if (!pool_define(cli->manager, source, text, strlen(text), &after, &warnings, err))
		return false;
	cli_warnings(warnings);
	pool_row_clear(&after);
	return true;
}

static bool run_pool_edit(struct cli *cli, struct error *err)
{
	_cleanup_free_ char *text = NULL, *what = NULL;
	struct pool_row row = { 0 };
	bool done = false;

	if (!cli_pool(cli, &row, err))
		return false;
	text = pool_xml(cli->manager, &row, true, err);
	what = strf(_("the definition of pool '%s'"), row.name);
	const struct edit edit = { .what = what,
				   .suffix = ".xml",
				   .stored = text,
				   .later = "virtty pool-define",
				   .xml = true,
				   .store = store_edited,
				   .userdata = &row };

	switch (text != NULL ? cli_edit(cli, &edit, err) : EDIT_FAILED) {
	case EDIT_STORED:
		cli_note(cli, _("Pool %s XML configuration edited.\n"), row.name);
		done = true;
		break;
	case EDIT_UNCHANGED:
		cli_note(cli, _("Pool %s XML configuration not changed.\n"), row.name);
		done = true;
		break;
	case EDIT_FAILED:
		break;
	}
	pool_row_clear(&row);
	return done;
}

COMMAND("pool-edit", edit, pool_only, N_("edit a pool's XML"),
	N_("Opens the stored definition in $VISUAL, $EDITOR or vi. What is saved is checked before it is stored."));
