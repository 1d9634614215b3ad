/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Undefining: the definition, what virtty made for it, and on demand its images, but never one that somebody else uses. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/manager_internal.h"
#include "core/undefine.h"
#include "hv/domain.h"
#include "storage/image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *disk_path(const struct disk *disk)
{
	return disk->source.type == DISK_BLOCK ? disk->source.dev : disk->source.file;
}

/* The images to delete: owned vector in *ret. Each word of storage must name a disk of the machine. */
static bool choose_images(const struct domain *domain, unsigned flags, char *const *storage, char ***ret, struct error *err)
{
	char **chosen = NULL;

	for (size_t i = 0; storage && storage[i]; i++) {
		const char *path = NULL;

		for (size_t j = 0; j < domain->disk_count && !path; j++)
			if (text_equal(domain->disks[j].target, storage[i]) || text_equal(disk_path(&domain->disks[j]), storage[i]))
				path = disk_path(&domain->disks[j]);
		if (!path) {
			strv_free(chosen);
			error_set(err, ERROR_NOT_FOUND, "'%s' is no disk of '%s'", storage[i], domain->name);
			return error_hint(err, "name a target (vda) or a path of 'virtty dumpxml %s'", domain->name);
		}
		if (!strv_contains(chosen, path))
			chosen = strv_add(chosen, path);
	}
	for (size_t i = 0; flags & UNDEFINE_ALL_STORAGE && i < domain->disk_count; i++) {
		const struct disk *disk = &domain->disks[i];

		/* As virsh: what the guest cannot write is not the machine's own. */
		if (disk_path(disk) && disk->kind == DISK_DISK && !disk->readonly && !disk->shareable && !strv_contains(chosen, disk_path(disk)))
			chosen = strv_add(chosen, disk_path(disk));
	}
	*ret = chosen;
	return true;
}

