/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only file that includes <term.h>: its macros are words like "columns" and "bell". */
#include "tui/terminfo.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

/* A capability's text, or "". (tigetstr() says -1 for what is no string.) */
static const char *raw_text(const char *capability)
{
	const char *text = tigetstr(capability);

	return text == NULL || text == (const char *)-1 ? "" : text;
}

bool terminfo_check(const char *name, struct error *err)
{
	int status;

	if (text_empty(name)) {
		error_set(err, ERROR_UNSUPPORTED, _("the environment variable TERM is not set: the kind of terminal is unknown"));
		return error_hint(err, _("set it to what this terminal is, for example: TERM=xterm-256color virtty"));
	}
	if (setupterm(name, STDOUT_FILENO, &status) != OK) {
		error_set(err, ERROR_UNSUPPORTED, _("the terminal '%s' (TERM) is not known on this host"), name);
		return error_hint(err, _("install its description (package ncurses-term), or try TERM=xterm-256color virtty"));
	}
	bool able = terminfo_has("cup") && terminfo_has("clear");

	del_curterm(cur_term);
	if (able)
		return true;
	error_set(err, ERROR_UNSUPPORTED, _("the terminal '%s' (TERM) cannot place its cursor"), name);
	return error_hint(err, _("the commands work without that: 'virtty list --all', 'virtty help'"));
}

char *terminfo_drawing_name(const char *name)
{
	const char *says = getenv("COLORTERM");
	const char *tail = strstr(name, "-256color");
	int status;

	if (says == NULL || (strcmp(says, "truecolor") != 0 && strcmp(says, "24bit") != 0) || text_ends(name, "-direct"))
		return xstrdup(name);
	_cleanup_free_ char *direct = strf("%.*s-direct", tail != NULL ? (int)(tail - name) : (int)strlen(name), name);

	if (setupterm(direct, STDOUT_FILENO, &status) != OK)
		return xstrdup(name);
	del_curterm(cur_term);
	return TAKE_POINTER(direct);
}

bool terminfo_has(const char *capability)
{
	return *raw_text(capability) != '\0';
}

char *terminfo_text(const char *capability)
{
	struct strbuf out = STRBUF_INIT;

	for (const char *at = raw_text(capability); *at != '\0'; at++) {
		const char *end = at[0] == '$' && at[1] == '<' ? strchr(at, '>') : NULL;

		if (end != NULL)
			at = end;
		else
			strbuf_putc(&out, *at);
	}
	return strbuf_take(&out);
}

bool terminfo_direct(void)
{
	return COLORS >= 0x1000000;
}
