/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools of type iscsi: the host logs in to a target by open-iscsi, and its LUNs are block devices here. */
#include "storage/pool_iscsi.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "storage/iscsi_host.h"
#include "storage/pool_block.h"
#include "storage/pool_drivers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ISCSIADM_LIMIT_MS 60000
#define PASSWORD_LIMIT	  256 /* open-iscsi's */
#define RECORD_LIMIT	  ((size_t)256 * 1024)

/* Where open-iscsi keeps its records: Debian's place, everybody else's. */
static const char *const record_places[] = { "/etc/iscsi", "/var/lib/iscsi" };

/* ---- iscsiadm ---- */

/* The line that says why: "initiator reported error (24 - ...)" among others that say that. Owned. */
static char *reason_of(const char *words, int status)
{
	_cleanup_strv_ char **lines = strv_split(words, "\r\n");
	const char *best = strv_length(lines) > 0 ? lines[0] : NULL;

	for (size_t i = 0; lines != NULL && lines[i] != NULL; i++) {
		const char *error = strstr(lines[i], "reported error (");

		if (error != NULL)
			return xstrndup(error + strlen("reported error ("), strcspn(error + strlen("reported error ("), ")"));
	}
	if (best == NULL)
		return process_status_text(status);
	return xstrdup(text_starts(best, "iscsiadm: ") ? best + strlen("iscsiadm: ") : best);
}

/* argv is taken over. */
static bool iscsiadm(char **words, char **ret_output, struct error *err)
{
	_cleanup_strv_ char **argv = words;
	_cleanup_free_ char *program = process_find(argv[0]), *out = NULL, *errors = NULL;
	int status = 0;

	if (program == NULL) {
		error_set(err, ERROR_NOT_FOUND, "iscsiadm is not installed");
		return error_hint(err, "it comes in the package open-iscsi; pools of type iscsi-direct do without");
	}
	if (!process_run(argv, ISCSIADM_LIMIT_MS, &out, &errors, &status, err))
		return false;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		if (ret_output != NULL)
			*ret_output = TAKE_POINTER(out);
		return true;
	}
	_cleanup_free_ char *why = reason_of(errors, status);

	error_set(err, ERROR_FAILED, "%s", why);
	return geteuid() == 0 ? false : error_hint(err, "iscsiadm needs root: all of this host sees what it logs in to");
}

static char **begin(const char *mode)
{
	return strv_add(strv_add(strv_add(NULL, "iscsiadm"), "-m"), mode);
}

/* "-o OPERATION": and what is set by it, if anything. */
static char **operation(char **argv, const char *what, const char *name, const char *value)
{
	argv = strv_add(strv_add(argv, "-o"), what);
	if (name != NULL)
		argv = strv_add(strv_add(strv_add(strv_add(argv, "-n"), name), "-v"), value);
	return argv;
}

/* An interface of open-iscsi's that logs in under the pool's own name; NULL: the host's name is as good. Owned. */
static char *interface_of(const struct pool *pool)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	if (pool->initiator == NULL)
		return NULL;
	for (const char *at = pool->initiator; *at != '\0'; at++)
		hash = (hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
	return strf("virtty-%016llx", (unsigned long long)hash);
}

static bool make_interface(const struct pool *pool, const char *interface, struct error *err)
{
	if (interface == NULL)
		return true;
	/* it may be there from the last time, or for another pool */
	(void)iscsiadm(operation(strv_add(strv_add(begin("iface"), "-I"), interface), "new", NULL, NULL), NULL, NULL);
	return iscsiadm(operation(strv_add(strv_add(begin("iface"), "-I"), interface), "update", "iface.initiatorname",
				  pool->initiator),
			NULL, err) ||
	       error_wrap(err, "cannot use the name '%s'", pool->initiator);
}

/* ---- finding ---- */

