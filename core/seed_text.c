/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The documents of a seed: user-data as #cloud-config, meta-data, network-config of version 2. */
#include "core/seed_internal.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/yaml.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define HOST_NAME_BYTES 63
#define DISABLE_COMMAND "touch /etc/cloud/cloud-init.disabled"

void seed_clear(struct seed *seed)
{
	free(seed->user);
	free(seed->password);
	strv_free(seed->keys);
	free(seed->root_password);
	strv_free(seed->root_keys);
	free(seed->host_name);
	strv_free(seed->packages);
	strv_free(seed->commands);
	free(seed->timezone);
	strv_free(seed->addresses);
	strv_free(seed->gateways);
	strv_free(seed->dns);
	free(seed->user_data);
	free(seed->meta_data);
	free(seed->network_config);
	strv_free(seed->warnings);
	*seed = (struct seed){ 0 };
}

void seed_texts_clear(struct seed_texts *texts)
{
	free(texts->user_data);
	free(texts->meta_data);
	free(texts->network_config);
	*texts = (struct seed_texts){ 0 };
}

/* A machine's name as a host's: letters, digits and dashes. Owned. */
static char *host_name(const struct seed *seed, const char *name)
{
	char *host = xstrdup(seed->host_name != NULL ? seed->host_name : name);
	size_t length = 0;

	if (seed->host_name != NULL)
		return host;
	for (const char *at = host; *at != '\0' && length < HOST_NAME_BYTES; at++) {
		bool plain = isalnum((unsigned char)*at) != 0 && (unsigned char)*at < 0x80;

		if (plain || (length > 0 && host[length - 1] != '-'))
			host[length++] = plain ? (char)tolower((unsigned char)*at) : '-';
	}
	while (length > 0 && host[length - 1] == '-')
		length--;
	host[length] = '\0';
	if (length > 0)
		return host;
	free(host);
	return xstrdup("machine");
}

/* ---- user-data ---- */

/* A user of one's own takes the place of the image's. */
static bool put_own_user(struct yaml *yaml, const struct seed *seed, struct error *err)
{
	_cleanup_free_ char *hash = seed->password != NULL ? seed_hash(seed->password, err) : NULL;

	if (seed->password != NULL && hash == NULL)
		return false;
	yaml_open_map(yaml, NULL);
	yaml_text(yaml, "name", seed->user);
	yaml_text(yaml, "shell", "/bin/bash");
	yaml_text(yaml, "sudo", "ALL=(ALL) NOPASSWD:ALL");
	yaml_bool(yaml, "lock_passwd", hash == NULL);
	if (hash != NULL)
		yaml_text(yaml, "passwd", hash);
	yaml_texts(yaml, "ssh_authorized_keys", seed->keys);
	yaml_close(yaml);
	return true;
}

static bool put_users(struct yaml *yaml, const struct seed *seed, struct error *err)
{
	bool good = true;

	if (seed->user == NULL && seed->root_keys == NULL)
		return true; /* the default user, by itself */
	yaml_open_list(yaml, "users");
	if (seed->user == NULL)
		yaml_text(yaml, NULL, "default");
	else
		good = put_own_user(yaml, seed, err);
	if (good && seed->root_keys != NULL) {
		yaml_open_map(yaml, NULL);
		yaml_text(yaml, "name", "root");
		yaml_texts(yaml, "ssh_authorized_keys", seed->root_keys);
		yaml_close(yaml);
	}
	yaml_close(yaml);
	if (seed->root_keys != NULL)
		yaml_bool(yaml, "disable_root", false);
	return good;
}

/* Of the image's default user and of root, whom cloud-init does not make anew. */
static bool put_passwords(struct yaml *yaml, const struct seed *seed, struct error *err)
{
	if (seed->user == NULL && seed->password != NULL) {
		_cleanup_free_ char *hash = seed_hash(seed->password, err);

		if (hash == NULL)
			return false;
		yaml_text(yaml, "password", hash);
	}
	if (seed->root_password != NULL) {
		_cleanup_free_ char *hash = seed_hash(seed->root_password, err), *line = hash != NULL ? strf("root:%s", hash) : NULL;

		if (hash == NULL)
			return false;
		yaml_open_map(yaml, "chpasswd");
		/* the older form, which every cloud-init reads */
		yaml_texts(yaml, "list", (char *[]){ line, NULL });
		yaml_bool(yaml, "expire", seed->root_password_expires);
		yaml_close(yaml);
	} else if (seed->user == NULL && seed->password != NULL) {
		yaml_open_map(yaml, "chpasswd");
		yaml_bool(yaml, "expire", false);
		yaml_close(yaml);
	}
	return true;
}

