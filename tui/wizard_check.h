/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judges what was typed into the wizard, and says what the host has, field by field. */
#ifndef TUI_WIZARD_CHECK_H
#define TUI_WIZARD_CHECK_H

#include "tui/wizard_model.h"

/* What the wizard knows of the host. */
struct wizard_host {
	struct manager *manager; /* borrowed; NULL: nothing is known of other machines */
	char **names; /* owned: of the machines that there are */
	struct host_info info;
};
void wizard_host_clear(struct wizard_host *host);

/* What is doubtful or wrong about a field, in *ret_message (owned; NULL when it is fine). Looks at files, changes nothing. */
enum field_verdict wizard_check(const struct wizard *wizard, const struct wizard_host *host, enum wizard_field field, char **ret_message);
/* A fact to be shown beside a field ("of 8 CPUs", "12 GiB free there"); NULL: none. Owned. */
char *wizard_note(const struct wizard *wizard, const struct wizard_host *host, enum wizard_field field);

#endif
