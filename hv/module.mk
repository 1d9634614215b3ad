# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libhv.a
libhv_a_SOURCES = \
	hv/accel.c hv/accel.h \
	hv/arch.c hv/arch.h \
	hv/caps.c hv/caps.h \
	hv/caps_flags.c hv/caps_flags.h \
	hv/caps_probe.c \
	hv/domain.h \
	hv/domain_words.c \
	hv/firmware.c hv/firmware.h \
	hv/qmp.c hv/qmp.h \
	hv/qmp_call.c \
	hv/qmp_reply.c hv/qmp_reply.h \
	hv/qmp_scan.c hv/qmp_scan.h
