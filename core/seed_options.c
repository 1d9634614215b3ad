/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --cloud-init's parts as a seed. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/seed_internal.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KEY_FILE_LIMIT (64 * 1024)

enum part {
	PART_USER,
	PART_HOST_NAME,
	PART_TIMEZONE,
	PART_SSH_KEY,
	PART_ROOT_KEY,
	PART_PACKAGE,
	PART_RUN,
	PART_ADDRESS,
	PART_GATEWAY,
	PART_DNS,
	PART_UPGRADE,
	PART_DISABLE,
	PART_USER_DATA,
	PART_META_DATA,
	PART_NETWORK_CONFIG,
	PART_FRONT_END, /* a password: read by whoever speaks to a person */
};

static const struct {
	const char *key;
	enum part part;
	bool again; /* may be given more than once */
} parts[] = {
	{ "user", PART_USER, false },
	{ "hostname", PART_HOST_NAME, false },
	{ "timezone", PART_TIMEZONE, false },
	{ "ssh-key", PART_SSH_KEY, true },
	{ "clouduser-ssh-key", PART_SSH_KEY, true },
	{ "root-ssh-key", PART_ROOT_KEY, true },
	{ "package", PART_PACKAGE, true },
	{ "run", PART_RUN, true },
	{ "address", PART_ADDRESS, true },
	{ "gateway", PART_GATEWAY, true },
	{ "dns", PART_DNS, true },
	{ "upgrade", PART_UPGRADE, false },
	{ "disable", PART_DISABLE, false },
	{ "user-data", PART_USER_DATA, false },
	{ "meta-data", PART_META_DATA, false },
	{ "network-config", PART_NETWORK_CONFIG, false },
	{ "password-file", PART_FRONT_END, false },
	{ "root-password-file", PART_FRONT_END, false },
	{ "root-password-generate", PART_FRONT_END, false },
};

/* ---- values ---- */

static bool take_switch(const char *key, const char *value, bool *ret, struct error *err)
{
	*ret = value[0] == '\0' || strcmp(value, "on") == 0 || strcmp(value, "yes") == 0;
	return *ret || strcmp(value, "off") == 0 || strcmp(value, "no") == 0 ||
	       error_set(err, ERROR_INVALID, "cloud-init: %s is on or off, not '%s'", key, value);
}

/* "~" is HOME: the shell does not see it behind a comma. Owned. */
static char *expand(const char *path)
{
	const char *home = getenv("HOME");

	return path[0] == '~' && path[1] == '/' && !text_empty(home) ? strf("%s%s", home, path + 1) : xstrdup(path);
}

static bool read_text(const char *key, const char *path, size_t limit, char **ret, struct error *err)
{
	_cleanup_free_ char *expanded = expand(path);
	size_t length;

	if (!file_read(expanded, limit, ret, &length, err))
		return error_wrap(err, "cloud-init: %s", key);
	if (strlen(*ret) == length && utf8_valid(*ret, length))
		return true;
	return error_set(err, ERROR_INVALID, "cloud-init: %s: '%s' is no UTF-8 text", key, expanded);
}

static bool is_public_key(const char *line)
{
	static const char *const types[] = { "ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-" };

	for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
		if (text_starts(line, types[i]) && strchr(line, ' ') != NULL)
			return true;
	return false;
}

/* A key as it stands, or a file of them. */
static bool take_keys(const char *key, const char *value, char ***ret, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **lines = NULL;
	size_t before = strv_length(*ret);

	if (is_public_key(value)) {
		*ret = strv_add(*ret, value);
		return true;
	}
	if (!read_text(key, value, KEY_FILE_LIMIT, &text, err))
		return error_hint(err, "%s= takes a file, such as ~/.ssh/id_ed25519.pub, or a public key itself", key);
	if (strstr(text, "PRIVATE KEY") != NULL) {
		error_set(err, ERROR_INVALID, "cloud-init: %s: '%s' is a private key, which must not leave this host", key, value);
		return error_hint(err, "its public one is in '%s.pub'", value);
	}
	lines = strv_split(text, "\r\n");
	for (char **line = lines; line != NULL && *line != NULL; line++)
		if (is_public_key(*line))
			*ret = strv_add(*ret, *line);
	return strv_length(*ret) > before || error_set(err, ERROR_INVALID, "cloud-init: %s: there is no public key in '%s'", key, value);
}

/* As useradd takes them. */
static bool take_user(const char *value, char **ret, struct error *err)
{
	bool good = strlen(value) <= 32 && (islower((unsigned char)value[0]) || value[0] == '_');

	for (const char *at = value; *at != '\0' && good; at++)
		good = islower((unsigned char)*at) || isdigit((unsigned char)*at) || *at == '_' || *at == '-';
	if (!good)
		return error_set(err, ERROR_INVALID, "cloud-init: '%s' is no user's name: lower-case letters, digits, _ and - make one", value);
	*ret = xstrdup(value);
	return true;
}

