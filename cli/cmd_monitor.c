/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty qemu-monitor-command`: a command straight to QEMU, through the keeper. */
#include "config.h"

#include "base/json.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/cli.h"

#include <string.h>

#define MONITOR_TIMEOUT_MS (5 * 60 * 1000) /* a loaded host can take minutes */

static char *joined_words(const struct cli *cli)
{
	const char *const *words = argument_list(&cli->arguments, "cmd", NULL);
	_cleanup_strv_ char **copy = NULL;

	for (size_t i = 0; words[i]; i++)
		copy = strv_add(copy, words[i]);
	return strv_join(copy, " ");
}

static void print_line(const char *text)
{
	fputs(text, stdout);
	if (text[0] == '\0' || text[strlen(text) - 1] != '\n')
		putchar('\n');
}

/* The words as one JSON line: a whole command, or a command's name and perhaps its arguments as a JSON object. NULL on
 * error. */
static char *qmp_line(struct cli *cli, struct error *err)
{
	const char *const *words = argument_list(&cli->arguments, "cmd", NULL);
	_cleanup_free_ char *joined = joined_words(cli);
	_cleanup_json_ struct json_object *command = NULL;
	const char *arguments;
	struct json_object *parsed = NULL;

	if (words[0][strspn(words[0], " \t\n")] == '{') {
		command = json_parse("cmd", joined, strlen(joined), err);
		return command ? json_text(command) : NULL;
	}
	command = json_object_new_object();
	json_set_string(command, "execute", words[0]);
	arguments = joined + strlen(words[0]);
	if (*arguments) {
		parsed = json_parse("cmd", arguments, strlen(arguments), err);
		if (!parsed)
			return NULL;
		json_set(command, "arguments", parsed);
	}
	return json_text(command);
}

static bool print_reply(const struct cli *cli, const char *reply, struct error *err)
{
	_cleanup_json_ struct json_object *object = NULL;
	struct json_object *shown;

	if (!cli_flag(cli, "pretty") && !cli_flag(cli, "return-value")) {
		print_line(reply);
		return true;
	}
	object = json_parse("reply", reply, strlen(reply), err);
	if (!object)
		return false;
	shown = object;
	if (cli_flag(cli, "return-value")) {
		shown = json_get(object, "return");
		if (!shown)
			return error_set(err, ERROR_FAILED, _("QEMU refused the command: %s"),
					 json_get_string(object, "error/desc", reply));
	}
	print_line(json_object_to_json_string_ext(
		shown, JSON_C_TO_STRING_NOSLASHESCAPE |
			       (cli_flag(cli, "pretty") ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED
							: JSON_C_TO_STRING_PLAIN)));
	return true;
}

static bool run_hmp(struct cli *cli, const struct machine *machine, struct error *err)
{
	_cleanup_free_ char *line = joined_words(cli);
	_cleanup_json_ struct json_object *reply = NULL;
	struct json_object *arguments = json_object_new_object();

	json_set_string(arguments, "command-line", line);
	if (!domain_qmp(cli->manager, machine, "human-monitor-command", arguments, MONITOR_TIMEOUT_MS, &reply, err))
		return false;
	print_line(reply && json_object_is_type(reply, json_type_string) ? json_object_get_string(reply) : "");
	return true;
}

static bool run_monitor(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_free_ char *line = NULL;
	_cleanup_free_ char *reply = NULL;
	bool hmp = cli_flag(cli, "hmp");

	if (!cli_exclusive(cli, err, "hmp", "pretty", NULL) || !cli_exclusive(cli, err, "hmp", "return-value", NULL))
		return false;
	if (!hmp) {
		line = qmp_line(cli, err);
		if (!line)
			return false;
	}
	if (!cli_machine(cli, &machine, err))
		return false;
	if (hmp)
		return run_hmp(cli, &machine, err);
	return domain_qmp_raw(cli->manager, &machine, line, &reply, err) && print_reply(cli, reply, err);
}

static const struct option monitor_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	OPTION_SIMPLE("hmp", N_("the command is one of the human monitor: 'info block'")),
	OPTION_SIMPLE("pretty", N_("print the answer indented")),
	OPTION_SIMPLE("return-value", N_("print only what the command returned")),
	{ "cmd", NULL, 0, OPTION_LIST, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_NONE, NULL, N_("COMMAND"),
	  N_("the command: JSON, or a name and its arguments") },
	OPTION_END,
};

const struct command command_qemu_monitor_command = {
	.name = "qemu-monitor-command",
	.group = GROUP_MONITOR,
	.summary = N_("send a command to QEMU itself"),
	.description = N_("Sends a QMP command such as '{\"execute\": \"query-status\"}' or just query-status, or with "
			  "--hmp a line of the human monitor, and prints the "
			  "answer. What is changed this way is not known to virtty."),
	.options = monitor_options,
	.run = run_monitor,
};
