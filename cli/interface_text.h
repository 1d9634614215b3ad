/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network card's XML and limits out of options, as virsh's attach-interface and domiftune read them. */
#ifndef CLI_INTERFACE_TEXT_H
#define CLI_INTERFACE_TEXT_H

#include "cli/cli.h"
#include "core/device_change.h"

/* Of attach-interface's options. Owned; NULL with err. */
char *interface_text_of_options(struct cli *cli, struct error *err);
/* "average,peak,burst" of an option that was given: KiB a second, KiB a second, KiB. */
bool interface_limit_of_option(struct cli *cli, const char *option, struct interface_limit *ret, struct error *err);

#endif
