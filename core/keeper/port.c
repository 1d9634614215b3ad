/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's consoles: QEMU's end of each. */
#include "core/keeper/port.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/socket.h"
#include "base/text.h"
#include "core/keeper/console_log.h"
#include "core/keeper/pty.h"
#include "core/keeper/qemu.h"
#include "core/keeper/record.h"
#include "core/keeper/viewer.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_SIZE    16384
#define READ_BUDGET  8                 /* reads in one turn */
#define LAST_BUDGET  (4 * 1024 * 1024) /* bytes that a QEMU which has ended may have left */
#define LOOK_BYTES   (256 * 1024)      /* how often the log's size is looked at */

struct ports {
	struct port **list; /* owned */
	size_t count;
};

/* ---- from QEMU to the viewers ---- */

/* QEMU's log is kept small, whoever reads it. */
static void look_at_log(struct port *port, size_t more)
{
	port->unlooked += more;
	if (port->unlooked < LOOK_BYTES)
		return;
	port->unlooked = 0;
	if (console_log_size(port->plan.log) < CONSOLE_LOG_LIMIT)
		return;
	int64_t moved = console_log_rotate(port->plan.log);

	port->log_start -= moved;
	if (moved > 0)
		keeper_note_detail(port->keeper);
}

static void disconnect(struct port *port)
{
	if (port->fd < 0)
		return;
	event_free(port->read);
	event_free(port->write);
	port->read = port->write = NULL;
	close(port->fd);
	port->fd = -1;
	strbuf_clear(&port->input);
	for (struct viewer *viewer = port->viewers; viewer != NULL; viewer = viewer->next)
		viewer_continue(viewer);
}

/* Reads once; bytes read, 0 when there is nothing now, -1 when the connection is over. */
static ssize_t read_once(struct port *port)
{
	char bytes[READ_SIZE];
	ssize_t n = recv(port->fd, bytes, sizeof bytes, MSG_DONTWAIT);

	if (n < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (n <= 0)
		return -1;
	for (struct viewer *viewer = port->viewers; viewer != NULL; viewer = viewer->next)
		viewer_data(viewer, bytes, (size_t)n);
	replay_add(&port->replay, port->replay_path, bytes, (size_t)n);
	look_at_log(port, (size_t)n);
	return n;
}

static void connection_over(struct port *port)
{
	struct timeval later = { 1, 0 };

	disconnect(port);
	/* mostly QEMU ends; if it lives, it listens again */
	event_add(port->reconnect, &later);
}

static void on_read(evutil_socket_t fd, short what, void *userdata)
{
	struct port *port = userdata;

	(void)fd;
	(void)what;
	for (int i = 0; i < READ_BUDGET; i++) {
		ssize_t n = read_once(port);

		if (n < 0)
			connection_over(port);
		if (n < READ_SIZE)
			return;
	}
}

/* ---- from the writer to QEMU ---- */

static void write_input(struct port *port)
{
	while (port->input.length > 0 && port->breaks == 0) {
		ssize_t n = send(port->fd, port->input.data, port->input.length, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			if (errno == EAGAIN || errno == EWOULDBLOCK)
				event_add(port->write, NULL);
			else
				strbuf_clear(&port->input); /* reading will tell that it is over */
			break;
		}
		strbuf_consume(&port->input, (size_t)n);
	}
	if (port->input.length == 0)
		strbuf_clear(&port->input);
	if (port->input.length < PORT_INPUT_LIMIT / 2)
		for (struct viewer *viewer = port->viewers; viewer != NULL; viewer = viewer->next)
			viewer_continue(viewer);
}

static void on_write(evutil_socket_t fd, short what, void *userdata)
{
	(void)fd;
	(void)what;
	write_input(userdata);
}

void port_input(struct port *port, const char *bytes, size_t length)
{
	if (port->fd < 0)
		return; /* nobody is there to type to */
	strbuf_add(&port->input, bytes, length);
	if (!event_pending(port->write, EV_WRITE, NULL))
		write_input(port);
}

static void break_sent(struct qmp *qmp, struct json_object *reply, const struct error *err, void *userdata)
{
	struct port *port = userdata;

	(void)qmp;
	(void)reply;
	(void)err;
	port->breaks--;
	if (port->fd >= 0)
		write_input(port);
}

/* It goes another way than what is typed, and must not be overtaken: SysRq is a break and the key after it. A port outlives this: the connection to QEMU
 * ends before any port goes, and then all that waits is answered. */
void port_send_break(struct port *port)
{
	struct json_object *arguments = json_object_new_object();

	json_set_string(arguments, "id", port->plan.id);
	port->breaks++;
	qemu_send(port->keeper, "chardev-send-break", arguments, break_sent, port);
}

/* ---- connecting ---- */

static void attach(struct port *port)
{
	fd_set_nonblock(port->fd, true);
	port->read = event_new(port->keeper->loop, port->fd, EV_READ | EV_PERSIST, on_read, port);
	port->write = event_new(port->keeper->loop, port->fd, EV_WRITE, on_write, port);
	event_add(port->read, NULL);
}

static void connect_port(struct port *port)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct timeval later = { 1, 0 };

	event_del(port->reconnect);
	if (port->fd >= 0)
		return;
	port->fd = socket_connect(port->plan.socket, &err);
	if (port->fd < 0) {
		keeper_log(port->keeper, "console %s: %s", port->plan.name, error_text(&err));
		if (qemu_is_alive(port->keeper))
			event_add(port->reconnect, &later);
		return;
	}
	attach(port);
}

