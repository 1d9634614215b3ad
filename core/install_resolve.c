/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every choice of an installation: what was asked for, else virtty's default. Looks at files, makes none. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/install_internal.h"
#include "core/undefine.h"
#include "hv/arch.h"
#include "hv/caps.h"
#include "storage/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DEFAULT_MEMORY_MIB 2048
#define DEFAULT_VCPUS      2
#define DEFAULT_DISK_BYTES (UINT64_C(20) << 30)
#define NAME_BYTES         200 /* of a machine's name in a file's, which has room for 255 with suffix and ending */

void installation_clear(struct installation *installation)
{
	for (size_t i = 0; i < installation->image_count; i++) {
		free(installation->images[i].path);
		free(installation->images[i].format);
		free(installation->images[i].bus);
	}
	free(installation->images);
	for (size_t i = 0; i < installation->network_count; i++) {
		free(installation->networks[i].model);
		free(installation->networks[i].mac);
	}
	free(installation->networks);
	free(installation->graphics.listen);
	free(installation->graphics.port);
	free(installation->graphics.keymap);
	free(installation->boot.menu);
	free(installation->boot.kernel);
	free(installation->boot.initrd);
	free(installation->boot.kernel_args);
	free(installation->name);
	free(installation->emulator);
	free(installation->os_name);
	strv_free(installation->warnings);
	*installation = (struct installation){ 0 };
}

void install_request_clear(struct install_request *request)
{
	for (size_t i = 0; i < request->disk_count; i++) {
		struct install_disk *disk = &request->disks[i];

		free(disk->path);
		free(disk->format);
		free(disk->bus);
		free(disk->cache);
		free(disk->discard);
		free(disk->io);
	}
	free(request->disks);
	strv_free(request->networks);
	free(request->name);
	free(request->cdrom);
	free(request->graphics);
	free(request->password);
	free(request->boot);
	free(request->virt_type);
	free(request->machine);
	free(request->cpu);
	free(request->osinfo);
	free(request->title);
	free(request->description);
	*request = (struct install_request){ 0 };
}

/* ---- the name ---- */

static bool name_taken(struct manager *manager, const char *name, bool *ret_taken, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT 1 FROM domain WHERE name = ?", "s", name);

	if (!row || !db_step(manager->db, row, ret_taken, err))
		return false;
	sqlite3_reset(row);
	return true;
}

/* "debian-12.iso" -> "debian-12": from the first file there is. Owned. */
static char *name_from_files(const struct install_request *request)
{
	const char *path = request->cdrom ? request->cdrom : request->disk_count ? request->disks[0].path : NULL;
	const char *base = path ? strrchr(path, '/') : NULL;
	const char *dot;
	char *name;

	base = base ? base + 1 : path;
	dot = base ? strrchr(base, '.') : NULL;
	name = base && base[0] ? xstrndup(base, dot && dot != base ? (size_t)(dot - base) : strlen(base)) : xstrdup("machine");
	if (name_check("name", name, NULL))
		return name;
	free(name);
	return xstrdup("machine");
}

char *install_propose_name(struct manager *manager, const struct install_request *request, struct error *err)
{
	_cleanup_free_ char *base = name_from_files(request);
	_cleanup_free_ char *name = xstrdup(base);
	bool taken;

	for (int i = 2;; i++) {
		if (!name_taken(manager, name, &taken, err))
			return NULL;
		if (!taken)
			return TAKE_POINTER(name);
		free(name);
		name = strf("%s-%d", base, i);
	}
}

static bool resolve_name(struct manager *manager, struct installation *installation, struct error *err)
{
	const char *stated = installation->request->name;
	bool taken;

	if (!stated) {
		installation->name = install_propose_name(manager, installation->request, err);
		return installation->name != NULL;
	}
	if (!name_check("name", stated, err) || !name_taken(manager, stated, &taken, err))
		return false;
	installation->name = xstrdup(stated);
	if (!taken)
		return true;
	error_set(err, ERROR_EXISTS, "a machine named '%s' exists already", stated);
	return error_hint(err, "choose another --name, or 'virtty undefine' the old one");
}

/* ---- the engine ---- */

