/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that a keeper adds to QMP: one row a command. */
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/keeper/client.h"
#include "core/keeper/control.h"
#include "core/keeper/qemu.h"
#include "core/keeper/reexec.h"

#include <unistd.h>

#define OWN_SIZE_LIMIT 65536

static void run_status(struct client *client, struct json_object *arguments)
{
	struct keeper *keeper = client->keeper;
	struct json_object *value = json_object_new_object();

	(void)arguments;
	json_set_int(value, "pid", getpid());
	json_set_int(value, "qemu", qemu_id(keeper).pid);
	json_set_string(value, "state", enum_word(&run_state_words, (int)keeper->state));
	json_set_string(value, "reason", run_reason_word(keeper->state, keeper->reason));
	json_set(value, "consoles", keeper_consoles_json(keeper));
	json_set_int(value, "clients", (int64_t)control_clients(keeper));
	client_return(client, value);
}

/* The client that asked may have gone: it is looked for, not remembered. */
static void on_asked(struct qmp *qmp, struct json_object *reply, const struct error *err, void *userdata)
{
	struct keeper *keeper = userdata;

	(void)qmp;
	for (struct client *client = control_first(keeper); client != NULL; client = client->next) {
		if (!client->wants_shutdown)
			continue;
		client->wants_shutdown = false;
		if (reply != NULL)
			client_return(client, NULL);
		else
			client_error(client, "GenericError", error_text(err), err->hint);
	}
}

static void run_shutdown(struct client *client, struct json_object *arguments)
{
	struct keeper *keeper = client->keeper;
	const char *then = json_get_string(arguments, "then", "off");

	if (enum_value(&shutdown_then_words, then) < 0) {
		client_error(client, "GenericError", "'then' is \"off\", \"restart\" or \"stay-off\"", NULL);
		return;
	}
	if (keeper->phase != KEEPER_RUNNING) {
		client_error(client, "GenericError", "the machine is not running now", NULL);
		return;
	}
	client_wait(client);
	client->wants_shutdown = true;
	shutdown_ask(keeper, shutdown_then_of(then), on_asked, keeper);
}

static void run_destroy(struct client *client, struct json_object *arguments)
{
	client_wait(client);
	client->wants_end = true;
	shutdown_destroy(client->keeper, json_get_bool(arguments, "graceful", false));
}

static void run_lock(struct client *client, struct json_object *arguments)
{
	lock_ask(client, json_get_int(arguments, "wait-ms", 0));
}

static void run_unlock(struct client *client, struct json_object *arguments)
{
	(void)arguments;
	if (!client->holds_lock) {
		client_error(client, "GenericError", "this connection does not hold the lock", NULL);
		return;
	}
	client_return(client, NULL);
	lock_free(client);
}

static void run_reexec(struct client *client, struct json_object *arguments)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	const char *path = json_get_string(arguments, "path", NULL);

	if (text_empty(path) || path[0] != '/') {
		client_error(client, "GenericError", "'path' names the new virtty-keeper absolutely", NULL);
		return;
	}
	client_wait(client);
	client->wants_reexec = true;
	if (reexec_ask(client->keeper, path, &err))
		return;
	client->wants_reexec = false;
	client_error(client, "GenericError", error_text(&err), err.hint);
}

static const struct {
	const char *name;
	void (*run)(struct client *client, struct json_object *arguments);
} commands[] = {
	{ "virtty-status", run_status },   { "virtty-shutdown", run_shutdown }, { "virtty-destroy", run_destroy },
	{ "virtty-lock", run_lock },       { "virtty-unlock", run_unlock },     { "virtty-reexec", run_reexec },
};

bool own_command(struct client *client, const char *text, size_t length, const struct qmp_message *message)
{
	_cleanup_json_ struct json_object *tree = NULL;

	for (size_t i = 0; i < ARRAY_LENGTH(commands); i++) {
		if (!qmp_value_is(text, message, QMP_KEY_EXECUTE, commands[i].name))
			continue;
		if (length <= OWN_SIZE_LIMIT)
			tree = json_parse("command", text, length, NULL);
		if (tree == NULL)
			client_error(client, "GenericError", "the command is too large or too deep", NULL);
		else
			commands[i].run(client, json_get(tree, "arguments"));
		return true;
	}
	return false;
}
