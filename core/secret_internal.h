/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files about secrets share. */
#ifndef CORE_SECRET_INTERNAL_H
#define CORE_SECRET_INTERNAL_H

#include "core/secret.h"

#include <libxml/tree.h>

/* Reads a document, and writes into it the UUID that it leaves open. What was read is in *secret even where it fails: the
 * caller clears it. */
bool secret_read_document(const char *source, xmlDoc *doc, struct secret *secret, struct error *err);

#endif
