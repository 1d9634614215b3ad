/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bridges, as front ends ask for them: judged here, carried out by a guard. */
#include "core/bridge_internal.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/socket.h"
#include "base/spawn.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/uuid.h"
#include "core/keeper_spawn.h"
#include "core/manager_internal.h"
#include "core/network.h"
#include "net/network_check.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if_arp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ANSWER_LIMIT_MS 60000
#define LAST_WORD_MS	2000

/* ---- what cannot be done ---- */

static bool check_rights(struct error *err)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &header, data) == 0 && (data[0].effective & (1U << CAP_NET_ADMIN)) != 0)
		return true;
	error_set(err, ERROR_UNSUPPORTED, "changing the host's network is not allowed to this user");
	return error_hint(err, "it needs root (CAP_NET_ADMIN)");
}

static bool is_wireless(const char *name)
{
	_cleanup_free_ char *phy = strf("/sys/class/net/%s/phy80211", name), *wireless = strf("/sys/class/net/%s/wireless", name);

	return path_exists(phy) || path_exists(wireless);
}

static const char *name_of(const struct link *links, size_t count, int index)
{
	for (size_t i = 0; i < count; i++)
		if (links[i].index == index)
			return links[i].name;
	return "?";
}

/* Others that have the card's traffic to themselves. */
static const struct link *rider(const struct link *links, size_t count, const struct link *port)
{
	for (size_t i = 0; i < count; i++)
		if (links[i].lower == port->index && (text_starts(links[i].kind, "macv") || text_starts(links[i].kind, "ipv")))
			return &links[i];
	return NULL;
}

static bool check_kind(const struct link *port, struct error *err)
{
	if (port->type == ARPHRD_LOOPBACK)
		return error_set(err, ERROR_INVALID, "'%s' is the loopback: there is nobody behind it", port->name);
	if (text_equal(port->kind, "bridge")) {
		error_set(err, ERROR_INVALID, "'%s' is a bridge itself", port->name);
		return error_hint(err, "give machines this one: --network bridge=%s", port->name);
	}
	if (is_wireless(port->name)) {
		error_set(err, ERROR_UNSUPPORTED,
			  "'%s' is a wireless card: access points let no other MAC than its own through, so that a bridge's guests "
			  "would reach nobody", port->name);
		return error_hint(err, "a NAT network works over it: --network network=default");
	}
	if (port->type != ARPHRD_ETHER)
		return error_set(err, ERROR_INVALID, "'%s' does not speak Ethernet: it cannot be the port of a bridge", port->name);
	return true;
}

static bool check_port(const struct bridge_request *request, struct error *err)
{
	_cleanup_links_ struct links *links = links_open(err);
	_cleanup_free_ struct link *all = NULL;
	const struct link *other;
	struct link port;
	size_t count = 0;

	if (links == NULL || !link_list(links, &all, &count, err))
		return false;
	if (!link_find(links, request->port, &port, err)) {
		_cleanup_strv_ char **names = bridge_candidates(NULL);
		_cleanup_free_ char *text = names != NULL ? strv_join(names, ", ") : NULL;

		return text_empty(text) ? false : error_hint(err, "there is: %s", text);
	}
	if (!check_kind(&port, err))
		return false;
	if (port.master != 0)
		return error_set(err, ERROR_EXISTS, "'%s' is a port of '%s' already", port.name, name_of(all, count, port.master));
	other = rider(all, count, &port);
	if (other != NULL) {
		error_set(err, ERROR_BUSY, "'%s' stands on '%s' by %s, which takes what arrives for itself", other->name, port.name, other->kind);
		return error_hint(err, "shut down the machine that has it, or 'ip link delete %s'", other->name);
	}
	return true;
}

