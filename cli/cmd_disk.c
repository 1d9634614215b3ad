/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that attach and detach disks, and change the media of drives. */
#include "config.h"

#include "base/file.h"
#include "base/text.h"
#include "base/xml.h"
#include "cli/device.h"
#include "cli/disk_text.h"
#include "cli/storage.h"
#include "storage/image.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* ---- attach-disk ---- */

/* What is read as raw is never looked into to find out; but a head that says otherwise is worth a word. */
static void warn_format(struct cli *cli)
{
	const char *path = cli_string(cli, "source");
	_cleanup_close_ int fd =
		cli_string(cli, "subdriver") || text_empty(path) ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	_cleanup_image_ struct image image = { 0 };

	if (fd < 0 || !image_read(fd, path, IMAGE_UNKNOWN, &image, NULL))
		return;
	if (image.format == IMAGE_QCOW2 || image.format == IMAGE_VMDK || image.format == IMAGE_VDI ||
	    image.format == IMAGE_VHDX)
		fprintf(stderr,
			_("warning: '%s' begins as a %s image does, and the guest sees it raw: --subdriver %s says "
			  "that it is one\n"),
			path, enum_word(&image_format_words, (int)image.format),
			enum_word(&image_format_words, (int)image.format));
}

static bool run_attach_disk(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_free_ char *text = NULL;
	unsigned flags;

	if (!cli_change_flags(cli, true, &flags, err) || !cli_machine(cli, &machine, err))
		return false;
	text = disk_text_of_options(cli, err);
	if (!text)
		return false;
	if (cli_flag(cli, "print-xml")) {
		puts(text);
		return true;
	}
	warn_format(cli);
	if (!domain_attach_device(cli->manager, &machine, &(struct device_text){ "attach-disk", text, strlen(text) },
				  flags, err))
		return false;
	cli_warn_disk(cli, &machine, &(struct device_text){ "attach-disk", text, strlen(text) }, flags);
	cli_note(cli, _("Disk attached successfully\n"));
	return true;
}

static const struct option attach_disk_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	{ "source", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED | TRAIT_EMPTY, COMPLETE_FILE, NULL,
	  N_("SOURCE"), N_("a file, a block device or POOL/VOLUME; '' for an empty drive") },
	{ "target", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_NONE, NULL, N_("TARGET"),
	  N_("its name, which also says its bus: vdb, sdc, hdc") },
	OPTION_OF_WORDS("targetbus", "virtio scsi sata ide usb fdc", N_("BUS"),
			N_("its bus; without it, what its name says")),
	OPTION_OF_WORDS("driver", "qemu", N_("NAME"), N_("the driver's name")),
	OPTION_OF_WORDS("subdriver", "raw qcow2 vmdk vdi vhdx vpc qed", N_("FORMAT"), N_("the image's format (raw)")),
	OPTION_OF_WORDS("cache", "default none writethrough writeback directsync unsafe", N_("MODE"),
			N_("how the host caches it")),
	OPTION_OF_WORDS("io", "threads native io_uring", N_("POLICY"), N_("how the host reads and writes")),
	OPTION_OF_WORDS("type", "disk cdrom floppy", N_("DEVICE"), N_("what the guest sees (disk)")),
	OPTION_OF_WORDS("mode", "readonly shareable", N_("MODE"), N_("read-only, or used by several machines")),
	OPTION_SIMPLE("shareable", N_("the same as --mode shareable")),
	OPTION_OF_WORDS("sourcetype", "file block volume network", N_("TYPE"),
			N_("what the source is; without it, seen from the source")),
	OPTION_OF_WORDS("source-protocol", "nbd iscsi http https ftp ftps", N_("PROTOCOL"),
			N_("of a disk that a server has; SOURCE is its name there")),
	OPTION_WORD("source-host-name", N_("HOST[:PORT]"), N_("the server")),
	OPTION_OF_WORDS("source-host-transport", "tcp unix", N_("TRANSPORT"), N_("how it is reached (tcp)")),
	OPTION_WORD("source-host-socket", N_("PATH"), N_("the server's socket, with transport unix")),
	OPTION_WORD("serial", N_("SERIAL"), N_("the serial number that the guest reads")),
	OPTION_WORD("alias", N_("ALIAS"), N_("an alias of your own: it begins with ua-")),
	OPTION_WORD("address", N_("ADDRESS"), N_("its place: pci:0000.00.0a.0, scsi:0.0.3, sata:0.0.2, usb:0.3")),
	OPTION_SIMPLE("multifunction", N_("other devices share the PCI slot of --address")),
	OPTION_SIMPLE("print-xml", N_("print the disk's XML and do nothing")),
	OPTIONS_CHANGE,
	OPTION_END,
};

