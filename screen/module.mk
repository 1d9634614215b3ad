# SPDX-License-Identifier: GPL-2.0-or-later
# What reads fonts and screens, apart from the process, so that tests and fuzzers can link it. The frames (wire.c) are in libcore.a as well:
# its display.c is the other end.
noinst_LIBRARIES += libscreen.a
libscreen_a_SOURCES = \
	screen/font_cp437.c \
	screen/font_efi.c \
	screen/font_image.c \
	screen/font_pf2.c \
	screen/font_psf.c \
	screen/font_read.h \
	screen/font_store.c \
	screen/font_store.h \
	screen/fonts.c \
	screen/fonts.h \
	screen/fonts_cache.c \
	screen/fonts_installed.c \
	screen/picture.h \
	screen/pixels.h \
	screen/recover.c \
	screen/recover.h \
	screen/recover_cell.c \
	screen/recover_cell.h \
	screen/recover_grid.c \
	screen/recover_read.c \
	screen/recover_read.h \
	screen/recover_settle.c \
	screen/wire.h
libscreen_a_CFLAGS = $(AM_CFLAGS) $(CHAFA_CFLAGS) $(VNC_CFLAGS) $(SECCOMP_CFLAGS) $(LZMA_CFLAGS) $(ZLIB_CFLAGS)
