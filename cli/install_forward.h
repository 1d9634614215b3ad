/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port forwards among the parts of --network. */
#ifndef CLI_INSTALL_FORWARD_H
#define CLI_INSTALL_FORWARD_H

#include "base/error.h"

#include <stdbool.h>

/* Takes "forward=2222:22" (as often as wanted) and virt-install's "portForward0.proto=tcp,portForward0.range0.start=2222,..." out of a value:
 * *ret_rest (owned) is what is left of it, *ret_forwards (owned vector; NULL: none) has "tcp:2222:22" for each. */
bool install_forwards_take(const char *text, char **ret_rest, char ***ret_forwards, struct error *err);

#endif
