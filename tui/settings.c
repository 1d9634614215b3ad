/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration file: sections, "name = value" lines. */
#include "tui/settings.h"

#include "base/enum.h"
#include "base/file.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/bindings.h"
#include "tui/theme.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_LIMIT ((size_t)256 * 1024)

/* Where a line stands. */
struct section {
	bool colours, list, iso;
	const struct key_table *keys; /* NULL: no section of keys */
};

ENUM_WORDS(preview_setting, PREVIEW_SETTING_COUNT, "wide", "on", "off");
static enum preview_setting preview;

enum preview_setting settings_preview(void)
{
	return preview;
}

static const char *const names[COMMAND_COUNT] = {
	[COMMAND_UP] = "up",
	[COMMAND_DOWN] = "down",
	[COMMAND_PAGE_UP] = "page-up",
	[COMMAND_PAGE_DOWN] = "page-down",
	[COMMAND_FIRST] = "first",
	[COMMAND_LAST] = "last",
	[COMMAND_SEARCH] = "search",
	[COMMAND_SEARCH_NEXT] = "search-next",
	[COMMAND_SEARCH_PREVIOUS] = "search-previous",
	[COMMAND_TAB_NEXT] = "tab-next",
	[COMMAND_TAB_PREVIOUS] = "tab-previous",
	[COMMAND_TAB_1] = "tab-1",
	[COMMAND_TAB_2] = "tab-2",
	[COMMAND_TAB_3] = "tab-3",
	[COMMAND_TAB_4] = "tab-4",
	[COMMAND_TAB_5] = "tab-5",
	[COMMAND_TAB_6] = "tab-6",
	[COMMAND_TAB_7] = "tab-7",
	[COMMAND_TAB_8] = "tab-8",
	[COMMAND_TAB_9] = "tab-9",
	[COMMAND_START] = "start",
	[COMMAND_SHUTDOWN] = "shutdown",
	[COMMAND_FORCE_OFF] = "force-off",
	[COMMAND_PAUSE] = "pause",
	[COMMAND_REBOOT] = "reboot",
	[COMMAND_RESET] = "reset",
	[COMMAND_RENAME] = "rename",
	[COMMAND_DELETE] = "delete",
	[COMMAND_AUTOSTART] = "autostart",
	[COMMAND_AUTOSTART_WHEN] = "autostart-when",
	[COMMAND_CONSOLE] = "console",
	[COMMAND_VIEW] = "screen",
	[COMMAND_PREVIEW] = "preview",
	[COMMAND_DETAILS] = "details",
	[COMMAND_COPY_SSH] = "copy-ssh",
	[COMMAND_SORT] = "sort",
	[COMMAND_SORT_REVERSE] = "sort-reverse",
	[COMMAND_FILTER] = "filter",
	[COMMAND_UNFILTER] = "show-all",
	[COMMAND_MARK] = "mark",
	[COMMAND_MARK_INVERT] = "mark-invert",
	[COMMAND_UNMARK] = "unmark",
	[COMMAND_NEW_CARD] = "new-card",
	[COMMAND_CHANGE_DEVICE] = "change-device",
	[COMMAND_TAKE_OUT] = "take-out",
	[COMMAND_EDIT] = "edit",
	[COMMAND_OPEN] = "open",
	[COMMAND_WHICH] = "which",
	[COMMAND_NUMBERS] = "numbers",
	[COMMAND_DETACH] = "leave",
	[COMMAND_TAKE_OVER] = "take-over",
	[COMMAND_SCROLL_UP] = "scroll-up",
	[COMMAND_SCROLL_DOWN] = "scroll-down",
	[COMMAND_SCROLL_FIRST] = "scroll-first",
	[COMMAND_SCROLL_LAST] = "scroll-last",
	[COMMAND_CONSOLE_MENU] = "menu",
	[COMMAND_SEND_DETACH] = "send-leave",
	[COMMAND_SEND_MENU] = "send-menu",
	[COMMAND_SEND_BREAK] = "send-break",
	[COMMAND_SEND_SIZE] = "send-size",
	[COMMAND_OTHER_CONSOLE] = "other-console",
	[COMMAND_TAB_CLOSE] = "tab-close",
	[COMMAND_PASTE] = "paste",
	[COMMAND_COPY_MODE] = "copy-mode",
	[COMMAND_COPY] = "copy",
	[COMMAND_MARK_LINES] = "mark-lines",
	[COMMAND_WORD_NEXT] = "word-next",
	[COMMAND_WORD_BACK] = "word-back",
	[COMMAND_LINE_BEGIN] = "line-begin",
	[COMMAND_LINE_END] = "line-end",
	[COMMAND_OTHER_KIND] = "other-kind",
	[COMMAND_SEND_OTHER_KIND] = "send-other-kind",
	[COMMAND_SCROLL_LEFT] = "scroll-left",
	[COMMAND_SCROLL_RIGHT] = "scroll-right",
	[COMMAND_VIEW_MODE] = "mode",
	[COMMAND_ZOOM_IN] = "zoom-in",
	[COMMAND_ZOOM_OUT] = "zoom-out",
	[COMMAND_ZOOM_ALL] = "zoom-all",
	[COMMAND_ZOOM_PIXELS] = "zoom-pixels",
	[COMMAND_MOUSE] = "mouse",
	[COMMAND_RETRY] = "retry",
	[COMMAND_CLIPBOARD_TERMINAL] = "clipboard-terminal",
	[COMMAND_CLIPBOARD_GUEST] = "clipboard-guest",
	[COMMAND_SEND_KEYS] = "send-keys",
	[COMMAND_SEND_CAD] = "send-ctrl-alt-del",
	[COMMAND_SEND_F1] = "send-ctrl-alt-f1",
	[COMMAND_SEND_F2] = "send-ctrl-alt-f2",
	[COMMAND_SEND_F3] = "send-ctrl-alt-f3",
	[COMMAND_SEND_F4] = "send-ctrl-alt-f4",
	[COMMAND_SEND_F5] = "send-ctrl-alt-f5",
	[COMMAND_SEND_F6] = "send-ctrl-alt-f6",
	[COMMAND_SEND_F7] = "send-ctrl-alt-f7",
	[COMMAND_SEND_F8] = "send-ctrl-alt-f8",
	[COMMAND_SEND_F9] = "send-ctrl-alt-f9",
	[COMMAND_SEND_F10] = "send-ctrl-alt-f10",
	[COMMAND_SEND_F11] = "send-ctrl-alt-f11",
	[COMMAND_SEND_F12] = "send-ctrl-alt-f12",
	[COMMAND_SEND_PRINT] = "send-print",
	[COMMAND_SEND_SUPER] = "send-super",
	[COMMAND_SEND_PAUSE] = "send-pause",
	[COMMAND_SEND_MENU_KEY] = "send-menu-key",
	[COMMAND_SEND_CAPS_LOCK] = "send-caps-lock",
	[COMMAND_SEND_SYSRQ] = "send-sysrq",
	[COMMAND_COMPOSE] = "compose",
	[COMMAND_ACCEPT] = "accept",
	[COMMAND_YES] = "yes",
	[COMMAND_NO] = "no",
	[COMMAND_NEXT] = "next",
	[COMMAND_NEW] = "new",
	[COMMAND_PREVIOUS] = "previous",
	[COMMAND_LEFT] = "left",
	[COMMAND_RIGHT] = "right",
	[COMMAND_ERASE] = "erase",
	[COMMAND_ERASE_NEXT] = "erase-next",
	[COMMAND_ERASE_WORD] = "erase-word",
	[COMMAND_ERASE_LINE] = "erase-line",
	[COMMAND_PAGE_BACK] = "page-back",
	[COMMAND_PAGE_FORWARD] = "page-forward",
	[COMMAND_BROWSE] = "browse",
	[COMMAND_PARENT] = "parent",
	[COMMAND_HIDDEN_FILES] = "hidden-files",
	[COMMAND_ALL_FILES] = "all-files",
	[COMMAND_STORAGE] = "storage",
	[COMMAND_JOBS] = "jobs",
	[COMMAND_STOP] = "stop",
	[COMMAND_REFRESH] = "refresh",
	[COMMAND_CLONE] = "clone",
	[COMMAND_RESIZE] = "resize",
	[COMMAND_CONVERT] = "convert",
	[COMMAND_UPLOAD] = "upload",
	[COMMAND_DOWNLOAD] = "download",
	[COMMAND_WIPE] = "wipe",
	[COMMAND_COPY_PATH] = "copy-path",
	[COMMAND_USE] = "use",
	[COMMAND_CANCEL] = "cancel",
	[COMMAND_FORGET] = "forget",
	[COMMAND_FORGET_ALL] = "forget-all",
	[COMMAND_NETWORKS] = "networks",
	[COMMAND_RESERVE] = "reserve",
	[COMMAND_FORWARD] = "forward",
	[COMMAND_HOST_NAME] = "host-name",
	[COMMAND_HELP] = "help",
	[COMMAND_REDRAW] = "redraw",
	[COMMAND_SUSPEND] = "suspend",
	[COMMAND_CLOSE] = "close",
	[COMMAND_QUIT] = "quit",
};

