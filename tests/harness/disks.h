/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks for tests, and what is said of them: by a machine's document, and by its QEMU. */
#ifndef TESTS_HARNESS_DISKS_H
#define TESTS_HARNESS_DISKS_H

#include "tests/harness/task.h"
#include "tests/harness/volumes.h"

#include <stdbool.h>
#include <stddef.h>

struct json_object;

/* In a document's <devices>. */
#define SCSI	   "<controller type='scsi' index='0' model='virtio-scsi'/>"
#define SCSI_CDROM "<disk type='file' device='cdrom'><target dev='sda' bus='scsi'/></disk>"

/* Images in the home, of a size as qemu-img takes it; a medium's first bytes are its text. Owned paths. */
char *disk_qcow2(const char *home, const char *name, const char *size);
char *disk_raw(const char *home, const char *name, const char *size);
char *disk_medium(const char *home, const char *name, const char *text);

/* QEMU's answer to a line of QMP. Owned. */
struct json_object *machine_qmp(const char *name, const char *line);
/* dumpxml, with an option (NULL: none). Owned. */
char *machine_xml(const char *name, const char *option);
bool document_says(const char *name, const char *option, const char *words);
bool has_disk(const char *name, const char *option, const char *target);
/* How many block nodes of virtty's there are: two an image. */
size_t block_nodes(const char *name);
/* A number of query-block's inserted, of the device of that alias; -1: there is none. */
long long block_number(const char *name, const char *alias, const char *field);
/* Waits until the live document says what QEMU has, and nothing is left open besides; when is for the message. */
void expect_agreement(const char *name, const char *when);

/* Fails the test unless it exited with 0 and printed these words. */
void expect_printed(struct outcome outcome, const char *words);

#endif
