/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who needs a secret: machines and pools whose documents name it, the image that it opens; and whose passphrase was wrong. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/uuid.h"
#include "base/xml.h"
#include "core/manager_internal.h"
#include "core/secret.h"
#include "core/storage.h"
#include "hv/domain.h"

#include <stdlib.h>
#include <string.h>

/* ---- documents ---- */

/* What the documents call a use, and what a secret does: a disk's passphrase is its volume's. */
static bool same_usage(const char *type, const struct secret *secret)
{
	return text_equal(type, secret->usage_type) ||
	       (text_equal(type, "passphrase") && text_equal(secret->usage_type, "volume")) ||
	       (type == NULL && !text_equal(secret->usage_type, "none"));
}

static bool is_named(xmlNode *node, const struct secret *secret)
{
	_cleanup_free_ char *uuid = xml_attribute(node, "uuid"), *usage = xml_attribute(node, "usage"),
			    *type = xml_attribute(node, "type");
	char plain[UUID_TEXT_SIZE];

	if (uuid != NULL)
		return uuid_parse(uuid, plain) && text_equal(plain, secret->uuid);
	return usage != NULL && text_equal(usage, secret->usage_id) && same_usage(type, secret);
}

/* <secret> anywhere below: of <auth>, of <encryption>. The depth is that of what the parser took. */
static bool is_in_node(xmlNode *node, const struct secret *secret)
{
	for (xmlNode *child = xml_child(node, NULL); child != NULL; child = xml_next(child, NULL))
		if ((strcmp((const char *)child->name, "secret") == 0 && is_named(child, secret)) ||
		    is_in_node(child, secret))
			return true;
	return false;
}

static bool is_in_text(const char *text, const struct secret *secret)
{
	_cleanup_xmldoc_ xmlDoc *doc = text != NULL ? xml_parse("document", text, strlen(text), NULL) : NULL;

	return doc != NULL && is_in_node(xmlDocGetRootElement(doc), secret);
}

/* ---- users ---- */

/* The password of a screen goes by the machine's name. */
static bool is_screen_password(const struct machine *machine, const char *text, const struct secret *secret)
{
	if (!text_equal(secret->usage_type, "vnc") || !text_equal(secret->usage_id, machine->name) || text == NULL)
		return false;
	_cleanup_domain_ struct domain *domain = domain_parse(machine->name, text, strlen(text), NULL);

	for (size_t i = 0; domain != NULL && i < domain->graphics_count; i++)
		if (domain->graphics[i].type == GRAPHICS_VNC && text_empty(domain->graphics[i].password))
			return true;
	return false;
}

static bool machine_needs(struct manager *manager, const struct machine *machine, const struct secret *secret)
{
	static const enum definition_kind kinds[] = { DEFINITION_PERSISTENT, DEFINITION_LIVE };

	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		_cleanup_free_ char *text = NULL;

		if (definition_read(manager, machine->id, kinds[i], &text, NULL) &&
		    (is_in_text(text, secret) || is_screen_password(machine, text, secret)))
			return true;
	}
	return false;
}

