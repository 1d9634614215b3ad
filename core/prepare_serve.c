/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty internal prepare|release|catch-up`: what a keeper runs for a moment, answering over a descriptor. */
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "core/device_change.h"
#include "core/manager_internal.h"
#include "core/prepare.h"

#include <string.h>
#include <unistd.h>

/* The words after `virtty internal`. */
struct order {
	enum { ORDER_PREPARE, ORDER_RELEASE, ORDER_CATCH_UP } what;
	int fd;       /* -1: the exit status alone answers */
	int64_t domain_id, generation;
	int64_t state, reason;
};

static bool read_order(int argc, char **argv, struct order *ret, struct error *err)
{
	const struct {
		const char *option;
		int64_t *value;
	} options[] = {
		{ "--domain", &ret->domain_id }, { "--generation", &ret->generation }, { "--state", &ret->state }, { "--reason", &ret->reason },
	};
	int64_t fd = -1;

	*ret = (struct order){ .fd = -1, .state = RUN_SHUTOFF };
	if (argc < 1 || (!text_equal(argv[0], "prepare") && !text_equal(argv[0], "release") && !text_equal(argv[0], "catch-up")))
		return error_set(err, ERROR_INVALID, "'virtty internal' takes prepare, release or catch-up");
	ret->what = text_equal(argv[0], "prepare") ? ORDER_PREPARE : text_equal(argv[0], "release") ? ORDER_RELEASE : ORDER_CATCH_UP;
	for (int i = 1; i < argc; i += 2) {
		int64_t *value = text_equal(argv[i], "--fd") ? &fd : NULL;

		for (size_t j = 0; j < ARRAY_LENGTH(options) && !value; j++)
			if (text_equal(argv[i], options[j].option))
				value = options[j].value;
		if (!value || i + 1 >= argc || !text_to_int(argv[i + 1], value))
			return error_set(err, ERROR_INVALID, "virtty internal %s: '%s' is not understood", argv[0], argv[i]);
	}
	/* Someone else's descriptor must not be written to. */
	if (fd > STDERR_FILENO && fd_set_cloexec((int)fd, true))
		ret->fd = (int)fd;
	if (ret->domain_id <= 0 || ret->generation <= 0 || (ret->what == ORDER_PREPARE && ret->fd < 0) || ret->state < 0 || ret->state >= RUN_STATE_COUNT)
		return error_set(err, ERROR_INVALID, "virtty internal %s: an option is missing or out of range", argv[0]);
	return true;
}

/* The row must be held by the keeper that asks: by this generation. */
static bool prepare(struct manager *manager, const struct order *order, struct plan *plan, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };

	if (!machine_reload(manager, order->domain_id, &machine, err))
		return false;
	if (machine.run.generation != order->generation || machine.run.phase != RUN_OWNED)
		return error_set(err, ERROR_BUSY, "'%s' is held by somebody else", machine.name);
	return prepare_start(manager, &machine, order->generation, PREPARE_RESTART, plan, err) ||
	       error_wrap(err, "cannot restart '%s'", machine.name);
}

static bool carry_out(const struct order *order, struct plan *plan, struct error *err)
{
	struct manager *manager;
	bool ok;

	if (!manager_open(&manager, err))
		return false;
	if (order->what == ORDER_PREPARE)
		ok = prepare(manager, order, plan, err);
	else if (order->what == ORDER_RELEASE)
		ok = release_start(manager, order->domain_id, order->generation, (enum run_state)order->state, (int)order->reason, err);
	else
		ok = domain_catch_up(manager, order->domain_id, err);
	manager_close(manager);
	return ok;
}

static char *error_json(const struct error *err)
{
	_cleanup_json_ struct json_object *object = json_object_new_object();
	struct json_object *inner = json_object_new_object();

	json_set_string(inner, "message", error_text(err));
	json_set_string(inner, "hint", err->hint);
	json_set(object, "error", inner);
	return json_text(object);
}

int prepare_serve(int argc, char **argv)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_plan_ struct plan plan = { 0 };
	_cleanup_free_ char *answer = NULL;
	struct order order;
	bool ok;

	ok = read_order(argc, argv, &order, &err) && carry_out(&order, &plan, &err);
	if (order.fd >= 0) {
		answer = ok ? xstrdup(plan.text ? plan.text : "{}") : error_json(&err);
		ok = message_send(order.fd, answer, strlen(answer), plan.fds, plan.fd_count, NULL) && ok;
	}
	return ok ? 0 : 1;
}
