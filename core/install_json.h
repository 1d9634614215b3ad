/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request for an installation as JSON: how `virtty install` hands what was typed to the wizard. */
#ifndef CORE_INSTALL_JSON_H
#define CORE_INSTALL_JSON_H

#include "core/install.h"

struct json_object;

/* All that is set; members are named as the struct's. Owned by the caller. */
struct json_object *install_request_json(const struct install_request *request);
/* The reverse. ret is cleared by the caller, also on error. Unknown members are left aside; one of a wrong type is ERROR_INVALID. */
bool install_request_from_json(struct json_object *object, struct install_request *ret, struct error *err);

#endif
