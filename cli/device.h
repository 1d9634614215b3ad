/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands about devices share: which document is meant, a disk's text from options. */
#ifndef CLI_DEVICE_H
#define CLI_DEVICE_H

#include "cli/cli.h"
#include "core/device_change.h"

/* Rows of option tables: virsh's words for the running machine and the stored definition. */
#define OPTIONS_CHANGE_BASIC                                                                                           \
	OPTION_SIMPLE("config", N_("the stored definition, for the next start")),                                      \
		OPTION_SIMPLE("live", N_("the running machine")),                                                      \
		OPTION_SIMPLE("current", N_("the running machine if it runs, else the stored definition"))
#define OPTIONS_CHANGE                                                                                                 \
	OPTION_SIMPLE("persistent", N_("the stored definition, and the running machine if it runs")),                  \
		OPTIONS_CHANGE_BASIC
#define OPTION_WAIT                                                                                                    \
	{                                                                                                              \
		"timeout", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("SECONDS"),                                 \
			N_("how long the guest may take to let go (20)")                                               \
	}
#define OPTION_DEVICE_FILE                                                                                             \
	{                                                                                                              \
		"file", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_FILE, NULL, N_("FILE"),    \
			N_("the device's XML; '-' is standard input")                                                  \
	}
#define OPTION_DISK(name, traits, help)                                                                                \
	{                                                                                                              \
		name, NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | (traits), COMPLETE_DISK, NULL, N_("DISK"), help       \
	}
#define OPTION_WORD(name, value, help)                                                                                 \
	{                                                                                                              \
		name, NULL, 0, OPTION_STRING, 0, COMPLETE_NONE, NULL, value, help                                      \
	}
#define OPTION_OF_WORDS(name, words, value, help)                                                                      \
	{                                                                                                              \
		name, NULL, 0, OPTION_STRING, 0, COMPLETE_WORDS, words, value, help                                    \
	}

/* The flags of core/device_change.h. live_alone: without an option the running machine is meant, and nothing else (as
 * virsh attaches). */
bool cli_change_flags(struct cli *cli, bool live_alone, unsigned *ret, struct error *err);
/* Warns of a disk that was put into a stored definition, and whose file or volume is not there. */
void cli_warn_disk(struct cli *cli, const struct machine *machine, const struct device_text *text, unsigned flags);
/* What --timeout says. */
int cli_wait_ms(const struct cli *cli);

#endif
