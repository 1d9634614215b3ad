/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Figures of many machines at once: /proc for processors and memory, QMP for the rest, all questions on their way before the first answer. */
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/socket.h"
#include "core/manager_internal.h"
#include "hv/qmp.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* A QEMU that hangs must not hold up the figures of the others for longer. */
#define STATS_TIMEOUT_MS 2000

/* One machine's connection. */
struct asked {
	struct qmp *qmp;      /* owned; NULL: done, or not asked */
	unsigned outstanding; /* answers that are still to come */
};

void machine_stats_clear(struct machine_stats *stats)
{
	json_object_put(stats->blockstats);
	json_object_put(stats->balloon);
	json_object_put(stats->vcpus);
	*stats = (struct machine_stats){ 0 };
}

/* Where an answer goes. */
struct place {
	struct asked *asked;
	struct json_object **ret;
};

static void on_reply(struct qmp *qmp, struct json_object *reply, const struct error *err, void *userdata)
{
	struct place *place = userdata;

	(void)qmp;
	(void)err; /* no balloon, say: it stays empty */
	if (reply)
		*place->ret = json_object_get(reply);
	place->asked->outstanding--;
	free(place);
}

static void ask(struct asked *asked, const char *command, struct json_object **ret)
{
	struct place *place = xmalloc(sizeof *place);

	*place = (struct place){ asked, ret };
	asked->outstanding++;
	qmp_send(asked->qmp, command, NULL, on_reply, place);
}

static void usage(const struct machine *machine, struct machine_stats *stats)
{
	if (!process_alive(&machine->run.qemu))
		return;
	if (!process_usage(machine->run.qemu.pid, &stats->cpu_user_ns, &stats->cpu_system_ns, &stats->rss_kib))
		return;
	if (!process_cpu_time(machine->run.qemu.pid, &stats->cpu_ns))
		stats->cpu_ns = stats->cpu_user_ns + stats->cpu_system_ns;
}

/* Connects to the keeper and puts the questions; a machine without a keeper has no answers. */
static void begin(struct manager *manager, const struct machine *machine, unsigned groups, struct machine_stats *stats, struct asked *asked)
{
	_cleanup_free_ char *directory = machine_run_directory(manager, machine->id);
	_cleanup_free_ char *control = strf("%s/control", directory);
	int fd;

	/* A stopped keeper's socket takes connections and never answers. */
	if (machine->truth != TRUTH_RUNNING || process_stopped(&machine->run.holder))
		return;
	fd = socket_connect(control, NULL);
	if (fd < 0)
		return;
	asked->qmp = qmp_new(fd, NULL, NULL);
	if (groups & STATS_BALLOON)
		ask(asked, "query-balloon", &stats->balloon);
	if (groups & STATS_VCPU)
		ask(asked, "query-cpus-fast", &stats->vcpus);
	if (groups & STATS_BLOCK)
		ask(asked, "query-blockstats", &stats->blockstats);
}

static void end(struct asked *asked)
{
	qmp_free(asked->qmp); /* what is outstanding fails first */
	asked->qmp = NULL;
}

/* One round over all connections; false when none is left. */
static bool step_all(struct asked *asked, size_t count, struct pollfd *pollfds, int64_t deadline)
{
	int64_t left = deadline - clock_monotonic_ms();
	nfds_t waiting = 0;

	for (size_t i = 0; i < count; i++) {
		if (asked[i].qmp && (asked[i].outstanding == 0 || left <= 0))
			end(&asked[i]);
		pollfds[i] = (struct pollfd){ .fd = -1 };
		if (!asked[i].qmp)
			continue;
		pollfds[i].fd = qmp_fd(asked[i].qmp);
		pollfds[i].events = (short)(POLLIN | (qmp_wants_write(asked[i].qmp) ? POLLOUT : 0));
		waiting++;
	}
	if (waiting == 0)
		return false;
	if (poll(pollfds, count, (int)left) < 0 && errno != EINTR)
		return false;
	for (size_t i = 0; i < count; i++)
		if (asked[i].qmp && pollfds[i].revents && !qmp_step(asked[i].qmp, NULL))
			end(&asked[i]);
	return true;
}

bool machine_stats(struct manager *manager, const struct machine *machines, size_t count, unsigned groups, struct machine_stats *stats, struct error *err)
{
	_cleanup_free_ struct asked *asked = xcalloc(count ? count : 1, sizeof *asked);
	_cleanup_free_ struct pollfd *pollfds = xcalloc(count ? count : 1, sizeof *pollfds);
	int64_t deadline = clock_monotonic_ms() + STATS_TIMEOUT_MS;

	(void)err; /* what cannot be had is zero: a machine may go at any moment */
	memset(stats, 0, count * sizeof *stats);
	for (size_t i = 0; i < count; i++) {
		if (groups & (STATS_CPU | STATS_BALLOON))
			usage(&machines[i], &stats[i]);
		if (groups & (STATS_BALLOON | STATS_VCPU | STATS_BLOCK))
			begin(manager, &machines[i], groups, &stats[i], &asked[i]);
	}
	while (step_all(asked, count, pollfds, deadline))
		;
	for (size_t i = 0; i < count; i++)
		end(&asked[i]);
	return true;
}