static bool same_file(const char *a, const char *b)
{
	struct stat one, two;

	if (text_equal(a, b))
		return true;
	return stat(a, &one) == 0 && stat(b, &two) == 0 && one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

/* Is image somewhere below path, by the heads of the images? */
static bool is_below(const char *path, const char *image)
{
	_cleanup_free_ char *at = xstrdup(path);

	for (int depth = 0; depth < 64; depth++) {
		_cleanup_image_ struct image header = { 0 };
		_cleanup_close_ int fd = open(at, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		const char *slash = strrchr(at, '/');
		char *below;

		if (fd < 0 || !image_read(fd, at, IMAGE_UNKNOWN, &header, NULL) || !header.backing_file)
			return false;
		below = header.backing_file[0] == '/' || !slash ? xstrdup(header.backing_file) :
								  strf("%.*s/%s", (int)(slash - at), at, header.backing_file);
		free(at);
		at = below;
		if (same_file(at, image))
			return true;
	}
	return false;
}

bool image_check_unused(struct manager *manager, int64_t except, const char *image, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err,
				     "SELECT domain.name, disk.path FROM disk JOIN domain ON domain.id = disk.domain_id WHERE disk.domain_id <> ?", "i",
				     except);
	bool found;

	if (!row)
		return false;
	for (;;) {
		const char *name, *path;

		if (!db_step(manager->db, row, &found, err))
			return false;
		if (!found)
			return true;
		name = (const char *)sqlite3_column_text(row, 0);
		path = (const char *)sqlite3_column_text(row, 1);
		if (same_file(path, image))
			error_set(err, ERROR_BUSY, "disk '%s' is used by machine '%s' too", image, name);
		else if (is_below(path, image))
			error_set(err, ERROR_BUSY, "disk '%s' is the backing file of '%s', a disk of machine '%s'", image, path, name);
		else
			continue;
		sqlite3_reset(row);
		return error_hint(err, "nothing was deleted; undefine without deleting storage, or without this disk");
	}
}

static bool check_images(struct manager *manager, const struct machine *machine, char *const *images, struct error *err)
{
	for (size_t i = 0; images && images[i]; i++) {
		struct stat st;

		if (lstat(images[i], &st) < 0 && errno == ENOENT)
			continue; /* gone already: that is what was asked for */
		if (stat(images[i], &st) < 0)
			return error_set_errno(err, errno, "disk '%s'", images[i]);
		if (!S_ISREG(st.st_mode)) {
			error_set(err, ERROR_UNSUPPORTED, "disk '%s' is not a file: virtty does not delete it", images[i]);
			return error_hint(err, "nothing was deleted; undefine without deleting storage");
		}
		if (!image_check_unused(manager, machine->id, images[i], err))
			return false;
	}
	return true;
}

/* Variables that virtty made lie in its own directory under the machine's UUID. Owned; NULL: none of ours. */
static char *own_nvram(struct manager *manager, const struct domain *domain)
{
	_cleanup_free_ char *own = machine_nvram(manager, domain->uuid);

	return text_equal(domain->os.nvram, own) ? TAKE_POINTER(own) : NULL;
}

/* The row: gone, or transient when it runs. */
static bool remove_rows(struct manager *manager, const struct machine *machine, unsigned flags, bool *ret_active, struct error *err)
{
	_cleanup_machine_ struct machine now = { 0 };

	if (!machine_reload(manager, machine->id, &now, err))
		return false;
	*ret_active = machine_is_active(&now);
	if (!now.persistent) {
		error_set(err, ERROR_STATE, "'%s' is transient: it is gone when it stops", now.name);
		return error_hint(err, "'virtty destroy %s' ends it", now.name);
	}
	if (!history_add(manager->db, machine->id, "lifecycle", "Undefined Removed", NULL, err))
		return false;
	if (!*ret_active)
		return db_run(manager->db, NULL, err, "DELETE FROM domain WHERE id = ?", "i", machine->id);
	/* read when it stops (release.c) */
	if ((flags & UNDEFINE_KEEP_NVRAM) &&
	    !db_run(manager->db, NULL, err, "INSERT OR REPLACE INTO meta(key, value) VALUES(" KEEP_NVRAM_KEY ", 1)", "s", machine->uuid))
		return false;
	return db_run(manager->db, NULL, err, "UPDATE domain SET persistent = 0, autostart = 0, autostart_order = 0, autostart_delay_s = 0 WHERE id = ?", "i",
		      machine->id) &&
	       definition_delete(manager, machine->id, DEFINITION_PERSISTENT, err);
}

static bool remove_machine(struct manager *manager, const struct machine *machine, unsigned flags, bool *ret_active, struct error *err)
{
	if (!db_begin(manager->db, err))
		return false;
	if (remove_rows(manager, machine, flags, ret_active, err))
		return db_commit(manager->db, err);
	db_rollback(manager->db);
	return false;
}

/* Deletes one file; a failure is remembered (the first one), the others are deleted nevertheless. */
static void delete_file(const char *path, char ***deleted, struct error *err)
{
	if (unlink(path) == 0) {
		if (deleted)
			*deleted = strv_add(*deleted, path);
	} else if (errno != ENOENT && !error_is_set(err)) {
		error_set_errno(err, errno, "the machine is undefined, but '%s' could not be deleted", path);
	}
}

bool domain_undefine(struct manager *manager, const struct machine *machine, unsigned flags, char *const *storage, char ***ret_deleted,
		     struct error *err)
{
	_cleanup_machine_ struct machine now = { 0 };
	_cleanup_domain_ struct domain *domain = NULL;
	_cleanup_error_ struct error local = ERROR_INIT;
	_cleanup_strv_ char **images = NULL;
	_cleanup_free_ char *nvram = NULL, *logs = NULL;
	bool active = false;

	if (ret_deleted)
		*ret_deleted = NULL;
	if (!machine_reload(manager, machine->id, &now, err) || !domain_reconcile(manager, &now, err))
		return false;
	domain = domain_load(manager, &now, false, err);
	if (domain)
		(void)resolve_volumes(manager, domain, NULL);
	if (!domain || !choose_images(domain, flags, storage, &images, err))
		return false;
	if (images && machine_is_active(&now)) {
		error_set(err, ERROR_STATE, "'%s' is running: its storage cannot be deleted", now.name);
		return error_hint(err, "'virtty destroy %s' ends it first", now.name);
	}
	if (!check_images(manager, &now, images, err) || !remove_machine(manager, &now, flags, &active, err))
		return false;
	/* A running machine goes on with its variables and logs. */
	if (active)
		return true;
	nvram = flags & UNDEFINE_KEEP_NVRAM ? NULL : own_nvram(manager, domain);
	if (nvram)
		delete_file(nvram, ret_deleted, &local);
	for (size_t i = 0; images && images[i]; i++)
		delete_file(images[i], ret_deleted, &local);
	logs = machine_log_directory(manager, machine->id);
	directory_remove(logs, error_is_set(&local) ? NULL : &local);
	return !error_is_set(&local) || error_move(err, &local);
}
