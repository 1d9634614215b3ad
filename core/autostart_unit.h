/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who starts the marked machines: systemd's unit, where it runs and the unit is enabled. */
#ifndef CORE_AUTOSTART_UNIT_H
#define CORE_AUTOSTART_UNIT_H

#include <stdbool.h>

/* Why marked machines would not start with the host, with the command that changes that, as a warning. Owned; NULL: they do, or no systemd runs here and
 * the host's own scripts are asked. Runs systemctl, so it takes a few milliseconds. */
char *autostart_unit_warning(void);

/* The same when systemd is known to run, of the system or of a user; home: $VIRTTY_HOME, NULL when it is not set. For tests. */
char *autostart_unit_judge(bool user, const char *home);

#endif
