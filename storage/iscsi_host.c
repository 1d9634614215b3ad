/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iSCSI sessions of the host's kernel and the disks that came with them. */
#include "storage/iscsi_host.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "storage/pool_iscsi.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define SESSIONS      "/sys/class/iscsi_session"
#define CONNECTIONS   "/sys/class/iscsi_connection"
#define LINK_LIMIT_MS 3000 /* udev makes the stable names after the device */
#define LINK_STEP_MS  50
#define SECTOR	      512 /* of sysfs, whatever the device's own are */

void iscsi_session_clear(struct iscsi_session *session)
{
	free(session->portal);
	free(session->state);
	*session = (struct iscsi_session){ 0 };
}

static void close_directory(DIR **directory)
{
	if (*directory != NULL)
		closedir(*directory);
}
#define _cleanup_directory_ _cleanup_(close_directory)

static char *attribute(const char *directory, const char *name)
{
	_cleanup_free_ char *path = strf("%s/%s", directory, name);

	return file_read_line(path);
}

/* "address:port" of its first connection. Owned. */
static char *portal_of(unsigned number)
{
	_cleanup_free_ char *connection = strf(CONNECTIONS "/connection%u:0", number);
	_cleanup_free_ char *address = attribute(connection, "persistent_address"), *port = attribute(connection, "persistent_port");

	if (address == NULL || port == NULL)
		return NULL;
	return strchr(address, ':') != NULL ? strf("[%s]:%s", address, port) : strf("%s:%s", address, port);
}

static bool is_address(const char *host)
{
	return strspn(host, "0123456789.") == strlen(host) || strchr(host, ':') != NULL;
}

/* Is it the pool's? A host that is named may have many addresses: then its port tells. */
static bool is_ours(const struct pool *pool, const char *target, const char *portal)
{
	_cleanup_free_ char *wanted = iscsi_portal(pool);

	if (!text_equal(target, pool->devices[0].path) || portal == NULL)
		return false;
	return is_address(pool->hosts[0].name) ? text_equal(portal, wanted)
					       : text_equal(strrchr(portal, ':'), strrchr(wanted, ':'));
}

bool iscsi_session_find(const struct pool *pool, struct iscsi_session *ret, bool *ret_found, struct error *err)
{
	_cleanup_directory_ DIR *sessions = opendir(SESSIONS);
	const struct dirent *entry;

	*ret = (struct iscsi_session){ 0 };
	*ret_found = false;
	/* no module, no session */
	if (sessions == NULL)
		return errno == ENOENT || error_set_errno(err, errno, "cannot read '%s'", SESSIONS);
	while (!*ret_found && (entry = readdir(sessions)) != NULL) {
		uint64_t number;

		if (!text_starts(entry->d_name, "session") ||
		    !text_to_uint(entry->d_name + strlen("session"), false, &number))
			continue;
		_cleanup_free_ char *directory = strf(SESSIONS "/%s", entry->d_name), *target = attribute(directory, "targetname");
		_cleanup_free_ char *portal = portal_of((unsigned)number);

		if (!is_ours(pool, target, portal))
			continue;
		*ret = (struct iscsi_session){ .number = (unsigned)number,
					       .portal = TAKE_POINTER(portal),
					       .state = attribute(directory, "state") };
		ret->works = text_equal(ret->state, "LOGGED_IN");
		*ret_found = true;
	}
	return true;
}

/* ---- disks ---- */

/* The name below the pool's place that is this device's for ever. Owned; NULL: none yet. */
static char *stable_name(const char *place, dev_t device)
{
	_cleanup_directory_ DIR *directory = opendir(place);
	const struct dirent *entry;
	char *best = NULL;

	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		struct stat st;

		if (entry->d_name[0] == '.' || fstatat(dirfd(directory), entry->d_name, &st, 0) < 0 || !S_ISBLK(st.st_mode) ||
		    st.st_rdev != device)
			continue;
		/* of several the same one each time */
		if (best != NULL && strcmp(best, entry->d_name) <= 0)
			continue;
		free(best);
		best = xstrdup(entry->d_name);
	}
	_cleanup_free_ char *name = best;

	return name != NULL ? strf("%s/%s", place, name) : NULL;
}

