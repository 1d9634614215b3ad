/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a plan to a running machine, and from QEMU's end to a new start or to nothing. */
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/keeper/control.h"
#include "core/keeper/ending.h"
#include "core/keeper/helper.h"
#include "core/keeper/keeper.h"
#include "core/keeper/port.h"
#include "core/keeper/qemu.h"
#include "core/keeper/record.h"
#include "core/keeper/spawn.h"
#include "core/keeper/tail.h"

#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RECORD_LIMIT_MS 5000 /* a database that cannot be written holds nobody up for longer */

/* ---- telling the front end ---- */

void keeper_report(struct keeper *keeper, const struct error *err)
{
	_cleanup_json_ struct json_object *answer = json_object_new_object();

	if (keeper->start_fd < 0)
		return;
	if (err == NULL) {
		json_set_bool(answer, "running", true);
		json_set_int(answer, "pid", getpid());
	} else {
		struct json_object *error = json_object_new_object();

		json_set_string(error, "message", error_text(err));
		json_set_string(error, "hint", err->hint);
		json_set(answer, "error", error);
	}
	_cleanup_free_ char *text = json_text(answer);

	/* a front end that has gone meanwhile changes nothing */
	(void)message_send(keeper->start_fd, text, strlen(text), NULL, 0, NULL);
	close(keeper->start_fd);
	keeper->start_fd = -1;
}

/* ---- the start ---- */

/* No QEMU runs that the database does not know: its child waits until its pid is committed. */
static bool spawn_qemu(struct keeper *keeper, const int *fds, struct error *err)
{
	struct plan_data *plan = &keeper->plan;
	struct process_id id;
	struct spawned child;

	if (!spawn_fork(plan->argv, fds, plan->fd_numbers, plan->fd_count, plan->stderr_path, &child, err))
		return false;
	id = process_of(child.pid);
	if (!recorder_set_qemu(keeper, id, err)) {
		spawn_cancel(&child);
		return error_wrap(err, "cannot record the start of QEMU");
	}
	return spawn_open(&child, plan->argv[0], err) && qemu_watch(keeper, id, true, err);
}

static bool begin(struct keeper *keeper, const char *text, const int *fds, size_t fd_count, struct error *err)
{
	struct plan_data *plan = &keeper->plan;

	if (fd_count != plan->fd_count)
		return error_set(err, ERROR_PROTOCOL, "the plan has %zu descriptors, %zu came", plan->fd_count, fd_count);
	keeper->stderr_from = tail_position(plan->stderr_path);
	/* what needs no QEMU is done while that loads */
	return plan_write(plan, text, err) && spawn_qemu(keeper, fds, err) && ports_prepare(keeper, err);
}

void keeper_start(struct keeper *keeper, const char *text, int *fds, size_t fd_count)
{
	struct error err = ERROR_INIT;
	bool fine = begin(keeper, text, fds, fd_count, &err);

	/* QEMU listens on them now: what is held here would outlive it */
	for (size_t i = 0; i < fd_count; i++)
		close(fds[i]);
	bool connected = fine && qemu_connect(keeper, &err);

	if (connected) {
		qemu_begin(keeper);
		if (!control_listen(keeper, &err))
			keeper_start_failed(keeper, &err);
		else
			ports_connect(keeper);
	} else if (fine && err.code == ERROR_NOT_FOUND) {
		qemu_await_exit(keeper);
	} else {
		keeper_start_failed(keeper, &err);
	}
	error_clear(&err);
}

static void report_running(struct keeper *keeper)
{
	keeper_report(keeper, NULL);
	strv_free(keeper->plan.argv);
	keeper->plan.argv = NULL;
	malloc_trim(0);
}

static void record_running(struct keeper *keeper)
{
	keeper_note_detail(keeper);
	recorder_then(keeper, RECORD_LIMIT_MS, report_running);
}

static void on_vnc(struct qmp *qmp, struct json_object *reply, const struct error *err, void *userdata)
{
	struct keeper *keeper = userdata;
	const char *host = json_get_string(reply, "host", NULL), *port = json_get_string(reply, "service", NULL);

	(void)qmp;
	(void)err;
	if (keeper->phase != KEEPER_RUNNING)
		return;
	if (host != NULL && port != NULL) {
		free(keeper->plan.vnc);
		keeper->plan.vnc = strchr(host, ':') == NULL ? strf("%s:%s", host, port) : strf("[%s]:%s", host, port);
	}
	record_running(keeper);
}

void keeper_running(struct keeper *keeper)
{
	keeper->phase = KEEPER_RUNNING;
	json_object_put(keeper->plan.setup);
	keeper->plan.setup = NULL;
	/* which port it has become is QEMU's to say */
	if (keeper->plan.vnc != NULL && text_ends(keeper->plan.vnc, ":auto"))
		qemu_send(keeper, "query-vnc", NULL, on_vnc, keeper);
	else
		record_running(keeper);
	/* a change that was under way when the QEMU before this one died */
	catch_up_look(keeper);
}

