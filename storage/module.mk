# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libstorage.a
libstorage_a_SOURCES = \
	storage/block_device.c storage/block_device.h \
	storage/disk_table.c storage/disk_table.h \
	storage/image.c storage/image.h \
	storage/image_alone.c \
	storage/image_chain.c \
	storage/image_foreign.c \
	storage/image_head.c \
	storage/image_internal.h \
	storage/image_lock.c \
	storage/image_qcow2.c \
	storage/iscsi_host.c storage/iscsi_host.h \
	storage/iso.c storage/iso.h \
	storage/lvm_report.c storage/lvm_report.h \
	storage/ovf.c storage/ovf.h storage/ovf_internal.h \
	storage/ovf_hardware.c \
	storage/ovf_manifest.c \
	storage/ovf_node.c \
	storage/packing.c storage/packing.h \
	storage/pool.c storage/pool.h \
	storage/pool_block.c storage/pool_block.h \
	storage/pool_directory.c \
	storage/pool_disk.c \
	storage/pool_driver.c storage/pool_driver.h \
	storage/pool_drivers.h \
	storage/pool_iscsi.c storage/pool_iscsi.h \
	storage/pool_iscsi_direct.c \
	storage/pool_logical.c storage/pool_logical.h \
	storage/pool_logical_group.c \
	storage/pool_logical_questions.c \
	storage/pool_logical_volume.c \
	storage/pool_mount.c \
	storage/pool_schema.c storage/pool_schema.h \
	storage/qemu_img.c storage/qemu_img.h \
	storage/qemu_img_internal.h \
	storage/qemu_img_work.c \
	storage/remote.c storage/remote.h \
	storage/tool.c storage/tool.h \
	storage/tar.c storage/tar.h \
	storage/volume.c storage/volume.h \
	storage/volume_schema.c

if ISCSI
pkglibexec_PROGRAMS += virtty-iscsi
virtty_iscsi_SOURCES = \
	storage/iscsi/list.c \
	storage/iscsi/main.c \
	storage/iscsi/session.c \
	storage/iscsi/session.h \
	storage/iscsi/transfer.c
virtty_iscsi_CFLAGS = $(AM_CFLAGS) $(ISCSI_CFLAGS)
virtty_iscsi_LDADD = libbase.a $(ISCSI_LIBS) $(JSON_LIBS) $(XML_LIBS)
endif
