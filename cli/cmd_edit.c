/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty edit`: a machine's definition in the user's editor, checked before it is stored. */
#include "config.h"

#include "base/text.h"
#include "cli/edit_text.h"

#include <string.h>

/* What is edited. */
struct target {
	const struct machine *machine;
	const char *before; /* its definition, as the editor was given it */
};

static bool is_as_before(struct cli *cli, const struct target *target, bool *ret_moved, struct error *err)
{
	_cleanup_free_ char *now = NULL;

	if (!domain_xml(cli->manager, target->machine, XML_INACTIVE | XML_SECURE, &now, err))
		return false;
	*ret_moved = strcmp(now, target->before) != 0;
	return !*ret_moved || error_set(err, ERROR_BUSY, _("the definition of '%s' was changed by somebody else meanwhile"), target->machine->name);
}

/* What is stored is the same machine still: another name or UUID would make a second one. */
static bool store(struct cli *cli, const char *text, bool force, bool *ret_moved, void *userdata, struct error *err)
{
	const struct target *target = userdata;
	_cleanup_free_ char *source = strf("'%s'", target->machine->name);
	struct definition_input input = { .source = source, .text = text, .length = strlen(text) };
	struct definition_result result = { 0 };
	bool stored;

	if (!force && !is_as_before(cli, target, ret_moved, err))
		return false;
	stored = domain_define(cli->manager, &input, 1, &result, err);
	if (!stored && error_is_set(&result.error))
		error_move(err, &result.error);
	if (stored)
		cli_warnings(result.warnings);
	definition_results_free(&result, 1);
	return stored;
}

static bool edit(struct cli *cli, const struct machine *machine, const char *before, struct error *err)
{
	_cleanup_free_ char *what = strf(_("the definition of '%s'"), machine->name);
	struct target target = { machine, before };
	const struct edit edit = { .what = what, .suffix = ".xml", .stored = before, .later = "virtty define", .xml = true, .store = store,
				   .userdata = &target };

	switch (cli_edit(cli, &edit, err)) {
	case EDIT_STORED:
		cli_note(cli, _("Domain '%s' XML configuration edited.\n"), machine->name);
		if (machine_is_active(machine))
			cli_note(cli, _("It runs: what changes its hardware takes effect when it is started anew.\n"));
		return true;
	case EDIT_UNCHANGED:
		cli_note(cli, _("Domain '%s' XML configuration not changed.\n"), machine->name);
		return true;
	case EDIT_FAILED:
		break;
	}
	return false;
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
	       edit(cli, &machine, before, err);
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
			  "with the message on top; what is given up is kept in a file. A machine that runs sees the "
			  "change when it is started anew."),
	.options = edit_options,
	.run = run_edit,
};
