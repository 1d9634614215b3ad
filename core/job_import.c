/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JOB_IMPORT: an image from elsewhere becomes one of ours, in steps: its digest is compared, it is unpacked, converted, made larger. */
#include "base/filter.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/job_internal.h"
#include "core/storage.h"
#include "storage/qemu_img.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define SECTOR_BYTES  512
#define LOOK_BYTES    ((uint64_t)16 << 20) /* written between two looks at the free space */
#define RESERVE_BYTES ((uint64_t)8 << 20)  /* left to others */
#define HOLE_BYTES    ((size_t)4096)	   /* zeroes this long are not written */

static bool cancelled(struct error *err)
{
	return error_set(err, ERROR_FAILED, "it was cancelled");
}

/* ---- its digest ---- */

struct digesting {
	const struct job_span *span;
	struct strbuf text;
};

static enum filter_answer take_digest(const void *bytes, size_t length, void *userdata, struct error *err)
{
	struct digesting *digesting = userdata;

	(void)err;
	if (digesting->text.length < 1024)
		strbuf_add(&digesting->text, bytes, length);
	return FILTER_MORE;
}

static bool on_digest_fed(uint64_t bytes, void *userdata)
{
	const struct digesting *digesting = userdata;

	return digesting->span->progress->done(digesting->span->begin + bytes, digesting->span->progress->userdata);
}

bool import_check_digest(int fd, uint64_t offset, uint64_t length, enum digest digest, const char *hex, const struct job_span *span,
			 struct error *err)
{
	static const char *const programs[DIGEST_COUNT] = { NULL, "sha1sum", "sha256sum", "sha512sum" };
	struct digesting digesting = { .span = span };
	char *const argv[] = { (char *)(uintptr_t)programs[digest], NULL };
	struct filter filter = { .argv = argv, .source = fd, .offset = offset, .length = length, .take = take_digest,
				 .fed = span != NULL ? on_digest_fed : NULL, .userdata = &digesting };
	bool good = filter_run(&filter, err);

	if (good) {
		size_t digits = digest_hex_length(digest);

		if (digesting.text.length < digits || strncmp(digesting.text.data, hex, digits) != 0) {
			good = error_set(err, ERROR_INVALID, "its %s is not the one of its manifest", enum_word(&digest_words, (int)digest));
			error_hint(err, "it was changed or damaged on the way: fetch it again");
		}
	}
	strbuf_clear(&digesting.text);
	return good;
}

/* ---- unpacking ---- */

struct unpacking {
	const struct job_span *span;
	const char *path; /* of what is written */
	int fd;
	uint64_t size, looked, limit;
};

/* Is there still room? A file system that fills up would hit everybody who writes there. */
static bool check_room(struct unpacking *unpacking, size_t more, struct error *err)
{
	struct statvfs fs;

	if (unpacking->size > unpacking->limit) {
		_cleanup_free_ char *limit = size_format(unpacking->limit);

		return error_set(err, ERROR_FAILED, "it unpacks to more than %s, which is all that its file system holds", limit);
	}
	if (unpacking->looked != 0 && unpacking->looked + more < LOOK_BYTES) {
		unpacking->looked += more;
		return true;
	}
	unpacking->looked = more;
	if (fstatvfs(unpacking->fd, &fs) < 0)
		return error_set_errno(err, errno, "'%s'", unpacking->path);
	if ((uint64_t)fs.f_bavail * fs.f_frsize >= LOOK_BYTES + RESERVE_BYTES)
		return true;
	_cleanup_free_ char *size = size_format(unpacking->size);

	return error_set(err, ERROR_FAILED, "it unpacks to more than there is room for: %s were unpacked, and the file system is full", size);
}

static bool is_zero(const char *bytes, size_t length)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0;
}

