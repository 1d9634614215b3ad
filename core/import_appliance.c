/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens an appliance: finds the envelope, its manifest and its files, in an archive or beside it. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/import_internal.h"
#include "core/job_internal.h"
#include "storage/tar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANIFEST_LIMIT (1024 * 1024)
#define SNIFF_BYTES    1024

/* An appliance while it is opened. */
struct opening {
	const char *path;  /* the archive, or the envelope */
	int fd;		   /* of the archive; -1: its files lie beside the envelope */
	struct tar tar;
	char *directory;   /* owned: of the files beside the envelope */
	struct manifest manifest;
	bool has_manifest;
	struct import_appliance *appliance;
};

void import_appliance_clear(struct import_appliance *appliance)
{
	for (size_t i = 0; i < appliance->drive_count; i++) {
		import_image_free(appliance->drives[i].image);
		free(appliance->drives[i].controller);
	}
	free(appliance->drives);
	free(appliance->path);
	ovf_clear(&appliance->ovf);
	strv_free(appliance->notes);
	*appliance = (struct import_appliance){ 0 };
}

static void opening_clear(struct opening *opening)
{
	cleanup_close(&opening->fd);
	tar_clear(&opening->tar);
	manifest_clear(&opening->manifest);
	free(opening->directory);
}

bool import_is_appliance(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	uint8_t bytes[SNIFF_BYTES + 1] = { 0 };
	ssize_t n = fd >= 0 ? pread(fd, bytes, SNIFF_BYTES, 0) : -1;

	if (n >= (ssize_t)TAR_BLOCK && tar_recognise(bytes))
		return true;
	return n > 0 && text_ends(path, ".ovf") && memchr(bytes, '<', (size_t)n) != NULL;
}

/* ---- files ---- */

/* A file of the appliance: where it is, and how large. */
struct place {
	char *path; /* owned */
	int fd;	    /* owned */
	uint64_t offset, length;
	bool whole;
};

static void place_clear(struct place *place)
{
	free(place->path);
	cleanup_close(&place->fd);
}

static bool find_in_archive(const struct opening *opening, const char *name, struct place *ret, struct error *err)
{
	const struct tar_member *member = tar_find(&opening->tar, name);

	if (member == NULL)
		return error_set(err, ERROR_NOT_FOUND, "'%s' holds no '%s'", opening->path, name);
	if (member->size == 0)
		return error_set(err, ERROR_INVALID, "'%s' in '%s' is empty", name, opening->path);
	ret->path = xstrdup(opening->path);
	ret->fd = fcntl(opening->fd, F_DUPFD_CLOEXEC, 0);
	ret->offset = member->offset;
	ret->length = member->size;
	return ret->fd >= 0 || error_set_errno(err, errno, "'%s'", opening->path);
}