const struct command command_attach_disk = {
	.name = "attach-disk",
	.group = GROUP_DOMAIN,
	.summary = N_("give a machine a disk"),
	.description = N_("Plugs a disk into the running machine; --persistent also puts it into the stored "
			  "definition, --config only there. "
			  "Disks on bus virtio, scsi and usb can be plugged in while the machine runs. An image that "
			  "another machine writes is "
			  "refused, unless both say that it is shareable."),
	.options = attach_disk_options,
	.run = run_attach_disk,
};

/* ---- detach-disk ---- */

/* The disk's XML in the document that is meant first. Owned. */
static char *disk_text(struct cli *cli, const struct machine *machine, unsigned flags, const char *key,
		       struct error *err)
{
	bool live = machine_is_active(machine) && (!(flags & CHANGE_CONFIG) || (flags & CHANGE_LIVE));
	_cleanup_domain_ struct domain *domain = domain_disks(cli->manager, machine, live, err);
	const struct disk *disk = domain ? domain_find_disk(domain, key) : NULL;

	if (domain && !disk) {
		error_set(err, ERROR_NOT_FOUND, _("'%s' has no disk '%s'"), machine->name, key);
		error_hint(err, _("'virtty domblklist %s%s' shows its disks"), machine->name,
			   live ? "" : " --inactive");
	}
	return disk ? device_node_text(disk->device.node) : NULL;
}

static bool run_detach_disk(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_free_ char *text = NULL;
	unsigned flags;

	if (!cli_change_flags(cli, true, &flags, err) || !cli_machine(cli, &machine, err))
		return false;
	text = disk_text(cli, &machine, flags, cli_string(cli, "target"), err);
	if (!text)
		return false;
	if (cli_flag(cli, "print-xml")) {
		fputs(text, stdout);
		return true;
	}
	if (!domain_detach_device(cli->manager, &machine, &(struct device_text){ "detach-disk", text, strlen(text) },
				  flags, cli_wait_ms(cli), err))
		return false;
	cli_note(cli, _("Disk detached successfully\n"));
	return true;
}

static const struct option detach_disk_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_DISK("target", TRAIT_REQUIRED, N_("the disk: its target or the path of its image")),
	OPTIONS_CHANGE,
	OPTION_WAIT,
	OPTION_SIMPLE("print-xml", N_("print the disk's XML and do nothing")),
	OPTION_END,
};

const struct command command_detach_disk = {
	.name = "detach-disk",
	.group = GROUP_DOMAIN,
	.summary = N_("take a disk out of a machine"),
	.description = N_("Asks the guest to let go of the disk and waits until it has; the image stays. When the "
			  "guest does not let go in "
			  "time, that is an error, and the machine still has the disk: should the guest let go later, "
			  "the machine's XML follows."),
	.options = detach_disk_options,
	.run = run_detach_disk,
};

/* ---- change-media ---- */

enum media_work { MEDIA_UPDATE, MEDIA_INSERT, MEDIA_EJECT };

static bool check_media(struct cli *cli, const struct disk *disk, enum media_work work, struct error *err)
{
	bool filled = disk_has_medium(disk);
	const char *path = cli_string(cli, "path");

	if (disk->kind != DISK_CDROM && disk->kind != DISK_FLOPPY)
		return error_set(err, ERROR_INVALID, _("disk '%s' is not removable"), path);
	if (work == MEDIA_EJECT && !filled)
		return error_set(err, ERROR_STATE, _("drive '%s' has no medium"), path);
	if (work == MEDIA_INSERT && filled) {
		error_set(err, ERROR_STATE, _("drive '%s' has a medium already"), path);
		return error_hint(err, _("--update puts another one in its place"));
	}
	return true;
}

