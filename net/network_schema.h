/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of <network>. */
#ifndef NET_NETWORK_SCHEMA_H
#define NET_NETWORK_SCHEMA_H

#include "net/network.h"

extern const struct schema network_schema;

#endif
