/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Undefining: the definition, what virtty made for it, and on demand its images, but never one that somebody else uses. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/image_uses.h"
#include "core/manager_internal.h"
#include "core/network_forward.h"
#include "core/seed.h"
#include "core/undefine.h"
#include "core/volume_device.h"
#include "hv/domain.h"

#include <errno.h>
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

bool image_check_unused(struct manager *manager, int64_t except, const char *image, struct error *err)
{
	_cleanup_image_uses_ struct image_uses uses = { 0 };

	return image_uses_load(manager, &uses, err) && image_check_unneeded(&uses, except, NULL, image, err);
}

static bool check_images(struct manager *manager, const struct machine *machine, char *const *images, struct error *err)
{
	_cleanup_image_uses_ struct image_uses uses = { 0 };

	if (!images)
		return true;
	/* Overlays that were made beside us count too. */
	storage_look_again(manager);
	if (!image_uses_load(manager, &uses, err))
		return false;
	for (size_t i = 0; images[i]; i++) {
		uint64_t bytes;
		struct stat st;

		if (lstat(images[i], &st) < 0 && errno == ENOENT)
			continue; /* gone already: that is what was asked for */
		if (stat(images[i], &st) < 0)
			return error_set_errno(err, errno, "disk '%s'", images[i]);
		if (!S_ISREG(st.st_mode) && !(S_ISBLK(st.st_mode) && volume_device_owned(manager, images[i], &bytes))) {
			error_set(err, ERROR_UNSUPPORTED, "disk '%s' is not a file: virtty does not delete it", images[i]);
			return error_hint(err, "nothing was deleted; undefine without deleting storage");
		}
		if (!image_check_unneeded(&uses, machine->id, images, images[i], err))
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

/* What cloud-init was told at its first start, made by virtty for this machine alone. Owned; NULL: none. */
static char *own_seed(struct manager *manager, const struct domain *domain)
{
	_cleanup_free_ char *own = machine_seed(manager, domain->uuid);

	for (size_t i = 0; i < domain->disk_count; i++)
		if (text_equal(domain->disks[i].source.file, own))
			return TAKE_POINTER(own);
	return NULL;
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

/* The same of a disk: its pool takes a device away. */
static void delete_disk(struct manager *manager, const char *path, char ***deleted, struct error *err)
{
	_cleanup_error_ struct error why = ERROR_INIT;
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISBLK(st.st_mode)) {
		delete_file(path, deleted, err);
	} else if (volume_device_delete(manager, path, &why)) {
		if (deleted)
			*deleted = strv_add(*deleted, path);
	} else if (!error_is_set(err)) {
		error_set(err, why.code, "the machine is undefined, but '%s' is still there: %s", path, error_text(&why));
	}
}

bool domain_undefine(struct manager *manager, const struct machine *machine, unsigned flags, char *const *storage, char ***ret_deleted,
		     struct error *err)
{
	_cleanup_machine_ struct machine now = { 0 };
	_cleanup_domain_ struct domain *domain = NULL;
	_cleanup_error_ struct error local = ERROR_INIT;
	_cleanup_strv_ char **images = NULL;
	_cleanup_free_ char *nvram = NULL, *seed = NULL, *logs = NULL;
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
	network_unreserve_unused(manager);
	nvram = flags & UNDEFINE_KEEP_NVRAM ? NULL : own_nvram(manager, domain);
	seed = own_seed(manager, domain);
	if (nvram)
		delete_file(nvram, ret_deleted, &local);
	if (seed)
		delete_file(seed, ret_deleted, &local);
	for (size_t i = 0; images && images[i]; i++)
		delete_disk(manager, images[i], ret_deleted, &local);
	logs = machine_log_directory(manager, machine->id);
	directory_remove(logs, error_is_set(&local) ? NULL : &local);
	return !error_is_set(&local) || error_move(err, &local);
}
