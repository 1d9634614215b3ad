/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a network card can be joined to on this host and by this user: what front ends offer where one is chosen. */
#ifndef CORE_NETWORK_CHOICE_H
#define CORE_NETWORK_CHOICE_H

#include "core/manager.h"
#include "net/network.h"

enum network_choice_kind {
	NETWORK_CHOICE_USER,	/* in QEMU itself, without any right */
	NETWORK_CHOICE_PASST,	/* the same by the program passt */
	NETWORK_CHOICE_NONE,	/* no card; never in a list */
	NETWORK_CHOICE_NETWORK, /* one of virtty's */
	NETWORK_CHOICE_BRIDGE,	/* one of the host's that belongs to no network */
	NETWORK_CHOICE_DEVICE,	/* a card of the host's, by macvtap */
};

/* Whom it takes. */
enum network_access {
	NETWORK_FOR_ALL,
	NETWORK_FOR_ROOT,
	NETWORK_IF_ALLOWED, /* qemu-bridge-helper, where root has allowed the bridge */
	NETWORK_IF_THERE,   /* its program is not installed */
};

struct network_choice {
	enum network_choice_kind kind;
	enum network_access access; /* of the user who asks */
	char *name;		    /* owned: of network, bridge or device; NULL: user networking */
	char *uses;		    /* owned: what a network stands on, a bridge's ports: "192.168.122.0/24", "eth0, vnet3"; NULL: nothing */
	enum forward_mode mode;	    /* of a network */
	bool active, autostart;	    /* a network: it runs; it is started when a machine needs it */
};
#define _cleanup_network_choices_ _cleanup_(network_choices_clear)
struct network_choices {
	struct network_choice *choices; /* owned: user networking first, by QEMU and by passt, then by kind and name */
	size_t count;
	size_t proposed;    /* what a new machine had best */
	const char *unsaid; /* what `virtty install` takes when nothing is said: an option, as below */
};
void network_choices_clear(struct network_choices *choices);

/* All that there is now. As root it makes the default network, as network_list() does. What cannot be read is left out. */
void network_choices(struct manager *manager, struct network_choices *ret);
/* Do new machines of this user join the network 'default' when nothing is said? Root's do where this host can have it: a container, or one without
 * nft, cannot. Else it is user networking. */
bool network_default_joined(struct manager *manager);
/* As `virtty install --network` takes it: "network=default", "bridge=br0", "direct=eth0", "user", "passt", "none". Owned. */
char *network_choice_option(const struct network_choice *choice);
/* Its index by that; choices->count: it is not among them. */
size_t network_choices_find(const struct network_choices *choices, const char *option);

#endif
