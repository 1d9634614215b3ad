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

#endif
