/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request for an installation as the words of `virtty install`: the reverse of reading its options. */
#ifndef CORE_INSTALL_ARGUMENTS_H
#define CORE_INSTALL_ARGUMENTS_H

#include "core/install.h"

/* "install", "--name", "web1", ...: what is not set (NULL, 0) is left out. A password is not among them: they have it read from standard input
 * ("password-file=-"). Owned vector. */
char **install_arguments(const struct install_request *request);
/* "virtty" and the words, as one line for a shell. Owned. */
char *install_command_line(char *const *arguments);

#endif
