/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands about secrets. A value never stands on a command line. */
#include "config.h"

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/output_table.h"
#include "cli/storage.h"
#include "core/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static bool find(struct cli *cli, struct secret *ret, struct error *err)
{
	return cli_manager(cli, err) && secret_find(cli->manager, cli_string(cli, "secret"), ret, err);
}

static bool run_secret_define(struct cli *cli, struct error *err)
{
	_cleanup_free_ char *text = NULL, *source = NULL;
	struct secret secret = { 0 };

	if (!cli_manager(cli, err) || !cli_document(cli_string(cli, "file"), &text, &source, err) ||
	    !secret_define(cli->manager, source, text, strlen(text), &secret, err))
		return false;
	cli_note(cli, _("Secret %s created\n"), secret.uuid);
	secret_clear(&secret);
	return true;
}

static bool is_listed(struct cli *cli, const struct secret *secret)
{
	bool ephemeral = cli_flag(cli, "ephemeral"), kept = cli_flag(cli, "no-ephemeral");
	bool hidden = cli_flag(cli, "private"), open = cli_flag(cli, "no-private");

	return (!(ephemeral || kept) || (secret->ephemeral ? ephemeral : kept)) &&
	       (!(hidden || open) || (secret->private_ ? hidden : open));
}

static bool run_secret_list(struct cli *cli, struct error *err)
{
	_cleanup_table_ struct output_table table = { 0 };
	struct json_object *array = json_object_new_array();
	struct secret *secrets = NULL;
	size_t count = 0;

	if (!cli_manager(cli, err) || !secret_list(cli->manager, &secrets, &count, err)) {
		json_object_put(array);
		return false;
	}
	output_table_init(&table, _("UUID"), _("Usage"), NULL);
	for (size_t i = 0; i < count; i++) {
		const struct secret *secret = &secrets[i];
		_cleanup_free_ char *usage = secret->usage_id != NULL
						     ? strf("%s %s", secret->usage_type, secret->usage_id)
						     : xstrdup(_("Unused"));
		struct json_object *object = json_object_new_object();

		if (!is_listed(cli, secret)) {
			json_object_put(object);
			continue;
		}
		output_table_row(&table, secret->uuid, usage);
		json_set_string(object, "uuid", secret->uuid);
		json_set_string(object, "usage-type", secret->usage_type);
		json_set_string(object, "usage", secret->usage_id);
		json_set_bool(object, "ephemeral", secret->ephemeral);
		json_set_bool(object, "private", secret->private_);
		json_set_bool(object, "has-value", secret->has_value);
		json_object_array_add(array, object);
	}
	if (cli->json) {
		cli_json(array);
	} else {
		json_object_put(array);
		output_table_print(&table, stdout, cli->quiet);
	}
	secrets_free(secrets, count);
	return true;
}

static bool run_secret_dumpxml(struct cli *cli, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	struct secret secret = { 0 };

	if (find(cli, &secret, err))
		text = secret_xml(cli->manager, &secret, err);
	if (text != NULL)
		fputs(text, stdout);
	secret_clear(&secret);
	return text != NULL;
}

/* ---- values ---- */

/* A line from the terminal, which does not show it. */
static bool read_terminal(char **ret, size_t *ret_length, struct error *err)
{
	struct termios before, quiet;
	char *line = NULL;
	size_t room = 0;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before) < 0)
		return file_read("-", SECRET_SIZE_LIMIT, ret, ret_length, err);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	/* before it is asked for: what is typed at the question must neither be shown nor thrown away */
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	fputs(_("Enter new value for secret: "), stderr);
	ssize_t length = getline(&line, &room, stdin);

	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	if (length <= 0) {
		free(line);
		return error_set(err, ERROR_INVALID, _("no value was given"));
	}
	if (line[length - 1] == '\n')
		line[--length] = '\0';
	*ret = line;
	*ret_length = (size_t)length;
	return true;
}

static bool run_secret_set_value(struct cli *cli, struct error *err)
{
	const char *file = cli_string(cli, "file");
	struct secret secret = { 0 };
	size_t length = 0;
	char *value = NULL;
	bool done = find(cli, &secret, err) &&
		    (file != NULL ? file_read(file, SECRET_SIZE_LIMIT, &value, &length, err)
				  : read_terminal(&value, &length, err)) &&
		    secret_set_value(cli->manager, &secret, value, length, err);

	if (done)
		cli_note(cli, _("Secret value set\n"));
	secret_value_free(value, length);
	secret_clear(&secret);
	return done;
}