void keeper_started(struct keeper *keeper)
{
	record_event(keeper, "lifecycle", "Started Booted", NULL);
	if (keeper->plan.paused) {
		record_event(keeper, "lifecycle", "Suspended Paused", NULL);
		keeper_set_state(keeper, RUN_PAUSED, REASON_PAUSED_USER);
	} else {
		keeper_set_state(keeper, RUN_RUNNING, REASON_RUNNING_BOOTED);
	}
	keeper_running(keeper);
}

/* ---- the end ---- */

static void finish(struct keeper *keeper)
{
	keeper->phase = KEEPER_DONE;
	keeper_report(keeper, error_is_set(&keeper->start_error) ? &keeper->start_error : NULL);
	control_ended(keeper);
	event_base_loopexit(keeper->loop, NULL);
}

/* `virtty` could not do it: the row is set free and the sockets are removed all the same. */
static void release_alone(struct keeper *keeper, const struct error *why)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	keeper_log(keeper, "cannot release by '%s internal release': %s", keeper->plan.virtty, error_text(why));
	if (!directory_remove(keeper->plan.directory, &err))
		keeper_log(keeper, "%s", error_text(&err));
	if (!recorder_set_free(keeper, keeper->final_state, keeper->final_reason, &err))
		keeper_log(keeper, "cannot set the machine free: %s", error_text(&err));
}

static void on_released(struct keeper *keeper, const char *text, int *fds, size_t fd_count, const struct error *err)
{
	for (size_t i = 0; i < fd_count; i++)
		close(fds[i]);
	if (text == NULL)
		release_alone(keeper, err);
	finish(keeper);
}

static void release_now(struct keeper *keeper)
{
	if (recorder_lost(keeper)) {
		finish(keeper);
		return;
	}
	helper_release(keeper, keeper->final_state, keeper->final_reason, on_released);
}

/* Everything is over: history first, then what the start made is taken away. */
static void end(struct keeper *keeper, enum run_state state, int reason, const char *what, const char *detail)
{
	struct json_object *data = json_object_new_object();

	keeper->phase = KEEPER_RELEASING;
	keeper->final_state = state;
	keeper->final_reason = reason;
	shutdown_forget(keeper);
	record_event(keeper, "lifecycle", what, detail);
	keeper_note_detail(keeper);
	json_set_string(data, "state", enum_word(&run_state_words, (int)state));
	json_set_string(data, "reason", run_reason_word(state, reason));
	control_event(keeper, "VIRTTY_STATE", data);
	recorder_then(keeper, RECORD_LIMIT_MS, release_now);
}

/* "exit status 1" and QEMU's last words, as the history keeps them. Owned. */
static char *exit_detail(struct keeper *keeper, const char *tail)
{
	return strf("%s%s%s", keeper->exit_text == NULL ? "QEMU did not run" : keeper->exit_text, tail[0] == '\0' ? "" : "\n", tail);
}

/* The image whose block node a line of QEMU's names. Owned; NULL: none. */
static char *blamed_image(const struct keeper *keeper, const char *line)
{
	static const char mark[] = "\"node-name\":\"libvirt-";
	const char *number = strstr(line, mark);
	_cleanup_free_ char *node = NULL;

	if (number == NULL)
		return NULL;
	number += strlen(mark);
	node = strf("libvirt-%.*s-storage", (int)strspn(number, "0123456789"), number);
	for (char **argument = keeper->plan.argv; argument != NULL && *argument != NULL; argument++) {
		_cleanup_json_ struct json_object *json = **argument == '{' ? json_parse("argv", *argument, strlen(*argument), NULL) : NULL;

		if (json != NULL && text_equal(json_get_string(json, "node-name", NULL), node))
			return xstrdup_null(json_get_string(json, "filename", NULL));
	}
	return NULL;
}

/* QEMU was given the passphrase of an encrypted disk, and it is another one. */
static void fail_locked(struct keeper *keeper, const char *line)
{
	_cleanup_free_ char *image = blamed_image(keeper, line);

	error_set(&keeper->start_error, ERROR_FAILED, "disk '%s': Invalid password, cannot unlock any keyslot", image != NULL ? image : "");
	error_hint(&keeper->start_error, "its <encryption> names the secret that holds the passphrase: 'virtty secret-set-value' sets it");
}

static void end_failed_start(struct keeper *keeper)
{
	_cleanup_free_ char *tail = tail_text(keeper->plan.stderr_path, keeper->stderr_from), *line = tail_last_line(tail);

	if (keeper->destroy_asked) {
		error_set(&keeper->start_error, ERROR_STATE, "it was destroyed while it started");
		end(keeper, RUN_SHUTOFF, REASON_SHUTOFF_DESTROYED, "Stopped Destroyed", "while it started");
		return;
	}
	if (!error_is_set(&keeper->start_error) && strstr(line, "Invalid password, cannot unlock") != NULL)
		fail_locked(keeper, line);
	if (!error_is_set(&keeper->start_error)) {
		error_set(&keeper->start_error, ERROR_FAILED, "QEMU ended at once: %s", line[0] != '\0' ? line : keeper->exit_text);
		/* not the log's path: what install and create made, they take back with it */
		if (strstr(line, "Cannot allocate memory") != NULL)
			error_hint(&keeper->start_error, "the host cannot give it that much memory: give it less, or end another machine first");
		else
			error_hint(&keeper->start_error, "'virtty event %s' shows the last lines it wrote", keeper->plan.name);
	}
	_cleanup_free_ char *what = exit_detail(keeper, tail);
	_cleanup_free_ char *detail = strf("%s\n%s", error_text(&keeper->start_error), what);

	end(keeper, RUN_SHUTOFF, REASON_SHUTOFF_FAILED, "Stopped Failed", detail);
}

