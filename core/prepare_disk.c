/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every image that a machine will open is looked at before QEMU does: messages that name the file, the fault and the way out. */
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "core/image_uses.h"
#include "core/prepare_internal.h"
#include "hv/domain.h"
#include "storage/image.h"
#include "storage/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One image on its way through the checks. */
struct used_image {
	const char *what; /* "disk", "CD-ROM image", "backing file" */
	const char *path;
	bool writable, shareable;
	bool encrypted; /* as the document says */
};

struct check {
	struct manager *manager;
	int64_t domain_id;
	const char *machine; /* its name, for hints */
};

static bool fail_missing(const struct check *check, const struct used_image *image, struct error *err)
{
	error_set(err, ERROR_NOT_FOUND, "%s '%s' does not exist", image->what, image->path);
	return error_hint(err, "put it there, or change the machine: virtty edit %s", check->machine);
}

/* Opens the image as this user; -1 on error. */
static int open_image(const struct check *check, const struct used_image *image, struct error *err)
{
	struct stat st;
	_cleanup_close_ int fd = -1;

	if (image->path[0] != '/') {
		/* found from where the command is run, and not by QEMU, which runs in / */
		error_set(err, ERROR_INVALID, "%s '%s' is not an absolute path", image->what, image->path);
		error_hint(err, "write it with the directory it lies in: virtty edit %s", check->machine);
		return -1;
	}
	if (!remote_answers(image->path, err)) {
		error_wrap(err, "%s '%s'", image->what, image->path);
		return -1;
	}
	/* O_NONBLOCK: a FIFO, or a drive without a medium, must not make us wait. */
	fd = open(image->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT) {
		fail_missing(check, image, err);
		return -1;
	}
	if (fd < 0) {
		error_set_errno(err, errno, "%s '%s' cannot be read", image->what, image->path);
		return -1;
	}
	if (fstat(fd, &st) < 0) {
		error_set_errno(err, errno, "%s '%s'", image->what, image->path);
		return -1;
	}
	if (S_ISDIR(st.st_mode)) {
		error_set(err, ERROR_INVALID, "%s '%s' is a directory", image->what, image->path);
		return -1;
	}
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)) {
		error_set(err, ERROR_INVALID, "%s '%s' is neither a file nor a block device", image->what, image->path);
		return -1;
	}
	if (image->writable && faccessat(AT_FDCWD, image->path, W_OK, AT_EACCESS) < 0) {
		error_set_errno(err, errno, "%s '%s' cannot be written", image->what, image->path);
		error_hint(err, "make it writable for you, or mark it <readonly/>");
		return -1;
	}
	return TAKE_FD(fd);
}

/* Does a machine of ours run with this file? Its name, owned; NULL when none does (or the database fails: err). */
static bool find_user(const struct check *check, const struct used_image *image, int fd, char **ret_name, struct error *err)
{
	struct stat file, other;
	sqlite3_stmt *row = db_query(check->manager->db, err,
				     "SELECT domain.name, disk.path, disk.writable, disk.shared FROM disk JOIN run USING(domain_id)"
				     " JOIN domain ON domain.id = disk.domain_id WHERE disk.kind = 'live' AND run.phase <> 0 AND disk.domain_id <> ?",
				     "i", check->domain_id);
	bool found;

	*ret_name = NULL;
	if (!row || fstat(fd, &file) < 0)
		return row != NULL;
	for (;;) {
		if (!db_step(check->manager->db, row, &found, err))
			return false;
		if (!found)
			return true;
		if (remote_stat((const char *)sqlite3_column_text(row, 1), &other) < 0 || other.st_dev != file.st_dev || other.st_ino != file.st_ino)
			continue;
		if ((sqlite3_column_int(row, 2) || image->writable) && !(sqlite3_column_int(row, 3) && image->shareable))
			break;
	}
	*ret_name = db_text(row, 0);
	sqlite3_reset(row);
	return true;
}

static bool check_unused(const struct check *check, const struct used_image *image, int fd, struct error *err)
{
	_cleanup_free_ char *user = NULL, *process = NULL;
	int pid;

	if (!find_user(check, image, fd, &user, err))
		return false;
	if (user)
		error_set(err, ERROR_BUSY, "%s '%s' is in use by machine '%s'", image->what, image->path, user);
	else if (image->shareable || !image_in_use(fd, image->writable, &pid))
		return true;
	else if (pid)
		error_set(err, ERROR_BUSY, "%s '%s' is in use by another process (pid %d, %s)", image->what, image->path, pid,
			  process = process_name(pid));
	else
		error_set(err, ERROR_BUSY, "%s '%s' is in use by another process", image->what, image->path);
	return error_hint(err, "'virtty list --all' shows what runs; a read-only or shareable disk may be used twice");
}

static bool fail_not_encrypted(const struct used_image *image, struct error *err)
{
	error_set(err, ERROR_INVALID, "%s '%s' is not encrypted by LUKS, as its definition says", image->what, image->path);
	return error_hint(err, "remove its <encryption>, or encrypt it: virtty image-convert --target-secret ...");
}

