/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How core asks virtty-osinfo, and keeps what it was told. */
#ifndef CORE_OSINFO_INTERNAL_H
#define CORE_OSINFO_INTERNAL_H

#include "core/osinfo.h"

/* Asks all of an array of questions (osinfo/catalog.h says how they look); an answer to each, NULL where there was none in time. Owned. NULL on error:
 * ERROR_UNSUPPORTED without virtty-osinfo, ERROR_TIMEOUT, ERROR_FAILED when it ends. */
struct json_object *osinfo_ask(struct json_object *questions, int timeout_ms, struct error *err);
/* Tells libosinfo's data of one day from those of another; "": there is no virtty-osinfo. Owned. */
char *osinfo_data(void);

/* Reads a SYSTEM. */
void os_system_read(struct json_object *object, struct os_system *ret);

#endif
