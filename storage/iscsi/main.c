/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtty-iscsi: speaks iSCSI for pools that need no help from the kernel. A process of its own, because it listens to a
 * server that may be anybody, and may not answer at all. */
#include "base/memory.h"
#include "base/text.h"
#include "storage/iscsi/session.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { OPTION_PORTAL = 1, OPTION_TARGET, OPTION_INITIATOR, OPTION_USER, OPTION_PASSWORD, OPTION_LUN, OPTION_OFFSET, OPTION_LENGTH };

static const struct option options[] = {
	{ "portal", required_argument, NULL, OPTION_PORTAL },
	{ "target", required_argument, NULL, OPTION_TARGET },
	{ "initiator", required_argument, NULL, OPTION_INITIATOR },
	{ "user", required_argument, NULL, OPTION_USER },
	{ "password-file", required_argument, NULL, OPTION_PASSWORD },
	{ "lun", required_argument, NULL, OPTION_LUN },
	{ "offset", required_argument, NULL, OPTION_OFFSET },
	{ "length", required_argument, NULL, OPTION_LENGTH },
	{ NULL, 0, NULL, 0 },
};

static bool take_option(struct request *request, int option)
{
	uint64_t number = 0;

	switch (option) {
	case OPTION_PORTAL:
		request->portal = optarg;
		return true;
	case OPTION_TARGET:
		request->target = optarg;
		return true;
	case OPTION_INITIATOR:
		request->initiator = optarg;
		return true;
	case OPTION_USER:
		request->user = optarg;
		return true;
	case OPTION_PASSWORD:
		request->password_file = optarg;
		return true;
	case OPTION_LUN:
		if (!text_to_uint(optarg, false, &number) || number > UINT16_MAX)
			return false;
		request->lun = (int)number;
		return true;
	case OPTION_OFFSET:
		return text_to_uint(optarg, false, &request->offset);
	case OPTION_LENGTH:
		return text_to_uint(optarg, false, &request->length);
	default:
		return false;
	}
}

static const struct command {
	const char *name;
	bool discovery;
	bool (*list)(struct iscsi_context *session, struct error *err);
	bool (*transfer)(struct iscsi_context *session, const struct request *request, struct error *err);
} commands[] = {
	{ "luns", false, list_luns, NULL },
	{ "targets", true, list_targets, NULL },
	{ "read", false, NULL, transfer_read },
	{ "write", false, NULL, transfer_write },
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
		if (text_equal(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static bool run(const struct command *command, const struct request *request, struct error *err)
{
	watchdog_start(request->portal);
	struct iscsi_context *session = session_open(request, err);
	bool ok = session != NULL &&
		  (command->list != NULL ? command->list(session, err) : command->transfer(session, request, err));

	session_close(session);
	return ok;
}

int main(int argc, char **argv)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct request request = { 0 };
	const struct command *command;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!take_option(&request, option))
			return 2;
	command = optind == argc - 1 ? find_command(argv[optind]) : NULL;
	if (command == NULL || request.portal == NULL || request.initiator == NULL ||
	    (request.target == NULL) != command->discovery) {
		fputs("usage: virtty-iscsi luns|targets|read|write --portal HOST:PORT --initiator IQN [--target IQN] [--user USER "
		      "--password-file FILE] [--lun N] [--offset BYTES] [--length BYTES]\n",
		      stderr);
		return 2;
	}
	if (run(command, &request, &err))
		return 0;
	fprintf(stderr, "%s\n", error_text(&err));
	return 1;
}
