/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A QEMU by itself, without virtty: its screen dumped, its memory read, keys sent to it. */
#ifndef TESTS_HARNESS_QEMU_H
#define TESTS_HARNESS_QEMU_H

#include "screen/pixels.h"
#include "tests/harness/task.h"

struct qemu {
	struct task task;
	int qmp;	      /* owned */
	char *directory;      /* owned; what it writes lies here */
	char *serial;	      /* owned; the file that its first serial line goes to */
	struct pixels screen; /* of the last qemu_dump(); the data is owned */
};
#define _cleanup_qemu_ __attribute__((cleanup(qemu_end)))

/* Starts a machine with TCG and a VGA, without defaults; what it is made of are the arguments. Its files are
 * DIRECTORY/NAME.*. Fails the test when it does not start. */
struct qemu qemu_start(const char *directory, const char *name, const char *const *arguments);
/* Ends it. */
void qemu_end(struct qemu *qemu);
/* Stops the machine's processors, or lets them go on. */
void qemu_stop(struct qemu *qemu);
void qemu_continue(struct qemu *qemu);
/* Reads its screen into qemu->screen. */
void qemu_dump(struct qemu *qemu);
/* Reads length bytes of physical memory. Owned. */
unsigned char *qemu_memory(struct qemu *qemu, unsigned long address, size_t length);
/* Presses keys by QEMU's names, one after the other ("ret", "down"). */
void qemu_keys(struct qemu *qemu, const char *first, ...) __attribute__((sentinel));
/* What it said on its serial line so far. Owned. */
char *qemu_serial(const struct qemu *qemu, size_t *ret_length);

#endif
