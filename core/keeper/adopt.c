/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking over a QEMU whose keeper died: the state is read anew, what was missed is recorded. */
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/keeper/control.h"
#include "core/keeper/keeper.h"
#include "core/keeper/port.h"
#include "core/keeper/qemu.h"
#include "core/keeper/record.h"

#include <string.h>

/* What the row knows beside state and processes. */
static void read_detail(struct keeper *keeper, const struct run *run, int64_t *ret_asked_ms, enum shutdown_then *ret_then)
{
	_cleanup_json_ struct json_object *detail =
		run->detail == NULL ? NULL : json_parse("run.detail", run->detail, strlen(run->detail), NULL);
	struct json_object *consoles = json_get(detail, "consoles");

	*ret_asked_ms = json_get_int(detail, "shutdown_asked_ms", 0);
	*ret_then = shutdown_then_of(json_get_string(detail, "shutdown_then", "off"));
	keeper->stderr_from = json_get_int(detail, "stderr_from", 0);
	if (!json_object_is_type(consoles, json_type_array))
		return;
	for (size_t i = 0; i < json_object_array_length(consoles); i++) {
		struct json_object *item = json_object_array_get_idx(consoles, i);

		port_seed(keeper, json_get_string(item, "name", ""), json_get_int(item, "log_start", 0));
	}
}

static void on_status(struct qmp *qmp, struct json_object *reply, const struct error *err, void *userdata)
{
	struct keeper *keeper = userdata;
	const char *word = json_get_string(reply, "status", "");
	int64_t asked_ms = keeper->shutdown_asked_ms;

	(void)qmp;
	(void)err;
	if (keeper->phase != KEEPER_ADOPTING || reply == NULL)
		return; /* the end of QEMU, or the limit for its answer, says the rest */
	ports_connect(keeper);
	/* its keeper died between exec and cont: the start goes on */
	if (text_equal(word, "prelaunch") && keeper->state == RUN_PAUSED && keeper->reason == REASON_PAUSED_STARTING_UP) {
		keeper->phase = KEEPER_STARTING;
		qemu_begin(keeper);
		return;
	}
	record_event(keeper, "keeper", "Adopted", NULL);
	qemu_state_word(keeper, word);
	keeper_running(keeper);
	/* what went away, or was left half done, while no keeper lived */
	catch_up_note(keeper);
	shutdown_resume(keeper, asked_ms, keeper->shutdown_then);
}

static bool begin(struct keeper *keeper, const struct run *run, struct error *err)
{
	if (!qemu_watch(keeper, run->qemu, false, err))
		return false;
	keeper->state = run->state;
	keeper->reason = run->reason;
	if (!ports_prepare(keeper, err))
		return false;
	read_detail(keeper, run, &keeper->shutdown_asked_ms, &keeper->shutdown_then);
	if (!control_listen(keeper, err) || !qemu_connect(keeper, err))
		return false;
	qemu_send(keeper, "query-status", NULL, on_status, keeper);
	return true;
}

void keeper_adopt(struct keeper *keeper)
{
	struct error err = ERROR_INIT;
	_cleanup_run_ struct run run = { 0 };

	keeper->phase = KEEPER_ADOPTING;
	if (!recorder_read(keeper, &run, &err)) {
		keeper_start_failed(keeper, &err);
		return;
	}
	if (process_alive(&run.qemu)) {
		if (!begin(keeper, &run, &err))
			keeper_start_failed(keeper, &err);
		return;
	}
	keeper->state = run.state;
	keeper->reason = run.reason;
	keeper_qemu_ended(keeper, false, 0);
}
