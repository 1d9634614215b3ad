/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of styles, and other looks for them. */
#include "tui/theme.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"

#include <string.h>

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, OWN = -1 };

static const struct style_look built_in[STYLE_COUNT] = {
	[STYLE_NORMAL] = { .foreground = OWN, .background = OWN },
	[STYLE_DIM] = { .foreground = OWN, .background = OWN, .dim = 1 },
	[STYLE_HEAD] = { .foreground = WHITE, .background = BLUE, .bold = 1, .mono_reverse = 1 },
	[STYLE_TITLE] = { .foreground = CYAN, .background = OWN, .bold = 1, .mono_bold = 1 },
	[STYLE_SELECTED] = { .foreground = BLACK, .background = CYAN, .mono_reverse = 1 },
	[STYLE_MATCH] = { .foreground = BLACK, .background = YELLOW, .mono_reverse = 1 },
	[STYLE_RUNNING] = { .foreground = GREEN, .background = OWN, .mono_bold = 1 },
	[STYLE_PAUSED] = { .foreground = YELLOW, .background = OWN },
	[STYLE_CRASHED] = { .foreground = RED, .background = OWN, .bold = 1, .mono_bold = 1 },
	[STYLE_BUSY] = { .foreground = MAGENTA, .background = OWN, .mono_underline = 1 },
	[STYLE_KEY] = { .foreground = OWN, .background = OWN, .bold = 1, .mono_bold = 1 },
	[STYLE_LABEL] = { .foreground = BLACK, .background = CYAN, .mono_reverse = 1 },
	[STYLE_OFF_LABEL] = { .foreground = OWN, .background = OWN, .dim = 1 },
	[STYLE_STATUS] = { .foreground = OWN, .background = OWN },
	[STYLE_ERROR] = { .foreground = RED, .background = OWN, .bold = 1, .mono_bold = 1 },
	[STYLE_DIALOG] = { .foreground = OWN, .background = OWN },
	[STYLE_BUTTON] = { .foreground = OWN, .background = OWN },
	[STYLE_BUTTON_MARKED] = { .foreground = BLACK, .background = CYAN, .mono_reverse = 1 },
};

static const char *const style_names[STYLE_COUNT] = {
	[STYLE_NORMAL] = "normal",   [STYLE_DIM] = "dim",	  [STYLE_HEAD] = "head",     [STYLE_TITLE] = "title",
	[STYLE_SELECTED] = "selected", [STYLE_MATCH] = "match",	  [STYLE_RUNNING] = "running", [STYLE_PAUSED] = "paused",
	[STYLE_CRASHED] = "crashed", [STYLE_BUSY] = "busy",	  [STYLE_KEY] = "key",	     [STYLE_LABEL] = "label",
	[STYLE_OFF_LABEL] = "off-label", [STYLE_STATUS] = "status", [STYLE_ERROR] = "error",   [STYLE_DIALOG] = "dialog",
	[STYLE_BUTTON] = "button",   [STYLE_BUTTON_MARKED] = "button-marked",
};

static const char *const colour_names[] = { "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white" };

/* From the configuration; those that are not set are built in. */
static struct style_look other[STYLE_COUNT];
static bool is_set[STYLE_COUNT];

const struct style_look *theme_look(enum style style)
{
	return is_set[style] ? &other[style] : &built_in[style];
}

const char *theme_name(enum style style)
{
	return style_names[style];
}

void theme_reset(void)
{
	memset(is_set, 0, sizeof is_set);
}

static bool colour_parse(const char *word, int *ret)
{
	bool bright = text_starts(word, "bright-");
	uint64_t number;

	if (strcmp(word, "default") == 0) {
		*ret = OWN;
		return true;
	}
	if (text_to_uint(word, false, &number) && number <= 255) {
		*ret = (int)number;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(colour_names); i++)
		if (strcmp(bright ? word + strlen("bright-") : word, colour_names[i]) == 0) {
			*ret = (int)i + (bright ? 8 : 0);
			return true;
		}
	return false;
}

static bool attribute_parse(const char *word, struct style_look *look)
{
	if (strcmp(word, "bold") == 0)
		look->bold = look->mono_bold = 1;
	else if (strcmp(word, "reverse") == 0)
		look->reverse = look->mono_reverse = 1;
	else if (strcmp(word, "underline") == 0)
		look->underline = look->mono_underline = 1;
	else if (strcmp(word, "dim") == 0)
		look->dim = 1;
	else
		return false;
	return true;
}

bool theme_set(const char *name, const char *text, struct error *err)
{
	_cleanup_strv_ char **words = strv_split(text, ", \t");
	struct style_look look = { .foreground = OWN, .background = OWN };
	size_t style = 0;
	int colours = 0;

	while (style < STYLE_COUNT && !text_equal(style_names[style], name))
		style++;
	if (style == STYLE_COUNT)
		return error_set(err, ERROR_INVALID, _("there is no style '%s'"), name);
	if (words == NULL)
		return error_set(err, ERROR_INVALID, _("'%s' has no colour"), name);
	for (size_t i = 0; words[i] != NULL; i++) {
		if (attribute_parse(words[i], &look))
			continue;
		if (colours < 2 && colour_parse(words[i], colours == 0 ? &look.foreground : &look.background))
			colours++;
		else
			return error_set(err, ERROR_INVALID, colours < 2 ? _("'%s' is no colour and no attribute") : _("'%s' is one colour too many"), words[i]);
	}
	/* without colours the built-in look still tells things apart, unless attributes were asked for */
	if (!look.bold && !look.reverse && !look.underline) {
		look.mono_bold = built_in[style].mono_bold;
		look.mono_reverse = built_in[style].mono_reverse;
		look.mono_underline = built_in[style].mono_underline;
	}
	other[style] = look;
	is_set[style] = true;
	return true;
}
