/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is KVM usable here? A /dev/kvm that opens is not enough: on x86 the CPU must show vmx or svm as well. */
#ifndef HV_ACCEL_H
#define HV_ACCEL_H

#include "base/error.h"

/* True when KVM runs guests here. False with the reason in err ("'/dev/kvm' cannot be opened: ...", "the CPU shows neither vmx nor svm").
 * The environment variable VIRTTY_KVM=yes|no overrules the look at the CPU (nested hosts that hide the flag). */
bool accel_kvm_usable(struct error *err);

#endif
