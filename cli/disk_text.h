/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disk's XML out of options, as virsh's attach-disk makes it. */
#ifndef CLI_DISK_TEXT_H
#define CLI_DISK_TEXT_H

#include "cli/cli.h"

/* Of attach-disk's options. Owned; NULL with err. */
char *disk_text_of_options(struct cli *cli, struct error *err);
/* A <disk> with a source and nothing else; type NULL: seen from the source (a path, a device, POOL/VOLUME). Owned; NULL
 * with err. */
char *disk_text_of_source(struct cli *cli, const char *source, const char *type, struct error *err);

#endif
