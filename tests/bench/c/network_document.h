/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine whose network cards are timed: its document, and the run directory of a row that no machine has. */
#ifndef TESTS_BENCH_NETWORK_DOCUMENT_H
#define TESTS_BENCH_NETWORK_DOCUMENT_H

#include "base/file.h"
#include "base/memory.h"
#include "core/manager.h"
#include "hv/domain.h"

#include <stdlib.h>

#define NO_MACHINE 1000000 /* a row that no machine has: only its run directory is used */

struct bench {
	struct manager *manager; /* of the home in $VIRTTY_HOME */
	struct domain *domain;
	char *directory; /* of NO_MACHINE */
};

static inline void bench_close(struct bench *bench)
{
	if (bench->directory != NULL)
		directory_remove(bench->directory, NULL);
	free(bench->directory);
	domain_free(bench->domain);
	manager_close(bench->manager);
}
#define _cleanup_bench_ __attribute__((cleanup(bench_close)))

static inline bool bench_open(struct bench *bench, const char *document, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t length = 0;

	bench->directory = strf("%s/run/%d", getenv("VIRTTY_HOME"), NO_MACHINE);
	return manager_open(&bench->manager, err) && file_read(document, 65536, &text, &length, err) &&
	       (bench->domain = domain_parse("timed", text, length, err)) != NULL && domain_settle(bench->domain, NULL, err) &&
	       directory_make(bench->directory, 0700, err);
}

#endif
