/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port forwards of QEMU's user networking while its machine runs: by the monitor's own commands, which QMP has no others for. */
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/device_internal.h"
#include "core/forward_internal.h"
#include "hv/port_forwarding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One line for the monitor; what it prints (owned), NULL with err. */
static char *monitor(struct device_change *change, const char *line, struct error *err)
{
	struct json_object *arguments = json_object_new_object();
	_cleanup_json_ struct json_object *reply = NULL;

	json_set_string(arguments, "command-line", line);
	if (!change_call(change, "human-monitor-command", arguments, &reply, err))
		return NULL;
	return xstrdup(json_object_is_type(reply, json_type_string) ? json_object_get_string(reply) : "");
}

/* The first line of what the monitor said, without what ends it. Owned. */
static char *first_line(const char *text)
{
	return xstrndup(text, strcspn(text, "\r\n"));
}

static bool add_port(struct device_change *change, const char *netdev, const struct forward *forward, unsigned at, struct error *err)
{
	_cleanup_free_ char *line = strf("hostfwd_add %s %s:%s:%u-:%u", netdev, forward->proto, forward->address ? forward->address : "",
					 forward->host_port + at, forward->guest_port + at);
	_cleanup_free_ char *answer = monitor(change, line, err), *words = answer ? first_line(answer) : NULL;

	if (!words || text_empty(words))
		return words != NULL;
	error_set(err, ERROR_FAILED, "'%s': QEMU does not listen at port %u of this host: %s", change->machine.name, forward->host_port + at, words);
	if (geteuid() != 0 && forward->host_port + at < 1024)
		return error_hint(err, "ports below 1024 are root's: a higher one of the host may lead to port %u of the guest",
				  forward->guest_port + at);
	return error_hint(err, "'ss -ln%cp' shows who listens; an address that is not this host's cannot be listened at", forward->proto[0]);
}

/* One that is not there is no loss. */
static bool remove_port(struct device_change *change, const char *netdev, const struct forward *forward, unsigned at, struct error *err)
{
	_cleanup_free_ char *line = strf("hostfwd_remove %s %s:%s:%u", netdev, forward->proto, forward->address ? forward->address : "",
					 forward->host_port + at);
	_cleanup_free_ char *answer = monitor(change, line, err);

	return answer != NULL;
}

struct step {
	const struct forward *forward;
	unsigned at;
};

static bool change_port(struct device_change *change, const char *netdev, const struct step *step, bool add, struct error *err)
{
	return add ? add_port(change, netdev, step->forward, step->at, err) : remove_port(change, netdev, step->forward, step->at, err);
}

static bool change_ports(struct device_change *change, const char *netdev, const struct step *steps, size_t count, bool add, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (change_port(change, netdev, &steps[i], add, err))
			continue;
		while (i-- > 0)
			(void)change_port(change, netdev, &steps[i], !add, NULL);
		return false;
	}
	return true;
}

bool forward_user_change(struct device_change *change, const struct interface *interface, const struct forward *forwards, size_t count,
			 bool add, struct error *err)
{
	_cleanup_free_ char *netdev = strf("host%s", interface->device.alias);
	_cleanup_free_ struct step *steps = NULL;
	size_t step_count = 0;

	for (size_t i = 0; i < count; i++)
		for (unsigned at = 0; at < forwards[i].count; at++)
			*ARRAY_ADD(steps, step_count) = (struct step){ &forwards[i], at };
	return change_ports(change, netdev, steps, step_count, add, err);
}

/* ---- what there is ---- */

/* "  TCP[HOST_FORWARD]  12       127.0.0.1  2222       10.0.2.15    22     0     0" */
static bool read_row(const char *line, struct forward *ret)
{
	char proto[4], address[64];

	if (sscanf(line, " %3[A-Z][HOST_FORWARD] %*d %63s %u %*s %u", proto, address, &ret->host_port, &ret->guest_port) != 4)
		return false;
	ret->proto = xstrdup(text_equal(proto, "UDP") ? "udp" : "tcp");
	ret->address = text_equal(address, "*") ? NULL : xstrdup(address);
	ret->count = 1;
	return true;
}

