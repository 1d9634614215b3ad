/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that attach, detach and change a device by its own XML. */
#include "config.h"

#include "cli/device.h"
#include "cli/storage.h"

#include <string.h>

/* One of them, on the text of --file. */
static bool on_file(struct cli *cli, bool live_alone, unsigned more,
		    bool (*work)(struct cli *cli, const struct machine *machine, const struct device_text *text,
				 unsigned flags, struct error *err),
		    struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_free_ char *text = NULL, *source = NULL;
	unsigned flags;

	return cli_change_flags(cli, live_alone, &flags, err) && cli_machine(cli, &machine, err) &&
	       cli_document(cli_string(cli, "file"), &text, &source, err) &&
	       work(cli, &machine, &(struct device_text){ source, text, strlen(text) }, flags | more, err);
}

static bool attach(struct cli *cli, const struct machine *machine, const struct device_text *text, unsigned flags,
		   struct error *err)
{
	if (!domain_attach_device(cli->manager, machine, text, flags, err))
		return false;
	cli_warn_disk(cli, machine, text, flags);
	cli_note(cli, _("Device attached successfully\n"));
	return true;
}

static bool run_attach_device(struct cli *cli, struct error *err)
{
	return on_file(cli, true, 0, attach, err);
}

static bool detach(struct cli *cli, const struct machine *machine, const struct device_text *text, unsigned flags,
		   struct error *err)
{
	if (!domain_detach_device(cli->manager, machine, text, flags, cli_wait_ms(cli), err))
		return false;
	cli_note(cli, _("Device detached successfully\n"));
	return true;
}

static bool run_detach_device(struct cli *cli, struct error *err)
{
	return on_file(cli, true, 0, detach, err);
}

static bool update(struct cli *cli, const struct machine *machine, const struct device_text *text, unsigned flags,
		   struct error *err)
{
	if (!domain_update_device(cli->manager, machine, text, flags, err))
		return false;
	cli_warn_disk(cli, machine, text, flags);
	cli_note(cli, _("Device updated successfully\n"));
	return true;
}

static bool run_update_device(struct cli *cli, struct error *err)
{
	return on_file(cli, false, cli_flag(cli, "force") ? CHANGE_FORCE : 0, update, err);
}

static bool run_detach_alias(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	unsigned flags;

	if (!cli_change_flags(cli, false, &flags, err) || !cli_machine(cli, &machine, err) ||
	    !domain_detach_alias(cli->manager, &machine, cli_string(cli, "alias"), flags, cli_wait_ms(cli), err))
		return false;
	cli_note(cli, _("Device detach request sent successfully\n"));
	return true;
}

static const struct option attach_device_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_DEVICE_FILE,
	OPTIONS_CHANGE,
	OPTION_END,
};

const struct command command_attach_device = {
	.name = "attach-device",
	.group = GROUP_DOMAIN,
	.summary = N_("give a machine a device, from its XML"),
	.description = N_("Plugs the device that the file describes, in libvirt's XML, into the running machine; "
			  "--persistent also puts it "
			  "into the stored definition, --config only there. Kinds of devices so far: disk, interface."),
	.options = attach_device_options,
	.run = run_attach_device,
};

static const struct option detach_device_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN), OPTION_DEVICE_FILE, OPTIONS_CHANGE, OPTION_WAIT, OPTION_END,
};

const struct command command_detach_device = {
	.name = "detach-device",
	.group = GROUP_DOMAIN,
	.summary = N_("take a device out of a machine, by its XML"),
	.description = N_("Asks the guest to let go of the device and waits until it has. A disk is found by its "
			  "target, a network card by its MAC. When the guest does "
			  "not let go in time, that is an error, and the machine still has the device."),
	.options = detach_device_options,
	.run = run_detach_device,
};

static const struct option detach_alias_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	{ "alias", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_NONE, NULL, N_("ALIAS"),
	  N_("the device's alias, as dumpxml shows it") },
	OPTIONS_CHANGE_BASIC,
	OPTION_WAIT,
	OPTION_END,
};

const struct command command_detach_device_alias = {
	.name = "detach-device-alias",
	.group = GROUP_DOMAIN,
	.summary = N_("take a device out of a machine, by its alias"),
	.description = N_("As detach-device, and the device is named by its alias. Waits until the guest has let go."),
	.options = detach_alias_options,
	.run = run_detach_alias,
};

static const struct option update_device_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_DEVICE_FILE,
	OPTIONS_CHANGE,
	OPTION_SIMPLE("force", N_("open a tray that the guest keeps locked")),
	OPTION_END,
};

const struct command command_update_device = {
	.name = "update-device",
	.group = GROUP_DOMAIN,
	.summary = N_("change a device of a machine, by its XML"),
	.description = N_("Of a running machine, the medium of a drive and the <iotune> of a disk can be changed, and link, "
			  "bridge, bandwidth and filter of a network card; what "
			  "else differs is refused "
			  "by name. With --config the device in the stored definition becomes what the file says."),
	.options = update_device_options,
	.run = run_update_device,
};
