/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work on images by themselves, wherever they lie: what qemu-img does, with the checks that it leaves to its caller. An
 * image is opened as what it is stated to be; one that is in use is never written; what a head names is followed only
 * where it is a plain path with a stated format. Slow work is a job. */
#ifndef CORE_IMAGE_WORK_H
#define CORE_IMAGE_WORK_H

#include "core/storage.h"
#include "storage/qemu_img.h"

struct json_object;

/* ---- names ---- */

/* An image as front ends name it. */
struct image_name {
	char *path;		  /* owned, absolute */
	char *pool, *volume;	  /* owned; NULL: it lies in no pool that is active */
	enum image_format format; /* what it is opened as */
	bool stated; /* said by the caller, by a machine that has it, or when its volume was made; else it is what its
			head says */
	char *secret_file;  /* owned: the passphrase of an encrypted one; NULL: none was given */
	unsigned snapshots; /* internal ones that it has: a copy does not */
};
#define _cleanup_image_name_ _cleanup_(image_name_clear)
void image_name_clear(struct image_name *name);
/* key: a path, POOL/VOLUME, or a volume's key; a file that is there comes first. format: a word, NULL: as its machine
 * or volume states it, else as its head says (what a machine has as raw is raw). secret: a secret's UUID or usage, or a
 * file that holds the passphrase and nothing else; NULL: the secret whose usage is a volume of this path, if there is
 * one. */
bool image_name_find(struct manager *manager, const char *key, const char *format, const char *secret,
		     struct image_name *ret, struct error *err);
/* Of one to be made, of that format: ERROR_EXISTS when something is there. */
bool image_name_new(struct manager *manager, const char *key, enum image_format format, const char *secret,
		    struct image_name *ret, struct error *err);
/* A format's word; ERROR_INVALID lists them. */
bool image_format_parse(const char *word, enum image_format *ret, struct error *err);

/* ---- looking: whoever writes it meanwhile ---- */

/* One image of a chain. */
struct image_layer {
	char *path; /* owned */
	enum image_format format;
	struct image image; /* its head; empty where trouble kept it from being read */
	char *trouble;	    /* owned: why the chain cannot be followed from here; NULL: it ends here, or goes on */
	struct volume_user *users; /* owned array, with image_chain_load()'s with_users */
	size_t user_count;
	char *opened_by; /* owned: who has it open: "machine 'web1'", "pid 12, qemu-img"; NULL: nobody */
};
void image_layers_free(struct image_layer *layers, size_t count);
/* The image, then what is below it, as heads state it. Only what keeps the first from being read is an error. */
bool image_chain_load(struct manager *manager, const struct image_name *name, bool with_users, struct image_layer **ret,
		      size_t *ret_count, struct error *err);
/* As qemu-img tells them: snapshots, and what only the format's driver knows. */
bool image_details(const struct image_name *name, struct json_object **ret, struct error *err);
/* An array of runs: start, length, data, zero, depth, offset. */
bool image_map(struct manager *manager, const struct image_name *name, struct json_object **ret, struct error *err);
/* "required" and "fully-allocated" bytes of a copy with these options; name NULL: of an empty one of options' size. */
bool image_measure(struct manager *manager, const struct image_name *name, const struct image_options *options,
		   struct json_object **ret, struct error *err);

/* ---- work: *ret_job 0: it is done ---- */

/* The outcome is the job's result: image_check_read(). Repairing needs it unused. */
bool image_check(struct manager *manager, const struct image_name *name, enum image_repair repair, int64_t *ret_job,
		 struct error *err);
struct image_check_result {
	uint64_t corruptions, leaks, errors; /* that are left */
	uint64_t corruptions_fixed, leaks_fixed;
	uint64_t total_clusters, allocated_clusters, fragmented_clusters, compressed_clusters;
	uint64_t end_offset; /* bytes of the file that are of use */
};
bool image_check_read(const char *result, struct image_check_result *ret, struct error *err);
/* In plain words: "no errors", "3 clusters are leaked: space that nothing uses". Owned. */
char *image_check_text(const struct image_check_result *result);

/* backing NULL: what the image reads through becomes its own. unsafe: only the name is written. */
bool image_rebase(struct manager *manager, const struct image_name *name, const struct image_name *backing, bool unsafe,
		  int64_t *ret_job, struct error *err);
/* What it holds goes to what is below it (base: further down; NULL: right below). Refused while anything else stands on
 * what is written. keep: it is not emptied. */
bool image_commit(struct manager *manager, const struct image_name *name, const struct image_name *base, bool keep,
		  int64_t *ret_job, struct error *err);
/* The outcome is the job's result: image_compare_read(). strict: their sizes and what is allocated count, too. */
bool image_compare(struct manager *manager, const struct image_name *a, const struct image_name *b, bool strict,
		   int64_t *ret_job, struct error *err);
struct image_compare_result {
	bool identical, sizes_differ;
	bool has_offset;
	uint64_t offset; /* of the first difference, where has_offset */
};
bool image_compare_read(const char *result, struct image_compare_result *ret, struct error *err);

/* Room for what the copy will hold is compared first. target is image_name_new()'s. */
struct image_conversion {
	struct image_options options; /* of the target; format, size and secret are taken from it and the source */
	bool compress;
	bool dense;	       /* what reads as zeroes is written, too (-S 0) */
	unsigned sparse_bytes; /* runs of zeroes at least so long become holes; 0: 4 KiB */
	const char *snapshot;  /* of the source; NULL: as it is now */
};
bool image_convert(struct manager *manager, const struct image_name *source, const struct image_name *target,
		   const struct image_conversion *conversion, int64_t *ret_job, struct error *err);
/* options: as qemu-img create takes them; their format and secret are the name's. */
bool image_create(struct manager *manager, const struct image_name *target, const struct image_options *options,
		  int64_t *ret_job, struct error *err);
/* preallocation: of what is added; NULL: "off". Smaller only with shrink, and never what another image stands on. */
bool image_resize(struct manager *manager, const struct image_name *name, uint64_t bytes, bool shrink,
		  const char *preallocation, int64_t *ret_job, struct error *err);

#endif
