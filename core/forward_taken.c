/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has a port of the host: another machine, or a program that listens there. */
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "core/forward_internal.h"
#include "core/manager_internal.h"
#include "core/passt.h"
#include "hv/domain_interface.h"
#include "net/subnet.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STATE_LISTEN	  0x0au /* of TCP, in /proc/net */
#define STATE_UNCONNECTED 0x07u /* of UDP there */

/* ---- machines ---- */

/* A document can hold one only if it says so: most are not parsed. */
#define ELEMENT "portForward"

static bool check_machine(struct manager *manager, const struct machine *machine, const struct forward *forward, bool own, bool *ret_has,
			  struct error *err)
{
	_cleanup_free_ char *text = NULL, *found = NULL;
	_cleanup_domain_ struct domain *domain = NULL;

	if (!definition_read(manager, machine->id, DEFINITION_LIVE, &text, err))
		return false;
	if (text == NULL || strstr(text, ELEMENT) == NULL)
		return true;
	domain = domain_parse(machine->name, text, strlen(text), NULL);
	found = domain != NULL ? domain_forward_meeting(domain, forward) : NULL;
	if (found == NULL)
		return true;
	*ret_has = true;
	if (own)
		return true;
	_cleanup_free_ char *wanted = forward_text(forward);

	error_set(err, ERROR_EXISTS, "%s %s: the port leads to machine '%s' already (%s)", forward->proto, wanted, machine->name, found);
	return error_hint(err, "'virtty forward %s list' shows its ports", machine->name);
}

/* *ret_own: the machine itself runs with it. */
static bool check_machines(struct manager *manager, struct machine *machines, size_t count, int64_t domain_id, const struct forward *forward,
			   bool *ret_own, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		bool own = machines[i].id == domain_id, has = false;

		/* what died without being cleared away has no port any more, once that is done */
		if (machines[i].truth == TRUTH_STALE && !own && !domain_reconcile(manager, &machines[i], err))
			return false;
		if (machine_is_active(&machines[i]) && !check_machine(manager, &machines[i], forward, own, &has, err))
			return false;
		*ret_own = *ret_own || (own && has);
	}
	return true;
}

/* ---- listeners ---- */

struct listener {
	struct ip_address address;
	unsigned port;
	uint64_t inode;
};

/* "0100007F": words of the host's order. */
static bool read_address(const char *text, size_t length, struct ip_address *ret)
{
	*ret = (struct ip_address){ .family = length == 8 ? AF_INET : AF_INET6 };
	if (length != 8 && length != 32)
		return false;
	for (size_t word = 0; word < length / 8; word++) {
		char digits[9] = "", *end;
		uint32_t value;

		memcpy(digits, text + word * 8, 8);
		value = (uint32_t)strtoul(digits, &end, 16);
		if (*end != '\0')
			return false;
		memcpy(&ret->bytes[word * 4], &value, sizeof value);
	}
	return true;
}

/* "  0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 20412 ..." */
static bool read_listener(const char *line, bool udp, struct listener *ret)
{
	char address[33];
	unsigned state;

	return sscanf(line, " %*u: %32[0-9A-F]:%x %*[0-9A-F]:%*x %x %*s %*s %*s %*u %*u %" SCNu64, address, &ret->port, &state, &ret->inode) ==
		       4 &&
	       state == (udp ? STATE_UNCONNECTED : STATE_LISTEN) && read_address(address, strlen(address), &ret->address);
}

static bool is_any(const struct ip_address *address)
{
	static const uint8_t zero[16];

	return memcmp(address->bytes, zero, sizeof zero) == 0;
}

static bool meets(const struct listener *listener, const struct forward *forward)
{
	struct ip_address wanted;

	if (listener->port < forward->host_port || listener->port >= forward->host_port + forward->count)
		return false;
	return is_any(&listener->address) || forward->address == NULL || !address_parse(forward->address, &wanted) ||
	       (wanted.family == listener->address.family && address_compare(&wanted, &listener->address) == 0);
}

static bool find_listener(const char *path, const struct forward *forward, struct listener *ret)
{
	bool udp = text_equal(forward->proto, "udp"), found = false;
	FILE *file = fopen(path, "re");
	char line[512];

	while (file != NULL && !found && fgets(line, sizeof line, file) != NULL)
		found = read_listener(line, udp, ret) && meets(ret, forward);
	if (file != NULL)
		fclose(file);
	return found;
}

/* Does the process have that socket open? */
static bool holds(const char *pid, const char *socket_name)
{
	_cleanup_free_ char *path = strf("/proc/%s/fd", pid);
	DIR *directory = opendir(path);
	struct dirent *entry;
	bool found = false;

	while (directory != NULL && !found && (entry = readdir(directory)) != NULL) {
		char target[64];
		ssize_t length = readlinkat(dirfd(directory), entry->d_name, target, sizeof target - 1);

		target[length > 0 ? length : 0] = '\0';
		found = text_equal(target, socket_name);
	}
	if (directory != NULL)
		closedir(directory);
	return found;
}

