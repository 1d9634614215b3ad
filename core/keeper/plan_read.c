/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plan as the keeper uses it. */
#include "core/keeper/plan_read.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

ENUM_WORDS(plan_action, PLAN_ACTION_COUNT, "destroy", "restart", "preserve", "rename-restart", "coredump-destroy", "coredump-restart");

void plan_data_clear(struct plan_data *plan)
{
	free(plan->name);
	free(plan->uuid);
	free(plan->database);
	free(plan->virtty);
	free(plan->directory);
	free(plan->qmp);
	free(plan->stderr_path);
	free(plan->accel);
	free(plan->vnc);
	strv_free(plan->argv);
	json_object_put(plan->setup);
	for (size_t i = 0; i < plan->console_count; i++) {
		free(plan->consoles[i].name);
		free(plan->consoles[i].id);
		free(plan->consoles[i].socket);
		free(plan->consoles[i].viewer);
		free(plan->consoles[i].log);
	}
	free(plan->consoles);
	memset(plan, 0, sizeof *plan);
}

/* Takes a member that must be there. */
static bool take_string(struct json_object *json, const char *key, char **ret, struct error *err)
{
	const char *text = json_get_string(json, key, NULL);

	if (text_empty(text))
		return error_set(err, ERROR_PROTOCOL, "the plan has no %s", key);
	free(*ret);
	*ret = xstrdup(text);
	return true;
}

static char *take_optional(struct json_object *json, const char *key)
{
	return xstrdup_null(json_get_string(json, key, NULL));
}

static bool take_action(struct json_object *json, const char *key, enum plan_action *ret, enum plan_action fallback, struct error *err)
{
	const char *word = json_get_string(json, key, NULL);
	int value = word == NULL ? (int)fallback : enum_value(&plan_action_words, word);

	if (value < 0)
		return error_set(err, ERROR_PROTOCOL, "the plan's %s is '%s'", key, word);
	*ret = (enum plan_action)value;
	return true;
}

static bool take_argv(struct json_object *json, struct plan_data *ret, struct error *err)
{
	struct json_object *argv = json_get(json, "argv"), *fds = json_get(json, "fds");

	if (!json_object_is_type(argv, json_type_array) || json_object_array_length(argv) == 0)
		return error_set(err, ERROR_PROTOCOL, "the plan has no argv");
	for (size_t i = 0; i < json_object_array_length(argv); i++)
		ret->argv = strv_add(ret->argv, json_object_get_string(json_object_array_get_idx(argv, i)));
	if (fds == NULL)
		return true;
	if (!json_object_is_type(fds, json_type_array) || json_object_array_length(fds) > PLAN_FD_LIMIT)
		return error_set(err, ERROR_PROTOCOL, "the plan's fds are wrong");
	for (size_t i = 0; i < json_object_array_length(fds); i++) {
		int number = json_object_get_int(json_object_array_get_idx(fds, i));

		if (number < 3 || number > 1000)
			return error_set(err, ERROR_PROTOCOL, "the plan's descriptor %d is out of range", number);
		ret->fd_numbers[ret->fd_count++] = number;
	}
	return true;
}

static bool take_consoles(struct json_object *json, struct plan_data *ret, struct error *err)
{
	struct json_object *list = json_get(json, "consoles");

	if (list == NULL)
		return true;
	if (!json_object_is_type(list, json_type_array))
		return error_set(err, ERROR_PROTOCOL, "the plan's consoles are no list");
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *item = json_object_array_get_idx(list, i);
		struct plan_console *console = ARRAY_ADD(ret->consoles, ret->console_count);

		console->pty = json_get_bool(item, "pty", false);
		if (!take_string(item, "name", &console->name, err) || !take_string(item, "id", &console->id, err) ||
		    !take_string(item, "socket", &console->socket, err) || !take_string(item, "viewer", &console->viewer, err) ||
		    !take_string(item, "log", &console->log, err))
			return error_wrap(err, "console %zu", i);
	}
	return true;
}

