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
	screen/fonts_file.c \
	screen/fonts_file.h \
	screen/fonts_installed.c \
	screen/frames.c \
	screen/frames.h \
	screen/picture.c \
	screen/picture.h \
	screen/picture_quick.c \
	screen/pixels.h \
	screen/recover.c \
	screen/recover.h \
	screen/recover_cell.c \
	screen/recover_cell.h \
	screen/recover_cursor.c \
	screen/recover_grid.c \
	screen/recover_mode.c \
	screen/recover_read.c \
	screen/recover_read.h \
	screen/recover_settle.c \
	screen/rfb.c \
	screen/rfb.h \
	screen/rfb_internal.h \
	screen/rfb_thread.c \
	screen/text_cells.c \
	screen/text_cells.h \
	screen/wire.c \
	screen/wire.h \
	screen/wire_codec.c \
	screen/wire_internal.h
libscreen_a_CFLAGS = $(AM_CFLAGS) -pthread $(CHAFA_CFLAGS) $(VNC_CFLAGS) $(SECCOMP_CFLAGS) $(LZMA_CFLAGS) $(ZLIB_CFLAGS)

SCREEN_LIBS = $(CHAFA_LIBS) $(VNC_LIBS) $(SECCOMP_LIBS) $(LZMA_LIBS) $(ZLIB_LIBS) -lpthread

pkglibexec_PROGRAMS += virtty-screen
virtty_screen_SOURCES = screen/main.c
virtty_screen_CFLAGS = $(AM_CFLAGS) -pthread
virtty_screen_LDADD = libscreen.a libbase.a $(SCREEN_LIBS)
