# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libstorage.a
libstorage_a_SOURCES = \
	storage/image.c storage/image.h \
	storage/image_foreign.c \
	storage/image_internal.h \
	storage/image_lock.c \
	storage/image_qcow2.c \
	storage/pool.h \
	storage/qemu_img.h
