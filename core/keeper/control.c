/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's control socket: who is connected, and what all of them hear. */
#include "core/keeper/control.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/socket.h"
#include "core/keeper/client.h"
#include "core/keeper/qemu.h"
#include "core/keeper/reexec.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENT_LIMIT 200 /* the rest waits in the backlog */
#define BACKLOG      128

struct control {
	struct keeper *keeper;
	int listener;
	struct event *accept;
	struct event *sweep; /* frees the dead, from the loop */
	struct client *clients;
	size_t count;
	uint64_t last_ticket;
};

static void greet(struct client *client)
{
	_cleanup_free_ char *line = strf("{\"QMP\": %s}\r\n", qemu_version(client->keeper));

	client_send(client, line, strlen(line), CLIENT_REPLY_LIMIT);
}

static void on_accept(evutil_socket_t fd, short what, void *userdata)
{
	struct control *control = userdata;
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)what;
	if (peer < 0) {
		/* out of descriptors: the next one that leaves makes room */
		if ((errno == EMFILE || errno == ENFILE) && control->count > 0)
			event_del(control->accept);
		return;
	}
	struct client *client = client_new(control->keeper, peer);

	client->next = control->clients;
	control->clients = client;
	if (++control->count >= CLIENT_LIMIT)
		event_del(control->accept);
	greet(client);
}

static void on_sweep(evutil_socket_t fd, short what, void *userdata)
{
	struct control *control = userdata;

	(void)fd;
	(void)what;
	for (struct client **at = &control->clients; *at != NULL;) {
		struct client *client = *at;

		if (!client->dead) {
			at = &client->next;
			continue;
		}
		*at = client->next;
		client_free(client);
		control->count--;
		if (control->accept != NULL)
			event_add(control->accept, NULL);
	}
}

void control_sweep(struct keeper *keeper)
{
	event_active(keeper->control->sweep, EV_TIMEOUT, 0);
}

struct client *control_first(struct keeper *keeper)
{
	return keeper->control->clients;
}

uint64_t control_ticket(struct keeper *keeper)
{
	return ++keeper->control->last_ticket;
}

size_t control_clients(struct keeper *keeper)
{
	size_t count = 0;

	for (const struct client *client = keeper->control->clients; client != NULL; client = client->next)
		count += !client->dead;
	return count;
}

/* ---- events ---- */

static void broadcast(struct control *control, const char *line, size_t length)
{
	for (struct client *client = control->clients; client != NULL; client = client->next)
		if (client->negotiated)
			client_send(client, line, length, CLIENT_EVENT_LIMIT);
}

static void on_raw_event(struct qmp *qmp, const char *text, size_t length, const struct qmp_message *message, void *userdata)
{
	struct control *control = userdata;
	_cleanup_strbuf_ struct strbuf line = STRBUF_INIT;

	(void)qmp;
	(void)message;
	if (control->clients == NULL)
		return;
	strbuf_add(&line, text, length);
	strbuf_puts(&line, "\r\n");
	broadcast(control, line.data, line.length);
}

void control_attach(struct keeper *keeper, struct qmp *qmp)
{
	qmp_on_raw_event(qmp, on_raw_event, keeper->control);
}

void control_event(struct keeper *keeper, const char *name, struct json_object *data)
{
	_cleanup_json_ struct json_object *event = json_object_new_object();
	struct json_object *at = json_object_new_object();
	int64_t now = clock_wall_ms();

	json_set_int(at, "seconds", now / 1000);
	json_set_int(at, "microseconds", now % 1000 * 1000);
	json_set(event, "timestamp", at);
	json_set_string(event, "event", name);
	json_set(event, "data", data);
	if (keeper->control->clients == NULL)
		return;
	_cleanup_free_ char *text = json_text(event), *line = strf("%s\r\n", text);

	broadcast(keeper->control, line, strlen(line));
}

void control_ended(struct keeper *keeper)
{
	for (struct client *client = keeper->control->clients; client != NULL; client = client->next) {
		if (!client->wants_end || client->dead)
			continue;
		client->wants_end = false;
		client_return(client, NULL);
	}
}

/* ---- life ---- */

