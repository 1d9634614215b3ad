/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty edit`: a machine's definition in the user's editor, checked before it is stored. */
#include "config.h"

#include "base/file.h"
#include "base/text.h"
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Stores the edited text, unless the definition is no longer what the editor was given (force: even then). *ret_moved
 * says that this was why. */
static bool store(struct cli *cli, const struct machine *machine, const char *before, const char *edited, bool force,
		  bool *ret_moved, struct error *err)
{
	_cleanup_free_ char *now = NULL;
	_cleanup_free_ char *source = strf("'%s'", machine->name);
	struct definition_input input = { .source = source, .text = edited, .length = strlen(edited) };
	struct definition_result result = { 0 };
	bool stored;

	*ret_moved = false;
	if (!force) {
		if (!domain_xml(cli->manager, machine, XML_INACTIVE | XML_SECURE, &now, err))
			return false;
		if (strcmp(now, before) != 0) {
			*ret_moved = true;
			return error_set(err, ERROR_BUSY,
					 _("the definition of '%s' was changed by somebody else meanwhile"),
					 machine->name);
		}
	}
	stored = domain_define(cli->manager, &input, 1, &result, err);
	if (!stored && error_is_set(&result.error))
		error_move(err, &result.error);
	if (stored)
		cli_warnings(result.warnings);
	definition_results_free(&result, 1);
	return stored;
}

/* Without a terminal nobody can be asked: the work is kept for the user to pick up. */
static bool keep_for_later(const char *edited, struct error *err)
{
	const char *directory = getenv("TMPDIR");
	_cleanup_free_ char *path = strf("%s/virtty-XXXXXX.xml", text_empty(directory) ? "/tmp" : directory);
	_cleanup_close_ int fd = mkstemps(path, 4);

	if (fd >= 0 && write_all(fd, edited, strlen(edited)))
		error_hint(err, _("what you wrote is kept in %s; 'virtty define' takes it"), path);
	return false;
}

static bool edit_until_good(struct cli *cli, const struct machine *machine, const char *before, struct error *err)
{
	_cleanup_free_ char *text = xstrdup(before);
	_cleanup_free_ char *note = NULL;

	for (;;) {
		char *edited = NULL;
		bool moved = false, force = false;
		char answer;

		if (!cli_edit(text, ".xml", note, &edited, err))
			return false;
		free(text);
		text = edited;
		if (strcmp(text, before) == 0) {
			cli_note(cli, _("Domain '%s' XML configuration not changed.\n"), machine->name);
			return true;
		}
		do {
			error_clear(err);
			if (store(cli, machine, before, text, force, &moved, err)) {
				cli_note(cli, _("Domain '%s' XML configuration edited.\n"), machine->name);
				return true;
			}
			if (!isatty(STDIN_FILENO))
				return keep_for_later(text, err);
			cli_print_error(err);
			answer = cli_ask_again(moved);
			force = answer == 'f';
		} while (force);
		if (answer == 'n')
			return error_set(err, ERROR_FAILED, _("the definition of '%s' was not changed"), machine->name);
		free(note);
		note = xstrdup(error_text(err));
		error_clear(err);
	}
}

static bool run_edit(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_free_ char *before = NULL;

	if (!cli_machine(cli, &machine, err))
		return false;
	if (!machine.persistent) {
		error_set(err, ERROR_STATE, _("'%s' is transient: it has no stored definition to edit"), machine.name);
		return error_hint(err, _("'virtty dumpxml %s > FILE' and 'virtty define FILE' give it one"),
				  machine.name);
	}
	return domain_xml(cli->manager, &machine, XML_INACTIVE | XML_SECURE, &before, err) &&
	       edit_until_good(cli, &machine, before, err);
}

static const struct option edit_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_END,
};

const struct command command_edit = {
	.name = "edit",
	.group = GROUP_DOMAIN,
	.summary = N_("edit a machine's domain XML"),
	.description = N_("Opens the stored definition in $VISUAL, $EDITOR or vi. What is saved is checked before it "
			  "is stored; on an error the editor can be opened again, "
			  "with the message on top. A machine that runs sees the change at its next start."),
	.options = edit_options,
	.run = run_edit,
};
