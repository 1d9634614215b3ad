/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wizard's sources from elsewhere: images that are copied, appliances, cloud images. */
#ifndef TUI_WIZARD_IMPORT_H
#define TUI_WIZARD_IMPORT_H

#include "tui/wizard_model.h"

/* Is the image that was chosen an appliance? Then it is the one to say what the machine is. */
bool wizard_is_appliance(const struct wizard *wizard);
/* The words that import it. Owned vector. */
char **wizard_import_words(const struct wizard *wizard);

/* A key of the user's own, if there is one, for a cloud image. */
void wizard_default_key(struct wizard *wizard);
/* Puts a request's --cloud-init into fields, as far as they can say it. False: they cannot, and it stays as it was given. */
bool wizard_take_cloud(struct wizard *wizard);
/* The same from the fields. Owned. */
char *wizard_cloud_init(const struct wizard *wizard);

/* Judge a field of these; the message is set (owned) where the verdict is not FIELD_FINE. */
enum field_verdict wizard_check_image(const struct wizard *wizard, enum wizard_field field, int fd, const char *path, char **ret_message);
enum field_verdict wizard_check_cloud(const struct wizard *wizard, enum wizard_field field, char **ret_message);

#endif
