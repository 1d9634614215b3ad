/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines that show what they do on a screen alone, without a serial line, and waiting for words on it. */
#ifndef TESTS_HARNESS_SCREEN_H
#define TESTS_HARNESS_SCREEN_H

enum screen_guest {
	SCREEN_BIOS,	  /* the demonstration ISO by SeaBIOS, which waits 5 s for Esc, and GRUB's menu, shown for 4 s:
			     720x400 text */
	SCREEN_EFI,	  /* the same by UEFI firmware, whose setup Esc opens: text at 640x480 or 1280x800, the kernel's
			     framebuffer at 800x600 */
	SCREEN_INSTALLER, /* Debian's installer, its text front end in 720x400 text; a minute until its first question
			   */
};

/* Where linux and initrd.gz of Debian's installer lie. NULL when it is not installed, said by skip_test(). Owned. */
char *installer_directory(void);

/* A document of such a machine, written to a file of the home. NULL when it cannot be had here: the reason was given by
 * skip_test(). Owned path. */
char *screen_machine(const char *home, const char *name, enum screen_guest guest);
/* Waits by `virtty screen --wait` until the machine's screen holds the pattern, and returns the screen's text; fails
 * the test, with the last screen, when the time is up. Owned. */
char *wait_screen(const char *name, const char *pattern, int timeout_s);

/* How long a screen's guest may take to its first prompt here (sanitizers, two busy processors, no KVM). */
#define SCREEN_BOOT_S 240

#endif
