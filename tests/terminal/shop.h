/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A shop's machines: the same in every run, for the screens that tests keep as text and that README and guide show. */
#ifndef TESTS_TERMINAL_SHOP_H
#define TESTS_TERMINAL_SHOP_H

#include "tests/terminal/stage.h"

/* build1 (crashed), db1 (running), mail (paused), web1 (off; a whole definition and a history), win11 (off; an image, no serial console):
 * in this order in the list. */
void shop_fill(struct stage *stage);
/* Makes HOME/isos, a directory with a few files of one date in it. Owned path. */
char *shop_isos(void);
/* Makes ISOs in the default pool; what the first ones hold is known. */
void shop_known_isos(struct stage *stage);
/* Pools backup (a server's, not active), default and isos; volumes base.qcow2, new.qcow2 and web2.qcow2 that are read through it,
 * win11.img; a job that runs, one that is done, one that has failed. They are rows only, but for win11.img. */
void shop_storage(struct stage *stage);
/* Networks default (NAT, not active; addresses are reserved in it, names given), dmz (macvtap, active), lab (isolated) and office (a bridge
 * of the host's), and machines store and desk with cards on default and dmz. They are rows only. */
void shop_networks(struct stage *stage);
/* db1 and mail have addresses, by leases of a network. */
void shop_addresses(struct stage *stage);
/* For pty_edit_golden(): the host's figures become those of an example, paths lose this home, loads that come with time go. */
void shop_mask(char *screen);

#endif
