/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper executes itself anew. */
#include "core/keeper/reexec.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/keeper/qemu.h"
#include "core/keeper/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TRY_MS   20
#define DROP_MS  1000 /* clients with something half said are closed then */
#define LIMIT_MS 5000
#define SIZE_LIMIT (64 * 1024 * 1024)

/* ---- handing over ---- */

void reexec_keep_fd(struct json_object *json, const char *key, int fd)
{
	json_set_int(json, key, fd);
	if (fd >= 0)
		fd_set_cloexec(fd, false);
}

int reexec_take_fd(struct json_object *json, const char *key)
{
	int fd = (int)json_get_int(json, key, -1);

	if (fd >= 0)
		fd_set_cloexec(fd, true);
	return fd;
}

void reexec_keep_bytes(struct json_object *json, const char *key, const struct strbuf *bytes)
{
	static const char digits[] = "0123456789abcdef";
	_cleanup_strbuf_ struct strbuf hex = STRBUF_INIT;

	for (size_t i = 0; i < bytes->length; i++) {
		strbuf_putc(&hex, digits[(unsigned char)bytes->data[i] >> 4]);
		strbuf_putc(&hex, digits[(unsigned char)bytes->data[i] & 15]);
	}
	if (hex.length > 0)
		json_set_string(json, key, hex.data);
}

void reexec_take_bytes(struct json_object *json, const char *key, struct strbuf *ret)
{
	const char *hex = json_get_string(json, key, "");

	for (size_t i = 0; hex[i] != '\0' && hex[i + 1] != '\0'; i += 2) {
		int high = hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10;
		int low = hex[i + 1] <= '9' ? hex[i + 1] - '0' : hex[i + 1] - 'a' + 10;

		strbuf_putc(ret, (char)(high << 4 | low));
	}
}

/* What an adopting keeper would be told: the plan's body is in plan.json. */
static struct json_object *head(struct keeper *keeper)
{
	const struct plan_data *plan = &keeper->plan;
	struct json_object *json = json_object_new_object();

	json_set_int(json, "format", PLAN_FORMAT);
	json_set_string(json, "mode", "adopt");
	json_set_int(json, "domain", plan->domain);
	json_set_int(json, "generation", plan->generation);
	json_set_string(json, "directory", plan->directory);
	json_set_string(json, "database", plan->database);
	json_set_string(json, "virtty", plan->virtty);
	return json;
}

static struct json_object *save(struct keeper *keeper)
{
	struct json_object *json = json_object_new_object();

	json_set(json, "head", head(keeper));
	json_set_int(json, "state", keeper->state);
	json_set_int(json, "reason", keeper->reason);
	json_set_int(json, "stderr_from", keeper->stderr_from);
	json_set_int(json, "shutdown_asked_ms", keeper->shutdown_asked_ms);
	json_set_string(json, "shutdown_then", enum_word(&shutdown_then_words, (int)keeper->shutdown_then));
	json_set(json, "qemu", qemu_save(keeper));
	json_set(json, "control", control_save(keeper));
	json_set(json, "ports", ports_save(keeper));
	return json;
}

/* After a failed exec: nothing that was kept open may reach a child. */
static void close_again(void)
{
	(void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
}

static bool execute(struct keeper *keeper, struct error *err)
{
	_cleanup_json_ struct json_object *json = save(keeper);
	_cleanup_free_ char *text = json_text(json);
	_cleanup_close_ int fd = memfd_create("virtty-keeper", 0);
	char number[16];

	if (fd < 0 || !write_all(fd, text, strlen(text))) {
		error_set_errno(err, errno, "cannot write down the keeper's state");
		close_again();
		return false;
	}
	snprintf(number, sizeof number, "%d", fd);
	char *argv[] = { keeper->reexec_path, (char *)(uintptr_t)REEXEC_OPTION, number, NULL };

	execv(keeper->reexec_path, argv);
	error_set_errno(err, errno, "cannot run '%s'", keeper->reexec_path);
	close_again();
	return false;
}

static void give_up(struct keeper *keeper, const struct error *err)
{
	reexec_forget(keeper);
	control_answer_reexec(keeper, err);
}

void reexec_try(struct keeper *keeper)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct timeval again = { 0, TRY_MS * 1000 };

	if (keeper->reexec_path == NULL)
		return;
	int64_t age = clock_monotonic_ms() - keeper->reexec_since_ms;
	bool rest = keeper->phase == KEEPER_RUNNING && keeper->helper == NULL && qemu_at_rest(keeper) && recorder_at_rest(keeper) &&
		    control_at_rest(keeper, age > DROP_MS);

	if (rest && !execute(keeper, &err)) {
		give_up(keeper, &err);
		return;
	}
	if (age > LIMIT_MS) {
		error_set(&err, ERROR_BUSY, "the keeper is busy: QEMU owes it an answer, or the database is locked");
		give_up(keeper, &err);
		return;
	}
	event_add(keeper->reexec_timer, &again);
}

