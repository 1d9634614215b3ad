/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools of type iscsi-direct: the LUNs of a target, reached by QEMU and by virtty-iscsi, without help from the kernel. What
 * a server says is read by that process, in bounded time. */
#include "storage/pool_iscsi.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "storage/pool_drivers.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define LIST_LIMIT_MS	 60000
#define VOLUME_PREFIX	 "unit:0:0:"
#define FIRST_INITIATOR	 "iqn.2026-01.org.virtty:discovery" /* of a search that names none: servers take any */

/* ---- names ---- */

char *iscsi_portal(const struct pool *pool)
{
	const struct pool_host *host = &pool->hosts[0];
	unsigned port = host->port.set ? (unsigned)host->port.value : ISCSI_PORT;

	return strchr(host->name, ':') != NULL ? strf("[%s]:%u", host->name, port) : strf("%s:%u", host->name, port);
}

char *iscsi_volume_name(unsigned lun)
{
	return strf(VOLUME_PREFIX "%u", lun);
}

bool iscsi_volume_lun(const char *name, unsigned *ret_lun)
{
	uint64_t number;

	if (!text_starts(name, VOLUME_PREFIX) || !text_to_uint(name + strlen(VOLUME_PREFIX), false, &number) ||
	    number > UINT16_MAX)
		return false;
	*ret_lun = (unsigned)number;
	return true;
}

/* ---- virtty-iscsi ---- */

/* Its argument vector; a secret comes as the name of the file that holds it. Owned; NULL on error. */
static char **helper_argv(const struct pool *pool, const char *command, bool discovery, struct error *err)
{
	_cleanup_free_ char *program = paths_helper("virtty-iscsi"), *portal = iscsi_portal(pool);
	char **argv;

	if (!path_exists(program)) {
		error_set(err, ERROR_UNSUPPORTED, "this virtty was built without iSCSI of its own");
		error_hint(err, "build it with libiscsi, or make a pool of type iscsi, which the host's kernel serves");
		return NULL;
	}
	argv = strv_add(strv_add(NULL, program), "--portal");
	argv = strv_add(strv_add(argv, portal), "--initiator");
	argv = strv_add(argv, pool->initiator != NULL ? pool->initiator : FIRST_INITIATOR);
	if (!discovery)
		argv = strv_add(strv_add(argv, "--target"), pool->devices[0].path);
	if (pool->auth_user != NULL && pool->secret_file != NULL) {
		argv = strv_add(strv_add(argv, "--user"), pool->auth_user);
		argv = strv_add(strv_add(argv, "--password-file"), pool->secret_file);
	}
	return strv_add(argv, command);
}

/* Runs it to its end; what it printed, parsed. NULL on error. */
static struct json_object *ask(const struct pool *pool, const char *command, bool discovery, struct error *err)
{
	_cleanup_strv_ char **argv = helper_argv(pool, command, discovery, err);
	_cleanup_free_ char *out = NULL, *words = NULL, *how = NULL;
	int status = 0;

	if (argv == NULL || !process_run(argv, LIST_LIMIT_MS, &out, &words, &status, err))
		return NULL;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return json_parse("virtty-iscsi", out, strlen(out), err);
	how = process_status_text(status);
	words[strcspn(words, "\n")] = '\0';
	error_set(err, ERROR_FAILED, "%s", *words != '\0' ? words : how);
	if (strstr(words, "Authentication failure") != NULL)
		error_hint(err, pool->auth_user == NULL ? "the target wants a login: <auth type='chap' username='...'><secret usage='...'/></auth>"
							: "the user or the secret's value is not the target's: virtty secret-set-value");
	return NULL;
}

bool iscsi_check_lun(const struct pool *pool, unsigned lun, struct error *err)
{
	_cleanup_error_ struct error why = ERROR_INIT;
	_cleanup_json_ struct json_object *answer = ask(pool, "luns", false, &why);
	struct json_object *luns = answer != NULL ? json_get(answer, "luns") : NULL;

	if (answer == NULL)
		return why.code == ERROR_UNSUPPORTED || error_move(err, &why);
	for (size_t i = 0; luns != NULL && i < json_object_array_length(luns); i++)
		if (json_get_int(json_object_array_get_idx(luns, i), "lun", -1) == (int64_t)lun)
			return true;
	return error_set(err, ERROR_NOT_FOUND, "target '%s' has no disk at LUN %u", pool->devices[0].path, lun);
}

