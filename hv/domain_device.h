/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices of a document added, taken away and put in another's place, as nodes: all the rest stays as it was written.
 */
#ifndef HV_DOMAIN_DEVICE_H
#define HV_DOMAIN_DEVICE_H

#include "hv/domain.h"

/* A device's own document ("<disk ...>...</disk>"), read alone. source stands before ':' in messages. */
struct device_text {
	const char *source;
	const char *text;
	size_t length;
};

/* The name of its element ("disk"). Owned; NULL with err when the text is no XML. */
char *device_text_element(const struct device_text *text, struct error *err);
/* Reads a <disk> alone: ERROR_INVALID names source and line. The caller frees it with disk_free(). */
struct disk *disk_parse(const struct device_text *text, struct error *err);
void disk_free(struct disk *disk);

/* The document with one more device, behind the last of its kind; with another in the place of one; without one. node
 * is an element of domain. The result is a new view, neither settled nor validated; domain stays. Owned; NULL with err.
 */
struct domain *domain_with_device(const struct domain *domain, const struct device_text *text, struct error *err);
struct domain *domain_with_device_for(const struct domain *domain, const xmlNode *node, const struct device_text *text,
				      struct error *err);
struct domain *domain_without_device(const struct domain *domain, const xmlNode *node, struct error *err);

/* The element as a document of its own, without the indentation it has where it stands. Owned. */
char *device_node_text(const xmlNode *node);

/* By target ("vda"), by the path of its image, or by alias; NULL when there is none. */
struct disk *domain_find_disk(const struct domain *domain, const char *key);
struct disk *domain_find_disk_alias(const struct domain *domain, const char *alias);
/* The element of any device that has this alias, NULL: none. */
xmlNode *domain_find_alias(const struct domain *domain, const char *alias);

/* Is something in it: a drive may be empty. */
bool disk_has_medium(const struct disk *disk);

/* Changes of one disk, in its document and its view: NULL takes the value away. */
bool disk_set(struct disk *disk, const char *path, const char *value, struct error *err);
/* Puts the limits into <iotune>, in the place of those that were; none at all take the element away. */
void disk_put_iotune(struct disk *disk, const struct disk_iotune *iotune);

/* The text of a drive with the medium that another text states, or (NULL) without one; all the rest as it is. open: its
 * tray is open then. Owned; NULL with err. */
char *disk_text_medium(const struct disk *disk, const struct device_text *medium, bool open, struct error *err);
/* The text given, with the address and alias of the disk that it takes the place of, where it states none. Owned; NULL
 * with err. */
char *disk_text_placed(const struct disk *disk, const struct device_text *text, struct error *err);
/* The first thing that text states of the disk and that is otherwise: "bus ('scsi', not 'virtio')". Its medium and
 * limits are not looked at. Owned; NULL: nothing. */
char *disk_difference(const struct disk *disk, const struct disk *given);

#endif
