/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A person at a terminal is asked whether an image from elsewhere is to be copied or used where it is. */
#ifndef CLI_IMPORT_ASK_H
#define CLI_IMPORT_ASK_H

#include "cli/cli.h"
#include "core/import.h"

/* Is there somebody to be asked? */
bool import_can_ask(const struct cli *cli);
/* *ret_in_place: where it is. Nothing answered, or something else, is an error. */
bool import_ask(const struct import_image *image, bool *ret_in_place, struct error *err);
/* Asks for each disk of a request that is an image of another format than QEMU would be told of: it becomes a copy, or is used with its format. What is
 * compressed can only be copied, and is. Without somebody to be asked the request stays as it is. */
bool import_ask_disks(const struct cli *cli, struct install_request *request, struct error *err);

#endif
