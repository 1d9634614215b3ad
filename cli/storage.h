/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands about pools, volumes and jobs share. */
#ifndef CLI_STORAGE_H
#define CLI_STORAGE_H

#include "cli/cli.h"
#include "core/storage.h"

/* Rows of option tables. What virsh takes without its option's name is taken so here, in virsh's order of rows. */
#define OPTION_POOL                                                                                                    \
	{                                                                                                              \
		"pool", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_POOL, NULL, N_("POOL"),    \
			N_("name or UUID of a pool")                                                                   \
	}
#define OPTION_OF_POOL                                                                                                 \
	{                                                                                                              \
		"pool", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_POOL, NULL, N_("POOL"),                     \
			N_("name or UUID of the volume's pool")                                                        \
	}
#define OPTION_VOLUME                                                                                                  \
	{                                                                                                              \
		"vol", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_VOLUME, NULL, N_("VOLUME"), \
			N_("name (with --pool), key or path of a volume")                                              \
	}
#define OPTION_TEXT(name, value, help)                                                                                 \
	{                                                                                                              \
		name, NULL, 0, OPTION_STRING, 0, COMPLETE_NONE, NULL, value, help                                      \
	}
#define OPTION_ANY_TEXT(name, value, help)                                                                             \
	{                                                                                                              \
		name, NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_NONE, NULL, value, help                       \
	}
#define OPTION_XML_FILE(help)                                                                                          \
	{                                                                                                              \
		"file", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_FILE, NULL, N_("FILE"),    \
			help                                                                                           \
	}

/* The pool that --pool names. The caller clears ret. */
bool cli_pool(struct cli *cli, struct pool_row *ret, struct error *err);
/* The volume that --vol names, in --pool where that is given; ret_pool is the one it is in. The caller clears both. */
bool cli_volume(struct cli *cli, struct volume *ret, struct pool_row *ret_pool, struct error *err);
/* The same by other options' names. */
bool cli_volume_in(struct cli *cli, const char *key, const char *pool, struct volume *ret, struct pool_row *ret_pool,
		   struct error *err);
/* A file's text for a document; *ret_source is what to call it in messages. Both owned. */
bool cli_document(const char *path, char **ret_text, char **ret_source, struct error *err);
/* What such a document is called that options make; and an error of it, told of the option instead of a line. Always
 * false. */
#define CLI_OPTIONS "options"
bool cli_options_error(struct error *err);
/* "1.50 GiB", as virsh prints sizes; bytes: "1610612736" when plain. Owned. */
char *cli_size(uint64_t bytes, bool plain);
/* The size in an option, in bytes where it has no unit; 0 when it is not given. */
bool cli_option_size(struct cli *cli, const char *name, uint64_t *ret, struct error *err);

/* A job that is shown while somebody waits for it: a bar on a terminal, a line now and then otherwise. */
struct job_watch {
	bool terminal, shown;
	int64_t line_ms, changed_ms;
};
struct job_watch job_watch_begin(const struct cli *cli);
void job_watch_show(struct job_watch *watch, const struct job *job);
void job_watch_end(const struct job_watch *watch);

/* Waits for a job (id 0: there is none): a bar on a terminal, a line now and then otherwise. Ctrl-C cancels it. */
bool cli_job(struct cli *cli, int64_t id, struct error *err);

#endif
