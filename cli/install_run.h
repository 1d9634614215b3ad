/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `virtty install` and `virtty import` do with a request. */
#ifndef CLI_INSTALL_RUN_H
#define CLI_INSTALL_RUN_H

#include "cli/cli.h"
#include "core/install.h"

/* --print-xml prints the document, --dry-run only makes it. */
bool cli_install_show(struct cli *cli, const struct install_request *request, struct error *err);
/* Makes the machine, whole or not at all, whatever signal comes meanwhile; then --autostart, and where it was started its console or --wait. */
bool cli_install_make(struct cli *cli, struct install_request *request, bool start, struct error *err);

#endif
