/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pseudo-terminal for a console. */
#include "core/keeper/pty.h"

#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

bool pty_make(int *ret_master, int *ret_slave, char **ret_path, struct error *err)
{
	_cleanup_close_ int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios raw;
	char path[64];

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 || ptsname_r(master, path, sizeof path) != 0)
		return error_set_errno(err, errno, "cannot make a pseudo-terminal");
	_cleanup_close_ int slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (slave < 0 || tcgetattr(slave, &raw) < 0)
		return error_set_errno(err, errno, "cannot open the pseudo-terminal '%s'", path);
	cfmakeraw(&raw);
	if (tcsetattr(slave, TCSANOW, &raw) < 0 || fchmod(slave, 0600) < 0 || !fd_set_nonblock(master, true))
		return error_set_errno(err, errno, "cannot set up the pseudo-terminal '%s'", path);
	*ret_path = xstrdup(path);
	*ret_master = TAKE_FD(master);
	*ret_slave = TAKE_FD(slave);
	return true;
}
