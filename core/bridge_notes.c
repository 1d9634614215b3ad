/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs of the host that look after an interface too, and what they will do about a bridge on it. */
#include "core/bridge_internal.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "net/foreign_rules.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CMDLINE_LIMIT ((size_t)64 * 1024)

/* Those that ask a DHCP server by the card. */
static const struct client {
	const char *comm;    /* as the kernel cuts it: 15 bytes */
	const char *release; /* the command that gives the card's lease back; NULL: it is ended for that */
	const char *ask;     /* the one that asks for one */
} clients[] = {
	{ "dhclient", "dhclient -r", "dhclient" },
	{ "dhcpcd", "dhcpcd -k", "dhcpcd" },
	{ "udhcpc", NULL, "udhcpc -i" },
};

/* Those that give the card what their configuration says. The card's name stands between the two parts of the advice. */
static const struct manages {
	const char *comm, *name;
	const char *before, *after;
} managers[] = {
	{ "NetworkManager", "NetworkManager", "'nmcli device set ", " managed no' keeps it away until the host starts again" },
	{ "systemd-network", "systemd-networkd", "a 'networkctl reload' or a new cable gives ",
	  " its old addresses back unless its configuration has the bridge" },
	{ "connmand", "connman", "NetworkInterfaceBlacklist in /etc/connman/main.conf has to name ", "" },
	{ "wickedd", "wicked", "an 'ifup ", "' gives it its old addresses back unless its configuration has the bridge" },
};

/* ---- who runs ---- */

static bool same_network(const char *pid)
{
	_cleanup_free_ char *path = strf("/proc/%s/ns/net", pid);
	char ours[64] = "", theirs[64] = "";

	return readlink("/proc/self/ns/net", ours, sizeof ours - 1) > 0 && readlink(path, theirs, sizeof theirs - 1) > 0 &&
	       strcmp(ours, theirs) == 0;
}

/* Calls for each process of our network namespace, until that says true. */
static bool any_process(bool (*judge)(const char *pid, const char *comm, void *userdata), void *userdata)
{
	DIR *directory = opendir("/proc");
	bool found = false;
	struct dirent *entry;

	while (directory != NULL && !found && (entry = readdir(directory)) != NULL) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		_cleanup_free_ char *path = strf("/proc/%s/comm", entry->d_name), *comm = file_read_line(path);

		found = comm != NULL && judge(entry->d_name, comm, userdata);
	}
	if (directory != NULL)
		closedir(directory);
	return found;
}

static bool is_called(const char *pid, const char *comm, void *userdata)
{
	return text_equal(comm, userdata) && same_network(pid);
}

bool bridge_host_runs(const char *comm)
{
	return any_process(is_called, (void *)(uintptr_t)comm);
}

/* ---- what they do ---- */

struct search {
	const char *port, *bridge;
	char **notes;
};

/* A client that names interfaces looks after those; one that names none, after all of them. */
static bool minds(const char *pid, const char *port)
{
	_cleanup_free_ char *path = strf("/proc/%s/cmdline", pid), *text = NULL;
	size_t length = 0;
	bool any = false;

	if (!file_read(path, CMDLINE_LIMIT, &text, &length, NULL))
		return true;
	for (size_t at = strlen(text) + 1; at < length; at += strlen(text + at) + 1) {
		_cleanup_free_ char *there = strf("/proc/sys/net/ipv4/conf/%s", text + at);

		if (text_equal(text + at, port))
			return true;
		any = any || (text[at] != '\0' && strchr(text + at, '/') == NULL && path_exists(there));
	}
	return !any;
}

static void note_client(struct search *search, const struct client *client, const char *pid)
{
	_cleanup_free_ char *release = client->release != NULL ? strf("'%s %s'", client->release, search->port) : strf("'kill %s'", pid);

	search->notes = strv_addf(search->notes,
				  "%s (process %s) keeps the lease of '%s': from now on it has to ask on '%s', or the address runs out with the "
				  "lease; %s, then '%s %s'",
				  client->comm, pid, search->port, search->bridge, release, client->ask, search->bridge);
}

static bool note_process(const char *pid, const char *comm, void *userdata)
{
	struct search *search = userdata;

	for (size_t i = 0; i < ARRAY_LENGTH(clients); i++)
		if (text_equal(comm, clients[i].comm) && same_network(pid) && minds(pid, search->port))
			note_client(search, &clients[i], pid);
	for (size_t i = 0; i < ARRAY_LENGTH(managers); i++)
		if (text_equal(comm, managers[i].comm) && same_network(pid))
			search->notes = strv_addf(search->notes, "%s (process %s) looks after '%s' too: %s%s%s", managers[i].name, pid, search->port,
						  managers[i].before, search->port, managers[i].after);
	return false;
}

char **bridge_notes(const char *port, const char *bridge, char **notes)
{
	struct search search = { port, bridge, notes };

	size_t rules = foreign_rules_naming(port);

	(void)any_process(note_process, &search);
	if (rules > 0)
		search.notes = strv_addf(search.notes,
					 "%zu of this host's packet filter rules name '%s': what comes and goes by it is of '%s' from "
					 "now on, and they do not see it; 'nft list ruleset' and 'iptables-save' show them",
					 rules, port, bridge);
	return search.notes;
}
