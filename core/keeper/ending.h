/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why QEMU ended, and what on_poweroff, on_reboot and on_crash make of it. */
#ifndef CORE_KEEPER_ENDING_H
#define CORE_KEEPER_ENDING_H

#include "core/keeper/keeper.h"

enum ending_kind {
	ENDING_OFF,       /* the guest powered off */
	ENDING_RESET,     /* the guest rebooted, and QEMU was told to end at that */
	ENDING_HOST,      /* somebody on the host ended it */
	ENDING_CRASH,     /* the guest panicked, or QEMU died */
	ENDING_FAILED,    /* QEMU gave up by itself */
	ENDING_UNKNOWN,   /* nobody saw it */
	ENDING_COUNT
};

struct ending {
	enum ending_kind kind;
	int reason;       /* of RUN_SHUTOFF */
	const char *what; /* for the history */
	bool restart;     /* as the policies say */
};

struct ending ending_of(struct keeper *keeper, bool known, int status);

#endif