/* What an adopting keeper is told afresh. */
static bool take_head(struct json_object *json, struct plan_data *ret, struct error *err)
{
	const char *mode = json_get_string(json, "mode", "start");

	if (json_get_int(json, "format", 0) != PLAN_FORMAT)
		return error_set(err, ERROR_PROTOCOL, "the plan has format %lld, this keeper knows %d",
				 (long long)json_get_int(json, "format", 0), PLAN_FORMAT);
	ret->adopt = text_equal(mode, "adopt");
	if (!ret->adopt && !text_equal(mode, "start"))
		return error_set(err, ERROR_PROTOCOL, "the plan's mode is '%s'", mode);
	ret->domain = json_get_int(json, "domain", 0);
	ret->generation = json_get_int(json, "generation", 0);
	if (ret->domain <= 0)
		return error_set(err, ERROR_PROTOCOL, "the plan has no domain");
	return take_string(json, "database", &ret->database, err) && take_string(json, "virtty", &ret->virtty, err) &&
	       take_string(json, "directory", &ret->directory, err);
}

static bool take_body(struct json_object *json, struct plan_data *ret, struct error *err)
{
	struct json_object *setup = json_get(json, "setup");

	ret->run_id = json_get_int(json, "run_id", 0);
	ret->paused = json_get_bool(json, "paused", false);
	ret->uuid = take_optional(json, "uuid");
	ret->accel = take_optional(json, "accel");
	ret->vnc = take_optional(json, "vnc");
	if (setup != NULL && !json_object_is_type(setup, json_type_array))
		return error_set(err, ERROR_PROTOCOL, "the plan's setup is no list");
	ret->setup = json_object_get(setup);
	return take_string(json, "name", &ret->name, err) && take_string(json, "qmp", &ret->qmp, err) &&
	       take_string(json, "stderr", &ret->stderr_path, err) && take_argv(json, ret, err) && take_consoles(json, ret, err) &&
	       take_action(json, "on_poweroff", &ret->on_poweroff, PLAN_DESTROY, err) &&
	       take_action(json, "on_reboot", &ret->on_reboot, PLAN_RESTART, err) &&
	       take_action(json, "on_crash", &ret->on_crash, PLAN_DESTROY, err);
}

static char *kept_path(const struct plan_data *plan)
{
	return strf("%s/plan.json", plan->directory);
}

static struct json_object *read_kept(const struct plan_data *plan, struct error *err)
{
	_cleanup_free_ char *path = kept_path(plan), *text = NULL;
	size_t length;

	if (!file_read(path, PLAN_SIZE_LIMIT, &text, &length, err))
		return NULL;
	return json_parse(path, text, length, err);
}

bool plan_read(struct plan_data *ret, const char *text, struct error *err)
{
	_cleanup_json_ struct json_object *json = json_parse("plan", text, strlen(text), err), *kept = NULL;
	bool fine;

	memset(ret, 0, sizeof *ret);
	if (json == NULL)
		return false;
	fine = take_head(json, ret, err);
	if (fine && ret->adopt) {
		kept = read_kept(ret, err);
		fine = kept != NULL && take_body(kept, ret, err);
	} else if (fine) {
		fine = take_body(json, ret, err);
	}
	if (!fine)
		plan_data_clear(ret);
	return fine;
}

bool plan_write(const struct plan_data *plan, const char *text, struct error *err)
{
	_cleanup_free_ char *path = kept_path(plan), *fresh = strf("%s.new", path);
	_cleanup_close_ int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return error_set_errno(err, errno, "cannot make '%s'", fresh);
	if (!write_all(fd, text, strlen(text)) || rename(fresh, path) < 0) {
		error_set_errno(err, errno, "cannot write '%s'", path);
		unlink(fresh);
		return false;
	}
	return true;
}
