/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program nft: gives it what ruleset.h makes, a transaction each, and reads back what others' rules say. */
#ifndef NET_NFT_H
#define NET_NFT_H

#include "base/error.h"

#include <stdbool.h>

/* Runs a text of commands: all of it or nothing. ERROR_NOT_FOUND where nft is missing, with the package to install; what
 * nft refuses is ERROR_FAILED with its first words, ERROR_EXISTS where something is there already, ERROR_BUSY where it is in use. */
bool nft_run(const char *text, struct error *err);
/* The same, by way of a file (open for reading and writing) that it is written into first: a lock on it is held until nft has ended, even where the
 * caller is killed meanwhile. */
bool nft_run_from(int fd, const char *text, struct error *err);
/* The same of a text that takes out what must not be in use, as ruleset_trim(): nothing happens while it is, and that is no error. */
bool nft_run_unless_busy(const char *text, struct error *err);
/* The whole ruleset as nft prints it in JSON, "" where there is none or it cannot be read. Owned. */
char *nft_list(void);
/* Are there tables that are not ours? Asked of the kernel, in no time: most hosts have none. */
bool nft_has_foreign(void);
/* Is a chain of ours, in `inet virtty`, known not to be there? False where it cannot be asked. */
bool nft_lacks_chain(const char *chain);

/* Hears of what becomes of tables in this network namespace, without rights to change them. A descriptor to poll for reading, owned; -1: it cannot be heard. */
int nft_watch(void);
/* Reads all that there is: may `inet virtty` have been deleted? */
bool nft_watch_read(int fd);

#endif
