/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks that a server has: each protocol as QEMU's block node. */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "hv/launch_build.h"

/* What one protocol needs, and how it becomes a node. */
struct protocol {
	enum disk_protocol protocol;
	unsigned port;
	bool named;    /* <source name=> is needed */
	bool writable; /* the server lets itself be written */
	struct json_object *(*build)(struct builder *b, const struct disk *disk, const struct disk_source *source, unsigned port);
};

static unsigned port_of(const struct disk_source *source, unsigned otherwise)
{
	return source->hosts[0].port.set ? (unsigned)source->hosts[0].port.value : otherwise;
}

static bool is_unix(const struct disk_source *source)
{
	return source->host_count > 0 && text_equal(source->hosts[0].transport, "unix");
}

/* "host:port", an IPv6 address in brackets. Owned. */
static char *authority(const struct disk_source *source, unsigned port)
{
	const char *name = source->hosts[0].name;

	return strchr(name, ':') ? strf("[%s]:%u", name, port) : strf("%s:%u", name, port);
}

/* "iqn.../1": the target and its LUN, 0 where none is named. */
static bool split_target(const char *name, char **ret_target, uint64_t *ret_lun)
{
	const char *slash = strrchr(name, '/');

	*ret_lun = 0;
	*ret_target = xstrndup(name, slash ? (size_t)(slash - name) : strlen(name));
	return !slash || text_to_uint(slash + 1, false, ret_lun);
}

static struct json_object *build_iscsi(struct builder *b, const struct disk *disk, const struct disk_source *source, unsigned port)
{
	_cleanup_free_ char *target = NULL, *portal = NULL;
	struct json_object *json;
	uint64_t lun;

	if (is_unix(source))
		return build_unsupported(b, "use transport='tcp'", "disk '%s': iSCSI goes over TCP", disk->target), NULL;
	if (!split_target(source->name, &target, &lun) || text_empty(target))
		return build_invalid(b, "write the target and its LUN: name='iqn.2026-01.org.example:disk/1'",
				     "disk '%s': '%s' names no LUN of an iSCSI target", disk->target, source->name),
		       NULL;
	portal = authority(source, port);
	json = device_new("iscsi");
	json_set_string(json, "portal", portal);
	json_set_string(json, "target", target);
	json_set_int(json, "lun", (int64_t)lun);
	json_set_string(json, "transport", "tcp");
	json_set_string(json, "initiator-name", source->initiator);
	return json;
}

static struct json_object *build_nbd(struct builder *b, const struct disk *disk, const struct disk_source *source, unsigned port)
{
	const struct disk_host *host = &source->hosts[0];
	struct json_object *json, *server;

	if (is_unix(source) && text_empty(host->socket))
		return build_invalid(b, "add socket='/path' to its <host>", "disk '%s': transport 'unix' has no socket", disk->target), NULL;
	server = json_object_new_object();
	if (is_unix(source)) {
		json_set_string(server, "type", "unix");
		json_set_string(server, "path", host->socket);
		build_file(b, host->socket, disk->readonly, false);
	} else {
		_cleanup_free_ char *text = strf("%u", port);

		json_set_string(server, "type", "inet");
		json_set_string(server, "host", host->name);
		json_set_string(server, "port", text);
	}
	json = device_new("nbd");
	json_set(json, "server", server);
	json_set_string(json, "export", source->name);
	return json;
}

static struct json_object *build_url(struct builder *b, const struct disk *disk, const struct disk_source *source, unsigned port)
{
	const char *protocol = enum_word(&disk_protocol_words, (int)source->protocol);
	_cleanup_free_ char *host = NULL, *url = NULL;
	struct json_object *json;

	if (is_unix(source))
		return build_unsupported(b, "use transport='tcp'", "disk '%s': protocol '%s' goes over TCP", disk->target, protocol), NULL;
	host = authority(source, port);
	url = strf("%s://%s%s%s%s%s", protocol, host, source->name[0] == '/' ? "" : "/", source->name, source->query ? "?" : "",
		   source->query ? source->query : "");
	json = device_new(protocol);
	json_set_string(json, "url", url);
	return json;
}

static const struct protocol protocols[] = {
	{ PROTOCOL_ISCSI, 3260, true, true, build_iscsi }, { PROTOCOL_NBD, 10809, false, true, build_nbd },
	{ PROTOCOL_HTTP, 80, true, false, build_url },	   { PROTOCOL_HTTPS, 443, true, false, build_url },
	{ PROTOCOL_FTP, 21, true, false, build_url },	   { PROTOCOL_FTPS, 990, true, false, build_url },
};

