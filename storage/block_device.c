/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel, and the first blocks, say of a block device. */
#include "storage/block_device.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "storage/tool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/fs.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS	       20
#define PROBE_LIMIT_MS 10000

bool device_size(const char *path, uint64_t *ret_bytes, struct error *err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "device '%s'", path);
	if (!S_ISBLK(st.st_mode))
		return error_set(err, ERROR_INVALID, "'%s' is not a block device", path);
	return ioctl(fd, BLKGETSIZE64, ret_bytes) == 0 || error_set_errno(err, errno, "device '%s'", path);
}

bool device_same(const char *a, const char *b)
{
	struct stat one, two;

	return text_equal(a, b) || (stat(a, &one) == 0 && stat(b, &two) == 0 && S_ISBLK(one.st_mode) &&
				    S_ISBLK(two.st_mode) && one.st_rdev == two.st_rdev);
}

/* ---- who uses it ---- */

/* Where this device is mounted. Owned; NULL: nowhere. */
static char *mount_place(dev_t device)
{
	_cleanup_free_ char *number = strf("%u:%u", major(device), minor(device));
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, *place = NULL;
	size_t room = 0;

	while (place == NULL && file != NULL && getline(&line, &room, file) > 0) {
		_cleanup_strv_ char **words = strv_split(line, " \n");

		if (strv_length(words) > 4 && text_equal(words[2], number))
			place = xstrdup(words[4]);
	}
	if (file != NULL)
		fclose(file);
	free(line);
	return place;
}

/* What is made of it: a mapped device, an array. Owned; NULL: nothing. */
static char *first_holder(dev_t device)
{
	_cleanup_free_ char *path = strf("/sys/dev/block/%u:%u/holders", major(device), minor(device));
	DIR *directory = opendir(path);
	const struct dirent *entry = NULL;
	char *name = NULL;

	while (directory != NULL && name == NULL && (entry = readdir(directory)) != NULL)
		if (entry->d_name[0] != '.')
			name = xstrdup(entry->d_name);
	if (directory != NULL)
		closedir(directory);
	return name;
}

char *device_user(const char *path)
{
	struct stat st;
	/* The kernel gives a device for itself to one alone: a mount, swap, a mapped device, an array. */
	_cleanup_close_ int fd = open(path, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd >= 0 || errno != EBUSY || stat(path, &st) < 0 || !S_ISBLK(st.st_mode))
		return NULL;
	_cleanup_free_ char *place = mount_place(st.st_rdev), *holder = first_holder(st.st_rdev);

	return place != NULL	? strf("mounted at '%s'", place)
	       : holder != NULL ? strf("held by %s", holder)
				: xstrdup("in use by the host");
}

/* ---- what lies on it ---- */

#define BLKID_NOTHING	2
#define BLKID_AMBIVALENT 8

/* The value of a line "KEY=value". Owned; NULL: there is none. */
static char *value_of(char *const *lines, const char *key)
{
	size_t length = strlen(key);

	for (; lines != NULL && *lines != NULL; lines++)
		if (text_starts(*lines, key) && (*lines)[length] == '=')
			return xstrdup(*lines + length + 1);
	return NULL;
}

bool device_content(const char *path, char **ret, struct error *err)
{
	_cleanup_free_ char *out = NULL, *errors = NULL, *label = NULL, *how = NULL;
	_cleanup_strv_ char **lines = NULL;
	int status = 0;

	*ret = NULL;
	if (!process_run(TOOL_ARGV("blkid", "-p", "-o", "export", "--", path), PROBE_LIMIT_MS, &out, &errors, &status,
			 err))
		return error_wrap(err, "cannot tell what lies on '%s'", path);
	if (WIFEXITED(status) && WEXITSTATUS(status) == BLKID_NOTHING)
		return true;
	if (WIFEXITED(status) && WEXITSTATUS(status) == BLKID_AMBIVALENT) {
		*ret = xstrdup("traces of several things");
		return true;
	}
	how = process_status_text(status);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return error_set(err, ERROR_FAILED, "cannot tell what lies on '%s': blkid: %s", path, how);
	lines = strv_split(out, "\n");
	*ret = value_of(lines, "TYPE");
	label = *ret == NULL ? value_of(lines, "PTTYPE") : NULL;
	if (*ret == NULL)
		*ret = label != NULL ? strf("a %s partition table", label) : xstrdup("something");
	return true;
}

bool device_wipe_signatures(const char *path, struct error *err)
{
	return tool_run("util-linux", TOOL_ARGV("wipefs", "--all", "--quiet", "--", path), NULL, NULL, err);
}

/* ---- partitions ---- */

/* 0, or an errno. */
static int partition_call(const char *disk, int operation, unsigned number, uint64_t start, uint64_t bytes)
{
	_cleanup_close_ int fd = open(disk, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct blkpg_partition partition = { .start = (long long)start, .length = (long long)bytes, .pno = (int)number };
	struct blkpg_ioctl_arg call = { .op = operation, .datalen = sizeof partition, .data = &partition };

	return fd >= 0 && ioctl(fd, BLKPG, &call) == 0 ? 0 : errno;
}

bool device_partition_add(const char *disk, unsigned number, uint64_t start, uint64_t bytes, struct error *err)
{
	int errnum = partition_call(disk, BLKPG_ADD_PARTITION, number, start, bytes);

	return errnum == 0 || error_set_errno(err, errnum, "the kernel does not take partition %u of '%s'", number, disk);
}

bool device_partition_resize(const char *disk, unsigned number, uint64_t start, uint64_t bytes, struct error *err)
{
	int errnum = partition_call(disk, BLKPG_RESIZE_PARTITION, number, start, bytes);

	return errnum == 0 ||
	       error_set_errno(err, errnum, "the kernel does not resize partition %u of '%s'", number, disk);
}

bool device_partition_delete(const char *disk, unsigned number, struct error *err)
{
	int errnum = partition_call(disk, BLKPG_DEL_PARTITION, number, 0, 0);

	if (errnum == 0 || errnum == ENXIO)
		return true;
	if (errnum == EBUSY)
		return error_set(err, ERROR_BUSY, "partition %u of '%s' is in use", number, disk);
	return error_set_errno(err, errnum, "partition %u of '%s'", number, disk);
}

/* ---- names ---- */

char *device_stable_path(const char *directory, const char *path)
{
	struct stat wanted, st;
	DIR *names = text_equal(directory, "/dev") ? NULL : opendir(directory);
	const struct dirent *entry = NULL;
	_cleanup_free_ char *best = NULL;

	if (names == NULL || stat(path, &wanted) < 0) {
		if (names != NULL)
			closedir(names);
		return xstrdup(path);
	}
	/* Of several the first by name, so that it is the same each time. */
	while ((entry = readdir(names)) != NULL)
		if (entry->d_name[0] != '.' && fstatat(dirfd(names), entry->d_name, &st, 0) == 0 &&
		    S_ISBLK(st.st_mode) && st.st_rdev == wanted.st_rdev &&
		    (best == NULL || strcmp(entry->d_name, best) < 0)) {
			free(best);
			best = xstrdup(entry->d_name);
		}
	closedir(names);
	return best != NULL ? strf("%s/%s", directory, best) : xstrdup(path);
}

bool device_wait(const char *path, bool there, int timeout_ms)
{
	int64_t deadline = clock_monotonic_ms() + timeout_ms;

	while ((access(path, F_OK) == 0) != there) {
		if (clock_monotonic_ms() > deadline)
			return false;
		(void)poll(NULL, 0, LOOK_MS);
	}
	return true;
}
