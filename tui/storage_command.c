/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that a task or a look is made of. */
#include "tui/storage_task.h"

#include "base/strv.h"

char **storage_command(const char *verb, const char *pool, const char *volume)
{
	char **arguments = strv_addf(strv_add(NULL, verb), "--pool=%s", pool);

	return volume != NULL ? strv_addf(arguments, "--vol=%s", volume) : arguments;
}
