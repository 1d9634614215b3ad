/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Head line and footer. */
#include "tui/widget_status.h"

#include "base/gettext.h"
#include "base/text.h"
#include "tui/bindings.h"
#include "tui/terminal.h"

void head_draw(struct terminal *term, const char *left, const char *right)
{
	int columns = terminal_columns(term);
	int wide = utf8_width(right);

	terminal_text(term, 0, 0, columns, STYLE_HEAD, left);
	if (utf8_width(left) + wide + 2 <= columns)
		terminal_put(term, 0, columns - wide, columns, STYLE_HEAD, right);
}

/* One "key word" of the footer at column; returns the column behind it, or column when it does not fit before limit. */
static int draw_binding(struct screen *screen, struct terminal *term, const struct key_binding *binding, int column, int limit)
{
	struct key key;
	char label[32];

	if (binding->label == NULL || !key_binding_key(binding, 0, &key))
		return column;
	key_label(&key, terminal_utf8(term), label, sizeof label);
	const char *word = _(binding->label);

	if (column + utf8_width(label) + 1 + utf8_width(word) > limit)
		return column;
	bool refused = screen->class->refuses != NULL && screen->class->refuses(screen, binding->command) != NULL;
	int row = terminal_rows(term) - 1;

	column = terminal_put(term, row, column, limit, refused ? STYLE_OFF_LABEL : STYLE_KEY, label);
	column = terminal_put(term, row, column, limit, STYLE_NORMAL, " ");
	return terminal_put(term, row, column, limit, refused ? STYLE_OFF_LABEL : STYLE_LABEL, word) + 2;
}

static int draw_table(struct screen *screen, struct terminal *term, const struct key_table *table, int column, int limit)
{
	for (size_t i = 0; table != NULL && i < table->count; i++)
		column = draw_binding(screen, term, &table->bindings[i], column, limit);
	return column;
}

/* Room that the help's own word needs: it is the one that must always be there. */
static int help_room(struct terminal *term)
{
	struct key key;
	char label[32];

	if (!key_binding_key(&keys_everywhere.bindings[0], 0, &key))
		return 0;
	key_label(&key, terminal_utf8(term), label, sizeof label);
	return utf8_width(label) + 1 + utf8_width(_(keys_everywhere.bindings[0].label)) + 2;
}

void footer_draw(struct screen *screen, struct terminal *term, const char *lead)
{
	int row = terminal_rows(term) - 1;
	int columns = terminal_columns(term);
	const struct key_table *table = screen->class->keys != NULL ? screen->class->keys(screen) : NULL;
	int column = 0;

	terminal_fill(term, row, 0, 1, columns, STYLE_NORMAL);
	if (lead != NULL)
		column = terminal_put(term, row, 0, columns, STYLE_HEAD, lead) + 1;
	if (screen->ui->status != NULL) {
		column = terminal_put(term, row, column, columns, screen->ui->status_style, screen->ui->status) + 2;
		/* where letters are a guest's, the way out stays in sight */
		if (lead == NULL || !screen->grabs)
			return;
	}
	column = draw_table(screen, term, table, column, screen->grabs ? columns : columns - help_room(term));
	if (!screen->grabs)
		draw_table(screen, term, &keys_everywhere, column, columns);
}
