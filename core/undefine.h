/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who else uses an image? */
#ifndef CORE_UNDEFINE_H
#define CORE_UNDEFINE_H

#include "core/manager.h"

/* False with ERROR_BUSY when a machine other than except (a row id; 0: none) names this image or has it below one of its own. */
bool image_check_unused(struct manager *manager, int64_t except, const char *image, struct error *err);

#endif