static void stop_listening(struct control *control)
{
	if (control->accept != NULL)
		event_free(control->accept);
	control->accept = NULL;
	if (control->listener >= 0)
		close(control->listener);
	control->listener = -1;
}

static void await_clients(struct control *control)
{
	control->accept = event_new(control->keeper->loop, control->listener, EV_READ | EV_PERSIST, on_accept, control);
	if (control->count < CLIENT_LIMIT)
		event_add(control->accept, NULL);
}

bool control_listen(struct keeper *keeper, struct error *err)
{
	struct control *control = keeper->control;
	_cleanup_free_ char *path = strf("%s/control", keeper->plan.directory);

	stop_listening(control);
	control->listener = socket_listen(path, BACKLOG, err);
	if (control->listener < 0)
		return false;
	await_clients(control);
	return true;
}

/* ---- over an execution anew ---- */

static bool client_at_rest(const struct client *client)
{
	return client->dead || client->wants_reexec ||
	       (!client->busy && client->pending == 0 && client->held == NULL && client->in.length == 0 && client->out.length == 0 &&
		client->framer.depth == 0 && !client->framer.skipping && !client->ended);
}

bool control_at_rest(struct keeper *keeper, bool drop)
{
	bool rest = true;

	for (struct client *client = keeper->control->clients; client != NULL; client = client->next) {
		if (client_at_rest(client))
			continue;
		rest = false;
		if (drop)
			client_close(client);
	}
	return rest;
}

struct json_object *control_save(struct keeper *keeper)
{
	struct control *control = keeper->control;
	struct json_object *json = json_object_new_object(), *list = json_object_new_array();

	reexec_keep_fd(json, "listener", control->listener);
	for (struct client *client = control->clients; client != NULL; client = client->next) {
		struct json_object *item = json_object_new_object();

		if (client->dead) {
			json_object_put(item);
			continue;
		}
		reexec_keep_fd(item, "fd", client->fd);
		json_set_bool(item, "negotiated", client->negotiated);
		json_set_bool(item, "holds_lock", client->holds_lock);
		json_set_bool(item, "asked", client->wants_reexec);
		json_set_string(item, "id", client->id);
		json_object_array_add(list, item);
	}
	json_set(json, "clients", list);
	return json;
}

static void restore_client(struct control *control, struct json_object *item)
{
	int fd = reexec_take_fd(item, "fd");

	if (fd < 0)
		return;
	struct client *client = client_new(control->keeper, fd);

	client->negotiated = json_get_bool(item, "negotiated", false);
	client->holds_lock = json_get_bool(item, "holds_lock", false);
	client->wants_reexec = client->busy = json_get_bool(item, "asked", false);
	client->id = xstrdup_null(json_get_string(item, "id", NULL));
	client->next = control->clients;
	control->clients = client;
	control->count++;
}

void control_restore(struct keeper *keeper, struct json_object *json)
{
	struct control *control = keeper->control;
	struct json_object *list = json_get(json, "clients");

	if (json_object_is_type(list, json_type_array))
		for (size_t i = 0; i < json_object_array_length(list); i++)
			restore_client(control, json_object_array_get_idx(list, i));
	control->listener = reexec_take_fd(json, "listener");
	if (control->listener >= 0)
		await_clients(control);
}

void control_answer_reexec(struct keeper *keeper, const struct error *err)
{
	for (struct client *client = keeper->control->clients; client != NULL; client = client->next) {
		if (!client->wants_reexec)
			continue;
		client->wants_reexec = false;
		if (err == NULL)
			client_return(client, NULL);
		else
			client_error(client, "GenericError", error_text(err), err->hint);
	}
}

struct control *control_new(struct keeper *keeper)
{
	struct control *control = xcalloc(1, sizeof *control);

	control->keeper = keeper;
	control->listener = -1;
	control->sweep = evtimer_new(keeper->loop, on_sweep, control);
	return control;
}

void control_free(struct control *control)
{
	if (control == NULL)
		return;
	for (struct client *client = control->clients; client != NULL;) {
		struct client *next = client->next;

		client_free(client);
		client = next;
	}
	stop_listening(control);
	event_free(control->sweep);
	free(control);
}
