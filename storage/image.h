/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disk images as their first bytes describe them: read natively and bounded, without a process. A hostile file: nothing
 * it names is followed here. */
#ifndef STORAGE_IMAGE_H
#define STORAGE_IMAGE_H

#include "base/enum.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Words as libvirt's <format type=''/>. */
enum image_format {
	IMAGE_UNKNOWN,
	IMAGE_RAW,
	IMAGE_QCOW2,
	IMAGE_QCOW,
	IMAGE_QED,
	IMAGE_VMDK,
	IMAGE_VDI,
	IMAGE_VHDX, /* "vhdx" */
	IMAGE_VPC,
	IMAGE_LUKS,
	IMAGE_ISO,
	IMAGE_FORMAT_COUNT,
};
ENUM_DECLARE(image_format);

#define IMAGE_HEADER_BYTES ((size_t)64 * 1024) /* as much of a file's head as is looked at */
#define IMAGE_SNAPSHOTS	   65536	       /* as many as are counted */
#define IMAGE_CHAIN	   64		       /* images behind one another */

struct image {
	enum image_format format;
	uint64_t virtual_bytes;	  /* what the guest sees */
	uint64_t allocated_bytes; /* what it takes on the disk */
	uint64_t file_bytes;
	/* qcow2 */
	unsigned version; /* 2 or 3: compat 0.10 or 1.1 */
	unsigned cluster_bits, refcount_bits;
	unsigned snapshots;
	uint64_t incompatible, compatible, autoclear; /* feature bits as they stand */
	bool dirty, corrupt, lazy_refcounts, extended_l2, zstd;
	bool external_data; /* its guest data lies in another file, of a VMDK in one outside its directory */
	bool encrypted;	    /* by LUKS, or (qcow2's own, refused everywhere) by AES */
	bool luks;
	char *backing_file;		  /* owned, as written; NULL: none */
	enum image_format backing_format; /* IMAGE_UNKNOWN: not stated */
	char *data_file;		  /* owned; where external_data lies */
};
#define _cleanup_image_ _cleanup_(image_clear)
void image_clear(struct image *image);

/* Reads what an open file says of itself. stated: what it is known to be: a raw image is then never looked into, and
 * one that is not what was stated is ERROR_INVALID; IMAGE_UNKNOWN: recognised by its head (for showing it, and for
 * importing; never for running a machine). path is for messages. */
bool image_read(int fd, const char *path, enum image_format stated, struct image *ret, struct error *err);
/* The same on bytes alone: without sizes of the file. For the fuzzer, and for what is in archives. */
bool image_parse(const uint8_t *bytes, size_t length, uint64_t file_bytes, const char *path, enum image_format stated,
		 struct image *ret, struct error *err);

/* ---- what it reads besides itself (image_chain.c) ---- */

/* Is it a name of a file, not "json:{...}" or "nbd:...", which QEMU would take for something else? */
bool image_is_plain_path(const char *name);
/* May a head name this file as what its image stands on? It has room for 1023 bytes of text. */
bool image_check_backing_name(const char *path, struct error *err);
/* The name in an image's head, seen from the image's own directory. Owned. */
char *image_backing_path(const char *image, const char *name);
/* ERROR_UNSUPPORTED where a head names what is not followed: data in another file, a backing file that is no plain path. */
bool image_check_names(const struct image *image, const char *path, struct error *err);
/* May a program be let open this image, and all that it stands on? Each is a file that is what it is stated to be, and
 * reads plain files alone; none is met twice. Nothing below a raw image is looked at. */
bool image_check_chain(const char *path, enum image_format format, struct error *err);

/* May an image from elsewhere be read? One that lies on another, whose data is in another file (a vmdk's extents beside it excepted) or
 * that is encrypted is refused: what it names could be any file of this host. offset and length are where it is in the
 * open file (length 0: it is all of it); image is what its head says. */
bool image_stands_alone(int fd, const char *path, uint64_t offset, uint64_t length, const struct image *image,
			struct error *err);

/* ---- who uses it (image_lock.c) ---- */

/* Is an open image in use by another process (its QEMU locks are asked, none is taken)? Would one that opens it (to
 * write, or only to read) be refused? ret_pid: who holds it, 0 when that cannot be told. */
bool image_in_use(int fd, bool writable, int *ret_pid);
/* Takes these locks, as one that writes the image (or only reads it, and wants it to stay as it is): QEMU and image_in_use()
 * then refuse it to others. They go with the descriptor. ERROR_BUSY: somebody has it. */
bool image_lock(int fd, bool writable, const char *path, struct error *err);

#endif