static char *device_path(const struct pool *pool, const char *name, const char *directory)
{
	_cleanup_free_ char *number = attribute(directory, "dev");
	unsigned major_number = 0, minor_number = 0;

	if (number == NULL || sscanf(number, "%u:%u", &major_number, &minor_number) != 2)
		return NULL;
	for (int waited = 0; waited < LINK_LIMIT_MS; waited += LINK_STEP_MS) {
		char *path = stable_name(pool->target, makedev(major_number, minor_number));

		/* a host without udev has no such names, and makes none */
		if (path != NULL || access("/run/udev", F_OK) < 0)
			return path != NULL ? path : strf("/dev/%s", name);
		(void)poll(NULL, 0, LINK_STEP_MS);
	}
	return strf("/dev/%s", name);
}

/* The disk of a LUN: "/sys/.../2:0:0:1/block/sdb". */
static bool take_disk(const struct pool *pool, const char *lun_directory, unsigned lun, struct volume *ret)
{
	_cleanup_free_ char *blocks = strf("%s/block", lun_directory);
	_cleanup_directory_ DIR *directory = opendir(blocks);
	const struct dirent *entry;

	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		_cleanup_free_ char *block = strf("%s/%s", blocks, entry->d_name), *size = attribute(block, "size");
		_cleanup_free_ char *identity = attribute(lun_directory, "wwid"), *path = device_path(pool, entry->d_name, block);
		uint64_t sectors = 0;

		if (path == NULL || size == NULL || !text_to_uint(size, false, &sectors))
			return false;
		*ret = (struct volume){
			.name = iscsi_volume_name(lun),
			.key = identity != NULL ? xstrdup(identity) : xstrdup(path),
			.path = xstrdup(path),
			.type = VOLUME_BLOCK,
			.format = IMAGE_RAW,
			.stated = true,
			.capacity = sectors * SECTOR,
			.allocation = sectors * SECTOR,
			.physical = sectors * SECTOR,
		};
		return true;
	}
	return false;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct volume *)a)->name, ((const struct volume *)b)->name);
}

/* "/sys/.../target2:0:0" has an entry "2:0:0:LUN" for each LUN. */
static void add_luns(const struct pool *pool, const char *target_directory, struct volume **volumes, size_t *count)
{
	_cleanup_directory_ DIR *directory = opendir(target_directory);
	const struct dirent *entry;

	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		const char *colon = strrchr(entry->d_name, ':');
		struct volume volume;
		uint64_t lun;

		if (colon == NULL || strspn(entry->d_name, "0123456789:") != strlen(entry->d_name) ||
		    !text_to_uint(colon + 1, false, &lun) || lun > UINT16_MAX)
			continue;
		_cleanup_free_ char *path = strf("%s/%s", target_directory, entry->d_name);

		if (take_disk(pool, path, (unsigned)lun, &volume))
			*ARRAY_ADD(*volumes, *count) = volume;
	}
}

bool iscsi_session_volumes(const struct pool *pool, const struct iscsi_session *session, struct volume **ret, size_t *ret_count,
			   struct error *err)
{
	_cleanup_free_ char *path = strf(SESSIONS "/session%u/device", session->number);
	_cleanup_directory_ DIR *directory = opendir(path);
	struct volume *volumes = NULL;
	const struct dirent *entry;
	size_t count = 0;

	if (directory == NULL)
		return error_set_errno(err, errno, "cannot read '%s'", path);
	while ((entry = readdir(directory)) != NULL) {
		if (!text_starts(entry->d_name, "target"))
			continue;
		_cleanup_free_ char *target = strf("%s/%s", path, entry->d_name);

		add_luns(pool, target, &volumes, &count);
	}
	if (count > 1)
		qsort(volumes, count, sizeof *volumes, by_name);
	*ret = volumes;
	*ret_count = count;
	return true;
}