/* Is a qcow2 image encrypted where the document says so, and there alone? */
static bool check_encrypted(const struct used_image *image, const struct image *header, struct error *err)
{
	if (image->encrypted)
		return header->luks || fail_not_encrypted(image, err);
	if (!header->encrypted)
		return true;
	if (text_equal(image->what, "backing file"))
		return error_set(err, ERROR_UNSUPPORTED, "backing file '%s' is encrypted: that is not supported yet", image->path);
	error_set(err, ERROR_INVALID, "%s '%s' is encrypted, and its definition does not say with what", image->what, image->path);
	return error_hint(err, "say it in the disk's <source>: " ENCRYPTION_EXAMPLE);
}

/* One image, then what lies below it: as the document says, else as the head says, where that states the format. */
static bool check_chain(const struct check *check, struct used_image image, bool qcow2, const struct disk_source *stated, struct error *err)
{
	_cleanup_free_ char *path = xstrdup(image.path);

	for (int depth = 0; depth < IMAGE_CHAIN; depth++) {
		_cleanup_image_ struct image header = { 0 };
		_cleanup_close_ int fd = -1;
		char *below;

		image.path = path;
		fd = open_image(check, &image, err);
		if (fd < 0 || !check_unused(check, &image, fd, err))
			return false;
		if (!qcow2 && !image.encrypted)
			return true; /* a raw image has nothing below it: whatever it holds is the guest's, LUKS of its own too */
		if (!qcow2)
			return image_read(fd, path, IMAGE_LUKS, &header, NULL) || fail_not_encrypted(&image, err);
		if (!image_read(fd, path, IMAGE_QCOW2, &header, err))
			return error_wrap(err, "%s", image.what);
		if (header.external_data)
			return error_set(err, ERROR_UNSUPPORTED, "%s '%s' keeps its data in another file: virtty does not follow that", image.what, path);
		if (!check_encrypted(&image, &header, err))
			return false;
		if (stated && stated->backing_end)
			return true;
		if (stated && stated->backing) {
			stated = stated->backing;
			below = xstrdup_null(stated->type == DISK_BLOCK ? stated->dev : stated->file);
			if (!below)
				return true; /* not a file: hv refuses what it cannot run */
			qcow2 = stated->format == FORMAT_QCOW2;
		} else {
			stated = NULL;
			if (!header.backing_file)
				return true;
			if (!image_is_plain_path(header.backing_file))
				return error_set(err, ERROR_UNSUPPORTED, "%s '%s' has the backing file '%s', which is not a plain path", image.what,
						 path, header.backing_file);
			if (header.backing_format == IMAGE_UNKNOWN) {
				error_set(err, ERROR_INVALID, "%s '%s': the format of its backing file '%s' is not stated", image.what, path,
					  header.backing_file);
				return error_hint(err, "state it, as it is: virtty image-rebase --unsafe -b '%s' -F FORMAT '%s'",
						  header.backing_file, path);
			}
			below = image_backing_path(path, header.backing_file);
			qcow2 = header.backing_format == IMAGE_QCOW2;
		}
		free(path);
		path = below;
		image.what = "backing file";
		image.writable = image.encrypted = false;
	}
	return error_set(err, ERROR_INVALID, "disk: more than %d images stand behind one another, '%s' is the last", IMAGE_CHAIN, path);
}

static bool check_boot_file(const struct check *check, const char *what, const char *path, struct error *err)
{
	struct used_image image = { .what = what, .path = path };
	_cleanup_close_ int fd = path ? open_image(check, &image, err) : -1;

	return !path || fd >= 0;
}

static struct used_image image_of(struct disk *disk)
{
	bool removable = disk->kind == DISK_CDROM;

	return (struct used_image){
		.what = removable ? "CD-ROM image" : "disk",
		.path = disk->source.type == DISK_BLOCK ? disk->source.dev : disk->source.file,
		.writable = !disk->readonly && !removable && !disk->transient,
		.shareable = disk->shareable,
		.encrypted = disk_encryption(disk) != NULL,
	};
}

static bool check_disk(struct manager *manager, int64_t domain_id, const struct domain *domain, size_t index, bool alone, struct error *err)
{
	struct check check = { manager, domain_id, domain->name };
	struct disk *disk = &domain->disks[index];
	struct used_image image = image_of(disk);

	if (disk->source.type == DISK_NETWORK)
		return prepare_network_disk(manager, domain_id, disk, err);
	return !image.path || (prepare_pairs(domain, disk, alone, err) &&
			       check_chain(&check, image, disk->source.format == FORMAT_QCOW2, &disk->source, err));
}

bool prepare_disk(struct manager *manager, int64_t domain_id, const struct domain *domain, size_t index, struct error *err)
{
	return check_disk(manager, domain_id, domain, index, true, err);
}

bool prepare_disks(struct manager *manager, int64_t domain_id, const struct domain *domain, struct error *err)
{
	struct check check = { manager, domain_id, domain->name };

	for (size_t i = 0; i < domain->disk_count; i++)
		if (!check_disk(manager, domain_id, domain, i, false, err))
			return false;
	return check_boot_file(&check, "kernel", domain->os.kernel, err) && check_boot_file(&check, "initrd", domain->os.initrd, err) &&
	       check_boot_file(&check, "device tree", domain->os.dtb, err);
}
