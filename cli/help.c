/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty help`: the command table as pages for people. */
#include "config.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/help.h"

#include <string.h>

#define PAGE_WIDTH 79

/* Prints text wrapped at blanks; every line starts with indent blanks. A newline in the text stays. */
static void print_wrapped(FILE *stream, int indent, const char *text)
{
	int column = 0;

	while (*text) {
		size_t length = strcspn(text, " \n");
		_cleanup_free_ char *word = xstrndup(text, length);
		int width = utf8_width(word);

		if (column > 0 && column + 1 + width > PAGE_WIDTH) {
			fputc('\n', stream);
			column = 0;
		}
		if (column == 0) {
			fprintf(stream, "%*s%s", indent, "", word);
			column = indent + width;
		} else {
			fprintf(stream, " %s", word);
			column += 1 + width;
		}
		text += length;
		if (*text == '\n') {
			fputc('\n', stream);
			column = 0;
		}
		text += *text != '\0';
	}
	fputc('\n', stream);
}

char *help_option(const struct option *option)
{
	struct strbuf b = STRBUF_INIT;
	_cleanup_strv_ char **aliases = strv_split(option->aliases ? option->aliases : "", " ");

	if (option->letter)
		strbuf_printf(&b, "-%c, ", option->letter);
	strbuf_printf(&b, (option->traits & TRAIT_POSITIONAL) ? "[--%s]" : "--%s", option->name);
	for (size_t i = 0; aliases && aliases[i]; i++)
		strbuf_printf(&b, ", --%s", aliases[i]);
	if (option_stands_alone(option))
		strbuf_printf(&b, " [%s]", _(option->value));
	else if (option->kind != OPTION_FLAG)
		strbuf_printf(&b, " %s", _(option->value));
	return strbuf_take(&b);
}

static void synopsis_option(struct strbuf *b, const struct option *option)
{
	bool required = option->traits & TRAIT_REQUIRED;
	const char *dots = option->kind == OPTION_LIST ? "..." : "";

	if (option->traits & TRAIT_POSITIONAL)
		strbuf_printf(b, required ? " %s%s" : " [%s%s]", _(option->value), dots);
	else if (option->kind == OPTION_FLAG)
		strbuf_printf(b, " [--%s]", option->name);
	else if (option_stands_alone(option))
		strbuf_printf(b, " [--%s [%s]]", option->name, _(option->value));
	else
		strbuf_printf(b, required ? " --%s %s%s" : " [--%s %s]%s", option->name, _(option->value), dots);
}

char *help_synopsis(const struct command *command)
{
	struct strbuf b = STRBUF_INIT;

	strbuf_puts(&b, command->name);
	for (const struct option *o = command->options; o && o->name; o++)
		synopsis_option(&b, o);
	return strbuf_take(&b);
}

void help_command(FILE *stream, const struct command *command)
{
	_cleanup_free_ char *synopsis = help_synopsis(command);

	fprintf(stream, _("  NAME\n"));
	fprintf(stream, "    %s - %s\n\n", command->name, _(command->summary));
	fprintf(stream, _("  SYNOPSIS\n"));
	print_wrapped(stream, 4, synopsis);
	fprintf(stream, _("\n  DESCRIPTION\n"));
	print_wrapped(stream, 4, _(command->description));
	if (option_count(command) > 0)
		fprintf(stream, _("\n  OPTIONS\n"));
	for (const struct option *o = command->options; o && o->name; o++) {
		_cleanup_free_ char *left = help_option(o);

		fprintf(stream, "    %-24s  %s\n", left, _(o->help));
	}
}

void help_group(FILE *stream, enum group group)
{
	fprintf(stream, _(" %s (help keyword '%s'):\n"), _(group_titles[group]), group_words[group]);
	for (size_t i = 0; i < command_count; i++) {
		if (commands[i]->group == group)
			fprintf(stream, "    %-22s %s\n", commands[i]->name, _(commands[i]->summary));
	}
}

void help_all(FILE *stream)
{
	fprintf(stream, _("virtty %s - virtual machines in the terminal\n\n"), PACKAGE_VERSION);
	fprintf(stream, _("Usage: virtty [-q] COMMAND [OPTIONS...]\n"
			  "       virtty                (on a terminal: the screen program)\n\n"));
	for (int group = 0; group < GROUP_COUNT; group++) {
		help_group(stream, (enum group)group);
		fputc('\n', stream);
	}
	fprintf(stream, _("'virtty help COMMAND' or 'virtty COMMAND -h' says more about one.\n"));
}