/* What discovery prints of a target: "127.0.0.1:3260,1 iqn...". Owned array of lines. */
static bool discover(const struct pool *pool, const char *interface, char ***ret_lines, struct error *err)
{
	_cleanup_free_ char *portal = iscsi_portal(pool), *out = NULL;
	char **argv = strv_add(strv_add(begin("discovery"), "-t"), "sendtargets");

	argv = strv_add(strv_add(argv, "-p"), portal);
	if (interface != NULL)
		argv = strv_add(strv_add(argv, "-I"), interface);
	/* records of a host's other targets are nobody's business */
	if (!iscsiadm(operation(argv, "nonpersistent", NULL, NULL), &out, err))
		return error_wrap(err, "cannot ask the iSCSI server %s", portal);
	*ret_lines = strv_split(out, "\n");
	return true;
}

/* "address:port,group" of the pool's target: the one that was asked, where several lead there. Owned. */
static char *find_portal(const struct pool *pool, char *const *lines, struct error *err)
{
	_cleanup_free_ char *asked = iscsi_portal(pool);
	const char *first = NULL;

	for (size_t i = 0; lines != NULL && lines[i] != NULL; i++) {
		const char *blank = strchr(lines[i], ' ');

		if (blank == NULL || !text_equal(blank + 1, pool->devices[0].path))
			continue;
		if (first == NULL || (text_starts(lines[i], asked) && lines[i][strlen(asked)] == ','))
			first = lines[i];
	}
	if (first != NULL)
		return xstrndup(first, strcspn(first, " "));
	error_set(err, ERROR_NOT_FOUND, "the iSCSI server %s has no target '%s'", asked, pool->devices[0].path);
	error_hint(err, "'virtty find-storage-pool-sources-as iscsi --host %s' shows those it has", pool->hosts[0].name);
	return NULL;
}

/* ---- records ---- */

static char **node(const struct pool *pool, const char *portal, const char *interface)
{
	char **argv = strv_add(strv_add(begin("node"), "-T"), pool->devices[0].path);

	argv = strv_add(strv_add(argv, "-p"), portal);
	return interface != NULL ? strv_add(strv_add(argv, "-I"), interface) : argv;
}

/* The record's file, which open-iscsi made: the portal's colons are commas in its name. Owned. */
static char *record_path(const struct pool *pool, const char *portal, const char *interface, struct error *err)
{
	_cleanup_free_ char *name = xstrdup(portal);
	char *colon = strrchr(name, ':');
	size_t shift = name[0] == '[';

	if (colon != NULL)
		*colon = ',';
	/* an IPv6 address loses its brackets */
	if (shift && colon != NULL)
		memmove(colon - 1, colon, strlen(colon) + 1);
	for (size_t i = 0; i < ARRAY_LENGTH(record_places); i++) {
		_cleanup_free_ char *path = strf("%s/nodes/%s/%s/%s", record_places[i], pool->devices[0].path, name + shift,
						 interface != NULL ? interface : "default");

		if (access(path, R_OK | W_OK) == 0)
			return TAKE_POINTER(path);
	}
	error_set(err, ERROR_NOT_FOUND, "open-iscsi's record of '%s' at %s was not found", pool->devices[0].path, portal);
	return NULL;
}

/* iscsiadm takes a password as an argument alone, where all users of the host see it: it is written into the record instead, which is the
 * file that iscsiadm would write it to. */
static bool put_password(const struct pool *pool, const char *portal, const char *interface, struct error *err)
{
	_cleanup_free_ char *path = record_path(pool, portal, interface, err), *record = NULL;
	struct strbuf text = STRBUF_INIT;
	char *password = NULL;
	size_t length = 0;

	if (path == NULL || !file_read(path, RECORD_LIMIT, &record, NULL, err) ||
	    !file_read(pool->secret_file, PASSWORD_LIMIT, &password, &length, err))
		return false;
	bool ok = strlen(password) == length && strpbrk(password, "\r\n") == NULL;

	if (!ok)
		error_set(err, ERROR_INVALID, "the password has a line's end in it: open-iscsi cannot take it");
	_cleanup_strv_ char **lines = strv_split(record, "\n");

	for (size_t i = 0; ok && lines != NULL && lines[i] != NULL; i++) {
		if (text_starts(lines[i], "node.session.auth.password ="))
			continue;
		strbuf_printf(&text, "%s\n", lines[i]);
		if (text_starts(lines[i], "node.session.auth.username ="))
			strbuf_printf(&text, "node.session.auth.password = %s\n", password);
	}
	ok = ok && file_write(path, text.data, text.length, 0600, err);
	explicit_bzero(password, length);
	free(password);
	if (text.data != NULL)
		explicit_bzero(text.data, text.length);
	strbuf_clear(&text);
	return ok;
}

