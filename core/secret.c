/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Secrets: a row and a document for each, and its value in a file that only we may read. */
#include "core/secret_internal.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/uuid.h"
#include "base/xml.h"
#include "core/manager_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COLUMNS "uuid, usage_type, usage_id, xml, ephemeral, private"

void secret_clear(struct secret *secret)
{
	free(secret->uuid);
	free(secret->usage_type);
	free(secret->usage_id);
	free(secret->description);
	*secret = (struct secret){ 0 };
}

void secrets_free(struct secret *secrets, size_t count)
{
	for (size_t i = 0; secrets != NULL && i < count; i++)
		secret_clear(&secrets[i]);
	free(secrets);
}

/* ---- values ---- */

/* Kept ones beside the database; those that must not outlive the host's uptime with the run-time files. Owned. */
static char *value_directory(struct manager *manager, bool ephemeral)
{
	const char *slash = strrchr(manager->paths.database, '/');

	if (ephemeral)
		return strf("%s/secrets", manager->paths.run);
	return strf("%.*s/secrets", slash != NULL ? (int)(slash - manager->paths.database) : 0,
		    manager->paths.database);
}

static char *value_path(struct manager *manager, const char *uuid, bool ephemeral)
{
	_cleanup_free_ char *directory = value_directory(manager, ephemeral);

	return strf("%s/%s", directory, uuid);
}

void secret_value_free(char *value, size_t length)
{
	if (value != NULL)
		explicit_bzero(value, length);
	free(value);
}

bool secret_set_value(struct manager *manager, const struct secret *secret, const void *value, size_t length,
		      struct error *err)
{
	_cleanup_free_ char *directory = value_directory(manager, secret->ephemeral),
			    *path = value_path(manager, secret->uuid, secret->ephemeral);

	if (length == 0) {
		error_set(err, ERROR_INVALID, "the value is empty: secret %s stays as it is", secret->uuid);
		return error_hint(err, "'virtty secret-undefine %s' deletes it", secret->uuid);
	}
	if (length > SECRET_SIZE_LIMIT)
		return error_set(err, ERROR_INVALID, "the value is longer than %d bytes", SECRET_SIZE_LIMIT);
	return directory_make(directory, 0700, err) && file_write(path, value, length, 0600, err);
}

char *secret_file(struct manager *manager, const struct secret *secret, struct error *err)
{
	char *path = value_path(manager, secret->uuid, secret->ephemeral);

	if (path_exists(path))
		return path;
	free(path);
	error_set(err, ERROR_STATE, "secret %s has no value", secret->uuid);
	error_hint(err, "'virtty secret-set-value %s' sets it", secret->uuid);
	return NULL;
}

char *secret_file_of(struct manager *manager, const char *usage_type, const char *usage, const char *uuid, struct error *err)
{
	_cleanup_free_ char *key = uuid != NULL ? xstrdup(uuid) : strf("%s %s", usage_type, usage != NULL ? usage : "");
	struct secret secret = { 0 };
	char *path = NULL;

	if (secret_find(manager, key, &secret, err))
		path = secret_file(manager, &secret, err);
	secret_clear(&secret);
	return path;
}

bool secret_value(struct manager *manager, const struct secret *secret, char **ret, size_t *ret_length,
		  struct error *err)
{
	_cleanup_free_ char *path = NULL;

	if (secret->private_)
		return error_set(err, ERROR_FAILED, "secret %s is private: its value is given to nobody", secret->uuid);
	path = secret_file(manager, secret, err);
	return path != NULL && file_read(path, SECRET_SIZE_LIMIT, ret, ret_length, err);
}

/* ---- rows ---- */

static struct secret read_row(struct manager *manager, sqlite3_stmt *row)
{
	struct secret secret = {
		.uuid = db_text(row, 0),
		.usage_type = db_text(row, 1),
		.usage_id = db_text(row, 2),
		.ephemeral = sqlite3_column_int(row, 4) != 0,
		.private_ = sqlite3_column_int(row, 5) != 0,
	};
	_cleanup_free_ char *path = value_path(manager, secret.uuid, secret.ephemeral);

	secret.has_value = path_exists(path);
	return secret;
}

bool secret_list(struct manager *manager, struct secret **ret, size_t *ret_count, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT " COLUMNS " FROM secret ORDER BY uuid", "");
	struct secret *secrets = NULL;
	size_t count = 0;
	bool found = true;

	while (row != NULL && found) {
		if (!db_step(manager->db, row, &found, err)) {
			secrets_free(secrets, count);
			return false;
		}
		if (found)
			*ARRAY_ADD(secrets, count) = read_row(manager, row);
	}
	*ret = secrets;
	*ret_count = count;
	return row != NULL;
}

