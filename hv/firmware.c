/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads QEMU's firmware descriptors and picks the pair of code and variables that fits a machine. */
#include "hv/firmware.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"

#define DESCRIPTOR_LIMIT ((size_t)1024 * 1024)

void firmware_free(struct firmware *firmware)
{
	if (!firmware)
		return;
	free(firmware->code);
	free(firmware->code_format);
	free(firmware->vars_template);
	free(firmware->vars_format);
	free(firmware);
}

static bool array_has(struct json_object *array, const char *text)
{
	size_t count = json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;

	for (size_t i = 0; i < count; i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		if (json_object_is_type(item, json_type_string) && strcmp(json_object_get_string(item), text) == 0)
			return true;
	}
	return false;
}

/* Is one of a target's machine globs for this machine? */
static bool machines_match(struct json_object *globs, const char *machine)
{
	size_t count = json_object_is_type(globs, json_type_array) ? json_object_array_length(globs) : 0;

	for (size_t i = 0; i < count; i++) {
		struct json_object *glob = json_object_array_get_idx(globs, i);

		if (json_object_is_type(glob, json_type_string) &&
		    fnmatch(json_object_get_string(glob), machine, 0) == 0)
			return true;
	}
	return false;
}

static bool targets_match(struct json_object *targets, const struct firmware_request *request)
{
	size_t count = json_object_is_type(targets, json_type_array) ? json_object_array_length(targets) : 0;

	for (size_t i = 0; i < count; i++) {
		struct json_object *target = json_object_array_get_idx(targets, i);

		if (strcmp(json_get_string(target, "architecture", ""), request->arch) == 0 &&
		    machines_match(json_get(target, "machines"), request->machine))
			return true;
	}
	return false;
}

/* Two names of one file? Firmware is often reached through links. */
static bool same_file(const char *a, const char *b)
{
	struct stat first, second;

	if (strcmp(a, b) == 0)
		return true;
	return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

/* A descriptor as a firmware, or NULL when it is no UEFI in flash for the machine asked for. */
static struct firmware *descriptor_read(struct json_object *json, const struct firmware_request *request)
{
	const char *code = json_get_string(json, "mapping/executable/filename", NULL);
	const char *vars = json_get_string(json, "mapping/nvram-template/filename", NULL);
	struct json_object *features = json_get(json, "features");
	struct firmware *firmware;

	if (!code || !array_has(json_get(json, "interface-types"), "uefi") ||
	    strcmp(json_get_string(json, "mapping/device", ""), "flash") != 0 ||
	    !targets_match(json_get(json, "targets"), request))
		return NULL;
	if (request->code && !same_file(request->code, code))
		return NULL;
	firmware = xcalloc(1, sizeof *firmware);
	firmware->code = xstrdup(code);
	firmware->code_format = xstrdup(json_get_string(json, "mapping/executable/format", "raw"));
	firmware->vars_template = xstrdup_null(vars);
	if (vars)
		firmware->vars_format = xstrdup(json_get_string(json, "mapping/nvram-template/format", "raw"));
	firmware->secure_boot = array_has(features, "secure-boot");
	firmware->enrolled_keys = array_has(features, "enrolled-keys");
	firmware->requires_smm = array_has(features, "requires-smm");
	return firmware;
}

/* How well it answers: 0 not at all. Without a wish for Secure Boot a firmware without it comes first, then one that
 * runs without SMM. */
static int rank(const struct firmware *firmware, const struct firmware_request *request)
{
	if (access(firmware->code, R_OK) != 0 ||
	    (firmware->vars_template && access(firmware->vars_template, R_OK) != 0))
		return 0;
	if ((request->enrolled && !firmware->enrolled_keys) || (request->no_enrolled && firmware->enrolled_keys) ||
	    (request->no_secure && firmware->secure_boot))
		return 0;
	if (request->secure)
		return firmware->secure_boot ? 3 : 0;
	if (!firmware->secure_boot)
		return 3;
	return firmware->requires_smm ? 1 : 2;
}

static int is_descriptor(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && text_ends(entry->d_name, ".json");
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The descriptors' names over all directories, sorted, each once. */
static char **descriptor_names(char *const *directories)
{
	char **names = NULL;

	for (size_t i = 0; directories && directories[i]; i++) {
		struct dirent **entries = NULL;
		int count = scandir(directories[i], &entries, is_descriptor, NULL);

		for (int n = 0; n < count; n++) {
			if (!strv_contains(names, entries[n]->d_name))
				names = strv_add(names, entries[n]->d_name);
			free(entries[n]);
		}
		free(entries);
	}
	if (names)
		qsort(names, strv_length(names), sizeof *names, compare_names);
	return names;
}

/* The text of the first file of that name; an empty one masks those behind it. NULL when masked or unreadable. */
static struct json_object *descriptor_load(char *const *directories, const char *name)
{
	for (size_t i = 0; directories[i]; i++) {
		_cleanup_free_ char *path = strf("%s/%s", directories[i], name);
		_cleanup_free_ char *text = NULL;
		size_t length = 0;

		if (!path_exists(path))
			continue;
		if (!file_read(path, DESCRIPTOR_LIMIT, &text, &length, NULL) || length == 0)
			return NULL;
		return json_parse(path, text, length, NULL);
	}
	return NULL;
}

static bool nothing_fits(const struct firmware_request *request, struct error *err)
{
	if (request->code)
		return error_set(err, ERROR_NOT_FOUND, "no firmware descriptor for machine type '%s' names '%s'",
				 request->machine, request->code);
	error_set(err, ERROR_NOT_FOUND, "no UEFI firmware%s is installed for machine type '%s' (%s)",
		  request->secure ? " with Secure Boot" : request->enrolled ? " with enrolled keys" : "", request->machine, request->arch);
	return error_hint(err, "install it (Debian: apt install ovmf; Fedora: dnf install edk2-ovmf)%s",
			  request->secure ? "; Secure Boot needs a q35 machine" : "");
}

struct firmware *firmware_choose_in(char *const *directories, const struct firmware_request *request, struct error *err)
{
	_cleanup_strv_ char **names = descriptor_names(directories);
	struct firmware *best = NULL;
	int best_rank = 0;

	for (size_t i = 0; names && names[i]; i++) {
		_cleanup_json_ struct json_object *json = descriptor_load(directories, names[i]);
		struct firmware *firmware = json ? descriptor_read(json, request) : NULL;
		int fits = firmware ? rank(firmware, request) : 0;

		if (fits > best_rank) {
			firmware_free(best);
			best = firmware;
			best_rank = fits;
		} else {
			firmware_free(firmware);
		}
	}
	if (!best)
		nothing_fits(request, err);
	return best;
}

struct firmware *firmware_choose(const struct firmware_request *request, struct error *err)
{
	_cleanup_strv_ char **directories = NULL;
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (!text_empty(config))
		directories = strv_addf(directories, "%s/qemu/firmware", config);
	else if (!text_empty(home))
		directories = strv_addf(directories, "%s/.config/qemu/firmware", home);
	directories = strv_add(directories, "/etc/qemu/firmware");
	directories = strv_add(directories, "/usr/share/qemu/firmware");
	return firmware_choose_in(directories, request, err);
}
