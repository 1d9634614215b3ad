/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools of type fs and netfs: a file system of a device or a server, mounted at the pool's place; its volumes are files
 * then. */
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "storage/block_device.h"
#include "storage/pool_drivers.h"
#include "storage/remote.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOUNT_LIMIT_MS 60000 /* a server that is away is waited for no longer */
#define MKFS_LIMIT_MS  600000

/* What mkfs.TYPE can make, as libvirt names them; what is not here is mounted all the same. */
static const char *const made[] = { "ext2", "ext3", "ext4", "ufs", "vfat", "gfs", "gfs2", "xfs", "ocfs2", "btrfs" };

/* "server:/export" or the device. Owned. */
static char *source_of(const struct pool *pool)
{
	if (pool->type != POOL_NETFS)
		return xstrdup(pool->devices[0].path);
	/* an IPv6 address stands in brackets before the colon */
	bool brackets = strchr(pool->hosts[0].name, ':') != NULL;

	return text_equal(pool->format, "cifs") ? strf("//%s%s", pool->hosts[0].name, pool->directory)
	       : brackets			? strf("[%s]:%s", pool->hosts[0].name, pool->directory)
						: strf("%s:%s", pool->hosts[0].name, pool->directory);
}

/* What is mounted right at a place, the last of several. Owned; NULL: nothing. */
static char *mounted_at(const char *place)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, *source = NULL;
	size_t room = 0;

	while (file != NULL && getline(&line, &room, file) > 0) {
		_cleanup_strv_ char **words = strv_split(line, " \n");
		size_t count = strv_length(words), dash = 5;

		if (count < 10)
			continue;
		mount_unescape(words[4]);
		while (dash < count && !text_equal(words[dash], "-"))
			dash++;
		if (dash + 2 >= count || !text_equal(words[4], place))
			continue;
		mount_unescape(words[dash + 2]);
		free(source);
		source = xstrdup(words[dash + 2]);
	}
	if (file != NULL)
		fclose(file);
	free(line);
	return source;
}

/* Is it ours that is mounted there? A device has other names too. */
static bool is_ours(const struct pool *pool, const char *mounted)
{
	_cleanup_free_ char *source = source_of(pool);
	struct stat a, b;

	if (text_equal(source, mounted))
		return true;
	return pool->type == POOL_FS && stat(source, &a) == 0 && stat(mounted, &b) == 0 && S_ISBLK(a.st_mode) &&
	       a.st_rdev == b.st_rdev;
}

static bool mount_check(const struct pool *pool, bool *ret_active, struct error *err)
{
	_cleanup_free_ char *mounted = mounted_at(pool->target);

	(void)err;
	*ret_active = mounted != NULL && is_ours(pool, mounted);
	return true;
}

static const char *type_of(const struct pool *pool)
{
	if (pool->format == NULL || text_equal(pool->format, "auto"))
		return NULL;
	/* libvirt's word for a mount by NFS */
	return text_equal(pool->format, "nfs") ? "nfs" : pool->format;
}

static bool is_nfs(const struct pool *pool)
{
	return pool->type == POOL_NETFS && (pool->format == NULL || text_starts(pool->format, "nfs") || text_equal(pool->format, "auto"));
}

static bool has_option(const struct pool *pool, const char *name)
{
	for (size_t i = 0; pool->mount_options != NULL && pool->mount_options[i] != NULL; i++)
		if (text_starts(pool->mount_options[i], name))
			return true;
	return false;
}

/* "-o": the protocol's version and what the document names. Owned; NULL: none. */
static char *options_of(const struct pool *pool)
{
	struct strbuf text = STRBUF_INIT;

	if (pool->protocol_version != NULL)
		strbuf_printf(&text, "nfsvers=%s", pool->protocol_version);
	/* mount.nfs would try for two minutes */
	if (is_nfs(pool) && !has_option(pool, "retry="))
		strbuf_puts(&text, text.length > 0 ? ",retry=0" : "retry=0");
	for (size_t i = 0; pool->mount_options != NULL && pool->mount_options[i] != NULL; i++) {
		if (text.length > 0)
			strbuf_putc(&text, ',');
		strbuf_puts(&text, pool->mount_options[i]);
	}
	return text.length > 0 ? strbuf_take(&text) : NULL;
}

