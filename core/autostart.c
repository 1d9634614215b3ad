/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines that start with the host: the mark, starting them in order, asking all to shut down. */
#include "core/autostart.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/strv.h"
#include "core/live.h"
#include "core/manager_internal.h"
#include "core/network_internal.h"
#include "core/storage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* ---- the mark ---- */

/* No row was changed: only a persistent machine has a mark. */
static bool fail_transient(const struct machine *machine, struct error *err)
{
	error_set(err, ERROR_STATE, "'%s' is transient: it cannot be started with the host", machine->name);
	return error_hint(err, "'virtty define' makes it persistent");
}

bool domain_set_autostart(struct manager *manager, const struct machine *machine, bool on, struct error *err)
{
	int changes = 0;

	if (!db_run(manager->db, &changes, err, "UPDATE domain SET autostart = ? WHERE id = ? AND persistent", "ii", (int64_t)on, machine->id))
		return false;
	return changes == 1 || fail_transient(machine, err);
}

bool autostart_mark(struct manager *manager, const struct machine *machine, const int64_t *order, const int64_t *delay_s, struct error *err)
{
	int changes = 0;

	if (order && (*order < -AUTOSTART_ORDER_LIMIT || *order > AUTOSTART_ORDER_LIMIT))
		return error_set(err, ERROR_INVALID, "the order %lld is not between -%d and %d", (long long)*order, AUTOSTART_ORDER_LIMIT,
				 AUTOSTART_ORDER_LIMIT);
	if (delay_s && (*delay_s < 0 || *delay_s > AUTOSTART_DELAY_LIMIT_S))
		return error_set(err, ERROR_INVALID, "the delay of %lld s is not between 0 and %d s", (long long)*delay_s, AUTOSTART_DELAY_LIMIT_S);
	if (!db_run(manager->db, &changes, err,
		    "UPDATE domain SET autostart = 1, autostart_order = CASE WHEN ?2 THEN ?3 ELSE autostart_order END,"
		    " autostart_delay_s = CASE WHEN ?4 THEN ?5 ELSE autostart_delay_s END WHERE id = ?1 AND persistent",
		    "iiiii", machine->id, (int64_t)(order != NULL), order ? *order : 0, (int64_t)(delay_s != NULL), delay_s ? *delay_s : 0))
		return false;
	return changes == 1 || fail_transient(machine, err);
}

/* ---- the order ---- */

/* The marked ones by order and name, then those that somebody started by hand. */
static int compare(const void *a, const void *b)
{
	const struct machine *one = a, *two = b;
	int order;

	if (one->autostart != two->autostart)
		return one->autostart ? -1 : 1;
	if (one->autostart && one->autostart_order != two->autostart_order)
		return one->autostart_order < two->autostart_order ? -1 : 1;
	order = strcasecmp(one->name, two->name);
	return order ? order : strcmp(one->name, two->name);
}

static bool is_marked(const struct machine *machine)
{
	return machine->autostart;
}

