/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's screen as text for scripts and terminals: what is in it, and printed so that nothing in it can act. */
#ifndef CLI_SCREEN_TEXT_H
#define CLI_SCREEN_TEXT_H

#include "base/error.h"
#include "core/display.h"

#include <stdio.h>

/* What --wait looks for: the pattern as it stands, or as an extended regular expression (^ and $ are a line's). */
struct screen_pattern;
/* Never NULL: a pattern that is no regular expression is text alone. */
struct screen_pattern *screen_pattern_new(const char *text);
void screen_pattern_free(struct screen_pattern *pattern);
bool screen_pattern_found(const struct screen_pattern *pattern, const struct display *display);

/* Nothing but blanks of one colour. */
bool screen_is_blank(const struct display *display);

/* The rows as text, empty ones at the end left out. */
void screen_print_text(const struct display *display, FILE *out);
/* The rows with the colours of their cells, for a terminal that has 24 bit colour. */
void screen_print_colours(const struct display *display, FILE *out);
/* As an object of JSON. Owned. */
struct json_object *screen_json(const struct display *display);

#endif
