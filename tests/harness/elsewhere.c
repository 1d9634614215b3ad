/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images from elsewhere, for tests. */
#include "tests/harness/elsewhere.h"

#include <check.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

void run_shell(char *lines)
{
	RUN("sh", "-ec", lines);
	free(lines);
}

char *source_image(const char *home, unsigned mebibytes)
{
	char *path = strf("%s/src.raw", home);

	SHELL("truncate -s %uM '%s'; dd if=/dev/urandom of='%s' bs=64K count=%u conv=notrunc status=none; "
	      "dd if=/dev/urandom of='%s' bs=512 count=100 seek=%u conv=notrunc status=none",
	      mebibytes, path, path, mebibytes * 4, path, mebibytes * 2048 - 100);
	return path;
}

void expect_identical(const char *image, const char *raw)
{
	_cleanup_free_ char *said = NULL;

	expect_ok(run_program((const char *[]){ "/usr/bin/env", "qemu-img", "compare", "-f", "qcow2", "-F", "raw", image, raw, NULL }), &said);
	ck_assert_str_eq(said, "Images are identical.\n");
}

unsigned count_machines(void)
{
	_cleanup_free_ char *list = NULL;
	unsigned count = 0;

	expect_ok(virtty("list", "--all", "--name", NULL), &list);
	for (const char *at = list; *at != '\0'; at++)
		count += at != list && *at == '\n' && at[-1] != '\n';
	return count;
}

void expect_empty(const char *home, const char *name)
{
	_cleanup_free_ char *path = strf("%s/%s", home, name);
	DIR *directory = opendir(path);

	for (const struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
		ck_assert_msg(strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0, "%s is left in %s", entry->d_name, path);
	if (directory != NULL)
		closedir(directory);
}

void expect_nothing(const char *home)
{
	ck_assert_uint_eq(count_machines(), 0);
	expect_empty(home, "images");
	expect_empty(home, "seed");
}

void forget(const char *name)
{
	OK("undefine", name, "--remove-all-storage");
}
