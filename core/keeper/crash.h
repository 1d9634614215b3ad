/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What follows when a guest's kernel has panicked and QEMU keeps it as it is. */
#ifndef CORE_KEEPER_CRASH_H
#define CORE_KEEPER_CRASH_H

#include "core/keeper/keeper.h"

/* By on_crash: keeps the machine, or dumps its memory if so asked, and ends QEMU. */
void crash_paused(struct keeper *keeper);

#endif
