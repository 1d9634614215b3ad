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

/* Zeroes, where something else may be. A device that can is told to hold them, by which a thin one stays thin. */
static bool write_zeroes(const struct job_copy *copy, uint64_t offset, uint64_t length, struct error *err)
{
	static const int ways[] = { FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				    FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE };
	_cleanup_free_ char *zeroes = NULL;

	for (size_t i = 0; i < ARRAY_LENGTH(ways); i++)
		if (fallocate(copy->target, ways[i], (off_t)offset, (off_t)length) == 0)
			return true;
	zeroes = xcalloc(1, BUFFER_BYTES);
	for (uint64_t done = 0; done < length;) {
		size_t part = length - done < BUFFER_BYTES ? (size_t)(length - done) : BUFFER_BYTES;

		if (!write_at(copy->target, zeroes, part, offset + done, false, err))
			return false;
		done += part;
	}
	return true;
}

/* What holds something; runs of zeroes are passed over where the target is new, since it reads as zeroes there. */
static bool write_sparse(const struct job_copy *copy, const char *bytes, size_t length, uint64_t offset,
			 struct error *err)
{
	for (size_t at = 0; at < length; at += ZERO_BYTES) {
		size_t part = length - at < ZERO_BYTES ? length - at : ZERO_BYTES;

		if ((copy->whole || copy->device) && is_zero(bytes + at, part)) {
			if (copy->device && !write_zeroes(copy, offset + at, part, err))
				return false;
			continue;
		}
		if (!write_at(copy->target, bytes + at, part, offset + at, false, err))
			return false;
	}
	return true;
}

/* Where data begins at or after offset; the end when there is none. A file system that knows no holes says: here. */
static uint64_t next_data(int fd, uint64_t offset, uint64_t end)
{
	off_t at = lseek(fd, (off_t)offset, SEEK_DATA);

	if (at < 0)
		return errno == ENXIO ? end : offset;
	return (uint64_t)at < end ? (uint64_t)at : end;
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

static bool copy_ranges(const struct job_copy *copy, uint64_t end, const struct job_progress *progress,
			struct error *err)
{
	_cleanup_free_ char *buffer = xmalloc(BUFFER_BYTES);
	uint64_t at = copy->source_offset;

	while (at < end) {
		uint64_t data = copy->whole || copy->device ? next_data(copy->source, at, end) : at;
		size_t want = end - data < BUFFER_BYTES ? (size_t)(end - data) : BUFFER_BYTES;

		if (copy->device && data > at &&
		    !write_zeroes(copy, copy->target_offset + (at - copy->source_offset), data - at, err))
			return false;
		at = data;
		if (at >= end)
			break;
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
	if (copy->whole && ftruncate(copy->target, (off_t)(copy->target_offset + (end - copy->source_offset))) < 0 &&
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
