/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's channel to its guest's agent: is there one, is it open, whose turn is it. What is said over it is in guest_agent_talk.c. */
#include "core/guest_agent.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/socket.h"
#include "base/text.h"
#include "core/live.h"
#include "core/manager_internal.h"
#include "hv/domain.h"
#include "hv/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#define LOCK_STEP_MS 20
#define QEMU_TIMEOUT_MS 5000

/* One at a time: QEMU serves one connection, and the next one's question would be heard when that ends. -1 with err. */
static int take_turn(const char *run_directory, int64_t deadline, struct error *err)
{
	_cleanup_close_ int fd = open(run_directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		error_set_errno(err, errno, "'%s'", run_directory);
		return -1;
	}
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR) {
			error_set_errno(err, errno, "cannot lock '%s'", run_directory);
			return -1;
		}
		if (clock_monotonic_ms() >= deadline) {
			error_set(err, ERROR_BUSY, "somebody else is speaking with its guest agent");
			return -1;
		}
		(void)poll(NULL, 0, LOCK_STEP_MS);
	}
	return TAKE_FD(fd);
}

static const struct chardev *find_channel(const struct domain *domain)
{
	for (size_t i = 0; i < domain->channel_count; i++)
		if (domain->channels[i].channel_target == CHANNEL_VIRTIO && domain->channels[i].type == CHARDEV_UNIX &&
		    text_equal(domain->channels[i].channel_name, GUEST_AGENT_CHANNEL))
			return &domain->channels[i];
	return NULL;
}

/* Has a program in the guest opened the port? QEMU knows. */
static bool is_open(struct json_object *chardevs, const char *alias)
{
	_cleanup_free_ char *id = strf("char%s", alias);

	if (!json_object_is_type(chardevs, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(chardevs); i++) {
		struct json_object *item = json_object_array_get_idx(chardevs, i);

		if (text_equal(json_get_string(item, "label", NULL), id))
			return json_get_bool(item, "frontend-open", false);
	}
	return false;
}

static bool check_open(struct manager *manager, const struct machine *machine, const struct chardev *channel, struct error *err)
{
	_cleanup_json_ struct json_object *chardevs = NULL;

	if (machine->state == RUN_PAUSED) {
		error_set(err, ERROR_STATE, "'%s' is paused: its guest cannot answer", machine->name);
		return error_hint(err, "virtty resume %s", machine->name);
	}
	if (!domain_qmp(manager, machine, "query-chardev", NULL, QEMU_TIMEOUT_MS, &chardevs, err))
		return false;
	if (is_open(chardevs, channel->device.alias))
		return true;
	error_set(err, ERROR_STATE, "guest agent is not responding: QEMU guest agent is not connected in '%s'", machine->name);
	return error_hint(err, "install qemu-guest-agent in the guest, and start it there; a guest that is still booting has it later");
}

static bool ask(const char *path, const char *command, struct json_object **arguments, int64_t deadline, struct json_object **ret,
		struct error *err)
{
	_cleanup_close_ int fd = socket_connect(path, err);
	int64_t left = deadline - clock_monotonic_ms();

	return fd >= 0 && guest_agent_talk(fd, command, TAKE_POINTER(*arguments), left > 0 ? (int)left : 0, ret, err);
}

/* With the question's arguments, which are taken out of where they are when they are used. */
static bool call(struct manager *manager, const struct machine *machine, const char *command, struct json_object **arguments,
		 struct json_object **ret, struct error *err)
{
	_cleanup_free_ char *run_directory = machine_run_directory(manager, machine->id), *path = NULL;
	_cleanup_error_ struct error local = ERROR_INIT;
	_cleanup_domain_ struct domain *domain = NULL;
	_cleanup_close_ int turn = -1;
	int64_t deadline = clock_monotonic_ms() + GUEST_AGENT_TIMEOUT_MS;
	const struct chardev *channel;

	if (!machine_is_active(machine))
		return fail_not_running(machine, err);
	domain = domain_load(manager, machine, true, err);
	if (!domain)
		return false;
	channel = find_channel(domain);
	path = channel ? launch_channel_socket(domain, channel, run_directory) : NULL;
	if (!path) {
		error_set(err, ERROR_UNSUPPORTED, "QEMU guest agent is not configured in '%s'", machine->name);
		return error_hint(err, "'virtty edit' adds <channel type='unix'><target type='virtio' name='%s'/></channel>, for the next start; the "
				  "guest needs qemu-guest-agent", GUEST_AGENT_CHANNEL);
	}
	if (!check_open(manager, machine, channel, err))
		return false;
	turn = take_turn(run_directory, deadline, &local);
	if (turn >= 0 && ask(path, command, arguments, deadline, ret, &local))
		return true;
	error_wrap(&local, "'%s'", machine->name);
	return error_move(err, &local);
}

bool guest_agent_call(struct manager *manager, const struct machine *machine, const char *command, struct json_object *arguments,
		      struct json_object **ret, struct error *err)
{
	bool ok = call(manager, machine, command, &arguments, ret, err);

	json_object_put(arguments);
	return ok;
}
