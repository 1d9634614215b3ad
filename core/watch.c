/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Being told of changes: inotify on the directory of the state file, since its write-ahead log comes and goes.
 *
 * A writer's last write() to the log is seen before its commit is: that happens a moment later, in shared memory, which inotify does not see; between the
 * two lies the writer's fsync, which takes seconds on a busy disk. So every look is followed by a few more, by a timer: also one that found something,
 * since that may have been the commit before. */
#include "base/memory.h"
#include "base/text.h"
#include "core/keeper_spawn.h"
#include "core/manager_internal.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <unistd.h>

int manager_watch(struct manager *manager, struct error *err)
{
	const char *database = manager->paths.database;
	_cleanup_free_ char *directory = xstrndup(database, (size_t)(strrchr(database, '/') - database));
	_cleanup_close_ int fd = -1;

	if (manager->watch >= 0)
		return manager->watch;
	_cleanup_close_ int inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	_cleanup_close_ int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	struct epoll_event readable = { .events = EPOLLIN };

	fd = epoll_create1(EPOLL_CLOEXEC);
	if (inotify < 0 || timer < 0 || fd < 0 ||
	    inotify_add_watch(inotify, directory[0] ? directory : "/", IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_TO) < 0 ||
	    epoll_ctl(fd, EPOLL_CTL_ADD, inotify, &readable) < 0 || epoll_ctl(fd, EPOLL_CTL_ADD, timer, &readable) < 0) {
		error_set_errno(err, errno, "cannot watch '%s' for changes", directory);
		return -1;
	}
	manager->watch_inotify = TAKE_FD(inotify);
	manager->watch_timer = TAKE_FD(timer);
	manager->watch = TAKE_FD(fd);
	return manager->watch;
}

void watch_close(struct manager *manager)
{
	if (manager->watch < 0)
		return;
	close(manager->watch_inotify);
	close(manager->watch_timer);
	close(manager->watch);
}

/* Reads what has come; true when any of it was about the state file or its log. */
static bool drain(struct manager *manager)
{
	const char *file = strrchr(manager->paths.database, '/') + 1;
	_Alignas(struct inotify_event) char buffer[8192];
	bool ours = false;
	ssize_t n;

	while ((n = read(manager->watch_inotify, buffer, sizeof buffer)) > 0) {
		for (char *at = buffer; at < buffer + n;) {
			const struct inotify_event *event = (const struct inotify_event *)(const void *)at;

			ours = ours || event->len == 0 || (event->mask & IN_Q_OVERFLOW) || text_starts(event->name, file);
			at += sizeof *event + event->len;
		}
	}
	return ours;
}

static void look_again(struct manager *manager, long after_ms)
{
	const struct itimerspec time = { .it_value = { .tv_sec = after_ms / 1000, .tv_nsec = after_ms % 1000 * 1000000 } };

	timerfd_settime(manager->watch_timer, 0, &time, NULL);
}

bool manager_changed(struct manager *manager)
{
	static const long again_ms[] = { 2, 10, 50, 250, 1000, 4000 };
	uint64_t ticks;

	keepers_reap(manager);
	if (manager->watch < 0)
		return db_changed(manager->db);
	bool due = read(manager->watch_timer, &ticks, sizeof ticks) > 0;

	if (drain(manager))
		manager->watch_looks = 0;
	else if (!due)
		return false;
	if (manager->watch_looks < ARRAY_LENGTH(again_ms))
		look_again(manager, again_ms[manager->watch_looks++]);
	return db_changed(manager->db);
}
