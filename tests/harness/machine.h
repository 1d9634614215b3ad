/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines for tests: documents of small ones, the guest that boots in two seconds, waiting for states and for words on a console. */
#ifndef TESTS_HARNESS_MACHINE_H
#define TESTS_HARNESS_MACHINE_H

#include <stdbool.h>

/* A file of the test guest (tests/guest/make-guest): "vmlinux", "initrd.img", "guest.iso"; "agent.img" is initrd.img with qemu-ga. NULL
 * when it cannot be made here: the reason was given by skip_test(). Owned. */
char *guest_file(const char *name);

/* Documents, written to a file of the home. Owned path. inner goes into <devices>, outer besides it (NULL: none). */
/* A machine of 32 MiB without an operating system: it starts in a moment and shows firmware. */
char *bare_machine(const char *home, const char *name, const char *outer, const char *inner);
/* A machine that boots the test guest without firmware; cmdline is added to the kernel's ("do=flood"). NULL when there is no guest. */
char *guest_machine(const char *home, const char *name, const char *cmdline, const char *outer, const char *inner);

/* Defines the document (NULL for a bare one of this name) and starts it. */
void define_start(const char *home, const char *name, const char *document);

/* The first line of domstate. Owned; never NULL. */
char *machine_state(const char *name);
/* "shut off (destroyed)": state and reason. Owned. */
char *machine_state_reason(const char *name);
/* Waits until machine_state() (or, if wanted has a bracket, machine_state_reason()) is this; fails the test when the time is up. */
void wait_state(const char *name, const char *wanted, int timeout_ms);
/* A number of `dominfo --json`. Fails the test when it is not there. */
long long machine_number(const char *name, const char *field);

/* Waits until the console (from its beginning, replay included) has held text; fails the test when the time is up. */
void wait_console(const char *name, const char *text, int timeout_ms);
/* As wait_console(), for a text that comes after another. */
void wait_console_after(const char *name, const char *before, const char *text, int timeout_ms);
/* Types a line on the console and waits until the answer has held text. */
void console_command(const char *name, const char *line, const char *text, int timeout_ms);
/* Has the machine's history an event whose line holds text? Waits for it; fails the test when the time is up. */
void wait_event(const char *name, const char *text, int timeout_ms);

/* How long a guest may take to boot here (sanitizers, two busy CPUs, no KVM). */
#define BOOT_MS 90000
/* How long anything without a boot may take. */
#define SOON_MS 20000

#endif
