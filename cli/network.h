/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands about networks share. */
#ifndef CLI_NETWORK_H
#define CLI_NETWORK_H

#include "cli/cli.h"
#include "core/network.h"

/* Rows of option tables. */
#define OPTION_NETWORK                                                                                                       \
	{                                                                                                                    \
		"network", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_NETWORK, NULL, N_("NETWORK"), \
			N_("name or UUID of a network")                                                                      \
	}

/* The network that --network names. The caller clears ret. */
bool cli_network(struct cli *cli, struct network_row *ret, struct error *err);

/* A network as net-list --json has it. Owned. */
struct json_object *cli_network_json(const struct network_row *row);
/* The same of one that a command has changed, as it is now: neither active nor persistent where it is gone. Owned; NULL with err. */
struct json_object *cli_network_after(struct cli *cli, const struct network_row *row, struct error *err);
/* Sets an array of lines; nothing where there are none. */
void cli_json_lines(struct json_object *object, const char *key, char *const *lines);
/* How a command ends that has changed a network: with --json it prints the network as it is now, the lines as an array under the key; else the
 * lines are warnings. */
bool cli_network_done(struct cli *cli, const struct network_row *row, const char *key, char *const *lines, struct error *err);

#endif
