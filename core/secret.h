/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Secrets: libvirt's documents in the database, the values apart from it, each in a 0600 file; never on a command line.
 */
#ifndef CORE_SECRET_H
#define CORE_SECRET_H

#include "core/manager.h"

#define SECRET_SIZE_LIMIT (64 * 1024)

struct secret {
	char *uuid, *usage_type, *usage_id, *description; /* owned; usage_type "volume", "iscsi", "vnc", "none" */
	bool ephemeral, private_, has_value;
};
void secret_clear(struct secret *secret);
void secrets_free(struct secret *secrets, size_t count);

bool secret_define(struct manager *manager, const char *source, const char *text, size_t length, struct secret *ret,
		   struct error *err);
bool secret_list(struct manager *manager, struct secret **ret, size_t *ret_count, struct error *err);
/* By UUID, or "usage_type usage_id". */
bool secret_find(struct manager *manager, const char *key, struct secret *ret, struct error *err);
char *secret_xml(struct manager *manager, const struct secret *secret, struct error *err);
/* ERROR_INVALID for none (0 bytes) and for more than SECRET_SIZE_LIMIT: what it had stays. */
bool secret_set_value(struct manager *manager, const struct secret *secret, const void *value, size_t length,
		      struct error *err);
/* ERROR_FAILED for a private one. Owned, wiped by secret_value_free(). */
bool secret_value(struct manager *manager, const struct secret *secret, char **ret, size_t *ret_length,
		  struct error *err);
void secret_value_free(char *value, size_t length);
/* The file that holds it, for qemu-img and QEMU (secret,file=). Owned. */
char *secret_file(struct manager *manager, const struct secret *secret, struct error *err);
/* As secret_file(), of the secret that a document names by its UUID, else by what it is used for ("iscsi", "volume"). Owned. */
char *secret_file_of(struct manager *manager, const char *usage_type, const char *usage, const char *uuid, struct error *err);
/* "secret 'volume disk'", as messages name it. Owned. */
char *secret_words(const struct secret *secret);
/* ERROR_BUSY, with who it is, when a machine or a pool names it, or when it is called as a volume or image that is there. */
bool secret_check_unused(struct manager *manager, const struct secret *secret, struct error *err);
/* Whoever uses it. */
bool secret_undefine(struct manager *manager, const struct secret *secret, struct error *err);
/* After a qemu-img of this argv has failed: err says which image's passphrase is wrong, and whose it is, where that was the reason.
 * Returns false. */
bool secret_explain(struct manager *manager, char *const *argv, struct error *err);

#endif
