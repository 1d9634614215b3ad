/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One client of the control socket. */
#include "core/keeper/client.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/socket.h"
#include "base/text.h"
#include "core/keeper/qemu.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_SIZE 16384

/* A forwarded command: whose it is, and the id it came with. It outlives its client. */
struct forward {
	struct client *client; /* NULL: gone */
	struct forward *next;
	char *id; /* raw; NULL: none */
};

/* ---- bytes out ---- */

static void close_if_done(struct client *client)
{
	if (client->ended && !client->busy && client->pending == 0 && client->held == NULL && client->in.length == 0 &&
	    client->out.length == 0)
		client_close(client);
}

static void write_some(struct client *client)
{
	while (client->out_at < client->out.length) {
		ssize_t n = send(client->fd, client->out.data + client->out_at, client->out.length - client->out_at,
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			event_add(client->write, NULL);
			return;
		}
		if (n < 0) {
			client_close(client);
			return;
		}
		client->out_at += (size_t)n;
	}
	strbuf_clear(&client->out);
	client->out_at = 0;
	close_if_done(client);
}

void client_send(struct client *client, const char *bytes, size_t length, size_t limit)
{
	if (client->dead)
		return;
	if (client->out.length - client->out_at + length > limit && client->out.length > client->out_at) {
		client_close(client); /* it does not read: the slow are dropped */
		return;
	}
	if (client->out_at > READ_SIZE) {
		strbuf_consume(&client->out, client->out_at);
		client->out_at = 0;
	}
	strbuf_add(&client->out, bytes, length);
	if (!event_pending(client->write, EV_WRITE, NULL))
		write_some(client);
}

/* ---- answers of our own ---- */

/* One line: the JSON object with the raw id put in. */
static void answer(struct client *client, struct json_object *object)
{
	_cleanup_json_ struct json_object *owned = object;
	_cleanup_free_ char *text = json_text(owned);
	_cleanup_strbuf_ struct strbuf line = STRBUF_INIT;

	strbuf_add(&line, text, strlen(text) - 1);
	if (client->id != NULL)
		strbuf_printf(&line, ", \"id\": %s", client->id);
	strbuf_puts(&line, "}\r\n");
	free(client->id);
	client->id = NULL;
	client_send(client, line.data, line.length, CLIENT_REPLY_LIMIT);
	if (client->busy) {
		client->busy = false;
		event_active(client->go, EV_TIMEOUT, 0);
	}
}

void client_return(struct client *client, struct json_object *value)
{
	struct json_object *object = json_object_new_object();

	json_set(object, "return", value == NULL ? json_object_new_object() : value);
	answer(client, object);
}

void client_error(struct client *client, const char *class, const char *words, const char *hint)
{
	struct json_object *object = json_object_new_object(), *error = json_object_new_object();

	json_set_string(error, "class", class);
	json_set_string(error, "desc", words);
	json_set_string(error, "hint", hint);
	json_set(object, "error", error);
	answer(client, object);
}

void client_wait(struct client *client)
{
	client->busy = true;
}

/* ---- forwarding ---- */

static void forward_drop(struct forward *forward)
{
	struct client *client = forward->client;

	if (client != NULL) {
		struct forward **at = &client->forwards;

		while (*at != forward)
			at = &(*at)->next;
		*at = forward->next;
		client->pending--;
	}
	free(forward->id);
	free(forward);
}

static void on_forwarded(struct qmp *qmp, const char *text, size_t length, const struct qmp_message *message, void *userdata)
{
	struct forward *forward = userdata;
	struct client *client = forward->client;

	(void)qmp;
	if (client != NULL && text != NULL) {
		_cleanup_strbuf_ struct strbuf line = STRBUF_INIT;

		qmp_replace_id(&line, text, length, message, forward->id, forward->id == NULL ? 0 : strlen(forward->id));
		strbuf_puts(&line, "\r\n");
		client_send(client, line.data, line.length, CLIENT_REPLY_LIMIT);
	} else if (client != NULL) {
		client->id = TAKE_POINTER(forward->id);
		client_error(client, "GenericError", "QEMU has ended before it answered", NULL);
	}
	forward_drop(forward);
	if (client != NULL && !client->dead)
		event_active(client->go, EV_TIMEOUT, 0);
}