const char *command_name(enum command command)
{
	return command < COMMAND_COUNT ? names[command] : NULL;
}

static const struct key_table *find_table(const char *name)
{
	_cleanup_free_ char *wanted = xstrdup(name);

	/* in the file, words are joined as they are everywhere in it */
	for (char *at = wanted; *at != '\0'; at++)
		*at = *at == '-' ? '_' : *at;
	for (size_t i = 0; i < key_table_count; i++)
		if (strcmp(key_tables[i]->name, wanted) == 0)
			return key_tables[i];
	return NULL;
}

static const struct key_binding *find_binding(const struct key_table *table, const char *name)
{
	for (size_t i = 0; i < table->count; i++)
		if (text_equal(command_name(table->bindings[i].command), name))
			return &table->bindings[i];
	return NULL;
}

/* Takes a key from whatever else has it in a table. */
static void take_key(const struct key_table *table, const struct key_binding *keeper, const struct key *key)
{
	struct key bound;

	for (size_t i = 0; i < table->count; i++) {
		const struct key_binding *binding = &table->bindings[i];
		_cleanup_strv_ char **words = binding != keeper ? strv_split(key_binding_keys(binding), " ") : NULL;
		_cleanup_strv_ char **rest = NULL;

		for (size_t j = 0; words != NULL && words[j] != NULL; j++)
			if (!key_parse(words[j], strlen(words[j]), &bound) || !key_equal(&bound, key))
				rest = strv_add(rest, words[j]);
		if (strv_length(rest) == strv_length(words))
			continue;
		_cleanup_free_ char *left = strv_join(rest, " ");

		key_binding_set(binding, left);
	}
}

