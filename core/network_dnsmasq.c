/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network's dnsmasq, by way of the keeper that minds it. */
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/spawn.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/keeper/network.h"
#include "core/keeper_spawn.h"
#include "core/network_internal.h"
#include "core/scope.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define START_TIMEOUT_MS 20000
#define END_TIMEOUT_MS	 8000
#define ANSWER_LIMIT	 ((size_t)64 * 1024)

static struct process_id read_process(struct manager *manager, const struct network_row *row, const char *file)
{
	_cleanup_free_ char *directory = network_run_directory(manager, row->id), *path = strf("%s/%s", directory, file);

	return process_recorded(path);
}

bool network_dnsmasq_runs(struct manager *manager, const struct network_row *row)
{
	struct process_id keeper = read_process(manager, row, NETWORK_KEEPER_FILE);

	return keeper.pid != 0 && process_alive(&keeper);
}

void network_dnsmasq_stop(struct manager *manager, const struct network_row *row)
{
	static const char *const files[] = { NETWORK_KEEPER_FILE, NETWORK_CHILD_FILE };

	/* The keeper ends its dnsmasq. What a killed keeper left is ended here. */
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		struct process_id id = read_process(manager, row, files[i]);

		if (id.pid != 0 && process_alive(&id) && !process_end(&id, SIGTERM, END_TIMEOUT_MS))
			(void)process_end(&id, SIGKILL, END_TIMEOUT_MS);
	}
}

static bool write_config(struct manager *manager, int64_t id, const char *directory, const struct network *network, struct error *err)
{
	_cleanup_free_ char *path = strf("%s/%s", directory, NETWORK_CONFIG_FILE), *leases = network_lease_file(manager, id);
	_cleanup_free_ char *kept = network_lease_directory(manager), *config = dnsmasq_config(network, leases);

	return paths_make(&manager->paths, err) && directory_make(directory, 0700, err) && directory_make(kept, 0700, err) &&
	       file_write_volatile(path, config, strlen(config), 0600, err);
}

/* What the keeper has to say goes to a file in the network's directory. */
static bool spawn_keeper(struct manager *manager, const struct network_row *row, const char *directory, int lock, int *ret_fd,
			 struct error *err)
{
	_cleanup_free_ char *keeper = paths_helper("virtty-keeper"), *log_path = strf("%s/keeper.log", directory);
	_cleanup_free_ char *unit = strf("virtty-network-%" PRId64 "-%" PRId64, row->id, clock_monotonic_ms());
	_cleanup_strv_ char **argv = strv_add(strv_add(scope_begin(!manager->no_scopes, unit), keeper), NETWORK_OPTION);
	_cleanup_close_ int log = open(log_path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600), theirs = -1;
	int pair[2];
	pid_t pid;

	argv = strv_add(strv_add(strv_add(argv, row->name), directory), manager->paths.database);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return error_set_errno(err, errno, "cannot make a socket pair");
	*ret_fd = pair[0];
	theirs = pair[1];
	if (!spawn(argv, (const int[SPAWN_FDS]){ lock, log, log, theirs }, SPAWN_SESSION, &pid, err)) {
		close(TAKE_FD(*ret_fd));
		return error_hint(err, "virtty is not installed whole: VIRTTY_LIBEXEC may name the directory of its helpers");
	}
	*ARRAY_ADD(manager->keepers, manager->keeper_count) = pid;
	return true;
}

static bool read_answer(int fd, struct error *err)
{
	_cleanup_free_ char *text = NULL;

	if (!message_receive(fd, ANSWER_LIMIT, START_TIMEOUT_MS, &text, NULL, 0, NULL, err))
		return error_wrap(err, "its keeper did not answer");
	return keeper_read_outcome(text, err);
}

bool network_dnsmasq_start(struct manager *manager, const struct network_row *row, const struct network *network, int lock,
			   struct error *err)
{
	_cleanup_free_ char *directory = network_run_directory(manager, row->id);
	_cleanup_close_ int fd = -1;

	return write_config(manager, row->id, directory, network, err) && spawn_keeper(manager, row, directory, lock, &fd, err) &&
	       read_answer(fd, err);
}

bool network_dnsmasq_renew(struct manager *manager, const struct network_row *row, const struct network *network, int lock,
			   struct error *err)
{
	network_dnsmasq_stop(manager, row);
	return network_dnsmasq_start(manager, row, network, lock, err);
}