/* A descriptor goes on to QEMU with its getfd. QEMU takes the one that came last, so there is one at a time: of who holds the change lock. */
static bool pass_descriptor(struct client *client, struct qmp *qmp, const char *text, const struct qmp_message *message)
{
	if (client->passed < 0 || !qmp_value_is(text, message, QMP_KEY_EXECUTE, "getfd"))
		return true;
	if (!client->holds_lock) {
		close(TAKE_FD(client->passed));
		client_error(client, "GenericError", "descriptors are taken from who holds the change lock", NULL);
		return false;
	}
	qmp_carry(qmp, TAKE_FD(client->passed));
	return true;
}

static void forward(struct client *client, const char *text, size_t length, const struct qmp_message *message)
{
	struct qmp *qmp = qemu_qmp(client->keeper);

	if (qmp == NULL) {
		client_error(client, "GenericError", "the machine has no QEMU now: it is being restarted, or ends", NULL);
		return;
	}
	if (!pass_descriptor(client, qmp, text, message))
		return;
	struct forward *new = xcalloc(1, sizeof *new);

	new->client = client;
	new->id = TAKE_POINTER(client->id);
	new->next = client->forwards;
	client->forwards = new;
	client->pending++;
	qmp_send_raw(qmp, text, length, message, on_forwarded, new);
	qemu_kick(client->keeper);
}

/* ---- messages in ---- */

/* What we answer ourselves, before or instead of forwarding. True: answered (now or later). */
static bool answer_here(struct client *client, const char *text, size_t length, const struct qmp_message *message)
{
	if (message->value[QMP_KEY_EXEC_OOB].length > 0)
		client_error(client, "GenericError", "out-of-band commands are not enabled on this connection", NULL);
	else if (message->value[QMP_KEY_EXECUTE].length == 0)
		client_error(client, "GenericError", "QMP input lacks member 'execute'", NULL);
	else if (!client->negotiated && !qmp_value_is(text, message, QMP_KEY_EXECUTE, "qmp_capabilities"))
		client_error(client, "CommandNotFound", "Expecting capabilities negotiation with 'qmp_capabilities'", NULL);
	else if (!client->negotiated) {
		client->negotiated = true;
		client_return(client, NULL);
	} else if (qmp_value_is(text, message, QMP_KEY_EXECUTE, "qmp_capabilities"))
		client_error(client, "CommandNotFound", "Capabilities negotiation is already complete, command ignored", NULL);
	else
		return own_command(client, text, length, message);
	return true;
}

static bool is_forwarded(const struct client *client, const char *text, const struct qmp_message *message)
{
	const struct qmp_span *execute = &message->value[QMP_KEY_EXECUTE];

	return client->negotiated && message->value[QMP_KEY_EXEC_OOB].length == 0 && execute->length > 0 &&
	       !text_starts(text + execute->at, "\"virtty-") && !qmp_value_is(text, message, QMP_KEY_EXECUTE, "qmp_capabilities");
}

static void hold(struct client *client, const char *text, size_t length)
{
	client->held = xstrndup(text, length);
	client->held_length = length;
}

static void take_message(struct client *client, const char *text, size_t length)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct qmp_message message;
	bool fine = qmp_scan(text, length, &message, &err);

	/* answers keep the order of commands: ours waits for those that QEMU still owes */
	if (client->pending > 0 && !(fine && is_forwarded(client, text, &message))) {
		hold(client, text, length);
		return;
	}
	free(client->id);
	client->id = fine && message.value[QMP_KEY_ID].length > 0 ?
			     xstrndup(text + message.value[QMP_KEY_ID].at, message.value[QMP_KEY_ID].length) :
			     NULL;
	if (!fine)
		client_error(client, "GenericError", error_text(&err), NULL);
	else if (!answer_here(client, text, length, &message))
		forward(client, text, length, &message);
}

static bool blocked(const struct client *client)
{
	return client->dead || client->busy || client->held != NULL || client->pending >= CLIENT_PENDING_LIMIT;
}

