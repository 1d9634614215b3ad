/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VNC password that is a secret: of usage type "vnc", called as the machine. */
#ifndef CORE_GRAPHICS_PASSWORD_H
#define CORE_GRAPHICS_PASSWORD_H

#include "core/manager.h"

struct domain;

/* Puts it into the view of each VNC server whose document names no password; the document stays without it. A secret without a value, or with more
 * than VNC has room for, is an error: the server would be open. No such secret: nothing changes. */
bool graphics_take_passwords(struct manager *manager, struct domain *domain, struct error *err);

#endif