/* 0: it cannot be told, for want of rights, or it has ended. */
static pid_t find_holder(uint64_t inode)
{
	_cleanup_free_ char *name = strf("socket:[%" PRIu64 "]", inode);
	DIR *directory = opendir("/proc");
	struct dirent *entry;
	uint64_t pid = 0;

	while (directory != NULL && pid == 0 && (entry = readdir(directory)) != NULL)
		if (!text_to_uint(entry->d_name, false, &pid) || !holds(entry->d_name, name))
			pid = 0;
	if (directory != NULL)
		closedir(directory);
	return (pid_t)pid;
}

static bool fail_listened(const struct machine *machines, size_t count, const struct forward *forward, const struct listener *listener,
			  struct error *err)
{
	_cleanup_free_ char *wanted = forward_text(forward), *name = NULL;
	pid_t pid = find_holder(listener->inode);

	for (size_t i = 0; i < count; i++)
		if (pid != 0 && machine_is_active(&machines[i]) && machines[i].run.qemu.pid == pid)
			return error_set(err, ERROR_EXISTS, "%s %s: machine '%s' listens at port %u of this host itself", forward->proto, wanted,
					 machines[i].name, listener->port);
	if (pid == 0) {
		error_set(err, ERROR_EXISTS, "%s %s: a program of this host listens at port %u", forward->proto, wanted, listener->port);
		return error_hint(err, "'ss -ln%cp' shows to root which one", forward->proto[0]);
	}
	name = process_name(pid);
	error_set(err, ERROR_EXISTS, "%s %s: '%s' (pid %ld) listens at port %u of this host", forward->proto, wanted, name, (long)pid,
		  listener->port);
	return error_hint(err, "another port of the host may lead to port %u of the guest", forward->guest_port);
}

static bool check_listeners(const struct machine *machines, size_t count, const struct forward *forward, struct error *err)
{
	static const char *const versions[] = { "", "6" };

	for (size_t i = 0; i < ARRAY_LENGTH(versions); i++) {
		_cleanup_free_ char *path = strf("/proc/net/%s%s", forward->proto, versions[i]);
		struct listener listener;

		if (find_listener(path, forward, &listener))
			return fail_listened(machines, count, forward, &listener, err);
	}
	return true;
}

/* Where the machine runs with it, it is its own QEMU that listens. */
static bool check(struct manager *manager, struct machine *machines, size_t count, int64_t domain_id, const struct forward *forward,
		  struct error *err)
{
	bool own = false;

	return check_machines(manager, machines, count, domain_id, forward, &own, err) &&
	       (own || check_listeners(machines, count, forward, err));
}

bool forward_check_free(struct manager *manager, int64_t domain_id, const struct forward *forward, struct error *err)
{
	struct machine *machines = NULL;
	size_t count = 0;
	bool ok = machine_list(manager, &machines, &count, err) && check(manager, machines, count, domain_id, forward, err);

	machines_free(machines, count);
	return ok;
}

static bool check_own(const struct domain *live, const struct forward *forwards, size_t index, struct error *err)
{
	_cleanup_free_ char *text = forward_text(&forwards[index]), *meeting = live != NULL ? domain_forward_meeting(live, &forwards[index]) : NULL;

	for (size_t i = 0; meeting == NULL && i < index; i++)
		if (forwards_meet(&forwards[i], &forwards[index])) {
			_cleanup_free_ char *other = forward_text(&forwards[i]);

			meeting = strf("%s %s", forwards[i].proto, other);
		}
	return meeting == NULL ||
	       error_set(err, ERROR_EXISTS, "%s %s: the port leads to this machine already (%s)", forwards[index].proto, text, meeting);
}

bool interfaces_check_forwards(struct manager *manager, int64_t domain_id, const struct domain *live, const struct interface *interfaces,
			       size_t count, struct error *err)
{
	struct forward *forwards = NULL;
	struct machine *machines = NULL;
	size_t forward_count = 0, machine_count = 0;
	bool ok = true;

	for (size_t i = 0; i < count; i++) {
		size_t more;
		struct forward *of_card = interface_forwards(&interfaces[i], &more);

		for (size_t n = 0; n < more; n++)
			*ARRAY_ADD(forwards, forward_count) = of_card[n];
		free(of_card);
	}
	if (forward_count > 0)
		ok = machine_list(manager, &machines, &machine_count, err);
	for (size_t i = 0; ok && i < forward_count; i++)
		ok = check_own(live, forwards, i, err) && check(manager, machines, machine_count, domain_id, &forwards[i], err);
	machines_free(machines, machine_count);
	forwards_free(forwards, forward_count);
	/* that an address is not this host's, or a port root's, QEMU would say in few words */
	for (size_t i = 0; ok && live == NULL && i < count; i++)
		ok = interfaces[i].type != INTERFACE_USER || interface_uses_passt(&interfaces[i]) || passt_check_ports(&interfaces[i], err);
	return ok;
}
