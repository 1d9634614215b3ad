/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virt-install's options as a request to core. */
#ifndef CLI_INSTALL_OPTIONS_H
#define CLI_INSTALL_OPTIONS_H

#include "cli/options.h"
#include "core/install.h"

extern const struct option install_options[];

/* Fills the request (cleared by the caller, also on error). Every error is wrong usage: ERROR_INVALID that names the
 * option. */
bool install_request_read(const struct arguments *arguments, struct install_request *ret, struct error *err);
/* The part that is about the machine and not its disks: name, memory, vcpus, network, boot, virt-type, machine, cpu, osinfo. */
bool install_request_machine(const struct arguments *arguments, struct install_request *ret, struct error *err);
/* As far as the options go, without asking whether that is enough for a machine: for the wizard. */
bool install_request_begin(const struct arguments *arguments, struct install_request *ret, struct error *err);
/* And this asks. */
bool install_request_check(const struct install_request *request, struct error *err);
/* Does it say what to boot? */
bool install_request_boots(const struct install_request *request);

#endif