static bool add_machines(struct manager *manager, const struct secret *secret, char ***users, struct error *err)
{
	struct machine *machines = NULL;
	size_t count = 0;

	if (!machine_list(manager, &machines, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (machine_needs(manager, &machines[i], secret))
			*users = strv_addf(*users, "machine '%s'", machines[i].name);
	machines_free(machines, count);
	return true;
}

static bool add_pools(struct manager *manager, const struct secret *secret, char ***users, struct error *err)
{
	struct pool_row *pools = NULL;
	size_t count = 0;

	if (!pool_list(manager, &pools, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *text = pool_xml(manager, &pools[i], true, NULL);

		if (is_in_text(text, secret))
			*users = strv_addf(*users, "pool '%s'", pools[i].name);
	}
	pool_rows_free(pools, count);
	return true;
}

/* POOL/VOLUME, where there is such a volume. */
static bool is_volume(struct manager *manager, const char *name)
{
	const char *slash = strchr(name, '/');
	_cleanup_free_ char *pool = slash != NULL ? xstrndup(name, (size_t)(slash - name)) : NULL;
	struct pool_row row = { 0 };
	struct volume volume = { 0 };
	bool found = pool != NULL && pool_find(manager, pool, &row, NULL) &&
		     volume_find(manager, &row, slash + 1, &volume, NULL, NULL);

	volume_clear(&volume);
	pool_row_clear(&row);
	return found;
}

/* A secret of a volume is called as the volume: by its path, or by its pool and name. */
static void add_volume(struct manager *manager, const struct secret *secret, char ***users)
{
	const char *name = secret->usage_id;

	if (!text_equal(secret->usage_type, "volume") || text_empty(name))
		return;
	if (name[0] == '/' && path_exists(name))
		*users = strv_addf(*users, "image '%s'", name);
	else if (name[0] != '/' && is_volume(manager, name))
		*users = strv_addf(*users, "volume '%s'", name);
}

bool secret_check_unused(struct manager *manager, const struct secret *secret, struct error *err)
{
	_cleanup_strv_ char **users = NULL;

	if (!add_machines(manager, secret, &users, err) || !add_pools(manager, secret, &users, err))
		return false;
	add_volume(manager, secret, &users);
	if (users == NULL)
		return true;
	_cleanup_free_ char *who = strv_join(users, ", "), *name = secret_words(secret);

	error_set(err, ERROR_BUSY, "%s is used by %s", name, who);
	return error_hint(err, "--force deletes it all the same: what it opens is then lost to whoever has no copy of it");
}

/* ---- wrong ones ---- */

char *secret_words(const struct secret *secret)
{
	return secret->usage_id != NULL ? strf("secret '%s %s'", secret->usage_type, secret->usage_id)
					: strf("secret '%s'", secret->uuid);
}

/* The value of key in "a=b,key=value,...", where a comma is doubled. NULL: there is none. Owned. */
static char *part(const char *text, const char *key)
{
	const char *at = strstr(text, key);
	struct strbuf value = STRBUF_INIT;

	if (at == NULL)
		return NULL;
	for (at += strlen(key); *at != '\0'; at++) {
		if (*at == ',' && *++at != ',')
			break;
		strbuf_putc(&value, *at);
	}
	return strbuf_take(&value);
}

/* "secret 'volume disk'", or "'/srv/key'": whose the file is that a key was read from. Owned. */
static char *whose(struct manager *manager, char *const *argv, const char *id)
{
	_cleanup_free_ char *named = strf("secret,id=%s,", id), *file = NULL;
	struct secret secret = { 0 };
	char *words;

	for (size_t i = 0; argv[i] != NULL && file == NULL; i++)
		if (text_starts(argv[i], named))
			file = part(argv[i], ",file=");
	if (file == NULL)
		return NULL;
	const char *slash = strrchr(file, '/');
	char uuid[UUID_TEXT_SIZE];

	words = slash != NULL && uuid_parse(slash + 1, uuid) && secret_find(manager, uuid, &secret, NULL)
			? secret_words(&secret)
			: strf("'%s'", file);
	secret_clear(&secret);
	return words;
}

bool secret_explain(struct manager *manager, char *const *argv, struct error *err)
{
	const char *text = err != NULL ? error_text(err) : "", *opened = NULL;

	if (strstr(text, "Invalid password") == NULL)
		return false;
	/* of two images the one that the message quotes */
	for (size_t i = 0; argv[i] != NULL; i++)
		if (text_starts(argv[i], "driver=") && (opened == NULL || strstr(text, argv[i]) != NULL))
			opened = argv[i];
	_cleanup_free_ char *path = opened != NULL ? part(opened, ",file.filename=") : NULL,
			    *id = opened != NULL ? part(opened, "key-secret=") : NULL,
			    *key = id != NULL ? whose(manager, argv, id) : NULL;

	if (path == NULL || key == NULL)
		return false;
	return error_set(err, ERROR_FAILED, "'%s': the passphrase is wrong (%s)", path, key);
}