static bool make_record(const struct pool *pool, const char *portal, const char *interface, struct error *err)
{
	/* A server that is away is given up on soon, and nothing is logged in to when the host boots: pools are started by virtty. */
	const struct {
		const char *name, *value;
	} settings[] = {
		{ "node.startup", "manual" },
		{ "node.session.initial_login_retry_max", "2" },
		{ "node.conn[0].timeo.login_timeout", "10" },
		{ "node.session.auth.authmethod", pool->auth_user != NULL ? "CHAP" : "None" },
		{ "node.session.auth.username", pool->auth_user },
	};

	if (!iscsiadm(operation(node(pool, portal, interface), "new", NULL, NULL), NULL, err))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(settings); i++)
		if (settings[i].value != NULL && !iscsiadm(operation(node(pool, portal, interface), "update", settings[i].name,
								      settings[i].value),
							    NULL, err))
			return false;
	return pool->auth_user == NULL || pool->secret_file == NULL || put_password(pool, portal, interface, err);
}

/* With the password in it, it is not left behind. */
static void forget(const struct pool *pool, const char *portal, const char *interface)
{
	(void)iscsiadm(operation(node(pool, portal, interface), "delete", NULL, NULL), NULL, NULL);
	if (interface != NULL)
		(void)iscsiadm(operation(strv_add(strv_add(begin("iface"), "-I"), interface), "delete", NULL, NULL), NULL, NULL);
}

/* ---- what a pool can do ---- */

static bool host_check(const struct pool *pool, bool *ret_active, struct error *err)
{
	struct iscsi_session session;
	bool ok = iscsi_session_find(pool, &session, ret_active, err);

	iscsi_session_clear(&session);
	return ok;
}

static bool log_in(const struct pool *pool, const char *portal, const char *interface, struct error *err)
{
	if (make_record(pool, portal, interface, err) && iscsiadm(strv_add(node(pool, portal, interface), "--login"), NULL, err))
		return true;
	forget(pool, portal, interface);
	error_wrap(err, "cannot log in to '%s' at %s", pool->devices[0].path, portal);
	if (strstr(error_text(err), "authorization") != NULL)
		error_hint(err, pool->auth_user == NULL ? "the target wants a login: <auth type='chap' username='...'><secret usage='...'/></auth>"
							: "the user or the secret's value is not the target's: virtty secret-set-value");
	return false;
}

static bool host_start(const struct pool *pool, struct error *err)
{
	_cleanup_free_ char *interface = interface_of(pool), *portal = NULL;
	_cleanup_strv_ char **lines = NULL;
	bool there = false;

	if (!host_check(pool, &there, err))
		return false;
	if (there)
		return true;
	if (!make_interface(pool, interface, err) || !discover(pool, interface, &lines, err))
		return false;
	portal = find_portal(pool, lines, err);
	return portal != NULL && log_in(pool, portal, interface, err);
}

