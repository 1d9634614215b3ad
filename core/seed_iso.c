/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A seed's ISO: made by xorriso or its like in a directory of its own, then put in its place. */
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/manager_internal.h"
#include "core/seed_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAKE_LIMIT_MS 60000
#define VOLUME_ID     "cidata" /* what NoCloud looks for */

/* Beside the database, as NVRAM is. Owned. */
static char *seed_directory(struct manager *manager)
{
	const char *slash = strrchr(manager->paths.nvram, '/');

	return strf("%.*s/seed", (int)(slash - manager->paths.nvram), manager->paths.nvram);
}

char *machine_seed(struct manager *manager, const char *uuid)
{
	_cleanup_free_ char *directory = seed_directory(manager);

	return strf("%s/%s.iso", directory, uuid);
}

/* ---- what is left of others ---- */

/* Work of a process that was killed: ".PID-START". */
static void sweep(const char *directory)
{
	DIR *stream = opendir(directory);

	for (const struct dirent *entry; stream != NULL && (entry = readdir(stream)) != NULL;) {
		struct process_id process = { 0 };
		int pid;

		if (sscanf(entry->d_name, ".%d-%" SCNu64, &pid, &process.start) != 2)
			continue;
		process.pid = pid;
		_cleanup_free_ char *path = strf("%s/%s", directory, entry->d_name);

		if (!process_alive(&process))
			(void)directory_remove(path, NULL);
	}
	if (stream != NULL)
		closedir(stream);
}

/* ---- making ---- */

static bool write_text(const char *directory, const char *name, const char *text, struct error *err)
{
	_cleanup_free_ char *path = strf("%s/%s", directory, name);

	return text == NULL || file_write(path, text, strlen(text), 0600, err);
}

/* The program and its words; all three take the same. Owned; NULL on error. */
static char **make_argv(const char *stage, const char *iso, struct error *err)
{
	static const char *const programs[] = { "xorriso", "genisoimage", "mkisofs" };
	char **argv = NULL;

	for (size_t i = 0; i < ARRAY_LENGTH(programs) && argv == NULL; i++) {
		_cleanup_free_ char *program = process_find(programs[i]);

		if (program == NULL)
			continue;
		argv = strv_add(NULL, program);
		if (i == 0)
			argv = strv_add(strv_add(argv, "-as"), "mkisofs");
	}
	if (argv == NULL) {
		error_set(err, ERROR_NOT_FOUND, "'xorriso' is not on PATH: it makes what cloud-init reads");
		error_hint(err, "install xorriso");
		return NULL;
	}
	argv = strv_add(strv_add(argv, "-quiet"), "-V");
	argv = strv_add(strv_add(strv_add(argv, VOLUME_ID), "-J"), "-r");
	return strv_add(strv_add(strv_add(argv, "-o"), iso), stage);
}

static bool put_in_place(const char *iso, const char *path, struct error *err)
{
	_cleanup_close_ int fd = open(iso, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || fchmod(fd, 0600) < 0 || fsync(fd) < 0 || rename(iso, path) < 0)
		return error_set_errno(err, errno, "cannot put '%s' in its place", path);
	return true;
}

static bool make(const char *work, const char *path, const struct seed_texts *texts, struct error *err)
{
	_cleanup_free_ char *stage = strf("%s/files", work), *iso = strf("%s/seed.iso", work);
	_cleanup_strv_ char **argv = make_argv(stage, iso, err);

	return argv != NULL && directory_make(stage, 0700, err) && write_text(stage, "user-data", texts->user_data, err) &&
	       write_text(stage, "meta-data", texts->meta_data, err) && write_text(stage, "network-config", texts->network_config, err) &&
	       process_run_ok(argv, MAKE_LIMIT_MS, NULL, err) && put_in_place(iso, path, err);
}

bool seed_make(struct manager *manager, const char *uuid, const struct seed_texts *texts, struct error *err)
{
	_cleanup_free_ char *directory = seed_directory(manager), *path = machine_seed(manager, uuid);
	struct process_id self = process_self();
	_cleanup_free_ char *work = strf("%s/.%d-%" PRIu64, directory, (int)self.pid, self.start);

	if (!directory_make(directory, 0700, err))
		return false;
	sweep(directory);
	bool good = directory_make(work, 0700, err) && make(work, path, texts, err);

	(void)directory_remove(work, NULL);
	return good || error_wrap(err, "cannot make what cloud-init reads");
}
