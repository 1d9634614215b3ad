/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of the storage screen: the model's pools, and the volumes of one of them. */
#ifndef TUI_POOL_TABLE_H
#define TUI_POOL_TABLE_H

#include "tui/storage_model.h"
#include "tui/widget_table.h"

/* The volumes of one pool. Zeroed is empty. */
struct volume_set {
	struct ui *ui;
	char *pool; /* owned: its name; NULL: none */
	char *uuid; /* owned */
	struct volume *volumes; /* owned, by name */
	size_t count;
	struct volumes_stamp stamp;
	bool active;
};

void volume_set_clear(struct volume_set *set);
/* Is there anything else in that pool (NULL: none) than what was read? */
bool volume_set_is_fresh(const struct volume_set *set, const struct pool_row *pool);
/* Reads them. What cannot be read is not there. */
void volume_set_load(struct volume_set *set, const struct pool_row *pool);

/* What is shown of a format: "qcow2"; "?" where no head says which it is. Borrowed. */
const char *volume_format_word(enum image_format format);

/* Items are the model's pools: userdata is the model. */
extern const struct table_class pool_table;
/* Items are the set's volumes: userdata is the set. */
extern const struct table_class volume_table;

#endif
