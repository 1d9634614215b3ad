/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guards a bridge that is being made. Nobody's child when it matters: a connection that breaks takes its terminal and its shell along, not this. */
#include "core/keeper/bridge.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/socket.h"
#include "base/text.h"
#include "core/bridge_internal.h"
#include "core/keeper_spawn.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_LIMIT_MS 10000
#define CLIENT_LIMIT_MS	 2000
#define TRIES		 5 /* to put back, a second apart */

struct guard {
	const char *directory;
	struct bridge_plan plan;
	int start_fd, signals, control, lock; /* owned */
};

/* Before anybody hears that it is over: who goes on from there must not find us at it still. */
static void let_go(struct guard *guard)
{
	_cleanup_free_ char *socket_path = bridge_socket(guard->directory);

	/* the next guard listens there */
	if (guard->control >= 0)
		unlink(socket_path);
	cleanup_close(&guard->control);
	guard->control = -1;
	cleanup_close(&guard->lock);
	guard->lock = -1;
}

/* The last word to who asked for the bridge, who may be gone. */
static void tell_outcome(struct guard *guard, const char *outcome)
{
	_cleanup_json_ struct json_object *json = json_object_new_object();
	_cleanup_free_ char *text = NULL;

	json_set_string(json, "outcome", outcome);
	text = json_text(json);
	(void)message_send(guard->start_fd, text, strlen(text), NULL, 0, NULL);
}

/* The host without its network is the worst that can be left: what fails is tried again. */
static bool put_back(struct guard *guard, struct error *err)
{
	for (int tries = 1;; tries++) {
		if (bridge_put_back(guard->directory, &guard->plan, err))
			return true;
		fprintf(stderr, "%s\n", error_text(err));
		if (tries == TRIES)
			return false;
		(void)poll(NULL, 0, 1000);
	}
}

/* What another front end asks: "confirm br0", "put-back br0". True: it is decided. */
static bool serve(struct guard *guard)
{
	_cleanup_close_ int client = accept4(guard->control, NULL, NULL, SOCK_CLOEXEC);
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = NULL, *confirm = strf("confirm %s", guard->plan.name), *back = strf("put-back %s", guard->plan.name);

	if (client < 0 || !message_receive(client, BRIDGE_MESSAGE_LIMIT, CLIENT_LIMIT_MS, &text, NULL, 0, NULL, NULL))
		return false;
	if (text_equal(text, confirm)) {
		bridge_plan_remove(guard->directory);
		let_go(guard);
		tell_outcome(guard, "confirmed");
		(void)keeper_send_outcome(client, NULL);
		return true;
	}
	if (!text_equal(text, back)) {
		error_set(&err, ERROR_STATE, "it is bridge '%s' that waits to be confirmed", guard->plan.name);
		(void)keeper_send_outcome(client, &err);
		return false;
	}
	bool done = put_back(guard, &err);

	let_go(guard);
	if (done)
		tell_outcome(guard, "put-back");
	(void)keeper_send_outcome(client, done ? NULL : &err);
	return true;
}

static void wait_confirmation(struct guard *guard)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	for (;;) {
		struct pollfd polls[2] = { { .fd = guard->control, .events = POLLIN }, { .fd = guard->signals, .events = POLLIN } };
		int64_t left = guard->plan.deadline_ms - clock_boot_ms();

		if (left > 0 && poll(polls, 2, (int)left) < 0 && errno != EINTR)
			break;
		if (polls[0].revents != 0 && serve(guard))
			return;
		/* who ends it does not want what it guards */
		if (polls[1].revents != 0 || left <= 0)
			break;
	}
	bool done = put_back(guard, &err);

	let_go(guard);
	if (done)
		tell_outcome(guard, "put-back");
}

static void make(struct guard *guard, struct json_object *request_json)
{
	_cleanup_free_ char *socket_path = bridge_socket(guard->directory);
	_cleanup_error_ struct error err = ERROR_INIT;
	struct bridge_request request;

	bridge_request_read(request_json, &request);
	if (request.timeout_s > 0)
		guard->control = socket_listen(socket_path, 4, &err);
	bool ok = (request.timeout_s == 0 || guard->control >= 0) && bridge_carry_out(guard->directory, &request, &guard->plan, &err);

	if (ok && request.timeout_s == 0)
		bridge_plan_remove(guard->directory);
	if (!ok || request.timeout_s == 0)
		let_go(guard);
	/* Who asked and is gone before it was done may have been cut off by it. */
	if (!keeper_send_outcome(guard->start_fd, ok ? NULL : &err) && ok && request.timeout_s > 0)
		(void)put_back(guard, &err);
	else if (ok && request.timeout_s > 0)
		wait_confirmation(guard);
}

static void work(struct guard *guard)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_json_ struct json_object *request = NULL;
	_cleanup_free_ char *text = NULL;

	if (!message_receive(guard->start_fd, BRIDGE_MESSAGE_LIMIT, REQUEST_LIMIT_MS, &text, NULL, 0, NULL, NULL))
		return;
	guard->lock = bridge_lock(guard->directory, &err);
	request = guard->lock >= 0 ? json_parse("request", text, strlen(text), &err) : NULL;
	if (request == NULL) {
		(void)keeper_send_outcome(guard->start_fd, &err);
	} else if (text_equal(json_get_string(request, "action", ""), "create")) {
		make(guard, request);
	} else {
		bool ok = bridge_take_away(guard->directory, json_get_string(request, "name", ""), &err);

		let_go(guard);
		(void)keeper_send_outcome(guard->start_fd, ok ? NULL : &err);
	}
}

int bridge_guard(const char *directory, int start_fd)
{
	struct guard guard = { .directory = directory, .start_fd = start_fd, .signals = -1, .control = -1, .lock = -1 };
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	guard.signals = signalfd(-1, &ends, SFD_CLOEXEC);
	work(&guard);
	let_go(&guard);
	bridge_plan_clear(&guard.plan);
	cleanup_close(&guard.signals);
	cleanup_close(&guard.start_fd);
	return 0;
}
