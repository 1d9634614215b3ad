/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is an image in use by another process? Asked of the locks that QEMU and its tools hold on it, without taking any. */
#ifndef CORE_IMAGE_LOCK_H
#define CORE_IMAGE_LOCK_H

#include <stdbool.h>
#include <sys/types.h>

/* Would a QEMU that opens this file (to write, or only to read) be refused? ret_pid: who holds it, 0 when that cannot be told. */
bool image_lock_conflicts(int fd, bool writable, pid_t *ret_pid);

#endif
