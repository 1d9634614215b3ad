/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The roles that the keeper's test program plays for the keeper: QEMU, and `virtty internal`. */
#ifndef TESTS_UNIT_KEEPER_ROLES_H
#define TESTS_UNIT_KEEPER_ROLES_H

#include <stdint.h>

/* The plan of the stage in $PLAY_HOME with $PLAY_OPTIONS, and its two listening sockets (QMP, console). Owned text. */
char *role_plan(int64_t generation, int fds[2]);

#endif
