/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ISOs hold, and which systems libosinfo knows. */
#include "config.h"

#include "base/file.h"
#include "base/json.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/output_table.h"
#include "cli/storage.h"
#include "core/osinfo.h"

#include <string.h>
#include <time.h>

/* ---- one after the other, in lines ---- */

/* "Label:          Debian 11.5.0 amd64 n"; nothing for NULL. */
static void put_line(const char *label, const char *value)
{
	_cleanup_free_ char *clean = value != NULL ? cli_clean(value) : NULL;

	if (clean != NULL)
		printf("%s%*s %s\n", label, utf8_width(label) < 15 ? 15 - utf8_width(label) : 0, "", clean);
}

/* "1 GiB memory, 2 CPUs, 20 GiB disk"; NULL: nothing is said. Owned. */
static char *resources_text(const struct os_resources *resources)
{
	_cleanup_free_ char *memory = size_format(resources->memory_bytes), *disk = size_format(resources->disk_bytes);
	_cleanup_strv_ char **parts = NULL;

	if (resources->memory_bytes != 0)
		parts = strv_addf(parts, _("%s memory"), memory);
	if (resources->cpus != 0)
		parts = strv_addf(parts, ngettext("%u CPU", "%u CPUs", resources->cpus), resources->cpus);
	if (resources->disk_bytes != 0)
		parts = strv_addf(parts, _("%s disk"), disk);
	return parts != NULL ? strv_join(parts, ", ") : NULL;
}

static void put_system(const struct os_system *system)
{
	_cleanup_free_ char *title = os_title(system);
	_cleanup_free_ char *recommended = resources_text(&system->recommended), *minimum = resources_text(&system->minimum);

	put_line(_("System:"), title);
	put_line(_("Version:"), system->version);
	put_line(_("Vendor:"), system->vendor);
	put_line(_("Released:"), system->release_date);
	put_line(_("Support ends:"), system->eol_date);
	put_line(_("Recommended:"), recommended);
	put_line(_("Minimum:"), minimum);
	put_line(_("Firmware:"), system->bios && system->uefi ? _("BIOS, UEFI") : system->uefi ? _("UEFI") : _("BIOS"));
}

static void put_iso(const struct iso_info *info)
{
	_cleanup_free_ char *size = size_format(info->size_bytes);

	put_line(_("File:"), info->path);
	put_line(_("Size:"), size);
	put_line(_("Label:"), info->label);
	put_line(_("Boots:"), info->boots_bios && info->boots_uefi ? _("BIOS, UEFI") : info->boots_uefi ? _("UEFI")
									      : info->boots_bios     ? _("BIOS")
												     : _("no"));
	if (info->system != NULL)
		put_system(info->system);
	else
		put_line(_("System:"), _("not known"));
	put_line(_("Variant:"), info->variant);
	put_line(_("Architecture:"), info->arch);
	if (info->system != NULL)
		put_line(_("Kind:"), info->live && info->installer ? _("live system and installer") : info->live ? _("live system")
												       : _("installer"));
	put_line(_("Kernel:"), info->kernel);
	put_line(_("Initrd:"), info->initrd);
}

/* All that is known of a file, as --json shows it. */
static struct json_object *iso_object(const struct iso_info *info)
{
	struct json_object *object = json_object_new_object();

	json_set_string(object, "path", info->path);
	json_set_int(object, "size", (int64_t)info->size_bytes);
	json_set_int(object, "changed", info->changed_s);
	if (info->json != NULL) {
		json_object_object_foreach(info->json, key, value)
			json_set(object, key, json_object_get(value));
	}
	return object;
}

/* ---- osinfo ---- */

/* A name of a system, and no file? */
static bool is_name(const char *word)
{
	return strchr(word, '/') == NULL && !text_ends(word, ".iso") && !path_exists(word);
}

static bool show_system(struct cli *cli, const char *name, struct json_object *array, struct error *err)
{
	_cleanup_os_answer_ struct os_answer answer = { 0 };
	struct json_object *object;

	if (!os_find(cli->manager, name, &answer, err))
		return false;
	if (!answer.found) {
		error_set(err, ERROR_NOT_FOUND, _("'%s' is neither a file nor a system that libosinfo knows"), name);
		if (answer.older)
			return error_hint(err, _("the newest one before it is '%s'"), answer.system.short_id);
		return answer.near != NULL ? error_hint(err, _("did you mean '%s'?"), answer.near)
					   : error_hint(err, _("'virtty osinfo --list WORDS' finds systems"));
	}
	if (array == NULL) {
		put_system(&answer.system);
		return true;
	}
	object = json_object_new_object();
	json_set(object, "system", json_object_get(answer.json));
	json_object_array_add(array, object);
	return true;
}

static bool show_file(const struct iso_info *info, struct json_object *array, struct error *err)
{
	if (array != NULL && info->known)
		json_object_array_add(array, iso_object(info));
	if (info->trouble != NULL)
		return error_set(err, ERROR_INVALID, "'%s': %s", info->path, info->trouble);
	if (array == NULL)
		put_iso(info);
	return true;
}

/* What all the files are, found out in one go; those that are names stay empty. Owned array. */
static struct iso_info *describe_files(struct cli *cli, const char *const *words, size_t count)
{
	_cleanup_error_ struct error why = ERROR_INIT;
	_cleanup_free_ size_t *places = xcalloc(count + 1, sizeof *places);
	struct iso_info *infos = xcalloc(count + 1, sizeof *infos);
	struct iso_info *files = xcalloc(count + 1, sizeof *files);
	size_t file_count = 0;

