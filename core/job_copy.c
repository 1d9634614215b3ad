/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The byte work of jobs: copies that keep holes, and overwriting. */
#include "base/file.h"
#include "base/memory.h"
#include "core/job_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)1024 * 1024)
#define ZERO_BYTES   ((size_t)64 * 1024) /* a run of zeroes this long is left out of a new file */
#define HOLE_BYTES   (UINT64_C(64) * 1024 * 1024)

static bool report(const struct job_progress *progress, uint64_t bytes, struct error *err)
{
	return progress->done(bytes, progress->userdata) || error_set(err, ERROR_FAILED, "it was cancelled");
}

static bool write_at(int fd, const char *bytes, size_t length, uint64_t offset, bool stream, struct error *err)
{
	while (length > 0) {
		ssize_t n = stream ? write(fd, bytes, length) : pwrite(fd, bytes, length, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_errno(err, errno, "cannot write");
		bytes += n;
		offset += (uint64_t)n;
		length -= (size_t)n;
	}
	return true;
}

static bool is_zero(const char *bytes, size_t length)
{
	return length == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0);
}

/* Where data begins (or, with SEEK_HOLE, ends) at or after offset; the end when nowhere. A file system that knows no holes
 * has data everywhere. */
static uint64_t seek_next(int fd, int what, uint64_t offset, uint64_t end)
{
	off_t at = lseek(fd, (off_t)offset, what);

	if (at < 0)
		return errno == ENXIO || what == SEEK_HOLE ? end : offset;
	return (uint64_t)at < end ? (uint64_t)at : end;
}

/* Makes a range read as zeroes: what is a hole stays one, and what is allocated stays so; a device that can is told to
 * hold nothing there, by which a thin one stays thin. */
static bool write_zeroes(const struct job_copy *copy, uint64_t offset, uint64_t length, struct error *err)
{
	static const char zeroes[ZERO_BYTES];
	uint64_t end = offset + length;

	if (copy->device && fallocate(copy->target, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)length) == 0)
		return true;
	while ((offset = seek_next(copy->target, SEEK_DATA, offset, end)) < end) {
		uint64_t hole = seek_next(copy->target, SEEK_HOLE, offset, end);

		if (hole > offset && fallocate(copy->target, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, (off_t)offset,
					       (off_t)(hole - offset)) == 0) {
			offset = hole;
			continue;
		}
		size_t part = end - offset < sizeof zeroes ? (size_t)(end - offset) : sizeof zeroes;

		if (!write_at(copy->target, zeroes, part, offset, false, err))
			return false;
		offset += part;
	}
	return true;
}

/* What holds something; a run of zeroes is passed over where the target is new, since it reads as zeroes there. */
static bool write_sparse(const struct job_copy *copy, const char *bytes, size_t length, uint64_t offset,
			 struct error *err)
{
	for (size_t at = 0; at < length; at += ZERO_BYTES) {
		size_t part = length - at < ZERO_BYTES ? length - at : ZERO_BYTES;
		bool zero = is_zero(bytes + at, part);

		if (zero && copy->whole && !copy->device)
			continue;
		if (!(zero ? write_zeroes(copy, offset + at, part, err)
			   : write_at(copy->target, bytes + at, part, offset + at, false, err)))
			return false;
	}
	return true;
}

static bool copy_stream(const struct job_copy *copy, const struct job_progress *progress, struct error *err)
{
	_cleanup_free_ char *buffer = xmalloc(BUFFER_BYTES);
	uint64_t done = 0;

	while (copy->length == 0 || done < copy->length) {
		size_t want = copy->length != 0 && copy->length - done < BUFFER_BYTES ? (size_t)(copy->length - done)
										      : BUFFER_BYTES;
		ssize_t n = read(copy->source, buffer, want);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_errno(err, errno, "cannot read");
		if (n == 0)
			break;
		if (!write_at(copy->target, buffer, (size_t)n, copy->target_offset + done,
			      lseek(copy->target, 0, SEEK_CUR) < 0, err))
			return false;
		done += (uint64_t)n;
		if (!report(progress, done, err))
			return false;
	}
	if (copy->length != 0 && done < copy->length)
		return error_set(err, ERROR_FAILED, "the input ended after %llu of %llu bytes",
				 (unsigned long long)done, (unsigned long long)copy->length);
	return true;
}