static bool set_keys(const struct key_table *table, const char *name, const char *value, struct error *err)
{
	const struct key_binding *binding = find_binding(table, name);
	_cleanup_strv_ char **words = strv_split(value, " \t");
	struct key key;

	if (binding == NULL)
		return error_set(err, ERROR_INVALID, _("[keys %s] has no command '%s'"), table->name, name);
	if (words == NULL)
		return error_set(err, ERROR_INVALID, _("'%s' has no key"), name);
	for (size_t i = 0; words[i] != NULL; i++)
		if (!key_parse(words[i], strlen(words[i]), &key))
			return error_set(err, ERROR_INVALID, _("'%s' is no key"), words[i]);
	for (size_t i = 0; words[i] != NULL; i++)
		if (key_parse(words[i], strlen(words[i]), &key))
			take_key(table, binding, &key);
	_cleanup_free_ char *keys = strv_join(words, " ");

	key_binding_set(binding, keys);
	return true;
}

static char *trimmed(const char *text, size_t length)
{
	while (length > 0 && strchr(" \t\r", *text) != NULL) {
		text++;
		length--;
	}
	while (length > 0 && strchr(" \t\r", text[length - 1]) != NULL)
		length--;
	return xstrndup(text, length);
}

static bool enter_section(struct section *section, const char *line, struct error *err)
{
	_cleanup_strv_ char **words = strv_split(line, "[] \t");
	size_t count = strv_length(words);

	*section = (struct section){ 0 };
	if (!text_ends(line, "]"))
		return error_set(err, ERROR_INVALID, _("a section ends with ']'"));
	if (count == 1 && strcmp(words[0], "colours") == 0)
		section->colours = true;
	else if (count == 1 && strcmp(words[0], "list") == 0)
		section->list = true;
	else if (count == 1 && strcmp(words[0], "iso") == 0)
		section->iso = true;
	else if (count == 2 && strcmp(words[0], "keys") == 0)
		section->keys = find_table(words[1]);
	if (!section->colours && !section->list && !section->iso && section->keys == NULL)
		return error_set(err, ERROR_INVALID,
				 _("there is no section '%s'; there are [colours], [list], [iso] and [keys list], [keys console], ..."), line);
	return true;
}

