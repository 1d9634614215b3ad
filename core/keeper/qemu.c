/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper's QEMU: its process, watched by pidfd, and its QMP connection in the event loop. */
#include "core/keeper/qemu.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/socket.h"
#include "core/keeper/control.h"
#include "core/keeper/reexec.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define RECONNECT_MS     1000 /* QEMU lives but its QMP broke: try again */
#define ADOPT_GREETING_S 10
#define LAST_STEPS       64   /* what a QEMU that has ended may still have said */
#define NO_VERSION       "{\"version\": {\"qemu\": {\"micro\": 0, \"minor\": 0, \"major\": 0}, \"package\": \"\"}, \"capabilities\": []}"

struct qemu {
	struct keeper *keeper;
	struct process_id id;
	bool child;
	int pidfd;
	struct event *exit;
	struct qmp *qmp;
	struct event *read, *write;
	struct event *reconnect; /* also the limit for an adopted QEMU's greeting */
	size_t setup_left;
	char *version;
	struct qemu_story story;
};

/* ---- the process ---- */

static void qmp_drop(struct qemu *qemu)
{
	if (qemu->read != NULL)
		event_free(qemu->read);
	if (qemu->write != NULL)
		event_free(qemu->write);
	qemu->read = qemu->write = NULL;
	/* failing the waiting calls may look at us: we have no connection any more */
	struct qmp *qmp = TAKE_POINTER(qemu->qmp);

	qmp_free(qmp);
}

static void process_drop(struct qemu *qemu)
{
	if (qemu->exit != NULL)
		event_free(qemu->exit);
	qemu->exit = NULL;
	if (qemu->pidfd >= 0)
		close(qemu->pidfd);
	qemu->pidfd = -1;
	qemu->id = (struct process_id){ 0 };
}

static void on_exit_event(evutil_socket_t fd, short what, void *userdata)
{
	struct qemu *qemu = userdata;
	struct keeper *keeper = qemu->keeper;
	int status = 0;
	bool known = false;

	(void)fd;
	(void)what;
	for (int i = 0; i < LAST_STEPS && qemu->qmp != NULL && qmp_step(qemu->qmp, NULL); i++)
		;
	event_del(qemu->reconnect);
	qmp_drop(qemu);
	if (qemu->child)
		known = waitpid(qemu->id.pid, &status, 0) == qemu->id.pid;
	process_drop(qemu);
	keeper_qemu_ended(keeper, known, status);
}

bool qemu_watch(struct keeper *keeper, struct process_id id, bool child, struct error *err)
{
	struct qemu *qemu = keeper->qemu;

	process_drop(qemu);
	memset(&qemu->story, 0, sizeof qemu->story);
	qemu->pidfd = (int)syscall(SYS_pidfd_open, id.pid, 0);
	if (qemu->pidfd < 0)
		return error_set_errno(err, errno, "cannot watch process %d", (int)id.pid);
	/* only now is it certain that this number is still that process */
	if (!child && !process_alive(&id)) {
		process_drop(qemu);
		return error_set(err, ERROR_STATE, "process %d is not QEMU any more", (int)id.pid);
	}
	qemu->id = id;
	qemu->child = child;
	qemu->exit = event_new(keeper->loop, qemu->pidfd, EV_READ, on_exit_event, qemu);
	event_add(qemu->exit, NULL);
	return true;
}

bool qemu_is_alive(const struct keeper *keeper)
{
	return keeper->qemu->id.pid != 0;
}

struct process_id qemu_id(const struct keeper *keeper)
{
	return keeper->qemu->id;
}

bool qemu_is_child(const struct keeper *keeper)
{
	return keeper->qemu->child;
}

void qemu_signal(struct keeper *keeper, int signal_number)
{
	if (keeper->qemu->pidfd >= 0)
		syscall(SYS_pidfd_send_signal, keeper->qemu->pidfd, signal_number, NULL, 0);
}

/* ---- the QMP connection ---- */

static void on_qmp_event(struct qmp *qmp, const char *name, struct json_object *data, int64_t at_ms, void *userdata)
{
	struct qemu *qemu = userdata;

	(void)qmp;
	(void)at_ms;
	qemu_event(qemu->keeper, name, data);
}

static void want_write(struct qemu *qemu)
{
	if (qemu->qmp != NULL && qmp_wants_write(qemu->qmp))
		event_add(qemu->write, NULL);
}

/* Mostly QEMU has ended, and its process will be seen to in a moment; if not, it listens again. */
static void qmp_lost(struct qemu *qemu)
{
	struct timeval wait = { RECONNECT_MS / 1000, 0 };

	qmp_drop(qemu);
	event_add(qemu->reconnect, &wait);
}