/* A hole of the source, or as much of it as is done before progress is told again. */
static uint64_t copy_hole(const struct job_copy *copy, uint64_t at, uint64_t data, bool *ret_ok, struct error *err)
{
	uint64_t length = data - at < HOLE_BYTES ? data - at : HOLE_BYTES;

	*ret_ok = true;
	/* a new file has holes by itself; what lay on a device before lies there still */
	if (copy->whole && !copy->device)
		return data;
	*ret_ok = write_zeroes(copy, copy->target_offset + (at - copy->source_offset), length, err);
	return at + length;
}

static bool copy_ranges(const struct job_copy *copy, uint64_t end, const struct job_progress *progress,
			struct error *err)
{
	_cleanup_free_ char *buffer = xmalloc(BUFFER_BYTES);
	uint64_t at = copy->source_offset;

	while (at < end) {
		uint64_t data = seek_next(copy->source, SEEK_DATA, at, end);
		bool ok = true;

		if (data > at) {
			at = copy_hole(copy, at, data, &ok, err);
			if (!ok || !report(progress, at - copy->source_offset, err))
				return false;
			continue;
		}
		/* not beyond the data: what is read of a hole would be compared for nothing */
		uint64_t stop = seek_next(copy->source, SEEK_HOLE, at, end);
		size_t want = stop - at < BUFFER_BYTES ? (size_t)(stop - at) : BUFFER_BYTES;
		ssize_t n = pread(copy->source, buffer, want, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_errno(err, errno, "cannot read");
		if (n == 0)
			return error_set(err, ERROR_FAILED, "what is copied became shorter meanwhile");
		if (!write_sparse(copy, buffer, (size_t)n, copy->target_offset + (at - copy->source_offset), err))
			return false;
		at += (uint64_t)n;
		if (!report(progress, at - copy->source_offset, err))
			return false;
	}
	return report(progress, end - copy->source_offset, err);
}

static uint64_t size_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return (uint64_t)st.st_size;
	off_t end = lseek(fd, 0, SEEK_END);

	return end > 0 ? (uint64_t)end : 0;
}

bool job_copy_run(const struct job_copy *copy, const struct job_progress *progress, struct error *err)
{
	if (copy->stream)
		return copy_stream(copy, progress, err) &&
		       (fsync(copy->target) == 0 || errno == EINVAL || errno == EROFS ||
			error_set_errno(err, errno, "cannot write it out"));
	uint64_t size = size_of(copy->source);
	uint64_t end = copy->length != 0 ? copy->source_offset + copy->length : size;

	if (end > size)
		return error_set(err, ERROR_INVALID, "only %llu bytes are there", (unsigned long long)size);
	if (copy->whole && copy->source_offset == 0 && copy->target_offset == 0 && end == size &&
	    ioctl(copy->target, FICLONE, copy->source) == 0)
		return report(progress, size, err);
	uint64_t target_end = copy->target_offset + (end - copy->source_offset);

	/* What ends in a hole is as long as it says all the same. */
	if ((copy->whole || size_of(copy->target) < target_end) && ftruncate(copy->target, (off_t)target_end) < 0 &&
	    errno != EINVAL)
		return error_set_errno(err, errno, "cannot make it large enough");
	return copy_ranges(copy, end, progress, err) &&
	       (fsync(copy->target) == 0 || error_set_errno(err, errno, "cannot write it out"));
}

bool job_wipe_run(int fd, unsigned passes, const struct job_progress *progress, struct error *err)
{
	_cleanup_free_ char *zeroes = xcalloc(1, BUFFER_BYTES);
	uint64_t size = size_of(fd), done = 0;

	for (unsigned pass = 0; pass < passes; pass++) {
		for (uint64_t at = 0; at < size;) {
			size_t part = size - at < BUFFER_BYTES ? (size_t)(size - at) : BUFFER_BYTES;

			if (!write_at(fd, zeroes, part, at, false, err))
				return false;
			at += part;
			done += part;
			if (!report(progress, done, err))
				return false;
		}
		if (fsync(fd) < 0)
			return error_set_errno(err, errno, "cannot write it out");
	}
	return true;
}