static bool check_name(struct manager *manager, const struct bridge_request *request, struct error *err)
{
	_cleanup_links_ struct links *links = NULL;
	struct network_row *rows = NULL;
	struct link link;
	size_t count = 0;
	bool ok = true;

	if (!interface_name_check("bridge", request->name, err))
		return false;
	links = links_open(err);
	if (links == NULL)
		return false;
	if (link_find(links, request->name, &link, NULL)) {
		error_set(err, ERROR_EXISTS, "this host has a %s '%s' already", text_equal(link.kind, "bridge") ? "bridge" : "network interface",
			  request->name);
		return text_equal(link.kind, "bridge") ? error_hint(err, "'virtty bridge list' shows it") : false;
	}
	if (!network_list(manager, &rows, &count, err))
		return false;
	for (size_t i = 0; ok && i < count; i++)
		if (rows[i].mode != FORWARD_BRIDGE && text_equal(rows[i].bridge, request->name))
			ok = error_set(err, ERROR_EXISTS, "bridge '%s' is that of network '%s'", request->name, rows[i].name);
	network_rows_free(rows, count);
	return ok;
}

static bool check_numbers(const struct bridge_request *request, struct error *err)
{
	char mac[MAC_TEXT_SIZE];

	if (request->mac != NULL && (!mac_parse(request->mac, mac) || (strtoul(mac, NULL, 16) & 1) != 0))
		return error_set(err, ERROR_INVALID, "'%s' is not a MAC address that an interface may have", request->mac);
	if (request->delay_s > 30 || (request->stp && request->delay_s == 1))
		return error_set(err, ERROR_INVALID, "a bridge's delay is 0, or 2 to 30 seconds");
	if (request->mtu != 0 && (request->mtu < 68 || request->mtu > 65535))
		return error_set(err, ERROR_INVALID, "an MTU is 68 to 65535");
	return true;
}

/* What a killed guard left is for somebody to decide. */
static bool check_left(const char *directory, struct error *err)
{
	_cleanup_bridge_plan_ struct bridge_plan plan = { 0 };
	_cleanup_close_ int lock = bridge_lock(directory, err);

	if (lock < 0)
		return false;
	if (!bridge_plan_read(directory, &plan, NULL))
		return true;
	error_set(err, ERROR_STATE, "bridge '%s' was left unfinished: the process that guarded it was killed", plan.name);
	return error_hint(err, "'virtty bridge delete %s' puts everything back", plan.name);
}

/* ---- the guard ---- */

/* Starts one with a task and takes its answer. *ret_fd (owned) is the socket to it, -1 where it has said no. */
static bool ask_guard(struct manager *manager, const char *directory, const char *action, const struct bridge_request *request, int *ret_fd,
		      struct error *err)
{
	_cleanup_free_ char *keeper = paths_helper("virtty-keeper"), *log_path = strf("%s/guard.log", directory), *text = NULL, *answer = NULL;
	char *argv[] = { keeper, (char[]){ BRIDGE_GUARD_OPTION }, (char *)(uintptr_t)directory, NULL };
	_cleanup_json_ struct json_object *json = bridge_request_json(request);
	_cleanup_close_ int log = -1, ours = -1, theirs = -1;
	int pair[2];
	pid_t pid;