static void on_qmp_ready(evutil_socket_t fd, short what, void *userdata)
{
	struct qemu *qemu = userdata;

	(void)fd;
	(void)what;
	if (!qmp_step(qemu->qmp, NULL)) {
		qmp_lost(qemu);
		return;
	}
	if (qmp_ready(qemu->qmp))
		qemu->story.connected = true;
	want_write(qemu);
	reexec_try(qemu->keeper);
}

static void qmp_attach(struct qemu *qemu, struct qmp *qmp)
{
	qemu->qmp = qmp;
	qemu->read = event_new(qemu->keeper->loop, qmp_fd(qmp), EV_READ | EV_PERSIST, on_qmp_ready, qemu);
	qemu->write = event_new(qemu->keeper->loop, qmp_fd(qmp), EV_WRITE, on_qmp_ready, qemu);
	event_add(qemu->read, NULL);
	control_attach(qemu->keeper, qmp);
}

bool qemu_connect(struct keeper *keeper, struct error *err)
{
	struct qemu *qemu = keeper->qemu;
	int fd = socket_connect(keeper->plan.qmp, err);

	if (fd < 0)
		return error_wrap(err, "cannot reach QEMU");
	qmp_attach(qemu, qmp_new(fd, on_qmp_event, qemu));
	if (keeper->phase != KEEPER_STARTING) {
		struct timeval limit = { ADOPT_GREETING_S, 0 };

		event_add(qemu->reconnect, &limit);
	}
	return true;
}

void qemu_await_exit(struct keeper *keeper)
{
	qmp_lost(keeper->qemu);
}

/* The reconnect timer: QMP broke a second ago, or an adopted QEMU has not greeted in time. */
static void on_reconnect(evutil_socket_t fd, short what, void *userdata)
{
	struct qemu *qemu = userdata;
	struct keeper *keeper = qemu->keeper;
	_cleanup_error_ struct error err = ERROR_INIT;

	(void)fd;
	(void)what;
	if (qemu->qmp != NULL && qmp_ready(qemu->qmp))
		return;
	if (keeper->phase == KEEPER_STARTING) {
		error_set(&err, ERROR_PROTOCOL, "QEMU's QMP connection broke while it started");
		keeper_start_failed(keeper, &err);
		return;
	}
	if (keeper->phase == KEEPER_ADOPTING) {
		error_set(&err, ERROR_TIMEOUT, "QEMU (process %d) of '%s' does not answer", (int)qemu->id.pid, keeper->plan.name);
		error_hint(&err, "some process still holds its QMP connection '%s', or it is stopped; 'kill -9 %d' ends the machine",
			   keeper->plan.qmp, (int)qemu->id.pid);
		keeper_start_failed(keeper, &err);
		return;
	}
	keeper_log(keeper, "QEMU's QMP connection broke; connecting anew");
	qemu->story.connected = false;
	qmp_drop(qemu);
	if (qemu_connect(keeper, &err)) {
		qemu_ask_state(keeper);
		return;
	}
	struct timeval again = { 10, 0 };

	event_add(qemu->reconnect, &again);
}

void qemu_send(struct keeper *keeper, const char *command, struct json_object *arguments, qmp_reply_fn *on_reply, void *userdata)
{
	struct qemu *qemu = keeper->qemu;

	if (qemu->qmp == NULL) {
		_cleanup_error_ struct error err = ERROR_INIT;

		json_object_put(arguments);
		error_set(&err, ERROR_STATE, "there is no connection to QEMU now");
		if (on_reply != NULL)
			on_reply(NULL, NULL, &err, userdata);
		return;
	}
	qmp_send(qemu->qmp, command, arguments, on_reply, userdata);
	want_write(qemu);
}

struct qmp *qemu_qmp(struct keeper *keeper)
{
	return keeper->qemu->qmp;
}

void qemu_kick(struct keeper *keeper)
{
	want_write(keeper->qemu);
}

const char *qemu_version(struct keeper *keeper)
{
	struct qemu *qemu = keeper->qemu;
	const char *greeting = qemu->qmp == NULL ? NULL : qmp_greeting(qemu->qmp);

	if (qemu->version == NULL && greeting != NULL) {
		_cleanup_json_ struct json_object *json = json_parse("greeting", greeting, strlen(greeting), NULL);
		struct json_object *own = json_get(json, "QMP");

		if (own != NULL) {
			json_set(own, "capabilities", json_object_new_array());
			qemu->version = json_text(own);
		}
	}
	return qemu->version == NULL ? NO_VERSION : qemu->version;
}

struct qemu_story *qemu_story(struct keeper *keeper)
{
	return &keeper->qemu->story;
}

/* ---- the start ---- */

static void on_running(struct qmp *qmp, struct json_object *reply, const struct error *err, void *userdata)
{
	struct qemu *qemu = userdata;
	struct error why = ERROR_INIT;

	(void)qmp;
	if (qemu->keeper->phase != KEEPER_STARTING)
		return;
	if (reply != NULL) {
		keeper_started(qemu->keeper);
		return;
	}
	if (err->code == ERROR_PROTOCOL)
		return; /* the connection ended: QEMU's own end tells more */
	error_set(&why, err->code, "QEMU refused to run: %s", error_text(err));
	keeper_start_failed(qemu->keeper, &why);
}