static char *user_data(const struct seed *seed, const char *host, struct error *err)
{
	_cleanup_yaml_ struct yaml yaml = { 0 };
	_cleanup_strv_ char **commands = strv_copy(seed->commands);

	strbuf_puts(&yaml.text, "#cloud-config\n");
	yaml_text(&yaml, "hostname", host);
	if (!put_users(&yaml, seed, err) || !put_passwords(&yaml, seed, err))
		return NULL;
	if (seed->user == NULL)
		yaml_texts(&yaml, "ssh_authorized_keys", seed->keys);
	if (seed->timezone != NULL)
		yaml_text(&yaml, "timezone", seed->timezone);
	if (seed->packages != NULL || seed->upgrade)
		yaml_bool(&yaml, "package_update", true);
	if (seed->upgrade)
		yaml_bool(&yaml, "package_upgrade", true);
	yaml_texts(&yaml, "packages", seed->packages);
	if (seed->disable)
		commands = strv_add(commands, DISABLE_COMMAND);
	yaml_texts(&yaml, "runcmd", commands);
	return strbuf_take(&yaml.text);
}

/* ---- the others ---- */

static char *meta_data(const char *host, const char *uuid)
{
	_cleanup_yaml_ struct yaml yaml = { 0 };

	yaml_text(&yaml, "instance-id", uuid);
	yaml_text(&yaml, "local-hostname", host);
	return strbuf_take(&yaml.text);
}

static void put_routes(struct yaml *yaml, char *const *gateways)
{
	yaml_open_list(yaml, "routes");
	for (; *gateways != NULL; gateways++) {
		yaml_open_map(yaml, NULL);
		/* "default" is not understood by all */
		yaml_text(yaml, "to", strchr(*gateways, ':') != NULL ? "::/0" : "0.0.0.0/0");
		yaml_text(yaml, "via", *gateways);
		yaml_close(yaml);
	}
	yaml_close(yaml);
}

/* By its MAC address: what the guest calls its card, nobody knows. */
static char *network_config(const struct seed *seed, const char *mac)
{
	_cleanup_yaml_ struct yaml yaml = { 0 };

	yaml_number(&yaml, "version", 2);
	yaml_open_map(&yaml, "ethernets");
	yaml_open_map(&yaml, "card0");
	yaml_open_map(&yaml, "match");
	yaml_text(&yaml, "macaddress", mac);
	yaml_close(&yaml);
	/* name servers alone leave the addresses to DHCP */
	yaml_bool(&yaml, "dhcp4", seed->addresses == NULL);
	yaml_texts(&yaml, "addresses", seed->addresses);
	if (seed->gateways != NULL)
		put_routes(&yaml, seed->gateways);
	if (seed->dns != NULL) {
		yaml_open_map(&yaml, "nameservers");
		yaml_texts(&yaml, "addresses", seed->dns);
		yaml_close(&yaml);
	}
	return strbuf_take(&yaml.text);
}

bool seed_texts(const struct seed *seed, const char *name, const char *uuid, const char *mac, struct seed_texts *ret, struct error *err)
{
	_cleanup_free_ char *host = host_name(seed, name);
	bool wants_network = seed->addresses != NULL || seed->gateways != NULL || seed->dns != NULL;

	*ret = (struct seed_texts){ 0 };
	if (wants_network && mac == NULL)
		return error_set(err, ERROR_INVALID, "cloud-init: an address needs a network card, and the machine has none");
	ret->user_data = seed->user_data != NULL ? xstrdup(seed->user_data) : user_data(seed, host, err);
	ret->meta_data = seed->meta_data != NULL ? xstrdup(seed->meta_data) : meta_data(host, uuid);
	ret->network_config = seed->network_config != NULL ? xstrdup(seed->network_config) : wants_network ? network_config(seed, mac) : NULL;
	return ret->user_data != NULL;
}
