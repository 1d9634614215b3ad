/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a running machine's VNC server listens, as viewers and as virsh write it. */
#include "core/typing.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "core/graphics_password.h"
#include "core/live.h"
#include "hv/domain.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_PORT 5900

/* A unix socket, or a host and display number. */
struct server {
	char *path, *host; /* owned; path NULL: TCP */
	unsigned display;
};

static void server_clear(struct server *server)
{
	free(server->path);
	free(server->host);
}

/* "[::1]:5901" and "127.0.0.1:5901" in their parts. */
static bool split_tcp(const char *vnc, struct server *ret)
{
	const char *colon = strrchr(vnc, ':');
	uint64_t port;

	if (!colon || !text_to_uint(colon + 1, false, &port) || port < FIRST_PORT || port > 65535)
		return false;
	ret->display = (unsigned)(port - FIRST_PORT);
	if (*vnc == '[' && colon > vnc + 1 && colon[-1] == ']')
		ret->host = xstrndup(vnc + 1, (size_t)(colon - vnc) - 2);
	else
		ret->host = xstrndup(vnc, (size_t)(colon - vnc));
	return true;
}

static bool find_server(const struct machine *machine, struct server *ret, struct error *err)
{
	_cleanup_json_ struct json_object *detail = NULL;
	const char *vnc;

	if (!machine_is_active(machine))
		return fail_not_running(machine, err);
	if (machine->run.detail)
		detail = json_parse("run", machine->run.detail, strlen(machine->run.detail), NULL);
	vnc = json_get_string(detail, "vnc", NULL);
	if (!vnc) {
		error_set(err, ERROR_UNSUPPORTED, "'%s' has no graphics that can be shown", machine->name);
		return error_hint(err, "its document needs <graphics type='vnc'/>: 'virtty edit %s'", machine->name);
	}
	if (text_starts(vnc, "unix:")) {
		ret->path = xstrdup(vnc + 5);
		return true;
	}
	return split_tcp(vnc, ret) ||
	       error_set(err, ERROR_STATE, "the VNC server of '%s' has no port yet: it is being started",
			 machine->name);
}

static bool any_address(const char *host)
{
	return *host == '\0' || text_equal(host, "0.0.0.0") || text_equal(host, "::");
}

/* Bytes that have a meaning in a URI's password as %XX. */
static void put_escaped(struct strbuf *uri, const char *text)
{
	for (; *text; text++)
		if (isalnum((unsigned char)*text) || strchr("-._~", *text))
			strbuf_putc(uri, *text);
		else
			strbuf_printf(uri, "%%%02X", (unsigned char)*text);
}

static bool put_password(struct manager *manager, const struct machine *machine, struct strbuf *uri, struct error *err)
{
	_cleanup_domain_ struct domain *domain = domain_load(manager, machine, true, err);

	if (!domain || !graphics_take_passwords(manager, domain, err))
		return false;
	for (size_t i = 0; i < domain->graphics_count; i++)
		if (domain->graphics[i].type == GRAPHICS_VNC && !text_empty(domain->graphics[i].password)) {
			strbuf_putc(uri, ':');
			put_escaped(uri, domain->graphics[i].password);
			strbuf_putc(uri, '@');
			break;
		}
	return true;
}

char *domain_display_uri(struct manager *manager, const struct machine *machine, bool with_password, struct error *err)
{
	_cleanup_(server_clear) struct server server = { 0 };
	_cleanup_strbuf_ struct strbuf uri = STRBUF_INIT;

	if (!find_server(machine, &server, err))
		return NULL;
	strbuf_puts(&uri, server.path ? "vnc+unix://" : "vnc://");
	if (with_password && !put_password(manager, machine, &uri, err))
		return NULL;
	if (server.path)
		strbuf_puts(&uri, server.path);
	else if (any_address(server.host))
		strbuf_printf(&uri, "localhost:%u", server.display);
	else
		strbuf_printf(&uri, strchr(server.host, ':') ? "[%s]:%u" : "%s:%u", server.host, server.display);
	return strbuf_take(&uri);
}

char *domain_vnc_display(struct manager *manager, const struct machine *machine, struct error *err)
{
	_cleanup_(server_clear) struct server server = { 0 };

	(void)manager;
	if (!find_server(machine, &server, err))
		return NULL;
	if (server.path)
		return TAKE_POINTER(server.path);
	if (any_address(server.host))
		return strf(":%u", server.display);
	return strf(strchr(server.host, ':') ? "[%s]:%u" : "%s:%u", server.host, server.display);
}