/* ---- what a pool can do ---- */

/* Nothing of it is on this host: it runs for as long as it is said to. */
static bool direct_check(const struct pool *pool, bool *ret_active, struct error *err)
{
	(void)pool;
	(void)err;
	*ret_active = true;
	return true;
}

/* Looking at what is there, which follows, is what shows whether the server lets us in. */
static bool direct_start(const struct pool *pool, struct error *err)
{
	_cleanup_strv_ char **argv = helper_argv(pool, "luns", false, err);

	return argv != NULL;
}

static bool direct_stop(const struct pool *pool, struct error *err)
{
	(void)pool;
	(void)err;
	return true;
}

static char *lun_path(const struct pool *pool, unsigned lun)
{
	_cleanup_free_ char *portal = iscsi_portal(pool);

	return strf("ip-%s-iscsi-%s-lun-%u", portal, pool->devices[0].path, lun);
}

static struct volume take_lun(const struct pool *pool, struct json_object *json)
{
	unsigned lun = (unsigned)json_get_int(json, "lun", 0);
	uint64_t bytes = (uint64_t)json_get_int(json, "bytes", 0);

	return (struct volume){
		.name = iscsi_volume_name(lun),
		.key = lun_path(pool, lun),
		.path = lun_path(pool, lun),
		.type = VOLUME_NETWORK,
		.format = IMAGE_RAW,
		.stated = true,
		.capacity = bytes,
		.allocation = bytes,
		.physical = bytes,
	};
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct volume *)a)->name, ((const struct volume *)b)->name);
}

static bool direct_refresh(const struct pool *pool, const struct volume *known, size_t known_count, struct volume **ret,
			   size_t *ret_count, struct pool_figures *ret_figures, struct error *err)
{
	_cleanup_json_ struct json_object *answer = ask(pool, "luns", false, err);
	struct json_object *luns = answer != NULL ? json_get(answer, "luns") : NULL;
	struct volume *volumes = NULL;
	size_t count = 0;

	(void)known;
	(void)known_count;
	if (answer == NULL)
		return false;
	*ret_figures = (struct pool_figures){ 0 };
	for (size_t i = 0; luns != NULL && i < json_object_array_length(luns); i++) {
		struct volume *volume = ARRAY_ADD(volumes, count);

		*volume = take_lun(pool, json_object_array_get_idx(luns, i));
		ret_figures->capacity += volume->capacity;
		ret_figures->allocation += volume->allocation;
	}
	if (count > 1)
		qsort(volumes, count, sizeof *volumes, by_name);
	*ret = volumes;
	*ret_count = count;
	return true;
}

static char *direct_path(const struct pool *pool, const char *name, struct error *err)
{
	unsigned lun;

	if (iscsi_volume_lun(name, &lun))
		return lun_path(pool, lun);
	error_set(err, ERROR_INVALID, "'%s' is no volume of pool '%s': they are called " VOLUME_PREFIX "1 and so on", name, pool->name);
	return NULL;
}

static char **direct_transfer(const struct pool *pool, const struct volume *volume, bool write, uint64_t offset, uint64_t length,
			      struct error *err)
{
	char **argv = helper_argv(pool, write ? "write" : "read", false, err);
	unsigned lun = 0;

	if (argv == NULL)
		return NULL;
	(void)iscsi_volume_lun(volume->name, &lun);
	argv = strv_addf(strv_add(argv, "--lun"), "%u", lun);
	argv = strv_addf(strv_add(argv, "--offset"), "%llu", (unsigned long long)offset);
	return strv_addf(strv_add(argv, "--length"), "%llu", (unsigned long long)length);
}

