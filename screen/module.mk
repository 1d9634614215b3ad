# SPDX-License-Identifier: GPL-2.0-or-later
# What reads fonts and screens, apart from the process, so that tests and fuzzers can link it. The frames (wire.c) are in libcore.a as well:
# its display.c is the other end.
noinst_LIBRARIES += libscreen.a
libscreen_a_SOURCES = \
	screen/fonts.h \
	screen/picture.h \
	screen/pixels.h \
	screen/recover.h \
	screen/wire.h
libscreen_a_CFLAGS = $(AM_CFLAGS) $(CHAFA_CFLAGS) $(VNC_CFLAGS) $(SECCOMP_CFLAGS) $(LZMA_CFLAGS) $(ZLIB_CFLAGS)