static bool resolve_engine(struct manager *manager, struct installation *installation, struct error *err)
{
	const char *type = installation->request->virt_type, *reason = NULL;
	bool usable = manager_kvm(manager, &reason);

	if (type && !text_equal(type, "kvm") && !text_equal(type, "qemu"))
		return error_set(err, ERROR_INVALID, "virt-type is kvm or qemu, not '%s'", type);
	if (text_equal(type, "kvm") && !usable) {
		error_set(err, ERROR_UNSUPPORTED, "KVM is not usable here: %s", reason);
		return error_hint(err, "--virt-type qemu runs the machine under emulation, slowly");
	}
	installation->kvm = type ? text_equal(type, "kvm") : usable;
	installation->arch = arch_host();
	installation->emulator = manager_emulator(manager, NULL, err);
	if (!installation->emulator)
		return false;
	installation->caps = manager_caps(manager, installation->emulator, err);
	if (!installation->caps)
		return false;
	if (!type && !usable)
		installation->warnings = strv_addf(installation->warnings, "KVM is not usable here (%s): '%s' runs under emulation (TCG), slowly",
						   reason, installation->name);
	if (installation->request->machine && !caps_machine(installation->caps, installation->request->machine)) {
		error_set(err, ERROR_INVALID, "machine type '%s' is unknown to %s", installation->request->machine, installation->emulator);
		return error_hint(err, "'%s -machine help' lists them", installation->emulator);
	}
	return true;
}

/* ---- images ---- */

/* How much of a name fits into a file's, cut between characters. */
static size_t fitting_bytes(const char *name)
{
	size_t length = strlen(name);

	if (length <= NAME_BYTES)
		return length;
	length = NAME_BYTES;
	while (length > 0 && ((unsigned char)name[length] & 0xc0) == 0x80)
		length--;
	return length;
}

static bool path_is_taken(const struct installation *installation, const char *path)
{
	for (size_t i = 0; i < installation->image_count; i++)
		if (text_equal(installation->images[i].path, path))
			return true;
	return path_exists(path);
}

/* A new image's place in the default pool: named after the machine, with a number where that is taken. Owned. */
static char *pool_path(struct manager *manager, const struct installation *installation, const char *format)
{
	int length = (int)fitting_bytes(installation->name);
	char *path = strf("%s/%.*s.%s", manager->paths.images, length, installation->name, format);

	for (int i = 1; path_is_taken(installation, path); i++) {
		free(path);
		path = strf("%s/%.*s-%d.%s", manager->paths.images, length, installation->name, i, format);
	}
	return path;
}

char *install_propose_image(struct manager *manager, const char *name, const char *format)
{
	_cleanup_free_ char *copy = xstrdup(name);
	const struct installation installation = { .name = copy };

	return pool_path(manager, &installation, format);
}