	if (!paths_make(&manager->paths, err) || !directory_make(directory, 0700, err))
		return false;
	log = open(log_path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return error_set_errno(err, errno, "cannot make a socket pair");
	ours = pair[0];
	theirs = pair[1];
	if (!spawn(argv, (const int[SPAWN_FDS]){ -1, log, log, theirs }, SPAWN_SESSION, &pid, err))
		return error_hint(err, "virtty is not installed whole: VIRTTY_LIBEXEC may name the directory of its helpers");
	*ARRAY_ADD(manager->keepers, manager->keeper_count) = pid;
	cleanup_close(&theirs);
	theirs = -1;
	json_set_string(json, "action", action);
	text = json_text(json);
	if (!message_send(ours, text, strlen(text), NULL, 0, err) ||
	    !message_receive(ours, BRIDGE_MESSAGE_LIMIT, ANSWER_LIMIT_MS, &answer, NULL, 0, NULL, err))
		return error_wrap(err, "its guard did not answer");
	if (!keeper_read_outcome(answer, err))
		return false;
	*ret_fd = TAKE_FD(ours);
	return true;
}

/* Its guard is gone, and what it had begun is there: done to the end by us. True: there is nothing left of it. */
static bool clear_left(const char *directory, const char *name, struct error *err)
{
	_cleanup_close_ int lock = bridge_lock(directory, err);
	_cleanup_bridge_plan_ struct bridge_plan plan = { 0 };
	_cleanup_error_ struct error none = ERROR_INIT;

	if (lock < 0)
		return false;
	if (!bridge_plan_read(directory, &plan, &none))
		return none.code == ERROR_NOT_FOUND || error_move(err, &none);
	return !text_equal(plan.name, name) || bridge_put_back(directory, &plan, err);
}

bool bridge_create(struct manager *manager, const struct bridge_request *request, int *ret_guard, char ***ret_notes, struct error *err)
{
	_cleanup_free_ char *directory = bridge_directory(manager);
	_cleanup_error_ struct error back = ERROR_INIT, failed = ERROR_INIT;
	_cleanup_close_ int fd = -1;

	if (ret_guard != NULL)
		*ret_guard = -1;
	if (!check_name(manager, request, err) || !check_numbers(request, err) || !check_port(request, err) || !check_rights(err) ||
	    !check_left(directory, err))
		return false;
	if (ret_notes != NULL)
		*ret_notes = bridge_notes(request->port, request->name, *ret_notes);
	if (!ask_guard(manager, directory, "create", request, &fd, &failed)) {
		/* one that said no has put everything back itself; one that was killed has not */
		if ((failed.code == ERROR_PROTOCOL || failed.code == ERROR_SYSTEM) && !clear_left(directory, request->name, &back))
			return error_move(err, &back);
		error_move(err, &failed);
		return error_wrap(err, "cannot make bridge '%s'", request->name);
	}
	if (ret_guard != NULL && request->timeout_s > 0)
		*ret_guard = TAKE_FD(fd);
	return true;
}

enum bridge_outcome bridge_wait(int guard, struct error *err)
{
	struct pollfd readable = { .fd = guard, .events = POLLIN };
	_cleanup_json_ struct json_object *json = NULL;
	_cleanup_free_ char *text = NULL;
	const char *outcome = "";