static void on_reconnect(evutil_socket_t fd, short what, void *userdata)
{
	struct port *port = userdata;

	(void)fd;
	(void)what;
	if (qemu_is_alive(port->keeper))
		connect_port(port);
}

void ports_connect(struct keeper *keeper)
{
	for (size_t i = 0; i < keeper->ports->count; i++)
		connect_port(keeper->ports->list[i]);
}

void ports_disconnect(struct keeper *keeper)
{
	for (size_t i = 0; i < keeper->ports->count; i++) {
		struct port *port = keeper->ports->list[i];
		ssize_t n = 0;

		event_del(port->reconnect);
		for (size_t total = 0; port->fd >= 0 && total < LAST_BUDGET && (n = read_once(port)) > 0; total += (size_t)n)
			;
		disconnect(port);
	}
}

/* ---- viewers ---- */

static void on_accept(evutil_socket_t fd, short what, void *userdata)
{
	struct port *port = userdata;
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)what;
	if (peer < 0) {
		if ((errno == EMFILE || errno == ENFILE) && port->viewer_count > 0)
			event_del(port->accept);
		return;
	}
	struct viewer *viewer = viewer_new(port, peer, false);

	viewer->next = port->viewers;
	port->viewers = viewer;
	if (++port->viewer_count >= VIEWER_LIMIT)
		event_del(port->accept);
	viewer_send_status(viewer);
	replay_get(&port->replay, &viewer->queue);
	viewer_flush(viewer);
}

static void on_sweep(evutil_socket_t fd, short what, void *userdata)
{
	struct port *port = userdata;

	(void)fd;
	(void)what;
	for (struct viewer **at = &port->viewers; *at != NULL;) {
		struct viewer *viewer = *at;

		if (!viewer->dead) {
			at = &viewer->next;
			continue;
		}
		*at = viewer->next;
		viewer_free(viewer);
		port->viewer_count--;
		if (port->accept != NULL)
			event_add(port->accept, NULL);
	}
}

static void await_viewers(struct port *port)
{
	port->accept = event_new(port->keeper->loop, port->listener, EV_READ | EV_PERSIST, on_accept, port);
	if (port->viewer_count < VIEWER_LIMIT)
		event_add(port->accept, NULL);
}

static bool listen_for_viewers(struct port *port, struct error *err)
{
	if (port->accept != NULL)
		event_free(port->accept);
	port->accept = NULL;
	if (port->listener >= 0)
		close(port->listener);
	port->listener = socket_listen(port->plan.viewer, 16, err);
	if (port->listener < 0)
		return error_wrap(err, "console %s", port->plan.name);
	await_viewers(port);
	return true;
}

static bool offer_pty(struct port *port, struct error *err)
{
	int master;

	if (port->pty != NULL)
		return true;
	if (!pty_make(&master, &port->pty_slave, &port->pty, err))
		return error_wrap(err, "console %s", port->plan.name);
	struct viewer *viewer = viewer_new(port, master, true);

	viewer->live = true;
	viewer->next = port->viewers;
	port->viewers = viewer;
	port->viewer_count++;
	return true;
}

/* ---- life ---- */

static struct port *port_new(struct keeper *keeper)
{
	struct port *port = xcalloc(1, sizeof *port);

	port->keeper = keeper;
	port->fd = port->listener = port->pty_slave = port->replay.fd = -1;
	port->reconnect = evtimer_new(keeper->loop, on_reconnect, port);
	port->sweep = evtimer_new(keeper->loop, on_sweep, port);
	return port;
}

