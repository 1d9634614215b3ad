/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --cloud-init: its text goes to core as it is; passwords are read here, where a person can be asked. */
#ifndef CLI_CLOUD_INIT_H
#define CLI_CLOUD_INIT_H

#include "base/gettext.h"
#include "cli/options.h"
#include "core/install.h"

/* The row of its option. */
#define OPTION_CLOUD_INIT                                                                                                                    \
	{                                                                                                                                    \
		"cloud-init", NULL, 0, OPTION_MAYBE_STRING, 0, COMPLETE_FILE, NULL, N_("PARTS"),                                             \
			N_("for a cloud image, told to cloud-init at the first start: user=,password-file=,ssh-key=,hostname=,package=,upgrade=,"  \
			   "run=,timezone=,address=,gateway=,dns=,root-ssh-key=,root-password-file=,root-password-generate=,disable=,user-data=," \
			   "meta-data=,network-config=; without parts: a root password is made, and cloud-init disabled afterwards")           \
	}

/* Checks the parts, reads or makes the passwords that they name. */
bool cloud_init_read(const struct arguments *arguments, struct install_request *ret, struct error *err);
/* Shows the password that was made for root, which is nowhere else to be read. */
void cloud_init_show_password(const struct install_request *request);

#endif
