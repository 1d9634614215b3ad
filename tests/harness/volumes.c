/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes for tests of storage. */
#include "tests/harness/volumes.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "tests/harness/home.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

char *image_path(const char *home, const char *name)
{
	return strf("%s/images/%s", home, name);
}

char *patterned_volume(const char *home, const char *name, unsigned mebibytes)
{
	char *path = image_path(home, name);
	_cleanup_free_ char *size = strf("%uM", mebibytes), *first = strf("write -P 0x5a 0 %uk", mebibytes * 256);
	_cleanup_free_ char *last = strf("write -P 0xc3 %uk 1000k", mebibytes * 1024 - 1000);

	OK("vol-create-as", "default", name, size, "--allocation", "0");
	RUN("qemu-io", "-f", "raw", "-c", first, "-c", last, path);
	return path;
}

void expect_same(const char *a, const char *a_format, const char *b, const char *b_format)
{
	RUN("qemu-img", "compare", "-f", a_format, "-F", b_format, a, b);
}

void expect_tidy_directory(const char *path)
{
	DIR *directory = opendir(path);

	ck_assert_ptr_nonnull(directory);
	for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory))
		ck_assert_msg(strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
				      entry->d_name[0] != '.',
			      "%s is left in %s", entry->d_name, path);
	closedir(directory);
}

void expect_tidy(const char *home)
{
	_cleanup_free_ char *path = strf("%s/images", home);

	expect_tidy_directory(path);
}

void expect_rows_are_files(const char *pool, const char *directory)
{
	_cleanup_free_ char *text = NULL;
	DIR *stream = opendir(directory);
	size_t files = 0, rows;

	ck_assert_ptr_nonnull(stream);
	for (const struct dirent *entry = readdir(stream); entry != NULL; entry = readdir(stream))
		files += entry->d_name[0] != '.';
	closedir(stream);
	expect_ok(virtty("vol-list", pool, "--json", NULL), &text);
	_cleanup_json_ struct json_object *list = json_parse("vol-list", text, strlen(text), NULL);

	ck_assert_ptr_nonnull(list);
	rows = json_object_array_length(list);
	for (size_t i = 0; i < rows; i++) {
		const char *path = json_get_string(json_object_array_get_idx(list, i), "path", "?");

		ck_assert_msg(path_exists(path), "there is no %s", path);
	}
	ck_assert_uint_eq(rows, files);
}

void expect_refused(struct outcome outcome)
{
	ck_assert_int_ne(outcome.status, 0);
	outcome_clear(&outcome);
}

bool mount_small(const char *place, const char *options)
{
	ck_assert(mkdir(place, 0700) == 0 || errno == EEXIST);
	if (unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("tmpfs", place, "tmpfs", 0, options) == 0)
		return true;
	skip_test("no file system can be mounted here: %s", strerror(errno));
	return false;
}
