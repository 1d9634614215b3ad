/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --cloud-init: its text goes to core as it is; passwords are read here, where a person can be asked. */
#ifndef CLI_CLOUD_INIT_H
#define CLI_CLOUD_INIT_H

#include "cli/options.h"
#include "core/install.h"

/* Checks the parts, reads or makes the passwords that they name. */
bool cloud_init_read(const struct arguments *arguments, struct install_request *ret, struct error *err);
/* Shows the password that was made for root, which is nowhere else to be read. */
void cloud_init_show_password(const struct install_request *request);

#endif
