/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be done with volumes: clone, resize, convert, carry in and out, wipe, delete, copy the path, make a machine. */
#ifndef TUI_VOLUME_ACTIONS_H
#define TUI_VOLUME_ACTIONS_H

#include "tui/storage_model.h"

/* Volumes of one pool that a command is for, as indices into an array. Borrowed for the time of the call. */
struct volume_choice {
	const struct pool_row *pool;
	const struct volume *volumes;
	const size_t *items;
	size_t count;
};

/* Are a pool's volumes made by its server alone? */
bool volumes_are_servers(enum pool_type type);
/* Why a command cannot be done with any of these volumes now; NULL: it can, or is no volume's. Constant. */
const char *volume_refusal(const struct ui *ui, const struct volume_choice *choice, enum command command);
/* Does it: at once, after a question or by a form. False when it is no volume's command. */
bool volume_act(struct ui *ui, const struct volume_choice *choice, enum command command);

/* ---- forms, tui/volume_forms.c ---- */

/* A new one in the pool. */
void volume_new(struct ui *ui, const struct pool_row *pool);
void volume_resize_ask(struct ui *ui, const struct pool_row *pool, const struct volume *volume);
void volume_convert_ask(struct ui *ui, const struct pool_row *pool, const struct volume *volume);
/* volume NULL: a new one is all that can be. */
void volume_upload_ask(struct ui *ui, const struct pool_row *pool, const struct volume *volume);

#endif
