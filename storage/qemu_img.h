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
	const char *target;
	struct image_options options; /* size_bytes is not looked at */
	bool compress, target_exists;
	unsigned sparse_bytes; /* -S; 0: 4 KiB */
	const char *snapshot;  /* of the source; NULL: as it is */
};
char **qemu_img_convert(const struct image_convert *convert, struct error *err);
char **qemu_img_resize(const char *path, enum image_format format, uint64_t bytes, bool shrink,
		       const char *preallocation);
char **qemu_img_check(const char *path, enum image_format format, bool repair_leaks, bool repair_all);
char **qemu_img_map(const char *path, enum image_format format);
char **qemu_img_measure(const struct image_convert *convert);
char **qemu_img_rebase(const char *path, enum image_format format, const char *backing,
		       enum image_format backing_format, bool unsafe);
char **qemu_img_commit(const char *path, enum image_format format);
char **qemu_img_compare(const char *a, enum image_format a_format, const char *b, enum image_format b_format,
			bool strict);
char **qemu_img_info(const char *path, enum image_format format, bool chain,
		     bool running /* -U: somebody may be writing it */);

/* Runs one to its end without progress and gives what it printed as JSON (ret_json may be NULL: it prints none).
 * qemu-img's own last line is the reason. */
bool qemu_img_run(char *const *argv, int timeout_ms, struct json_object **ret_json, struct error *err);
/* "(12.34/100%)": a piece of -p's output to thousandths; false when there is none in it. */
bool qemu_img_progress(const char *text, unsigned *ret_permille);

#endif