static void run_cpus(struct qemu *qemu)
{
	qemu_send(qemu->keeper, qemu->keeper->plan.paused ? "query-status" : "cont", NULL, on_running, qemu);
}

static void on_setup(struct qmp *qmp, struct json_object *reply, const struct error *err, void *userdata)
{
	struct qemu *qemu = userdata;
	struct error why = ERROR_INIT;

	(void)qmp;
	if (qemu->keeper->phase != KEEPER_STARTING)
		return;
	if (reply == NULL && err->code == ERROR_PROTOCOL)
		return;
	if (reply == NULL) {
		error_set(&why, err->code, "QEMU refused a setting: %s", error_text(err));
		keeper_start_failed(qemu->keeper, &why);
		return;
	}
	if (--qemu->setup_left == 0)
		run_cpus(qemu);
}

void qemu_begin(struct keeper *keeper)
{
	struct qemu *qemu = keeper->qemu;
	struct json_object *setup = keeper->plan.setup;
	size_t count = setup == NULL ? 0 : json_object_array_length(setup);

	qemu->setup_left = count;
	if (count == 0)
		run_cpus(qemu);
	for (size_t i = 0; i < count; i++) {
		struct json_object *command = json_object_array_get_idx(setup, i);

		qemu_send(keeper, json_get_string(command, "execute", ""), json_object_get(json_get(command, "arguments")), on_setup, qemu);
	}
}

/* ---- the state, asked ---- */

static void on_status(struct qmp *qmp, struct json_object *reply, const struct error *err, void *userdata)
{
	struct qemu *qemu = userdata;

	(void)qmp;
	(void)err;
	if (reply == NULL)
		return;
	event_del(qemu->reconnect);
	qemu_state_word(qemu->keeper, json_get_string(reply, "status", ""));
}

void qemu_ask_state(struct keeper *keeper)
{
	qemu_send(keeper, "query-status", NULL, on_status, keeper->qemu);
}

/* ---- over an execution anew ---- */

bool qemu_at_rest(struct keeper *keeper)
{
	const struct qmp *qmp = keeper->qemu->qmp;

	return qmp != NULL && qmp_at_rest(qmp);
}

struct json_object *qemu_save(struct keeper *keeper)
{
	struct qemu *qemu = keeper->qemu;
	struct json_object *json = json_object_new_object();

	json_set_int(json, "pid", qemu->id.pid);
	json_set_int(json, "start", (int64_t)qemu->id.start);
	json_set_bool(json, "child", qemu->child);
	reexec_keep_fd(json, "qmp", qmp_fd(qemu->qmp));
	json_set_string(json, "greeting", qmp_greeting(qemu->qmp));
	json_set_int(json, "next_id", (int64_t)qmp_next_id(qemu->qmp));
	json_set_string(json, "shutdown", qemu->story.shutdown);
	json_set_bool(json, "panicked", qemu->story.panicked);
	json_set_bool(json, "crashed_state", qemu->story.crashed_state);
	return json;
}

bool qemu_restore(struct keeper *keeper, struct json_object *json, struct error *err)
{
	struct qemu *qemu = keeper->qemu;
	struct process_id id = { (pid_t)json_get_int(json, "pid", 0), (uint64_t)json_get_int(json, "start", 0) };
	int fd = reexec_take_fd(json, "qmp");
	const char *greeting = json_get_string(json, "greeting", NULL);

	if (fd < 0 || greeting == NULL || !qemu_watch(keeper, id, json_get_bool(json, "child", false), err)) {
		cleanup_close(&fd);
		return false;
	}
	qmp_attach(qemu, qmp_resume(fd, greeting, (uint64_t)json_get_int(json, "next_id", 1), on_qmp_event, qemu));
	snprintf(qemu->story.shutdown, sizeof qemu->story.shutdown, "%s", json_get_string(json, "shutdown", ""));
	qemu->story.panicked = json_get_bool(json, "panicked", false);
	qemu->story.crashed_state = json_get_bool(json, "crashed_state", false);
	qemu->story.connected = true;
	return true;
}

/* ---- life ---- */

struct qemu *qemu_new(struct keeper *keeper)
{
	struct qemu *qemu = xcalloc(1, sizeof *qemu);

	qemu->keeper = keeper;
	qemu->pidfd = -1;
	qemu->reconnect = evtimer_new(keeper->loop, on_reconnect, qemu);
	return qemu;
}

void qemu_free(struct qemu *qemu)
{
	if (qemu == NULL)
		return;
	qmp_drop(qemu);
	process_drop(qemu);
	event_free(qemu->reconnect);
	free(qemu->version);
	free(qemu);
}
