/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command table as text: lists, one command's page, the manual. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"

#include <stdio.h>

/* All commands by group. */
void help_all(FILE *stream);
/* One group. */
void help_group(FILE *stream, enum group group);
/* One command, as virsh lays it out. */
void help_command(FILE *stream, const struct command *command);
/* "start DOMAIN [--console] [--paused]". Owned. */
char *help_synopsis(const struct command *command);
/* "-n, --name NAME" as help shows an option. Owned. */
char *help_option(const struct option *option);
/* virtty.1 as roff, in English whatever the locale. */
void manual_page(FILE *stream);

#endif
