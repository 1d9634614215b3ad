# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libhv.a
libhv_a_SOURCES = \
	hv/domain.h \
	hv/domain_words.c
