/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table as virsh prints it; what a terminal could misunderstand is shown as \xNN. */
#include "config.h"

#include "base/memory.h"
#include "base/strbuf.h"
#include "cli/output_table.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#define CUT "..."

/* A copy fit for a terminal, and how many columns it takes there. */
static char *encode(const char *text, int *ret_width)
{
	struct strbuf b = STRBUF_INIT;
	size_t left = strlen(text);
	mbstate_t state = { 0 };

	*ret_width = 0;
	while (left > 0) {
		wchar_t wide;

		/* Most of every list, without a look at the locale. */
		if (*text >= 0x20 && *text <= 0x7e) {
			strbuf_putc(&b, *text++);
			left--;
			++*ret_width;
			continue;
		}
		size_t length = mbrtowc(&wide, text, left, &state);
		bool bad = length == (size_t)-1 || length == (size_t)-2 || length == 0;

		if (bad) {
			length = 1;
			memset(&state, 0, sizeof state);
		}
		if (!bad && iswprint((wint_t)wide)) {
			int width = wcwidth(wide);

			strbuf_add(&b, text, length);
			*ret_width += width > 0 ? width : 0;
		} else {
			for (size_t i = 0; i < length; i++)
				strbuf_printf(&b, "\\x%02x", (unsigned)(unsigned char)text[i]);
			*ret_width += (int)(4 * length);
		}
		text += length;
		left -= length;
	}
	return strbuf_take(&b);
}

static void add_cell(struct output_table *table, const char *text)
{
	size_t at = table->count++;

	/* Grown by doubling: lists have thousands of rows. */
	if ((at & (at - 1)) == 0) {
		table->cells = xreallocarray(table->cells, at ? at * 2 : 1, sizeof *table->cells);
		table->widths = xreallocarray(table->widths, at ? at * 2 : 1, sizeof *table->widths);
	}
	table->cells[at] = encode(text ? text : "", &table->widths[at]);
}

void output_table_init(struct output_table *table, const char *first, ...)
{
	va_list ap;

	*table = (struct output_table){ 0 };
	va_start(ap, first);
	for (const char *header = first; header; header = va_arg(ap, const char *)) {
		add_cell(table, header);
		table->columns++;
	}
	va_end(ap);
}

void output_table_row(struct output_table *table, ...)
{
	va_list ap;

	va_start(ap, table);
	for (size_t i = 0; i < table->columns; i++)
		add_cell(table, va_arg(ap, const char *));
	va_end(ap);
}

/* A cell in so many columns: cut, where it has more. */
static void print_cell(const char *cell, int width, int room, FILE *stream)
{
	mbstate_t state = { 0 };
	int left = room - (int)strlen(CUT);

	if (width <= room || left <= 0) {
		fputs(cell, stream);
		return;
	}
	while (*cell != '\0') {
		wchar_t wide;
		size_t length = mbrtowc(&wide, cell, MB_CUR_MAX, &state);
		int columns = length == 0 || length > MB_CUR_MAX ? 1 : wcwidth(wide);

		/* encoded: all of it is printable */
		if (length == 0 || length > MB_CUR_MAX)
			length = 1;
		if (columns > left)
			break;
		left -= columns > 0 ? columns : 0;
		fwrite(cell, 1, length, stream);
		cell += length;
	}
	fputs(CUT, stream);
}

void output_table_print(const struct output_table *table, FILE *stream, bool bare)
{
	_cleanup_free_ int *widest = xcalloc(table->columns, sizeof *widest);
	size_t first = bare ? table->columns : 0;
	int dashes = 0;

	for (size_t i = first; i < table->count; i++) {
		if (table->widths[i] > widest[i % table->columns])
			widest[i % table->columns] = table->widths[i];
	}
	for (size_t column = 0; column < table->columns; column++)
		dashes += widest[column] + 3;
	int before = dashes - widest[table->columns - 1] - 3; /* the last column */

	if (table->line > 0 && dashes > table->line)
		dashes = table->line;
	for (size_t i = first; i < table->count; i++) {
		size_t column = i % table->columns;
		bool last = column + 1 == table->columns;

		fputc(' ', stream);
		print_cell(table->cells[i], table->widths[i], last && table->cut ? table->line - before - 1 : INT_MAX, stream);
		fprintf(stream, "%*s", last ? 0 : widest[column] - table->widths[i] + 2, "");
		if (last)
			fputc('\n', stream);
		if (i + 1 == table->columns) {
			for (int dash = 0; dash < dashes; dash++)
				fputc('-', stream);
			fputc('\n', stream);
		}
	}
}

void output_table_clear(struct output_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->cells[i]);
	free(table->cells);
	free(table->widths);
	*table = (struct output_table){ 0 };
}