static bool write_piece(struct unpacking *unpacking, const char *bytes, size_t length, struct error *err)
{
	if (!check_room(unpacking, length, err))
		return false;
	for (size_t done = 0; done < length;) {
		ssize_t n = pwrite(unpacking->fd, bytes + done, length - done, (off_t)(unpacking->size + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_errno(err, errno, "cannot write '%s'", unpacking->path);
		done += (size_t)n;
	}
	return true;
}

static enum filter_answer take_unpacked(const void *bytes, size_t length, void *userdata, struct error *err)
{
	struct unpacking *unpacking = userdata;
	const char *at = bytes, *end = at + length;

	while (at < end) {
		/* to the next boundary of a hole */
		size_t part = HOLE_BYTES - (size_t)(unpacking->size % HOLE_BYTES);

		if (part > (size_t)(end - at))
			part = (size_t)(end - at);
		if (unpacking->size > unpacking->limit ? !check_room(unpacking, 0, err) :
							 !is_zero(at, part) && !write_piece(unpacking, at, part, err))
			return FILTER_FAILED;
		unpacking->size += part;
		at += part;
	}
	return FILTER_MORE;
}

static bool on_unpack_fed(uint64_t bytes, void *userdata)
{
	const struct unpacking *unpacking = userdata;

	return unpacking->span->progress->done(unpacking->span->begin + bytes, unpacking->span->progress->userdata);
}

static bool unpack(const struct job_plan *plan, int source, int target, const char *path, const struct job_span *span, struct error *err)
{
	_cleanup_strv_ char **argv = packing_argv(plan->packing);
	struct unpacking unpacking = { .span = span, .path = path, .fd = target };
	struct filter filter = { .argv = argv, .source = source, .offset = plan->source_offset, .length = plan->length, .take = take_unpacked,
				 .fed = on_unpack_fed, .userdata = &unpacking };
	struct statvfs fs;

	if (fstatvfs(target, &fs) < 0)
		return error_set_errno(err, errno, "'%s'", path);
	unpacking.limit = (uint64_t)fs.f_blocks * fs.f_frsize;
	if (!filter_run(&filter, err))
		return false;
	return (ftruncate(target, (off_t)unpacking.size) == 0 && fsync(target) == 0) || error_set_errno(err, errno, "cannot write '%s'", path);
}

/* What came out must be what its first bytes promised, and whole in itself. */
static bool check_unpacked(const struct job_plan *plan, int fd, const char *path, struct error *err)
{
	_cleanup_image_ struct image image = { 0 };

	return image_read(fd, path, plan->source_format, &image, err) && image_stands_alone(fd, path, 0, 0, &image, err);
}

/* ---- converting ---- */

static bool run_child(char *const *argv, const struct job_span *span, struct error *err)
{
	struct job_child child = { .argv = argv, .kind = JOB_IMPORT, .span = *span };
	_cleanup_free_ char *result = NULL;

	return job_child_run(&child, &result, err);
}

/* The source for qemu-img: a part of a file where it is one, and nothing that it could name beside itself. Owned. */
static char *source_json(const struct job_plan *plan, const char *path, bool whole)
{
	static const enum image_format with_backing[] = { IMAGE_QCOW2, IMAGE_QCOW, IMAGE_QED, IMAGE_VMDK };
	_cleanup_json_ struct json_object *json = json_object_new_object();
	struct json_object *file = json_object_new_object(), *window;

	json_set_string(file, "driver", "file");
	json_set_string(file, "filename", path);
	if (!whole) {
		window = json_object_new_object();
		json_set_string(window, "driver", "raw");
		json_set_int(window, "offset", (int64_t)plan->source_offset);
		json_set_int(window, "size", (int64_t)plan->length);
		json_set(window, "file", file);
		file = window;
	}
	json_set_string(json, "driver", enum_word(&image_format_words, (int)plan->source_format));
	for (size_t i = 0; i < ARRAY_LENGTH(with_backing); i++)
		if (plan->source_format == with_backing[i])
			json_object_object_add(json, "backing", NULL);
	json_set(json, "file", file);
	_cleanup_free_ char *text = json_text(json);

	return strf("json:%s", text);
}

static bool convert(const struct job_plan *plan, const char *path, bool whole, const struct job_span *span, struct error *err)
{
	_cleanup_free_ char *source = source_json(plan, path, whole);
	struct image_convert convert = {
		.source = source,
		.source_format = plan->source_format,
		.target = plan->target,
		.options = { .format = plan->format },
	};
	_cleanup_strv_ char **argv = qemu_img_convert(&convert, err);

	return argv != NULL && run_child(argv, span, err);
}

static bool on_copied(uint64_t bytes, void *userdata)
{
	const struct job_span *span = userdata;

	return span->progress->done(span->begin + bytes, span->progress->userdata);
}

static bool copy(const struct job_plan *plan, int source, int target, const struct job_span *span, struct error *err)
{
	struct job_progress progress = { on_copied, (void *)(uintptr_t)span };
	struct job_copy job_copy = { .source = source, .target = target, .source_offset = plan->source_offset, .length = plan->length, .whole = true };

	return job_copy_run(&job_copy, &progress, err);
}

/* ---- all of it ---- */

static int make_file(const char *path, struct error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		error_set_errno(err, errno, "cannot make '%s'", path);
	return fd;
}

static uint64_t stored_bytes(const struct job_plan *plan, int fd)
{
	struct stat st;

	if (plan->length != 0)
		return plan->length;
	return fstat(fd, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
}

/* From what is stored to the target in its own format. */
static bool bring(const struct job_plan *plan, int source, struct job_span *span, struct error *err)
{
	bool same = plan->source_format == plan->format, packed = plan->packing != PACKING_NONE;
	uint64_t stored = stored_bytes(plan, source);
	_cleanup_close_ int made = -1;

	if (!packed && !same) {
		span->bytes = plan->bytes_total > span->begin ? plan->bytes_total - span->begin : 0;
		return convert(plan, plan->source, plan->source_offset == 0 && plan->length == 0, span, err);
	}
	made = make_file(same ? plan->target : plan->scratch, err);
	if (made < 0)
		return false;
	if (!packed)
		return copy(plan, source, made, span, err);
	if (!unpack(plan, source, made, same ? plan->target : plan->scratch, span, err) ||
	    !check_unpacked(plan, made, same ? plan->target : plan->scratch, err))
		return false;
	if (same)
		return true;
	span->begin += stored;
	span->bytes = plan->bytes_total > span->begin ? plan->bytes_total - span->begin : 0;
	return convert(plan, plan->scratch, true, span, err) && (unlink(plan->scratch) == 0 || error_set_errno(err, errno, "'%s'", plan->scratch));
}

/* Never smaller: what a guest has there would be cut off. */
static bool enlarge(const struct job_plan *plan, const struct job_span *span, struct error *err)
{
	_cleanup_image_ struct image image = { 0 };
	_cleanup_close_ int fd = open(plan->target, O_RDONLY | O_CLOEXEC);
	_cleanup_strv_ char **argv = NULL;

	if (plan->size_bytes == 0)
		return true;
	if (fd < 0)
		return error_set_errno(err, errno, "'%s'", plan->target);
	if (!image_read(fd, plan->target, plan->format, &image, err))
		return false;
	/* QEMU counts in sectors: what ends within one became longer by the rest of it */
	if (image.virtual_bytes > plan->size_bytes && image.virtual_bytes - plan->size_bytes >= SECTOR_BYTES) {
		_cleanup_free_ char *is = size_format(image.virtual_bytes), *wanted = size_format(plan->size_bytes);

		return error_set(err, ERROR_INVALID, "it is %s, more than the %s that its disk is to have", is, wanted);
	}
	if (image.virtual_bytes >= plan->size_bytes)
		return true;
	argv = qemu_img_resize(plan->target, plan->format, plan->size_bytes, false, NULL);
	return run_child(argv, span, err);
}

bool job_import_run(const struct job_plan *plan, const struct job_progress *progress, struct error *err)
{
	_cleanup_close_ int source = open(plan->source, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct job_span span = { .progress = progress };

	if (source < 0)
		return error_set_errno(err, errno, "cannot open '%s'", plan->source);
	/* whoever would start a machine on it is refused until we are done */
	if (!image_lock(source, false, plan->source, err))
		return false;
	if (plan->digest != DIGEST_NONE) {
		if (!import_check_digest(source, plan->source_offset, plan->length, plan->digest, plan->digest_hex, &span, err))
			return false;
		span.begin += stored_bytes(plan, source);
	}
	struct job_span last = { .begin = plan->bytes_total, .progress = progress };

	return bring(plan, source, &span, err) && enlarge(plan, &last, err) && (progress->done(plan->bytes_total, progress->userdata) || cancelled(err));
}
