/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QMP's two shapes of text as trees. */
#include "hv/qmp_reply.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

#include <string.h>

char *qmp_command_text(const char *command, struct json_object *arguments, uint64_t id)
{
	_cleanup_json_ struct json_object *tree = json_object_new_object();

	json_set_string(tree, "execute", command);
	if (arguments != NULL)
		json_set(tree, "arguments", arguments);
	json_set_int(tree, "id", (int64_t)id);
	_cleanup_free_ char *text = json_text(tree);

	return strf("%s\n", text);
}

/* QEMU's words on one line: some errors have several. */
static char *one_line(const char *words)
{
	char *line = xstrdup(words);
	size_t length = strlen(line);

	while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '.'))
		line[--length] = '\0';
	for (char *c = line; *c != '\0'; c++)
		if (*c == '\n' || *c == '\r')
			*c = ' ';
	return line;
}

struct json_object *qmp_reply_value(struct json_object *answer, struct error *err)
{
	struct json_object *value = json_get(answer, "return");
	const char *class = json_get_string(answer, "error/class", "");
	const char *hint = json_get_string(answer, "error/hint", NULL);
	enum error_code code = ERROR_FAILED;

	if (value != NULL)
		return value;
	_cleanup_free_ char *words = one_line(json_get_string(answer, "error/desc", "QEMU gave no reason"));

	if (text_equal(class, "DeviceNotFound"))
		code = ERROR_NOT_FOUND;
	else if (text_equal(class, "CommandNotFound"))
		code = ERROR_UNSUPPORTED;
	error_set(err, code, "%s", words);
	if (hint != NULL)
		error_hint(err, "%s", hint);
	return NULL;
}