	if (poll(&readable, 1, 0) <= 0)
		return BRIDGE_WAITING;
	if (message_receive(guard, BRIDGE_MESSAGE_LIMIT, LAST_WORD_MS, &text, NULL, 0, NULL, NULL))
		json = json_parse("guard", text, strlen(text), NULL);
	if (json != NULL)
		outcome = json_get_string(json, "outcome", "");
	if (text_equal(outcome, "confirmed"))
		return BRIDGE_CONFIRMED;
	if (text_equal(outcome, "put-back"))
		return BRIDGE_PUT_BACK;
	error_set(err, ERROR_STATE, "the process that guarded the bridge ended without a word");
	error_hint(err, "'virtty bridge list' shows what there is; 'virtty bridge confirm' keeps it, 'virtty bridge delete' puts everything back");
	return BRIDGE_LOST;
}

/* ---- deciding ---- */

/* Tells a guard; ERROR_NOT_FOUND: there is none. */
static bool tell_guard(const char *directory, const char *verb, const char *name, struct error *err)
{
	_cleanup_free_ char *path = bridge_socket(directory), *text = strf("%s %s", verb, name), *answer = NULL;
	_cleanup_close_ int fd = socket_connect(path, err);

	if (fd < 0)
		return false;
	if (!message_send(fd, text, strlen(text), NULL, 0, err) ||
	    !message_receive(fd, BRIDGE_MESSAGE_LIMIT, ANSWER_LIMIT_MS, &answer, NULL, 0, NULL, err))
		return error_wrap(err, "the guard of bridge '%s' did not answer", name);
	return keeper_read_outcome(answer, err);
}

static bool fail_nothing_to_confirm(struct manager *manager, const char *name, struct error *err)
{
	struct bridge_row *rows = NULL;
	size_t count = 0, at = 0;

	if (!bridge_list(manager, &rows, &count, err))
		return false;
	while (at < count && !text_equal(rows[at].name, name))
		at++;
	if (at == count) {
		error_set(err, ERROR_NOT_FOUND, "this host has no bridge '%s'", name);
		error_hint(err, "what is not confirmed in time is put back; 'virtty bridge list' shows what there is");
	} else {
		error_set(err, ERROR_STATE, "bridge '%s' waits for no confirmation", name);
	}
	bridge_rows_free(rows, count);
	return false;
}

bool bridge_confirm(struct manager *manager, const char *name, struct error *err)
{
	_cleanup_free_ char *directory = bridge_directory(manager);
	_cleanup_error_ struct error none = ERROR_INIT;
	_cleanup_bridge_plan_ struct bridge_plan plan = { 0 };

	if (!bridge_plan_read(directory, &plan, &none))
		return none.code == ERROR_NOT_FOUND ? fail_nothing_to_confirm(manager, name, err) : error_move(err, &none);
	if (bridge_is_locked(directory) && tell_guard(directory, "confirm", name, &none))
		return true;
	if (bridge_is_locked(directory))
		return error_move(err, &none);
	/* nobody guards it any more: it stays if it is whole */
	_cleanup_close_ int lock = bridge_lock(directory, err);

	if (lock < 0)
		return false;
	bridge_plan_clear(&plan);
	if (!bridge_plan_read(directory, &plan, NULL) || !text_equal(plan.name, name))
		return fail_nothing_to_confirm(manager, name, err);
	if (plan.stage != BRIDGE_WHOLE) {
		error_set(err, ERROR_STATE, "bridge '%s' is not whole: the process that made it was killed", name);
		return error_hint(err, "'virtty bridge delete %s' puts everything back", name);
	}
	bridge_plan_remove(directory);
	return true;
}

/* Machines that would reach nothing any more. */
static bool check_unused(struct manager *manager, const char *name, struct error *err)
{
	struct bridge_row *rows = NULL;
	size_t count = 0;
	bool ok = true;

	if (!bridge_list(manager, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		for (size_t n = 0; ok && text_equal(rows[i].name, name) && n < rows[i].port_count; n++)
			if (rows[i].ports[n].machine != NULL)
				ok = error_set(err, ERROR_BUSY, "machine '%s' stands on bridge '%s' (%s)", rows[i].ports[n].machine, name,
					       rows[i].ports[n].name);
	bridge_rows_free(rows, count);
	return ok || error_hint(err, "shut it down or give it another network; --force deletes the bridge nevertheless");
}

bool bridge_delete(struct manager *manager, const char *name, bool force, struct error *err)
{
	_cleanup_free_ char *directory = bridge_directory(manager);
	_cleanup_bridge_plan_ struct bridge_plan plan = { 0 };
	_cleanup_error_ struct error failed = ERROR_INIT;
	struct bridge_request request = { .name = name };
	_cleanup_links_ struct links *links = links_open(err);
	_cleanup_close_ int fd = -1;
	struct link link;

	if (links == NULL || !check_rights(err))
		return false;
	bool pending = bridge_plan_read(directory, &plan, NULL) && text_equal(plan.name, name);

	if (pending && bridge_is_locked(directory))
		return tell_guard(directory, "put-back", name, err);
	if (pending)
		return clear_left(directory, name, err);
	if (!link_find(links, name, &link, err))
		return false;
	if (!text_equal(link.kind, "bridge"))
		return error_set(err, ERROR_INVALID, "interface '%s' is not a bridge", name);
	if (!text_starts(link.alias, BRIDGE_ALIAS)) {
		error_set(err, ERROR_STATE, "bridge '%s' is not one that 'virtty bridge create' made: it is left alone", name);
		return text_starts(link.alias, "virtty network ") ?
			error_hint(err, "it is that of a network: 'virtty net-destroy' takes it away") : false;
	}
	if ((!force && !check_unused(manager, name, err)) || !check_left(directory, err))
		return false;
	if (ask_guard(manager, directory, "delete", &request, &fd, &failed))
		return true;
	if ((failed.code == ERROR_PROTOCOL || failed.code == ERROR_SYSTEM) && clear_left(directory, name, NULL) &&
	    !link_find(links, name, &link, NULL))
		return true;
	error_move(err, &failed);
	return error_wrap(err, "cannot delete bridge '%s'", name);
}
