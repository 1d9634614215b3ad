/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Being told of changes: inotify on the directory of the state file, since its write-ahead log comes and goes. */
#include "base/memory.h"
#include "base/text.h"
#include "core/keeper_spawn.h"
#include "core/manager_internal.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

int manager_watch(struct manager *manager, struct error *err)
{
	const char *database = manager->paths.database;
	_cleanup_free_ char *directory = xstrndup(database, (size_t)(strrchr(database, '/') - database));
	_cleanup_close_ int fd = -1;

	if (manager->watch >= 0)
		return manager->watch;
	fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (fd < 0 || inotify_add_watch(fd, directory[0] ? directory : "/", IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_TO) < 0) {
		error_set_errno(err, errno, "cannot watch '%s' for changes", directory);
		return -1;
	}
	manager->watch = TAKE_FD(fd);
	return manager->watch;
}

/* Reads what has come; true when any of it was about the state file or its log. */
static bool drain(struct manager *manager)
{
	const char *file = strrchr(manager->paths.database, '/') + 1;
	_Alignas(struct inotify_event) char buffer[8192];
	bool ours = false;
	ssize_t n;

	while ((n = read(manager->watch, buffer, sizeof buffer)) > 0) {
		for (char *at = buffer; at < buffer + n;) {
			const struct inotify_event *event = (const struct inotify_event *)(const void *)at;

			ours = ours || event->len == 0 || (event->mask & IN_Q_OVERFLOW) || text_starts(event->name, file);
			at += sizeof *event + event->len;
		}
	}
	return ours;
}

bool manager_changed(struct manager *manager)
{
	keepers_reap(manager);
	if (manager->watch >= 0 && !drain(manager))
		return false;
	return db_changed(manager->db);
}