/* The XML of the drive as it is to be. Owned. */
static char *media_text(struct cli *cli, const struct machine *machine, unsigned flags, enum media_work work,
			struct error *err)
{
	_cleanup_free_ char *text = disk_text(cli, machine, flags, cli_string(cli, "path"), err), *medium = NULL,
			    *result = NULL;
	struct disk *disk = text ? disk_parse(&(struct device_text){ "change-media", text, strlen(text) }, err) : NULL;

	if (disk && check_media(cli, disk, work, err)) {
		if (work != MEDIA_EJECT)
			medium = disk_text_of_source(cli, cli_string(cli, "source"),
						     cli_flag(cli, "block") ? "block" : NULL, err);
		if (work == MEDIA_EJECT || medium)
			result = disk_text_medium(
				disk, medium ? &(struct device_text){ "--source", medium, strlen(medium) } : NULL,
				false, err);
	}
	disk_free(disk);
	return TAKE_POINTER(result);
}

static bool run_change_media(struct cli *cli, struct error *err)
{
	static const char *const words[] = {
		[MEDIA_UPDATE] = N_("Successfully updated media.\n"),
		[MEDIA_INSERT] = N_("Successfully inserted media.\n"),
		[MEDIA_EJECT] = N_("Successfully ejected media.\n"),
	};
	enum media_work work = cli_flag(cli, "eject")	 ? MEDIA_EJECT
			       : cli_flag(cli, "insert") ? MEDIA_INSERT
							 : MEDIA_UPDATE;
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_free_ char *text = NULL;
	unsigned flags;

	if (!cli_exclusive(cli, err, "eject", "insert", "update", NULL) || !cli_change_flags(cli, false, &flags, err))
		return false;
	if ((work == MEDIA_EJECT) == (cli_string(cli, "source") != NULL))
		return cli_usage(cli, err,
				 work == MEDIA_EJECT ? _("--eject takes no source")
						     : _("a source is needed, or --eject"));
	if (!cli_machine(cli, &machine, err))
		return false;
	text = media_text(cli, &machine, flags, work, err);
	if (!text)
		return false;
	if (cli_flag(cli, "print-xml")) {
		puts(text);
		return true;
	}
	if (!domain_change_medium(cli->manager, &machine, &(struct device_text){ "change-media", text, strlen(text) },
				  flags | (cli_flag(cli, "force") ? CHANGE_FORCE : 0), err))
		return false;
	cli_warn_disk(cli, &machine, &(struct device_text){ "change-media", text, strlen(text) }, flags);
	cli_note(cli, "%s", _(words[work]));
	return true;
}

static const struct option change_media_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_DISK("path", TRAIT_REQUIRED, N_("the drive: its target or the path of its medium")),
	{ "source", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_FILE, NULL, N_("SOURCE"),
	  N_("the medium: a file, a block device or POOL/VOLUME") },
	OPTION_SIMPLE("eject", N_("take the medium out")),
	OPTION_SIMPLE("insert", N_("put one into the empty drive")),
	OPTION_SIMPLE("update", N_("put one in, whatever is in the drive (as without these three)")),
	OPTIONS_CHANGE_BASIC,
	OPTION_SIMPLE("force", N_("open a tray that the guest keeps locked")),
	OPTION_SIMPLE("print-xml", N_("print the drive's XML and do nothing")),
	OPTION_SIMPLE("block", N_("the source is a block device")),
	OPTION_END,
};

const struct command command_change_media = {
	.name = "change-media",
	.group = GROUP_DOMAIN,
	.summary = N_("change the medium of a CD-ROM or floppy drive"),
	.description = N_("A guest that has locked the tray is asked to open it, and 10 seconds are waited for; "
			  "--force opens it all the same."),
	.options = change_media_options,
	.run = run_change_media,
};
