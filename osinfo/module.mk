# SPDX-License-Identifier: GPL-2.0-or-later
# What asks libosinfo, apart from the process, so that tests can link it. Without the library there is none, and virtty knows less of ISOs.
if OSINFO
noinst_LIBRARIES += libosinfo-ask.a
libosinfo_ask_a_SOURCES = \
	osinfo/catalog.c \
	osinfo/catalog.h \
	osinfo/system.c \
	osinfo/system.h
libosinfo_ask_a_CFLAGS = $(AM_CFLAGS) $(OSINFO_CFLAGS)

pkglibexec_PROGRAMS += virtty-osinfo
virtty_osinfo_SOURCES = osinfo/main.c
virtty_osinfo_LDADD = libosinfo-ask.a libbase.a $(OSINFO_LIBS) $(SECCOMP_LIBS) $(JSON_LIBS)
endif
