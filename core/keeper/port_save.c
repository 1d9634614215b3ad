/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Consoles handed over to the keeper's next execution. */
#include "base/json.h"
#include "base/memory.h"
#include "core/keeper/port.h"
#include "core/keeper/reexec.h"
#include "core/keeper/viewer.h"

#include <string.h>

static struct json_object *viewer_save(struct viewer *viewer)
{
	struct json_object *json = json_object_new_object();
	struct strbuf header = { (char *)viewer->frames.header, viewer->frames.have, 0 };

	reexec_keep_fd(json, "fd", viewer->fd);
	json_set_bool(json, "is_pty", viewer->is_pty);
	json_set_bool(json, "live", viewer->live);
	json_set_bool(json, "writer", viewer->port->writer == viewer);
	struct strbuf queue = { viewer->queue.data + viewer->queue_at, viewer->queue.length - viewer->queue_at, 0 };

	reexec_keep_bytes(json, "out", &viewer->out);
	reexec_keep_bytes(json, "queue", &queue);
	reexec_keep_bytes(json, "header", &header);
	json_set_int(json, "left", (int64_t)viewer->frames.left);
	return json;
}

static void viewer_restore(struct port *port, struct json_object *json)
{
	int fd = reexec_take_fd(json, "fd");
	_cleanup_strbuf_ struct strbuf header = STRBUF_INIT;

	if (fd < 0)
		return;
	struct viewer *viewer = viewer_new(port, fd, json_get_bool(json, "is_pty", false));

	viewer->live = json_get_bool(json, "live", false);
	if (json_get_bool(json, "writer", false))
		port->writer = viewer;
	reexec_take_bytes(json, "out", &viewer->out);
	reexec_take_bytes(json, "queue", &viewer->queue);
	reexec_take_bytes(json, "header", &header);
	viewer->frames.have = header.length < sizeof viewer->frames.header ? header.length : sizeof viewer->frames.header;
	if (header.length > 0)
		memcpy(viewer->frames.header, header.data, viewer->frames.have);
	viewer->frames.left = (size_t)json_get_int(json, "left", 0);
	viewer->next = port->viewers;
	port->viewers = viewer;
	port->viewer_count++;
	event_add(viewer->write, NULL);
}

static struct json_object *port_save(struct port *port)
{
	struct json_object *json = json_object_new_object(), *viewers = json_object_new_array();

	json_set_string(json, "name", port->plan.name);
	reexec_keep_fd(json, "fd", port->fd);
	reexec_keep_fd(json, "listener", port->listener);
	reexec_keep_fd(json, "pty_slave", port->pty_slave);
	json_set_string(json, "pty", port->pty);
	json_set_int(json, "replay", port->replay.total);
	json_set_int(json, "log_start", port->log_start);
	reexec_keep_bytes(json, "input", &port->input);
	for (struct viewer *viewer = port->viewers; viewer != NULL; viewer = viewer->next)
		if (!viewer->dead)
			json_object_array_add(viewers, viewer_save(viewer));
	json_set(json, "viewers", viewers);
	return json;
}

struct json_object *ports_save(struct keeper *keeper)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < ports_count(keeper); i++)
		json_object_array_add(list, port_save(port_at(keeper, i)));
	return list;
}

static void port_restore(struct keeper *keeper, struct json_object *json)
{
	struct json_object *viewers = json_get(json, "viewers");
	struct port *port = port_resume(keeper, json_get_string(json, "name", ""), reexec_take_fd(json, "fd"),
					reexec_take_fd(json, "listener"));

	if (port == NULL)
		return;
	port->pty = xstrdup_null(json_get_string(json, "pty", NULL));
	port->pty_slave = reexec_take_fd(json, "pty_slave");
	replay_resume(&port->replay, port->replay_path, json_get_int(json, "replay", 0));
	port->log_start = json_get_int(json, "log_start", 0);
	if (json_object_is_type(viewers, json_type_array))
		for (size_t i = 0; i < json_object_array_length(viewers); i++)
			viewer_restore(port, json_object_array_get_idx(viewers, i));
	_cleanup_strbuf_ struct strbuf input = STRBUF_INIT;

	reexec_take_bytes(json, "input", &input);
	if (input.length > 0)
		port_input(port, input.data, input.length);
}

void ports_restore(struct keeper *keeper, struct json_object *json)
{
	if (json_object_is_type(json, json_type_array))
		for (size_t i = 0; i < json_object_array_length(json); i++)
			port_restore(keeper, json_object_array_get_idx(json, i));
}
