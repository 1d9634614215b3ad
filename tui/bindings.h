/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key tables of all screens, in one place. */
#ifndef TUI_BINDINGS_H
#define TUI_BINDINGS_H

#include "tui/keys.h"

extern const struct key_table keys_everywhere;     /* asked after the screen's own, unless it grabs the keyboard */
extern const struct key_table keys_list;
extern const struct key_table keys_filter; /* of the list, while it is typed */
extern const struct key_table keys_prompt; /* a line is asked for */
extern const struct key_table keys_form_small; /* a form of one page */
extern const struct key_table keys_form_files; /* the same, where F2 chooses a value */
extern const struct key_table keys_pools;   /* storage: its pools */
extern const struct key_table keys_volumes; /* and the volumes of one */
extern const struct key_table keys_pool;    /* what is known of a pool */
extern const struct key_table keys_volume;  /* what is known of a volume */
extern const struct key_table keys_pick;    /* a volume is to be chosen */
extern const struct key_table keys_pick_network; /* what a network card is joined to */
extern const struct key_table keys_jobs;
extern const struct key_table keys_networks;
extern const struct key_table keys_leases;  /* and what lies in one: leases, reserved addresses, forwards, names */
extern const struct key_table keys_network; /* what is known of a network */
extern const struct key_table keys_delete; /* machines are to be deleted, and perhaps their disks */
extern const struct key_table keys_console;        /* typing goes to the guest: only what no guest needs */
extern const struct key_table keys_console_menu;
extern const struct key_table keys_console_copy;   /* looking back with a cursor */
extern const struct key_table keys_console_reader; /* read-only, or no machine there: letters are free */
extern const struct key_table keys_view;	   /* a machine's screen: typing goes to the guest */
extern const struct key_table keys_view_large;	   /* the same, and more of it than fits */
extern const struct key_table keys_view_menu;
extern const struct key_table keys_view_keys;	   /* keys that a terminal has not */
extern const struct key_table keys_view_sysrq;	   /* the key for Alt-SysRq comes next */
extern const struct key_table keys_view_idle;	   /* not connected: letters are free */
extern const struct key_table keys_message;
extern const struct key_table keys_confirm;
extern const struct key_table keys_help;
extern const struct key_table keys_form;           /* the wizard's pages: letters are typed */
extern const struct key_table keys_form_last;      /* its last page */
extern const struct key_table keys_form_busy;      /* while the machine is made */
extern const struct key_table keys_files;
extern const struct key_table keys_isos;
extern const struct key_table keys_details; /* overview and events */
extern const struct key_table keys_details_devices;
extern const struct key_table keys_details_xml;
extern const struct key_table keys_details_notes;
extern const struct key_table keys_search; /* a text to search for is typed */

/* All of them, for tests and for the help. */
extern const struct key_table *const key_tables[];
extern const size_t key_table_count;

#endif