/* The machines that fit, in order. */
static bool list_some(struct manager *manager, bool (*fits)(const struct machine *), struct machine **ret, size_t *ret_count, struct error *err)
{
	size_t count, kept = 0;

	if (!machine_list(manager, ret, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (fits(&(*ret)[i]))
			(*ret)[kept++] = (*ret)[i];
		else
			machine_clear(&(*ret)[i]);
	}
	if (kept > 1)
		qsort(*ret, kept, sizeof **ret, compare);
	*ret_count = kept;
	return true;
}

bool autostart_list(struct manager *manager, struct machine **ret, size_t *ret_count, struct error *err)
{
	return list_some(manager, is_marked, ret, ret_count, err);
}

/* ---- both loops ---- */

struct loop {
	struct manager *manager;
	autostart_report_fn *report;
	void *data;
	char **failed; /* owned: quoted names */
};

static void tell(struct loop *loop, enum autostart_step step, const struct machine *machine, const struct error *why, char *const *warnings)
{
	struct autostart_event event = { .step = step, .machine = machine, .error = why, .warnings = warnings };

	if (step == AUTOSTART_NO_START || step == AUTOSTART_NOT_ASKED || step == AUTOSTART_RUNS_STILL)
		loop->failed = strv_addf(loop->failed, "'%s'", machine->name);
	if (loop->report)
		loop->report(&event, loop->data);
}

static void tell_pool(struct loop *loop, enum autostart_step step, const char *name, const struct error *why)
{
	struct autostart_event event = { .step = step, .pool = name, .error = why };

	if (step == AUTOSTART_NO_START)
		loop->failed = strv_addf(loop->failed, "pool '%s'", name);
	if (loop->report)
		loop->report(&event, loop->data);
}

static void tell_network(struct loop *loop, enum autostart_step step, const char *name, const struct error *why, char *const *notes)
{
	struct autostart_event event = { .step = step, .network = name, .error = why, .warnings = notes };

	if (step == AUTOSTART_NO_START)
		loop->failed = strv_addf(loop->failed, "network '%s'", name);
	if (loop->report)
		loop->report(&event, loop->data);
}

/* ---- starting ---- */

/* The default network that nobody has changed is started when a machine needs it, and only then. */
static bool start_networks(struct loop *loop, size_t *ret_count, struct error *err)
{
	struct network_row *networks = NULL;
	size_t count = 0;

	if (!network_list(loop->manager, &networks, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		_cleanup_error_ struct error local = ERROR_INIT;
		_cleanup_strv_ char **notes = NULL;

		if (!networks[i].autostart || networks[i].active || network_row_is_default(loop->manager, networks[i].id))
			continue;
		(*ret_count)++;
		if (network_start(loop->manager, &networks[i], &notes, &local))
			tell_network(loop, AUTOSTART_STARTED, networks[i].name, NULL, notes);
		else
			tell_network(loop, AUTOSTART_NO_START, networks[i].name, &local, notes);
	}
	network_rows_free(networks, count);
	return true;
}

static bool is_active_now(struct manager *manager, const char *pool)
{
	struct pool_row row = { 0 };
	bool active = pool_find(manager, pool, &row, NULL) && row.active;

	pool_row_clear(&row);
	return active;
}

/* Before the machines, whose disks may be in them. What was mounted or logged in to before the host went down is not now, unless the host itself
 * did it again: a start takes that as it is. */
static bool start_pools(struct loop *loop, size_t *ret_count, struct error *err)
{
	struct pool_row *pools = NULL;
	size_t count = 0;

	*ret_count = 0;
	if (!pool_list(loop->manager, &pools, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		_cleanup_error_ struct error local = ERROR_INIT;

		if (!pools[i].autostart || pools[i].active)
			continue;
		(*ret_count)++;
		if (pool_start(loop->manager, &pools[i], 0, &local))
			tell_pool(loop, AUTOSTART_STARTED, pools[i].name, NULL);
		else if (is_active_now(loop->manager, pools[i].uuid))
			tell_pool(loop, AUTOSTART_RUNNING, pools[i].name, NULL); /* somebody else was faster */
		else
			tell_pool(loop, AUTOSTART_NO_START, pools[i].name, &local);
	}
	pool_rows_free(pools, count);
	return true;
}

static void wait_seconds(unsigned seconds)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

/* Starts it if it is off: as it is now, since it may have been started, unmarked or undefined after the list was made. *ret_delay_s: to wait. */
static void start_one(struct loop *loop, const struct machine *machine, unsigned *ret_delay_s)
{
	_cleanup_error_ struct error local = ERROR_INIT;
	_cleanup_machine_ struct machine now = { 0 }, after = { 0 };
	_cleanup_strv_ char **warnings = NULL;

	*ret_delay_s = 0;
	if (!machine_reload(loop->manager, machine->id, &now, &local)) {
		if (local.code != ERROR_NOT_FOUND)
			tell(loop, AUTOSTART_NO_START, machine, &local, NULL);
		return;
	}
	if (!now.autostart)
		return;
	if (machine_is_active(&now)) {
		tell(loop, AUTOSTART_RUNNING, &now, NULL, NULL);
	} else if (domain_start(loop->manager, &now, 0, &warnings, &local)) {
		*ret_delay_s = now.autostart_delay_s;
		tell(loop, AUTOSTART_STARTED, &now, NULL, warnings);
	} else if (machine_reload(loop->manager, now.id, &after, NULL) && machine_is_active(&after)) {
		tell(loop, AUTOSTART_RUNNING, &after, NULL, NULL); /* somebody else was faster */
	} else {
		tell(loop, AUTOSTART_NO_START, &now, &local, warnings);
	}
}

bool autostart_run(struct manager *manager, autostart_report_fn *report, void *data, struct error *err)
{
	struct loop loop = { .manager = manager, .report = report, .data = data };
	_cleanup_strv_ char **failed = NULL;
	_cleanup_free_ char *names = NULL;
	struct machine *machines;
	unsigned delay_s = 0;
	size_t count, pools;

	if (!start_pools(&loop, &pools, err) || !start_networks(&loop, &pools, err)) {
		strv_free(loop.failed);
		return false;
	}
	if (!autostart_list(manager, &machines, &count, err)) {
		strv_free(loop.failed);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (delay_s)
			wait_seconds(delay_s);
		start_one(&loop, &machines[i], &delay_s);
	}
	machines_free(machines, count);
	failed = loop.failed;
	if (!failed)
		return true;
	names = strv_join(failed, ", ");
	return error_set(err, ERROR_FAILED, "%zu of %zu marked machines%s did not start: %s", strv_length(failed), count + pools,
			 pools > 0 ? ", pools and networks" : "", names);
}

/* ---- stopping ---- */

/* Asks the machines of a kind, the last first. */
static void ask_all(struct loop *loop, const struct machine *machines, size_t count, bool starting, bool *waiting)
{
	for (size_t i = count; i > 0; i--) {
		const struct machine *machine = &machines[i - 1];
		_cleanup_error_ struct error local = ERROR_INIT;

		if ((machine->truth == TRUTH_STARTING) != starting)
			continue;
		waiting[i - 1] = shutdown_request(loop->manager, machine, "stay-off", &local);
		if (waiting[i - 1])
			tell(loop, AUTOSTART_ASKED, machine, NULL, NULL);
		else if (machine_is_over(loop->manager, machine))
			tell(loop, AUTOSTART_STOPPED, machine, NULL, NULL); /* by itself, between our look and the question */
		else
			tell(loop, AUTOSTART_NOT_ASKED, machine, &local, NULL);
	}
}

/* Looks until nobody is waited for. */
static void wait_all(struct loop *loop, const struct machine *machines, size_t count, bool *waiting, int64_t deadline)
{
	/* Opened before the first look: what changes after it is told. */
	manager_watch(loop->manager, NULL);
	for (;;) {
		size_t left = 0;

		for (size_t i = 0; i < count; i++) {
			if (waiting[i] && machine_is_over(loop->manager, &machines[i])) {
				waiting[i] = false;
				tell(loop, AUTOSTART_STOPPED, &machines[i], NULL, NULL);
			}
			left += waiting[i];
		}
		if (left == 0 || clock_monotonic_ms() >= deadline)
			return;
		wait_for_change(loop->manager, deadline);
	}
}

static bool fail_running(char *const *failed, bool asked, int timeout_ms, struct error *err)
{
	_cleanup_free_ char *names = strv_join(failed, ", ");

	if (asked)
		error_set(err, ERROR_TIMEOUT, "not shut down within %g s: %s", timeout_ms / 1000.0, names);
	else
		error_set(err, ERROR_FAILED, "not shut down: %s", names);
	return error_hint(err, "a guest that was asked may still do it; 'virtty destroy NAME' ends one at once");
}

bool autostart_stop_all(struct manager *manager, int timeout_ms, autostart_report_fn *report, void *data, struct error *err)
{
	struct loop loop = { .manager = manager, .report = report, .data = data };
	int64_t deadline = clock_monotonic_ms() + timeout_ms;
	_cleanup_free_ bool *waiting = NULL;
	_cleanup_strv_ char **failed = NULL;
	bool timed_out = false;
	struct machine *machines;
	size_t count;

	if (!list_some(manager, machine_is_active, &machines, &count, err))
		return false;
	waiting = xcalloc(count ? count : 1, sizeof *waiting);
	/* A machine without a keeper gets one to be asked by. While the host or our service goes down systemd makes no scope, or makes it
	 * wait for us; the keeper can do without: its QEMU has its scope, and whoever needs a keeper later starts another. */
	manager->no_scopes = true;
	/* Those that are being started cannot be asked before they run: they hold nobody up. */
	ask_all(&loop, machines, count, false, waiting);
	ask_all(&loop, machines, count, true, waiting);
	manager->no_scopes = false;
	wait_all(&loop, machines, count, waiting, deadline);
	for (size_t i = 0; i < count; i++) {
		if (!waiting[i])
			continue;
		timed_out = true;
		tell(&loop, AUTOSTART_RUNS_STILL, &machines[i], NULL, NULL);
	}
	machines_free(machines, count);
	failed = loop.failed;
	return !failed || fail_running(failed, timed_out, timeout_ms, err);
}