/* mount says in its first line what is wrong, and in its last where to look further. */
static bool run(char *const *argv, struct error *err)
{
	_cleanup_free_ char *words = NULL, *how = NULL;
	int status = 0;

	if (!process_run(argv, MOUNT_LIMIT_MS, NULL, &words, &status, err))
		return false;
	if (status == 0)
		return true;
	how = process_status_text(status);
	words[strcspn(words, "\n")] = '\0';
	return error_set(err, ERROR_FAILED, "%s", *words != '\0' ? words : how);
}

static bool run_mount(const struct pool *pool, const char *source, struct error *err)
{
	_cleanup_free_ char *options = options_of(pool);
	_cleanup_strv_ char **argv = strv_add(NULL, "mount");
	const char *type = type_of(pool);

	if (type != NULL)
		argv = strv_add(strv_add(argv, "-t"), type);
	if (options != NULL)
		argv = strv_add(strv_add(argv, "-o"), options);
	argv = strv_add(strv_add(strv_add(argv, "--"), source), pool->target);
	if (run(argv, err))
		return true;
	error_wrap(err, "cannot mount '%s' at '%s'", source, pool->target);
	if (pool->type == POOL_NETFS && access("/sbin/mount.nfs", X_OK) < 0 && access("/usr/sbin/mount.nfs", X_OK) < 0)
		error_hint(err, "NFS needs the package nfs-common");
	return false;
}

static bool mount_start(const struct pool *pool, struct error *err)
{
	_cleanup_free_ char *source = source_of(pool), *mounted = mounted_at(pool->target);

	if (mounted != NULL && is_ours(pool, mounted))
		return true;
	if (mounted != NULL)
		return error_set(err, ERROR_BUSY, "cannot start pool '%s': '%s' is mounted at '%s'", pool->name,
				 mounted, pool->target);
	return directory_make(pool->target, 0711, err) &&
	       run_mount(pool, source, err);
}

/* Where the server is gone there is nothing to be written out: what waits for it is ended, and the mount goes. Files that somebody has open
 * keep it, as they would with the server there. */
static bool unmount_dead(const struct pool *pool, struct error *err)
{
	char *argv[] = { (char *)"umount", (char *)"-f", (char *)"--", pool->target, NULL };
	_cleanup_error_ struct error ignored = ERROR_INIT;

	/* the first one ends what waits, the second finds nobody waiting */
	return run(argv, &ignored) || run(argv, err);
}

static bool mount_stop(const struct pool *pool, struct error *err)
{
	_cleanup_free_ char *mounted = mounted_at(pool->target);
	char *argv[] = { (char *)"umount", (char *)"--", pool->target, NULL };

	/* Somebody else's is left alone. */
	if (mounted == NULL || !is_ours(pool, mounted))
		return true;
	if (remote_answers(pool->target, NULL) ? run(argv, err) : unmount_dead(pool, err))
		return true;
	error_wrap(err, "cannot stop pool '%s'", pool->name);
	return error_hint(err, "something in '%s' is in use", pool->target);
}

static bool remove_place(const struct pool *pool, struct error *err)
{
	if (rmdir(pool->target) == 0 || errno == ENOENT)
		return true;
	return error_set_errno(err, errno, "cannot delete '%s', where pool '%s' was mounted", pool->target, pool->name);
}