static void on_try(evutil_socket_t fd, short what, void *userdata)
{
	(void)fd;
	(void)what;
	reexec_try(userdata);
}

bool reexec_ask(struct keeper *keeper, const char *path, struct error *err)
{
	struct timeval now = { 0, 0 };

	if (keeper->phase != KEEPER_RUNNING)
		return error_set(err, ERROR_STATE, "the machine is not running now");
	if (keeper->reexec_path != NULL)
		return error_set(err, ERROR_BUSY, "that was asked for already");
	if (access(path, X_OK) < 0)
		return error_set_errno(err, errno, "cannot run '%s'", path);
	keeper->reexec_path = xstrdup(path);
	keeper->reexec_since_ms = clock_monotonic_ms();
	keeper->reexec_timer = evtimer_new(keeper->loop, on_try, keeper);
	event_add(keeper->reexec_timer, &now);
	return true;
}

void reexec_forget(struct keeper *keeper)
{
	if (keeper->reexec_timer != NULL)
		event_free(keeper->reexec_timer);
	keeper->reexec_timer = NULL;
	free(keeper->reexec_path);
	keeper->reexec_path = NULL;
}

/* ---- taking up ---- */

static struct json_object *read_state(int fd, struct error *err)
{
	_cleanup_close_ int owned = fd;
	off_t size = lseek(owned, 0, SEEK_END);

	if (size <= 0 || size > SIZE_LIMIT) {
		error_set(err, ERROR_PROTOCOL, "the state of the keeper before has a wrong size");
		return NULL;
	}
	_cleanup_free_ char *text = xmalloc((size_t)size);

	if (pread(owned, text, (size_t)size, 0) != size) {
		error_set_errno(err, errno, "cannot read the state of the keeper before");
		return NULL;
	}
	return json_parse("keeper", text, (size_t)size, err);
}

static bool take_up(struct keeper *keeper, struct json_object *json, struct error *err)
{
	_cleanup_free_ char *text = json_text(json_get(json, "head"));

	if (!plan_read(&keeper->plan, text, err))
		return false;
	keeper->phase = KEEPER_RUNNING;
	keeper->state = (enum run_state)json_get_int(json, "state", RUN_RUNNING);
	keeper->reason = (int)json_get_int(json, "reason", 0);
	keeper->stderr_from = json_get_int(json, "stderr_from", 0);
	control_restore(keeper, json_get(json, "control"));
	if (!qemu_restore(keeper, json_get(json, "qemu"), err))
		return false;
	ports_restore(keeper, json_get(json, "ports"));
	shutdown_resume(keeper, json_get_int(json, "shutdown_asked_ms", 0),
			shutdown_then_of(json_get_string(json, "shutdown_then", "off")));
	return true;
}

void reexec_continue(struct keeper *keeper, int fd)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_json_ struct json_object *json = read_state(fd, &err);

	if (json != NULL && take_up(keeper, json, &err)) {
		/* the row names us already: pid and start time stay over an exec */
		keeper_note_detail(keeper); /* with this program's version */
		record_event(keeper, "keeper", "Renewed", NULL);
		control_answer_reexec(keeper, NULL);
		return;
	}
	/* QEMU runs on; the next live operation adopts it */
	keeper_log(keeper, "cannot go on after executing anew: %s", error_text(&err));
	keeper->phase = KEEPER_DONE;
}
