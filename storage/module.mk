# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libstorage.a
libstorage_a_SOURCES = \
	storage/image.c storage/image.h \
	storage/image_chain.c \
	storage/image_foreign.c \
	storage/image_internal.h \
	storage/image_lock.c \
	storage/image_qcow2.c \
	storage/iso.c storage/iso.h \
	storage/pool.c storage/pool.h \
	storage/pool_directory.c \
	storage/pool_driver.c storage/pool_driver.h \
	storage/pool_drivers.h \
	storage/pool_mount.c \
	storage/pool_schema.c storage/pool_schema.h \
	storage/qemu_img.c storage/qemu_img.h \
	storage/qemu_img_internal.h \
	storage/qemu_img_work.c \
	storage/volume.c storage/volume.h \
	storage/volume_schema.c