	for (size_t i = 0; i < count; i++) {
		if (is_name(words[i]))
			continue;
		places[file_count] = i;
		files[file_count++].path = path_absolute(words[i]);
	}
	iso_describe(cli->manager, files, file_count, 0, &why);
	if (error_is_set(&why))
		cli_warnings((char *const[]){ why.message, NULL });
	for (size_t i = 0; i < file_count; i++)
		infos[places[i]] = files[i];
	free(files);
	return infos;
}

static bool run_list(struct cli *cli, const char *const *words, struct error *err)
{
	_cleanup_free_ char *text = words != NULL ? strv_join((char *const *)(uintptr_t)words, " ") : NULL;
	_cleanup_table_ struct output_table table = { 0 };
	struct json_object *json = NULL;
	struct os_system *systems;
	size_t count;

	if (!os_list(text, &systems, &count, &json, err))
		return false;
	output_table_init(&table, _("Short ID"), _("Name"), _("Version"), _("Released"), _("Support ends"), NULL);
	for (size_t i = 0; i < count; i++)
		output_table_row(&table, systems[i].short_id, systems[i].name, systems[i].version, systems[i].release_date, systems[i].eol_date);
	if (cli->json)
		cli_json(json_object_get(json));
	else
		output_table_print(&table, stdout, cli->quiet);
	json_object_put(json);
	os_systems_free(systems, count);
	return true;
}

/* One that cannot be shown does not keep the others from being shown; the first reason is the command's error. */
static bool show_all(struct cli *cli, const char *const *words, size_t count, struct json_object *array, struct error *err)
{
	_cleanup_error_ struct error first = ERROR_INIT;
	struct iso_info *infos = describe_files(cli, words, count);

	for (size_t i = 0; i < count; i++) {
		_cleanup_error_ struct error this = ERROR_INIT;

		if (i > 0 && array == NULL)
			putchar('\n');
		if (infos[i].path != NULL ? show_file(&infos[i], array, &this) : show_system(cli, words[i], array, &this))
			continue;
		if (error_is_set(&first))
			cli_print_error(&this);
		else
			error_move(&first, &this);
	}
	iso_infos_free(infos, count);
	return error_is_set(&first) ? error_move(err, &first) : true;
}

static bool run_osinfo(struct cli *cli, struct error *err)
{
	struct json_object *array;
	size_t count = 0;
	const char *const *words = argument_list(&cli->arguments, "file", &count);
	bool fine;

	if (!cli_manager(cli, err))
		return false;
	if (cli_flag(cli, "list"))
		return run_list(cli, words, err);
	if (count == 0)
		return cli_usage(cli, err, _("osinfo needs an ISO file, or the name of a system, or --list"));
	array = cli->json ? json_object_new_array() : NULL;
	fine = show_all(cli, words, count, array, err);
	if (array != NULL)
		cli_json(array);
	return fine;
}

static const struct option osinfo_options[] = {
	{ "file", NULL, 0, OPTION_LIST, TRAIT_POSITIONAL, COMPLETE_FILE, NULL, N_("FILE"),
	  N_("an ISO, or the short name of a system; with --list words that its name has") },
	OPTION_SIMPLE("list", N_("list the systems that libosinfo knows")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_osinfo = {
	.name = "osinfo",
	.group = GROUP_HOST,
	.summary = N_("say what an ISO holds, or what a system wants"),
	.description = N_("Says what an ISO says of itself, and which system libosinfo takes it for: its version, what memory and disk are "
			  "recommended for it. A short name (debian11) shows the same of a system. What was found out is kept until the file changes. "
			  "Without libosinfo only the ISO's own words are known."),
	.options = osinfo_options,
	.run = run_osinfo,
};

/* ---- iso-list ---- */

static char *date_text(int64_t seconds)
{
	const time_t when = seconds;
	struct tm parts;
	char text[32];

	if (localtime_r(&when, &parts) == NULL || strftime(text, sizeof text, "%Y-%m-%d %H:%M", &parts) == 0)
		return xstrdup("-");
	return xstrdup(text);
}

static void print_isos(struct cli *cli, const struct iso_info *infos, size_t count)
{
	_cleanup_table_ struct output_table table = { 0 };

	output_table_init(&table, _("Name"), _("Architecture"), _("Size"), _("Changed"), _("Path"), NULL);
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *title = iso_title(&infos[i]), *size = cli_size(infos[i].size_bytes, false);
		_cleanup_free_ char *date = date_text(infos[i].changed_s);

		output_table_row(&table, title, infos[i].arch != NULL ? infos[i].arch : "-", size, date, infos[i].path);
	}
	output_table_print(&table, stdout, cli->quiet);
}

static bool run_iso_list(struct cli *cli, struct error *err)
{
	_cleanup_error_ struct error why = ERROR_INIT;
	struct iso_info *infos;
	size_t count;

	if (!cli_manager(cli, err) || !iso_list(cli->manager, 0, &infos, &count, &why, err))
		return false;
	if (error_is_set(&why))
		cli_warnings((char *const[]){ why.message, NULL });
	if (cli->json) {
		struct json_object *array = json_object_new_array();

		for (size_t i = 0; i < count; i++)
			json_object_array_add(array, iso_object(&infos[i]));
		cli_json(array);
	} else {
		print_isos(cli, infos, count);
	}
	iso_infos_free(infos, count);
	return true;
}

static const struct option iso_list_options[] = {
	OPTION_JSON,
	OPTION_END,
};

const struct command command_iso_list = {
	.name = "iso-list",
	.group = GROUP_VOLUME,
	.summary = N_("list the ISOs of this host, and what they hold"),
	.description = N_("Lists the ISOs in directory pools, where one was chosen last, and in the directories that [iso] in virtty.conf names "
			  "(without it: /var/lib/libvirt/images, /var/lib/libvirt/boot and ~/Downloads)."),
	.options = iso_list_options,
	.run = run_iso_list,
};
