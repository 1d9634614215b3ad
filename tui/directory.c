/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading, filtering and sorting of a directory. */
#include "tui/directory.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static bool has_ending(const char *name, const char *const *endings)
{
	size_t length = strlen(name);

	for (; *endings != NULL; endings++) {
		size_t n = strlen(*endings);

		if (length > n && strcasecmp(name + length - n, *endings) == 0)
			return true;
	}
	return false;
}

/* 1: shown; 0: not what is searched for; -1: left out by its kind. */
static int judge(const char *name, bool is_directory, const struct directory_filter *filter)
{
	if (!text_empty(filter->words) && strcasestr(name, filter->words) == NULL)
		return 0;
	if (name[0] == '.' && !filter->hidden)
		return -1;
	return is_directory || filter->endings == NULL || has_ending(name, filter->endings) ? 1 : -1;
}

static int compare(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;
	bool x_up = strcmp(x->name, "..") == 0;
	bool y_up = strcmp(y->name, "..") == 0;

	if (x_up != y_up)
		return x_up ? -1 : 1;
	if (x->directory != y->directory)
		return x->directory ? -1 : 1;
	int order = strcasecmp(x->name, y->name);

	return order != 0 ? order : strcmp(x->name, y->name);
}

bool directory_read(const char *path, const struct directory_filter *filter, struct directory *ret, struct error *err)
{
	DIR *dir = opendir(path);
	const struct dirent *item;

	*ret = (struct directory){ 0 };
	if (dir == NULL)
		return error_set_errno(err, errno, _("'%s' cannot be read"), path);
	if (strcmp(path, "/") != 0)
		*ARRAY_ADD(ret->entries, ret->count) = (struct entry){ .name = xstrdup(".."), .directory = true };
	while ((item = readdir(dir)) != NULL) {
		struct stat st;

		if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0 || !utf8_valid(item->d_name, strlen(item->d_name)) ||
		    fstatat(dirfd(dir), item->d_name, &st, 0) < 0)
			continue;
		if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
			continue;
		int shown = judge(item->d_name, S_ISDIR(st.st_mode), filter);

		ret->left_out += shown < 0;
		if (shown > 0)
			*ARRAY_ADD(ret->entries, ret->count) = (struct entry){
				.name = xstrdup(item->d_name),
				.directory = S_ISDIR(st.st_mode),
				.size = (uint64_t)st.st_size,
				.changed_s = st.st_mtime,
			};
	}
	closedir(dir);
	if (ret->count > 1)
		qsort(ret->entries, ret->count, sizeof *ret->entries, compare);
	return true;
}

void directory_clear(struct directory *directory)
{
	for (size_t i = 0; i < directory->count; i++)
		free(directory->entries[i].name);
	free(directory->entries);
	*directory = (struct directory){ 0 };
}

char *path_clean(const char *path)
{
	_cleanup_strv_ char **words = strv_split(path, "/");
	_cleanup_strv_ char **kept = NULL;
	size_t count = 0;

	for (char **word = words; word != NULL && *word != NULL; word++) {
		if (strcmp(*word, ".") == 0)
			continue;
		if (strcmp(*word, "..") != 0) {
			kept = strv_add(kept, *word);
			count++;
		} else if (count > 0) {
			count--;
			free(TAKE_POINTER(kept[count]));
		}
	}
	_cleanup_free_ char *joined = strv_join(kept, "/");

	return strf("/%s", joined);
}
