/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table as virsh prints it: columns as wide as their widest cell, a line of dashes below the header. */
#ifndef CLI_OUTPUT_TABLE_H
#define CLI_OUTPUT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct output_table {
	size_t columns;
	char **cells; /* owned: encoded for a terminal, row by row, the header first */
	int *widths;  /* owned: of each cell */
	size_t count;
	int line; /* columns that the line of dashes has at most; 0: as many as the table */
	bool cut; /* the last column, too, ends there: what is longer ends in "..." */
};

#define _cleanup_table_ _cleanup_(output_table_clear)

/* headers ended by NULL. */
void output_table_init(struct output_table *table, const char *first, ...) __attribute__((sentinel));
/* As many cells as there are columns; NULL counts as "". */
void output_table_row(struct output_table *table, ...);
/* bare: without header and dashes (-q). */
void output_table_print(const struct output_table *table, FILE *stream, bool bare);
void output_table_clear(struct output_table *table);

#endif
