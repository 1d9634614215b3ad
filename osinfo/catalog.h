/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libosinfo's data, asked in JSON: which system an ISO holds, what a system wants and has drivers for. Loading takes a third of a second and 59 MB,
 * which is why it is in a process of its own; and because what it is asked comes from ISOs, that process is confined.
 *
 * A request is {"arch": "x86_64", "ask": [QUESTION, ...]}, its answer an array of as many answers, in the same order:
 *
 *   {"media": {"volume-id": "", "system-id": "", "publisher-id": "", "application-id": "", "volume-size": 0}}
 *       -> {"system": SYSTEM, "media": {"arch", "variant", "live", "installer", "installer-script", "kernel", "initrd"}}
 *   {"system": "debian11"}           a short name, or an id ("http://debian.org/debian/11")
 *       -> {"system": SYSTEM}
 *       -> {"unknown": true, "near": ["debian10"], "older": SYSTEM}   near: names meant perhaps; older: the release before one that is too new
 *   {"list": "debian 1"}             words that names have; "": all
 *       -> {"systems": [SYSTEM, ...]}  by short name
 *
 * Whatever is not known is {"unknown": true}; what is not said is left out. SYSTEM is {"id", "short-id", "name", "version", "vendor", "family",
 * "distro", "codename", "release-date", "eol-date", "recommended": RESOURCES, "minimum": RESOURCES, "devices": [WORD], "firmware": ["bios", "efi"]},
 * RESOURCES {"memory", "disk" (bytes), "cpus"}; both, and the firmware, are those of the architecture asked for. */
#ifndef OSINFO_CATALOG_H
#define OSINFO_CATALOG_H

#include "base/error.h"

struct json_object;
struct catalog;

/* Loads the host's data. NULL on error. */
struct catalog *catalog_load(struct error *err);
void catalog_free(struct catalog *catalog);

/* The answers to a request; owned. NULL: it is none (ERROR_PROTOCOL). */
struct json_object *catalog_answer(struct catalog *catalog, struct json_object *request, struct error *err);

#endif
