/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From QEMU's long answers to one flag a capability: internal to the probe and its tests. */
#ifndef HV_CAPS_FLAGS_H
#define HV_CAPS_FLAGS_H

#include "hv/caps.h"

/* The "return" values that the flags are read from, each borrowed; NULL when QEMU refused the question. */
struct caps_answers {
	struct json_object *types;   /* qom-list-types */
	struct json_object *schema;  /* query-qmp-schema */
	struct json_object *options; /* query-command-line-options */
	struct json_object *kvm;     /* query-kvm */
};

/* Sets caps->flags. Unknown or misshapen answers leave a flag false. */
void caps_flags_read(struct qemu_caps *caps, const struct caps_answers *answers);

#endif
