/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's one change lock: held by a connection, freed when that closes, granted in the order it was asked for. */
#include "core/keeper/client.h"

#define WAIT_LIMIT_MS 600000

static struct client *holder(struct keeper *keeper)
{
	for (struct client *client = control_first(keeper); client != NULL; client = client->next)
		if (client->holds_lock)
			return client;
	return NULL;
}

static void stop_waiting(struct client *client)
{
	client->lock_ticket = 0;
	if (client->lock_timer != NULL)
		event_del(client->lock_timer);
}

static void grant_next(struct keeper *keeper)
{
	struct client *first = NULL;

	for (struct client *client = control_first(keeper); client != NULL; client = client->next)
		if (client->lock_ticket != 0 && (first == NULL || client->lock_ticket < first->lock_ticket))
			first = client;
	if (first == NULL)
		return;
	stop_waiting(first);
	first->holds_lock = true;
	client_return(first, NULL);
}

static void refuse(struct client *client)
{
	client_error(client, "GenericError", "the machine is being changed by somebody else", "try again when that is done");
}

static void on_waited(evutil_socket_t fd, short what, void *userdata)
{
	struct client *client = userdata;

	(void)fd;
	(void)what;
	stop_waiting(client);
	refuse(client);
}

void lock_ask(struct client *client, int64_t wait_ms)
{
	if (client->holds_lock || holder(client->keeper) == NULL) {
		client->holds_lock = true;
		client_return(client, NULL);
		return;
	}
	if (wait_ms <= 0) {
		refuse(client);
		return;
	}
	if (wait_ms > WAIT_LIMIT_MS)
		wait_ms = WAIT_LIMIT_MS;
	struct timeval limit = { wait_ms / 1000, (wait_ms % 1000) * 1000 };

	if (client->lock_timer == NULL)
		client->lock_timer = evtimer_new(client->keeper->loop, on_waited, client);
	event_add(client->lock_timer, &limit);
	client->lock_ticket = control_ticket(client->keeper);
	client_wait(client);
}

void lock_free(struct client *client)
{
	stop_waiting(client);
	if (!client->holds_lock)
		return;
	client->holds_lock = false;
	grant_next(client->keeper);
	catch_up_look(client->keeper);
}

bool lock_is_held(struct keeper *keeper)
{
	return holder(keeper) != NULL;
}