/* A regular file; a link could lead anywhere. */
static bool find_beside(const struct opening *opening, const char *name, struct place *ret, struct error *err)
{
	struct stat st;

	ret->path = strf("%s/%s", opening->directory, name);
	ret->fd = open(ret->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (ret->fd < 0)
		return error_set_errno(err, errno, "'%s' cannot be read", ret->path);
	if (fstat(ret->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return error_set(err, ERROR_INVALID, "'%s' is no file", ret->path);
	ret->length = st.st_size > 0 ? (uint64_t)st.st_size : 0;
	ret->whole = true;
	return ret->length > 0 || error_set(err, ERROR_INVALID, "'%s' is empty", ret->path);
}

static bool find_file(const struct opening *opening, const char *name, struct place *ret, struct error *err)
{
	*ret = (struct place){ .fd = -1 };
	if (opening->fd >= 0 ? find_in_archive(opening, name, ret, err) : find_beside(opening, name, ret, err))
		return true;
	place_clear(ret);
	return false;
}

/* All of a small one. Owned text; NULL on error. */
static char *read_small(const struct place *place, const char *name, size_t limit, size_t *ret_length, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t done = 0;

	if (place->length > limit)
		return error_set(err, ERROR_INVALID, "'%s' is too large", name), NULL;
	text = xcalloc(1, place->length + 1);
	while (done < place->length) {
		ssize_t n = pread(place->fd, text + done, place->length - done, (off_t)(place->offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return error_set(err, ERROR_FAILED, "'%s' cannot be read", name), NULL;
		done += (size_t)n;
	}
	*ret_length = done;
	return TAKE_POINTER(text);
}

/* ---- the envelope and its manifest ---- */

/* The envelope's name in an archive: it comes first, says the standard; the first of that ending is taken. */
static const char *envelope_in_archive(const struct opening *opening, struct error *err)
{
	for (size_t i = 0; i < opening->tar.count; i++)
		if (text_ends(opening->tar.members[i].name, ".ovf"))
			return opening->tar.members[i].name;
	error_set(err, ERROR_INVALID, "'%s' is an archive without an OVF envelope (*.ovf)", opening->path);
	return NULL;
}

/* "web1.ovf" has "web1.mf" and "web1.cert". Owned. */
static char *sibling(const char *envelope, const char *ending)
{
	return strf("%.*s%s", (int)(strlen(envelope) - strlen(".ovf")), envelope, ending);
}

static bool exists(const struct opening *opening, const char *name)
{
	_cleanup_free_ char *path = opening->fd < 0 ? strf("%s/%s", opening->directory, name) : NULL;

	return path != NULL ? path_exists(path) : tar_find(&opening->tar, name) != NULL;
}

static bool read_manifest(struct opening *opening, const char *envelope, struct error *err)
{
	_cleanup_free_ char *name = sibling(envelope, ".mf"), *cert = sibling(envelope, ".cert"), *text = NULL;
	struct place place;
	size_t length = 0;

	if (exists(opening, cert))
		opening->appliance->notes = strv_addf(opening->appliance->notes, "its certificate '%s': who signed it is not checked", cert);
	if (!exists(opening, name)) {
		opening->appliance->notes = strv_add(opening->appliance->notes, "it has no manifest: whether it is whole cannot be told");
		return true;
	}
	if (!find_file(opening, name, &place, err))
		return false;
	text = read_small(&place, name, MANIFEST_LIMIT, &length, err);
	place_clear(&place);
	opening->has_manifest = text != NULL && manifest_parse(name, text, length, &opening->manifest, err);
	return opening->has_manifest;
}

static bool read_envelope(struct opening *opening, const char *name, struct error *err)
{
	const struct manifest_line *line = opening->has_manifest ? manifest_find(&opening->manifest, name) : NULL;
	_cleanup_free_ char *text = NULL;
	struct place place;
	size_t length = 0;
	bool good;

	if (!find_file(opening, name, &place, err))
		return false;
	text = read_small(&place, name, XML_SIZE_LIMIT, &length, err);
	good = text != NULL && (line == NULL || import_check_digest(place.fd, place.offset, place.length, line->digest, line->hex, NULL, err) ||
				error_wrap(err, "%s", name)) &&
	       ovf_parse(name, text, length, &opening->appliance->ovf, err);
	place_clear(&place);
	return good;
}

/* ---- drives ---- */

/* The image in a file of the envelope. Owned; NULL on error. */
static struct import_image *find_image(struct opening *opening, const struct ovf_file *file, bool cdrom, struct error *err)
{
	const struct manifest_line *line = opening->has_manifest ? manifest_find(&opening->manifest, file->href) : NULL;
	struct import_image *image;
	struct place place;
	const char *slash = strrchr(file->href, '/');
	bool good;

	if (!find_file(opening, file->href, &place, err))
		return NULL;
	image = xcalloc(1, sizeof *image);
	image->path = TAKE_POINTER(place.path);
	image->name = packing_plain_name(slash != NULL ? slash + 1 : file->href);
	image->offset = place.offset;
	image->length = place.whole ? 0 : place.length;
	image->stored_bytes = place.length;
	good = import_look_at(place.fd, cdrom ? IMAGE_RAW : IMAGE_UNKNOWN, image, err);
	if (good && file->size != 0 && file->size != image->stored_bytes)
		good = error_set(err, ERROR_INVALID, "'%s' is %llu bytes, and its envelope says %llu", file->href,
				 (unsigned long long)image->stored_bytes, (unsigned long long)file->size);
	if (good && line != NULL) {
		image->digest = line->digest;
		image->digest_hex = xstrdup(line->hex);
	} else if (good && opening->has_manifest) {
		opening->appliance->notes = strv_addf(opening->appliance->notes, "the manifest says nothing of '%s'", file->href);
	}
	place_clear(&place);
	if (good)
		return image;
	import_image_free(image);
	return NULL;
}

static bool add_drive(struct opening *opening, const struct ovf_drive *from, struct error *err)
{
	struct import_appliance *appliance = opening->appliance;
	bool cdrom = from->kind == OVF_DRIVE_CDROM;
	struct import_image *image = NULL;

	if (from->kind == OVF_DRIVE_FLOPPY || (cdrom && from->file == NULL)) {
		appliance->notes = strv_add(appliance->notes, cdrom ? "its CD-ROM drive, which is empty" : "its floppy drive");
		return true;
	}
	if (from->file != NULL) {
		image = find_image(opening, from->file, cdrom, err);
		if (image == NULL)
			return false;
	} else if (from->disk == NULL || from->disk->capacity == 0) {
		return error_set(err, ERROR_INVALID, "'%s': a disk has neither a file nor a size", opening->path);
	}
	struct import_drive *drive = ARRAY_ADD(appliance->drives, appliance->drive_count);

	drive->image = image;
	drive->size_bytes = from->disk != NULL ? from->disk->capacity : 0;
	drive->bus = from->bus;
	drive->controller = xstrdup_null(from->controller);
	drive->cdrom = cdrom;
	return true;
}

static bool open_files(struct opening *opening, struct error *err)
{
	const char *slash = strrchr(opening->path, '/'), *envelope;

	opening->fd = open(opening->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (opening->fd < 0)
		return error_set_errno(err, errno, "'%s' cannot be read", opening->path);
	if (text_ends(opening->path, ".ovf")) {
		close(TAKE_FD(opening->fd));
		opening->directory = xstrndup(opening->path, slash > opening->path ? (size_t)(slash - opening->path) : 1);
		envelope = slash + 1;
	} else if (!tar_read_file(opening->fd, opening->path, &opening->tar, err) || (envelope = envelope_in_archive(opening, err)) == NULL) {
		return false;
	}
	return read_manifest(opening, envelope, err) && read_envelope(opening, envelope, err);
}

bool import_appliance_open(const char *path, struct import_appliance *ret, struct error *err)
{
	_cleanup_(opening_clear) struct opening opening = { .fd = -1, .appliance = ret };
	bool good;

	*ret = (struct import_appliance){ .path = path_absolute(path) };
	opening.path = ret->path;
	good = open_files(&opening, err);
	for (size_t i = 0; good && i < ret->ovf.drive_count; i++)
		good = add_drive(&opening, &ret->ovf.drives[i], err);
	if (!good)
		import_appliance_clear(ret);
	return good;
}