/* Whoever has one of the disks would lose it. */
static bool check_unused(const struct pool *pool, const struct iscsi_session *session, struct error *err)
{
	struct volume *volumes = NULL;
	size_t count = 0;
	bool ok = iscsi_session_volumes(pool, session, &volumes, &count, err);

	for (size_t i = 0; ok && i < count; i++) {
		_cleanup_close_ int fd = open(volumes[i].path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		int pid = 0;

		ok = block_check_free(&volumes[i], "log out of", err);
		if (ok && fd >= 0 && image_in_use(fd, false, &pid))
			ok = error_set(err, ERROR_BUSY, "volume '%s' is in use (pid %d)", volumes[i].name, pid);
	}
	volumes_free(volumes, count);
	return ok;
}

/* "address:port,group", by which the record was made: what iscsiadm says of its sessions, "tcp: [1] 127.0.0.1:3260,1 iqn... (...)". Owned. */
static char *session_portal(const struct iscsi_session *session, struct error *err)
{
	_cleanup_free_ char *out = NULL, *mark = strf("[%u] ", session->number);

	if (!iscsiadm(begin("session"), &out, err))
		return NULL;
	const char *at = strstr(out, mark);

	if (at == NULL) {
		error_set(err, ERROR_NOT_FOUND, "iscsiadm knows nothing of session %u", session->number);
		return NULL;
	}
	at += strlen(mark);
	return xstrndup(at, strcspn(at, " \n"));
}

static bool host_stop(const struct pool *pool, struct error *err)
{
	_cleanup_free_ char *interface = interface_of(pool), *portal = NULL;
	struct iscsi_session session;
	bool there = false, ok;

	if (!iscsi_session_find(pool, &session, &there, err))
		return false;
	ok = !there || ((!session.works || check_unused(pool, &session, err)) && (portal = session_portal(&session, err)) != NULL &&
			iscsiadm(strv_add(node(pool, portal, interface), "--logout"), NULL, err));
	if (ok && there)
		forget(pool, portal, interface);
	iscsi_session_clear(&session);
	return ok || error_wrap(err, "cannot stop pool '%s'", pool->name);
}

static bool host_refresh(const struct pool *pool, const struct volume *known, size_t known_count, struct volume **ret,
			 size_t *ret_count, struct pool_figures *ret_figures, struct error *err)
{
	_cleanup_error_ struct error ignored = ERROR_INIT;
	struct iscsi_session session;
	bool there = false, ok;

	(void)known;
	(void)known_count;
	if (!iscsi_session_find(pool, &session, &there, err))
		return false;
	if (!there) {
		ok = error_set(err, ERROR_STATE, "pool '%s': this host is not logged in to '%s'", pool->name, pool->devices[0].path);
	} else if (!session.works) {
		/* the kernel would keep whoever asks for more waiting */
		ok = error_set(err, ERROR_FAILED, "pool '%s': the iSCSI server %s does not answer (%s)", pool->name, session.portal,
			       session.state != NULL ? session.state : "?");
	} else {
		_cleanup_free_ char *number = strf("%u", session.number);

		/* LUNs that came or grew meanwhile; those there are show in any case */
		(void)iscsiadm(strv_add(strv_add(strv_add(begin("session"), "-r"), number), "--rescan"), NULL, &ignored);
		ok = iscsi_session_volumes(pool, &session, ret, ret_count, err);
	}
	iscsi_session_clear(&session);
	*ret_figures = (struct pool_figures){ 0 };
	for (size_t i = 0; ok && i < *ret_count; i++) {
		ret_figures->capacity += (*ret)[i].capacity;
		ret_figures->allocation += (*ret)[i].allocation;
	}
	return ok;
}

static char *host_find_sources(const char *spec, struct error *err)
{
	_cleanup_pool_ struct pool *pool = iscsi_source_pool(spec, err);
	_cleanup_strv_ char **lines = NULL;
	_cleanup_free_ char *interface = pool != NULL ? interface_of(pool) : NULL;

	if (pool == NULL || !make_interface(pool, interface, err) || !discover(pool, interface, &lines, err))
		return NULL;
	for (size_t i = 0; lines != NULL && lines[i] != NULL; i++) {
		const char *blank = strchr(lines[i], ' ');

		/* the name alone */
		if (blank != NULL)
			memmove(lines[i], blank + 1, strlen(blank));
	}
	return iscsi_sources_text(pool, lines);
}

const struct pool_driver pool_iscsi = {
	.type = POOL_ISCSI,
	.check = host_check,
	.start = host_start,
	.stop = host_stop,
	.refresh = host_refresh,
	.find_sources = host_find_sources,
};
