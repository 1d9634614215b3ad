/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qemu-img, as argument vectors: what to run for each kind of work, never through a shell, never with a secret among
 * the arguments. */
#ifndef STORAGE_QEMU_IMG_H
#define STORAGE_QEMU_IMG_H

#include "storage/image.h"

struct json_object;

/* A passphrase for LUKS lies in a 0600 file; QEMU reads it. */
struct image_options {
	enum image_format format;
	uint64_t size_bytes;
	const char *preallocation; /* "off", "metadata", "falloc", "full"; NULL: off */
	uint64_t cluster_bytes;	   /* 0: qemu-img's own */
	bool lazy_refcounts;
	const char *compat; /* "0.10", "1.1"; NULL: 1.1 */
	const char *backing_file;
	enum image_format backing_format; /* stated whenever backing_file is */
	const char *secret_file;	  /* LUKS inside qcow2, or a LUKS image; NULL: not encrypted */
	bool nocow;
};

/* Each owned by the caller; NULL when the options contradict each other (err). -p is on where a caller is to read
 * progress from stdout. */
char **qemu_img_create(const char *path, const struct image_options *options, struct error *err);
struct image_convert {
	const char *source;
	enum image_format source_format; /* stated: never IMAGE_UNKNOWN */
	const char *source_secret_file;
	const char *source_login_file; /* the password "login0" that source, "json:{...}", logs in with; NULL: none */
	const char *target;
	struct image_options options; /* size_bytes is not looked at */
	bool compress, target_exists;
	bool target_zero; /* what exists reads as zeroes, and they need not be written */
	bool dense;	       /* zeroes are written, too */
	unsigned sparse_bytes; /* -S; 0: 4 KiB */
	const char *snapshot;  /* of the source; NULL: as it is */
};
char **qemu_img_convert(const struct image_convert *convert, struct error *err);
char **qemu_img_resize(const char *path, enum image_format format, uint64_t bytes, bool shrink,
		       const char *preallocation);

/* An image that is there, as qemu-img is to open it. */
struct image_source {
	const char *path;
	enum image_format format; /* stated: never IMAGE_UNKNOWN */
	const char *secret_file;  /* of an encrypted one; NULL: it is not, or nobody needs to look inside */
};
char **qemu_img_resize_image(const struct image_source *image, uint64_t bytes, bool shrink, const char *preallocation);
enum image_repair { REPAIR_NOTHING, REPAIR_LEAKS, REPAIR_ALL };
/* Those that only look pass -U where what they say is good enough while somebody writes. */
char **qemu_img_info(const struct image_source *image);
char **qemu_img_check(const struct image_source *image, enum image_repair repair);
/* length bytes from start on; 0: to the end. */
char **qemu_img_map(const struct image_source *image, uint64_t start, uint64_t length);
/* What a copy of an image would take; size_bytes instead of one where image is NULL. */
char **qemu_img_measure(const struct image_source *image, uint64_t size_bytes, const struct image_options *options);
/* backing NULL: none. unsafe: only the name is written, whatever the two hold. */
char **qemu_img_rebase(const struct image_source *image, const char *backing, enum image_format backing_format,
		       bool unsafe);
/* base NULL: what is right below. keep: the image keeps what it holds. */
char **qemu_img_commit(const struct image_source *image, const char *base, bool keep);
char **qemu_img_compare(const struct image_source *a, const struct image_source *b, bool strict);

/* Runs one to its end without progress and gives what it printed as JSON (ret_json may be NULL: it prints none).
 * qemu-img's own last line is the reason. */
bool qemu_img_run(char *const *argv, int timeout_ms, struct json_object **ret_json, struct error *err);
/* "(12.34/100%)": a piece of -p's output to thousandths; false when there is none in it. */
bool qemu_img_progress(const char *text, unsigned *ret_permille);

#endif