static bool take_one(struct manager *manager, sqlite3_stmt *row, struct secret *ret, bool *ret_found, struct error *err)
{
	if (row == NULL || !db_step(manager->db, row, ret_found, err))
		return false;
	if (*ret_found) {
		*ret = read_row(manager, row);
		sqlite3_reset(row);
	}
	return true;
}

bool secret_find(struct manager *manager, const char *key, struct secret *ret, struct error *err)
{
	const char *blank = strchr(key, ' ');
	char uuid[UUID_TEXT_SIZE];
	bool found = false;

	*ret = (struct secret){ 0 };
	if (uuid_parse(key, uuid)) {
		if (!take_one(manager,
			      db_query(manager->db, err, "SELECT " COLUMNS " FROM secret WHERE uuid = ?", "s", uuid),
			      ret, &found, err))
			return false;
	} else if (blank != NULL) {
		_cleanup_free_ char *type = xstrndup(key, (size_t)(blank - key));

		if (!take_one(manager,
			      db_query(manager->db, err,
				       "SELECT " COLUMNS " FROM secret WHERE usage_type = ? AND usage_id = ?", "ss",
				       type, blank + 1),
			      ret, &found, err))
			return false;
	}
	if (found)
		return true;
	error_set(err, ERROR_NOT_FOUND, "there is no secret '%s'", key);
	return error_hint(err, "'virtty secret-list' shows those there are");
}

static bool check_usage_free(struct manager *manager, const struct secret *secret, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err,
				     "SELECT uuid FROM secret WHERE usage_type = ? AND usage_id = ? AND uuid <> ?",
				     "sss", secret->usage_type, secret->usage_id, secret->uuid);
	bool found;

	if (row == NULL || !db_step(manager->db, row, &found, err))
		return false;
	if (!found)
		return true;
	error_set(err, ERROR_EXISTS, "secret %s is used for '%s' already", (const char *)sqlite3_column_text(row, 0),
		  secret->usage_id);
	sqlite3_reset(row);
	return false;
}

bool secret_define(struct manager *manager, const char *source, const char *text, size_t length, struct secret *ret,
		   struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = xml_parse(source, text, length, err);
	struct secret secret = { 0 }, known = { 0 };
	_cleanup_free_ char *xml = NULL;
	bool ok = doc != NULL && secret_read_document(source, doc, &secret, err) && check_usage_free(manager, &secret, err);

	if (ok && secret_find(manager, secret.uuid, &known, NULL) && known.private_ && !secret.private_)
		ok = error_set(err, ERROR_INVALID, "secret %s is private, and stays so", secret.uuid);
	if (ok) {
		xml = xml_format(doc);
		ok = db_run(manager->db, NULL, err,
			    "INSERT OR REPLACE INTO secret(" COLUMNS ") VALUES(?, ?, ?, ?, ?, ?)", "ssssii",
			    secret.uuid, secret.usage_type, secret.usage_id, xml, (int64_t)secret.ephemeral,
			    (int64_t)secret.private_);
	}
	secret_clear(&known);
	if (!ok)
		secret_clear(&secret);
	*ret = secret;
	return ok;
}

char *secret_xml(struct manager *manager, const struct secret *secret, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT xml FROM secret WHERE uuid = ?", "s", secret->uuid);
	char *text = NULL;
	bool found;

	if (row == NULL || !db_step(manager->db, row, &found, err))
		return NULL;
	if (!found) {
		error_set(err, ERROR_NOT_FOUND, "secret %s was undefined meanwhile", secret->uuid);
		return NULL;
	}
	text = db_text(row, 0);
	sqlite3_reset(row);
	return text;
}

bool secret_undefine(struct manager *manager, const struct secret *secret, struct error *err)
{
	_cleanup_free_ char *path = value_path(manager, secret->uuid, secret->ephemeral);

	/* The value first: a row without one does no harm, a value without a row would never go. */
	if (unlink(path) < 0 && errno != ENOENT)
		return error_set_errno(err, errno, "cannot delete the value of secret %s", secret->uuid);
	return db_run(manager->db, NULL, err, "DELETE FROM secret WHERE uuid = ?", "s", secret->uuid);
}