static bool run_secret_get_value(struct cli *cli, struct error *err)
{
	struct secret secret = { 0 };
	size_t length = 0;
	char *value = NULL;
	bool done = find(cli, &secret, err) && secret_value(cli->manager, &secret, &value, &length, err);

	if (done && fwrite(value, 1, length, stdout) != length)
		done = error_set_errno(err, errno, _("cannot write"));
	/* A file gets the value and nothing else: as set from it, it is the same. */
	if (done && length > 0 && value[length - 1] != '\n' && isatty(STDOUT_FILENO))
		putchar('\n');
	secret_value_free(value, length);
	secret_clear(&secret);
	return done;
}

static bool run_secret_undefine(struct cli *cli, struct error *err)
{
	struct secret secret = { 0 };
	bool done = find(cli, &secret, err) &&
		    (cli_flag(cli, "force") || secret_check_unused(cli->manager, &secret, err)) &&
		    secret_undefine(cli->manager, &secret, err);

	if (done)
		cli_note(cli, _("Secret %s deleted\n"), secret.uuid);
	secret_clear(&secret);
	return done;
}

#define OPTION_SECRET                                                                                                  \
	{                                                                                                              \
		"secret", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_NONE, NULL,              \
			N_("SECRET"), N_("its UUID, or its usage: 'volume NAME'")                                      \
	}

static const struct option secret_only[] = {
	OPTION_SECRET,
	OPTION_END,
};

static const struct option secret_get_value_options[] = {
	OPTION_SECRET,
	OPTION_SIMPLE("plain", N_("the value as it is (as without)")),
	OPTION_END,
};

static const struct option secret_undefine_options[] = {
	OPTION_SECRET,
	OPTION_SIMPLE("force", N_("whoever uses it")),
	OPTION_END,
};

static const struct option secret_define_options[] = {
	OPTION_XML_FILE(N_("secret XML; '-' is standard input")),
	OPTION_END,
};

static const struct option secret_list_options[] = {
	OPTION_SIMPLE("ephemeral", N_("only secrets that go with a restart of the host")),
	OPTION_SIMPLE("no-ephemeral", N_("only secrets that stay")),
	OPTION_SIMPLE("private", N_("only secrets whose value is given to nobody")),
	OPTION_SIMPLE("no-private", N_("only secrets whose value can be asked for")),
	OPTION_JSON,
	OPTION_END,
};

static const struct option secret_set_value_options[] = {
	OPTION_SECRET,
	{ "file", NULL, 0, OPTION_STRING, 0, COMPLETE_FILE, NULL, N_("FILE"),
	  N_("the value is this file's bytes; '-' is standard input") },
	OPTION_SIMPLE("interactive", N_("ask for it on the terminal (as without options)")),
	OPTION_SIMPLE("plain", N_("the file's bytes are the value (as without)")),
	OPTION_END,
};

#define COMMAND(word_, variable_, options_, summary_, description_)                                                    \
	const struct command command_secret_##variable_ = { .name = word_,                                             \
							    .group = GROUP_SECRET,                                     \
							    .summary = summary_,                                       \
							    .description = description_,                               \
							    .options = options_,                                       \
							    .run = run_secret_##variable_ }

COMMAND("secret-define", define, secret_define_options, N_("define a secret from an XML file"),
	N_("Stores what a secret is for. Its value is set by secret-set-value, and lies in a file that only its owner "
	   "may read."));
COMMAND("secret-list", list, secret_list_options, N_("list secrets"),
	N_("Prints the secrets that there are, never their values."));
COMMAND("secret-dumpxml", dumpxml, secret_only, N_("print a secret's XML"),
	N_("Prints what a secret is for, not its value."));
COMMAND("secret-set-value", set_value, secret_set_value_options, N_("set a secret's value"),
	N_("Reads the value from a file, from standard input, or from the terminal without showing it; never from an "
	   "argument, which other users could read."));
const struct command command_secret_get_value = {
	.name = "secret-get-value",
	.group = GROUP_SECRET,
	.summary = N_("print a secret's value"),
	.description = N_("Prints the value as it is, byte for byte. A private secret's is given to nobody."),
	.options = secret_get_value_options,
	.run = run_secret_get_value,
	.plain = true,
};
COMMAND("secret-undefine", undefine, secret_undefine_options, N_("forget a secret"),
	N_("Deletes a secret and its value. One that a machine or a pool names, or that is called as a volume or an "
	   "image that is there, is deleted with --force alone."));
