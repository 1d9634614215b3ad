/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks at /dev/kvm and the CPU's flags. */
#include "hv/accel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define KVM_DEVICE "/dev/kvm"
#define VIRTUALISATION_HINT                                                                                            \
	"use <domain type='qemu'> (slower), or switch on virtualisation in the firmware or the outer hypervisor"

#if defined(__x86_64__) || defined(__i386__)
static void cleanup_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

/* Is there a word of that name in "flags : fpu vme ..."? */
static bool has_word(const char *line, const char *word)
{
	size_t length = strlen(word);

	for (const char *w = line; *w; w += strspn(w, " \t\n")) {
		size_t span = strcspn(w, " \t\n");

		if (span == length && memcmp(w, word, length) == 0)
			return true;
		w += span;
	}
	return false;
}

/* All CPUs of a host show the same flags, so the first one tells. */
static bool cpu_can_virtualise(void)
{
	_cleanup_(cleanup_file) FILE *file = fopen("/proc/cpuinfo", "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	if (!file)
		return false;
	while (getline(&line, &size, file) >= 0) {
		if (strncmp(line, "flags", 5) != 0)
			continue;
		return has_word(line, "vmx") || has_word(line, "svm");
	}
	return false;
}
#endif

bool accel_kvm_usable(struct error *err)
{
	const char *wish = getenv("VIRTTY_KVM");
	_cleanup_close_ int fd = -1;

	if (wish && strcmp(wish, "no") == 0)
		return error_set(err, ERROR_UNSUPPORTED, "KVM is switched off by VIRTTY_KVM=no");
	fd = open(KVM_DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		int reason = errno;

		error_set_errno(err, reason, "'%s' cannot be opened", KVM_DEVICE);
		if (reason == EACCES || reason == EPERM)
			return error_hint(err,
					  "add your user to the group that owns %s (usually 'kvm') and log in again",
					  KVM_DEVICE);
		return error_hint(err, VIRTUALISATION_HINT);
	}
#if defined(__x86_64__) || defined(__i386__)
	if (!(wish && strcmp(wish, "yes") == 0) && !cpu_can_virtualise()) {
		error_set(err, ERROR_UNSUPPORTED, "the CPU shows neither vmx nor svm, so KVM cannot run guests here");
		return error_hint(err, VIRTUALISATION_HINT);
	}
#endif
	return true;
}