static bool make_file_system(const struct pool *pool, bool overwrite, struct error *err)
{
	const char *device = pool->devices[0].path, *type = type_of(pool);
	_cleanup_free_ char *found = NULL, *program = NULL;
	_cleanup_strv_ char **argv = NULL;

	if (!device_content(device, &found, err))
		return error_wrap(err, "cannot build pool '%s'", pool->name);
	if (found != NULL && !overwrite) {
		error_set(err, ERROR_EXISTS, "cannot build pool '%s': '%s' holds %s already", pool->name, device,
			  found);
		return error_hint(err,
				  "'virtty pool-start %s' uses it; --overwrite makes a new one, and all on it is lost",
				  pool->name);
	}
	for (size_t i = 0; type != NULL && i < ARRAY_LENGTH(made); i++)
		if (text_equal(type, made[i]))
			program = strf("mkfs.%s", type);
	if (program == NULL)
		return error_set(err, ERROR_UNSUPPORTED,
				 "pool '%s' does not say which file system to make: <format type='ext4'/>", pool->name);
	argv = strv_add(NULL, program);
	if (found != NULL)
		argv = strv_add(argv, text_starts(type, "ext") ? "-F" : "-f");
	argv = strv_add(argv, device);
	return process_run_ok(argv, MKFS_LIMIT_MS, NULL, err) ||
	       error_wrap(err, "cannot make a file system on '%s'", device);
}

static bool fs_build(const struct pool *pool, bool overwrite, struct error *err)
{
	bool mounted = false;

	if (!mount_check(pool, &mounted, err))
		return false;
	if (mounted)
		return error_set(err, ERROR_STATE, "cannot build pool '%s': it is mounted", pool->name);
	return directory_build(pool, false, err) && make_file_system(pool, overwrite, err);
}

/* ---- what a server exports ---- */

static void put_escaped(struct strbuf *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (strchr("<>&'\"", text[i]) != NULL)
			strbuf_printf(out, "&#%d;", text[i]);
		else
			strbuf_putc(out, text[i]);
	}
}

/* The server that <source><host name='...'/></source> names. Owned; NULL on error. */
static char *host_of(const char *spec, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	char *host = NULL;

	if (spec == NULL) {
		error_set(err, ERROR_INVALID,
			  "the server must be named: <source><host name='...'/></source>, or --host");
		return NULL;
	}
	/* a pool's document around it, so that the pool's own table reads it */
	text = strf("<pool type='netfs'><name>x</name>%s</pool>", spec);
	_cleanup_pool_ struct pool *pool = pool_parse("source", text, strlen(text), err);

	if (pool == NULL)
		return NULL;
	if (pool->host_count != 1 || pool->hosts[0].name[0] == '-')
		error_set(err, ERROR_INVALID,
			  "one server must be named: <source><host name='...'/></source>, or --host");
	else
		host = xstrdup(pool->hosts[0].name);
	return host;
}

static char *netfs_find_sources(const char *spec, struct error *err)
{
	_cleanup_free_ char *host = host_of(spec, err), *out = NULL;
	struct strbuf text = STRBUF_INIT;

	if (host == NULL)
		return NULL;
	char *argv[] = { (char *)"showmount", (char *)"--no-headers", (char *)"--exports", host, NULL };

	if (!process_run_ok(argv, MOUNT_LIMIT_MS, &out, err))
		return NULL;
	_cleanup_strv_ char **lines = strv_split(out, "\n");

	strbuf_puts(&text, "<sources>\n");
	for (size_t i = 0; lines != NULL && lines[i] != NULL; i++) {
		strbuf_puts(&text, "  <source>\n    <host name='");
		put_escaped(&text, host, strlen(host));
		strbuf_puts(&text, "'/>\n    <dir path='");
		put_escaped(&text, lines[i], strcspn(lines[i], " \t"));
		strbuf_puts(&text, "'/>\n    <format type='nfs'/>\n  </source>\n");
	}
	strbuf_puts(&text, "</sources>\n");
	return strbuf_take(&text);
}

const struct pool_driver pool_fs = {
	.type = POOL_FS,
	.check = mount_check,
	.build = fs_build,
	.start = mount_start,
	.stop = mount_stop,
	.remove = remove_place,
	.refresh = directory_refresh,
	.path = directory_path,
	.create = directory_create,
	.delete = directory_delete,
	.resize = directory_resize,
};

const struct pool_driver pool_netfs = {
	.type = POOL_NETFS,
	.check = mount_check,
	.build = directory_build,
	.start = mount_start,
	.stop = mount_stop,
	.remove = remove_place,
	.refresh = directory_refresh,
	.path = directory_path,
	.create = directory_create,
	.delete = directory_delete,
	.resize = directory_resize,
	.find_sources = netfs_find_sources,
};
