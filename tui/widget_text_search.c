/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Searching in a text view: the pattern as it is typed, and the places where it is. */
#include "tui/widget_text.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"

#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#define FIELD_COLUMNS 30

static bool has_capital(const char *text)
{
	uint32_t c;

	while ((c = utf8_next(&text)) != 0)
		if (iswupper((wint_t)c))
			return true;
	return false;
}

/* Bytes of text that the pattern matches at its beginning; 0: none. */
static size_t match(const char *text, const char *pattern, bool fold)
{
	const char *at = text;

	while (*pattern != '\0') {
		uint32_t want = utf8_next(&pattern);
		uint32_t have = utf8_next(&at);

		if (fold)
			have = (uint32_t)towlower((wint_t)have);
		if (have != want)
			return 0;
	}
	return (size_t)(at - text);
}

bool text_find(const char *text, size_t from, const char *pattern, size_t *ret_at, size_t *ret_length)
{
	bool fold = !has_capital(pattern);

	for (const char *at = text + from; *at != '\0';) {
		size_t length = match(at, pattern, fold);

		if (length > 0) {
			*ret_at = (size_t)(at - text);
			*ret_length = length;
			return true;
		}
		utf8_next(&at);
	}
	return false;
}

static bool has_pattern(const struct text_view *view)
{
	return *line_text(&view->pattern) != '\0';
}

static bool take(struct text_view *view, size_t line, size_t at)
{
	view->found = true;
	view->seek = true;
	view->found_line = line;
	view->found_at = at;
	return true;
}

/* The first place at or after a place, around the end. */
static bool find_forward(struct text_view *view, size_t line, size_t from)
{
	size_t at, length;

	for (size_t i = 0; i <= view->count; i++, line++, from = 0) {
		if (line >= view->count)
			line = 0;
		if (from <= strlen(view->lines[line].text) && text_find(view->lines[line].text, from, line_text(&view->pattern), &at, &length))
			return take(view, line, at);
	}
	return false;
}

/* The last place before a byte of a line; false when there is none. */
static bool last_before(const struct text_view *view, size_t line, size_t before, size_t *ret)
{
	const char *text = view->lines[line].text;
	size_t from = 0, at, length;
	bool any = false;

	while (text_find(text, from, line_text(&view->pattern), &at, &length) && at < before) {
		*ret = at;
		any = true;
		from = at + length;
	}
	return any;
}

static bool find_backward(struct text_view *view, size_t line, size_t before)
{
	size_t at;

	for (size_t i = 0; i <= view->count; i++) {
		if (last_before(view, line, before, &at))
			return take(view, line, at);
		line = line > 0 ? line - 1 : view->count - 1;
		before = SIZE_MAX;
	}
	return false;
}

/* The pattern has changed: from where typing began. */
static void search_anew(struct text_view *view)
{
	view->found = false;
	view->top = view->origin_top;
	view->left = view->origin_left;
	if (view->count == 0 || !has_pattern(view))
		return;
	find_forward(view, view->top < view->row_count ? view->rows[view->top].line : 0, 0);
}

static void begin(struct text_view *view)
{
	line_clear(&view->pattern);
	view->typing = true;
	view->found = false;
	view->origin_top = view->top;
	view->origin_left = view->left;
}

static void again(struct text_view *view, bool forward)
{
	if (view->count == 0 || !has_pattern(view))
		return;
	if (!view->found || view->found_line >= view->count)
		find_forward(view, view->top < view->row_count ? view->rows[view->top].line : 0, 0);
	else if (forward)
		find_forward(view, view->found_line, view->found_at + 1);
	else
		find_backward(view, view->found_line, view->found_at);
}

static bool typing_command(struct text_view *view, enum command command)
{
	bool changed = false;

	if (command == COMMAND_ACCEPT) {
		view->typing = false;
	} else if (command == COMMAND_CLOSE) {
		view->typing = false;
		line_clear(&view->pattern);
		search_anew(view);
	} else if (!line_command(&view->pattern, command, &changed)) {
		return false;
	}
	if (changed)
		search_anew(view);
	return true;
}

bool text_view_search_command(struct text_view *view, enum command command)
{
	if (view->typing)
		return typing_command(view, command);
	if (command == COMMAND_SEARCH)
		begin(view);
	else if (command == COMMAND_SEARCH_NEXT || command == COMMAND_SEARCH_PREVIOUS)
		again(view, command == COMMAND_SEARCH_NEXT);
	else
		return false;
	return true;
}

const char *text_view_refuses(const struct text_view *view, enum command command)
{
	if ((command == COMMAND_SEARCH_NEXT || command == COMMAND_SEARCH_PREVIOUS) && !has_pattern(view))
		return _("nothing is searched for yet: type / and a text");
	return NULL;
}

void text_view_paste(struct text_view *view, const char *text, size_t length)
{
	if (view->typing && line_insert(&view->pattern, text, length))
		search_anew(view);
}

void text_view_key(struct text_view *view, const struct key *key)
{
	if (view->typing && line_key(&view->pattern, key))
		search_anew(view);
}

void text_view_footer(struct text_view *view, struct screen *screen, struct terminal *term)
{
	bool missing = has_pattern(view) && !view->found;
	int row = terminal_rows(term) - 1;
	int field = terminal_columns(term) - 2 < FIELD_COLUMNS ? terminal_columns(term) - 2 : FIELD_COLUMNS;
	_cleanup_free_ char *lead = NULL;

	if (view->typing)
		lead = strf("/%*s%s", field, "", missing ? _(" not found ") : "");
	else if (missing)
		lead = strf(_("/%s is not found "), line_text(&view->pattern));
	footer_draw(screen, term, lead);
	if (view->typing)
		line_draw(&view->pattern, term, row, 1, field, STYLE_HEAD, true);
}
