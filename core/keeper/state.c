/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the machine is in: told to the record and to the clients. */
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "config.h"
#include "core/keeper/control.h"
#include "core/keeper/keeper.h"
#include "core/keeper/port.h"
#include "core/keeper/record.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

void keeper_set_state(struct keeper *keeper, enum run_state state, int reason)
{
	if (keeper->state == state && keeper->reason == reason)
		return;
	keeper->state = state;
	keeper->reason = reason;
	record_state(keeper, state, reason);

	struct json_object *data = json_object_new_object();

	json_set_string(data, "state", enum_word(&run_state_words, (int)state));
	json_set_string(data, "reason", run_reason_word(state, reason));
	control_event(keeper, "VIRTTY_STATE", data);
}

struct json_object *keeper_consoles_json(struct keeper *keeper)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < ports_count(keeper); i++) {
		struct json_object *item = json_object_new_object();
		const struct plan_console *console = port_plan(keeper, i);

		json_set_string(item, "name", console->name);
		json_set_string(item, "viewer", console->viewer);
		json_set_string(item, "log", console->log);
		json_set_string(item, "pty", port_pty(keeper, i));
		json_set_int(item, "log_start", port_log_start(keeper, i));
		json_object_array_add(list, item);
	}
	return list;
}

void keeper_note_detail(struct keeper *keeper)
{
	_cleanup_json_ struct json_object *detail = json_object_new_object();

	json_set_string(detail, "version", PACKAGE_VERSION);
	json_set_string(detail, "accel", keeper->plan.accel);
	json_set_string(detail, "vnc", keeper->plan.vnc);
	json_set(detail, "consoles", keeper_consoles_json(keeper));
	json_set_int(detail, "stderr_from", keeper->stderr_from);
	if (keeper->exit_text != NULL)
		json_set_string(detail, "exit", keeper->exit_text);
	if (keeper->shutdown_asked_ms != 0) {
		json_set_int(detail, "shutdown_asked_ms", keeper->shutdown_asked_ms);
		json_set_string(detail, "shutdown_then", enum_word(&shutdown_then_words, (int)keeper->shutdown_then));
	}
	_cleanup_free_ char *text = json_text(detail);

	record_detail(keeper, text);
}

void keeper_log(struct keeper *keeper, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	_cleanup_free_ char *text = vstrf(format, ap), *when = clock_text(clock_wall_ms());
	_cleanup_free_ char *line = strf("%s %s: %s\n", when, keeper->plan.name == NULL ? "?" : keeper->plan.name, text);

	va_end(ap);
	(void)write_all(STDERR_FILENO, line, strlen(line));
}