/* Labels of letters, digits and dashes, with dots between. */
static bool take_host_name(const char *value, char **ret, struct error *err)
{
	size_t label = 0;
	bool good = strlen(value) <= 253;

	for (const char *at = value; good; at++) {
		if (*at == '.' || *at == '\0') {
			good = label > 0 && label <= 63 && at[-1] != '-';
			label = 0;
			if (*at == '\0')
				break;
		} else {
			good = (isalnum((unsigned char)*at) && (unsigned char)*at < 0x80) || (*at == '-' && label > 0);
			label++;
		}
	}
	if (!good)
		return error_set(err, ERROR_INVALID, "cloud-init: '%s' is no host's name: letters, digits and - make one", value);
	*ret = xstrdup(value);
	return true;
}

/* ---- addresses ---- */

static bool is_address(const char *text, int *ret_family)
{
	unsigned char bytes[16];

	*ret_family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
	return inet_pton(*ret_family, text, bytes) == 1;
}

static bool take_address(const char *value, char ***ret, struct error *err)
{
	const char *slash = strchr(value, '/');
	_cleanup_free_ char *address = slash != NULL ? xstrndup(value, (size_t)(slash - value)) : NULL;
	uint64_t length;
	int family;

	if (address == NULL || !is_address(address, &family) || !text_to_uint(slash + 1, false, &length) || length == 0 ||
	    length > (family == AF_INET ? 32 : 128))
		return error_set(err, ERROR_INVALID, "cloud-init: address is one with the length of its network, 192.0.2.5/24, not '%s'", value);
	*ret = strv_add(*ret, value);
	return true;
}

static bool take_plain_address(const char *key, const char *value, char ***ret, struct error *err)
{
	int family;

	if (!is_address(value, &family))
		return error_set(err, ERROR_INVALID, "cloud-init: %s is an address, not '%s'", key, value);
	*ret = strv_add(*ret, value);
	return true;
}

static bool check_network(const struct seed *seed, struct error *err)
{
	int first, second;

	if (seed->gateways != NULL && seed->addresses == NULL)
		return error_set(err, ERROR_INVALID, "cloud-init: gateway= needs address=");
	if (strv_length(seed->gateways) > 2 ||
	    (strv_length(seed->gateways) == 2 && is_address(seed->gateways[0], &first) && is_address(seed->gateways[1], &second) && first == second))
		return error_set(err, ERROR_INVALID, "cloud-init: there is at most one gateway for IPv4 and one for IPv6");
	return true;
}

/* ---- documents ---- */

/* By its first line, which is how cloud-init tells what user-data is. */
static bool is_user_data(const char *text)
{
	static const char *const heads[] = { "#cloud-config", "#!", "## template:", "#include", "#cloud-boothook", "#part-handler", "#upstart-job",
					     "Content-Type:", "MIME-Version:" };

	for (size_t i = 0; i < ARRAY_LENGTH(heads); i++)
		if (text_starts(text, heads[i]))
			return true;
	return false;
}

static bool take_document(enum part part, const char *key, const char *value, struct seed *ret, struct error *err)
{
	char **target = part == PART_USER_DATA ? &ret->user_data : part == PART_META_DATA ? &ret->meta_data : &ret->network_config;

	if (!read_text(key, value, SEED_FILE_LIMIT, target, err))
		return false;
	if (part == PART_USER_DATA && !is_user_data(*target))
		ret->warnings = strv_addf(ret->warnings,
					  "user-data '%s' does not begin with '#cloud-config' or another word that cloud-init knows: it will pass it over",
					  value);
	if (part == PART_META_DATA && strstr(*target, "instance-id") == NULL)
		ret->warnings = strv_addf(ret->warnings, "meta-data '%s' has no instance-id: cloud-init may take every start for the first", value);
	return true;
}

/* What replaces the whole goes with none of its parts. */
static bool check_documents(const struct seed *seed, struct error *err)
{
	bool made = seed->user != NULL || seed->keys != NULL || seed->root_keys != NULL || seed->packages != NULL || seed->commands != NULL ||
		    seed->timezone != NULL || seed->upgrade || seed->disable;

	if (seed->user_data != NULL && made)
		return error_set(err, ERROR_INVALID, "cloud-init: user-data= is all of it: users, keys, packages, commands and the rest go into that file");
	if (seed->network_config != NULL && (seed->addresses != NULL || seed->gateways != NULL || seed->dns != NULL))
		return error_set(err, ERROR_INVALID, "cloud-init: network-config= is all of it: addresses go into that file");
	return true;
}

