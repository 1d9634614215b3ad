/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libosinfo's objects as JSON (osinfo/catalog.h says what is in it). */
#ifndef OSINFO_SYSTEM_H
#define OSINFO_SYSTEM_H

#include <osinfo/osinfo.h>

struct json_object;

/* A system, with what it wants on an architecture. Owned. */
struct json_object *system_json(OsinfoOs *os, const char *arch);
/* What is known of the medium that it was found by. Owned. */
struct json_object *system_media_json(OsinfoMedia *media);

#endif
