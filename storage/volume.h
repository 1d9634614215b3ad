/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes: what is in a pool, and what is asked for when a new one is made. */
#ifndef STORAGE_VOLUME_H
#define STORAGE_VOLUME_H

#include "storage/disk_table.h"
#include "storage/image.h"
#include "storage/pool.h"

enum volume_type { VOLUME_FILE, VOLUME_BLOCK, VOLUME_DIR, VOLUME_NETWORK, VOLUME_TYPE_COUNT };
ENUM_DECLARE(volume_type);
struct volume {
	char *name, *key, *path; /* key: the path, or what the source has for ever (a LUN's, an LV's UUID) */
	enum volume_type type;
	enum image_format format;
	bool stated; /* its format was said when it was made: it is never looked for in what a guest wrote */
	uint64_t capacity, allocation, physical; /* bytes */
	char *backing_path;			 /* owned; NULL: none */
	enum image_format backing_format;
	bool encrypted;
	bool unfinished; /* what it is to hold is still being written; its driver shows it to nobody but who makes it */
	char *trouble; /* owned: why it could not be read; NULL: fine */
	int64_t mtime_ns;
	uint64_t inode;
};
void volume_clear(struct volume *volume);
void volumes_free(struct volume *volumes, size_t count);

/* Where a volume is made before it is whole: beside its place, under a name that is no volume's. Owned. */
char *volume_unfinished_path(const char *path);

/* What a new volume is to be: its document. */
struct volume_request {
	xmlDoc *doc; /* owned */
	xmlNode *node;
	char *source; /* owned: a file's name, for messages */
	char *name;
	struct opt_uint capacity,
		allocation;	  /* bytes; an absent allocation is all of it for raw, none for the others */
	enum image_format format; /* IMAGE_UNKNOWN: the pool's own */
	char *format_word;	  /* as it is written: of a format, or of what a partition holds */
	bool is_partition;	  /* it was the latter: content */
	enum disk_content content;
	char *backing_path;
	enum image_format backing_format;
	char *compat; /* "0.10", "1.1" */
	bool lazy_refcounts, nocow;
	bool compress; /* what is copied into it; no document says so */
	bool metadata; /* its tables are written at once (qcow2); no document says so either */
	struct opt_uint cluster_bytes;
	char *encryption;				/* "luks"; NULL: none */
	char *secret_type, *secret_uuid, *secret_usage; /* of the passphrase */
	struct pool_permissions permissions;
	bool unfinished;   /* what it is to hold is written later: it is shown once the driver's finish() was told */
	char **unmodelled; /* owned: a line for each thing that is not looked at */
};
#define _cleanup_volume_request_ _cleanup_(volume_request_clear)
/* Names and sizes are checked here: what is not right says its line. A copy and an overlay may leave their size out. */
bool volume_request_parse(const char *source, const char *text, size_t length, struct volume_request *ret,
			  struct error *err);
/* Says where it has none that it has no size. */
bool volume_request_check_size(const struct volume_request *request, struct error *err);
/* Which format is made where none is asked for, and what libvirt means by an encrypted raw one. */
void volume_request_settle(struct volume_request *request);
void volume_request_clear(struct volume_request *request);
/* A volume's document, as vol-dumpxml prints it. image NULL: it is none; secret_uuid: of the passphrase, NULL: unknown. Owned. */
char *volume_format(const struct volume *volume, const struct image *image, const char *secret_uuid);
/* May this be a volume's name in that type of pool? No slash, no "..", no control character, not hidden, at most 255
 * bytes. */
bool volume_name_check(enum pool_type type, const char *name, struct error *err);

#endif