/* The space that a new image may come to need: a sparse one starts small, and the guest fills it. */
static void warn_space(struct installation *installation, const char *path, uint64_t size)
{
	_cleanup_free_ char *directory = xstrdup(path);
	struct statvfs fs;
	char *slash;

	/* the default pool is made on demand: what is above it has the space */
	do {
		slash = strrchr(directory, '/');
		if (slash)
			slash[slash == directory] = '\0';
	} while (slash && slash != directory && !path_exists(directory));
	if (statvfs(directory, &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize < size) {
		_cleanup_free_ char *free_text = size_format((uint64_t)fs.f_bavail * fs.f_frsize), *size_text = size_format(size);

		installation->warnings = strv_addf(installation->warnings, "disk '%s' may grow to %s, and only %s are free there", path, size_text, free_text);
	}
}

static bool resolve_new(struct manager *manager, struct installation *installation, const struct install_disk *disk, struct install_image *image,
			struct error *err)
{
	if (disk->cdrom || disk->readonly)
		return error_set(err, ERROR_INVALID, "disk: a new image would be empty: it cannot be read-only or a CD-ROM");
	image->create = true;
	image->size_bytes = disk->size_bytes;
	image->format = xstrdup(disk->format ? disk->format : "qcow2");
	if (!text_equal(image->format, "qcow2") && !text_equal(image->format, "raw"))
		return error_set(err, ERROR_INVALID, "disk: a new image is qcow2 or raw, not '%s'", image->format);
	if (!image->path)
		image->path = pool_path(manager, installation, image->format);
	warn_space(installation, image->path, image->size_bytes);
	return true;
}

/* An image that is there: its format is qcow2 when its head says so, else it is taken as raw, and that is said. */
static bool resolve_existing(struct manager *manager, struct installation *installation, struct install_image *image, const char *format, struct error *err)
{
	_cleanup_image_ struct image header = { 0 };
	const char *what = image->cdrom ? "CD-ROM image" : "disk";
	_cleanup_close_ int fd = open(image->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return error_set_errno(err, errno, "%s '%s' cannot be read", what, image->path);
	if (fstat(fd, &st) < 0 || (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)))
		return error_set(err, ERROR_INVALID, "%s '%s' is %s", what, image->path, S_ISDIR(st.st_mode) ? "a directory" : "not a file");
	image->block = S_ISBLK(st.st_mode);
	if (!image->readonly && !image->cdrom && !image_check_unused(manager, 0, image->path, err))
		return error_hint(err, "copy it, or make an overlay of it: qemu-img create -f qcow2 -b '%s' -F FORMAT NEW", image->path);
	if (format) {
		if (enum_value(&disk_format_words, format) <= 0) {
			_cleanup_free_ char *words = enum_list(&disk_format_words);

			return error_set(err, ERROR_INVALID, "disk: format '%s' is unknown; allowed: %s", format, words);
		}
		image->format = xstrdup(format);
		return true;
	}
	if (!image->cdrom && !image_read(fd, image->path, IMAGE_UNKNOWN, &header, err))
		return false;
	if (header.format != IMAGE_QCOW2 && header.format != IMAGE_RAW && !image->cdrom && header.format != IMAGE_ISO) {
		error_set(err, ERROR_INVALID, "disk '%s' is a %s image", image->path, enum_word(&image_format_words, (int)header.format));
		return error_hint(err, "convert it: qemu-img convert -O qcow2 '%s' NEW, or say what it is: --disk path=...,format=", image->path);
	}
	image->format = xstrdup(header.format == IMAGE_QCOW2 ? "qcow2" : "raw");
	if (header.format != IMAGE_QCOW2 && !image->cdrom && !image->block)
		installation->warnings = strv_addf(installation->warnings, "disk '%s' is taken as a raw image: --disk path=...,format= says otherwise",
						   image->path);
	return true;
}

/* A new image's directory: the default pool is made on demand , but a mistyped path makes no directories. */
static bool check_directory(struct manager *manager, const char *path, struct error *err)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	_cleanup_free_ char *directory = slash ? xstrndup(path, slash != path ? (size_t)(slash - path) : 1) : NULL;

	if (!directory || text_equal(directory, manager->paths.images) || path_exists(directory))
		return true;
	error_set(err, ERROR_NOT_FOUND, "disk '%s' cannot be made: directory '%s' does not exist", path, directory);
	return error_hint(err, "'mkdir -p %s' makes it", directory);
}

static bool missing_iso(const char *path, struct error *err)
{
	error_set(err, ERROR_NOT_FOUND, "CD-ROM image '%s' does not exist", path);
	return strstr(path, "://") ? error_hint(err, "addresses are not fetched: download it first") : false;
}

static bool resolve_disk(struct manager *manager, struct installation *installation, const struct install_disk *disk, struct error *err)
{
	struct install_image image = { .request = disk, .cdrom = disk->cdrom, .readonly = disk->readonly };
	bool exists, ok;

	if (disk->path && !xml_text_valid(disk->path))
		return error_set(err, ERROR_INVALID, "disk: the path has characters that no document can hold");
	image.path = disk->path ? path_absolute(disk->path) : NULL;
	exists = image.path && path_exists(image.path);
	if (exists && disk->size_bytes) {
		ok = error_set(err, ERROR_EXISTS, "disk '%s' exists already", image.path);
		error_hint(err, "leave size= out to use it as it is, or name another path");
	} else if (!exists && !disk->size_bytes) {
		if (disk->cdrom) {
			ok = missing_iso(image.path ? image.path : "", err);
		} else {
			ok = error_set(err, ERROR_NOT_FOUND, "disk '%s' does not exist", image.path ? image.path : "");
			error_hint(err, "give a size to make it: --disk path=...,size=20");
		}
	} else if (exists) {
		ok = resolve_existing(manager, installation, &image, disk->format, err);
	} else {
		ok = check_directory(manager, image.path, err) && resolve_new(manager, installation, disk, &image, err);
	}
	image.bus = xstrdup(disk->bus ? disk->bus : disk->cdrom || installation->windows ? "sata" : "virtio");
	/* The array owns it in any case. */
	*ARRAY_ADD(installation->images, installation->image_count) = image;
	return ok;
}