void keeper_start_failed(struct keeper *keeper, struct error *err)
{
	if (!error_is_set(&keeper->start_error))
		error_move(&keeper->start_error, err);
	error_clear(err);
	if (keeper->phase == KEEPER_ADOPTING) {
		/* QEMU runs on, and the next one may have more luck */
		finish(keeper);
		return;
	}
	if (keeper->phase != KEEPER_STARTING)
		return;
	if (qemu_is_alive(keeper))
		qemu_signal(keeper, SIGKILL); /* keeper_qemu_ended() goes on */
	else
		end_failed_start(keeper);
}

/* ---- a new start under the same keeper ---- */

static bool take_plan(struct keeper *keeper, const char *text, struct error *err)
{
	int64_t generation = keeper->plan.generation;
	struct plan_data fresh;

	if (!plan_read(&fresh, text, err))
		return false;
	plan_data_clear(&keeper->plan);
	keeper->plan = fresh;
	keeper->plan.generation = generation;
	keeper->plan.paused = false;
	return true;
}

static void on_prepared(struct keeper *keeper, const char *text, int *fds, size_t fd_count, const struct error *err)
{
	_cleanup_error_ struct error why = ERROR_INIT;
	bool fine = text != NULL && !keeper->destroy_asked && take_plan(keeper, text, &why);

	if (fine) {
		keeper->phase = KEEPER_STARTING;
		free(keeper->exit_text);
		keeper->exit_text = NULL;
		keeper_start(keeper, text, fds, fd_count);
		return;
	}
	for (size_t i = 0; i < fd_count; i++)
		close(fds[i]);
	if (keeper->destroy_asked)
		end(keeper, RUN_SHUTOFF, REASON_SHUTOFF_DESTROYED, "Stopped Destroyed", "while it was restarted");
	else
		end(keeper, RUN_SHUTOFF, REASON_SHUTOFF_FAILED, "Stopped Failed", error_text(text == NULL ? err : &why));
}

static void restart(struct keeper *keeper, const char *what, const char *detail)
{
	shutdown_forget(keeper);
	keeper->phase = KEEPER_RESTARTING;
	record_event(keeper, "lifecycle", what, detail);
	keeper_set_state(keeper, RUN_SHUTDOWN, REASON_SHUTDOWN_USER);
	helper_prepare(keeper, on_prepared);
}

/* Three times in a minute, not more: what dies at once is not started for ever. */
static bool restart_allowed(struct keeper *keeper)
{
	int64_t now = clock_monotonic_ms();
	int64_t *oldest = &keeper->restarts_ms[keeper->restart_count % RESTART_LIMIT];

	if (keeper->restart_count >= RESTART_LIMIT && now - *oldest < RESTART_WINDOW_MS)
		return false;
	*oldest = now;
	keeper->restart_count++;
	return true;
}

/* ---- QEMU has ended ---- */

static void forget_timers(struct keeper *keeper)
{
	if (keeper->kill_timer != NULL)
		event_del(keeper->kill_timer);
	if (keeper->shutdown_timer != NULL)
		event_del(keeper->shutdown_timer);
}

void keeper_qemu_ended(struct keeper *keeper, bool known, int status)
{
	enum shutdown_then then = keeper->shutdown_then;

	forget_timers(keeper);
	ports_disconnect(keeper);
	free(keeper->exit_text);
	keeper->exit_text = known ? process_status_text(status) : xstrdup("exit status unknown");
	if (keeper->phase == KEEPER_STARTING) {
		end_failed_start(keeper);
		return;
	}
	if (keeper->phase == KEEPER_ADOPTING)
		error_set(&keeper->start_error, ERROR_STATE, "'%s' has ended by itself just now", keeper->plan.name);

	struct ending ending = ending_of(keeper, known, status);
	_cleanup_free_ char *tail = tail_text(keeper->plan.stderr_path, keeper->stderr_from), *detail = exit_detail(keeper, tail);

	if (then == THEN_STAY_OFF)
		ending.restart = false;
	if (ending.kind == ENDING_OFF && then == THEN_RESTART) {
		restart(keeper, ending.what, detail);
		return;
	}
	if (ending.restart && restart_allowed(keeper)) {
		restart(keeper, ending.what, detail);
		return;
	}
	if (ending.restart) {
		_cleanup_free_ char *enough = strf("%s\nnot restarted: it ended %d times within %d s", detail, RESTART_LIMIT + 1,
						   RESTART_WINDOW_MS / 1000);

		end(keeper, RUN_SHUTOFF, ending.reason, ending.what, enough);
		return;
	}
	end(keeper, RUN_SHUTOFF, ending.reason, ending.what, detail);
}
