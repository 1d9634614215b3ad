/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the makers of qemu-img's argument vectors share. */
#ifndef STORAGE_QEMU_IMG_INTERNAL_H
#define STORAGE_QEMU_IMG_INTERNAL_H

#include "storage/qemu_img.h"

/* qemu-img's word for a format: an ISO is raw to it. */
const char *qemu_img_format(enum image_format format);
/* "qemu-img VERB". Owned. */
char **qemu_img_begin(const char *verb);
/* The file of a passphrase under an id. */
char **qemu_img_add_secret(char **argv, const char *id, const char *file);
/* "driver=qcow2,file.filename=P,encrypt.key-secret=ID": for --image-opts. Owned. */
char *qemu_img_open_options(const struct image_source *image, const char *id);
bool qemu_img_check_options(const struct image_options *options, struct error *err);
/* -o and what follows it, if anything does. */
char **qemu_img_add_options(char **argv, const struct image_options *options);

#endif