static struct json_object *direct_blockdev(const struct pool *pool, const struct volume *volume, const char *secret_id)
{
	_cleanup_free_ char *portal = iscsi_portal(pool);
	struct json_object *json = json_object_new_object();
	unsigned lun = 0;

	(void)iscsi_volume_lun(volume->name, &lun);
	json_set_string(json, "driver", "iscsi");
	json_set_string(json, "transport", "tcp");
	json_set_string(json, "portal", portal);
	json_set_string(json, "target", pool->devices[0].path);
	json_set_int(json, "lun", lun);
	json_set_string(json, "initiator-name", pool->initiator);
	if (pool->auth_user != NULL && pool->secret_file != NULL) {
		json_set_string(json, "user", pool->auth_user);
		json_set_string(json, "password-secret", secret_id);
	}
	return json;
}

/* ---- what a server has ---- */

struct pool *iscsi_source_pool(const char *spec, struct error *err)
{
	_cleanup_free_ char *text = NULL;

	if (spec == NULL) {
		error_set(err, ERROR_INVALID, "the server must be named: <source><host name='...'/></source>, or --host");
		return NULL;
	}
	/* a pool's document around it, so that the pool's own table reads it */
	text = strf("<pool type='iscsi-direct'><name>x</name>%s</pool>", spec);
	_cleanup_pool_ struct pool *pool = pool_parse("source", text, strlen(text), err);

	if (pool == NULL)
		return NULL;
	if (pool->host_count == 1)
		return TAKE_POINTER(pool);
	error_set(err, ERROR_INVALID, "one server must be named: <source><host name='...'/></source>, or --host");
	return NULL;
}

static void put_escaped(struct strbuf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("<>&'\"", *text) != NULL)
			strbuf_printf(out, "&#%d;", *text);
		else
			strbuf_putc(out, *text);
	}
}

static void put_source(struct strbuf *out, const struct pool *pool, const char *target)
{
	strbuf_puts(out, "  <source>\n    <host name='");
	put_escaped(out, pool->hosts[0].name);
	strbuf_puts(out, "'");
	if (pool->hosts[0].port.set)
		strbuf_printf(out, " port='%llu'", (unsigned long long)pool->hosts[0].port.value);
	strbuf_puts(out, "/>\n    <device path='");
	put_escaped(out, target);
	strbuf_puts(out, "'/>\n");
	if (pool->initiator != NULL) {
		strbuf_puts(out, "    <initiator>\n      <iqn name='");
		put_escaped(out, pool->initiator);
		strbuf_puts(out, "'/>\n    </initiator>\n");
	}
	strbuf_puts(out, "  </source>\n");
}

char *iscsi_sources_text(const struct pool *pool, char *const *targets)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_puts(&text, "<sources>\n");
	for (size_t i = 0; targets != NULL && targets[i] != NULL; i++)
		put_source(&text, pool, targets[i]);
	strbuf_puts(&text, "</sources>\n");
	return strbuf_take(&text);
}

static char *direct_find_sources(const char *spec, struct error *err)
{
	_cleanup_pool_ struct pool *pool = iscsi_source_pool(spec, err);
	_cleanup_json_ struct json_object *answer = pool != NULL ? ask(pool, "targets", true, err) : NULL;
	struct json_object *targets = answer != NULL ? json_get(answer, "targets") : NULL;
	_cleanup_strv_ char **names = NULL;

	if (answer == NULL)
		return NULL;
	for (size_t i = 0; targets != NULL && i < json_object_array_length(targets); i++) {
		const char *name = json_get_string(json_object_array_get_idx(targets, i), "name", NULL);

		if (name != NULL)
			names = strv_add(names, name);
	}
	return iscsi_sources_text(pool, names);
}

const struct pool_driver pool_iscsi_direct = {
	.type = POOL_ISCSI_DIRECT,
	.check = direct_check,
	.start = direct_start,
	.stop = direct_stop,
	.refresh = direct_refresh,
	.path = direct_path,
	.transfer = direct_transfer,
	.blockdev = direct_blockdev,
	.find_sources = direct_find_sources,
};