static bool set_list(const char *name, const char *value, struct error *err)
{
	int choice = enum_value(&preview_setting_words, value);
	_cleanup_free_ char *words = enum_list(&preview_setting_words);

	if (strcmp(name, "preview") != 0)
		return error_set(err, ERROR_INVALID, _("[list] has no '%s', only 'preview'"), name);
	if (choice < 0)
		return error_set(err, ERROR_INVALID, _("preview is one of %s, not '%s'"), words, value);
	preview = (enum preview_setting)choice;
	return true;
}

/* Where ISOs are looked for is core's to read; what is wrong there is said here. */
static bool check_iso(const char *name, const char *value, struct error *err)
{
	_cleanup_strv_ char **places = strv_split(value, ":");

	if (strcmp(name, "directories") != 0)
		return error_set(err, ERROR_INVALID, _("[iso] has no '%s', only 'directories'"), name);
	for (char **place = places; place != NULL && *place != NULL; place++) {
		const char *path = *place + strspn(*place, " \t");

		if (*path != '/' && *path != '~')
			return error_set(err, ERROR_INVALID, _("'%s' is no directory from / or ~ on"), path);
	}
	return true;
}

/* One line, without its newline. */
static bool apply_line(struct section *section, const char *line, struct error *err)
{
	const char *equals = strchr(line, '=');

	if (*line == '\0' || *line == '#')
		return true;
	if (*line == '[')
		return enter_section(section, line, err);
	if (!section->colours && !section->list && !section->iso && section->keys == NULL)
		return true; /* of a section that was refused, or before the first: said once */
	if (equals == NULL || equals == line)
		return error_set(err, ERROR_INVALID, _("a line is 'name = value'"));
	_cleanup_free_ char *name = trimmed(line, (size_t)(equals - line));
	_cleanup_free_ char *value = trimmed(equals + 1, strlen(equals + 1));

	if (section->list)
		return set_list(name, value, err);
	if (section->iso)
		return check_iso(name, value, err);
	return section->colours ? theme_set(name, value, err) : set_keys(section->keys, name, value, err);
}

/* What lost its last key to others. */
static void tell_keyless(const char *name, char ***problems)
{
	for (size_t i = 0; i < key_table_count; i++)
		for (size_t j = 0; j < key_tables[i]->count; j++) {
			const struct key_binding *binding = &key_tables[i]->bindings[j];

			if (*key_binding_keys(binding) == '\0')
				*problems = strv_addf(*problems, _("%s: [keys %s] leaves '%s' without a key"), name, key_tables[i]->name,
						      command_name(binding->command) != NULL ? command_name(binding->command) : "?");
		}
}

void settings_apply(const char *name, const char *text, char ***problems)
{
	struct section section = { 0 };
	bool begun = false;

	for (unsigned number = 1; *text != '\0'; number++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		size_t length = strcspn(text, "\n");
		_cleanup_free_ char *line = trimmed(text, length);
		bool fine = utf8_valid(line, strlen(line)) || error_set(&err, ERROR_INVALID, _("this is not UTF-8"));

		if (fine && !begun && *line != '\0' && *line != '#' && *line != '[')
			fine = error_set(&err, ERROR_INVALID, _("a line before the first section"));
		begun |= *line == '[';
		if (!fine || !apply_line(&section, line, &err))
			*problems = strv_addf(*problems, "%s:%u: %s", name, number, error_text(&err));
		text += length + (text[length] == '\n');
	}
	tell_keyless(name, problems);
}

void settings_load(const char *path, char ***problems)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = NULL;
	size_t length;

	if (access(path, F_OK) < 0 && errno == ENOENT)
		return;
	if (!file_read(path, FILE_LIMIT, &text, &length, &err))
		*problems = strv_addf(*problems, "%s", error_text(&err));
	else if (strlen(text) != length)
		*problems = strv_addf(*problems, _("%s: this is no text"), path);
	else
		settings_apply(path, text, problems);
}