/* Looks at bytes until all are taken or something has to be waited for; how many were taken. */
static size_t take_bytes(struct client *client, const char *bytes, size_t length)
{
	size_t at = 0;

	while (at < length && !blocked(client)) {
		const char *text;
		size_t used, text_length;
		enum qmp_frame frame = qmp_framer_feed(&client->framer, bytes + at, length - at, &used, &text, &text_length);

		at += used;
		if (frame == QMP_FRAME_MESSAGE)
			take_message(client, text, text_length);
		else if (frame == QMP_FRAME_GARBAGE)
			client_error(client, "GenericError", "JSON parse error: a command is an object", NULL);
		else if (frame == QMP_FRAME_TOO_LONG) {
			client->ended = true;
			client_error(client, "GenericError", "the command is too long (16 MiB at most)", NULL);
			return length; /* where the next one begins is not known any more */
		}
	}
	return at;
}

/* Goes on with what was held back. */
static void on_go(evutil_socket_t fd, short what, void *userdata)
{
	struct client *client = userdata;

	(void)fd;
	(void)what;
	if (client->dead || client->busy)
		return;
	if (client->held != NULL && client->pending == 0) {
		_cleanup_free_ char *held = TAKE_POINTER(client->held);

		take_message(client, held, client->held_length);
	}
	if (!blocked(client) && client->in.length > 0)
		strbuf_consume(&client->in, take_bytes(client, client->in.data, client->in.length));
	if (client->in.length == 0)
		strbuf_clear(&client->in);
	if (!blocked(client) && client->in.length == 0 && !client->ended)
		event_add(client->read, NULL);
	close_if_done(client);
}

static void on_read(evutil_socket_t fd, short what, void *userdata)
{
	struct client *client = userdata;
	char bytes[READ_SIZE];
	int passed;
	ssize_t n = socket_receive_fd(fd, bytes, sizeof bytes, &passed);

	(void)what;
	if (n < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (n < 0) {
		client_close(client);
		return;
	}
	if (passed >= 0) {
		cleanup_close(&client->passed);
		client->passed = passed;
	}
	if (n == 0) {
		/* it may still want its answers; if it has gone altogether, sending them will tell */
		client->ended = true;
		event_del(client->read);
		close_if_done(client);
		return;
	}
	size_t taken = take_bytes(client, bytes, (size_t)n);

	if (taken < (size_t)n)
		strbuf_add(&client->in, bytes + taken, (size_t)n - taken);
	if (!client->dead && (blocked(client) || client->ended))
		event_del(client->read);
}

static void on_write(evutil_socket_t fd, short what, void *userdata)
{
	(void)fd;
	(void)what;
	write_some(userdata);
}

/* ---- life ---- */

struct client *client_new(struct keeper *keeper, int fd)
{
	struct client *client = xcalloc(1, sizeof *client);

	fd_set_nonblock(fd, true);
	client->keeper = keeper;
	client->fd = fd;
	client->passed = -1;
	client->framer.limit = QMP_LINE_LIMIT;
	client->read = event_new(keeper->loop, fd, EV_READ | EV_PERSIST, on_read, client);
	client->write = event_new(keeper->loop, fd, EV_WRITE, on_write, client);
	client->go = evtimer_new(keeper->loop, on_go, client);
	event_add(client->read, NULL);
	return client;
}

void client_close(struct client *client)
{
	if (client->dead)
		return;
	client->dead = true;
	event_del(client->read);
	event_del(client->write);
	event_del(client->go);
	for (struct forward *f = client->forwards; f != NULL; f = f->next)
		f->client = NULL;
	client->forwards = NULL;
	client->pending = 0;
	lock_free(client);
	control_sweep(client->keeper);
}

void client_free(struct client *client)
{
	event_free(client->read);
	event_free(client->write);
	event_free(client->go);
	if (client->lock_timer != NULL)
		event_free(client->lock_timer);
	close(client->fd);
	cleanup_close(&client->passed);
	qmp_framer_clear(&client->framer);
	strbuf_clear(&client->in);
	strbuf_clear(&client->out);
	free(client->held);
	free(client->id);
	free(client);
}