static void plan_clear_one(struct plan_console *plan)
{
	free(plan->name);
	free(plan->id);
	free(plan->socket);
	free(plan->viewer);
	free(plan->log);
	memset(plan, 0, sizeof *plan);
}

static void port_free(struct port *port)
{
	disconnect(port);
	while (port->viewers != NULL) {
		struct viewer *viewer = port->viewers;

		port->viewers = viewer->next;
		viewer_free(viewer);
	}
	if (port->accept != NULL)
		event_free(port->accept);
	if (port->listener >= 0)
		close(port->listener);
	if (port->pty_slave >= 0)
		close(port->pty_slave);
	event_free(port->reconnect);
	event_free(port->sweep);
	strbuf_clear(&port->input);
	plan_clear_one(&port->plan);
	replay_reset(&port->replay);
	free(port->replay_path);
	free(port->pty);
	free(port);
}

static struct port *find(struct ports *ports, const char *name)
{
	for (size_t i = 0; i < ports->count; i++)
		if (text_equal(ports->list[i]->plan.name, name))
			return ports->list[i];
	return NULL;
}

/* The port of a console of the plan, an old or a new one. */
static struct port *port_of(struct keeper *keeper, const struct plan_console *plan)
{
	struct port *port = find(keeper->ports, plan->name);

	if (port == NULL) {
		struct port **slot = ARRAY_ADD(keeper->ports->list, keeper->ports->count);

		port = *slot = port_new(keeper);
	}
	plan_clear_one(&port->plan);
	port->plan = (struct plan_console){ xstrdup(plan->name),   xstrdup(plan->id),  xstrdup(plan->socket),
					    xstrdup(plan->viewer), xstrdup(plan->log), plan->pty };
	free(port->replay_path);
	port->replay_path = strf("%s.replay", plan->viewer);
	port->stale = false;
	return port;
}

struct port *port_resume(struct keeper *keeper, const char *name, int fd, int listener)
{
	struct port *port = NULL;

	for (size_t i = 0; i < keeper->plan.console_count; i++)
		if (text_equal(keeper->plan.consoles[i].name, name))
			port = port_of(keeper, &keeper->plan.consoles[i]);
	if (port == NULL) {
		cleanup_close(&fd);
		cleanup_close(&listener);
		return NULL;
	}
	port->fd = fd;
	if (fd >= 0)
		attach(port);
	port->listener = listener;
	if (listener >= 0)
		await_viewers(port);
	return port;
}

static bool prepare_one(struct keeper *keeper, const struct plan_console *plan, struct error *err)
{
	struct port *port = port_of(keeper, plan);

	replay_reset(&port->replay);
	port->log_start = console_log_size(plan->log);
	return listen_for_viewers(port, err) && (!plan->pty || offer_pty(port, err));
}

bool ports_prepare(struct keeper *keeper, struct error *err)
{
	struct ports *ports = keeper->ports;
	size_t kept = 0;

	for (size_t i = 0; i < ports->count; i++)
		ports->list[i]->stale = true;
	for (size_t i = 0; i < keeper->plan.console_count; i++)
		if (!prepare_one(keeper, &keeper->plan.consoles[i], err))
			return false;
	for (size_t i = 0; i < ports->count; i++) {
		if (ports->list[i]->stale)
			port_free(ports->list[i]);
		else
			ports->list[kept++] = ports->list[i];
	}
	ports->count = kept;
	return true;
}

struct ports *ports_new(struct keeper *keeper)
{
	(void)keeper;
	return xcalloc(1, sizeof(struct ports));
}

void ports_free(struct ports *ports)
{
	if (ports == NULL)
		return;
	for (size_t i = 0; i < ports->count; i++)
		port_free(ports->list[i]);
	free(ports->list);
	free(ports);
}

size_t ports_count(struct keeper *keeper)
{
	return keeper->ports->count;
}

struct port *port_at(struct keeper *keeper, size_t index)
{
	return keeper->ports->list[index];
}

const struct plan_console *port_plan(struct keeper *keeper, size_t index)
{
	return &keeper->ports->list[index]->plan;
}

const char *port_pty(struct keeper *keeper, size_t index)
{
	return keeper->ports->list[index]->pty;
}

int64_t port_log_start(struct keeper *keeper, size_t index)
{
	return keeper->ports->list[index]->log_start;
}

void port_seed(struct keeper *keeper, const char *name, int64_t log_start)
{
	struct port *port = find(keeper->ports, name);

	if (port == NULL)
		return;
	port->log_start = log_start;
	replay_seed(&port->replay, port->replay_path, port->plan.log, log_start);
}
