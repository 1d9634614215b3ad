/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A LUN's bytes, to stdout or from stdin. */
#include "storage/iscsi/session.h"

#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES ((size_t)256 * 1024) /* every server takes so much at once */

struct lun {
	struct iscsi_context *session;
	int number;
	struct extent extent;
	unsigned char *buffer; /* owned, of CHUNK_BYTES */
};
#define _cleanup_lun_ _cleanup_(lun_close)
static void lun_close(struct lun *lun)
{
	free(lun->buffer);
}

static bool lun_open(struct iscsi_context *session, const struct request *request, struct lun *ret, struct error *err)
{
	*ret = (struct lun){ .session = session, .number = request->lun };
	if (!read_extent(session, request->lun, &ret->extent, err))
		return false;
	ret->buffer = xmalloc(CHUNK_BYTES);
	return true;
}

static uint64_t size_of(const struct lun *lun)
{
	return lun->extent.blocks * lun->extent.block_bytes;
}

/* Whole blocks, length at most a chunk. */
static bool read_blocks(const struct lun *lun, uint64_t offset, size_t length, struct error *err)
{
	uint32_t block = lun->extent.block_bytes;

	watchdog_feed();
	struct scsi_task *task =
		iscsi_read16_sync(lun->session, lun->number, offset / block, (uint32_t)length, (int)block, 0, 0, 0, 0, 0);

	if (!session_good(lun->session, task, "cannot read from the server", err))
		return false;
	bool whole = task->datain.size >= 0 && (size_t)task->datain.size == length;

	if (whole)
		memcpy(lun->buffer, task->datain.data, length);
	scsi_free_scsi_task(task);
	return whole || error_set(err, ERROR_PROTOCOL, "the server gave less than was asked for");
}

static bool write_blocks(const struct lun *lun, uint64_t offset, size_t length, struct error *err)
{
	uint32_t block = lun->extent.block_bytes;

	watchdog_feed();
	struct scsi_task *task = iscsi_write16_sync(lun->session, lun->number, offset / block, lun->buffer, (uint32_t)length,
						    (int)block, 0, 0, 0, 0, 0);

	if (!session_good(lun->session, task, "cannot write to the server", err))
		return false;
	scsi_free_scsi_task(task);
	return true;
}

/* A server that keeps nothing back need not know the command. */
static bool flush(const struct lun *lun, struct error *err)
{
	watchdog_feed();
	struct scsi_task *task = iscsi_synchronizecache16_sync(lun->session, lun->number, 0, 0, 0, 0);
	bool unknown = task != NULL && task->status == SCSI_STATUS_CHECK_CONDITION &&
		       task->sense.key == SCSI_SENSE_ILLEGAL_REQUEST;

	if (!unknown && !session_good(lun->session, task, "the server cannot write it out", err))
		return false;
	scsi_free_scsi_task(task);
	return true;
}

static bool fail_beyond(const struct lun *lun, struct error *err)
{
	return error_set(err, ERROR_INVALID, "only %llu bytes are there", (unsigned long long)size_of(lun));
}

bool transfer_read(struct iscsi_context *session, const struct request *request, struct error *err)
{
	_cleanup_lun_ struct lun lun;
	uint64_t at = request->offset, end;

	if (!lun_open(session, request, &lun, err))
		return false;
	end = request->length != 0 ? request->offset + request->length : size_of(&lun);
	if (at > size_of(&lun) || end > size_of(&lun) || end < at)
		return fail_beyond(&lun, err);
	while (at < end) {
		uint64_t block = lun.extent.block_bytes, from = at / block * block;
		uint64_t whole = (end + block - 1) / block * block - from;
		size_t length = whole < CHUNK_BYTES ? (size_t)whole : CHUNK_BYTES;
		size_t skip = (size_t)(at - from), part = length - skip < end - at ? length - skip : (size_t)(end - at);

		if (!read_blocks(&lun, from, length, err))
			return false;
		/* whoever reads may take their time */
		(void)alarm(0);
		if (!write_all(STDOUT_FILENO, lun.buffer + skip, part))
			return error_set_errno(err, errno, "cannot write");
		at += part;
	}
	return true;
}

/* Fills a part of the buffer from stdin; the number of bytes, less than length only at the input's end. -1: error. */
static ssize_t read_input(unsigned char *to, size_t length)
{
	size_t have = 0;

	(void)alarm(0);
	while (have < length) {
		ssize_t n = read(STDIN_FILENO, to + have, length - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

/* The blocks at both ends of a piece that does not fill them keep what else is in them. */
static bool write_piece(const struct lun *lun, const unsigned char *bytes, size_t length, uint64_t offset, struct error *err)
{
	uint64_t block = lun->extent.block_bytes, from = offset / block * block;
	size_t skip = (size_t)(offset - from), whole = (size_t)((skip + length + block - 1) / block * block);

	if (offset + length > size_of(lun))
		return fail_beyond(lun, err);
	if (whole != length && !read_blocks(lun, from, whole, err))
		return false;
	memcpy(lun->buffer + skip, bytes, length);
	return write_blocks(lun, from, whole, err);
}

bool transfer_write(struct iscsi_context *session, const struct request *request, struct error *err)
{
	_cleanup_free_ unsigned char *bytes = xmalloc(CHUNK_BYTES);
	_cleanup_lun_ struct lun lun;
	uint64_t at = request->offset;

	if (!lun_open(session, request, &lun, err))
		return false;
	if (at > size_of(&lun))
		return fail_beyond(&lun, err);
	for (;;) {
		/* up to the end of a block, from there on whole ones */
		size_t want = CHUNK_BYTES - (size_t)(at % lun.extent.block_bytes);
		ssize_t n = read_input(bytes, want);

		if (n < 0)
			return error_set_errno(err, errno, "cannot read what is to be written");
		if (n > 0 && !write_piece(&lun, bytes, (size_t)n, at, err))
			return false;
		at += (uint64_t)n;
		if ((size_t)n < want)
			return flush(&lun, err);
	}
}
