/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A session with a target: connected, logged in to by CHAP where that is asked for, watched so that it cannot hang. */
#include "storage/iscsi/session.h"

#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_LIMIT_S	 10 /* without an answer, the library gives up */
#define WATCHDOG_LIMIT_S 15 /* and where it does not, we do */
#define PASSWORD_LIMIT	 4096

/* ---- nothing hangs ---- */

static char watchdog_words[512];

static void on_alarm(int number)
{
	(void)number;
	(void)!write(STDERR_FILENO, watchdog_words, strlen(watchdog_words));
	_exit(1);
}

void watchdog_feed(void)
{
	(void)alarm(WATCHDOG_LIMIT_S);
}

void watchdog_start(const char *portal)
{
	_cleanup_free_ char *words = strf("the iSCSI server %s does not answer\n", portal);
	struct sigaction action = { .sa_handler = on_alarm };

	strncpy(watchdog_words, words, sizeof watchdog_words - 1);
	sigemptyset(&action.sa_mask);
	(void)sigaction(SIGALRM, &action, NULL);
	watchdog_feed();
}

/* ---- errors ---- */

bool session_fail(struct iscsi_context *session, const char *what, struct error *err)
{
	const char *why = iscsi_get_error(session);
	int length = why != NULL ? (int)strcspn(why, "\n") : 0;

	return error_set(err, ERROR_FAILED, "%s: %.*s", what, length, length > 0 ? why : "");
}

bool session_good(struct iscsi_context *session, struct scsi_task *task, const char *what, struct error *err)
{
	if (task == NULL)
		return session_fail(session, what, err);
	if (task->status == SCSI_STATUS_GOOD)
		return true;
	if (task->status == SCSI_STATUS_CHECK_CONDITION)
		error_set(err, ERROR_FAILED, "%s: %s, %s", what, scsi_sense_key_str((int)task->sense.key),
			  scsi_sense_ascq_str(task->sense.ascq));
	else if (task->status == (int)SCSI_STATUS_TIMEOUT)
		error_set(err, ERROR_TIMEOUT, "%s: the server does not answer", what);
	else
		session_fail(session, what, err);
	scsi_free_scsi_task(task);
	return false;
}

/* ---- logging in ---- */

static bool set_login(struct iscsi_context *session, const struct request *request, struct error *err)
{
	char *password = NULL;
	size_t length = 0;

	if (request->user == NULL)
		return true;
	if (request->password_file == NULL)
		return error_set(err, ERROR_INVALID, "there is no password for user '%s'", request->user);
	if (!file_read(request->password_file, PASSWORD_LIMIT, &password, &length, err))
		return false;
	bool ok = iscsi_set_initiator_username_pwd(session, request->user, password) == 0;

	explicit_bzero(password, length);
	free(password);
	return ok || session_fail(session, "cannot log in", err);
}

static bool set_names(struct iscsi_context *session, const struct request *request, struct error *err)
{
	enum iscsi_session_type type = request->target != NULL ? ISCSI_SESSION_NORMAL : ISCSI_SESSION_DISCOVERY;

	iscsi_set_noautoreconnect(session, 1);
	iscsi_set_timeout(session, ANSWER_LIMIT_S);
	if ((request->target != NULL && iscsi_set_targetname(session, request->target) < 0) ||
	    iscsi_set_session_type(session, type) < 0 || iscsi_set_header_digest(session, ISCSI_HEADER_DIGEST_NONE_CRC32C) < 0)
		return session_fail(session, "cannot log in", err);
	return set_login(session, request, err);
}

/* The library does not tell why it could not connect: the kernel does, when it is asked once more. */
static bool fail_connect(const char *portal, struct error *err)
{
	const char *colon = strrchr(portal, ':');
	_cleanup_free_ char *host = xstrndup(portal, colon != NULL ? (size_t)(colon - portal) : strlen(portal));
	size_t length = strlen(host);
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
	bool brackets = length > 2 && host[0] == '[' && host[length - 1] == ']';

	if (brackets)
		host[length - 1] = '\0';
	int failed = getaddrinfo(host + brackets, colon != NULL ? colon + 1 : "3260", &hints, &found);

	if (failed != 0)
		return error_set(err, ERROR_NOT_FOUND, "cannot reach the iSCSI server %s: %s", portal, gai_strerror(failed));
	_cleanup_close_ int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int errnum = fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen) < 0 ? errno : ECONNRESET;

	freeaddrinfo(found);
	return error_set_errno(err, errnum, "cannot reach the iSCSI server %s", portal);
}

static bool connect_to(struct iscsi_context *session, const struct request *request, struct error *err)
{
	_cleanup_free_ char *login = request->target != NULL ? strf("cannot log in to '%s' at %s", request->target, request->portal)
							     : strf("cannot log in at %s", request->portal);

	watchdog_feed();
	if (iscsi_connect_sync(session, request->portal) < 0)
		return fail_connect(request->portal, err);
	watchdog_feed();
	return iscsi_login_sync(session) == 0 || session_fail(session, login, err);
}

struct iscsi_context *session_open(const struct request *request, struct error *err)
{
	struct rlimit core = { 0, 0 };
	struct iscsi_context *session = iscsi_create_context(request->initiator);

	/* A password is in this memory. */
	(void)setrlimit(RLIMIT_CORE, &core);
	if (session == NULL) {
		error_set(err, ERROR_INVALID, "'%s' is no name to log in with", request->initiator);
		return NULL;
	}
	if (set_names(session, request, err) && connect_to(session, request, err))
		return session;
	iscsi_destroy_context(session);
	return NULL;
}

void session_close(struct iscsi_context *session)
{
	if (session == NULL)
		return;
	watchdog_feed();
	(void)iscsi_logout_sync(session);
	iscsi_destroy_context(session);
}
