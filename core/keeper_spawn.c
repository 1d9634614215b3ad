/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting a keeper: a session of its own, no terminal, its start socket as descriptor 3, and nothing else of ours. */
#include "core/keeper_spawn.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/spawn.h"
#include "base/strv.h"
#include "core/keeper/plan.h"
#include "core/manager_internal.h"
#include "core/scope.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_TIMEOUT_MS  60000
#define ANSWER_LIMIT      (64 * 1024)

void keepers_reap(struct manager *manager)
{
	size_t kept = 0;

	for (size_t i = 0; i < manager->keeper_count; i++) {
		pid_t result = waitpid(manager->keepers[i], NULL, WNOHANG);

		if (result == 0 || (result < 0 && errno == EINTR))
			manager->keepers[kept++] = manager->keepers[i];
	}
	manager->keeper_count = kept;
}

static char **keeper_argv(const struct manager *manager, int64_t domain_id, int64_t generation)
{
	_cleanup_free_ char *keeper = paths_helper("virtty-keeper");
	_cleanup_free_ char *unit = strf("virtty-%" PRId64 "-%" PRId64, domain_id, generation);
	char **argv = strv_add(scope_begin(!manager->no_scopes, unit), keeper);

	/* Which machine it minds, for ps too; and the state, which it opens while its plan is being made. */
	argv = strv_addf(argv, "%" PRId64, domain_id);
	return strv_add(argv, manager->paths.database);
}

/* What the keeper has to say goes beside QEMU's log. -1: nowhere, which must not keep a machine from starting. */
static int open_log(struct manager *manager, int64_t domain_id)
{
	_cleanup_free_ char *directory = machine_log_directory(manager, domain_id);
	_cleanup_free_ char *path = strf("%s/keeper.log", directory);

	if (!directory_make(directory, 0700, NULL))
		return -1;
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

bool keeper_read_outcome(const char *text, struct error *err)
{
	_cleanup_json_ struct json_object *answer = json_parse("keeper", text, strlen(text), err);

	if (!answer)
		return false;
	if (json_get_bool(answer, "running", false))
		return true;
	error_set(err, ERROR_FAILED, "%s", json_get_string(answer, "error/message", "its keeper gave no reason"));
	const char *hint = json_get_string(answer, "error/hint", NULL);

	return hint ? error_hint(err, "%s", hint) : false;
}

bool keeper_send_outcome(int fd, const struct error *err)
{
	_cleanup_json_ struct json_object *json = json_object_new_object();
	_cleanup_free_ char *text = NULL;

	if (err == NULL) {
		json_set_bool(json, "running", true);
	} else {
		struct json_object *inner = json_object_new_object();

		json_set_string(inner, "message", error_text(err));
		json_set_string(inner, "hint", err->hint);
		json_set(json, "error", inner);
	}
	text = json_text(json);
	return message_send(fd, text, strlen(text), NULL, 0, NULL);
}

static bool read_answer(int fd, struct error *err)
{
	_cleanup_error_ struct error local = ERROR_INIT;
	_cleanup_free_ char *text = NULL;

	if (message_receive(fd, ANSWER_LIMIT, START_TIMEOUT_MS, &text, NULL, 0, NULL, &local))
		return keeper_read_outcome(text, err);
	if (local.code == ERROR_TIMEOUT) {
		error_set(err, ERROR_TIMEOUT, "its keeper did not answer within %d s", START_TIMEOUT_MS / 1000);
		return error_hint(err, "it may still come up: 'virtty list --all' shows it, 'virtty destroy' ends it");
	}
	error_set(err, ERROR_FAILED, "its keeper ended without an answer");
	return error_hint(err, "'virtty event' shows what is known; keeper.log in the machine's log directory may say more");
}

int keeper_spawn(struct manager *manager, int64_t domain_id, int64_t generation, struct error *err)
{
	_cleanup_strv_ char **argv = keeper_argv(manager, domain_id, generation);
	_cleanup_close_ int log = open_log(manager, domain_id), ours = -1, theirs = -1;
	int pair[2];
	pid_t pid;

	keepers_reap(manager);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		error_set_errno(err, errno, "cannot make a socket pair");
		return -1;
	}
	ours = pair[0];
	theirs = pair[1];
	if (!spawn(argv, (const int[SPAWN_FDS]){ -1, log, log, theirs }, SPAWN_SESSION, &pid, err)) {
		error_hint(err, "virtty is not installed whole: VIRTTY_LIBEXEC may name the directory of its helpers");
		return -1;
	}
	*ARRAY_ADD(manager->keepers, manager->keeper_count) = pid;
	return TAKE_FD(ours);
}

bool keeper_hand_over(int start_fd, const char *plan, int *fds, size_t fd_count, struct error *err)
{
	/* A keeper that could not even take its plan may have said why: the answer is read in any case. */
	(void)message_send(start_fd, plan, strlen(plan), fds, fd_count, NULL);
	/* QEMU's listening sockets are the keeper's alone from here. */
	for (size_t i = 0; i < fd_count; i++)
		close(TAKE_FD(fds[i]));
	return read_answer(start_fd, err);
}