static const struct protocol *find_protocol(enum disk_protocol protocol)
{
	for (size_t i = 0; i < ARRAY_LENGTH(protocols); i++)
		if (protocols[i].protocol == protocol)
			return &protocols[i];
	return NULL;
}

static bool check_source(struct builder *b, const struct disk *disk, const struct disk_source *source, const struct protocol *protocol)
{
	const char *word = enum_word(&disk_protocol_words, (int)source->protocol);
	bool readonly = disk->readonly || disk->kind == DISK_CDROM || source != &disk->source;

	if (!protocol)
		return build_unsupported(b, "use iscsi, nbd, http, https, ftp or ftps", "disk '%s': protocol '%s' is not supported yet",
					 disk->target, word ? word : "(none)");
	if (source->host_count != 1 || (!is_unix(source) && text_empty(source->hosts[0].name)))
		return build_invalid(b, "name it: <host name='...' port='...'/>", "disk '%s': protocol '%s' needs one server", disk->target, word);
	if (text_equal(source->hosts[0].transport, "rdma"))
		return build_unsupported(b, "use transport='tcp'", "disk '%s': transport 'rdma' is not supported yet", disk->target);
	if (protocol->named && text_empty(source->name))
		return build_invalid(b, "add name='...' to its <source>", "disk '%s': nothing is named on the server", disk->target);
	if (text_equal(source->tls, "yes"))
		return build_unsupported(b, "remove tls='yes'", "disk '%s': TLS is not supported yet", disk->target);
	if (source->query && protocol->build != build_url)
		return build_invalid(b, "remove query=", "disk '%s': a query goes with http and https", disk->target);
	if (!protocol->writable && !readonly)
		return build_invalid(b, "add <readonly/>, or make it a cdrom", "disk '%s': protocol '%s' can only be read", disk->target, word);
	return true;
}

static bool add_login(struct builder *b, const struct disk *disk, const struct disk_source *source, const char *node, struct json_object *json)
{
	const struct disk_auth *auth = source->auth.username || source != &disk->source ? &source->auth : &disk->auth;
	_cleanup_free_ char *id = NULL;

	if (!auth->username)
		return true;
	if (source->protocol != PROTOCOL_ISCSI)
		return build_unsupported(b, "remove its <auth>", "disk '%s': logging in by protocol '%s' is not supported yet", disk->target,
					 enum_word(&disk_protocol_words, (int)source->protocol));
	if (!source->secret_file)
		return build_invalid(b, "name it: <auth username='...'><secret type='iscsi' usage='...'/></auth>",
				     "disk '%s': there is no password to log in with", disk->target);
	id = strf("%s-auth-secret0", node);
	build_secret(b, id, source->secret_file);
	json_set_string(json, "user", auth->username);
	json_set_string(json, "password-secret", id);
	return true;
}

struct json_object *build_network(struct builder *b, const struct disk *disk, const struct disk_source *source, const char *node)
{
	const struct protocol *protocol = find_protocol(source->protocol);
	struct json_object *json;

	if (!check_source(b, disk, source, protocol))
		return NULL;
	json = protocol->build(b, disk, source, port_of(source, protocol->port));
	if (json && add_login(b, disk, source, node, json))
		return json;
	json_object_put(json);
	return NULL;
}

char *disk_source_text(const struct disk_source *source)
{
	const struct protocol *protocol = source->type == DISK_NETWORK ? find_protocol(source->protocol) : NULL;
	_cleanup_free_ char *host = NULL, *target = NULL;
	uint64_t lun;

	if (source->type != DISK_NETWORK)
		return xstrdup_null(source->type == DISK_BLOCK ? source->dev : source->file);
	if (!protocol || source->host_count == 0)
		return NULL;
	if (is_unix(source))
		return strf("nbd+unix:///%s?socket=%s", source->name ? source->name : "", source->hosts[0].socket ? source->hosts[0].socket : "");
	if (text_empty(source->hosts[0].name))
		return NULL;
	host = authority(source, port_of(source, protocol->port));
	if (source->protocol == PROTOCOL_ISCSI && source->name && split_target(source->name, &target, &lun))
		return strf("ip-%s-iscsi-%s-lun-%llu", host, target, (unsigned long long)lun);
	return strf("%s://%s/%s", enum_word(&disk_protocol_words, (int)source->protocol), host, source->name ? source->name : "");
}