struct forward *forward_user_read(const char *text, const char *netdev, size_t *ret_count)
{
	_cleanup_free_ char *head = strf("(%s):", netdev);
	struct forward *forwards = NULL;
	bool inside = false;

	*ret_count = 0;
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
		_cleanup_free_ char *row = first_line(line);
		struct forward forward;

		/* the name of a netdev begins its rows: "Hub -1 (hostnet0):" */
		if (*row != '\0' && *row != ' ')
			inside = text_ends(row, head);
		else if (inside && read_row(row, &forward))
			*ARRAY_ADD(forwards, *ret_count) = forward;
	}
	return forwards;
}

static bool has_port(const struct forward *forwards, size_t count, const struct forward *one)
{
	for (size_t i = 0; i < count; i++)
		if (forward_equal(&forwards[i], one))
			return true;
	return false;
}

/* One of the ports of a forward, as QEMU has them. Borrows its texts. */
static struct forward port_of(const struct forward *forward, unsigned at)
{
	return (struct forward){ forward->proto, forward->address, forward->host_port + at, forward->guest_port + at, 1 };
}

static bool is_stated(const struct forward *stated, size_t count, const struct forward *port)
{
	for (size_t i = 0; i < count; i++)
		for (unsigned at = 0; at < stated[i].count; at++) {
			struct forward one = port_of(&stated[i], at);

			if (forward_equal(&one, port))
				return true;
		}
	return false;
}

/* False: a port of it cannot be had, and none is. */
static bool complete(struct device_change *change, const char *netdev, const struct forward *forward, const struct forward *now, size_t now_count)
{
	for (unsigned at = 0; at < forward->count; at++) {
		struct forward port = port_of(forward, at);

		if (has_port(now, now_count, &port) || add_port(change, netdev, forward, at, NULL))
			continue;
		for (unsigned n = 0; n < forward->count; n++)
			(void)remove_port(change, netdev, forward, n, NULL);
		return false;
	}
	return true;
}

/* All that is stated, or the document without it. */
static bool complete_all(struct device_change *change, const struct interface *interface, const char *netdev, const struct forward *now,
			 size_t now_count, struct error *err)
{
	_cleanup_free_ char *text = device_node_text(interface->device.node), *rest = NULL;
	_cleanup_xmldoc_ xmlDoc *doc = xml_parse("interface", text, strlen(text), err);
	bool lost = false;
	size_t count;

	if (!doc)
		return false;
	struct forward *stated = interface_forwards(interface, &count);

	for (size_t i = 0; i < count; i++)
		if (!complete(change, netdev, &stated[i], now, now_count))
			lost = port_forwarding_remove(xmlDocGetRootElement(doc), stated[i].proto, stated[i].address,
						      &(struct port_run){ stated[i].host_port, stated[i].guest_port, stated[i].count }) ||
			       lost;
	forwards_free(stated, count);
	rest = xml_format_node(xmlDocGetRootElement(doc));
	if (lost)
		change_edit(change, EDIT_REPLACE, interface->device.alias, rest);
	return true;
}

bool forward_user_follow(struct device_change *change, const struct interface *interface, struct error *err)
{
	_cleanup_free_ char *netdev = strf("host%s", interface->device.alias), *text = monitor(change, "info usernet", err);
	size_t stated_count = 0, now_count = 0;
	bool ok = true;

	if (!text)
		return false;
	struct forward *stated = interface_forwards(interface, &stated_count), *now = forward_user_read(text, netdev, &now_count);

	for (size_t i = 0; ok && i < now_count; i++)
		ok = is_stated(stated, stated_count, &now[i]) || remove_port(change, netdev, &now[i], 0, err);
	ok = ok && complete_all(change, interface, netdev, now, now_count, err);
	forwards_free(stated, stated_count);
	forwards_free(now, now_count);
	return ok;
}