static bool resolve_images(struct manager *manager, struct installation *installation, struct error *err)
{
	static const struct install_disk default_disk = { .size_bytes = DEFAULT_DISK_BYTES };
	const struct install_request *request = installation->request;

	for (size_t i = 0; i < request->disk_count; i++)
		if (!resolve_disk(manager, installation, &request->disks[i], err))
			return false;
	if (request->disk_count == 0 && !request->no_disks && !resolve_disk(manager, installation, &default_disk, err))
		return false;
	if (request->cdrom) {
		struct install_image image = { .path = path_absolute(request->cdrom), .bus = xstrdup("sata"), .cdrom = true };
		bool ok = path_exists(image.path) ? resolve_existing(manager, installation, &image, "raw", err) : missing_iso(request->cdrom, err);

		*ARRAY_ADD(installation->images, installation->image_count) = image;
		return ok;
	}
	return true;
}

/* ---- what boots ---- */

/* A new disk falls through to the ISO until a system is on it; after that the same order boots the disk. */
static void default_order(struct installation *installation)
{
	struct install_boot *boot = &installation->boot;
	bool disk_first = true, has_disk = false, has_cdrom = false;

	for (size_t i = 0; i < installation->image_count; i++) {
		const struct install_image *image = &installation->images[i];

		if (!image->cdrom && !has_disk)
			disk_first = image->create || installation->request->import;
		has_disk = has_disk || !image->cdrom;
		has_cdrom = has_cdrom || image->cdrom;
	}
	if (boot->count || boot->kernel)
		return;
	if (has_disk && disk_first)
		boot->order[boot->count++] = BOOT_HD;
	if (has_cdrom)
		boot->order[boot->count++] = BOOT_CDROM;
	if (has_disk && !disk_first)
		boot->order[boot->count++] = BOOT_HD;
}

static bool resolve_boot(struct installation *installation, struct error *err)
{
	struct install_boot *boot = &installation->boot;
	char **files[] = { &boot->kernel, &boot->initrd };

	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		char *absolute = *files[i] ? path_absolute(*files[i]) : NULL;

		free(*files[i]);
		*files[i] = absolute;
		if (absolute && !path_exists(absolute))
			return error_set(err, ERROR_NOT_FOUND, "boot: '%s' does not exist", absolute);
	}
	if (installation->request->import && installation->image_count == 0)
		return error_set(err, ERROR_INVALID, "there is no disk to import");
	default_order(installation);
	if (boot->count || boot->kernel)
		return true;
	error_set(err, ERROR_INVALID, "'%s' would have nothing to boot", installation->name);
	return error_hint(err, "give it an ISO, a disk to import, --boot network or a kernel");
}

static bool check_texts(const struct install_request *request, struct error *err)
{
	const struct {
		const char *what, *text;
	} texts[] = { { "title", request->title }, { "description", request->description }, { "cpu", request->cpu }, { "cdrom", request->cdrom } };

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		if (texts[i].text && !xml_text_valid(texts[i].text))
			return error_set(err, ERROR_INVALID, "%s has characters that no document can hold", texts[i].what);
	return true;
}

bool install_resolve(struct manager *manager, const struct install_request *request, struct installation *ret, struct error *err)
{
	struct host_info host;

	*ret = (struct installation){ .request = request };
	ret->memory_mib = request->memory_mib ? request->memory_mib : DEFAULT_MEMORY_MIB;
	ret->vcpus = request->vcpus;
	if (!ret->vcpus && host_info_get(&host)) {
		ret->vcpus = host.cpus < DEFAULT_VCPUS ? host.cpus : DEFAULT_VCPUS;
		host_info_clear(&host);
	}
	return check_texts(request, err) && install_read_options(ret, err) && resolve_name(manager, ret, err) && resolve_engine(manager, ret, err) &&
	       resolve_images(manager, ret, err) && resolve_boot(ret, err);
}
