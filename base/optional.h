/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of a document that may be absent, which is not the same as a default. */
#ifndef BASE_OPTIONAL_H
#define BASE_OPTIONAL_H

#include "base/enum.h"

#include <stdbool.h>
#include <stdint.h>

struct opt_uint {
	bool set;
	uint64_t value;
};

enum tristate { TRI_ABSENT, TRI_YES, TRI_NO, TRI_COUNT };
ENUM_DECLARE(yesno); /* "yes", "no" */
ENUM_DECLARE(onoff); /* "on", "off" */

#endif
