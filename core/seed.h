/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cloud-init finds at a machine's first start (NoCloud): a small ISO named "cidata" with user-data, meta-data and
 * network-config. It lies beside the state, belongs to the machine, and goes with it. Passwords are in it as hashes alone. */
#ifndef CORE_SEED_H
#define CORE_SEED_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct manager;

#define SEED_FILE_LIMIT (1024 * 1024) /* of user-data and the like */

struct seed {
	char *user;	     /* owned, as all here; NULL: the image's own default user is meant */
	char *password;	     /* of the user, plain or a crypt() hash; NULL: none */
	char **keys;	     /* public keys of the user */
	char *root_password; /* as password */
	bool root_password_expires; /* root is asked for another at the first login */
	char **root_keys;
	char *host_name; /* NULL: the machine's name, as far as it can be one */
	char **packages;
	bool upgrade; /* all packages, at the first start */
	char **commands; /* for a shell, at the end of the first start */
	char *timezone;
	bool disable; /* cloud-init does nothing at later starts */
	/* Addresses of the first card; all empty: DHCP, which is what cloud-init does by itself. */
	char **addresses; /* "192.0.2.5/24", "2001:db8::5/64" */
	char **gateways;  /* at most one of each family */
	char **dns;
	/* What replaces all that is made from the above. */
	char *user_data, *meta_data, *network_config;
	char **warnings; /* for people */
};
#define _cleanup_seed_ _cleanup_(seed_clear)
void seed_clear(struct seed *seed);

/* virt-install's --cloud-init and more, "user=,ssh-key=,...": key=value parts in any order, some more than once (strv_split_parts()). Files
 * are read here. "" is what virt-install does without a word: a root password, and disable=on. Passwords are not in it: what is between the files
 * they are in and here is the front end's (keys that name them are passed over). */
bool seed_parse(const char *text, struct seed *ret, struct error *err);
/* Does the text ask for a root password to be made? */
bool seed_wants_root_password(const char *text);
/* A value of the text; NULL: it is not there. Owned. */
char *seed_value(const char *text, const char *key);
/* A password that can be read out and typed. Owned. */
char *seed_make_password(void);

/* The three documents, each owned text; *ret_network NULL: none. name is the machine's, mac that of its first card (NULL: it has none). */
struct seed_texts {
	char *user_data, *meta_data, *network_config; /* owned; the last NULL: none */
};
void seed_texts_clear(struct seed_texts *texts);
bool seed_texts(const struct seed *seed, const char *name, const char *uuid, const char *mac, struct seed_texts *ret, struct error *err);

/* Where a machine's seed is, or would be. Owned. */
char *machine_seed(struct manager *manager, const char *uuid);
/* Makes the ISO there, whole or not at all. */
bool seed_make(struct manager *manager, const char *uuid, const struct seed_texts *texts, struct error *err);

#endif
