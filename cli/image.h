/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands about images share: the rows of their options, and looking up what those name. */
#ifndef CLI_IMAGE_H
#define CLI_IMAGE_H

#include "cli/storage.h"
#include "core/image_work.h"

/* Letters and words are qemu-img's where it has them. */
#define OPTION_IMAGE(name, help)                                                                                       \
	{                                                                                                              \
		name, NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_FILE, NULL, N_("IMAGE"),     \
			help                                                                                           \
	}
#define OPTION_LETTER(name, letter, value, help)                                                                       \
	{                                                                                                              \
		name, NULL, letter, OPTION_STRING, 0, COMPLETE_NONE, NULL, value, help                                 \
	}
#define OPTION_SWITCH(name, letter, help)                                                                              \
	{                                                                                                              \
		name, NULL, letter, OPTION_FLAG, 0, COMPLETE_NONE, NULL, NULL, help                                    \
	}
#define OPTION_IMAGE_FORMAT(name, letter, help)                                                                        \
	{                                                                                                              \
		name, NULL, letter, OPTION_STRING, 0, COMPLETE_WORDS,                                                  \
			"raw qcow2 qcow qed vmdk vdi vhdx vpc luks", N_("FORMAT"), help                                \
	}
#define OPTION_SECRET(name, help) OPTION_LETTER(name, 0, N_("SECRET"), help)
#define OPTION_THE_SECRET                                                                                              \
	OPTION_SECRET("secret", N_("of an encrypted one: a secret's UUID or usage, or a file that holds the passphrase"))

/* The image that option `name` names, its format and secret by other options (NULL: there are none). The caller clears. */
bool cli_image(struct cli *cli, const char *name, const char *format, const char *secret, struct image_name *ret,
	       struct error *err);
/* One to be read through: its format must be stated, by an option or by what it is. *ret_given false: there is none. */
bool cli_backing(struct cli *cli, const char *name, const char *format, struct image_name *ret, bool *ret_given,
		 struct error *err);
/* --preallocation, --cluster-size, --compat, --lazy-refcounts, --nocow, or all of them by qemu-img's -o. What is kept of
 * the texts lies in parts, which the caller clears. */
struct suboptions;
bool cli_image_options(struct cli *cli, struct image_options *ret, struct suboptions *parts, struct error *err);
#define OPTIONS_OF_TARGET                                                                                              \
	{ "preallocation", NULL, 0, OPTION_STRING, 0, COMPLETE_WORDS, "off metadata falloc full", N_("MODE"),          \
	  N_("what is taken at once (off without it)") },                                                              \
		OPTION_LETTER("cluster-size", 0, N_("SIZE"), N_("of a qcow2 one: 64K without it")),                    \
		{ "compat", NULL, 0, OPTION_STRING, 0, COMPLETE_WORDS, "0.10 1.1", N_("VERSION"),                      \
		  N_("of a qcow2 one: what old programs can read (1.1 without it)") },                                 \
		OPTION_SIMPLE("lazy-refcounts", N_("of a qcow2 one: fewer writes, and a check after a crash")),        \
		OPTION_SIMPLE("nocow", N_("no copy on write below it, on btrfs")),                             \
		OPTION_LETTER("options", 'o', N_("OPTIONS"),                                                           \
			      N_("the same as qemu-img takes them: cluster_size=64K,preallocation=full"))

#endif
