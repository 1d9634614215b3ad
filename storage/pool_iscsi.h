/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What pools of type iscsi and iscsi-direct share: how a target and its LUNs are named, and virtty-iscsi. */
#ifndef STORAGE_POOL_ISCSI_H
#define STORAGE_POOL_ISCSI_H

#include "storage/pool_driver.h"

#define ISCSI_PORT 3260

/* "host:port", an IPv6 address in brackets. Owned. */
char *iscsi_portal(const struct pool *pool);
/* A volume's name, "unit:0:0:LUN", as libvirt names them; and back: false when it is no such name. */
char *iscsi_volume_name(unsigned lun);
bool iscsi_volume_lun(const char *name, unsigned *ret_lun);
/* Is that LUN there for us now? Said in bounded time, which QEMU would not do. Of pool only its source is looked at; where this virtty knows
 * no iSCSI of its own, whoever opens the LUN will tell. */
bool iscsi_check_lun(const struct pool *pool, unsigned lun, struct error *err);
/* The pool that <source> describes, for finding more of it: its <host> is there. Owned. */
struct pool *iscsi_source_pool(const char *spec, struct error *err);
/* These targets at the pool's portal, as a document <sources>. Owned. */
char *iscsi_sources_text(const struct pool *pool, char *const *targets);

#endif