/* ---- parts ---- */

static bool take_text(const char *key, const char *value, char ***ret, struct error *err)
{
	if (!utf8_valid(value, strlen(value)))
		return error_set(err, ERROR_INVALID, "cloud-init: %s is no UTF-8 text", key);
	*ret = strv_add(*ret, value);
	return true;
}

static bool take_part(enum part part, const char *key, const char *value, struct seed *ret, struct error *err)
{
	switch (part) {
	case PART_USER:
		return take_user(value, &ret->user, err);
	case PART_HOST_NAME:
		return take_host_name(value, &ret->host_name, err);
	case PART_TIMEZONE:
		ret->timezone = xstrdup(value);
		return strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_+-") == strlen(value) ||
		       error_set(err, ERROR_INVALID, "cloud-init: timezone is such as Europe/Paris, not '%s'", value);
	case PART_SSH_KEY:
		return take_keys(key, value, &ret->keys, err);
	case PART_ROOT_KEY:
		return take_keys(key, value, &ret->root_keys, err);
	case PART_PACKAGE:
		return take_text(key, value, &ret->packages, err);
	case PART_RUN:
		return take_text(key, value, &ret->commands, err);
	case PART_ADDRESS:
		return take_address(value, &ret->addresses, err);
	case PART_GATEWAY:
		return take_plain_address(key, value, &ret->gateways, err);
	case PART_DNS:
		return take_plain_address(key, value, &ret->dns, err);
	case PART_UPGRADE:
		return take_switch(key, value, &ret->upgrade, err);
	case PART_DISABLE:
		return take_switch(key, value, &ret->disable, err);
	case PART_USER_DATA:
	case PART_META_DATA:
	case PART_NETWORK_CONFIG:
		return take_document(part, key, value, ret, err);
	case PART_FRONT_END:
		break;
	}
	return true;
}

static bool unknown_part(const char *text, struct error *err)
{
	_cleanup_strv_ char **keys = NULL;

	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		keys = strv_add(keys, parts[i].key);
	_cleanup_free_ char *list = strv_join(keys, ", ");

	error_set(err, ERROR_INVALID, "cloud-init: '%s' is not understood; known are: %s", text, list);
	return error_hint(err, "a comma inside a value is written twice");
}

/* "key=value" of the text; "key" alone is one without a value. */
static bool read_part(const char *text, unsigned *seen, struct seed *ret, struct error *err)
{
	const char *equals = strchr(text, '=');
	size_t length = equals != NULL ? (size_t)(equals - text) : strlen(text);

	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		bool is_switch = parts[i].part == PART_UPGRADE || parts[i].part == PART_DISABLE || parts[i].part == PART_FRONT_END;

		if (strlen(parts[i].key) != length || strncmp(parts[i].key, text, length) != 0)
			continue;
		if (!parts[i].again && (*seen & 1U << i) != 0)
			return error_set(err, ERROR_INVALID, "cloud-init: %s is given twice", parts[i].key);
		*seen |= 1U << i;
		if (!is_switch && (equals == NULL || equals[1] == '\0'))
			return error_set(err, ERROR_INVALID, "cloud-init: %s needs a value", parts[i].key);
		return take_part(parts[i].part, parts[i].key, equals != NULL ? equals + 1 : "", ret, err);
	}
	return unknown_part(text, err);
}

bool seed_parse(const char *text, struct seed *ret, struct error *err)
{
	_cleanup_strv_ char **words = strv_split_parts(text);
	unsigned seen = 0;

	*ret = (struct seed){ 0 };
	if (text[0] == '\0') {
		ret->disable = true;
		return true;
	}
	for (char **word = words; *word != NULL; word++)
		if (!read_part(*word, &seen, ret, err))
			return false;
	return check_documents(ret, err) && check_network(ret, err);
}

char *seed_value(const char *text, const char *key)
{
	_cleanup_strv_ char **words = strv_split_parts(text);
	size_t length = strlen(key);

	for (char **word = words; *word != NULL; word++) {
		if (strncmp(*word, key, length) == 0 && (*word)[length] == '=')
			return xstrdup(*word + length + 1);
		if (strcmp(*word, key) == 0)
			return xstrdup("");
	}
	return NULL;
}

bool seed_wants_root_password(const char *text)
{
	_cleanup_free_ char *value = seed_value(text, "root-password-generate");

	return text[0] == '\0' || (value != NULL && (value[0] == '\0' || strcmp(value, "on") == 0 || strcmp(value, "yes") == 0));
}
